"""One disk of a guest that migrates from host to host: who lets it, and what its guest reads after it."""

from __future__ import annotations

from hopcheck.model.domain.storage.copies import declare_copies
from hopcheck.model.domain.storage.disk import declare_disk
from hopcheck.model.domain.storage.faults import fault_actions, roll_back_action
from hopcheck.model.domain.storage.guest import guest_actions, other_actions
from hopcheck.model.domain.storage.handover import (
    check_actions,
    destination_actions,
    early_actions,
    hand_over_actions,
)
from hopcheck.model.domain.storage.mechanism import mechanism
from hopcheck.model.domain.storage.run import declare_run
from hopcheck.model.domain.storage.settings import Settings
from hopcheck.model.language import System, SystemBuilder


def system(settings: Settings) -> System:
    """The model under these settings.

    The disk (``disk.NAMES``) is chosen at the start and never changes: all disks that the settings leave are explored
    at once, and ``configuration`` tells them apart as one expression for ``group_by``.
    """
    builder = SystemBuilder("storage")
    disk = declare_disk(builder, settings)
    copies = declare_copies(builder, disk, settings)
    run = declare_run(builder, settings, mechanism(settings), disk, copies)
    check_actions(run)
    early_actions(run)
    guest_actions(run)
    other_actions(run)
    hand_over_actions(run)
    destination_actions(run)
    roll_back_action(run)
    fault_actions(run)
    return builder.build()
