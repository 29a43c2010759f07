"""The state of one migration: the variables, named as libvirt and QEMU name them, and what is often asked of them."""

from __future__ import annotations

from dataclasses import dataclass

from hopcheck.model.domain.protocol.rules import Rules
from hopcheck.model.domain.protocol.settings import Count, Guest, Settings
from hopcheck.model.language import Bool, Enum, Expr, If, Range, SystemBuilder, Update, becomes, literal

CALL = Enum(
    "none",
    "begin",
    "prepare",
    "perform",
    "finish",
    "confirm",
    "begin_resume",
    "prepare_resume",
    "perform_resume",
    "finish_resume",
    "confirm_resume",
    "over",
)
REPLY = Enum("none", "ok", "error")
PHASE_SRC = Enum(
    "NONE",
    "PERFORM2",
    "BEGIN3",
    "PERFORM3",
    "PERFORM3_DONE",
    "CONFIRM3_CANCELLED",
    "CONFIRM3",
    "POSTCOPY_FAILED",
    "BEGIN_RESUME",
    "PERFORM_RESUME",
    "CONFIRM_RESUME",
)
PHASE_DST = Enum("NONE", "PREPARE", "FINISH2", "FINISH3", "POSTCOPY_FAILED", "PREPARE_RESUME", "FINISH_RESUME")
SRC = Enum(
    "running",
    "paused",
    "paused_ioerror",
    "paused_migration",
    "paused_postcopy",
    "paused_postcopy_failed",
    "shutoff",
    "crashed",
)
DST = Enum("none", "paused_migration", "paused", "running", "running_postcopy", "running_postcopy_failed")
IMAGES = Enum("active", "inactive")
STREAM = Enum(
    "none",
    "active",
    "pre_switchover",
    "device",
    "completed",
    "postcopy_active",
    "postcopy_paused",
    "failed",
    "cancelled",
)
RAN = Enum("no", "precopy", "postcopy")

