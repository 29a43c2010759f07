"""From imported builds to one facts document: oldest first, and a tree and a binary of the same release paired."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hopcheck.model.errors import InputError
from hopcheck.model.facts.check import check
from hopcheck.model.facts.schema import SCHEMA, Build, BuildKind, Facts
from hopcheck.model.facts.versions import version_key


def document(builds: Sequence[Build], label: str) -> Facts:
    """Return the builds as a document that has been checked; ``label``: what messages call it.

    A binary of exactly the release of a tree is that tree's other source: its `Build.counterpart`, and no station of its
    own, since a guest cannot migrate between two descriptions of one build.

    Raises:
        InputError: there is no build, two have the same name, or the facts of one contradict each other.
    """
    ordered = sorted(builds, key=lambda build: (version_key(build.version), build.kind is BuildKind.BINARY))
    names = [build.name for build in ordered]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"two builds are called {twice!r}", hint="give each a name of its own with --name")
    trees = {version_key(build.version): build.name for build in ordered if build.kind is BuildKind.TREE}
    facts = Facts(SCHEMA, tuple(_paired(build, trees.get(version_key(build.version), "")) for build in ordered))
    check(facts, label)
    return facts


def _paired(build: Build, tree: str) -> Build:
    if build.kind is not BuildKind.BINARY or not tree:
        return build
    return msgspec.structs.replace(build, counterpart=tree, station=False)
