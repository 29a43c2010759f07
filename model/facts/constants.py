"""A tiny evaluator for the constant expressions that defaults are written in. Never `eval`.

Grammar: integers (decimal, octal, hexadecimal, with the C suffixes U and L), names of declared constants, ``~``,
unary ``-``, ``* / + - << >> & |`` with C's precedence, parentheses. Arithmetic is exact; results must fit 64 bits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_TOKEN = re.compile(r"\s*(0[xX][0-9a-fA-F]+|\d+|[A-Za-z_]\w*|<<|>>|[()+\-*/&|~])")
_SUFFIX = re.compile(r"(?<=[0-9a-fA-F])[uUlL]{1,3}\b")
_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"|"}),
    frozenset({"&"}),
    frozenset({"<<", ">>"}),
    frozenset({"+", "-"}),
    frozenset({"*", "/"}),
)
_MAX_LENGTH = 200
_MAX_DEPTH = 20


class NotConstantError(ValueError):
    """The text is no expression of this grammar, or uses an undeclared name."""


def evaluate(text: str, names: Mapping[str, int]) -> int:
    """Return the value of a constant expression over declared names.

    Raises:
        NotConstantError: anything else than such an expression, including one that is too long or too deep.
    """
    if len(text) > _MAX_LENGTH:
        raise NotConstantError("too long")
    parser = _Parser(_tokens(text), names)
    value = parser.binary(0, 0)
    if parser.peek() is not None or not -(1 << 63) <= value < (1 << 64):
        raise NotConstantError(text)
    return value


def _tokens(text: str) -> list[str]:
    text = _SUFFIX.sub("", text)
    tokens: list[str] = []
    position = 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise NotConstantError(text)
        tokens.append(match.group(1))
        position = match.end()
    return tokens


class _Parser:
    """Recursive descent over the levels of precedence; the depth is bounded."""

    def __init__(self, tokens: list[str], names: Mapping[str, int]) -> None:
        self._tokens = tokens
        self._names = names
        self._next = 0

    def peek(self) -> str | None:
        """Return the next token without taking it."""
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self) -> str:
        token = self.peek()
        if token is None:
            raise NotConstantError("ends early")
        self._next += 1
        return token

    def binary(self, level: int, depth: int) -> int:
        """Return the value of a chain of operators of one level of precedence."""
        if depth > _MAX_DEPTH:
            raise NotConstantError("too deep")
        if level == len(_LEVELS):
            return self._unary(depth)
        value = self.binary(level + 1, depth)
        while (operator := self.peek()) in _LEVELS[level]:
            self._next += 1
            value = _apply(str(operator), value, self.binary(level + 1, depth))
        return value

    def _unary(self, depth: int) -> int:
        token = self._take()
        if token in "-~":
            if depth >= _MAX_DEPTH:
                raise NotConstantError("too deep")
            operand = self._nested_unary(depth)
            return -operand if token == "-" else ~operand
        if token == "(":
            value = self.binary(0, depth + 1)
            if self._take() != ")":
                raise NotConstantError("unbalanced")
            return value
        if token[0].isdigit():
            return integer(token)
        if token in self._names:
            return self._names[token]
        raise NotConstantError(token)

    def _nested_unary(self, depth: int) -> int:
        return self._unary(depth + 1)


def _apply(operator: str, left: int, right: int) -> int:
    """Return the result of one operator; shifts and divisions that C leaves undefined are refused."""
    if operator in {"<<", ">>"} and not 0 <= right < 64:
        raise NotConstantError("shift out of range")
    if operator == "/" and right == 0:
        raise NotConstantError("division by zero")
    match operator:
        case "|":
            return left | right
        case "&":
            return left & right
        case "<<":
            return left << right
        case ">>":
            return left >> right
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            return int(abs(left) // abs(right)) * (1 if (left < 0) == (right < 0) else -1)


def integer(text: str) -> int:
    """Return an integer written as in C: ``0x10``, ``020`` and ``16`` are equal; a sign is allowed.

    Raises:
        NotConstantError: the text is no such integer.
    """
    body = text.lstrip("+-")
    if len(text) - len(body) > 1 or not re.fullmatch(r"0[xX][0-9a-fA-F]{1,16}|\d{1,24}", body):
        raise NotConstantError(text)
    try:
        octal = len(body) > 1 and body[0] == "0" and body[1] not in "xX"
        value = int(body, 8 if octal else 0)
    except ValueError:
        raise NotConstantError(text) from None
    return -value if text.startswith("-") else value
