"""States as keys that numpy sorts and compares in one go, in the order of their words, the first word before the others.

A state of one word is its own key. A wider one is its words as big-endian bytes, one after the other: for words that
are not negative, the order of the bytes is the order of the words. numpy does not count zero bytes at the end of such
text; keys of one width that differ still differ without them, and a shorter one of two still comes first.
Sorting them so takes a fifth of the time of ``numpy.lexsort`` over four columns, and half of it over two.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer.disk.levels import Words

Keys = NDArray[Any]
"""Keys of states, one an element."""


def key_type(width: int) -> np.dtype[Any]:
    """The element type of the keys of states of ``width`` words."""
    return np.dtype(np.int64) if width == 1 else np.dtype(f"S{8 * width}")


def put(words: Words, into: Keys) -> None:
    """Write the keys of some states, given flat, into an array of as many keys, without a copy of either."""
    if into.dtype == np.int64:
        into[:] = words
    else:
        into.view(">i8")[:] = words


def words_of(keys: Keys) -> Words:
    """The states that have these keys, flat."""
    return keys if keys.dtype == np.int64 else keys.view(">i8").astype(np.int64)


def distinct(keys: Keys) -> Keys:
    """Sorted keys, each once, as a new array."""
    first = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    return keys[first]


def find(sought: Keys, keys: Keys) -> NDArray[np.bool_]:
    """Which of ``sought`` are among ``keys``, both ascending, each key once; none sought is above the last of ``keys``."""
    if len(sought) <= len(keys):
        return np.asarray(keys[np.searchsorted(keys, sought)] == sought)
    places = np.searchsorted(sought, keys)
    inside = places < len(sought)
    places, keys = places[inside], keys[inside]
    found = np.zeros(len(sought), np.bool_)
    found[places[sought[places] == keys]] = True
    return found
