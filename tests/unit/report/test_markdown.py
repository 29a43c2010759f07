"""Markdown: the verdict first, what breaks in full, bounded, and nothing in a name means anything."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopcheck.report.formats.markdown import markdown
from hopcheck.report.formats.markdown_text import block, code, plain
from hopcheck.report.gathering.told import told
from hopcheck.report.schema.report import Report

from .hostile import NASTY, names, reports


def _text(report: Report, most: int = 60_000) -> str:
    return markdown(report, told(report), most)


def test_the_verdict_comes_first_and_the_missing_entry_is_told(report: Report) -> None:
    text = _text(report)
    assert text.splitlines()[0] == "## ❌ hopcheck check"
    assert text.splitlines()[2].startswith("**1 finding is new.")
    assert 'Missing: `hw_compat_8_0: { "toy-device", "queues", "1" }`' in text
    assert "| 2 | migrate: QEMU 8.1, pc-q35-8.0 | `queues=<auto>, guest has seen=1, status=running` | **here** |" in text
    assert text.index("(HOP001") < text.index("(HOP063")


def test_everything_has_its_place(report: Report) -> None:
    text = _text(report)
    for each in ("### Against expectation", "### Nobody can tell", "Known, or to be looked at", "Coverage of device"):
        assert each in text
    assert "1,234,567" in text
    assert "repaired in 8.2" in text


@pytest.mark.parametrize("most", [1500, 3000, 60_000])
def test_it_is_bounded_and_says_what_it_leaves_out(report: Report, most: int) -> None:
    text = _text(report, most)
    assert len(text) <= most
    assert ("left out" in text) is (most < 10_000)
    assert text.count("<details>") == text.count("</details>")


class Elements(HTMLParser):
    """The elements that a browser would see in a rendered page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.words: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


ELEMENTS = {
    *("h2", "h3", "h4", "p", "strong", "em", "code", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"),
    *("details", "summary", "sub", "br"),
}


def _rendered(text: str) -> Elements:
    parser = pytest.importorskip("markdown_it", reason="markdown-it-py renders Markdown: pip install markdown-it-py")
    seen = Elements()
    seen.feed(parser.MarkdownIt("gfm-like", {"linkify": False}).render(text))
    return seen


@given(reports())
def test_no_name_makes_an_element_a_link_or_a_mention(report: Report) -> None:
    text = _text(report)
    seen = _rendered(text)
    assert set(seen.names) <= ELEMENTS
    assert seen.links == []
    outside = re.sub(r"(`+).*?\1", "", text, flags=re.DOTALL)
    assert "@everyone" not in outside
    assert "\x1b" not in text
    assert "\u202e" not in text


@given(names)
def test_a_name_reads_as_it_is(name: str) -> None:
    wanted = " ".join(re.sub(CONTROL, " ", name).split())
    for made, empty in ((plain(name), ""), (code(name), '""')):
        shown = "".join(_rendered(f"x {made} x").words).replace("\u200b", "")
        assert " ".join(shown.split()) == " ".join(f"x {wanted or empty} x".split())


CONTROL = r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]"


@given(st.lists(names).map("\n".join))
def test_a_block_stays_a_block(text: str) -> None:
    made = f"{block(text, 'diff')}\n\nafter\n"
    assert _rendered(made).names == ["pre", "code", "p"]


def test_a_table_keeps_its_columns() -> None:
    for name in NASTY:
        row = f"| a | b |\n| --- | --- |\n| {plain(name)} | {code(name)} |\n"
        assert _rendered(row).names.count("td") == 2, name


def test_a_report_with_nothing_in_it(report: Report) -> None:
    text = _text(replace(report, models=(), agreement=(), exit_code=0))
    assert text.startswith("## ✅ hopcheck check")
