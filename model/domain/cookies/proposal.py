"""A proposed cookie element as TOML, and its place among the elements that there are.

::

    [cookie]
    name = "multifd-storage"       # the element's name, new
    since = "12.0"                 # the first libvirt that knows the name
    hop = "Begin->Prepare"         # who writes it and who reads it: see ``Hop``; two arrows: with a reply
    mandatory = "no"               # no, if used, or always: whether its name goes into the list of features
    driver_bit = false             # optional: a driver feature bit tells the source whether the destination knows it
    fallback = "older behaviour"   # where a component lacks it: older behaviour, or refuse (there is nothing else)
    oldest_peer = "0.9.2"          # optional: the oldest libvirt on either side that the proof is to cover

    [needs]                        # optional: what each component must be; default: since, and any QEMU
    src_libvirt = "12.0"           # a release, or never
    src_qemu = "9.2"
    dst_libvirt = "12.0"
    dst_qemu = "9.2"
"""

from __future__ import annotations

import difflib
import enum
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from hopcheck.model.domain.cookies.features import ROWS, Feature, Hop
from hopcheck.model.domain.cookies.mixes import Component, Host
from hopcheck.model.domain.cookies.settings import OLDEST_LIBVIRT, OLDEST_QEMU
from hopcheck.model.domain.settings import Release
from hopcheck.model.errors import InputError
from hopcheck.model.language import FALSE, TRUE, Bool, Expr, literal

MAX_SIZE = 1 << 16
"""Bytes of a proposal that are accepted."""

FIRST_COOKIES = Release("0.9.2")
"""The first libvirt with cookies."""

Choice = TypeVar("Choice", bound=enum.StrEnum)


class Mandatory(enum.StrEnum):
    """When a name stands in the list of mandatory features."""

    NO = "no"
    """Never: a receiver that does not know the element ignores it."""
    IF_USED = "if used"
    """When the migration uses the feature; the element is not sent otherwise."""
    ALWAYS = "always"
    """In every migration."""


class Fallback(enum.StrEnum):
    """What a pair does where a component lacks the feature."""

    OLDER = "older behaviour"
    """What it did before there was the feature: the migration can go on."""
    REFUSE = "refuse"
    """Nothing: the migration cannot go on, and has to be refused before the guest is touched."""


COMPONENTS = ("src_libvirt", "src_qemu", "dst_libvirt", "dst_qemu")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed element. ``needs``: per component its first release with the feature; None: no release has it."""

    file: str
    name: str
    since: Release
    hop: Hop
    mandatory: Mandatory
    driver_bit: bool
    fallback: Fallback
    oldest_peer: Release
    needs: Mapping[str, Release | None]

    @property
    def falls_back(self) -> bool:
        """Whether a pair can go on without the feature."""
        return self.fallback is Fallback.OLDER

    @property
    def boundaries(self) -> tuple[tuple[Release, ...], tuple[Release, ...]]:
        """The releases of libvirt and of QEMU at which the proposal changes something."""
        stated = {name: release for name, release in self.needs.items() if release is not None}
        libvirt = (self.since, self.oldest_peer, *(each for name, each in stated.items() if name.endswith("libvirt")))
        return libvirt, tuple(each for name, each in stated.items() if name.endswith("qemu"))


def proposed(proposal: Proposal, src: Host, dst: Host, adopted: Expr, used: Expr) -> Feature:
    """The element as the model has it, once the source's developers have adopted it; ``used``: by this migration."""
    at = {"src_libvirt": src.libvirt, "src_qemu": src.qemu, "dst_libvirt": dst.libvirt, "dst_qemu": dst.qemu}
    from_src = proposal.hop.sender != "Prepare"
    sender, receiver = ("src", "dst") if from_src else ("dst", "src")
    able = {each: _has(proposal, at, f"{each}_libvirt") & _has(proposal, at, f"{each}_qemu") for each in ("src", "dst")}
    knows = at[f"{receiver}_libvirt"].where(lambda each: each >= proposal.since)
    sends = at[f"{sender}_libvirt"].where(lambda each: each >= proposal.since) & able[sender] & adopted
    always = proposal.mandatory is Mandatory.ALWAYS
    return Feature(
        name=proposal.name,
        hop=proposal.hop,
        capable=sends,
        sent=sends & (TRUE if always else used) & (knows if proposal.driver_bit else TRUE),
        mandatory=literal(Bool, proposal.mandatory is not Mandatory.NO),
        asked=knows,
        refused=~able[receiver],
        answered=literal(Bool, proposal.hop.replies),
        needed=used,
        absent=proposal.fallback.value,
    )


def _has(proposal: Proposal, at: Mapping[str, Component], name: str) -> Expr:
    """Whether a component has what the feature needs of it."""
    least = proposal.needs[name]
    return FALSE if least is None else at[name].where(lambda each: each >= least)


def is_proposal(path: str | Path) -> bool:
    """Whether a file is a proposed cookie and no change: it is TOML with a table ``[cookie]``."""
    try:
        return "cookie" in tomllib.loads(_text(Path(path)))
    except (InputError, tomllib.TOMLDecodeError, RecursionError):
        return False


