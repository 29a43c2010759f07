"""``hopcheck prove`` on patches: the verdict, what it says, every warning, every error, and that nothing is executed."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hopcheck.model.facts.load import dump
from hopcheck.model.importers.patch import unified
from hopcheck.model.importers.trees import Directory, Patched
from hopcheck.report.formats.encode import from_json
from hopcheck.report.schema.report import ChangeReport, Report
from tests.synthetic import Device, Source, facts, write_patch
from tests.unit.importers.trees.repository import commit, git, needs_git

from .conftest import Answer, Hopcheck

BLK = "virtio-blk-device"
NUM_QUEUES = (BLK, "num-queues", "1")


def _devices(num_queues: int) -> dict[str, Device]:
    return {
        BLK: Device(props={"num-queues": num_queues, "queue-size": 128}),
        "virtio-blk-slow": Device(BLK),
        "virtio-blk-fast": Device(BLK),
        "toy-device": Device(props={"late": False, "mode": None}),
        "toy-child": Device("toy-device"),
    }


AT_5_0 = Source("5.0.0", ("5.0",), {}, _devices(1))
AT_5_1 = Source("5.1.0", ("5.0", "5.1"), {"5.0": ((BLK, "queue-size", "64"),)}, _devices(1))
AT_5_2 = replace(AT_5_1, version="5.2.0", machines=("5.0", "5.1", "5.2"), devices=_devices(65535)).with_entry(
    "5.1", *NUM_QUEUES
)
DEVELOPMENT = replace(AT_5_1, version="5.1.50", machines=("5.0", "5.1", "5.2"), entries={**AT_5_1.entries, "5.1": ()})
"""A tree on its way from 5.1 to 5.2: its machine type 5.2 is not released, and the array for 5.1 is still empty."""

CHANGED = DEVELOPMENT.with_default(BLK, "num-queues", 65535)
"""The change that 5.2 ships, without the entry for machine types up to 5.1."""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Facts of three releases: the last one has the change with its entry."""
    folder = tmp_path_factory.mktemp("known")
    dump(facts(folder, _5_0=AT_5_0, _5_1=AT_5_1, _5_2=AT_5_2), folder / "facts.json")
    return folder / "facts.json"


Prove = Callable[..., Answer]


@pytest.fixture
def prove(hopcheck: Hopcheck, known: Path) -> Prove:
    """Write a tree and a patch that makes another of it, and run ``hopcheck prove``."""

    def call(before: Source, after: Source, *arguments: str) -> Answer:
        write_patch(before, after)
        return hopcheck("prove", "x.patch", "--tree", "tree", "--facts", known, "--quiet", *arguments)

    return call


def _report(answer: Answer) -> tuple[Report, ChangeReport]:
    report = from_json(answer.out.encode())
    assert report.change is not None
    assert report.exit_code == answer.code
    return report, report.change


def _warnings(answer: Answer) -> list[str]:
    return [f"{each.place}: {each.what}" for each in _report(answer)[1].warnings]


def test_the_change_with_its_entry_is_safe(prove: Prove) -> None:
    answer = prove(DEVELOPMENT, CHANGED.with_entry("5.1", *NUM_QUEUES))
    assert answer.code == 0, answer.err
    assert "x.patch: 5.2pre+change, from 5.2pre" in answer.out
    assert f"the default of {BLK}.num-queues changes from 1 to 65535: virt-5.2" in answer.out
    assert f'hw_compat_5_1 gets the entry {{ "{BLK}", "num-queues", "1" }}: virt 5.0 to 5.1' in " ".join(answer.out.split())
    assert "SAFE: every chain of migrations" in answer.out
    assert "What to look at" not in answer.out


