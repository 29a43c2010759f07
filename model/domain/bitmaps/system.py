"""One migration after another of a guest with a dirty bitmap: setup, start records, bits, the end, or the way back.

Source: ``migration/block-dirty-bitmap.c``, ``block.c`` (``bdrv_activate``, ``bdrv_inactivate_all``) and the qcow2 driver's
storing of persistent bitmaps, as the facts gathered from QEMU 5.2 and 10.0 sum them up. The table in
``docs/models/bitmaps.md`` says which action encodes which rule.
"""

from __future__ import annotations

from hopcheck.model.domain.bitmaps import libvirt, state
from hopcheck.model.domain.bitmaps.graph import Place
from hopcheck.model.domain.bitmaps.policy import (
    SENT,
    Address,
    inactivated_before_bits,
    mapping_accepted,
    unknown_name_is_survived,
)
from hopcheck.model.domain.bitmaps.settings import Manager, Mode, Neighbour, Settings, Storage, Transform
from hopcheck.model.domain.bitmaps.state import Vars
from hopcheck.model.language import FALSE, TRUE, Bool, Expr, If, Parameter, System, SystemBuilder, Update, becomes, literal


def bitmaps(settings: Settings) -> System:
    """The transition system of one variant; an input error where the settings contradict each other."""
    system = SystemBuilder("bitmaps")
    v = state.declare(system, settings)
    if settings.mapped and settings.manager is Manager.QMP:
        _set_mapping(system, v)
    _begin(system, v)
    _load_start(system, v)
    _switch_over(system, v)
    _load_end(system, v)
    if settings.mode is Mode.POSTCOPY:
        _postcopy(system, v)
    else:
        _finish(system, v)
    _fail(system, v)
    _shut_down(system, v)
    return system.build()


def merged(settings: Settings) -> bool:
    """Whether what travels is a temporary bitmap of libvirt's: the one on the source stays as it is."""
    return settings.manager is Manager.LIBVIRT and libvirt.merges(settings)


def persistent_there(v: Vars) -> Expr:
    """Whether a bitmap that has arrived is persistent: the destination's transformation overrides the stream's flag, and
    the source's transformation sets that.
    """
    fixed = {Transform.PERSISTENT: TRUE, Transform.TRANSIENT: FALSE}
    if merged(v.settings):
        return If(v["sent"], TRUE, v["persistent"])
    for transform in (v.settings.transform_dst, v.settings.transform_src):
        if transform in fixed:
            return If(v["sent"], fixed[transform], v["persistent"])
    return v["persistent"]


def _set_mapping(system: SystemBuilder, v: Vars) -> None:
    """``block-bitmap-mapping`` is checked when it is set, on either side."""
    system.action(
        "set_mapping",
        guard=(v["mapping"] == "unset") & (v["qsrc"] == "none") & (v["src"] == "running"),
        updates=[becomes(v["mapping"], "set" if mapping_accepted(v.settings) else "rejected")],
    )


def _begin(system: SystemBuilder, v: Vars) -> None:
    """A destination is started, and the source's setup lists the bitmaps to send: from here on they are not stored."""
    asked = Parameter("dirty_bitmaps", Bool)
    known = TRUE if v.settings.retry_without else asked
    needs_map = v.settings.mapped and v.settings.manager is Manager.QMP
    refused = asked & (v.said == Address.ERROR.value)
    sent = asked & v.said.one_of(*(each.value for each in SENT))
    held = FALSE if merged(v.settings) else sent
    system.action(
        "migrate",
        asked,
        guard=known
        & v["qsrc"].one_of("none", "failed", "cancelled")
        & (v["src"] == "running")
        & (v["mapping"] == "set" if needs_map else TRUE),
        updates=[
            becomes(v["asked"], asked),
            becomes(v["refused"], refused),
            becomes(v["qsrc"], If(refused, literal(state.QSRC, "failed"), "active")),
            becomes(v["qdst"], If(refused, literal(state.QDST, "failed"), "active")),
            becomes(v["dst"], If(refused, literal(state.DST, "exited"), "paused")),
            becomes(v["sent"], sent),
            becomes(v["busy"], held),
            becomes(v["skip_store"], v["skip_store"] | held),
            becomes(v["dropped"], False),
        ],
    )


