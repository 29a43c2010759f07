"""The manifest of a checkpoint: what it is of, and what its other files must hold for it to be whole.

A JSON document, ``{"format": "hopcheck-checkpoint/1", "sha256": ..., "content": {...}}``: the digest is that of the very
bytes of ``content``. It names no files: their names follow from two numbers, so that no manifest can point elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer.disk.levels import START_AFRESH, Level
from hopcheck.model.errors import InputError

FORMAT = "hopcheck-checkpoint/1"
"""Changes whenever this version could misread what another one wrote."""

LARGEST = 1 << 28
"""No manifest is larger than this, in bytes: one of a million levels has about 40 MB."""

DTYPES = frozenset({"|b1", "|i1", "|u1", "<i4", "<u4", "<i8", "<u8", "<f8"})
"""The element types of the arrays that a checkpoint keeps."""

LARGEST_ARRAYS = 1 << 30
"""All arrays of a checkpoint together are no larger than this, in bytes: they are read into memory."""

Natural = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
Crc32 = Annotated[int, msgspec.Meta(ge=0, le=(1 << 32) - 1)]
Serial = Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]
Generation = Annotated[int, msgspec.Meta(ge=0, le=1)]
Width = Annotated[int, msgspec.Meta(ge=1, le=1 << 16)]


class Identity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a search is of: two searches may share a checkpoint only where all of this is equal.

    ``model``: its name, for people. The digests are the caller's: of the model, of what is asked of it (properties,
    limits that shape the result), and of how states are packed; ``width``: words a state.
    """

    model: str
    model_digest: str
    question_digest: str
    layout_digest: str
    width: Width


class ArrayEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One array in the file of arrays, where they stand one after the other. ``dtype``: one of ``DTYPES``."""

    name: str
    dtype: str
    shape: Annotated[list[Natural], msgspec.Meta(max_length=8)]

    @property
    def nbytes(self) -> int:
        """Its size in the file, in bytes."""
        return math.prod(self.shape) * np.dtype(self.dtype).itemsize

    @classmethod
    def of(cls, name: str, array: NDArray[np.generic]) -> ArrayEntry:
        """The entry of an array; ``ValueError`` where its element type cannot be kept."""
        dtype = array.dtype.newbyteorder("<").str
        if dtype not in DTYPES:
            raise ValueError(f"a checkpoint cannot keep {name!r}, an array of {array.dtype}")
        return cls(name, dtype, list(array.shape))


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The content of a manifest.

    ``made_by``: the version of hopcheck; ``generation``: the number in the name of the file of states (a new search takes
    the one that the old one does not have), ``serial``: that in the name of the file of arrays; ``states`` and
    ``crc32``: of each level; ``edges``: as the caller gave them; ``arrays_sha256``: of the whole file of arrays;
    ``payload``: the caller's own, JSON.
    """

    made_by: str
    identity: Identity
    generation: Generation
    serial: Serial
    states: list[Natural]
    crc32: list[Crc32]
    edges: list[Natural]
    arrays: list[ArrayEntry]
    arrays_sha256: str
    payload: msgspec.Raw

    @property
    def levels(self) -> list[Level]:
        """The levels of the file of states."""
        return [Level(*each) for each in zip(self.states, self.crc32, strict=True)]


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    sha256: str
    content: msgspec.Raw


class _Head(msgspec.Struct, frozen=True):
    format: str


def encode(manifest: Manifest) -> bytes:
    """The text of a manifest file; ``ValueError`` for one that ``decode`` would not take back."""
    content = msgspec.json.encode(manifest)
    text = msgspec.json.encode(_Envelope(FORMAT, hashlib.sha256(content).hexdigest(), msgspec.Raw(content)))
    if len(text) > LARGEST:
        raise ValueError(f"a manifest of {len(text)} bytes is more than the {LARGEST} that one may have")
    try:
        decode_payload(decode(text, "this manifest"), "this manifest")
    except InputError as error:
        raise ValueError(error.what) from None
    return text


def encode_payload(payload: object) -> msgspec.Raw:
    """A caller's payload as JSON.

    Raises:
        TypeError, ValueError: it has no JSON (another type, a cycle, not a number, text that is no Unicode).
    """
    return msgspec.Raw(json.dumps(payload, allow_nan=False, ensure_ascii=False).encode())


def decode(raw: bytes, file: str) -> Manifest:
    """Read the text of a manifest file called ``file``.

    Raises:
        InputError: it is no manifest, one of another format, or damaged.
    """
    try:
        head = msgspec.json.decode(raw, type=_Head)
    except (ValueError, RecursionError) as error:
        raise InputError(f"is no checkpoint of hopcheck: {error}", hint=START_AFRESH, file=file) from None
    if head.format != FORMAT:
        problem = f"has format {head.format!r}, and this hopcheck reads {FORMAT!r}"
        raise InputError(problem, hint="resume with the hopcheck that made it, or start the search afresh", file=file)
    try:
        envelope = msgspec.json.decode(raw, type=_Envelope)
        if hashlib.sha256(envelope.content).hexdigest() != envelope.sha256:
            raise ValueError("its SHA-256 is not the one that it states")
        manifest = msgspec.json.decode(envelope.content, type=Manifest)
        _check(manifest)
    except (ValueError, RecursionError) as error:
        raise InputError(f"is damaged: {error}", hint=START_AFRESH, file=file) from None
    return manifest


def decode_payload(manifest: Manifest, file: str) -> object:
    """The caller's payload; ``InputError`` where it cannot be read."""
    try:
        payload: object = json.loads(bytes(manifest.payload))
    except (ValueError, RecursionError) as error:
        raise InputError(f"is damaged: its payload is no JSON: {error}", hint=START_AFRESH, file=file) from None
    return payload


def _check(manifest: Manifest) -> None:
    """Raise ``ValueError`` where parts of a manifest contradict each other."""
    if len(manifest.states) != len(manifest.crc32):
        raise ValueError(f"{len(manifest.states)} levels, but {len(manifest.crc32)} checksums")
    if len(manifest.edges) > len(manifest.states):
        raise ValueError(f"{len(manifest.states)} levels, but edges of {len(manifest.edges)}")
    if len({each.name for each in manifest.arrays}) != len(manifest.arrays):
        raise ValueError("two arrays have the same name")
    for each in manifest.arrays:
        if each.dtype not in DTYPES:
            raise ValueError(f"array {each.name!r} is of the unknown type {each.dtype!r}")
        if math.prod(max(1, length) for length in each.shape) > LARGEST_ARRAYS:
            raise ValueError(f"array {each.name!r} has the absurd shape {each.shape}")
    if sum(each.nbytes for each in manifest.arrays) > LARGEST_ARRAYS:
        raise ValueError(f"its arrays take more than {LARGEST_ARRAYS} bytes")
