"""The cases about migration cookies: with the bug the named invariant fails, with the fix it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hopcheck.engine.check import check
from hopcheck.model.domain.cookies import Settings, system
from hopcheck.model.domain.settings import settings_from
from hopcheck.model.language import Trace, Value
from hopcheck.properties.catalog.cookies import properties


def found(invariant: str, **given: str) -> Trace | None:
    """The shortest violation of the invariant under the settings, replayed by the interpreter; None where it holds."""
    model = system(settings_from(Settings, given))
    prop = next(each for each in properties(settings_from(Settings, given), model) if each.name == invariant)
    (result,) = check(model, [prop], prove_seconds=0)
    assert result.exploration is not None
    assert result.exploration.complete
    return result.verdict.trace


def run(trace: Trace | None) -> list[str]:
    assert trace is not None, "the invariant holds"
    return [step.label for step in trace.steps]


def end(trace: Trace | None, **given: str) -> Mapping[str, Value]:
    """The values at the end of a violation."""
    assert trace is not None
    return system(settings_from(Settings, given)).decode(trace.last)


def mandatory_ignored() -> None:
    """C1: a feature that the destination cannot know is mandatory, and Prepare goes on; the data are dropped.

    The case names lockstate, which every such destination knows; memory-hotplug is one that it cannot know.
    """
    given = {"non_shared": "false", "memory_hotplug": "true", "src_libvirt": "11.3", "qemu": "2.4"}
    for destination in ("0.9.2", "0.9.7", "1.0.2"):
        trace = found("UNKNOWN_MANDATORY_REJECTED", **given, dst_libvirt=destination)
        assert run(trace) == ["Begin", "Prepare"]
        last = end(trace, **given, dst_libvirt=destination)
        assert (last["outcome"], last["dst"], last["memory-hotplug"]) == ("none", "paused", "dropped")
    for destination in ("1.0.3", "1.2.17", "11.3"):
        assert found("UNKNOWN_MANDATORY_REJECTED", **given, dst_libvirt=destination) is None
    # With the fix it is Prepare that refuses, before the guest is touched.
    assert found("MANDATORY_CHECKED_BEFORE_SWITCHOVER", **given, dst_libvirt="1.0.3") is None


def late_mandatory() -> None:
    """C2: without PERSIST_DEST, *persistent* is refused in Finish, after the whole transfer."""
    invariant = "MANDATORY_CHECKED_BEFORE_SWITCHOVER"
    given = {"persistent": "false", "non_shared": "false", "qemu": "1.6", "faults": "0"}
    for source, destination in (("0.9.7", "1.0.3"), ("1.0.5", "2.0.0"), ("1.0.2", "1.2.9")):
        trace = found(invariant, **given, src_libvirt=source, dst_libvirt=destination)
        assert run(trace) == ["Begin", "Prepare", "Perform", "migrate", "Finish"]
        last = end(trace, **given, src_libvirt=source, dst_libvirt=destination)
        assert (last["src"], last["dst"], last["persistent"]) == ("paused", "none", "refused")
        # Confirm(cancelled): the source resumes, as the case has it.
        assert found("FAILURE_LEAVES_THE_GUEST", **given, src_libvirt=source, dst_libvirt=destination) is None
    for source, destination in (("1.0.6", "2.0.0"), ("1.0.5", "2.1.0"), ("1.0.5", "11.3"), ("11.3", "1.0.3")):
        assert found(invariant, **given, src_libvirt=source, dst_libvirt=destination) is None
    assert found(invariant, **{**given, "persistent": "true"}, src_libvirt="1.0.5", dst_libvirt="2.0.0") is None


def tunnelled_nbd() -> None:
    """C4: NBD is chosen over a tunnel although the legacy copy is there."""
    invariant = "FALLBACK_SUPPORTED_BY_ALL_FOUR"
    given = {"tunnelled": "true", "qemu": "1.6", "dst_libvirt": "1.1.4", "faults": "0", "persistent": "true"}
    for source in ("1.0.3", "1.0.6", "1.1.1"):
        trace = found(invariant, **given, src_libvirt=source)
        assert run(trace) == ["Begin", "Prepare", "Perform"]
        last = end(trace, **given, src_libvirt=source)
        assert (last["method"], last["outcome"], last["why"]) == ("nbd", "failed", "NBD over a tunnel")
        assert run(found("METHOD_FOUND_WHERE_ONE_EXISTS", **given, src_libvirt=source)) == ["Begin", "Prepare", "Perform"]
    for source in ("1.1.2", "1.2.0"):
        assert found(invariant, **given, src_libvirt=source) is None
        assert found("METHOD_FOUND_WHERE_ONE_EXISTS", **given, src_libvirt=source) is None
    # With -blockdev no method is left, and Begin says so.
    for source in ("6.10.0", "7.0.0", "11.3"):
        modern = {**given, "qemu": "7.2", "dst_libvirt": "11.3", "src_libvirt": source}
        assert found(invariant, **modern) is None
        assert found("a migration works", **modern) is None


CASES: dict[str, Callable[[], None]] = {
    "C1-mandatory-ignored": mandatory_ignored,
    "C2-late-mandatory": late_mandatory,
    "C4-tunnelled-nbd": tunnelled_nbd,
}
"""Each case by its id: a test that fails unless the model has the bug where it was and not where it is fixed."""
