"""From the bytes of one C file to its `Summary`: only what can matter for facts, nothing that other files say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hopcheck.model.importers.source.directives import Directives, read_directives
from hopcheck.model.importers.source.statements import operations_of
from hopcheck.model.importers.source.summary import Enumerator, Function, Initialiser, Invocation, Note, Summary
from hopcheck.model.importers.source.text import Lines, arguments, braced, matching, split, without_comments

MATTERS = re.compile(
    rb"GlobalProperty|DEFINE_\w+\s*\(|TypeInfo|compat_props_add|set_props|->props\b|_property_add|MachineClass"
    rb"|_add_\w*property|_register_\w*prop|X86CPUDefinition"
)
"""A source file without any of these says nothing that facts are made of."""

_CHUNK = re.compile(
    r"GlobalProperty|\bProperty\b|TypeInfo|compat_props|set_props|->props\b|propert|_prop\b|ObjectClass|\bObject\s*\*|MachineClass|type_register"
    r"|_PROP_|_props\b|X86CPU\w*Definition|feat_names|PropValue"
)
_TABLES = re.compile(r"\.name\s*=\s*\w+(?:\[\w+\])?(?:->|\.)|\.name\s*=\s*(?:g_strdup_printf|typename|name)\b|_type_name\(")
_ROW = re.compile(r"\.(?:\w*name|typename)\s*=\s*(?:\"|[A-Z])")
_END = re.compile(r"^\}", re.MULTILINE)
_ENUM = re.compile(r"\benum\b([^{}();=]{0,400})\{([^{}]{0,400000})\}")
_ENUMERATOR = re.compile(r"(\w+)\s*(?:=\s*((?:[^\0])*))?")
_VARIABLE = re.compile(
    r"\b([A-Za-z_]\w*)\s+(?:const\s+)?([A-Za-z_]\w*)\s*((?:\[[^\[\]]*\]\s*)?)=\s*(?:\(\w+(?:\[\])?\)\s*)?$"
)
_LOCAL = re.compile(
    r"\b(GlobalProperty|Property|PropValue|\w*TypeInfo|\w+Info)\s+(?:const\s+)?(\w+)\s*((?:\[[^\[\]]*\]\s*)?)=\s*(?=\{)"
)
_SINGLE = re.compile(r"^[ \t]*(?:static\s+)?(?:const\s+)?Property\s+(\w+)\s*=\s*(?=[A-Z_])", re.MULTILINE)
_WANTED = re.compile(r"GlobalProperty|Property|PropValue|\w*TypeInfo|X86CPU\w*Definition|FeatureWordInfo")
_HEADER = re.compile(r"([A-Za-z_]\w*)\s*\($")
_INVOCATION = re.compile(r"^(?:[ \t]+(?=[A-Z]))?([A-Za-z_]\w*)[ \t]*\(", re.MULTILINE)
_CLASS = re.compile(r"\b(\w*Class)\s*\*\s*(?:const\s+)?(\w+)")
_MAX_HEADER = 400
_MAX_FILE = 32 << 20
"""Bytes of a file that are read: the largest of QEMU has 4 MiB."""
_KEYWORDS = frozenset({"if", "for", "while", "switch", "return", "sizeof", "do", "else"})


def summarise(path: str, data: bytes) -> Summary:
    """Return the summary of a C file; headers and included files are read for their macros and enumerations."""
    if len(data) > _MAX_FILE:
        return Summary(notes=(Note(1, "the file", f"it has more than {_MAX_FILE} bytes"),))
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\0", " ")
    declares = not path.endswith(".c")
    matters = MATTERS.search(data) is not None
    if not (declares or matters):
        return Summary()
    directives = read_directives(without_comments(text))
    enumerators = tuple(enumerators_of(directives.code))
    if not matters:
        return Summary(tuple(directives.includes), tuple(directives.macros), enumerators)
    return _Reader(directives, enumerators).read()


def enumerators_of(code: str) -> Iterator[Enumerator]:
    """Yield the constants of all enumerations of a text."""
    for enum in _ENUM.finditer(code):
        after = ""
        for _, part in split(enum.group(2)):
            match = _ENUMERATOR.fullmatch(part)
            if match is None:
                break
            yield Enumerator(match.group(1), (match.group(2) or "").strip(), after)
            after = match.group(1)


class _Reader:
    """Takes one file apart: into chunks that end with a closing brace in the first column, and these into items."""

    def __init__(self, directives: Directives, enumerators: tuple[Enumerator, ...]) -> None:
        self._directives = directives
        self._enumerators = enumerators
        self._items = Items(tables=_TABLES.search(directives.code) is not None)

    def read(self) -> Summary:
        """Return the summary."""
        code = self._directives.code
        line = 1
        start = 0
        for end in [*(match.end() for match in _END.finditer(code)), len(code)]:
            self._items.read(code[start:end], line)
            line += code.count("\n", start, end)
            start = end
        return Summary(
            includes=tuple(self._directives.includes),
            macros=tuple(self._directives.macros),
            enumerators=self._enumerators,
            initialisers=tuple(self._items.initialisers),
            functions=tuple(self._items.functions),
            invocations=tuple(self._items.invocations),
            notes=(*self._directives.notes, *self._items.notes),
        )


class Items:
    """Collects initialisers, functions and macro invocations from pieces of C at file level.

    ``tables``: arrays of structures with names are collected too, whatever their type.
    """

    def __init__(self, tables: bool = False) -> None:
        """Begin with nothing collected."""
        self.initialisers: list[Initialiser] = []
        self.functions: list[Function] = []
        self.invocations: list[Invocation] = []
        self.notes: list[Note] = []
        self._tables = tables

    def read(self, text: str, line: int) -> None:
        """Collect from a text whose first line has that number."""
        if not _CHUNK.search(text):
            if "(" in text:
                self._invocations(text, line)
            if not (self._tables and _ROW.search(text)):
                return
        end = 0
        lines = Lines(text, line)
        for before, opened, after in braced(text):
            header = text[before:opened]
            above, here = lines.at(before), lines.at(opened)
            if after < 0:
                self.notes.append(Note(here, header.strip()[-60:], "its braces do not balance"))
                self._invocations(header, above)
                return
            self._item(header, text[opened + 1 : after - 1], here, above)
            end = after
        self._invocations(text[end:], lines.at(end))

    def _item(self, header: str, body: str, line: int, above: int) -> None:
        stripped = header.rstrip()
        if stripped.endswith(")"):
            opening = _opening(stripped)
            named = _HEADER.search(stripped[: opening + 1]) if opening >= 0 else None
            if named and named.group(1) not in _KEYWORDS:
                self._invocations(stripped[: named.start()], above)
                self._function(named.group(1), stripped[opening + 1 : -1], stripped[: named.start()], body, line)
                return
        self._invocations(header, above)
        variable = _VARIABLE.search(header[-_MAX_HEADER:])
        if variable:
            wanted = _WANTED.fullmatch(variable.group(1)) or (self._tables and _ROW.search(body))
            if wanted:
                array = bool(variable.group(3).strip())
                self.initialisers.append(Initialiser(variable.group(1), variable.group(2), array, "", line, body))

    def _function(self, name: str, parameters: str, before: str, body: str, line: int) -> None:
        if not (_CHUNK.search(parameters) or _CHUNK.search(body)):
            return
        lines = Lines(body, line)
        for match in _LOCAL.finditer(body):
            end = matching(body, match.end())
            if end < 0:
                break
            inner = body[match.end() + 1 : end - 1]
            array = bool(match.group(3).strip())
            here = lines.at(match.end())
            self.initialisers.append(Initialiser(match.group(1), match.group(2), array, name, here, inner))
        names = tuple(_parameter(each) for each in arguments(parameters))
        classes = {variable: kind for kind, variable in _CLASS.findall(f"{parameters};{body}")}
        static = re.search(r"\bstatic\b", before.rpartition(";")[2].rpartition("}")[2]) is not None
        self.functions.append(Function(name, names, classes, tuple(operations_of(body, line)), static, line))

    def _invocations(self, text: str, line: int) -> None:
        """Collect macro invocations, and single properties that a macro initialises, between items."""
        position = 0
        lines = Lines(text, line)
        for match in _INVOCATION.finditer(text):
            if match.start() < position:
                continue
            end = matching(text, match.end() - 1)
            if end < 0:
                break
            here = lines.at(match.start())
            self.invocations.append(Invocation(match.group(1), text[match.end() : end - 1].strip(), here))
            position = end
        for match in _SINGLE.finditer(text):
            value = text[match.end() :].partition(";")[0].strip()
            here = lines.at(match.end())
            self.initialisers.append(Initialiser("Property", match.group(1), True, "", here, value))


def _opening(header: str) -> int:
    """Return the position of the parenthesis that the last character of a header closes, -1 where there is none."""
    depth = 0
    for position in range(len(header) - 1, -1, -1):
        if header[position] == ")":
            depth += 1
        elif header[position] == "(":
            depth -= 1
            if depth == 0:
                return position
    return -1


def _parameter(text: str) -> str:
    """Return the name of a parameter, "" for one without."""
    match = re.search(r"(\w+)\s*(?:\[\w*\])?\s*$", text)
    return match.group(1) if match and match.group(1) != "void" else ""
