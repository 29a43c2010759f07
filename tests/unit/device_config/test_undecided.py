"""What a changed build leaves open, where it adds a machine type besides."""

from __future__ import annotations

import msgspec

from hopcheck.model.domain.device_config.edits import with_build
from hopcheck.model.domain.device_config.history import stations
from hopcheck.model.domain.device_config.presence import presences
from hopcheck.model.domain.device_config.subjects import subjects
from hopcheck.model.domain.device_config.undecided import Replacement, undecided
from hopcheck.model.facts.schema import Facts
from hopcheck.model.facts.views import make_views

from .history_facts import DEVICE, PROP, history


def _made_by_code(facts: Facts, name: str) -> Facts:
    build = facts.build(name)
    made = msgspec.structs.replace(build.types[DEVICE], props={}, code_props=(PROP,))
    return with_build(facts, msgspec.structs.replace(build, types={**build.types, DEVICE: made}))


def _open(facts: Facts, base: str, build: str) -> list[tuple[str, str]]:
    at = stations(facts, make_views(facts))
    change = Replacement(at.names.index(base), at.names.index(build), released=True)
    found = undecided(at, presences(facts, at), change, subjects(at))
    return [(name, place) for name, place, _ in found]


def test_a_value_that_becomes_unknown_is_open_though_the_newest_machine_type_is_new() -> None:
    facts = _made_by_code(history({"5.0": 1, "5.1": 1, "5.2": 1}), "5.2")
    assert _open(facts, "5.1", "5.2") == [(f"{DEVICE}.{PROP}", "5.2")]


def test_what_both_tell_is_not() -> None:
    assert _open(history({"5.0": 1, "5.1": 1, "5.2": 1}), "5.1", "5.2") == []


def test_what_neither_tells_is_not() -> None:
    facts = history({"5.0": 1, "5.1": 1, "5.2": 1})
    assert _open(_made_by_code(_made_by_code(facts, "5.1"), "5.2"), "5.1", "5.2") == []
