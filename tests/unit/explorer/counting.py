"""Random systems of like components that move a shared counter: what the layout can drop a variable of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from hopcheck.model.language import If, Range, System, SystemBuilder, becomes

Draw = Callable[[st.SearchStrategy[Any]], Any]

PHASES = 6

SMALL = 4
"""Tables should not be joined up to more bits than this (see ``footprint.SMALL``): each component is to have its own."""


@st.composite
def counting_systems(draw: Draw, *, honest: bool | None = None) -> System:
    """Two components, each in one of a few phases; ``counter`` sums the weights of their phases.

    ``honest``: whether every step keeps to that (None: either); otherwise some steps move the counter by something else.
    """
    system = SystemBuilder("counting")
    honest = draw(st.booleans()) if honest is None else honest
    components = range(2)
    phase = [system.variable(f"phase{n}", Range(0, PHASES - 1), initial=0) for n in components]
    mark = [system.variable(f"mark{n}", Range(0, 3), initial=draw(st.sampled_from([0, 1, [0, 2]]))) for n in components]
    most = draw(st.integers(3, 6))
    counter = system.variable("counter", Range(0, most), initial=0)
    weight = [0, *draw(st.lists(st.integers(0, 2), min_size=PHASES - 1, max_size=PHASES - 1))]
    edges = draw(st.lists(st.tuples(*[st.integers(0, PHASES - 1)] * 2), min_size=2, max_size=5, unique=True))
    wrong = -1 if honest else draw(st.integers(0, len(edges) - 1))
    for number, (begin, end) in enumerate([(0, draw(st.integers(1, PHASES - 1))), *edges]):
        change = weight[end] - weight[begin] + (number == wrong + 1 and wrong >= 0)
        turns = draw(st.booleans())
        for n in components:
            guard = (phase[n] == begin) & (counter + change >= 0) & (counter + change <= most)
            updates = [becomes(phase[n], end), becomes(counter, counter + change)]
            updates += [becomes(mark[n], If(mark[n] < 3, mark[n] + 1, 0))] if turns else []
            system.action("step", guard=guard, updates=updates, labels={"edge": number, "n": n})
    return system.build()
