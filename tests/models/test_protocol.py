"""The migration protocol: every variant's verdicts, verdicts for any settings, and that nothing is vacuous."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from hopcheck.engine.check import check, seen
from hopcheck.explorer.search import explore
from hopcheck.model.domain.protocol import Settings, system
from hopcheck.model.domain.protocol.messages import MESSAGES, Lane, message
from hopcheck.model.domain.protocol.selection import Control
from hopcheck.model.domain.protocol.settings import Count, Fence, Guest, Newest
from hopcheck.model.domain.settings import Release, described, settings_from
from hopcheck.model.errors import InputError
from hopcheck.model.language import Expr, System
from hopcheck.properties.catalog.protocol import properties, variants
from hopcheck.properties.kinds import Kind, Property
from hopcheck.properties.vacuity import Finding, vacuities
from hopcheck.properties.verdict import Outcome

from .libvirt_history.protocol import KINDS, only

VARIANTS = dict(variants())
LOST = Settings(fence=Fence.NONE)


def explored(settings: Settings) -> tuple[System, tuple[Property, ...]]:
    model = system(settings)
    return model, properties(settings, model)


@pytest.mark.parametrize("name", VARIANTS)
def test_every_property_has_its_expected_verdict(name: str) -> None:
    model, asked = explored(VARIANTS[name])
    results = check(model, asked, variant=name, prove_seconds=0)
    assert {r.prop.name: r.verdict.outcome for r in results} == {r.prop.name: r.expected.outcome for r in results}
    assert all(result.expected.reason for result in results)


def test_both_engines_agree_for_any_number_of_faults() -> None:
    """Nothing counts faults here: what is exhausted and proved holds however many there are."""
    name = "11.3 p2p, no fence"
    model, asked = explored(VARIANTS[name])
    wanted = {
        "NO_KILL_OF_RUNNING_DST",
        "RUNSTATE_PRESERVED",
        "DEFINED_SOMEWHERE",
        "ROLLBACK_ALWAYS_POSSIBLE_BEFORE_DST_CONT",
    }
    chosen = [prop for prop in asked if prop.name in wanted | {"AT_MOST_ONE_RUNNING"}]
    results = {r.prop.name: r for r in check(model, chosen, variant=name, prove_seconds=120, workers=1)}
    seconds = {name: result.second for name, result in results.items()}
    assert all(second is not None and second.known for second in seconds.values())
    assert {n for n, r in results.items() if r.verdict.outcome is Outcome.SAFE} == wanted


def test_nothing_is_vacuous() -> None:
    facts, named = [], {}
    for name, settings in variants():
        model, asked = explored(settings)
        found = check(model, asked, variant=name, prove_seconds=0)[0].exploration
        assert found is not None
        facts.append(seen(model, asked, found))
        named |= {prop.name: prop for prop in asked}
    findings = vacuities(tuple(named.values()), facts)
    assert [str(each) for each in findings] == []
    assert Finding.DEAD_ACTION not in {each.finding for each in findings}


def test_expectations_fit_settings_that_no_variant_has() -> None:
    """Any setting can be given on the command line: the catalog knows what to expect of each."""
    draw = random.Random(4)
    for _ in range(60):
        settings = _drawn(draw)
        model, asked = explored(settings)
        for result in check(model, asked, prove_seconds=0):
            assert result.verdict.outcome is result.expected.outcome, (result.prop.name, settings)


CORNERS = (
    ("p2p third_party=no", "break_connection"),
    ("p2p third_party=no fence=none libvirt=9.0 destination_libvirt=1.3.2 qemu=7.2", "break_connection"),
    ("p2p third_party=no fence=none libvirt=1.1.0 destination_libvirt=1.2.19 qemu=2.12", "kill_destination_daemon"),
    ("p2p guest=paused fence=none libvirt=1.1.5 qemu=2.12", "kill_source_daemon"),
    ("managed guest=paused fence=none libvirt=1.1.0 qemu=2.5 protocol=v2", "kill_source_daemon"),
    ("p2p guest=paused libvirt=0.9.9 qemu=11.1", "kill_source_qemu"),
    ("p2p guest=paused fence=lock_manager libvirt=0.9.9 destination_libvirt=4.0 qemu=7.2", "lose_reply"),
    ("p2p guest=paused libvirt=0.9.9 qemu=2.5 paused=yes third_party=no", "cont_error"),
    ("p2p guest=paused fence=lock_manager libvirt=1.1.5 qemu=7.2 faults=2", "confirm_error kill_destination_qemu"),
    ("p2p guest=paused destination_libvirt=1.3.2 destination_qemu=2.5", "lose_reply"),
    ("p2p guest=paused destination_libvirt=4.0 destination_qemu=2.12 fence=lock_manager", "confirm_error"),
    ("managed guest=paused fence=none libvirt=1.1.0 destination_qemu=2.5", "kill_destination_daemon"),
    ("managed guest=paused libvirt=0.9.3 qemu=2.12 destination_qemu=10.0", "lose_reply"),
    ("managed persist_dest=yes undefine_source=yes libvirt=1.1.5 qemu=7.2 faults=2", "cont_error kill_source_qemu"),
    ("p2p guest=paused libvirt=1.2.1 qemu=2.12", "break_connection"),
    ("p2p guest=paused libvirt=1.1.0 destination_libvirt=1.3.2 qemu=11.1 protocol=v2", "cont_error"),
    ("p2p guest=paused fence=lock_manager libvirt=1.1.0 qemu=2.5 faults=2", "break_connection kill_destination_qemu"),
    ("managed guest=paused faults=2", "confirm_error kill_destination_qemu"),
)
"""Settings whose verdicts were once foreseen wrongly, with their faults."""


@pytest.mark.parametrize(("text", "kinds"), CORNERS)
def test_expectations_fit_corners(text: str, kinds: str) -> None:
    control, *others = text.split()
    settings = settings_from(Settings, {"control": control} | dict(each.split("=") for each in others))
    model, asked = explored(only(settings, *kinds.split()))
    wrong = [r.prop.name for r in check(model, asked, prove_seconds=0) if r.verdict.outcome is not r.expected.outcome]
    assert wrong == []


def _drawn(draw: random.Random) -> Settings:
    flags = ("postcopy", "persist_dest", "undefine_source", "non_shared_disk", "abort_on_error", "paused", "offline")
    parts = ("return_path", "pause_before_switchover", "third_party")
    kinds = set(draw.sample(KINDS, draw.choice([1, 2, 3, len(KINDS)])))
    chosen = {kind: kind in kinds for kind in KINDS}
    chosen |= {flag: draw.random() < 0.3 for flag in flags} | {part: draw.random() < 0.7 for part in parts}
    return replace(
        Settings(
            libvirt=Release(draw.choice(["11.3", "9.0", "7.0", "4.9.0", "1.3.2", "1.2.16", "1.1.0", "1.1.5", "0.9.3"])),
            qemu=Release(draw.choice(["11.1", "10.0", "7.2", "2.12", "2.5"])),
            control=draw.choice([Control.MANAGED, Control.P2P]),
            protocol=draw.choice([Newest.AUTO, Newest.AUTO, Newest.V3, Newest.V2]),
            fence=draw.choice(list(Fence)),
            guest=draw.choice(list(Guest)),
            faults=draw.choice([Count.NONE, Count.ONE, Count.TWO]),
        ),
        **chosen,
    )


# settings and messages -----------------------------------------------------------------------------------------------


def test_every_setting_can_be_written_and_means_something() -> None:
    for each in described(Settings):
        assert settings_from(Settings, {each.name: each.default}) == Settings()
        assert each.meaning
    with pytest.raises(InputError, match="did you mean 'fence'"):
        settings_from(Settings, {"fense": "none"})


def test_a_refused_migration_touches_nothing() -> None:
    refused = Settings(control=Control.P2P, tunnelled=True, postcopy=True)
    model = system(refused)
    found = explore(model)
    assert (found.states, found.depth) == (2, 1)
    assert "Perform" in next(iter(found.instances))


def test_faults_that_are_not_allowed_are_not_there() -> None:
    assert not {action.name for action in system(only(Settings())).actions} & set(KINDS)
    assert not {action.name for action in system(Settings(faults=Count.NONE)).actions} & set(KINDS)


def test_every_action_has_a_message() -> None:
    for settings in VARIANTS.values():
        for action in system(settings).actions:
            made = message(action.name, dict(action.labels), settings.control)
            assert made.text
            assert made.fault is (action.name in KINDS)
            if settings.control is Control.P2P and action.name.startswith(("finish", "confirm")):
                assert Lane.CLIENT not in (made.sender, made.receiver)


def test_no_message_is_left_over() -> None:
    used = {action.name for settings in VARIANTS.values() for action in system(settings).actions}
    assert set(MESSAGES) <= used


def test_progress_does_not_count_on_faults() -> None:
    """A goal of progress speaks of states after the last fault only."""
    model, asked = explored(Settings())
    goals = [prop.expr for prop in asked if prop.kind is Kind.CAN_ALWAYS_REACH]
    assert goals
    for goal in goals:
        found = explore(model, always={"calm": goal.implies(_calm(model))})
        assert found.answers["calm"].trace is None


def _calm(model: System) -> Expr:
    return model["faults"] == 0
