"""A tree in memory, for tests of patches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from hopcheck.model.errors import InputError
from hopcheck.model.importers.trees.identity import identity


class Memory:
    """Files by path."""

    label = "memory"

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self.contents = dict(contents)

    @property
    def files(self) -> Mapping[str, str]:
        return {path: identity(content) for path, content in self.contents.items()}

    def read(self, path: str) -> bytes:
        if path not in self.contents:
            raise InputError(f"holds no file {path}", file=self.label)
        return self.contents[path]

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        yield from ((path, self.read(path)) for path in paths)


def lines(*names: str, end: str = "\n") -> bytes:
    """One line for each name."""
    return "".join(name + end for name in names).encode()


def numbered(count: int) -> bytes:
    """Lines ``line 1`` to ``line N``."""
    return lines(*(f"line {number}" for number in range(1, count + 1)))
