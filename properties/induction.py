"""Induction: the property holds at the start, and no step leads from a state with it to one without it."""

from __future__ import annotations

from hopcheck.properties.engine import Engine
from hopcheck.properties.k_induction import by_induction
from hopcheck.properties.smt.encoding import Encoding


def induction(encoding: Encoding) -> Engine:
    """Safe by induction, unsafe where an initial state is bad, else unknown."""
    return (yield from by_induction(encoding, 1, 1, "induction"))
