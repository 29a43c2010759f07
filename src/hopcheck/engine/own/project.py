"""What a project wants to be checked: the table ``[tool.hopcheck]`` of its ``pyproject.toml``.

::

    [tool.hopcheck]
    changes = ["changes/*.toml"]         # changes and proposed cookies, written by hand
    models = ["models/*.py"]             # models of the project's own
    bundled = ["protocol"]               # models that come with hopcheck
    facts = "facts.json.gz"              # facts of builds for the changes; default: the bundled ones
    prove-seconds = 20                   # for each proof; 0: no proofs
    vacuity = "error"                    # what never happens in a model fails a test of its own; default: "ignore"

    [tool.hopcheck.expect]               # changes that are not to be safe
    "changes/idea.toml" = "unsafe"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from hopcheck.model.errors import InputError

FILE = "pyproject.toml"

MAX_SIZE = 1 << 20
"""Bytes of a project file that is read."""

VERDICTS = ("safe", "unsafe", "unknown")
"""What may be expected of a change."""

_KEYS = ("changes", "models", "bundled", "facts", "prove-seconds", "vacuity", "expect")


@dataclass(frozen=True, slots=True)
class Project:
    """``root``: the folder of the file; ``changes`` and ``models``: patterns of paths below it, with ``/``.

    ``expect``: by path, the verdict that a change should have, where it is not safe; ``vacuity``: whether what never happens
    in a model is an error.
    """

    root: Path
    changes: tuple[str, ...]
    models: tuple[str, ...]
    bundled: tuple[str, ...]
    facts: Path | None
    prove_seconds: float
    vacuity: bool
    expect: Mapping[str, str]

    @property
    def file(self) -> Path:
        """The file that says so."""
        return self.root / FILE

    def is_change(self, path: Path) -> bool:
        """Whether the project names that file as a change."""
        return self._matches(path, self.changes)

    def is_model(self, path: Path) -> bool:
        """Whether the project names that file as a model."""
        return self._matches(path, self.models)

    def change_files(self) -> tuple[Path, ...]:
        """The changes that there are. Raises ``InputError`` where a pattern fits nothing."""
        return tuple(self._files(self.changes, "changes"))

    def model_files(self) -> tuple[Path, ...]:
        """The models that there are. Raises ``InputError`` where a pattern fits nothing."""
        return tuple(self._files(self.models, "models"))

    def expected(self, path: Path) -> str:
        """The verdict that a change should have."""
        return self.expect.get(self.name(path), "safe")

    def name(self, path: Path) -> str:
        """A file of the project, as the project calls it."""
        return path.relative_to(self.root).as_posix()

    def check(self) -> None:
        """Raise ``InputError`` where it speaks of files that are not there: a typing error must not make tests vanish."""
        changes = {self.name(path) for path in self.change_files()}
        self.model_files()
        for name in self.expect:
            if name not in changes:
                raise self._error(f"expect names {name!r}, which is none of the changes", "write the path of one")

    def _files(self, patterns: Sequence[str], key: str) -> Iterator[Path]:
        for pattern in patterns:
            found = sorted(path for path in self.root.glob(pattern) if path.is_file())
            if not found:
                raise self._error(f"{key} names {pattern!r}, and no file is called so", "write the path of a file")
            yield from found

    def _matches(self, path: Path, patterns: Sequence[str]) -> bool:
        if not patterns or not path.is_relative_to(self.root):
            return False
        name = PurePosixPath(self.name(path))
        return any(_fits(name.parts, PurePosixPath(pattern).parts) for pattern in patterns)

    def _error(self, what: str, hint: str) -> InputError:
        return InputError(f"[tool.hopcheck] {what}", hint=hint, file=str(self.file))


def read_project(root: Path) -> Project | None:
    """The project in a folder; None where its file, or the table, is not there.

    Raises ``InputError`` where the table says what nobody understands. That the files it names are there is not looked at.
    """
    path = root / FILE
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_SIZE + 1)
    except OSError:
        return None
    if b"hopcheck" not in content:
        return None
    try:
        tables = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"is no TOML ({error})", hint="mend it", file=str(path)) from None
    table = tables.get("tool", {}).get("hopcheck") if isinstance(tables.get("tool"), dict) else None
    return None if table is None else _Table(root, table).project()


def find_project(folder: Path) -> Project | None:
    """The project of a folder, or of the nearest one above it that has any."""
    for each in (folder, *folder.parents):
        found = read_project(each)
        if found is not None:
            return found
    return None


@dataclass(frozen=True, slots=True)
class _Table:
    """The table as it was read."""

    root: Path
    values: Any

    def project(self) -> Project:
        if not isinstance(self.values, dict):
            raise self._error("is no table", "write [tool.hopcheck]")
        for key in self.values:
            if key not in _KEYS:
                raise self._error(f"has no key {key!r}", f"write one of {', '.join(_KEYS)}")
        facts = self._get("facts", str, None)
        seconds = self._get("prove-seconds", (int, float), 20.0)
        if isinstance(seconds, bool) or not 0 <= seconds <= 86_400:
            raise self._error("prove-seconds is no number of seconds", "write a number from 0 to 86400")
        return Project(
            self.root,
            self._patterns("changes"),
            self._patterns("models"),
            self._texts("bundled"),
            None if facts is None else self.root / facts,
            float(seconds),
            self._one_of("vacuity", ("ignore", "error")) == "error",
            self._expect(),
        )

    def _get(self, key: str, type_: type | tuple[type, ...], default: object) -> Any:
        value = self.values.get(key, default)
        if value is not default and not isinstance(value, type_):
            raise self._error(f"{key} is of the wrong type", f"see hopcheck's page on CI for how to write {key}")
        return value

    def _texts(self, key: str) -> tuple[str, ...]:
        values = self._get(key, list, [])
        if not all(isinstance(each, str) and each for each in values):
            raise self._error(f"{key} is no list of texts", f'write {key} = ["..."]')
        return tuple(values)

    def _patterns(self, key: str) -> tuple[str, ...]:
        for each in (patterns := self._texts(key)):
            parts = PurePosixPath(each).parts
            if each.startswith("/") or ".." in parts or "\\" in each or not parts:
                raise self._error(f"{key} names {each!r}", "write a path below the file's own folder, with /")
        return patterns

    def _one_of(self, key: str, values: Sequence[str]) -> str:
        value = self.values.get(key, values[0])
        if value not in values:
            raise self._error(f"{key} cannot be {value!r}", f"write {' or '.join(map(repr, values))}")
        return str(value)

    def _expect(self) -> Mapping[str, str]:
        table = self._get("expect", dict, {})
        for name, verdict in table.items():
            if verdict not in VERDICTS:
                raise self._error(f"cannot expect {verdict!r} of {name!r}", f"write one of {', '.join(VERDICTS)}")
        return dict(table)

    def _error(self, what: str, hint: str) -> InputError:
        return InputError(f"[tool.hopcheck] {what}", hint=hint, file=str(self.root / FILE))


def _fits(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a path fits a pattern, part by part; ``**`` stands for any number of folders, as in ``Path.glob``."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_fits(parts[skipped:], pattern[1:]) for skipped in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _fits(parts[1:], pattern[1:])
