"""The state of one migration attempt: how far it is, what became of each element, and why it ended."""

from __future__ import annotations

from dataclasses import dataclass

from hopcheck.model.domain.cookies.features import Feature
from hopcheck.model.domain.cookies.mixes import Host
from hopcheck.model.domain.cookies.settings import Settings
from hopcheck.model.language import TRUE, Enum, Expr, If, Update, any_of, becomes, literal

CALL = Enum("none", "Begin", "Prepare", "Perform", "migrate", "Finish", "Confirm")
"""The last call that was made. *migrate* is the transfer inside Perform: from its start no data is where it was."""

OUTCOME = Enum("none", "ok", "failed", "crashed")
"""How the attempt ended; *crashed*: a daemon read an element of a cookie that was not there."""

WHY = Enum(
    "-",
    "unknown flag",
    "offline copies no storage",
    "offline needs PERSIST_DEST",
    "offline is not tunnelled",
    "tunnel carries no storage",
    "lock state needs cookies",
    "same host",
    "mandatory feature refused",
    "lock managers differ",
    "missing cookie read",
    "no TLS for NBD",
    "no NBD server",
    "NBD over a tunnel",
    "NBD is not set up",
    "no drive-mirror",
    "legacy stream not accepted",
    "no method for the proposed feature",
)
"""Why it did not end well."""

FATE = Enum("unsent", "sent", "read", "ignored", "dropped", "refused", "replied", "answered", "lost")
"""What became of an element.

*read*: the receiver asked for it; *ignored*: optional, and it did not; *dropped*: mandatory, and the receiver went on
without it; *refused*: mandatory, and the receiver ended the attempt; *replied*: read, and a reply is under way;
*answered*: the reply was read; *lost*: its cookie was never formatted.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """The variables of one attempt, and what is known of it.

    ``cookie``: a cookie is under way to the next call; ``src`` and ``dst``: the guest's process on either side;
    ``fates``: by the element's name; ``v3``: both daemons speak protocol v3. ``proposed``: the last of ``features``,
    where it is a proposed one without which a migration that uses it cannot go on.
    """

    settings: Settings
    src_host: Host
    dst_host: Host
    features: tuple[Feature, ...]
    call: Expr
    outcome: Expr
    why: Expr
    method: Expr
    src: Expr
    dst: Expr
    cookie: Expr
    fates: dict[str, Expr]
    v3: Expr
    proposed: Feature | None

    def may(self, *calls: str) -> Expr:
        """The attempt goes on, and one of these was the last call."""
        return (self.outcome == "none") & self.call.one_of(*calls)

    def at(self, hop_part: str, call: str) -> tuple[Feature, ...]:
        """The elements whose hop has ``call`` as its ``sender`` or ``receiver``."""
        return tuple(each for each in self.features if getattr(each.hop, hop_part) == call)

    def refused(self, call: str) -> Expr:
        """A mandatory feature makes the receiving call fail: its list is read (not before 1.0.3, commit 69660042fb)."""
        reads = (self.src_host if call == "Perform" else self.dst_host).libvirt.since("1.0.3")
        return reads & any_of(self._refuses(each) for each in self.at("receiver", call))

    def _refuses(self, feature: Feature) -> Expr:
        return (self.fates[feature.name] == "sent") & self.cookie & feature.mandatory & (~feature.asked | feature.refused)

    def reads(self, call: str, looks: Expr = TRUE) -> list[Update]:
        """What becomes of the elements and the replies that arrive with a call; ``looks``: it gets as far as reading."""
        refused, changes = self.refused(call), []
        for each in self.at("receiver", call):
            fate = self.fates[each.name]
            understood = If(each.answered, "replied", literal(FATE, "read"))
            arrived = If(each.asked & ~each.refused, understood, If(each.mandatory, "dropped", literal(FATE, "ignored")))
            stopped = If(self._refuses(each), "refused", fate)
            read = If(self.cookie, If(refused, stopped, arrived), "lost")
            changes.append(becomes(fate, If(looks & (fate == "sent"), read, fate)))
        for each in self.features:
            if each.hop.replies and each.hop.split("->")[2] == call:
                fate = self.fates[each.name]
                changes.append(
                    becomes(fate, If(fate == "replied", If(self.cookie, "answered", literal(FATE, "lost")), fate))
                )
        return changes

    def writes(self, call: str, goes_on: Expr) -> list[Update]:
        """The elements that a call puts into its cookie."""
        return [
            becomes(self.fates[each.name], If(goes_on & self.v3 & each.sent, "sent", self.fates[each.name]))
            for each in self.at("sender", call)
        ]

    def ends(self, call: str, why: Expr) -> list[Update]:
        """The call was made: the attempt goes on or ends with the reason."""
        crash = why == "missing cookie read"
        return [
            becomes(self.call, call),
            becomes(self.why, why),
            becomes(self.outcome, If(crash, "crashed", If(why == "-", "none", literal(OUTCOME, "failed")))),
        ]

    def carries(self, why: Expr) -> Update:
        """Whether a cookie is under way after a call."""
        return becomes(self.cookie, self.v3 & (why == "-"))
