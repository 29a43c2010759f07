"""What pages call ``~/qemu``: a repository with two releases, a branch and a patch of a QEMU that never was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.synthetic import Device, Source
from tests.unit.importers.trees.repository import commit, git

BLK = "virtio-blk-device"
_DEVICES = {BLK: Device(props={"num-queues": 65535, "queue-size": 256, "event_idx": True})}

RELEASED = Source("10.1.0", ("10.0", "10.1"), {"10.0": ((BLK, "event_idx", "off"),)}, _DEVICES)
DEVELOPMENT = replace(
    RELEASED, version="10.1.50", machines=("10.0", "10.1", "10.2"), entries={**RELEASED.entries, "10.1": ()}
)
WITHOUT_ENTRY = DEVELOPMENT.with_default(BLK, "queue-size", 512)
"""What the branch ``topic`` and the patch do: a new default, and machine types up to 10.1 forgotten."""


def qemu(home: Path) -> None:
    """Make ``~/qemu``, a checkout of ``master``, and ``~/0001-new-default.patch``."""
    tree = home / "qemu"
    commit(tree, dict(RELEASED.files()), "10.1.0")
    git(tree, "tag", "v10.1.0")
    commit(tree, dict(DEVELOPMENT.files()), "open 10.2")
    git(tree, "checkout", "--quiet", "-b", "topic")
    commit(tree, dict(WITHOUT_ENTRY.files()), "virtio-blk: raise queue-size")
    (home / "0001-new-default.patch").write_text(git(tree, "format-patch", "--stdout", "master..topic"), "utf-8")
    git(tree, "checkout", "--quiet", "master")
