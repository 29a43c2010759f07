"""The bundled facts of source trees are what the source importer reads, release by release.

Name a git repository with QEMU's public history in HOPCHECK_QEMU_GIT; without it these tests are skipped.
"""

from __future__ import annotations

import os
from functools import lru_cache

import pytest
from msgspec.structs import replace

from hopcheck.model.facts.agree_defaults import compare_defaults
from hopcheck.model.facts.check import check
from hopcheck.model.facts.load import bundled
from hopcheck.model.facts.schema import SCHEMA, Build, Facts
from hopcheck.model.importers.source import import_source
from hopcheck.model.importers.trees import open_tree

REPOSITORY = os.environ.get("HOPCHECK_QEMU_GIT", "")
pytestmark = pytest.mark.skipif(not REPOSITORY, reason="HOPCHECK_QEMU_GIT names no git repository of QEMU")

RELEASES = {
    "4.0": "131b9a05705636086699df15d4a6d328bb2585e8",
    "4.1": "9e06029aea3b2eca1d5261352e695edc1e7d7b8b",
    "4.2": "b0ca999a43a22b38158a222233d3f5881648bb4f",
    "5.0": "fdd76fecdde1ad444ff4deb7f1c4f7e4a1ef97d6",
    "5.1": "d0ed6a69d399ae193959225cdeaa9382746c91cc",
    "5.2": "553032db17440f8de011390e5a1cfddd13751b0b",
    "6.0": "609d7596524ab204ccd71ef42c9eee4c7c338ea4",
    "6.1": "f9baca549e44791be0dd98de15add3d8452a8af0",
    "6.2": "44f28df24767cf9dca1ddc9b23157737c4cbb645",
    "7.0": "823a3f11fb8f04c3c3cc0f95f968fef1bfc6534f",
    "7.1": "621da7789083b80d6f1ff1c0fb499334007b4f51",
    "7.2": "b67b00e6b4c7831a3f5bc684bc0df7a9bfd1bd56",
    "8.0": "c1eb2ddf0f8075faddc5f7c3d39feae3e8e9d6b4",
    "8.1": "7e5a8bb22368b3555644cb2debd3df24592f3a21",
    "8.2": "1600b9f46b1bd08b00fe86c46ef6dbb48cbe10d6",
    "9.0": "c25df57ae8f9fe1c72eee2dab37d76d904ac382e",
    "9.1": "fd1952d814da738ed107e05583b3e02ac11e88ff",
    "9.2": "ae35f033b874c627d81d51070187fbf55f0bf1a7",
    "10.0": "7c949c53e936aa3a658d84ab53bae5cadaa5d59c",
    "10.1": "f8b2f64e2336a28bf0d50b6ef8a7d8c013e9bcf3",
    "10.2": "698104725efad4b29079d857dfdebbd804e34c99",
    "11.0pre": "ece408818d",
}
"""The commits of the bundled trees."""


@lru_cache(maxsize=len(RELEASES))
def imported(name: str) -> Build:
    """Return the facts of a release."""
    build = import_source(open_tree(f"{REPOSITORY}@{RELEASES[name]}"), name=name)
    check(Facts(SCHEMA, (build,)), name)
    return build


@pytest.mark.parametrize("name", RELEASES)
def test_what_is_bundled_is_what_the_importer_reads(name: str) -> None:
    """All of it, places included: whoever changes the importer makes the bundled facts anew (docs/importers.md)."""
    ours, bundle = imported(name), bundled().build(name)
    said = {"origin": bundle.origin, "counterpart": bundle.counterpart}
    assert replace(ours, **said) == bundle


@pytest.mark.parametrize("name", RELEASES)
def test_nothing_that_a_compat_list_is_made_of_is_unresolved(name: str) -> None:
    reasons = {left.reason for left in imported(name).unresolved}
    assert not any("constant string" in reason or "compat array" in reason for reason in reasons)
    assert len(imported(name).unresolved) < 25


@pytest.mark.parametrize(("name", "binary"), [("5.2", "5.2.0-debian"), ("7.2", "7.2.22"), ("10.0", "10.0.13-debian")])
def test_defaults_that_the_binary_of_the_release_also_states_are_equal(name: str, binary: str) -> None:
    facts = bundled()
    found = compare_defaults(Facts(SCHEMA, (imported(name), *facts.builds)), imported(name), facts.build(binary))
    assert found.counts["equal"] > 9000
    assert found.counts.get("differ", 0) < found.counts["equal"] / 20
