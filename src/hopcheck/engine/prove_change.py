"""Proving a change: is it safe for every chain through all known builds and the changed one?

All builds, the base and the changed one are put into one history, so that what a build without a device property did is
judged once. Two fleets are then checked: the known builds with the base, and with the changed build. What breaks with the
base too does not count against the change.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from hopcheck.engine.baseline import NOTHING_KNOWN, Baseline
from hopcheck.engine.changed import Changed, Said, Warned
from hopcheck.engine.check import AS_USUAL
from hopcheck.engine.device_config import check_device_config
from hopcheck.engine.results import Began, FindingResult, Listener, ModelResult, ignore
from hopcheck.engine.searching import Searching
from hopcheck.model.codes import Code
from hopcheck.model.domain.device_config.draft import in_development
from hopcheck.model.domain.device_config.families import families, predates
from hopcheck.model.domain.device_config.finding import Finding
from hopcheck.model.domain.device_config.pair import Move, PairMove, pair_moves
from hopcheck.model.domain.device_config.presence import Presences, presences
from hopcheck.model.domain.device_config.projection import Fleet, project
from hopcheck.model.domain.device_config.renames import TYPE_NAME
from hopcheck.model.domain.device_config.study import Study, study
from hopcheck.model.domain.device_config.subjects import Subject
from hopcheck.model.domain.device_config.undecided import Replacement, undecided
from hopcheck.model.facts.schema import Facts


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """What a change does, and what it breaks.

    ``build``: the name of the build with the change; ``base``: the one it starts from. ``before`` and ``after``: the check
    of the device properties it touches, without it and with it. ``new``: findings that only the change brings; ``gone``:
    ids of those that it mends, at least for some builds; ``stays``: ids of those in the changed build that it does not
    bring. ``undecided``: what the verdict would need to know.
    """

    path: str
    build: str
    base: str
    says: tuple[Said, ...]
    warnings: tuple[Warned, ...]
    before: ModelResult
    after: ModelResult
    new: tuple[FindingResult, ...]
    gone: tuple[str, ...]
    stays: tuple[str, ...]
    undecided: tuple[str, ...]
    seconds: float

    @property
    def exit_code(self) -> int:
        """0: safe; 1: it breaks a chain; 3: a fact that the verdict needs is missing."""
        return 1 if self.new else 3 if self.undecided else 0


def prove(
    changed: Changed, *, listener: Listener = ignore, prove_seconds: float = 20.0, searching: Searching = AS_USUAL
) -> ChangeResult:
    """Check what a change touches; ``prove_seconds`` 0 leaves the second engine out; ``searching``: how it is searched."""
    started = time.monotonic()
    listener(Began("reading the facts"))
    asked: list[Subject] = []
    made = study(_both(changed), only=_noting(changed.touches, asked), behaviours=())
    without, with_ = (frozenset(build.name for build in each.stations()) for each in (changed.known, changed.facts))
    before = check_device_config(
        project(made, Fleet(without)), NOTHING_KNOWN, listener=ignore, prove_seconds=0, searching=searching
    )
    old = Baseline({found.finding.id: "known before the change" for found in before.findings})
    after = check_device_config(
        project(made, Fleet(with_, steady=True)),
        old,
        listener=listener,
        prove_seconds=prove_seconds,
        searching=searching,
    )
    moves, presence = _Moves(made, changed, with_), presences(made.facts, made.at)
    new = tuple(found for found in after.findings if moves.brings(found.finding, before))
    ids = {found.finding.id for found in new}
    kept = [each for each in after.findings if each.finding.id not in ids and _differs(each, changed.build)]
    return ChangeResult(
        changed.path,
        changed.build,
        changed.base,
        changed.says,
        (*changed.warnings, *moves.returns(), *_doubtful(made, changed, presence)),
        before,
        after,
        new,
        tuple(
            each.finding.id for each in before.findings if moves.mends(each.finding, after) and not _about(each.finding, new)
        ),
        tuple(found.finding.id for found in kept),
        (*_undecided(made, changed, presence, asked), *(f"{each.what} ({each.place})" for each in changed.unread)),
        time.monotonic() - started,
    )


def _both(changed: Changed) -> Facts:
    """The facts with the change, with the base as a place for guests whatever becomes of it."""
    builds = [
        msgspec.structs.replace(build, station=True) if build.name == changed.base else build
        for build in changed.facts.builds
    ]
    return Facts(changed.facts.schema, tuple(builds))


_Where = frozenset[tuple[str, str]]
"""Machine types and device types, in pairs."""


class _Moves:
    """The pairs of builds whose verdict the change makes worse or better: where, by device property.

    Where builds differ already, whatever a change does is good for some and bad for others. The value that a machine type
    had first is what it promises: a change that goes back to it is not to blame for those that left it. What a machine type
    older than all known builds had first is told by the newest one: what was wrong has been repaired since.
    """

    def __init__(self, made: Study, changed: Changed, fleet: frozenset[str]) -> None:
        self._at = made.at.names
        self._build = self._at.index(changed.build)
        self._others = [i for i, name in enumerate(self._at) if name in fleet - {changed.base, changed.build}]
        self._oldest = made.at.views[self._others[0]].build if self._others else None
        self._found: dict[tuple[Move, str, str], _Where] = {}
        self._returns: dict[str, set[str]] = {}
        for each in pair_moves(made, changed.base, changed.build):
            if self._at[each.partner] in fleet:
                self._take(each)

    def _take(self, each: PairMove) -> None:
        subject, machines = each.member.subject, each.machines
        if each.move is Move.WORSE:
            machines = tuple(name for name in machines if not self._goes_back(each, name))
            if machines != each.machines:
                self._returns.setdefault(subject.name, set()).add(self._at[each.partner])
        leaves = subject.reached[each.member.type]
        key = (each.move, subject.declaring, subject.prop)
        where = frozenset((machine, leaf) for machine in machines for leaf in leaves)
        self._found[key] = self._found.get(key, frozenset()) | where

    def _goes_back(self, each: PairMove, machine: str) -> bool:
        """Whether the changed build gives a machine type the value that it had first, and the partner does not."""
        cells = each.member.cells
        known = [cells[place].value for place in self._others if cells[place].known]
        older = self._oldest is not None and predates(machine, self._oldest)
        promised = known[-1 if older else 0] if known else None
        return promised == cells[self._build].value != cells[each.partner].value

    def returns(self) -> tuple[Warned, ...]:
        """What the change gives back its first value, with the builds that had left it."""
        return tuple(
            Warned(
                f"{name} has the value again that its machine types had first: guests cannot be moved to or from "
                f"{', '.join(build for build in self._at if build in left)}, where it is another",
                code=Code.VALUE_RETURNS,
            )
            for name, left in self._returns.items()
        )

    def brings(self, finding: Finding, before: ModelResult) -> bool:
        """Whether the change is to blame: a pair is worse, or no pair is and its chains break all the same."""
        return self._reaches(finding, Move.WORSE) or not _about(finding, before.findings)

    def mends(self, finding: Finding, after: ModelResult) -> bool:
        """Whether a pair of a finding without the change is better with it, or nothing is found any more."""
        return self._reaches(finding, Move.BETTER) or not _about(finding, after.findings)

    def _reaches(self, finding: Finding, move: Move) -> bool:
        where = self._found.get((move, finding.device, finding.prop), frozenset())
        return any((machine, type_) in where for machine in finding.machines for type_ in finding.types)


def _about(finding: Finding, others: Iterable[FindingResult]) -> bool:
    """Whether one of the findings is about the same device property."""
    return any((each.finding.device, each.finding.prop) == (finding.device, finding.prop) for each in others)


def _differs(found: FindingResult, build: str) -> bool:
    """Whether a finding shows in the values of a build: others have another one."""
    own = found.values.get(build)
    return own is not None and any(value != own for value in found.values.values())


def _doubtful(made: Study, changed: Changed, presence: Presences) -> tuple[Warned, ...]:
    """What the change does to devices that no machine type is sure to have: listed, and no verdict."""
    base, build = (made.at.names.index(name) for name in (changed.base, changed.build))
    firsts = [machines[0] for machines in families([view.build for view in made.at.views]).values()]
    found: dict[str, str] = {}
    for each in made.rows.doubtful:
        where = [presence.where(machine, each.member.type) for machine in firsts]
        judged = any(not (one.doubtful or one.nowhere) for one in where)
        if not judged and str(each.member.cells[base]) != str(each.member.cells[build]):
            found.setdefault(each.member.subject.name, each.reason)
    return tuple(
        Warned(f"{name} is not judged: versioned machine types may not have it ({why})", code=Code.NOT_JUDGED)
        for name, why in found.items()
    )


def _noting(touches: Callable[[Subject], bool], asked: list[Subject]) -> Callable[[Subject], bool]:
    """The same question, with those for which the answer is yes put down: finding them all takes a while."""

    def only(subject: Subject) -> bool:
        if touches(subject):
            asked.append(subject)
            return True
        return False

    return only


def _undecided(made: Study, changed: Changed, presence: Presences, asked: Iterable[Subject]) -> tuple[str, ...]:
    """What is unknown or to be reviewed with the change, and was not without it."""
    base, build = (made.at.names.index(name) for name in (changed.base, changed.build))
    change = Replacement(base, build, not in_development(changed.before.version))
    wanted = [each for each in asked if each.prop != TYPE_NAME]
    found = undecided(made.at, presence, change, wanted)
    return tuple(f"{name} in {place}: {reason}" for name, place, reason in found)
