"""What one form of a build says differently from another, and the words for it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from hopcheck.engine.changes.says import says
from hopcheck.model.domain.device_config.difference import Difference
from hopcheck.model.facts.effective import BuildView
from hopcheck.model.facts.hierarchy import Hierarchy
from hopcheck.model.facts.schema import Build, BuildKind, CompatArray, Entry, Machine, Property, QomType

ENTRY = Entry("dev", "p", "1", False, "machine.c:2")


def _build() -> Build:
    return Build(
        name="9.1",
        version="9.1",
        kind=BuildKind.TREE,
        origin="made up",
        compat_arrays={
            "hw_compat_9_0": CompatArray((ENTRY, Entry("dev", "q", "off")), "machine.c", 1),
            "hw_compat_8_2": CompatArray((), "machine.c", 9),
        },
        machines={
            "virt-9.1": Machine((), {"mc->max_cpus": "4"}),
            "virt-9.0": Machine(("hw_compat_9_0",)),
            "virt-8.2": Machine(("hw_compat_9_0", "hw_compat_8_2")),
        },
        types={
            "device": QomType(None),
            "dev": QomType("device", "dev.c", {"p": Property("UINT32", 2, "dev.c:3"), "q": Property("BOOL", True)}),
            "dev-child": QomType("dev", "dev.c", {}, ("made",)),
            "other": QomType("device", "other.c", {"p": Property("UINT32", 7)}),
        },
    )


def _entries(*entries: Entry) -> dict[str, CompatArray]:
    return {**_build().compat_arrays, "hw_compat_9_0": CompatArray(entries, "machine.c", 5)}


def _types(**types: QomType | None) -> dict[str, QomType]:
    named = {name.replace("_", "-"): fact for name, fact in types.items()}
    return {name: fact for name, fact in {**_build().types, **named}.items() if fact is not None}


def _said(after: Build) -> list[str]:
    difference = Difference(*(BuildView(build, Hierarchy(build)) for build in (_build(), after)))
    return [f"{each.what}|{' '.join(each.machines)}" for each in says(difference, lambda machine, type_: True)]


def _changed(**fields: object) -> Callable[[], Build]:
    return lambda: msgspec.structs.replace(_build(), **fields)


DEV = _build().types["dev"]


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (_changed(), []),
        (
            _changed(types=_types(dev=QomType("device", "x.c", {**DEV.props, "p": Property("UINT32", 3)}))),
            ["the default of dev.p changes from 2 to 3|virt-9.1"],
        ),
        (
            _changed(types=_types(dev=QomType("device", "x.c", {**DEV.props, "q": Property("BOOL", False)}))),
            ["the default of dev.q changes from on to off|virt-9.1"],
        ),
        (
            _changed(types=_types(dev=QomType("device", "x.c", {"p": Property("UINT64", 2), "q": DEV.props["q"]}))),
            ["dev.p is declared as UINT64, no longer as UINT32|"],
        ),
        (
            _changed(types=_types(dev=QomType("device", "x.c", {**DEV.props, "n": Property("STRING")}))),
            ["dev.n is new, with no default that the source states|virt-9.1 virt-9.0 virt-8.2"],
        ),
        (
            _changed(
                types=_types(
                    dev=QomType("device", "x.c", {"p": Property("UINT32", 9), "q": DEV.props["q"]}),
                    other=QomType("device", "x.c", {}),
                )
            ),
            ["the default of dev.p changes from 2 to 9|virt-9.1", "other.p is gone|virt-9.1 virt-9.0 virt-8.2"],
        ),
        (_changed(types=_types(dev_child=None)), ["types that are gone: dev-child|"]),
        (
            _changed(types=_types(dev_child=QomType("device", "", {}, ("made",)))),
            ["the type dev-child derives from device, no longer from dev|"],
        ),
        (_changed(types=_types(new=QomType("device"))), ["new types: new|"]),
        (
            _changed(compat_arrays=_entries(ENTRY, Entry("dev", "q", "off"), Entry("other", "p", "3"))),
            ['hw_compat_9_0 gets the entry { "other", "p", "3" }|virt-9.0 virt-8.2'],
        ),
        (
            _changed(compat_arrays=_entries(ENTRY)),
            ['hw_compat_9_0 loses the entry { "dev", "q", "off" }|virt-9.0 virt-8.2'],
        ),
        (
            _changed(compat_arrays=_entries(Entry("dev", "p", "5"), Entry("dev", "q", "off"))),
            ["the entry for dev.p in hw_compat_9_0 says 5, no longer 1|virt-9.0 virt-8.2"],
        ),
        (
            _changed(compat_arrays=_entries(Entry("dev-child", "p", "1"), Entry("dev", "q", "off"))),
            ['the entry { "dev-child", "p", "1" } in hw_compat_9_0 names dev-child, no longer dev|virt-9.0 virt-8.2'],
        ),
        (
            _changed(
                compat_arrays={
                    "hw_compat_9_0": CompatArray((Entry("dev", "q", "off"),)),
                    "hw_compat_8_2": CompatArray((ENTRY,)),
                }
            ),
            ['the entry { "dev", "p", "1" } moves from hw_compat_9_0 to hw_compat_8_2|virt-8.2'],
        ),
        (
            _changed(machines={**_build().machines, "virt-9.2": Machine(())}),
            ["new machine types|virt-9.2"],
        ),
        (
            _changed(machines={"virt-9.1": Machine((), {"mc->max_cpus": "8"}), "virt-9.0": Machine(())}),
            [
                "machine types that are gone|virt-8.2",
                "machine types no longer apply hw_compat_9_0|virt-9.0",
                "mc->max_cpus of the machine class changes from 4 to 8|virt-9.1",
            ],
        ),
        (
            _changed(machines={**_build().machines, "virt-9.1": Machine((), {"mc->auto": "true"})}),
            [
                "mc->auto of the machine class is now set, to true|virt-9.1",
                "mc->max_cpus of the machine class is no longer set (was 4)|virt-9.1",
            ],
        ),
        (
            _changed(machines={**_build().machines, "virt-8.2": Machine(("hw_compat_8_2", "hw_compat_9_0"))}),
            ["machine types apply their arrays in another order|virt-8.2"],
        ),
    ],
)
def test_what_is_said(after: Callable[[], Build], said: list[str]) -> None:
    assert _said(after()) == said


def test_what_is_touched() -> None:
    def touched(after: Build) -> tuple[frozenset[str], frozenset[str]]:
        found = Difference(*(BuildView(build, Hierarchy(build)) for build in (_build(), after))).touched()
        return found.properties, found.types

    assert touched(_build()) == (frozenset(), frozenset())
    assert touched(_changed(compat_arrays=_entries(ENTRY))()) == ({"q"}, frozenset())
    assert touched(_changed(types=_types(dev_child=QomType("other", "", {}, ("made",))))()) == (frozenset(), {"dev-child"})
    fewer = {**_build().machines, "virt-9.0": Machine(())}
    assert touched(_changed(machines=fewer)()) == ({"p", "q"}, frozenset())
    reordered = {**_build().machines, "virt-8.2": Machine(("hw_compat_8_2", "hw_compat_9_0"))}
    assert touched(_changed(machines=reordered)()) == ({"p", "q"}, frozenset())
