"""Every reachable state of the system in a certificate, level by level, by plain Python; and what holds in them."""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import prod

from hopcheck.certify.meaning import Given, Meaning, MissedError, State, meanings
from hopcheck.certify.shape import RefutedError
from hopcheck.certify.system import MOST_VALUES, Claim, PlainAction, PlainSystem, UnboundedError

NOWHERE: State = ()
"""The state after a step, where no step is meant."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a search gives up: so many states, so many seconds."""

    states: int
    seconds: float


@dataclass(slots=True)
class Walked:
    """What was seen. ``why``: why it is not all, "" where it is; ``states``, ``edges`` and ``digests``: by level.

    ``fired``: how often each action could happen, by name; ``values``: the codes of each variable, in order of declaration.
    ``violated``: by position of the claim, what violates it, in words.
    """

    why: str = ""
    states: list[int] = field(default_factory=list)
    edges: list[int] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    fired: dict[str, int] = field(default_factory=dict)
    values: list[set[int]] = field(default_factory=list)
    violated: dict[int, str] = field(default_factory=dict)


class Machine:
    """The system as something that runs."""

    def __init__(self, system: PlainSystem) -> None:
        self.system = system
        self.of: Sequence[Meaning] = meanings(system)
        self._choices: dict[int, tuple[Given, ...]] = {}

    def starts(self) -> Iterator[State]:
        """The initial states; every candidate that is none comes as ``NOWHERE``, so that a caller can look at its watch."""
        initially = self.of[self.system.initially]
        among = [each.type.codes if each.initial is None else each.initial for each in self.system.variables]
        for state in itertools.product(*among):
            yield state if self._value(initially, state) else NOWHERE

    def is_start(self, state: State) -> bool:
        """Whether a state is an initial one."""
        if len(state) != len(self.system.variables):
            return False
        for each, code in zip(self.system.variables, state, strict=True):
            if not each.type.holds(code) or (each.initial is not None and code not in each.initial):
                return False
        return bool(self._value(self.of[self.system.initially], state))

    def steps(self, state: State) -> Iterator[tuple[PlainAction, State]]:
        """Everything that can happen; raises ``RefutedError`` where it is an error of the model."""
        for number, action in enumerate(self.system.actions):
            guard = self.of[action.guard]
            for given in self._given(number, action):
                if not self._value(guard, state, given=given):
                    continue
                after = list(state)
                for variable, row in action.updates:
                    code = int(self._value(self.of[row], state, given=given))
                    if not self.system.variables[variable].type.holds(code):
                        raise RefutedError(f"{action.label} leaves the type of {self.system.variables[variable].name}")
                    after[variable] = code
                yield action, tuple(after)

    def holds(self, row: int, state: State, after: State = NOWHERE) -> bool:
        """Whether a condition holds in a state, or over a step."""
        return bool(self._value(self.of[row], state, after))

    def _value(self, meaning: Meaning, state: State, after: State = NOWHERE, given: Given | None = None) -> int:
        try:
            return meaning(state, after, given or {})
        except MissedError:
            raise RefutedError("a lookup lies outside its table in a reachable state") from None

    def _given(self, number: int, action: PlainAction) -> tuple[Given, ...]:
        """Every choice of an action's parameters."""
        if number not in self._choices:
            names = [name for name, _ in action.parameters]
            among = [type_.codes for _, type_ in action.parameters]
            if prod(map(len, among)) > MOST_VALUES:
                raise UnboundedError("an action has too many choices of parameters to list")
            self._choices[number] = tuple(dict(zip(names, each, strict=True)) for each in itertools.product(*among))
        return self._choices[number]


def walk(system: PlainSystem, claims: Sequence[Claim], limits: Limits) -> Walked:
    """Visit every state within the limits, and judge the claims.

    Raises ``RefutedError`` where the system makes an error of the model.
    """
    return _Walk(system, claims, limits).run()


