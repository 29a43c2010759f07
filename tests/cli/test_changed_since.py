"""``hopcheck check`` of files: changes and models that are named, and only those that differ from a revision."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from hopcheck.report.formats.encode import from_json
from tests.plugin.conftest import CHANGE, ENTRY, MODEL
from tests.synthetic import Device, Source, facts
from tests.unit.importers.trees.repository import commit, git, needs_git

from .conftest import Hopcheck

pytestmark = needs_git

PROJECT = '[tool.hopcheck]\nchanges = ["changes/*.toml"]\nmodels = ["models/*.py"]\nfacts = "facts.json"\n'
QUICK = ("--quiet", "--no-prove")


@pytest.fixture
def tree(hopcheck: Hopcheck, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project under git, with the command line run in it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    tree = tmp_path / "project"
    commit(
        tree,
        {
            "pyproject.toml": PROJECT.encode(),
            "changes/one.toml": (CHANGE + ENTRY).encode(),
            "changes/two.toml": (CHANGE + ENTRY).encode(),
            "models/counter.py": MODEL.encode(),
            "facts.json": sound.read_bytes(),
        },
    )
    monkeypatch.chdir(tree)
    return tree


def test_where_nothing_differs_nothing_is_checked(hopcheck: Hopcheck, tree: Path) -> None:
    answer = hopcheck("check", "--changed-since", "HEAD", *QUICK)
    assert (answer.code, answer.out) == (0, "Nothing to check: no model and no change differs from HEAD.\n")
    assert "3 files as in HEAD: not checked" in answer.err
    assert not Path("out").exists()


def test_a_change_that_differs_is_proved(hopcheck: Hopcheck, tree: Path) -> None:
    (tree / "changes/one.toml").write_text(CHANGE)
    answer = hopcheck("check", "--changed-since", "HEAD", *QUICK, "--format", "json")
    report = from_json(answer.out.encode())
    assert (answer.code, report.exit_code) == (1, 1)
    assert report.change is not None
    assert report.change.file == "changes/one.toml"
    assert Path("out/changes-one.toml/prove/report.json").exists()


def test_a_model_that_differs_is_checked(hopcheck: Hopcheck, tree: Path) -> None:
    (tree / "models/counter.py").write_text(MODEL.replace("Settings()", "Settings(3)"))
    git(tree, "commit", "--quiet", "--all", "--message", "more")
    answer = hopcheck("check", "--changed-since", "HEAD~1", *QUICK)
    assert answer.code == 1
    assert "models/counter.py, low" in answer.out
    assert "one.toml" not in answer.out
    assert hopcheck("check", "models/counter.py", "--changed-since", "HEAD", *QUICK).code == 0


def test_where_the_project_differs_everything_is_checked(hopcheck: Hopcheck, tree: Path) -> None:
    (tree / "pyproject.toml").write_text(PROJECT + '[tool.hopcheck.expect]\n"changes/two.toml" = "unsafe"\n')
    (tree / "changes/two.toml").write_text(CHANGE)
    answer = hopcheck("check", "--changed-since", "HEAD", *QUICK)
    assert answer.code == 0, answer.err
    for each in ("changes/one.toml", "changes/two.toml", "models/counter.py"):
        assert each in answer.out
    (tree / "changes/two.toml").write_text(CHANGE + ENTRY)
    answer = hopcheck("check", "--changed-since", "HEAD", *QUICK)
    assert answer.code == 1
    assert "changes/two.toml was expected to be unsafe" in answer.err
    assert "1 of 3 checks did not end as expected" in answer.err


def test_several_results_are_no_single_report(hopcheck: Hopcheck, tree: Path) -> None:
    (tree / "pyproject.toml").write_text(PROJECT + "prove-seconds = 0\n")
    answer = hopcheck("check", "--changed-since", "HEAD", *QUICK, "--report", "junit=report.xml")
    assert answer.code == 2
    assert "there are 3 reports, not one" in answer.err


def test_files_that_are_named(hopcheck: Hopcheck, tree: Path) -> None:
    """As a pre-commit hook names them."""
    (tree / "changes/two.toml").write_text(CHANGE)
    assert hopcheck("check", "changes/one.toml", "models/counter.py", *QUICK).code == 0
    answer = hopcheck("check", "changes/one.toml", "changes/two.toml", *QUICK)
    assert answer.code == 1
    assert "1 of 2 checks did not end as expected" in answer.err
    answer = hopcheck("check", "changes/none.toml", *QUICK)
    assert answer.code == 2
    assert "changes/none.toml" in answer.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--changed-since", "nothing"), "'nothing' is no revision"),
        (("--changed-since", "--output=x"), "is no revision"),
        (("num_queues", "--changed-since", "HEAD"), "num_queues is no file; leave it out"),
    ],
)
def test_bad_usage(hopcheck: Hopcheck, tree: Path, arguments: tuple[str, ...], said: str) -> None:
    answer = hopcheck("check", *arguments, *QUICK)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_without_a_project_there_is_nothing_to_compare(hopcheck: Hopcheck, tree: Path) -> None:
    (tree / "pyproject.toml").unlink()
    answer = hopcheck("check", "--changed-since", "HEAD", *QUICK)
    assert answer.code == 2
    assert "no pyproject.toml here has a table [tool.hopcheck]" in answer.err


BLK = "virtio-blk-device"
OLD = Source("5.1.0", ("5.0", "5.1"), {}, {BLK: Device(props={"queue-size": 128})})
NOW = replace(OLD, version="5.1.50", machines=("5.0", "5.1", "5.2"), entries={"5.1": ()})


def test_a_tree_of_qemu_is_proved_as_it_stands(hopcheck: Hopcheck, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    known = tmp_path / "known.json"
    from hopcheck.model.facts.load import dump

    dump(facts(tmp_path, _5_1=OLD), known)
    tree = tmp_path / "qemu"
    base: dict[str, bytes | None] = {**NOW.files(), "hw/core/machine.c": NOW.files().get("hw/core/machine.c", b"")}
    commit(tree, base)
    monkeypatch.chdir(tree)
    options = ("--changed-since", "HEAD", "--facts", known, "--out-dir", tmp_path / "out", *QUICK)
    answer = hopcheck("check", *options)
    assert answer.code == 0, answer.err
    assert "nothing that the facts hold" in answer.out
    for path, content in NOW.with_default(BLK, "queue-size", 256).files().items():
        (tree / path).write_bytes(content)
    answer = hopcheck("check", *options)
    assert answer.code == 1, answer.err
    assert re.search(r"default of virtio-blk-device.queue-size changes from\s+128 to 256", answer.out)
    assert 'hw_compat_5_1: { "virtio-blk-device", "queue-size", "128" }' in " ".join(answer.out.split())
    assert (tmp_path / "out/prove/report.json").exists()


def test_the_cache_is_used_where_it_is_wanted(
    hopcheck: Hopcheck, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "cache/hopcheck/verdicts"
    assert hopcheck("check", "models/counter.py", "--quiet").code == 0
    assert not kept.exists()
    first = hopcheck("check", "models/counter.py", "--quiet", "--cache", "--format", "json")
    assert list(kept.glob("??/*"))
    monkeypatch.setattr("hopcheck.engine.searching.explore", lambda *_, **__: pytest.fail("an engine is asked"))
    monkeypatch.setattr("hopcheck.engine.check.prove", lambda *_, **__: pytest.fail("an engine is asked"))
    second = hopcheck("check", "models/counter.py", "--quiet", "--cache", "--format", "json")
    told = [
        [
            (each.name, each.outcome, each.method, each.second, each.states, each.trace)
            for each in from_json(a.out.encode()).properties
        ]
        for a in (first, second)
    ]
    assert told[0] == told[1]


def test_a_change_can_be_proved_from_the_cache(hopcheck: Hopcheck, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ("prove", "changes/one.toml", "--facts", "facts.json", "--quiet", "--cache")
    assert hopcheck(*asked).code == 0
    monkeypatch.setattr("hopcheck.engine.searching.explore", lambda *_, **__: pytest.fail("an engine is asked"))
    monkeypatch.setattr("hopcheck.engine.row_agreement.confirm_all", lambda *_, **__: pytest.fail("a solver is asked"))
    assert hopcheck(*asked).code == 0
