"""Expressions: frozen nodes, shared whenever they are equal, built by Python's own operators.

An expression is built by ``& | ~ == != < <= > >= + - *``, ``If``, ``Lookup`` (in ``table``) and the quantifiers (in
``quantify``). Constants are folded while it is built. ``And`` and ``Or`` look at their arguments from left to right and
stop as soon as they know the answer, ``If`` looks only at the branch it takes: so a guard may protect a lookup.
"""

from __future__ import annotations

import enum
import threading
import weakref
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from hopcheck.model.language.location import Location, here
from hopcheck.model.language.types import (
    LIMIT,
    Bool,
    BoolType,
    EnumType,
    RangeType,
    Type,
    checked,
    disjoint,
    fail,
    hull,
    within,
)
from hopcheck.model.language.types import same_kind as same_kind

if TYPE_CHECKING:
    from hopcheck.model.errors import ModelError
    from hopcheck.model.language.table import Table


class Op(enum.Enum):
    """What a node does with its arguments."""

    __hash__ = object.__hash__  # every look into the table of nodes hashes one

    CONST = "const"  # payload: the code of the value
    VAR = "var"  # payload: the variable's name, in the state before the step
    NEXT = "next"  # payload: the variable's name, in the state after the step
    PARAM = "param"  # payload: the parameter's name
    NOT = "not"
    AND = "and"  # any number of arguments
    OR = "or"  # any number of arguments
    EQ = "eq"  # two arguments of one type
    LT = "lt"
    LE = "le"
    ADD = "add"
    SUB = "sub"
    MUL = "mul"
    ITE = "ite"  # condition, then, else
    LOOKUP = "lookup"  # payload: the table; one argument a dimension


Payload: TypeAlias = "int | str | Table | None"
Key: TypeAlias = tuple[Op, Type, tuple[int, ...], Payload]  # arguments by identity: they are shared already

_interned: weakref.WeakValueDictionary[Key, Expr] = weakref.WeakValueDictionary()
_interning = threading.RLock()  # reentrant: a collection of garbage inside may run code that builds expressions

MAX_DEPTH = 250
"""How deep a model's expressions may nest: the interpreter is recursive, and a chain this long should be a table."""

_DERIVED_DEPTH = 3 * MAX_DEPTH  # for what is built from them: ranges, definedness, joined guards
_PICKLED_DEPTH = 60  # pickle recurses three times a level

_PARENTHESES = "& and | bind tighter than comparisons: write (a == b) & (c == d)"


