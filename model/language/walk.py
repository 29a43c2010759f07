"""The one fold over expressions: every pass is a few lines on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hopcheck.model.language.expr import Expr, Op, arithmetic, choose, compare, equal, junction, negate
from hopcheck.model.language.table import Table, look_up

T = TypeVar("T")


def walk(root: Expr, visit: Callable[[Expr, tuple[T, ...]], T], memo: dict[Expr, T] | None = None) -> T:
    """Fold the expression from its leaves: ``visit(node, results of its arguments)``, once a shared node.

    ``memo`` keeps results from one call to the next; it may be shared between calls with the same ``visit``.
    Iterative: the depth of the expression does not matter.
    """
    done: dict[Expr, T] = {} if memo is None else memo
    stack = [root]
    while stack:
        each = stack[-1]
        if each in done:
            stack.pop()
            continue
        missing = [arg for arg in each.args if arg not in done]
        if missing:
            stack.extend(reversed(missing))
        else:
            done[each] = visit(each, tuple(done[arg] for arg in each.args))
            stack.pop()
    return done[root]


def nodes(*roots: Expr) -> tuple[Expr, ...]:
    """Every node of the expressions once, arguments before what uses them."""
    memo: dict[Expr, None] = {}
    for root in roots:
        walk(root, lambda each, _: None, memo)
    return tuple(memo)


def free(*roots: Expr, op: Op = Op.VAR) -> frozenset[str]:
    """The names of the variables (or parameters, or next-state variables) that the expressions read."""
    return frozenset(str(each.payload) for each in nodes(*roots) if each.op is op)


def rebuild(each: Expr, args: tuple[Expr, ...]) -> Expr:
    """The node with other arguments, simplified as when it was first built; its location stays.

    A lookup whose index now lies outside its table stays too: something around it may keep it from being looked at.
    """
    at = each.location
    if not each.args or all(old is new for old, new in zip(each.args, args, strict=True)):
        return each
    match each.op:
        case Op.NOT:
            return negate(args[0], at)
        case Op.AND | Op.OR:
            return junction(each.op, args, at)
        case Op.EQ:
            return equal(args[0], args[1], at)
        case Op.LT | Op.LE:
            return compare(each.op, args[0], args[1], at)
        case Op.ADD | Op.SUB | Op.MUL:
            return arithmetic(each.op, args[0], args[1], at)
        case Op.ITE:
            return choose(args[0], args[1], args[2], at)
        case Op.LOOKUP:
            assert isinstance(each.payload, Table)
            return look_up(each.payload, args, at)
        case _:
            raise AssertionError(each.op)


def substitute(root: Expr, mapping: Callable[[Expr], Expr | None], memo: dict[Expr, Expr] | None = None) -> Expr:
    """The expression with every leaf for which ``mapping`` gives one replaced by it, and simplified again."""

    def visit(each: Expr, args: tuple[Expr, ...]) -> Expr:
        if each.args:
            return rebuild(each, args)
        found = None if each.op is Op.CONST else mapping(each)
        return each if found is None else found

    return walk(root, visit, memo)
