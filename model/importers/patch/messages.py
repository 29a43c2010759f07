"""The messages of a mailbox, or the one text that a file holds: where each begins, and its lines as they were written."""

from __future__ import annotations

import base64
import binascii
import itertools
import quopri
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from hopcheck.model.errors import InputError
from hopcheck.model.importers.patch.lines import split_lines

_HEADER = re.compile(rb"([!-9;-~]+):[ \t]*(.*?)\s*\n")
_TAGS = re.compile(r"^(?:\[[^\]]*\]\s*|(?:re|fwd?):\s*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Message:
    """A message: its subject without tags such as ``[PATCH 1/2]``, its lines, and the number of the first in the file."""

    title: str
    lines: tuple[bytes, ...]
    first: int


def messages(content: bytes, file: str) -> Iterator[Message]:
    """Yield the messages of a mailbox, or all of the content as one.

    Raises:
        InputError: a message has several parts, or its encoding is damaged.
    """
    lines = split_lines(content)
    starts = [i for i, (line, after) in enumerate(itertools.pairwise(lines)) if _begins(line, after)]
    for start, end in itertools.pairwise([*([] if starts[:1] == [0] else [0]), *starts, len(lines)]):
        yield _message(lines[start:end], start + 1, file)


def _begins(line: bytes, after: bytes) -> bool:
    """Return whether a message of a mailbox begins here: no line of a diff begins with a letter and a header follows."""
    return line.startswith(b"From ") and _HEADER.fullmatch(after) is not None


def _message(lines: Sequence[bytes], first: int, file: str) -> Message:
    if lines and all(line.endswith(b"\r\n") or line in (b"", b"\n") for line in lines):
        # Every line, the headers included, was given the line ends of mail: they are none of the patch's.
        lines = [line.removesuffix(b"\r\n") + b"\n" for line in lines]
    headers, length = _headers(lines)
    kind = headers.get("content-type", "").lower()
    if kind.startswith("multipart/"):
        raise InputError("the mail has several parts", hint="save the patch as plain text", file=file, line=first)
    encoding = headers.get("content-transfer-encoding", "").lower()
    if encoding in ("base64", "quoted-printable"):
        body = _decoded(b"".join(lines[length:]), encoding, file, first + length)
        lines = [*lines[:length], *split_lines(body.replace(b"\r\n", b"\n"))]
    return Message(_TAGS.sub("", headers.get("subject", "")).strip(), tuple(lines), first)


def _headers(lines: Sequence[bytes]) -> tuple[dict[str, str], int]:
    """Return the headers of a mail by name, and how many lines they take; none where it does not begin with one."""
    found: dict[str, str] = {}
    last = ""
    start = 1 if lines and lines[0].startswith(b"From ") else 0
    for number, line in enumerate(lines[start:], start):
        header = _HEADER.fullmatch(line)
        if header:
            last = header[1].decode("ascii", "replace").lower()
            found.setdefault(last, header[2].decode("utf-8", "replace"))
        elif line[:1] in (b" ", b"\t") and line.strip() and last:
            found[last] += " " + line.strip().decode("utf-8", "replace")
        else:
            return {name: _plain(text) for name, text in found.items()}, number
    return {name: _plain(text) for name, text in found.items()}, len(lines)


def _plain(text: str) -> str:
    """Return a header without ``=?utf-8?q?...?=``; as it is where that is damaged."""
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, ValueError):
        return text


def _decoded(body: bytes, encoding: str, file: str, line: int) -> bytes:
    try:
        return base64.b64decode(body, validate=False) if encoding == "base64" else quopri.decodestring(body)
    except (binascii.Error, ValueError):
        raise InputError(
            f"the mail's {encoding} text is damaged", hint="save the patch as plain text", file=file, line=line
        ) from None
