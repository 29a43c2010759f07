"""Published bugs of libvirt and QEMU around migration: with the bug a model violates the named invariant, with the fix not.

The cases are listed in the tests' own copy, or in every JSON file in the directory named by ``HOPCHECK_CASES``; how each
is set in a model stands in ``libvirt_history/``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .libvirt_history import bitmaps, cookies, protocol, storage

ENCODED: dict[str, Callable[[], None]] = {
    name: case for area in (protocol, cookies, storage, bitmaps) for name, case in area.CASES.items()
}


def _listed() -> Iterator[str]:
    folder = Path(os.environ.get("HOPCHECK_CASES") or Path(__file__).parent / "data")
    for file in sorted(folder.glob("*.json")):
        document = json.loads(file.read_text(encoding="utf-8"))
        if "bitmap_matrix" in document:
            yield from (case["id"] for case in document["cases"])


@pytest.mark.parametrize("case", dict.fromkeys([*_listed(), *ENCODED]))
def test_the_bug_shows_and_the_fix_holds(case: str) -> None:
    assert case in ENCODED, "nobody has said how this case is set in a model"
    ENCODED[case]()
