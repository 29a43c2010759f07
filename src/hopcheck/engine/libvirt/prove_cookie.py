"""Proving a proposed cookie element against every mix of releases, by the explorer and by the provers."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hopcheck.engine.check import AS_USUAL, check
from hopcheck.engine.results import Listener, PropertyResult, ignore
from hopcheck.engine.searching import Searching
from hopcheck.model.domain.cookies import system
from hopcheck.model.domain.cookies.proposal import COMPONENTS, Proposal, read_proposal
from hopcheck.model.language import System, Value, reachable
from hopcheck.properties import Judgement, Outcome
from hopcheck.properties.catalog.cookie_proposal import SETTINGS, properties


@dataclass(frozen=True, slots=True)
class MixOutcome:
    """What becomes of the element in migrations that use it, between classes of releases.

    ``fate`` and ``why`` as the model names them, ``call``: where the migration ends; ``mixes``: how many mixes of
    classes share it, of which ``example`` is the first: component to release.
    """

    fate: str
    outcome: str
    call: str
    why: str
    mixes: int
    example: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CookieResult:
    """What the engines say of a proposal.

    ``results``: one for each property; a violation has its shortest trace. ``mixes``: how many mixes of classes of
    releases there are; ``outcomes``: what becomes of the element in them.
    """

    path: str
    proposal: Proposal
    results: tuple[PropertyResult, ...]
    mixes: int
    outcomes: tuple[MixOutcome, ...]
    seconds: float

    @property
    def violations(self) -> tuple[PropertyResult, ...]:
        """The properties that do not hold, in order."""
        return tuple(each for each in self.results if each.verdict.outcome is Outcome.UNSAFE)

    @property
    def exit_code(self) -> int:
        """0: it is safe in every mix; 1: it is not; 3: some property is undecided."""
        judged = {each.judgement for each in self.results}
        return 1 if Judgement.UNEXPECTED in judged else 3 if Judgement.INCONCLUSIVE in judged else 0


def prove_cookie(
    path: Path, *, listener: Listener = ignore, prove_seconds: float = 20.0, searching: Searching = AS_USUAL
) -> CookieResult:
    """Check the proposal in a TOML file against every mix. Raises ``InputError`` where the file is no proposal."""
    started = time.monotonic()
    proposal = read_proposal(path)
    model = system(SETTINGS, proposal)
    results = check(
        model,
        properties(proposal, model),
        model=model.name,
        prove_seconds=prove_seconds,
        searching=searching,
        listener=listener,
    )
    mixes, outcomes = _outcomes(model, proposal)
    return CookieResult(str(path), proposal, results, mixes, outcomes, time.monotonic() - started)


def _outcomes(model: System, proposal: Proposal) -> tuple[int, tuple[MixOutcome, ...]]:
    """Where each mix ends once the feature is adopted, by the reference interpreter."""
    ends: Counter[tuple[str, ...]] = Counter()
    examples: dict[tuple[str, ...], dict[str, str]] = {}
    mixes: set[tuple[Value, ...]] = set()
    for level in reachable(model):
        for state in level:
            found = model.decode(state)
            mix = {name: str(found[name]) for name in COMPONENTS}
            mixes.add(tuple(mix.values()))
            ended = found["outcome"] != "none" and found["call"] != "Finish"
            if ended and found["adopted"] and found["used"]:
                end = tuple(str(found[name]) for name in (proposal.name, "outcome", "call", "why"))
                ends[end] += 1
                examples.setdefault(end, mix)
    return len(mixes), tuple(
        MixOutcome(fate, outcome, "Finish" if call == "Confirm" and outcome != "ok" else call, why, number, examples[end])
        for end, number in sorted(ends.items())
        for fate, outcome, call, why in [end]
    )
