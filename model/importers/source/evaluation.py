"""Values of C's constant expressions: strings, numbers with casts and conditions, and enumeration constants.

Macros have been expanded before. Arithmetic is that of 64-bit integers as far as defaults need it; what does not
fit, or uses an unknown name, has no value. Nothing is ever executed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node

from hopcheck.model.importers.source.statements import parser
from hopcheck.model.importers.source.text import STRING

Value = bool | int | str | None
Names = Callable[[str], "int | str | None"]
"""The value of a constant's name: a number, the QAPI name of a member, None where nobody knows it."""

_STRINGS = re.compile(rf"(?:{STRING}|\s+)+")
_STRING = re.compile(STRING)
_NUMBER = re.compile(r"(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)[uUlL]*")
_WIDTH = re.compile(r"(u?)int(\d+)_t")
_NAMED_WIDTHS = {
    "bool": (1, False),
    "int": (32, True),
    "unsigned": (32, False),
    "unsigned int": (32, False),
    "long": (64, True),
    "unsigned long": (64, False),
    "long long": (64, True),
    "unsigned long long": (64, False),
    "size_t": (64, False),
    "hwaddr": (64, False),
    "ram_addr_t": (64, False),
    "target_ulong": (64, False),
    "char": (8, True),
    "unsigned char": (8, False),
    "short": (16, True),
    "unsigned short": (16, False),
}
_LIMITS = {
    **{f"UINT{bits}_MAX": (1 << bits) - 1 for bits in (8, 16, 32, 64)},
    **{f"INT{bits}_MAX": (1 << bits - 1) - 1 for bits in (8, 16, 32, 64)},
    **{f"INT{bits}_MIN": -(1 << bits - 1) for bits in (8, 16, 32, 64)},
    "INT_MAX": (1 << 31) - 1,
    "INT_MIN": -(1 << 31),
    "UINT_MAX": (1 << 32) - 1,
    "SIZE_MAX": (1 << 64) - 1,
    "LONG_MAX": (1 << 63) - 1,
    "ULONG_MAX": (1 << 64) - 1,
}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", '"': '"', "\\": "\\", "'": "'"}
_MAX_TEXT = 4096
_MAX_DEPTH = 60


class NoValueError(ValueError):
    """The text is no constant expression, or uses a name whose value nobody knows; the message is the reason."""


def string_of(text: str) -> str | None:
    """Return the string that one or more adjacent literals are, None for anything else."""
    stripped = text.strip()
    while stripped[:1] == "(" and stripped[-1:] == ")":
        stripped = stripped[1:-1].strip()
    if stripped[:1] != '"' or _STRINGS.fullmatch(stripped) is None:
        return None
    return "".join(_unescaped(literal[1:-1]) for literal in _STRING.findall(stripped))


def _unescaped(body: str) -> str:
    if "\\" not in body:
        return body
    return re.sub(r"\\([^\0])", lambda match: _ESCAPES.get(match.group(1), match.group(0)), body)


def evaluate(text: str, names: Names) -> Value:
    """Return the value of an expanded expression; ``NULL`` is None, an enumeration member its QAPI name.

    Raises:
        NoValueError: it has none.
    """
    stripped = text.strip()
    if stripped in {"true", "false"}:
        return stripped == "true"
    if stripped in {"NULL", ""}:
        return None
    if stripped.isdigit():
        return _number(stripped)
    found = string_of(stripped)
    if found is not None:
        return found
    if len(stripped) > _MAX_TEXT:
        raise NoValueError("the expression is too long")
    tree = parser().parse(f"int x=({stripped});".encode())
    if tree.root_node.has_error:
        raise NoValueError("it is no expression")
    declaration = tree.root_node.named_children[0]
    declarator = declaration.child_by_field_name("declarator")
    value = declarator.child_by_field_name("value") if declarator is not None else None
    if value is None:
        raise NoValueError("it is no expression")
    return _Evaluator(names).value(value, 0)


def condition(text: str, names: Names) -> bool | None:
    """Return whether an expanded condition holds, None where nobody can tell."""
    stripped = text.strip()
    try:
        if stripped.startswith("!") and not stripped.startswith("!="):
            inner = condition(stripped[1:], names)
            return None if inner is None else not inner
        value = evaluate(stripped, names)
    except NoValueError:
        return None
    return bool(value)


