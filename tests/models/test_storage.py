"""The storage model: its tables, its findings, and the closed form that it agrees with, disk by disk."""

from __future__ import annotations

import json
import os
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from hopcheck.engine.check import check, seen
from hopcheck.engine.storage import Judged, Row, Says, judged, patterns, table
from hopcheck.explorer.search import explore
from hopcheck.model.domain.settings import described, settings_from
from hopcheck.model.domain.storage import Settings, system
from hopcheck.model.domain.storage.configuration import configurations, rule_numbers
from hopcheck.model.domain.storage.disk import configuration
from hopcheck.model.errors import InputError
from hopcheck.model.language import digest
from hopcheck.properties.catalog.storage import properties, variants
from hopcheck.properties.catalog.storage_hazards import Name, hazards, may_be_forced, needless_refusals
from hopcheck.properties.kinds import Kind
from hopcheck.properties.vacuity import vacuities
from hopcheck.properties.verdict import Judgement
from hopcheck.report.page import Look
from hopcheck.report.storage_text import storage_text

from .libvirt_history.storage import CASES, PLAIN, end, found, run

STOP = ["source_stops", "source_inactivates", "stream_ends", "destination_cont"]
"""From the source's stop to the destination's cont, since QEMU 2.6."""


def set_(text: str = "") -> Settings:
    """Settings as they are written on the command line."""
    return settings_from(Settings, dict(each.split("=") for each in text.split()))


@cache
def judgements(text: str = "") -> tuple[Judged, ...]:
    return judged(set_(text))


def document() -> dict[str, Any]:
    """The file of cases, the tests' own or that in the folder named by HOPCHECK_CASES."""
    own = Path(__file__).parent / "data"
    path = Path(os.environ.get("HOPCHECK_CASES") or own) / "libvirt-history.json"
    if not path.exists():
        pytest.skip(f"{path} is not there; name its folder in HOPCHECK_CASES")
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


# The tables ------------------------------------------------------------------------------------------------------

NOW = {
    "no source or readonly": ("", lambda d: d.readonly),
    "copied by this migration (NON_SHARED_* and selected)": ("", lambda d: d.copied),
    "network": ("", lambda d: d.medium == "network" and not (d.readonly or d.copied)),
    "nvme": ("", lambda d: d.medium == "nvme" and not (d.readonly or d.copied)),
    "file on cluster fs (gfs2, ocfs2, ceph, glusterfs)": (
        "",
        lambda d: d.medium == "cluster" and not (d.readonly or d.copied),
    ),
    "file not on a shared fs (nfs,gfs2,ocfs2,afs,smb,cifs,ceph,gpfs,quobyte,acfs,glusterfs,beegfs, or listed in "
    "shared_filesystems)": ("", lambda d: d.medium == "local" and not (d.readonly or d.copied)),
    "<shareable/>, cache none or directsync": (
        "",
        lambda d: d.medium in SHARED and (d.shareable or d.cache in DIRECT) and not (d.readonly or d.copied),
    ),
    "source QEMU has file drop-cache (>=4.0, Linux)": (
        "",
        lambda d: d.medium in SHARED and d.cache not in DIRECT and not (d.readonly or d.copied or d.shareable),
    ),
    "else": (
        "linux_src=no",
        lambda d: d.medium in SHARED and d.cache not in DIRECT and not (d.readonly or d.copied or d.shareable),
    ),
}
"""Today's rules by what they match, with the settings that reach them: the disks that must fall under each."""

SHARED = ("gpfs", "nfs_protocol", "nfs_linux", "block")
DIRECT = ("none", "directsync")


def test_every_row_of_todays_table() -> None:
    stated = document()["storage_rules_now"]
    assert [row["match"] for row in stated] == list(NOW)
    for row in stated:
        settings, matches = NOW[row["match"]]
        decided = configurations(set_(settings))
        under = [(disk, rule) for disk, rule in decided if rule.number == str(row["rule"])]
        assert under
        assert {disk for disk, _ in under} == {disk for disk, _ in decided if matches(disk)}
        assert {rule.accepts for _, rule in under} == {row["verdict"].startswith("safe")}


@pytest.mark.parametrize("releases", ["libvirt=7.0 qemu_src=5.2 qemu_dst=5.2", "libvirt=9.0 qemu_src=7.2 qemu_dst=7.2"])
def test_presets_and_newer_qemu_are_one_system(releases: str) -> None:
    present = digest(system(Settings()))
    assert digest(system(set_(releases))) == present
    assert digest(system(set_("qemu_src=11.1 qemu_dst=11.1"))) == present
    assert digest(system(set_("libvirt=5.6 qemu_src=5.2 qemu_dst=5.2"))) != present


