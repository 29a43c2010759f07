"""Texts that somebody would write into a name to break a report, and reports that are full of them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from hopcheck.report.schema.report import ChangeReport, ModelReport, Report

from .conftest import FAILING, SAFE, SILENT, TRACE, UNKNOWN, UNSAFE, VIOLATION

NASTY = (
    "a | b",
    "`x`` ```",
    "<script>alert(1)</script>",
    "</details></table>",
    "]]>",
    "&amp;",
    "\x00\x1b[31m\x7f",
    "\ufffe\uffff",
    "\u202e\u2066",
    "@everyone",
    "/close",
    "# heading",
    "![x](http://example.org/x.png)",
    "a\nb\r\nc",
    "1. list",
    "../../etc/passwd",
    "/etc/passwd",
    "\\",
    "",
)

names = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=("Cs",)), max_size=30))


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A report in which every free text may be anything."""
    text = draw(names)
    other = draw(names)
    trace = replace(TRACE, initial={**TRACE.initial, other or "x": text})
    found = [
        replace(each, id=text, why=other, file=text, device=other, known=draw(st.none() | names), remedy=text)
        for each in (SILENT, FAILING)
    ]
    properties = [replace(each, name=text, meaning=other, variant=other, reason=text) for each in (SAFE, UNKNOWN)]
    properties.append(replace(UNSAFE, name=other, expected_because=text, trace=trace))
    violation = replace(VIOLATION, id=other, why=text, rule=text, known=draw(st.none() | names))
    change = ChangeReport(text or "c", other, text, (other,), (text,), (other,), (text,), (other,), ())
    model = ModelReport(
        text or "m", tuple(properties), (f"{other}: the action never fires",), tuple(found), (text,), (other,), None, None
    )
    return Report(
        schema="hopcheck-report/1",
        hopcheck="0.0.0",
        job="prove",
        exit_code=draw(st.sampled_from((0, 1, 3, 4))),
        meaning=text,
        seconds=1.0,
        models=(replace(model, violations=(violation,)),),
        agreement=(text,),
        change=draw(st.sampled_from((None, change))),
    )
