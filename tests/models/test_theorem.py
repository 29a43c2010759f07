"""The theorem: proved by two solvers, sharp in every premise, and true of every small world plain Python can visit."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest
import z3
from hypothesis import given
from hypothesis import strategies as st

from hopcheck.model.domain.compatibility_document import document_rows
from hopcheck.model.domain.num_queues import Policy
from hopcheck.properties.errors import DisagreementError
from hopcheck.properties.obligation import discharge_all
from hopcheck.properties.theorem import (
    Chain,
    Entry,
    Mistake,
    Premise,
    Refutation,
    World,
    check_theorem,
    confirm_refutation,
    refute,
    theorem,
    theory,
)
from hopcheck.properties.theorem.bounded import Bounded, below_options, premises
from hopcheck.properties.theorem.lemmas import prove
from hopcheck.properties.theorem.proof import assume, define, downward, lemma, upward
from hopcheck.properties.theorem.refute import forward_chains
from hopcheck.properties.theorem.theory import b, m, n, p, t
from hopcheck.properties.theorem.world import broken, value_below_options, values

FOUND = {
    Mistake.ENTRY_MISSING: """entry missing:
  release 1: default of type 1
  release 2: default of type 2
  machine type 1, type: release 1 (1) -> release 2 (2)""",
    Mistake.OTHER_VALUE: """entry carries another value:
  release 1: default of type 1
  release 2: default of type 2; hw_compat_1 { "type", "property", "2" }
  machine type 1, type: release 1 (1) -> release 2 (2)""",
    Mistake.OLDER_ARRAY: """entry in an older array:
  release 1: default of type 1
  release 2: default of type 1
  release 3: default of type 2; hw_compat_1 { "type", "property", "1" }
  machine type 2, type: release 2 (1) -> release 3 (2)""",
    Mistake.NEWER_ARRAY: """entry in a newer array:
  release 1: default of type 1
  release 2: default of type 2; hw_compat_2 { "type", "property", "1" }
  machine type 1, type: release 1 (1) -> release 2 (2)""",
    Mistake.TYPE_MISSED: """entry matches too few types:
  release 1: default of type-a 1, type-b 1
  release 2: default of type-a 2, type-b 2; hw_compat_1 { "type-b", "property", "1" }
  machine type 1, type-a: release 1 (1) -> release 2 (2)""",
    Mistake.TYPE_TOO_MANY: """entry matches too many types:
  release 1: default of type-a 1, type-b 2
  release 2: default of type-a 1, type-b 1; hw_compat_1 { "device", "property", "2" }
  machine type 1, type-a: release 1 (1) -> release 2 (2)""",
    Mistake.ARRAY_CHANGED_LATER: """array changed later:
  release 1: default of type 1
  release 2: default of type 1
  release 3: default of type 1; hw_compat_1 { "type", "property", "2" }
  machine type 1, type: release 1 (1) -> release 3 (2)""",
    Mistake.LATE_FIX: """entry a release late:
  release 1: default of type 1
  release 2: default of type 2
  release 3: default of type 2; hw_compat_1 { "type", "property", "1" }
  machine type 1, type: release 2 (2) -> release 3 (1)""",
    Mistake.NEWER_ARRAY_WINS: """newer array overrides older:
  release 1: default of type 1
  release 2: default of type 2; hw_compat_1 { "type", "property", "1" }
  release 3: default of type 1; hw_compat_1 { "type", "property", "1" }; hw_compat_2 { "type", "property", "2" }
  machine type 1, type: release 1 (1) -> release 3 (2)""",
    Mistake.ONLY_WHEN_RECEIVING: """arrays only when receiving from older:
  release 1: default of type 1
  release 2: default of type 2; hw_compat_1 { "type", "property", "1" }
  machine type 1, type: release 1 (1) -> release 2 (1) -> release 2 (2)""",
    Mistake.OPTIONS_DIFFER: """user options differ:
  release 1: default of type 1
  machine type 1, type: release 1 (1) -> release 1 with property=2 (2)""",
}


def found(mistake: Mistake) -> Refutation:
    refutation = refute(mistake)
    assert refutation is not None
    return refutation


# the proof ---------------------------------------------------------------------------------------------------------


def test_the_theorem_is_proved_by_both_solvers_and_sharp() -> None:
    report = check_theorem(seconds=60)
    assert report.open == ()
    assert report.proved
    assert report.sharp
    assert set(report.dropped) == set(Premise)
    assert all(each.z3.answer == each.cvc5.answer == "unsat" for each in report.lemmas)
    assert [each.obligation for each in report.lemmas] == list(theorem().obligations)


def test_the_proof_uses_every_premise_and_every_lemma() -> None:
    *others, last = prove()
    assert last.rests_on == frozenset(Premise)
    names = [each.name for fact in (*others, last) for each in fact.obligations]
    assert {each.name for each in theorem().obligations} == set(names)
    assert {"complete", "array", "machine.base", "machine.step", "hop", "life.step", "theorem"} <= {
        each.name for each in last.obligations
    }


def test_without_a_premise_the_proof_does_not_go_through() -> None:
    whole = {each.smtlib for each in theorem().obligations}
    suspects = []
    for premise in Premise:
        facts = prove([premise])
        assert facts[-1].rests_on == frozenset(Premise) - {premise}
        weaker = {each.name: each for fact in facts for each in fact.obligations if each.smtlib not in whole}
        assert weaker, premise
        suspects += [(premise, each) for each in weaker.values()]
    for solver in ("z3", "cvc5"):
        results = discharge_all([each for _, each in suspects], solver=solver, seconds=1)
        unproved = {premise for (premise, _), each in zip(suspects, results, strict=True) if each.answer != "unsat"}
        assert unproved == set(Premise), solver


def test_false_lemmas_are_not_proved() -> None:
    every = [assume(premise, formula) for premise, formula in theory.PREMISES.items()]
    defined = [define(str(number), formula) for number, formula in enumerate(theory.DEFINITIONS)]
    below, default, config = theory.below, theory.default, theory.config
    wrong = [
        lemma("absurd", "premises and definitions contradict each other", z3.BoolVal(False), *every, *defined),
        downward("newest", "the newest default", lambda x, y: below(x, y, t, p) == default(x, t, p), *every, *defined),
        downward("no base", "another value", lambda x, y: below(x, y, t, p) != default(y, t, p), *every, *defined),
        upward("no step", "nothing ever changes", lambda x: config(x, t, p) == config(0, t, p), *every, *defined),
        lemma("one step too far", "m+1", z3.ForAll([b, m, t, p], below(b, m, t, p) == below(b, m + 1, t, p)), *every),
    ]
    obligations = [(fact.name, each) for fact in wrong for each in fact.obligations]
    for solver in ("z3", "cvc5"):
        results = discharge_all([each for _, each in obligations], solver=solver, seconds=1)
        unproved = {name for (name, _), each in zip(obligations, results, strict=True) if each.answer != "unsat"}
        assert unproved == {fact.name for fact in wrong}, solver


def test_two_obligations_of_one_name_are_refused() -> None:
    one = lemma("same", "", z3.ForAll([n], n == n))
    with pytest.raises(ValueError, match="same"):
        lemma("same", "", z3.ForAll([n], n <= n), one)


# refutations -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mistake", Mistake)
def test_the_smallest_refutation_of_each_mistake(mistake: Mistake) -> None:
    refutation = found(mistake)
    assert str(refutation) == FOUND[mistake]
    assert broken(refutation.world, refutation.chain) == mistake.breaks
    assert len(confirm_refutation(refutation)) == len(refutation.chain.builds)


def test_every_premise_has_a_mistake_that_breaks_it() -> None:
    assert frozenset().union(*(mistake.breaks for mistake in Mistake)) == frozenset(Premise)


def perturbed(refutation: Refutation) -> Iterator[Refutation]:
    """Refutations that are none: another value claimed, another default, an entry more or less, another chain."""
    world, chain = refutation.world, refutation.chain
    yield replace(refutation, values=(*refutation.values[:-1], refutation.values[0]))
    yield replace(refutation, values=tuple(value + 1 for value in refutation.values))
    yield replace(refutation, world=replace(world, defaults=tuple((9,) * len(world.types) for _ in world.defaults)))
    yield replace(refutation, world=replace(world, newest_wins=not world.newest_wins))
    yield replace(refutation, world=replace(world, receiving_only=not world.receiving_only))
    yield replace(refutation, chain=replace(chain, builds=chain.builds[:1] * len(chain.builds), options=chain.options))
    yield replace(refutation, chain=replace(chain, machine=len(world.defaults)))
    yield replace(refutation, chain=replace(chain, options=tuple(reversed(chain.options)), builds=chain.builds[::-1]))
    longer = replace(chain, builds=(chain.builds[0], *chain.builds), options=(chain.options[0], *chain.options))
    yield replace(refutation, chain=longer, values=(refutation.values[0], *refutation.values))
    for entry in world.entries:
        yield replace(refutation, world=replace(world, entries=tuple(e for e in world.entries if e != entry)))
    other = next(each for each in Mistake if each.breaks != refutation.mistake.breaks)
    yield replace(refutation, mistake=other)


@pytest.mark.parametrize("mistake", Mistake)
def test_perturbed_refutations_are_rejected(mistake: Mistake) -> None:
    refutation = found(mistake)
    changed = [each for each in perturbed(refutation) if each != refutation]
    assert len(changed) >= 8
    for each in changed:
        with pytest.raises(DisagreementError, match="cannot be replayed"):
            confirm_refutation(each)


def test_the_premise_that_arrays_always_apply_is_the_documents_double_migration() -> None:
    refutation = found(Mistake.ONLY_WHEN_RECEIVING)
    row = document_rows(Policy.ENTRY_ONLY_WHEN_RECEIVING_FROM_OLDER)[-1]
    assert row.case == "3 after 6"
    assert [("5.1", "5.2")[build] for build in refutation.chain.builds] == list(row.chain)
    assert [value == 1 for value in refutation.values] == [queues == 1 for queues in row.queues]


# plain Python against the solver's encodings -----------------------------------------------------------------------


def worlds(releases: int, most: int, **kind: bool) -> Iterator[World]:
    """Every world of one device type with values up to ``most``, arrays that nothing applies left out."""
    places = [(build, label) for build in range(releases) for label in range(build)]
    for defaults in itertools.product(range(1, most + 1), repeat=releases):
        for carried in itertools.product(range(most + 1), repeat=len(places)):
            entries = tuple(Entry(*at, (0,), value) for at, value in zip(places, carried, strict=True) if value)
            yield World(("type",), tuple((default,) for default in defaults), entries, **kind)


@pytest.mark.parametrize(("releases", "most"), [(1, 2), (2, 3), (3, 3), (4, 2)])
def test_every_small_world_that_keeps_the_premises_preserves_the_configuration(releases: int, most: int) -> None:
    kept = 0
    for world in worlds(releases, most):
        still = Chain(0, 0, (0,), (None,))
        if broken(world, still):
            continue
        kept += 1
        for machine in range(releases):
            builds = (machine, *range(releases - 1, machine - 1, -1))  # there and back, past every build
            chain = Chain(machine, 0, builds, (None,) * len(builds))
            assert set(values(world, chain)) == {world.defaults[machine][0]}, world
    assert kept == most**releases  # defaults determine the entries, so this is how many there are


@pytest.mark.parametrize(
    "mistake",
    [Mistake.OLDER_ARRAY, Mistake.ARRAY_CHANGED_LATER, Mistake.LATE_FIX, Mistake.NEWER_ARRAY_WINS],
)
def test_two_releases_do_not_show_what_three_show(mistake: Mistake) -> None:
    for world in worlds(2, 3, newest_wins=mistake is Mistake.NEWER_ARRAY_WINS):
        for chain in forward_chains(2, 2, 1):
            assert broken(world, chain) != mistake.breaks or len(set(values(world, chain))) == 1


def test_one_hop_does_not_show_what_two_show() -> None:
    for world in worlds(3, 2, receiving_only=True):
        for chain in forward_chains(3, 1, 1):
            only = broken(world, chain) == Mistake.ONLY_WHEN_RECEIVING.breaks
            assert not only or len(set(values(world, chain))) == 1


@st.composite
def lawful(draw: st.DrawFn) -> World:
    """A longer world with several types that keeps the premises by construction."""
    types = draw(st.integers(1, 3))
    row = st.tuples(*[st.integers(1, 3)] * types)
    defaults = draw(st.lists(row, min_size=1, max_size=7))
    entries = []
    for label in range(len(defaults) - 1):
        before, now = defaults[label], defaults[label + 1]
        for value in sorted({a for a, c in zip(before, now, strict=True) if a != c}):
            matched = tuple(i for i in range(types) if before[i] == value != now[i])
            entries += [Entry(build, label, matched, value) for build in range(label + 1, len(defaults))]
    return World(tuple(f"type-{i}" for i in range(types)), tuple(defaults), tuple(entries))


@given(lawful(), st.data())
def test_longer_lawful_worlds_preserve_the_configuration(world: World, data: st.DataObject) -> None:
    last = len(world.defaults) - 1
    machine = data.draw(st.integers(0, last))
    builds = tuple(data.draw(st.lists(st.integers(machine, last), min_size=1, max_size=8)))
    option = data.draw(st.none() | st.integers(1, 5))
    type_ = data.draw(st.integers(0, len(world.types) - 1))
    chain = Chain(machine, type_, builds, (option,) * len(builds))
    assert broken(world, chain) == frozenset()
    assert set(values(world, chain)) == {world.defaults[machine][type_] if option is None else option}


@st.composite
def anything(draw: st.DrawFn) -> World:
    """Three releases and two types, with any entries anywhere, one in an array at most."""
    defaults = draw(st.tuples(*[st.tuples(st.integers(1, 3), st.integers(1, 3))] * 3))
    entries = []
    for build, label in itertools.product(range(3), repeat=2):
        matched = draw(st.sampled_from([(), (0,), (1,), (0, 1)]))
        if matched:
            entries.append(Entry(build, label, matched, draw(st.integers(1, 3))))
    return World(("type-a", "type-b"), defaults, tuple(entries), newest_wins=draw(st.booleans()))


@given(anything())
def test_the_bounded_encoding_says_what_plain_python_says(world: World) -> None:
    bounded = Bounded(3, 2)
    facts = [(bounded.default(r, i), z3.IntVal(world.defaults[r][i])) for r in range(3) for i in range(2)]
    for build, label in bounded.arrays():
        both = [world.entry(build, label, i) for i in range(2)]
        facts += [(bounded.listed(build, label, i), z3.BoolVal(both[i] is not None)) for i in range(2)]
        facts.append((bounded.carried(build, label), z3.IntVal(next((e.value for e in both if e), 0))))
    chain = Chain(0, 0, (0,), (None,))
    kept = {premise: z3.is_true(z3.simplify(z3.substitute(f, *facts))) for premise, f in premises(bounded).items()}
    assert {premise for premise, each in kept.items() if not each} == broken(world, chain) - {Premise.ORDER}
    order = Mistake.NEWER_ARRAY_WINS if world.newest_wins else Mistake.ENTRY_MISSING
    for machine, build, type_ in itertools.product(range(3), range(3), range(2)):
        if machine <= build:
            term = below_options(bounded, order, build, machine, type_, None)
            value = z3.simplify(z3.substitute(term, *facts)).as_long()
            assert value == value_below_options(world, Chain(machine, type_, (build,), (None,)), 0)


@pytest.mark.parametrize("mistake", Mistake)
def test_the_theorys_premises_say_of_each_refutation_what_plain_python_says(mistake: Mistake) -> None:
    """The quantified premises, read over the world continued for ever: kept or broken just as plain Python finds."""
    refutation = found(mistake)
    for premise in premises(Bounded(1, 1)):
        different, formula = interpreted(refutation.world, theory.PREMISES[premise])
        solver = z3.Solver()
        solver.set("timeout", 20_000)
        solver.add(different, formula if premise in broken(refutation.world, refutation.chain) else z3.Not(formula))
        assert solver.check() == z3.unsat, premise


def interpreted(world: World, formula: z3.BoolRef) -> tuple[z3.BoolRef, z3.BoolRef]:
    """That the world's types and values differ, and the formula with the world's functions for the theory's symbols."""
    types = [z3.Const(name, theory.Type) for name in world.types]
    constants = [z3.Const(f"value-{value}", theory.Value) for value in range(5)]
    first, second = z3.Var(0, z3.IntSort()), z3.Var(1, z3.IntSort())  # a function's own arguments
    last = len(world.defaults) - 1

    def by_type(type_: z3.ExprRef, choices: list[z3.ExprRef]) -> z3.ExprRef:
        """Every type that is not one of the world's behaves like the last of them."""
        made = choices[-1]
        for name, choice in zip(types[:-1], choices[:-1], strict=True):
            made = z3.If(type_ == name, choice, made)
        return made

    rows = [by_type(z3.Var(1, theory.Type), [constants[value] for value in row]) for row in world.defaults]
    default = rows[last]
    for release in reversed(range(last)):
        default = z3.If(first <= release, rows[release], default)
    listed, carried = z3.BoolVal(False), constants[0]
    for entry in world.entries:
        goes_on = entry.build == last and entry.label < last
        build = first >= last if goes_on else first == entry.build
        matches = by_type(z3.Var(2, theory.Type), [z3.BoolVal(i in entry.types) for i in range(len(types))])
        here = z3.And(build, second == entry.label, matches)
        listed, carried = z3.Or(listed, here), z3.If(here, constants[entry.value], carried)
    world_functions = [(theory.default, default), (theory.listed, listed), (theory.carried, carried)]
    return z3.And(z3.Distinct(constants), z3.Distinct(types)), z3.substitute_funs(formula, *world_functions)
