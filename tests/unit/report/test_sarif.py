"""SARIF: valid, placed at file and line, with fingerprints that stay, and whole whatever names hold."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import given

from hopcheck.report.formats.encode import to_json
from hopcheck.report.formats.sarif import relative, sarif
from hopcheck.report.gathering.report import place_of
from hopcheck.report.gathering.told import told
from hopcheck.report.schema.report import Advice, ChangeReport, Report

from .hostile import reports
from .public_schemas import schema

TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}, "additionalProperties": False}
PHYSICAL = {
    "type": "object",
    "required": ["artifactLocation"],
    "additionalProperties": False,
    "properties": {
        "artifactLocation": {
            "type": "object",
            "required": ["uri", "uriBaseId"],
            "additionalProperties": False,
            "properties": {
                "uri": {
                    "type": "string",
                    "pattern": "^[A-Za-z0-9_.~%-][A-Za-z0-9_.~%/-]*$",
                    "not": {"pattern": "(^|/)\\.\\.(/|$)"},
                },
                "uriBaseId": {"enum": ["SRCROOT", "HOPCHECK"]},
            },
        },
        "region": {
            "type": "object",
            "required": ["startLine"],
            "properties": {"startLine": {"type": "integer", "minimum": 1}},
            "additionalProperties": False,
        },
    },
}
RESULT = {
    "type": "object",
    "required": ["ruleId", "ruleIndex", "kind", "level", "message", "partialFingerprints", "locations", "properties"],
    "additionalProperties": False,
    "properties": {
        "ruleId": {"type": "string", "pattern": "^HOP[0-9]{3}$"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "kind": {"enum": ["fail", "open"]},
        "level": {"enum": ["error", "note", "none"]},
        "message": TEXT,
        "partialFingerprints": {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}},
        "locations": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"physicalLocation": PHYSICAL, "logicalLocations": {"type": "array", "minItems": 1}},
            },
        },
        "relatedLocations": {"type": "array", "minItems": 1, "items": {"properties": {"physicalLocation": PHYSICAL}}},
        "codeFlows": {
            "type": "array",
            "minItems": 1,
            "items": {
                "required": ["threadFlows"],
                "properties": {
                    "threadFlows": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "required": ["locations"],
                            "properties": {
                                "locations": {
                                    "type": "array",
                                    "minItems": 1,
                                    "items": {
                                        "required": ["executionOrder", "importance", "location", "state"],
                                        "additionalProperties": False,
                                        "properties": {
                                            "executionOrder": {"type": "integer", "minimum": 1},
                                            "importance": {"enum": ["important", "essential", "unimportant"]},
                                            "location": {"properties": {"message": TEXT, "physicalLocation": PHYSICAL}},
                                            "state": {"type": "object", "additionalProperties": TEXT},
                                        },
                                    },
                                }
                            },
                        },
                    }
                },
            },
        },
        "baselineState": {"enum": ["new", "unchanged", "updated", "absent"]},
        "suppressions": {
            "type": "array",
            "minItems": 1,
            "items": {
                "required": ["kind"],
                "additionalProperties": False,
                "properties": {
                    "kind": {"enum": ["external", "inSource"]},
                    "status": {"enum": ["accepted", "underReview", "rejected"]},
                    "justification": {"type": "string"},
                },
            },
        },
        "properties": {"type": "object"},
    },
}
"""What the standard (section 3.27 and what it refers to) allows of what we write, in own words."""


def _document(report: Report) -> Any:
    made = json.loads(to_json(sarif(told(report))))
    assert (made["version"], len(made["runs"])) == ("2.1.0", 1)
    run = made["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    assert run["tool"]["driver"]["name"] == "hopcheck"
    for result in run["results"]:
        jsonschema.validate(result, RESULT)
        assert rules[result["ruleIndex"]] == result["ruleId"]
        # Section 3.27.10: of what is no failure the level is "none".
        assert (result["level"] == "none") is (result["kind"] != "fail")
    return run


def _named(run: Any, name: str) -> Any:
    (result,) = (each for each in run["results"] if each["message"]["text"].startswith(f"{name}: "))
    return result


def test_a_finding_is_placed_at_its_entry_or_default(report: Report) -> None:
    run = _document(report)
    place = _named(run, "toy-device.queues: no entry @ 8.1")["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "hw/core/machine.c", "uriBaseId": "SRCROOT"}}
    related = _named(run, "toy-device.queues: no entry @ 8.1")["relatedLocations"]
    assert [each["physicalLocation"]["artifactLocation"]["uri"] for each in related] == ["hw/core/toy.c"]


def test_the_line_of_an_entry_is_told_where_it_is_known(report: Report) -> None:
    facts = report.models[-1]
    found = facts.findings[0]
    assert found.needed is not None
    placed = replace(found, needed=replace(found.needed, line=42))
    run = _document(replace(report, models=(replace(facts, findings=(placed,)),)))
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 42}


def test_the_chain_is_a_code_flow(report: Report) -> None:
    flow = _named(_document(report), "toy-device.queues: no entry @ 8.1")["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [each["location"]["message"]["text"] for each in flow] == [
        "boot: QEMU 8.0, pc-q35-8.0",
        "migrate: QEMU 8.1, pc-q35-8.0",
        "guest reset: QEMU 8.1, pc-q35-8.0",
    ]
    assert [each["importance"] for each in flow] == ["important", "essential", "essential"]
    assert flow[1]["state"] == {
        "queues": {"text": "<auto>"},
        "guest has seen": {"text": "1"},
        "status": {"text": "running"},
    }


def test_known_findings_are_suppressed_with_their_reason(report: Report) -> None:
    run = _document(report)
    known = _named(run, "toy-device.serial: late entry @ 8.1")
    assert known["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "repaired in 8.2"}]
    assert known["baselineState"] == "unchanged"
    new = _named(run, "toy-device.queues: no entry @ 8.1")
    assert "suppressions" not in new
    assert (new["baselineState"], new["level"]) == ("new", "error")
    assert _named(run, "toy-device.gone: no entry @ 8.0")["baselineState"] == "absent"


def test_a_run_that_a_model_shows_points_at_the_rule_of_the_model(report: Report) -> None:
    place = _named(_document(report), "toy.nobody-asks")["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "model/domain/toy.py", "uriBaseId": "HOPCHECK"}


def test_fingerprints_stay_when_nothing_but_the_order_changes(report: Report) -> None:
    model = report.models[-1]
    turned = replace(model, findings=tuple(replace(each, number=9) for each in reversed(model.findings)))
    other = replace(report, models=(*report.models[:-1], turned), seconds=99.0, made="2026-01-31T12:00:00")
    prints = [{str(each["partialFingerprints"]) for each in _document(each)["results"]} for each in (report, other)]
    assert prints[0] == prints[1]
    assert len(prints[0]) == len(_document(report)["results"])


def test_a_change_that_lies_elsewhere_has_the_same_fingerprints(report: Report) -> None:
    def of(file: str) -> list[Any]:
        change = ChangeReport(file, "8.2", "8.1", (), (), (), ("toy-device.new in 8.1",), (), (Advice("look", "a.c:3"),))
        return [each["partialFingerprints"] for each in _document(replace(report, models=(), change=change))["results"]]

    assert of("/home/one/change.toml") == of("change.toml")


def test_a_warning_is_placed(report: Report) -> None:
    change = ChangeReport("c.toml", "8.2", "8.1", (), (), (), (), (), (Advice("look", "hw/a.c:3"),))
    result = _named(_document(replace(report, models=(), change=change)), "look")
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("hw/core/machine.c", "hw/core/machine.c"),
        ("a b/c#d.c", "a%20b/c%23d.c"),
        ("/etc/passwd", "passwd"),
        ("../../etc/passwd", "passwd"),
        ("/", "unknown"),
    ],
)
def test_paths_are_relative(file: str, uri: str) -> None:
    assert relative(file) == uri


@pytest.mark.parametrize(
    ("origin", "place"),
    [("hw/a.c:12", ("hw/a.c", 12)), ("written by hand", ("", 0)), ("hw/a.c:x", ("", 0)), (":3", ("", 0)), ("", ("", 0))],
)
def test_where_an_origin_is(origin: str, place: tuple[str, int]) -> None:
    assert place_of(origin) == place


def test_the_run_is_told(report: Report) -> None:
    run = _document(replace(report, made="2026-01-31T12:00:00"))
    (invocation,) = run["invocations"]
    assert invocation["exitCode"] == 1
    assert invocation["endTimeUtc"] == "2026-01-31T12:00:00Z"
    assert run["properties"]["meaning"] == report.meaning


@given(reports())
def test_no_name_breaks_it(report: Report) -> None:
    _document(report)


def test_it_is_valid(report: Report) -> None:
    published = json.loads(schema("sarif-schema-2.1.0.json").read_text())
    jsonschema.Draft4Validator(published).validate(json.loads(to_json(sarif(told(report)))))


def test_another_reader_takes_it(report: Report) -> None:
    reader = pytest.importorskip("sarif_pydantic", reason="sarif-pydantic reads SARIF: pip install sarif-pydantic")
    assert reader.Sarif.model_validate_json(to_json(sarif(told(report)))).runs[0].results
