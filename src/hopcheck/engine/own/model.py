"""A model of the user's own, in a Python file.

The file is run, because the user names it, as pytest runs a test file. It defines

- ``system()``, which returns the ``System``, and ``properties(system)``, which returns what must hold of it;
- if there is something to set, ``Settings``, a frozen dataclass whose fields are made by ``setting``: then the two are
  called as ``system(settings)`` and ``properties(system, settings)`` (which may do without its second parameter);
- if several settings are worth checking, ``VARIANTS``, a dict of ``Settings`` by name.
"""

from __future__ import annotations

import dataclasses
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from hopcheck.engine.models import BundledModel
from hopcheck.engine.own.beside import Beside
from hopcheck.engine.variant import Variant
from hopcheck.model.domain.settings import differing
from hopcheck.model.errors import InputError
from hopcheck.model.language import System
from hopcheck.properties.kinds import Property

T = TypeVar("T")

SUFFIX = ".py"
"""How the name of a model ends that is a file."""

HOW = "exhausted where every variable has finitely many values, and proved"


@dataclass(frozen=True, slots=True)
class NoSettings:
    """Those of a model in which there is nothing to set."""


def own_model(name: str) -> BundledModel:
    """The model in a Python file; ``name``: its path, which is also what the model is called.

    Raises ``InputError`` where there is no such file, it cannot be run, or it lacks what a model needs.
    """
    parts = _parts(name)
    lines = (inspect.getdoc(parts.module) or "a model of your own").splitlines()
    return BundledModel(name, lines[0].rstrip("."), HOW, name, parts.variants, parts.settings or NoSettings, parts.as_set)


def files_of(name: str) -> frozenset[Path]:
    """The Python files that a model was made from so far: its own, and those beside it that it imports."""
    parts = _parts(name)
    files = (getattr(each, "__file__", None) for each in parts.beside.modules.values())
    return frozenset({Path(parts.path), *(Path(each) for each in files if each)})


def _parts(name: str) -> _Parts:
    path = Path(name)
    try:
        source = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", hint="name a Python file with a model", file=name) from None
    return _run_once(str(path.absolute()), source)


@lru_cache(maxsize=64)
def _run_once(path: str, source: bytes) -> _Parts:
    """What the file defines: one that was not written since is not run again."""
    beside = Beside(Path(path).parent)
    with _blaming(path), beside.importable():
        return _Parts(_run(path, source), path, beside)


def _run(path: str, source: bytes) -> ModuleType:
    """Run a file as a module of a name that nothing else has."""
    module = ModuleType(f"hopcheck_model_{sha256(path.encode() + source).hexdigest()[:16]}")
    module.__file__ = path
    sys.modules[module.__name__] = module  # dataclasses look their module up there
    try:
        exec(compile(source, path, "exec"), module.__dict__)
    except BaseException:
        del sys.modules[module.__name__]
        raise
    return module


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the file defines; ``beside``: the modules that it imports from its folder."""

    module: ModuleType
    path: str
    beside: Beside

    @property
    def settings(self) -> type | None:
        """The class of the settings, if there is one."""
        cls = getattr(self.module, "Settings", None)
        if cls is None:
            return None
        if not dataclasses.is_dataclass(cls) or not all("meaning" in each.metadata for each in dataclasses.fields(cls)):
            raise InputError("Settings is no dataclass of settings", hint="write NAME: TYPE = setting(...)", file=self.path)
        assert isinstance(cls, type)
        return cls

    def variants(self) -> tuple[Variant, ...]:
        """The variants that are named; the model as it is where none is."""
        named = getattr(self.module, "VARIANTS", None)
        if named is None:
            return (self._variant("", None if self.settings is None else self.settings()),)
        cls = self.settings
        if cls is None or not isinstance(named, Mapping) or not named:
            raise InputError("VARIANTS is no dict of Settings", hint="write NAME: Settings(...)", file=self.path)
        for name, each in named.items():
            if not isinstance(name, str) or not name.strip() or not isinstance(each, cls):
                raise InputError(f"the variant {name!r} is no Settings", hint="write NAME: Settings(...)", file=self.path)
        return tuple(self._variant(name, each) for name, each in named.items())

    def as_set(self, settings: Any) -> Variant:
        """The model with these settings, called by what is set."""
        name = " ".join(f"{name}={value}" for name, value in differing(settings).items())
        return self._variant(name, None if isinstance(settings, NoSettings) else settings)

    def _variant(self, name: str, settings: object) -> Variant:
        given = () if settings is None else (settings,)
        with _blaming(self.path), self.beside.importable():
            system = self._function("system")(*given)
            _need(system, System, "system() returns", "return a System", self.path)
            ask = self._function("properties")
            wanted = (system, *given)
            asked = ask(*wanted[: len(inspect.signature(ask).parameters)])
            properties = tuple(asked)
            for each in properties:
                _need(each, Property, "what properties() returns holds", "make it with always(...) and its like", self.path)
                each.check(system)
        names = [each.name for each in properties]
        twice = next((each for each in names if names.count(each) > 1), None)
        if twice is not None:
            raise InputError(f"two properties are called {twice!r}", hint="name them apart", file=self.path)
        if not properties:
            raise InputError("properties() is empty", hint="return at least sound()", file=self.path)
        return Variant(name, system, properties, settings)

    def _function(self, name: str) -> Callable[..., Any]:
        found = getattr(self.module, name, None)
        if not callable(found):
            signature = "system() -> System" if name == "system" else "properties(system) -> list[Property]"
            raise InputError(f"defines no function {name}", hint=f"write def {signature}", file=self.path)
        return found  # type: ignore[no-any-return]


def _need(value: object, type_: type, what: str, hint: str, path: str) -> None:
    if not isinstance(value, type_):
        raise InputError(f"{what} {type(value).__name__}", hint=hint, file=path)


@contextmanager
def _blaming(path: str) -> Iterator[None]:
    """Whatever the file raises becomes an ``InputError`` with the line of the file where it came from."""
    try:
        yield
    except (InputError, KeyboardInterrupt, GeneratorExit, MemoryError):
        raise
    except SyntaxError as error:
        raise InputError(f"is no Python ({error.msg})", hint="mend it", file=path, line=error.lineno) from None
    except (Exception, SystemExit) as error:
        frames = [each.lineno for each in traceback.extract_tb(error.__traceback__) if each.filename == path]
        told = " ".join(f"{type(error).__name__}: {error}".split())
        raise InputError(f"cannot be run ({told})", hint="mend it", file=path, line=frames[-1] if frames else None) from None
