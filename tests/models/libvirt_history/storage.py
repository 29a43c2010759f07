"""The cases about storage: with the bug the named invariant fails, with the fix it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hopcheck.explorer.exploration import Verdict
from hopcheck.explorer.search import explore
from hopcheck.model.domain.settings import settings_from
from hopcheck.model.domain.storage import Settings, system
from hopcheck.model.language import Trace, Value, replay
from hopcheck.properties.catalog.storage import properties
from hopcheck.properties.kinds import Kind
from hopcheck.properties.verdict import Outcome

PLAIN = {"copied": "no", "readonly": "no", "shareable": "no"}


def found(invariant: str, **given: str) -> Trace | None:
    """The shortest violation of the invariant under the settings, replayed by the interpreter; None where it holds.

    The verdict is the one that the catalog expects of these settings.
    """
    settings = settings_from(Settings, given)
    model = system(settings)
    prop = next(each for each in properties(settings, model) if each.name == invariant)
    asked = {invariant: prop.expr}
    explored = explore(
        model,
        always=asked if prop.kind is Kind.ALWAYS else {},
        step=asked if prop.kind is Kind.STEP else {},
        can_always_reach=asked if prop.kind is Kind.CAN_ALWAYS_REACH else {},
    )
    assert explored.complete
    trace = explored.answers[invariant].trace
    outcome = Outcome.SAFE if explored.answers[invariant].verdict is Verdict.HOLDS else Outcome.UNSAFE
    assert outcome is prop.expected.outcome, (given, outcome, prop.expected)
    if trace is not None:
        replay(model, trace)
    return trace


def run(trace: Trace | None) -> list[str]:
    assert trace is not None, "the invariant holds"
    return [step.label for step in trace.steps]


def end(trace: Trace | None, **given: str) -> Mapping[str, Value]:
    """The values at the end of a violation."""
    assert trace is not None
    return system(settings_from(Settings, given)).decode(trace.last)


def local_fs_passes() -> None:
    """S1: a file on a local file system is accepted for its cache mode, and the destination cannot see the data.

    The case's trace has the check, which is one step here, and its outcome, which takes the migration's own steps.
    """
    invariant = "ACCEPTED_IMPLIES_SAME_BYTES_VISIBLE"
    ext4 = {"medium": "local", "cache": "none", "qemu_src": "2.12", "qemu_dst": "2.12", "force": "no", **PLAIN}
    seen_to_the_end = ["prepare", "source_stops", "source_inactivates", "stream_ends", "destination_cont"]
    for release in ("0.9.11", "1.2.17", "3.6", "4.0"):
        trace = found(invariant, **ext4, libvirt=release)
        assert run(trace) == ["begin_accepts(rule=7)", *seen_to_the_end]
        assert end(trace, **ext4, libvirt=release)["disk"] == "foreign"
    for release in ("4.1", "7.0", "9.0", "11.3"):
        assert found(invariant, **ext4, libvirt=release) is None
    _false_alarms_removed()


def _false_alarms_removed() -> None:
    """The case's fix came with others, against disks that were refused without need."""
    copied = {"medium": "local", "format": "raw", "cache": "writeback", "copied": "yes"}
    directsync = {"medium": "block", "format": "raw", "cache": "directsync", **PLAIN}
    network = {"medium": "network", "format": "raw", "cache": "writeback", **PLAIN}
    for disk, last, fixed in ((copied, "1.0.4", "1.0.5"), (directsync, "3.5", "3.6"), (network, "5.0", "5.1")):
        assert found("NO_NEEDLESS_REFUSAL", **disk, libvirt=last) is not None
        assert found("ACCEPTED_IMPLIES_SAME_BYTES_VISIBLE", **disk, libvirt=fixed) is None
        settings = settings_from(Settings, {**disk, "libvirt": fixed})
        assert all(each.name != "NO_NEEDLESS_REFUSAL" for each in properties(settings, system(settings)))


CASES: dict[str, Callable[[], None]] = {"S1-local-fs-passes": local_fs_passes}
"""By the case's id: a function that fails unless the model has the bug in the affected releases and not in the fixed."""
