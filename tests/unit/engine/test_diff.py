"""Comparing two builds: which verdicts change, and the laws that hold of any two."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hopcheck.engine.comparing.diff import DiffResult, diff
from hopcheck.engine.comparing.operand import Operand, open_operand
from hopcheck.engine.comparing.placing import placed
from hopcheck.model.domain.device_config.pair import Move
from hopcheck.model.facts.schema import Build, BuildKind, CompatArray, Entry, Facts, Property
from hopcheck.model.facts.vmstate import VMStateDescription, VMStateSection

from ...cli.toy import RELEASES, toy_facts  # noqa: TID252 (folders of tests are no package)
from ..device_config.history_facts import history  # noqa: TID252 (folders of tests are no package)


def compared(facts: Facts, old: str, new: str) -> DiffResult:
    return diff(placed(facts, open_operand(old, facts), open_operand(new, facts)), prove_seconds=0)


def changed(facts: Facts, name: str, change: Callable[[Build], Build]) -> Facts:
    """The facts with one build replaced."""
    builds = (change(build) if build.name == name else build for build in facts.builds)
    return Facts(facts.schema, tuple(builds))


def pairs(result: DiffResult, move: Move) -> set[tuple[str, str, str, bool, str, str]]:
    """(property, machine type, partner, towards, before, after) of the pairs that move so."""
    return {
        (each.member.subject.name, machine, result.stations[each.partner], each.towards, each.before, each.after)
        for each in result.moves
        if each.move is move
        for machine in each.machines
    }


@pytest.mark.parametrize("release", RELEASES)
def test_a_build_does_not_differ_from_itself(release: str) -> None:
    result = compared(toy_facts(), release, release)
    assert (result.moves, result.between.findings, result.undecided, result.sections) == ((), (), (), ())
    assert (result.chains.appear, result.chains.disappear, result.chains.changed) == ((), (), ())
    assert (result.machines.new, result.machines.gone) == ((), ())
    assert result.exit_code == 0


def test_a_default_without_an_entry_makes_pairs_worse() -> None:
    result = compared(toy_facts(), "8.0", "8.1")
    worse = pairs(result, Move.WORSE)
    queues = {each[1:] for each in worse if each[0] == "toy-device.queues"}
    assert queues == {
        ("pc-q35-8.0", "8.0", True, "migrates", "differs"),
        ("pc-q35-8.0", "8.0", False, "migrates", "differs"),
    }
    better = {each[1:] for each in pairs(result, Move.BETTER) if each[0] == "toy-device.queues"}
    assert better == {
        ("pc-q35-8.0", "8.2", True, "differs", "migrates"),
        ("pc-q35-8.0", "8.2", False, "differs", "migrates"),
    }
    assert result.exit_code == 1


def test_what_happens_between_the_two_is_told_with_its_chain_and_the_missing_entry() -> None:
    result = compared(toy_facts(), "8.0", "8.1")
    found = next(each for each in result.between.findings if each.finding.prop == "queues")
    assert found.builds == ("8.0", "8.1")
    assert found.finding.cause == "no entry"
    assert str(found.finding.why.needed) == "hw_compat_8_0: { toy-device, queues, 1 }"
    assert not any(each.finding.prop == "fine" for each in result.between.findings)


def test_only_guests_that_both_know_are_compared() -> None:
    result = compared(toy_facts(), "8.0", "8.1")
    assert {machine for each in result.moves for machine in each.machines} == {"pc-q35-8.0"}
    assert result.machines.new == ("pc-q35-8.1",)


def test_a_machine_type_that_is_gone_is_worse() -> None:
    facts = toy_facts(broken=False)
    assert compared(facts, "8.1", "8.2").exit_code == 0
    without = changed(facts, "8.2", _without_machine)
    result = compared(without, "8.1", "8.2")
    assert result.machines.gone == ("pc-q35-8.0",)
    assert result.exit_code == 1


def _without_machine(build: Build) -> Build:
    kept = {name: fact for name, fact in build.machines.items() if name != "pc-q35-8.0"}
    return msgspec.structs.replace(build, machines=kept)


@pytest.mark.parametrize(("old", "new"), list(itertools.combinations(RELEASES, 2)))
def test_the_other_way_round_what_was_worse_is_better(old: str, new: str) -> None:
    there, back = compared(toy_facts(), old, new), compared(toy_facts(), new, old)
    ends = {old, new}
    for worse, better in ((Move.WORSE, Move.BETTER), (Move.BETTER, Move.WORSE)):
        one = {(*each[:4], each[5], each[4]) for each in pairs(there, worse) if each[2] not in ends}
        assert one == {each for each in pairs(back, better) if each[2] not in ends}
    assert [f.finding.id for f in there.chains.appear] == [f.finding.id for f in back.chains.disappear]
    assert [f.finding.id for f in there.chains.disappear] == [f.finding.id for f in back.chains.appear]
    assert {f.finding.id for f in there.between.findings} == {f.finding.id for f in back.between.findings}
    assert (there.machines.new, there.machines.gone) == (back.machines.gone, back.machines.new)


VALUES = st.sampled_from([1, 2, 3, "-"])

HISTORIES = st.fixed_dictionaries(dict.fromkeys(("5.0", "5.1", "5.2", "6.0"), VALUES))
"""Four releases, each with a default of its own or without the property."""

KEPT = {"6.0": {"5.0": [("disk", "1")], "5.1": [("disk", "2")], "5.2": []}, "5.2": {"5.0": [("tape", "1")], "5.1": []}}
"""Entries that are right for some of the histories, and wrong for others."""


@settings(max_examples=25, deadline=None)
@given(HISTORIES, st.booleans(), st.permutations(("5.0", "5.1", "5.2", "6.0")))
def test_pairs_and_chains_tell_the_same_of_any_two_builds(
    defaults: dict[str, int | str], kept: bool, order: list[str]
) -> None:
    old, new = order[:2]
    result = compared(history(defaults, KEPT if kept else None), old, new)
    # The search of the two builds alone finds what pairs of them say, and nothing else.
    worse = {each.member.subject.name for each in result.moves if each.move is Move.WORSE}
    with_each_other = {
        each.member.subject.name for each in result.moves if each.move is Move.WORSE and result.stations[each.partner] == old
    }
    found = {f"{each.finding.device}.{each.finding.prop}" for each in result.between.findings}
    assert found == with_each_other <= worse
    # A chain that breaks with the new build only shows in a pair: with the new build, or the old one said otherwise.
    for each in result.chains.appear:
        assert f"{each.finding.device}.{each.finding.prop}" in {move.member.subject.name for move in result.moves}
    grown = any(each.gained for each in result.chains.changed)
    assert (result.exit_code == 1) == bool(worse or result.machines.gone or result.chains.appear or grown)


def test_what_a_development_tree_has_not_released_is_nobodys_promise() -> None:
    facts = toy_facts(broken=False)
    one = msgspec.structs.replace(facts.build("8.2"), name="a", version="8.1.50")
    other = _with_default(one, 9)
    without_entry = diff(placed(facts, Operand("a", one, False), Operand("b", other, False)), prove_seconds=0)
    assert {machine for each in without_entry.moves for machine in each.machines} == {"pc-q35-8.0", "pc-q35-8.1"}
    entry = CompatArray((Entry("toy-device", "queues", "1"),))
    other = msgspec.structs.replace(other, compat_arrays={**other.compat_arrays, "hw_compat_8_1": entry})
    with_entry = diff(placed(facts, Operand("a", one, False), Operand("b", other, False)), prove_seconds=0)
    assert with_entry.moves == ()
    assert with_entry.exit_code == 0


def _with_default(build: Build, value: int) -> Build:
    fact = build.types["toy-device"]
    made = msgspec.structs.replace(fact, props={**fact.props, "queues": Property("UINT32", value)})
    return msgspec.structs.replace(build, types={**build.types, "toy-device": made})


def test_a_repaired_build_is_not_worse_than_the_broken_one() -> None:
    facts = changed(toy_facts(), "8.1", _outside)
    broken, repaired = toy_facts().build("8.1"), _with_entries(toy_facts().build("8.1"))
    known = Facts(facts.schema, tuple(build for build in facts.builds if build.name != "8.1"))
    result = diff(
        placed(known, Operand("a.json", _outside(broken), False), Operand("b.json", _outside(repaired), False)),
        prove_seconds=0,
    )
    assert (result.old, result.new) == ("8.1 (old)", "8.1 (new)")
    assert {each[0] for each in pairs(result, Move.BETTER)} == {"toy-device.queues", "toy-device.late"}
    assert {found.finding.prop for found in result.chains.disappear} == {"late"}


def _outside(build: Build) -> Build:
    return msgspec.structs.replace(build, origin="read from elsewhere")


def _with_entries(build: Build) -> Build:
    more = (Entry("toy-device", "queues", "1"), Entry("toy-device", "late", "off"))
    old = build.compat_arrays["hw_compat_8_0"]
    arrays = {**build.compat_arrays, "hw_compat_8_0": CompatArray((*old.entries, *more), old.file)}
    return msgspec.structs.replace(build, compat_arrays=arrays)


def test_what_the_new_build_leaves_open_is_undecided() -> None:
    facts = changed(toy_facts(broken=False), "8.2", _by_code)
    result = compared(facts, "8.1", "8.2")
    assert result.undecided == ("toy-device.queues",)
    assert result.exit_code == 3
    assert compared(facts, "8.2", "8.1").undecided == ()


def test_a_new_property_with_a_default_that_does_something_is_undecided() -> None:
    facts = changed(toy_facts(broken=False), "8.2", _with_a_new_property)
    result = compared(facts, "8.1", "8.2")
    assert result.undecided == ("toy-device.speed",)
    assert result.exit_code == 3


def _with_a_new_property(build: Build) -> Build:
    fact = build.types["toy-device"]
    made = msgspec.structs.replace(fact, props={**fact.props, "speed": Property("UINT32", 7)})
    return msgspec.structs.replace(build, types={**build.types, "toy-device": made})


def _by_code(build: Build) -> Build:
    fact = build.types["toy-device"]
    props = {name: prop for name, prop in fact.props.items() if name != "queues"}
    made = msgspec.structs.replace(fact, props=props, code_props=("queues",))
    return msgspec.structs.replace(build, types={**build.types, "toy-device": made})


def test_a_section_that_is_refused_is_worse() -> None:
    facts = toy_facts(broken=False)
    for name, version in (("8.1", 1), ("8.2", 2)):
        section = VMStateSection("toy", version, version, VMStateDescription("toy", version, version))
        facts = changed(
            facts, name, lambda build, section=section: msgspec.structs.replace(build, vmstate={"toy-device": section})
        )
    result = compared(facts, "8.1", "8.2")
    assert {(each.source, each.destination, each.certain) for each in result.sections} == {
        ("8.1", "8.2", True),
        ("8.2", "8.1", True),
    }
    assert result.exit_code == 1


def test_the_second_engine_agrees() -> None:
    facts = toy_facts()
    at = placed(facts, open_operand("8.1", facts), open_operand("8.2", facts))
    result = diff(at, prove_seconds=20.0, workers=2)
    reasons = [each.verdict.reason for each in result.between.results if each.prop.name == "preserved"]
    assert any("z3 and cvc5 say the same of every row" in reason for reason in reasons)


class TestPlacing:
    """Where the two builds stand among the known ones."""

    def test_known_builds_stay_where_they_are(self) -> None:
        facts = toy_facts()
        at = placed(facts, open_operand("8.0", facts), open_operand("8.2", facts))
        assert [build.name for build in at.facts.builds] == list(RELEASES)
        assert at.others == ("8.1",)

    def test_a_build_from_elsewhere_takes_the_place_of_its_release(self) -> None:
        facts = toy_facts()
        theirs = msgspec.structs.replace(facts.build("8.1"), name="tree", version="8.1.0")
        at = placed(facts, open_operand("8.0", facts), Operand("tree", theirs, False))
        assert (at.new, at.others) == ("8.1", ("8.2",))

    def test_a_patch_level_stands_behind_its_release(self) -> None:
        facts = toy_facts()
        theirs = msgspec.structs.replace(facts.build("8.1"), name="tree", version="8.1.5")
        at = placed(facts, open_operand("8.0", facts), Operand("tree", theirs, False))
        assert [build.name for build in at.facts.builds] == ["8.0", "8.1", "8.1.5", "8.2"]
        assert at.others == ("8.1", "8.2")

    def test_another_source_of_the_same_release_steps_aside_and_stays_as_evidence(self) -> None:
        facts = toy_facts()
        twin = msgspec.structs.replace(
            facts.build("8.1"), name="8.1-debian", kind=BuildKind.BINARY, station=False, counterpart="8.1", arch="x86_64"
        )
        known = Facts(facts.schema, (*facts.builds[:2], twin, facts.builds[2]))
        at = placed(known, open_operand("8.0", known), open_operand("8.1-debian", known))
        assert at.others == ("8.2",)
        assert not at.facts.build("8.1").station
        assert at.facts.build("8.1-debian").station
        assert at.facts.build("8.1-debian").counterpart == "8.1"

    def test_two_states_of_one_development_tree_are_told_apart(self) -> None:
        facts = toy_facts()
        one = msgspec.structs.replace(facts.build("8.1"), name="a", version="8.1.50")
        types = {
            **one.types,
            "toy-device": msgspec.structs.replace(one.types["toy-device"], props={"new": Property("BOOL")}),
        }
        other = msgspec.structs.replace(one, types=types)
        at = placed(facts, Operand("r@1", one, False), Operand("r@2", other, False))
        assert (at.old, at.new) == ("8.1.50 (old)", "8.1.50 (new)")
        assert at.others == RELEASES
