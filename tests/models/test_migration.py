"""A whole migration: verdicts, counts, what joining keeps of the parts, the findings, and other people's engines."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import fields
from functools import cache

import pytest

from hopcheck.engine.check import check, seen
from hopcheck.engine.known_findings import bundled_findings
from hopcheck.engine.model_findings import look_for
from hopcheck.engine.own.chosen import chosen
from hopcheck.engine.results import ModelFinding
from hopcheck.engine.searching import Searching
from hopcheck.explorer.search import explore
from hopcheck.model.domain.bitmaps.settings import Storage
from hopcheck.model.domain.migration import Settings, joint, system
from hopcheck.model.domain.migration.follow import Part
from hopcheck.model.domain.migration.messages import BETWEEN, message
from hopcheck.model.domain.protocol.messages import MESSAGES
from hopcheck.model.domain.protocol.selection import Control
from hopcheck.model.domain.protocol.settings import Count, Fence
from hopcheck.model.domain.settings import Release, described, settings_from
from hopcheck.model.domain.storage.settings import Cache, Format, Medium
from hopcheck.model.errors import InputError
from hopcheck.model.language import State, System, evaluate, initial_states, reachable, successors
from hopcheck.properties.catalog.migration import properties, variants
from hopcheck.properties.kinds import Property
from hopcheck.properties.vacuity import vacuities
from hopcheck.properties.verdict import Outcome
from hopcheck.report.gathering.report import property_report
from hopcheck.report.pictures.sequence import sequence_svg

VARIANTS = dict(variants())
KINDS = [
    *("lose_reply", "break_connection", "kill_client", "kill_source_daemon", "kill_destination_daemon"),
    *("kill_source_qemu", "kill_destination_qemu", "stream_error", "load_error", "finish_error", "cont_error"),
    *("confirm_error", "abort"),
]


def set_(text: str = "") -> Settings:
    """Settings as they are written on the command line."""
    return settings_from(Settings, dict(each.split("=") for each in text.split()))


def only(text: str, *kinds: str) -> str:
    """The settings with faults of these kinds and no others."""
    return " ".join([text, *(f"{kind}={str(kind in kinds).lower()}" for kind in KINDS)])


def asked(settings: Settings) -> tuple[System, tuple[Property, ...]]:
    model = system(settings)
    return model, properties(settings, model)


def outcomes(settings: Settings, searching: Searching | None = None) -> dict[str, Outcome]:
    model, wanted = asked(settings)
    return {
        each.prop.name: each.verdict.outcome
        for each in check(model, wanted, prove_seconds=0, searching=searching or Searching())
    }


def trace(text: str, name: str) -> list[str]:
    """The labels of the shortest counterexample."""
    model, wanted = asked(set_(text))
    (prop,) = (each for each in wanted if each.name == name)
    (result,) = check(model, [prop], prove_seconds=0)
    assert result.verdict.outcome is result.expected.outcome is Outcome.UNSAFE
    assert result.verdict.trace is not None
    return [step.label for step in result.verdict.trace.steps]


# verdicts --------------------------------------------------------------------------------------------------------

OTHERS = {
    "7.0 NFS": "libvirt=7.0 qemu_src=5.2 qemu_dst=5.2",
    "9.0 NFS, any number of faults": "libvirt=9.0 qemu_src=7.2 qemu_dst=7.2 faults=unbounded",
    "11.3 NFS, raw, cache=unsafe": "format=raw cache=unsafe",
    "11.3 lock manager": "medium=block format=raw lock_manager=true",
    "11.3 full copy": "medium=local storage=non-shared-disk third_party=true",
    "9.0 incremental copy": "libvirt=9.0 qemu_src=7.2 qemu_dst=7.2 medium=local storage=non-shared-inc control=p2p",
    "unsafe": "unsafe=true medium=nfs_protocol cache=writeback",
}
COUNTS = {
    "11.3 NFS": (5933, 17826, 21),
    "11.3 iSCSI, p2p": (4337, 14757, 22),
    "11.3 incremental copy": (777, 2103, 23),
}


@pytest.mark.parametrize("name", [*VARIANTS, *OTHERS])
def test_every_property_has_its_expected_verdict_sliced_or_not(name: str) -> None:
    settings = VARIANTS.get(name) or set_(OTHERS[name])
    model, wanted = asked(settings)
    results = check(model, wanted, variant=name, prove_seconds=0)
    found = {each.prop.name: each.verdict.outcome for each in results}
    assert found == {each.prop.name: each.expected.outcome for each in results}
    assert all(each.expected.reason for each in results)
    sliced = outcomes(settings, Searching(slicing=True))
    assert sliced == {**found, "sound": Outcome.UNKNOWN}


@pytest.mark.parametrize("name", COUNTS)
def test_counts(name: str) -> None:
    found = explore(system(VARIANTS[name]))
    assert (found.states, found.transitions, found.depth) == COUNTS[name]


def test_a_property_alone_needs_a_slice_only() -> None:
    model, wanted = asked(set_("faults=unbounded"))
    (prop,) = (each for each in wanted if each.name == "AT_MOST_ONE_RUNNING")
    whole = check(model, [prop], prove_seconds=0)[0]
    sliced = check(model, [prop], prove_seconds=0, searching=Searching(slicing=True))[0]
    assert whole.exploration is not None
    assert sliced.exploration is not None
    assert sliced.verdict.outcome is whole.verdict.outcome is Outcome.SAFE
    assert sliced.exploration.states < whole.exploration.states


def test_nothing_is_vacuous() -> None:
    facts, named = [], {}
    for name, settings in variants():
        model, wanted = asked(settings)
        found = check(model, wanted, variant=name, prove_seconds=0)[0].exploration
        assert found is not None
        facts.append(seen(model, wanted, found))
        named |= {prop.name: prop for prop in wanted}
    assert [str(each) for each in vacuities(tuple(named.values()), facts)] == []


def test_expectations_fit_settings_that_no_variant_has() -> None:
    draw = random.Random(5)
    tried = 0
    while tried < 25:
        try:
            settings = _drawn(draw)
        except InputError:
            continue
        tried += 1
        model, wanted = asked(settings)
        for result in check(model, wanted, prove_seconds=0):
            assert result.verdict.outcome is result.expected.outcome, (result.prop.name, settings)


def _drawn(draw: random.Random) -> Settings:
    kinds = set(draw.sample(KINDS, draw.choice([1, 2, 3, len(KINDS)])))
    qemu = ("11.1", "10.0", "7.2", "5.2")
    return Settings(
        libvirt=Release(draw.choice(("11.3", "9.0", "7.3", "7.0"))),
        qemu_src=Release(draw.choice(qemu)),
        qemu_dst=Release(draw.choice(qemu)),
        control=draw.choice((Control.MANAGED, Control.P2P)),
        storage=draw.choice((*Storage, Storage.SHARED, Storage.SHARED)),
        medium=draw.choice([each for each in Medium if each is not Medium.ANY]),
        format=draw.choice(list(Format)),
        cache=draw.choice(list(Cache)),
        unsafe=draw.random() < 0.1,
        lock_manager=draw.random() < 0.3,
        faults=draw.choice((Count.NONE, Count.ONE, Count.TWO)),
        **{kind: kind in kinds for kind in KINDS},
    )


# what joining keeps of the parts -----------------------------------------------------------------------------------


@cache
def states(model: System) -> frozenset[State]:
    return frozenset(state for level in reachable(model) for state in level)


JOINED = {
    "NFS": "faults=2",
    "NFS, written back": "faults=1 cache=writeback control=p2p",
    "iSCSI": "faults=1 medium=block format=raw cache=writethrough",
    "full copy": "faults=1 medium=local storage=non-shared-disk",
    "incremental copy": "faults=1 medium=local storage=non-shared-inc libvirt=9.0 qemu_src=7.2 qemu_dst=7.2",
}


@pytest.mark.parametrize("name", JOINED)
def test_the_protocol_does_what_it_does_alone(name: str) -> None:
    """The others neither keep it from a state nor lead it to a new one."""
    whole = joint(set_(JOINED[name]))
    model = whole.system
    places = [model.index[each.name] for each in whole.protocol.variables]
    assert {tuple(state[place] for place in places) for state in states(model)} == states(whole.protocol)


@pytest.mark.parametrize("name", JOINED)
def test_every_step_of_the_protocol_is_one_that_it_takes_alone(name: str) -> None:
    whole = joint(set_(JOINED[name]))
    model = whole.system
    places = [model.index[each.name] for each in whole.protocol.variables]
    steps = {each.name for each in whole.protocol.actions}

    def projected(state: State) -> State:
        return tuple(state[place] for place in places)

    for state in sorted(states(model))[:: max(1, len(states(model)) // 300)]:
        alone = {(step.label, step.target) for step in successors(whole.protocol, projected(state))}
        for step in successors(model, state):
            if step.label.split("(")[0] in {name.split("(")[0] for name in steps}:
                assert (step.label, projected(step.target)) in alone
            else:
                assert projected(step.target) == projected(state)


@pytest.mark.parametrize("name", JOINED)
def test_what_a_part_sees_is_a_state_that_it_has_alone(name: str) -> None:
    """Or it is one of three things that no part alone has: see ``_beyond``."""
    whole = joint(set_(JOINED[name]))
    model = whole.system
    for part in (whole.disk, whole.bitmap):
        alone = states(part.system)
        inside = 0
        for state in states(model):
            values = dict(zip(model.index, state, strict=True))
            if _projected(part, values) in alone:
                inside += 1
            else:
                assert _beyond(whole.settings, model.decode(state)), (part.system.name, model.decode(state))
        assert inside > len(states(model)) // 2


def _projected(part: Part, values: Mapping[str, int]) -> State:
    return tuple(evaluate(part[each.name], values) for each in part.system.variables)


def _beyond(settings: Settings, now: Mapping[str, object]) -> bool:
    """The source's QEMU died, the destination died after it ran, or (unfenced) the source goes on while the destination's
    QEMU is still there."""
    died_there = now["ran"] != "no" and now["dst"] == "none"
    beside = settings.fence is Fence.NONE and now["src"] == "running" and now["dst"] != "none"
    return now["src"] == "crashed" or died_there or beside


def test_parts_alone_show_what_their_new_faults_do() -> None:
    """Faults that the parts have for the joint model's sake, and that alone are off."""
    (storage,) = chosen(["storage"])
    (bitmaps,) = chosen(["bitmaps"])
    dies = {"medium": "nfs_linux", "format": "qcow2", "cache": "none", "copied": "no", "readonly": "no", "shareable": "no"}
    for model, given, action in (
        (storage, {**dies, "source_qemu_dies": "true"}, "source_qemu_dies"),
        (bitmaps, {"destination_dies": "true", "stream_error": "false", "cancel": "false"}, "destination_dies"),
    ):
        variant = model.as_set(given)
        results = check(variant.system, variant.properties, prove_seconds=0)
        assert {r.prop.name: r.verdict.outcome for r in results} == {r.prop.name: r.expected.outcome for r in results}
        assert results[0].exploration is not None
        assert results[0].exploration.fired[action] > 0


