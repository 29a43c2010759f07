"""Repairing a change: the fewest compat entries that make it safe, found by a solver and proved like any other change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from hopcheck.engine.changed import Changed
from hopcheck.engine.prove_change import ChangeResult, prove
from hopcheck.engine.repairing.result import Beyond, Ending, RepairResult, Torn, beyond_entries, beyond_findings, torn_by
from hopcheck.engine.results import Began, FindingResult, Listener, ignore
from hopcheck.model.domain.device_config.cause import PlacedEntry
from hopcheck.model.domain.device_config.contract import Contracts
from hopcheck.model.domain.device_config.edits import Edits, edited, entries_added, with_build
from hopcheck.model.domain.device_config.families import MachineType, families, machine_type
from hopcheck.model.domain.device_config.labels import label_of
from hopcheck.model.domain.device_config.subjects import Subject, subjects
from hopcheck.model.facts.versions import version_key
from hopcheck.properties.repair.choice import Answer
from hopcheck.properties.repair.demands import ChangedBuild, Demands, demands
from hopcheck.properties.repair.mend import Mending, mend
from hopcheck.properties.repair.tidy import tidied

TRIES = 5
"""How many choices of the solver are proved at most before no answer is given."""


def repair(
    changed: Changed, *, listener: Listener = ignore, seconds: float = 20.0, prove_seconds: float = 20.0
) -> RepairResult:
    """Find the fewest entries that make the change safe, and prove it with them.

    ``seconds``: at most so long for each question of which entries it takes; ``prove_seconds``: for each of the proof, of
    which 0 leaves the second engine out.
    """
    first = prove(changed, listener=ignore, prove_seconds=0)
    listener(Began("looking for what is wrong"))
    return _Workshop(changed, first, listener, (seconds, prove_seconds)).result()


class _Workshop:
    """One repair while it is made."""

    def __init__(self, changed: Changed, first: ChangeResult, listener: Listener, seconds: tuple[float, float]) -> None:
        self.changed, self.first, self.listener = changed, first, listener
        self.seconds, self.prove_seconds = seconds
        holders = {each.name for each in changed.facts.stations()} - {changed.build}
        self.contracts = Contracts(changed.known, changed.base, holders)
        self.own = entries_added(changed.before, changed.after)
        self.arrays: dict[str, tuple[str, ...]] = {}
        self.demanded: dict[str, Demands] | None = None
        self.refused: dict[str, list[frozenset[int]]] = {}

    def result(self) -> RepairResult:
        """Look, mend, prove; where the proof finds something new, mend otherwise."""
        asked = self._asked()
        wrong = {prop: each for prop, each in asked.items() if each.unmet}
        torn = torn_by(dilemma for each in asked.values() for dilemma in each.dilemmas)
        if not wrong and not torn and not self.first.new:
            undecided = (*self.first.undecided, *_unsaid(asked.values()))
            return self._end(Ending.UNKNOWN if undecided else Ending.NOTHING, undecided=undecided)
        for _ in range(TRIES):
            mended = self._mended(wrong)
            if any(each.answer is Answer.GAVE_UP for each in mended.values()):
                return self._end(Ending.UNKNOWN, torn=torn, undecided=("the solver found no answer in time",))
            if self._add_array(mended, wrong):
                wrong = {prop: each for prop, each in self._asked().items() if each.unmet}
                continue
            edits = self._tidied(mended.values())
            self.listener(Began(f"proving the change with {len(edits)} changed entries"))
            proof = prove(self._with(edits), listener=self.listener, prove_seconds=self.prove_seconds)
            hopeless = {*(each.name for each in torn), *(p for p, each in mended.items() if each.answer is not Answer.FOUND)}
            left = [found for found in proof.new if hopeless.isdisjoint((_name(found), found.finding.prop))]
            again = {found.finding.prop for found in left} & mended.keys()
            if not again:
                beyond = (*beyond_entries(mended), *beyond_findings(left))
                return self._proved(edits, proof, torn, beyond)
            for prop in again:
                self.refused.setdefault(prop, []).append(mended[prop].switched)
        return self._end(Ending.UNKNOWN, torn=torn, undecided=("no choice of entries held when it was proved",))

    def _proved(self, edits: Edits, proof: ChangeResult, torn: tuple[Torn, ...], beyond: tuple[Beyond, ...]) -> RepairResult:
        if torn or beyond:
            return self._end(Ending.NONE, edits=edits, proof=proof, torn=torn, beyond=beyond)
        undecided = (*proof.undecided, *_unsaid(self._asked().values()))
        return self._end(Ending.UNKNOWN if undecided else Ending.REPAIRED, edits=edits, proof=proof, undecided=undecided)

    def _with(self, edits: Edits) -> Changed:
        """The change with the edits."""
        facts = with_build(self.changed.facts, edited(self.changed.after, edits))
        return replace(self.changed, facts=facts)

    def _build(self) -> ChangedBuild:
        """The build with the change, and with the arrays that it turned out to lack."""
        return ChangedBuild(self._with(Edits(arrays=self.arrays)).facts, self.changed.build)

    def _asked(self) -> dict[str, Demands]:
        """What is demanded of every device property that the change touches."""
        if self.demanded is None:
            self.demanded = self._demanded()
        return self.demanded

    def _demanded(self) -> dict[str, Demands]:
        build = self._build()
        every = subjects(build.at)
        touched = dict.fromkeys(each.prop for each in every if self.changed.touches(each))
        by_name: dict[str, list[Subject]] = {prop: [] for prop in touched}
        for each in every:
            if each.prop in by_name:
                by_name[each.prop].append(each)
        return {prop: demands(self.contracts, build, prop, found, _of(self.own, prop)) for prop, found in by_name.items()}

    def _mended(self, wrong: Mapping[str, Demands]) -> dict[str, Mending]:
        """The cheapest way to meet what is demanded, by property name; choices that were no good are not taken again."""
        view, facts = self._build().view, self.changed.facts
        return {
            prop: mend(view, facts, each, _of(self.own, prop), not_these=self.refused.get(prop, ()), seconds=self.seconds)
            for prop, each in wrong.items()
        }

    def _add_array(self, mended: Mapping[str, Mending], wrong: Mapping[str, Demands]) -> bool:
        """Whether the newest machine types lack an array of their own, so that it makes sense to try with one."""
        if self.arrays or all(each.answer is Answer.FOUND for each in mended.values()):
            return False
        bare: set[str] = set()
        pc = True
        for prop, each in mended.items():
            names = {row.duty.machine for row in each.beyond if not self._arrays_of(row.duty.machine)}
            bare |= names
            pc &= not names or all(row.duty.machine.startswith("pc-") for row in wrong[prop].rows)
        if not bare:
            return False
        newest = max((machine_type(name) for name in bare), key=lambda each: version_key(each.version))
        key = "_".join(filter(None, ("pc" if pc else "hw", "compat", newest.vendor, newest.version.replace(".", "_"))))
        applying = (name for name in self._as_old_as(newest) if name.startswith("pc-") or not pc)
        self.arrays, self.demanded = {key: tuple(applying)}, None
        return True

    def _as_old_as(self, newest: MachineType) -> Iterator[str]:
        """The machine types that are no newer, of those that count the same releases."""
        for names in families([self.changed.after]).values():
            split = [machine_type(name) for name in names]
            if any(each.vendor != newest.vendor for each in split if each.version):
                continue
            newer = (i for i, each in enumerate(split) if version_key(each.version) > version_key(newest.version))
            yield from names[: next(newer, len(names))]

    def _arrays_of(self, machine: str) -> tuple[str, ...]:
        """The versioned arrays of a machine type."""
        return tuple(key for key in self.changed.after.machines[machine].arrays or () if label_of(key))

    def _tidied(self, mended: Iterable[Mending]) -> Edits:
        """All edits as one, without those entries of the change that then do nothing any more."""
        made = [each.edits for each in mended]
        used = {placed.array for each in made for placed in each.added}
        edits = Edits(
            tuple(placed for each in made for placed in each.added),
            tuple(placed for each in made for placed in each.removed),
            {key: names for key, names in self.arrays.items() if key in used},
        )
        props = {placed.entry.property for placed in edits.added}
        own = [each for each in self.own if each.entry.property in props]
        return tidied(self.changed.facts, self.changed.after, edits, own)

    def _end(self, ending: Ending, **parts: object) -> RepairResult:
        return RepairResult(self.changed, ending, self.first, **parts)  # type: ignore[arg-type]


def _of(entries: Iterable[PlacedEntry], prop: str) -> tuple[PlacedEntry, ...]:
    return tuple(each for each in entries if each.entry.property == prop)


def _name(found: FindingResult) -> str:
    return f"{found.finding.device}.{found.finding.prop}"


def _unsaid(asked: Iterable[Demands]) -> tuple[str, ...]:
    return tuple(
        f"{type_}.{each.prop} is new: no entry says what builds without it did" for each in asked for type_ in each.undecided
    )
