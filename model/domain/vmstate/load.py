"""Loading what another build saved: the rules of QEMU's ``vmstate_load_state``, on descriptions instead of bytes.

Three things are taken for granted, since no description tells them: a field that looks the same on both sides is written
and read the same way, on the same condition; a field for which no number of elements is stated is one element; and what is
misread does not by chance put the receiver back into step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hopcheck.model.domain.vmstate.align import align
from hopcheck.model.domain.vmstate.judgement import ACCEPTED, Judgement, Outcome, Reason, Why
from hopcheck.model.domain.vmstate.stream import Item, Lengths, items, tail, times, total
from hopcheck.model.facts.vmstate import VMStateDescription, VMStateSection


@dataclass(frozen=True, slots=True)
class Counted:
    """Whether the facts of the sender and those of the receiver state numbers of elements at all."""

    sent: bool = True
    read: bool = True


BOTH_COUNTED = Counted()
"""Both state them."""


_NOTHING: Lengths = frozenset({0})
"""No byte more or less."""


def load_section(sent: VMStateSection, local: VMStateSection, counted: Counted = BOTH_COUNTED) -> Judgement:
    """What becomes of a device's section that was saved as ``sent`` where the receiver has ``local``."""
    ours, theirs = sent.description, local.description
    place = sent.name if ours is None else ours.name
    if ours is not None and theirs is not None and ours.name != theirs.name:
        detail = f"the receiver has the device's state in section {theirs.name}"
        return Judgement(Outcome.REFUSED, (Reason(Why.SECTION_UNKNOWN, place, detail),))
    out_of_range = _out_of_range(sent.version, local.version, local.minimum_version, place)
    if out_of_range is not None:
        return Judgement(Outcome.REFUSED, (out_of_range,))
    if ours is None or theirs is None:
        return Judgement(Outcome.UNKNOWN, (Reason(Why.UNTOLD, place, "its fields are not told"),))
    return load(ours, theirs, counted)


def load(sent: VMStateDescription, local: VMStateDescription, counted: Counted = BOTH_COUNTED, place: str = "") -> Judgement:
    """What becomes of a section, or of a subsection, that the receiver found by its name. ``place``: where it is."""
    place = place or sent.name
    out_of_range = _out_of_range(sent.version, local.version, local.minimum_version, place)
    if out_of_range is not None:
        return Judgement(Outcome.REFUSED, (out_of_range,))
    made = _Comparison(counted)
    made.compare(sent, local, sent.version, place)
    excess = total(gap.excess for gap in made.gaps)
    if made.gaps and excess is not None and 0 not in excess:
        reasons = tuple(gap.reason(Why.LENGTH) for gap in made.gaps if gap.excess != _NOTHING)
        return Judgement(Outcome.REFUSED, reasons)
    reasons = (*(gap.reason(gap.why) for gap in made.gaps), *made.reasons)
    return Judgement(Outcome.UNKNOWN, reasons) if reasons else ACCEPTED


def _out_of_range(sent: int, newest: int, oldest: int, place: str) -> Reason | None:
    """Why a version is refused, None where it is not."""
    if sent > newest:
        return Reason(Why.TOO_NEW, place, f"version {sent} is sent, {newest} is the newest that is loaded")
    if sent < oldest:
        return Reason(Why.TOO_OLD, place, f"version {sent} is sent, {oldest} is the oldest that is loaded")
    return None


@dataclass(frozen=True, slots=True)
class _Gap:
    """Fields that are sent, and others that are read in their place; ``excess``: by how many bytes the former are more."""

    place: str
    sent: tuple[Item, ...]
    read: tuple[Item, ...]
    excess: Lengths | None

    @property
    def why(self) -> Why:
        """What makes it doubtful, where the section as a whole is not refused for certain."""
        if self.excess is None:
            return Why.UNTOLD
        if 0 not in self.excess:
            return Why.LENGTH
        conditional = any(item.condition for item in (*self.sent, *self.read))
        return Why.CONDITION if conditional else Why.DIVIDED

    def reason(self, why: Why) -> Reason:
        """The difference in words."""
        return Reason(why, self.place, f"sent: {_said(self.sent)}; read: {_said(self.read)}")


def _said(fields: Sequence[Item]) -> str:
    shown = [item.said for item in fields[:3]]
    if len(fields) > 3:
        shown.append(f"{len(fields) - 3} more")
    return ", ".join(shown) or "nothing"


@dataclass(slots=True)
class _Comparison:
    """Collects what differs: gaps between the fields, and reasons that hold when a subsection is sent."""

    counted: Counted
    gaps: list[_Gap] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)

    def compare(self, sent: VMStateDescription, local: VMStateDescription, version: int | None, place: str) -> None:
        """Compare two descriptions in a version, or (None) nested ones, each in its own."""
        laid = align(items(sent, version, self.counted.sent), items(local, version, self.counted.read))
        for more, less in laid.gaps:
            self.gaps.append(_Gap(place, more, less, _excess(more, less)))
        for one, two in laid.pairs:
            ours, theirs = one.field.description, two.field.description
            if ours is not None and theirs is not None:
                self._nested(ours, theirs, max(one.field.count, two.field.count), one.condition, place)
        self.reasons += self._subsections(sent, local, version, place)

    def _nested(self, sent: VMStateDescription, local: VMStateDescription, count: int, condition: str, place: str) -> None:
        """Compare nested descriptions; what differs in one element does so in each.

        ``count``: the larger of the two numbers of elements, since 1 may mean that none is stated.
        """
        inner = _Comparison(self.counted)
        inner.compare(sent, local, None, f"{place}/{sent.name}")
        for gap in inner.gaps:
            excess = None if gap.excess is None else times(gap.excess, count)
            if condition and excess is not None:
                excess |= {0}
            self.gaps.append(_Gap(gap.place, gap.sent, gap.read, excess))
        self.reasons += inner.reasons

    def _subsections(
        self, sent: VMStateDescription, local: VMStateDescription, version: int | None, place: str
    ) -> Iterator[Reason]:
        """What is refused if it is sent."""
        for each in sent.subsections:
            inner = next((nested for nested in tail(local, version) if _claims(nested, each.name)), None)
            if inner is not None:
                yield Reason(Why.SUBSECTION_UNKNOWN, place, f"{each.name} is taken for a subsection of {inner.name}")
                continue
            mine = next((known for known in local.subsections if known.name == each.name), None)
            if mine is None or not _claims(local, each.name):
                yield Reason(Why.SUBSECTION_UNKNOWN, place, each.name)
            else:
                found = load(each, mine, self.counted, f"{place}/{each.name}")
                if found.outcome is Outcome.REFUSED:
                    yield Reason(Why.SUBSECTION_REFUSED, place, "; ".join(map(str, found.reasons)))
                else:
                    yield from found.reasons


def _claims(description: VMStateDescription, name: str) -> bool:
    """Whether a description takes a subsection for one of its own: the name begins with its, and goes on."""
    return name.startswith(description.name) and len(name) > len(description.name)


def _excess(sent: Sequence[Item], read: Sequence[Item]) -> Lengths | None:
    more, less = total(item.lengths() for item in sent), total(item.lengths() for item in read)
    if more is None or less is None:
        return None
    return total((more, frozenset(-length for length in less)))
