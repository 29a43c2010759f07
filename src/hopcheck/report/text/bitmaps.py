"""What becomes of each kind of bitmap under a policy, as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from hopcheck.engine.libvirt.bitmaps import Fate, Row
from hopcheck.model.domain.bitmaps import Settings
from hopcheck.model.domain.bitmaps.settings import Device, Manager, NodeName, Policy, Where
from hopcheck.model.domain.bitmaps.world import World
from hopcheck.model.domain.settings import written
from hopcheck.report.text.page import Look, Page

_GOOD = frozenset({Fate.RIGHT, Fate.STORED, Fate.FROM_IMAGE})
_REFUSED = frozenset({Fate.REJECTED, Fate.ERROR_AT_START, Fate.ERROR_IN_LOAD})

_PLACES = ("where", "node", "device")
"""The fields that say where a bitmap is; every kind is named by them, by the others only where they differ."""


def fates_text(settings: Settings, rows: Sequence[Row], look: Look) -> str:
    """The page: which rule applies, and then for each kind of bitmap its address and how it ends."""
    page = Page(look)
    page.line(f"Dirty bitmaps, {_rule(settings)}", "bold")
    page.paragraph(_sides(settings))
    varying = [name for name in _names() if len({getattr(row.world, name) for row in rows}) > 1]
    for row in rows:
        page.blank()
        page.ends(kind(row.world, varying), str(row.address), "bold")
        for fate in row.fates:
            page.paragraph(str(fate), _style(fate), indent=4, hang=2)
    return page.text


def kind(world: World, varying: Sequence[str]) -> str:
    """A kind of bitmap in words: where its node is and what it is called, and of ``varying`` fields what they are."""
    place = {Where.ROOT: "root", Where.BELOW_FILTER: "root below a filter", Where.NON_ROOT: "non-root"}[world.where]
    node = {
        NodeName.EXPLICIT: "explicit node name",
        NodeName.GENERATED: "generated node name",
        NodeName.NONE: "no node name",
    }[world.node]
    named = [place, node]
    if world.where is not Where.NON_ROOT:
        named.append("named device" if world.device is Device.NAMED else "no device name")
    others = [f"{name}={_word(getattr(world, name))}" for name in varying if name not in _PLACES]
    return ", ".join(named + others)


def _names() -> tuple[str, ...]:
    return tuple(each.name for each in fields(World))


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else written(value)


def _rule(settings: Settings) -> str:
    if settings.manager is Manager.LIBVIRT:
        return f"driven by libvirt {settings.libvirt} to {settings.libvirt_dst}"
    if settings.policy in (Policy.DEFAULT, Policy.OLD):
        return f"policy {settings.policy}: no mapping"
    return f"policy {settings.policy}"


def _sides(settings: Settings) -> str:
    return f"QEMU {settings.qemu_src} to {settings.qemu_dst}, storage {settings.storage}, {settings.mode}; no faults."


def _style(fate: Fate) -> str:
    if fate in _GOOD:
        return "green"
    return "yellow" if fate in _REFUSED else "red"
