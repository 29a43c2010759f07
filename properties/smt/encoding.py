"""A goal as SMT-LIB functions over states: domain, initial, step, bad, and what good states and steps satisfy.

Every function takes the state's variables by name; a step's takes the state after it (``|x'|``) too, and ``|!which|``,
which says which action is taken (or which of the ways of being bad is meant), and slots that hold the parameters,
shared by all actions. Scripts apply the functions to the frames of a run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from hopcheck.model.language import Expr, Op, Table, Transition, symbolic
from hopcheck.model.language.define import truly
from hopcheck.model.language.expr import is_const
from hopcheck.model.language.system import Variable
from hopcheck.model.language.types import BoolType
from hopcheck.model.language.walk import nodes
from hopcheck.properties.goal import Bad, Goal, enabled
from hopcheck.properties.smt import names
from hopcheck.properties.smt.lookup import table_function
from hopcheck.properties.smt.numbers import Numbers, fitting
from hopcheck.properties.smt.term import (
    apply,
    conjunction,
    constant,
    defined,
    disjunction,
    sort_of,
    term,
    within,
)

DOMAIN, INITIAL, STEP, BAD, HELD, KEPT = map(names.own, ("domain", "initial", "step", "bad", "held", "kept"))
WHICH = names.own("which")


@dataclass(frozen=True, eq=False)
class Encoding:
    """``goal`` in SMT-LIB; ``numbers``: how its numbers are written (see ``encode``)."""

    goal: Goal
    numbers: Numbers
    transitions: tuple[Transition, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "transitions", symbolic(self.goal.system))

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The system's variables, in the order in which every function takes them."""
        return self.goal.system.variables

    @cached_property
    def now(self) -> tuple[tuple[str, str], ...]:
        """Symbol and sort of each variable before a step."""
        return tuple((names.now(each.name), sort_of(each.type, self.numbers)) for each in self.variables)

    @cached_property
    def then(self) -> tuple[tuple[str, str], ...]:
        """Symbol and sort of each variable after a step."""
        return tuple((names.then(each.name), sort_of(each.type, self.numbers)) for each in self.variables)

    def slots(self, parameters: tuple[Expr, ...]) -> dict[Expr, tuple[str, str]]:
        """The slot (symbol and sort) of each parameter of an action: the first free one of its sort."""
        given: dict[Expr, tuple[str, str]] = {}
        taken = {"b": 0, "n": 0}
        for each in parameters:
            letter = "b" if isinstance(each.type, BoolType) else "n"
            given[each] = (names.own(f"{letter}{taken[letter]}"), sort_of(each.type, self.numbers))
            taken[letter] += 1
        return given

    @cached_property
    def choice(self) -> tuple[tuple[str, str], ...]:
        """Symbol and sort of what a step leaves open: which action, and every slot."""
        lists = [each.parameters for each in self.goal.system.actions] + [each.parameters for each in self.goal.bads]
        slots = dict.fromkeys(slot for each in lists for slot in self.slots(each).values())
        return ((WHICH, self.numbers.sort), *slots)

    @cached_property
    def tables(self) -> dict[Table, str]:
        """The function that stands for each table."""
        found = dict.fromkeys(each.payload for each in nodes(*roots(self.goal)) if isinstance(each.payload, Table))
        return {table: names.own(f"table:{n}:{names.escape(table.name)}") for n, table in enumerate(found)}

    @cached_property
    def logic(self) -> str:
        """The SMT-LIB logic of quantifier-free scripts over the functions."""
        if self.numbers.width is not None:
            return "QF_BV"
        products = (each for each in nodes(*roots(self.goal)) if each.op is Op.MUL)
        return "QF_LIA" if all(any(is_const(arg) for arg in each.args) for each in products) else "QF_NIA"

    @cached_property
    def functions(self) -> tuple[str, ...]:
        """Every definition, in an order in which each uses only earlier ones."""
        system = self.goal.system
        made = [table_function(name, table, self.numbers) for table, name in self.tables.items()]
        made.append(self._condition(DOMAIN, self._domain(), self.now))
        started = [self.applied(DOMAIN, self.now), self._term(truly(system.initially))]
        started += [self._among(each) for each in self.variables if each.initial is not None]
        made.append(self._condition(INITIAL, conjunction(started), self.now))
        for number, each in enumerate(self.transitions):
            made.append(self._condition(self.step(number), self._step(number, each), self.step_arguments(number)))
        for number, bad in enumerate(self.goal.bads):
            made.append(self._condition(self.bad(number), self._bad(bad), self.bad_arguments(bad)))
        steps = [self._chosen(n, self.step(n), self.step_arguments(n)) for n in range(len(self.transitions))]
        made.append(self._condition(STEP, disjunction(steps), (*self.now, *self.then, *self.choice)))
        bads = [self._chosen(n, self.bad(n), self.bad_arguments(bad)) for n, bad in enumerate(self.goal.bads)]
        made.append(self._condition(BAD, disjunction(bads), (*self.now, *self.choice)))
        made.append(self._condition(HELD, self._term(self.goal.held), self.now))
        made.append(self._condition(KEPT, self._term(self.goal.kept), (*self.now, *self.then)))
        return tuple(made)

    def step(self, action: int) -> str:
        """The function that describes one action's step."""
        return names.own(f"step:{action}:{names.escape(self.transitions[action].label)}")

    def bad(self, number: int) -> str:
        """The function that describes one way of being bad."""
        return names.own(f"bad:{number}")

    def applied(self, function: str, arguments: tuple[tuple[str, str], ...]) -> str:
        """A function applied to symbols as they are called in definitions."""
        return apply(function, [symbol for symbol, _ in arguments])

    def step_arguments(self, action: int) -> tuple[tuple[str, str], ...]:
        """What ``step(action)`` takes."""
        return (*self.now, *self.then, *self.slots(self.goal.system.actions[action].parameters).values())

    def bad_arguments(self, bad: Bad) -> tuple[tuple[str, str], ...]:
        """What ``bad(number)`` takes."""
        return (*self.now, *self.slots(bad.parameters).values())

    def _chosen(self, number: int, function: str, arguments: tuple[tuple[str, str], ...]) -> str:
        return f"(and (= {WHICH} {self.numbers.numeral(number)}) {self.applied(function, arguments)})"

    def _condition(self, name: str, body: str, arguments: tuple[tuple[str, str], ...]) -> str:
        return defined(name, arguments, "Bool", body)

    def _term(self, expr: Expr, slots: dict[Expr, tuple[str, str]] | None = None) -> str:
        def symbol(leaf: Expr) -> str:
            if leaf.op is Op.PARAM:
                assert slots is not None
                return slots[leaf][0]
            return (names.then if leaf.op is Op.NEXT else names.now)(str(leaf.payload))

        return term(expr, symbol, self.numbers, self.tables)

    def _domain(self) -> str:
        parts = [part for each in self.variables for part in within(names.now(each.name), each.type, self.numbers)]
        return conjunction(parts)

    def _among(self, each: Variable) -> str:
        """The variable has one of its initial values."""
        assert each.initial is not None
        values = [constant(code, each.type, self.numbers) for code in each.initial]
        return disjunction([f"(= {names.now(each.name)} {value})" for value in values])

    def _chosen_well(self, slots: dict[Expr, tuple[str, str]]) -> list[str]:
        return [part for each, (slot, _) in slots.items() for part in within(slot, each.type, self.numbers)]

    def _step(self, number: int, each: Transition) -> str:
        slots = self.slots(self.goal.system.actions[number].parameters)
        parts = [*self._chosen_well(slots), self._term(enabled(each), slots)]
        new = dict(each.updates)
        for variable in self.variables:
            value = self._term(new[variable.name], slots) if variable.name in new else names.now(variable.name)
            parts.append(f"(= {names.then(variable.name)} {value})")
        return conjunction(parts)

    def _bad(self, bad: Bad) -> str:
        slots = self.slots(bad.parameters)
        return conjunction([*self._chosen_well(slots), self._term(bad.condition, slots)])


def roots(goal: Goal) -> list[Expr]:
    """Every expression that an encoding of the goal writes."""
    made = [truly(goal.system.initially), goal.held, goal.kept, *(each.condition for each in goal.bads)]
    for each in symbolic(goal.system):
        made += [enabled(each), *(value for _, value in each.updates)]
    return made


def fit(goal: Goal) -> Numbers:
    """Bit-vectors that hold every number that can occur in the goal, or integers."""
    ranges = [(each.type.lo, each.type.hi) for each in nodes(*roots(goal))]
    ranges += [(each.type.lo, each.type.hi) for each in goal.system.variables]
    ranges += [(p.type.lo, p.type.hi) for each in goal.system.actions for p in each.parameters]
    ranges += [
        (dimension.lo, dimension.hi)
        for each in nodes(*roots(goal))
        if isinstance(each.payload, Table)
        for dimension in each.payload.dimensions
    ]
    ranges.append((0, max(len(goal.system.actions), len(goal.bads))))
    return fitting(ranges)
