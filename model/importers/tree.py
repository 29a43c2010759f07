"""A source tree as importers see it: paths with the identity of what they hold, and the bytes on demand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol


class Tree(Protocol):
    """A source tree that stays as it is: a directory, a git revision, or either with a patch applied in memory."""

    @property
    def label(self) -> str:
        """What messages call it: the directory, or ``repository@revision``."""

    @property
    def files(self) -> Mapping[str, str]:
        """Path relative to the top, with ``/``, to an identity of the content: equal identities mean equal bytes."""

    def read(self, path: str) -> bytes:
        """Return the content of a file.

        Raises:
            InputError: there is no such file, or it cannot be read.
        """

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield many files with their contents, in the order asked for; cheaper than one by one."""
