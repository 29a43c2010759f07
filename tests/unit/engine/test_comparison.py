"""Two sources of facts side by side: every kind of difference is told once, as what it is."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from hopcheck.engine.comparing.comparison import Comparison, Item, compare
from hopcheck.model.facts.load import bundled
from hopcheck.model.facts.schema import Build, CompatArray, Entry, Facts, Machine, Property, QomType

from ...cli.toy import toy_facts  # noqa: TID252 (folders of tests are no package)

Edit = Callable[[Build], Build]


def told(edit: Edit, name: str = "8.2") -> dict[str, tuple[Item, ...]]:
    """Cause to items of a build against itself with an edit."""
    facts = toy_facts()
    build = facts.build(name)
    return {group.cause: group.items for group in compare(facts, build, edit(build)).groups}


def _type(name: str, **changes: object) -> Edit:
    def edit(build: Build) -> Build:
        fact = msgspec.structs.replace(build.types[name], **changes)
        return msgspec.structs.replace(build, types={**build.types, name: fact})

    return edit


def _array(key: str, change: Callable[[tuple[Entry, ...]], tuple[Entry, ...]]) -> Edit:
    def edit(build: Build) -> Build:
        array = build.compat_arrays[key]
        arrays = {**build.compat_arrays, key: CompatArray(change(array.entries), array.file)}
        return msgspec.structs.replace(build, compat_arrays=arrays)

    return edit


def _machine(name: str, machine: Machine | None) -> Edit:
    def edit(build: Build) -> Build:
        kept = {each: fact for each, fact in build.machines.items() if each != name}
        return msgspec.structs.replace(build, machines=kept if machine is None else {**kept, name: machine})

    return edit


def _moved(build: Build) -> Build:
    first, *rest = build.compat_arrays["hw_compat_8_0"].entries
    edits = (_array("hw_compat_8_0", lambda _: tuple(rest)), _array("hw_compat_8_1", lambda entries: (*entries, first)))
    for edit in edits:
        build = edit(build)
    return build


PROPS = {"queues": Property("UINT32", 2), "late": Property("BOOL", True), "fine": Property("BOOL", True)}
DEAD = {"dead": Property("UINT32", 2)}

CASES: dict[str, tuple[Edit, str, Item]] = {
    "default": (
        _type("toy-device", props={**PROPS, "dead": Property("UINT32", 3)}),
        "default",
        Item("toy-device.dead", "2", "3", 1, "hw/core/toy.c"),
    ),
    "default with its line": (
        _type("toy-device", props={**PROPS, "dead": Property("UINT32", 3, "hw/core/toy.c:7")}),
        "default",
        Item("toy-device.dead", "2", "3", 1, "hw/core/toy.c:7"),
    ),
    "property gone": (
        _type("toy-device", props=PROPS),
        "property in one only",
        Item("toy-device.dead", "UINT32, 2", "", 1, "hw/core/toy.c"),
    ),
    "property made by code": (
        _type("toy-device", props=PROPS, code_props=("dead",)),
        "kind of a property",
        Item("toy-device.dead", "UINT32, 2", "made by code", 1, "hw/core/toy.c"),
    ),
    "kind": (
        _type("toy-device", props={**PROPS, "dead": Property("UINT64", 2)}),
        "kind of a property",
        Item("toy-device.dead", "UINT32, 2", "UINT64, 2", 1, "hw/core/toy.c"),
    ),
    "parent": (
        _type("toy-device", parent="virtio-blk-device"),
        "parent of a type",
        Item("toy-device", "device", "virtio-blk-device", 1, "hw/core/toy.c"),
    ),
    "type": (
        lambda build: msgspec.structs.replace(build, types={**build.types, "new": QomType("device", "hw/new.c")}),
        "type in one only",
        Item("new", "", "device", 1, "hw/new.c"),
    ),
    "entry": (
        _array("hw_compat_8_0", lambda entries: entries[1:]),
        "compat entry in one only",
        Item("toy-device.fine", '"off"', "", 1, "in hw_compat_8_0"),
    ),
    "value of an entry": (
        _array("hw_compat_8_1", lambda _: (Entry("toy-devise", "dead", "9"),)),
        "value of a compat entry",
        Item("toy-devise.dead", '"1"', '"9"', 1, "in hw_compat_8_1"),
    ),
    "entry moved": (
        _moved,
        "array of a compat entry",
        Item('toy-device.fine = "off"', "hw_compat_8_0", "hw_compat_8_1"),
    ),
    "order": (
        _array("hw_compat_8_0", lambda entries: entries[::-1]),
        "order within an array",
        Item("hw_compat_8_0", "toy-device.fine at position 0", "virtio-blk-device.num-queues at position 0"),
    ),
    "machine type gone": (
        _machine("pc-q35-8.0", None),
        "machine type in one only",
        Item("pc-q35-8.0", "known", ""),
    ),
    "arrays": (
        _machine("pc-q35-8.0", Machine(("hw_compat_8_1",))),
        "arrays that a machine type applies",
        Item("arrays", "hw_compat_8_0", "none of these", 1, "in pc-q35-8.0"),
    ),
    "arrays in another order": (
        _machine("pc-q35-8.0", Machine(("hw_compat_8_0", "hw_compat_8_1"))),
        "arrays that a machine type applies",
        Item("arrays", "hw_compat_8_1, hw_compat_8_0", "hw_compat_8_0, hw_compat_8_1", 1, "in pc-q35-8.0"),
    ),
    "class field": (
        _machine("pc-q35-8.2", Machine((), {"mc->max_cpus": "12"})),
        "field of a machine class",
        Item("mc->max_cpus", "", "12", 1, "in pc-q35-8.2"),
    ),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_difference_is_told_once_as_what_it_is(case: str) -> None:
    edit, cause, item = CASES[case]
    assert told(edit) == {cause: (item,)}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_other_way_round_the_sides_are_exchanged(case: str) -> None:
    edit, cause, item = CASES[case]
    facts = toy_facts()
    build = facts.build("8.2")
    (group,) = compare(facts, edit(build), build).groups
    assert (group.cause, [(each.old, each.new) for each in group.items]) == (cause, [(item.new, item.old)])


def test_the_same_notation_is_no_difference() -> None:
    assert told(_type("toy-device", props={**PROPS, "dead": Property("UINT32", "0x2")})) == {}


def test_the_same_difference_on_many_machine_types_is_one_item() -> None:
    def edit(build: Build) -> Build:
        for name in build.machines:
            build = _machine(name, msgspec.structs.replace(build.machines[name], class_fields={"mc->pci": "true"}))(build)
        return build

    (item,) = told(edit)["field of a machine class"]
    assert (item.count, item.note) == (3, "in pc-q35-8.0 and 2 more")


def test_builds_have_no_difference_from_themselves() -> None:
    facts = bundled()
    for name in ("4.0", "10.0.13-debian"):
        made = compare(facts, facts.build(name), facts.build(name))
        assert made.groups == ()
        assert all(each.equal == each.both > 0 for each in made.shared)


@pytest.fixture(scope="module")
def made() -> Comparison:
    """The bundled tree and binary of 10.0.13."""
    facts = bundled()
    return compare(facts, facts.build("10.0.13"), facts.build("10.0.13-debian"))


class TestTreeAndBinary:
    """A tree and a binary of the same release: what is not equal has a cause."""

    def test_lists_and_defaults_are_equal(self, made: Comparison) -> None:
        lists, defaults = made.shared
        assert (lists.equal, lists.both) == (61, 61)
        assert defaults.equal >= 17_413
        assert defaults.equal > 0.95 * defaults.both
        assert "microvm" in {left.name for left in made.left_out}

    def test_the_rest_is_listed_by_cause(self, made: Comparison) -> None:
        causes = {group.cause: group.count for group in made.groups}
        assert {"set by code", "hidden by QMP", "alias of a child"} <= causes.keys()
        assert not made.unexplained
        assert all(group.meaning and group.items for group in made.groups)

    def test_the_binary_may_be_given_first(self, made: Comparison) -> None:
        facts = bundled()
        turned = compare(facts, facts.build("10.0.13-debian"), facts.build("10.0.13"))
        assert turned.shared == made.shared
        sides = [[(item.name, item.new, item.old) for item in group.items] for group in turned.groups]
        assert sides == [[(item.name, item.old, item.new) for item in group.items] for group in made.groups]

    def test_lists_that_a_binary_does_not_state_are_left_out(self) -> None:
        facts = bundled()
        made = compare(facts, facts.build("7.2"), facts.build("7.2.22"))
        assert [each.what for each in made.shared] == ["static defaults, by concrete device type and property"]
        assert made.left_out[0].note == "7.2.22 does not state its compat lists (QEMU does from 9.1 on)"

    def test_an_entry_that_only_the_tree_has_is_unexplained(self) -> None:
        facts = bundled()
        tree = facts.build("10.0.13")
        key = tree.machines["pc-q35-9.2"].arrays[0]  # type: ignore[index]
        array = tree.compat_arrays[key]
        more = CompatArray((*array.entries, Entry("e1000", "mitigation", "off")), array.file)
        changed = msgspec.structs.replace(tree, compat_arrays={**tree.compat_arrays, key: more})
        made = compare(_with(facts, changed), changed, facts.build("10.0.13-debian"))
        assert made.unexplained
        assert made.shared[0].equal < 61


def _with(facts: Facts, build: Build) -> Facts:
    return Facts(facts.schema, tuple(build if each.name == build.name else each for each in facts.builds))