def _load_start(system: SystemBuilder, v: Vars) -> None:
    """The destination reads a start record: it looks the names up and makes the bitmap, empty."""
    reads = (v["qsrc"] == "active") & (v["qdst"] == "active")
    here = reads & v["sent"] & (v["dst_bitmap"] == "none") & ~v["dropped"]
    known = v.place != Place.NOWHERE.value
    taken = v["existing"] & (v.place == Place.DISK.value)
    system.action("load_start", guard=here & known & ~taken, updates=[becomes(v["dst_bitmap"], "loading")])
    system.action("load_start_existing_bitmap", guard=here & known & taken, updates=_destination_exits(v))
    if unknown_name_is_survived(v.settings):
        cancelled = [becomes(v["dropped"], True), becomes(v["dst_bitmap"], "none")]
    else:
        cancelled = _destination_exits(v)
    system.action("load_start_unknown_name", guard=here & ~known, updates=cancelled)
    system.action(
        "load_start_neighbour_unknown_name",
        guard=reads & v["asked"] & v.world_is("neighbour", Neighbour.UNKNOWN) & ~v["dropped"],
        updates=cancelled,
    )


def _switch_over(system: SystemBuilder, v: Vars) -> None:
    """The guest stops; the bits are sent and the images given up, in the order of the source's release."""
    read = ~v["sent"] | (v["dst_bitmap"] != "none") | v["dropped"]
    neighbour_read = ~(v["asked"] & v.world_is("neighbour", Neighbour.UNKNOWN)) | v["dropped"]
    system.action(
        "stop",
        guard=(v["qsrc"] == "active") & (v["qdst"] == "active") & read & neighbour_read,
        updates=[becomes(v["qsrc"], "device"), becomes(v["src"], "paused")],
    )
    images_first = inactivated_before_bits(v.settings) or v.settings.mode is Mode.POSTCOPY
    stored = v["in_memory"] & v["persistent"] & ~v["skip_store"]
    system.action(
        "inactivate",
        guard=(v["qsrc"] == "device") & (v["img_src"] == "active") & (~v["bits"] if images_first else v["bits"]),
        updates=[
            becomes(v["img_src"], "inactive"),
            becomes(v["image"], v["image"] | stored),
            becomes(v["in_memory"], v["in_memory"] & ~stored),
        ],
    )
    sends = v["qsrc"] == ("device" if v.settings.mode is Mode.PRECOPY else "postcopy-active")
    system.action(
        "send_bits",
        guard=sends & ~v["bits"] & (v["img_src"] == "inactive" if images_first else TRUE),
        updates=[becomes(v["bits"], True), becomes(v["busy"], False)],
    )


def _load_end(system: SystemBuilder, v: Vars) -> None:
    """The destination reads the bits, or only what else there is, and the source learns of it over the return path."""
    reads = (v["qdst"] == "active") & v["bits"]
    loading = reads & (v["dst_bitmap"] == "loading")
    system.action("load_bits", guard=loading & ~v.abort, updates=[becomes(v["dst_bitmap"], "ready")])
    system.action(
        "load_bits_aborts",
        guard=loading & v.abort,
        updates=[becomes(v["dst"], "crashed"), becomes(v["qdst"], "failed"), becomes(v["dst_bitmap"], "none")],
    )
    system.action(
        "load_end",
        guard=reads & (v["img_src"] == "inactive") & (v["dst_bitmap"] != "loading"),
        updates=[becomes(v["qdst"], "completed")],
    )
    acknowledged = v["qdst"] == "completed" if v.settings.return_path or v.settings.mode is Mode.POSTCOPY else TRUE
    system.action(
        "source_completes",
        guard=v["qsrc"].one_of("device", "postcopy-active") & v["bits"] & (v["img_src"] == "inactive") & acknowledged,
        updates=[becomes(v["qsrc"], "completed")],
    )


def _start_destination(v: Vars) -> list[Update]:
    """``cont``: the images are activated; from a shared one the bitmaps stored there are loaded."""
    loaded = v["image"] & (v["dst_bitmap"] == "none") if v.settings.storage is Storage.SHARED else FALSE
    return [
        becomes(v["dst"], "running"),
        becomes(v["img_dst"], "active"),
        becomes(v["dst_bitmap"], If(loaded, literal(state.BITMAP, "ready"), v["dst_bitmap"])),
        becomes(v["image"], v["image"] & ~loaded),  # in use from now on: what the image holds is out of date
        becomes(v["recording"], v["enabled"] & (loaded | (v["dst_bitmap"] != "none"))),
    ]


def _finish(system: SystemBuilder, v: Vars) -> None:
    """Pre-copy: the manager lets the destination run, or gives it up and goes back to the source."""
    done = (v["qsrc"] == "completed") & (v["dst"] == "paused")
    system.action("cont", guard=done & (v["qdst"] == "completed"), updates=_start_destination(v))
    if v.settings.finish_fails:
        _fault(system, v, "finish_fails", done, _destination_exits(v))
    system.action(
        "resume_source",
        guard=(v["qsrc"] == "completed") & v["dst"].one_of("exited", "crashed") & (v["src"] == "paused"),
        updates=_roll_back(v, "failed"),
    )


