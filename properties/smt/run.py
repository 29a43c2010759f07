"""Scripts about runs: the functions of an encoding applied to the frames of a run of some length."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from hopcheck.properties.obligation import script
from hopcheck.properties.smt import names
from hopcheck.properties.smt.encoding import BAD, DOMAIN, HELD, INITIAL, KEPT, STEP, Encoding
from hopcheck.properties.smt.term import apply, disjunction


class Run:
    """The states 0 to ``length`` of a run, each in its domain, and what is asserted of them."""

    def __init__(self, encoding: Encoding, length: int) -> None:
        self.encoding = encoding
        self.length = length
        self.assertions = [self.state(DOMAIN, frame) for frame in range(length + 1)]
        self._booleans: list[str] = []

    def boolean(self, name: str) -> str:
        """Declare a truth value of the script's own."""
        self._booleans.append(names.own(name))
        return self._booleans[-1]

    def symbols(self, frame: int) -> list[str]:
        """What the variables are called in a frame."""
        return [names.at(symbol, frame) for symbol, _ in self.encoding.now]

    def choices(self, frame: int) -> list[str]:
        """What the choices of the step from a frame are called."""
        return [names.at(symbol, frame) for symbol, _ in self.encoding.choice]

    def state(self, function: str, frame: int) -> str:
        """A function of one state, applied to that of the frame."""
        return apply(function, self.symbols(frame))

    def step(self, frame: int) -> str:
        """A step leads from the frame to the next."""
        return apply(STEP, [*self.symbols(frame), *self.symbols(frame + 1), *self.choices(frame)])

    def bad(self, frame: int) -> str:
        """The frame's state is bad."""
        return apply(BAD, [*self.symbols(frame), *self.choices(frame)])

    def good(self, frame: int) -> list[str]:
        """The frame's state is not bad, and neither is the step from it: what may be assumed of earlier ones."""
        kept = apply(KEPT, [*self.symbols(frame), *self.symbols(frame + 1)])
        return [self.state(HELD, frame), kept]

    def distinct(self, one: int, other: int) -> str:
        """The states of two frames differ."""
        pairs = zip(self.symbols(one), self.symbols(other), strict=True)
        return disjunction([f"(distinct {left} {right})" for left, right in pairs])

    def script(self) -> str:
        """The closed script."""
        declared = list(self.encoding.functions)
        for frame in range(self.length + 1):
            for symbol, sort in (*self.encoding.now, *self.encoding.choice):
                declared.append(f"(declare-const {names.at(symbol, frame)} {sort})")
        declared += [f"(declare-const {each} Bool)" for each in self._booleans]
        return script(declared, self.assertions, logic=self.encoding.logic)


def end(frame: int) -> str:
    """The truth value that says that a run may end, being bad, in the frame."""
    return f"end@{frame}"


def violated(encoding: Encoding, first: int, last: int) -> str:
    """Whether a run from an initial state meets a bad state after ``first`` to ``last`` steps."""
    run = Run(encoding, last)
    run.assertions.append(run.state(INITIAL, 0))
    run.assertions += [run.step(frame) for frame in range(first)]
    ends = [run.boolean(end(frame)) for frame in range(first, last + 1)]
    run.assertions.append(disjunction(ends))
    for frame, ending in zip(range(first, last + 1), ends, strict=True):
        run.assertions.append(f"(=> {ending} {run.bad(frame)})")
        later = ends[frame - first + 1 :]
        if later:
            run.assertions.append(f"(=> {disjunction(later)} {run.step(frame)})")
    return run.script()


def escapes(encoding: Encoding, k: int) -> str:
    """Whether k good states in a row, with the steps between them, can be followed by a bad one.

    For k > 1 the states are all different: a shortest way into a bad state never comes back to where it was.
    """
    run = Run(encoding, k)
    for frame in range(k):
        run.assertions += [run.step(frame), *run.good(frame)]
    run.assertions.append(run.bad(k))
    if k > 1:
        run.assertions += [run.distinct(one, other) for one, other in combinations(range(k + 1), 2)]
    return run.script()


def anywhere(encoding: Encoding) -> str:
    """Whether some state is bad, reachable or not."""
    run = Run(encoding, 0)
    run.assertions.append(run.bad(0))
    return run.script()


def along(encoding: Encoding, length: int, conditions: Sequence[str]) -> str:
    """Whether a run of that many steps from an initial state meets the conditions (terms over its frames' symbols)."""
    run = Run(encoding, length)
    run.assertions.append(run.state(INITIAL, 0))
    run.assertions += [run.step(frame) for frame in range(length)]
    run.assertions += conditions
    return run.script()
