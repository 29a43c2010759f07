"""What present and older releases, and proposed policies, do to a disk."""

from __future__ import annotations

import pytest

from hopcheck.engine.libvirt.storage import Says, judged, table
from hopcheck.model.domain.settings import settings_from
from hopcheck.model.domain.storage import Settings

from .libvirt_history.storage import PLAIN, end, found, run
from .storage_judged import judgements, set_

STOP = ["source_stops", "source_inactivates", "stream_ends", "destination_cont"]
"""From the source's stop to the destination's cont, since QEMU 2.6."""

# Findings in the present releases --------------------------------------------------------------------------------


def of_present(**wanted: str) -> tuple[str, Says, tuple[str, ...]]:
    """What policy and model say of one disk under the defaults: rule, verdict, trace."""
    disk = {"format": "raw", **PLAIN, **wanted}
    text = " ".join(f"{name}={value}" for name, value in disk.items())
    (only,) = judged(set_(text))
    assert only.rule.accepts
    return only.rule.number, only.says, tuple(step.label for step in only.trace.steps[1:]) if only.trace else ()


@pytest.mark.parametrize(("medium", "rule"), [("nfs_linux", "8"), ("block", "8"), ("network", "3")])
def test_cache_unsafe_is_accepted_and_never_flushed(medium: str, rule: str) -> None:
    trace = ("prepare", "guest_writes", *STOP, "destination_reads")
    assert of_present(medium=medium, cache="unsafe") == (rule, Says.UNSAFE, trace)
    assert of_present(medium=medium, cache="writeback") == (rule, Says.SAFE, ())


@pytest.mark.parametrize(("medium", "rule"), [("cluster", "5"), ("gpfs", "8")])
def test_cache_unsafe_on_a_cluster_is_lost_when_the_old_host_crashes(medium: str, rule: str) -> None:
    trace = ("prepare", "guest_writes", *STOP, "source_host_crashes", "destination_reads")
    assert of_present(medium=medium, cache="unsafe") == (rule, Says.AFTER_A_FAULT, trace)


@pytest.mark.parametrize("cache_mode", ["writethrough", "writeback"])
def test_a_shareable_disk_is_accepted_in_any_cache_mode(cache_mode: str) -> None:
    trace = ("prepare", *STOP, "other_guest_writes", "destination_reads")
    rule, says, steps = of_present(medium="block", cache=cache_mode, shareable="yes")
    assert (rule, says) == ("7", Says.UNSAFE)
    assert steps == trace if cache_mode == "writeback" else steps[-1] == "destination_reads"
    assert of_present(medium="block", cache="none", shareable="yes")[1] is Says.SAFE


def test_a_copy_onto_itself_loses_a_write_where_no_lock_spans_the_hosts() -> None:
    rule, says, trace = of_present(medium="block", cache="none", copied="yes")
    assert (rule, says) == ("2", Says.UNSAFE)
    assert "mirror_overwrites_guest_write" in trace
    assert of_present(medium="nfs_linux", cache="none", copied="yes")[1] is Says.NEVER
    assert of_present(medium="block", cache="none", copied="yes", copy_elsewhere="yes")[1] is Says.SAFE
    assert of_present(medium="local", cache="none", copied="yes")[1] is Says.SAFE


def test_a_readonly_disk_of_the_host_is_accepted_unseen() -> None:
    for medium in ("local", "nvme"):
        rule, says, _ = of_present(medium=medium, cache="none", readonly="yes")
        assert (rule, says) == ("1", Says.UNSAFE)
    assert of_present(medium="nfs_linux", cache="writeback", readonly="yes")[1] is Says.SAFE


def test_nfs_is_safe_by_linux_and_not_by_its_protocol() -> None:
    for format_ in ("raw", "qcow2"):
        assert of_present(medium="nfs_protocol", format=format_, cache="none")[:2] == ("7", Says.UNSAFE)
        assert of_present(medium="nfs_linux", format=format_, cache="none")[:2] == ("7", Says.SAFE)


def test_rule_8_asks_the_source_and_the_destination_drops() -> None:
    disk = {"medium": "nfs_linux", "cache": "writeback"}
    assert of_present(**disk)[:2] == ("8", Says.SAFE)
    for broken in ({"qemu_dst": "2.12"}, {"linux_dst": "no"}, {"drop_cache": "no"}, {"third_reader": "maps"}):
        rule, says, trace = of_present(**disk, **broken)
        assert (rule, says, trace[-1]) == ("8", Says.UNSAFE, "destination_reads"), broken
    # A reader that maps nothing does no harm: its pages are dropped with the others.
    assert of_present(**disk, third_reader="reads")[1] is Says.SAFE


