"""The questions behind a proof, written anew from the system: initial states, steps, states that are bad.

A step is one without an error of the model: the guard has a value and holds, and each update has one inside its type.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

from hopcheck.certify.shape import RefutedError
from hopcheck.certify.system import Claim, PlainAction, PlainSystem, UnboundedError
from hopcheck.certify.terms import Place, Script, both, either, inside, opposite, value

MOST_CHOICES = 10_000
"""An action with more choices of its parameters is not spelled out."""


@dataclass(frozen=True, slots=True)
class Question:
    """``text``: a script; ``meaning``: what it says of the system that nothing satisfies it."""

    text: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What of a system a claim depends on: positions of variables, and the actions that change any of them.

    An action that changes none of them is a step that changes nothing: it can be left out where such a step is good.
    """

    variables: tuple[int, ...]
    actions: tuple[PlainAction, ...]


def variables_of(system: PlainSystem, *rows: int) -> set[int]:
    """The variables that the rows read, before or after a step."""
    found: set[int] = set()
    done: set[int] = set()
    todo = list(rows)
    while todo:
        number = todo.pop()
        if number not in done:
            done.add(number)
            row = system.rows[number]
            todo += row.args
            if row.op in ("var", "next"):
                assert isinstance(row.payload, int)
                found.add(row.payload)
    return found


def seen_by(system: PlainSystem, claim: Claim, *, idle: bool, also: Sequence[int] = ()) -> Seen:
    """What the claim depends on; ``idle``: keep actions that change none of it; ``also``: variables that count as read."""
    needed = {*variables_of(system, claim.row), *also}
    if claim.kind == "never_stuck" or idle:
        needed |= variables_of(system, *(each.guard for each in system.actions))
    while True:
        more: set[int] = set()
        for each in system.actions:
            rows = [row for variable, row in each.updates if variable in needed]
            if rows:
                more |= variables_of(system, each.guard, *rows)
        if more <= needed:
            break
        needed |= more
    acting = tuple(each for each in system.actions if idle or any(variable in needed for variable, _ in each.updates))
    return Seen(tuple(sorted(needed)), acting)


@dataclass(slots=True)
class Run:
    """A script about the states of a run: frame 0, 1, ...; each has its own symbols for what is seen."""

    system: PlainSystem
    seen: Seen
    script: Script = field(init=False)
    frames: list[dict[int, str]] = field(default_factory=list)
    _choices: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.script = Script(self.system)
        self.more()

    def more(self) -> int:
        """One frame more; its number."""
        frame = len(self.frames)
        self.frames.append({each: self.script.variable(each, frame) for each in self.seen.variables})
        return frame

    def place(self, frame: int) -> Place:
        """The state of a frame, without one after it."""
        return self.script.place(self.frames[frame])

    def start(self) -> str:
        """Frame 0 is an initial state: what is not seen of it may be anything that fits."""
        values, parts = dict(self.frames[0]), []
        for position in sorted(variables_of(self.system, self.system.initially) - set(values)):
            values[position] = self.script.fresh(f"s{position}", self.system.variables[position].type)
        for position, symbol in values.items():
            variable = self.system.variables[position]
            if variable.initial is not None:
                parts.append(either(_equal(symbol, value(code, variable.type)) for code in variable.initial))
        return both([*parts, self.script.truly(self.system.initially, self.script.place(values))])

    def step(self, frame: int) -> str:
        """Some action leads from a frame to the next one."""
        made = []
        for action in self.seen.actions:
            happens, after = self.taken(action, frame)
            then = self.frames[frame + 1]
            made.append(both([happens, *(_equal(then[each], after[each]) for each in then)]))
        return either(made)

    def taken(self, action: PlainAction, frame: int) -> tuple[str, Mapping[int, str]]:
        """Where an action can happen in a frame, with parameters of its own, and the values of what is seen after it."""
        given = {}
        for name, type_ in action.parameters:
            given[name] = self.script.fresh(f"p{next(self._choices)}", type_)
        place = self.script.with_parameters(self.place(frame), given)
        parts = [self.script.truly(action.guard, place)]
        after = dict(self.frames[frame])
        for variable, row in action.updates:
            if variable in after:
                after[variable] = self.script.value(row, place)
                parts.append(self.script.defined(row, place))
                parts.append(inside(after[variable], self.system.variables[variable].type))
        return both(parts), after

    def enabled(self, frame: int) -> str:
        """Some action's guard holds, for some choice of its parameters."""
        made = []
        for action in self.system.actions:
            names = [name for name, _ in action.parameters]
            types = [type_ for _, type_ in action.parameters]
            if prod(len(each.codes) for each in types) > MOST_CHOICES:
                raise UnboundedError("an action has too many choices of parameters to write them all")
            for codes in itertools.product(*(each.codes for each in types)):
                given = {name: value(code, type_) for name, code, type_ in zip(names, codes, types, strict=True)}
                made.append(self.script.truly(action.guard, self.script.with_parameters(self.place(frame), given)))
        return either(made)

    def good(self, claim: Claim, frame: int) -> str:
        """The state of a frame satisfies the claim (over steps: so does the step to the next frame)."""
        match claim.kind:
            case "always":
                return self.script.truly(claim.row, self.place(frame))
            case "never_stuck":
                return either([self.enabled(frame), self.script.truly(claim.row, self.place(frame))])
            case "step":
                place = self.script.place(self.frames[frame], self.frames[frame + 1])
                return self.script.truly(claim.row, place)
            case _:
                raise RefutedError(f"{claim.kind} cannot be proved")

    def over_step(self, claim: Claim, frame: int, after: Mapping[int, str]) -> str:
        """A claim over steps holds of the step from a frame to the state with these values."""
        return self.script.truly(claim.row, self.script.place(self.frames[frame], after))

    def differ(self, one: int, other: int) -> str:
        """The states of two frames differ."""
        return either(opposite(_equal(self.frames[one][each], self.frames[other][each])) for each in self.seen.variables)


def _equal(left: str, right: str) -> str:
    return f"(= {left} {right})"
