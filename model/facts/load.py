"""Reading and writing facts files: gzip JSON in, validated `Facts` out, or one `FactsError`.

Files are treated as hostile: sizes are bounded before and after unpacking, decoding is typed and never evaluates
anything, and nothing is handed out before the whole document has passed `check`.
"""

from __future__ import annotations

import gzip
import io
import os
import tempfile
import tomllib
import zlib
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import IO

import msgspec

from hopcheck.model.facts.check import check, first_duplicate, line_at, locate
from hopcheck.model.facts.errors import FactsError
from hopcheck.model.facts.schema import SCHEMA, Build, Facts

MAX_PACKED = 64 << 20
"""Bytes of a facts file on disk that are accepted."""

MAX_UNPACKED = 512 << 20
"""Bytes of JSON that are accepted: one large build is under 1 MiB."""

_DECODER = msgspec.json.Decoder(Facts)
_GZIP_MAGIC = b"\x1f\x8b"
_REMEDY = "see the JSON Schema of hopcheck-facts/1"


@lru_cache(maxsize=1)
def bundled() -> Facts:
    """Return the facts that come with the project: 23 source trees and 4 binaries, oldest first.

    Chain stations (`Facts.stations`) are the 23 trees, ``11.1.3``, ``7.2.22`` and ``5.2.0-debian``. Of the last
    two the binary does not state compat lists, so only observed values are known and the rest is unknown.
    ``10.0.13-debian`` is no station: it is the second source of the build ``10.0.13``.

    Raises:
        FactsError: the installation is damaged.
    """
    folder = resources.files(__package__) / "data"
    listing = tomllib.loads((folder / "sources.toml").read_text(encoding="utf-8"))
    builds: list[Build] = []
    for source in listing["build"]:
        packed = (folder / source["file"]).read_bytes()
        # A file is what an import wrote: what a build is beside others, and in words, is said in the listing.
        (build,) = _decode(_unpack(packed, source["file"]), source["file"]).builds
        told = {key: source[key] for key in ("origin", "counterpart", "station") if key in source}
        builds.append(msgspec.structs.replace(build, **told))
    return Facts(schema=SCHEMA, builds=tuple(builds))


def load(path: str | Path) -> Facts:
    """Return the facts in a file (gzip or plain JSON) after checking all of it.

    Raises:
        FactsError: unreadable, not gzip or JSON, wrong schema version, unknown field, wrong type, a name given
            twice, or a document that contradicts itself.
    """
    name = str(path)
    raw = read_json(path)
    if not raw.strip():
        raise FactsError(name, "line 1", "is empty", f'write {{"schema": "{SCHEMA}", "builds": [...]}}')
    facts = _decode(raw, name)
    try:
        duplicate = first_duplicate(raw)
    except (ValueError, RecursionError) as error:
        raise FactsError(name, "", f"is not JSON ({error})", "write valid UTF-8 JSON") from None
    if duplicate is not None:
        raise FactsError(name, duplicate.where, f"{duplicate.key!r} is given twice", "keep one of the two")
    check(facts, name)
    return facts


def read_json(path: str | Path) -> bytes:
    """Return the JSON text of a file that may be packed with gzip, of a bounded size; whether it is JSON is not looked at.

    Raises:
        FactsError: unreadable, too large, or damaged gzip data.
    """
    name = str(path)
    try:
        with Path(path).open("rb") as stream:
            packed = stream.read(MAX_PACKED + 1)
    except OSError as error:
        raise FactsError(name, "", f"cannot be read ({error.strerror})", "give a readable facts file") from None
    if len(packed) > MAX_PACKED:
        raise FactsError(name, "", f"is larger than {MAX_PACKED} bytes", "split it into one file per build")
    return _unpack(packed, name)


def dump(facts: Facts, path: str | Path) -> None:
    """Write facts to a file: gzip where the name ends in ``.gz``, else JSON; the same facts give the same bytes.

    The file appears whole or not at all: it is written beside its place and renamed.

    Raises:
        OSError: the folder cannot be written.
    """
    target = Path(path)
    raw = msgspec.json.encode(facts, order="sorted") + b"\n"
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            if target.suffix == ".gz":
                _pack(raw, stream)
            else:
                stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _pack(raw: bytes, stream: IO[bytes]) -> None:
    """Compress without a time stamp or a file name, so that equal facts give equal files."""
    with gzip.GzipFile(filename="", fileobj=stream, mode="wb", compresslevel=9, mtime=0) as packed:
        packed.write(raw)


def _unpack(packed: bytes, name: str) -> bytes:
    """Return the JSON text, never more than `MAX_UNPACKED` bytes of it."""
    if not packed.startswith(_GZIP_MAGIC):
        if name.endswith(".gz"):
            raise FactsError(name, "byte 0", "is not gzip data", "compress it, or name it .json")
        return packed
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as stream:
            raw = stream.read(MAX_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FactsError(name, "", f"is damaged gzip data ({error})", "fetch or export it again") from None
    if len(raw) > MAX_UNPACKED:
        raise FactsError(name, "", f"unpacks to more than {MAX_UNPACKED} bytes", "split it into one file per build")
    return raw


def _decode(raw: bytes, name: str) -> Facts:
    """Return the typed document; every way in which that can fail is one `FactsError`."""
    try:
        facts = _DECODER.decode(raw)
    except msgspec.ValidationError as error:
        # The typed decoder stops at the first wrong type: only now is it known whether the rest is JSON at all.
        where, problem = locate(_untyped(raw, name), error)
        raise FactsError(name, where, problem, _REMEDY) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        _untyped(raw, name)
        raise FactsError(name, "", "cannot be decoded", _REMEDY) from None
    if facts.schema != SCHEMA:
        problem = f"has schema {facts.schema!r}"
        raise FactsError(name, "$.schema", problem, f"write {SCHEMA!r}, the one that this version reads")
    return facts


def _untyped(raw: bytes, name: str) -> object:
    """Return the document as plain JSON values.

    Raises:
        FactsError: not JSON, not UTF-8, or nested too deeply.
    """
    try:
        document: object = msgspec.json.decode(raw)
    except RecursionError:
        raise FactsError(name, "", "is nested too deeply", "a facts document is about 10 levels deep") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FactsError(name, _line(raw, error), f"is not JSON ({error})", "write valid UTF-8 JSON") from None
    return document


def _line(raw: bytes, error: Exception) -> str:
    """Return the line of a syntax error: msgspec tells the byte."""
    digits = str(error).rpartition("(byte ")[2].rstrip(")")
    if not digits.isdigit():
        return "line 1"
    return f"line {line_at(raw, int(digits))}"
