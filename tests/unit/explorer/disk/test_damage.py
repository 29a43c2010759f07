"""Whatever is in a checkpoint's files: it opens as what was saved, or there is one clear error and nothing has changed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopcheck.explorer.disk import Checkpoint
from hopcheck.model.errors import InputError

from .made_up import IDENTITY, append, opened, save

FILES = ("checkpoint.json", "states-0.bin", "arrays-1.bin")
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The files of a checkpoint of four levels, the states with more behind them."""
    path = tmp_path_factory.mktemp("whole")
    with Checkpoint.create(path, IDENTITY) as checkpoint:
        for k in range(4):
            append(checkpoint.states, k)
        save(checkpoint)
        append(checkpoint.states, 4)
    return {name: (path / name).read_bytes() for name in FILES}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("place") / "c"


def write(path: Path, files: Files) -> None:
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    for name, content in files.items():
        (path / name).write_bytes(content)


def is_whole_or_refused(path: Path, files: Files) -> bool:
    """Whether it was refused; if not, it was what had been saved."""
    write(path, files)
    try:
        levels = opened(path)
    except InputError as error:
        refusal = error
    else:
        assert levels == 4
        return False
    assert str(refusal.file).startswith(str(path))
    assert refusal.hint
    assert {name: (path / name).read_bytes() for name in files} == files
    return True


@given(st.sampled_from(FILES), st.data())
def test_flipped_bits(whole: Files, place: Path, name: str, data: Any) -> None:
    content = bytearray(whole[name])
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    is_whole_or_refused(place, {**whole, name: bytes(content)})


@given(st.sampled_from(FILES), st.data())
def test_files_cut_short_or_with_something_in_them(whole: Files, place: Path, name: str, data: Any) -> None:
    content = whole[name]
    begin, end = sorted(data.draw(st.tuples(*[st.integers(0, len(content))] * 2)))
    changed = content[:begin] + data.draw(st.binary(max_size=20)) + content[end:]
    refused = is_whole_or_refused(place, {**whole, name: changed})
    assert refused or name == "states-0.bin" or changed == content


@pytest.mark.parametrize("name", FILES)
def test_every_byte_of_every_file_counts(whole: Files, place: Path, name: str) -> None:
    """A change of any byte is refused, but for those of the states that the last save does not speak of."""
    needed = len(whole[name])
    if name == "states-0.bin":
        needed = sum(json.loads(whole["checkpoint.json"])["content"]["states"]) * 16
    for at in range(0, len(whole[name]), 7):
        changed = bytearray(whole[name])
        changed[at] ^= 0x10
        assert is_whole_or_refused(place, {**whole, name: bytes(changed)}) is (at < needed)


@pytest.mark.parametrize("name", FILES)
def test_missing_files_and_files_that_are_none(whole: Files, place: Path, name: str) -> None:
    assert is_whole_or_refused(place, {each: content for each, content in whole.items() if each != name})
    for make in (os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path), lambda path: os.symlink("nowhere", path)):
        write(place, {each: content for each, content in whole.items() if each != name})
        make(place / name)
        with pytest.raises(InputError, match=r"cannot be used|holds no checkpoint"):
            opened(place)


def test_a_link_to_another_file_is_not_cut(whole: Files, place: Path, tmp_path: Path) -> None:
    write(place, whole)
    (place / "states-0.bin").rename(tmp_path / "mine")
    (place / "states-0.bin").symlink_to(tmp_path / "mine")
    with pytest.raises(InputError, match=r"states-0\.bin: cannot be used"):
        opened(place)
    assert (tmp_path / "mine").read_bytes() == whole["states-0.bin"]


def forged(whole: Files, **changes: Any) -> Files:
    """With other content in the manifest, under a digest that is right."""
    content = json.dumps({**json.loads(whole["checkpoint.json"])["content"], **changes}).encode()
    digest = hashlib.sha256(content).hexdigest()
    head = json.dumps({"format": "hopcheck-checkpoint/1", "sha256": digest})[:-1].encode()
    return {**whole, "checkpoint.json": head + b',"content":' + content + b"}"}