def test_network_clients() -> None:
    for client, says in (("rbd", Says.SAFE), ("stateless", Says.SAFE), ("gluster", Says.UNSAFE)):
        assert of_present(medium="network", cache="writeback", network_client=client)[:2] == ("3", says)
    assert of_present(medium="network", cache="unsafe", network_client="stateless")[1] is Says.SAFE


def test_rule_5_trusts_the_file_system_less_than_it_did() -> None:
    """Caches that are not coherent are dropped all the same, unless cache=unsafe keeps the bytes on the source."""
    assert of_present(medium="cluster", cache="writeback", coherent_cluster="no")[1] is Says.SAFE
    assert of_present(medium="cluster", cache="unsafe", coherent_cluster="no")[1] is Says.UNSAFE
    assert of_present(medium="cluster", cache="writeback", coherent_cluster="no", qemu_dst="2.12")[1] is Says.UNSAFE


@pytest.mark.parametrize(("device", "says"), [("virtio-blk", Says.SAFE), ("ide", Says.UNSAFE), ("scsi", Says.UNSAFE)])
def test_an_online_resize_reaches_the_node_and_not_every_device(device: str, says: Says) -> None:
    rule, found_says, trace = of_present(medium="block", cache="none", online_resize="yes", device=device)
    assert (rule, found_says) == ("7", says)
    assert trace == (() if says is Says.SAFE else ("prepare", "online_resize", *STOP))


def test_image_locks_end_at_the_host_of_a_block_device() -> None:
    invariant = "NEVER_BOTH_IMAGES_ACTIVE"
    disk = {"format": "raw", "cache": "none", **PLAIN}
    trace = found(invariant, **disk, medium="block")
    assert run(trace) == ["begin_accepts(rule=7)", "prepare", *STOP, "finish_reply_lost"]
    assert end(trace, **disk, medium="block")["src"] == "running"
    assert found(invariant, **disk, medium="block", lock_manager="yes") is None
    assert found(invariant, **disk, medium="nfs_linux") is None
    assert run(found(invariant, **disk, medium="nfs_linux", image_lock="no"))[-1] == "finish_reply_lost"


def test_present_releases_refuse_nothing_without_need() -> None:
    assert not [row for row in table(Settings()) if row.stricter]


# Older releases, other policies, proposals of the thread ---------------------------------------------------------


def test_gpfs_was_refused_without_need_until_the_cache_was_dropped() -> None:
    disk = {"medium": "gpfs", "format": "raw", "cache": "writeback", **PLAIN}
    for release in ("0.9.11", "4.1", "5.6"):
        assert found("NO_NEEDLESS_REFUSAL", **disk, libvirt=release, qemu_src="2.12", qemu_dst="2.12") is not None
    assert found("NO_STALE_READ", **disk) is None
    (row,) = table(settings_from(Settings, {**disk, "libvirt": "5.6"}))
    assert row.stricter


def test_flushing_in_the_last_phase_leaves_destination_reads_stale() -> None:
    disk = {"medium": "nfs_linux", "format": "raw", "cache": "writeback", "policy": "none", **PLAIN}
    proposal = {**disk, "handover": "flush_in_last_phase", "earlier_visit": "no"}
    trace = found("NO_STALE_READ", **proposal)
    labels = run(trace)
    assert "destination_reads_early" in labels
    assert end(trace, **proposal)["disk"] == "fresh", "the bytes are on the medium: it is the destination's own cache"
    assert found("SOURCE_CLEAN_AT_DESTINATION_CONT", **proposal) is None
    assert found("SOURCE_CLEAN_AT_DESTINATION_CONT", **{**proposal, "handover": "nothing"}) is not None
    # Wolf: writethrough does not help reads.
    assert found("NO_STALE_READ", **{**proposal, "cache": "writethrough"}) is not None
    assert found("NO_STALE_READ", **{**proposal, "cache": "none"}) is None


