"""Closed proof obligations: one SMT-LIB script each, one answer expected, any solver may be asked.

They are what engines and certificates are made of: text that stands for itself, that a second solver can check, and
that can be kept in a file for somebody else's solver.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from hopcheck.properties.errors import DisagreementError
from hopcheck.properties.processes import Answer, Pool, Request, command
from hopcheck.properties.sexpr import ModelValue, read_model

if TYPE_CHECKING:
    import z3

AnswerName: TypeAlias = Literal["sat", "unsat", "unknown"]
SolverName: TypeAlias = Literal["z3", "cvc5"]
SOLVERS: tuple[SolverName, ...] = ("z3", "cvc5")


@dataclass(frozen=True, slots=True)
class Obligation:
    """A question without free parts.

    ``name``: tells it from its siblings; ``smtlib``: a whole script, ending in one ``(check-sat)``; ``expect``: the
    answer that discharges it; ``meaning``: in one sentence, what that answer says about the model.
    """

    name: str
    smtlib: str
    expect: Literal["unsat", "sat"]
    meaning: str


@dataclass(frozen=True, slots=True)
class Result:
    """A solver's answer. ``model``: symbol to value where the answer is sat; ``reason``: why it is unknown.

    ``seconds``: wall-clock time with the start of the process.
    """

    answer: AnswerName
    model: dict[str, ModelValue] | None
    seconds: float
    reason: str
    solver: SolverName


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What both solvers say of one obligation: ``answer`` is unknown unless both give it."""

    obligation: Obligation
    z3: Result
    cvc5: Result

    @property
    def answer(self) -> AnswerName:
        """The answer that both give."""
        return self.z3.answer if self.z3.answer == self.cvc5.answer else "unknown"

    @property
    def discharged(self) -> bool:
        """Whether both give the answer that the obligation expects."""
        return self.answer == self.obligation.expect


def script(declarations: Iterable[str], assertions: Iterable[str], *, logic: str = "ALL") -> str:
    """A whole SMT-LIB script: declarations (commands), then what is asserted (terms), then the question."""
    lines = [f"(set-logic {logic})", *declarations, *(f"(assert {term})" for term in assertions), "(check-sat)"]
    return "\n".join(lines) + "\n"


def smtlib_of(assertions: Sequence[z3.BoolRef], *, logic: str = "ALL") -> str:
    """The script that asks whether the z3 terms hold together."""
    import z3

    solver: Any = z3.Solver()
    solver.add(*assertions)
    body = re.sub(r"^\(set-(?:info|logic|option)[^\n]*\)$", "", solver.to_smt2(), flags=re.MULTILINE)
    return f"(set-logic {logic})\n{body.strip()}\n"


def discharge(
    obligation: Obligation,
    *,
    solver: SolverName = "z3",
    seconds: float,
    command: Callable[[], list[str]] = command,
) -> Result:
    """Ask one solver, in a process of its own that is gone when this returns, after ``seconds`` at the latest.

    A process that dies, or answers what cannot be read, gives "unknown" with the reason.
    """
    return discharge_all([obligation], solver=solver, seconds=seconds, workers=1, command=command)[0]


def discharge_all(
    obligations: Sequence[Obligation],
    *,
    solver: SolverName = "z3",
    seconds: float,
    workers: int | None = None,
    command: Callable[[], list[str]] = command,
) -> list[Result]:
    """Ask one solver every obligation, on ``workers`` processes at a time (default: one a core).

    ``seconds`` is each one's own limit. The results are in the obligations' order.
    """
    return _run([(each, solver) for each in obligations], seconds, workers, command)


def confirm(obligation: Obligation, *, seconds: float) -> Confirmation:
    """Ask z3, then cvc5; raise ``DisagreementError`` where one says sat and the other unsat."""
    return confirm_all([obligation], seconds=seconds)[0]


def confirm_all(obligations: Sequence[Obligation], *, seconds: float, workers: int | None = None) -> list[Confirmation]:
    """Ask both solvers every obligation (see ``discharge_all``); raise ``DisagreementError`` at a contradiction."""
    asked: list[tuple[Obligation, SolverName]] = [(each, solver) for each in obligations for solver in SOLVERS]
    results = _run(asked, seconds, workers, command)
    pairs = zip(obligations, results[::2], results[1::2], strict=True)
    return [agreed(Confirmation(each, first, second)) for each, first, second in pairs]


def agreed(both: Confirmation) -> Confirmation:
    """The confirmation, unless its two answers contradict each other (``DisagreementError``)."""
    if {both.z3.answer, both.cvc5.answer} == {"sat", "unsat"}:
        raise DisagreementError(
            f"z3 answers {both.z3.answer} and cvc5 {both.cvc5.answer} to the obligation {both.obligation.name} "
            f"({both.obligation.meaning})"
        )
    return both


def _run(
    asked: Sequence[tuple[Obligation, SolverName]],
    seconds: float,
    workers: int | None,
    command: Callable[[], list[str]],
) -> list[Result]:
    found: dict[int, Result] = {}
    with Pool[int](workers, command) as pool:
        for number, (each, solver) in enumerate(asked):
            pool.submit(number, Request(solver, each.smtlib, seconds))
        while (done := pool.next()) is not None:
            number, answer = done
            found[number] = result_of(answer, asked[number][1])
    return [found[number] for number in range(len(asked))]


def result_of(answer: Answer, solver: SolverName) -> Result:
    """A process's answer with its model read; a model that cannot be read makes it unknown."""
    match answer.answer:
        case "sat":
            try:
                return Result("sat", read_model(answer.model), answer.seconds, "", solver)
            except ValueError as error:
                return Result("unknown", None, answer.seconds, f"{solver}'s model cannot be read: {error}", solver)
        case "unsat":
            return Result("unsat", None, answer.seconds, "", solver)
        case _:
            return Result("unknown", None, answer.seconds, answer.reason, solver)
