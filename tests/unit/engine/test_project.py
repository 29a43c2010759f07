"""The table [tool.hopcheck]: what it says, and that nothing it says by mistake is passed over."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopcheck.engine.own.project import find_project, read_project
from hopcheck.model.errors import InputError


def project(folder: Path, text: str) -> Path:
    (folder / "pyproject.toml").write_text(text)
    return folder


def files(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")


def test_what_a_project_says(tmp_path: Path) -> None:
    files(tmp_path, "changes/a.toml", "changes/deep/b.toml", "changes/c.txt", "models/m.py")
    text = """
        [tool.hopcheck]
        changes = ["changes/**/*.toml"]
        models = ["models/m.py"]
        bundled = ["fleet"]
        facts = "facts.json"
        prove-seconds = 0
        vacuity = "error"
        [tool.hopcheck.expect]
        "changes/deep/b.toml" = "unsafe"
    """
    found = read_project(project(tmp_path, text))
    assert found is not None
    found.check()
    assert [found.name(path) for path in found.change_files()] == ["changes/a.toml", "changes/deep/b.toml"]
    assert [found.name(path) for path in found.model_files()] == ["models/m.py"]
    assert (found.bundled, found.facts, found.prove_seconds, found.vacuity) == (("fleet",), tmp_path / "facts.json", 0, True)
    assert found.expected(tmp_path / "changes/a.toml") == "safe"
    assert found.expected(tmp_path / "changes/deep/b.toml") == "unsafe"


@pytest.mark.parametrize(
    "text", [None, "", "[tool.other]\nx = 1\n", '[project]\nname = "hopcheck-user"\n', "tool = 3\n# hopcheck\n"]
)
def test_a_project_that_asks_for_nothing(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        project(tmp_path, text)
    assert read_project(tmp_path) is None


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("change = []", "has no key 'change'; write one of changes, models"),
        ("changes = 'a.toml'", "changes is of the wrong type"),
        ("changes = [3]", "changes is no list of texts"),
        ("changes = ['']", "changes is no list of texts"),
        ("changes = ['/etc/*.toml']", "write a path below the file's own folder"),
        ("models = ['../*.py']", "write a path below the file's own folder"),
        ("models = ['a\\b.py']", "write a path below the file's own folder"),
        ("changes = ['.']", "write a path below the file's own folder"),
        ("facts = 3", "facts is of the wrong type"),
        ("prove-seconds = true", "prove-seconds is no number of seconds"),
        ("prove-seconds = nan", "prove-seconds is no number of seconds"),
        ("prove-seconds = -1", "prove-seconds is no number of seconds"),
        ("vacuity = 'warn'", "vacuity cannot be 'warn'; write 'ignore' or 'error'"),
        ("vacuity = []", "vacuity cannot be"),
        ("expect = { 'a.toml' = 'broken' }", "cannot expect 'broken' of 'a.toml'; write one of safe, unsafe, unknown"),
        ("expect = { 'a.toml' = [] }", "cannot expect"),
        ("changes = ['changes/*.toml']", "changes names 'changes/\\*.toml', and no file is called so"),
        ("models = ['models']", "models names 'models', and no file is called so"),
        ("expect = { 'a.toml' = 'unsafe' }", "expect names 'a.toml', which is none of the changes"),
    ],
)
def test_a_mistake_is_an_error(tmp_path: Path, table: str, said: str) -> None:
    (tmp_path / "models").mkdir()
    project(tmp_path, f"[tool.hopcheck]\n{table}\n")
    with pytest.raises(InputError, match=said) as caught:
        _checked(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'pyproject.toml'}: [tool.hopcheck] ")


def _checked(folder: Path) -> None:
    found = read_project(folder)
    assert found is not None
    found.check()


@pytest.mark.parametrize("text", ["[tool.hopcheck", "hopcheck = \xff", "[tool]\nhopcheck = 3\n"])
def test_a_file_that_is_no_project(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=r"is no TOML|is no table"):
        read_project(tmp_path)


def test_the_nearest_project_counts(tmp_path: Path) -> None:
    project(tmp_path, "[tool.hopcheck]\nbundled = ['fleet']\n")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    project(tmp_path / "a", "[project]\n")
    found = find_project(below)
    assert found is not None
    assert found.root == tmp_path


NAMES = st.lists(st.sampled_from(["a", "b.toml", "c.py", "ab"]), min_size=1, max_size=3).map("/".join)
PATTERNS = st.lists(st.sampled_from(["a", "*", "**", "*.toml", "?", "ab", "b.toml"]), min_size=1, max_size=3).map("/".join)


@given(names=st.sets(NAMES, max_size=5), pattern=PATTERNS)
def test_a_file_is_named_by_a_pattern_if_the_pattern_finds_it(
    tmp_path_factory: pytest.TempPathFactory, names: set[str], pattern: str
) -> None:
    folder = tmp_path_factory.mktemp("project")
    for name in sorted(names, reverse=True):
        if not (folder / name).exists() and not any(each.is_file() for each in (folder / name).parents if each != folder):
            files(folder, name)
    made = read_project(project(folder, f"[tool.hopcheck]\nchanges = ['{pattern}']\n"))
    assert made is not None
    there = [path for path in folder.rglob("*") if path.is_file()]
    try:
        found = made.change_files()
    except InputError:
        found = ()
    # A pattern that ends in ** finds folders alone.
    if not pattern.endswith("**"):
        assert {path for path in there if made.is_change(path)} == set(found)
