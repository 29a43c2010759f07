"""A real binary, where one is installed, against what the bundled facts say of the same release."""

from __future__ import annotations

import shutil

import pytest

from hopcheck.model.facts.hierarchy import Hierarchy
from hopcheck.model.facts.load import bundled
from hopcheck.model.facts.schema import Build
from hopcheck.model.importers.binary import import_binary

_BUNDLED = "7.2.22"
QEMU = shutil.which("qemu-system-x86_64")


@pytest.fixture(scope="module")
def pair() -> tuple[Build, Build]:
    """The build as imported now, and as bundled."""
    if QEMU is None:
        pytest.skip("qemu-system-x86_64 is not installed (apt-get install qemu-system-x86)")
    build = import_binary(QEMU)
    if (build.arch, build.version) != ("x86_64", _BUNDLED):
        pytest.skip(f"the installed QEMU is {build.version} for {build.arch}; Debian 12 has {_BUNDLED} for x86_64")
    return build, bundled().build(_BUNDLED)


def test_machine_types_and_hierarchy(pair: tuple[Build, Build]) -> None:
    build, known = pair
    assert build.machines.keys() == known.machines.keys()
    assert build.compat_arrays == known.compat_arrays
    assert known.types.keys() <= build.types.keys()
    assert {name: build.types[name].parent for name in known.types} == {n: t.parent for n, t in known.types.items()}


def test_every_default_of_every_concrete_type(pair: tuple[Build, Build]) -> None:
    build, known = pair
    mine, theirs = Hierarchy(build), Hierarchy(known)
    compared = 0
    for name, fact in known.types.items():
        # Modules that are not installed everywhere: what the bundled facts say of these has no kinds.
        if not fact.concrete or name.startswith("qxl"):
            continue
        for prop in theirs.properties(name):
            one, other = mine.own(name, prop), theirs.own(name, prop)
            assert (one and one.fact) == (other and other.fact), (name, prop)
            compared += 1
    assert compared > 50_000


def test_vmstate(pair: tuple[Build, Build]) -> None:
    build, known = pair
    assert build.vmstate
    if known.vmstate is not None:
        assert {name: build.vmstate[name] for name in known.vmstate} == known.vmstate


def test_what_the_binary_dies_of_is_said(pair: tuple[Build, Build]) -> None:
    build, _ = pair
    for fact in build.unresolved:
        assert fact.place in build.types
        assert "listing them ends the process" in fact.reason or "not listed" in fact.reason
