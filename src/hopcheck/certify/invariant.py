"""An invariant as solvers print it: the definition of one function of a state, read and written again under other names.

It comes from a file: only arithmetic, logic and names that it binds itself can come through, so that it can neither
speak of anything else in a script nor make the solver do anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from hopcheck.certify.shape import RefutedError

Sexpr: TypeAlias = "str | list[Sexpr]"

FUNCTION = "invariant"
"""What the function is called in the scripts of a certifier."""

_TOKEN = re.compile(r"\s+|([()]|\|[^|\\]*\||[^\s()|\";]+)")
_NUMERAL = re.compile(r"0|[1-9][0-9]*")
_LOGIC = frozenset({"and", "or", "not", "=>", "xor", "true", "false", "ite", "let", "forall", "exists", "Int", "Bool"})
_ARITHMETIC = frozenset({"=", "distinct", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod", "abs"})
_OPERATIONS = _LOGIC | _ARITHMETIC


@dataclass(frozen=True, slots=True)
class Invariant:
    """``definition``: a ``define-fun`` of ``FUNCTION``; ``sorts``: of its arguments."""

    definition: str
    sorts: tuple[str, ...]


def read_invariant(text: str) -> Invariant:
    """The invariant; raises ``RefutedError`` where the text is no definition of one."""
    match parse(text):
        case ["define-fun", str(), [*arguments], "Bool", body]:
            pass
        case _:
            raise RefutedError("the invariant is no definition of a condition")
    names: dict[str, str] = {}
    given, sorts = [], []
    for argument in arguments:
        match argument:
            case [str() as name, "Int" | "Bool" as sort] if name not in names and name not in _OPERATIONS:
                names[name] = f"x{len(names)}"
                given.append(f"({names[name]} {sort})")
                sorts.append(sort)
            case _:
                raise RefutedError("the invariant's arguments are no variables of a state")
    return Invariant(f"(define-fun {FUNCTION} ({' '.join(given)}) Bool {_written(body, names)})", tuple(sorts))


def parse(text: str) -> Sexpr:
    """The one expression that the text is; read without recursion."""
    stack: list[list[Sexpr]] = [[]]
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise RefutedError("the invariant is no SMT-LIB")
        position = token.end()
        match token[1]:
            case None:
                pass
            case "(":
                stack.append([])
            case ")":
                if len(stack) == 1:
                    raise RefutedError("the invariant has a parenthesis too many")
                done = stack.pop()
                stack[-1].append(done)
            case atom:
                stack[-1].append(atom)
    if len(stack) != 1 or len(stack[0]) != 1:
        raise RefutedError("the invariant is not one expression")
    return stack[0][0]


def _written(expr: Sexpr, names: dict[str, str]) -> str:
    """The expression with every name that is no operation replaced by one of ours."""
    pieces: list[str] = []
    todo: list[Sexpr] = [expr]
    while todo:
        each = todo.pop()
        if isinstance(each, list) and len(each) > 1 and each[0] == "!":
            todo.append(each[1])  # attributes such as :weight are advice to a solver, and mean nothing
        elif isinstance(each, list):
            pieces.append("(")
            todo.append(")")
            todo.extend(reversed(each))
        elif each in "()" or each in _OPERATIONS or _NUMERAL.fullmatch(each):
            pieces.append(each)
        else:
            pieces.append(names.setdefault(each, f"x{len(names)}"))
    return " ".join(pieces)