def test_the_change_without_its_entry_is_unsafe_after_one_hop(prove: Prove) -> None:
    report, change = _report(prove(DEVELOPMENT, CHANGED, "--format", "json"))
    assert report.exit_code == 1
    (found,) = (each for each in report.findings if each.id in change.brings)
    assert (found.name, found.cause, found.machines) == (f"{BLK}.num-queues", "late entry", ("virt-5.0", "virt-5.1"))
    assert [(step.action, step.build, step.value) for step in found.chain] == [
        ("boot", "5.1", "1"),
        ("migrate_fails", "5.2pre+change", "65535"),
    ]
    assert (found.mismatch.kind, found.mismatch.breaks) == ("load error", "both")
    assert found.needed is not None
    assert (found.needed.array, found.needed.notation) == ("hw_compat_5_1", f'{{ "{BLK}", "num-queues", "1" }}')
    assert change.says == (f"the default of {BLK}.num-queues changes from 1 to 65535: virt 5.0 to 5.2",)


def test_what_is_broken_without_the_change_does_not_count(prove: Prove) -> None:
    lost = AT_5_2.without_entry("5.1", *NUM_QUEUES)
    development = replace(lost, version="5.2.50", machines=(*lost.machines, "6.0"), entries={**lost.entries, "5.2": ()})
    after = development.with_default(BLK, "queue-size", 512).with_entry("5.2", BLK, "queue-size", "128")
    report, change = _report(prove(development, after, "--format", "json"))
    assert (report.exit_code, change.brings, change.repairs) == (0, (), ())
    report, change = _report(prove(development, development.with_entry("5.1", *NUM_QUEUES), "--format", "json"))
    assert (report.exit_code, change.brings) == (0, ())
    assert [each.partition(":")[0] for each in change.repairs] == [f"{BLK}.num-queues"]


def test_a_repair_that_comes_late_goes_back_to_what_was_first(prove: Prove, hopcheck: Hopcheck, tmp_path: Path) -> None:
    forgotten = AT_5_2.without_entry("5.1", *NUM_QUEUES)
    dump(facts(tmp_path / "facts", _5_0=AT_5_0, _5_1=AT_5_1, _5_2=forgotten), tmp_path / "late.json")
    before = replace(
        forgotten, version="5.2.50", machines=(*forgotten.machines, "6.0"), entries={**forgotten.entries, "5.2": ()}
    )
    write_patch(before, before.with_entry("5.1", *NUM_QUEUES))
    answer = hopcheck("prove", "x.patch", "--tree", "tree", "--facts", "late.json", "--quiet", "--format", "json")
    report, change = _report(answer)
    assert (report.exit_code, change.brings) == (0, ())
    assert change.repairs == (f"{BLK}.num-queues: no entry @ 5.2",)
    assert change.stays == (f"{BLK}.num-queues: late entry @ 5.2",)
    told = " ".join(each.what for each in change.warnings)
    assert "has the value again that its machine types had first: guests cannot be moved to or from 5.2" in told


def test_a_backport_to_a_released_tree_is_compared_with_that_tree(prove: Prove) -> None:
    stable = replace(AT_5_1, version="5.1.1")
    report, change = _report(prove(stable, stable.with_default(BLK, "num-queues", 65535), "--format", "json"))
    (found,) = (each for each in report.findings if each.id in change.brings)
    assert report.exit_code == 1
    assert [step.build for step in found.chain][-1] == "5.1.1+change"
    assert "virt-5.1" in found.machines


def test_devices_that_machine_types_may_not_have_are_not_judged(prove: Prove) -> None:
    def board(default: int) -> Source:
        return replace(DEVELOPMENT, devices={**DEVELOPMENT.devices, "aspeed-toy": Device(props={"speed": default})})

    answer = prove(board(1), board(2), "--format", "json")
    assert answer.code == 0
    told = ": aspeed-toy.speed is not judged: versioned machine types may not have it (of a device family that only its own"
    assert any(each.startswith(told) for each in _warnings(answer))


LATE = ("toy-device", "late", "off")


