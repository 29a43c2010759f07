"""Modules beside a file: what its imports find first, kept apart from modules of the same names that others imported."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

_SHARED = frozenset(sys.stdlib_module_names) | {"hopcheck"}
"""Names that mean the same module to everybody."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A folder, and those of its modules that were imported so far: another folder may have modules of these names."""

    folder: Path
    modules: dict[str, ModuleType] = field(default_factory=dict)

    @contextmanager
    def importable(self) -> Iterator[None]:
        """Within this, the folder comes first, and its modules are its own."""
        hidden = self._taken_out()
        sys.modules.update(self.modules)
        sys.path.insert(0, str(self.folder))
        try:
            yield
        finally:
            sys.path.remove(str(self.folder))
            self.modules.update(self._taken_out())
            sys.modules.update(hidden)

    def _taken_out(self) -> dict[str, ModuleType]:
        """The loaded modules that have names of modules of the folder; they are not loaded any more."""
        own = {each.stem for each in self.folder.glob("*.py")}
        own |= {each.parent.name for each in self.folder.glob("*/__init__.py")}
        names = [name for name in sys.modules if name.partition(".")[0] in own - _SHARED]
        return {name: sys.modules.pop(name) for name in names}
