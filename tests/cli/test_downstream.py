"""A distribution's QEMU, whose machine types count its own releases: through import, check, prove and repair."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hopcheck.model.importers.patch import unified
from hopcheck.model.importers.trees import Directory, Patched
from hopcheck.report.formats.encode import from_json
from tests.downstream import Downstream, with_machine
from tests.synthetic import Device

from .conftest import Answer, Hopcheck

BLK = "virtio-blk-device"
ENTRY = (BLK, "num-queues", "1")


def _devices(num_queues: int) -> dict[str, Device]:
    return {BLK: Device(props={"num-queues": num_queues, "queue-size": 128}), "virtio-blk-slow": Device(BLK)}


AT_9_4 = Downstream("8.2.0", ("9.2", "9.4"), {"9.2": ()}, _devices(1), named=(("jammy", "9.2"),))
AT_9_6 = replace(AT_9_4, version="9.1.0", machines=("9.2", "9.4", "9.6"), entries={"9.2": (), "9.4": (), "9.6": ()})
BACKPORT = with_machine(AT_9_6, "9.8").with_default(BLK, "num-queues", 65535)
"""What upstream does with an entry for QEMU's machine types: here the distribution's own need one."""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def known(hopcheck: Hopcheck) -> str:
    """The facts of two releases, imported from their trees."""
    for tree, name in ((AT_9_4, "el94"), (AT_9_6, "el96")):
        tree.write(Path(name))
    names = ("--name", "el94", "--name", "el96")
    answer = hopcheck("import", "qemu", "--source", "el94", "--source", "el96", *names, "--output", "el.json", "--quiet")
    assert answer.code == 0, answer.err
    return "el.json"


def _patch(before: Downstream, after: Downstream) -> None:
    old, new = before.files(), after.files()
    changes = {path: new[path] for path in new if old[path] != new[path]}
    tree = Directory(before.write(Path("tree")))
    Path("x.patch").write_text(unified(tree, Patched(tree, changes, "")))


def _run(hopcheck: Hopcheck, known: str, verb: str, after: Downstream, form: str = "json") -> Answer:
    _patch(AT_9_6, after)
    return hopcheck(verb, "x.patch", "--tree", "tree", "--facts", known, "--quiet", "--format", form)


def test_own_machine_types_are_judged(hopcheck: Hopcheck, known: str) -> None:
    answer = hopcheck("check", "device_config", "--facts", known, "--quiet", "--format", "json")
    assert answer.code == 0, answer.err
    (model,) = from_json(answer.out.encode()).models
    # Two device properties of the one type of which objects are made; on each of two boards three versions and a name.
    assert model.coverage is not None
    assert model.coverage.triples == 2 * 2 * 4


def test_a_release_that_lost_its_entry_is_found(hopcheck: Hopcheck) -> None:
    lost = replace(AT_9_6, devices=_devices(65535))
    for tree, name in ((AT_9_4, "el94"), (lost, "el96")):
        tree.write(Path(name))
    hopcheck("import", "qemu", "--source", "el94", "--source", "el96", "--name", "a", "--name", "b", "--output", "el.json")
    answer = hopcheck("check", "device_config", "--facts", "el.json", "--quiet", "--format", "json")
    assert answer.code == 1
    (found,) = from_json(answer.out.encode()).findings
    assert found.machines == (
        *("pc-q35-jammy", "pc-q35-rhel9.2.0", "pc-q35-rhel9.4.0"),
        *("virt-jammy", "virt-rhel9.2.0", "virt-rhel9.4.0"),
    )


def test_a_backport_without_its_entry_is_unsafe_and_repair_writes_the_entry(hopcheck: Hopcheck, known: str) -> None:
    answer = _run(hopcheck, known, "prove", BACKPORT)
    assert answer.code == 1, answer.err
    report = from_json(answer.out.encode())
    (found,) = report.findings
    assert {"virt-rhel9.6.0", "pc-q35-rhel9.2.0", "virt-jammy"} <= set(found.machines)
    assert not any("rhel9.8" in name for name in found.machines)
    assert found.needed is not None
    assert (found.needed.array, found.needed.notation) == ("hw_compat_rhel_9_6", f'{{ "{BLK}", "num-queues", "1" }}')
    repaired = _run(hopcheck, known, "repair", BACKPORT, "diff")
    assert repaired.code == 0, repaired.err
    assert " GlobalProperty hw_compat_rhel_9_6[] = {\n+" in repaired.out
    assert f'+    {{ "{BLK}", "num-queues", "1" }},' in repaired.out


def test_a_backport_with_its_entry_is_safe(hopcheck: Hopcheck, known: str) -> None:
    answer = _run(hopcheck, known, "prove", BACKPORT.with_entry("9.6", *ENTRY))
    assert answer.code == 0, answer.out
    report = from_json(answer.out.encode())
    assert report.change is not None
    # 9.6 is the newest release before the new machine type, whatever QEMU's own version is.
    assert not [each.what for each in report.change.warnings if "array for the release" in each.what]


def test_an_entry_for_too_old_a_release_is_unsafe_and_named(hopcheck: Hopcheck, known: str) -> None:
    answer = _run(hopcheck, known, "prove", BACKPORT.with_entry("9.4", *ENTRY))
    assert answer.code == 1, answer.err
    report = from_json(answer.out.encode())
    (found,) = report.findings
    assert found.cause == "array labelled older"
    assert found.machines == ("pc-q35-rhel9.6.0", "virt-rhel9.6.0")
    assert report.change is not None
    assert any("machine types of versions after 9.4 up to 9.6 do not apply it" in w.what for w in report.change.warnings)


def test_an_entry_for_one_board_leaves_the_other(hopcheck: Hopcheck, known: str) -> None:
    answer = _run(hopcheck, known, "prove", replace(BACKPORT, pc_entries=(("9.6", *ENTRY),)))
    assert answer.code == 1, answer.err
    (found,) = from_json(answer.out.encode()).findings
    assert found.cause == "wrong array"
    assert not any(name.startswith("pc-") for name in found.machines)
