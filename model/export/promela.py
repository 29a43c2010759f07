"""Systems in Promela, for SPIN: one process, whose one loop has an option for every instance of every action.

A step is one ``d_step``: nothing between its first state and its last is a state. What must hold in every state is an
option of its own that can be taken only where it does not hold, and then fails: it adds no state and no transition, and
it looks at the initial states too.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from hopcheck.model.export.bounds import finite, numbers
from hopcheck.model.export.claim import Claim, Exported, TooLargeError
from hopcheck.model.export.comment import place, plain
from hopcheck.model.export.keywords import PROMELA
from hopcheck.model.export.names import Names, vocabulary
from hopcheck.model.export.notation import Notation, conjuncts, lookups, write
from hopcheck.model.export.plan import Plan, Rule, plan, telling
from hopcheck.model.export.sequence import in_turn
from hopcheck.model.language import TRUE, Expr, Op, State, System, Table, Type, initial_states
from hopcheck.model.language.types import BoolType, EnumType, codes, size

_INFIX = {Op.AND: "&&", Op.OR: "||", Op.EQ: "==", Op.LT: "<", Op.LE: "<=", Op.ADD: "+", Op.SUB: "-", Op.MUL: "*"}
_OPPOSITE = {Op.EQ: "!=", Op.LT: ">=", Op.LE: ">"}
_WIDEST = 2**31 - 1  # SPIN computes in the C type int
_LONGEST_TABLE = 9_000  # SPIN 6.5 runs out of its parser's stack at 10,000
_MOST_STARTS = 10_000
"""Initial states beyond which nobody would read a model that lists them."""

_MARGIN = "\n    "
_PREAMBLE = """
Check it with
  spin -o2 -a FILE
  cc -O2 -DSAFETY -DNOREDUCE -o pan pan.c
  ./pan -m1000000