def test_close_before_the_last_chunk_is_correct_by_the_protocol_and_loses_the_guest() -> None:
    for cache_mode in ("none", "writethrough", "writeback", "unsafe"):
        disk = {"medium": "nfs_protocol", "format": "raw", "cache": cache_mode, "policy": "none", **PLAIN}
        proposal = {**disk, "handover": "close_before_last_chunk"}
        assert found("NO_STALE_READ", **proposal) is None
        lost = found("GUEST_SURVIVES", **proposal)
        steps = ["prepare", "source_stops", "source_closes", "stream_breaks", "source_cont"]
        assert run(lost) == ["begin_accepts(rule=0)", *steps]
        assert end(lost, **proposal)["src"] == "lost"
        assert found("GUEST_SURVIVES", **proposal, faults="0") is None
        assert found("GUEST_SURVIVES", **disk) is None


def test_a_source_that_inactivates_and_cannot_take_back_loses_the_guest() -> None:
    disk = {"medium": "nfs_linux", "format": "raw", "cache": "none", "libvirt": "2.0", **PLAIN}
    for release, survives in (("2.5", True), ("2.6", False), ("2.8", False), ("2.9", True)):
        trace = found("GUEST_SURVIVES", **disk, qemu_src=release, qemu_dst=release)
        assert (trace is None) == survives, release


def test_early_activation() -> None:
    """Before late activation the paused destination has the image; without a fence both have it after a roll-back."""
    disk = {"medium": "block", "format": "raw", "cache": "none", "finish_reply_lost": "no", **PLAIN}
    early = {**disk, "qemu_src": "2.12", "qemu_dst": "2.12", "libvirt": "4.4"}
    assert run(found("NEVER_BOTH_IMAGES_ACTIVE", **early))[-1] == "destination_unreachable"
    for given in ({"qemu_dst": "3.0", "libvirt": "4.5"}, {"qemu_dst": "10.0"}):
        assert found("NEVER_BOTH_IMAGES_ACTIVE", **{**early, **given}) is None
    assert found("NEVER_BOTH_IMAGES_ACTIVE", **{**early, "qemu_dst": "9.2"}) is not None
    before = {**disk, "qemu_src": "2.5", "qemu_dst": "2.5", "libvirt": "2.0", "faults": "0"}
    assert run(found("NEVER_BOTH_IMAGES_ACTIVE", **before))[-1] == "stream_ends"


def test_formats_through_the_releases() -> None:
    """Tables read early stay until a release reads them again; in between QEMU refuses."""
    disk = {"medium": "nfs_linux", "cache": "none", "policy": "none", "libvirt": "0.9.10", **PLAIN}
    for format_, release, says in (
        ("qcow2", "0.15", Says.UNSAFE),
        ("qcow2", "1.0", Says.SAFE),
        ("qed", "0.15", Says.UNSAFE),
        ("qed", "1.0", Says.NEVER),
        ("qed", "1.1", Says.SAFE),
        ("blocked", "0.15", Says.UNSAFE),
        ("blocked", "1.0", Says.NEVER),
    ):
        given = {**disk, "format": format_, "qemu_src": release, "qemu_dst": release}
        (only,) = judged(settings_from(Settings, given))
        assert only.says is says, (format_, release)


@pytest.mark.parametrize(
    ("policy", "laxer", "stricter"),
    [
        ("tainting", "block, raw, cache=unsafe", None),
        ("pool", "nfs_linux, raw, cache=unsafe", None),
        ("require_none", "local, raw, cache=none", "block, raw, cache=directsync"),
        ("none", "local, raw, cache=writeback", None),
        ("thread", None, "block, qcow2, cache=none"),
    ],
)
def test_policies_that_were_proposed(policy: str, laxer: str | None, stricter: str | None) -> None:
    plain = judgements(f"policy={policy} copied=no readonly=no shareable=no faults=0")
    lax = {str(each.disk) for each in plain if each.rule.accepts and each.says is Says.UNSAFE}
    strict = {str(each.disk) for each in plain if not each.rule.accepts and each.says is Says.SAFE}
    assert laxer in lax if laxer else not lax
    assert stricter in strict if stricter else not strict


def test_a_listed_file_system_is_taken_for_shared() -> None:
    disk = {"medium": "local", "format": "raw", "cache": "none", **PLAIN}
    invariant = "ACCEPTED_IMPLIES_SAME_BYTES_VISIBLE"
    assert found(invariant, **disk) is None
    assert run(found(invariant, **disk, shared_filesystems="yes"))[0] == "begin_accepts(rule=7)"
