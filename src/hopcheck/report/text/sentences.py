"""One plain sentence for each cause of a finding, with the entry in question in QEMU's own notation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hopcheck.model.domain.device_config.cause import Break, Cause, PlacedEntry
from hopcheck.model.domain.device_config.cells import Cell, Standing
from hopcheck.model.domain.device_config.finding import Finding
from hopcheck.model.domain.device_config.labels import label_of
from hopcheck.model.facts.effective import Layer
from hopcheck.report.text.notation import joined, shown


@dataclass(frozen=True, slots=True)
class Story:
    """What the sentences speak of: a finding, told on one machine type, between two builds.

    ``until``: the build in which the old value holds again, "" where it never does.
    """

    finding: Finding
    machine: str
    type: str
    before: str
    since: str
    until: str

    @property
    def why(self) -> Break:
        """The first change of the value, and its cause."""
        return self.finding.why

    @property
    def name(self) -> str:
        """``device.property``."""
        return f"{self.finding.device}.{self.finding.prop}"

    @property
    def old(self) -> str:
        """The value before the change."""
        return shown(str(self.why.old))

    @property
    def new(self) -> str:
        """The value since the change."""
        return shown(str(self.why.new))

    @property
    def change(self) -> str:
        """What changed, as the start of a sentence: a default, or a behaviour, with the property that is new or without."""
        if self.why.old.standing is Standing.STATED:
            return f"The default of {self.name} changes from {self.old} to {self.new} in {self.since}"
        before = f"where QEMU behaved as with {self.old} before"
        if self.why.new.standing is Standing.STATED:
            return f"{self.name} is new in {self.since} with the default {self.new}, {before}"
        return f"{self.since} behaves as with {self.name}={self.new}, without having the property, {before}"

    @property
    def gained(self) -> bool:
        """Whether it is an entry of the new build that gives the new value."""
        source = self.why.new.source
        return source is not None and source.layer is Layer.ARRAY


def notation(placed: PlacedEntry) -> str:
    """An entry as QEMU's sources write it."""
    return f'{{ "{placed.entry.driver}", "{placed.entry.property}", "{placed.entry.value}" }}'


def sentence(story: Story) -> str:
    """Why the value is not preserved."""
    text = _SENTENCES[story.finding.cause](story)
    return f"The entry{text[len('the entry') :]}" if text.startswith("the entry") else text


def missing(story: Story) -> PlacedEntry | None:
    """The entry that is missing from the build with the change; None where no entry could be the answer."""
    cause = story.finding.cause
    if cause in (Cause.BEHAVIOUR, Cause.PROPERTY_REMOVED, Cause.TYPE_RENAMED) or (
        cause is Cause.LATE_ENTRY and story.gained
    ):
        return None
    if cause is Cause.ENTRY_DROPPED or (cause is Cause.LATE_ENTRY and story.why.entry is not None):
        return story.why.entry
    return story.why.needed


def remedy(story: Story) -> str:
    """What would have to be different in QEMU's sources, as a fact about them and not as an order."""
    needed, entry = missing(story), story.why.entry
    cause = story.finding.cause
    if entry is not None and cause in (Cause.ENTRY_CHANGED, Cause.EXTRA_ENTRY):
        return f"A released array does not change: {entry.array} would give what it gave in {story.before}."
    if entry is not None and cause is Cause.LATE_ENTRY and story.gained:
        return f"{story.before} would already have {notation(entry)} in {entry.array}."
    if needed is None:
        return f"{story.machine} would behave as with {story.old} in {story.since}, as it does in {story.before}."
    where = f"{story.since} would have {notation(needed)} in {needed.array}"
    return f"{where}, so that older machine types keep {story.old}."


def _no_entry(story: Story) -> str:
    array = "any compat array" if story.why.needed is None else story.why.needed.array
    return f"{story.change}, and no entry in {array} keeps {story.old}."


def _late_entry(story: Story) -> str:
    entry = _entry(story)
    if story.gained:
        return (
            f"{entry} comes only in {story.since}: {story.machine} has {story.old} in {story.before} and {story.new} since."
        )
    until = story.until or "a later release"
    return f"{story.change}; {entry}, which keeps {story.old}, comes only in {until}."


def _older_array(story: Story) -> str:
    label = label_of(story.why.entry.array) if story.why.entry else ""
    machines = "The machine types between" if not label else f"Machine types newer than {label} and older than {story.since}"
    return f"{story.change}, but {_entry(story)} stands in an array labelled too old. {machines} get {story.new}."


