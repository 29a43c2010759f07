"""Writing the difference of two trees as a patch that ``git apply`` accepts."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from hopcheck.model.importers.patch.lines import split_lines
from hopcheck.model.importers.patch.paths import quote
from hopcheck.model.importers.tree import Tree
from hopcheck.model.importers.trees.patched import changed_paths

CONTEXT = 3
"""Lines of context on either side of a change."""


def unified(before: Tree, after: Tree) -> str:
    """Return the difference of two trees, file by file in the order of their names, "" where there is none.

    Contents are taken for UTF-8; bytes that are not come back by writing the text with ``surrogateescape``.

    Raises:
        InputError: a file of either tree cannot be read.
    """
    return "".join(part for path in changed_paths(before, after) for part in _file(before, after, path))


def _file(before: Tree, after: Tree, path: str) -> Iterator[str]:
    old = _lines(before.read(path)) if path in before.files else None
    new = _lines(after.read(path)) if path in after.files else None
    yield f"diff --git {quote(f'a/{path}')} {quote(f'b/{path}')}\n"
    if old is None:
        yield "new file mode 100644\n"
    if new is None:
        yield "deleted file mode 100644\n"
    source = "/dev/null" if old is None else quote(f"a/{path}")
    target = "/dev/null" if new is None else quote(f"b/{path}")
    for line in difflib.unified_diff(old or [], new or [], source, target, n=CONTEXT):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(content: bytes) -> list[str]:
    return [line.decode("utf-8", "surrogateescape") for line in split_lines(content)]
