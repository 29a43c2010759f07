"""The device_config model: a guest with one device property, moved between builds for as long as it lives.

Three things are kept apart. ``start``: what a process fixes when it starts. ``accepts``: what a load does with a
difference. ``guest``: what the guest has seen, latched when it boots or is reset, or carried along by the stream.
The variable ``row`` says which (machine type, device type, property) this is about; it is chosen once and never changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hopcheck.model.domain.device_config.mismatch import Kind
from hopcheck.model.domain.device_config.shape import Shape
from hopcheck.model.language import (
    Bool,
    Enum,
    EnumType,
    Expr,
    If,
    Lookup,
    Parameter,
    Range,
    RangeType,
    System,
    SystemBuilder,
    Table,
    after,
    all_of,
    becomes,
    coded_table,
    literal,
)
from hopcheck.model.language.types import codes

STATUS = Enum("off", "running", "failed", "stranded", "refused")
"""Where the guest stands: ``failed``, the last migration failed and the source runs on; ``stranded``, it failed and the
source is in postmigrate, so that the guest runs nowhere until somebody continues it; ``refused``, the destination knows
no such machine type or device, and nothing was started."""

RACE = Enum("source resumes", "source in postmigrate")
"""How the source ends when the destination fails while loading device state: either may happen."""


@dataclass(frozen=True, slots=True)
class DeviceConfig:
    """The model and the expressions in which its properties are stated.

    ``alive``: the guest runs somewhere. ``start``: what its process fixed when it started. ``observable``: a difference
    can be noticed. ``carried``: the stream brings the value along.
    """

    system: System
    stations: tuple[str, ...]
    shapes: tuple[Shape, ...]
    alive: Expr
    knows: Expr
    start: Expr
    observable: Expr
    carried: Expr

    def row(self, number: int) -> Shape:
        """The shape behind a value of the variable ``row``."""
        return self.shapes[number]


def device_config(
    stations: Sequence[str], shapes: Sequence[Shape], *, power_cycles: bool = True, name: str = "device_config"
) -> DeviceConfig:
    """The model over these builds (oldest first) and rows; ``name``: what reports call it.

    ``power_cycles`` False leaves the power cycle out, and the guest remembers the build where it was powered on: then
    one can ask whether a newer build can still be reached.
    """
    builds = Enum(*stations)
    rows = Range(0, len(shapes) - 1)
    values = Range(0, max(1, *(max(shape.values) for shape in shapes)))
    tables = _tables(shapes, builds, rows, values)

    s = SystemBuilder(name)
    row = s.variable("row", rows)
    build = s.variable("build", builds, initial=stations[0])
    guest = s.variable("guest", values, initial=0)
    power_on = s.variable("power_on", values, initial=0)
    status = s.variable("status", STATUS, initial="off")
    born = None if power_cycles else s.variable("born", builds, initial=stations[0])

    start = Lookup(tables.start, row, build)
    carried = Lookup(tables.carried, row)
    alive = status.one_of("running", "failed", "refused")

    at = Parameter("build", builds)
    s.action(
        "boot",
        at,
        guard=(status == "off") & Lookup(tables.knows, row, at),
        updates=[
            becomes(build, at),
            becomes(guest, Lookup(tables.start, row, at)),
            becomes(power_on, Lookup(tables.start, row, at)),
            becomes(status, "running"),
            *([] if born is None else [becomes(born, at)]),
        ],
    )

    to = Parameter("destination", builds)
    known = Lookup(tables.knows, row, to)
    offered = If(carried, guest, start)  # what the stream says of the source
    accepted = Lookup(tables.accepts, row, offered, to)
    s.action(
        "migrate",
        to,
        guard=alive & known & accepted,
        updates=[becomes(build, to), becomes(status, "running")],
    )
    how = Parameter("outcome", RACE)
    s.action(
        "migrate_fails",
        to,
        how,
        guard=alive & known & ~accepted,
        updates=[becomes(status, If(how == "source resumes", literal(STATUS, "failed"), literal(STATUS, "stranded")))],
    )
    s.action("migrate_refused", to, guard=alive & ~known, updates=[becomes(status, "refused")])
    s.action("guest_reset", guard=alive, updates=[becomes(guest, start), becomes(status, "running")])
    s.action("continue_source", guard=status == "stranded", updates=[becomes(status, "running")])
    if power_cycles:
        s.action(
            "power_off",
            guard=status != "off",
            updates=[
                becomes(status, "off"),
                becomes(build, stations[0]),
                becomes(guest, 0),
                becomes(power_on, 0),
            ],
        )
    return DeviceConfig(
        s.build(),
        tuple(stations),
        tuple(shapes),
        alive,
        Lookup(tables.knows, row, build),
        start,
        Lookup(tables.observable, row),
        carried,
    )


def preserved(model: DeviceConfig) -> Expr:
    """The guest's configuration is the one that its process gives it."""
    return model.alive.implies((model.system["guest"] == model.start) | model.carried | ~model.observable)


def migrates(model: DeviceConfig) -> Expr:
    """No migration fails between builds that know the machine type and the device."""
    return ~model.system["status"].one_of("failed", "stranded")


def known_where_it_runs(model: DeviceConfig) -> Expr:
    """A guest runs only on builds that know its machine type and its device."""
    return model.alive.implies(model.knows)


def refused_before_anything_starts(model: DeviceConfig) -> Expr:
    """Over one step: a refused migration leaves the guest as it was."""
    system = model.system
    kept = all_of(after(system[name]) == system[name] for name in ("build", "guest", "power_on"))
    return (after(system["status"]) == "refused").implies(kept & model.alive)


def path_independent(model: DeviceConfig) -> Expr:
    """What the guest sees is what it was powered on with, whichever way it came and whether it was reset on it."""
    same = model.system["guest"] == model.system["power_on"]
    return model.alive.implies(same | ~model.observable)


def off_the_island(model: DeviceConfig) -> Expr:
    """The good end of *no island*: the guest runs on a newer build than the one it was powered on with, or cannot.

    For a model without power cycles. The newest build that knows the row is exempt.
    """
    system, rows = model.system, model.system["row"].type
    newest = coded_table(
        "newest",
        [rows],
        Range(0, len(model.stations)),
        [max((i for i, v in enumerate(shape.values) if v >= 0), default=0) for shape in model.shapes],
    )
    rank = coded_table("rank", [system["build"].type], Range(0, len(model.stations)), range(len(model.stations)))
    born, now = Lookup(rank, system["born"]), Lookup(rank, system["build"])
    return (system["status"] == "off") | (now > born) | (born == Lookup(newest, system["row"]))


@dataclass(frozen=True, slots=True)
class _Tables:
    knows: Table
    start: Table
    accepts: Table
    carried: Table
    observable: Table


def _tables(shapes: Sequence[Shape], builds: EnumType, rows: RangeType, values: RangeType) -> _Tables:
    """The facts as constant tables, by row first."""
    knows = [int(value >= 0) for shape in shapes for value in shape.values]
    start = [max(value, 0) for shape in shapes for value in shape.values]
    accepts = [
        int(not shape.stops(offered, station))
        for shape in shapes
        for offered in codes(values)
        for station in range(len(shape.values))
    ]
    return _Tables(
        coded_table("knows", [rows, builds], Bool, knows),
        coded_table("start", [rows, builds], values, start),
        coded_table("accepts", [rows, values, builds], Bool, accepts),
        coded_table("carried", [rows], Bool, [int(shape.kind is Kind.CARRIED) for shape in shapes]),
        coded_table("observable", [rows], Bool, [int(shape.kind is not Kind.NOT_OBSERVABLE) for shape in shapes]),
    )
