"""Hand-written changes: what they do to facts, and that every mistake is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from hopcheck.model.facts.change import apply, parse_change, read_change
from hopcheck.model.facts.errors import ChangeError, FactsError, InputError
from hopcheck.model.facts.load import bundled, dump, load
from hopcheck.model.facts.schema import BuildKind, Confidence, Facts
from hopcheck.model.facts.values import Absent, Known
from hopcheck.model.facts.views import make_view

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"

HEAD = 'base = "1.2"\nbuild = "1.3"\n'


def changed(facts: Facts, text: str) -> Facts:
    return apply(facts, parse_change(text, "change.toml"))


def value(facts: Facts, machine: str, name: str, prop: str, build: str = "1.3") -> object:
    return make_view(facts, facts.build(build)).effective(machine, name, prop).value


def test_changed_default(small: Facts) -> None:
    text = HEAD + '[[default]]\ndriver = "virtio-pci"\nproperty = "ats"\nvalue = true\n'
    facts = changed(small, text)
    assert value(facts, "pc-q35-1.2", "virtio-blk-pci", "ats") == Known("on")
    assert value(facts, "pc-q35-1.2", "virtio-blk-pci", "ats", "1.2") == Known("off")
    found = make_view(facts, facts.build("1.3")).effective("pc-q35-1.2", "virtio-pci", "ats")
    assert found.confidence is Confidence.ASSUMED
    assert facts.build("1.3").kind is BuildKind.HAND


def test_new_property_and_entry(small: Facts) -> None:
    text = HEAD + (
        '[[default]]\ndriver = "virtio-pci"\nproperty = "x-new"\nkind = "UINT32"\nvalue = 7\n'
        '[[entry]]\narray = "hw_compat_1_0"\ndriver = "virtio-pci"\nproperty = "x-new"\nvalue = "0x3"\n'
    )
    facts = changed(small, text)
    assert value(facts, "pc-q35-1.2", "virtio-blk-pci", "x-new") == Known("7")
    assert value(facts, "pc-q35-1.0", "virtio-blk-pci", "x-new") == Known("3")
    assert isinstance(value(facts, "pc-q35-1.0", "virtio-blk-pci", "x-new", "1.2"), Absent)


def test_new_machine_types_version_the_newest(small: Facts) -> None:
    text = HEAD + (
        'machine = "1.3"\n'
        '[[default]]\ndriver = "virtio-pci"\nproperty = "ats"\nvalue = "on"\n'
        '[[entry]]\narray = "hw_compat_1_2"\ndriver = "virtio-pci"\nproperty = "ats"\nvalue = "off"\n'
    )
    facts = changed(small, text)
    machines = facts.build("1.3").machines
    assert machines["pc-q35-1.3"].arrays == ()
    assert machines["pc-q35-1.2"].arrays == ("hw_compat_1_2", "pc_compat_1_2")
    assert machines["pc-q35-1.0"].arrays == ("hw_compat_1_2", "pc_compat_1_2", "hw_compat_1_1", "hw_compat_1_0")
    assert value(facts, "pc-q35-1.3", "virtio-blk-pci", "ats") == Known("on")
    assert value(facts, "pc-q35-1.2", "virtio-blk-pci", "ats") == Known("off")


def test_remove_and_retarget(small: Facts) -> None:
    entry = 'array = "hw_compat_1_0"\ndriver = "virtio-blk-pci"\nproperty = "num-queues"\n'
    facts = changed(small, HEAD + "[[remove]]\n" + entry)
    assert value(facts, "pc-q35-1.0", "virtio-blk-pci", "num-queues") == Known("1")
    facts = changed(small, HEAD + "[[retarget]]\n" + entry + 'to_value = "8"\n')
    assert value(facts, "pc-q35-1.0", "virtio-blk-pci", "num-queues") == Known("8")
    facts = changed(small, HEAD + "[[retarget]]\n" + entry + 'to_array = "hw_compat_1_1"\n')
    assert value(facts, "pc-q35-1.1", "virtio-blk-pci", "num-queues") == Known("2")
    facts = changed(small, HEAD + "[[retarget]]\n" + entry + 'to_driver = "virtio-blk-device"\n')
    assert value(facts, "pc-q35-1.0", "virtio-blk-device", "num-queues") == Known("2")


@pytest.mark.parametrize(("entries", "expected"), [("true", "4"), ("false", "65535")])
def test_rename(small: Facts, entries: str, expected: str) -> None:
    text = HEAD + f'[[rename]]\ndriver = "virtio-blk-device"\nto = "blk-ng"\nentries = {entries}\n'
    facts = changed(small, text)
    assert value(facts, "pc-q35-1.1", "blk-ng", "num-queues") == Known(expected)
    assert isinstance(value(facts, "pc-q35-1.1", "virtio-blk-device", "num-queues"), Absent)


def test_place_in_the_order(small: Facts) -> None:
    facts = changed(small, 'base = "1.1"\nbuild = "1.1.5"\n')
    assert [b.name for b in facts.builds] == ["1.1", "1.1-seen", "1.1.5", "1.2", "1.2-listed"]
    assert [b.name for b in changed(small, 'build = "1.3"\n').builds][-1] == "1.3"


def test_changed_facts_can_be_written_and_read(small: Facts, tmp_path: Path) -> None:
    text = HEAD + '[[default]]\ndriver = "virtio-pci"\nproperty = "ats"\nvalue = true\n'
    facts = changed(small, text)
    dump(facts, tmp_path / "facts.json.gz")
    assert load(tmp_path / "facts.json.gz") == facts


ENTRY = '[[entry]]\narray = "hw_compat_1_0"\ndriver = "virtio-pci"\nproperty = "ats"\nvalue = "on"\n'
DEFAULT = '[[default]]\ndriver = "virtio-pci"\nproperty = "ats"\nvalue = true\n'

MISTAKES: dict[str, tuple[str, int, str, str]] = {
    "not TOML": (HEAD + "what is this\n", 3, "not TOML", ""),
    "cut off": (HEAD + '[[default]]\ndriver = "virtio', 4, "not TOML", ""),
    "no build": ('base = "1.2"\n', 1, "no name", "build ="),
    "unknown key": (HEAD + 'machines = "1.3"\n', 3, "'machines'", "did you mean 'machine'"),
    "unknown table": (HEAD + '[[defaults]]\ndriver = "x"\n', 3, "'defaults'", "did you mean 'default'"),
    "key of a table": (HEAD + DEFAULT + 'prop = "x"\n', 7, "'prop'", "did you mean 'property'"),
    "single brackets": (HEAD + '[default]\ndriver = "x"\n', 3, "list of tables", "[[default]]"),
    "missing key": (HEAD + '[[default]]\ndriver = "virtio-pci"\nvalue = 1\n', 3, "lacks property", ""),
    "wrong type": (HEAD + DEFAULT.replace("true", "1.5"), 6, "1.5", "str or int or bool"),
    "empty driver": (HEAD + DEFAULT.replace("virtio-pci", ""), 4, "driver is ''", ""),
    "unknown base": ('base = "1.9"\nbuild = "2.0"\n', 1, "no build '1.9'", ""),
    "base is a binary": ('base = "1.2-listed"\nbuild = "2.0"\n', 1, "binary", "1.2"),
    "build is taken": ('base = "1.2"\nbuild = "1.2"\n', 2, "already hold", "another name"),
    "build is no version": ('base = "1.2"\nbuild = "next"\n', 2, "no version", ""),
    "build is too old": ('base = "1.2"\nbuild = "1.0"\n', 2, "no version from 1.2", ""),
    "machine is no version": (HEAD + 'machine = "pc-q35"\n', 3, "no machine type version", ""),
    "machine is too old": (HEAD + 'machine = "1.2"\n', 3, "not older", "later"),
    "unknown driver": (HEAD + DEFAULT.replace("virtio-pci", "virtio-pcie"), 4, "no driver", "'virtio-pci'"),
    "unknown property": (HEAD + DEFAULT.replace('"ats"', '"atx"'), 5, "no property 'atx'", "'ats'"),
    "inherited property": (
        HEAD + DEFAULT.replace("virtio-pci", "virtio-blk-pci"),
        4,
        "declared by virtio-pci",
        "driver = 'virtio-pci'",
    ),
    "value of another kind": (HEAD + DEFAULT.replace("true", '"maybe"'), 6, "'maybe'", "on or off"),
    "value out of range": (
        HEAD + '[[default]]\ndriver = "pci-device"\nproperty = "rombar"\nvalue = 4294967296\n',
        6,
        "UINT32",
        "",
    ),
    "default twice": (HEAD + DEFAULT + DEFAULT, 9, "given twice", ""),
    "property made by code": (
        HEAD + DEFAULT.replace('"ats"', '"realized"').replace("virtio-pci", "device"),
        5,
        "code",
        "kind",
    ),
    "unknown array": (HEAD + ENTRY.replace("1_0", "1_9"), 4, "hw_compat_1_9", "did you mean"),
    "entry for an unknown driver": (HEAD + ENTRY.replace("virtio-pci", "virtio-pc"), 5, "no driver", "'virtio-pci'"),
    "entry for an unknown property": (HEAD + ENTRY.replace('"ats"', '"at"'), 6, "no property", "'ats'"),
    "entry with a wrong value": (HEAD + ENTRY.replace('"on"', '"7"'), 7, "'7'", "on or off"),
    "entry twice": (HEAD + ENTRY + ENTRY, 11, "already has an entry", "[[retarget]]"),
    "nothing to remove": (
        HEAD + '[[remove]]\narray = "hw_compat_1_0"\ndriver = "virtio-pci"\nproperty = "ats"\n',
        6,
        "no entry",
        "",
    ),
    "nothing to retarget": (
        HEAD + '[[retarget]]\narray = "hw_compat_1_0"\ndriver = "virtio-device"\nproperty = "event_idx"\n',
        3,
        "nothing is retargeted",
        "to_driver",
    ),
    "rename to a taken name": (HEAD + '[[rename]]\ndriver = "virtio-pci"\nto = "device"\n', 5, "already is a type", ""),
    "rename of nothing": (HEAD + '[[rename]]\ndriver = "virtio-pcx"\nto = "new"\n', 4, "no driver", "'virtio-pci'"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_name_file_line_and_remedy(small: Facts, name: str) -> None:
    text, line, problem, remedy = MISTAKES[name]
    with pytest.raises(ChangeError) as caught:
        changed(small, text)
    error = caught.value
    assert (error.file, error.where) == ("change.toml", f"line {line}")
    assert problem in error.problem
    assert remedy in error.remedy
    assert error.remedy


def test_errors_share_a_base() -> None:
    assert issubclass(ChangeError, InputError)
    assert issubclass(FactsError, InputError)


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(ChangeError, match="cannot be read"):
        read_change(tmp_path / "nowhere.toml")
    (tmp_path / "big.toml").write_bytes(b"#" * (2 << 20))
    with pytest.raises(ChangeError, match="larger than"):
        read_change(tmp_path / "big.toml")
    (tmp_path / "latin.toml").write_bytes(b'base = "\xe9"\n')
    with pytest.raises(ChangeError, match="UTF-8"):
        read_change(tmp_path / "latin.toml")
    (tmp_path / "deep.toml").write_text("a = " + "[" * 50_000 + "]" * 50_000)
    with pytest.raises(ChangeError):
        read_change(tmp_path / "deep.toml")


@pytest.mark.parametrize(("file", "on_11_0"), [("new-default-without-entry", "512"), ("new-default-with-entry", "256")])
def test_examples(file: str, on_11_0: str) -> None:
    facts = apply(bundled(), read_change(EXAMPLES / f"{file}.toml"))
    assert facts.builds[-1].name == "11.2"
    view = make_view(facts, facts.builds[-1])
    assert view.effective("pc-q35-11.2", "virtio-blk-pci", "queue-size").value == Known("512")
    assert view.effective("pc-q35-11.0", "virtio-blk-pci", "queue-size").value == Known(on_11_0)
    assert view.effective("pc-q35-5.1", "virtio-blk-pci", "queue-size").value == Known(on_11_0)
