"""The premises over a handful of releases, without quantifiers: where a solver looks for worlds that break something.

One property; at most one entry in each array (it may match several types). Values are 1, 2, ...; they only need to
differ. What lies beyond the last release repeats it: a finite world that keeps a premise can be continued for ever.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import z3

from hopcheck.properties.theorem.premises import Mistake, Premise
from hopcheck.properties.theorem.world import Chain, Entry, World


@dataclass(frozen=True, slots=True)
class Bounded:
    """The unknowns of a world with this many releases and device types, by release, array and type."""

    releases: int
    types: int

    def default(self, release: int, type_: int) -> z3.ArithRef:
        """The static default."""
        return z3.Int(f"default_{release}_{type_}")

    def listed(self, build: int, label: int, type_: int) -> z3.BoolRef:
        """Whether the build's array matches the type."""
        return z3.Bool(f"listed_{build}_{label}_{type_}")

    def carried(self, build: int, label: int) -> z3.ArithRef:
        """The value of the entry in the build's array; 0 where it has none."""
        return z3.Int(f"carried_{build}_{label}")

    def option(self, process: int) -> z3.ArithRef:
        """What the user gives to a process; 0 for nothing."""
        return z3.Int(f"option_{process}")

    def changed(self, label: int, type_: int) -> z3.BoolRef:
        """The default changes after release ``label``."""
        return self.default(label + 1, type_) != self.default(label, type_)

    def added(self, after: int, label: int, type_: int) -> z3.BoolRef:
        """The release that follows ``after`` has a match there that ``after`` has not."""
        return z3.And(self.listed(after + 1, label, type_), z3.Not(self.listed(after, label, type_)))

    def arrays(self) -> Iterator[tuple[int, int]]:
        """Every build with every label, its own and newer ones (which nothing applies) included."""
        return itertools.product(range(self.releases), range(self.releases))

    def afters(self) -> Iterator[tuple[int, int]]:
        """Every release but the last, with every type: where something can change."""
        return itertools.product(range(self.releases - 1), range(self.types))

    def terms(self) -> list[z3.ExprRef]:
        """Every unknown, those that make a world simple first: the order in which they are made small."""
        arrays, types = list(self.arrays()), range(self.types)
        counts = [
            _count(self.changed(label, type_) for label, type_ in self.afters()),
            _count(self.carried(build, label) != 0 for build, label in arrays),
        ]
        defaults = [self.default(release, type_) for release in range(self.releases) for type_ in types]
        matches = [_count([self.listed(build, label, type_)]) for build, label in arrays for type_ in types]
        return [*counts, *defaults, *matches, *(self.carried(build, label) for build, label in arrays)]

    def shape(self) -> list[z3.BoolRef]:
        """What values may be, and that an entry has a value exactly where it matches something."""
        most = self.releases + 1
        made = [
            z3.And(self.default(release, type_) >= 1, self.default(release, type_) <= most)
            for release in range(self.releases)
            for type_ in range(self.types)
        ]
        for build, label in self.arrays():
            some = z3.Or([self.listed(build, label, type_) for type_ in range(self.types)])
            value = self.carried(build, label)
            made += [value <= most, z3.If(some, value >= 1, value == 0)]
        return made

    def read(self, model: z3.ModelRef, mistake: Mistake) -> World:
        """The world that a model describes."""

        def number(term: z3.ArithRef) -> int:
            return int(model.eval(term, model_completion=True).as_long())

        types = range(self.types)
        entries = []
        for build, label in self.arrays():
            found = (self.listed(build, label, type_) for type_ in types)
            matched = tuple(i for i, term in enumerate(found) if z3.is_true(model.eval(term, model_completion=True)))
            if matched:
                entries.append(Entry(build, label, matched, number(self.carried(build, label))))
        return World(
            ("type",) if self.types == 1 else tuple(f"type-{chr(ord('a') + type_)}" for type_ in types),
            tuple(tuple(number(self.default(release, type_)) for type_ in types) for release in range(self.releases)),
            tuple(entries),
            newest_wins=mistake is Mistake.NEWER_ARRAY_WINS,
            receiving_only=mistake is Mistake.ONLY_WHEN_RECEIVING,
        )


def _count(conditions: Iterator[z3.BoolRef] | list[z3.BoolRef]) -> z3.ArithRef:
    return z3.Sum([z3.If(condition, 1, 0) for condition in conditions])


