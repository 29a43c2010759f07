"""A proposed change, ready to be judged: the facts without it and with it, and where they came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hopcheck.model.codes import Code
from hopcheck.model.domain.device_config.subjects import Subject
from hopcheck.model.facts.schema import Build, Facts
from hopcheck.model.importers.tree import Tree


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a change does, in QEMU's terms, and the machine types on which it makes a difference."""

    what: str
    machines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Warned:
    """Something a reviewer should look at that is no verdict: ``place`` is ``file:line``, "" where there is none.

    ``code``: what kind of thing it is.
    """

    what: str
    place: str = ""
    code: Code = Code.LOOK_AT_THIS


@dataclass(frozen=True, slots=True)
class Changed:
    """A change written by hand, a patch on a tree, or two revisions, as facts.

    ``known``: the builds without the change, among them ``base``, the one that it started from, as a place where guests
    are. ``facts``: the same with ``build``, the changed one, beside it; there the base is a place for guests only if it
    stays one, that is, unless it is a development tree. ``says``: what the change does. ``unread``: what an importer could
    not make sense of with the change, and could without it. ``touches``: the device properties that it can make a
    difference to. ``tree``: the source after the change, None where there is none.
    """

    path: str
    known: Facts
    facts: Facts
    base: str
    build: str
    says: tuple[Said, ...]
    warnings: tuple[Warned, ...]
    touches: Callable[[Subject], bool]
    unread: tuple[Warned, ...] = ()
    tree: Tree | None = None

    @property
    def after(self) -> Build:
        """The build with the change."""
        return self.facts.build(self.build)

    @property
    def before(self) -> Build:
        """The build that the change starts from."""
        return self.known.build(self.base)
