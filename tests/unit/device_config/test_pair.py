"""Verdicts of pairs: what is read off a row is what the model does when it boots and migrates once."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopcheck.model.domain.device_config.mismatch import Breaks, Kind
from hopcheck.model.domain.device_config.pair import Move, PairVerdict, move, pair_verdict
from hopcheck.model.domain.device_config.shape import OFF, UNKNOWN, Shape
from hopcheck.model.domain.device_config.system import device_config, migrates, preserved
from hopcheck.model.language import holds, successors

STATIONS = ("old", "middle", "new")

DIRECTIONS = (Breaks.BOTH, Breaks.NEWER_TO_OLDER, Breaks.OLDER_TO_NEWER)


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    """Rows over three stations, of every kind of mismatch."""
    kind = draw(st.sampled_from(list(Kind)))
    stops = kind in (Kind.LOAD_ERROR, Kind.STREAM, Kind.START_FAILURE)
    values = tuple(draw(st.lists(st.integers(OFF, 2), min_size=3, max_size=3)))
    limits = tuple(draw(st.lists(st.integers(0, 2), min_size=3, max_size=3))) if kind is Kind.CARRIED else ()
    if limits:  # a build loads what it has itself
        limits = tuple(max(limit, value) for limit, value in zip(limits, values, strict=True))
    return Shape(values, kind, draw(st.sampled_from(DIRECTIONS)) if stops else Breaks.NEITHER, limits)


@given(shapes())
def test_a_verdict_is_what_the_model_does(shape: Shape) -> None:
    model = device_config(STATIONS, (shape,))
    for source, destination in itertools.permutations(range(3), 2):
        assert pair_verdict(shape, source, destination) is _played(model, source, destination)


def _played(model, source: int, destination: int) -> PairVerdict:  # type: ignore[no-untyped-def]
    """Boot on one station and migrate to the other, in the reference interpreter."""
    system = model.system
    initial = tuple((each.initial or (0,))[0] for each in system.variables)
    boots = [s for s in successors(system, initial) if s.action == "boot" and dict(s.arguments)["build"] == STATIONS[source]]
    if not boots:
        return PairVerdict.NO_GUEST
    moves = [
        step
        for step in successors(system, boots[0].target)
        if dict(step.arguments).get("destination") == STATIONS[destination]
    ]
    actions = {step.action for step in moves}
    if actions == {"migrate_refused"}:
        return PairVerdict.REFUSED
    if not all(holds(system, migrates(model), step.target) for step in moves):
        return PairVerdict.FAILS
    good = all(holds(system, preserved(model), step.target) for step in moves)
    return PairVerdict.MIGRATES if good else PairVerdict.DIFFERS


@pytest.mark.parametrize(
    ("values", "verdict"), [((0, UNKNOWN), "unknown"), ((UNKNOWN, 0), "unknown"), ((UNKNOWN, OFF), "refused")]
)
def test_what_is_not_known_is_no_verdict(values: tuple[int, ...], verdict: str) -> None:
    assert pair_verdict(Shape(values, Kind.SILENT, Breaks.NEITHER), 0, 1) == verdict


@given(st.sampled_from(PairVerdict), st.sampled_from(PairVerdict))
def test_moves_turn_round(before: PairVerdict, after: PairVerdict) -> None:
    there, back = move(before, after), move(after, before)
    assert (there is Move.SAME) == (back is Move.SAME)
    if PairVerdict.UNKNOWN not in (before, after):
        assert (there is Move.WORSE) == (back is Move.BETTER)


@given(st.sampled_from(PairVerdict))
def test_unknown_is_never_better(before: PairVerdict) -> None:
    assert move(before, PairVerdict.UNKNOWN) in (Move.UNDECIDED, Move.SAME)


def test_a_refusal_is_no_harm() -> None:
    assert move(PairVerdict.MIGRATES, PairVerdict.REFUSED) is Move.SAME
    assert move(PairVerdict.DIFFERS, PairVerdict.FAILS) is Move.WORSE