@pytest.mark.parametrize(
    ("before", "after", "warning"),
    [
        (
            DEVELOPMENT,
            CHANGED.with_entry("5.0", *NUM_QUEUES),
            f'hw/core/machine.c:7: the entry {{ "{BLK}", "num-queues", "1" }} stands in hw_compat_5_0, but the change is'
            " first released after 5.1: machine types of versions after 5.0 up to 5.1 do not apply it",
        ),
        (
            replace(DEVELOPMENT, entries={**DEVELOPMENT.entries, "5.2": ()}),
            replace(CHANGED, entries={**CHANGED.entries, "5.2": (NUM_QUEUES,)}),
            f'hw/core/machine.c:2: the entry {{ "{BLK}", "num-queues", "1" }} stands in hw_compat_5_2, an array for the'
            " release that the change itself is for, or a later one",
        ),
        (
            DEVELOPMENT,
            CHANGED.with_entry("5.1", "virtio-blk", "num-queues", "1"),
            'hw/core/machine.c:2: the entry { "virtio-blk", "num-queues", "1" } matches nothing: there is no type'
            " virtio-blk",
        ),
        (
            DEVELOPMENT,
            CHANGED.with_entry("5.1", "virtio-blk-slow", "num-queues", "1"),
            'hw/core/machine.c:2: the entry { "virtio-blk-slow", "num-queues", "1" } matches only some of the types with'
            " that property: not virtio-blk-fast",
        ),
        (
            DEVELOPMENT,
            DEVELOPMENT.with_entry("5.1", "toy-device", "num-queues", "1"),
            'hw/core/machine.c:2: the entry { "toy-device", "num-queues", "1" } does nothing but stop QEMU: toy-device has'
            " no property num-queues",
        ),
        (
            replace(DEVELOPMENT, devices={**DEVELOPMENT.devices, "toy-child": Device("toy-device", {"own": True})}),
            replace(
                DEVELOPMENT,
                devices={
                    **DEVELOPMENT.devices,
                    "toy-child": Device("toy-device", {"own": True}),
                    "toy-b": Device("toy-device"),
                },
            ).with_entry("5.1", "toy-device", "own", "off"),
            'hw/core/machine.c:2: the entry { "toy-device", "own", "off" } also matches toy-b, which lack the property: QEMU'
            " aborts there",
        ),
        (
            DEVELOPMENT,
            DEVELOPMENT.with_default("toy-device", "fresh", True),
            "hw/block/toy-device.c:5: the new property toy-device.fresh has the default on, which may not be what devices"
            " without it do, and no entry gives older machine types another",
        ),
        (
            AT_5_2,
            AT_5_2.without_entry("5.1", *NUM_QUEUES),
            f'hw/core/machine.c:2: the entry {{ "{BLK}", "num-queues", "1" }} in hw_compat_5_1 is gone: released machine'
            " types apply it, virt-5.0, virt-5.1",
        ),
        (
            DEVELOPMENT,
            replace(DEVELOPMENT, entries={**DEVELOPMENT.entries, "5.0": ((BLK, "queue-size", "32"),)}),
            f'hw/core/machine.c:6: the entry {{ "{BLK}", "queue-size", "64" }} in hw_compat_5_0 is now'
            f' {{ "{BLK}", "queue-size", "32" }} in hw_compat_5_0: released machine types apply it, virt-5.0',
        ),
        (
            AT_5_1,
            AT_5_1.with_default("toy-device", "late", True).with_entry("5.0", *LATE),
            'hw/core/machine.c:3: the entry { "toy-device", "late", "off" } stands in hw_compat_5_0, which released machine'
            " types apply: virt-5.0; guests that run on them were started without it",
        ),
        (
            DEVELOPMENT,
            replace(DEVELOPMENT, machines=("5.1", "5.2")),
            ": guests on virt-5.0 can no longer come to this build: the machine types are gone",
        ),
        (
            DEVELOPMENT,
            replace(DEVELOPMENT, devices={name: each for name, each in DEVELOPMENT.devices.items() if name != "toy-child"}),
            ": guests with toy-child can no longer come to this build: the types are gone",
        ),
    ],
    ids=[
        *("older-array", "newer-array", "dead-driver", "some-siblings", "no-such-property", "aborts", "new-property"),
        *("entry-gone", "entry-changed", "released-machine-types", "machine-types-gone", "types-gone"),
    ],
)
def test_warnings(prove: Prove, before: Source, after: Source, warning: str) -> None:
    assert warning in _warnings(prove(before, after, "--format", "json"))