def premises(world: Bounded) -> Mapping[Premise, z3.BoolRef]:
    """Each premise about the releases, over the bounded world. (The others are in how a process gets its value.)"""
    labels, types = range(world.releases), range(world.types)
    changed, added = world.changed, world.added

    def anywhere(after: int, type_: int) -> z3.BoolRef:
        return z3.Or([added(after, label, type_) for label in labels])

    return {
        Premise.ENTRY: z3.And(
            [
                z3.Implies(changed(a, t), z3.Or([z3.And(changed(a, u), anywhere(a, u)) for u in types]))
                for a, t in world.afters()
            ]
        ),
        Premise.LABEL: z3.And(
            [z3.Not(z3.And(changed(a, t), added(a, label, t))) for a, t in world.afters() for label in labels if label != a]
        ),
        Premise.ALL_CHANGED: z3.And(
            [
                z3.Implies(z3.And(changed(a, t), changed(a, u), anywhere(a, t)), anywhere(a, u))
                for a, t in world.afters()
                for u in types
            ]
        ),
        Premise.ONLY_CHANGED: z3.And([z3.Implies(world.listed(a + 1, a, t), changed(a, t)) for a, t in world.afters()]),
        Premise.VALUE: z3.And(
            [
                z3.Implies(z3.And(changed(a, t), world.listed(a + 1, a, t)), world.carried(a + 1, a) == world.default(a, t))
                for a, t in world.afters()
            ]
        ),
        Premise.FROZEN: z3.And([_same_array(world, b, label, label + 1) for b, label in world.arrays() if b > label]),
    }


def _same_array(world: Bounded, build: int, label: int, other: int) -> z3.BoolRef:
    same = [world.listed(build, label, t) == world.listed(other, label, t) for t in range(world.types)]
    return z3.And(*same, world.carried(build, label) == world.carried(other, label))


def looks_like(mistake: Mistake, world: Bounded, chain: Chain) -> z3.BoolRef:
    """What else holds of a world with this mistake, so that it is this one and no other that breaks the chain."""
    match mistake:
        case Mistake.OLDER_ARRAY:
            return z3.And(_only_added(world), _added_for_changes(world, lambda after, label: label < after))
        case Mistake.NEWER_ARRAY:
            return _added_for_changes(world, lambda after, label: label > after)
        case Mistake.TYPE_TOO_MANY:
            return _matches_a_change(world)
        case Mistake.ARRAY_CHANGED_LATER:
            return _only_added(world)
        case Mistake.LATE_FIX:
            last, first = world.releases - 1, world.default(chain.machine, chain.type)
            fixed = below_options(world, mistake, last, chain.machine, chain.type, None) == first
            return z3.And(_only_added(world), fixed, z3.BoolVal(chain.machine < chain.builds[0] < last))
        case _:
            return z3.BoolVal(True)


def _only_added(world: Bounded) -> z3.BoolRef:
    """An entry that has been shipped stays."""
    return z3.And(
        [
            z3.Implies(world.carried(build, label) != 0, _same_array(world, build, label, build + 1))
            for build, label in world.arrays()
            if label < build < world.releases - 1
        ]
    )


def _added_for_changes(world: Bounded, where: Callable[[int, int], bool]) -> z3.BoolRef:
    """Entries are added for changes only, with the right value, and in arrays that ``where(after, label)`` allows."""
    parts = []
    for (after, type_), label in itertools.product(world.afters(), range(world.releases)):
        right = world.carried(after + 1, label) == world.default(after, type_)
        lawful = z3.And(world.changed(after, type_), right) if where(after, label) else z3.BoolVal(False)
        parts.append(z3.Implies(world.added(after, label, type_), lawful))
    return z3.And(parts)


def _matches_a_change(world: Bounded) -> z3.BoolRef:
    """Every entry in the array of the release before matches some type that changed."""
    parts = []
    for after in range(world.releases - 1):
        matched = [z3.And(world.changed(after, t), world.listed(after + 1, after, t)) for t in range(world.types)]
        parts.append(z3.Implies(world.carried(after + 1, after) != 0, z3.Or(matched)))
    return z3.And(parts)


def below_options(world: Bounded, mistake: Mistake, build: int, machine: int, type_: int, source: int | None) -> z3.ArithRef:
    """What a process takes where the user gives nothing: the arrays laid over the default, one after the other."""
    labels = range(machine, build) if mistake is Mistake.NEWER_ARRAY_WINS else reversed(range(machine, build))
    value = world.default(build, type_)
    for label in labels:
        if mistake is Mistake.ONLY_WHEN_RECEIVING and (source is None or source > label):
            continue
        value = z3.If(world.listed(build, label, type_), world.carried(build, label), value)
    return value


def process_values(world: Bounded, mistake: Mistake, chain: Chain) -> list[z3.ArithRef]:
    """The value in each process of the chain: the user's option, else what stands below it."""
    made = []
    for process, build in enumerate(chain.builds):
        source = chain.builds[process - 1] if process else None
        value = below_options(world, mistake, build, chain.machine, chain.type, source)
        option = world.option(process)
        made.append(z3.If(option > 0, option, value))
    return made


def differs(world: Bounded, mistake: Mistake, chain: Chain) -> z3.BoolRef:
    """The chain's last process has another value than the first, and all before it agree."""
    *before, last = process_values(world, mistake, chain)
    options = [world.option(process) for process in range(len(chain.builds))]
    most = world.releases + 1 if mistake is Mistake.OPTIONS_DIFFER else 0
    given = [z3.And(option >= 0, option <= most) for option in options]
    return z3.And(*given, *(value == before[0] for value in before), last != before[0])
