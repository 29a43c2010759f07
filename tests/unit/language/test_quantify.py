"""Quantifiers, counting and choice mean what plain loops say."""

# ruff: noqa: SIM300 (a variable in capitals is no constant)

from __future__ import annotations

import itertools

import pytest

from hopcheck.model.language import (
    FALSE,
    TRUE,
    Bool,
    Enum,
    Expr,
    Range,
    all_of,
    any_of,
    at_most_one,
    count,
    evaluate,
    exists,
    for_all,
    literal,
    select,
)
from hopcheck.model.language.expr import variable

STAGE = Enum("setup", "active", "done")
FLAGS = [variable(f"f{number}", Bool) for number in range(5)]
N = variable("n", Range(0, 4))
S = variable("stage", STAGE)


def flags() -> list[dict[str, int]]:
    return [
        {f"f{number}": code for number, code in enumerate(codes)} for codes in itertools.product((0, 1), repeat=len(FLAGS))
    ]


@pytest.mark.parametrize("size", range(6))
def test_counting(size: int) -> None:
    parts = FLAGS[:size]
    number, few = count(parts), at_most_one(parts)
    assert number.type == Range(0, size)
    for world in flags():
        held = sum(list(world.values())[:size])
        assert evaluate(number, world) == held
        assert evaluate(few, world) == (held <= 1)
        assert evaluate(all_of(parts), world) == (held == size)
        assert evaluate(any_of(parts), world) == (held > 0)


def test_plain_truth_values_count_too() -> None:
    assert evaluate(count([True, FLAGS[0], False]), {"f0": 1}) == 2
    assert all_of([True, True]) is TRUE
    assert any_of(flag for flag in (False, False)) is FALSE


def test_every_value_of_a_type() -> None:
    for code, member in enumerate(STAGE.members):
        world = {"stage": code, "n": code}
        same = exists(STAGE, lambda each: (each == member) & (S == each))  # noqa: B023 (called at once)
        assert evaluate(same, world)
        assert evaluate(for_all(Range(0, 4), lambda each: (each == N).implies(each < 3)), world)
    assert not evaluate(for_all(Range(0, 4), lambda each: (each == N).implies(each < 3)), {"n": 3})
    assert for_all(Bool, lambda each: each) is FALSE
    assert exists(Bool, lambda each: each) is TRUE


def test_one_of() -> None:
    for code, member in enumerate(STAGE.members):
        assert evaluate(S.one_of("setup", "done"), {"stage": code}) == (member in ("setup", "done"))
    assert S.one_of() is FALSE
    assert N.one_of(7, 8) is FALSE


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_choosing_by_an_index(size: int) -> None:
    items = [10 * number for number in range(size)]
    index = variable("i", Range(0, size - 1))
    for place in range(size):
        assert evaluate(select(items, index), {"i": place}) == items[place]
        assert evaluate(select(items, place), {}) == items[place]


def test_choosing_among_members_and_expressions() -> None:
    items: list[object] = ["setup", "active", S]
    index = variable("i", Range(0, 2))
    assert [evaluate(select(items, index), {"i": place, "stage": 2}) for place in range(3)] == [0, 1, 2]
    assert select([literal(STAGE, "done")], variable("i", Range(0, 0))) is literal(STAGE, "done")


def test_counting_many_stays_shallow() -> None:
    many: list[Expr] = [variable(f"b{number}", Bool) for number in range(1_000)]
    assert count(many).depth < 15
    assert all_of(many).depth == 2
    assert select(list(range(1_000)), variable("i", Range(0, 999))).depth < 15
