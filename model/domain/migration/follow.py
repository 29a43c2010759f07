"""How a part follows the protocol: what both speak of is the protocol's, and the part's own actions happen along with it.

A part is a system that stands for itself: alone, a small migration of its own drives it. Here the protocol does. The
part's variables that the protocol decides are *seen* through it, as expressions over its variables; the rest stay the
part's own. An action of the part that changes only its own variables happens by itself, as before. What the part does
with the guest's processes and images is a *move*: it happens in the very step in which the protocol does it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from hopcheck.model.language import (
    FALSE,
    Action,
    Expr,
    If,
    Op,
    System,
    SystemBuilder,
    Update,
    Value,
    Variable,
    after,
    all_of,
    becomes,
    literal,
)
from hopcheck.model.language.expr import equal, is_const, variable
from hopcheck.model.language.walk import rebuild, substitute, walk

Leaf = Callable[[Expr], Expr | None]


@dataclass(frozen=True, slots=True)
class Step:
    """One action of the protocol, as a change of its variables."""

    protocol: System
    action: Action

    def after(self, name: str) -> Expr:
        """The value of a variable after the step."""
        return next((each.value for each in self.action.updates if each.name == name), self.protocol[name])

    def enters(self, name: str, *values: str) -> Expr:
        """The variable gets one of the values, and had none of them."""
        if all(each.name != name for each in self.action.updates):
            return FALSE
        return ~self.protocol[name].one_of(*values) & self.after(name).one_of(*values)

    def leaves(self, name: str, *values: str) -> Expr:
        """The variable had one of the values, and loses it."""
        if all(each.name != name for each in self.action.updates):
            return FALSE
        return self.protocol[name].one_of(*values) & ~self.after(name).one_of(*values)


@dataclass(frozen=True, slots=True)
class Move:
    """The part's ``action`` happens in those steps of the protocol for which ``when`` says so.

    What the action does to the part's own variables is taken from the part; its guard is not, since the protocol decides.
    ``arguments``: values of its parameters; ``keeps``: variables that it leaves alone here, since the part takes for done
    at once what the protocol does later, or never.
    """

    action: str
    when: Callable[[Step], Expr]
    arguments: tuple[tuple[str, Expr], ...] = ()
    keeps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """A part of the migration.

    ``seen``: each of the part's variables that is not its own, over the protocol's variables; ``called``: new names of
    own variables, where the protocol has one of that name; ``moves``: in the order in which they happen when one step
    makes several; ``waits``: what must hold of the part before an action of the protocol; ``initially``: which of the
    part's initial states are meant. Both are said in the part's words.
    """

    protocol: System
    system: System
    seen: Mapping[str, Expr]
    moves: tuple[Move, ...]
    waits: Mapping[str, Expr]
    initially: Expr
    called: Mapping[str, str]

    def __getitem__(self, name: str) -> Expr:
        """A variable of the part, as an expression over the joint system."""
        return self.told(self.system[name])

    def told(self, expr: Expr) -> Expr:
        """What the part says, over the joint system; also of steps."""

        def leaf(each: Expr) -> Expr | None:
            if each.op is Op.NEXT:
                return substitute(self._leaves[str(each.payload)], _later)
            return self._leaves[str(each.payload)] if each.op is Op.VAR else None

        return _put(expr, leaf)

    @cached_property
    def following(self) -> System:
        """The part's own variables and actions, and what it does in each step of the protocol."""
        builder = SystemBuilder(self.system.name)
        for each in self.protocol.variables:
            builder.variable(each.name, each.type)
        for own in self._varying:
            builder.variable(self._name(own.name), own.type, initial=_values(own))
        builder.initially(self.told(self.system.initially & self.initially))
        for action in self.protocol.actions:
            builder.action(action.name, guard=self._waits(action), updates=self._moved(action), labels=dict(action.labels))
        for action in self._apart:
            guard = self.told(action.guard)
            if guard is not FALSE:
                updates = self._own(action, self.told)
                builder.action(action.name, *action.parameters, guard=guard, updates=updates, labels=dict(action.labels))
        return builder.build()

    # the part's variables --------------------------------------------------------------------------------------
    @cached_property
    def _varying(self) -> tuple[Variable, ...]:
        """The own variables that ever change, or that the initial states leave open."""
        own = (each for each in self.system.variables if each.name not in self.seen)
        return tuple(each for each in own if self._leaves[each.name] is _named(each, self.called))

    @cached_property
    def _leaves(self) -> Mapping[str, Expr]:
        """What stands for each variable of the part: what is seen, a constant, or the own variable.

        An own variable is a constant if no action can give it another value, taking the other constants for granted.
        """
        own = [each for each in self.system.variables if each.name not in self.seen]
        named = {each.name: _named(each, self.called) for each in own}
        fixed = {each.name: literal(each.type, value) for each in own for value in _values(each) if len(_values(each)) == 1}
        while True:
            leaves = {**self.seen, **named, **fixed}
            moving = {name for name in fixed if any(value is not fixed[name] for value in self._given(name, leaves))}
            if not moving:
                return leaves
            fixed = {name: value for name, value in fixed.items() if name not in moving}

    def _given(self, name: str, leaves: Mapping[str, Expr]) -> list[Expr]:
        """The values that actions may give a variable."""
        sources = [(each, _told_by(leaves)) for each in self._apart]
        sources += [(self._action(move.action), _told_by(leaves, dict(move.arguments))) for move in self.moves]
        possible = [(each, tell) for each, tell in sources if each.name in self._moving or tell(each.guard) is not FALSE]
        return [tell(update.value) for each, tell in possible for update in each.updates if update.name == name]

    # the part's actions ----------------------------------------------------------------------------------------
    @property
    def _apart(self) -> tuple[Action, ...]:
        """The actions that concern nobody else."""
        return tuple(
            each
            for each in self.system.actions
            if each.updates and not any(update.name in self.seen for update in each.updates)
        )

    @property
    def _moving(self) -> frozenset[str]:
        return frozenset(move.action for move in self.moves)

    def _action(self, name: str) -> Action:
        return next(each for each in self.system.actions if each.name == name)

    def _waits(self, action: Action) -> Expr:
        return self.told(self.waits[action.name]) if action.name in self.waits else all_of(())

    def _moved(self, action: Action) -> list[Update]:
        """What the moves of one step do to the own variables, one after the other."""
        step = Step(self.protocol, action)
        values = {each.name: self._leaves[each.name] for each in self._varying}
        for move in self.moves:
            when = move.when(step)
            if when is FALSE:
                continue
            tell = _told_by({**self._leaves, **values}, dict(move.arguments))
            moved = (u for u in self._action(move.action).updates if u.name in values and u.name not in move.keeps)
            changed = {u.name: tell(u.value) for u in moved}
            values |= {name: If(when, value, values[name]) for name, value in changed.items()}
        return [
            becomes(self._leaves[each.name], values[each.name])
            for each in self._varying
            if values[each.name] is not self._leaves[each.name]
        ]

    def _own(self, action: Action, tell: Callable[[Expr], Expr]) -> list[Update]:
        varying = {each.name for each in self._varying}
        return [becomes(self._leaves[u.name], tell(u.value)) for u in action.updates if u.name in varying]

    def _name(self, name: str) -> str:
        return self.called.get(name, name)