class _Walk:
    def __init__(self, system: PlainSystem, claims: Sequence[Claim], limits: Limits) -> None:
        self.machine, self.claims, self.limits = Machine(system), claims, limits
        self.until = time.monotonic() + limits.seconds
        self.found = Walked(fired={each.name: 0 for each in system.actions}, values=[set() for _ in system.variables])
        self.seen: set[State] = set()
        self.witnessed: set[int] = set()
        goals = [number for number, each in enumerate(claims) if each.kind == "can_always_reach"]
        self.good: dict[int, list[State]] = {number: [] for number in goals}
        self.sources: dict[State, list[State]] = {}

    def run(self) -> Walked:
        try:
            level = self._start()
            while level and not self.found.why:
                level = self._expand(level)
        except UnboundedError as error:
            self.found.why = str(error)
        if not self.found.why:
            self._judge_the_whole()
        return self.found

    def _start(self) -> list[State]:
        level = []
        for state in self.machine.starts():
            if state != NOWHERE:
                level.append(state)
                self.seen.add(state)
            if self._enough():
                break
        return level

    def _enough(self) -> bool:
        if len(self.seen) > self.limits.states:
            self.found.why = f"it has more than {self.limits.states} states"
        elif time.monotonic() > self.until:
            self.found.why = f"after {self.limits.seconds:g} s it was not done"
        return bool(self.found.why)

    def _expand(self, level: Iterable[State]) -> list[State]:
        fresh: list[State] = []
        edges = states = digest = 0
        for state in level:
            states += 1
            digest += _digest(state)
            self._look(state)
            steps = 0
            for action, after in self.machine.steps(state):
                steps += 1
                self.found.fired[action.name] += 1
                if self.good:
                    self.sources.setdefault(after, []).append(state)
                self._look_at_step(state, after, action)
                if after not in self.seen:
                    self.seen.add(after)
                    fresh.append(after)
            if not steps:
                self._stuck(state)
            edges += steps
            if self._enough():
                return []
        self.found.states.append(states)
        self.found.edges.append(edges)
        self.found.digests.append(f"{digest % 2**128:032x}")
        return fresh

    def _look(self, state: State) -> None:
        for values, code in zip(self.found.values, state, strict=True):
            values.add(code)
        for number, claim in enumerate(self.claims):
            if claim.kind not in ("always", "reachable", "can_always_reach"):
                continue
            held = self.machine.holds(claim.row, state)  # even where the answer is known: it must have a value everywhere
            if claim.kind == "always" and not held:
                self._violated(number, state, "it is false")
            elif claim.kind == "reachable" and held:
                self.witnessed.add(number)
            elif claim.kind == "can_always_reach" and held:
                self.good[number].append(state)

    def _look_at_step(self, state: State, after: State, action: PlainAction) -> None:
        for number, claim in enumerate(self.claims):
            if claim.kind == "step" and not self.machine.holds(claim.row, state, after):
                self._violated(number, state, f"it is false of {action.label}")

    def _stuck(self, state: State) -> None:
        for number, claim in enumerate(self.claims):
            if claim.kind == "never_stuck" and not self.machine.holds(claim.row, state):
                self._violated(number, state, "nothing can happen")

    def _violated(self, number: int, state: State, what: str) -> None:
        names = [each.name for each in self.machine.system.variables]
        where = ", ".join(f"{name}={code}" for name, code in zip(names, state, strict=True))
        self.found.violated.setdefault(number, f"{what} in the reachable state {where}")

    def _judge_the_whole(self) -> None:
        """What only a search that saw everything can say."""
        for number, claim in enumerate(self.claims):
            if claim.kind == "reachable" and number not in self.witnessed:
                self.found.violated[number] = "no reachable state is of the kind that it asks for"
        for number, goal in self.good.items():
            good, todo = set(goal), list(goal)
            while todo:
                for source in self.sources.get(todo.pop(), ()):
                    if source not in good:
                        good.add(source)
                        todo.append(source)
            lost = min(self.seen - good, default=None)
            if lost is not None:
                self._violated(number, lost, "no good end can be reached")


def _digest(state: State) -> int:
    """BLAKE2b of the codes in decimal; a level's digest is the sum of them modulo 2**128."""
    made = hashlib.blake2b(",".join(map(str, state)).encode(), digest_size=16)
    return int.from_bytes(made.digest(), "big")
