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

NO_LIMIT = 255
"""More values than any row has."""


def row_obligations(shapes: Sequence[Shape], violated: Mapping[str, Collection[int]]) -> tuple[Obligation, ...]:
    """The questions for rows (numbered as in ``shapes``): ``violated`` says, by property that was asked, which ones fail."""
    made = []
    for name, relation in RELATIONS.items():
        if name not in violated:
            continue
        bad = set(violated[name])
        for safe in (True, False):
            rows = [number for number in range(len(shapes)) if (number not in bad) is safe]
            for start in range(0, len(rows), ROWS_PER_QUESTION):
                chunk = rows[start : start + ROWS_PER_QUESTION]
                title = f"{name}: {'safe' if safe else 'violated'} rows from {chunk[0]}"
                made.append(_question(title, shapes, chunk, relation, safe=safe))
    return tuple(made)


def _question(
    name: str, shapes: Sequence[Shape], numbers: Sequence[int], relation: Callable[[Shape], str], *, safe: bool
) -> Obligation:
    """Whether some row has a pair of builds in the relation (safe: none may), or whether every row has one.

    A source and a destination are chosen by one truth value for each build: where some choice of several builds is in the
    relation, a single one is, so that nothing need say that only one is chosen.
    """
    held = [_pair(shapes[number], relation(shapes[number]), "" if safe else f"{number}_") for number in numbers]
    stations = len(shapes[numbers[0]].values)
    pairs = [""] if safe else [f"{number}_" for number in numbers]
    lines = ["(set-logic QF_LIA)"]
    lines += [f"(declare-const {end}{pair}{station} Bool)" for pair in pairs for end in "ab" for station in range(stations)]
    lines += [f"(assert (or false {' '.join(held)}))"] if safe else [f"(assert {each})" for each in held]
    lines.append("(check-sat)")
    meaning = "no two builds stand in the relation" if safe else "in every row two builds stand in the relation"
    return Obligation(name, "\n".join(lines) + "\n", "unsat" if safe else "sat", meaning)


def _pair(shape: Shape, body: str, pair: str) -> str:
    """A build is chosen as source and one as destination, both know the row, and their values are in the relation."""
    places: dict[int, list[int]] = {}
    for station, value in enumerate(shape.values):
        if value >= 0:
            places.setdefault(value, []).append(station)
    choices = []
    for source, sources in places.items():
        for destination, destinations in places.items():
            limits = {each: shape.limits[each] if shape.limits else NO_LIMIT for each in destinations}
            for limit in dict.fromkeys(limits.values()):
                held = body.replace("SRC", str(source)).replace("DST", str(destination)).replace("LIMIT", str(limit))
                from_ = " ".join(f"a{pair}{station}" for station in sources)
                to = " ".join(f"b{pair}{station}" for station in destinations if limits[station] == limit)
                choices.append(f"(and (or false {from_}) (or false {to}) {held})")
    return f"(or false {' '.join(choices)})"


def _stops(shape: Shape) -> str:
    """A migration from a build with the value SRC to one with DST fails."""
    if shape.kind is Kind.CARRIED:
        return "(> SRC LIMIT)"
    if shape.refused:
        pairs = (f"(and (= SRC {offered}) (= DST {own}))" for offered, own in shape.refused)
        return f"(or false {' '.join(pairs)})"
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


RELATIONS: Mapping[str, Callable[[Shape], str]] = {
    "preserved": _preserved,
    "migrates": _stops,
    "path independent": _changes,
}
