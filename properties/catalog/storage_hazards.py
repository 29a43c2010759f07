"""When a disk is not safe: each hazard in one sentence, decided from the disk and the settings alone.

This is the same knowledge as the storage model's, as a closed form: no states, no order of events. The search does not
use it, and it does not use the search. That the two agree, disk by disk, is tested.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from hopcheck.model.domain.settings import Release
from hopcheck.model.domain.storage.configuration import Configuration, configurations
from hopcheck.model.domain.storage.mechanism import Mechanism, mechanism
from hopcheck.model.domain.storage.policy import Rule
from hopcheck.model.domain.storage.settings import Device, Faults, NetworkClient, Policy, Settings, ThirdReader
from hopcheck.properties.verdict import Expectation, fails, holds


class Name(enum.StrEnum):
    """The properties."""

    NO_STALE_READ = "NO_STALE_READ"
    SAME_BYTES = "ACCEPTED_IMPLIES_SAME_BYTES_VISIBLE"
    ONE_ACTIVE = "NEVER_BOTH_IMAGES_ACTIVE"
    SOURCE_CLEAN = "SOURCE_CLEAN_AT_DESTINATION_CONT"
    LENGTH_KNOWN = "DEVICE_KNOWS_LENGTH"
    SURVIVES = "GUEST_SURVIVES"
    NO_NEEDLESS_REFUSAL = "NO_NEEDLESS_REFUSAL"


@dataclass(frozen=True, slots=True)
class Hazard:
    """A property that a disk can violate once it migrates, and why."""

    violates: Name
    why: str


@dataclass(frozen=True, slots=True)
class Case:
    """One disk under the settings: the conditions of ``model.domain.storage.disk``, as plain truth values."""

    settings: Settings
    done: Mechanism
    disk: Configuration

    @property
    def metadata(self) -> bool:
        """The format keeps tables of its own."""
        return self.disk.format != "raw"

    @property
    def direct(self) -> bool:
        """O_DIRECT."""
        return self.disk.cache in ("none", "directsync")

    @property
    def through(self) -> bool:
        """A flush after every write."""
        return self.disk.cache in ("directsync", "writethrough")

    @property
    def network(self) -> bool:
        """A client in QEMU's process."""
        return self.disk.medium == "network"

    @property
    def nfs(self) -> bool:
        """Close-to-open."""
        return self.disk.medium.startswith("nfs")

    @property
    def buffered(self) -> bool:
        """Read and written through a cache, of the host or of the client."""
        if self.network:
            return not self.direct and self.settings.network_client is not NetworkClient.STATELESS
        return not self.direct and self.disk.medium != "nvme"

    @property
    def coherent(self) -> bool:
        """The hosts' page caches act as one."""
        return self.disk.medium in ("cluster", "gpfs") and self.settings.coherent_cluster

    @property
    def shared(self) -> bool:
        """Both hosts can open the same bytes."""
        return self.disk.medium not in ("nvme", "local")

    @property
    def onto_itself(self) -> bool:
        """The copy goes to the path it comes from, one for both hosts."""
        return self.disk.copied and self.shared and not self.settings.copy_elsewhere

    @property
    def fenced(self) -> bool:
        """A lock spans the hosts."""
        spans_hosts = self.disk.medium in ("cluster", "gpfs", "nfs_protocol", "nfs_linux")
        return self.settings.lock_manager or (self.done.image_lock and spans_hosts)

    @property
    def blocked(self) -> bool:
        """QEMU has a migration blocker for the format."""
        return (self.disk.format == "blocked" and self.done.blocker) or (self.disk.format == "qed" and self.done.blocker_qed)

    @property
    def locked(self) -> bool:
        """QEMU refuses the copy: the source has the lock."""
        return self.onto_itself and self.fenced

    @property
    def may_fail(self) -> bool:
        """Faults happen."""
        return self.settings.faults is not Faults.ZERO


def hazards(settings: Settings, disk: Configuration) -> tuple[Hazard, ...]:
    """Every hazard of a disk; where QEMU itself refuses in the end, only what came before that."""
    case = Case(settings, mechanism(settings), disk)
    if case.locked:
        return ()
    if case.blocked:
        return tuple(_of_copy_onto_itself(case))
    return (
        *_of_reading(case),
        *_of_two_images(case),
        *_of_dirty_source(case),
        *_of_length(case),
        *_of_loss(case),
    )


