"""Re-checking one certificate: every statement in it is confirmed, refuted, or left open with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from hopcheck.certify.certificate import Certificate, Evidence, Property
from hopcheck.certify.invariant import read_invariant
from hopcheck.certify.proofs import by_induction, by_invariant, by_length, idle_question
from hopcheck.certify.runs import Question
from hopcheck.certify.search import Limits, Machine, Walked, walk
from hopcheck.certify.shape import RefutedError
from hopcheck.certify.solver import Answer, ask
from hopcheck.certify.system import PlainSystem, UnboundedError


class Status(StrEnum):
    """What became of a statement."""

    CONFIRMED = "confirmed"
    """It was worked out again, and is so."""
    OPEN = "not re-checked"
    """It was neither confirmed nor refuted."""
    REFUTED = "refuted"
    """It is not so."""


@dataclass(frozen=True, slots=True)
class Statement:
    """``about``: a property, or another part of the certificate; ``what``: in a few words, how it was looked at."""

    about: str
    what: str
    status: Status


Ask = Callable[[Sequence[str]], Sequence[Answer]]


def recheck(certificate: Certificate, *, limits: Limits, solver_seconds: float) -> tuple[Statement, ...]:
    """Every statement of the certificate. ``solver_seconds``: for each question to cvc5."""

    def asked(scripts: Sequence[str]) -> Sequence[Answer]:
        return ask(scripts, seconds=solver_seconds)

    return tuple(_statements(certificate, limits, asked))


def _statements(certificate: Certificate, limits: Limits, asked: Ask) -> Iterator[Statement]:
    system = certificate.system
    if system is not None:
        yield from _searched(certificate, system, limits)
        yield from _witnessed(certificate.properties, system)
        yield from _proved(certificate.properties, system, asked)
    for script, answer in zip(certificate.lemmas, asked([each.smtlib for each in certificate.lemmas]), strict=True):
        yield _answered(script.name, script.meaning, script.expect, answer)


# exhausted searches ---------------------------------------------------------------------------------------------------


def _searched(certificate: Certificate, system: PlainSystem, limits: Limits) -> Iterator[Statement]:
    exhausted = [each for each in certificate.properties if any(e.method == "exhausted" for e in each.evidence)]
    if not exhausted:
        return
    try:
        found = walk(system, [each.claim for each in exhausted], limits)
    except RefutedError as error:
        yield Statement("the search", str(error), Status.REFUTED)
        return
    seen = f"{sum(found.states)} states seen one by one"
    if certificate.counts is not None:
        if found.why:
            yield Statement("the search", f"its counts: {found.why}", Status.OPEN)
        else:
            wrong = _miscounted(certificate, found)
            yield Statement("the search", wrong or f"its counts: {seen}", Status.REFUTED if wrong else Status.CONFIRMED)
    for number, each in enumerate(exhausted):
        if number in found.violated:
            yield Statement(each.name, found.violated[number], Status.REFUTED)
        elif found.why:
            yield Statement(each.name, f"by searching: {found.why}", Status.OPEN)
        else:
            yield Statement(each.name, f"by searching: {seen}", Status.CONFIRMED)


def _miscounted(certificate: Certificate, found: Walked) -> str:
    """What of the counts is wrong; "" where nothing is."""
    counts = certificate.counts
    assert counts is not None
    digests = list(counts.digests) if counts.digests else found.digests
    pairs: tuple[tuple[str, object, object], ...] = (
        ("states and transitions", counts.total, (sum(found.states), sum(found.edges))),
        ("states by level", list(counts.states), found.states),
        ("transitions by level", list(counts.edges), found.edges),
        ("which states each level has", digests, found.digests),
        ("how often each action fired", dict(counts.fired), found.fired),
        ("the values of the variables", [list(each) for each in counts.values], [sorted(each) for each in found.values]),
    )
    wrong = [what for what, claimed, counted in pairs if claimed != counted]
    return f"counted otherwise: {', '.join(wrong)}" if wrong else ""


# witnesses ------------------------------------------------------------------------------------------------------------


def _witnessed(properties: Sequence[Property], system: PlainSystem) -> Iterator[Statement]:
    machine = Machine(system)
    for each in properties:
        for evidence in each.evidence:
            if evidence.method == "witness":
                try:
                    _follow(machine, each, evidence)
                    yield Statement(each.name, f"by its run of {len(evidence.states) - 1} steps", Status.CONFIRMED)
                except RefutedError as error:
                    yield Statement(each.name, str(error), Status.REFUTED)
                except UnboundedError as error:
                    yield Statement(each.name, f"by its run: {error}", Status.OPEN)


def _follow(machine: Machine, each: Property, evidence: Evidence) -> None:
    """Raise ``RefutedError`` unless the states are a run from an initial one to one of the kind asked for."""
    states = evidence.states
    if each.claim.kind != "reachable" or not states:
        raise RefutedError("a run shows only that something is reachable")
    if not machine.is_start(states[0]):
        raise RefutedError("its run does not begin in an initial state")
    for number, (state, after) in enumerate(pairwise(states), 1):
        if all(target != after for _, target in machine.steps(state)):
            raise RefutedError(f"step {number} of its run cannot happen")
    if not machine.holds(each.claim.row, states[-1]):
        raise RefutedError("its run does not end where it should")


# proofs ---------------------------------------------------------------------------------------------------------------

_PROOFS = ("k-induction", "invariant", "length")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A script on its way to the solver, and what an answer says.

    ``loose``: another answer only says that the proof does not carry over to all that is seen here.
    """

    about: str
    what: str
    expect: str
    text: str
    loose: bool = False


