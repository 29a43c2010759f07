"""A hand-written change, as TOML: what a new QEMU build does differently from one whose facts are known.

::

    base = "11.0pre"          # the build that the change applies to; default: the newest source tree
    build = "11.2"            # name of the new build, a version above the base's
    machine = "11.2"          # optional: the release adds machine types of this version. The newest ones so far
                              # become versioned: hw_compat_X (and pc_compat_X), X being their version, are made
                              # and put before the older arrays of every family

    [[default]]               # a changed default, or a new property
    driver = "virtio-net-device"
    property = "x-new"
    kind = "BIT64"            # only for a new property, or to change the kind
    value = true

    [[entry]]                 # a new compat entry, put at the end of its array
    array = "hw_compat_11_0"
    driver = "virtio-net-device"
    property = "x-new"
    value = "off"
    optional = false          # optional

    [[remove]]                # an entry that goes
    array = "hw_compat_10_2"
    driver = "scsi-block"
    property = "migrate-pr"

    [[retarget]]              # an entry that names another driver, moves to another array or gets another value
    array = "hw_compat_10_2"
    driver = "scsi-block"
    property = "migrate-pr"
    to_driver = "scsi-disk-base"    # any of the three, at least one
    to_array = "hw_compat_10_1"
    to_value = "on"

    [[rename]]                # a QOM type gets another name
    driver = "e1000"
    to = "e1000-82540em"
    entries = true            # whether entries that name it follow (default); if not, they match nothing
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from hopcheck.model.facts.check import nearest
from hopcheck.model.facts.errors import ChangeError

MAX_SIZE = 1 << 20
"""Bytes of a change file that are accepted."""

_TEXT: tuple[type, ...] = (str,)
_VALUE: tuple[type, ...] = (str, int, bool)
_FLAG: tuple[type, ...] = (bool,)

_TOP = {"base": _TEXT, "build": _TEXT, "machine": _TEXT}
_TABLES: dict[str, tuple[dict[str, tuple[type, ...]], frozenset[str]]] = {
    "default": (
        {"driver": _TEXT, "property": _TEXT, "value": _VALUE, "kind": _TEXT},
        frozenset({"driver", "property", "value"}),
    ),
    "entry": (
        {"array": _TEXT, "driver": _TEXT, "property": _TEXT, "value": _VALUE, "optional": _FLAG},
        frozenset({"array", "driver", "property", "value"}),
    ),
    "remove": (
        {"array": _TEXT, "driver": _TEXT, "property": _TEXT},
        frozenset({"array", "driver", "property"}),
    ),
    "retarget": (
        dict.fromkeys(("array", "driver", "property", "to_driver", "to_array"), _TEXT) | {"to_value": _VALUE},
        frozenset({"array", "driver", "property"}),
    ),
    "rename": (
        {"driver": _TEXT, "to": _TEXT, "entries": _FLAG},
        frozenset({"driver", "to"}),
    ),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One table of a change: its kind (``default``, ``entry``, ...), its keys, and where each is in the file."""

    kind: str
    values: dict[str, Any]
    line: int
    lines: dict[str, int]

    def text(self, key: str) -> str:
        """Return a key's value as an entry would write it: booleans as on and off."""
        value = self.values.get(key, "")
        if isinstance(value, bool):
            return "on" if value else "off"
        return str(value)


@dataclass(frozen=True, slots=True)
class Change:
    """A change as written: names are not resolved yet. ``lines`` are those of the keys outside tables."""

    file: str
    base: str
    build: str
    machine: str
    items: tuple[Item, ...]
    lines: dict[str, int]

    def fail(self, item: Item | None, key: str, problem: str, remedy: str) -> NoReturn:
        """Raise a `ChangeError` at a key of an item, or at a key outside tables."""
        lines = item.lines if item else self.lines
        line = lines.get(key, item.line if item else 1)
        raise ChangeError(self.file, f"line {line}", problem, remedy)