def _of_reading(case: Case) -> Iterator[Hazard]:
    if not case.shared and not case.disk.copied:
        yield Hazard(Name.SAME_BYTES, "the destination opens a disk of its own")
        return
    for why in _stale(case):
        yield Hazard(Name.NO_STALE_READ, why)
        yield Hazard(Name.SAME_BYTES, why)


def _stale(case: Case) -> Iterator[str]:
    """Why the destination may read old bytes."""
    disk, done = case.disk, case.done
    if disk.copied:
        if case.onto_itself:
            yield "the copy goes onto the disk itself, over what the guest writes meanwhile"
        return
    if disk.readonly:
        return
    if disk.medium == "nfs_protocol" and not done.closes:
        yield "NFS promises close-to-open only: an open file may show old bytes, even with O_DIRECT"
    if case.metadata and not _reloads(case):
        yield f"the destination keeps the tables of {_of_format(disk.format)} that it read early"
    if not done.flushes and not case.through and (case.metadata or (case.buffered and not case.coherent)):
        yield "the source does not flush"
    if _dirty_after_flush(case) and not case.coherent:
        yield "cache=unsafe ignores the source's flush: the newest bytes stay in its host's memory"
    if case.coherent and _crash_loses(case):
        yield "what only the source host's memory holds is lost when it crashes after the destination's cont"
    if case.buffered and not case.coherent and _early_copy(case) and not _dropped(case):
        yield "the destination host's cache keeps pages that it read early"
    if disk.shareable and case.settings.second_writer and _apart(case):
        yield "another guest writes to the shareable disk through another host's cache"


def _of_format(format_: str) -> str:
    return "a format that is blocked today" if format_ == "blocked" else format_


def _reloads(case: Case) -> bool:
    return {"qcow2": case.done.reloads_qcow2, "qed": case.done.reloads_qed}.get(case.disk.format, False)


def _dirty_after_flush(case: Case) -> bool:
    """cache=unsafe, and no close that writes out after all."""
    closes_out = case.done.closes and (case.nfs or case.network)
    return case.disk.cache == "unsafe" and case.buffered and not closes_out


def _dirty_at_cont(case: Case) -> bool:
    unflushed = not case.done.flushes and not case.through and case.buffered
    return _dirty_after_flush(case) or unflushed


def _crash_loses(case: Case) -> bool:
    alone = not (case.disk.shareable and case.settings.second_writer)
    return case.may_fail and case.settings.source_host_crashes and alone and _dirty_at_cont(case)


def _early_copy(case: Case) -> bool:
    """A network client's cache is new with each process; a host's has pages from before, or from the early open."""
    return not case.network or case.settings.early_open or case.metadata


def _dropped(case: Case) -> bool:
    if case.done.closes and case.nfs:
        return True
    if case.network:
        return case.done.invalidates_rbd and case.settings.network_client is NetworkClient.RBD
    return case.done.drops_cache and case.settings.third_reader is not ThirdReader.MAPS


def _apart(case: Case) -> bool:
    return case.disk.medium == "nfs_protocol" or (case.buffered and not case.coherent)


def _of_copy_onto_itself(case: Case) -> Iterator[Hazard]:
    if case.onto_itself:
        yield Hazard(Name.ONE_ACTIVE, "the copy is written where the source still writes, and no lock spans the hosts")


def _of_two_images(case: Case) -> Iterator[Hazard]:
    yield from _of_copy_onto_itself(case)
    if case.disk.copied or case.disk.readonly or not case.shared:
        return
    if not case.done.hands_over:
        yield Hazard(Name.ONE_ACTIVE, "before QEMU 2.6 the source never gives up the image")
    elif case.may_fail and case.done.reactivates and not case.done.closes and not case.fenced:
        if case.settings.finish_reply_lost:
            yield Hazard(Name.ONE_ACTIVE, "the reply of Finish is lost, and no lock spans the hosts")
        if case.settings.destination_unreachable and not case.done.late:
            yield Hazard(Name.ONE_ACTIVE, "the paused destination has the image active, and no lock spans the hosts")


