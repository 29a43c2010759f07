"""What must hold of a migration: the safety and progress properties, as expressions over the protocol's state."""

from __future__ import annotations

from dataclasses import dataclass

from hopcheck.model.domain.protocol.rules import Rules
from hopcheck.model.domain.protocol.settings import Guest, Settings
from hopcheck.model.domain.protocol.state import PHASE_SRC, RUNNING_DST
from hopcheck.model.language import FALSE, TRUE, Expr, System, after, all_of


@dataclass(frozen=True, slots=True, eq=False)
class Goals:
    """The expressions over one system; ``rules``: those of its settings."""

    system: System
    settings: Settings
    rules: Rules

    def __getitem__(self, name: str) -> Expr:
        return self.system[name]

    @property
    def dst_runs(self) -> Expr:
        """The destination's CPUs run."""
        return self["dst"].one_of(*RUNNING_DST)

    # safety ----------------------------------------------------------------------------------------------------
    def at_most_one_running(self) -> Expr:
        """Never CPUs on both hosts."""
        return ~((self["src"] == "running") & self.dst_runs)

    def never_both_images_active(self) -> Expr:
        """Never two QEMUs that write."""
        return ~((self["img_src"] == "active") & (self["img_dst"] == "active"))

    def no_source_resume_after_postcopy(self) -> Expr:
        """Once the destination ran in post-copy mode, the source's state is not the guest's any more."""
        return (self["ran"] == "postcopy").implies(self["src"] != "running")

    def no_kill_of_running_dst(self) -> Expr:
        """Over a step: CPUs that run on the destination are ended by the death of QEMU only."""
        return self.dst_runs.implies((after(self["dst"]) != "none") | after(self["lost"]))

    def rollback_always_possible_before_dst_cont(self) -> Expr:
        """Until the destination takes over, nothing keeps the source from going on."""
        taken = (self["ran"] != "no") | (self["dst"] == "paused") | self["lost"]
        given_up = self["refused"] | (self["src"] == "paused_postcopy_failed")
        return (~taken).implies(~given_up & (self["src"] != "shutoff"))

    def runstate_preserved(self) -> Expr:
        """Paused before, paused after, wherever the guest ends up; and the other way round."""
        if self.settings.guest is Guest.PAUSED:
            return (self["src"] != "running") & ~self.dst_runs
        return TRUE if self.settings.paused else self["dst"] != "paused"

    def defined_somewhere(self) -> Expr:
        """A guest that was defined stays defined on a host."""
        return self["def_src"] | self["def_dst"]

    def at_least_one_resumable(self) -> Expr:
        """Some host holds the complete guest, and may run it; a post-copy migration that has begun is another matter."""
        here = self["src"].one_of("running", "paused", "paused_ioerror", "paused_migration", "paused_postcopy")
        loaded = (self["dst"] == "paused_migration") & (self["stream"] == "completed")
        there = self.dst_runs | (self["dst"] == "paused") | loaded
        return here | there | self["lost"] | (self["ran"] == "postcopy")

    def paused_source_keeps_images(self) -> Expr:
        """A guest that was paused before, and stays on the source, can use its images when all is over."""
        left = (self["src"] == "paused") & (self["dst"] == "none") & (self["phase_src"] == "NONE")
        return (left & (self["stream"] == "completed")).implies(self["img_src"] == "active")

    def phases_are_monotone(self) -> Expr:
        """Over a step: a phase never goes back, except out of a failed post-copy; a job may end."""
        members = PHASE_SRC.members[: PHASE_SRC.members.index("POSTCOPY_FAILED")]
        now, then = self["phase_src"], after(self["phase_src"])
        source = all_of(
            (now == later).implies(~then.one_of(*members[1:rank])) for rank, later in enumerate(members) if rank > 1
        )
        finishing = self["phase_dst"].one_of("FINISH2", "FINISH3")
        return source & finishing.implies(after(self["phase_dst"]) != "PREPARE")

    # progress --------------------------------------------------------------------------------------------------
    @property
    def calm(self) -> Expr:
        """No further fault comes."""
        return self["faults"] == 0

    def ended(self) -> Expr:
        """No job is left on either side."""
        return (self["phase_src"] == "NONE") & (self["phase_dst"] == "NONE") & ~self["mirror"]

    def no_orphan_jobs(self) -> Expr:
        """The conversation is over, and with it every job."""
        return self.calm & self.ended()

    def failed_dst_is_absent(self) -> Expr:
        """After an error the destination has neither process nor definition."""
        absent = (self["dst"] == "none") & ~self["def_dst"] & (self["phase_dst"] == "NONE")
        return self.calm & ((self["result"] != "error") | absent)

    def _here(self) -> Expr:
        before = self.settings.guest.value if not self.settings.offline else "shutoff"
        return self["src"].one_of(before, "paused_ioerror")

    def _there(self) -> Expr:
        return FALSE if self.settings.offline else self["dst"].one_of(*RUNNING_DST, "paused")

    def guest_goes_on(self) -> Expr:
        """The guest is as before on one of the hosts (unless the death of a QEMU took it)."""
        return self.calm & (self["lost"] | self._here() | self._there())

    def retry_possible(self) -> Expr:
        """The guest has moved, or is where it was and can be migrated again."""
        again = self._here() & (self["dst"] == "none") & self.ended()
        gone = ~self["src"].one_of("running", "paused", "paused_ioerror")
        moved = self["def_dst"] & self.ended() if self.settings.offline else self._there() & gone
        return self.calm & (self["lost"] | again | moved)

    # reachability ----------------------------------------------------------------------------------------------
    def migrates(self) -> Expr:
        """The guest has moved, and everybody knows."""
        moved = self["def_dst"] if self.settings.offline else self._there() & (self["src"] == "shutoff")
        return (self["result"] == "ok") & moved
