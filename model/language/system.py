"""A model: typed variables, initial states, guarded actions, and what is declared about them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from hopcheck.model.language.action import Action, Update, action
from hopcheck.model.language.expr import Expr, Op, junction, lift, need, shallow, variable
from hopcheck.model.language.location import Location, here
from hopcheck.model.language.types import BoolType, Type, Value, checked, fail
from hopcheck.model.language.walk import nodes


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """A variable of the state, and the codes that it may have at the start (None: any value of its type)."""

    name: str
    type: Type
    initial: tuple[int, ...] | None
    location: Location

    @property
    def expr(self) -> Expr:
        """The variable as an expression: its value before the step."""
        return variable(self.name, self.type)


@dataclass(frozen=True, eq=False)
class System:
    """A finite transition system (or, with a range without end, one for the provers only).

    A state gives each of ``variables`` a value, in this order. A state is initial when each variable has one of its
    initial values and ``initially`` holds. ``symmetries``: groups of interchangeable components, each component the
    names of its variables in one order. ``fair``: the names of actions that are not put off for ever.
    """

    name: str
    variables: tuple[Variable, ...]
    initially: Expr
    actions: tuple[Action, ...]
    symmetries: tuple[tuple[tuple[str, ...], ...], ...] = ()
    fair: frozenset[str] = frozenset()

    @cached_property
    def index(self) -> Mapping[str, int]:
        """The position of each variable in a state."""
        return {each.name: position for position, each in enumerate(self.variables)}

    def __getitem__(self, name: str) -> Expr:
        """The variable of that name, as an expression."""
        if name not in self.index:
            near = difflib.get_close_matches(str(name), self.index, 1)
            guess = f"did you mean {near[0]!r}? " if near else ""
            raise fail(f"{self.name} has no variable {name!r}", f"{guess}write one of {', '.join(self.index)}")
        return self.variables[self.index[name]].expr

    def decode(self, state: Sequence[int]) -> dict[str, Value]:
        """A state as names and Python values."""
        return {each.name: each.type.decode(code) for each, code in zip(self.variables, state, strict=True)}

    def check(self, *exprs: Expr, step: bool = False, at: Location | None = None) -> None:
        """Raise a model error unless the expressions are about this system's variables.

        ``step``: whether they may also speak of the state after a step. ``at``: the statement they stand in; without
        it an error names the place where the whole expression was first written.
        """
        for expr in exprs:
            shallow(expr, at or expr.location)
            for each in nodes(expr):
                self._check_leaf(each, step, at or expr.location)

    def _check_leaf(self, each: Expr, step: bool, at: Location) -> None:
        if each.op is Op.PARAM:
            raise fail(f"{each!r} is a parameter, and nothing binds it here", "use it in its action only", at)
        if each.op is Op.NEXT and not step:
            raise fail(f"{each!r} speaks of the state after a step", "use it in a step property only", at)
        if each.op in (Op.VAR, Op.NEXT):
            name = str(each.payload)
            if name not in self.index or self.variables[self.index[name]].type != each.type:
                raise fail(
                    f"{name} of type {each.type} is no variable of {self.name}",
                    "declare it there, or use another name",
                    at,
                )


class SystemBuilder:
    """Collects the declarations of a system; ``build`` checks that they fit together."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._variables: dict[str, Variable] = {}
        self._initially: list[tuple[Expr, Location]] = []
        self._actions: dict[tuple[str, tuple[tuple[str, Value], ...]], Action] = {}
        self._symmetries: list[tuple[tuple[str, ...], ...]] = []
        self._fair: dict[str, Location] = {}

    def variable(self, name: str, type_: Type, *, initial: object = None) -> Expr:
        """Declare a variable. ``initial``: a value, several in a list, set or tuple, or None for any value."""
        if not isinstance(name, str) or not name or name != name.strip():
            raise fail(f"{name!r} cannot name a variable", "write a name without spaces around it")
        if name in self._variables:
            raise fail(
                f"the variable {name} is declared twice, here and at {self._variables[name].location}",
                "name it apart",
            )
        checked(type_)
        values = None
        if initial is not None:
            many = initial if isinstance(initial, (list, tuple, set, frozenset, range)) else (initial,)
            values = tuple(sorted({type_.encode(value) for value in many}))
            if not values:
                raise fail(f"{name} has no initial value", "give at least one")
        self._variables[name] = Variable(name, type_, values, here())
        return variable(name, type_)

    def initially(self, condition: object) -> None:
        """Only states where the condition holds are initial (several conditions: all of them)."""
        held = lift(condition)
        need(held, BoolType, "initially")
        shallow(held)
        self._initially.append((held, here()))

    def action(
        self,
        name: str,
        *parameters: Expr,
        guard: object = True,
        updates: Sequence[Update] = (),
        labels: Mapping[str, Value] | None = None,
    ) -> Action:
        """Declare an action; see ``Action``. One name may be declared several times with different labels."""
        made = action(name, *parameters, guard=guard, updates=updates, labels=labels)
        other = self._actions.setdefault((made.name, made.labels), made)
        if other is not made:
            raise fail(
                f"the action {name} is declared twice, here and at {other.location}",
                "name it apart, or tell the two by labels",
            )
        return made

    def symmetric(self, components: Iterable[Sequence[Expr]]) -> None:
        """Declare components as interchangeable: the variables of each, in one order.

        They need the same types and initial values; that the actions treat them alike is the modeller's word.
        """
        listed = tuple(tuple(component) for component in components)
        for each in (each for component in listed for each in component):
            if not isinstance(each, Expr) or each.op is not Op.VAR or str(each.payload) not in self._variables:
                raise fail(f"{each!r} is no variable of {self.name}", "list what system.variable(...) returned")
        group = tuple(tuple(str(each.payload) for each in component) for component in listed)
        if len(group) < 2 or not group[0]:
            raise fail("fewer than two components are declared as interchangeable", "list at least two")
        names = [name for component in group for name in component]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise fail(f"{twice} stands twice in interchangeable components", "list each one's own variables")
        for component in group[1:]:
            self._alike(group[0], component)
        self._symmetries.append(group)

    def _alike(self, first: tuple[str, ...], other: tuple[str, ...]) -> None:
        if len(first) != len(other):
            raise fail(
                f"interchangeable components have {len(first)} and {len(other)} variables",
                "list the same ones of each, in one order",
            )
        for one, two in ((self._variables[a], self._variables[b]) for a, b in zip(first, other, strict=True)):
            if one.type != two.type or one.initial != two.initial:
                differ = "types" if one.type != two.type else "initial values"
                raise fail(
                    f"{one.name} and {two.name} stand at one place of interchangeable components, and their {differ} differ",
                    "list the variables of each component in one order, or make the two alike",
                )

    def fair(self, *names: str) -> None:
        """Declare actions (by name) that are not put off for ever while they can happen."""
        self._fair.update(dict.fromkeys(names, here()))

    def build(self) -> System:
        """The system, or a model error where a declaration does not fit."""
        if not self._variables:
            raise fail(f"{self.name} has no variable", "declare at least one")
        system = System(
            self.name,
            tuple(self._variables.values()),
            junction(Op.AND, tuple(held for held, _ in self._initially)),
            tuple(self._actions.values()),
            tuple(self._symmetries),
            frozenset(self._fair),
        )
        for held, place in self._initially:
            system.check(held, at=place)
        for each in system.actions:
            _check_action(system, each)
        known = {each.name for each in system.actions}
        for name, place in self._fair.items():
            if name not in known:
                raise fail(f"fairness is declared for {name!r}, which is no action", "name an action", place)
        return system


def _check_action(system: System, each: Action) -> None:
    places = [(each.location, each.guard)] + [(u.location, e) for u in each.updates for e in (u.variable, u.value)]
    for place, expr in places:
        for part in nodes(expr):
            if part.op is not Op.PARAM:
                system._check_leaf(part, False, place)
            elif not any(part is bound for bound in each.parameters):
                raise fail(f"{each.name} does not list its parameter {part!r}", "add it to the action", place)