def _of_dirty_source(case: Case) -> Iterator[Hazard]:
    if case.disk.copied or case.disk.readonly or not case.shared:
        return
    if _dirty_after_flush(case):
        yield Hazard(Name.SOURCE_CLEAN, "cache=unsafe ignores the source's flush")
    if not case.done.flushes and not case.through and (case.metadata or case.buffered):
        yield Hazard(Name.SOURCE_CLEAN, "the source does not flush")
    if case.disk.shareable and case.settings.second_writer and case.buffered and not case.through:
        yield Hazard(Name.SOURCE_CLEAN, "another guest on the source host writes to the shareable disk's cache")


def _of_length(case: Case) -> Iterator[Hazard]:
    if not case.settings.online_resize or case.disk.copied or case.disk.readonly or not case.shared:
        return
    if not (case.done.refreshes_length or _reloads(case)):
        yield Hazard(Name.LENGTH_KNOWN, "activation does not ask for the length again")
    elif case.settings.device is not Device.VIRTIO_BLK:
        yield Hazard(Name.LENGTH_KNOWN, "a device other than virtio-blk took the length when it was made")


def _of_loss(case: Case) -> Iterator[Hazard]:
    settings, done = case.settings, case.done
    if not case.may_fail or not (settings.stream_breaks or settings.destination_unreachable):
        return
    if done.closes:
        yield Hazard(Name.SURVIVES, "the source has closed its files and cannot know whose they are: it cannot go on")
    if done.inactivates and not done.reactivates:
        yield Hazard(Name.SURVIVES, "QEMU 2.6 to 2.8 cannot take an inactive image back")


def may_be_forced(settings: Settings) -> bool:
    """Whether a disk that is refused can migrate all the same."""
    has_flag = settings.policy is not Policy.LIBVIRT or settings.libvirt >= Release("0.9.11")
    return settings.force and has_flag and any(not rule.accepts for _, rule in configurations(settings))


def refusals_can_be_weighed(settings: Settings) -> bool:
    """Whether what comes of a refused disk can be seen: it is forced, and no fault, nor the lack of one, cuts it short."""
    if settings.source_qemu_dies and settings.faults is not Faults.ZERO:
        return False
    return may_be_forced(settings) and settings.faults in (Faults.ZERO, Faults.UNBOUNDED)


def expected(settings: Settings, name: Name) -> Expectation:
    """The verdict that a property should have: it fails with the hazard of a disk that the policy accepts."""
    found: dict[str, set[str]] = {}
    for disk, rule in configurations(settings):
        if rule.accepts or (name is Name.SURVIVES and may_be_forced(settings)):
            for hazard in hazards(settings, disk):
                if hazard.violates is name:
                    found.setdefault(hazard.why, set()).add(rule.number)
    if not found:
        return holds("no disk that the policy accepts has a hazard of this kind")
    told = "; ".join(f"{why} (rule {', '.join(sorted(rules))})" for why, rules in found.items())
    return fails(told, causes=tuple(found))


def needless_refusals(settings: Settings) -> tuple[tuple[Configuration, Rule], ...]:
    """The disks that are refused, could migrate, and would come to no harm."""
    harm = (Name.NO_STALE_READ, Name.SAME_BYTES, Name.SURVIVES)
    found = []
    for disk, rule in configurations(settings):
        case = Case(settings, mechanism(settings), disk)
        harmless = not any(hazard.violates in harm for hazard in hazards(settings, disk))
        if not rule.accepts and not case.blocked and not case.locked and harmless:
            found.append((disk, rule))
    return tuple(found)


def expected_of_refusals(settings: Settings) -> Expectation:
    """The verdict that ``NO_NEEDLESS_REFUSAL`` should have."""
    found = needless_refusals(settings)
    if not found:
        return holds("every disk that is refused has a hazard")
    disk, rule = found[0]
    return fails(
        f"{len(found)} disks are refused without need, such as {disk} (rule {rule.number}: {rule.text})",
        causes=tuple(dict.fromkeys(f"rule {each.number} refuses disks that would come to no harm" for _, each in found)),
    )


def expected_arrival(settings: Settings) -> Expectation:
    """The verdict that the wish for one migration that ends well should have."""
    for disk, rule in configurations(settings):
        case = Case(settings, mechanism(settings), disk)
        opens_the_bytes = case.shared or disk.copied
        if (rule.accepts or may_be_forced(settings)) and opens_the_bytes and not case.blocked and not case.locked:
            return holds(f"{disk}: with no writes at the wrong time every layer shows the newest bytes")
    return fails("no disk migrates to where its bytes are")
