"""Random small systems, as descriptions from which a system can be built in several ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from hopcheck.model.language import (
    Bool,
    Enum,
    EnumType,
    Expr,
    If,
    Parameter,
    Range,
    RangeType,
    System,
    SystemBuilder,
    Type,
    all_of,
    any_of,
    becomes,
    holds,
    reachable,
    successors,
)
from hopcheck.model.language.expr import variable

KINDS: tuple[Type, ...] = (Bool, Range(0, 2), Enum("off", "on", "broken"))
Term = Callable[[Mapping[str, Expr]], Any]  # an expression, given the variables and parameters by name


@dataclass(frozen=True)
class Rule:
    """An action: its guard, and what its updates give to which variable."""

    name: str
    guard: Term
    updates: tuple[tuple[str, Term], ...]
    chosen: bool  # whether it has the parameter k, from 0 to 1


@dataclass(frozen=True)
class Plan:
    """What is declared: variables with their initial values (None: any), rules, and a condition on the start."""

    variables: tuple[tuple[str, Type, object], ...]
    rules: tuple[Rule, ...]
    initially: Term | None = None

    def system(self, name: str = "random", *, order: Sequence[int] | None = None, suffix: str = "") -> System:
        """The system; ``order`` declares the variables in another order, ``suffix`` renames them."""
        s = SystemBuilder(name)
        listed = [self.variables[place] for place in order] if order else self.variables
        names = {each: s.variable(each + suffix, type_, initial=initial) for each, type_, initial in listed}
        if self.initially is not None:
            s.initially(self.initially(names))
        for rule in self.rules:
            k = Parameter("k", Range(0, 1))
            scope = names | {"k": k}
            s.action(
                rule.name,
                *([k] if rule.chosen else []),
                guard=rule.guard(scope),
                updates=[becomes(names[target], value(scope)) for target, value in rule.updates],
            )
        return s.build()

    def exprs(self) -> dict[str, Expr]:
        """The variables by name."""
        return {name: variable(name, type_) for name, type_, _ in self.variables}

    def renamed(self, prefix: str, keep: Sequence[str] = ()) -> Plan:
        """The same plan with other names for its rules, but those in ``keep``."""
        rules = (each if each.name in keep else replace(each, name=prefix + each.name) for each in self.rules)
        return replace(self, rules=tuple(rules))


def _atom(name: str, type_: Type) -> st.SearchStrategy[Term]:
    if type_ == Bool:
        return st.sampled_from([lambda v: v[name], lambda v: ~v[name]])
    values: list[Any] = list(type_.members) if isinstance(type_, EnumType) else [0, 1, 2]
    value = st.sampled_from(values)
    return st.one_of(value.map(lambda code: lambda v: v[name] == code), value.map(lambda code: lambda v: v[name] != code))


def terms(variables: Sequence[tuple[str, Type, object]]) -> st.SearchStrategy[Term]:
    """Conditions over the variables."""
    atoms = st.one_of([_atom(name, type_) for name, type_, _ in variables])
    several = st.lists(atoms, min_size=1, max_size=3)
    return st.one_of(
        atoms,
        several.map(lambda parts: lambda v: all_of(part(v) for part in parts)),
        several.map(lambda parts: lambda v: any_of(part(v) for part in parts)),
    )


@st.composite
def _value(draw: st.DrawFn, type_: Type, variables: Sequence[tuple[str, Type, object]], chosen: bool) -> Term:
    """Something that always lies inside the type."""
    like = [name for name, other, _ in variables if other == type_]
    condition = draw(terms(variables))
    first, second = draw(st.sampled_from(like)), draw(st.sampled_from(like))
    makers: list[Term]
    if isinstance(type_, RangeType):
        makers = [
            lambda v: If(v[first] < 2, v[first] + 1, 0),
            lambda v: If(condition(v), 2 - v[first], v[second]),
            lambda v: 2,
        ]
        if chosen:
            makers.append(lambda v: v["k"] * v["k"])
    elif isinstance(type_, EnumType):
        one = draw(st.sampled_from(type_.members))
        makers = [lambda v: one, lambda v: If(condition(v), v[first], one)]
    else:
        makers = [condition, lambda v: ~v[first], lambda v: True, lambda v: False]
    return makers[draw(st.integers(0, len(makers) - 1))]


@st.composite
def plans(draw: st.DrawFn, prefix: str = "v", shared: Sequence[tuple[str, Type, object]] = ()) -> Plan:
    """A plan of two to five variables and one to five rules."""
    types = draw(st.lists(st.sampled_from(KINDS), min_size=2, max_size=5 - len(shared)))
    variables: list[tuple[str, Type, object]] = list(shared)
    for number, type_ in enumerate(types):
        first = type_.decode(type_.lo)
        variables.append((f"{prefix}{number}", type_, draw(st.sampled_from([first, first, None]))))
    rules = []
    for number in range(draw(st.integers(1, 5))):
        chosen = draw(st.booleans())
        targets = draw(st.lists(st.sampled_from(variables), min_size=1, max_size=2, unique_by=lambda each: each[0]))
        updates = tuple((name, draw(_value(type_, variables, chosen))) for name, type_, _ in targets)
        rules.append(Rule(f"go{number}", draw(terms(variables)), updates, chosen))
    initially = draw(st.one_of(st.none(), st.none(), terms(variables)))
    return Plan(tuple(variables), tuple(rules), initially)


def counts(system: System) -> list[int]:
    """How many states lie at each distance."""
    return [len(level) for level in reachable(system)]


def distance(system: System, goal: Expr) -> int | None:
    """The number of steps to the nearest state where ``goal`` holds."""
    for depth, level in enumerate(reachable(system)):
        if any(holds(system, goal, state) for state in level):
            return depth
    return None


def step_distance(system: System, broken: Expr) -> int | None:
    """The number of steps up to the nearest one where ``broken`` holds of the states before and after."""
    for depth, level in enumerate(reachable(system)):
        if any(holds(system, broken, state, step.target) for state in level for step in successors(system, state)):
            return depth + 1
    return None
