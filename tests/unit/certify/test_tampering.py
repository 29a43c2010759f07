"""Somebody changes what a certificate says, and seals it again: working it out once more shows it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from hopcheck.certify.check import Status
from hopcheck.properties import Method

from .conftest import Content, judged, proved_by, refuted

Change = Callable[[Content], object]


def test_a_certificate_that_nobody_touched(content: Content, unbounded: Content) -> None:
    for each in (content, unbounded):
        assert {statement.status for statement in judged(each)} == {Status.CONFIRMED}


def test_every_kind_of_evidence_is_there(content: Content, unbounded: Content) -> None:
    methods = {evidence["method"] for each in (content, unbounded) for p in each["properties"] for evidence in p["evidence"]}
    assert methods >= {"exhausted", "witness", "k-induction"}


@pytest.mark.parametrize("method", [Method.SPACER, Method.K_INDUCTION, Method.BOUNDED])
def test_every_kind_of_proof(method: Method) -> None:
    found = proved_by(method)
    assert {statement.status for statement in judged(found)} == {Status.CONFIRMED}
    (evidence,) = found["properties"][0]["evidence"]
    named = {Method.SPACER: "invariant", Method.K_INDUCTION: "k-induction", Method.BOUNDED: "length"}
    assert evidence["method"] == named[method]


@pytest.mark.parametrize("method", [Method.K_INDUCTION, Method.BOUNDED])
def test_another_number_of_steps(method: Method) -> None:
    found = proved_by(method)
    (evidence,) = found["properties"][0]["evidence"]
    evidence["number"] -= 1
    assert refuted(found) == ["never far"]
    evidence["number"] = -1
    assert refuted(found) == ["never far"]


def _evidence(content: Content, method: str) -> dict[str, Any]:
    """The first evidence of that method itself: tests change it in place."""
    found = [each for prop in content["properties"] for each in prop["evidence"] if each["method"] == method]
    assert found, method
    return found[0]


def _set(container: Any, key: Any, value: Any) -> None:
    container[key] = value


COUNTS: dict[str, Change] = {
    "states": lambda c: _set(c["search"], "states", c["search"]["states"] + 1),
    "transitions": lambda c: _set(c["search"], "transitions", 0),
    "a level": lambda c: _set(c["search"]["level_states"], 1, 7),
    "one level less": lambda c: c["search"]["level_states"].pop(),
    "steps of a level": lambda c: _set(c["search"]["level_edges"], 0, 9),
    "a digest": lambda c: _set(c["search"]["level_digests"], 2, "0" * 32),
    "how often something fired": lambda c: _set(c["search"]["fired"], "open", 1),
    "values": lambda c: c["search"]["values"][1].append(9),
}


@pytest.mark.parametrize("change", COUNTS.values(), ids=COUNTS)
def test_counts(content: Content, change: Change) -> None:
    change(content)
    assert refuted(content) == ["the search"]


def _row(content: Content, *row: Any) -> int:
    content["system"]["rows"].append(list(row))
    return len(content["system"]["rows"]) - 1


def _always_false(content: Content) -> None:
    content["system"]["asked"][0] = _row(content, "const", 0, content["system"]["types"].index(["bool"]))


def _wider_guard(content: Content) -> None:
    action = content["system"]["actions"][0]
    action["guard"] = _row(content, "const", 1, content["system"]["types"].index(["bool"]))


def _other_start(content: Content) -> None:
    content["system"]["variables"][0][2] = [0]


CLAIMS: dict[str, tuple[Change, str]] = {
    "a property that is false": (_always_false, "starts shut"),
    "an action that may always happen": (_wider_guard, "the search"),
    "another initial state": (_other_start, "the search"),
    "a property of another kind": (lambda c: _set(c["properties"][2], "kind", "always"), "twice"),
    "a witness that starts elsewhere": (lambda c: _set(_evidence(c, "witness")["states"], 0, [2, 2, 0]), "twice"),
    "a witness with a jump": (lambda c: _set(_evidence(c, "witness"), "states", [[1, 0, 0], [2, 2, 0]]), "twice"),
    "a witness of something else": (lambda c: _evidence(c, "witness")["states"].pop(), "twice"),
    "an unsafe verdict": (lambda c: _set(c["properties"][0], "outcome", "unsafe"), "the file"),
    "an unknown method": (lambda c: _set(_evidence(c, "exhausted"), "method", "believed"), "the file"),
    "no evidence": (lambda c: _set(c["properties"][0], "evidence", []), "the file"),
}


@pytest.mark.parametrize(("change", "about"), CLAIMS.values(), ids=CLAIMS)
def test_claims(content: Content, change: Change, about: str) -> None:
    change(content)
    assert about in refuted(content)


def _spacer(content: Content) -> dict[str, Any]:
    return _evidence(content, "invariant")


def _true(content: Content) -> None:
    spacer = _spacer(content)
    arguments = " ".join(f"(a{n} {'Bool' if name == 'far' else 'Int'})" for n, name in enumerate(spacer["over"]))
    spacer["invariant"] = f"(define-fun i ({arguments}) Bool true)"


def _false(content: Content) -> None:
    _true(content)
    _spacer(content)["invariant"] = _spacer(content)["invariant"].replace("true)", "false)")


INVARIANTS: dict[str, Change] = {
    "an invariant that says nothing": _true,
    "an invariant that nothing satisfies": _false,
    "over other variables": lambda c: _set(_spacer(c), "over", ["visits"] * len(_spacer(c)["over"])),
    "over fewer variables": lambda c: _spacer(c)["over"].pop(),
    "no definition": lambda c: _set(_spacer(c), "invariant", "true"),
    "an obligation that does not hold": lambda c: _set(
        _spacer(c)["obligations"][0], "smtlib", "(set-logic ALL)\n(assert true)\n(check-sat)\n"
    ),
}


@pytest.mark.parametrize("change", INVARIANTS.values(), ids=INVARIANTS)
def test_invariants(proved: Content, change: Change) -> None:
    changed = copy.deepcopy(proved)
    change(changed)
    assert refuted(changed)


def test_obligations_that_prove_nothing_do_not_replace_the_derived_ones(unbounded: Content) -> None:
    changed = copy.deepcopy(unbounded)
    for prop in changed["properties"]:
        for evidence in prop["evidence"]:
            for each in evidence["obligations"]:
                each["smtlib"] = "(set-logic ALL)\n(assert false)\n(check-sat)\n"
    _always_false(changed)
    assert "starts shut" in refuted(changed)
