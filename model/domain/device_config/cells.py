"""What one device property is in one build, for one machine type: a cell of a row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hopcheck.model.facts.effective import Effective


class Standing(StrEnum):
    """How far a cell's value can be relied on."""

    STATED = "stated"
    """A value that the facts give."""
    DECLARED = "declared"
    """The build lacks the property; a later build's compat entries say how it behaved."""
    NEUTRAL = "neutral"
    """The build lacks the property; no entry says how it behaved, and the later default is the conventional nothing."""
    KEPT = "kept"
    """The build no longer has the property: it behaves as the last build that had it did by default."""
    REVIEW = "review"
    """The build lacks the property, no entry says how it behaved, and the later default is not known to be neutral."""
    UNKNOWN = "unknown"
    """The facts do not tell the value."""
    OFF = "off"
    """The build knows no such machine type or device type: a guest with it cannot be there."""


_KNOWN = frozenset({Standing.STATED, Standing.DECLARED, Standing.NEUTRAL, Standing.KEPT})


@dataclass(frozen=True, slots=True)
class Cell:
    """``value`` in canonical notation where ``standing`` gives one, else "". ``source``: where the value comes from.

    ``reason`` says why there is no value.
    """

    standing: Standing
    value: str = ""
    source: Effective | None = None
    reason: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a value to compare."""
        return self.standing in _KNOWN

    def __str__(self) -> str:
        return self.value if self.known else f"({self.standing})"


NOWHERE = Cell(Standing.OFF)
