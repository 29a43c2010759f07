"""Which verdicts change where one build takes the place of another: between the two, with every other build, over chains.

All are read off one history of all builds (`projection`), so that a difference is one between the two builds, and never
one in what is known of the rest. Three fleets are searched:

* the two builds alone: what a guest meets that is moved between them,
* all other builds with the old one, and all other builds with the new one: which chains break with one of them only.

Pairs are read off the rows (`pair`): for every other build, before and after.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from hopcheck.engine.baseline import NOTHING_KNOWN, Baseline
from hopcheck.engine.comparing.placing import Placed
from hopcheck.engine.device_config import check_device_config
from hopcheck.engine.results import Began, FindingResult, Listener, ModelResult, ignore
from hopcheck.model.domain.device_config.difference import Difference
from hopcheck.model.domain.device_config.draft import in_development, is_draft
from hopcheck.model.domain.device_config.pair import Move, PairMove, pair_moves
from hopcheck.model.domain.device_config.presence import presences
from hopcheck.model.domain.device_config.projection import Fleet, project
from hopcheck.model.domain.device_config.study import Study, study
from hopcheck.model.domain.device_config.subjects import Subject
from hopcheck.model.domain.device_config.undecided import Replacement, undecided
from hopcheck.model.domain.vmstate import SectionMismatch, compare
from hopcheck.model.facts.applicability import arch_of
from hopcheck.model.facts.schema import Build, BuildKind
from hopcheck.model.facts.versions import same_release
from hopcheck.model.facts.views import make_view


@dataclass(frozen=True, slots=True)
class Machines:
    """Machine types of one of the two builds only, of architectures that both speak of. ``gone`` leaves drafts out."""

    new: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """A finding on a chain through the other builds that is there with either build, but reaches other machine types."""

    before: FindingResult
    after: FindingResult

    @property
    def gained(self) -> tuple[str, ...]:
        """The machine types that it reaches with the new build only."""
        return tuple(name for name in self.after.finding.machines if name not in self.before.finding.machines)

    @property
    def lost(self) -> tuple[str, ...]:
        """The machine types that it reaches with the old build only."""
        return tuple(name for name in self.before.finding.machines if name not in self.after.finding.machines)


@dataclass(frozen=True, slots=True)
class Chains:
    """Findings on chains through all other builds and one of the two: with the new one only, with the old one only, both."""

    appear: tuple[FindingResult, ...]
    disappear: tuple[FindingResult, ...]
    changed: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class DiffResult:
    """The verdicts that change where ``new`` takes the place of ``old``.

    ``stations``: all builds of the history, oldest first; ``others``: those that are neither. ``between``: the check of
    the two builds alone. ``moves``: the pairs whose verdicts change, by row. ``undecided``: device properties that are
    unknown in the new build and are not in the old one. ``sections``: of the migration stream, what one of the two does not
    load from the other, or may not, where both state their sections.
    """

    old: str
    new: str
    stations: tuple[str, ...]
    others: tuple[str, ...]
    between: ModelResult
    moves: tuple[PairMove, ...]
    chains: Chains
    machines: Machines
    undecided: tuple[str, ...]
    sections: tuple[SectionMismatch, ...]
    seconds: float

    @property
    def worse(self) -> bool:
        """Whether some verdict is worse: of a pair, a chain, a section, or a machine type that is gone."""
        grown = any(each.gained for each in self.chains.changed)
        return bool(
            any(each.move is Move.WORSE for each in self.moves)
            or self.between.findings
            or self.chains.appear
            or self.machines.gone
            or grown
            or any(each.certain for each in self.sections)
        )

    @property
    def exit_code(self) -> int:
        """0: no verdict is worse; 1: one is; 3: none is as far as is known, and something is unknown."""
        return 1 if self.worse else 3 if self.undecided or self.sections else 0


def diff(
    at: Placed,
    *,
    baseline: Baseline = NOTHING_KNOWN,
    listener: Listener = ignore,
    prove_seconds: float = 20.0,
    workers: int | None = None,
) -> DiffResult:
    """Compare the verdicts; ``prove_seconds`` 0 leaves the second engine out."""
    started = time.monotonic()
    listener(Began("reading the facts"))
    made = study(at.facts, only=_differing(at))
    listener(Began(f"comparing {at.old} with {at.new}"))
    both = _known_to_both(at)
    touched = _touched(made, at, both)

    def checked(builds: Iterable[str], told: Listener, seconds: float) -> ModelResult:
        fleet = Fleet(frozenset(builds), both, touched)
        part = project(made, fleet)
        return _known(check_device_config(part, baseline, listener=told, prove_seconds=seconds, workers=workers), baseline)

    between = checked((at.old, at.new), listener, prove_seconds)
    before = checked((*at.others, at.old), ignore, 0)
    after = checked((*at.others, at.new), listener, prove_seconds)
    open_now = _undecided(made, at)
    return DiffResult(
        at.old,
        at.new,
        made.at.names,
        at.others,
        between,
        tuple(pair_moves(made, at.old, at.new)),
        _chains(at, before, after, open_now),
        _machines(at),
        open_now,
        compare(at.facts.build(at.old), at.facts.build(at.new)),
        time.monotonic() - started,
    )


def _differing(at: Placed) -> Callable[[Subject], bool] | None:
    """Of two trees of one release, the device properties on which the texts differ: nothing else can have another verdict.

    None: all device properties. What a build without a property did is told by its release, so that between releases
    verdicts may differ where texts do not.
    """
    one, other = (at.facts.build(name) for name in (at.old, at.new))
    if BuildKind.BINARY in (one.kind, other.kind) or not same_release(one, other):
        return None
    return Difference(make_view(at.facts, one), make_view(at.facts, other)).touched()


def _touched(made: Study, at: Placed, both: Callable[[str], bool]) -> Callable[[Subject], bool]:
    """The device properties that the two builds do not give alike on every machine type that both know."""
    one, other = (made.at.names.index(name) for name in (at.old, at.new))
    names = {
        member.subject.name
        for shape, members in made.rows.members.items()
        if shape.values[one] != shape.values[other]
        for member in members
        if any(map(both, member.machines))
    }
    return lambda subject: subject.name in names


def _known_to_both(at: Placed) -> Callable[[str], bool]:
    one, other = (at.facts.build(name) for name in (at.old, at.new))
    return lambda machine: all(machine in each.machines and not is_draft(each.version, machine) for each in (one, other))


def _known(result: ModelResult, baseline: Baseline) -> ModelResult:
    """Findings that are known under another id: of the same device property, told between other builds."""
    reasons = {name.partition(": ")[0]: f"{name}: {reason}" for name, reason in baseline.reasons.items()}
    found = (
        replace(each, known=each.known or reasons.get(f"{each.finding.device}.{each.finding.prop}"))
        for each in result.findings
    )
    return replace(result, findings=tuple(found))


def _chains(at: Placed, before: ModelResult, after: ModelResult, unsettled: Collection[str]) -> Chains:
    """Findings with the old build beside those with the new one; one that first shows at either is the same finding.

    What is undecided with the new build is not gone.
    """

    def key(found: FindingResult) -> tuple[str, str, str, str]:
        since = found.finding.id.rpartition(" @ ")[2]
        since = at.old if since == at.new else since
        return found.finding.device, found.finding.prop, str(found.finding.cause), since

    olds = {key(found): found for found in before.findings}
    news = {key(found): found for found in after.findings}
    alike = [(olds[name], news[name]) for name in olds if name in news]
    left = [found for name, found in olds.items() if name not in news]
    appear = []
    for name, found in news.items():
        if name in olds:
            continue
        # The same device property for another cause or since another build: one story, told from other builds.
        same = next((each for each in left if key(each)[:2] == name[:2]), None)
        if same is None:
            appear.append(found)
        else:
            left.remove(same)
            alike.append((same, found))
    gone = (found for found in left if f"{found.finding.device}.{found.finding.prop}" not in unsettled)
    changed = (Changed(one, other) for one, other in alike)
    return Chains(tuple(appear), tuple(gone), tuple(each for each in changed if each.gained or each.lost))


def _machines(at: Placed) -> Machines:
    one, other = (at.facts.build(name) for name in (at.old, at.new))
    return Machines(_only(other, one), _only(one, other))


def _only(one: Build, other: Build) -> tuple[str, ...]:
    """Released machine types that only ``one`` knows, though ``other`` speaks of their architecture."""
    archs = {arch_of(name) for name in other.machines}
    return tuple(
        name
        for name in one.machines
        if name not in other.machines and arch_of(name) in archs and not is_draft(one.version, name)
    )


def _undecided(made: Study, at: Placed) -> tuple[str, ...]:
    """Device properties of which some pair with the new build is open, and the same pair with the old one is not."""
    one, other = (made.at.names.index(name) for name in (at.old, at.new))
    asked = {gap.subject.name: gap.subject for gap in made.rows.gaps}
    change = Replacement(one, other, not in_development(at.facts.build(at.old).version))
    found = undecided(made.at, presences(made.facts, made.at), change, asked.values())
    moved = (each.member.subject.name for each in pair_moves(made, at.old, at.new) if each.move is Move.UNDECIDED)
    return tuple(dict.fromkeys([*moved, *(name for name, _, _ in found)]))
