"""What one transition of a DVE model does, as a guard and updates over the variables before it.

Effects take place one after the other; each sees what the ones before it did. A transition that reads or writes
outside an array, gives a variable a number that it cannot hold, or needs a value that is not defined, is disabled.
``and``, ``or`` and ``imply`` look to the right only where the left leaves the answer open.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from hopcheck.model.errors import InputError
from hopcheck.model.language import FALSE, Expr, If, Lookup, Range, RangeType, all_of, coded_table
from hopcheck.model.language.define import in_range
from hopcheck.model.language.expr import code_of, is_const
from hopcheck.model.language.types import BoolType, codes

from .dve_narrowing import cell_of, leaves, narrowed, whole
from .dve_numbers import MOST_CELLS, Term, bitwise, complement, quotient, remainder, shift_left, shift_right
from .dve_parser import RANGES
from .dve_syntax import Assignment, Binary, Declaration, Name, Node, Number, Source, Temporary, Transition, Unary, names

Values = Mapping[str, Expr]
"""The value of each cell, by its name."""


def declarations(source: Source) -> dict[str, Declaration]:
    """Every variable of the file: a name that is used without a declaration is a byte that starts at 0.

    ``InputError`` where a temporary value is used before it is there.
    """
    declared = {each.name: each for each in source.declarations}
    listed = [each.parts for each in source.transitions]
    temporaries = {part.name for parts in listed for part in parts if isinstance(part, Temporary)}
    for parts in listed:
        known: set[str] = set()
        for part in parts:
            for each in names([part]):
                if each.name in known or each.name in declared:
                    continue
                if each.name in temporaries:
                    raise InputError(
                        f"{each.name} is used before it has a value",
                        hint="write its temp before, in the same transition",
                        file=source.file,
                        line=each.line,
                    )
                low, high = RANGES["byte"]
                declared[each.name] = Declaration(each.name, low, high, (0,), False, False, each.line)
            if isinstance(part, Temporary):
                known.add(part.name)
    return declared


Bounds = Mapping[str, RangeType]
"""What is known of the numbers in some cells."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a transition does: where ``bounds`` and ``guard`` hold, the cells in ``changed`` get these values.

    In ``guard`` and ``changed`` a cell that ``bounds`` restricts is a variable of that range, or a constant.
    ``deciding``: the cells that would make it simpler if they were known: they decide which elements of arrays are read
    or written, or are operands of an ``error``. ``error``: an operation that the language cannot express, since its
    operands have too many values; its result counts as any number.
    """

    bounds: Bounds
    guard: Expr
    changed: Values
    deciding: Bounds
    error: InputError | None


NEVER = Step({}, FALSE, {}, {}, None)
"""The step of a transition that cannot happen."""

_UNKNOWN = cell_of("?", Range(-(1 << 60), 1 << 60))
"""Any number; ``?`` is no name of DVE."""


def step(file: str, declared: Mapping[str, Declaration], transition: Transition, before: Values, given: Bounds) -> Step:
    """What the transition does, ``before`` being the values of all cells; of it the part where ``given`` holds.

    What a condition says of a single cell is used in all others, again and again: that ends, since a range only shrinks.
    """
    bounds = dict(given)
    while True:
        known = {**before, **{cell: cell_of(cell, range_) for cell, range_ in bounds.items()}}
        run = _Run(file, declared, dict(known))
        guard = run.enabled(transition)
        if guard is FALSE:
            return NEVER
        found = narrowed(guard)
        if found is None:
            return NEVER
        closer = {cell: range_ for cell, range_ in found.items() if cell in before}
        if not closer:
            break
        bounds.update(closer)
    changed = {cell: value for cell, value in run.values.items() if value is not known[cell]}
    return Step(bounds, guard, changed, run.deciding, run.error)


def number(expr: Expr) -> Expr:
    """The value as a number: a truth value is 1 or 0."""
    return If(expr, 1, 0) if isinstance(expr.type, BoolType) else expr


def truth(expr: Expr) -> Expr:
    """The value as a truth value: a number other than 0 is true."""
    return expr if isinstance(expr.type, BoolType) else expr != 0


_PLAIN: Mapping[str, Callable[[Expr, Expr], Expr]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_PARTIAL: Mapping[str, Callable[[Expr, Expr], Term]] = {
    "/": quotient,
    "%": remainder,
    "<<": shift_left,
    ">>": shift_right,
    "&": lambda a, b: bitwise(operator.and_, a, b),
    "|": lambda a, b: bitwise(operator.or_, a, b),
    "^": lambda a, b: bitwise(operator.xor, a, b),
}


class _Run:
    """A transition under way.

    ``values``: of the cells by now; ``needs``: what must hold for it to be enabled; ``deciding``, ``error``: see ``Step``.
    """

    def __init__(self, file: str, declared: Mapping[str, Declaration], values: dict[str, Expr]) -> None:
        self.values = values
        self.needs: list[Expr] = []
        self.deciding: dict[str, RangeType] = {}
        self.error: InputError | None = None
        self._file, self._declared = file, declared
        self._temporaries: dict[str, Term] = {}

    def enabled(self, transition: Transition) -> Expr:
        """Do the whole transition, and say where it is enabled."""
        for each in transition.guard:
            self.take(each)
        if transition.condition is not None:
            found = self._term(transition.condition)
            self.needs += (found.defined, truth(found.value))
        for effect in transition.effects if all_of(self.needs) is not FALSE else ():
            self.take(effect)
        return all_of(self.needs)

    def take(self, each: Temporary | Assignment) -> None:
        """Do one statement."""
        term = self._term(each.value)
        if isinstance(each, Temporary):
            self._temporaries[each.name] = term
            return
        declared = self._variable(each.target)
        if declared.constant:
            self._fail(each.target, "is a constant, and is given a value", "assign to a variable")
        value = number(term.value)
        self.needs += (term.defined, in_range(value, Range(declared.low, declared.high)))
        if each.target.index is None:
            self.values[each.target.name] = value
            return
        index, inside, at = self._place(declared, each.target.index)
        self.needs.append(inside)
        self._decides(index)
        for k in at:
            cell = f"{each.target.name}[{k}]"
            self.values[cell] = If(index == k, value, self.values[cell])

    def _fail(self, name: Name, what: str, hint: str) -> NoReturn:
        raise InputError(f"{name.name} {what}", hint=hint, file=self._file, line=name.line)

    def _variable(self, name: Name) -> Declaration:
        if name.name in self._temporaries:
            self._fail(name, "is a temporary value, and is used like a variable or array", "give the variable another name")
        declared = self._declared[name.name]
        if declared.array and name.index is None:
            self._fail(name, "is an array, and stands without an index", f"write {name.name}[...]")
        if not declared.array and name.index is not None:
            self._fail(name, "is no array, and stands with an index", f"declare it with a length: byte {name.name}[...]")
        return declared

    def _place(self, declared: Declaration, index: Node) -> tuple[Expr, Expr, range]:
        """The index, where it lies inside the array, and which elements it can mean."""
        term = self._term(index)
        place = number(term.value)
        length = len(declared.values)
        assert place.type.hi is not None
        at = range(max(place.type.lo, 0), min(place.type.hi, length - 1) + 1)
        return place, all_of([term.defined, place >= 0, place < length]), at

    def _decides(self, *exprs: Expr) -> None:
        for each in leaves(*exprs):
            assert isinstance(each.type, RangeType)
            self.deciding[str(each.payload)] = each.type

    def _term(self, node: Node) -> Term:
        match node:
            case Number(value):
                return Term(whole(value))
            case Name():
                return self._read(node)
            case Unary(sign, operand):
                return self._unary(sign, self._term(operand))
            case Binary("and" | "or" | "imply", left, right):
                return self._lazy(node.operator, self._term(left), self._term(right))
            case Binary():
                return self._binary(node, self._term(node.left), self._term(node.right))

    def _read(self, name: Name) -> Term:
        if name.index is None and name.name in self._temporaries:
            return self._temporaries[name.name]
        declared = self._variable(name)
        if name.index is None:
            return Term(self.values[name.name])
        place, inside, at = self._place(declared, name.index)
        if not at:
            return Term(whole(0), FALSE)
        elements = [self.values[f"{name.name}[{k}]"] for k in at]
        if any(each is not elements[0] for each in elements) and not all(map(is_const, elements)):
            self._decides(place)
        return Term(_pick(elements, place, at), inside)

    @staticmethod
    def _unary(sign: str, operand: Term) -> Term:
        if sign == "not":
            return Term(~truth(operand.value), operand.defined)
        value = number(operand.value)
        return Term(-value if sign == "-" else complement(value).value, operand.defined)

    @staticmethod
    def _lazy(sign: str, left: Term, right: Term) -> Term:
        first, second = truth(left.value), truth(right.value)
        if sign == "imply":
            first, sign = ~first, "or"
        settled = ~first if sign == "and" else first
        value = first & second if sign == "and" else first | second
        return Term(value, all_of([left.defined, settled | right.defined]))

    def _binary(self, node: Binary, left: Term, right: Term) -> Term:
        a, b = number(left.value), number(right.value)
        try:
            plain = _PLAIN.get(node.operator)
            term = _PARTIAL[node.operator](a, b) if plain is None else Term(plain(a, b))
        except InputError as wide:
            self.error = InputError(wide.what, hint=wide.hint, file=self._file, line=node.line)
            self._decides(a, b)
            term = Term(_UNKNOWN)
        return Term(term.value, all_of([left.defined, right.defined, term.defined]))


def _pick(elements: list[Expr], place: Expr, at: range) -> Expr:
    """The element at this place, which lies in ``at`` where the value matters."""
    if len(elements) == 1:
        return elements[0]
    assert place.type.hi is not None
    if all(map(is_const, elements)) and place.type.hi - place.type.lo < MOST_CELLS:
        constants = [code_of(each) for each in elements]
        nearest = [constants[min(max(k, at[0]), at[-1]) - at[0]] for k in codes(place.type)]
        return Lookup(coded_table("element", [place.type], Range(min(nearest), max(nearest)), nearest), place)
    middle = len(elements) // 2
    return If(place < at[middle], _pick(elements[:middle], place, at[:middle]), _pick(elements[middle:], place, at[middle:]))
