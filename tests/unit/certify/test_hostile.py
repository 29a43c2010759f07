"""Certificates come from anywhere: what stands in one is refused, refuted or left open, and nothing of it is carried out."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hopcheck.certify.certificate import read
from hopcheck.certify.check import Status, recheck
from hopcheck.certify.envelope import unseal
from hopcheck.certify.invariant import parse, read_invariant
from hopcheck.certify.search import Limits
from hopcheck.certify.shape import RefutedError
from hopcheck.certify.solver import ask

from .conftest import Content, judged


@pytest.mark.parametrize(
    "text",
    [
        "",
        "true",
        "(define-fun f () Int 1)",
        "(define-fun f ((x Real)) Bool true)",
        "(define-fun f ((x Int) (x Int)) Bool true)",
        "(define-fun f ((true Int)) Bool true)",
        "(define-fun f ((x Int)) Bool true) (assert false)",
        "(define-fun f ((x Int)) Bool true",
        "(define-fun f ((x Int)) Bool true))",
        '(define-fun f ((x Int)) Bool (= x "a"))',
        "(define-fun f ((x Int)) Bool true) ; and more",
    ],
)
def test_what_is_no_invariant(text: str) -> None:
    with pytest.raises(RefutedError):
        read_invariant(text)


def test_an_invariant_speaks_of_its_arguments_alone() -> None:
    made = read_invariant("(define-fun f ((x Int)) Bool (and (= x |v0 0|) (! true :named n)))")
    assert "v0" not in made.definition
    assert "named" not in made.definition
    (answer,) = ask([f"(set-logic ALL)\n{made.definition}\n(assert true)\n(check-sat)\n"], seconds=30)
    assert answer.answer == "unknown"  # what it speaks of is not there


def test_advice_to_a_solver_is_left_out() -> None:
    text = "(define-fun f ((x Int)) Bool (exists ((y Int)) (! (and (< y x) (! (< 0 y) :named n)) :weight 0)))"
    made = read_invariant(text)
    assert ":" not in made.definition
    (answer,) = ask([f"(set-logic ALL)\n{made.definition}\n(assert (invariant 1))\n(check-sat)\n"], seconds=30)
    assert answer.answer == "unsat"


def test_deep_expressions_are_read_without_recursion() -> None:
    assert parse("(" * 50_000 + ")" * 50_000) != ""


def test_scripts_cannot_write_files(tmp_path: Path) -> None:
    file = tmp_path / "written"
    scripts = [
        f'(set-option :regular-output-channel "{file}")\n(set-logic ALL)\n(check-sat)\n',
        f'(set-logic ALL)\n(check-sat)\n(set-option :diagnostic-output-channel "{file}")\n',
        "(set-logic ALL)\n(push 1)\n(check-sat)\n",
        "(set-logic ALL)\n",
        "(",
        "(set-logic ALL)\n(assert " + "(not " * 20_000 + "true" + ")" * 20_000 + ")\n(check-sat)\n",
    ]
    answers = ask(scripts, seconds=30)
    assert [each.answer for each in answers[:5]] == ["unknown"] * 5
    assert len(answers) == len(scripts)
    assert not file.exists()


def test_an_answer_that_contradicts_nobody_is_open() -> None:
    (answer,) = ask(["(set-logic ALL)\n(check-sat)\n(check-sat)\n"], seconds=30)
    assert answer.answer == "unknown"


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value in a document."""
    found = [path] if path else []
    for key, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        found += _places(each, (*path, key))
    return found


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_value_may_stand_anywhere(sealed_content: Content, data: st.DataObject) -> None:
    """No change of the content makes the certifier fail in a way that nobody foresaw."""
    changed = copy.deepcopy(sealed_content)
    for prop in changed["properties"]:
        prop["evidence"] = [each for each in prop["evidence"] if each["method"] != "k-induction"]  # solvers take long
    path = data.draw(st.sampled_from(_places(changed)))
    value = data.draw(st.sampled_from([None, True, -1, 0, 1, 2**70, "", "and", [], {}, [0], ["const", 1, 0], 1.5]))
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    judged(changed)


@pytest.fixture(scope="session")
def sealed_content(sealed: bytes) -> Content:
    return unseal(sealed, "door")


def test_beyond_its_limits_a_search_is_open(content: Content) -> None:
    certificate = read(content)
    for limits, why in ((Limits(3, 60), "more than 3 states"), (Limits(10_000, 0), "it was not done")):
        found = {each.what: each.status for each in recheck(certificate, limits=limits, solver_seconds=60)}
        left = [what for what, status in found.items() if status is Status.OPEN]
        assert left
        assert all(why in what for what in left)
        assert Status.REFUTED not in found.values()


def test_a_solver_without_time_leaves_proofs_open(content: Content) -> None:
    statements = recheck(read(content), limits=Limits(10_000, 60), solver_seconds=1e-3)
    assert Status.REFUTED not in [each.status for each in statements]
