"""The table of a storage policy as text: each rule with what the model says of its disks, and the traces."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from hopcheck.engine.libvirt.storage import Row, Says
from hopcheck.report.text.notation import count
from hopcheck.report.text.page import Look, Page

_STYLES = {Says.SAFE: "green", Says.AFTER_A_FAULT: "yellow", Says.UNSAFE: "red", Says.NEVER: "dim"}


def storage_text(title: str, rows: Sequence[Row], look: Look) -> str:
    """The policy's table rule by rule: accepted or refused, and of which disks the model says what, and why."""
    page = Page(look)
    page.line(title, "bold")
    for rule, decided in groupby(rows, key=lambda row: (row.rule, row.text, row.accepts)):
        number, text, accepts = rule
        page.heading(f"{number}  {text}: {'accepted' if accepts else 'refused'}")
        for row in decided:
            _write_row(page, row)
    page.heading("In sum")
    page.paragraph(_sum(rows), indent=2)
    return page.text


def _write_row(page: Page, row: Row) -> None:
    page.labelled(str(row.says), f"{count(row.count, 'disk')}: {'; '.join(row.disks)}", indent=2, margin=22)
    if row.why:
        page.labelled("", row.why, _STYLES[row.says], indent=2, margin=22)
    if row.trace:
        page.labelled("", f"{row.example}: {' > '.join(row.trace)} ({row.violates})", "dim", indent=2, margin=22)
    if row.stricter:
        page.labelled("", "the policy is stricter than it need be", "yellow", indent=2, margin=22)


def _sum(rows: Sequence[Row]) -> str:
    laxer = sum(row.count for row in rows if row.laxer)
    stricter = sum(row.count for row in rows if row.stricter)
    every = sum(row.count for row in rows)
    return (
        f"Of {count(every, 'disk')} the policy accepts {laxer} that the model shows unsafe, and refuses {stricter} that it "
        "shows safe."
    )
