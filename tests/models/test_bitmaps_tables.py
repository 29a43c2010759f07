"""The tables of dirty bitmaps: those of the thread, of real QEMU, and as hopcheck prints them."""

from __future__ import annotations

import functools
from dataclasses import replace

import pytest

from hopcheck.engine.check import AS_USUAL, run_explorer
from hopcheck.engine.libvirt.bitmaps import LOCATIONS, Fate, Row, fates, policy_table
from hopcheck.engine.results import ignore
from hopcheck.model.domain.bitmaps import Settings, system
from hopcheck.model.domain.bitmaps.policy import Address, entries
from hopcheck.model.domain.bitmaps.settings import (
    Entry,
    Layout,
    Neighbour,
    Policy,
    Transform,
)
from hopcheck.model.domain.settings import Release
from hopcheck.properties.catalog.bitmaps import properties
from hopcheck.report.text.bitmaps import fates_text
from hopcheck.report.text.page import Look

from .bitmap_fate import PLAIN, case_file, set_, the_fate
from .libvirt_history.bitmaps import shortest

DEVICE, NODE, ALIAS = Address.DEVICE, Address.NODE, Address.ALIAS
GENERATED, NOT_SENT, ERROR = Address.GENERATED, Address.NOT_SENT, Address.ERROR

THREAD: dict[str, tuple[Address, ...]] = {
    "root, explicit node, named device": (NODE, DEVICE, DEVICE, DEVICE),
    "root, explicit node, no device name": (NODE, NOT_SENT, NODE, NODE),
    "non-root, explicit node": (NODE, NOT_SENT, NODE, NODE),
    "root, generated node, named device": (DEVICE, DEVICE, DEVICE, DEVICE),
    "non-root, generated node": (ERROR, NOT_SENT, GENERATED, ERROR),
    "below a mirror filter, generated node, named device": (DEVICE, DEVICE, GENERATED, DEVICE),
}
"""Snow's default, Sementsov-Ogievskiy's default, QEMU up to 5.0, QEMU since 5.1."""


@functools.cache
def table() -> dict[str, dict[tuple[Policy, Entry], Row]]:
    return policy_table()


def test_the_threads_table_comes_out_of_the_model() -> None:
    rows_of = table()
    defaults = (Policy.SNOW, Policy.SEMENTSOV, Policy.OLD, Policy.DEFAULT)
    found = {title: tuple(cells[each, Entry.UNLISTED].address for each in defaults) for title, cells in rows_of.items()}
    assert found == THREAD


@pytest.mark.parametrize("location", [each.title for each in LOCATIONS])
def test_maps_and_lists_in_the_threads_table(location: str) -> None:
    cells = table()[location]

    def ends(policy: Policy) -> dict[Entry, tuple[Fate, ...]]:
        return {entry: cells[policy, entry].fates for entry in entries(policy)}

    stored, refused, right, wrong = ((each,) for each in (Fate.STORED, Fate.ERROR_AT_START, Fate.RIGHT, Fate.WRONG))
    unlisted = {Entry.UNLISTED: stored, Entry.OTHER_BITMAP: stored}
    assert ends(Policy.MAPPING) == {Entry.LISTED: right, Entry.MISDIRECTED: wrong, **unlisted}
    assert ends(Policy.FULL_MAP) == {
        Entry.LISTED: right,
        Entry.NODE_WIDE: right,
        Entry.NULL: stored,
        Entry.OTHER_BITMAP: refused,
        Entry.UNLISTED: refused,
        Entry.MISDIRECTED: wrong,
    }
    lists = {Entry.LISTED: right, Entry.NULL: stored, Entry.MISDIRECTED: wrong}
    assert ends(Policy.NODEFAULTS) == {**lists, Entry.UNLISTED: stored}
    default = cells[Policy.SNOW, Entry.UNLISTED].fates
    assert ends(Policy.SNOW_LISTS) == {**lists, Entry.UNLISTED: default}


WORDS = {
    "device name": DEVICE,
    "node name": NODE,
    "not migrated": NOT_SENT,
    "error without override": ERROR,
    "error at start": ERROR,
    "device name (also through filters without named bitmaps)": DEVICE,
}


def test_the_case_files_policies_come_out_of_the_model() -> None:
    rows_of = table()
    named = {"snow_default": Policy.SNOW, "vsementsov_default": Policy.SEMENTSOV, "final_default": Policy.DEFAULT}
    rows = case_file()["bitmap_policies"]
    for row in rows:
        if row["device"] == "any":
            yes, no = rows_of["root, explicit node, named device"], rows_of["root, explicit node, no device name"]
            said = {
                name: (yes[each, Entry.UNLISTED].address, no[each, Entry.UNLISTED].address) for name, each in named.items()
            }
            assert row["snow_default"] == "node name"
            assert row["vsementsov_default"] == "device name or nothing"
            assert row["final_default"] == "device name if there is one, else node name"
            assert said == {
                "snow_default": (NODE, NODE),
                "vsementsov_default": (DEVICE, NOT_SENT),
                "final_default": (DEVICE, NODE),
            }
            continue
        device = ", named device" if row["device"] == "named" else ""
        cells = rows_of[f"{row['where']}, {row['node']} node{device}"]
        for name, policy in named.items():
            assert cells[policy, Entry.UNLISTED].address is WORDS[row[name]], (row, name)
    assert len(rows) == 4


