"""The visited set in each of its forms, against Python's own sets."""

from __future__ import annotations

import numpy as np
import pytest

from hopcheck.explorer.layout import Field, Layout
from hopcheck.explorer.visited import Bitmap, Budget, Found, Index, Slots, visited_set


def layout(bits: tuple[int, ...]) -> Layout:
    fields = tuple(Field(f"v{n}", n, 0, each, 0, 1 << each) for n, each in enumerate(bits))
    return Layout(fields, len(bits), bits)


FORMS = {"bitmap": (14,), "slots": (62,), "two words": (13, 4), "four words": (8, 3, 2, 3)}


def test_the_form_follows_the_layout() -> None:
    kinds = {name: type(visited_set(layout(bits), Budget(None, 0))) for name, bits in FORMS.items()}
    assert kinds == {"bitmap": Bitmap, "slots": Slots, "two words": Index, "four words": Index}


def test_a_bitmap_must_be_affordable() -> None:
    assert type(visited_set(layout((28,)), Budget(1 << 20, 0))) is Slots


@pytest.mark.parametrize("form", FORMS)
def test_it_holds_what_was_put_in(form: str) -> None:
    bits = FORMS[form]
    found = Found(layout(bits), Budget(None, 0))
    random = np.random.default_rng(7)
    seen: dict[tuple[int, ...], None] = {}
    for count in (1, 0, 10, 3000, 257, 20000, 40000):
        states = np.stack([random.integers(0, 1 << each, count) for each in bits], axis=1)
        if form == "slots":  # neighbours, and numbers that differ in their highest bits only
            states = (states & 0x3F) | (states >> 50 << 50)
        found.insert(np.ascontiguousarray(states).reshape(-1), count)
        seen.update(dict.fromkeys(map(tuple, states.tolist())))
        log = found.states(0, found.top).reshape(-1, len(bits))
        assert list(map(tuple, log.tolist())) == list(seen)


def test_an_index_finds_states() -> None:
    random = np.random.default_rng(3)
    log = np.unique(random.integers(0, 1 << 40, (30_000, 3)), axis=0)
    index = Index.of(3, log.reshape(-1), len(log))
    order = random.permutation(len(log))
    assert (index.find(log[order].reshape(-1), len(log), log.reshape(-1)) == order).all()
    assert (index.find((log + 1).reshape(-1), len(log), log.reshape(-1)) == -1).all()