class _Evaluator:
    """Evaluates the syntax tree of one expression."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def value(self, node: Node, depth: int) -> Value:
        """Return the value of a node."""
        if depth > _MAX_DEPTH:
            raise NoValueError("the expression is nested too deeply")
        match node.type:
            case "parenthesized_expression":
                return self.value(node.named_children[0], depth + 1)
            case "number_literal":
                return _number(_text(node))
            case "string_literal" | "concatenated_string":
                found = string_of(_text(node))
                if found is not None:
                    return found
            case "char_literal" if len(_text(node)) == 3:
                return ord(_text(node)[1])
            case "true" | "false":
                return node.type == "true"
            case "null":
                return None
            case "identifier":
                return self._name(_text(node))
            case "unary_expression":
                return self._unary(node, depth)
            case "binary_expression":
                return self._binary(node, depth)
            case "conditional_expression":
                return self._choice(node, depth)
            case "cast_expression":
                target = _text(node.child_by_field_name("type"))
                return _cast(target, self.value(_field(node, "value"), depth + 1))
            case "call_expression":
                return self._call(node, depth)
        raise NoValueError(f"{_text(node)[:60]} has no constant value")

    def _name(self, name: str) -> Value:
        found = self._names(name)
        if found is not None:
            return found
        if name in _LIMITS:
            return _LIMITS[name]
        raise NoValueError(f"the value of {name} is not known")

    def _call(self, node: Node, depth: int) -> Value:
        """Return the value of what reads like a call: a cast to a named type, or a width given to a number."""
        function, given = _field(node, "function"), _field(node, "arguments").named_children
        name = _text(function)
        if len(given) == 1 and function.type == "parenthesized_expression":
            return _cast(name[1:-1], self.value(given[0], depth + 1))
        if len(given) == 1 and re.fullmatch(r"U?INT\d+_C", name):
            return self.value(given[0], depth + 1)
        raise NoValueError(f"{name[:60]}() is not evaluated")

    def _unary(self, node: Node, depth: int) -> Value:
        operand = self.value(_field(node, "argument"), depth + 1)
        operator = _text(node.child_by_field_name("operator"))
        if operator == "!":
            return not operand
        number = _integer(operand)
        return {"-": -number, "~": ~number, "+": number}[operator]

    def _choice(self, node: Node, depth: int) -> Value:
        decided = self.value(_field(node, "condition"), depth + 1)
        taken = node.child_by_field_name("consequence")
        if decided:
            return decided if taken is None else self.value(taken, depth + 1)
        return self.value(_field(node, "alternative"), depth + 1)

    def _binary(self, node: Node, depth: int) -> Value:
        operator = _text(node.child_by_field_name("operator"))
        left, right = _field(node, "left"), _field(node, "right")
        if operator in {"&&", "||"}:
            return self._logical(operator, left, right, depth)
        one, other = self.value(left, depth + 1), self.value(right, depth + 1)
        if operator in {"==", "!="}:
            return (one == other) == (operator == "==")
        return _arithmetic(operator, _integer(one), _integer(other))

    def _logical(self, operator: str, left: Node, right: Node, depth: int) -> bool:
        """Return a conjunction or disjunction: one known operand can decide it."""
        unknown: NoValueError | None = None
        for side in (left, right):
            try:
                holds = bool(self.value(side, depth + 1))
            except NoValueError as error:
                unknown = error
                continue
            if holds == (operator == "||"):
                return holds
        if unknown is not None:
            raise unknown
        return operator == "&&"


def _arithmetic(operator: str, one: int, other: int) -> Value:
    if operator in {"<<", ">>"} and not 0 <= other < 64:
        raise NoValueError("a shift is out of range")
    if operator in {"/", "%"} and other == 0:
        raise NoValueError("division by zero")
    quotient = abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1) if operator in {"/", "%"} else 0
    match operator:
        case "+":
            value = one + other
        case "-":
            value = one - other
        case "*":
            value = one * other
        case "/":
            value = quotient
        case "%":
            value = one - quotient * other
        case "<<":
            value = one << other
        case ">>":
            value = one >> other
        case "|":
            value = one | other
        case "&":
            value = one & other
        case "^":
            value = one ^ other
        case "<" | ">" | "<=" | ">=":
            return {"<": one < other, ">": one > other, "<=": one <= other, ">=": one >= other}[operator]
        case _:
            raise NoValueError(f"the operator {operator} is not evaluated")
    if not -(1 << 63) <= value < 1 << 64:
        raise NoValueError("a number does not fit 64 bits")
    return value


def _cast(target: str, value: Value) -> Value:
    if not isinstance(value, int):
        return value
    bits, signed = _width(target)
    if target == "bool":
        return bool(value)
    if not bits:
        return value
    value = int(value) & ((1 << bits) - 1)
    return value - (1 << bits) if signed and value >> (bits - 1) else value


def _width(target: str) -> tuple[int, bool]:
    """Return bits and sign of a number's type, 0 bits for one that is not known."""
    match = _WIDTH.fullmatch(target)
    if match:
        return int(match.group(2)), not match.group(1)
    return _NAMED_WIDTHS.get(target, (0, False))


def _integer(value: Value) -> int:
    if isinstance(value, int):
        return int(value)
    raise NoValueError(f"{value!r} is no number")


def _number(text: str) -> int:
    # The grammar takes a sign right before the digits for a part of the number.
    match = _NUMBER.fullmatch(text.lstrip("+-"))
    if match is None or len(text) > 40:
        raise NoValueError(f"{text[:40]} is no integer")
    digits = match.group(1)
    try:
        number = int(digits, 8 if digits[0] == "0" and digits.isdigit() else 0)
        return -number if text.startswith("-") else number
    except ValueError:
        raise NoValueError(f"{text} is no integer") from None


def _field(node: Node, name: str) -> Node:
    found = node.child_by_field_name(name)
    if found is None:
        raise NoValueError("it is no expression")
    return found


def _text(node: Node | None) -> str:
    raw = node.text if node is not None else None
    return raw.decode("utf-8", "replace") if raw else ""