RUNNING_DST = ("running", "running_postcopy", "running_postcopy_failed")
POSTCOPY = ("postcopy_active", "postcopy_paused")
UNDER_WAY = ("active", "pre_switchover", "device")


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """The variables.

    ``call``: the call that the conductor (client or source daemon) made last; ``reply``: whether it was answered;
    ``cancelled``: what Confirm is told; ``result``: what the user is told. ``client``, ``source_daemon`` and
    ``destination_daemon``: who is alive; ``ctl_src`` and ``ctl_dst``: the conductor's connections. ``phase_src`` and
    ``phase_dst``: the phases of the two jobs. ``src`` and ``dst``: the guest, as the daemons see it; a guest that is
    gone from the destination is ``none``. ``img_src`` and ``img_dst``: whether a QEMU there has the images active.
    ``stream``: the status of the source QEMU's migration. ``mirror``: block jobs copy storage. ``def_src`` and
    ``def_dst``: the guest is defined there. History: ``ran``, whether the destination's CPUs ever ran and in which
    mode; ``refused``, whether a fence kept the source from going on; ``lost``, whether a fault killed the QEMU with
    the only complete state. ``faults``: how many may still come (1 where there is no bound, until they end).
    """

    system: SystemBuilder
    settings: Settings
    rules: Rules
    call: Expr
    reply: Expr
    cancelled: Expr
    result: Expr
    client: Expr
    source_daemon: Expr
    destination_daemon: Expr
    ctl_src: Expr
    ctl_dst: Expr
    phase_src: Expr
    phase_dst: Expr
    src: Expr
    dst: Expr
    img_src: Expr
    img_dst: Expr
    stream: Expr
    mirror: Expr
    def_src: Expr
    def_dst: Expr
    ran: Expr
    refused: Expr
    lost: Expr
    faults: Expr

    # who can reach whom ----------------------------------------------------------------------------------------
    @property
    def conductor(self) -> Expr:
        """Whoever conducts the migration is alive."""
        return self.source_daemon if self.rules.p2p else self.client

    @property
    def unattended(self) -> Expr:
        """Nobody conducts the migration any more."""
        return (self.call == "over") | ~self.conductor

    @property
    def reach_src(self) -> Expr:
        """The conductor can call the source daemon."""
        return self.source_daemon if self.rules.p2p else self.source_daemon & self.ctl_src

    @property
    def reach_dst(self) -> Expr:
        """The conductor can call the destination daemon."""
        return self.destination_daemon & self.ctl_dst

    def answered(self, call: str) -> Expr:
        """The conductor reads a good answer to its call."""
        return self._called(call) & (self.reply == "ok") & self._link(call)

    def unanswered(self, call: str) -> Expr:
        """The conductor knows that it will get no good answer to its call."""
        return self._called(call) & ((self.reply == "error") | ~self._link(call))

    def _called(self, call: str) -> Expr:
        return self.conductor & (self.call == call)

    def _link(self, call: str) -> Expr:
        to_dst = call.startswith(("prepare", "finish"))
        return self.reach_dst if to_dst else self.reach_src

    # the guest -------------------------------------------------------------------------------------------------
    @property
    def dst_runs(self) -> Expr:
        """The destination's CPUs run."""
        return self.dst.one_of(*RUNNING_DST)

    @property
    def src_alive(self) -> Expr:
        """There is a QEMU on the source."""
        return ~self.src.one_of("shutoff", "crashed")

    @property
    def src_cont_refused(self) -> Expr:
        """A fence keeps the source from going on."""
        if self.rules.image_lock:
            return self.img_dst == "active"
        return self.dst_runs if self.rules.lease else literal(Bool, False)

    @property
    def dst_cont_refused(self) -> Expr:
        """A fence keeps the destination from going on."""
        if self.rules.image_lock:
            return self.img_src == "active"
        return self.src == "running" if self.rules.lease else literal(Bool, False)

    @property
    def loaded(self) -> Expr:
        """The destination has all of the guest, and has not gone on with it."""
        return (self.dst == "paused_migration") & (self.stream == "completed")

    def restored(self) -> list[Update]:
        """What the source does to be as before: go on where it ran before and the migration has paused it."""
        if self.settings.guest is Guest.PAUSED:
            again = self.rules.keeps_runstate_on_failure and not self.rules.reactivates_paused
            return [] if again else self._left_paused()
        goes_on = (self.src == "paused_migration") & ~self.src_cont_refused
        return [
            becomes(self.src, If(goes_on, "running", self.src)),
            becomes(self.img_src, If(goes_on, "active", self.img_src)),
            becomes(self.refused, self.refused | ((self.src == "paused_migration") & self.src_cont_refused)),
        ]

    def started_although_paused(self) -> list[Update]:
        """What a Perform that fails does to a guest that was paused before: until 1.2.2 it starts it."""
        wrong = self.settings.guest is Guest.PAUSED and not self.rules.keeps_runstate_on_failure
        return self._left_paused() if wrong else []

    def _left_paused(self) -> list[Update]:
        """A guest that was paused before: started (until 1.2.2), or its images activated (since 11.3)."""
        may = (self.src == "paused") & ~self.src_cont_refused
        kept = self.rules.keeps_runstate_on_failure
        started = [] if kept else [becomes(self.src, If(may, "running", self.src))]
        return [*started, becomes(self.img_src, If(may, "active", self.img_src))]

    def ends(self, result: str) -> list[Update]:
        """The conductor is done, and the user is told."""
        return [becomes(self.call, "over"), becomes(self.reply, "none"), becomes(self.result, result)]

    def replies(self, call: str, reply: str) -> Update:
        """A daemon answers a call; nobody reads the answer when the conductor has gone on without it."""
        return becomes(self.reply, If(self.call == call, literal(REPLY, reply), self.reply))

    def calls(self, call: str, reply: str = "none") -> list[Update]:
        """The conductor's next call; with a reply, it is answered at once."""
        return [becomes(self.call, call), becomes(self.reply, reply)]

    def fault(self, name: str, *, guard: object, updates: list[Update], **labels: str) -> None:
        """A fault, if the setting of its name allows it; it spends one of those that may still come."""
        if not getattr(self.settings, name) or self.settings.faults is Count.NONE:
            return
        spent = [] if self.settings.faults is Count.UNBOUNDED else [becomes(self.faults, self.faults - 1)]
        self.system.action(name, guard=(self.faults > 0) & guard, updates=[*updates, *spent], labels=labels)


def declare(system: SystemBuilder, settings: Settings, rules: Rules) -> State:
    """Declare the variables, as they are before the first call."""
    src = "shutoff" if settings.offline else settings.guest.value
    bound = 1 if settings.faults is Count.UNBOUNDED else int(settings.faults.value)

    def flag(name: str, initial: bool) -> Expr:
        return system.variable(name, Bool, initial=initial)

    return State(
        system,
        settings,
        rules,
        call=system.variable("call", CALL, initial="none"),
        reply=system.variable("reply", REPLY, initial="none"),
        cancelled=flag("cancelled", False),
        result=system.variable("result", REPLY, initial="none"),
        client=flag("client", True),
        source_daemon=flag("source_daemon", True),
        destination_daemon=flag("destination_daemon", True),
        ctl_src=flag("ctl_src", True),
        ctl_dst=flag("ctl_dst", True),
        phase_src=system.variable("phase_src", PHASE_SRC, initial="NONE"),
        phase_dst=system.variable("phase_dst", PHASE_DST, initial="NONE"),
        src=system.variable("src", SRC, initial=src),
        dst=system.variable("dst", DST, initial="none"),
        img_src=system.variable("img_src", IMAGES, initial="inactive" if settings.offline else "active"),
        img_dst=system.variable("img_dst", IMAGES, initial="inactive"),
        stream=system.variable("stream", STREAM, initial="none"),
        mirror=flag("mirror", False),
        def_src=flag("def_src", True),
        def_dst=flag("def_dst", False),
        ran=system.variable("ran", RAN, initial="no"),
        refused=flag("refused", False),
        lost=flag("lost", False),
        faults=system.variable("faults", Range(0, bound), initial=bound),
    )
