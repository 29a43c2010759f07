"""Systems in Murphi, for rumur and CMurphi: a rule for each action, in a ruleset over its parameters.

States and rules fired are those of the system. What leaves its type, or looks outside a table, fails an assertion.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hopcheck.model.export.bounds import finite, numbers
from hopcheck.model.export.claim import Claim, Exported
from hopcheck.model.export.comment import place, plain
from hopcheck.model.export.keywords import MURPHI
from hopcheck.model.export.names import Names, quotable, vocabulary
from hopcheck.model.export.notation import Notation, conjuncts, write
from hopcheck.model.export.plan import Plan, Rule, plan, telling
from hopcheck.model.export.sequence import in_turn
from hopcheck.model.language import TRUE, Expr, Op, System, Table, Type, any_of
from hopcheck.model.language.define import definedness
from hopcheck.model.language.system import Variable
from hopcheck.model.language.types import BoolType, EnumType, codes

_INFIX = {Op.AND: "&", Op.OR: "|", Op.EQ: "=", Op.LT: "<", Op.LE: "<=", Op.ADD: "+", Op.SUB: "-", Op.MUL: "*"}
_OPPOSITE = {Op.EQ: "!=", Op.LT: ">=", Op.LE: ">"}


def murphi(system: System, claims: Sequence[Claim] = ()) -> Exported:
    """The system and its claims in Murphi. Raises ``TooLargeError`` where a variable or parameter has no upper bound."""
    finite(system, "Murphi")
    planned = plan(system, claims)
    reason = "Murphi has no word for what can still be reached"
    return Exported(_Writer(planned).text(), left_out=tuple((each.name, reason) for each in planned.beyond))


class _Writer:
    def __init__(self, planned: Plan) -> None:
        self.plan = planned
        self.system = planned.system
        names = Names(MURPHI.split(), fold=True)
        self.names = vocabulary(self.system, planned.exprs, names)
        self.number = names.fresh("number")
        self.enums = {enum: names.fresh(f"{owner}_type") for enum, owner in self.names.enums}
        # An enum's members are constants: enums cannot share one.
        self.members = {(enum, each): names.fresh(each) for enum in self.enums for each in enum.members}
        needed = {each.variable for rule in planned.rules for each in in_turn(rule.transition.updates) if each.aside}
        self.aside = {name: names.fresh(f"next_{name}") for name in self.names.variables if name in needed}
        self.chosen = {
            each.name: names.fresh(f"first_{each.name}") for each in self.system.variables if _first(each) is None
        }
        widest = max((len(each.dimensions) for each in self.names.tables), default=0)
        self.indices = [names.fresh(f"index{position}") for position in range(1, widest + 1)]
        self.notation = Notation(_INFIX, _OPPOSITE, "!", "({} ? {} : {})", self._value, self.names.leaf, self._lookup)

    def text(self) -> str:
        lines = [*self._preamble(), *self._types(), *self._variables()]
        for table in self.names.tables:
            lines += self._table(table)
        lines += self._start()
        for name, rule in zip(self.names.actions, self.plan.rules, strict=True):
            lines += self._rule(name, rule)
        lines += self._invariants()
        return "\n".join(lines) + "\n"

    # expressions -----------------------------------------------------------------------------------------------
    def _write(self, expr: Expr) -> str:
        return write(expr, self.notation)

    def _value(self, code: int, type_: Type) -> str:
        if isinstance(type_, BoolType):
            return "true" if code else "false"
        if isinstance(type_, EnumType):
            return self.members[type_, type_.members[code]]
        return str(code) if code >= 0 else f"({code})"

    def _lookup(self, table: Table, indices: Sequence[str]) -> str:
        return f"{self.names.tables[table]}({', '.join(indices)})"

    def _lines(self, expr: Expr, margin: str) -> str:
        parts = conjuncts(expr)
        return f" &\n{margin}".join(write(part, self.notation, inside=len(parts) > 1) for part in parts)

    # declarations ----------------------------------------------------------------------------------------------
    def _preamble(self) -> Iterator[str]:
        yield f"-- {plain(self.system.name)}, written by hopcheck export."
        yield "-- Check it with"
        yield f"--   rumur --deadlock-detection {'stuck' if self.plan.stuck else 'off'} --output model.c FILE"
        yield "--   cc -O2 -mcx16 -o model model.c -lpthread"
        yield "--   ./model"

    def _type(self, type_: Type) -> str:
        if isinstance(type_, BoolType):
            return "boolean"
        return self.enums[type_] if isinstance(type_, EnumType) else f"{type_.lo} .. {type_.hi}"

    def _types(self) -> Iterator[str]:
        least, greatest = numbers(self.system, self.plan.exprs)
        yield from ("", "type")
        yield f"  {self.number}: {least} .. {greatest};  -- every number that occurs: so wide must the verifier compute"
        for enum, name in self.enums.items():
            yield f"  {name}: enum {{ {', '.join(self.members[enum, each] for each in enum.members)} }};"

    def _variables(self) -> Iterator[str]:
        yield from ("", "var")
        for each in self.system.variables:
            yield f"  {self.names.variables[each.name]}: {self._type(each.type)};"

    def _table(self, table: Table) -> Iterator[str]:
        pairs = zip(self.indices, table.dimensions, strict=False)
        given = "; ".join(f"{index}: {self._type(dimension)}" for index, dimension in pairs)
        yield ""
        yield f"function {self.names.tables[table]}({given}): {self._type(table.result)};"
        yield "begin"
        yield from self._cells(table, 0, table.cells, "  ")
        yield "end;"

    def _cells(self, table: Table, depth: int, cells: Sequence[int], margin: str) -> Iterator[str]:
        """The statements that return the cell at the indices from ``depth`` on; equal rows share one case."""
        if len(set(cells)) == 1:
            yield f"{margin}return {self._value(cells[0], table.result)};"
            return
        dimension = table.dimensions[depth]
        among = codes(dimension)
        extent = len(cells) // len(among)
        rows: dict[tuple[int, ...], list[int]] = {}
        for number, code in enumerate(among):
            rows.setdefault(tuple(cells[number * extent : (number + 1) * extent]), []).append(code)
        if len(rows) == 1:
            yield from self._cells(table, depth + 1, next(iter(rows)), margin)
            return
        *others, last = sorted(rows.items(), key=lambda item: len(item[1]))
        yield f"{margin}switch {self.indices[depth]}"
        for row, where in others:
            yield f"{margin}  case {', '.join(self._value(code, dimension) for code in sorted(where))}:"
            yield from self._cells(table, depth + 1, row, f"{margin}    ")
        yield f"{margin}  else"
        yield from self._cells(table, depth + 1, last[0], f"{margin}    ")
        yield f"{margin}endswitch;"

    # behaviour -------------------------------------------------------------------------------------------------
    def _start(self) -> Iterator[str]:
        yield ""
        if self.chosen:
            ranges = [f"{self.chosen[v.name]}: {self._span(v)}" for v in self.system.variables if v.name in self.chosen]
            yield f"ruleset {'; '.join(ranges)} do"
        yield 'startstate "initial"'
        for each in self.system.variables:
            first = _first(each)
            value = self.chosen[each.name] if first is None else self._value(first, each.type)
            yield f"  {self.names.variables[each.name]} := {value};"
        some = [any_of(each.expr == each.type.decode(code) for code in _scattered(each)) for each in self._scattered()]
        for condition in some:
            yield f'  assume "among its initial values" {self._write(condition)};'
        if self.system.initially is not TRUE:
            defined = definedness(self.system.initially)
            if defined is not TRUE:
                yield f'  assert "the initial condition looks into its tables" {self._write(defined)};'
            yield f'  assume "initially" {self._write(self.system.initially)};'
        yield "endstartstate;"
        if self.chosen:
            yield "endruleset;"

    def _scattered(self) -> list[Variable]:
        return [each for each in self.system.variables if _scattered(each)]

    def _span(self, each: Variable) -> str:
        if each.initial is None or isinstance(each.type, (BoolType, EnumType)):
            return self._type(each.type)
        return f"{each.initial[0]} .. {each.initial[-1]}"

    def _rule(self, name: str, rule: Rule) -> Iterator[str]:
        parameters = [f"{self.names.parameters[p]}: {self._type(p.type)}" for p in rule.action.parameters]
        label = quotable(rule.transition.label)
        yield from ("", f"-- {plain(rule.transition.label)}: {place(rule.action.location)}")
        if parameters:
            yield f"ruleset {'; '.join(parameters)} do"
        if rule.transition.guard_sound is not TRUE:
            yield f'rule "{label}: looks outside a table" {self._write(~rule.transition.guard_sound)} ==>'
            yield from ("begin", f'  error "the guard of {label} looks outside a table";', "endrule;")
        yield f'rule "{label}"'
        yield f"  {self._lines(rule.guard, '  ')}"
        yield "==>"
        yield from self._effect(rule)
        yield "endrule;"
        if parameters:
            yield "endruleset;"

    def _effect(self, rule: Rule) -> Iterator[str]:
        assignments = in_turn(rule.transition.updates)
        for each in assignments:
            if each.aside:
                yield f"var {self.aside[each.variable]}: {self._type(self.system[each.variable].type)};"
        yield "begin"
        if rule.transition.sound is not TRUE:
            label = quotable(rule.transition.label)
            yield f'  assert "{label} stays inside types and tables" {self._write(rule.transition.sound)};'
        for claim, expr in telling(rule.checks):
            yield f'  assert "{quotable(claim.name)}" {self._write(expr)};'
        for each in assignments:
            name = (self.aside if each.aside else self.names.variables)[each.variable]
            yield f"  {name} := {self._write(each.value)};"
        for each in assignments:
            if each.aside:
                yield f"  {self.names.variables[each.variable]} := {self.aside[each.variable]};"

    def _invariants(self) -> Iterator[str]:
        for claim, expr in self.plan.invariants:
            yield ""
            if claim.meaning:
                yield f"-- {plain(claim.meaning)}"
            if claim.kind == "reachable":
                yield "-- What the verifier calls a violation is the witness."
            name = f"not reachable: {claim.name}" if claim.kind == "reachable" else claim.name
            yield from (f'invariant "{quotable(name)}"', f"  {self._lines(expr, '  ')};")
        for claim in self.plan.stuck:
            yield from ("", f"-- {plain(claim.name)}: what the verifier calls a deadlock is a violation of it.")


def _first(each: Variable) -> int | None:
    """The code of the only initial value, or None."""
    if each.initial is None:
        return each.type.lo if each.type.lo == each.type.hi else None
    return each.initial[0] if len(each.initial) == 1 else None


def _scattered(each: Variable) -> tuple[int, ...]:
    """The initial values where they are not simply a range, or a whole type."""
    if each.initial is None or len(each.initial) == 1 or len(each.initial) == len(codes(each.type)):
        return ()
    contiguous = len(each.initial) == each.initial[-1] - each.initial[0] + 1
    return () if contiguous and not isinstance(each.type, (BoolType, EnumType)) else each.initial
