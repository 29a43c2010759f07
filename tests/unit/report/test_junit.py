"""JUnit XML: valid, complete, and whole whatever names hold."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given

from hopcheck.report.formats.junit import junit
from hopcheck.report.gathering.told import told
from hopcheck.report.schema.report import Report
from hopcheck.report.schema.search import SearchReport

from .hostile import reports
from .public_schemas import schema

SUITE = ("name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors", "skipped", "time")


def _parsed(report: Report) -> Element:
    root = ElementTree.fromstring(junit(told(report)).encode())
    _check(root)
    return root


def _check(root: Element) -> None:
    """What both public schemas ask, in own words."""
    assert root.tag == "testsuites"
    assert not root.attrib
    assert len(root)
    for number, suite in enumerate(root):
        assert suite.tag == "testsuite"
        assert set(suite.attrib) == set(SUITE)
        assert suite.attrib["id"] == str(number)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.attrib["timestamp"])
        cases = suite.findall("testcase")
        assert [each.tag for each in suite] == ["properties", *["testcase"] * len(cases), "system-out", "system-err"]
        assert suite.attrib["tests"] == str(len(cases))
        for tag, counted in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert suite.attrib[counted] == str(len(suite.findall(f"testcase/{tag}")))
        for case in cases:
            assert set(case.attrib) == {"name", "classname", "time"}
            assert re.fullmatch(r"\d+\.\d{3}", case.attrib["time"])
            assert [each.tag for each in case] in ([], ["failure"], ["error"], ["skipped"])
            for each in case:
                assert "message" in each.attrib
                assert ("type" in each.attrib) is (each.tag != "skipped")
        for each in suite.findall("properties/property"):
            assert each.attrib["name"]
            assert "value" in each.attrib


def test_everything_is_a_case_of_its_suite(report: Report) -> None:
    root = _parsed(report)
    found = {(case.get("classname"), case.get("name")): [each.tag for each in case] for case in root.iter("testcase")}
    assert found["hopcheck.toy, two hosts", "never lost"] == []
    assert found["hopcheck.toy, two hosts", "configuration preserved after any chain of hops"] == ["failure"]
    assert found["hopcheck.toy, any size", "settles"] == ["error"]
    assert found["hopcheck.device_config, findings", "toy-device.queues: no entry @ 8.1"] == ["failure"]
    assert found["hopcheck.device_config, findings", "toy-device.serial: late entry @ 8.1"] == ["skipped"]
    assert found["hopcheck.toy, findings", "toy.nobody-asks"] == ["skipped"]
    assert found["hopcheck.toy, findings", "toy.settles: nobody knows"] == ["failure"]
    assert found["hopcheck.device_config", "toy-device.gone: no entry @ 8.0"] == ["failure"]
    assert found["hopcheck.toy, vacuity", "wait"] == ["skipped"]
    assert found["hopcheck.theorem", "all hops"] == ["error"]


def test_a_failure_holds_its_chain(report: Report) -> None:
    (case,) = (each for each in _parsed(report).iter("testcase") if each.get("name") == "toy-device.queues: no entry @ 8.1")
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("type") == "HOP001"
    text = failure.text or ""
    assert 'missing: hw_compat_8_0: { "toy-device", "queues", "1" }' in text
    assert "  2  migrate: QEMU 8.1, pc-q35-8.0" in text
    assert "<- here" in text


def test_versions_and_what_the_search_met_are_properties(report: Report) -> None:
    met = SearchReport("two hosts", True, False, {"boot": 3, "wait": 0}, {"build": 2, "ready": 1}, {"never lost": False})
    model = replace(report.models[0], searches=(met,))
    root = _parsed(replace(report, models=(model,)))
    values = {each.attrib["name"]: each.attrib["value"] for each in root[0].iter("property")}
    assert values["hopcheck"] == "0.0.0"
    assert values["toy, two hosts: actions"] == "boot=3, wait=0"
    assert values["toy, two hosts: never fired"] == "wait"
    assert values["toy, two hosts: never changed"] == "ready"
    assert values["toy, two hosts: never true"] == "never lost"


def test_what_never_happens_fails_where_it_is_an_error(report: Report) -> None:
    root = _parsed(replace(report, exit_code=4))
    (case,) = (each for each in root.iter("testcase") if each.get("name") == "wait")
    assert case.find("failure") is not None


def test_a_run_with_nothing_to_look_at_has_one_case(report: Report) -> None:
    (suite,) = _parsed(replace(report, models=(), agreement=()))
    assert suite.get("tests") == "1"


@given(reports())
def test_no_name_breaks_it(report: Report) -> None:
    _parsed(report)


@pytest.mark.parametrize("name", ["JUnit.xsd", "junit-10.xsd"])
def test_it_is_valid(report: Report, name: str) -> None:
    path = schema(name)
    xmlschema = pytest.importorskip("xmlschema", reason="xmlschema validates JUnit XML: pip install xmlschema")
    xmlschema.XMLSchema(path).validate(junit(told(report)))
