"""What earlier imports found, in one SQLite file: summaries by content, results by the whole tree.

The cache may be shared by processes, cut off, overwritten with anything, or removed at any time: what does not read
back exactly as it was written is treated as missing, and a file that is no cache is replaced. It never makes an import
fail, and never changes its result.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from importlib import metadata, resources
from pathlib import Path
from typing import NewType

import msgspec

from hopcheck.model.facts import schema
from hopcheck.model.facts.schema import Build
from hopcheck.model.importers.source.release import Release
from hopcheck.model.importers.source.selection import is_schema
from hopcheck.model.importers.source.summary import Summary

CacheFile = NewType("CacheFile", Path)
"""A file for what imports find: not just any path, so that nobody gives the folder that it lies in."""

_MAX_SIZE = 512 << 20
_MAX_BUILDS = 48
_BATCH = 500
_WAIT = 5.0
_CHECK = 16
_SUMMARY = msgspec.msgpack.Decoder(Summary)
_BUILD = msgspec.msgpack.Decoder(Build)


@contextmanager
def open_cache(path: CacheFile | None) -> Iterator[Cache]:
    """Give the cache in a file, or one that holds nothing where there is none or it cannot be used."""
    connection = _connect(path) if path is not None else None
    try:
        yield Cache(connection)
    finally:
        if connection is not None:
            connection.close()


def _connect(path: Path) -> sqlite3.Connection | None:
    """Return a connection to a working cache; what is no cache is removed once."""
    for _ in range(2):
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.stat().st_size > _MAX_SIZE:
                path.unlink()
        connection = None
        try:
            connection = sqlite3.connect(path, timeout=_WAIT)
            connection.execute("CREATE TABLE IF NOT EXISTS summary (key TEXT PRIMARY KEY, data BLOB) WITHOUT ROWID")
            connection.execute("CREATE TABLE IF NOT EXISTS build (key TEXT PRIMARY KEY, data BLOB)")
            connection.execute("SELECT key, data FROM summary LIMIT 1").fetchall()
            connection.execute("SELECT key, data FROM build LIMIT 1").fetchall()
            connection.commit()
            return connection
        except sqlite3.OperationalError as error:
            if connection is not None:
                connection.close()
            if "no such column" not in str(error):
                return None
        except sqlite3.DatabaseError:
            if connection is not None:
                connection.close()
        with suppress(OSError):
            path.unlink()
    return None


class Cache:
    """An open cache; without a connection it is empty and keeps nothing."""

    def __init__(self, connection: sqlite3.Connection | None) -> None:
        """Take a connection to a database that has the tables."""
        self._connection = connection

    def summaries(self, files: Mapping[str, str]) -> dict[str, Summary]:
        """Return the summaries that are known, by path, for files given with the identity of their content."""
        keys = {_key(path, identity): None for path, identity in files.items()}
        blobs = self._read("summary", list(keys))
        decoded: dict[str, Summary] = {}
        for key, blob in blobs.items():
            with suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                decoded[key] = _SUMMARY.decode(blob)
        found = ((path, decoded.get(_key(path, identity))) for path, identity in files.items())
        return {path: summary for path, summary in found if summary is not None}

    def keep(self, files: Mapping[str, str], fresh: Mapping[str, Summary]) -> None:
        """Keep new summaries."""
        rows = {_key(path, files[path]): msgspec.msgpack.encode(summary) for path, summary in fresh.items()}
        self._write("summary", rows)

    def build(self, files: Mapping[str, str], release: Release) -> Build | None:
        """Return the facts of a tree that was linked before."""
        key = _tree_key(files, release)
        blob = self._read("build", [key]).get(key)
        with suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return _BUILD.decode(blob) if blob is not None else None
        return None

    def keep_build(self, files: Mapping[str, str], release: Release, build: Build) -> None:
        """Keep the facts of a tree."""
        self._write("build", {_tree_key(files, release): msgspec.msgpack.encode(build)})

    def _read(self, table: str, keys: list[str]) -> dict[str, bytes]:
        """Return what is kept under the keys and has its check sum."""
        found: dict[str, bytes] = {}
        if self._connection is None:
            return found
        try:
            for start in range(0, len(keys), _BATCH):
                batch = keys[start : start + _BATCH]
                marks = ",".join("?" * len(batch))
                for key, blob in self._connection.execute(f"SELECT key, data FROM {table} WHERE key IN ({marks})", batch):
                    if isinstance(blob, bytes) and blob[:_CHECK] == _checksum(key, blob[_CHECK:]):
                        found[key] = blob[_CHECK:]
        except sqlite3.Error:
            return {}
        return found

    def _write(self, table: str, rows: Mapping[str, bytes]) -> None:
        """Keep rows, all or none; a cache that another process holds too long is left as it is."""
        if self._connection is None or not rows:
            return
        with suppress(sqlite3.Error), self._connection:
            checked = ((key, _checksum(key, data) + data) for key, data in rows.items())
            self._connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", checked)
            old = f"DELETE FROM build WHERE rowid NOT IN (SELECT rowid FROM build ORDER BY rowid DESC LIMIT {_MAX_BUILDS})"
            self._connection.execute(old)


def _checksum(key: str, data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_CHECK, key=key.encode()[:64]).digest()


def _key(path: str, identity: str) -> str:
    """Return the key of a summary: schemas, headers and sources are read in different ways."""
    way = "q" if is_schema(path) else "c" if path.endswith(".c") else "h"
    return f"{_importer()}:{way}:{identity}"


@lru_cache(maxsize=1)
def _importer() -> str:
    """Return a digest of what makes facts of files: nothing that another importer kept is used."""
    digest = hashlib.blake2b(metadata.version("tree-sitter-c").encode(), digest_size=8)
    places = [resources.files(__package__), resources.files(schema.__package__ or "") / "schema.py"]
    for place in places:
        modules = [place] if place.is_file() else [each for each in place.iterdir() if each.name.endswith(".py")]
        for module in sorted(modules, key=lambda each: each.name):
            digest.update(module.name.encode() + module.read_bytes())
    return digest.hexdigest()


def _tree_key(files: Mapping[str, str], release: Release) -> str:
    """Return the key of a tree: all its paths with their contents, and the release that its macros are given."""
    digest = hashlib.blake2b(digest_size=32)
    digest.update(repr((_importer(), release.numbers)).encode())
    for path in sorted(files):
        digest.update(f"{path}\0{files[path]}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
