"""Codes: each has a page, each page a code, and each thing that is reported one of them."""

from __future__ import annotations

import importlib
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

import hopcheck as package
from hopcheck.cli.exits import Exit, guarded
from hopcheck.explorer.exploration import DisagreementError as SearchesDisagreeError
from hopcheck.model.codes import Code
from hopcheck.model.domain.device_config.cause import Cause
from hopcheck.model.domain.device_config.mismatch import Kind
from hopcheck.model.domain.vmstate.judgement import Why
from hopcheck.model.errors import InputError, LimitError
from hopcheck.model.language import ReplayError
from hopcheck.properties import Judgement, Outcome
from hopcheck.properties.errors import CertificateError, DisagreementError
from hopcheck.properties.vacuity import Finding as Suspicion
from hopcheck.report.pictures.render import NoPicturesError
from hopcheck.report.text.codes import (
    CAUSE_CODES,
    EXIT_CODE_CODES,
    KIND_CODES,
    OUTCOME_CODES,
    SECTION_CODES,
    VACUITY_CODES,
    finding_code,
    judgement_code,
    pages,
    violation_code,
)

from .conftest import Hopcheck


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    written = tomllib.loads(resources.files("hopcheck.report.text").joinpath("codes.toml").read_text())
    assert set(written) == {code.value for code in Code}
    for code, page in pages().items():
        assert page.code is code
        assert page.title
        assert page.text
        assert page.remedy


def test_codes_are_what_they_say_they_are() -> None:
    assert all(re.fullmatch(r"HOP\d{3}", code) for code in Code)
    assert Code.LOAD_ERROR.value == "HOP031"  # in use: a code never becomes another one
    assert Code.FACTS.value == "HOP121"


@pytest.mark.parametrize(
    ("kinds", "codes"),
    [
        (Cause, CAUSE_CODES),
        (Kind, KIND_CODES),
        (Why, SECTION_CODES),
        (Outcome, OUTCOME_CODES),
        (Suspicion, VACUITY_CODES),
        ([each.value for each in Exit], EXIT_CODE_CODES),
    ],
)
def test_everything_of_a_kind_has_a_code_of_its_own(kinds: type, codes: dict[object, Code]) -> None:
    assert set(codes) == set(kinds)
    assert len(set(codes.values())) == len(codes)


def _subclasses(kind: type[InputError]) -> Iterator[type[InputError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _subclasses(each)


def test_every_input_error_has_a_code() -> None:
    for module in pkgutil.walk_packages(package.__path__, "hopcheck."):
        if not module.name.endswith(("__main__", ".child", ".worker")):
            importlib.import_module(module.name)
    found = list(_subclasses(InputError))
    assert len(found) > 5
    assert {each.code for each in found} >= {Code.INPUT, Code.MODEL, Code.MODEL_TOO_LARGE, Code.FACTS, Code.CHANGE}
    assert all(Code.INPUT <= each.code < Code.INTERRUPTED for each in found)


@pytest.mark.parametrize(
    ("error", "end", "code"),
    [
        (InputError("no"), 2, Code.INPUT),
        (LimitError("no"), 3, Code.LIMIT),
        (KeyboardInterrupt(), 3, Code.INTERRUPTED),
        (DisagreementError("no"), 70, Code.DISAGREEMENT),
        (SearchesDisagreeError("no"), 70, Code.DISAGREEMENT),
        (CertificateError("no"), 70, Code.PROOF_FAILS),
        (ReplayError("no"), 70, Code.REPLAY_FAILS),
        (NoPicturesError("no"), 70, Code.NO_PICTURES),
        (ZeroDivisionError("no"), 70, Code.INTERNAL),
    ],
)
def test_errors_end_with_their_code(capsys: pytest.CaptureFixture[str], error: BaseException, end: int, code: Code) -> None:
    def fail() -> None:
        raise error

    assert guarded(fail, debug=lambda: False) == end
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("hopcheck: ")
    assert line.endswith(f" [{code}]")


def test_an_error_of_facts_names_the_page_that_explains_it(hopcheck: Hopcheck) -> None:
    Path("facts.json").write_text("{")
    answer = hopcheck("check", "device_config", "--facts", "facts.json")
    assert answer.code == 2
    assert answer.err.rstrip().endswith("[HOP121]")
    assert "unusable facts" in hopcheck("explain", "HOP121").out


@pytest.mark.parametrize("code", list(Code))
def test_every_code_is_explained(hopcheck: Hopcheck, code: Code) -> None:
    answer = hopcheck("explain", code.lower())
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(f"{code}  ")
    assert "\nWhat to do\n" in answer.out
    assert max(map(len, answer.out.splitlines())) <= 80


def test_all_codes_are_listed(hopcheck: Hopcheck) -> None:
    out = hopcheck("explain", "codes").out
    assert [line.split()[0] for line in out.splitlines() if line.startswith("  HOP")] == sorted(Code)


def test_the_codes_of_reports() -> None:
    assert finding_code("late entry") is Code.LATE_ENTRY
    assert violation_code("protocol", "protocol.some-words") is Code.PROTOCOL_FINDING
    assert violation_code("fleet", "fleet.some-words") is Code.MODEL_FINDING
    assert violation_code("vmstate", "vmstate.nvme: version too old @ 11.1.3") is Code.SECTION_TOO_OLD
    assert judgement_code("unsafe", Judgement.UNEXPECTED.value) is Code.UNEXPECTED_VIOLATION
    assert judgement_code("safe", Judgement.UNEXPECTED.value) is Code.UNEXPECTED_PASS
    assert judgement_code("unknown", Judgement.INCONCLUSIVE.value) is Code.INCONCLUSIVE
    assert judgement_code("unsafe", Judgement.EXPECTED.value) is Code.UNSAFE