(-o2 keeps variables that are only written: without it there are fewer states.)
""".strip()


def promela(system: System, claims: Sequence[Claim] = ()) -> Exported:
    """The system and its claims in Promela.

    Raises ``TooLargeError`` where numbers have no end or do not fit into 32 bits, where there are too many initial
    states, and where a table is too long.
    """
    finite(system, "Promela")
    planned = plan(system, claims)
    least, greatest = numbers(system, planned.exprs)
    if least < -_WIDEST or greatest > _WIDEST:
        raise TooLargeError(
            f"{system.name} has numbers from {least} to {greatest}, and SPIN computes with 32 bits",
            "narrow the ranges, or export to murphi or smt2",
            system.variables[0].location,
        )
    for table in lookups(*planned.exprs):
        if len(table.cells) > _LONGEST_TABLE:
            raise TooLargeError(
                f"the table {table.name} has {len(table.cells)} cells, and SPIN reads at most {_LONGEST_TABLE} of one",
                "export a smaller instance, or to murphi or tla",
                system.variables[0].location,
            )
    reason = "Promela has no word for what can still be reached"
    return Exported(_Writer(planned).text(), left_out=tuple((each.name, reason) for each in planned.beyond))


class _Writer:
    def __init__(self, planned: Plan) -> None:
        self.plan = planned
        self.system = planned.system
        names = Names(PROMELA.split())
        self.names = vocabulary(self.system, planned.exprs, names, prefix="table_")
        # Enums that have a member at one position share its constant.
        placed = dict.fromkeys(pair for enum, _ in self.names.enums for pair in enumerate(enum.members))
        self.members = {(code, member): names.fresh(member) for code, member in placed}
        checked = [each for each, _ in planned.invariants] + list(planned.steps)
        self.flags = {each: names.fresh(f"claim_{each.name}") for each in checked}
        self.undefined = {
            position: (names.fresh(f"undefined_{name}"), names.fresh(f"no_guard_of_{name}"))
            for position, name in enumerate(self.names.actions)
            if planned.rules[position].transition.guard_sound is not TRUE
        }
        needed = {each.variable for rule in planned.rules for each in in_turn(rule.transition.updates) if each.aside}
        self.aside = {name: names.fresh(f"next_{name}") for name in self.names.variables if name in needed}
        self.process, self.nowhere = names.fresh("model"), names.fresh("end_nowhere")
        self.starts = _starts(self.system)
        self.notation = Notation(_INFIX, _OPPOSITE, "!", "({} -> {} : {})", self._value, self.names.leaf, self._lookup)

    def text(self) -> str:
        lines = [f"/* {plain(self.system.name)}, written by hopcheck export.", *_PREAMBLE.splitlines()]
        lines += [*self._counted(), "*/", *self._constants(), *self._tables(), *self._hidden(), *self._variables()]
        for position, rule in enumerate(self.plan.rules):
            lines += self._action(position, rule)
        lines += self._process()
        return "\n".join(lines) + "\n"

    # expressions -----------------------------------------------------------------------------------------------
    def _write(self, expr: Expr) -> str:
        return write(expr, self.notation)

    def _value(self, code: int, type_: Type) -> str:
        if isinstance(type_, BoolType):
            return "true" if code else "false"
        if isinstance(type_, EnumType):
            return self.members[code, type_.members[code]]
        return str(code) if code >= 0 else f"({code})"

    def _lookup(self, table: Table, indices: Sequence[str]) -> str:
        position = ""
        for index, dimension in zip(indices, table.dimensions, strict=True):
            own = _factor(index)
            if dimension.lo:
                own = f"({own} - {dimension.lo})" if dimension.lo > 0 else f"({own} + {-dimension.lo})"
            position = f"{_factor(position)} * {size(dimension)} + {own}" if position else own
        cell = f"{self.names.tables[table]}[{position}]"
        return f"({cell} - {-table.result.lo})" if table.result.lo < 0 else cell

    # declarations ----------------------------------------------------------------------------------------------
    def _counted(self) -> Iterator[str]:
        starts = len(self.starts)
        if starts == 1:
            yield "SPIN counts as many states as there are, and one transition more, for the initial state."
        else:
            yield "SPIN counts one state more than there are, the one before the initial states are chosen, and"
            yield f"{starts + 1} transitions more, one for it and one for each initial state."

    def _constants(self) -> Iterator[str]:
        if self.members:
            yield from ("", "/* The members of enums. */")
        for (code, _), name in self.members.items():
            yield f"#define {name} {code}"

    def _tables(self) -> Iterator[str]:
        if self.names.tables:
            yield from ("", "/* Tables, the last index fastest; where cells are below 0, the least is kept as 0. */")
        for table, name in self.names.tables.items():
            shift = min(table.result.lo, 0)
            kind = _integer(0, (table.result.hi or 0) - shift)
            cells = [str(cell - shift) for cell in table.cells]
            extent = size(table.dimensions[-1]) or 1
            rows = [", ".join(cells[start : start + extent]) for start in range(0, len(cells), extent)]
            yield f"hidden {kind} {name}[{len(cells)}] = {{"
            yield from (f"  {row}," for row in rows[:-1])
            yield from (f"  {rows[-1]}", "};")

    def _hidden(self) -> Iterator[str]:
        flags = [*self.flags.values(), *(flag for flag, _ in self.undefined.values())]
        if flags:
            yield from ("", "/* Always 0: an assertion that fails is told by its name. */")
            yield from (f"hidden byte {name};" for name in flags)
        if self.aside:
            yield from ("", "/* New values, until all of a step are computed. */")
        for name, own in self.aside.items():
            type_ = self.system[name].type
            yield f"hidden {_integer(type_.lo, type_.hi or 0)} {own};"

    def _variables(self) -> Iterator[str]:
        yield ""
        for position, each in enumerate(self.system.variables):
            first = self.starts[0][position] if self.starts else each.type.lo
            kind = "bool" if isinstance(each.type, BoolType) else _integer(each.type.lo, each.type.hi or 0)
            yield f"{kind} {self.names.variables[each.name]} = {self._value(first, each.type)};"

    # behaviour -------------------------------------------------------------------------------------------------
    def _action(self, position: int, rule: Rule) -> Iterator[str]:
        given = ", ".join(self.names.parameters[each] for each in rule.action.parameters)
        yield from ("", f"/* {plain(rule.transition.label)}: {place(rule.action.location)} */")
        if position in self.undefined:
            flag, name = self.undefined[position]
            yield f"inline {name}({given}) {{"
            yield f"  d_step {{ {self._write(~rule.transition.guard_sound)} -> assert({flag}) }}"
            yield "}"
        yield f"inline {self.names.actions[position]}({given}) {{"
        yield "  d_step {"
        parts = conjuncts(rule.guard)
        written = [write(part, self.notation, inside=len(parts) > 1) for part in parts]
        # The operator comes first: SPIN takes the end of a line after an operand for the end of a statement.
        yield f"    {f' &&{_MARGIN}'.join(written)} ->"
        yield f"    {f';{_MARGIN}'.join(self._effect(rule)) or 'skip'}"
        yield "  }"
        yield "}"

    def _effect(self, rule: Rule) -> Iterator[str]:
        if rule.transition.sound is not TRUE:
            yield f"assert({self._write(rule.transition.sound)})"
        for claim, expr in telling(rule.checks):
            yield f"assert({self.flags[claim]} || {write(expr, self.notation, inside=True)})"
        assignments = in_turn(rule.transition.updates)
        for each in assignments:
            names = self.aside if each.aside else self.names.variables
            yield f"{names[each.variable]} = {self._write(each.value)}"
        for each in assignments:
            if each.aside:
                yield f"{self.names.variables[each.variable]} = {self.aside[each.variable]}"

    def _process(self) -> Iterator[str]:
        yield from ("", f"active proctype {self.process}() {{")
        if len(self.starts) != 1:
            yield from self._choice_of_start()
        if not self.plan.stuck:
            yield "end:  /* nothing can happen here any more: no error */"
        yield "  do"
        yield from self._instances()
        for claim, expr in self.plan.invariants:
            yield f"  /* {_told(claim)} */"
            yield f"  :: d_step {{ {self._write(~expr)} -> assert({self.flags[claim]}) }}"
        for claim in self.plan.stuck:
            yield f"  /* {_told(claim)} (SPIN calls a violation an invalid end state) */"
        if not self.plan.rules and not self.plan.invariants:
            yield "  :: d_step { false -> skip }"
        yield from ("  od", "}")

    def _choice_of_start(self) -> Iterator[str]:
        if not self.starts:
            yield f"{self.nowhere}:  /* there is no initial state */"
        yield "  if  /* the initial states */"
        for state in self.starts:
            pairs = zip(self.system.variables, state, self.starts[0], strict=True)
            changed = [(each, code) for each, code, first in pairs if code != first]
            values = [f"{self.names.variables[each.name]} = {self._value(code, each.type)}" for each, code in changed]
            yield f"  :: d_step {{ {'; '.join(values) or 'skip'} }}"
        if not self.starts:
            yield "  :: d_step { false -> skip }"
        yield "  fi;"

    def _instances(self) -> Iterator[str]:
        for position, rule in enumerate(self.plan.rules):
            domains = [[self._value(c, p.type) for c in codes(p.type)] for p in rule.action.parameters]
            for choice in itertools.product(*domains):
                yield f"  :: {self.names.actions[position]}({', '.join(choice)})"
                if position in self.undefined:
                    yield f"  :: {self.undefined[position][1]}({', '.join(choice)})"


def _factor(text: str) -> str:
    return f"({text})" if " " in text else text


def _told(claim: Claim) -> str:
    if claim.kind == "reachable":
        return f"reachable: {plain(claim.name)}: {plain(claim.meaning)} What SPIN calls a violation is the witness."
    return f"{plain(claim.name)}: {plain(claim.meaning)}"


def _starts(system: System) -> tuple[State, ...]:
    starts = tuple(itertools.islice(initial_states(system), _MOST_STARTS + 1))
    if len(starts) > _MOST_STARTS:
        raise TooLargeError(
            f"{system.name} has more than {_MOST_STARTS} initial states, and Promela lists each",
            "give variables fewer initial values, or export to murphi or tla",
            system.variables[0].location,
        )
    return starts


def _integer(least: int, greatest: int) -> str:
    """The smallest integer type of Promela that holds the range."""
    if least >= 0 and greatest <= 255:
        return "byte"
    return "short" if least >= -(2**15) and greatest < 2**15 else "int"
