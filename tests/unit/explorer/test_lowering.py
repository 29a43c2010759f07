"""Which form a transition is lowered to, and how footprints are joined."""

from __future__ import annotations

import pytest

from hopcheck.explorer.lowering import footprint as module
from hopcheck.explorer.lowering.footprint import footprint, groups
from hopcheck.explorer.lowering.lower import Forms, lower
from hopcheck.explorer.questions import questions
from hopcheck.model.domain.fleet import fleet
from hopcheck.model.language import Bool, Range, System, SystemBuilder, all_of, becomes, ground

from .machines import bits


def forms_of(system: System, forms: Forms | None = None) -> tuple[int, int, int]:
    """How many tables, rows and transitions of the program there are."""
    moves = lower(system, ground(system), questions(system, {}), forms).moves
    return len(moves.tables.keys.base), len(moves.rows.mask) // moves.width, len(moves.program.guard)


def test_a_fleet_is_one_table_a_machine() -> None:
    assert forms_of(fleet(4)) == (4, 0, 0)
    assert forms_of(fleet(4), Forms(table_bits=-1)) == (0, 14, 37)  # reply, performFail, finishOk, upgrade


def test_small_footprints_share_a_table() -> None:
    assert forms_of(bits(24), Forms(weigh=False)) == (2, 0, 0)


def test_wide_guards() -> None:
    system = SystemBuilder("wide")
    flags = [system.variable(f"flag{n}", Bool) for n in range(20)]
    total = system.variable("total", Range(0, 100), initial=0)
    system.action("all", guard=all_of(flags), updates=[becomes(flags[0], False)])
    system.action("sum", guard=all_of(flags), updates=[becomes(total, total + 1)])
    system.action("set", guard=~flags[3], updates=[becomes(flags[3], True)])
    assert forms_of(system.build(), Forms(weigh=False)) == (1, 1, 1)


def test_footprints() -> None:
    system = SystemBuilder("one")
    a, b, c, d = (system.variable(name, Bool) for name in "abcd")
    system.action("go", guard=a, updates=[becomes(b, c)])
    assert footprint(ground(system.build())[0]) == {"a", "b", "c"}
    assert d is not None


def test_joining() -> None:
    width = dict.fromkeys("abcdefgh", 4)
    sets = [frozenset(each) for each in ("abc", "ab", "bc", "de", "defg", "a", "h", "cf")]
    made = {"".join(sorted(each.touched)): each.members for each in groups(enumerate(sets), width, 16)}
    # The pair (de) is inside (defg), the pair (cf) reaches halfway into either; what shares nothing stays apart.
    assert made == {"defg": (3, 4), "abcf": (0, 1, 2, 5, 7), "h": (6,)}


def test_a_table_has_no_more_instances_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "INSTANCES", 2)
    width = dict.fromkeys("abcd", 4)
    made = groups(enumerate([frozenset("ab")] * 5 + [frozenset("a")]), width, 16)
    assert sorted(each.members for each in made) == [(0, 1), (2, 3), (4, 5)]


def test_variables_of_one_table_stand_together() -> None:
    system = SystemBuilder("crossed")
    a, b, c, d = (system.variable(name, Range(0, 255), initial=0) for name in "abcd")
    for one, two in ((a, c), (b, d)):
        system.action("up", guard=one < 255, updates=[becomes(one, one + 1), becomes(two, one)], labels={"n": str(one)})
    made = system.build()
    slots = lower(made, ground(made), questions(made, {}), Forms(weigh=False)).layout.slots
    assert [each.record.names for each in slots] == [("a", "c"), ("b", "d")]


def test_a_table_must_be_worth_its_cost() -> None:
    # Flags in no order: a table of some of them gathers scattered bits for few transitions.
    system = SystemBuilder("scattered")
    flags = [system.variable(f"flag{n}", Bool) for n in range(60)]
    for n in range(60):
        one, two, three = flags[n], flags[(7 * n + 11) % 60], flags[(n * n + 3) % 60]
        if len({one, two, three}) == 3:
            system.action("move", guard=one & ~two & ~three, updates=[becomes(two, True)], labels={"n": n})
    made = system.build()
    tables = forms_of(made, Forms(weigh=False))
    weighed = forms_of(made)
    assert tables[0] > weighed[0]
    assert tables[1] < weighed[1]
    assert forms_of(fleet(3)) == forms_of(fleet(3), Forms(weigh=False)) == (3, 0, 0)
