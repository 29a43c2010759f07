"""What holds for all tests: no test is about time, and the confusion tables are told beside passing."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

# How long an example takes says more about the machine's load than about the code.
settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print each confusion table that a test recorded, with several workers too."""
    reports = [report for found in terminalreporter.stats.values() for report in found if hasattr(report, "user_properties")]
    tables = {report.nodeid: value for report in reports for name, value in report.user_properties if name == "confusion"}
    for test, table in sorted(tables.items()):
        terminalreporter.section(f"predictions against recorded runs: {test.rpartition('[')[2].rstrip(']')}")
        for line in table:
            terminalreporter.write_line(line)
