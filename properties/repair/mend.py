"""The fewest entries to add and to take away so that a change meets every demand of one property."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hopcheck.model.domain.device_config.cause import PlacedEntry
from hopcheck.model.domain.device_config.edits import Edits
from hopcheck.model.domain.device_config.ladder import LAST
from hopcheck.model.facts.effective import BuildView, Match
from hopcheck.model.facts.schema import Facts
from hopcheck.properties.repair.candidates import Candidate, candidates
from hopcheck.properties.repair.choice import Answer, Cascade, Switch, choose
from hopcheck.properties.repair.demands import Demand, Demands

_TAKING_AWAY = (1, 0, 0, 0, 0, 0)
"""The cost of taking away an entry that the change added, in the places of `Taste.cost`."""


@dataclass(frozen=True, slots=True)
class Mending:
    """How the demands of one property can be met.

    ``edits``: the entries that come and go; ``switched``: which choice this was, to be refused if it is no good.
    ``beyond``: the rows that no entry can mend, where the answer is that nothing can.
    """

    answer: Answer
    edits: Edits
    switched: frozenset[int]
    beyond: tuple[Demand, ...]


def mend(
    view: BuildView,
    facts: Facts,
    asked: Demands,
    own: Sequence[PlacedEntry],
    *,
    not_these: Sequence[frozenset[int]] = (),
    seconds: float,
) -> Mending:
    """Mend one property of the changed build, which ``view`` shows.

    ``facts``: all builds, to write values as they do; ``own``: the entries for the property that the change added: the
    only ones that may be taken away; ``not_these``: choices that were no good.
    """
    problem = _Problem(view, asked, own, candidates(view, facts, asked.rows, asked.prop))
    choice = choose(problem.switches, problem.cascades, not_these=not_these, seconds=seconds)
    beyond = problem.beyond() if choice.answer is Answer.IMPOSSIBLE else ()
    return Mending(choice.answer, problem.edits(choice.changed), choice.changed, beyond)


class _Problem:
    """Entries as switches, rows as cascades."""

    def __init__(self, view: BuildView, asked: Demands, own: Sequence[PlacedEntry], further: Sequence[Candidate]) -> None:
        self._own, self._further, self._rows = own, further, asked.rows
        self.switches = (
            *(Switch(True, _TAKING_AWAY) for _ in own),
            *(Switch(False, each.cost) for each in further),
        )
        self._number = _numbers(view, own)
        self._matches: dict[int, list[Match]] = {}
        self.cascades = tuple(self._cascade(row) for row in asked.rows)

    def _cascade(self, row: Demand) -> Cascade:
        """The row as a cascade; entries of the base are no switches: below the first of them nothing counts."""
        rungs: list[tuple[int, bool]] = []
        for rung in row.ladders.rungs(row.duty.machine, self._possible(row)):
            match, good = rung.match, rung.value in row.allowed
            number = self._number.get((match.array, match.index))
            if match.index >= LAST:
                number = len(self._own) + match.index - LAST
            if number is None:
                return Cascade(tuple(rungs), good)
            rungs.append((number, good))
        return Cascade(tuple(rungs), row.ladders.base(row.duty.machine) in row.allowed)

    def _possible(self, row: Demand) -> Iterable[Match]:
        """The candidates that would apply to the row's type."""
        found = self._matches.get(id(row.ladders))
        if found is None:
            tried = (row.ladders.match(c.placed.array, n, c.placed.entry) for n, c in enumerate(self._further))
            found = self._matches[id(row.ladders)] = [match for match in tried if match is not None]
        return found

    def beyond(self) -> tuple[Demand, ...]:
        """The rows that cannot come out well whatever is switched; empty where only some together cannot."""
        alone = zip(self._rows, self.cascades, strict=True)
        return tuple(row for row, cascade in alone if not cascade.base and not any(good for _, good in cascade.rungs))

    def edits(self, changed: Iterable[int]) -> Edits:
        numbers = sorted(changed)
        removed = tuple(self._own[n] for n in numbers if n < len(self._own))
        return Edits(tuple(self._further[n - len(self._own)].placed for n in numbers if n >= len(self._own)), removed)


def _numbers(view: BuildView, own: Sequence[PlacedEntry]) -> dict[tuple[str, int], int]:
    """Array and index of each of the change's own entries, to its number: the last of equal ones is meant."""
    found: dict[tuple[str, int], int] = {}
    for number, placed in enumerate(own):
        entries = view.build.compat_arrays[placed.array].entries
        index = max(i for i, e in enumerate(entries) if e == placed.entry and (placed.array, i) not in found)
        found[placed.array, index] = number
    return found
