"""Several imported builds in one document."""

from __future__ import annotations

import msgspec
import pytest

from hopcheck.model.errors import InputError
from hopcheck.model.facts.schema import Build, BuildKind, Machine
from hopcheck.model.importers.document import document


def build(name: str, version: str, kind: BuildKind = BuildKind.TREE) -> Build:
    return Build(name, version, kind, "made up", {}, {}, {})


def test_oldest_first() -> None:
    facts = document([build("c", "10.0"), build("a", "9.2"), build("b", "9.2.50")], "x")
    assert [each.name for each in facts.builds] == ["a", "b", "c"]


def test_a_binary_of_the_release_of_a_tree_is_its_other_source() -> None:
    facts = document(
        [build("bin", "9.2.0", BuildKind.BINARY), build("other", "9.2.1", BuildKind.BINARY), build("tree", "9.2")], "x"
    )
    assert [(each.name, each.counterpart, each.station) for each in facts.builds] == [
        ("tree", "", True),
        ("bin", "tree", False),
        ("other", "", True),
    ]


def test_what_contradicts_itself_is_refused() -> None:
    with pytest.raises(InputError, match="two builds are called 'a'; give each a name"):
        document([build("a", "1.0"), build("a", "2.0")], "x")
    with pytest.raises(InputError, match="there is no compat array"):
        document([msgspec.structs.replace(build("a", "1.0"), machines={"m": Machine(("gone",))})], "x")
    with pytest.raises(InputError, match="lists no build"):
        document([], "x")