HOSTILE = {
    "negative states": {"states": [-1, 1, 1, 1]},
    "absurd states": {"states": [1 << 62] * 4},
    "huge numbers": {"states": [1 << 200] * 4},
    "fractions": {"edges": [1.5]},
    "fewer levels": {"states": [1]},
    "other sizes": {"states": [2, 1, 1, 1]},
    "more edges than levels": {"edges": [1] * 5},
    "a wrong checksum": {"crc32": [0] * 4},
    "a checksum too large": {"crc32": [1 << 32] * 4},
    "a path for a number": {"generation": "../../etc/passwd"},
    "another generation": {"generation": 1},
    "a negative serial": {"serial": -1},
    "a serial of nothing": {"serial": 1 << 52},
    "no width": {"identity": {**msgspec.structs.asdict(IDENTITY), "width": 0}},
    "no identity": {"identity": None},
    "pickled objects": {"arrays": [{"name": "x", "dtype": "|O", "shape": [1]}]},
    "no element type": {"arrays": [{"name": "x", "dtype": "what?", "shape": [1]}]},
    "an absurd array": {"arrays": [{"name": "x", "dtype": "<i8", "shape": [1 << 40]}]},
    "an empty absurd array": {"arrays": [{"name": "x", "dtype": "<i8", "shape": [0, 1 << 62, 1 << 62]}]},
    "a negative array": {"arrays": [{"name": "x", "dtype": "<i8", "shape": [-1]}]},
    "too many dimensions": {"arrays": [{"name": "x", "dtype": "<i8", "shape": [1] * 99}]},
    "an array twice": {"arrays": [{"name": "x", "dtype": "|u1", "shape": [0]}] * 2},
    "Booleans that are none": {"arrays": [{"name": "x", "dtype": "|b1", "shape": [444]}]},
    "a digest of nothing": {"arrays_sha256": ""},
    "something unknown": {"run": "rm -rf /"},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_manifests(whole: Files, place: Path, name: str) -> None:
    assert is_whole_or_refused(place, forged(whole, **HOSTILE[name]))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


FIELDS = ("identity", "generation", "serial", "states", "crc32", "edges", "arrays", "arrays_sha256")


@given(st.sampled_from(FIELDS), json_values)
def test_any_value_in_any_place(whole: Files, place: Path, field: str, value: Any) -> None:
    edges_of_fewer_levels = field == "edges" and isinstance(value, list)
    before = json.loads(whole["checkpoint.json"])["content"][field]
    write(place, forged(whole, **{field: value}))
    if edges_of_fewer_levels or value == before:
        return
    with pytest.raises(InputError):
        opened(place)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is no checkpoint of hopcheck"),
        (b"\xff\xfe", "is no checkpoint of hopcheck"),
        (b"[" * 100_000, "is no checkpoint of hopcheck"),
        (b'{"a":' * 100_000, "is no checkpoint of hopcheck"),
        (b'{"format": 1}', "is no checkpoint of hopcheck"),
        (b'{"format": "hopcheck-checkpoint/2"}', "has format 'hopcheck-checkpoint/2', and this hopcheck reads"),
        (b'{"format": "hopcheck-checkpoint/1"}', "is damaged"),
    ],
)
def test_what_is_no_manifest(whole: Files, place: Path, text: bytes, said: str) -> None:
    write(place, {**whole, "checkpoint.json": text})
    for attempt in (lambda: Checkpoint.open(place), lambda: Checkpoint.create(place, IDENTITY)):
        with pytest.raises(InputError, match=rf"checkpoint\.json: {said}.*; "):
            attempt()
    assert {name: (place / name).read_bytes() for name in FILES} == {**whole, "checkpoint.json": text}


def test_a_deep_payload(whole: Files, place: Path) -> None:
    deep = forged(whole, payload="DEEP")
    content = b"[" * 5000 + b"]" * 5000
    inner = json.dumps({**json.loads(whole["checkpoint.json"])["content"], "payload": 0}).encode()
    inner = inner.replace(b'"payload": 0', b'"payload": ' + content)
    digest = hashlib.sha256(inner).hexdigest().encode()
    deep["checkpoint.json"] = b'{"format":"hopcheck-checkpoint/1","sha256":"' + digest + b'","content":' + inner + b"}"
    assert is_whole_or_refused(place, deep)


def test_a_file_larger_than_memory_is_not_read(whole: Files, place: Path) -> None:
    for name in ("checkpoint.json", "arrays-1.bin"):
        write(place, whole)
        os.truncate(place / name, 1 << 42)
        with pytest.raises(InputError, match=f"{1 << 42} bytes"):
            opened(place)


def test_states_with_holes_are_compared(whole: Files, place: Path) -> None:
    states = np.frombuffer(whole["states-0.bin"], np.int64).copy()
    states[4:8] = 0
    assert is_whole_or_refused(place, {**whole, "states-0.bin": states.tobytes()})