# findings --------------------------------------------------------------------------------------------------------

SENT = ["begin", "prepare", "perform", "stop", "migrate_continue", "send_bits", "load_end", "end_of_stream"]
STARTED = [*SENT, "perform_succeeds", "finish(0)", "cont"]
BROKEN = "break_connection(between=client and destination daemon)"
CROSSED = [*STARTED[:-1], BROKEN, "finish_unanswered", "confirm_goes_on"]
DIED = ["kill_destination_qemu", "finish_finds_no_guest", "finish_unanswered", "confirm_goes_on"]
LOST = ["finish_succeeds", "lose_reply(call=finish)", "finish_unanswered", "confirm_goes_on"]
BOTH = only("faults=2", "break_connection", "kill_source_qemu")

SHORTEST: dict[str, tuple[str, str, list[str]]] = {
    "a destination that dies counts as never started": (
        only("", "kill_destination_qemu"),
        "MEMORY_IS_NEVER_OLDER_THAN_DISK",
        [*STARTED, "destination_writes", *DIED],
    ),
    "and takes the bitmap with it": (only("", "kill_destination_qemu"), "BITMAP_IS_BACK", [*STARTED, *DIED]),
    "a late cont, when the source and its lock are gone": (
        BOTH,
        "MEMORY_IS_NEVER_OLDER_THAN_DISK",
        [*CROSSED, "source_writes_on", "kill_source_qemu", "cont"],
    ),
    "without the bitmap": (BOTH, "BITMAP_IS_THERE", [*CROSSED, "kill_source_qemu", "cont"]),
    "on lost tables": (BOTH, "NO_STALE_READ", [*CROSSED, "guest_writes", "kill_source_qemu", "cont", "destination_reads"]),
    "two guests on one device": (
        only("medium=block", "lose_reply"),
        "MEMORY_IS_NEVER_OLDER_THAN_DISK",
        [*STARTED, *LOST, "source_writes_on"],
    ),
    "a late cont beside the source": (
        only("medium=block", "break_connection"),
        "NO_STALE_READ",
        [*CROSSED, "guest_writes", "cont", "destination_reads"],
    ),
}


