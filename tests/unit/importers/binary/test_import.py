"""What a friendly binary answers becomes a build; what a hostile one does becomes one error, within the limit."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from hopcheck.model.errors import InputError
from hopcheck.model.facts.check import check
from hopcheck.model.facts.schema import SCHEMA, Build, BuildKind, CompatArray, Entry, Facts, Property, QomType, Unresolved
from hopcheck.model.facts.vmstate import VMStateDescription, VMStateField, VMStateSection
from hopcheck.model.importers.binary import import_binary

from .conftest import Fake


@pytest.fixture
def build(fake: Fake) -> Build:
    return import_binary(fake())


def test_what_the_build_is(build: Build) -> None:
    assert (build.name, build.version, build.kind, build.arch) == ("9.1.2", "9.1.2", BuildKind.BINARY, "x86_64")
    assert build.origin == "qemu-friendly fake (reports 9.1.2), asked over QMP"
    assert not build.unresolved
    check(Facts(SCHEMA, (build,)), "test")


def test_a_name_that_is_given(fake: Fake) -> None:
    build = import_binary(fake(), name="mine", vmstate=False)
    assert (build.name, build.version, build.vmstate) == ("mine", "9.1.2", None)


def test_machine_types_and_their_lists(build: Build) -> None:
    machine = build.machines["pc-1.0"]
    assert machine.arrays == ("pc-1.0:compat-props",)
    assert machine.class_fields == {"alias": "pc", "cpu-max": "255", "deprecated": "false", "is-default": "true"}
    # In their order: the later one wins.
    entries = (Entry("disk", "queues", "2"), Entry("disk", "queues", "4"))
    assert build.compat_arrays["pc-1.0:compat-props"] == CompatArray(entries)
    assert build.compat_arrays["none:compat-props"] == CompatArray(())


def test_a_binary_before_9_1_does_not_tell_lists(fake: Fake) -> None:
    build = import_binary(fake("old"), vmstate=False)
    assert build.machines["pc-1.0"].arrays is None
    assert not build.compat_arrays


def test_types_state_what_they_add(build: Build) -> None:
    shared = {"legacy-cache": Property("bool", True), "pmu": Property("bool", False)}
    serial, sizes = Property("str"), Property("list", (1, 2))
    assert build.types == {
        "object": QomType(None, concrete=False),
        "bus": QomType("object", concrete=None),
        "device": QomType("object", concrete=False),
        "cpu": QomType("device", concrete=False),
        "x86_64-cpu": QomType("cpu", props=shared, concrete=False),
        "old-x86_64-cpu": QomType("x86_64-cpu", props={"family": Property("int", 6)}, concrete=True),
        "new-x86_64-cpu": QomType("x86_64-cpu", props={"family": Property("int", 15)}, concrete=True),
        "disk": QomType("device", props={"queues": Property("uint16", 1), "serial": serial, "sizes": sizes}, concrete=True),
        "fast-disk": QomType("disk", props={"queues": Property("uint16", 8)}, concrete=True),
    }


def test_vmstate(build: Build) -> None:
    request = VMStateDescription("request", 1, 1)
    fields = (VMStateField("sector", 8), VMStateField("requests", 16, 2, 4, True, request))
    description = VMStateDescription("disk", 3, 1, fields, (VMStateDescription("disk/queue", 1, 1),))
    assert build.vmstate == {"disk": VMStateSection("disk", 3, 1, description)}


def test_a_type_that_the_binary_dies_of_is_unresolved(fake: Fake, build: Build) -> None:
    found = import_binary(fake("dies on a type"))
    place = Unresolved("fast-disk", "properties", "listing them ends the process: missing object type 'motor'")
    assert found.unresolved == (place,)
    assert found.types["fast-disk"] == QomType("disk", concrete=None)
    assert {**found.types, "fast-disk": None} == {**build.types, "fast-disk": None}


def test_a_type_that_the_binary_refuses_is_unresolved(fake: Fake) -> None:
    found = import_binary(fake("refuses a type"), vmstate=False)
    assert found.unresolved == (Unresolved("fast-disk", "properties", "are not listed: not  [31m here"),)


def test_a_default_that_is_no_value_is_unresolved(fake: Fake) -> None:
    found = import_binary(fake("odd default"), vmstate=False)
    assert [fact.place for fact in found.unresolved] == ["disk.queues"]
    assert found.types["disk"].props == {"queues": Property("uint16")}


def test_events_are_not_answers(fake: Fake, build: Build) -> None:
    assert import_binary(fake("events")).types == build.types


@pytest.mark.parametrize(
    ("mode", "text"),
    [
        ("hangs", "did not answer in time"),
        ("no greeting", "did not answer in time"),
        ("silent", "did not answer in time"),
        ("dump hangs", "did not dump its vmstate descriptions in time"),
    ],
)
def test_too_slow(fake: Fake, mode: str, text: str) -> None:
    with pytest.raises(InputError, match=text):
        import_binary(fake(mode), seconds=1.5)


@pytest.mark.parametrize(
    ("mode", "text"),
    [
        ("dies", r"ended before it had answered \(cannot find libnothing.so\)"),
        ("exits", r"ended before it had answered \(something else went wrong\)"),
        ("bad greeting", "said no QMP greeting"),
        ("odd greeting", "said no QMP greeting"),
        ("junk", "broke off the conversation"),
        ("giant", "broke off the conversation"),
        ("deep", "broke off the conversation"),
        ("no version", "required field `qemu`"),
        ("cycle", "answers that 'object' is its own ancestor|answers that 'device' is its own ancestor"),
        ("type twice", "answers the type 'disk' twice"),
        ("property twice", "answers the property '.*' twice"),
        ("control letters", "matching regex"),
        ("many types", "a list of 30011 elements"),
        ("type of a number", "Expected `str`, got `int`"),
        ("bad dump", "dumped vmstate descriptions that cannot be read: is not JSON"),
    ],
)
def test_nonsense(fake: Fake, mode: str, text: str) -> None:
    script = fake(mode)
    with pytest.raises(InputError, match=text) as caught:
        import_binary(script)
    assert caught.value.file == str(script)
    assert str(caught.value).isprintable()


def test_a_binary_that_dies_of_every_type_is_given_up(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hopcheck.model.importers.binary.interview.MAX_DEATHS", 3)
    with pytest.raises(InputError, match="ended over 4 types"):
        import_binary(fake("dies on types"))


def test_more_properties_than_are_read(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hopcheck.model.importers.binary.interview.MAX_PROPERTIES", 6)
    with pytest.raises(InputError, match="more than 6 properties"):
        import_binary(fake())


def test_no_binary(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be started"):
        import_binary(tmp_path / "nothing")
    with pytest.raises(InputError, match="cannot be started"):
        import_binary(tmp_path)


def test_what_it_started_does_not_outlive_it(fake: Fake, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    import_binary(fake(before=f"sleep 1000 & echo $! > '{note}'"), vmstate=False)
    pid = int(note.read_text())
    end = time.monotonic() + 10
    while _lives(pid) and time.monotonic() < end:
        time.sleep(0.01)  # a killed process is there until it has been scheduled once more
    assert not _lives(pid)


def _lives(pid: int) -> bool:
    """Whether a process is there, and not merely waiting to be reaped."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def test_the_environment_is_not_handed_on(fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_OF_SOMEBODY", "x")
    note = tmp_path / "environment"
    import_binary(fake(before=f"env > '{note}'"), vmstate=False)
    names = {line.partition("=")[0] for line in note.read_text().splitlines()}
    assert names <= {"PATH", "LC_ALL", "HOME", "TMPDIR", "PWD", "OLDPWD", "SHLVL", "_"}


def test_nothing_is_left_behind(fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    before = len(os.listdir("/proc/self/fd"))
    for mode in ("friendly", "junk"):
        try:
            import_binary(fake(mode))
        except InputError:
            assert mode == "junk"
    assert not list(place.iterdir())
    assert len(os.listdir("/proc/self/fd")) == before


def test_what_a_binary_puts_in_the_way_is_not_waited_for(fake: Fake) -> None:
    with pytest.raises(InputError, match="dumped no vmstate descriptions"):
        import_binary(fake("fifo"))
