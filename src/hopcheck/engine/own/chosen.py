"""The models that a user names: bundled ones, and files."""

from __future__ import annotations

from collections.abc import Sequence

from hopcheck.engine.models import BundledModel, bundled
from hopcheck.engine.own.model import SUFFIX, own_model
from hopcheck.model.errors import InputError


def chosen(names: Sequence[str] | None) -> tuple[BundledModel, ...]:
    """The models of these names, in the order of the main job, then those in files; all bundled ones where none is named.

    Raises ``InputError`` for a name that is no model, or a file that holds none.
    """
    known = bundled()
    if not names:
        return known
    files = tuple(dict.fromkeys(name for name in names if name.endswith(SUFFIX)))
    for name in names:
        if name not in files and name not in [model.name for model in known]:
            listed = ", ".join(repr(m.name) for m in known)
            raise InputError(f"there is no model {name!r}", hint=f"write one of {listed}, or the path of a Python file")
    return (*(model for model in known if model.name in names), *map(own_model, files))
