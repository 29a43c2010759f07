"""The sections of the migration stream from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Hopcheck


def _facts(tmp_path: Path, **changes: Any) -> Path:
    """Two builds with one device, whose section the newer one sends in a version that the older one does not know."""

    def build(name: str, version: int) -> dict[str, Any]:
        description = {"name": "dev", "version": version, "minimum_version": 1, "fields": [{"name": "a", "size": 4}]}
        section = {"name": "dev", "version": version, "minimum_version": 1, "description": {**description, **changes}}
        return {
            "name": name,
            "version": name,
            "kind": "binary",
            "origin": "by hand",
            "compat_arrays": {},
            "machines": {},
            "types": {},
            "vmstate": {"dev": section},
        }

    path = tmp_path / "facts.json"
    path.write_text(json.dumps({"schema": "hopcheck-facts/1", "builds": [build("1.0", 1), build("2.0", 2)]}))
    return path


def test_facts_with_sections_are_checked_in_both_directions(hopcheck: Hopcheck, tmp_path: Path) -> None:
    answer = hopcheck("check", "vmstate", "--facts", _facts(tmp_path), "--quiet")
    assert answer.code == 1
    assert "vmstate.dev: version too new @ 2.0" in answer.out
    assert "2.0 -> 1.0" in answer.out
    assert "1.0 -> 2.0" not in answer.out


def test_a_baseline_of_ones_own_makes_it_known(hopcheck: Hopcheck, tmp_path: Path) -> None:
    known = tmp_path / "known.toml"
    known.write_text('[[finding]]\nid = "vmstate.dev: version too new @ 2.0"\nreason = "nobody goes back"\n')
    answer = hopcheck("check", "vmstate", "--facts", _facts(tmp_path), "--baseline", known, "--quiet")
    assert answer.code == 0


def test_explain_shows_pairs_findings_and_open_questions(hopcheck: Hopcheck) -> None:
    answer = hopcheck("explain", "vmstate")
    assert answer.code == 0
    assert "154 / 2 / 6" in answer.out
    assert "vmstate.virtio-iommu: version too old @ 7.2.22" in answer.out
    assert "subsection unknown in tpm-crb: tpm-crb/chunk" in answer.out


def test_explain_tells_one_finding(hopcheck: Hopcheck, tmp_path: Path) -> None:
    answer = hopcheck("explain", "vmstate.dev", "--facts", _facts(tmp_path), "--quiet")
    assert answer.code == 0
    assert "version 2 is sent, 1 is the newest that is loaded" in " ".join(answer.out.split())


@pytest.mark.parametrize(
    ("name", "said"),
    [("vmstate.nothing-like-it", "there is no finding"), ("vmstate.v", "may mean 2 findings")],
)
def test_a_name_that_means_no_finding_or_several(hopcheck: Hopcheck, name: str, said: str) -> None:
    answer = hopcheck("explain", name, "--quiet")
    assert answer.code == 2
    assert said in answer.err


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"version": -1}, "Expected `int` >= 0"),
        ({"fields": [{"name": "a", "size": 4, "count": 1 << 40}]}, "Expected `int` <= 2147483647"),
        ({"fields": [{"name": "a", "width": 4}]}, "unknown field `width`"),
    ],
)
def test_sections_that_cannot_be(hopcheck: Hopcheck, tmp_path: Path, changes: Any, said: str) -> None:
    answer = hopcheck("check", "vmstate", "--facts", _facts(tmp_path, **changes), "--quiet")
    assert answer.code == 2
    assert "vmstate['dev']" in answer.err
    assert said in answer.err


def test_descriptions_nested_too_deeply(hopcheck: Hopcheck, tmp_path: Path) -> None:
    nested: dict[str, Any] = {"name": "x", "version": 1, "minimum_version": 1}
    for _ in range(40):
        nested = {**nested, "fields": [{"name": "in", "size": 1, "description": nested}]}
    answer = hopcheck("check", "vmstate", "--facts", _facts(tmp_path, fields=nested["fields"]), "--quiet")
    assert answer.code == 2
    assert "nested more than 32 deep" in answer.err


def test_the_model_can_be_exported(hopcheck: Hopcheck, tmp_path: Path) -> None:
    answer = hopcheck("export", "vmstate", "--facts", _facts(tmp_path), "--to", "murphi", "--quiet")
    assert answer.code == 0
    assert "migrate_fails" in answer.out
    assert hopcheck("export", "vmstate", "--to", "murphi", "--rows", "1", "--quiet").code == 2
