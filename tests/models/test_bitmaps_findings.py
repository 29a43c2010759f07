"""What present releases do to dirty bitmaps, with the shortest traces, by hand and by libvirt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hopcheck.engine.libvirt.bitmaps import Fate
from hopcheck.model.domain.bitmaps.settings import (
    Storage,
)
from hopcheck.model.domain.settings import Release

from .bitmap_fate import PRESENT, set_, the_fate
from .libvirt_history.bitmaps import shortest

BEGIN = ["migrate(dirty_bitmaps=True)"]
TO_THE_BITS = [*BEGIN, "load_start", "stop", "inactivate", "send_bits"]

FINDINGS: dict[str, tuple[str, dict[str, str], list[str]]] = {
    "left behind": ("ROLLBACK_RESTORES_BITMAPS", {}, [*BEGIN, "stream_breaks"]),
    "never stored": ("SOURCE_STORES_WHAT_IT_KEEPS", {}, [*BEGIN, "stream_breaks", "shut_down_source"]),
    "forgotten by the next migration": (
        "EXACTLY_ONE_HOLDS",
        {"retry_without": "yes", "stream_error": "no"},
        [
            *BEGIN,
            "migrate_cancel",
            "migrate(dirty_bitmaps=False)",
            "stop",
            "inactivate",
            "send_bits",
            "load_end",
            "source_completes",
            "cont",
        ],
    ),
    "one unknown name": (
        "NO_SILENT_BITMAP_LOSS",
        {"neighbour": "unknown"},
        [
            *BEGIN,
            "load_start_neighbour_unknown_name",
            "stop",
            "inactivate",
            "send_bits",
            "load_end",
            "source_completes",
            "cont",
        ],
    ),
    "one string space": ("NO_WRONG_NODE", {"layout": "crossed"}, [*BEGIN, "load_start"]),
    "a filter": (
        "NOT_ON_A_FILTER",
        {"layout": "filtered", "device": "named"},
        [*TO_THE_BITS, "load_bits", "load_end", "source_completes", "cont"],
    ),
    "a smaller disk": ("BAD_CONFIG_REJECTED_NOT_CRASH", {"size": "smaller"}, [*TO_THE_BITS, "load_bits_aborts"]),
    "an unaligned disk": (
        "BAD_CONFIG_REJECTED_NOT_CRASH",
        {"size": "larger-unaligned"},
        [*TO_THE_BITS, "load_bits_aborts"],
    ),
    "completed without a destination": (
        "COMPLETED_IMPLIES_DST_ALIVE",
        {"size": "smaller", "return_path": "no"},
        [*TO_THE_BITS, "source_completes"],
    ),
    "post-copy to a smaller disk": (
        "GUEST_SURVIVES",
        {"size": "smaller", "mode": "postcopy"},
        [*BEGIN, "load_start", "stop", "inactivate", "start_postcopy", "send_bits", "load_bits_aborts"],
    ),
    "a bitmap that is not sent": ("UNSENT_BITMAP_BLOCKS_NOTHING", {"neighbour": "busy"}, BEGIN),
    "a bitmap that is not sent, libvirt": (
        "UNSENT_BITMAP_BLOCKS_NOTHING",
        {"neighbour": "busy", "manager": "libvirt", "storage": "non-shared-inc"},
        BEGIN,
    ),
    "two mappings": (
        "NO_WRONG_NODE",
        {"policy": "mapping", "entry": "misdirected"},
        ["set_mapping", *BEGIN, "load_start"],
    ),
}


@pytest.mark.parametrize("name", FINDINGS)
def test_the_shortest_traces_of_what_present_releases_violate(name: str) -> None:
    invariant, given_, trace = FINDINGS[name]
    settings = set_(**{**PRESENT, **given_})
    assert (settings.qemu_src, settings.qemu_dst) == (Release("10.0"), Release("11.1"))
    found = shortest(settings, invariant)
    assert found is not None
    assert len(found) == len(trace)
    if name not in ("left behind", "never stored"):  # a cancel does as well as a broken stream
        assert found == trace


def test_libvirt_with_shared_storage_leaves_the_bitmap_in_the_image() -> None:
    settings = set_(manager="libvirt", persistent="yes", storage="shared")
    assert the_fate(settings) is Fate.FROM_IMAGE
    assert shortest(settings, "EXACTLY_ONE_HOLDS") is None
    assert shortest(settings, "ROLLBACK_RESTORES_BITMAPS") is None


@pytest.mark.parametrize(
    ("given_", "fate"),
    [
        ({}, Fate.RIGHT),
        ({"libvirt": "7.0"}, Fate.STORED),
        ({"libvirt_dst": "7.0"}, Fate.STORED),
        ({"target": "other"}, Fate.STORED),
        ({"existing": "yes"}, Fate.STORED),
        ({"qemu_dst": "5.2"}, Fate.STORED),
        ({"persistent": "no"}, Fate.GONE),
    ],
)
def test_what_libvirt_sends(given_: dict[str, str], fate: Fate) -> None:
    assert the_fate(set_(**{"manager": "libvirt", "storage": "non-shared-inc", "persistent": "yes", **given_})) is fate


@pytest.mark.parametrize(
    ("release", "merges"), [("7.0", False), ("7.1", True), ("7.5", True), ("7.6", False), ("11.3", False)]
)
def test_libvirt_7_1_to_7_5_always_merged(release: str, merges: bool) -> None:
    settings = set_(manager="libvirt", storage="non-shared-inc", persistent="yes", libvirt=release, faults="0")
    assert (shortest(settings, "EXACTLY_ONE_HOLDS") is not None) is merges
    full = replace(settings, storage=Storage.NON_SHARED_DISK)
    assert (shortest(full, "EXACTLY_ONE_HOLDS") is not None) is (Release(release) >= Release("7.1"))
