"""The smallest refutation of the theorem without one of its premises.

Smallest: fewest releases, then fewest hops, then fewest device types, then fewest changes and entries; of what is left
the least in a fixed order, so that the answer does not depend on the solver's version. Only chains that never go back
to an older build are looked at: nobody can answer "then do not downgrade".
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import z3

from hopcheck.model.errors import LimitError
from hopcheck.properties.theorem.bounded import Bounded, differs, looks_like, premises, process_values
from hopcheck.properties.theorem.premises import Mistake
from hopcheck.properties.theorem.world import Chain, World, describe

MOST_RELEASES, MOST_HOPS, MOST_TYPES = 3, 2, 2
"""How far the search goes: every mistake shows within, and some only at each of these bounds."""


@dataclass(frozen=True, slots=True)
class Refutation:
    """A world with one mistake, and a chain in it whose processes, with these ``values``, do not all agree."""

    mistake: Mistake
    world: World
    chain: Chain
    values: tuple[int, ...]

    @property
    def hops(self) -> str:
        """The chain in one line, with the value of the property in each process."""
        shown = [
            f"release {build + 1}{'' if option is None else f' with property={option}'} ({value})"
            for build, option, value in zip(self.chain.builds, self.chain.options, self.values, strict=True)
        ]
        return f"machine type {self.chain.machine + 1}, {self.world.types[self.chain.type]}: {' -> '.join(shown)}"

    def __str__(self) -> str:
        return "\n  ".join([f"{self.mistake.value}:", *describe(self.world), self.hops])


def refute(mistake: Mistake) -> Refutation | None:
    """The smallest refutation with this mistake; None when there is none within the bounds."""
    sizes = (range(1, most + 1) for most in (MOST_RELEASES, MOST_HOPS, MOST_TYPES))
    for releases, hops, types in itertools.product(*sizes):
        for chain in forward_chains(releases, hops, types):
            found = _least(mistake, Bounded(releases, types), chain)
            if found is not None:
                return found
    return None


def forward_chains(releases: int, hops: int, types: int) -> Iterator[Chain]:
    """Every chain to the same or newer builds, those of old machine types first."""
    for machine in range(releases):
        for builds in itertools.combinations_with_replacement(range(machine, releases), hops + 1):
            for type_ in range(types):
                yield Chain(machine, type_, builds, (None,) * (hops + 1))


def _least(mistake: Mistake, bounded: Bounded, chain: Chain) -> Refutation | None:
    """The least world in which the mistake, and it alone, breaks this chain."""
    solver = z3.Solver()
    solver.add(*bounded.shape(), looks_like(mistake, bounded, chain), differs(bounded, mistake, chain))
    solver.add(*(formula for premise, formula in premises(bounded).items() if premise not in mistake.breaks))
    if not _possible(solver):
        return None
    options = [bounded.option(process) for process in range(len(chain.builds))]
    for term in [*bounded.terms(), *options]:
        _make_least(solver, term)
    assert _possible(solver)
    model = solver.model()

    def numbers(terms: list[z3.ArithRef]) -> tuple[int, ...]:
        return tuple(int(model.eval(term, model_completion=True).as_long()) for term in terms)

    given = tuple(option or None for option in numbers(options))
    return Refutation(
        mistake,
        bounded.read(model, mistake),
        Chain(chain.machine, chain.type, chain.builds, given),
        numbers(process_values(bounded, mistake, chain)),
    )


def _make_least(solver: z3.Solver, term: z3.ArithRef) -> None:
    """Fix a term, which is never negative, to the least value it can have."""
    for value in itertools.count():
        if _possible(solver, term == value):
            solver.add(term == value)
            return


def _possible(solver: z3.Solver, *also: z3.BoolRef) -> bool:
    answer = solver.check(*also)
    if answer == z3.unknown:
        raise LimitError(f"z3 does not decide a world of a few releases: {solver.reason_unknown()}")
    return bool(answer == z3.sat)
