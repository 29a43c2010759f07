"""A certificate's file: what is written is read again, and no byte of it can change unnoticed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hopcheck.certify.envelope import CertificateFileError, DamagedError, seal, unseal


def test_what_is_sealed_is_read_again() -> None:
    content = {"model": "door", "numbers": [1, 2], "text": "ä\n\"'"}
    assert unseal(seal(content), "file") == content


@settings(max_examples=300)
@given(st.data())
def test_one_changed_byte_is_noticed(sealed: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(sealed) - 1))
    other = data.draw(st.integers(1, 255))
    changed = bytearray(sealed)
    changed[place] ^= other
    with pytest.raises((DamagedError, CertificateFileError)):
        unseal(bytes(changed), "file")


@settings(max_examples=100)
@given(st.data())
def test_a_byte_too_few_or_too_many_is_noticed(sealed: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(sealed) - 1))
    more = sealed[:place] + bytes([data.draw(st.integers(0, 255))]) + sealed[place:]
    for changed in (sealed[:place] + sealed[place + 1 :], more):
        if changed != sealed:
            with pytest.raises((DamagedError, CertificateFileError)):
                unseal(changed, "file")


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "no JSON", '{"format": "another/1"}', "[" * 100_000])
def test_what_never_was_a_certificate(text: str) -> None:
    with pytest.raises(CertificateFileError):
        unseal(text.encode(), "file")


def test_another_spelling_of_the_same_is_no_certificate(sealed: bytes) -> None:
    with pytest.raises(DamagedError, match="checksum"):
        unseal(json.dumps(json.loads(sealed), indent=1).encode(), "file")


def test_a_checksum_in_the_content_changes_nothing() -> None:
    content = {"model": "0" * 64, "note": '"checksum":"' + "0" * 64}
    assert unseal(seal(content), "file") == content
