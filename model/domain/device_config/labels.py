"""Labels: the version in the name of a compat array, and whose releases it counts.

``hw_compat_9_1`` holds for machine types up to QEMU 9.1. A distribution that counts machine types of its own labels their
arrays likewise, as in ``hw_compat_rhel_9_6``: what such a label says has nothing to do with QEMU's versions.
"""

from __future__ import annotations

import re

from hopcheck.model.domain.device_config.families import machine_type, vendors
from hopcheck.model.facts.schema import Build
from hopcheck.model.facts.versions import version_key

_LABEL = re.compile(r"(\d+)_(\d+)(?:_(\d+))?(?!.*\d)")


def label_of(array: str) -> str:
    """The version in the name of an array: "5.1" for ``hw_compat_5_1``, "" where there is none."""
    match = _LABEL.search(array)
    return "" if match is None else ".".join(part for part in match.groups() if part)


def label_key(array: str) -> tuple[int, ...]:
    """A key that sorts arrays by their label, newest first."""
    return tuple(-part for part in version_key(label_of(array)))


def vendor_of(array: str, build: Build) -> str:
    """Whose releases the label of an array counts: one of the distributions that the build knows, "" for QEMU's."""
    words = re.findall(r"[a-z]+", array.lower())
    return next((vendor for vendor in sorted(vendors(build)) if vendor in words), "")


def newest_release(build: Build, vendor: str) -> tuple[int, int, int, int]:
    """The newest release that labels of a build can count, as a key: its own version, or a distribution's newest."""
    if not vendor:
        return version_key(build.version)
    own = (each for name in build.machines if (each := machine_type(name)).vendor == vendor)
    return max(version_key(each.version) for each in own)
