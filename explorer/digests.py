"""Digests of the levels of a search: equal levels give equal digests, in whatever order their states were found."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from hopcheck.model.language import State

MOST_STATES = 200_000
"""Digests of more states are not made: they would take longer than many a search (some 2 microseconds a state)."""

_BYTES = 16


def level_digest(states: Iterable[State]) -> str:
    """The sum, modulo 2**128, of BLAKE2b (16 bytes, big-endian) of each state's codes, written in decimal with commas."""
    total = 0
    for state in states:
        made = hashlib.blake2b(",".join(map(str, state)).encode(), digest_size=_BYTES)
        total += int.from_bytes(made.digest(), "big")
    return f"{total % 2 ** (8 * _BYTES):032x}"
