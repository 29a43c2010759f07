"""The certifier on random systems: it finds what the explorer finds, confirms the engines' proofs, and no false claim."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hopcheck.certify.certificate import read
from hopcheck.certify.check import Status, recheck
from hopcheck.certify.envelope import unseal
from hopcheck.certify.search import Limits, walk
from hopcheck.certify.shape import RefutedError
from hopcheck.certify.system import Claim, PlainSystem, read_system
from hopcheck.engine.check import check
from hopcheck.engine.results import ModelResult, PropertyResult
from hopcheck.explorer.exploration import Verdict
from hopcheck.explorer.search import explore
from hopcheck.model.errors import ModelError
from hopcheck.model.export.plain import plain
from hopcheck.model.language import Expr, System
from hopcheck.properties import Method, Obligation, Outcome, Property, prove, undecided
from hopcheck.properties import Verdict as Proof
from hopcheck.properties.kinds import Kind
from hopcheck.report.certificates import certificates

from .random_models import asked, systems

LIMITS = Limits(100_000, 120)
MANY = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=100)
FEW = settings(MANY, max_examples=8)


def _plainly(system: System, exprs: list[Expr]) -> PlainSystem:
    return read_system(plain(system, exprs))


@MANY
@given(st.data())
def test_the_walk_finds_what_the_explorer_finds(data: st.DataObject) -> None:
    system = data.draw(systems())
    questions = data.draw(asked(system))
    claims = [(kind, name, expr) for kind, named in questions.items() for name, expr in named.items()]
    small = _plainly(system, [expr for _, _, expr in claims])
    wanted = [Claim(kind, row) for (kind, _, _), row in zip(claims, small.asked, strict=True)]
    try:
        found = explore(system, backend="interpreter", digests=True, **questions)
    except ModelError:
        try:
            walk(small, wanted, LIMITS)
        except RefutedError:
            return
        raise AssertionError("the walk sees no error of the model") from None
    walked = walk(small, wanted, LIMITS)
    assert tuple(walked.states) == found.level_states
    assert tuple(walked.edges) == found.level_edges
    assert tuple(walked.digests) == found.level_digests
    assert walked.fired == found.fired
    good = {Verdict.HOLDS, Verdict.WITNESS}
    assert {name: number not in walked.violated for number, (_, name, _) in enumerate(claims)} == {
        name: answer.verdict in good for name, answer in found.answers.items()
    }


@FEW
@given(st.data())
def test_kernels_make_the_same_digests(data: st.DataObject) -> None:
    system = data.draw(systems(errors=False))
    first, second = (explore(system, backend=each, digests=True) for each in ("interpreter", "kernel"))
    assert first.level_digests == second.level_digests
    assert len(first.level_digests) == len(first.level_states)
    assert explore(system, backend="interpreter").level_digests == ()


def _content(system: System, prop: Property, proof: Proof) -> dict[str, Any]:
    """A certificate that claims that the proof shows the property."""
    result = PropertyResult(system.name, "", system, prop, proof, prop.expected, None, None, 0.0)
    (file,) = certificates([ModelResult(system.name, (result,))])
    return unseal(file.content, "random")


def _one(data: st.DataObject, system: System) -> Property:
    """A property of a kind that can be proved."""
    questions = data.draw(asked(system, errors=False))
    among = [(Kind(kind), each) for kind in ("always", "step", "never_stuck") for each in questions[kind].values()]
    assume(among)
    kind, expr = data.draw(st.sampled_from(among))
    return Property("asked", kind, expr, "", undecided("random"))


@FEW
@given(st.data(), st.sampled_from([Method.INDUCTION, Method.K_INDUCTION, Method.SPACER, Method.BOUNDED]))
def test_what_the_engines_prove_is_confirmed(data: st.DataObject, method: Method) -> None:
    system = data.draw(systems(errors=False))
    prop = _one(data, system)
    proof = prove(system, prop, methods=[method], seconds=5)
    assume(proof.outcome is Outcome.SAFE)
    statements = recheck(read(_content(system, prop, proof)), limits=LIMITS, solver_seconds=60)
    known = {Status.CONFIRMED, Status.OPEN} if prop.kind is Kind.NEVER_STUCK else {Status.CONFIRMED}
    assert {each.status for each in statements} <= known, statements


@FEW
@given(st.data(), st.integers(1, 3))
def test_what_is_false_is_never_confirmed(data: st.DataObject, k: int) -> None:
    system = data.draw(systems(errors=False))
    prop = _one(data, system)
    (result,) = check(system, [prop], prove_seconds=0)
    assume(result.verdict.outcome is Outcome.UNSAFE)
    easy = Obligation("easy", "(set-logic ALL)\n(assert false)\n(check-sat)\n", "unsat", "nothing")
    claimed = replace(
        result.verdict, outcome=Outcome.SAFE, method=Method.K_INDUCTION, bound=k, trace=None, obligations=(easy,)
    )
    content = _content(system, prop, claimed)
    evidence = content["properties"][0]["evidence"]
    names = [each.name for each in system.variables]
    sorts = ["Bool" if str(each.type) == "Bool" else "Int" for each in system.variables]
    arguments = " ".join(f"(x{n} {sort})" for n, sort in enumerate(sorts))
    evidence += [
        {"method": "exhausted"},
        {"method": "length", "number": k},
        {"method": "k-induction", "number": k},
        *(
            {"method": "invariant", "over": names, "invariant": f"(define-fun i ({arguments}) Bool {body})"}
            for body in ("true", "false")
        ),
    ]
    for shown in evidence:
        alone = {**content, "properties": [{**content["properties"][0], "evidence": [shown]}]}
        statements = recheck(read(alone), limits=LIMITS, solver_seconds=60)
        assert {each.status for each in statements} != {Status.CONFIRMED}, shown
