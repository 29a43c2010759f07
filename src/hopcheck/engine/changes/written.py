"""A change written by hand, as a TOML file."""

from __future__ import annotations

from pathlib import Path

from hopcheck.engine.changed import Changed
from hopcheck.engine.changes.between import Told, changed
from hopcheck.model.facts.change import apply, base_of, read_change
from hopcheck.model.facts.load import bundled
from hopcheck.model.facts.schema import Facts


def written(path: Path, facts: Facts | None = None) -> Changed:
    """The change in a TOML file, applied to facts in memory (the bundled ones unless given). Raises ``ChangeError``."""
    known = facts or bundled()
    change = read_change(path)
    with_ = apply(known, change)
    return changed(known, with_, base_of(known, change).name, change.build, Told(str(path)))
