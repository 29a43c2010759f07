"""What a migration between one mix of releases comes to, told in plain Python from the tables of facts.

Expected verdicts come from here and not from the model: two accounts of the same facts, which have to agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hopcheck.model.domain.cookies.mixes import Mix, mixes
from hopcheck.model.domain.cookies.settings import Faults, Lock, Negotiation, Settings
from hopcheck.model.domain.settings import Release

MIRRORED, STREAMED = Release("1.3"), Release("9.1")
"""QEMU: from the one on it mirrors into an NBD server, from the other on it has no legacy copy."""


@dataclass(frozen=True, slots=True)
class Course:
    """How one attempt ends.

    ``why``: ``-`` where it works; ``call``: the last call made before Confirm; ``method``: of copying storage;
    ``supported``: the methods that all four components have; ``mandatory``: the fate of each mandatory element;
    ``lost``: the call whose cookie was not formatted.
    """

    mix: Mix
    why: str
    call: str
    method: str
    supported: frozenset[str]
    mandatory: Mapping[str, str]
    lost: str | None

    @property
    def works(self) -> bool:
        """Whether the guest arrives."""
        return self.why == "-"


def courses(settings: Settings) -> Iterator[Course]:
    """Every course of the first attempt: each mix, undisturbed and with each fault that the settings allow."""
    faults = () if settings.faults is Faults.NONE else ("Prepare", "migrate", "Finish")
    for mix in mixes(settings):
        for lost in (None, *faults):
            yield course(mix, settings, lost)


def course(mix: Mix, settings: Settings, lost: str | None = None) -> Course:
    """One attempt; ``lost``: the call whose cookie cannot be formatted."""
    told = _Told(mix, settings, lost)
    why, call = told.run()
    return Course(mix, why, call, told.method, told.supported(), told.fates, lost)


class _Told:
    """One attempt while it is told."""

    def __init__(self, mix: Mix, settings: Settings, lost: str | None) -> None:
        self.mix, self.settings, self.lost = mix, settings, lost
        self.src, self.dst = mix.src_libvirt, mix.dst_libvirt
        self.v3 = min(self.src, self.dst) >= Release("0.9.2")
        self.live = not settings.offline
        self.reviewed = settings.negotiation is Negotiation.REVIEWED
        self.legacy = self.reviewed or self.src < Release("9.0")
        self.method = "none"
        self.fates: dict[str, str] = {}

    def run(self) -> tuple[str, str]:
        """Why it ends, and in which call."""
        steps = [("Begin", self.begin), ("Prepare", self.prepare)]
        if self.live:
            steps += [("Perform", self.perform), ("migrate", self.migrate)]
        for call, step in [*steps, ("Finish", self.finish)]:
            why = step()
            if why:
                return why, call
        return "-", "Finish"

    def supported(self) -> frozenset[str]:
        """The methods of copying storage that all four components have."""
        mirrored = min(self.mix.src_qemu, self.mix.dst_qemu) >= MIRRORED and min(self.src, self.dst) >= Release("1.0.3")
        nbd = {"nbd"} if mirrored and not self.settings.tunnelled else set()
        streamed = max(self.mix.src_qemu, self.mix.dst_qemu) < STREAMED and self.legacy
        return frozenset(nbd | ({"legacy"} if streamed else set()))

    def knows_flags(self, libvirt: Release) -> bool:
        return not (self.settings.tls and libvirt < Release("3.2")) and (self.live or libvirt >= Release("1.0.1"))

    def begin(self) -> str:
        asked = self.settings
        if not self.knows_flags(self.src):
            return "unknown flag"
        if asked.offline and (asked.non_shared or not asked.persistent or asked.tunnelled):
            return "offline"
        modern = self.src >= Release("6.10") and (self.mix.src_qemu >= Release("4.2") or not self.legacy)
        if asked.non_shared and asked.tunnelled and modern:
            return "tunnel carries no storage"
        for name, used, first in (
            ("lockstate", True, "0.9.2"),
            ("memory-hotplug", asked.memory_hotplug, "1.2.18"),
            ("cpu-hotplug", asked.cpu_hotplug, "2.2.0"),
        ):
            if self.v3 and used and self.src >= Release(first):
                self.fates[name] = self.judged(self.dst >= Release(first))
        return ""

    def judged(self, asked: bool) -> str:
        """The fate of a mandatory element at the destination."""
        if asked:
            return "read"
        return "refused" if self.dst >= Release("1.0.3") else "dropped"

    def offered(self) -> bool:
        asked = self.settings
        if not (asked.non_shared and self.live and self.v3) or self.src < Release("1.0.3"):
            return False
        if (asked.tunnelled and (self.reviewed or self.src >= Release("1.1.2"))) or (
            not asked.disks_left and self.src >= Release("7.3")
        ):
            return False
        if asked.driver_bit and self.dst < Release("1.0.3"):
            return False
        return self.mix.src_qemu >= MIRRORED or not (self.reviewed or Release("1.2") <= self.src < Release("5.3"))

    def prepare(self) -> str:
        asked, offered = self.settings, self.offered() and self.dst >= Release("1.0.3")
        if not self.knows_flags(self.dst):
            return self.unread("unknown flag")
        if not self.v3 and asked.dst_lock is Lock.SANLOCK:
            return "lock state needs cookies"
        if self.v3 and asked.same_host:
            return self.unread("same host")
        if "refused" in self.fates.values():
            return "mandatory feature refused"
        if self.v3 and asked.compare_locks and asked.src_lock is not asked.dst_lock:
            return "lock managers differ"
        if not self.v3 and self.live and self.dst >= Release("4.3"):
            return "missing cookie read"
        if offered and asked.tls and (self.dst < Release("4.4") or not asked.nbd_tls) and self.dst >= Release("4.3"):
            return "no TLS for NBD"
        if offered and self.mix.dst_qemu < MIRRORED and self.dst >= Release("9.0") and not self.reviewed:
            return "no NBD server"
        return ""

    def unread(self, why: str) -> str:
        """Prepare ends before it looks at the elements."""
        self.fates = dict.fromkeys(self.fates, "sent")
        return why

    def perform(self) -> str:
        asked, cookie = self.settings, self.v3 and self.lost != "Prepare"
        replied = self.offered() and self.dst >= Release("1.0.3") and self.mix.dst_qemu >= MIRRORED and cookie
        if not self.v3 and asked.src_lock is Lock.SANLOCK:
            return "lock state needs cookies"
        if not cookie and self.src >= Release("4.3"):
            return "missing cookie read"
        if not asked.non_shared:
            return ""
        nothing = not asked.disks_left and self.src >= Release("7.3")
        self.method = "nbd" if replied else "legacy" if self.legacy and not nothing else "none"
        if replied and asked.tunnelled:
            return "NBD over a tunnel"
        if replied and asked.tls and Release("4.3") <= self.src < Release("4.4"):
            return "no TLS for NBD"
        if not (replied or self.legacy) and asked.disks_left:
            return "NBD is not set up"
        return ""

    def migrate(self) -> str:
        secured = {each >= Release("4.4") for each in (self.src, self.dst)}
        if self.method == "nbd" and self.mix.src_qemu < MIRRORED:
            return "no drive-mirror"
        if self.method == "nbd" and self.settings.tls and len(secured) == 2:
            return "no TLS for NBD"
        if self.method == "legacy" and max(self.mix.src_qemu, self.mix.dst_qemu) >= STREAMED:
            return "legacy stream not accepted"
        return ""

    def finish(self) -> str:
        flag = self.settings.persistent
        sent = self.src >= Release("0.9.7") and (flag or self.src < Release("1.0.6"))
        asked = self.dst >= Release("0.9.7") if flag else self.dst >= Release("2.1")
        if self.v3 and self.live and sent:
            self.fates["persistent"] = "lost" if self.lost == "migrate" else self.judged(asked)
        return "mandatory feature refused" if "refused" in self.fates.values() else ""
