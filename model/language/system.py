"""A model: typed variables, initial states, guarded actions, and what is declared about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from hopcheck.model.language.action import Action, Update, action
from hopcheck.model.language.expr import TRUE, Expr, Op, lift, need, variable
from hopcheck.model.language.location import Location, here
from hopcheck.model.language.types import BoolType, RangeType, Type, Value, codes, fail
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
            raise fail(f"{self.name} has no variable {name!r}", f"write one of {', '.join(self.index)}")
        return self.variables[self.index[name]].expr

    def decode(self, state: Sequence[int]) -> dict[str, Value]:
        """A state as names and Python values."""
        return {each.name: each.type.decode(code) for each, code in zip(self.variables, state, strict=True)}

    def check(self, *exprs: Expr, step: bool = False) -> None:
        """Raise a model error unless the expressions are about this system's variables.

        ``step``: whether they may also speak of the state after a step.
        """
        for each in nodes(*exprs):
            if each.op is Op.PARAM:
                raise fail(
                    f"{each!r} is a parameter, and nothing binds it here",
                    "use it in its action only",
                    each.location,
                )
            if each.op is Op.NEXT and not step:
                raise fail(
                    f"{each!r} speaks of the state after a step",
                    "use it in a step property only",
                    each.location,
                )
            if each.op in (Op.VAR, Op.NEXT):
                name = str(each.payload)
                if name not in self.index or self.variables[self.index[name]].type != each.type:
                    raise fail(
                        f"{name} of type {each.type} is no variable of {self.name}",
                        "declare it there, or use another name",
                        each.location,
                    )


class SystemBuilder:
    """Collects the declarations of a system; ``build`` checks that they fit together."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._variables: dict[str, Variable] = {}
        self._initially: list[Expr] = []
        self._actions: list[Action] = []
        self._symmetries: list[tuple[tuple[str, ...], ...]] = []
        self._fair: set[str] = set()

    def variable(self, name: str, type_: Type, *, initial: object = None) -> Expr:
        """Declare a variable. ``initial``: a value, several in a list, set or tuple, or None for any value."""
        if name in self._variables:
            raise fail(f"the variable {name} is declared twice", f"it was at {self._variables[name].location}")
        if not isinstance(name, str) or not name or name != name.strip():
            raise fail(f"{name!r} cannot name a variable", "write a name without spaces around it")
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
        self._initially.append(held)

    def action(
        self,
        name: str,
        *parameters: Expr,
        guard: object = True,
        updates: Sequence[Update] = (),
        labels: Mapping[str, Value] | None = None,
    ) -> Action:
        """Declare an action; see ``Action``. One name may be declared several times with different labels."""
        made = action(name, *parameters, guard=guard, updates=tuple(updates), labels=labels)
        for other in self._actions:
            if other.name == made.name and other.labels == made.labels:
                raise fail(
                    f"the action {name} is declared twice, here and at {other.location}",
                    "name it apart, or tell the two by labels",
                )
        self._actions.append(made)
        return made

    def symmetric(self, components: Iterable[Sequence[Expr]]) -> None:
        """Declare components as interchangeable: the variables of each, in one order and of the same types."""
        group = tuple(tuple(str(each.payload) for each in component) for component in components)
        shapes = {tuple(self._variables[name].type for name in component) for component in group}
        if len(shapes) != 1 or len(group) < 2 or len({n for c in group for n in c}) != sum(map(len, group)):
            raise fail("interchangeable components have the same variables", "list each one's own, in one order")
        self._symmetries.append(group)

    def fair(self, *names: str) -> None:
        """Declare actions (by name) that are not put off for ever while they can happen."""
        self._fair.update(names)

    def build(self) -> System:
        """The system, or a model error where a declaration does not fit."""
        if not self._variables:
            raise fail(f"{self.name} has no variable", "declare at least one")
        system = System(
            self.name,
            tuple(self._variables.values()),
            _conjunction(self._initially),
            tuple(self._actions),
            tuple(self._symmetries),
            frozenset(self._fair),
        )
        system.check(system.initially)
        for each in self._actions:
            _check_action(system, each)
        unknown = self._fair - {each.name for each in self._actions}
        if unknown:
            raise fail(f"fairness is declared for {sorted(unknown)[0]!r}, which is no action", "name an action")
        return system


def _conjunction(parts: list[Expr]) -> Expr:
    made = TRUE
    for part in parts:
        made = made & part
    return made


def _check_action(system: System, each: Action) -> None:
    bound = {id(parameter) for parameter in each.parameters}
    for part in nodes(each.guard, *(update.value for update in each.updates), *(u.variable for u in each.updates)):
        if part.op is Op.PARAM:
            if id(part) not in bound:
                raise fail(f"{each.name} does not list its parameter {part!r}", "add it to the action", each.location)
        elif not part.args:
            system.check(part)
    for parameter in each.parameters:
        if isinstance(parameter.type, RangeType) and parameter.type.hi is None:
            continue  # an unbounded choice, for the provers
        codes(parameter.type)
