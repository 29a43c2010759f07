"""The page: everything of the report is in it, nothing in it is markup that a report smuggled in, nothing is loaded."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hopcheck.report.schema.report import FindingReport, Report, TraceReport, TraceStep, ViolationReport
from hopcheck.report.webpage import webpage

VOID = {"meta", "link", "br", "input", "img", "hr"}
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&<!--]]>\u2028\x00"


class Parsed(HTMLParser):
    """Elements with their attributes, the text, and whether every element was closed where it should be."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes {self.open[-1]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)


def test_the_page_is_well_formed_and_says_what_the_report_says(report: Report) -> None:
    parsed = Parsed(webpage(report))
    assert not parsed.open
    text = " ".join(parsed.text.split())
    assert report.meaning in text
    for found in report.findings:
        assert found.name in text
        assert found.why in text
        assert found.remedy in text
        for step in found.chain:
            assert f"QEMU {step.build}" in text
    for each in report.violations:
        assert each.id in text
    for prop in report.properties:
        assert prop.name in text
        assert prop.expected_because in text


def test_every_finding_and_property_can_be_opened(report: Report) -> None:
    parsed = Parsed(webpage(report))
    classes = [(attributes.get("class") or "").split() for tag, attributes in parsed.elements if tag == "details"]
    assert sum("finding" in each for each in classes) == len(report.findings) + len(report.violations)
    assert sum("property" in each for each in classes) == len(report.properties)
    ids = [attributes["id"] for _, attributes in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_nothing_is_loaded_and_only_the_pages_own_script_runs(report: Report) -> None:
    page = webpage(report)
    parsed = Parsed(page)
    policy = next(each["content"] for tag, each in parsed.elements if each.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert parsed.count("script") == 1
    for tag, attributes in parsed.elements:
        assert not set(attributes) & {"src", "srcset", "style", "action", "data"}, tag
        assert not [name for name in attributes if name.startswith("on")], tag
        assert not (attributes.get("href") or "#").startswith(("http", "//", "javascript"))
    assert "http-equiv" in page
    assert not re.search(r"url\(|@import", page)


@settings(max_examples=60, deadline=None)
@given(words=st.text(max_size=40))
def test_no_text_of_a_report_becomes_markup(words: str) -> None:
    from .conftest import COVERAGE, SILENT, TRACE, UNSAFE, VIOLATION

    plain, hostile = (_said(text, SILENT, VIOLATION, TRACE, UNSAFE, COVERAGE) for text in ("x", words + HOSTILE))
    one, other = Parsed(webpage(plain)), Parsed(webpage(hostile))
    assert not other.open
    assert [tag for tag, _ in one.elements] == [tag for tag, _ in other.elements]
    assert [sorted(each) for _, each in one.elements] == [sorted(each) for _, each in other.elements]


def _said(text, finding: FindingReport, violation: ViolationReport, trace: TraceReport, prop, coverage) -> Report:  # type: ignore[no-untyped-def]
    """A report that says this text wherever a fact, a model or a file may put one."""
    from hopcheck.report.schema.report import SCHEMA, Advice, ChangeReport, ModelReport

    run = TraceReport({text: text}, (TraceStep(text, {text: text}, {text: (text, text)}),))
    found = replace(finding, device=text, prop=text, why=text, old=text, new=text, id=text, file=text, types=(text, text))
    found = replace(found, machine=text, trace=run, known=text, also=(text,), remedy=text)
    broken = replace(
        violation, id=text, why=text, rule=text, shown=replace(prop, name=text, trace=run), settings={text: text}
    )
    told = replace(prop, name=text, meaning=text, reason=text, variant=text, trace=run, model=text)
    model = ModelReport(text, (told,), (text,), (found,), (text,), (text,), coverage, None, violations=(broken,))
    change = ChangeReport(text, text, text, (text,), (text,), (text,), (text,), warnings=(Advice(text, text),))
    return Report(SCHEMA, "0", "prove", 1, text, 1.0, (model,), (text,), change)


def test_values_that_hold_for_several_builds_are_told_once(report: Report) -> None:
    from hopcheck.report.webpage.view import spans

    told = [(span.first, span.last, span.width, span.known) for span in spans(report.findings[0].values)]
    assert told == [("8.0", "8.0", 1, True), ("8.0.5-debian", "8.0.5-debian", 1, False), ("8.1", "8.2", 2, True)]


@pytest.mark.parametrize(("code", "word"), [(0, "as expected"), (1, "against expectation"), (3, "inconclusive")])
def test_the_verdict_is_the_first_word(report: Report, code: int, word: str) -> None:
    page = webpage(replace(report, exit_code=code, change=None))
    assert f"<title>{word}: hopcheck" in page
