"""``hopcheck repair``: the entries, the proof, the diff, writing it, and what cannot be repaired."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hopcheck.engine.repairing.tree import Rewriting, write
from hopcheck.model.errors import InputError
from hopcheck.model.facts.load import dump
from hopcheck.model.importers.patch import unified
from hopcheck.model.importers.trees import Directory, Patched
from tests.synthetic import Device, Source, facts, write_patch
from tests.unit.importers.trees.repository import commit, needs_git

from .conftest import Answer, Hopcheck

BLK = "virtio-blk-device"
NUM_QUEUES = (BLK, "num-queues", "1")


def _devices(num_queues: int, queue_size: int = 128) -> dict[str, Device]:
    blk = Device(props={"num-queues": num_queues, "queue-size": queue_size})
    return {BLK: blk, "virtio-blk-slow": Device(BLK), "virtio-blk-quick": Device(BLK)}


AT_5_0 = Source("5.0.0", ("5.0",), {}, _devices(1, 64))
AT_5_1 = Source("5.1.0", ("5.0", "5.1"), {"5.0": ((BLK, "queue-size", "64"),)}, _devices(1))
AT_5_2 = replace(AT_5_1, version="5.2.0", machines=("5.0", "5.1", "5.2"), devices=_devices(65535)).with_entry(
    "5.1", *NUM_QUEUES
)
DEVELOPMENT = replace(AT_5_1, version="5.1.50", machines=("5.0", "5.1", "5.2"), entries={**AT_5_1.entries, "5.1": ()})
CHANGED = DEVELOPMENT.with_default(BLK, "num-queues", 65535)
"""The change that 5.2 ships, without the entry for machine types up to 5.1."""

ENTRY = '    { "virtio-blk-device", "num-queues", "1" },'


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Facts of three releases: the last one has the change with its entry."""
    folder = tmp_path_factory.mktemp("known")
    dump(facts(folder, _5_0=AT_5_0, _5_1=AT_5_1, _5_2=AT_5_2), folder / "facts.json")
    return folder / "facts.json"


Repair = Callable[..., Answer]


@pytest.fixture
def repair(hopcheck: Hopcheck, known: Path) -> Repair:
    """Write a tree and a patch that makes another of it, and run ``hopcheck repair``."""

    def call(before: Source, after: Source, *arguments: str) -> Answer:
        write_patch(before, after)
        return hopcheck("repair", "x.patch", "--tree", "tree", "--facts", known, "--quiet", *arguments)

    return call


def _report(answer: Answer) -> dict[str, object]:
    made: dict[str, object] = json.loads(answer.out)
    assert made["schema"] == "hopcheck-repair/1"
    assert made["exit_code"] == answer.code
    return made


def _entries(report: dict[str, object], key: str) -> list[tuple[str, ...]]:
    found = report[key]
    assert isinstance(found, list)
    return [(each["array"], each["driver"], each["prop"], each["value"]) for each in found]


def test_the_missing_entry_is_written_back(repair: Repair) -> None:
    answer = repair(DEVELOPMENT, CHANGED)
    assert answer.code == 0, answer.err
    assert 'add       hw_compat_5_1: { "virtio-blk-device", "num-queues", "1" }' in answer.out
    assert f"+{ENTRY}" in answer.out
    assert f"{BLK}.num-queues: late entry @ 5.2pre+change" in answer.out
    assert "REPAIRED: with 1 entry" in answer.out


def test_the_diff_applies_and_proves(repair: Repair, hopcheck: Hopcheck, known: Path) -> None:
    answer = repair(DEVELOPMENT, CHANGED, "--format", "diff")
    repaired = CHANGED.with_entry("5.1", *NUM_QUEUES)
    tree = Directory(CHANGED.write(Path("changed")))
    wanted = Patched(tree, {"hw/core/machine.c": repaired.files()["hw/core/machine.c"]}, "")
    assert answer.out == unified(tree, wanted)
    Path("both.patch").write_text(Path("x.patch").read_text() + answer.out)
    proved = hopcheck("prove", "both.patch", "--tree", "tree", "--facts", known, "--quiet")
    assert proved.code == 0, proved.out


def test_a_change_that_breaks_nothing(repair: Repair) -> None:
    report = _report(repair(DEVELOPMENT, CHANGED.with_entry("5.1", *NUM_QUEUES), "--format", "json"))
    assert (report["ending"], report["exit_code"], report["diff"]) == ("nothing to repair", 0, "")


@pytest.mark.parametrize(
    ("label", "entry"),
    [
        ("5.0", NUM_QUEUES),
        ("5.1", ("virtio-blk-fast", "num-queues", "1")),
        ("5.1", ("virtio-blk-slow", "num-queues", "1")),
        ("5.1", (BLK, "num-queues", "2")),
    ],
    ids=["wrong array", "dead driver", "only a subtype", "wrong value"],
)
def test_an_entry_that_misses_is_replaced(repair: Repair, label: str, entry: tuple[str, str, str]) -> None:
    report = _report(repair(DEVELOPMENT, CHANGED.with_entry(label, *entry), "--format", "json"))
    assert report["ending"] == "repaired"
    assert _entries(report, "add") == [("hw_compat_5_1", *NUM_QUEUES)]
    assert _entries(report, "remove") == [(f"hw_compat_{label.replace('.', '_')}", *entry)]
    assert f'-    {{ "{entry[0]}", "num-queues", "{entry[2]}" }},' in str(report["diff"]).splitlines()


