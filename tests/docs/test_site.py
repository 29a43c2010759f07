"""The site is built without a warning, from the pages, the project's own files and what the command line says of itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import hopcheck
from hopcheck.cli.app import VERBS
from hopcheck.engine.models import bundled
from tests.docs.trial import PROJECT

pytestmark = [
    pytest.mark.skipif(
        any(find_spec(each) is None for each in ("mkdocs", "mkdocstrings_handlers")),
        reason="mkdocs and mkdocstrings are not installed: pip install '.[docs]'",
    ),
    pytest.mark.skipif(not (PROJECT / "model").is_dir(), reason="this is no checkout: pages link to the sources"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as strictly as can be."""
    folder = tmp_path_factory.mktemp("site")
    sources = str(Path(hopcheck.__file__).resolve().parents[1])
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": sources, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def _page(site: Path, name: str) -> str:
    return (site / name).read_text("utf-8")


def test_every_verb_and_every_setting_is_in_the_reference(site: Path) -> None:
    commands = _page(site, "reference/command-line.html")
    assert [verb for verb in VERBS if f"hopcheck {verb}</h2>" not in re.sub(r"<a .*?</a>", "", commands)] == []
    settings = _page(site, "reference/settings.html")
    assert [each.name for each in bundled() if each.settings is not None and f"{each.name}<" not in settings] == []


def test_docstrings_are_in_the_reference(site: Path) -> None:
    assert "Collects the declarations of a system" in _page(site, "reference/python/language.html")
    assert "An invariant: " in _page(site, "reference/python/properties.html")


def test_files_of_the_project_that_pages_link_to_are_shown(site: Path) -> None:
    assert "The way of a model" in _page(site, "project/ARCHITECTURE.html")
    assert "class AllowedHops" in re.sub(r"<[^>]*>", "", _page(site, "project/model/domain/num_queues.py.html"))


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    loaded = re.compile(r"""(?:<script[^>]*\ssrc|<link[^>]*\shref|<img[^>]*\ssrc)=["'](https?:)?//""")
    assert [page.name for page in site.rglob("*.html") if loaded.search(page.read_text("utf-8"))] == []
