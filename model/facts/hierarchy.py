"""The QOM type hierarchy of a build: ancestors, subtypes, who declares a property, and virtio's proxies.

Interfaces are not in the facts: an entry whose driver is an interface matches nothing here.

Types whose names a source tree makes at run time can be missing from its facts (of the bundled trees none that a binary
has is). They are supplied from the binaries next to the build: all that the binary of the same release has, and for a
build between two binaries what both have. `Hierarchy.supplied` names the binary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from hopcheck.model.facts.schema import Build, BuildKind, Facts, Property, QomType
from hopcheck.model.facts.versions import nearest_binaries, same_release

_PROXY = re.compile(r"(?P<stem>.+)-(?:pci|ccw)(?:-transitional|-non-transitional|-base|-base-type|-generic)?")
_TRANSPORTS = frozenset({"virtio-pci", "virtio-ccw-device"})

_NAMED_BACKENDS: Mapping[str, str] = MappingProxyType(
    {
        "virtio-vga": "virtio-gpu-device",
        "virtio-vga-gl": "virtio-gpu-gl-device",
        "virtio-vga-rutabaga": "virtio-gpu-rutabaga-device",
        "vhost-user-vga": "vhost-user-gpu",
        # Not virtio, but the same mechanism since 5.2: the proxy aliases all properties of its core.
        "pci-xhci": "base-xhci",
        "sysbus-xhci": "base-xhci",
    }
)
"""Proxies whose name does not tell their back end, with it."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """Where a property comes from: the type that declares it, and what it says.

    ``fact`` None: made by code, so there is no static default. ``backend``: the type whose alias it is, "" where
    the property is the object's own.
    """

    type: str
    property: str
    fact: Property | None
    backend: str = ""


class Hierarchy:
    """The types of one build. Construction is cheap; answers are remembered.

    ``supplement`` maps type names that the build itself does not hold to (fact, name of the binary).
    """

    def __init__(self, build: Build, supplement: Mapping[str, tuple[QomType, str]] | None = None) -> None:
        """Join the build's own types with the supplied ones; its own always win."""
        self.build = build
        self._supplement = {n: t for n, t in (supplement or {}).items() if n not in build.types}
        self.types: Mapping[str, QomType] = {**{n: t for n, (t, _) in self._supplement.items()}, **build.types}
        self._ancestors: dict[str, tuple[str, ...]] = {}
        self._backends: dict[str, str | None] = {}
        self._tables: dict[str, dict[str, Declaration]] = {}

    def __contains__(self, name: str) -> bool:
        """Return whether the type exists in the build, as far as its facts tell."""
        return name in self.types

    def supplied(self, name: str) -> str:
        """Return the binary that the type was taken from, "" for a type that the build states itself."""
        found = self._supplement.get(name)
        return found[1] if found else ""

    def ancestors(self, name: str) -> tuple[str, ...]:
        """Return the type, its parent, and so on to the root; () for an unknown type."""
        found = self._ancestors.get(name)
        if found is None:
            chain: list[str] = []
            here: str | None = name if name in self.types else None
            while here is not None and here not in chain:
                chain.append(here)
                here = self.types[here].parent if here in self.types else None
            found = self._ancestors[name] = tuple(chain)
        return found

    def is_a(self, name: str, ancestor: str) -> bool:
        """Return whether the type is the other one or a subtype of it."""
        return ancestor in self.ancestors(name)

    @cached_property
    def _children(self) -> dict[str, tuple[str, ...]]:
        children: dict[str, list[str]] = {}
        for name in sorted(self.types):
            parent = self.types[name].parent
            if parent is not None:
                children.setdefault(parent, []).append(name)
        return {parent: tuple(names) for parent, names in children.items()}

    def subtypes(self, name: str) -> tuple[str, ...]:
        """Return all proper subtypes, level by level, each level by name."""
        found: list[str] = []
        level = [name]
        while level:
            level = [child for parent in level for child in self._children.get(parent, ()) if child not in found]
            found += level
        return tuple(found)

    def is_leaf(self, name: str) -> bool:
        """Return whether nothing derives from the type."""
        return name not in self._children

    def own(self, name: str, prop: str) -> Declaration | None:
        """Return the declaration by the nearest ancestor, not looking through aliases."""
        return self._declared(name).get(prop)

    def _declared(self, name: str) -> Mapping[str, Declaration]:
        """Return all declarations of a type and its ancestors, nearest first; types that add none share a table."""
        found = self._tables.get(name)
        if found is not None:
            return found
        table: dict[str, Declaration] = {}
        for ancestor in reversed(self.ancestors(name)):
            known = self._tables.get(ancestor)
            facts = self.types.get(ancestor)
            if known is None and facts is not None and (facts.props or facts.code_props):
                known = {
                    **table,
                    **{prop: Declaration(ancestor, prop, None) for prop in facts.code_props},
                    **{prop: Declaration(ancestor, prop, stated) for prop, stated in facts.props.items()},
                }
            table = self._tables[ancestor] = table if known is None else known
        return table

    def declaration(self, name: str, prop: str) -> Declaration | None:
        """Return where a property of a type comes from: itself, an ancestor, or the back end that it aliases."""
        own = self.own(name, prop)
        if own is not None:
            return own
        backend = self.backend(name)
        found = self.own(backend, prop) if backend else None
        if found is None or found.type in {"device", "object"}:
            return None
        return Declaration(found.type, prop, found.fact, str(backend))

    def properties(self, name: str) -> tuple[str, ...]:
        """Return all property names of a type, aliases of a back end included, sorted."""
        names = set(self._declared(name))
        backend = self.backend(name)
        if backend:
            names.update(p for p, d in self._declared(backend).items() if d.type not in {"device", "object"})
        return tuple(sorted(names))

    def backend(self, name: str) -> str | None:
        """Return the type whose properties a proxy aliases: ``virtio-blk-pci`` has ``virtio-blk-device``."""
        if name not in self._backends:
            self._backends[name] = self._find_backend(name)
        return self._backends[name]

    def _find_backend(self, name: str) -> str | None:
        """Pair by what a binary says (the child ``virtio-backend``), else by the names that exist in the build."""
        stated = self.own(name, "virtio-backend")
        if stated is not None and stated.fact is not None:
            child = re.fullmatch(r"child<(.+)>", stated.fact.kind)
            if child is not None:
                return child.group(1)
        for ancestor in self.ancestors(name):
            named = _NAMED_BACKENDS.get(ancestor)
            if named in self.types:
                return named
        proxy = _PROXY.fullmatch(name)
        if proxy is not None and name not in _TRANSPORTS and self._is_proxy(name):
            for stem in (f"{proxy['stem']}-device", proxy["stem"]):
                if self.is_a(stem, "virtio-device"):
                    return stem
        return None

    def _is_proxy(self, name: str) -> bool:
        return any(transport in self.ancestors(name) for transport in _TRANSPORTS)


def hierarchy(facts: Facts, build: Build) -> Hierarchy:
    """Return the hierarchy of a build, supplied from the x86-64 binaries next to it where it is a tree."""
    if build.kind is BuildKind.BINARY:
        return Hierarchy(build)
    binaries = nearest_binaries(facts, build, "x86_64")
    if not binaries:
        return Hierarchy(build)
    first = binaries[0]
    names = _generated(facts, first)
    if not same_release(first, build):
        for other in binaries[1:]:
            names &= other.types.keys()
    return Hierarchy(build, {name: (_bare(first.types[name]), first.name) for name in sorted(names)})


def _generated(facts: Facts, binary: Build) -> set[str]:
    """Return the types of a binary that the tree of the same release does not declare."""
    tree = facts.counterpart(binary)
    return set(binary.types) - (set(tree.types) if tree else set())


def _bare(fact: QomType) -> QomType:
    """Return the place of a supplied type in the hierarchy without the binary's property values."""
    return QomType(parent=fact.parent, concrete=fact.concrete)
