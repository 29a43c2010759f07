"""The state of one run: the guest and its migration on both sides, and where the bitmap is.

The names that the ``migration`` model shares with its other parts are ``qsrc``, ``qdst``, ``src``, ``dst``, ``img_src``
and ``img_dst``; the rest belongs to this model alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hopcheck.model.domain.bitmaps.graph import Place
from hopcheck.model.domain.bitmaps.policy import Address
from hopcheck.model.domain.bitmaps.settings import Settings
from hopcheck.model.domain.bitmaps.world import World, addressed, crashes, domain, place, setup
from hopcheck.model.language import (
    FALSE,
    Bool,
    Enum,
    EnumType,
    Expr,
    Lookup,
    Range,
    System,
    SystemBuilder,
    Type,
    table,
)

QSRC = Enum("none", "active", "device", "postcopy-active", "postcopy-paused", "completed", "failed", "cancelled")
QDST = Enum("none", "active", "completed", "failed")
IMAGE = Enum("active", "inactive")
SRC = Enum("running", "paused", "shutoff")
DST = Enum("none", "paused", "running", "exited", "crashed", "shutoff")
MAPPING = Enum("unset", "set", "rejected")
BITMAP = Enum("none", "loading", "ready")

_ADDRESS = Enum(*(each.value for each in Address))
_PLACE = Enum(*(each.value for each in Place))

TRUTHS = frozenset({"persistent", "enabled", "existing"})
"""The fields of a world that are truth values; every other one is an enum of the values that the settings allow."""

DYNAMIC: tuple[tuple[str, Type, object], ...] = (
    ("qsrc", QSRC, "none"),  # the source's migration status
    ("qdst", QDST, "none"),  # the destination's
    ("src", SRC, "running"),
    ("dst", DST, "none"),
    ("img_src", IMAGE, "active"),
    ("img_dst", IMAGE, "inactive"),
    ("mapping", MAPPING, "unset"),  # block-bitmap-mapping, or the lists
    ("asked", Bool, False),  # the dirty-bitmaps capability was on when this migration began
    ("refused", Bool, False),  # setup ended in an error
    ("sent", Bool, False),  # its start record is in the stream
    ("bits", Bool, False),  # and so are its bits
    ("busy", Bool, False),  # the migration holds it
    ("skip_store", Bool, False),  # it is not to be stored when its image is closed or given up
    ("in_memory", Bool, True),  # the source's QEMU has it
    ("image", Bool, False),  # the source's image holds a valid copy
    ("dropped", Bool, False),  # the receiver has cancelled its bitmap loading
    ("dst_bitmap", BITMAP, "none"),
    ("recording", Bool, False),  # the destination's bitmap records what the guest writes
)


@dataclass(frozen=True, slots=True, eq=False)
class Vars:
    """The variables as expressions, and what the rules say of the world of the run.

    ``addressed``: what the rule says of the bitmap; ``said``: what setup makes of it; ``place``: where the destination
    puts it; ``abort``: the destination's QEMU aborts on its bits; ``faults``: None where faults are not counted.
    """

    settings: Settings
    variables: dict[str, Expr]
    addressed: Expr
    said: Expr
    place: Expr
    abort: Expr
    faults: Expr | None

    def __getitem__(self, name: str) -> Expr:
        return self.variables[name]

    def world_is(self, name: str, value: StrEnum) -> Expr:
        """Whether a field of the world has that value; never, where the settings do not allow it."""
        expr = self.variables[name]
        assert isinstance(expr.type, EnumType)
        return expr == value.value if value.value in expr.type.members else FALSE


def declare(system: SystemBuilder, settings: Settings) -> Vars:
    """The variables of the model: a world that never changes, and the state."""
    made: dict[str, Expr] = {}
    for name, values in domain(settings).items():
        if name in TRUTHS:
            made[name] = system.variable(name, Bool, initial=list(values))
        else:
            made[name] = system.variable(name, Enum(*(str(each) for each in values)))
    for name, type_, initial in DYNAMIC:
        made[name] = system.variable(name, type_, initial=initial)
    faults = None if settings.unbounded else system.variable("faults", Range(0, settings.faults), initial=settings.faults)
    needed = ("where", "device", "state", "persistent")
    system.initially(_by_world("possible", needed, Bool, settings, made, lambda world: world.possible))
    return _vars(settings, made, faults)


def of(system: System, settings: Settings) -> Vars:
    """The variables of a system built with these settings."""
    faults = system["faults"] if "faults" in system.index else None
    return _vars(settings, {name: system[name] for name in system.index if name != "faults"}, faults)


def _vars(settings: Settings, made: dict[str, Expr], faults: Expr | None) -> Vars:
    named = ("where", "node", "device", "entry")
    return Vars(
        settings,
        made,
        addressed=_by_world(
            "rule",
            (*named, "state", "persistent", "existing"),
            _ADDRESS,
            settings,
            made,
            lambda world: addressed(settings, world).value,
        ),
        said=_by_world(
            "address",
            (*named, "state", "neighbour", "persistent", "existing"),
            _ADDRESS,
            settings,
            made,
            lambda world: setup(settings, world).value,
        ),
        place=_by_world("place", (*named, "layout"), _PLACE, settings, made, lambda world: place(settings, world).value),
        abort=_by_world("abort", ("size",), Bool, settings, made, lambda world: crashes(world.size)),
        faults=faults,
    )


def _by_world(
    name: str,
    fields: tuple[str, ...],
    result: Type,
    settings: Settings,
    made: dict[str, Expr],
    value: Callable[[World], object],
) -> Expr:
    """What ``value`` says of the world of the run, looked up by the fields that it depends on."""
    values = domain(settings)
    rest: dict[str, Any] = {key: each[0] for key, each in values.items()}
    spans = [(False, True) if key in TRUTHS else values[key] for key in fields]
    worlds = (World(**{**rest, **dict(zip(fields, each, strict=True))}) for each in itertools.product(*spans))
    types = [made[key].type for key in fields]
    return Lookup(table(name, types, result, [value(world) for world in worlds]), *(made[key] for key in fields))
