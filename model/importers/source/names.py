"""Which definition a name means in a file: its own, that of a header it includes, or the only one of the tree."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from hopcheck.model.importers.source.evaluation import NoValueError, Value, condition, evaluate, string_of
from hopcheck.model.importers.source.expansion import ExpansionLimitError, expand
from hopcheck.model.importers.source.summary import Enumerator, Macro, Summary
from hopcheck.model.importers.source.text import arguments

_MAX_INCLUDED = 400
_MAX_NESTING = 20
_MAX_STEPS = 10_000
_ALL = 1 << 27
"""Characters that all expansions of one tree may come to: releases need 2 to 4 millions."""
_ONE = 1 << 24
"""Characters that the expansions of one file may come to."""
_FAILURE = 1 << 21
"""What an expansion that was given up counts for."""


@dataclass(frozen=True, slots=True)
class Symbolic:
    """An expression that has no value here, and why."""

    text: str
    reason: str


class Names:
    """All names of a tree. ``version`` are the three numbers of the release, which QEMU gives to its macros."""

    def __init__(self, summaries: Mapping[str, Summary], version: tuple[int, int, int]) -> None:
        """Index macros and enumeration constants by name and by file."""
        self._summaries = summaries
        self._macros: dict[str, dict[str, Macro]] = {}
        self._macro_files: dict[str, list[str]] = {}
        self._enumerators: dict[str, dict[str, Enumerator]] = {}
        self._enumerator_files: dict[str, list[str]] = {}
        self._members: dict[str, str] = {}
        self._included: dict[str, tuple[str, ...]] = {}
        self._values: dict[tuple[str, str], int | None] = {}
        self._nesting = 0
        self._left = _ALL
        self._left_in: dict[str, int] = {}
        self._fixed = {
            f"QEMU_VERSION_{part}": Macro(f"QEMU_VERSION_{part}", None, str(number), 0)
            for part, number in zip(("MAJOR", "MINOR", "MICRO"), version, strict=True)
        }
        for path in sorted(summaries):
            summary = summaries[path]
            self._members.update(summary.members)
            own: dict[str, Macro] = {}
            for macro in summary.macros:
                own.setdefault(macro.name, macro)
            self._macros[path] = own
            for name in own:
                self._macro_files.setdefault(name, []).append(path)
            constants: dict[str, Enumerator] = {}
            for enumerator in summary.enumerators:
                constants.setdefault(enumerator.name, enumerator)
            self._enumerators[path] = constants
            for name in constants:
                self._enumerator_files.setdefault(name, []).append(path)

    def macro(self, name: str, path: str) -> Macro | None:
        """Return the macro that a name means in a file."""
        found = self._macros.get(path, {}).get(name)
        if found is not None:
            return found
        files = self._macro_files.get(name)
        if files is None:
            return self._fixed.get(name)
        if len(files) == 1:
            return self._macros[files[0]][name] if _is_shared(files[0]) else None
        home = next((each for each in self.included(path) if each in files), "")
        if home:
            return self._macros[home][name]
        shared = [self._macros[each][name] for each in files if _is_shared(each)]
        return shared[0] if len({(macro.parameters, macro.body) for macro in shared}) == 1 else None

    def included(self, path: str) -> tuple[str, ...]:
        """Return the files of the tree that a file includes, directly or not, nearest first."""
        found = self._included.get(path)
        if found is not None:
            return found
        seen: dict[str, None] = {}
        level = [path]
        while level and len(seen) < _MAX_INCLUDED:
            following: list[str] = []
            for each in level:
                for name in self._summaries[each].includes if each in self._summaries else ():
                    target = self._resolve(name, each)
                    if target and target not in seen:
                        seen[target] = None
                        following.append(target)
            level = following
        self._included[path] = tuple(seen)
        return self._included[path]

    def _resolve(self, name: str, path: str) -> str:
        """Return the file that an ``#include`` names: beside its user, under include/, or of its target."""
        parts = path.split("/")
        places = [posixpath.dirname(path), "include", ""]
        if parts[0] == "target" and len(parts) > 2:
            places.append("/".join(parts[:2]))
        for place in places:
            candidate = posixpath.normpath(posixpath.join(place, name))
            if candidate in self._summaries:
                return candidate
        return ""

    def expanded(self, text: str, path: str) -> str:
        """Return a text of a file with all macros expanded.

        Raises:
            ExpansionLimitError: the expansion has no reasonable size.
        """
        left = min(self._left, self._left_in.get(path, _ONE))
        if left <= 0:
            raise ExpansionLimitError("there are too many of these")
        cost = _FAILURE
        try:
            full = expand(text, lambda name: self.macro(name, path))
            cost = len(full)
        finally:
            self._left -= cost
            self._left_in[path] = self._left_in.get(path, _ONE) - cost
        return full

    def value(self, text: str, path: str) -> Value | Symbolic:
        """Return the value of an expression of a file: a constant, or what is left of it after expansion."""
        plain = string_of(text)
        if plain is not None:
            return plain
        try:
            full = self.expanded(text, path)
        except ExpansionLimitError as error:
            return Symbolic(text[:120], f"its macros expand to too much ({error})")
        try:
            return evaluate(full, lambda name: self.constant(name, path))
        except NoValueError as error:
            return Symbolic(" ".join(full.split())[:120], str(error))

    def string(self, text: str, path: str) -> str | None:
        """Return the string that an expression is, None where it is something else."""
        found = self.value(text, path)
        return found if isinstance(found, str) else None

    def holds(self, text: str, path: str) -> bool | None:
        """Return whether a condition of a file holds, None where nobody can tell."""
        try:
            return condition(self.expanded(text, path), lambda name: self.constant(name, path))
        except ExpansionLimitError:
            return None

    def constant(self, name: str, path: str) -> int | str | None:
        """Return what an enumeration constant means in a file: its number, or the QAPI name of a member."""
        member = self._members.get(name)
        if member is not None:
            return member
        if name in self._enumerators.get(path, {}):
            return self._enumerator(name, path)
        files = self._enumerator_files.get(name)
        if not files:
            return None
        home = files[0] if len(files) == 1 else self._constant_home(name, path, files)
        return self._enumerator(name, home) if home else None

    def _constant_home(self, name: str, path: str, files: list[str]) -> str:
        home = next((each for each in self.included(path) if each in files), "")
        if home:
            return home
        values = {self._enumerator(name, each) for each in files}
        return files[0] if len(values) == 1 else ""

    def _enumerator(self, name: str, home: str) -> int | None:
        """Return the number of a constant that a file defines; chains of "one more" are followed to their start."""
        key = (home, name)
        if key in self._values:
            return self._values[key]
        self._values[key] = None
        table = self._enumerators[home]
        steps = 0
        here = table[name]
        while not here.value and here.after and steps < _MAX_STEPS:
            steps += 1
            here = table[here.after]
        start: int | None = 0
        if here.value:
            start = self._number(here.value, home)
        if start is not None and steps < _MAX_STEPS:
            self._values[key] = start + steps
        return self._values[key]

    def _number(self, text: str, home: str) -> int | None:
        """Return the value of an enumerator's expression, which may name others: chains of them are bounded."""
        if self._nesting > _MAX_NESTING:
            return None
        self._nesting += 1
        found = self.value(text, home)
        self._nesting -= 1
        return int(found) if isinstance(found, int) else None

    def call(self, text: str, path: str) -> tuple[Macro, list[str]] | None:
        """Return the macro and the arguments of a text that invokes a function-like macro, or names another one."""
        name, opened, rest = text.partition("(")
        macro = self.macro(name.strip(), path) if name.strip().isidentifier() else None
        if macro is None or (macro.parameters is None) != (not opened):
            return None
        if opened and not rest.rstrip().endswith(")"):
            return None
        return macro, arguments(rest.rstrip()[:-1]) if opened else []


def _is_shared(path: str) -> bool:
    """Return whether what a file defines can be meant in another one."""
    return path.endswith((".h", ".inc"))
