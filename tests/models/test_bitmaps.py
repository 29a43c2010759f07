"""Dirty bitmaps: the tables of the thread and of real QEMU, the verdicts, and the traces of what present releases break."""

from __future__ import annotations

import dataclasses
import enum
import functools
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given
from hypothesis import settings as running
from hypothesis import strategies as st

from hopcheck.engine.bitmaps import LOCATIONS, Fate, Row, fates, policy_table
from hopcheck.engine.check import AS_USUAL, check, run_explorer, seen
from hopcheck.engine.results import ignore
from hopcheck.model.domain.bitmaps import Settings, system
from hopcheck.model.domain.bitmaps.graph import Node, look_up
from hopcheck.model.domain.bitmaps.policy import Address, entries
from hopcheck.model.domain.bitmaps.settings import (
    Entry,
    Form,
    Layout,
    Manager,
    Mode,
    Neighbour,
    Policy,
    Storage,
    Transform,
    YesNo,
)
from hopcheck.model.domain.bitmaps.world import worlds
from hopcheck.model.domain.settings import Release, described, settings_from
from hopcheck.model.errors import InputError
from hopcheck.properties.catalog.bitmaps import properties, variants
from hopcheck.properties.kinds import Kind
from hopcheck.properties.prove import prove
from hopcheck.properties.vacuity import vacuities
from hopcheck.properties.verdict import Judgement, Method, Outcome
from hopcheck.report.bitmaps_text import fates_text
from hopcheck.report.page import Look

from .libvirt_history.bitmaps import CASES, shortest

CASE_FILE = "libvirt-history.json"


@functools.cache
def case_file() -> dict[str, Any]:
    """The published cases; the test is skipped where the file is not at hand."""
    path = Path(os.environ.get("HOPCHECK_CASES") or Path(__file__).parent / "data") / CASE_FILE
    if path.is_file():
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return document
    pytest.skip(f"{CASE_FILE} is not here: name its folder in HOPCHECK_CASES")


def set_(**given: str) -> Settings:
    return settings_from(Settings, given)


# tables ------------------------------------------------------------------------------------------------------------

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


PLAIN = {"where": "root", "node": "explicit", "device": "none", "layout": "same", "persistent": "no"}
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


def the_fate(settings: Settings) -> Fate:
    (row,) = fates(settings)
    (fate,) = row.fates
    return fate


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


# verdicts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "settings"), variants(), ids=[name for name, _ in variants()])
def test_both_engines_give_the_expected_verdicts(name: str, settings: Settings) -> None:
    built = system(settings)
    results = check(built, properties(settings, built), variant=name, prove_seconds=60, workers=2)
    assert [each.prop.name for each in results if each.judgement is not Judgement.EXPECTED] == []
    asked = [each for each in results if each.prop.kind not in (Kind.CAN_ALWAYS_REACH, Kind.SOUND)]
    assert [each.prop.name for each in asked if each.second is None or not each.second.known] == []


def test_nothing_is_vacuous() -> None:
    named, facts = [], []
    for _, settings in variants():
        built = system(settings)
        named = list(properties(settings, built))
        facts.append(seen(built, named, run_explorer(built, named, searching=AS_USUAL, listener=ignore, title="")))
    assert [str(each) for each in vacuities(named, facts)] == []


def choices_of(name: str, type_: type) -> st.SearchStrategy[Any]:
    if type_ is bool:
        return st.booleans()
    if issubclass(type_, enum.StrEnum):
        return st.sampled_from(list(type_))
    if type_ is Release:
        releases = (
            ["6.9", "7.1", "7.6", "11.3"] if name.startswith("libvirt") else ["4.2", "5.1", "5.2", "6.0", "9.2", "10.0"]
        )
        return st.sampled_from([Release(each) for each in releases])
    return st.integers(0, 2)


