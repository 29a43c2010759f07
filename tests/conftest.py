"""What the tests tell beside passing: the confusion tables of predictions against recorded runs."""

from __future__ import annotations

from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print each confusion table that a test recorded, with several workers too."""
    reports = [report for found in terminalreporter.stats.values() for report in found if hasattr(report, "user_properties")]
    tables = {report.nodeid: value for report in reports for name, value in report.user_properties if name == "confusion"}
    for test, table in sorted(tables.items()):
        terminalreporter.section(f"predictions against recorded runs: {test.rpartition('[')[2].rstrip(']')}")
        for line in table:
            terminalreporter.write_line(line)
