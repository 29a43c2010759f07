"""The shape of a row: all that a verdict depends on, whatever the values are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hopcheck.model.domain.device_config.cells import Cell, Standing
from hopcheck.model.domain.device_config.mismatch import Breaks, Kind, Mismatch

OFF = -1
"""The station knows no such machine type or device type."""
UNKNOWN = -2
"""The station's value is not known: nothing is said about a guest there."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A value number (or OFF, UNKNOWN) for each station, oldest first, and what a difference does.

    Larger numbers are newer values; of a carried value, larger ones. ``limits``: of a carried value, the largest that each
    station loads (() for no limits). ``refused``: pairs of an offered and a local value that do not load, where no
    direction by age says it.
    """

    values: tuple[int, ...]
    kind: Kind
    breaks: Breaks
    limits: tuple[int, ...] = ()
    refused: tuple[tuple[int, int], ...] = ()

    @property
    def changing(self) -> bool:
        """Whether there are two different values."""
        return len({value for value in self.values if value >= 0}) > 1

    def stops(self, offered: int, station: int) -> bool:
        """Whether a migration that offers this value fails at a station that has a value of its own."""
        own = self.values[station]
        if own < 0:
            return False
        if self.kind is Kind.CARRIED:
            return bool(self.limits) and offered > self.limits[station]
        if self.refused:
            return (offered, own) in self.refused
        return Mismatch(self.kind, self.breaks).stops(offered, own)

    @property
    def explored(self) -> Shape:
        """The shape as the model sees it: an unknown station is one where no guest is looked at."""
        values = tuple(max(value, OFF) for value in self.values)
        return Shape(values, self.kind, self.breaks, self.limits, self.refused)


def shape_of(cells: Sequence[Cell], mismatch: Mismatch) -> Shape:
    """The shape of a row; what a difference does is left out where there is none."""
    numbers: dict[str, int] = {}
    values = tuple(
        numbers.setdefault(cell.value, len(numbers)) if cell.known else OFF if cell.standing is Standing.OFF else UNKNOWN
        for cell in cells
    )
    if len(numbers) < 2:
        return Shape(values, Kind.NOT_OBSERVABLE, Breaks.NEITHER)
    return Shape(values, mismatch.kind, mismatch.breaks)
