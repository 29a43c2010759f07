"""A search that is made to err must be caught by the comparison with the interpreter: each mutant is one mistake."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hopcheck.explorer import Exploration, explore
from hopcheck.explorer.compiled import Compiled
from hopcheck.explorer.exploration import DisagreementError
from hopcheck.explorer.kernels import data, registers
from hopcheck.explorer.lowering.lower import Forms, Lowered
from hopcheck.explorer.store.log import Log
from hopcheck.explorer.store.visited import Bitmap, Buckets, VisitedSet
from hopcheck.model.domain.fleet import fleet
from hopcheck.model.errors import ModelError
from hopcheck.model.language import FALSE, Bool, If, Range, System, SystemBuilder, becomes

from ..semantics.lowering import check_lowered, lowered  # noqa: TID252 (folders of tests are no package)
from ..unit.explorer.searching import GROWING, compiled, with_buckets  # noqa: TID252

COMPARED = ("states", "transitions", "depth", "level_states", "level_edges", "fired", "values", "answers")


def model(*, anywhere: bool = False) -> System:
    """Some of everything: a counter, flags, a choice. ``anywhere``: all of its 128 states are initial."""
    system = SystemBuilder("mutants")
    n = system.variable("n", Range(0, 15), initial=None if anywhere else 0)
    p, q, r = (system.variable(name, Bool, initial=None if anywhere else False) for name in "pqr")
    system.action("up", guard=n < 15, updates=[becomes(n, If(p & (n < 14), n + 2, n + 1))])
    system.action("flip", guard=n != 5, updates=[becomes(p, ~p)])
    system.action("raise", guard=p & ~q & (n == 3), updates=[becomes(q, True), becomes(p, False)])
    system.action("set", guard=q & (n == 15), updates=[becomes(r, True)])
    return system.build()


def asked(system: System) -> dict[str, dict[str, Any]]:
    n, p, q, r = (system[name] for name in "npqr")
    return {
        "always": {"r after q": r.implies(q), "no 7 with q": ~(q & (n == 7) & p)},
        "reachable": {"all": p & q & r},
        "never_stuck": {"at all": FALSE},
        "can_always_reach": {"r": r, "not q": ~q},
    }


def made(forms: Forms) -> Compiled:
    system = model()
    return compiled(system, asked(system), forms=forms)


def differs(search: Compiled) -> bool:
    """Whether the search differs from the reference in anything that is compared, or notices by itself."""
    system = model()
    expected = explore(system, **asked(system), backend="interpreter")
    try:
        found: Exploration = search.run()
    except (DisagreementError, ModelError):
        return True
    return any(getattr(found, name) != getattr(expected, name) for name in COMPARED)


def wrong(forms: Forms, mutate: Callable[[Lowered], object]) -> bool:
    """Whether some state of the mutated model has other successors, counts or errors than in the interpreter."""
    system = model(anywhere=True)
    mutant = lowered(system, forms)
    mutate(mutant)
    try:
        check_lowered(system, mutant)
    except AssertionError:
        return True
    return False


TABLES, ROWS, PROGRAM = Forms(weigh=False), Forms(table_bits=-1), Forms(table_bits=-1, rows=False)


@pytest.mark.parametrize(
    "forms", [TABLES, ROWS, PROGRAM, Forms(weigh=False, word_bits=4), Forms(table_bits=-1, word_bits=4)]
)
def test_without_a_mutation_nothing_is_caught(forms: Forms) -> None:
    assert not differs(made(forms))
    assert not wrong(forms, lambda model: None)


@pytest.mark.parametrize("forms", [TABLES, Forms(weigh=False, index=False), Forms(weigh=False, word_bits=4)])
def test_every_number_of_every_successor_of_the_tables_counts(forms: Forms) -> None:
    moves = lowered(model(anywhere=True), forms).moves
    (first_row,) = moves.tables.row.tolist()
    rows = {
        first_row + (cell >> data.FIRST) + k
        for cell in moves.tables.cells.tolist()
        for k in range(cell >> data.ROWS & data.ROWS_MASK)
    }
    assert len(rows) > 10
    for number in (row * moves.stride + n for row in rows for n in range(moves.stride)):

        def elsewhere(mutant: Lowered, number: int = number) -> None:
            mutant.moves.tables.deltas[number] += 1

        assert wrong(forms, elsewhere), number


def test_every_cell_of_the_tables_counts() -> None:
    cells = lowered(model(anywhere=True), TABLES).moves.tables.cells
    for cell in np.flatnonzero(cells).tolist():
        changes = [1, data.OFFENDS]  # another number of enabled instances; an error where there is none
        if int(cells[cell]) >> data.ROWS & data.ROWS_MASK:
            changes.append(-1 << data.ROWS)  # one successor less
        for change in changes:

            def changed(mutant: Lowered, cell: int = cell, change: int = change) -> None:
                mutant.moves.tables.cells[cell] += change

            assert wrong(TABLES, changed), (cell, change)


@pytest.mark.parametrize("array", ["mask", "value", "clear", "put"])
def test_every_bit_of_the_rows_counts(array: str) -> None:
    rows = lowered(model(anywhere=True), ROWS).moves.rows
    assert len(rows.mask) == 2
    # What is put need not be cleared first, and a value is only looked at under the mask.
    counts = {"mask": rows.mask, "value": rows.mask, "clear": rows.clear & ~rows.put, "put": rows.put}[array]
    for row in range(len(rows.mask)):
        for bit in range(62):
            if counts[row] >> bit & 1:

                def flipped(mutant: Lowered, row: int = row, bit: int = bit) -> None:
                    getattr(mutant.moves.rows, array)[row] ^= 1 << bit

                assert wrong(ROWS, flipped), (row, bit)


def other_instruction(code: Any) -> None:
    """Make one instruction do something else."""
    match int(code[0]):
        case registers.CONST:
            code[2] += 1
        case registers.FIELD:
            code[3] += 1
        case registers.NOT:
            code[0], code[3] = registers.AND, code[2]
        case registers.AND:
            code[0] = registers.OR
        case registers.OR:
            code[0] = registers.AND
        case registers.ITE:
            code[[3, 4]] = code[[4, 3]]
        case registers.ADD:
            code[0] = registers.SUB
        case registers.LE | registers.LT:
            code[[2, 3]] = code[[3, 2]]
        case registers.EQ:
            code[0] = registers.LE
        case _:
            raise AssertionError(code)


def test_every_instruction_of_the_program_counts() -> None:
    program = lowered(model(anywhere=True), PROGRAM).moves.program
    for number in range(len(program.code) // 6):

        def changed(mutant: Lowered, number: int = number) -> None:
            other_instruction(mutant.moves.program.code[6 * number : 6 * number + 6])

        assert wrong(PROGRAM, changed), (number, program.code[6 * number : 6 * number + 6])


Insert = Callable[[Any, int, int, Log, int, Any], int]


def forgetting(insert: Insert, which: int) -> Insert:
    """The set, but that it takes one state for known that is new: number ``which`` in the order in which it is asked."""
    left = which

    def mutant(targets: Any, begin: int, n: int, log: Log, room: int, own: Any) -> int:
        nonlocal left
        top = log.top
        done = insert(targets, begin, n, log, room, own)
        new = log.top - top
        if 0 <= left < new:
            rows = log.words[: log.top * log.width].reshape(-1, log.width)
            rows[top + left : -1] = rows[top + left + 1 :].copy()
            log.counter[0] -= 1
            left = -1
        else:
            left -= new
        return done

    return mutant


@pytest.mark.parametrize("forms", [TABLES, Forms(weigh=False, word_bits=4)])
def test_a_forgotten_state_is_caught(forms: Forms) -> None:
    for which in range(explore(model()).states):
        search = made(forms)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(search.found.set, "insert", forgetting(search.found.set.insert, which))
            assert differs(search), which


def test_a_state_taken_twice_is_caught() -> None:
    search = made(TABLES)
    insert = search.found.set.insert
    done = False

    def twice(targets: Any, begin: int, n: int, log: Log, room: int, own: Any) -> int:
        nonlocal done
        at = insert(targets, begin, n, log, room, own)
        if log.top > 5 and not done:
            done = True
            log.words[log.top] = log.words[log.top - 1]
            log.counter[0] += 1
        return at

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(search.found.set, "insert", twice)
        assert differs(search)


@pytest.mark.parametrize("loses", [False, True])
@pytest.mark.parametrize("form", GROWING)
def test_a_state_that_is_lost_when_a_table_grows_is_caught(form: str, loses: bool) -> None:
    system = fleet(2)
    with pytest.MonkeyPatch.context() as patched:
        search = with_buckets(compiled(system), GROWING[form], patched)
        grown = Buckets.grown

        def losing(self: Buckets, log: Log, team: Any) -> VisitedSet:
            new = grown(self, log, team)
            held = new._bits if isinstance(new, Bitmap) else new.lanes  # type: ignore[attr-defined]
            held[np.flatnonzero(held)[-1]] = 0
            return new

        if loses:
            patched.setattr(Buckets, "grown", losing)
        assert (search.run().states != 16_336) is loses


@pytest.mark.parametrize("bit", [2, 3])  # of the questions that have a finding
def test_a_blind_judge_is_caught(bit: int) -> None:
    search = made(TABLES)
    (rule,) = search.lowered.states
    rule.data.cells[:] &= ~(1 << bit)
    rule = dataclasses.replace(rule, data=rule.data._replace(flip=rule.data.flip & ~(1 << bit)))
    search.inspection.lowered = dataclasses.replace(search.lowered, states=(rule,))
    assert differs(search)


def test_a_judge_that_sees_too_much_is_caught() -> None:
    search = made(TABLES)
    (rule,) = search.lowered.states
    rule.data.cells[:] |= 1 << 1
    assert differs(search)
