"""A proposed change, ready to be judged: the facts without it and with it, and where they came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hopcheck.model.domain.device_config.subjects import Subject
from hopcheck.model.facts.schema import Build, Facts
from hopcheck.model.importers.tree import Tree


@dataclass(frozen=True, slots=True)
class Warned:
    """Something a reviewer should look at that is no verdict: ``place`` is ``file:line``, "" where there is none."""

    what: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """A change written by hand, a patch on a tree, or two revisions, as facts.

    ``known``: the builds without the change; ``facts``: with it, where ``build`` is the name of the changed one and
    ``base`` that of the build it started from. ``says``: what it does in QEMU's terms, one line an item. ``touches``: the
    device properties that it can make a difference to. ``tree``: the source after the change, None where there is none.
    """

    path: str
    known: Facts
    facts: Facts
    base: str
    build: str
    says: tuple[str, ...]
    warnings: tuple[Warned, ...]
    touches: Callable[[Subject], bool]
    tree: Tree | None = None

    @property
    def after(self) -> Build:
        """The build with the change."""
        return self.facts.build(self.build)

    @property
    def before(self) -> Build | None:
        """The build that the change starts from, where it is part of the facts."""
        return next((each for each in self.known.builds if each.name == self.base), None)
