"""Every snippet and command of the README and of the pages does what the page says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.docs.pages import blocks
from tests.docs.stand_in import qemu
from tests.docs.trial import PROJECT, attempt

PAGES = (PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md")))


def _name(page: Path) -> str:
    return page.relative_to(PROJECT).as_posix()


@pytest.mark.parametrize("page", [pytest.param(each, id=_name(each)) for each in PAGES if blocks(each)])
def test_page_works_as_written(page: Path, tmp_path: Path) -> None:
    with_qemu = "~/qemu" in page.read_text("utf-8")
    if with_qemu and shutil.which("git") is None:
        pytest.skip("git is not installed")
    attempt(page, tmp_path, prepare=qemu if with_qemu else None)


def test_few_blocks_are_left_out() -> None:
    left_out = {f"{_name(page)}:{each.line}": each.reason for page in PAGES for each in blocks(page) if each.reason}
    assert all(len(reason) > 10 for reason in left_out.values()), "say why"
    assert len(left_out) <= 12, left_out
