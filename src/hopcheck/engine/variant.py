"""One variant of a model, ready to be checked."""

from __future__ import annotations

from dataclasses import dataclass

from hopcheck.model.language import System
from hopcheck.properties.kinds import Property


@dataclass(frozen=True, slots=True)
class Variant:
    """Its name, its system, and what must hold of it.

    ``settings``: what it was made from, if anything; ``proved``: whether the main job proves it as well as exhausting it;
    ``present``: it tells what the present releases do, so that whatever it violates is a finding.
    """

    name: str
    system: System
    properties: tuple[Property, ...]
    settings: object = None
    proved: bool = True
    present: bool = False
