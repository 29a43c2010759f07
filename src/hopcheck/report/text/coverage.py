"""What the verdicts about QEMU stand for: how much was looked at, what is unknown, and how well facts agree."""

from __future__ import annotations

from collections.abc import Sequence

from hopcheck.report.schema.report import CoverageReport, Gap
from hopcheck.report.text.notation import count
from hopcheck.report.text.page import Page


def write_coverage(page: Page, coverage: CoverageReport, files: str) -> None:
    """Counts; ``files``: the folder with the full lists, "" where none was written."""
    page.heading("Coverage")
    builds = coverage.builds
    page.paragraph(
        f"{coverage.triples:,} triples of machine type, device type and property over {len(builds)} builds, "
        f"{builds[0]} to {builds[-1]}; {coverage.constant:,} of them have one value wherever it is known.",
        indent=2,
        hang=2,
    )
    page.paragraph(
        f"{coverage.rows:,} different rows of values over the builds; {coverage.explored:,} of them were explored and "
        "stand for all.",
        indent=2,
        hang=2,
    )
    _write_gaps(page, "unknown", coverage.unknown, "with a value in some build that the facts do not tell", files)
    _write_gaps(page, "review", coverage.review, "new in some build, without a word about older ones", files)
    if coverage.doubtful:
        page.paragraph(
            f"doubtful: {count(len(coverage.doubtful), 'device property differs', 'device properties differ')} only on "
            f"machine types that may not have the device at all: no violation{_where('doubtful', files)}",
            indent=2,
            hang=2,
        )


def _write_gaps(page: Page, name: str, gaps: Sequence[Gap], what: str, files: str) -> None:
    if gaps:
        counted = count(len(gaps), "device property", "device properties")
        triples = sum(gap.triples for gap in gaps)
        page.paragraph(f"{name}: {counted} ({triples:,} triples) {what}{_where(name, files)}", indent=2, hang=2)


def _where(name: str, files: str) -> str:
    return f": {files}/{name}.tsv" if files else ""


def write_agreement(page: Page, agreement: Sequence[str]) -> None:
    """How well the facts agree with the binaries, a line for each comparison."""
    if agreement:
        page.heading("Facts against running binaries")
        for each in agreement:
            page.paragraph(each, indent=2, hang=2)
