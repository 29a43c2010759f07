"""The search of a net, with a bound on its places that is known or found."""

from __future__ import annotations

from hopcheck.explorer import Exploration, explore
from hopcheck.model.errors import InputError, ModelError

from .expected import WORKERS
from .pnml import Net, system_of, tokens

MOST_TOKENS = 1 << 16
"""A net that puts more tokens into one place counts as unbounded."""

AT_MOST, REACHED = "no marking holds more tokens", "a marking holds as many tokens"


def explored(net: Net, *, in_place: int | None = None, in_marking: int | None = None) -> Exploration:
    """Explore the net, and ask (by ``AT_MOST``, ``REACHED``) whether ``in_marking`` is the most tokens of a marking.

    ``in_place``: a bound on the tokens in each place; the search itself refuses one that is too small. Without one,
    ever larger bounds are tried until the search does not refuse. ``InputError`` where that takes too many tokens.
    """
    if in_place is not None:
        return _explored(net, in_place, in_marking)
    bound = max(1, *net.marking.values())
    while bound <= MOST_TOKENS:
        try:
            return _explored(net, bound, in_marking)
        except ModelError:
            bound *= 2
    raise InputError(
        f"{net.name}: a place holds more than {MOST_TOKENS} tokens",
        hint="give a bounded net",
    )


def _explored(net: Net, in_place: int, in_marking: int | None) -> Exploration:
    system = system_of(net, in_place)
    if in_marking is None:
        return explore(system, workers=WORKERS)
    held = tokens(system)
    asked = {AT_MOST: held <= in_marking}
    return explore(system, always=asked, reachable={REACHED: held == in_marking}, workers=WORKERS)