def _wrong_array(story: Story) -> str:
    entry = story.why.entry
    if entry is not None and story.gained:
        return (
            f"The entry {notation(entry)} stands in {entry.array} since {story.since}: {story.machine} applies it "
            f"there, and had {story.old} before."
        )
    array = "the array it stands in" if entry is None else entry.array
    return f"{story.change}, but {_entry(story)} does not reach {story.machine}, which does not apply {array}."


def _sibling_missed(story: Story) -> str:
    driver = "one type" if story.why.entry is None else story.why.entry.entry.driver
    others = joined(_few([name for name in story.finding.types if name != driver]))
    return (
        f"{story.change}, but {_entry(story)} covers {driver} only: {story.finding.device} declares the property, "
        f"and {others or story.type} changed with it."
    )


def _wrong_driver(story: Story) -> str:
    driver = "its driver" if story.why.entry is None else story.why.entry.entry.driver
    return f"{story.change}, but {_entry(story)} names {driver}, which has nothing to do with {story.type}."


def _dead_driver(story: Story) -> str:
    driver = "its driver" if story.why.entry is None else story.why.entry.entry.driver
    return (
        f"{story.change}, but {_entry(story)} never matches: there is no type {driver} in {story.since}, "
        "and QEMU does not say so."
    )


def _entry_dropped(story: Story) -> str:
    return (
        f"{_entry(story)} gives {story.machine} {story.old} in {story.before}; {story.since} no longer has it there, "
        f"and its default is {story.new}."
    )


def _entry_changed(story: Story) -> str:
    was = f"it had {story.old} in {story.before} by another entry"
    return f"{_entry(story)} changes {story.machine} in {story.since}: {was}."


def _extra_entry(story: Story) -> str:
    return (
        f"{_entry(story)} gives {story.machine} {story.new} since {story.since}, although the value that it had before, "
        f"{story.old}, was the default and had not changed."
    )


def _property_removed(story: Story) -> str:
    entry = story.why.entry
    lost = "" if entry is None else f", and with it the entry {notation(entry)} of {entry.array}"
    return (
        f"{story.name} is gone in {story.since}{lost}: QEMU now behaves as with {story.new}, and {story.machine} "
        f"had {story.old}."
    )


def _type_renamed(story: Story) -> str:
    return (
        f"The device type {story.old} is called {story.new} in {story.since}: a guest that names {story.old} cannot start "
        f"there, and one that names {story.new} cannot go back to {story.before}."
    )


def _behaviour(story: Story) -> str:
    return (
        f"{story.since} behaves as with {story.new} where {story.before} behaved as with {story.old}, and no device "
        "property or entry of these builds says so."
    )


def _entry(story: Story) -> str:
    """The entry in question as the subject of a clause."""
    placed = story.why.entry
    return "the entry" if placed is None else f"the entry {notation(placed)} in {placed.array}"


_SENTENCES: Mapping[Cause, Callable[[Story], str]] = {
    Cause.NO_ENTRY: _no_entry,
    Cause.LATE_ENTRY: _late_entry,
    Cause.OLDER_ARRAY: _older_array,
    Cause.WRONG_ARRAY: _wrong_array,
    Cause.SIBLING_MISSED: _sibling_missed,
    Cause.WRONG_DRIVER: _wrong_driver,
    Cause.DEAD_DRIVER: _dead_driver,
    Cause.ENTRY_DROPPED: _entry_dropped,
    Cause.ENTRY_CHANGED: _entry_changed,
    Cause.EXTRA_ENTRY: _extra_entry,
    Cause.PROPERTY_REMOVED: _property_removed,
    Cause.TYPE_RENAMED: _type_renamed,
    Cause.BEHAVIOUR: _behaviour,
}


def also(finding: Finding) -> str:
    """What a misdirected entry changes by mistake, "" where there is none."""
    if not finding.also:
        return ""
    return f"The same entry changes {joined(_few(finding.also))}, whose default had not changed."


def _few(names: Sequence[str]) -> Sequence[str]:
    """At most three names, and how many more there are."""
    return names if len(names) <= 3 else (*names[:3], f"{len(names) - 3} more")


def source_of(cell: Cell) -> str:
    """Where a cell's value comes from, or why there is none."""
    source = cell.source
    if cell.standing is Standing.UNKNOWN or cell.standing is Standing.REVIEW:
        return cell.reason or "the facts do not tell"
    told = ""
    if source is not None and source.layer is Layer.ARRAY:
        told = f"entry in {source.array} on {source.driver}"
    elif source is not None:
        told = str(source.layer)
    match cell.standing:
        case Standing.DECLARED:
            return f"the build lacks the property; a later build says so ({told})" if told else "declared with its evidence"
        case Standing.NEUTRAL:
            return "the build lacks the property, and what later builds have by default does nothing"
        case Standing.KEPT:
            return "the build no longer has the property and keeps its last default"
        case _:
            return told or "stated"
