"""Who follows the page on CI has a job that fails, and then one that passes."""

from __future__ import annotations

from pathlib import Path

from tests.docs.pages import Block, blocks

from .conftest import ROOT, Pytest

PAGE = ROOT / "docs" / "how-to" / "ci.md"


def test_the_page_leads_to_a_red_job_and_then_to_a_green_one(run: Pytest, project: Path) -> None:
    for path in (project / "changes").iterdir():
        path.unlink()
    written = [each for each in blocks(PAGE) if each.file in ("pyproject.toml", "changes/queue-size.toml")]
    first, change, mended = written
    for block in (first, change):
        _write(project, block)
    red = run()
    assert (red.code, red.counts) == (1, {"failed": 1})
    assert 'missing   hw_compat_11_0: { "virtio-blk-device", "queue-size", "256" }' in red.out
    _write(project, mended)
    green = run()
    assert (green.code, green.counts) == (0, {"passed": 1})


def _write(project: Path, block: Block) -> None:
    assert block.file is not None
    (project / block.file).write_text(block.text)
