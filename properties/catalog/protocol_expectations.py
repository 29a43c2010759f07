"""Which verdict each property of the protocol should have under given settings, and which rule is the reason."""

from __future__ import annotations

from dataclasses import dataclass

from hopcheck.model.domain.protocol.rules import Rules
from hopcheck.model.domain.protocol.settings import Count, Guest, Settings
from hopcheck.properties.verdict import Expectation, Outcome, fails, holds

_FAILURES = (
    "lose_reply",
    "break_connection",
    "kill_client",
    "kill_source_daemon",
    "kill_destination_daemon",
    "kill_destination_qemu",
    "finish_error",
    "cont_error",
)
"""Faults after which a migration that was all sent does not end well."""

_LOCKED = "without late activation the paused destination holds the locks of the images"


@dataclass(frozen=True, slots=True)
class Expectations:
    """The expected verdicts of the properties, by their names."""

    settings: Settings
    rules: Rules

    def may(self, *kinds: str) -> bool:
        """Whether a fault of one of these kinds can happen."""
        if self.settings.faults is Count.NONE:
            return False
        managed = not self.rules.p2p
        return any(getattr(self.settings, kind) and (managed or kind != "kill_client") for kind in kinds)

    @property
    def fenced(self) -> bool:
        """Whether something keeps the guest from running twice."""
        return self.rules.image_lock or self.rules.lease

    @property
    def starts(self) -> bool:
        """Whether Finish starts the CPUs."""
        return not self.rules.stays_paused

    @property
    def switches(self) -> bool:
        """Whether a source may switch to post-copy mode and be marked as such: one whose guest ran."""
        return self.settings.postcopy and not self.rules.offline and self.settings.guest is Guest.RUNNING

    @property
    def fails_after_sending(self) -> bool:
        """Whether a destination that was sent everything may still be given up."""
        cut = ("break_connection", "kill_client", "kill_source_daemon", "kill_destination_daemon", "kill_destination_qemu")
        errors = not self.rules.v2_keeps_destination and self.may("finish_error", *(["cont_error"] if self.starts else []))
        lost = not self.rules.p2p and self.may("lose_reply")
        return self.may(*cut) or errors or lost or (self.may("load_error") and not self.rules.return_path)

    @property
    def confirm_resumes(self) -> bool:
        """Whether a Confirm(0) that fails makes the source go on."""
        return self.may("confirm_error") and self.rules.resumes_although_confirmed

    @property
    def gives_up(self) -> bool:
        """Whether a migration may fail after its source has switched to post-copy mode, and before the guest goes on."""
        heard = set(_FAILURES) - ({"lose_reply"} if self.rules.p2p else set()) - (set() if self.starts else {"cont_error"})
        return self.may(*heard, "stream_error")

    @property
    def twice(self) -> bool:
        """Whether more than one fault can happen."""
        return self.settings.faults not in (Count.NONE, Count.ONE)

    @property
    def doubt(self) -> bool:
        """Whether the conductor may not hear of a destination that goes on."""
        return self.may("lose_reply", "break_connection", "kill_destination_daemon")

    def at_most_one_running(self) -> Expectation:
        """Two generals, and a Confirm that fails."""
        if self.fenced:
            return holds("the fence refuses the second start")
        if not self.rules.v3:
            return holds("version 2 ends the source before the destination starts")
        rolls_back = self.settings.guest is Guest.RUNNING or not self.rules.keeps_runstate_on_failure
        if self.starts and rolls_back:
            if self.doubt:
                return fails("no answer to Finish counts as failure, Confirm(1) resumes the source, and nothing fences it")
            if self.confirm_resumes:
                return fails("a Confirm(0) that fails ends the job like any failure: the source goes on")
        return holds("the conductor always hears of a destination that goes on")

    def never_both_images_active(self) -> Expectation:
        """Images follow the CPUs, and without late activation the load."""
        if self.rules.image_lock:
            return holds("the image lock refuses the second activation")
        if not self.rules.late_activation and self._rolls_back_beside_the_loaded:
            return fails("the destination activates its images when it has loaded, and the source rolls back beside it")
        twice = self.at_most_one_running()
        return twice if not self.rules.lease else holds("the lease keeps the second guest from starting")

    @property
    def _rolls_back_beside_the_loaded(self) -> bool:
        """Whether the source may take its images back while the destination, which need not run, has all of the guest."""
        if self.settings.guest is Guest.RUNNING:
            if self.may("kill_source_daemon"):  # a restart in Perform resumes a guest that the migration has paused
                return True
        elif self.rules.keeps_runstate_on_failure and not self.rules.reactivates_paused:
            return False
        cut = self.may("break_connection", "kill_destination_daemon")
        if not self.rules.v3:
            return cut and self.rules.p2p and self.rules.notices_lost_destination
        return cut or (not self.starts and (self.may("lose_reply") or self.confirm_resumes))

    def no_kill_of_running_dst(self) -> Expectation:
        """Fixed in 1.3.3."""
        may = self.may("kill_destination_daemon") and self.starts and self.rules.v3
        if may and not self.rules.keeps_running_destination:
            return fails("before 1.3.3 a daemon that restarts in Finish kills the guest although its CPUs run")
        return holds("recovery kills only a guest whose CPUs have not been started")

    def rollback_always_possible_before_dst_cont(self) -> Expectation:
        """What stands in the way of the source."""
        if not self.rules.v3:
            return fails("version 2 ends the source when all is sent, before the destination has started the guest")
        if self.switches and self.gives_up:
            return fails("a source in post-copy mode is marked as failed, although the destination never started the guest")
        early = self.rules.image_lock and not self.rules.late_activation and self.settings.guest is Guest.RUNNING
        if early and self.may("break_connection", "kill_source_daemon", "kill_destination_daemon"):
            return fails(_LOCKED)
        return holds("the source keeps the guest, and the destination takes nothing before it starts")

    def _starts_paused(self, *, alone: bool = False) -> bool:
        """Whether a migration that fails starts a guest that was paused before: a Perform that fails, or Confirm(1).

        A daemon that restarts does not, and there is no Confirm in version 2. ``alone``: and the destination has none.
        """
        if self.rules.keeps_runstate_on_failure:
            return False
        ends = {"abort", "stream_error", "break_connection", "kill_client"}
        ends |= {"kill_destination_daemon", "kill_destination_qemu"}
        if self.rules.v3:
            ends |= {"finish_error", "load_error", *(("cont_error",) if self.starts else ())}
            # Without a job from Begin on only Finish's reply counts: the destination has the guest, and maybe the lock.
            if self.rules.protected or not (alone or (self.rules.image_lock and not self.rules.late_activation)):
                ends.add("lose_reply")
        elif self.rules.return_path:
            ends.add("load_error")
        return self.may(*ends)

    def runstate_preserved(self) -> Expectation:
        """Fixed in 1.1.1 and 1.2.2; never in version 2."""
        if self.settings.guest is Guest.PAUSED and not self.rules.v3 and self.may("kill_destination_daemon"):
            return fails("a destination daemon that restarts in Finish2 starts the CPUs, paused before or not")
        if self.settings.guest is Guest.PAUSED and self.starts:
            return fails("libvirt 1.1.0 loses the flag PAUSED in a mask")
        if self._starts_paused():
            return fails("before 1.2.2 a failed migration starts the source's guest, paused before or not")
        return holds("Finish is told to leave a paused guest paused, and roll-back does not start it")

    def defined_somewhere(self) -> Expectation:
        """Who removes the definition, and when."""
        if not self.settings.undefine_source:
            return holds("the source keeps the definition")
        if not self.settings.persist_dest:
            return fails("UNDEFINE_SOURCE without PERSIST_DEST asks for it")
        if not self.rules.v3:
            return fails("version 2 removes the source's definition before the destination has one")
        confirmed = {"break_connection", "kill_destination_daemon", "kill_destination_qemu", "finish_error"}
        confirmed |= {"lose_reply"} if self.rules.protected else set()
        confirmed |= set() if self.rules.return_path else {"load_error"}
        both = self.twice and self.may("kill_source_qemu") and self.may(*confirmed)
        undone = self.doubt or self.may("finish_error") if self.rules.offline else both
        if self.rules.undefines_after_failure and undone:
            return fails("before 4.10.0 a Confirm(1) that finds no guest on the source removes its definition")
        return holds("the definition goes only with a verdict of success")

    def at_least_one_resumable(self) -> Expectation:
        """Who lets go of the last copy."""
        if not self.rules.v3 and self.fails_after_sending:
            return fails("version 2 ends the source before the destination runs; if that fails there is no guest")
        if self.switches and self.gives_up:
            return fails(
                "the destination is killed before it starts the guest, and the source may not go on after post-copy"
            )
        if self.may("kill_source_qemu"):
            return fails("the source's QEMU dies when all is sent: Perform fails, and Finish(1) kills the complete guest")
        return holds("the source keeps the guest until Confirm")

    def no_orphan_jobs(self) -> Expectation:
        """Whose job nobody ends."""
        dies = self.starts and self.may("kill_source_qemu")
        if self.switches and self.rules.recovers_postcopy and (self.gives_up or dies):
            return fails("a job stays in POSTCOPY_FAILED, and there is no peer to resume with")
        mirrors = self.settings.non_shared_disk and not self.rules.restart_cancels_mirrors
        if mirrors and self.may("kill_source_daemon"):
            return fails("before 1.2.17 a daemon that restarts in Perform cancels the migration but not the mirrors")
        return holds("every failure ends the jobs")

    def failed_dst_is_absent(self) -> Expectation:
        """The other side of the two generals."""
        if self.doubt or (self.rules.p2p and self.may("kill_source_daemon")):
            return fails("no answer to Finish counts as failure although the destination goes on (two generals)")
        after = self.may("kill_destination_qemu") or (self.may("cont_error") and not self.rules.v2_keeps_destination)
        if self.settings.persist_dest and self.starts and not self.rules.offline and after:
            return fails("a Finish that fails after it defined the guest leaves the definition behind")
        resumed = self.rules.recovers_postcopy and not (self.twice and self.may("kill_source_daemon"))
        broken = self.may("kill_source_qemu") or (self.may("stream_error") and not resumed)
        if self.switches and self.starts and broken:
            return fails("a post-copy migration that breaks is an error, and the guest runs on the destination")
        return holds("Finish(1), autodestroy and recovery kill the destination")

    def guest_goes_on(self) -> Expectation:
        """Where the guest is left paused for ever."""
        if self.switches and not self.settings.third_party and self.may("kill_source_daemon"):
            return fails("a source daemon that restarts in Perform resumes no guest that is paused for post-copy")
        lost = self.at_least_one_resumable()
        if lost.outcome is not holds("").outcome:
            return lost
        if self._starts_paused(alone=True):
            return self.runstate_preserved()
        if self._left_alone and (self.settings.guest is Guest.RUNNING or not self.rules.v3):
            return fails("a source that is never told the outcome stays paused until somebody resumes it by hand")
        return holds("roll-back, or somebody who looks at both hosts, resumes the guest")

    @property
    def _left_alone(self) -> bool:
        """Whether a source may stay paused for ever.

        A source daemon that conducts hears of a broken connection, and then rolls back by itself or knows that it cannot.
        """
        if self.settings.third_party:
            return False
        if not self.rules.v3:
            return self.rules.v2_keeps_destination and self.starts and self.may("cont_error")
        untold = ("kill_source_daemon", *(() if self.rules.p2p else ("kill_client", "break_connection", "lose_reply")))
        stuck = self.rollback_always_possible_before_dst_cont().outcome is Outcome.UNSAFE
        return self.may(*untold) or self._killed_in_vain or stuck

    @property
    def _killed_in_vain(self) -> bool:
        """Whether a destination that is killed although it runs has kept the source from going on, by its fence."""
        return self.fenced and self.no_kill_of_running_dst().outcome is Outcome.UNSAFE

    def retry_possible(self) -> Expectation:
        """What must be cleaned up before the next try."""
        for ahead in (self.guest_goes_on(), self.at_most_one_running(), self.no_orphan_jobs()):
            if ahead.outcome is Outcome.UNSAFE:
                return ahead
        if self._starts_paused():
            return self.runstate_preserved()
        unheard = self.doubt or self.confirm_resumes
        open_ = self.rules.late_activation or not self.rules.image_lock
        if not self.starts and self.rules.v3 and self.settings.guest is Guest.RUNNING and unheard and open_:
            return fails("the destination is left paused, as it was told, and the source goes on beside it")
        leftovers = ("lose_reply", "break_connection", "kill_client", "kill_source_daemon", "kill_destination_daemon")
        both = self.may("io_error") and self.twice
        stays = not self.settings.third_party and (self.settings.guest is Guest.PAUSED or both)
        if stays and self.rules.v3 and self.may(*leftovers, "confirm_error"):
            return fails("a paused source stays beside the guest that has moved until somebody destroys it by hand")
        return holds("jobs end, and leftovers are destroyed")

    def paused_source_keeps_images(self) -> Expectation:
        """11.3 with QEMU 10.0 looks after most."""
        dropped = (
            ("kill_source_daemon",)
            if self.rules.p2p
            else ("kill_source_daemon", "break_connection", "kill_client", "lose_reply")
        )
        # A Confirm(0) that fails drops the job too; for the source to stay alone its destination must have died.
        both = self.twice and self.may("confirm_error") and self.may("kill_destination_qemu") and not self.confirm_resumes
        if self.may(*dropped) or both or self._killed_in_vain:
            return fails("a job that is dropped after Perform restores nothing: the images stay inactive")
        if self.fails_after_sending and self.rules.keeps_runstate_on_failure and not self.rules.reactivates_paused:
            return fails("before libvirt 11.3 with QEMU 10.0 only cont activates images again")
        dies = self.twice and self.doubt and self.may("kill_destination_qemu")
        gone = dies or self.may("break_connection", "kill_destination_daemon")
        if self.rules.image_lock and not self.rules.late_activation and gone:
            return fails(_LOCKED)
        if self.fenced and self.starts and dies:
            return fails("a destination that runs, and then dies, keeps the source from taking its images back")
        return holds("roll-back activates the images of a guest that stays paused")

    def no_source_resume_after_postcopy(self) -> Expectation:
        """Always kept."""
        return holds("every roll-back looks at the reason for which the source is paused")

    def phases_are_monotone(self) -> Expectation:
        """Always kept."""
        return holds("each call sets a later phase, or ends the job")