@pytest.mark.parametrize("name", SHORTEST)
def test_shortest_traces(name: str) -> None:
    text, prop, steps = SHORTEST[name]
    assert trace(text, prop) == steps


@pytest.mark.parametrize(
    ("text", "name"),
    [
        # What a lock on the file system, or a lease, keeps from happening.
        (only("", "lose_reply", "break_connection", "kill_destination_daemon"), "MEMORY_IS_NEVER_OLDER_THAN_DISK"),
        (only("medium=block lock_manager=true", "lose_reply", "break_connection"), "MEMORY_IS_NEVER_OLDER_THAN_DISK"),
        (only("control=p2p", "confirm_error"), "AT_MOST_ONE_RUNNING"),
        # libvirt's merged copy carries the mark that setup leaves.
        (only("medium=local storage=non-shared-disk", "stream_error", "abort"), "BITMAP_IS_BACK"),
        # A fault in Confirm leaves one guest with its image, or one that can get it.
        (only("", "confirm_error"), "GOES_ON_WITH_ITS_DISK"),
        # One of the two faults of a late cont does not do.
        (only("faults=2", "break_connection"), "BITMAP_IS_THERE"),
        (only("faults=2", "kill_source_qemu"), "BITMAP_IS_THERE"),
    ],
)  # fmt: skip
def test_what_keeps_it_from_happening(text: str, name: str) -> None:
    assert outcomes(set_(text))[name] is Outcome.SAFE


