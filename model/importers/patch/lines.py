"""Text as lines of bytes, split at line feeds only: a carriage return, or a page break, may be part of a line."""

from __future__ import annotations


def split_lines(content: bytes) -> list[bytes]:
    """Return the lines with their ends; the last one has none where the content ends without a line feed."""
    lines = [line + b"\n" for line in content.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines
