"""Facts files: what is written is read back, and every kind of damage is one clear error."""

from __future__ import annotations

import contextlib
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hopcheck.model.facts import load as load_module
from hopcheck.model.facts.errors import FactsError
from hopcheck.model.facts.load import bundled, dump, load
from hopcheck.model.facts.schema import SCHEMA, Facts, json_schema

Raw = dict[str, Any]


def write(path: Path, document: Raw | str | bytes) -> Path:
    if isinstance(document, dict):
        document = json.dumps(document)
    path.write_bytes(document.encode() if isinstance(document, str) else document)
    return path


@pytest.mark.parametrize("name", ["facts.json", "facts.json.gz"])
def test_round_trip(small: Facts, tmp_path: Path, name: str) -> None:
    dump(small, tmp_path / name)
    assert load(tmp_path / name) == small
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_equal_facts_give_equal_bytes(small: Facts, tmp_path: Path) -> None:
    dump(small, tmp_path / "a.json.gz")
    dump(load(tmp_path / "a.json.gz"), tmp_path / "b.json.gz")
    assert (tmp_path / "a.json.gz").read_bytes() == (tmp_path / "b.json.gz").read_bytes()


def test_dump_leaves_no_half_file(small: Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "facts.json"
    target.write_text("before")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        dump(small, target)
    assert [p.name for p in tmp_path.iterdir()] == ["facts.json"]
    assert target.read_text() == "before"


def build(raw: Raw, position: int = 0) -> Raw:
    found: Raw = raw["builds"][position]
    return found


def spoil_reading(raw: Raw, reading: list[Any]) -> None:
    build(raw, 1)["runs"][0]["objects"][0]["readings"]["size"] = reading


CORRUPTIONS: dict[str, tuple[Callable[[Raw], Any], str, str]] = {
    "schema version": (lambda r: r.update(schema="hopcheck-facts/9"), "$.schema", "hopcheck-facts/9"),
    "no schema": (lambda r: r.pop("schema"), "$", "schema"),
    "no builds": (lambda r: r.update(builds=[]), "$.builds", "no build"),
    "builds is no list": (lambda r: r.update(builds={}), "$.builds", "array"),
    "unknown field": (lambda r: r.update(extra=1), "$", "extra"),
    "unknown field of a build": (lambda r: build(r).update(extra=1), "$.builds[0]", "extra"),
    "unknown field of a type": (
        lambda r: build(r)["types"]["device"].update(colour="red"),
        "$.builds[0].types['device']",
        "colour",
    ),
    "wrong kind of build": (lambda r: build(r).update(kind="guess"), "$.builds[0].kind", "guess"),
    "number as name": (lambda r: build(r).update(name=5), "$.builds[0].name", "str"),
    "empty name": (lambda r: build(r).update(name=""), "$.builds[0].name", "empty"),
    "build named twice": (lambda r: build(r, 2).update(name="1.1"), "$.builds[2].name", "twice"),
    "unknown array": (
        lambda r: build(r)["machines"]["pc-q35-1.0"]["arrays"].append("hw_compat_1_9"),
        "$.builds[0].machines['pc-q35-1.0'].arrays[2]",
        "hw_compat_1_9",
    ),
    "array listed twice": (
        lambda r: build(r)["machines"]["pc-q35-1.0"]["arrays"].append("hw_compat_1_1"),
        "$.builds[0].machines['pc-q35-1.0'].arrays[2]",
        "twice",
    ),
    "array key is a number": (
        lambda r: build(r)["machines"]["pc-q35-1.0"]["arrays"].append(3),
        "$.builds[0].machines['pc-q35-1.0'].arrays[2]",
        "str",
    ),
    "entry too short": (
        lambda r: build(r)["compat_arrays"]["hw_compat_1_0"]["entries"].append(["virtio-pci", "ats"]),
        "$.builds[0].compat_arrays['hw_compat_1_0'].entries[3]",
        "length",
    ),
    "entry too long": (
        lambda r: build(r)["compat_arrays"]["hw_compat_1_0"]["entries"][0].extend([True, "x", 1]),
        "$.builds[0].compat_arrays['hw_compat_1_0']",
        "length",
    ),
    "value is a boolean": (
        lambda r: build(r)["compat_arrays"]["hw_compat_1_0"]["entries"][0].__setitem__(2, True),
        "$.builds[0].compat_arrays['hw_compat_1_0'].entries[0][2]",
        "bool",
    ),
    "default is an unknown object": (
        lambda r: build(r)["types"]["pci-device"]["props"].update(rombar=["UINT32", {"expr": "1"}]),
        "$.builds[0].types['pci-device'].props",
        "expr",
    ),
    "parent is a number": (
        lambda r: build(r)["types"]["pci-device"].update(parent=7),
        "$.builds[0].types['pci-device'].parent",
        "str",
    ),
    "parent cycle": (
        lambda r: build(r)["types"]["device"].update(parent="virtio-blk-pci"),
        "$.builds[0].types[",
        "cycle",
    ),
    "own parent": (
        lambda r: build(r)["types"]["device"].update(parent="device"),
        "$.builds[0].types[",
        "device -> device",
    ),
    "unknown counterpart": (
        lambda r: build(r).update(counterpart="1.2-lusted"),
        "$.builds[0].counterpart",
        "1.2-lusted",
    ),
    "index out of range": (
        lambda r: spoil_reading(r, [[7], [0, 1]]),
        "$.builds[1].runs[0].objects[0].readings['size']",
        "outside",
    ),
    "too few indices": (
        lambda r: spoil_reading(r, [[7, 8], [0]]),
        "$.builds[1].runs[0].objects[0].readings['size']",
        "1 indices for 2 machines",
    ),
    "several values, no index": (
        lambda r: spoil_reading(r, [[7, 8]]),
        "$.builds[1].runs[0].objects[0].readings['size']",
        "no index",
    ),
}


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_corruption_is_one_clear_error(raw: Raw, tmp_path: Path, name: str) -> None:
    spoil, where, problem = CORRUPTIONS[name]
    spoil(raw)
    path = write(tmp_path / "facts.json", raw)
    with pytest.raises(FactsError) as caught:
        load(path)
    error = caught.value
    assert error.file == str(path)
    assert error.where.startswith(where)
    assert problem in error.problem
    assert error.remedy


TEXTS: dict[str, tuple[str, bytes, str]] = {
    "empty": ("facts.json", b"  \n", "empty"),
    "not JSON": ("facts.json", b'{"schema":\n nonsense}', "not JSON"),
    "cut off": ("facts.json", b'{"schema": "hopcheck-facts/1", "builds": [', "not JSON"),
    "not UTF-8": ("facts.json", b'{"schema": "\xff\xfe"}', "not JSON"),
    "not gzip": ("facts.json.gz", b"{}", "not gzip"),
    "damaged gzip": ("facts.json.gz", gzip.compress(b"{}" * 500)[:-9], "damaged gzip"),
    "spoilt gzip": ("facts.json.gz", b"\x1f\x8bnonsense nonsense", "damaged gzip"),
    "a list": ("facts.json", b"[1, 2]", "Expected `object`"),
    "too deep": ("facts.json", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, ""),
    "deep list": ("facts.json", b"[" * 200_000, ""),
}


@pytest.mark.parametrize("name", TEXTS)
def test_unreadable_text_is_one_clear_error(tmp_path: Path, name: str) -> None:
    file, text, problem = TEXTS[name]
    with pytest.raises(FactsError) as caught:
        load(write(tmp_path / file, text))
    assert problem in caught.value.problem


def test_deep_reading_is_refused_not_a_crash(raw: Raw, tmp_path: Path) -> None:
    spoil_reading(raw, [["DEEP"]])
    text = json.dumps(raw).replace('"DEEP"', "[" * 90_000 + "]" * 90_000)
    with pytest.raises(FactsError):
        load(write(tmp_path / "facts.json", text))


def test_syntax_error_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(FactsError) as caught:
        load(write(tmp_path / "facts.json", '{"schema": 1,\n\n oops}'))
    assert caught.value.where == "line 3"


def test_duplicate_machine_is_found(raw: Raw, tmp_path: Path) -> None:
    text = json.dumps(raw, indent=1)
    machine = '"pc-q35-1.1": {"arrays": []}, "pc-q35-1.2": {'
    text = text.replace('"pc-q35-1.2": {', machine, 1)
    with pytest.raises(FactsError, match=r"'pc-q35-1\.1' is given twice"):
        load(write(tmp_path / "facts.json", text))


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match="cannot be read"):
        load(tmp_path / "nowhere.json")


