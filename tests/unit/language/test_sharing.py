"""Equal expressions are one object, frozen, and stay so through pickling, garbage collection and threads."""

# ruff: noqa: SIM300 (a variable in capitals is no constant)

from __future__ import annotations

import copy
import enum
import gc
import pickle
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings

from hopcheck.model.language import Bool, Enum, Expr, If, Lookup, Range, System, all_of, any_of, digest, evaluate, table
from hopcheck.model.language.expr import FALSE, MAX_DEPTH, TRUE, variable
from hopcheck.model.language.walk import nodes

from .fleet import fleet
from .subprocesses import run
from .trees import TREES, Tree, build

N = variable("n", Range(0, 9))
P = variable("p", Bool)


@given(TREES)
@settings(max_examples=60, deadline=None)
def test_equal_expressions_are_one_object(tree: Tree) -> None:
    assert build(tree) is build(tree)


def test_equal_types_and_tables_are_one_too() -> None:
    first = variable("c", Enum("a", "b"))
    assert first is variable("c", Enum("a", "b"))
    assert first is not variable("c", Enum("b", "a"))
    assert variable("n", Range(0, 1)) is not variable("n", Bool)
    one, two = (table("T", [Bool], Range(0, 9), [3, 4]) for _ in range(2))
    assert one is not two
    assert Lookup(one, P) is Lookup(two, P)
    assert Lookup(one, P) is not Lookup(table("T", [Bool], Range(0, 9), [3, 5]), P)


class Level(enum.IntEnum):
    LOW = 4_711


def test_numbers_that_python_holds_equal_are_not_mixed_up() -> None:
    one = (variable("level", Range(0, 9_999)) == Level.LOW).args[1]
    assert type(one.payload) is int
    assert repr(one.type) == "RangeType(lo=4711, hi=4711)"
    assert repr(Range(Level.LOW, 9_999)) == "RangeType(lo=4711, hi=9999)"
    assert type((variable("level", Range(0, 9_999)) + True.real).args[1].payload) is int


@pytest.mark.parametrize("name", ["op", "type", "args", "payload", "location", "depth", "total", "other"])
def test_an_expression_is_frozen(name: str) -> None:
    expr = N < 3
    with pytest.raises(AttributeError, match="cannot be changed"):
        setattr(expr, name, None)
    with pytest.raises(AttributeError, match="cannot be changed"):
        delattr(expr, name)
    assert not hasattr(expr, "__dict__")


def test_a_type_is_frozen() -> None:
    for type_, field in ((Bool, "lo"), (Enum("a"), "members"), (Enum("a"), "positions"), (Range(0, 1), "hi")):
        with pytest.raises(AttributeError):
            setattr(type_, field, 3)


@given(TREES)
@settings(max_examples=60, deadline=None)
def test_pickling_and_copying_keep_identity(tree: Tree) -> None:
    expr = build(tree)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(expr, protocol)) is expr
    assert copy.copy(expr) is expr
    assert copy.deepcopy(expr) is expr


def deep(levels: int) -> Expr:
    made = P
    for number in range(levels):
        made = If(variable(f"p{number % 5}", Bool), made, ~made)
    return made


@pytest.mark.parametrize("levels", [10, 50, 100, MAX_DEPTH // 2 - 1, MAX_DEPTH])
def test_pickling_does_not_recurse_with_the_depth(levels: int) -> None:
    expr = deep(levels)

    def nested(frames: int) -> bytes:
        return pickle.dumps(expr) if frames == 0 else nested(frames - 1)

    used = sum(1 for _ in frames_below())
    assert pickle.loads(nested(sys.getrecursionlimit() - used - 250)) is expr
    assert len(pickle.dumps(expr)) < 200 * len(nodes(expr)) + 2_000  # what is shared is written once


def frames_below() -> Iterator[object]:
    frame = sys._getframe()
    while frame is not None:
        yield frame
        frame = frame.f_back  # type: ignore[assignment]


def test_a_model_survives_another_process(tmp_path: Path) -> None:
    system = fleet(2, 2)
    sent, returned = tmp_path / "sent", tmp_path / "returned"
    extra = deep(100)
    sent.write_bytes(pickle.dumps((system, extra)))
    printed = run(
        """
import pickle, sys
from hopcheck.model.language import digest
from hopcheck.model.language.expr import TRUE, variable
data = open(sys.argv[1], "rb").read()
(one, extra), (two, _) = pickle.loads(data), pickle.loads(data)
assert one is not two
assert all(a.guard is b.guard for a, b in zip(one.actions, two.actions))
assert one["phase0"] is two["phase0"] is variable("phase0", one.variables[4].type)
assert one.initially is TRUE
assert one["phase0"].type.encode("prepare") == 2
open(sys.argv[2], "wb").write(pickle.dumps((two, extra)))
print(digest(one, extra))
""",
        str(sent),
        str(returned),
        seed=7,
    )
    assert printed.strip() == digest(system, extra)
    back, same = pickle.loads(returned.read_bytes())
    assert isinstance(back, System)
    assert same is extra
    for old, new in zip(system.actions, back.actions, strict=True):
        assert new.guard is old.guard
        assert [(u.variable, u.location) for u in new.updates] == [(u.variable, u.location) for u in old.updates]
        assert all(a.value is b.value for a, b in zip(old.updates, new.updates, strict=True))
        assert new.guard.location == old.guard.location
    assert [each.type for each in back.variables] == [each.type for each in system.variables]


def test_the_hash_of_a_type_belongs_to_its_process() -> None:
    data = pickle.dumps(Enum("a", "b"))
    program = "import pickle, sys; t = pickle.loads(bytes.fromhex(sys.argv[1])); print(hash(t) == hash(t.members))"
    assert [run(program, data.hex(), seed=seed).strip() for seed in (1, 2)] == ["True", "True"]


def test_what_nobody_holds_is_forgotten() -> None:
    expr = (N + 7) * 3 < 5
    gone = [weakref.ref(each) for each in nodes(expr) if each is not N]
    del expr
    gc.collect()
    kept = [each() for each in gone if each() is not None]
    assert all(each is not None and not each.args for each in kept)  # only constants that others use


def test_addresses_used_again_mix_nothing_up() -> None:
    for number in range(4, 3_000):
        x = variable(f"x{number}", Range(0, 9))
        expr = (x + number) * 3 < 3 * number + 8
        assert [each.payload for each in nodes(expr) if not each.args] == [f"x{number}", number, 3, 3 * number + 8]
        assert evaluate(expr, {f"x{number}": 4}) == int((4 + number) * 3 < 3 * number + 8)
        del expr, x
        if number % 500 == 0:
            gc.collect()


def test_sets_and_dicts_go_by_identity() -> None:
    exprs = [N < each for each in range(1, 9)]
    assert len({*exprs, *(N < each for each in range(1, 9))}) == 8
    places = {each: place for place, each in enumerate(exprs)}
    assert places[N < 5] == 4
    assert len({TRUE, N < 99, N, P, FALSE, P & False}) == 4


def test_threads_share_expressions() -> None:
    workers, rounds = 8, 60
    start = threading.Barrier(workers)
    made: list[list[Expr]] = [[] for _ in range(workers)]

    def work(mine: list[Expr]) -> None:
        for number in range(rounds):
            start.wait()
            x = variable(f"threads{number}", Range(0, 99))
            mine.append(all_of(any_of([x < each, x == each + 3]) for each in range(1, 20)))

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, args=(each,)) for each in made]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    for same in zip(*made, strict=True):
        assert len({id(each) for each in same}) == 1
