"""What a repair is: how it ended, the entries that come and go, and what no entry can mend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from hopcheck.engine.changed import Changed
from hopcheck.engine.prove_change import ChangeResult
from hopcheck.engine.results import FindingResult
from hopcheck.model.domain.device_config.cause import Cause
from hopcheck.model.domain.device_config.edits import Edits, edited
from hopcheck.model.facts.schema import Build
from hopcheck.properties.repair.choice import Answer
from hopcheck.properties.repair.demands import Dilemma
from hopcheck.properties.repair.mend import Mending


class Ending(StrEnum):
    """How a repair ended."""

    NOTHING = "nothing to repair"
    """The change breaks nothing."""
    REPAIRED = "repaired"
    """With the entries, the change breaks nothing: proved."""
    NONE = "no repair"
    """No set of entries can help."""
    UNKNOWN = "unknown"
    """A fact is missing, or a limit was reached."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the values that a device property could get: the builds that then break with the changed one."""

    value: str
    breaks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Torn:
    """Machine types whose released builds differ in a device property: whatever the change does, some chain breaks."""

    name: str
    machines: tuple[str, ...]
    now: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Beyond:
    """A device property that no entry can mend, on these machine types, and why not."""

    name: str
    machines: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class RepairResult:
    """A change, what was wrong with it, and what mends it.

    ``first``: the change as it is, proved; ``edits``: the entries that come and go; ``proof``: the change with them, proved,
    None where there is none; ``torn`` and ``beyond``: what no entry can mend; ``undecided``: what would have to be known.
    """

    changed: Changed
    ending: Ending
    first: ChangeResult
    edits: Edits = field(default_factory=Edits)
    proof: ChangeResult | None = None
    torn: tuple[Torn, ...] = ()
    beyond: tuple[Beyond, ...] = ()
    undecided: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0: repaired, or nothing to repair; 1: no repair; 3: unknown."""
        return {Ending.NOTHING: 0, Ending.REPAIRED: 0, Ending.NONE: 1, Ending.UNKNOWN: 3}[self.ending]

    @property
    def repaired(self) -> Build:
        """The build with the change and the repair."""
        return edited(self.changed.after, self.edits)


def torn_by(dilemmas: Iterable[Dilemma]) -> tuple[Torn, ...]:
    """Dilemmas told once for all machine types that are alike."""
    found: dict[tuple[str, str, tuple[Side, ...]], dict[str, None]] = {}
    for each in dilemmas:
        duty = each.duty
        broken = {value: duty.harmed(value) for value in duty.held}
        sides = tuple(Side(value, tuple(n for n in duty.knowing if n in names)) for value, names in broken.items())
        found.setdefault((duty.subject.name, each.now, sides), {}).setdefault(duty.machine)
    return tuple(Torn(name, tuple(machines), now, sides) for (name, now, sides), machines in found.items())


def beyond_entries(mended: Mapping[str, Mending]) -> tuple[Beyond, ...]:
    """What no choice of entries can mend, by property name."""
    found: list[Beyond] = []
    for prop, each in mended.items():
        if each.answer is not Answer.IMPOSSIBLE:
            continue
        if not each.beyond:
            found.append(Beyond(prop, (), "machine types that apply the same arrays need different values"))
        groups: dict[tuple[str, str], list[str]] = {}
        for row in each.beyond:
            why = f"they owe the value {' or '.join(sorted(row.allowed))}, which no entry can give them"
            groups.setdefault((row.duty.subject.name, why), []).append(row.duty.machine)
        found += [Beyond(name, tuple(dict.fromkeys(machines)), why) for (name, why), machines in groups.items()]
    return tuple(found)


_WHY_NOT: Mapping[Cause, str] = {
    Cause.TYPE_RENAMED: "an entry cannot give a type its old name back",
    Cause.PROPERTY_REMOVED: "the property is gone, so that no entry can set it",
    Cause.BEHAVIOUR: "builds without the property behaved otherwise",
}


def beyond_findings(left: Sequence[FindingResult]) -> tuple[Beyond, ...]:
    """What the proof still finds new, where there was no entry to choose."""
    return tuple(
        Beyond(
            f"{each.finding.device}.{each.finding.prop}",
            each.finding.machines,
            _WHY_NOT.get(each.finding.cause, "no entry that the facts allow keeps it"),
        )
        for each in left
    )