def test_size_limits(small: Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dump(small, tmp_path / "facts.json.gz")
    monkeypatch.setattr(load_module, "MAX_UNPACKED", 1000)
    with pytest.raises(FactsError, match="unpacks to more than 1000"):
        load(tmp_path / "facts.json.gz")
    monkeypatch.setattr(load_module, "MAX_PACKED", 100)
    with pytest.raises(FactsError, match="larger than 100"):
        load(tmp_path / "facts.json.gz")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_flipped_byte_is_facts_or_one_error(small: Facts, tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "facts.json"
    dump(small, path)
    text = bytearray(path.read_bytes())
    text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(text))
    with contextlib.suppress(FactsError):
        load(path)


def test_bundled_facts_pass_all_checks(tmp_path: Path) -> None:
    path = tmp_path / "all.json.gz"
    dump(bundled(), path)
    assert load(path) == bundled()


def test_bundled_stations() -> None:
    stations = [build.name for build in bundled().stations()]
    assert len(stations) == 26
    assert len(bundled().builds) == 27
    assert stations[0] == "4.0"
    assert stations[-1] == "11.1.3"
    assert {"7.2.22", "5.2.0-debian"} <= set(stations)
    assert "10.0.13-debian" not in stations


def test_bundled_data_is_deterministic_and_small() -> None:
    folder = Path(load_module.__file__).parent / "data"
    files = sorted(folder.glob("*.json.gz"))
    assert len(files) == 27
    assert sum(file.stat().st_size for file in files) < 2_000_000
    for file in files:
        assert file.read_bytes()[4:8] == b"\0\0\0\0", f"{file.name} holds a time stamp"


def test_unknown_build_lists_the_known(small: Facts) -> None:
    with pytest.raises(KeyError, match=r"1\.2-listed"):
        small.build("9.9")


def test_json_schema_names_the_version() -> None:
    schema = json_schema()
    assert schema["title"] == SCHEMA
    assert "Build" in schema["$defs"]