def test_a_new_property_with_an_entry_needs_no_warning(prove: Prove) -> None:
    after = DEVELOPMENT.with_default("toy-device", "fresh", True).with_entry("5.1", "toy-device", "fresh", "off")
    answer = prove(DEVELOPMENT, after, "--format", "json")
    assert (answer.code, _warnings(answer)) == (0, [])


def test_a_new_property_with_another_default_and_no_entry_is_undecided(prove: Prove) -> None:
    report, change = _report(prove(DEVELOPMENT, DEVELOPMENT.with_default("toy-device", "fresh", True), "--format", "json"))
    assert report.exit_code == 3
    assert report.meaning.startswith("UNKNOWN")
    assert change.undecided == (
        "toy-device.fresh in 5.1: new in 5.2pre+change with default on, and no entry for older machine types",
    )


def test_a_new_property_of_a_released_tree_is_undecided_unless_it_is_neutral(prove: Prove) -> None:
    stable = replace(AT_5_1, version="5.1.1")
    loud = stable.with_default("toy-device", "fresh", True).with_entry("5.0", "toy-device", "fresh", "off")
    assert prove(stable, loud, "--format", "json").code == 3
    assert prove(stable, stable.with_default("toy-device", "fresh", False)).code == 0


def test_what_cannot_be_read_with_the_change_is_undecided(hopcheck: Hopcheck, known: Path) -> None:
    tree = Directory(DEVELOPMENT.write(Path("tree")))
    path = "hw/block/virtio-blk-device.c"
    text = tree.read(path).replace(b'"queue-size", State', b"NAME_OF_IT, State")
    Path("x.patch").write_text(unified(tree, Patched(tree, {path: text}, "")))
    answer = hopcheck("prove", "x.patch", "--tree", "tree", "--facts", known, "--quiet", "--format", "json")
    report, change = _report(answer)
    assert report.exit_code in (1, 3)
    assert any("cannot be read" in each and f"({path}:" in each for each in change.undecided)


def test_a_series_and_standard_input(hopcheck: Hopcheck, known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    middle, tree = CHANGED, Directory(DEVELOPMENT.write(Path("tree")))
    half = Patched(tree, middle.files(), "")
    whole = Patched(half, middle.with_entry("5.1", *NUM_QUEUES).files(), "")
    series = "".join(
        f"From {number:040x} Mon Sep 17 00:00:00 2001\nFrom: A <a@b>\nSubject: [PATCH {number}/2] x\n\n---\n"
        f"{diff}-- \n2.39\n\n"
        for number, diff in ((1, unified(tree, half)), (2, unified(half, whole)))
    )
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(series.encode())))
    answer = hopcheck("prove", "-", "--tree", "tree", "--facts", known, "--quiet")
    assert answer.code == 0, answer.err
    assert answer.out.startswith("standard input: 5.2pre+change, from 5.2pre")


