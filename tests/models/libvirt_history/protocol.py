"""Published defects of libvirt's migration protocol: with the bug the named invariant fails, with the fix it holds.

Each function sets the release and the only faults of its case, looks at the shortest counterexample, and then at the
release with the fix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from hopcheck.engine.check import check
from hopcheck.model.domain.protocol import Settings, system
from hopcheck.model.domain.protocol.settings import Control, Count, Fence, Guest, Newest
from hopcheck.model.domain.settings import Release, described
from hopcheck.model.language import Trace, Value
from hopcheck.properties.catalog.protocol import properties
from hopcheck.properties.verdict import Outcome

KINDS = [
    "lose_reply",
    "break_connection",
    "kill_client",
    "kill_source_daemon",
    "kill_destination_daemon",
    "kill_source_qemu",
    "kill_destination_qemu",
    "stream_error",
    "load_error",
    "finish_error",
    "cont_error",
    "confirm_error",
    "abort",
    "io_error",
]
"""Every kind of fault; each is a setting."""

assert set(KINDS) <= {each.name for each in described(Settings)}


def only(settings: Settings, *kinds: str) -> Settings:
    """The settings with faults of these kinds and no others."""
    return replace(settings, **{kind: kind in kinds for kind in KINDS})


def counterexample(settings: Settings, name: str) -> Trace | None:
    """The shortest counterexample to a property, None where it holds; the verdict is the one the catalog expects."""
    model = system(settings)
    (prop,) = (each for each in properties(settings, model) if each.name == name)
    (result,) = check(model, [prop], prove_seconds=0)
    assert result.verdict.outcome is result.expected.outcome, (name, settings, result.verdict)
    assert result.verdict.outcome in (Outcome.SAFE, Outcome.UNSAFE)
    return result.verdict.trace


def violated(settings: Settings, name: str, *steps: str) -> Mapping[str, Value]:
    """The property fails, by a trace with these steps in this order; the state at its end."""
    trace = counterexample(settings, name)
    assert trace is not None, (name, settings)
    labels = [step.label for step in trace.steps]
    at = iter(labels)
    assert all(step in at for step in steps), labels
    return system(settings).decode(trace.last)


def kept(settings: Iterable[Settings], name: str) -> None:
    """The property holds under each of the settings."""
    for each in settings:
        assert counterexample(each, name) is None, (name, each)


def v2_no_return() -> None:
    """Version 2 ends the source before the destination is known to run."""
    for control in (Control.MANAGED, Control.P2P):
        for fault in ("finish_error", "cont_error"):
            old = Settings(libvirt=Release("0.9.1"), destination_libvirt=Release("1.2.19"), control=control)
            state = violated(only(old, fault), "AT_LEAST_ONE_RESUMABLE", "perform_succeeds", "finish(0)", fault)
            assert (state["src"], state["dst"]) == ("shutoff", "none")
            softened = replace(old, destination_libvirt=Release("1.2.20"))
            v3 = replace(old, libvirt=Release("0.9.2"), destination_libvirt=Release("0.9.2"))
            kept([only(softened, fault), only(v3, fault)], "AT_LEAST_ONE_RESUMABLE")


def finish_reply_lost() -> None:
    """Two generals: Finish has succeeded, nobody hears of it, and the source goes on."""
    for newest in (Newest.V3, Newest.PARAMS):
        for control in (Control.MANAGED, Control.P2P):
            for release in ("1.1.0", "11.3"):
                bare = Settings(libvirt=Release(release), protocol=newest, control=control, fence=Fence.NONE)
                stated = ("finish_succeeds", "lose_reply(call=finish)", "finish_unanswered", "confirm_goes_on")
                state = violated(only(bare, "lose_reply"), "AT_MOST_ONE_RUNNING", "cont", *stated)
                assert (state["src"], state["dst"]) == ("running", "running")
                fences = (Fence.IMAGE_LOCK, Fence.LOCK_MANAGER)
                kept([only(replace(bare, fence=fence), "lose_reply") for fence in fences], "AT_MOST_ONE_RUNNING")


def destination_restart_in_finish() -> None:
    """A daemon that restarts in Finish kills a guest whose CPUs run."""
    old = only(Settings(libvirt=Release("1.3.2"), qemu=Release("2.5")), "kill_destination_daemon")
    stated = ("finish(0)", "cont", "kill_destination_daemon", "destination_restart_finds_it_running")
    assert violated(old, "NO_KILL_OF_RUNNING_DST", *stated)["dst"] == "none"
    kept([replace(old, libvirt=Release("1.3.3"))], "NO_KILL_OF_RUNNING_DST")
    # The residue: the client still sees an error, so without a fence both run.
    violated(replace(old, libvirt=Release("1.3.3"), fence=Fence.NONE), "AT_MOST_ONE_RUNNING", "confirm_goes_on")


def early_block_activation() -> None:
    """The paused destination holds the image locks.

    Version 3 kills a destination whose Finish fails, so that it is a destination that Finish cannot reach, and that is
    not yet destroyed, which stands in the source's way.
    """
    old = only(Settings(libvirt=Release("4.4.0"), qemu=Release("2.12")), "kill_destination_daemon")
    name = "ROLLBACK_ALWAYS_POSSIBLE_BEFORE_DST_CONT"
    state = violated(old, name, "kill_destination_daemon", "finish(0)_fails", "confirm_goes_on")
    assert (state["src"], state["dst"], state["refused"]) == ("paused_migration", "paused_migration", True)
    fixed = replace(old, libvirt=Release("4.5.0"), qemu=Release("3.0"))
    kept([fixed, replace(old, qemu=Release("10.0"))], name)


def runstate() -> None:
    """A guest that was paused runs afterwards."""
    paused = Settings(guest=Guest.PAUSED, libvirt=Release("1.2.1"))
    state = violated(only(paused, "stream_error"), "RUNSTATE_PRESERVED", "stream_error", "perform_returns_error")
    assert state["src"] == "running"
    kept([only(replace(paused, libvirt=Release("1.2.2")), "stream_error")], "RUNSTATE_PRESERVED")
    lost = replace(paused, libvirt=Release("1.1.0"), faults=Count.NONE)
    assert violated(lost, "RUNSTATE_PRESERVED", "finish(0)", "cont")["dst"] == "running"
    kept([replace(lost, libvirt=Release("1.1.1"))], "RUNSTATE_PRESERVED")


def configuration_lost() -> None:
    """UNDEFINE_SOURCE is honoured although the migration was cancelled: offline, or when the source's QEMU died."""
    flags = Settings(libvirt=Release("4.9.0"), undefine_source=True, persist_dest=True)
    offline = only(replace(flags, offline=True), "kill_destination_daemon")
    live = only(replace(flags, faults=Count.TWO), "kill_destination_daemon", "kill_source_qemu")
    for settings in (offline, live):
        state = violated(settings, "DEFINED_SOMEWHERE", "kill_destination_daemon", "confirm_goes_on")
        assert (state["def_src"], state["def_dst"]) == (False, False)
        kept([replace(settings, libvirt=Release("4.10.0"))], "DEFINED_SOMEWHERE")


def forgotten_mirrors() -> None:
    """A source daemon that restarts in Perform leaves the mirrors alone.

    The trace ends with its death: what it will do when it starts again is settled by then.
    """
    old = only(Settings(libvirt=Release("1.2.16"), non_shared_disk=True), "kill_source_daemon")
    assert violated(old, "NO_ORPHAN_JOBS", "perform", "kill_source_daemon")["mirror"] is True
    kept([replace(old, libvirt=Release("1.2.17"))], "NO_ORPHAN_JOBS")


CASES: dict[str, Callable[[], None]] = {
    "P1-v2-no-return": v2_no_return,
    "P2-finish-reply-lost": finish_reply_lost,
    "P3-dst-restart-finish": destination_restart_in_finish,
    "P5-early-block-activate": early_block_activation,
    "P6-runstate-preserved": runstate,
    "P8-config-lost": configuration_lost,
    "P9-restart-forgets-mirrors": forgotten_mirrors,
}
"""By the id of the case."""
