"""ITF: states that follow each other, with every variable, and numbers of any size."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given

from hopcheck.report.formats.encode import to_json
from hopcheck.report.formats.itf import NamedTrace, itf, traces
from hopcheck.report.schema.report import Report, TraceReport, TraceStep

from .conftest import TRACE
from .hostile import reports


def _document(named: NamedTrace) -> Any:
    """The document, after what Apalache's description (ADR 015) asks of one."""
    made = json.loads(to_json(itf(named, "0.0.0")))
    assert set(made) == {"#meta", "params", "vars", "states"}
    assert made["#meta"]["format"] == "ITF"
    assert len(made["vars"]) == len(set(made["vars"]))
    for index, state in enumerate(made["states"]):
        assert state["#meta"]["index"] == index
        assert set(state) == {"#meta", *made["vars"]}
        for name in made["vars"]:
            _check(state[name])
    return made


def _check(value: Any) -> None:
    """An expression: a boolean, a string, or a number as text."""
    if isinstance(value, dict):
        assert set(value) == {"#bigint"}
        assert value["#bigint"].lstrip("-").isdigit()
    else:
        assert isinstance(value, bool | str)


def test_a_run_is_one_state_after_the_other() -> None:
    made = _document(NamedTrace("toy", "toy", TRACE, True))
    assert [state["#meta"].get("action") for state in made["states"]] == [
        None,
        "boot(build=8.0)",
        "migrate(destination=8.1)",
        "wait",
    ]
    assert [state["status"] for state in made["states"]] == ["off", "running", "running", "running"]
    assert [state["ready"] for state in made["states"]] == [False, False, True, True]
    assert made["states"][0]["guest"] == {"#bigint": "0"}
    assert made["#meta"]["status"] == "violation"


def test_numbers_beyond_what_json_readers_take_are_kept() -> None:
    large = TraceReport({"n": 2**70}, (TraceStep("up", {}, {"n": (2**70, -(2**70))}),))
    made = _document(NamedTrace("large", "toy", large, False))
    assert [state["n"]["#bigint"] for state in made["states"]] == [str(2**70), str(-(2**70))]


def test_every_run_of_a_report_is_there(report: Report) -> None:
    made = traces(report)
    assert [each.name for each in made] == [
        "toy, two hosts: configuration preserved after any chain of hops",
        "toy.nobody-asks",
        "toy.settles: nobody knows",
        "toy-device.queues: no entry @ 8.1",
        "toy-device.serial: late entry @ 8.1",
    ]
    for each in made:
        _document(each)


@given(reports())
def test_no_name_breaks_it(report: Report) -> None:
    for each in traces(report):
        _document(each)