THREAD = "policy=thread qemu_src=0.14 qemu_dst=0.14 faults=0 copied=no readonly=no shareable=no"

STORAGE = {
    "cluster fs": ("cluster", "gpfs"),
    "nfs (Linux client+server, sync)": ("nfs_linux",),
    "nfs": ("nfs_linux", "nfs_protocol"),
    "iscsi|fc|das": ("block",),
    "any": ("cluster", "gpfs", "nfs_linux", "nfs_protocol", "block"),
}
CACHES = ("none", "writethrough", "writeback", "unsafe")


def _of_2011(row: dict[str, Any], resize: bool) -> list[Judged]:
    """The judgements on the disks that a row of the thread's table is about."""
    caches = {"any": CACHES, "other": CACHES[1:]}.get(row["cache"], tuple(row["cache"].split("|")))
    wanted = set(product(STORAGE[row["storage"]], row["format"].split("|"), caches))
    all_of_them = judgements(f"{THREAD} online_resize={'yes' if resize else 'no'}")
    chosen = [each for each in all_of_them if (each.disk.medium, each.disk.format, each.disk.cache) in wanted]
    assert len(chosen) == len(wanted)
    return chosen


def test_every_row_of_the_table_of_2011() -> None:
    for row in document()["storage_rules_2011"]:
        safe = row["thread"].startswith("safe")
        for resize in (False, True) if row["resize"] == "any" else (row["resize"],):
            for each in _of_2011(row, resize):
                assert each.rule.accepts == safe, (row, each)
                assert each.says is (Says.SAFE if safe else Says.UNSAFE), (row, each)
                assert (each.trace is None) == safe


def test_the_thread_calls_nothing_safe_that_is_not_but_for_a_crash() -> None:
    rows = table(set_(THREAD.replace("faults=0 ", "")))
    assert [(row.rule, row.disks, row.says) for row in rows if row.laxer] == [
        ("T1", ("cluster|gpfs, raw, unsafe, plain",), Says.AFTER_A_FAULT)
    ]
    # NFS as its protocol promises it is unsafe with every cache mode: "safe in practice, not by protocol".
    by_protocol = [each for each in judgements(THREAD) if each.disk.medium == "nfs_protocol"]
    assert {each.says for each in by_protocol} == {Says.UNSAFE}
    # directsync, which Wolf named with none, is as safe.
    assert {each.says for each in judgements(THREAD) if str(each.disk) in ("nfs_linux, raw, cache=directsync",)} == {
        Says.SAFE
    }


def test_a_table_holds_every_disk_once_with_a_trace_where_it_is_unsafe() -> None:
    rows = table(Settings())
    assert [row.rule for row in rows] == sorted((row.rule for row in rows), key=rule_numbers(Settings()).index)
    assert sum(row.count for row in rows) == len(configurations(Settings()))
    for row in rows:
        assert bool(row.trace) == bool(row.why) == (row.says in (Says.UNSAFE, Says.AFTER_A_FAULT)), row
        if row.violates == Name.NO_STALE_READ:
            assert row.trace[-1] == "destination_reads"


def test_patterns_name_each_disk_once() -> None:
    disks = [disk for disk, _ in configurations(Settings())]
    assert patterns(disks[:1], disks) == ("cluster, raw, none, plain",)
    chosen = [each for each in disks if each.medium == "block" and each.format == "raw" and not each.copied]
    assert patterns(chosen, disks) == ("block, raw, any cache, plain|shareable|readonly",)


def test_the_table_as_text() -> None:
    rows = table(set_("medium=gpfs format=raw cache=writeback libvirt=5.6 copied=no readonly=no shareable=no"))
    text = storage_text("libvirt 5.6", rows, Look(width=120))
    assert "9  the rest: refused" in text
    assert "the policy is stricter than it need be" in text
    assert text.endswith("refuses 1 that it shows safe.\n")
    assert "\x1b" not in text


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


# The closed form and the search, disk by disk --------------------------------------------------------------------

