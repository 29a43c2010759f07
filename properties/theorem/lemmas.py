"""The theorem and its lemmas.

**Theorem.** If a project keeps its old machine types as the premises say, then at every moment of every life of a guest
the running process has the configuration the guest has seen, and no migration leads to another one: for any number of
releases, machine types, device types, properties, changes and hops, forward and back.

The argument:

1. *complete*: a type whose default changed in release r has an entry in the array labelled r-1.
2. *array*: in every later build too, the array labelled m gives a type the static default of release m, and has no
   entry for it only where release m+1 has the same default.
3. *newest*, *layer*: machine b gets the static defaults in build b; an older machine m gets what array m says, and
   where that has no entry, what machine m+1 gets.
4. *machine*: so in every build b that knows it, machine m gets the static default of release m. By induction from m = b
   downward, over any number of releases: 3 is how the induction starts, 2 and 3 are its step.
5. *hop*: so two builds give the same to one machine type, whichever they are; the options are equal; a hop changes
   nothing.
6. *life*: by induction over the moments, the process has what the guest has seen.
7. *theorem*: 5 and 6 together.

Three further facts tie "the oldest array decides" to what QEMU does: there always is an oldest array with an entry, if
any has one (*oldest exists*); it is the one that decides (*oldest decides*); and applying the arrays newest first, each
over the ones before, amounts to the same (*QEMU's order*). And premises and definitions do not contradict each other:
the change of the document itself, with a guest that is upgraded for ever, satisfies them all (*not empty*).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import z3

from hopcheck.properties.theorem import theory as of
from hopcheck.properties.theorem.premises import Premise
from hopcheck.properties.theorem.proof import Fact, assume, define, downward, lemma, upward
from hopcheck.properties.theorem.theory import b, m, n, p, t


def prove(dropped: Collection[Premise] = ()) -> tuple[Fact, ...]:
    """The argument as facts, the theorem last. ``dropped``: premises left out everywhere, to see the argument fail."""
    have = {premise: assume(premise, formula) for premise, formula in of.PREMISES.items() if premise not in dropped}
    newest, layer = _layers(have)
    machine = _machine(have, newest, layer)
    hop, life = _life(have, machine)
    theorem = lemma(
        "theorem",
        "at every moment of every life the configuration is preserved, and every migration keeps it",
        z3.ForAll(
            [n, t, p],
            z3.Implies(
                n >= 0,
                z3.And(
                    of.config(n, t, p) == of.seen(n, t, p),
                    z3.Implies(of.migrates(n), of.config(n + 1, t, p) == of.config(n, t, p)),
                ),
            ),
        ),
        hop,
        life,
    )
    return (_oldest(have), _folding(newest, layer), _not_empty(), theorem)


def _premises(have: Mapping[Premise, Fact], *wanted: Premise) -> list[Fact]:
    return [have[each] for each in wanted if each in have]


def _layers(have: Mapping[Premise, Fact]) -> tuple[Fact, Fact]:
    """What one array adds to the ones above it."""
    decides, below = define("decides", of.DECIDES), define("below", of.BELOW)
    newest = lemma(
        "newest",
        "a build gives its own machine type its static defaults",
        z3.ForAll([b, t, p], of.below(b, b, t, p) == of.default(b, t, p)),
        decides,
        below,
    )
    own = lemma(
        "own array",
        "where the array of machine m has an entry, it decides for machine m",
        z3.ForAll([b, m, t, p], z3.Implies(z3.And(m < b, of.listed(b, m, t, p)), of.decides(b, m, t, p) == m)),
        decides,
        *_premises(have, Premise.ORDER),
    )
    next_array = lemma(
        "next array",
        "where the array of machine m has no entry, the same array decides for machines m and m+1",
        z3.ForAll(
            [b, m, t, p],
            z3.Implies(z3.And(m < b, z3.Not(of.listed(b, m, t, p))), of.decides(b, m, t, p) == of.decides(b, m + 1, t, p)),
        ),
        decides,
        *_premises(have, Premise.ORDER),
    )
    layer = lemma(
        "layer",
        "machine m gets what its array says, and where that has no entry, what machine m+1 gets",
        z3.ForAll(
            [b, m, t, p],
            z3.Implies(
                m < b,
                of.below(b, m, t, p) == z3.If(of.listed(b, m, t, p), of.carried(b, m, t, p), of.below(b, m + 1, t, p)),
            ),
        ),
        own,
        next_array,
        below,
        decides,
    )
    return newest, layer


def _machine(have: Mapping[Premise, Fact], newest: Fact, layer: Fact) -> Fact:
    """That a machine type means one configuration, whichever build runs it."""
    complete = lemma(
        "complete",
        "the release after m has an entry in the array labelled m for every type whose default it changes",
        z3.ForAll([m, t, p], z3.Implies(of.changed(m, t), of.listed(m + 1, m, t, p))),
        *_premises(have, Premise.ENTRY, Premise.LABEL, Premise.ALL_CHANGED),
    )
    shipped = lemma(
        "shipped",
        "release m+1 ships the array labelled m with the defaults of release m, for exactly the types that changed",
        z3.ForAll([m, t, p], _restores(m + 1)),
        complete,
        *_premises(have, Premise.VALUE, Premise.ONLY_CHANGED),
    )
    array = lemma(
        "array",
        "in every build the array labelled m carries the defaults of release m, for exactly the types that changed",
        z3.ForAll([b, m, t, p], z3.Implies(m < b, _restores(b))),
        shipped,
        *_premises(have, Premise.FROZEN),
    )
    return downward(
        "machine",
        "a machine type gets, in every build, the static default of its own release",
        lambda build, machine: of.below(build, machine, t, p) == of.default(machine, t, p),
        array,
        newest,
        layer,
    )


def _restores(build: z3.ArithRef) -> z3.BoolRef:
    """In the build the array labelled m gives a type the default of release m; what it lacks has not changed."""
    return z3.If(
        of.listed(build, m, t, p),
        of.carried(build, m, t, p) == of.default(m, t, p),
        of.default(m + 1, t, p) == of.default(m, t, p),
    )


def _life(have: Mapping[Premise, Fact], machine: Fact) -> tuple[Fact, Fact]:
    """From one build to the next, and on through a life."""
    hop = lemma(
        "hop",
        "a migration, to any build that knows the machine type, leads to the same configuration",
        z3.ForAll([n, t, p], z3.Implies(z3.And(n >= 0, of.migrates(n)), of.config(n + 1, t, p) == of.config(n, t, p))),
        machine,
        *_premises(have, Premise.ALWAYS, Premise.USER),
        define("config", of.CONFIG),
        define("known", of.KNOWN),
        define("same machine", of.SAME_MACHINE),
    )
    life = upward(
        "life",
        "at every moment the process has what the guest has seen",
        lambda moment: of.config(moment, t, p) == of.seen(moment, t, p),
        hop,
        define("sees", of.SEES),
    )
    return hop, life


def _oldest(have: Mapping[Premise, Fact]) -> Fact:
    """That "the oldest array with an entry" is a definition: there is one, and the array that decides is that one."""
    exists = downward(
        "oldest exists",
        "among the arrays a machine applies there is an oldest one with an entry, or none has one",
        lambda build, machine: of.first(build, machine, of.oldest(build, machine, t, p)),
        define("oldest", of.OLDEST),
    )
    return lemma(
        "oldest decides",
        "the array that decides is the oldest one with an entry, and no other can be",
        z3.ForAll([b, m, t, p], z3.Implies(m <= b, of.decides(b, m, t, p) == of.oldest(b, m, t, p))),
        exists,
        define("decides", of.DECIDES),
        *_premises(have, Premise.ORDER),
    )


def _folding(newest: Fact, layer: Fact) -> Fact:
    """That the definition by the oldest array is what QEMU computes."""
    return downward(
        "QEMU's order",
        "applying the arrays newest first, each over the ones before, gives what the oldest one says",
        lambda build, machine: of.folded(build, machine, t, p) == of.below(build, machine, t, p),
        newest,
        layer,
        define("folded", of.FOLDED),
    )


def _not_empty() -> Fact:
    """One world that satisfies premises and definitions: one default changes in release 1, with its entry in array 0.

    The guest has machine type 0, is booted on release 0 and migrates to the next release for ever.
    """
    old, new = z3.Consts("old new", of.Value)
    first, second = z3.Var(0, z3.IntSort()), z3.Var(1, z3.IntSort())  # the functions' own arguments
    entry_applies = z3.And(second <= 0, first >= 1)
    value = z3.If(z3.Or(entry_applies, first < 1), old, new)
    array = z3.If(entry_applies, z3.IntVal(0), first)
    world = [
        (of.default, z3.If(first >= 1, new, old)),
        (of.listed, z3.And(second == 0, first >= 1)),
        (of.carried, old),
        (of.decides, array),
        (of.oldest, array),
        (of.below, value),
        (of.folded, value),
        (of.build, first),
        (of.machine, z3.IntVal(0)),
        (of.migrates, z3.BoolVal(True)),
        (of.resets, z3.BoolVal(False)),
        (of.given, z3.BoolVal(False)),
        (of.option, old),
        (of.layered, old),
        (of.config, old),
        (of.seen, old),
    ]
    a_change = z3.ForAll([t, p], of.changed(z3.IntVal(0), t))
    everything = z3.And(*of.PREMISES.values(), *of.DEFINITIONS, a_change)
    return lemma(
        "not empty",
        "a world with a change satisfies every premise and definition: the theorem does not speak of nothing",
        z3.ForAll([old, new], z3.Implies(old != new, z3.substitute_funs(everything, *world))),
    )
