"""All functions and initialisers of a tree, with those that macros at file level expand to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hopcheck.model.importers.source.expansion import ExpansionLimitError
from hopcheck.model.importers.source.names import Names
from hopcheck.model.importers.source.summarise import Items
from hopcheck.model.importers.source.summary import Function, Initialiser, Invocation, Summary

_DECLARES = re.compile(r"\b\w*TypeInfo\b|\bGlobalProperty\b|\bProperty\b")
_WORDS = re.compile(r"[A-Za-z_]\w*")
_MAX_DEPTH = 12
_MAX_INVOCATIONS = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """A definition and the file it is in."""

    path: str
    initialiser: Initialiser


class Program:
    """Functions and initialisers by file and name. ``unresolved`` holds (file, line, what, reason)."""

    def __init__(self, summaries: Mapping[str, Summary], names: Names) -> None:
        """Index everything, after expanding the macros at file level that declare types or arrays."""
        self.names = names
        self.functions: dict[tuple[str, str], Function] = {}
        self.initialisers: dict[tuple[str, str, str], Initialiser] = {}
        self.unresolved: list[tuple[str, int, str, str]] = []
        self._shared: dict[str, list[str]] = {}
        self._files: dict[str, list[str]] = {}
        self._declaring: dict[tuple[str, str], bool] = {}
        self._users: dict[tuple[str, str], dict[str, None]] = {}
        for path in sorted(summaries):
            summary = summaries[path]
            self.unresolved += [(path, note.line, note.what, note.reason) for note in summary.notes]
            self._add(path, summary.functions, summary.initialisers)
            for invocation in summary.invocations[:_MAX_INVOCATIONS]:
                self._expand(path, invocation)

    def _add(self, path: str, functions: tuple[Function, ...], initialisers: tuple[Initialiser, ...]) -> None:
        for function in functions:
            if (path, function.name) not in self.functions:
                self.functions[path, function.name] = function
                if not function.static:
                    self._shared.setdefault(function.name, []).append(path)
        for each in initialisers:
            if (path, each.function, each.name) not in self.initialisers:
                self.initialisers[path, each.function, each.name] = each
                if not each.function:
                    self._files.setdefault(each.name, []).append(path)

    def _expand(self, path: str, invocation: Invocation) -> None:
        """Read what a macro at file level expands to as if it stood there."""
        if not self._declares(invocation.name, path, 0):
            return
        try:
            text = self.names.expanded(f"{invocation.name}({invocation.arguments})", path)
        except ExpansionLimitError as error:
            reason = f"its macros expand to too much ({error})"
            self.unresolved.append((path, invocation.line, invocation.name, reason))
            return
        items = Items()
        items.read(" ".join(text.split("\n")), invocation.line)
        self.unresolved += [(path, note.line, invocation.name, note.reason) for note in items.notes]
        self._add(path, tuple(items.functions), tuple(items.initialisers))

    def _declares(self, name: str, path: str, depth: int) -> bool:
        """Return whether a macro's body, or that of a macro in it, declares something that facts are made of."""
        macro = self.names.macro(name, path)
        if macro is None or depth > _MAX_DEPTH:
            return False
        key = (name, macro.body)
        if key not in self._declaring:
            self._declaring[key] = False
            words = dict.fromkeys(_WORDS.findall(macro.body))
            self._declaring[key] = _DECLARES.search(macro.body) is not None or any(
                self._declares(word, path, depth + 1) for word in words if word != name
            )
        return self._declaring[key]

    def function(self, name: str, path: str) -> tuple[str, Function] | None:
        """Return the function that a name means in a file, and its file: the file's own, else the only shared one."""
        own = self.functions.get((path, name))
        if own is not None:
            return path, own
        files = self._shared.get(name, ())
        if len(files) == 1:
            return files[0], self.functions[files[0], name]
        return None

    def users(self, path: str, variable: str) -> list[str]:
        """Return the functions of a file that give the address of a variable to another function."""
        if not self._users:
            for (home, name), function in self.functions.items():
                for operation in function.operations:
                    for operand in operation.operands if operation.kind == "call" else ():
                        if operand.startswith("&"):
                            self._users.setdefault((home, operand[1:]), {})[name] = None
        return list(self._users.get((path, variable), ()))

    def only(self, name: str) -> str:
        """Return the one file that defines a function, static or not, "" where none or several do."""
        files = [path for path, defined in self.functions if defined == name]
        return files[0] if len(files) == 1 else ""

    def array(self, name: str, path: str, function: str) -> Place | None:
        """Return the array that a name means in a function of a file."""
        for key in ((path, function, name), (path, "", name)):
            found = self.initialisers.get(key)
            if found is not None:
                return Place(path, found)
        files = self._files.get(name, ())
        if len(files) == 1:
            return Place(files[0], self.initialisers[files[0], "", name])
        return None
