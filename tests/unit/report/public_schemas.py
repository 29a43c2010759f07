"""Where the public schemas are that formats are validated against, and what a document of each format must be like.

The schemas are not copied into the project: a test that wants one skips unless ``HOPCHECK_SCHEMAS`` names a folder with
``sarif-schema-2.1.0.json`` (of OASIS), ``JUnit.xsd`` (of Windy Road, what Ant writes) and ``junit-10.xsd`` (of Jenkins'
xUnit plugin). What the project promises of each format is stated here once more, and always checked.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def schema(name: str) -> Path:
    """The file of a public schema; the test is skipped where it is not there."""
    folder = os.environ.get("HOPCHECK_SCHEMAS")
    path = Path(folder or ".", name)
    if not folder or not path.is_file():
        pytest.skip(f"no {name}: name a folder with the public schemas in HOPCHECK_SCHEMAS")
    return path