def test_a_released_entry_that_was_taken_away_comes_back(repair: Repair) -> None:
    report = _report(repair(DEVELOPMENT, DEVELOPMENT.without_entry("5.0", BLK, "queue-size", "64"), "--format", "json"))
    assert _entries(report, "add") == [("hw_compat_5_0", BLK, "queue-size", "64")]
    assert report["remove"] == []


def test_an_array_that_does_not_exist_yet(repair: Repair) -> None:
    """The first change of a cycle: the newest machine type applies no array, and nothing is newer than it."""
    released = replace(AT_5_2, version="5.2.50")
    report = _report(repair(released, released.with_default(BLK, "queue-size", 512), "--format", "json"))
    assert report["ending"] == "repaired"
    assert _entries(report, "add") == [("hw_compat_5_2", BLK, "queue-size", "128")]
    assert (report["arrays"], report["diff"]) == (["hw_compat_5_2"], "")
    answer = repair(released, released.with_default(BLK, "queue-size", 512), "--apply")
    assert (answer.code, "the repair needs hw_compat_5_2, which the tree has not" in answer.err) == (2, True)


def test_a_change_back_to_what_was_first_tells_what_it_breaks(hopcheck: Hopcheck, tmp_path: Path) -> None:
    forgotten = AT_5_2.without_entry("5.1", *NUM_QUEUES)
    dump(facts(tmp_path / "facts", _5_0=AT_5_0, _5_1=AT_5_1, _5_2=forgotten), tmp_path / "late.json")
    before = replace(
        forgotten, version="5.2.50", machines=(*forgotten.machines, "6.0"), entries={**forgotten.entries, "5.2": ()}
    )
    write_patch(before, before.with_entry("5.1", *NUM_QUEUES))
    answer = hopcheck("repair", "x.patch", "--tree", "tree", "--facts", "late.json", "--quiet")
    text = " ".join(answer.out.split())
    assert answer.code == 1
    assert f"{BLK}.num-queues on virt-5.1: released builds differ already" in text
    assert "1 (the change's choice) breaks with 5.2" in text
    assert "65535 breaks with 5.1" in text
    assert f"5.2 is an island for virt 5.0 to 5.1 with {BLK}.num-queues" in text
    assert "NO REPAIR" in text


def test_a_new_property_of_which_nobody_says_what_was_before(repair: Repair) -> None:
    answer = repair(DEVELOPMENT, DEVELOPMENT.with_default(BLK, "fast", True))
    assert answer.code == 3
    assert f"{BLK}.fast" in answer.out
    assert "UNKNOWN" in answer.out


def test_a_new_property_with_its_entry_in_the_wrong_array(repair: Repair) -> None:
    after = DEVELOPMENT.with_default(BLK, "fast", True).with_entry("5.0", BLK, "fast", "off")
    report = _report(repair(DEVELOPMENT, after, "--format", "json"))
    assert report["ending"] == "repaired"
    assert _entries(report, "add") == [("hw_compat_5_1", BLK, "fast", "off")]
    assert _entries(report, "remove") == [("hw_compat_5_0", BLK, "fast", "off")]


def test_apply_writes_the_file_and_nothing_else(repair: Repair) -> None:
    answer = repair(DEVELOPMENT, CHANGED, "--apply")
    assert answer.code == 0, answer.err
    assert "Written: 1 file" in answer.out
    expected = DEVELOPMENT.with_entry("5.1", *NUM_QUEUES).files()
    found = {str(path.relative_to("tree")): path.read_bytes() for path in Path("tree").rglob("*") if path.is_file()}
    assert found == expected


def test_apply_keeps_the_mode(repair: Repair) -> None:
    write_patch(DEVELOPMENT, CHANGED)
    Path("tree/hw/core/machine.c").chmod(0o640)
    assert repair(DEVELOPMENT, CHANGED, "--apply").code == 0
    assert Path("tree/hw/core/machine.c").stat().st_mode & 0o777 == 0o640


def test_apply_refuses_a_file_that_the_patch_changes_too(repair: Repair) -> None:
    after = CHANGED.with_entry("5.1", BLK, "queue-size", "128")
    answer = repair(DEVELOPMENT, after, "--apply")
    assert answer.code == 2
    assert "is not the file with the change that was looked at" in answer.err
    assert Path("tree/hw/core/machine.c").read_bytes() == DEVELOPMENT.files()["hw/core/machine.c"]


@needs_git
def test_commits_are_repaired_in_the_checked_out_tree(hopcheck: Hopcheck, known: Path) -> None:
    folder = Path("repo").resolve()
    base = commit(folder, dict(DEVELOPMENT.files()), "before")
    commit(folder, dict(CHANGED.files()), "after")
    answer = hopcheck("repair", f"{base}..HEAD", "--tree", folder, "--facts", known, "--quiet", "--apply")
    assert answer.code == 0, answer.err
    assert (folder / "hw/core/machine.c").read_bytes() == CHANGED.with_entry("5.1", *NUM_QUEUES).files()["hw/core/machine.c"]