def read_proposal(path: str | Path) -> Proposal:
    """The proposal in a file. Raises ``InputError`` that names the file, the key and what to write."""
    return parse_proposal(_text(Path(path)), str(path))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_SIZE + 1)
        if len(raw) > MAX_SIZE:
            raise InputError(f"is larger than {MAX_SIZE} bytes", hint="a proposal is a short text", file=str(path))
        return raw.decode("utf-8")
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", hint="give a readable file", file=str(path)) from None
    except UnicodeDecodeError:
        raise InputError("is not UTF-8", hint="write it as UTF-8", file=str(path)) from None


def parse_proposal(text: str, file: str) -> Proposal:
    """The proposal in a TOML text; ``file`` is what errors name. Raises ``InputError`` as ``read_proposal``."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"is not TOML ({error})", hint="correct the syntax", file=file) from None
    except RecursionError:
        raise InputError("is nested too deeply", hint="write two tables of plain values", file=file) from None
    for key in document:
        if key not in ("cookie", "needs"):
            raise InputError(f"{key!r} is no table of a proposal", hint="write [cookie] and [needs]", file=file, line=key)
    cookie = _Table(file, "cookie", document.get("cookie"), _KEYS, frozenset(_KEYS) - {"driver_bit", "oldest_peer"})
    needs = _Table(file, "needs", document.get("needs", {}), COMPONENTS, frozenset())
    since, hop = cookie.release("since", FIRST_COOKIES), cookie.choice("hop", Hop)
    if cookie.truth("driver_bit") and hop.sender == "Prepare":
        cookie.fail("driver_bit", f"the bit tells the source, and {hop} is sent by the destination", "leave it out")
    return Proposal(
        file=file,
        name=cookie.name(),
        since=since,
        hop=hop,
        mandatory=cookie.choice("mandatory", Mandatory),
        driver_bit=cookie.truth("driver_bit"),
        fallback=cookie.choice("fallback", Fallback),
        oldest_peer=cookie.release("oldest_peer", FIRST_COOKIES, default=FIRST_COOKIES),
        needs={each: needs.least(each, since) for each in COMPONENTS},
    )


_KEYS = ("name", "since", "hop", "mandatory", "driver_bit", "fallback", "oldest_peer")


class _Table:
    """One table of the file, whose keys are checked on the way in and whose values on the way out."""

    def __init__(self, file: str, table: str, found: object, known: tuple[str, ...], required: frozenset[str]) -> None:
        self.file, self.table = file, table
        if not isinstance(found, dict):
            self.fail("", f"there is no table [{table}]", f"write [{table}] and its keys under it")
        self.values: dict[str, Any] = found
        for key in found:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                guess = f"did you mean {near[0]!r}? " if near else ""
                self.fail(key, f"{key!r} is no key of [{table}]", f"{guess}write one of {', '.join(known)}")
        for key in known:
            if key in required and key not in found:
                self.fail(key, "the key is missing", f"write {key} = ...")

    def fail(self, key: str, what: str, hint: str) -> NoReturn:
        raise InputError(what, hint=hint, file=self.file, line=f"{self.table}.{key}" if key else self.table)

    def text(self, key: str) -> str:
        value = self.values[key]
        if not isinstance(value, str) or not value:
            self.fail(key, f"{value!r} is no text", f'write {key} = "..."')
        return value

    def name(self) -> str:
        text = self.text("name")
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,39}", text):
            self.fail("name", f"{text!r} is no name of an element", "write up to 40 letters, digits and hyphens")
        if text in {row.name for row in ROWS} | _TAKEN:
            self.fail("name", f"{text!r} is taken", "choose another name")
        return text

    def truth(self, key: str) -> bool:
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            self.fail(key, f"{value!r} is no truth value", "write true or false")
        return value

    def choice(self, key: str, kind: type[Choice]) -> Choice:
        text = self.text(key)
        if text not in {each.value for each in kind}:
            self.fail(key, f"{text!r} is not possible", f"write one of {', '.join(repr(each.value) for each in kind)}")
        return kind(text)

    def release(self, key: str, oldest: Release, default: Release | None = None) -> Release:
        if key not in self.values and default is not None:
            return default
        text = self.text(key)
        try:
            found = Release(text)
        except InputError as error:
            self.fail(key, error.what.split(";")[0], "write numbers with dots between, such as 12.0")
        if found < oldest:
            self.fail(key, f"{text} is too old", f"write {oldest} or later")
        return found

    def least(self, key: str, since: Release) -> Release | None:
        """What a component must be: a release, or None for never."""
        libvirt = key.endswith("libvirt")
        if key in self.values and self.text(key) == "never":
            return None
        found = self.release(key, OLDEST_LIBVIRT if libvirt else OLDEST_QEMU, since if libvirt else OLDEST_QEMU)
        if libvirt and found < since:
            self.fail(key, f"{found} does not know the name yet", f"write {since} or later")
        return found


_TAKEN = frozenset(COMPONENTS) | {"call", "outcome", "why", "method", "src", "dst", "cookie", "adopted", "used", "worked"}
"""Names that variables of the model have."""
