"""Tests pass where verdicts are as expected, and fail with the trace; verdicts are kept from run to run."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from .conftest import CHANGE, ENTRY, Pytest

NO_ENGINE = """
import hopcheck.engine.searching as searches
import hopcheck.engine.check as checking

def never(*_, **__):
    raise AssertionError("an engine is asked")

searches.explore = checking.prove = never
"""


def test_an_unsafe_change_fails_with_its_chain(run: Pytest) -> None:
    ran = run()
    assert ran.code == 1
    assert ran.counts == {"failed": 1, "passed": 5}
    assert 'missing   hw_compat_8_2: { "toy-device", "queues", "1" }' in ran.out
    assert re.search(r"chain +pc-q35-8\.\d: boot on 8\.\d \(\d\), migrate to", ran.out)
    assert "changes/bad.toml: unsafe, and expected to be safe" in ran.out
    assert "FAILED changes/bad.toml::safe" in ran.out
    assert "pytest_plugin" not in ran.out  # no frames of the plugin's own


def test_what_is_expected_passes_and_what_is_not_fails(run: Pytest, project: Path) -> None:
    path = project / "pyproject.toml"
    path.write_text(path.read_text() + '[tool.hopcheck.expect]\n"changes/bad.toml" = "unsafe"\n')
    ran = run("-v", "changes")
    assert ran.code == 0, ran.out
    assert "changes/bad.toml::unsafe PASSED" in ran.out
    (project / "changes/bad.toml").write_text(CHANGE + ENTRY)
    ran = run("changes")
    assert ran.code == 1
    assert "changes/bad.toml: safe, and expected to be unsafe" in ran.out


def test_a_violated_property_fails_with_its_trace(run: Pytest, project: Path) -> None:
    model = project / "models" / "counter.py"
    model.write_text(model.read_text().replace("Settings()", "Settings(3)"))
    ran = run("models")
    assert ran.code == 1
    assert ran.counts == {"failed": 1, "passed": 3}
    assert "unsafe, against expectation: it stops" in ran.out
    assert "  3  up\n     n: 2 -> 3\nNo shorter run shows it." in ran.out


def test_a_property_that_holds_against_expectation_fails(run: Pytest, project: Path) -> None:
    model = project / "models" / "counter.py"
    model.write_text(model.read_text().replace("Settings(4)", "Settings(1)"))
    ran = run("models")
    assert ran.counts == {"failed": 1, "passed": 3}
    assert "safe, expected unsafe: it goes on" in ran.out


def test_what_is_unknown_fails(run: Pytest, project: Path) -> None:
    model = project / "models" / "counter.py"
    model.write_text(model.read_text().replace("Range(0, 5)", "Range(0, None)"))
    path = project / "pyproject.toml"
    path.write_text(path.read_text() + "prove-seconds = 0\n")
    ran = run("models")
    assert ran.counts == {"failed": 4}
    assert "unknown, expected safe: it stops" in ran.out
    assert "it can only be proved, and no proof was asked for" in ran.out


def test_an_error_of_the_model_is_one_line(run: Pytest, project: Path) -> None:
    model = project / "models" / "counter.py"
    model.write_text(model.read_text().replace("n < settings.top", "n < 9"))
    ran = run("models")
    assert ran.counts == {"failed": 4}
    assert "counter.py:" in ran.out
    assert "Traceback" not in ran.out


def test_vacuity_can_be_an_error(run: Pytest, project: Path) -> None:
    path = project / "pyproject.toml"
    path.write_text(path.read_text() + 'vacuity = "error"\n')
    ran = run("models")
    assert ran.counts == {"failed": 1, "passed": 4}
    assert "FAILED models/counter.py::vacuity" in ran.out
    assert "vacuous: down: the action never fires" in ran.out


def test_a_second_run_asks_no_engine(run: Pytest, project: Path) -> None:
    first = run()
    (project / "conftest.py").write_text(NO_ENGINE)
    second = run()
    assert second.counts == first.counts == {"failed": 1, "passed": 5}
    assert run("--no-hopcheck-cache", "models").counts == {"failed": 4}
    assert run("--hopcheck-cache", "elsewhere", "models").counts == {"failed": 4}
    (project / "conftest.py").unlink()
    assert run("--hopcheck-cache", "elsewhere", "models").code == 0
    (project / "conftest.py").write_text(NO_ENGINE)
    assert run("--hopcheck-cache", "elsewhere", "models").code == 0


def test_a_damaged_cache_is_computed_again(run: Pytest, project: Path, tmp_path: Path) -> None:
    first = run()
    for path in (tmp_path / "cache").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-2] + b"]}")
    assert run().counts == first.counts
    (project / "conftest.py").write_text(NO_ENGINE)
    assert run().counts == first.counts


def test_only_what_is_selected_is_checked(run: Pytest, project: Path) -> None:
    (project / "conftest.py").write_text(
        "import hopcheck.engine.check as checking\n"
        "found = checking.check\n"
        "def check(system, properties, **given):\n"
        "    print('CHECKED', [each.name for each in properties])\n"
        "    return found(system, properties, **given)\n"
        "checking.check = check\n"
    )
    ran = run("-s", "-k", "low and sound")
    assert ran.counts == {"passed": 1, "deselected": 5}
    assert re.findall(r"CHECKED (.*)", ran.out) == ["['sound']"]
    ran = run("-s", "models")
    assert re.findall(r"CHECKED (.*)", ran.out) == ["['small', 'sound']"] * 2


def test_junit_tells_the_verdicts(run: Pytest, project: Path) -> None:
    run("models", "--junitxml=report.xml")
    cases = {each.attrib["name"]: each for each in ElementTree.parse(project / "report.xml").iter("testcase")}
    assert set(cases) == {"low: small", "low: sound", "high: small", "high: sound"}
    told = cases["high: small"].find("properties/property")
    assert told is not None
    assert told.attrib["value"].startswith("unsafe: 5 states")


def test_xdist_keeps_a_variant_together(run: Pytest) -> None:
    pytest.importorskip("xdist", reason="pytest-xdist is not installed")
    for options in (("-n", "2"), ("-n", "2", "--dist", "loadgroup"), ("-n", "2", "--strict-markers")):
        ran = run(*options)
        assert ran.counts == {"failed": 1, "passed": 5}, ran.out
    assert run("-p", "no:xdist", "--strict-markers").counts == {"failed": 1, "passed": 5}


def test_the_fixture_checks_models_and_changes(run: Pytest, project: Path) -> None:
    (project / "test_own.py").write_text(
        "import sys\n"
        "from pathlib import Path\n"
        "import pytest\n"
        "from hopcheck.testing import VerdictError\n"
        "sys.path.insert(0, 'models')\n"
        "import counter\n"
        "def test_it(hopcheck):\n"
        "    low = counter.system(counter.Settings())\n"
        "    hopcheck.assert_safe(low, counter.properties(low))\n"
        "    high = counter.system(counter.Settings(4))\n"
        "    hopcheck.assert_as_expected(high, counter.properties(high), variant='high')\n"
        "    with pytest.raises(VerdictError, match='n: 2 -> 3'):\n"
        "        hopcheck.assert_safe(high, counter.properties(high))\n"
        "    results = hopcheck.check(high, counter.properties(high))\n"
        "    assert [each.verdict.outcome.value for each in results] == ['unsafe', 'safe']\n"
        "    hopcheck.assert_change('changes/good.toml', facts='facts.json')\n"
        "    hopcheck.assert_change('changes/bad.toml', 'unsafe', facts='facts.json')\n"
        "    assert hopcheck.cache == Path(r'%s')\n"
        "def test_shown(hopcheck):\n"
        "    high = counter.system(counter.Settings(4))\n"
        "    hopcheck.assert_safe(high, counter.properties(high))\n" % (project.parent / "cache/hopcheck/verdicts")
    )
    ran = run("test_own.py")
    assert ran.counts == {"failed": 1, "passed": 1}, ran.out
    assert "n: 2 -> 3" in ran.out
    assert "testing.py" not in ran.out  # the failure is shown where the test calls


def test_bundled_models_are_checked(run: Pytest, project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.hopcheck]\nbundled = ["fleet", "compatibility theorem"]\nprove-seconds = 0\n'
    )
    ran = run()
    assert ran.code == 0, ran.out
    assert ran.counts == {"passed": 7}


def test_a_cookie_is_a_change(run: Pytest, project: Path) -> None:
    examples = Path(__file__).parents[2] / "examples"
    (project / "pyproject.toml").write_text(
        '[tool.hopcheck]\nchanges = ["changes/*.toml"]\nprove-seconds = 0\n'
        '[tool.hopcheck.expect]\n"changes/cookie-mandatory.toml" = "unsafe"\n'
    )
    for each in (project / "changes").iterdir():
        each.unlink()
    for name in ("cookie-optional.toml", "cookie-mandatory.toml"):
        (project / "changes" / name).write_bytes((examples / name).read_bytes())
    ran = run("-v")
    assert ran.code == 0, ran.out
    assert "changes/cookie-mandatory.toml::unsafe PASSED" in ran.out
