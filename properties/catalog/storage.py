"""What is asked of the storage model, with the verdict that exactly these settings should have.

The expected verdicts come from ``storage_hazards``: a closed form, disk by disk, that knows nothing of the search.
"""

from __future__ import annotations

from typing import Any

from hopcheck.model.domain.storage.copies import copies_of, guest_sees
from hopcheck.model.domain.storage.disk import disk_of
from hopcheck.model.domain.storage.mechanism import mechanism
from hopcheck.model.domain.storage.policy import accepted
from hopcheck.model.domain.storage.settings import (
    Cache,
    Device,
    Format,
    Handover,
    Medium,
    Policy,
    Settings,
    ThirdReader,
    Yes,
)
from hopcheck.model.language import System, after
from hopcheck.properties.catalog.storage_hazards import (
    Name,
    expected,
    expected_arrival,
    expected_of_refusals,
    refusals_can_be_weighed,
)
from hopcheck.properties.kinds import Property, always, can_always_reach, reachable, sound, step


def properties(settings: Settings, system: System) -> tuple[Property, ...]:
    """The properties of ``system(settings)``."""
    return (
        _no_stale_read(settings, system),
        _same_bytes_visible(settings, system),
        _one_image_active(settings, system),
        _source_clean(settings, system),
        *((_length_known(settings, system),) if settings.online_resize else ()),
        _guest_survives(settings, system),
        *((_no_needless_refusal(settings, system),) if refusals_can_be_weighed(settings) else ()),
        _arrives(settings, system),
        sound(),
    )


def _no_stale_read(settings: Settings, system: System) -> Property:
    ran = (system["verdict"] != "forced") & (system["read"] != "none")
    return always(
        Name.NO_STALE_READ,
        ran.implies(system["read"] != "stale"),
        "After its start the destination reads what was written last, unless the user forced the migration.",
        expected=expected(settings, Name.NO_STALE_READ),
    )


def _same_bytes_visible(settings: Settings, system: System) -> Property:
    runs = (system["verdict"] == "accepted") & (system["dst"] == "running")
    seen = guest_sees(disk_of(system, settings), copies_of(system))
    return always(
        Name.SAME_BYTES,
        runs.implies(seen == "fresh"),
        "A disk that the policy accepted shows the guest on the destination the bytes that it had on the source.",
        expected=expected(settings, Name.SAME_BYTES),
    )


def _one_image_active(settings: Settings, system: System) -> Property:
    disk = disk_of(system, settings)
    one_image = (disk.same_bytes | disk.copied_onto_itself) & ~disk.readonly & (system["verdict"] != "forced")
    return always(
        Name.ONE_ACTIVE,
        (one_image & (system["img_dst"] == "active")).implies(system["img_src"] == "inactive"),
        "An image is never active on both sides.",
        expected=expected(settings, Name.ONE_ACTIVE),
    )


def _source_clean(settings: Settings, system: System) -> Property:
    disk = disk_of(system, settings)
    cont = (system["dst"] != "running") & (after(system["dst"]) == "running")
    return step(
        Name.SOURCE_CLEAN,
        (cont & disk.same_bytes & (system["verdict"] != "forced")).implies(~system["src_dirty"] & ~system["src_meta_dirty"]),
        "At the destination's cont nothing of the disk is left in the source host's memory only.",
        expected=expected(settings, Name.SOURCE_CLEAN),
    )


def _length_known(settings: Settings, system: System) -> Property:
    runs = (system["dst"] == "running") & disk_of(system, settings).same_bytes & (system["verdict"] != "forced")
    return always(
        Name.LENGTH_KNOWN,
        runs.implies((system["dst_len"] == "fresh") & (system["dst_dev"] == "fresh")),
        "The length that the guest's device knows is the length on disk.",
        expected=expected(settings, Name.LENGTH_KNOWN),
    )


def _guest_survives(settings: Settings, system: System) -> Property:
    return always(
        Name.SURVIVES,
        ~(system["src"].one_of("lost", "off") & (system["dst"] == "none")),
        "There is always a process that can go on with the guest.",
        expected=expected(settings, Name.SURVIVES),
    )


def _no_needless_refusal(settings: Settings, system: System) -> Property:
    """From every state of a disk that is refused, harm can come: somebody forced it to migrate and paid for it."""
    disk, mechanisms = disk_of(system, settings), mechanism(settings)
    gone = (system["src"] == "lost") & (system["dst"] == "none")
    harm = system["read"].one_of("stale", "foreign") | (system["disk"] == "lost") | gone
    # Of what QEMU itself refuses no harm can come, and no refusal is needless.
    refused_by_qemu = disk.blocked(mechanisms) | (disk.copied_onto_itself & disk.fenced(mechanisms))
    return can_always_reach(
        Name.NO_NEEDLESS_REFUSAL,
        harm | accepted(settings, disk) | refused_by_qemu,
        "The policy refuses no disk that would come to no harm.",
        expected=expected_of_refusals(settings),
    )


def _arrives(settings: Settings, system: System) -> Property:
    return reachable(
        "a guest arrives",
        system["read"] == "fresh",
        "Some migration ends well: the guest reads the newest bytes on the destination.",
        expected=expected_arrival(settings),
    )


def variants() -> tuple[tuple[str, Settings], ...]:
    """The settings that the main job checks, by name: all disks under the present releases, then single ones.

    libvirt 7.0 with QEMU 5.2, 9.0 with 7.2, and 11.3 with 10.0 or 11.1 give one and the same system: a test says so.
    """
    return (
        ("libvirt 11.3, QEMU 10.0", Settings()),
        ("qcow2 on NFS with cache=none", _disk("nfs_linux", "qcow2", "none")),
        ("a third reader, a resize", _disk("block", "qcow2", "writeback", **_OTHERS)),
        ("close before the last chunk", _disk("nfs_linux", "raw", "writeback", **_CLOSE)),
    )


_OTHERS: dict[str, Any] = {"third_reader": ThirdReader.MAPS, "online_resize": True, "device": Device.IDE}
_CLOSE: dict[str, Any] = {"handover": Handover.CLOSE, "policy": Policy.NONE}


def _disk(medium: str, format_: str, cache: str, **others: Any) -> Settings:
    """One disk, neither copied nor read-only nor shareable."""
    plain: dict[str, Any] = {"copied": Yes.NO, "readonly": Yes.NO, "shareable": Yes.NO}
    return Settings(medium=Medium(medium), format=Format(format_), cache=Cache(cache), **plain, **others)
