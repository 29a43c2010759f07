"""Reading what ``-dump-vmstate`` wrote, from a file that somebody gave."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from hopcheck.model.facts.errors import FactsError
from hopcheck.model.importers.binary import read_dump

from .fake_qemu import DUMP

DISK: dict[str, Any] = DUMP["disk"]


def written(folder: Path, document: Any) -> Path:
    file = folder / "dump.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return file


def test_one_machine_type(tmp_path: Path) -> None:
    sections = read_dump(written(tmp_path, DUMP))
    assert list(sections) == ["disk"]
    assert sections["disk"].version == 3
    assert sections["disk"].minimum_version == 1


def test_several_machine_types_with_the_same_sections(tmp_path: Path) -> None:
    one = read_dump(written(tmp_path, DUMP))
    several = {"pc-1.0": {"same-as": "pc-1.1"}, "pc-1.1": {"disk": DISK}, "pc-1.2": DUMP}
    packed = tmp_path / "dump.json.gz"
    packed.write_bytes(gzip.compress(json.dumps(several).encode()))
    assert read_dump(packed) == one


def test_machine_types_that_differ(tmp_path: Path) -> None:
    file = written(tmp_path, {"pc-1.0": {"disk": DISK}, "pc-1.1": {"disk": {**DISK, "version_id": 4}}})
    with pytest.raises(FactsError, match="differs from the dump of another machine type"):
        read_dump(file)


def nested(depth: int) -> str:
    return '{"disk": ' + '{"a": ' * depth + "1" + "}" * depth + "}"


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ("", "is not JSON"),
        ("[]", "is no JSON object"),
        ("{}", "holds no section"),
        ('{"disk": 1}', "is no JSON object"),
        ('{"vmschkmachine": {"Name": "none"}}', "holds no section"),
        ('{"a": {"same-as": "b"}}', "names no machine type whose sections are there"),
        ('{"a": {"same-as": "a"}}', "names no machine type whose sections are there"),
        ('{"a": {"same-as": []}}', "names no machine type whose sections are there"),
        (json.dumps(DUMP).replace('"disk": {', '"disk": {}, "disk": {', 1), "'disk' is given twice"),
        ({**DUMP, "disk": {**DISK, "version_id": "3"}}, r"\$\['disk'\].version_id: Expected `int`, got `str`"),
        ({**DUMP, "disk": {**DISK, "version_id": 2**40}}, "version_id"),
        ({**DUMP, "disk": {**DISK, "Name": "\x1b[2J"}}, "Name"),
        ({**DUMP, "disk": {"Name": "disk"}}, "missing required field `version_id`"),
        ({**DUMP, "di\x07sk": DISK}, "matching regex"),
        (nested(100_000), "is not JSON"),
    ],
)
def test_nonsense(tmp_path: Path, document: Any, text: str) -> None:
    with pytest.raises(FactsError, match=text) as caught:
        read_dump(written(tmp_path, document))
    assert str(caught.value).isprintable()


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match="cannot be read"):
        read_dump(tmp_path / "nothing.json")
