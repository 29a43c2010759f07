"""libvirt's migration protocol: who calls whom, who kills and who resumes the guest at each failure.

Sources: libvirt 7.0.0, 8.5.0, 9.0.0 and 11.3.0 (``src/libvirt-domain.c``, ``src/qemu/qemu_migration.c``,
``src/qemu/qemu_process.c``) and its history; QEMU 5.2 to 11.1, some of it executed. ``docs/models/protocol.md`` has the
tables, where each row stands, and what is left out.
"""

from __future__ import annotations

from hopcheck.model.domain.protocol.conductor import conduct
from hopcheck.model.domain.protocol.confirm import confirm
from hopcheck.model.domain.protocol.faults import faults
from hopcheck.model.domain.protocol.finish import finish
from hopcheck.model.domain.protocol.perform import perform
from hopcheck.model.domain.protocol.postcopy import postcopy
from hopcheck.model.domain.protocol.recovery import recover
from hopcheck.model.domain.protocol.rules import Rules, rules_of
from hopcheck.model.domain.protocol.selection import Protocol, Refused
from hopcheck.model.domain.protocol.settings import Settings
from hopcheck.model.domain.protocol.state import declare
from hopcheck.model.language import System, SystemBuilder

__all__ = ["Settings", "system"]


def system(settings: Settings) -> System:
    """One migration of one guest under these settings, with its faults.

    Where a call refuses the migration outright, that is all that happens.
    """
    builder = SystemBuilder("protocol")
    rules = rules_of(settings)
    state = declare(builder, settings, rules or Rules(settings, Protocol.V3))
    selection = settings.selection
    if isinstance(selection, Refused):
        labels = {"by": selection.call, "because": selection.why}
        builder.action("refuse", guard=state.call == "none", updates=state.ends("error"), labels=labels)
        return builder.build()
    conduct(state)
    if not state.rules.offline:
        perform(state)
    finish(state)
    if state.rules.v3:
        confirm(state)
    if settings.postcopy:
        postcopy(state)
    recover(state)
    faults(state)
    return builder.build()
