"""What causes, kinds of mismatch, verdicts and exit codes mean: a topic each, for those who meet one and wonder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hopcheck.model.domain.device_config.cause import Cause
from hopcheck.model.domain.device_config.mismatch import Breaks, Kind


@dataclass(frozen=True, slots=True)
class Topic:
    """A word of the reports, and what it means."""

    name: str
    text: str


def _topics(meanings: Mapping[str, str]) -> tuple[Topic, ...]:
    return tuple(Topic(str(name), text) for name, text in meanings.items())


CAUSES = _topics(
    {
        Cause.NO_ENTRY: (
            "A default changed, and no compat entry keeps the value before it for older machine types. A guest that "
            "moves between a build before the change and one after it meets another device."
        ),
        Cause.LATE_ENTRY: (
            "The entry came in a later release than the change. The releases between are the odd ones out: what a guest "
            "has seen there differs from what it sees before and after."
        ),
        Cause.OLDER_ARRAY: (
            "The entry stands in an array labelled older than the release before the one that first ships the change. "
            "hw_compat_X is applied by machine types up to X: those between the label and the change do not get it."
        ),
        Cause.WRONG_ARRAY: (
            "The entry stands in an array that the machine type does not apply (for example pc_compat_X, which only x86 "
            "machine types apply), or in one that others apply which should not."
        ),
        Cause.SIBLING_MISSED: (
            "The entry names a type beside or below the one that declares the property. It matches that type and its "
            "subtypes; the others got the new default and have no entry."
        ),
        Cause.WRONG_DRIVER: "The entry names an existing type that has nothing to do with the one whose default changed.",
        Cause.DEAD_DRIVER: (
            "The entry names a type that does not exist. QEMU does not check the driver of an entry: it matches nothing, "
            "and nobody is told."
        ),
        Cause.ENTRY_DROPPED: (
            "An entry of a released array is gone, and machine types that need it are still there: they have the newer "
            "default now."
        ),
        Cause.ENTRY_CHANGED: (
            "An entry of a released array gives another value than before, or another entry overrides it. Where several "
            "arrays match, the oldest one is applied last and decides."
        ),
        Cause.EXTRA_ENTRY: "An entry changes machine types whose default had not changed.",
        Cause.PROPERTY_REMOVED: (
            "The device property is gone, and machine types whose value differs from what remains are still there."
        ),
        Cause.TYPE_RENAMED: (
            "The device type has another name: a guest that names the old one cannot start where only the new one is known."
        ),
        Cause.BEHAVIOUR: (
            "The behaviour changed without a device property. A later property, or runs of the binaries, show it."
        ),
    }
)

KINDS = _topics(
    {
        Kind.LOAD_ERROR: "the destination rejects the stream, or reads it wrong and stops",
        Kind.SILENT: "the load succeeds, and the guest then sees another device than it booted with",
        Kind.STREAM: "the two ends disagree about the stream's own protocol",
        Kind.START_FAILURE: "the destination process does not start",
        Kind.CARRIED: "the stream carries the value and the load overwrites the destination's, until a guest reset",
        Kind.NOT_OBSERVABLE: "neither the guest nor the stream can tell",
        Kind.UNKNOWN: "nobody has tried what becomes of this difference, so it counts as unsafe",
    }
)

DIRECTIONS: Mapping[str, str] = {
    Breaks.BOTH: "in both directions",
    Breaks.NEWER_TO_OLDER: "from the newer value to the older",
    Breaks.OLDER_TO_NEWER: "from the older value to the newer",
    Breaks.NEITHER: "",
}

VERDICTS = _topics(
    {
        "safe": (
            "The property holds. Exhausted: every reachable state was visited. Induction, k-induction, Spacer: proved for "
            "chains of any length."
        ),
        "unsafe": "The property does not hold: there is a counterexample, and it was replayed in the reference interpreter.",
        "unknown": "Neither is established: a fact is missing or a limit was reached. It is never reported as safe.",
    }
)

EXIT_CODES = _topics(
    {
        "0": "every property has its expected verdict, and every finding is known",
        "1": "a property is violated, or holds, against expectation",
        "2": "bad usage, model, facts or change",
        "3": "inconclusive: a limit, a time-out, an unknown fact, or interrupted",
        "4": "something holds only because nothing happens (with --vacuity error)",
        "70": "engines disagree, a certificate fails, or an internal error",
    }
)


def kind_meaning(kind: str) -> str:
    """What a kind of mismatch means, as half a sentence."""
    return next(topic.text for topic in KINDS if topic.name == kind)


def exit_meaning(code: int) -> str:
    """What an exit code means."""
    return next(topic.text for topic in EXIT_CODES if topic.name == str(code))
