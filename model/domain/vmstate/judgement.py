"""What becomes of a section of the migration stream when another build loads it, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What the receiver does with the section, as far as the two descriptions tell."""

    ACCEPTED = "accepted"
    """It reads the stream in step, whatever the guest's state."""
    REFUSED = "refused"
    """It refuses every stream that holds the section."""
    UNKNOWN = "unknown"
    """That depends on what the descriptions do not tell, such as whether an optional part is sent."""


class Why(StrEnum):
    """A rule of the load that is broken, or may be."""

    SECTION_UNKNOWN = "section unknown"
    """The receiver registers the device's state under another name: it refuses the sender's."""
    TOO_NEW = "version too new"
    """The sender's version is above the receiver's."""
    TOO_OLD = "version too old"
    """The sender's version is below the oldest that the receiver loads."""
    LENGTH = "fields of another length"
    """The fields take other numbers of bytes: the receiver gets out of step, and misses the end of the section."""
    DIVIDED = "bytes divided otherwise"
    """The numbers of bytes may agree, but what was sent as one field may be read into another."""
    CONDITION = "field depends on a condition"
    """A field is in the stream on a condition that only one side has, or that goes by another name."""
    UNTOLD = "length not told"
    """A field differs whose number of bytes the description does not tell."""
    SUBSECTION_UNKNOWN = "subsection unknown"
    """The receiver knows no such subsection: it refuses the section whenever the sender sends it."""
    SUBSECTION_REFUSED = "subsection not loaded"
    """The receiver knows the subsection, but refuses what the sender puts into it, whenever it is sent."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One difference that matters: the rule, the place (names of descriptions, outermost first), and what differs."""

    why: Why
    place: str
    detail: str

    def __str__(self) -> str:
        return f"{self.why} in {self.place}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome with its reasons; an accepted section has none."""

    outcome: Outcome
    reasons: tuple[Reason, ...] = ()


ACCEPTED = Judgement(Outcome.ACCEPTED)
"""The receiver reads the section as it was sent."""
