"""How large the HTML page of a run is, and how long a browser takes to open it: with 1,000 findings, or as many as asked.

Needs Chromium and playwright: ``apt-get install chromium`` and ``pip install playwright``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from hopcheck.report.formats.saved import saved
from hopcheck.report.schema.report import FindingReport, Report
from hopcheck.report.webpage import webpage

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def many(report: Report, number: int) -> Report:
    """The report with its findings repeated until they are so many, each with a name of its own."""
    (model,) = (each for each in report.models if each.findings)
    found = [_numbered(model.findings[at % len(model.findings)], at + 1) for at in range(number)]
    return replace(report, models=(replace(model, findings=tuple(found), searches=()),))


def _numbered(found: FindingReport, number: int) -> FindingReport:
    return replace(found, number=number, id=f"{found.id} {number}", slug=f"{found.slug}-{number}")


def opening(file: Path, rounds: int) -> list[float]:
    """Seconds from asking for the page until it is loaded and its list is counted, once for each round."""
    from playwright.sync_api import expect, sync_playwright

    took = []
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        for _ in range(rounds):
            page = browser.new_context().new_page()
            started = time.monotonic()
            page.goto(file.as_uri())
            expect(page.locator("#count")).not_to_be_empty()
            took.append(time.monotonic() - started)
            page.context.close()
        browser.close()
    return took


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path, help="a report.json with findings, such as out/check/report.json")
    parser.add_argument("--findings", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    if CHROMIUM is None:
        print("there is no Chromium here: apt-get install chromium", file=sys.stderr)
        return 2
    report = saved(asked.report)
    if not isinstance(report, Report) or not report.findings:
        print(f"{asked.report} holds no findings", file=sys.stderr)
        return 2
    started = time.monotonic()
    text = webpage(many(report, asked.findings)).encode()
    made = time.monotonic() - started
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "report.html")
        file.write_bytes(text)
        took = opening(file, asked.rounds)
    print(f"{asked.findings:,} findings: {len(text) / 1e6:.1f} MB, made in {made:.2f} s")
    print(f"opened in {statistics.median(took):.2f} s (median of {asked.rounds}; {min(took):.2f} to {max(took):.2f} s)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
