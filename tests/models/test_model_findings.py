"""What present releases violate: each known finding is found again, what is not known is new, and nothing is left out."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import hopcheck.model
from hopcheck.engine.known_findings import KnownFinding, bundled_findings
from hopcheck.engine.main_job import MainResult, run
from hopcheck.engine.model_findings import look_for, new_findings
from hopcheck.engine.own.chosen import chosen
from hopcheck.engine.results import ModelFinding
from hopcheck.engine.searching import Searching
from hopcheck.model.domain import bitmaps, cookies, protocol, storage
from hopcheck.model.domain.bitmaps.settings import Policy as BitmapPolicy
from hopcheck.model.domain.cookies.settings import Negotiation
from hopcheck.model.domain.protocol.rules import rules_of
from hopcheck.model.domain.protocol.settings import Newest
from hopcheck.model.domain.settings import Release
from hopcheck.model.domain.storage.settings import Handover, Yes
from hopcheck.model.domain.storage.settings import Policy as StoragePolicy
from hopcheck.model.errors import InputError
from hopcheck.properties import Outcome, Verdict

KNOWN = bundled_findings()
NEWER = {"10.0": "11.1"}
"""The present releases of QEMU: what is found with the one is found with the other."""


def found_again(known: KnownFinding) -> ModelFinding:
    (model,) = chosen([known.model])
    found = look_for(model, known, Searching())
    assert isinstance(found, ModelFinding), f"{known.id} is {found.outcome.value}"
    return found


@pytest.mark.parametrize("known", KNOWN, ids=lambda each: each.id)
def test_a_known_finding_is_found_again_for_the_cause_that_is_known(known: KnownFinding) -> None:
    found = found_again(known)
    assert found.known == known.reason
    assert found.why == "; ".join(found.shown.expected.causes)
    assert known.prop in found.violates
    assert found.shown.verdict.shortest
    assert (Path(hopcheck.model.__file__).parent.parent / found.rule).is_file()
    (model,) = chosen([known.model])
    assert found.rule.split("/")[2] in (known.model, *model.parts)


@pytest.mark.parametrize("known", KNOWN, ids=lambda each: each.id)
def test_it_is_found_with_every_present_qemu(known: KnownFinding) -> None:
    (model,) = chosen([known.model])
    settings = model.as_set(known.settings).settings
    releases = {
        each.name: NEWER[str(getattr(settings, each.name))]
        for each in dataclasses.fields(settings)  # type: ignore[arg-type]
        if str(getattr(settings, each.name)) in NEWER
    }
    newer = found_again(replace(known, settings={**known.settings, **releases}))
    first = found_again(known)
    assert newer.why == first.why
    assert newer.shown.verdict.trace is not None
    assert first.shown.verdict.trace is not None
    assert len(newer.shown.verdict.trace) == len(first.shown.verdict.trace)


def choices(cls: Any) -> dict[str, tuple[Any, ...]]:
    """What each setting may be, the default first; releases stay as they are, and small numbers do."""
    types = get_type_hints(cls)

    def values(field: dataclasses.Field[Any]) -> tuple[Any, ...]:
        type_ = types[field.name]
        if type_ is Release:
            return (field.default,)
        every = (True, False) if type_ is bool else (0, 1, 2) if type_ is int else tuple(type_)
        return tuple(dict.fromkeys((field.default, *every)))

    return {field.name: values(field) for field in dataclasses.fields(cls)}


def near(cls: Any, **fixed: tuple[Any, ...]) -> Iterator[Any]:
    """The settings that differ from the first choices in at most two; ``fixed``: what a setting may be instead."""
    may = choices(cls) | fixed
    usual = {name: values[0] for name, values in may.items()}
    others = [(name, value) for name, values in may.items() for value in values[1:]]
    for changed in ((), *((each,) for each in others), *itertools.combinations(others, 2)):
        if len(dict(changed)) == len(changed):
            try:
                yield cls(**(usual | dict(changed)))
            except InputError:
                continue


def _protocol() -> Iterator[protocol.Settings]:
    names = ("compressed", "auto_converge", "rdma_pin_all", "zerocopy", "parallel", "synchronous_writes")
    same = dict.fromkeys((*names, "extended_parameters", "new_xml"), (False,))
    made = near(protocol.Settings, protocol=(Newest.AUTO, Newest.V2), **same)
    return (each for each in made if rules_of(each) is not None)


def _cookies() -> Iterator[cookies.Settings]:
    present = {"libvirt": (Release("11.3"),), "qemu": (Release("10.0"),), "negotiation": (Negotiation.RELEASED,)}
    return near(cookies.Settings, **present, same_host=(False,), driver_bit=(False,))


def _storage() -> Iterator[storage.Settings]:
    """Every disk at once, whatever else is set."""
    disk = {name: values[:1] for name, values in choices(storage.Settings).items() if Yes.ANY in values}
    return near(storage.Settings, policy=(StoragePolicy.LIBVIRT,), handover=(Handover.RELEASED,), **disk)


def _bitmaps() -> Iterator[bitmaps.Settings]:
    """Wherever the bitmap is and whatever it is called, at once."""
    world = {name: values[:1] for name, values in choices(bitmaps.Settings).items() if values[0] == "any"}
    return near(bitmaps.Settings, policy=(BitmapPolicy.DEFAULT, BitmapPolicy.MAPPING), **world)


@pytest.mark.parametrize(
    ("name", "settings"), [("protocol", _protocol), ("cookies", _cookies), ("storage", _storage), ("bitmaps", _bitmaps)]
)
def test_every_cause_that_present_releases_have_is_known(name: str, settings: Callable[[], Iterator[Any]]) -> None:
    """The catalogs foresee every violation under any settings, which other tests compare with the search."""
    (model,) = chosen([name])
    assert model.build is not None
    known = {why for each in KNOWN if each.model == name for why in found_again(each).shown.expected.causes}
    foreseen: dict[str, str] = {}
    for each in settings():
        try:
            variant = model.build(each)
        except InputError:
            continue
        for prop in variant.properties:
            if prop.expected.outcome is Outcome.UNSAFE and prop.kind.value != "reachable":
                foreseen |= dict.fromkeys(prop.expected.causes, f"{prop.name}: {variant.name}")
    assert len(foreseen) >= 4, "the settings are too tame"
    assert {why: where for why, where in foreseen.items() if why not in known} == {}


def checked(known: tuple[KnownFinding, ...]) -> MainResult:
    return run(models=["cookies"], known=known, prove_seconds=0)


def test_a_cause_that_nobody_knows_is_new_and_exits_1() -> None:
    forgotten = "cookies.lock-managers-not-compared"
    result = checked(tuple(each for each in KNOWN if each.id != forgotten))
    (model,) = result.models
    (new,) = [each for each in model.violations if each.known is None]
    assert new.id == "cookies.LOCK_DRIVERS_AGREE: the comparison hangs on a mark that reading a cookie never sets"
    assert new.shown.verdict.trace is not None
    assert len(new.shown.verdict.trace) == 2
    assert new.given["dst_lock"] == "sanlock"
    assert result.exit_code == 1
    assert model.missing == ()


def test_what_the_parts_tell_is_not_told_again_of_the_whole() -> None:
    """The variants of the joint model are of present releases: all that they violate is known, here or of a part."""
    (model,) = chosen(["migration"])
    assert model.variants is not None
    assert all(each.present for each in model.variants())
    told = "protocol.two-generals-told-of-an-error"
    kept = tuple(each for each in KNOWN if each.model != "migration")
    whole, without = (
        run(models=["migration"], known=known, prove_seconds=0) for known in (KNOWN, [e for e in kept if e.id != told])
    )
    assert whole.exit_code == 0
    assert all(each.known is not None for each in whole.models[0].violations)
    new = {each.id.partition(":")[0] for each in without.models[0].violations}
    assert "migration.FAILED_DST_IS_ABSENT" in new
    assert "migration.BITMAP_IS_BACK" in new
    assert "migration.AT_MOST_ONE_RUNNING" not in new
    assert without.exit_code == 1


def test_a_finding_that_is_gone_is_missing_and_exits_1() -> None:
    gone = replace(
        KNOWN[0], id="cookies.gone", prop="LOCK_DRIVERS_AGREE", settings={"dst_lock": "sanlock", "compare_locks": "true"}
    )
    result = checked((*KNOWN, gone))
    assert result.models[0].missing == ("cookies.gone",)
    assert result.exit_code == 1
    assert checked(KNOWN).exit_code == 0


def test_a_violation_against_expectation_is_new_whatever_is_known() -> None:
    (model,) = chosen(["cookies"])
    (known,) = [each for each in KNOWN if each.id == "cookies.lock-managers-not-compared"]
    variant = model.as_set(known.settings)
    found = found_again(known)
    unforeseen = replace(found.shown, expected=replace(found.shown.expected, outcome=Outcome.SAFE), variant="present")
    made = list(new_findings(model, [unforeseen], [replace(variant, name="present", present=True)], [found]))
    assert [each.why for each in made] == [f"{known.prop} was expected to hold: {found.shown.expected.reason}"]
    assert list(new_findings(model, [unforeseen], [replace(variant, name="present")], [found])) == []


def test_settings_without_the_property_are_an_error() -> None:
    (model,) = chosen(["cookies"])
    (known,) = [each for each in KNOWN if each.id == "cookies.lock-managers-not-compared"]
    with pytest.raises(InputError, match=r"lock-managers-not-compared: under its settings cookies has no property"):
        look_for(model, replace(known, settings={}), Searching())


def test_a_property_that_holds_is_told_with_its_verdict() -> None:
    (model,) = chosen(["cookies"])
    (known,) = [each for each in KNOWN if each.id == "cookies.persistent-lost"]
    found = look_for(model, replace(known, settings={**known.settings, "faults": "0"}), Searching())
    assert isinstance(found, Verdict)
    assert found.outcome is Outcome.SAFE
