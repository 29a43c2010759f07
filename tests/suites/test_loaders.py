"""What the loaders share: packed files, and the published answers beside them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from hopcheck.model.errors import InputError

from . import packed
from .expected import Case, cases


def test_a_packed_file_is_unpacked(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"text", mtime=0))
    assert packed.unpack(tmp_path / "a.gz") == b"text"


def _damaged(content: bytes) -> bytes:
    return content[:20] + bytes([content[20] ^ 0xFF]) + content[21:]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (gzip.compress(b"some text " * 100, mtime=0)[:-9], "ends early"),
        (b"plain text", "no sound gzip file"),
        (_damaged(gzip.compress(bytes(range(256)), mtime=0)), "no sound gzip file"),
    ],
)
def test_a_broken_file_is_an_input_error(tmp_path: Path, content: bytes, what: str) -> None:
    (tmp_path / "broken.gz").write_bytes(content)
    with pytest.raises(InputError, match=rf"broken\.gz: .*{what}"):
        packed.unpack(tmp_path / "broken.gz")


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.gz: it cannot be read"):
        packed.unpack(tmp_path / "missing.gz")


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MOST_BYTES", 1000)
    (tmp_path / "fits.gz").write_bytes(gzip.compress(bytes(1000)))
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(bytes(1001)))
    assert len(packed.unpack(tmp_path / "fits.gz")) == 1000
    with pytest.raises(InputError, match="more than 1000 bytes"):
        packed.unpack(tmp_path / "bomb.gz")


def _suite(root: Path, monkeypatch: pytest.MonkeyPatch, published: str) -> None:
    (root / "mcc").mkdir()
    (root / "mcc" / "a.b-1.pnml.gz").write_bytes(b"")
    (root / "mcc" / "expected.json").write_text(published)
    monkeypatch.setenv("HOPCHECK_SUITES", str(root))


def test_a_model_is_named_by_its_file_and_finds_its_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _suite(tmp_path, monkeypatch, '{"a.b-1": {"states": 3, "further": null}, "other": {}}')
    (found,) = cases("mcc", ".pnml.gz")
    assert found.id == "a.b-1"
    assert found.values[0].answers == {"states": 3}


@pytest.mark.parametrize(
    ("published", "what"),
    [("{}", "has no entry 'a.b-1'"), ('{"a.b-1": {"transitions": 3}}', "has no number of states")],
)
def test_a_model_without_an_answer_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, published: str, what: str) -> None:
    _suite(tmp_path, monkeypatch, published)
    case: Case = cases("mcc", ".pnml.gz")[0].values[0]
    with pytest.raises(pytest.fail.Exception, match=what):
        _ = case.answers


@pytest.mark.parametrize("published", ["{", "[]", '{"a": 1}'])
def test_published_answers_that_cannot_be_read_are_an_input_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, published: str
) -> None:
    _suite(tmp_path, monkeypatch, published)
    with pytest.raises(InputError, match=r"expected\.json"):
        cases("mcc", ".pnml.gz")


def test_without_models_the_suite_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOPCHECK_SUITES", str(tmp_path / "nowhere"))
    (found,) = cases("mcc", ".pnml.gz")
    assert [mark.name for mark in found.marks] == ["skip"]
    assert "HOPCHECK_SUITES" in found.marks[0].kwargs["reason"]