def _postcopy(system: SystemBuilder, v: Vars) -> None:
    """Post-copy of bitmaps: the destination runs first, the bits follow; there is no way back."""
    system.action(
        "start_postcopy",
        guard=(v["qsrc"] == "device") & (v["img_src"] == "inactive") & (v["qdst"] == "active"),
        updates=[becomes(v["qsrc"], "postcopy-active"), *_start_destination(v)],
    )
    if v.settings.stream_error:
        under_way = (v["qsrc"] == "postcopy-active") & (v["qdst"] == "active")
        lost = [becomes(v["qsrc"], "postcopy-paused")]
        if unknown_name_is_survived(v.settings):  # QEMU commit ee64722514: 5.1 as well
            unfinished = v["dst_bitmap"] == "loading"
            lost += [
                becomes(v["qdst"], "completed"),
                becomes(v["dropped"], v["dropped"] | unfinished),
                becomes(v["dst_bitmap"], If(unfinished, literal(state.BITMAP, "none"), v["dst_bitmap"])),
                becomes(v["recording"], v["recording"] & ~unfinished),
            ]
        else:
            lost += _destination_exits(v)
        _fault(system, v, "postcopy_link_lost", under_way, lost)


def _fail(system: SystemBuilder, v: Vars) -> None:
    """What ends a migration before the source reports completed: the destination's errors, and faults."""
    under_way = v["qsrc"].one_of("active", "device")
    system.action("source_sees_failure", guard=under_way & (v["qdst"] == "failed"), updates=_roll_back(v, "failed"))
    if v.settings.cancel:
        _fault(system, v, "migrate_cancel", under_way, _roll_back(v, "cancelled"))
    if v.settings.stream_error:
        _fault(system, v, "stream_breaks", under_way, _roll_back(v, "failed"))
    if v.settings.destination_dies:
        _fault(system, v, "destination_dies", under_way & (v["dst"] == "paused"), _destination_exits(v))


def _roll_back(v: Vars, status: str) -> list[Update]:
    """The source runs again. Activating an image that was given up loads what was stored in it and lets its bitmaps be
    stored again; where the image was never given up, neither happens.
    """
    given_up = v["img_src"] == "inactive"
    return [
        becomes(v["qsrc"], status),
        becomes(v["src"], "running"),
        becomes(v["img_src"], "active"),
        becomes(v["in_memory"], v["in_memory"] | (given_up & v["image"])),
        becomes(v["image"], v["image"] & ~given_up),
        becomes(v["skip_store"], v["skip_store"] & ~given_up),
        becomes(v["busy"], False),
        becomes(v["sent"], False),
        becomes(v["bits"], False),
        becomes(v["qdst"], "failed"),
        becomes(v["dst"], If(v["dst"] == "crashed", v["dst"], "exited")),
        becomes(v["dst_bitmap"], "none"),
    ]


def _destination_exits(v: Vars) -> list[Update]:
    return [
        becomes(v["dst"], "exited"),
        becomes(v["qdst"], "failed"),
        becomes(v["dst_bitmap"], "none"),
        becomes(v["recording"], False),
    ]


def _shut_down(system: SystemBuilder, v: Vars) -> None:
    """The guest is shut down where it runs: persistent bitmaps are stored as the image is closed."""
    system.action(
        "shut_down_source",
        guard=(v["src"] == "running") & v["qsrc"].one_of("none", "failed", "cancelled"),
        updates=[
            becomes(v["src"], "shutoff"),
            becomes(v["image"], v["in_memory"] & v["persistent"] & ~v["skip_store"]),
            becomes(v["in_memory"], False),
        ],
    )
    storable = ~v["sent"] | (v.place != Place.FILTER.value)  # a filter has no image of its own
    kept = (v["dst_bitmap"] == "ready") & persistent_there(v) & storable
    system.action(
        "shut_down_destination",
        guard=(v["dst"] == "running") & v["qsrc"].one_of("completed", "postcopy-paused"),
        updates=[
            becomes(v["dst"], "shutoff"),
            becomes(v["dst_bitmap"], If(kept, literal(state.BITMAP, "ready"), "none")),
            becomes(v["recording"], False),
        ],
    )


def _fault(system: SystemBuilder, v: Vars, name: str, guard: Expr, updates: list[Update]) -> None:
    """A fault, as long as the run has some left."""
    if v.faults is None:
        system.action(name, guard=guard, updates=updates)
    elif v.settings.faults > 0:
        system.action(name, guard=guard & (v.faults > 0), updates=[*updates, becomes(v.faults, v.faults - 1)])
