"""The statements of a function body, in order and with the conditions that they are under.

tree-sitter finds the statements; calls inside expressions are not statements, and are not followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import tree_sitter_c
from tree_sitter import Language, Node, Parser

from hopcheck.model.importers.source.summary import Operation
from hopcheck.model.importers.source.text import arguments

_PREFIX = "void f(void){"
_MAX_BODY = 1 << 20
_MAX_DEPTH = 40
UNDECIDED = "?"
"""The guard of a statement in a ``switch``: nobody evaluates which case is taken."""


@lru_cache(maxsize=1)
def parser() -> Parser:
    """Return the one parser for C."""
    return Parser(Language(tree_sitter_c.language()))


def operations_of(body: str, line: int) -> list[Operation]:
    """Return the statements of a body (without its outer braces) whose opening brace is on that line."""
    if len(body) > _MAX_BODY:
        return []
    tree = parser().parse(f"{_PREFIX}{body}}}".encode())
    functions = tree.root_node.named_children
    block = functions[0].child_by_field_name("body") if functions else None
    if block is None:
        return []
    return list(_statements(block, (), line, 0))


def _statements(node: Node, guards: tuple[str, ...], line: int, depth: int) -> Iterator[Operation]:
    """Yield the operations of one statement and those in it."""
    if depth > _MAX_DEPTH:
        return
    match node.type:
        case "expression_statement":
            for inner in node.named_children:
                yield from _expression(inner, guards, line + node.start_point[0])
        case "for_statement":
            start = node.child_by_field_name("initializer")
            if start is not None and start.type == "assignment_expression":
                yield from _expression(start, guards, line + start.start_point[0])
            for child in node.named_children:
                yield from _statements(child, guards, line, depth + 1)
        case "if_statement":
            yield from _branches(node, guards, line, depth)
        case "return_statement":
            yield Operation("return", "", (), guards, line + node.start_point[0])
        case "declaration":
            yield from _declared(node, guards, line)
        case "switch_statement":
            for child in node.named_children:
                yield from _statements(child, (*guards, UNDECIDED), line, depth + 1)
        case _ if node.type.endswith("_statement") or node.type == "ERROR":
            for child in node.named_children:
                yield from _statements(child, guards, line, depth + 1)


def _branches(node: Node, guards: tuple[str, ...], line: int, depth: int) -> Iterator[Operation]:
    condition = node.child_by_field_name("condition")
    text = _text(condition)
    taken = node.child_by_field_name("consequence")
    if taken is not None:
        yield from _statements(taken, (*guards, text), line, depth + 1)
    other = node.child_by_field_name("alternative")
    if other is not None:
        for child in other.named_children:
            yield from _statements(child, (*guards, f"!{text}"), line, depth + 1)


def _declared(node: Node, guards: tuple[str, ...], line: int) -> Iterator[Operation]:
    """Yield what variables are initialised with, where that is a call."""
    for child in node.named_children:
        if child.type == "init_declarator":
            value = child.child_by_field_name("value")
            name = child.child_by_field_name("declarator")
            if value is not None and name is not None and value.type != "initializer_list":
                bare = _text(name).lstrip("*( ").strip()
                if value.type == "call_expression":
                    yield from _expression(value, guards, line + child.start_point[0])
                yield Operation("local", bare, (_text(value),), guards, line + child.start_point[0])


def _expression(node: Node, guards: tuple[str, ...], line: int) -> Iterator[Operation]:
    if node.type == "call_expression":
        function, listed = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        given = tuple(arguments(_text(listed)[1:-1]))
        yield Operation("call", _text(function), given, guards, line)
    elif node.type == "assignment_expression":
        target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = _text(node.child_by_field_name("operator"))
        right = _text(value)
        if operator != "=":
            right = f"{_text(target)} {operator[:-1]} {right}"
        if value is not None and value.type in {"assignment_expression", "call_expression"}:
            yield from _expression(value, guards, line)
            right = _last(value)
        yield Operation("set", _text(target), (right,), guards, line)


def _last(node: Node) -> str:
    """Return the value at the end of a chain of assignments."""
    value = node.child_by_field_name("right") if node.type == "assignment_expression" else None
    return _text(node) if value is None else _last(value)


def _text(node: Node | None) -> str:
    """Return the text of a node on one line."""
    raw = node.text if node is not None else None
    return " ".join(raw.decode("utf-8", "replace").split()) if raw else ""
