"""A report as JUnit XML: a test suite for each variant of a model and each list of findings, a test case for each case.

The documents are valid for both schemas in use, the one of Ant's JUnit task and the one of Jenkins' xUnit plugin. A case
that failed is a failure with its chain or run; one that nobody can tell is an error, since a build must not pass for it; one
that is said and counts for nothing is skipped, with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from hopcheck.model.codes import Code
from hopcheck.report.formats.case import Case, Status
from hopcheck.report.formats.cases import suites
from hopcheck.report.gathering.told import Told

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document can hold, not even escaped."""

_ELEMENTS = {Status.FAILED: "failure", Status.UNKNOWN: "error", Status.NOTED: "skipped"}

_NO_TIME = "1970-01-01T00:00:00"
"""Ant's schema wants a time even where nobody recorded one."""


def junit(told: Told) -> str:
    """The document."""
    root = Element("testsuites")
    made = suites(told.cases or (_nothing(told),))
    of_suites = tuple(f"{name}: " for name in made)
    whole = {key: value for key, value in told.properties.items() if not key.startswith(of_suites)}
    for number, (name, cases) in enumerate(made.items()):
        _suite(root, name, cases, number, told, {} if number else whole)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _nothing(told: Told) -> Case:
    """The one case of a run that had nothing to look at: readers take a document without any for a broken one."""
    return Case(f"hopcheck {told.job}", told.job, Code.SAFE, Status.PASSED, told.meaning)


def _suite(root: Element, name: str, cases: Sequence[Case], number: int, told: Told, whole: Mapping[str, str]) -> None:
    """One suite; ``whole``: what is known of the whole run, told once."""
    tally = {status: str(sum(case.status is status for case in cases)) for status in Status}
    suite = SubElement(
        root,
        "testsuite",
        {
            "name": _text(name) or "hopcheck",
            "package": "hopcheck",
            "id": str(number),
            "timestamp": told.made or _NO_TIME,
            "hostname": "localhost",
            "tests": str(len(cases)),
            "failures": tally[Status.FAILED],
            "errors": tally[Status.UNKNOWN],
            "skipped": tally[Status.NOTED],
            "time": f"{sum(case.seconds for case in cases):.3f}",
        },
    )
    _properties(suite, name, told, whole)
    for case in cases:
        _case(suite, name, case)
    SubElement(suite, "system-out").text = _text(told.meaning) if not number else ""
    SubElement(suite, "system-err")


def _properties(suite: Element, name: str, told: Told, whole: Mapping[str, str]) -> None:
    """The versions, and what the search of this variant met."""
    known: Mapping[str, str] = {"hopcheck": told.hopcheck, "job": told.job, "exit code": str(told.exit_code)}
    own = {key: value for key, value in told.properties.items() if key.startswith(f"{name}: ")}
    within = SubElement(suite, "properties")
    for key, value in {**known, **whole, **own}.items():
        SubElement(within, "property", {"name": _text(key), "value": _text(value)})


def _case(suite: Element, name: str, case: Case) -> None:
    attributes = {"name": _text(case.name), "classname": _text(f"hopcheck.{name}"), "time": f"{case.seconds:.3f}"}
    element = SubElement(suite, "testcase", attributes)
    if case.status is Status.PASSED:
        return
    told = {"message": _text(case.reason or case.summary)}
    if case.status is not Status.NOTED:
        told["type"] = case.code.value
    places = "".join(f"\nat {place.file}{f':{place.line}' if place.line else ''}" for place in case.places)
    SubElement(element, _ELEMENTS[case.status], told).text = _text(case.text + places)


def _text(text: str) -> str:
    """The text without what XML cannot hold: such characters are shown by their numbers."""
    return _FORBIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
