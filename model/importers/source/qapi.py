"""Enumerations of a QAPI schema: the C constants that defaults are written with, and the names that users write."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hopcheck.model.importers.source.summary import Summary

_ENUM = re.compile(r"\{\s*'enum'\s*:\s*'(\w+)'([^\[\]]*)'data'\s*:\s*\[((?:[^\[\]]|\[[^\[\]]*\])*)\]([^{}\[\]]*)\}")
_PREFIX = re.compile(r"'prefix'\s*:\s*'(\w+)'")
_MEMBER = re.compile(r"\{\s*'name'\s*:\s*'([^']+)'(?:[^{}\[\]]|\[[^\[\]]*\]|\{[^{}]*\})*\}|'([^']+)'")
_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)


def summarise_schema(data: bytes) -> Summary:
    """Return the members of a schema file's enumerations under every name that some release's generator gives them."""
    text = _COMMENT.sub("", data.decode("utf-8", "replace"))
    members: dict[str, str] = {}
    for enum in _ENUM.finditer(text):
        given = _PREFIX.search(enum.group(2) + enum.group(4))
        prefixes = [given.group(1)] if given else sorted({_upper_before(enum.group(1)), _upper_words(enum.group(1))})
        for member in _MEMBER.finditer(enum.group(3)):
            name = member.group(1) or member.group(2)
            for prefix in prefixes:
                members.setdefault(f"{prefix}_{_constant(name)}", name)
    return Summary(members=members)


def _constant(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "_", name).upper()


def _upper_before(name: str) -> str:
    """Return a camel-case name in capitals as generators up to 9.0 do: a word begins after a small letter.

    ``MultiFDCompression`` becomes ``MULTIFD_COMPRESSION``, ``OffAutoPCIBAR`` ``OFF_AUTOPCIBAR``.
    """
    return "_".join(_words_before(name)).upper()


def _words_before(name: str) -> Iterator[str]:
    word = ""
    for i, letter in enumerate(name):
        # A capital begins a word if it is followed by a small letter, or comes after one and before another capital.
        alone = i + 1 < len(name) and name[i + 1].islower()
        after_small = i > 0 and name[i - 1].islower()
        if letter.isupper() and i > 0 and word and (alone or (after_small and i + 1 >= len(name))):
            yield word
            word = ""
        word += letter
    yield word


def _upper_words(name: str) -> str:
    """Return a camel-case name in capitals as generators from 9.1 on do: ``OffAutoPCIBAR`` is ``OFF_AUTO_PCIBAR``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"(?<=[A-Z])(?=[A-Z][a-z])", "_", spaced).upper()
