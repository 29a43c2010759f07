"""A certificate as bytes: JSON in one spelling, with a checksum over all of it, so that no byte can change unnoticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from hopcheck.model.codes import Code
from hopcheck.model.errors import InputError

FORMAT = "hopcheck-certificate/1"
"""Changes whenever a certificate is read in another way."""

_NO_SUM = "0" * 64


class CertificateFileError(InputError):
    """The file is no certificate."""

    code = Code.NO_CERTIFICATE


class DamagedError(Exception):
    """It was a certificate, and is not as it was written: the text says in what."""


def seal(content: Mapping[str, Any]) -> bytes:
    """The file of a certificate with this content."""
    blank = _spelled({**content, "format": FORMAT, "checksum": _NO_SUM})
    return blank.replace(_NO_SUM.encode(), hashlib.sha256(blank).hexdigest().encode(), 1)


def unseal(data: bytes, file: str) -> dict[str, Any]:
    """The content of a certificate's file.

    Raises ``CertificateFileError`` where it never was one that this release reads, ``DamagedError`` where it was changed.
    """
    document = _document(data, file)
    found = document.get("checksum")
    try:
        blank = _spelled({**document, "checksum": _NO_SUM})
    except RecursionError:
        raise DamagedError("it nests too deep to be one") from None
    if found != hashlib.sha256(blank).hexdigest() or seal(document) != data:
        raise DamagedError("the checksum does not fit: the file was changed after it was written")
    return {key: value for key, value in document.items() if key not in ("checksum", "format")}


def _document(data: bytes, file: str) -> dict[str, Any]:
    ours = FORMAT.partition("/")[0].encode() in data
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        if ours:
            raise DamagedError("it is not JSON any more") from None
        raise CertificateFileError("is not JSON", hint="name a file of the folder certificates/", file=file) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        if ours:
            raise DamagedError("it does not say any more what it is")
        hint = f"give one of the format {FORMAT}, as hopcheck check writes them"
        raise CertificateFileError("is no certificate of a format that this release reads", hint=hint, file=file)
    return document


def _spelled(document: Mapping[str, Any]) -> bytes:
    # Sorted, the checksum stands before everything that somebody else may have chosen.
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return text.encode() + b"\n"
