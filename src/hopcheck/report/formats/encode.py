"""Reports as JSON, and back."""

from __future__ import annotations

from typing import Any

import msgspec

from hopcheck.report.schema.report import SCHEMA, Report


def to_json(value: object) -> bytes:
    """A report, or a part of one, as JSON: keys sorted, two spaces of indentation, ends in a new line."""
    return msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=2) + b"\n"


def to_line(value: object) -> str:
    """The same in one line, for a stream of them."""
    return msgspec.json.encode(value, order="sorted").decode()


def from_json(text: bytes) -> Report:
    """The report in a JSON text; ``msgspec.ValidationError`` where it is none."""
    return msgspec.json.decode(text, type=Report)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a report; readers have to expect fields that are added later."""
    schema = msgspec.json.schema(Report)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = SCHEMA
    schema["$defs"]["Report"]["properties"]["schema"]["const"] = SCHEMA
    return schema