COMPARED = (
    "",
    "faults=0",
    "faults=2",
    "libvirt=0.9.10 qemu_src=0.14 qemu_dst=0.14",
    "libvirt=0.9.11 qemu_src=1.0 qemu_dst=1.0",
    "libvirt=2.0 qemu_src=2.5 qemu_dst=2.5 online_resize=yes",
    "libvirt=4.0 qemu_src=2.6 qemu_dst=2.6",
    "libvirt=4.4 qemu_src=2.12 qemu_dst=2.12 image_lock=no",
    "qemu_dst=2.12 third_reader=reads",
    "third_reader=maps online_resize=yes device=ide",
    "online_resize=yes qemu_dst=1.0 device=scsi",
    "network_client=gluster coherent_cluster=no",
    "network_client=stateless copy_elsewhere=yes",
    "policy=thread handover=flush_in_last_phase",
    "policy=none handover=nothing",
    "policy=thread handover=close_before_last_chunk third_reader=maps",
    "policy=pool lock_manager=yes",
    "policy=require_none second_writer=no early_open=no earlier_visit=no qemu_dst=2.12",
    "policy=tainting source_host_crashes=no finish_reply_lost=no",
    "libvirt=3.0 qemu_src=2.7 stream_breaks=no destination_unreachable=no",
    "linux_src=no force=no drop_cache=no",
)


@pytest.mark.parametrize("text", COMPARED)
def test_the_search_finds_the_hazards_and_no_others(text: str) -> None:
    settings = set_(text)
    model = system(settings)
    listed = properties(settings, model)
    answers = explore(
        model,
        always={each.name: each.expr for each in listed if each.kind is Kind.ALWAYS},
        step={each.name: each.expr for each in listed if each.kind is Kind.STEP},
        can_always_reach={each.name: each.expr for each in listed if each.kind is Kind.CAN_ALWAYS_REACH},
        group_by=configuration(model),
    ).answers
    for name, answer in answers.items():
        assert set(answer.traces) == _closed_form(settings, name), name
        expected = next(each.expected for each in listed if each.name == name)
        assert (expected.outcome.value == "unsafe") == bool(answer.traces), (name, expected)


def _closed_form(settings: Settings, name: str) -> set[int]:
    """The disks that violate the property, by their hazards."""
    if name == Name.NO_NEEDLESS_REFUSAL:
        return {disk.code for disk, _ in needless_refusals(settings)}
    forced_too = name == Name.SURVIVES and may_be_forced(settings)
    return {
        disk.code
        for disk, rule in configurations(settings)
        if (rule.accepts or forced_too) and any(each.violates == name for each in hazards(settings, disk))
    }


# What the main job checks ----------------------------------------------------------------------------------------


def test_both_engines_agree_on_every_variant_and_nothing_is_vacuous() -> None:
    facts, listed = [], []
    for name, settings in variants():
        model = system(settings)
        asked = properties(settings, model)
        results = check(model, asked, variant=name, prove_seconds=120, model="storage")
        assert {each.prop.name for each in results if each.judgement is not Judgement.EXPECTED} == set(), name
        for each in results:
            proved = each.prop.kind not in (Kind.CAN_ALWAYS_REACH, Kind.SOUND)
            assert not proved or (each.second is not None and each.second.known), (name, each.prop.name)
        assert results[0].exploration is not None
        facts.append(seen(model, asked, results[0].exploration))
        listed += asked
    assert vacuities(listed, facts) == ()


@pytest.mark.parametrize(("text", "states", "transitions", "depth"), [("", 9685, 26188, 16), ("faults=1", 16079, 38661, 18)])
def test_counts(text: str, states: int, transitions: int, depth: int) -> None:
    counted = explore(system(set_(text)))
    assert (counted.complete, counted.states, counted.transitions, counted.depth) == (True, states, transitions, depth)


def test_cases() -> None:
    assert set(CASES) == {case["id"] for case in document()["cases"] if case["area"] == "storage"}
    for case in CASES.values():
        case()


# Bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "cache=writback",
        "medium=nfs",
        "libvirt=new",
        "faults=3",
        "libvirt=7.0 shared_filesystems=yes",
        "libvirt=5.9 medium=nvme",
        "copied=yes readonly=yes",
        "copied=yes shareable=yes",
        "readonly=yes shareable=yes",
        "shareable=yes format=qcow2",
        "shareable=yes medium=network cache=writeback",
    ],
)
def test_settings_that_make_no_sense(text: str) -> None:
    with pytest.raises(InputError, match="write"):
        set_(text)


def test_every_setting_is_described() -> None:
    assert all(each.meaning.endswith(".") for each in described(Settings))


def test_unsafe_rows_are_laxer_only_where_accepted() -> None:
    row = Row("1", "", True, (), 1, Says.UNSAFE, "", "", "", ())
    assert row.laxer
    assert not row.stricter