@st.composite
def any_settings(draw: st.DrawFn) -> Settings:
    """Any settings at all, with few enough worlds; those that contradict each other give way to simple ones."""
    types = {each.name: type(each.default) for each in dataclasses.fields(Settings)}
    open_ = draw(
        st.sets(st.sampled_from(["layout", "entry", "size", "state", "neighbour", "existing", "device"]), max_size=2)
    )
    values: dict[str, Any] = {}
    for name, type_ in types.items():
        strategy = choices_of(name, type_)
        pinned = issubclass(type_, enum.StrEnum) and "any" in set(type_) and name not in open_
        values[name] = draw(strategy.filter(lambda value: value != "any") if pinned else strategy)
    return settings_of(values) or replace(set_(**PLAIN), layout=values["layout"], size=values["size"], mode=values["mode"])


def settings_of(values: dict[str, Any]) -> Settings | None:
    """The settings with these values; None where they contradict each other."""
    try:
        made = Settings(**values)
        list(worlds(made))
    except InputError:
        return None
    return made


# Shrinking would search for hours what the settings themselves say.
@running(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(any_settings())
def test_the_search_finds_what_the_rules_foresee(settings: Settings) -> None:
    built = system(settings)
    results = check(built, properties(settings, built), prove_seconds=0)
    wrong = [
        (each.prop.name, each.verdict.outcome, each.expected) for each in results if each.judgement is not Judgement.EXPECTED
    ]
    assert wrong == []


WITHOUT_COUNT = {
    **{name: replace(settings, unbounded=True) for name, settings in variants()},
    "full map": set_(policy="full-map", entry="any", where="root", layout="same", unbounded="yes", device="none"),
}


@pytest.mark.parametrize("name", WITHOUT_COUNT)
def test_invariants_that_hold_are_proved_by_induction_for_any_number_of_faults(name: str) -> None:
    settings = WITHOUT_COUNT[name]
    built = system(settings)
    for prop in properties(settings, built):
        if prop.kind in (Kind.ALWAYS, Kind.STEP) and prop.expected.outcome is Outcome.SAFE:
            verdict = prove(built, prop, methods=[Method.INDUCTION], seconds=60)
            assert verdict.outcome is Outcome.SAFE, prop.name


@pytest.mark.parametrize(("name", "settings"), variants(), ids=[name for name, _ in variants()])
def test_one_fault_shows_what_any_number_shows(name: str, settings: Settings) -> None:
    def found(faults: Settings) -> dict[str, tuple[Outcome, int | None]]:
        built = system(faults)
        results = check(built, properties(faults, built), prove_seconds=0)
        verdicts = {each.prop.name: each.verdict for each in results}
        return {key: (each.outcome, each.trace and len(each.trace)) for key, each in verdicts.items()}

    assert found(replace(settings, faults=1, unbounded=False)) == found(replace(settings, unbounded=True)), name


# what present releases violate ---------------------------------------------------------------------------------------

BEGIN = ["migrate(dirty_bitmaps=True)"]
TO_THE_BITS = [*BEGIN, "load_start", "stop", "inactivate", "send_bits"]
PRESENT = {**PLAIN, "persistent": "yes"}

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


# releases, presets, input ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("release", "lost"), [("5.0", False), ("5.1", True), ("11.1", True)])
def test_since_5_1_a_receiver_goes_on_without_bitmaps(release: str, lost: bool) -> None:
    settings = set_(**{**PRESENT, "layout": "no-such-name", "qemu_dst": release})
    assert (shortest(settings, "NO_SILENT_BITMAP_LOSS") is not None) is lost
    assert the_fate(settings) is (Fate.LOST if lost else Fate.ERROR_IN_LOAD)


@pytest.mark.parametrize(("release", "kept"), [("9.2", False), ("10.0", True)])
def test_since_10_0_a_failure_at_the_switch_over_takes_the_mark_away(release: str, kept: bool) -> None:
    settings = set_(**{**PRESENT, "qemu_src": release, "size": "smaller", "faults": "0"})
    assert (shortest(settings, "ROLLBACK_RESTORES_BITMAPS") is None) is kept


@pytest.mark.parametrize("form", [each for each in Form if each is not Form.VALID])
def test_a_mapping_that_is_none_is_rejected(form: Form) -> None:
    settings = set_(**PLAIN, policy="mapping", form=form)
    assert the_fate(settings) is Fate.REJECTED
    assert shortest(replace(settings, faults=1), "ROLLBACK_RESTORES_BITMAPS") is None


@pytest.mark.parametrize(("release", "fate"), [("5.1", Fate.REJECTED), ("5.2", Fate.RIGHT)])
def test_the_mapping_came_with_5_2(release: str, fate: Fate) -> None:
    assert the_fate(set_(**PLAIN, policy="mapping", qemu_src=release)) is fate
    assert the_fate(set_(**PLAIN, policy="mapping", qemu_dst=release)) is fate


@pytest.mark.parametrize("preset", ["7.0", "9.0", "11.3"])
def test_libvirts_presets_can_be_checked(preset: str) -> None:
    settings = set_(manager="libvirt", storage="non-shared-inc", libvirt=preset, libvirt_dst=preset)
    built = system(settings)
    results = check(built, properties(settings, built), prove_seconds=0)
    assert all(each.judgement is Judgement.EXPECTED for each in results)


@pytest.mark.parametrize(
    ("given_", "text"),
    [
        ({"where": "non-root", "device": "named"}, "write device=none"),
        ({"qemu_src": "2.11"}, "write 2.12 or later"),
        ({"qemu_dst": "1.0"}, "qemu_dst is 1.0"),
        ({"manager": "libvirt", "policy": "snow"}, "libvirt never used"),
        ({"manager": "libvirt", "neighbour": "unknown"}, "write neighbour=none"),
        ({"policy": "mapping", "entry": "node-wide"}, "has no entry node-wide"),
        ({"state": "inconsistent", "persistent": "no"}, "write persistent=yes"),
        ({"policy": "default2"}, "policy cannot be 'default2'"),
        ({"lay": "same"}, "there is no setting 'lay'"),
        ({"faults": "10"}, "a whole number from 0 to 9"),
    ],
)
def test_bad_settings_are_refused_with_a_hint(given_: dict[str, str], text: str) -> None:
    with pytest.raises(InputError, match=text):
        fates(settings_from(Settings, given_))


def test_every_setting_has_a_meaning() -> None:
    assert all(each.meaning.endswith(".") for each in described(Settings))


# history, text, look-up ----------------------------------------------------------------------------------------------


def test_every_published_case_about_bitmaps_is_encoded() -> None:
    assert {each["id"] for each in case_file()["cases"] if each["area"] == "bitmaps"} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_the_published_case(name: str) -> None:
    CASES[name]()


def test_a_name_is_a_device_first_and_a_node_then() -> None:
    node, device = Node("x", "disk0"), Node("y", "disk1", "x")
    assert look_up([node, device], "x") == device
    assert look_up([node], "x") == node
    assert look_up([node, device], "") is None
    assert look_up([node, device], "z") is None


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


def test_a_link_lost_after_an_unknown_name_leaves_the_bitmap_dropped() -> None:
    settings = set_(**{**PRESENT, "mode": "postcopy", "layout": "no-such-name"})
    assert shortest(settings, "BOOKKEEPING") is None
    assert shortest(settings, "GUEST_SURVIVES") is None
    assert shortest(replace(settings, qemu_dst=Release("5.0"), layout=Layout.SAME), "GUEST_SURVIVES") is not None


def test_settings_are_what_the_words_say() -> None:
    assert Settings().manager is Manager.QMP
    assert set_(manager="libvirt").mapped
    assert not Settings().mapped
    assert set_(mode="postcopy").mode is Mode.POSTCOPY
    assert set_(persistent="any").persistent is YesNo.ANY
