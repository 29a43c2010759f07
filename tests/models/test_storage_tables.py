"""The tables of the storage model: today's check, and that of 2011."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from hopcheck.engine.libvirt.storage import Judged, Says, patterns, table
from hopcheck.model.domain.storage import Settings, system
from hopcheck.model.domain.storage.configuration import configurations, rule_numbers
from hopcheck.model.language import digest
from hopcheck.properties.catalog.storage_hazards import Name
from hopcheck.report.text.page import Look
from hopcheck.report.text.storage import storage_text

from .storage_judged import document, judgements, set_

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
