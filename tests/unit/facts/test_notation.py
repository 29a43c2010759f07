"""When two notations of a value are the same value, by the kind of the property."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopcheck.model.facts.constants import NotConstantError, evaluate, integer
from hopcheck.model.facts.equalities import declared, parse
from hopcheck.model.facts.errors import FactsError
from hopcheck.model.facts.kinds import Family, kind_of
from hopcheck.model.facts.notation import canonical, is_valid
from hopcheck.model.facts.schema import Default, Symbol
from hopcheck.model.facts.values import UNSET, Form, Known

EQUAL = [
    ("BOOL", ["on", "true", "yes", "1", True]),
    ("BIT64", ["off", "false", "no", "0", False]),
    ("UINT32", ["0x10", "16", "020", 16]),
    ("UINT32", ["-1", "4294967295", "0xffffffff", -1, 4294967295]),
    ("INT32", ["-1", "4294967295", -1]),
    ("UINT16", ["-1", "65535", 65535, -1]),
    ("UINT64", ["-1", 18446744073709551615]),
    ("UINT8", ["1", True]),
    ("SIZE", ["64M", "67108864", "64m", 67108864, "65536K", "0x4000000"]),
    ("SIZE", ["1.5K", 1536]),
    ("SIZE32", ["-1", 4294967295, -1]),
    ("ON_OFF_AUTO", ["auto", "AUTO", Symbol("ON_OFF_AUTO_AUTO")]),
    ("ON_OFF_AUTO", ["on", "true", True, Symbol("ON_OFF_AUTO_ON")]),
    ("BLOCKDEV_ON_ERROR", ["auto", Symbol("BLOCKDEV_ON_ERROR_AUTO")]),
    ("LOSTTICKPOLICY", ["delay", Symbol("LOST_TICK_POLICY_DELAY")]),
    ("PCIE_LINK_SPEED", ["16", Symbol("PCIE_LINK_SPEED_16")]),
    ("MIG_MODE", ["normal", Symbol("MIG_MODE_NORMAL")]),
    ("SIGNED", ["144", Symbol("FLOPPY_DRIVE_TYPE_144")]),
    ("BOOL", ["on", Symbol("TRUE")]),
    ("UINT64", [2147483647, Symbol("INT_MAX")]),
    ("UINT64", [4096 | 65536, Symbol("(1ULL << 12) | (1ULL << 16)")]),
    ("UINT32", [5, Symbol("QXL_REVISION_STABLE_V12 + 1")]),
    ("UINT32", ["-1", Symbol("UINT_MAX")]),
]

DIFFERENT = [
    ("UINT32", 65535, "UINT32", 4294967295),
    ("UINT16", -1, "UINT32", -1),
    ("BOOL", True, "BOOL", False),
    ("UINT32", Symbol("SOME_NAME"), "UINT32", Symbol("OTHER_NAME")),
    ("STRING", None, "STRING", ""),
    ("STRING", "on", "STRING", "true"),
    ("UINT32", "16", "STRING", "0x10"),
    ("SIZE", "1K", "SIZE", "1000"),
]


@pytest.mark.parametrize(("kind", "values"), EQUAL)
def test_equal_notations(kind: str, values: list[object]) -> None:
    assert len({canonical(kind, value) for value in values}) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "value", "other_kind", "other"), DIFFERENT)
def test_different_values(kind: str, value: object, other_kind: str, other: object) -> None:
    assert canonical(kind, value) != canonical(other_kind, other)  # type: ignore[arg-type]


def test_unevaluated_symbol_is_equal_to_its_own_text_only() -> None:
    value = canonical("UINT32", Symbol("STRANGE(3)"))
    assert value == canonical("UINT32", Symbol("STRANGE(3)"))
    assert value.form is Form.SYMBOL
    assert value != canonical("UINT32", "STRANGE(3)")


def test_unset_and_empty() -> None:
    assert canonical("STRING", None) is UNSET
    assert canonical("ARRAY", []) is UNSET
    assert canonical("STRING", "") == Known("")
    assert canonical("list", [1, "a"]).text == '[1,"a"]'


@given(st.sampled_from([8, 16, 32, 64]), st.data())
def test_every_number_agrees_in_all_bases(bits: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, (1 << bits) - 1))
    texts: list[Default] = [str(number), hex(number), f"0{number:o}" if number else "0", number]
    assert {canonical(f"UINT{bits}", text).text for text in texts} == {str(number)}


@given(st.text(max_size=40), st.sampled_from(["BOOL", "UINT32", "SIZE", "ON_OFF_AUTO", "STRING", "SIGNED", ""]))
def test_canonical_takes_any_text_and_is_stable(text: str, kind: str) -> None:
    once = canonical(kind, text)
    assert canonical(kind, once.text) == once


@pytest.mark.parametrize(
    ("kind", "text", "valid"),
    [
        ("BOOL", "on", True),
        ("BOOL", "maybe", False),
        ("BIT", "2", False),
        ("UINT8", "255", True),
        ("UINT8", "256", False),
        ("UINT8", "-1", True),
        ("UINT8", "-2", False),
        ("INT32", "-2147483648", True),
        ("INT32", "2147483648", False),
        ("UINT32", "4K", False),
        ("SIZE", "4K", True),
        ("SIZE", "4X", False),
        ("ON_OFF_AUTO", "auto", True),
        ("ON_OFF_AUTO", "a b", False),
        ("STRING", "anything at all", True),
        ("SIGNED", "auto", True),
    ],
)
def test_validity_by_kind(kind: str, text: str, valid: bool) -> None:
    assert is_valid(kind, text) is valid


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("1 << 2 + 1", 8),
        ("1 | 2 & 2", 3),
        ("~0 & 0xff", 255),
        ("-7 / 2", -3),
        ("(INT_MAX >> 9) - 1", 4194302),
        ("7 - 2 - 1", 4),
        ("0x10UL", 16),
        ("A + 1", 42),
        ("017", 15),
    ],
)
def test_constants(text: str, value: int) -> None:
    assert evaluate(text, {"A": 41, "INT_MAX": 2**31 - 1}) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", "1 +", "(1", "1)", "B", "1 << 64", "1 << -1", "1 / 0", "__import__('os')", "1 ? 2 : 3", "08"),
        *("(" * 60 + "1" + ")" * 60, "-" * 60 + "1", "1" * 300, "1 << 63 << 2", "f(1)", "1.5"),
    ],
)
def test_what_is_no_constant(text: str) -> None:
    with pytest.raises(NotConstantError):
        evaluate(text, {})


@given(st.text(max_size=60))
def test_evaluator_takes_any_text(text: str) -> None:
    with contextlib.suppress(NotConstantError):
        assert isinstance(evaluate(text, {"A": 1}), int)


@given(st.integers(-(1 << 60), 1 << 60))
def test_integer_reads_what_python_writes(number: int) -> None:
    assert integer(str(number)) == number


def test_declared_equalities_have_evidence_and_work() -> None:
    assert declared().representative("pci-device", "addr", "4294967295") == "-1"
    assert declared().representative("pci-device", "addr", "8") == "8"
    assert declared().constants["INT_MAX"] == 2**31 - 1


@pytest.mark.parametrize(
    "text",
    [
        "[[constant]]\nname = 'A'\nvalue = 1\n",
        "[[constant]]\nname = 'A'\nvalue = 1\nevidence = ' '\n",
        "[[constant]]\nname = 'A'\nvalue = '1'\nevidence = 'x'\n",
        "[[guess]]\nname = 'A'\n",
        "constant = 3\n",
        "not toml",
    ],
)
def test_equalities_without_evidence_are_refused(text: str) -> None:
    with pytest.raises(FactsError):
        parse(text, "equalities.toml")


def test_words_of_a_switch_are_read_though_the_kind_is_unknown() -> None:
    assert canonical("", "true") == canonical("", "yes") == canonical("BOOL", "on")
    assert canonical("", "False") == canonical("BOOL", "off")
    assert canonical("str", "true") == Known("true")
    assert canonical("", "1") == Known("1")


def test_a_string_that_may_be_null_is_unset_without_a_default() -> None:
    assert kind_of("STR_OR_NULL").family is Family.POINTER
    assert canonical("StrOrNull", "") == UNSET
    assert canonical("StrOrNull", "tls0") == Known("tls0")