def _proved(properties: Sequence[Property], system: PlainSystem, asked: Ask) -> Iterator[Statement]:
    proofs = [(each, evidence) for each in properties for evidence in each.evidence if evidence.method in _PROOFS]
    idle = _idle([each for each, _ in proofs], system, asked)
    todo: list[_Asked] = []
    for each, evidence in proofs:
        todo += [
            _Asked(each.name, f"{script.name}, as in the file", script.expect, script.smtlib) for script in evidence.scripts
        ]
        try:
            questions = list(_questions(each, evidence, system, idle=idle[each.name]))
        except RefutedError as error:
            yield Statement(each.name, str(error), Status.REFUTED)
        except UnboundedError as error:
            yield Statement(each.name, f"by {evidence.method}: {error}", Status.OPEN)
        else:
            # The engines may know a smaller part of the system that decides whether something can happen.
            loose = each.claim.kind == "never_stuck" and evidence.method != "invariant"
            todo += [_Asked(each.name, f"derived anew: {it.meaning}", "unsat", it.text, loose) for it in questions]
    for one, answer in zip(todo, asked([each.text for each in todo]), strict=True):
        if one.loose and answer.answer == "sat":
            yield Statement(one.about, f"{one.what}: not so of all that is seen here", Status.OPEN)
        else:
            yield _answered(one.about, one.what, one.expect, answer)


def _idle(properties: Sequence[Property], system: PlainSystem, asked: Ask) -> dict[str, bool]:
    """For each property, whether a step that changes nothing that it sees may violate it."""
    questions = {each.name: idle_question(system, each.claim) for each in properties}
    pending = {name: question for name, question in questions.items() if question is not None}
    answers = asked([question.text for question in pending.values()])
    said = dict(zip(pending, answers, strict=True))
    return {each.name: each.name in said and said[each.name].answer != "unsat" for each in properties}


def _questions(each: Property, evidence: Evidence, system: PlainSystem, *, idle: bool) -> Iterator[Question]:
    match evidence.method:
        case "k-induction":
            return by_induction(system, each.claim, evidence.number, idle=idle)
        case "length":
            return by_length(system, each.claim, evidence.number, idle=idle)
        case _:
            return by_invariant(system, each.claim, read_invariant(evidence.invariant), evidence.over, idle=idle)


def _answered(about: str, what: str, expect: str, answer: Answer) -> Statement:
    if answer.answer == "unknown":
        return Statement(about, f"{what}: {answer.reason}", Status.OPEN)
    status = Status.CONFIRMED if answer.answer == expect else Status.REFUTED
    return Statement(about, what if status is Status.CONFIRMED else f"{what}: cvc5 says {answer.answer}", status)