@pytest.mark.parametrize(
    "known", [each for each in bundled_findings() if each.model == "migration"], ids=lambda each: each.id
)
def test_known_findings_are_found_again(known: object) -> None:
    (model,) = chosen(["migration"])
    found = look_for(model, known, Searching())  # type: ignore[arg-type]
    assert isinstance(found, ModelFinding)
    assert found.known is not None


# settings and pictures -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("libvirt=6.0", "libvirt is 6.0"),
        ("qemu_dst=4.2", "qemu_dst is 4.2"),
        ("control=direct", "no direct migration"),
        ("medium=any", "a fence depends on the medium"),
        ("medium=local", "is not shared"),
        ("medium=nvme unsafe=true", "is not shared"),
        ("storage=non-shared-disk", "would go onto the disk itself"),
        ("format=blocked", "a format with a blocker"),
        ("medium=block cache=writeback libvirt=11.3 qemu_src=10.0 format=any", None),
        ("medium=gpfs cache=writeback", None),
    ],
)
def test_settings_that_cannot_be(text: str, told: str | None) -> None:
    if told is None:
        assert list(initial_states(system(set_(text))))
        return
    with pytest.raises(InputError, match=told):
        set_(text)


def test_every_setting_is_described() -> None:
    assert [each.name for each in described(Settings)] == [each.name for each in fields(Settings)]
    assert all(each.meaning for each in described(Settings))


def test_the_fence_reaches_as_far_as_the_lock() -> None:
    assert set_().fence is Fence.IMAGE_LOCK
    assert set_("medium=block").fence is Fence.NONE
    assert set_("medium=block lock_manager=true").fence is Fence.LOCK_MANAGER
    assert set_("medium=local storage=non-shared-inc lock_manager=true").fence is Fence.NONE


def test_full_means_every_disk_of_the_fence() -> None:
    full = joint(set_("size=full"))
    named = full.system.index
    disks = {tuple(state[named[name]] for name in ("medium", "format", "cache")) for state in initial_states(full.system)}
    assert len(disks) == 4 * 3 * 5
    assert full.settings.of_protocol.faults is Count.UNBOUNDED


def test_every_action_has_a_message() -> None:
    for text in ("size=full", "size=full medium=local storage=non-shared-inc", "size=full medium=block control=p2p"):
        for action in system(set_(text)).actions:
            assert message(action.name, dict(action.labels), Control.MANAGED).text
    assert not set(BETWEEN) & set(MESSAGES)


def test_a_trace_is_drawn_with_its_disk_and_bitmap() -> None:
    text, name, steps = SHORTEST["without the bitmap"]
    settings = set_(text)
    model, wanted = asked(settings)
    (prop,) = (each for each in wanted if each.name == name)
    (result,) = check(model, [prop], prove_seconds=0)
    told = property_report(result)
    assert told.trace is not None
    svg = sequence_svg(told, told.trace, settings.control)
    for words in ("bits of bitmaps, if any", "bitmap in image: yes", "bitmap in memory: yes", "violated here"):
        assert words in svg
    assert len(steps) == len(told.trace.steps)
