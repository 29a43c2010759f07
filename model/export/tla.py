"""Systems in TLA+, for TLC: a module without constants, and the configuration that goes with it.

Values are TLA+'s own: truth values, numbers, text for the members of enums. What leaves its type breaks the invariant
TypeOK; a lookup outside a table is an error of TLC's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hopcheck.model.export.claim import Claim, Exported
from hopcheck.model.export.comment import place, plain
from hopcheck.model.export.keywords import TLA
from hopcheck.model.export.names import Names, quotable, vocabulary
from hopcheck.model.export.notation import Notation, conjuncts, write
from hopcheck.model.export.plan import Plan, Rule, plan
from hopcheck.model.language import TRUE, EnumType, Expr, Op, System, Table, Type
from hopcheck.model.language.system import Variable
from hopcheck.model.language.types import BoolType, codes

_INFIX = {Op.AND: "/\\", Op.OR: "\\/", Op.EQ: "=", Op.LT: "<", Op.LE: "<=", Op.ADD: "+", Op.SUB: "-", Op.MUL: "*"}
_OPPOSITE = {Op.EQ: "#", Op.LT: ">=", Op.LE: ">"}


def module_name(wanted: str) -> str:
    """A name like ``wanted`` that a module can have."""
    return Names(TLA.split()).fresh(wanted)


def tla(system: System, claims: Sequence[Claim] = (), *, module: str = "Model") -> Exported:
    """The system and its claims as a module of that name (which must be an identifier), and its configuration."""
    planned = plan(system, claims)
    reason = "TLC checks no property of what can still be reached (possibility is no temporal formula)"
    left_out = tuple((each.name, reason) for each in planned.beyond)
    writer = _Writer(planned, module)
    return Exported(writer.text(), writer.configuration(), left_out)


class _Writer:
    def __init__(self, planned: Plan, module: str) -> None:
        self.plan = planned
        self.system = planned.system
        self.module = module
        names = Names([*TLA.split(), module])
        self.names = vocabulary(self.system, (*planned.exprs, *(each.expr for each in planned.steps)), names)
        self.enums = {enum: names.fresh(f"{owner}_values") for enum, owner in self.names.enums}
        self.formulas = {each: names.fresh(_title(each)) for each in self._stated()}
        widest = max((len(each.dimensions) for each in self.names.tables), default=0)
        self.indices = [names.fresh(f"index{position}") for position in range(1, widest + 1)]
        self.notation = Notation(_INFIX, _OPPOSITE, "~", "(IF {} THEN {} ELSE {})", self._value, self._leaf, self._lookup)

    def _stated(self) -> list[Claim]:
        return [*(claim for claim, _ in self.plan.invariants), *self.plan.steps]

    def text(self) -> str:
        lines = [f"{'-' * 32} MODULE {self.module} {'-' * 32}", *self._preamble(), *self._declarations()]
        for table in self.names.tables:
            lines += self._table(table)
        lines += self._start()
        for name, rule in zip(self.names.actions, self.plan.rules, strict=True):
            lines += self._action(name, rule)
        lines += [*self._next(), *self._formulas(), "=" * (73 + len(self.module))]
        return "\n".join(lines) + "\n"

    def configuration(self) -> str:
        """What TLC is told: what to check, and whether a state in which nothing can happen is an error."""
        kinds = [("INVARIANT", name) for claim, name in self.formulas.items() if claim.kind != "step"]
        kinds += [("PROPERTY", name) for claim, name in self.formulas.items() if claim.kind == "step"]
        stuck = "TRUE" if self.plan.stuck else "FALSE"
        lines = ["SPECIFICATION Spec", "INVARIANT TypeOK", *(f"{kind} {name}" for kind, name in kinds)]
        return "\n".join([*lines, f"CHECK_DEADLOCK {stuck}"]) + "\n"

    # expressions -----------------------------------------------------------------------------------------------
    def _write(self, expr: Expr, *, inside: bool = False) -> str:
        return write(expr, self.notation, inside=inside)

    def _value(self, code: int, type_: Type) -> str:
        if isinstance(type_, BoolType):
            return "TRUE" if code else "FALSE"
        if isinstance(type_, EnumType):
            return f'"{quotable(type_.members[code])}"'
        return str(code) if code >= 0 else f"(-{-code})"

    def _leaf(self, each: Expr) -> str:
        return f"{self.names.variables[str(each.payload)]}'" if each.op is Op.NEXT else self.names.leaf(each)

    def _lookup(self, table: Table, indices: Sequence[str]) -> str:
        return f"{self.names.tables[table]}[{', '.join(indices)}]"

    def _condition(self, expr: Expr) -> Iterator[str]:
        """The parts that must hold, one each.

        TLC takes a disjunction in an action for several actions, and counts a step that several of them allow as often:
        so it is made a value.
        """
        for part in conjuncts(expr):
            if part is not TRUE:
                branching = part.op in (Op.OR, Op.ITE)
                yield self._write(part, inside=branching) + " = TRUE" * branching

    def _domain(self, type_: Type) -> str:
        if isinstance(type_, BoolType):
            return "BOOLEAN"
        if isinstance(type_, EnumType):
            return self.enums[type_]
        least = self._value(type_.lo, type_)
        return f"{{n \\in Int : n >= {least}}}" if type_.hi is None else f"{least}..{self._value(type_.hi, type_)}"

    # declarations ----------------------------------------------------------------------------------------------
    def _preamble(self) -> Iterator[str]:
        yield f"\\* {plain(self.system.name)}, written by hopcheck export."
        yield f"\\* Check it with: java -cp tla2tools.jar tlc2.TLC -config {self.module}.cfg {self.module}.tla"
        if any(each.type.hi is None for each in self.system.variables):
            yield "\\* There are variables without an upper bound: TLC cannot list the initial states, a prover needs not."
        yield "EXTENDS Integers"

    def _declarations(self) -> Iterator[str]:
        variables = ", ".join(self.names.variables.values())
        yield from ("", f"VARIABLES {variables}", f"vars == <<{variables}>>", "")
        for enum, name in self.enums.items():
            yield f"{name} == {{{', '.join(self._value(code, enum) for code in codes(enum))}}}"
        yield "TypeOK =="
        for each in self.system.variables:
            yield f"  /\\ {self.names.variables[each.name]} \\in {self._domain(each.type)}"

    def _table(self, table: Table) -> Iterator[str]:
        pairs = zip(self.indices, table.dimensions, strict=False)
        given = ", ".join(f"{index} \\in {self._domain(dimension)}" for index, dimension in pairs)
        yield from ("", f"{self.names.tables[table]} == [{given} |->")
        yield f"  {self._cells(table, 0, table.cells)}]"

    def _cells(self, table: Table, depth: int, cells: Sequence[int]) -> str:
        """The cell at the indices from ``depth`` on: a choice among the members of an enum, the place in a tuple."""
        if len(set(cells)) == 1:
            return self._value(cells[0], table.result)
        dimension, index = table.dimensions[depth], self.indices[depth]
        among = codes(dimension)
        extent = len(cells) // len(among)
        rows = [self._cells(table, depth + 1, cells[n * extent : (n + 1) * extent]) for n in range(len(among))]
        if isinstance(dimension, BoolType):
            return f"(IF {index} THEN {rows[1]} ELSE {rows[0]})"
        if isinstance(dimension, EnumType):
            cases = (f"{index} = {self._value(code, dimension)} -> {row}" for code, row in zip(among, rows, strict=True))
            return f"(CASE {' [] '.join(cases)})"
        first = f"- {dimension.lo - 1}" if dimension.lo > 1 else f"+ {1 - dimension.lo}"
        return f"<<{', '.join(rows)}>>[{index} {first}]"

    # behaviour -------------------------------------------------------------------------------------------------
    def _start(self) -> Iterator[str]:
        yield from ("", "Init ==")
        for each in self.system.variables:
            yield f"  /\\ {self.names.variables[each.name]} {self._first(each)}"
        for part in self._condition(self.system.initially):
            yield f"  /\\ {part}"

    def _first(self, each: Variable) -> str:
        if each.initial is None:
            return f"\\in {self._domain(each.type)}"
        values = [self._value(code, each.type) for code in each.initial]
        return f"= {values[0]}" if len(values) == 1 else f"\\in {{{', '.join(values)}}}"

    def _action(self, name: str, rule: Rule) -> Iterator[str]:
        given = ", ".join(self.names.parameters[each] for each in rule.action.parameters)
        yield from ("", f"\\* {plain(rule.transition.label)}: {place(rule.action.location)}")
        yield f"{name}({given}) ==" if given else f"{name} =="
        for part in self._condition(rule.transition.guard):
            yield f"  /\\ {part}"
        new = dict(rule.transition.updates)
        for variable, value in new.items():
            yield f"  /\\ {self.names.variables[variable]}' = {self._write(value, inside=True)}"
        kept = [own for variable, own in self.names.variables.items() if variable not in new]
        if kept:
            yield f"  /\\ UNCHANGED <<{', '.join(kept)}>>"

    def _next(self) -> Iterator[str]:
        yield from ("", "Next ==")
        for name, rule in zip(self.names.actions, self.plan.rules, strict=True):
            parameters = {self.names.parameters[p]: self._domain(p.type) for p in rule.action.parameters}
            some = ", ".join(f"{own} \\in {domain}" for own, domain in parameters.items())
            yield f"  \\/ \\E {some} : {name}({', '.join(parameters)})" if parameters else f"  \\/ {name}"
        if not self.plan.rules:
            yield "  FALSE /\\ UNCHANGED vars"
        yield from ("", "Spec == Init /\\ [][Next]_vars")

    def _formulas(self) -> Iterator[str]:
        for claim in self._stated():
            yield ""
            if claim.meaning:
                yield f"\\* {plain(claim.meaning)}"
            if claim.kind == "reachable":
                yield "\\* What TLC calls a violation is the witness."
            name = self.formulas[claim]
            if claim.kind == "step":
                yield "\\* Steps that change nothing are no steps to TLA+: the claim is not checked of them."
                yield f"{name} == [][{self._write(claim.expr)}]_vars"
            else:
                yield f"{name} == {self._formula(claim)}"
        for claim in self.plan.stuck:
            yield from ("", f"\\* {plain(claim.name)}: what TLC calls a deadlock is a violation of it.")

    def _formula(self, claim: Claim) -> str:
        match claim.kind:
            case "reachable":
                return self._write(~claim.expr)
            case "never_stuck":
                return f"ENABLED Next \\/ {self._write(claim.expr, inside=True)}"
            case _:
                return self._write(claim.expr)


def _title(claim: Claim) -> str:
    return f"not_reachable_{claim.name}" if claim.kind == "reachable" else claim.name
