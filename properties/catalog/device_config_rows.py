"""device_config row by row, a second way: not over runs of the model, but over pairs of builds, for a solver.

A row violates a property exactly where two builds that know it stand in a certain relation. That this is so for chains
of any length is what the exhaustive search shows; here the relation is put to the solvers as two closed questions: no row
that the search found safe has such a pair, and every row that it found violated has one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from hopcheck.model.domain.device_config.mismatch import Breaks, Kind
from hopcheck.model.domain.device_config.shape import Shape
from hopcheck.properties.obligation import Obligation

ROWS_PER_QUESTION = 400
"""So many rows make one question: solvers take many small ones more quickly than a single large one."""


def row_obligations(shapes: Sequence[Shape], violated: Mapping[str, Collection[int]]) -> tuple[Obligation, ...]:
    """The questions for rows (numbered as in ``shapes``) of which ``violated`` says, by property, which ones fail."""
    made = []
    for name, relation in _RELATIONS.items():
        bad = set(violated.get(name, ()))
        safe = [number for number in range(len(shapes)) if number not in bad]
        for start in range(0, len(safe), ROWS_PER_QUESTION):
            chunk = safe[start : start + ROWS_PER_QUESTION]
            made.append(_question(f"{name}: safe rows from {chunk[0]}", shapes, chunk, relation, safe=True))
        if bad:
            made.append(_question(f"{name}: violated rows", shapes, sorted(bad), relation, safe=False))
    return tuple(made)


def _question(
    name: str, shapes: Sequence[Shape], numbers: Sequence[int], relation: Callable[[Shape], str], *, safe: bool
) -> Obligation:
    lines = ["(set-logic QF_LIA)"]
    held = []
    for number in numbers:
        shape = shapes[number]
        lines += [f"(declare-const {end}{number} Int)" for end in ("a", "b")]
        lines.append(_table(f"value{number}", shape.values))
        if shape.refusing:
            lines.append(_table(f"refuses{number}", [int(each) for each in shape.refusing]))
        known = " ".join(f"(>= (value{number} {end}{number}) 0)" for end in ("a", "b"))
        last = len(shape.values) - 1
        inside = " ".join(f"(<= 0 {end}{number} {last})" for end in ("a", "b"))
        body = relation(shape)
        for sign, term in (("SRC", f"(value{number} a{number})"), ("DST", f"(value{number} b{number})")):
            body = body.replace(sign, term)
        body = body.replace("REFUSES", f"(= (refuses{number} b{number}) 1)" if shape.refusing else "false")
        held.append(f"(and {inside} {known} {body})")
    if safe:
        lines.append(f"(assert (or false {' '.join(held)}))")
    else:
        lines += [f"(assert {each})" for each in held]
    lines.append("(check-sat)")
    meaning = "no two builds stand in the relation" if safe else "in every row two builds stand in the relation"
    return Obligation(name, "\n".join(lines) + "\n", "unsat" if safe else "sat", meaning)


def _table(name: str, cells: Sequence[int]) -> str:
    body = "(- 1)"
    for position in reversed(range(len(cells))):
        cell = str(cells[position]) if cells[position] >= 0 else f"(- {-cells[position]})"
        body = f"(ite (= at {position}) {cell} {body})"
    return f"(define-fun {name} ((at Int)) Int {body})"


def _stops(shape: Shape) -> str:
    """A migration from a build with the value SRC to one with DST fails."""
    if shape.kind is Kind.CARRIED:
        return "(and REFUSES (> SRC DST))"
    return {
        Breaks.BOTH: "(not (= SRC DST))",
        Breaks.NEWER_TO_OLDER: "(> SRC DST)",
        Breaks.OLDER_TO_NEWER: "(< SRC DST)",
        Breaks.NEITHER: "false",
    }[shape.breaks]


def _changes(shape: Shape) -> str:
    """A migration between the two loads although the values differ, and somebody can tell."""
    if shape.kind is Kind.NOT_OBSERVABLE:
        return "false"
    return f"(and (not (= SRC DST)) (not {_stops(shape)}))"


def _preserved(shape: Shape) -> str:
    return "false" if shape.kind is Kind.CARRIED else _changes(shape)


_RELATIONS: Mapping[str, Callable[[Shape], str]] = {
    "preserved": _preserved,
    "migrates": _stops,
    "path independent": _changes,
}
