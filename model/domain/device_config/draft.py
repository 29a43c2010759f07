"""Drafts: machine types that a development tree holds and no release has shipped yet. They may still change."""

from __future__ import annotations

from hopcheck.model.domain.device_config.families import machine_type
from hopcheck.model.facts.versions import version_key

DEVELOPMENT = 50
"""QEMU counts x.y.50 and up between the releases: x.y.50 right after x.y, x.y.90 and up for release candidates."""


def is_draft(version: str, machine: str) -> bool:
    """Whether a build of that version has not released the machine type: what it gives to it is no promise."""
    major, minor, patch, early = version_key(version)
    each = machine_type(machine)
    own = version_key(each.version)[:2]
    if each.vendor:  # a distribution's versions are not on this scale
        return False
    if early:
        return own >= (major, minor)
    return patch >= DEVELOPMENT and own > (major, minor)


def in_development(version: str) -> bool:
    """Whether a build of that version is no release: guests do not stay on it."""
    _, _, patch, early = version_key(version)
    return bool(early) or patch >= DEVELOPMENT