class Expr:
    """A node of an expression.

    ``op``: what it does; ``args``: its arguments; ``type``: the type of its value; ``payload``: see ``Op``;
    ``location``: where it was first written (an equal one written later is the same node); ``depth``: how deep it
    nests; ``total``: whether it has a value in every state, since no lookup in it can miss (False may be too careful).
    """

    __slots__ = ("__weakref__", "args", "depth", "location", "op", "payload", "total", "type")
    op: Op
    type: Type
    args: tuple[Expr, ...]
    payload: Payload
    location: Location
    depth: int
    total: bool

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("an expression cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("an expression cannot be changed")

    __hash__ = object.__hash__  # equal expressions are one object

    def __reduce__(self) -> tuple[Any, ...]:
        if self.depth <= _PICKLED_DEPTH:
            return node, (self.op, self.type, self.args, self.payload, self.location)
        from hopcheck.model.language.walk import nodes

        # Above that depth a list of rows, whose arguments are earlier rows or shallow nodes.
        deep = [each for each in nodes(self) if each.depth > _PICKLED_DEPTH]
        row = {each: number for number, each in enumerate(deep)}
        return _from_rows, (
            [(each.op, each.type, [row.get(a, a) for a in each.args], each.payload, each.location) for each in deep],
        )

    def __bool__(self) -> bool:
        raise fail(
            "an expression of the model has no truth value in Python",
            "write & for and, | for or, ~ for not, If(c, a, b) for a choice, x.one_of(...) for in, "
            "and (a < b) & (b < c) for a chained comparison",
        )

    def __iter__(self) -> NoReturn:
        raise fail("an expression cannot be iterated", "use a Table for something indexed")

    def __repr__(self) -> str:
        from hopcheck.model.language.render import render

        return render(self)

    # comparisons -----------------------------------------------------------------------------------------------
    def __eq__(self, other: object) -> Expr:  # type: ignore[override]
        return equal(self, other)

    def __ne__(self, other: object) -> Expr:  # type: ignore[override]
        return negate(equal(self, other))

    def __lt__(self, other: object) -> Expr:
        return compare(Op.LT, self, other)

    def __le__(self, other: object) -> Expr:
        return compare(Op.LE, self, other)

    def __gt__(self, other: object) -> Expr:
        return compare(Op.LT, lift(other, self.type), self)

    def __ge__(self, other: object) -> Expr:
        return compare(Op.LE, lift(other, self.type), self)

    def one_of(self, *values: object) -> Expr:
        """Whether the value is one of ``values``."""
        return junction(Op.OR, tuple(equal(self, value) for value in values))

    # truth values ----------------------------------------------------------------------------------------------
    def __and__(self, other: object) -> Expr:
        return junction(Op.AND, (self, lift(other, Bool)))

    def __rand__(self, other: object) -> Expr:
        return junction(Op.AND, (lift(other, Bool), self))

    def __or__(self, other: object) -> Expr:
        return junction(Op.OR, (self, lift(other, Bool)))

    def __ror__(self, other: object) -> Expr:
        return junction(Op.OR, (lift(other, Bool), self))

    def __invert__(self) -> Expr:
        return negate(self)

    def implies(self, other: object) -> Expr:
        """Where this holds, ``other`` holds."""
        return junction(Op.OR, (negate(self), lift(other, Bool)))

    # numbers ---------------------------------------------------------------------------------------------------
    def __add__(self, other: object) -> Expr:
        return arithmetic(Op.ADD, self, other)

    def __radd__(self, other: object) -> Expr:
        return arithmetic(Op.ADD, lift(other, self.type), self)

    def __sub__(self, other: object) -> Expr:
        return arithmetic(Op.SUB, self, other)

    def __rsub__(self, other: object) -> Expr:
        return arithmetic(Op.SUB, lift(other, self.type), self)

    def __mul__(self, other: object) -> Expr:
        return arithmetic(Op.MUL, self, other)

    def __rmul__(self, other: object) -> Expr:
        return arithmetic(Op.MUL, lift(other, self.type), self)

    def __neg__(self) -> Expr:
        return arithmetic(Op.SUB, constant(0, RangeType(0, 0)), self)

    def _unknown(self, other: object) -> NoReturn:
        raise fail(
            "the language has no / // % ** and ^",
            "write a != b for a ^ b, and look the others up in a Table",
        )

    __truediv__ = __floordiv__ = __mod__ = __pow__ = __xor__ = _unknown
    __rtruediv__ = __rfloordiv__ = __rmod__ = __rpow__ = __rxor__ = _unknown


def node(op: Op, type_: Type, args: tuple[Expr, ...], payload: Payload, location: Location | None = None) -> Expr:
    """The one node with this operation, type, arguments and payload (no folding: use the functions below)."""
    key = (op, type_, tuple(map(id, args)), payload)
    found = _interned.get(key)
    if found is not None:
        return found
    with _interning:
        found = _interned.get(key)  # another thread may have been here meanwhile
        if found is None:
            found = _interned[key] = _new(op, type_, args, payload, location or here())
        return found


def _new(op: Op, type_: Type, args: tuple[Expr, ...], payload: Payload, location: Location) -> Expr:
    depth = 1 + max((arg.depth for arg in args), default=0)
    if depth > _DERIVED_DEPTH:
        raise _too_deep(location)
    made = object.__new__(Expr)
    fill = object.__setattr__
    fill(made, "op", op)
    fill(made, "type", type_)
    fill(made, "args", args)
    fill(made, "payload", payload)
    fill(made, "location", location)
    fill(made, "depth", depth)
    fill(made, "total", all(arg.total for arg in args) and (op is not Op.LOOKUP or lookup_is_total(made)))
    return made


def _from_rows(rows: list[tuple[Op, Type, list[int | Expr], Payload, Location]]) -> Expr:
    made: list[Expr] = []
    for op, type_, args, payload, location in rows:
        known = tuple(made[arg] if isinstance(arg, int) else arg for arg in args)
        made.append(node(op, type_, known, payload, location))
    return made[-1]


def _too_deep(at: Location | None) -> ModelError:
    return fail(f"an expression nests deeper than {MAX_DEPTH} levels", "use a Table, or all_of and any_of over a list", at)


def shallow(expr: Expr, at: Location | None = None) -> None:
    """Raise a model error where a part of a model nests too deep for the interpreter."""
    if expr.depth > MAX_DEPTH:
        raise _too_deep(at)


def constant(code: int, type_: Type) -> Expr:
    """The value of ``type_`` that ``code`` stands for; numbers have the narrowest range."""
    if isinstance(type_, RangeType):
        type_ = RangeType(code, code)
    return node(Op.CONST, type_, (), code)


TRUE = constant(1, Bool)
FALSE = constant(0, Bool)


def is_const(expr: Expr) -> bool:
    """Whether the expression is a constant."""
    return expr.op is Op.CONST


def code_of(expr: Expr) -> int:
    """The code of a constant."""
    assert expr.op is Op.CONST
    assert isinstance(expr.payload, int)
    return expr.payload


def lift(value: object, type_: Type | None = None) -> Expr:
    """``value`` as an expression; a plain Python value becomes a constant of ``type_`` (or of its own type)."""
    if isinstance(value, Expr):
        return value
    if isinstance(value, bool):
        if type_ is not None and not isinstance(type_, BoolType):
            raise fail(f"{value} is a truth value where {type_} is wanted", f"write a value of {type_}")
        return TRUE if value else FALSE
    if isinstance(value, int):
        if type_ is not None and not isinstance(type_, RangeType):
            raise fail(f"{value} is a number where {type_} is wanted", f"write a value of {type_}; {_PARENTHESES}")
        if abs(value) >= LIMIT:
            raise fail(f"{value} does not fit into 62 bits", "scale the numbers down")
        return constant(int(value), RangeType(value, value))
    if isinstance(value, str):
        if not isinstance(type_, EnumType):
            raise fail(
                f"{value!r} is text where {type_ or 'a value'} is wanted",
                "compare text with a variable of an Enum type, or write literal(type, value); " + _PARENTHESES,
            )
        return constant(type_.encode(value), type_)
    raise fail(
        f"{value!r} cannot stand in an expression",
        "write True, False, a number, a member's name or an expression",
    )


def literal(type_: Type, value: object) -> Expr:
    """A value of ``type_``, where nothing beside it tells the type: ``If(c, literal(T, "a"), "b")``."""
    checked(type_)
    return constant(type_.encode(value), type_)


def need(expr: Expr, kind: type, what: str) -> None:
    """Raise a model error unless the expression's type is a ``kind``."""
    if not isinstance(expr.type, kind):
        wanted = {BoolType: "a truth value", RangeType: "a number", EnumType: "an enum"}[kind]
        hint = "compare the members of an Enum by == and one_of" if isinstance(expr.type, EnumType) else _PARENTHESES
        raise fail(f"{what} wants {wanted}, and {expr!r} is of type {expr.type}", hint)


# Every function below takes ``at``: where a node that is built from another one was first written.


def equal(left: Expr, right: object, at: Location | None = None) -> Expr:
    """Whether both have the same value."""
    other = lift(right, left.type)
    if not same_kind(left.type, other.type):
        raise fail(
            f"{left!r} of type {left.type} is compared with {other!r} of type {other.type}",
            "compare values of one type; " + _PARENTHESES,
        )
    if is_const(left) and is_const(other):
        return TRUE if left.payload == other.payload else FALSE
    if (left is other or disjoint(left.type, other.type)) and left.total and other.total:
        return TRUE if left is other else FALSE
    if isinstance(left.type, BoolType):
        if is_const(left):
            left, other = other, left
        if is_const(other):
            return left if other.payload else negate(left, at)
    return node(Op.EQ, Bool, (left, other), None, at)


def compare(op: Op, left: Expr, right: object, at: Location | None = None) -> Expr:
    """``left < right`` or ``left <= right`` of numbers; decided at once where the ranges do."""
    other = lift(right, left.type)
    need(left, RangeType, "a comparison")
    need(other, RangeType, "a comparison")
    a, b = left.type, other.type
    always = a.hi is not None and (a.hi < b.lo or (op is Op.LE and a.hi <= b.lo))
    never = b.hi is not None and (b.hi < a.lo or (op is Op.LT and b.hi <= a.lo))
    if (always or never or left is other) and left.total and other.total:
        return TRUE if always or (left is other and op is Op.LE) else FALSE
    return node(op, Bool, (left, other), None, at)


def negate(expr: Expr, at: Location | None = None) -> Expr:
    """Where ``expr`` does not hold."""
    need(expr, BoolType, "~")
    if is_const(expr):
        return FALSE if expr.payload else TRUE
    if expr.op is Op.NOT:
        return expr.args[0]
    return node(Op.NOT, Bool, (expr,), None, at)


def junction(op: Op, args: tuple[Expr, ...], at: Location | None = None) -> Expr:
    """The conjunction or disjunction of any number of truth values, nested ones of the same kind flattened."""
    zero, one = (FALSE, TRUE) if op is Op.AND else (TRUE, FALSE)
    flat: dict[Expr, None] = {}
    for arg in args:
        need(arg, BoolType, "& and |")
        for part in arg.args if arg.op is op else (arg,):
            if part is zero:
                # What stands to the left was looked at first, and may be undefined: it stays.
                flat[zero] = None
                break
            if part is not one:
                flat.setdefault(part)
        if zero in flat:
            break
    parts = tuple(flat)
    if not parts:
        return one
    settled = zero in flat or any(part.op is Op.NOT and part.args[0] in flat for part in parts)  # p & ~p
    if settled and all(part.total for part in parts):
        return zero
    if len(parts) == 1:
        return parts[0]
    return node(op, Bool, parts, None, at)


def total(expr: Expr) -> bool:
    """Whether the expression has a value in every state: no table lookup in it can miss (may say no too often)."""
    return expr.total


def lookup_is_total(expr: Expr) -> bool:
    """Whether every index of a lookup has a type inside its dimension."""
    from hopcheck.model.language.table import Table

    assert isinstance(expr.payload, Table)
    return all(within(index.type, dimension) for index, dimension in zip(expr.args, expr.payload.dimensions, strict=True))


def arithmetic(op: Op, left: Expr, right: object, at: Location | None = None) -> Expr:
    """The sum, difference or product; its range is what the arguments' ranges allow."""
    other = lift(right, left.type)
    need(left, RangeType, "arithmetic")
    need(other, RangeType, "arithmetic")
    a, b = left.type, other.type
    if op is Op.MUL and (a.hi is None or b.hi is None) and (a.lo < 0 or b.lo < 0):
        raise fail("a product of an unbounded number and a negative one has no lower bound", "bound the factors")
    if op is Op.SUB and b.hi is None:
        raise fail("a difference with an unbounded number has no lower bound", "compare the sum instead")
    bounds = _bounds(op, a, b)
    if abs(bounds.lo) >= LIMIT or (bounds.hi is not None and abs(bounds.hi) >= LIMIT):
        raise fail(f"{left!r} and {other!r} can leave 62 bits", "narrow the ranges")
    if bounds.lo == bounds.hi and left.total and other.total:
        return constant(bounds.lo, bounds)
    for zero, kept in ((other, left), (left, other)):
        if is_const(zero) and (
            (zero.payload == 0 and (op is Op.ADD or (op is Op.SUB and zero is other)))
            or (zero.payload == 1 and op is Op.MUL)
        ):
            return kept
    return node(op, bounds, (left, other), None, at)


def _bounds(op: Op, a: Type, b: Type) -> RangeType:
    if op is Op.ADD:
        return RangeType(a.lo + b.lo, None if a.hi is None or b.hi is None else a.hi + b.hi)
    if op is Op.SUB:
        assert b.hi is not None
        return RangeType(a.lo - b.hi, None if a.hi is None else a.hi - b.lo)
    if a.hi is None or b.hi is None:
        return RangeType(a.lo * b.lo, 0 if (a.hi == 0 or b.hi == 0) else None)
    corners = [x * y for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
    return RangeType(min(corners), max(corners))


def If(condition: object, then: object, otherwise: object) -> Expr:  # noqa: N802 (reads like the keyword)
    """``then`` where the condition holds, ``otherwise`` elsewhere; both of one type."""
    test = lift(condition, Bool)
    need(test, BoolType, "If")
    wanted = then.type if isinstance(then, Expr) else otherwise.type if isinstance(otherwise, Expr) else None
    yes, no = lift(then, wanted), lift(otherwise, wanted)
    if not same_kind(yes.type, no.type):
        raise fail(f"the branches of an If are of types {yes.type} and {no.type}", "give both one type")
    return choose(test, yes, no)


def choose(test: Expr, yes: Expr, no: Expr, at: Location | None = None) -> Expr:
    """``If`` of expressions that are known to fit together."""
    if is_const(test):
        return yes if test.payload else no
    if yes is no and test.total:
        return yes
    if isinstance(yes.type, BoolType):
        if yes is TRUE and no is FALSE:
            return test
        if yes is FALSE and no is TRUE:
            return negate(test, at)
        return node(Op.ITE, Bool, (test, yes, no), None, at)
    if isinstance(yes.type, RangeType):
        return node(Op.ITE, hull(yes.type, no.type), (test, yes, no), None, at)
    return node(Op.ITE, yes.type, (test, yes, no), None, at)


def variable(name: str, type_: Type) -> Expr:
    """The value of a variable before the step."""
    return node(Op.VAR, type_, (), name)


def after(var: Expr) -> Expr:
    """The value of a variable after the step (for properties over one transition)."""
    if not isinstance(var, Expr) or var.op is not Op.VAR:
        raise fail(f"{var!r} is not a variable", "write after(variable)")
    return node(Op.NEXT, var.type, (), var.payload)


def parameter(name: str, type_: Type) -> Expr:
    """A parameter of an action."""
    if not isinstance(name, str) or not name or name != name.strip():
        raise fail(f"{name!r} cannot name a parameter", "write a name without spaces around it")
    checked(type_)
    return node(Op.PARAM, type_, (), name)
