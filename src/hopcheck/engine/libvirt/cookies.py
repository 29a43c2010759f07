"""What happens between a mix of releases: the cookies model run for that mix, and the table of all old and new ones."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from hopcheck.model.domain.cookies import Settings, system
from hopcheck.model.domain.cookies.features import ROWS
from hopcheck.model.domain.cookies.mixes import Mix
from hopcheck.model.domain.cookies.settings import ANY, MIRROR, OLDEST_QEMU, Faults, Negotiation, runs
from hopcheck.model.domain.settings import Release, settings_from
from hopcheck.model.errors import InputError
from hopcheck.model.language import Value, initial_states, successors

OLD_LIBVIRT = Release("1.0.2")
"""The last libvirt before the element *nbd*."""

FOLLOWED = ("graphics", "network", "statistics", "cpu", "allow_reboot")
"""Settings that only make more elements appear; an explanation wants them all."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element of the cookie in this migration.

    ``fate``: what became of it (see ``FATE`` of the model); ``absent``: what that means where it did not arrive.
    """

    name: str
    since: str
    hop: str
    mandatory: bool
    fate: str
    absent: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happens between one mix of releases.

    ``flags``: settings beside the releases that are not at their default; ``protocol``: v3 or v2; ``calls``: those that
    were made; ``outcome``: ok, failed or crashed, ``call``: where it failed, ``why``: as the model names the reason;
    ``method``: the copy of storage that Perform chose; ``asked_storage``: whether there was any to copy.
    """

    mix: Mix
    flags: Mapping[str, str]
    protocol: str
    calls: tuple[str, ...]
    outcome: str
    call: str
    why: str
    method: str
    asked_storage: bool
    elements: tuple[Element, ...]

    def element(self, name: str) -> Element | None:
        """The element of that name; None where this migration does not have it."""
        return next((each for each in self.elements if each.name == name), None)


def explain_mix(src: str, dst: str, flags: Mapping[str, str]) -> Explanation:
    """What happens from ``src`` to ``dst``, each written ``libvirt=1.1.0,qemu=1.3``.

    ``flags``: further settings of the model by name, such as ``{"tunnelled": "true"}``. Raises ``InputError`` for what
    is no release, no component or no setting.
    """
    given = dict.fromkeys(FOLLOWED, "true") | dict(flags)
    for side, text in (("src", src), ("dst", dst)):
        for component, release in _components(side, text).items():
            given[f"{side}_{component}"] = str(release)
    settings = settings_from(Settings, given)
    return explain(replace(settings, faults=Faults.NONE, upgrades=False), dict(flags))


def _components(side: str, text: str) -> dict[str, Release]:
    found: dict[str, Release] = {}
    for part in text.split(","):
        name, equals, release = (each.strip() for each in part.partition("="))
        if name not in ("libvirt", "qemu"):
            near = difflib.get_close_matches(name, ("libvirt", "qemu"), 1)
            guess = f"did you mean {near[0]!r}? " if near else ""
            raise InputError(f"{name!r} is no component of --{side}; {guess}write --{side} libvirt=11.3,qemu=10.0")
        if name in found or not equals:
            what = "is given twice" if name in found else "has no release"
            raise InputError(f"{name} of --{side} {what}; write --{side} libvirt=11.3,qemu=10.0")
        found[name] = Release(release)
    for name in ("libvirt", "qemu"):
        if found.get(name, ANY) == ANY:
            raise InputError(f"--{side} does not say which {name}; write --{side} libvirt=11.3,qemu=10.0")
    return found


def explain(settings: Settings, flags: Mapping[str, str]) -> Explanation:
    """The one run of a model in which all four releases are given and nothing fails to be formatted."""
    model = system(settings)
    (state,) = initial_states(model)
    calls: list[str] = []
    while step := next(successors(model, state), None):
        calls.append(step.action)
        state = step.target
    end = model.decode(state)
    mix = Mix(settings.source_libvirt, settings.source_qemu, settings.destination_libvirt, settings.destination_qemu)
    v3 = min(mix.src_libvirt, mix.dst_libvirt) >= Release("0.9.2")
    outcome = str(end["outcome"])
    rolled_back = [each for each in calls if each != "Confirm"]
    return Explanation(
        mix,
        flags,
        "v3" if v3 else "v2",
        tuple(calls),
        outcome,
        "" if outcome == "ok" else rolled_back[-1],
        str(end["why"]),
        str(end["method"]),
        settings.non_shared,
        _elements(end),
    )


def _elements(end: Mapping[str, Value]) -> tuple[Element, ...]:
    return tuple(
        Element(row.name, row.since, row.hop.value, row.mandatory, str(end[row.name]), row.absent)
        for row in ROWS
        if row.name in end
    )


@dataclass(frozen=True, slots=True)
class FallbackRow:
    """One row of the fallback table: which of the four components is new, and what follows.

    ``can_occur``: whether each libvirt's minimum lets it run its QEMU; ``offered``, ``replied``: the element *nbd*;
    ``method``: what Perform chose; ``outcome``, ``call_of_refusal``, ``why``: as in ``Explanation``.
    """

    new: tuple[bool, bool, bool, bool]
    mix: Mix
    can_occur: bool
    offered: bool
    replied: bool
    method: str
    outcome: str
    call_of_refusal: str
    why: str

    @property
    def result(self) -> str:
        """The method that copies the storage, or ``error``."""
        return self.method if self.outcome == "ok" else "error"


def fallback_table(
    libvirt: Release, qemu: Release, negotiation: Negotiation = Negotiation.RELEASED, **flags: bool
) -> tuple[FallbackRow, ...]:
    """Every mix of old and new: old is libvirt 1.0.2 and a QEMU without ``drive-mirror``, new is as given.

    The order is source libvirt, source QEMU, destination libvirt, destination QEMU, old before new. ``flags``: further
    settings of the model. With VIR_MIGRATE_PERSIST_DEST, without which the element *persistent* of an old source is
    refused by new ones (case C2), whatever becomes of the storage.
    """
    rows = []
    for number in range(16):
        new = tuple(bool(number >> bit & 1) for bit in (3, 2, 1, 0))
        parts = [wanted if is_new else old for is_new, wanted, old in zip(new, _line(libvirt, qemu), _OLD, strict=True)]
        settings = Settings(
            src_libvirt=parts[0],
            src_qemu=parts[1],
            dst_libvirt=parts[2],
            dst_qemu=parts[3],
            minimum_qemu=False,
            persistent=True,
            negotiation=negotiation,
            faults=Faults.NONE,
            **flags,  # type: ignore[arg-type]
        )
        told = explain(settings, {})
        nbd = told.element("nbd")
        fate = "unsent" if nbd is None else nbd.fate
        rows.append(
            FallbackRow(
                (new[0], new[1], new[2], new[3]),
                told.mix,
                runs(parts[0], parts[1]) and runs(parts[2], parts[3]),
                fate != "unsent",
                fate in ("replied", "answered"),
                told.method,
                told.outcome,
                told.call,
                told.why,
            )
        )
    return tuple(rows)


_OLD = (OLD_LIBVIRT, OLDEST_QEMU, OLD_LIBVIRT, OLDEST_QEMU)


def _line(libvirt: Release, qemu: Release) -> tuple[Release, Release, Release, Release]:
    if libvirt <= OLD_LIBVIRT or qemu < MIRROR:
        raise InputError(f"libvirt {libvirt} with QEMU {qemu} is not new; write libvirt 1.0.3 and QEMU 1.3 or later")
    return libvirt, qemu, libvirt, qemu