MATRIX: dict[str, dict[str, str]] = {
    "T1": {"device": "named", "node": "generated"},
    "T2": {},
    "T3": {"where": "non-root", "node": "generated"},
    "T5": {"layout": "no-such-name"},
    "T6": {"existing": "yes"},
    "T7": {"policy": "mapping", "persistent": "yes", "storage": "non-shared-disk"},
    "T9": {"policy": "mapping", "node": "generated"},
    "T14": {"policy": "mapping", "form": "alias-twice"},
    "T16b": {"size": "larger"},
    "T17": {"policy": "mapping", "transform_src": "persistent"},
    "T18": {"policy": "mapping", "entry": "unlisted", "persistent": "yes", "storage": "non-shared-disk"},
}
ENDS = {
    "right": Fate.RIGHT,
    "error_at_start": Fate.ERROR_AT_START,
    "dropped, migration completes": Fate.LOST,
    "error_mid (destination load fails in setup section)": Fate.ERROR_IN_LOAD,
    "b0 right; b1 not sent, stored in the source image": Fate.RIGHT,
    "rejected when set": Fate.REJECTED,
    "right (accepted)": Fate.RIGHT,
    "right, persistent (>=6.0); unknown parameter on 5.2": Fate.RIGHT,
    "not sent, stored in the source image": Fate.STORED,
}


@pytest.mark.parametrize("name", MATRIX)
def test_what_real_qemu_did_comes_out_of_the_model(name: str) -> None:
    rows = {row["id"]: row for row in case_file()["bitmap_matrix"]}
    assert set(rows) == set(MATRIX)
    row = rows[name]
    for release in row["qemu"]:
        here = set_(**{**PLAIN, **MATRIX[name], "qemu_src": release, "qemu_dst": release})
        expected = ENDS[row["outcome"]]
        if name == "T17" and Release(release) < Release("6.0"):
            expected = Fate.REJECTED
        assert the_fate(here) is expected, release
        if name == "T7":
            assert the_fate(replace(here, entry=Entry.OTHER_BITMAP)) is Fate.STORED
        if "src_after" in row:
            assert (row["src_after"], row["dst_after"]) == ("running", "exited")
            assert ends_running(here)


def ends_running(settings: Settings) -> bool:
    """Whether the source runs and the destination has exited once the migration has failed."""
    built = system(settings)
    found = run_explorer(built, [], searching=AS_USUAL, listener=ignore, title="")
    return "running" in found.values["src"] and set(found.values["dst"]) <= {"none", "paused", "exited"}


def test_a_transformation_to_persistent_is_stored_on_the_destination() -> None:
    made = set_(**PLAIN, policy="mapping", transform_src="persistent", faults="0")
    assert shortest(made, "DESTINATION_STORES_WHAT_ARRIVED") is None
    overridden = replace(made, transform_dst=Transform.TRANSIENT)
    built = system(overridden)
    found = run_explorer(built, properties(overridden, built), searching=AS_USUAL, listener=ignore, title="")
    assert found.values["dst"][-1] == "shutoff"
    assert found.answers["antecedent of DESTINATION_STORES_WHAT_ARRIVED"].verdict.value == "no witness"


def test_the_text_names_each_kind_its_address_and_its_fate() -> None:
    settings = set_(policy="full-map", where="root", node="explicit", device="none", entry="any")
    lines = fates_text(settings, fates(settings), Look(width=80)).splitlines()
    assert lines[:2] == [
        "Dirty bitmaps, policy full-map",
        "QEMU 10.0 to 11.1, storage shared, precopy; no faults.",
    ]
    place = lines.index(next(line for line in lines if "entry=unlisted" in line))
    assert lines[place] == "root, explicit node name, no device name, entry=unlisted          error at start"
    assert lines[place + 1] == "    error at start, the source runs on"
    assert len([line for line in lines if line.startswith("root")]) == len(fates(settings)) == 6


def test_the_text_of_libvirt_names_its_releases() -> None:
    settings = set_(manager="libvirt", storage="non-shared-disk", existing="any")
    text = fates_text(settings, fates(settings), Look())
    assert text.startswith("Dirty bitmaps, driven by libvirt 11.3 to 11.3\n")
    assert "existing=yes" in text
    assert "not sent, stored in the source's image" in text


def test_rows_are_shown_for_open_choices() -> None:
    rows: tuple[Row, ...] = fates(Settings())
    assert len(rows) == 15
    assert all(row.world.layout is Layout.SAME and row.world.persistent for row in rows)
    assert {row.world.neighbour for row in rows} == {Neighbour.NONE}
