"""S-expressions, as solvers print them: read and written without recursion, for they nest deeply."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TypeAlias

Sexpr: TypeAlias = "str | list[Sexpr]"
ModelValue: TypeAlias = bool | int | Fraction | str
"""A value in a model: a truth value, a number, a bit-vector as an unsigned number, a constructor's name; or, for a
function, its whole ``define-fun``."""

_TOKEN = re.compile(r'\s+|;[^\n]*|([()]|\|[^|]*\||"(?:[^"]|"")*"|[^\s()|";]+)')


def parse(text: str) -> list[Sexpr]:
    """Every expression in the text; ValueError when its parentheses do not match."""
    stack: list[list[Sexpr]] = [[]]
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise ValueError(f"no S-expression: {text[position : position + 40]!r}")
        position = token.end()
        match token[1]:
            case None:
                pass
            case "(":
                stack.append([])
            case ")":
                if len(stack) == 1:
                    raise ValueError("a closing parenthesis too many")
                done = stack.pop()
                stack[-1].append(done)
            case atom:
                stack[-1].append(atom)
    if len(stack) != 1:
        raise ValueError("a closing parenthesis is missing")
    return stack[0]


def show(expr: Sexpr) -> str:
    """The expression as text, on one line."""
    pieces: list[str] = []
    stack: list[Sexpr | None] = [expr]  # None: close a parenthesis
    while stack:
        each = stack.pop()
        if each is None:
            pieces.append(")")
            continue
        if pieces and pieces[-1] != "(":
            pieces.append(" ")
        if isinstance(each, str):
            pieces.append(each)
        else:
            pieces.append("(")
            stack.append(None)
            stack.extend(reversed(each))
    return "".join(pieces)


def unquote(symbol: str) -> str:
    """A symbol's name: ``|x y|`` and ``x y`` are one symbol in SMT-LIB."""
    return symbol[1:-1] if symbol.startswith("|") else symbol


def read_model(text: str) -> dict[str, ModelValue]:
    """The model that a solver prints for ``(get-model)``: symbol to value; ValueError for anything else."""
    model: dict[str, ModelValue] = {}
    for outer in parse(text):
        if isinstance(outer, str):
            raise ValueError(f"no model: {outer}")
        for each in outer:
            if isinstance(each, list) and len(each) == 5 and each[0] == "define-fun" and isinstance(each[1], str):
                model[unquote(each[1])] = show(each) if each[2] else read_value(each[4])
    return model


def read_value(expr: Sexpr) -> ModelValue:
    """The value that a constant term stands for; a term of another kind comes back as text."""
    match expr:
        case "true":
            return True
        case "false":
            return False
        case str():
            return _atom(expr)
        case ["-", inner]:
            value = read_value(inner)
            return -value if isinstance(value, int | Fraction) else show(expr)
        case ["/", top, bottom]:
            upper, lower = read_value(top), read_value(bottom)
            numeric = isinstance(upper, int | Fraction) and isinstance(lower, int | Fraction)
            return Fraction(upper) / Fraction(lower) if numeric else show(expr)
        case ["_", str() as literal, str()] if re.fullmatch(r"bv\d+", literal):
            return int(literal[2:])
        case _:
            return show(expr)


def _atom(text: str) -> ModelValue:
    if text.isdecimal():
        return int(text)
    if text.startswith("#b"):
        return int(text[2:], 2)
    if text.startswith("#x"):
        return int(text[2:], 16)
    if re.fullmatch(r"\d+\.\d+", text):
        return Fraction(text)
    return unquote(text)
