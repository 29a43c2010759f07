"""What must hold of the migration cookie and of the storage copy it negotiates, and where releases violate it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hopcheck.model.domain.cookies.features import Feature, features
from hopcheck.model.domain.cookies.mixes import Component, Host, Mix, mixes, releases
from hopcheck.model.domain.cookies.settings import Faults, Lock, Negotiation, Settings
from hopcheck.model.domain.cookies.storage import legacy_supported, nbd_supported
from hopcheck.model.domain.settings import Release
from hopcheck.model.language import TRUE, Expr, System, all_of, any_of
from hopcheck.properties.catalog.cookies_course import Course, course, courses
from hopcheck.properties.kinds import Property, always, can_always_reach, reachable, sound
from hopcheck.properties.verdict import Expectation, fails, holds

PRESENT = Release("11.3")
"""The newest libvirt whose source was read."""

UNREAD = "destinations from 0.9.2 to 1.0.2 never read the list of mandatory features"
"""Case C1, as a cause."""

_AFTER_CHOICE = ("Perform", "migrate", "Finish", "Confirm")
"""The calls since the method was chosen; without them the property would hold, and not be inductive."""

STORAGE_FAILURES = (
    "NBD over a tunnel",
    "NBD is not set up",
    "no drive-mirror",
    "legacy stream not accepted",
    "no NBD server",
)
"""Reasons for which an attempt fails because no method of copying storage worked."""


def properties(settings: Settings, system: System) -> tuple[Property, ...]:
    """The properties of one variant, each with the verdict that the tables of facts give it under these settings."""
    asked = _Asked(settings, system)
    found = [*asked.of_mandatory_elements(), asked.absence_tolerated()]
    if settings.non_shared and not settings.offline:
        found += asked.of_storage()
    if settings.tls and settings.non_shared:
        found.append(asked.storage_secured())
    if settings.upgrades:
        found.append(asked.upgrade_monotony())
    if settings.src_lock is not settings.dst_lock:
        found.append(asked.lock_drivers_agree())
    if settings.same_host:
        found.append(asked.same_host_refused())
    return (*found, *asked.of_the_model(), sound())


def variants() -> tuple[tuple[str, Settings], ...]:
    """The named settings that the main job checks: the present releases with any number of faults, and all mixes."""
    present = Settings(
        libvirt=PRESENT, qemu=Release("10.0"), persistent=True, dst_lock=Lock.SANLOCK, faults=Faults.UNBOUNDED
    )
    return (
        ("libvirt 11.3, QEMU 10.0", present),
        ("all mixes", Settings(memory_hotplug=True, upgrades=True, faults=Faults.NONE)),
    )


def further_variants() -> tuple[tuple[str, Settings], ...]:
    """Named settings that the tests check: what the main job has no time for."""
    hotplug = Settings(non_shared=False, memory_hotplug=True, persistent=True, src_lock=Lock.SANLOCK, faults=Faults.NONE)
    every = {"graphics": True, "network": True, "statistics": True, "cpu": True, "bitmaps": True, "allow_reboot": True}
    lost = Faults.UNBOUNDED
    return (
        ("libvirt 11.3, QEMU 11.1", Settings(libvirt=PRESENT, qemu=Release("11.1"), bitmaps=True, faults=lost)),
        ("libvirt 9.0", Settings(libvirt=Release("9.0"), qemu=Release("7.2"), persistent=True, faults=lost)),
        ("libvirt 7.0", Settings(libvirt=Release("7.0"), qemu=Release("5.2"), persistent=True, faults=lost)),
        ("shared storage", replace(hotplug, upgrades=True)),
        ("tunnelled", Settings(tunnelled=True, dst_libvirt=Release("1.1.4"), dst_qemu=Release("1.6"), faults=Faults.NONE)),
        ("TLS", Settings(tls=True, qemu=Release("4.2"), faults=Faults.NONE)),
        ("every element", Settings(libvirt=Release("7.1"), qemu=Release("5.2"), cpu_hotplug=True, **every)),  # type: ignore[arg-type]
        ("to libvirt 11.3, QEMU 10.0", Settings(dst_libvirt=PRESENT, dst_qemu=Release("10.0"), faults=Faults.NONE)),
        ("from libvirt 11.3, QEMU 10.0", Settings(src_libvirt=PRESENT, src_qemu=Release("10.0"), faults=Faults.NONE)),
        ("old releases, lost cookies", Settings(libvirt=Release("1.2.0"), qemu=Release("2.0"), faults=lost)),
        ("all mixes, two lost cookies", Settings(faults=Faults.TWO)),
        ("nothing to copy", Settings(disks_left=False, qemu=Release("6.0"), faults=Faults.NONE)),
        ("locks compared", Settings(non_shared=False, dst_lock=Lock.SANLOCK, compare_locks=True, faults=Faults.NONE)),
        ("one host", Settings(non_shared=False, same_host=True, faults=Faults.NONE)),
        ("offline", Settings(non_shared=False, offline=True, persistent=True)),
        ("driver bit", Settings(driver_bit=True, qemu=Release("6.0"), src_libvirt=Release("7.0"))),
        ("as reviewed", Settings(negotiation=Negotiation.REVIEWED, minimum_qemu=False, faults=Faults.NONE, persistent=True)),
    )


class _Asked:
    """The properties of one system, and what to expect of them."""

    def __init__(self, settings: Settings, system: System) -> None:
        self.settings, self.system = settings, system
        at = releases(settings)
        parts = [
            Component(name, getattr(at, name), system[name])
            for name in ("src_libvirt", "src_qemu", "dst_libvirt", "dst_qemu")
        ]
        self.src_host, self.dst_host = Host(parts[0], parts[1]), Host(parts[2], parts[3])
        self.mandatory = [each for each in features(self.src_host, self.dst_host, settings) if _can_be_mandatory(each)]
        self.courses = tuple(courses(settings))

    def expect(self, otherwise: str, *causes: tuple[str, Callable[[Course], bool]]) -> Expectation:
        """That it fails for the first cause that some course has, or holds."""
        for reason, bad in causes:
            if any(bad(each) for each in self.courses):
                return fails(reason)
        return holds(otherwise)

    def fate(self, feature: Feature) -> Expr:
        return self.system[feature.name]

    def of_mandatory_elements(self) -> list[Property]:
        """What the review and the cases ask of mandatory features."""
        needed = [each.needed is TRUE for each in self.mandatory]
        return [
            self.unknown_rejected(),
            self.checked_before_switchover(),
            *([] if all(needed) else [self.mandatory_only_if_needed()]),
            *([self.needed_element_arrives()] if any(needed) else []),
        ]

    def unknown_rejected(self) -> Property:
        """Case C1."""
        return always(
            "UNKNOWN_MANDATORY_REJECTED",
            all_of(self.fate(each) != "dropped" for each in self.mandatory),
            "A receiver never goes on with a mandatory feature that it does not know or did not ask for.",
            expected=self.expect(
                "every receiver since 1.0.3 reads the list of mandatory features",
                (UNREAD, lambda run: "dropped" in run.mandatory.values()),
            ),
        )

    def checked_before_switchover(self) -> Property:
        """Case C2."""
        refused = any_of(self.fate(each) == "refused" for each in self.mandatory)
        return always(
            "MANDATORY_CHECKED_BEFORE_SWITCHOVER",
            refused.implies(self.system["src"] == "running"),
            "No mandatory feature is refused once the source has stopped.",
            expected=self.expect(
                "what Finish reads is asked for by every receiver that gets it",
                (
                    "sources from 0.9.7 to 1.0.5 always send persistent; destinations from 1.0.3 to 2.0.0 refuse it",
                    lambda run: run.call == "Finish" and "refused" in run.mandatory.values(),
                ),
            ),
        )

    def mandatory_only_if_needed(self) -> Property:
        """Nobody is refused for nothing."""
        return always(
            "MANDATORY_ONLY_IF_NEEDED",
            all_of((self.fate(each) != "unsent").implies(each.needed) for each in self.mandatory),
            "A sender makes a feature mandatory only where this migration cannot do without it.",
            expected=self.expect(
                "what is sent is needed",
                (
                    "lockstate is mandatory in every migration, with a lock manager or without",
                    lambda run: "lockstate" in run.mandatory and "lockstate" not in self._needed(run.mix),
                ),
                ("sources from 0.9.7 to 1.0.5 always send persistent, asked for or not", self._sent_without_need),
            ),
        )

    def needed_element_arrives(self) -> Property:
        """Nothing that is mandatory is lost on the way."""
        arrived = all_of(
            (each.needed & each.capable).implies(self.fate(each).one_of("read", "replied", "answered"))
            for each in self.mandatory
        )

        def missing(fate: str | None) -> Callable[[Course], bool]:
            return lambda run: run.works and any(run.mandatory.get(each) == fate for each in self._needed(run.mix))

        return always(
            "NEEDED_ELEMENT_ARRIVES",
            (self.system["outcome"] == "ok").implies(arrived),
            "A migration that worked has delivered every mandatory element that it needed.",
            expected=self.expect(
                "every needed element arrives",
                ("Perform only warns of a cookie it cannot format: Finish goes on without persistent", missing("lost")),
                (UNREAD, missing("dropped")),
                ("protocol v2 carries no mandatory features, and nobody refuses", missing(None)),
            ),
        )

    def _sent_without_need(self, run: Course) -> bool:
        return any(name not in self._needed(run.mix) for name in run.mandatory)

    def _needed(self, mix: Mix) -> set[str]:
        """The mandatory elements that this migration needs and the source knows."""
        asked = self.settings
        first = {
            "lockstate": ("0.9.2", asked.src_lock is Lock.SANLOCK),
            "persistent": ("0.9.7", asked.persistent and not asked.offline),
            "memory-hotplug": ("1.2.18", asked.memory_hotplug),
            "cpu-hotplug": ("2.2.0", asked.cpu_hotplug),
        }
        return {name for name, (since, needed) in first.items() if needed and mix.src_libvirt >= Release(since)}

    def absence_tolerated(self) -> Property:
        """Missing elements, and missing cookies."""

        def crashed(call: str) -> Callable[[Course], bool]:
            return lambda run: run.why == "missing cookie read" and run.call == call

        return always(
            "OPTIONAL_COOKIE_ABSENCE_TOLERATED",
            ~self.system["why"].one_of("missing cookie read", "NBD is not set up"),
            "Where an optional element, or the whole cookie, is missing, the older behaviour results.",
            expected=self.expect(
                "missing elements are as if they had never been invented",
                (
                    "Prepare since 4.3.0 reads the capabilities of a cookie that protocol v2 does not have",
                    crashed("Prepare"),
                ),
                ("Perform since 4.3.0 reads the capabilities of a cookie that is not there", crashed("Perform")),
                (
                    "sources since 9.0 have no other method without a reply to nbd",
                    lambda run: run.why == "NBD is not set up",
                ),
            ),
        )

    def of_storage(self) -> list[Property]:
        """What is asked of the choice of a method."""
        method, nbd = self.system["method"], nbd_supported(self.src_host, self.dst_host, self.settings)
        legacy = legacy_supported(self.src_host, self.dst_host, self.settings)
        reasons = {
            "NBD over a tunnel": "sources up to 1.1.1 choose NBD over a tunnel, which cannot carry it",
            "no drive-mirror": "sources from 1.0.3 to 1.1.4 choose NBD without testing their own QEMU",
            "legacy stream not accepted": "the legacy copy is chosen, and a QEMU since 9.1 does not have it",
            "no NBD server": "destinations since 9.0 start an NBD server without testing their own QEMU",
        }
        return [
            always(
                "FALLBACK_SUPPORTED_BY_ALL_FOUR",
                (method == "nbd").implies(nbd) & (method == "legacy").implies(legacy),
                "The method that Perform chooses is one that all four components have.",
                expected=self.expect(
                    "the method that is chosen works, or none is",
                    *((text, _unsupported(why)) for why, text in reasons.items()),
                ),
            ),
            always(
                "CHOSEN_METHOD_FROM_INTERSECTION",
                (method == "nbd").implies((self.system["nbd"] == "answered") & self.system["call"].one_of(*_AFTER_CHOICE)),
                "NBD is chosen only where the source has offered it and has read the destination's answer.",
                expected=holds("Perform chooses NBD on the destination's reply alone"),
            ),
            always(
                "METHOD_FOUND_WHERE_ONE_EXISTS",
                self.system["why"].one_of(*STORAGE_FAILURES).implies(~(nbd | legacy)),
                "No attempt fails for want of a method while there is one that all four components have.",
                expected=self.expect(
                    "what fails had no method",
                    *((text, _missed(why)) for why, text in reasons.items()),
                ),
            ),
        ]

    def storage_secured(self) -> Property:
        """With TLS, disks too."""
        moved = (self.system["method"] == "nbd") & (self.system["call"] == "migrate") & (self.system["outcome"] == "none")
        secured = self.src_host.libvirt.since("4.4.0") & self.dst_host.libvirt.since("4.4.0")
        return always(
            "STORAGE_SECURED_WITH_TLS",
            moved.implies(secured),
            "Where the migration is to be encrypted, so is the copy of its storage.",
            expected=self.expect(
                "NBD is refused or encrypted",
                (
                    "releases from 3.2.0 to 4.2 send disks in the clear although TLS was asked for",
                    lambda run: run.method == "nbd" and run.works and run.mix.src_libvirt < Release("4.4"),
                ),
            ),
        )

    def upgrade_monotony(self) -> Property:
        """A relation between mixes: a trace shows both attempts and the upgrade between them."""
        lost = any_of(self.system[each.name] == "lost" for each in features(self.src_host, self.dst_host, self.settings))
        v3 = self.src_host.libvirt.since("0.9.2") & self.dst_host.libvirt.since("0.9.2")
        disturbed = lost | (self.system["why"] == "missing cookie read") & v3
        return always(
            "UPGRADE_MONOTONY",
            (self.system["worked"] & ~disturbed).implies(~self.system["outcome"].one_of("failed", "crashed")),
            "Where a pair could migrate, it can after an upgrade of one component.",
            expected=self._monotony(),
        )

    def _monotony(self) -> Expectation:
        at, allowed = releases(self.settings), dict.fromkeys(mixes(self.settings))
        for mix in allowed:
            if not course(mix, self.settings).works:
                continue
            for name in ("src_libvirt", "src_qemu", "dst_libvirt", "dst_qemu"):
                line = getattr(at, name)
                for newer in line[line.index(getattr(mix, name)) + 1 :][:1]:
                    upgraded = Mix(**{each: getattr(mix, each) for each in Mix.__slots__} | {name: newer})
                    found = course(upgraded, self.settings)
                    if upgraded in allowed and not found.works:
                        return fails(f"an upgrade can end in an error: {found.why}, among others")
        return holds("no upgrade turns a working pair into an error")

    def lock_drivers_agree(self) -> Property:
        """Invariant of the cases: the lock managers are of one kind."""
        return always(
            "LOCK_DRIVERS_AGREE",
            self.system["dst"] == "none",
            "No destination is prepared whose lock manager is another than the source's.",
            expected=self.expect(
                "Prepare compares the lock managers",
                (
                    "the comparison hangs on a mark that reading a cookie never sets",
                    lambda run: run.call not in ("Begin", "Prepare"),
                ),
            ),
        )

    def same_host_refused(self) -> Property:
        """The host's uuid is in every cookie."""
        return always(
            "SAME_HOST_REFUSED",
            self.system["dst"] == "none",
            "A guest is not migrated to the host that it is on.",
            expected=self.expect(
                "the host's uuid in the cookie tells",
                ("protocol v2 has no cookie that could tell", lambda run: run.call not in ("Begin", "Prepare")),
            ),
        )

    def of_the_model(self) -> list[Property]:
        """That attempts end, that some work, and that a failed one costs nothing."""
        outcome, src = self.system["outcome"], self.system["src"]
        works = any(each.works for each in self.courses)
        return [
            always(
                "FAILURE_LEAVES_THE_GUEST",
                (outcome.one_of("failed", "crashed") & (self.system["call"] != "Finish")).implies(src == "running"),
                "After an attempt that did not work, the guest runs on the source.",
                expected=holds("Confirm rolls the source back"),
            ),
            can_always_reach(
                "attempts end", outcome != "none", "Every attempt ends.", expected=holds("each call has an end")
            ),
            reachable(
                "a migration works",
                outcome == "ok",
                "Some mix can migrate.",
                expected=holds("most can") if works else fails("no mix has a way"),
            ),
        ]


def _can_be_mandatory(feature: Feature) -> bool:
    return feature.name in ("lockstate", "persistent", "memory-hotplug", "cpu-hotplug")


def _unsupported(why: str) -> Callable[[Course], bool]:
    return lambda run: run.why == why and run.method not in {"none", *run.supported}


def _missed(why: str) -> Callable[[Course], bool]:
    return lambda run: run.why == why and bool(run.supported)
