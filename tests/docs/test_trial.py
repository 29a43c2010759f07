"""The trial of pages: what it accepts, and that a page that says something else than what happens does not pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import blocks
from tests.docs.shell import Shell, looks_like
from tests.docs.trial import PageError, attempt


def _attempt(text: str, folder: Path) -> None:
    page = folder / "page.md"
    page.write_text(text, "utf-8")
    (folder / "trial").mkdir()
    attempt(page, folder / "trial")


def _console(*lines: str) -> str:
    return "\n".join(["```console", *lines, "```", ""])


@pytest.mark.parametrize(
    "page",
    [
        _console("$ printf 'a\\nb\\nc\\n'", "a", "...", "c"),
        _console("$ mkdir deep && cd deep", "$ basename $PWD", "deep") + _console("$ basename $PWD", "deep"),
        _console("$ (exit 7) || echo $?", "7"),
        _console("$ echo took 1.25 s", "took ... s"),
        _console("$ echo a \\", "    b", "a b"),
        "```python\nx = 2\n```\ntext\n```python\nassert x == 2\n```\n",
        "```toml\n# folder/a.toml: a remark\nx = 1\n```\n\n```console\n$ tail -n 1 folder/a.toml\nx = 1\n```\n",
        "<!-- not run: it would not come back -->\n```sh\nfalse\n```\n",
        "- an item\n\n    ```sh\n    true\n    ```\n",
        "```text\nanything\n```\n",
        "```toml\nx = 1\n```\n",
        _console("$ hopcheck models fleet", "fleet", "..."),
        _console("$ hopcheck models flet", "hopcheck: ...", "..."),
    ],
)
def test_what_happens_as_written_passes(page: str, tmp_path: Path) -> None:
    _attempt(page, tmp_path)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (_console("$ echo one", "two"), "writes"),
        (_console("$ printf 'a\\nb\\n'", "a"), "writes"),
        (_console("$ echo a", "...", "b"), "writes"),
        (_console("$ false"), "ends with 1"),
        (_console("$ hopcheck models flet"), "ends with 2"),
        (_console("$ hopcheck models flet", "..."), "ends with 2"),
        ("```sh\nfalse\n```\n", "ends with 1"),
        ("```toml\nx = \n```\n", "no TOML"),
        ("<!-- not run: elsewhere -->\n\ntext\n\n```sh\nfalse\n```\n", "ends with 1"),
    ],
)
def test_what_happens_otherwise_does_not_pass(page: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(PageError, match=said):
        _attempt(page, tmp_path)


def test_an_assertion_of_a_page_counts(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="AssertionError"):
        _attempt("```python\nassert 1 == 2\n```\n", tmp_path)


@pytest.mark.parametrize("page", ["```cobol\n```\n", "```sh\ntrue\n"])
def test_a_block_that_nobody_can_try_is_refused(page: str, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(page, "utf-8")
    with pytest.raises(ValueError, match=r"page\.md:1"):
        blocks(tmp_path / "page.md")


def test_progress_is_not_output(tmp_path: Path) -> None:
    with Shell(tmp_path, {"PATH": "/usr/bin:/bin"}) as shell:
        assert shell.run("echo 'hopcheck:    6 s  exploring' >&2; echo a").lines == ("a",)


def test_dots_stand_for_any_lines_or_any_text() -> None:
    assert looks_like(["a", "b", "c"], ["...", "c"])
    assert looks_like(["a"], ["a", "..."])
    assert not looks_like(["a", "b"], ["a..."])
    assert not looks_like(["abc"], ["b"])
