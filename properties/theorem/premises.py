"""What the theorem assumes of a project that keeps old machine types, and how each assumption is broken in practice."""

from __future__ import annotations

import enum
from collections.abc import Mapping


class Premise(enum.Enum):
    """One assumption of the theorem. A *change* is a static default that differs from the release before."""

    ENTRY = "entry"
    """Every change of a default in release r comes with an entry that release r adds for a type that changed."""
    LABEL = "label"
    """The entry that release r adds for a change stands in the array labelled r-1, which all older machines apply."""
    ALL_CHANGED = "all changed"
    """The entry for a change matches every type whose default changed."""
    ONLY_CHANGED = "only changed"
    """The array labelled r-1, as release r ships it, matches no type whose default did not change."""
    VALUE = "value"
    """The entry carries the value that the default had before the change."""
    FROZEN = "frozen"
    """The array labelled r-1 stays as release r ships it in every later release."""
    ORDER = "order"
    """Where several arrays match, the oldest one decides: it is applied last."""
    ALWAYS = "always"
    """A process applies the arrays of its machine type whenever it starts, to boot a guest or to receive one."""
    USER = "user"
    """The user's own options, which win over every array, are equal on both sides of a migration."""


class Mistake(enum.Enum):
    """A way to drop one premise, with what it looks like in a source tree."""

    ENTRY_MISSING = "entry missing"
    """A default changes and nobody adds an entry."""
    OTHER_VALUE = "entry carries another value"
    """The entry does not carry the value of the release before."""
    OLDER_ARRAY = "entry in an older array"
    """The entry stands in an array labelled before r-1: the machine types between miss it."""
    NEWER_ARRAY = "entry in a newer array"
    """The entry stands in an array labelled r or later, which no machine type applies in release r."""
    TYPE_MISSED = "entry matches too few types"
    """The default of two siblings changed, and the entry names one of them."""
    TYPE_TOO_MANY = "entry matches too many types"
    """The entry names a base type, and a sibling whose default did not change gets the value too."""
    ARRAY_CHANGED_LATER = "array changed later"
    """A later release adds an entry to an array that an earlier one has shipped already."""
    LATE_FIX = "entry a release late"
    """The missing entry is added in a later release: right for the oldest build, and the one between is cut off."""
    NEWER_ARRAY_WINS = "newer array overrides older"
    """The arrays are applied oldest first, so that of two that match the newer one decides."""
    ONLY_WHEN_RECEIVING = "arrays only when receiving from older"
    """Arrays are applied only to a stream from before the change: the reading QEMU's document marks as wrong."""
    OPTIONS_DIFFER = "user options differ"
    """The user gives the property to one side of a migration only, or another value."""

    @property
    def breaks(self) -> frozenset[Premise]:
        """The premises that fall with this mistake.

        Most break one. An entry put into an older array is a change of that array after its time as well, and a late
        fix leaves a release without the entry before it changes an array that is out already: there the two cannot be
        told apart in what the releases contain.
        """
        return _BREAKS[self]


_BREAKS: Mapping[Mistake, frozenset[Premise]] = {
    Mistake.ENTRY_MISSING: frozenset({Premise.ENTRY}),
    Mistake.OTHER_VALUE: frozenset({Premise.VALUE}),
    Mistake.OLDER_ARRAY: frozenset({Premise.LABEL, Premise.FROZEN}),
    Mistake.NEWER_ARRAY: frozenset({Premise.LABEL}),
    Mistake.TYPE_MISSED: frozenset({Premise.ALL_CHANGED}),
    Mistake.TYPE_TOO_MANY: frozenset({Premise.ONLY_CHANGED}),
    Mistake.ARRAY_CHANGED_LATER: frozenset({Premise.FROZEN}),
    Mistake.LATE_FIX: frozenset({Premise.ENTRY, Premise.FROZEN}),
    Mistake.NEWER_ARRAY_WINS: frozenset({Premise.ORDER}),
    Mistake.ONLY_WHEN_RECEIVING: frozenset({Premise.ALWAYS}),
    Mistake.OPTIONS_DIFFER: frozenset({Premise.USER}),
}