def test_a_link_is_not_written_through(repair: Repair, tmp_path: Path) -> None:
    write_patch(DEVELOPMENT, CHANGED)
    outside = tmp_path / "outside.c"
    outside.write_bytes(DEVELOPMENT.files()["hw/core/machine.c"])

    tree = Directory(Path("tree"))
    content = tree.read("hw/core/machine.c")
    Path("tree/hw/core/machine.c").unlink()
    os.symlink(outside, "tree/hw/core/machine.c")
    made = Rewriting(Patched(tree, {"hw/core/machine.c": content}, ""), Patched(tree, {"hw/core/machine.c": b"new"}, ""))
    with pytest.raises(InputError, match="is a link"):
        write(made, Path("tree"))
    assert outside.read_bytes() == content


def test_a_change_written_by_hand(hopcheck: Hopcheck, known: Path) -> None:
    Path("c.toml").write_text(
        f'build = "6.0"\nmachine = "6.0"\n[[default]]\ndriver = "{BLK}"\nproperty = "queue-size"\nvalue = 256\n'
    )
    answer = hopcheck("repair", "c.toml", "--facts", known, "--quiet", "--format", "json")
    report = _report(answer)
    assert (report["ending"], report["diff"]) == ("repaired", "")
    Path("d.toml").write_text(Path("c.toml").read_text() + str(report["toml"]))
    assert hopcheck("prove", "d.toml", "--facts", known, "--quiet").code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("c.toml", "--apply"), "there is no tree to write a repair into"),
        (("c.toml", "--apply", "--tree", "nowhere"), "is no directory to write into"),
        (("x.patch",), "is a patch"),
        (("nothing.toml",), "cannot be read"),
    ],
)
def test_bad_input(hopcheck: Hopcheck, known: Path, arguments: tuple[str, ...], message: str) -> None:
    Path("c.toml").write_text('build = "6.0"\n')
    Path("x.patch").write_text("")
    answer = hopcheck("repair", *arguments, "--facts", known, "--quiet")
    assert (answer.code, answer.out) == (2, "")
    assert message in answer.err


def test_the_entries_of_a_tree(hopcheck: Hopcheck, known: Path) -> None:
    source = DEVELOPMENT.with_entry("5.0", "no-such-device", "queue-size", "64")
    source.write(Path("tree"))
    answer = hopcheck("explain", "entries", "--tree", "tree", "--facts", known, "--quiet")
    text = " ".join(answer.out.split())
    assert answer.code == 0, answer.err
    assert "2 entries: without 1 of them a chain of migrations breaks" in text
    assert '"queue-size", "64" } needed virt-5.0, virtio-blk-device: 5.1 (64) -> 5.2pre (128 without it)' in text
    assert '{ "no-such-device", "queue-size", "64" } spare no type has the name of its driver' in text


def test_the_entries_of_a_known_build(hopcheck: Hopcheck, known: Path) -> None:
    answer = hopcheck("explain", "entries", "--build", "5.1", "--facts", known, "--quiet")
    assert answer.code == 0
    assert "The compat entries of 5.1" in answer.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("entries", "--build", "5.3"), "there is no source tree '5.3' with entries; did you mean '5."),
        (("entries", "--build", "5.1", "--tree", "tree"), "--build and --tree name two builds"),
        (("late entry", "--build", "5.1"), "--build and --tree are for entries"),
    ],
)
def test_entries_of_nothing(hopcheck: Hopcheck, known: Path, arguments: tuple[str, ...], message: str) -> None:
    answer = hopcheck("explain", *arguments, "--facts", known, "--quiet")
    assert (answer.code, answer.out) == (2, "")
    assert message in answer.err


def test_what_was_found_is_written_like_that_of_other_verbs(repair: Repair) -> None:
    answer = repair(DEVELOPMENT, CHANGED, "--format", "json")
    folder = Path("out/repair")
    assert json.loads((folder / "report.json").read_text()) == _report(answer)
    assert (folder / "repair.diff").read_text() == _report(answer)["diff"]
    assert ENTRY.strip() in (folder / "report.txt").read_text()
    assert repair(DEVELOPMENT, DEVELOPMENT.with_default(BLK, "queue-size", 128)).code == 2  # an empty patch: nothing changes
    assert (folder / "repair.diff").exists()
    assert repair(DEVELOPMENT, CHANGED.with_entry("5.1", *NUM_QUEUES)).code == 0
    assert not (folder / "repair.diff").exists()


def test_what_was_read_is_kept(repair: Repair, tmp_path: Path) -> None:
    repair(DEVELOPMENT, CHANGED)
    kept = tmp_path / "cache" / "hopcheck" / "source.sqlite3"
    with sqlite3.connect(kept) as connection:
        # The tree, the tree with the change, and the tree with the repair.
        assert connection.execute("SELECT COUNT(*) FROM build").fetchone() == (3,)
    connection.close()