@needs_git
def test_commits_of_a_repository(hopcheck: Hopcheck, known: Path) -> None:
    top = Path("qemu")
    commit(top, dict(DEVELOPMENT.files()))
    git(top, "checkout", "--quiet", "-b", "topic")
    commit(top, dict(CHANGED.files()))
    half = commit(top, {"README": b"more\n"})
    commit(top, dict(CHANGED.with_entry("5.1", *NUM_QUEUES).files()))
    git(top, "checkout", "--quiet", "master")
    commit(top, {"README": b"master goes on\n"})
    arguments = ("--tree", top, "--facts", known, "--quiet")
    assert hopcheck("prove", "master..topic", *arguments).code == 0
    assert hopcheck("prove", f"master..{half}", *arguments).code == 1
    assert hopcheck("prove", "topic^..topic", *arguments).code == 0
    patch = git(top, "format-patch", "--stdout", f"master..{half}")
    Path("half.patch").write_text(patch)
    assert hopcheck("prove", "half.patch", "--tree", f"{top}@master~1", "--facts", known, "--quiet").code == 1
    answer = hopcheck("prove", "nowhere..topic", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert "'nowhere' is no revision that the repository holds" in answer.err


@needs_git
def test_nothing_of_a_tree_is_executed_and_it_stays_as_it_was(hopcheck: Hopcheck, known: Path) -> None:
    top, mark = Path("qemu"), Path("executed").absolute()
    commit(top, dict(DEVELOPMENT.files()))
    program = f"#!/bin/sh\ntouch {mark}\n"
    for path in ("configure", ".git/hooks/post-checkout", ".git/hooks/reference-transaction", "scripts/qapi-gen.py"):
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(program)
        (top / path).chmod(0o755)
    with (top / ".git/config").open("a") as config:
        config.write(f'[core]\n\tfsmonitor = "{top.absolute()}/configure"\n\tpager = "touch {mark}"\n')
    Path("x.patch").write_text(
        "--- a/README\n+++ b/README\n@@ -1 +1 @@\n-A tree for tests.\n+$(touch executed) `touch executed`\n"
    )
    before = {path: path.stat().st_mtime_ns for path in sorted(top.rglob("*"))}
    for arguments in (("x.patch", "--tree", top), ("x.patch", "--tree", f"{top}@HEAD"), ("HEAD..HEAD", "--tree", top)):
        answer = hopcheck("prove", *arguments, "--facts", known, "--quiet")
        assert answer.code == 0, answer.err
        assert "nothing that the facts hold" in answer.out
    assert not mark.exists()
    assert {path: path.stat().st_mtime_ns for path in sorted(top.rglob("*"))} == before


@pytest.mark.parametrize(
    ("patch", "arguments", "error"),
    [
        (
            None,
            ("x.patch", "--tree", "tree"),
            "x.patch: cannot be read (No such file or directory); give a patch, a TOML file",
        ),
        ("", ("x.patch",), "x.patch: is a patch; give the source tree that it applies to with --tree"),
        (None, ("a..b",), "a..b: is a range of commits; give its repository with --tree"),
        (None, ("a..b", "--tree", "tree"), "tree: is no git repository; write REPOSITORY@REVISION"),
        ("", ("x.toml", "--tree", "tree"), "x.toml: speaks of facts, not of a tree; leave --tree out"),
        ("", ("x.patch", "--tree", "nowhere"), "nowhere: there is no such directory; name a QEMU source tree"),
        ("", ("x.patch", "--tree", "tree"), "x.patch: holds no diff; write it with git format-patch, git diff or diff -u"),
        (
            "--- a/README\n+++ b/README\n@@ -1 +1 @@\n-x\n+y\n",
            ("x.patch", "--tree", "tree"),
            "x.patch:3: hunk 1 does not apply",
        ),
        (
            "--- a/README\n+++ b/README\n@@ -1,2 +1 @@\n-x\n",
            ("x.patch", "--tree", "tree"),
            "x.patch:5: a hunk of README breaks",
        ),
        (
            "diff --git a/nowhere b/elsewhere\nrename from nowhere\nrename to elsewhere\n",
            ("x.patch", "--tree", "tree"),
            "x.patch:1: renames nowhere, which tree does not have",
        ),
        (
            "--- a/../x\n+++ b/../x\n@@ -1 +1 @@\n-x\n+y\n",
            ("x.patch", "--tree", "tree"),
            "x.patch:1: '../x' leads out of the tree",
        ),
        ("Binary files a/x and b/x differ\n", ("x.patch", "--tree", "tree"), "x.patch:1: changes a binary file"),
        (
            "--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+x\n",
            ("x.patch", "--tree", "."),
            ".: has no file VERSION; give the top",
        ),
    ],
)
def test_what_cannot_be_proved(hopcheck: Hopcheck, patch: str | None, arguments: tuple[str, ...], error: str) -> None:
    DEVELOPMENT.write(Path("tree"))
    if patch is not None:
        Path("x.patch").write_text(patch)
    answer = hopcheck("prove", *arguments, "--quiet")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"hopcheck: {error}")
    assert answer.err.count("\n") == 1
    assert not os.path.exists("out/prove/findings")
