"""The comparison of descriptions against a stream of bytes that is written and read, in every world."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from hopcheck.model.domain.vmstate import Outcome, load
from hopcheck.model.facts.vmstate import VMStateDescription

from .byte_stream import loads, save, worlds
from .descriptions import changed, descriptions

MOST_WORLDS = 256


@st.composite
def changes(draw: st.DrawFn) -> tuple[VMStateDescription, VMStateDescription]:
    old = draw(descriptions())
    new = draw(changed(old))
    return (old, new) if draw(st.booleans()) else (new, old)


def _seen(sent: VMStateDescription, local: VMStateDescription) -> Counter[bool]:
    """How often the receiver loads the section, and how often it does not."""
    found: Counter[bool] = Counter()
    for number, world in enumerate(worlds(sent, local)):
        if number == MOST_WORLDS:
            break
        found[loads(save(sent, world), local, sent.version, world)] += 1
    return found


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes())
def test_what_is_certain_is_so_in_every_world(pair: tuple[VMStateDescription, VMStateDescription]) -> None:
    sent, local = pair
    judgement, seen = load(sent, local), _seen(sent, local)
    event(f"{judgement.outcome}, loads {sorted(seen)}")
    if judgement.outcome is Outcome.ACCEPTED:
        assert not seen[False], judgement
    elif judgement.outcome is Outcome.REFUSED:
        assert not seen[True], judgement