def _named(each: Variable, called: Mapping[str, str]) -> Expr:
    return variable(called.get(each.name, each.name), each.type)


def _values(each: Variable) -> list[Value]:
    codes = range(each.type.lo, (each.type.hi or 0) + 1) if each.initial is None else each.initial
    return [each.type.decode(code) for code in codes]


def _told_by(leaves: Mapping[str, Expr], arguments: Mapping[str, Expr] | None = None) -> Callable[[Expr], Expr]:
    given = arguments or {}

    def leaf(each: Expr) -> Expr | None:
        return given.get(str(each.payload)) if each.op is Op.PARAM else leaves.get(str(each.payload))

    return lambda expr: _put(expr, leaf)


def _put(root: Expr, leaf: Leaf) -> Expr:
    """The expression with its leaves replaced, and choices compared branch by branch.

    So the part's own words for what it sees (an enum of its own) do not occur in what it says of it.
    """

    def visit(each: Expr, args: tuple[Expr, ...]) -> Expr:
        if each.op is Op.EQ:
            return _same(args[0], args[1])
        if each.args:
            return rebuild(each, args)
        found = None if each.op is Op.CONST else leaf(each)
        return each if found is None else found

    return walk(root, visit)


def _same(left: Expr, right: Expr) -> Expr:
    for one, other in ((left, right), (right, left)):
        if one.op is Op.ITE and is_const(other):
            test, yes, no = one.args
            return If(test, _same(yes, other), _same(no, other))
    return equal(left, right)


def _later(each: Expr) -> Expr | None:
    return after(each) if each.op is Op.VAR else None