def read_change(path: str | Path) -> Change:
    """Return the change in a TOML file.

    Raises:
        ChangeError: unreadable, too large, not TOML, an unknown table or key, a missing key, or a wrong type.
    """
    try:
        with Path(path).open("rb") as stream:
            raw = stream.read(MAX_SIZE + 1)
    except OSError as error:
        raise ChangeError(path, "", f"cannot be read ({error.strerror})", "give a readable file") from None
    if len(raw) > MAX_SIZE:
        raise ChangeError(path, "", f"is larger than {MAX_SIZE} bytes", "a change is a short text")
    try:
        return parse_change(raw.decode("utf-8"), str(path))
    except UnicodeDecodeError:
        raise ChangeError(path, "", "is not UTF-8", "write it as UTF-8") from None


def parse_change(text: str, file: str) -> Change:
    """Return the change in a TOML text; ``file`` is what errors name.

    Raises:
        ChangeError: as `read_change`.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at (line \d+), column \d+\)|\(at end of document\)", str(error))
        where = (place[1] if place else None) or f"line {text.count(chr(10)) + 1}"
        raise ChangeError(file, where, f"is not TOML ({error})", "correct the syntax") from None
    except RecursionError:
        raise ChangeError(file, "", "is nested too deeply", "a change has tables of plain values") from None
    top, tables = _lines(text)
    items: list[Item] = []
    for key, value in document.items():
        if key in _TABLES:
            items += _items(file, key, value, tables, top)
        elif key not in _TOP:
            remedy = nearest(key, [*_TOP, *_TABLES]) or f"write one of {', '.join([*_TOP, *_TABLES])}"
            line = top.get(key) or (tables.get(key) or [(1, {})])[0][0]
            raise ChangeError(file, f"line {line}", f"{key!r} is no key of a change", remedy)
        elif not isinstance(value, str) or not value:
            raise ChangeError(file, f"line {top.get(key, 1)}", f"{key} is no text", f'write {key} = "..."')
    if "build" not in document:
        raise ChangeError(file, "line 1", "the new build has no name", 'write build = "11.2"')
    items.sort(key=lambda item: item.line)
    return Change(
        file=file,
        base=document.get("base", ""),
        build=document["build"],
        machine=document.get("machine", ""),
        items=tuple(items),
        lines=top,
    )


_Lines = dict[str, list[tuple[int, dict[str, int]]]]


def _items(file: str, kind: str, rows: object, tables: _Lines, top: dict[str, int]) -> list[Item]:
    """Return the checked tables of one kind."""
    places = tables.get(kind, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        line = places[0][0] if places else top.get(kind, 1)
        raise ChangeError(file, f"line {line}", f"{kind} is no list of tables", f"write [[{kind}]]")
    known, needed = _TABLES[kind]
    found: list[Item] = []
    for i, row in enumerate(rows):
        line, lines = places[i] if i < len(places) else (top.get(kind, 1), {})
        item = Item(kind, row, line, lines)
        for key, value in row.items():
            where = f"line {lines.get(key, line)}"
            if key not in known:
                remedy = nearest(key, known) or f"write one of {', '.join(known)}"
                raise ChangeError(file, where, f"{key!r} is no key of [[{kind}]]", remedy)
            if type(value) not in known[key] or (value == "" and key != "value"):
                wanted = " or ".join(t.__name__ for t in known[key])
                raise ChangeError(file, where, f"{key} is {value!r}", f"write a value of type {wanted}")
        missing = sorted(needed - row.keys())
        if missing:
            raise ChangeError(file, f"line {line}", f"[[{kind}]] lacks {', '.join(missing)}", "add it")
        found.append(item)
    return found


_HEADER = re.compile(r"\s*\[\[?\s*([\w-]+)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*[\"']?([\w-]+)[\"']?\s*(?:\.|=)")


def _lines(text: str) -> tuple[dict[str, int], _Lines]:
    """Return the lines of the keys outside tables, and of every table with its keys.

    tomllib does not tell where a value stood. Text that is laid out unusually gets its table's line.
    """
    top: dict[str, int] = {}
    tables: _Lines = {}
    here = top
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            here = {}
            tables.setdefault(header[1], []).append((number, here))
            continue
        key = _KEY.match(line)
        if key:
            here.setdefault(key[1], number)
    return top, tables
