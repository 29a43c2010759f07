"""The cache of answers fails closed: whatever is odd about it counts as nothing kept."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopcheck.engine.cache import verdicts as verdict_cache
from hopcheck.engine.cache.installation import installation
from hopcheck.engine.cache.verdicts import VerdictCache, open_verdict_cache

QUESTION = ["a model", 3]


@dataclass(frozen=True, slots=True)
class Known:
    """An answer."""

    text: str
    numbers: tuple[int, ...] = ()


ANSWER = Known("yes", (1, 2))


@pytest.fixture
def cache(tmp_path: Path) -> VerdictCache:
    return VerdictCache(tmp_path / "verdicts", "this one")


def entry(cache: VerdictCache) -> Path:
    """The file of the one answer."""
    (found,) = [each for each in cache.folder.glob("??/*") if not each.name.startswith(".")]
    return found


def test_what_is_kept_is_recalled(cache: VerdictCache) -> None:
    assert cache.recall("search", QUESTION, Known) is None
    cache.keep("search", QUESTION, ANSWER)
    assert cache.recall("search", QUESTION, Known) == ANSWER
    assert [each.name for each in cache.folder.glob("??/.*")] == []


@pytest.mark.parametrize(
    ("kind", "question", "installed"),
    [("proof", QUESTION, "this one"), ("search", ["a model", 4], "this one"), ("search", QUESTION, "another one")],
)
def test_another_question_finds_nothing(cache: VerdictCache, kind: str, question: object, installed: str) -> None:
    cache.keep("search", QUESTION, ANSWER)
    assert replace(cache, installation=installed).recall(kind, question, Known) is None


@given(st.data())
def test_one_changed_byte_is_noticed(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    cache = VerdictCache(tmp_path_factory.mktemp("cache"), "this one")
    cache.keep("search", QUESTION, ANSWER)
    path = entry(cache)
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    assert cache.recall("search", QUESTION, Known) is None


@given(st.integers(0, 400))
def test_a_file_that_was_cut_off_is_noticed(tmp_path_factory: pytest.TempPathFactory, length: int) -> None:
    cache = VerdictCache(tmp_path_factory.mktemp("cache"), "this one")
    cache.keep("search", QUESTION, ANSWER)
    path = entry(cache)
    whole = path.read_bytes()
    path.write_bytes(whole[:length])
    assert cache.recall("search", QUESTION, Known) == (ANSWER if length >= len(whole) else None)


@pytest.mark.parametrize(
    "content",
    [
        b'{"text":"yes","numbers":[1,2],"more":1}',
        b'{"text":"yes"}',
        b'{"numbers":[1,2],"text":"yes"}',
        b'{"text":"no","text":"yes","numbers":[1,2]}',
        b'{"text":"yes","numbers":[1,"2"]}',
        b'{"text":"yes","numbers":[1,2]} ',
        b"[" * 100_000,
        b"",
    ],
)
def test_a_right_checksum_does_not_make_odd_content_good(cache: VerdictCache, content: bytes) -> None:
    cache.keep("search", QUESTION, ANSWER)
    path = entry(cache)
    path.write_bytes(verdict_cache._header(path.name, content) + content)
    assert cache.recall("search", QUESTION, Known) is None


def test_an_answer_cannot_take_the_place_of_another(cache: VerdictCache) -> None:
    cache.keep("search", QUESTION, ANSWER)
    first = entry(cache)
    stolen = first.read_bytes()
    first.unlink()
    cache.keep("search", ["a model", 4], Known("no"))
    entry(cache).write_bytes(stolen)
    assert cache.recall("search", ["a model", 4], Known) is None


def test_a_link_is_no_answer(cache: VerdictCache, tmp_path: Path) -> None:
    cache.keep("search", QUESTION, ANSWER)
    path = entry(cache)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert cache.recall("search", QUESTION, Known) is None
    path.unlink()
    os.mkfifo(path)
    assert cache.recall("search", QUESTION, Known) is None


def test_trouble_with_the_folder_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    cache = open_verdict_cache(tmp_path / "file")
    cache.keep("search", QUESTION, ANSWER)
    assert cache.recall("search", QUESTION, Known) is None
    cache = open_verdict_cache(tmp_path / "folder")
    cache.keep("search", QUESTION, object())
    assert not (tmp_path / "folder").exists()


def test_a_large_answer_is_not_kept(cache: VerdictCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdict_cache, "MAX_ENTRY", 20)
    cache.keep("search", QUESTION, Known("x" * 100))
    assert not cache.folder.exists()


def test_what_was_not_used_for_longest_is_removed(tmp_path: Path) -> None:
    cache = VerdictCache(tmp_path, "this one")
    for number in range(20):
        cache.keep("search", number, Known("x" * 1000))
        os.utime(cache._path(cache._key("search", number)), (number, number))
    assert cache.recall("search", 0, Known) is not None  # being used counts
    open_verdict_cache(tmp_path, most=15_000)
    left = [number for number in range(20) if cache.recall("search", number, Known) is not None]
    assert left == [0, *range(20 - len(left) + 1, 20)]
    assert sum(path.stat().st_size for path in tmp_path.glob("??/*")) <= 7500


def test_many_may_write_at_once(cache: VerdictCache) -> None:
    answers = [Known(str(number), tuple(range(200))) for number in range(8)]
    seen: list[Known | None] = []

    def work(answer: Known) -> None:
        for _ in range(20):
            cache.keep("search", QUESTION, answer)
            seen.append(cache.recall("search", QUESTION, Known))

    threads = [threading.Thread(target=work, args=(each,)) for each in answers]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert set(seen) <= set(answers)
    assert len(list(cache.folder.glob("??/*"))) == 1


def test_the_installation_is_told_by_the_content_of_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "hopcheck"
    for part in ("engine", "model", "report"):
        (package / part).mkdir(parents=True)
        (package / part / "a.py").write_text("1")
    (package / "__init__.py").write_text("")
    monkeypatch.setattr("hopcheck.__file__", str(package / "__init__.py"))

    def now() -> str:
        installation.cache_clear()
        return installation()

    try:
        first = now()
        assert now() == first
        (package / "report" / "a.py").write_text("2")
        assert now() == first
        (package / "model" / "a.py").write_text("2")
        second = now()
        assert second != first
        monkeypatch.setattr("hopcheck.engine.cache.installation.metadata.version", lambda name: "another")
        assert now() not in (first, second)
    finally:
        installation.cache_clear()
