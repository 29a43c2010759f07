"""``hopcheck explain entries``: what every compat entry of a build is good for, as text and as data."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hopcheck.model.facts.load import dump
from tests.synthetic import Device, Source, facts

from .conftest import Hopcheck

BLK = "virtio-blk-device"
AT_5_0 = Source("5.0.0", ("5.0",), {}, {BLK: Device(props={"queue-size": 64})})
AT_5_1 = Source("5.1.0", ("5.0", "5.1"), {"5.0": ()}, {BLK: Device(props={"queue-size": 128})}).with_entry(
    "5.0", BLK, "queue-size", "64"
)


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Facts of two releases; the second changes a default, and has the entry for it, and one for nothing."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    spare = AT_5_1.with_entry("5.0", "nothing", "at-all", "1")
    dump(facts(tmp_path / "trees", _5_0=AT_5_0, _5_1=spare), tmp_path / "facts.json")
    return tmp_path / "facts.json"


def test_as_data(hopcheck: Hopcheck, known: Path) -> None:
    answer = hopcheck("explain", "entries", "--facts", known, "--format", "json", "--quiet")
    assert answer.code == 0, answer.err
    report = json.loads(answer.out)
    assert (report["schema"], report["build"], report["needed"]) == ("hopcheck-entries/1", "5.1", 1)
    needed, spare = report["entries"]
    assert (needed["entry"]["array"], needed["entry"]["driver"], needed["entry"]["value"]) == ("hw_compat_5_0", BLK, "64")
    assert (needed["entry"]["file"], needed["entry"]["line"]) == ("hw/core/machine.c", 2)
    hop = {"machine": "virt-5.0", "type": BLK, "source": "5.0", "destination": "5.1"}
    assert needed["witness"] == {**hop, "kept": "64", "lost": "128", "kind": "load error"}
    assert (spare["need"], spare["witness"]) == ("no driver", None)


def test_a_tree_is_read_once(hopcheck: Hopcheck, known: Path, tmp_path: Path) -> None:
    replace(AT_5_1, version="5.1.1").write(Path("tree"))
    assert hopcheck("explain", "entries", "--tree", "tree", "--facts", known, "--quiet").code == 0
    assert (tmp_path / "cache" / "hopcheck" / "source.sqlite3").is_file()


def test_the_format_is_for_entries(hopcheck: Hopcheck) -> None:
    answer = hopcheck("explain", "--format", "json")
    assert answer.code == 2
    assert "--format is for entries" in answer.err
