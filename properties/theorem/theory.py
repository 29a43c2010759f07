"""The theorem's vocabulary, definitions and premises as closed first-order formulas.

Releases, machine types and the labels of compat arrays are integers without bounds: machine type m is the one that
release m introduced, the array labelled a is what ``hw_compat_X_Y`` is to QEMU. The release that follows a is a+1, and
what changes in it has its entry in the array labelled a. There is one line of releases: a stable branch that goes on
beside newer releases is none of them.

Device types, properties and values are uninterpreted sorts: nothing is assumed of how many there are. What an entry's
driver matches (QEMU: every QOM subtype) is folded into ``listed(build, label, type, property)``; with several entries
of one array that match, ``carried`` is the value of the last. ``default`` is total: for a type or a property that a
release does not have, it stands for how that release behaves. So a new property counts as a change only where its
default alters behaviour, and a type may be given, before it exists, the default it is born with.

A *life* is what happens to one guest: numbered moments 0, 1, 2, ...; from one to the next it migrates, is reset, or is
powered off and started again (on any build, with any machine type). ``seen`` is what the guest's drivers were told at
boot or at the last reset; a migration carries it along.
"""

from __future__ import annotations

from collections.abc import Mapping

import z3

from hopcheck.properties.theorem.premises import Premise

Type, Property, Value = z3.DeclareSort("Type"), z3.DeclareSort("Property"), z3.DeclareSort("Value")
_int, _bool = z3.IntSort(), z3.BoolSort()

default = z3.Function("default", _int, Type, Property, Value)  # release
listed = z3.Function("listed", _int, _int, Type, Property, _bool)  # build, label of the array
carried = z3.Function("carried", _int, _int, Type, Property, Value)  # build, label of the array
decides = z3.Function("decides", _int, _int, Type, Property, _int)  # build, machine: an array's label, or the build
below = z3.Function("below", _int, _int, Type, Property, Value)  # build, machine: the value below the user's options
folded = z3.Function("folded", _int, _int, Type, Property, Value)  # build, machine: as QEMU computes it
oldest = z3.Function("oldest", _int, _int, Type, Property, _int)  # build, machine: a label, or the build

build, machine = z3.Function("build", _int, _int), z3.Function("machine", _int, _int)  # moment
migrates, resets = z3.Function("migrates", _int, _bool), z3.Function("resets", _int, _bool)  # moment, to the next one
given = z3.Function("given", _int, Type, Property, _bool)  # moment
option = z3.Function("option", _int, Type, Property, Value)  # moment
layered = z3.Function("layered", _int, Type, Property, Value)  # moment: what the process takes below the options
config = z3.Function("config", _int, Type, Property, Value)  # moment: what the running process has
seen = z3.Function("seen", _int, Type, Property, Value)  # moment: what the guest was told

a, b, j, k, m, n = z3.Ints("a b j k m n")
t, u = z3.Consts("t u", Type)
p = z3.Const("p", Property)


def changed(label: z3.ArithRef, type_: z3.ExprRef) -> z3.BoolRef:
    """The static default of the type's property p changes after release ``label``, in the release that follows it."""
    return default(label + 1, type_, p) != default(label, type_, p)


def added(after: z3.ArithRef, label: z3.ArithRef, type_: z3.ExprRef) -> z3.BoolRef:
    """The release that follows ``after`` ships an entry in the array labelled ``label`` that ``after`` did not."""
    return z3.And(listed(after + 1, label, type_, p), z3.Not(listed(after, label, type_, p)))


def first(build_: z3.ArithRef, machine_: z3.ArithRef, label: z3.ArithRef) -> z3.BoolRef:
    """``label`` is the oldest array with an entry among those the machine applies, or the build where there is none.

    Machine m in build b applies the arrays labelled m to b-1: for its own newest machine type a release has none yet.
    """
    return z3.And(
        machine_ <= label,
        label <= build_,
        z3.Implies(label < build_, listed(build_, label, t, p)),
        z3.ForAll([k], z3.Implies(z3.And(machine_ <= k, k < label), z3.Not(listed(build_, k, t, p)))),
    )


PREMISES: Mapping[Premise, z3.BoolRef] = {
    Premise.ENTRY: z3.ForAll([a, t, p], z3.Implies(changed(a, t), z3.Exists([k, u], z3.And(changed(a, u), added(a, k, u))))),
    Premise.LABEL: z3.ForAll([a, k, t, p], z3.Implies(z3.And(changed(a, t), added(a, k, t)), k == a)),
    Premise.ALL_CHANGED: z3.ForAll(
        [a, k, t, u, p],
        z3.Implies(
            z3.And(changed(a, t), changed(a, u), added(a, k, t)),
            z3.Exists([j], added(a, j, u)),
        ),
    ),
    Premise.ONLY_CHANGED: z3.ForAll([a, t, p], z3.Implies(listed(a + 1, a, t, p), changed(a, t))),
    Premise.VALUE: z3.ForAll(
        [a, t, p],
        z3.Implies(z3.And(changed(a, t), listed(a + 1, a, t, p)), carried(a + 1, a, t, p) == default(a, t, p)),
    ),
    Premise.FROZEN: z3.ForAll(
        [b, a, t, p],
        z3.Implies(
            b > a,
            z3.And(
                listed(b, a, t, p) == listed(a + 1, a, t, p),
                z3.Implies(listed(b, a, t, p), carried(b, a, t, p) == carried(a + 1, a, t, p)),
            ),
        ),
    ),
    Premise.ORDER: z3.ForAll(
        [b, m, k, t, p], z3.Implies(z3.And(m <= k, k < decides(b, m, t, p)), z3.Not(listed(b, k, t, p)))
    ),
    Premise.ALWAYS: z3.ForAll([n, t, p], z3.Implies(n >= 0, layered(n, t, p) == below(build(n), machine(n), t, p))),
    Premise.USER: z3.ForAll(
        [n, t, p],
        z3.Implies(
            z3.And(n >= 0, migrates(n)),
            z3.And(
                given(n + 1, t, p) == given(n, t, p),
                z3.Implies(given(n, t, p), option(n + 1, t, p) == option(n, t, p)),
            ),
        ),
    ),
}

DECIDES = z3.ForAll(
    [b, m, t, p],
    z3.Implies(
        m <= b,
        z3.And(
            m <= decides(b, m, t, p),
            decides(b, m, t, p) <= b,
            z3.Implies(decides(b, m, t, p) < b, listed(b, decides(b, m, t, p), t, p)),
        ),
    ),
)
"""Some array that the machine applies and that has an entry decides ..."""

NONE_DECIDES = z3.ForAll(
    [b, m, k, t, p],
    z3.Implies(z3.And(m <= k, k < b, decides(b, m, t, p) == b), z3.Not(listed(b, k, t, p))),
)
"""... and none only where there is none. Which one, if there are several, is for the premise ``ORDER`` to say."""

BELOW = z3.ForAll(
    [b, m, t, p],
    z3.Implies(
        m <= b,
        below(b, m, t, p) == z3.If(decides(b, m, t, p) < b, carried(b, decides(b, m, t, p), t, p), default(b, t, p)),
    ),
)
"""Below the user's options a process takes the deciding entry's value, else its build's static default."""

FOLDED = z3.And(
    z3.ForAll([b, t, p], folded(b, b, t, p) == default(b, t, p)),
    z3.ForAll(
        [b, m, t, p],
        z3.Implies(m < b, folded(b, m, t, p) == z3.If(listed(b, m, t, p), carried(b, m, t, p), folded(b, m + 1, t, p))),
    ),
)
"""How QEMU computes it: start from the default and apply the arrays b-1, b-2, ..., m, each over the ones before."""

OLDEST = z3.And(
    z3.ForAll([b, t, p], oldest(b, b, t, p) == b),
    z3.ForAll(
        [b, m, t, p],
        z3.Implies(m < b, oldest(b, m, t, p) == z3.If(listed(b, m, t, p), m, oldest(b, m + 1, t, p))),
    ),
)
"""Where to find the oldest array with an entry, by recursion from m = b downward: such a function always exists."""

CONFIG = z3.ForAll(
    [n, t, p],
    z3.Implies(n >= 0, config(n, t, p) == z3.If(given(n, t, p), option(n, t, p), layered(n, t, p))),
)
"""The user's option wins over everything below it."""

KNOWN = z3.ForAll([n], z3.Implies(n >= 0, machine(n) <= build(n)))
"""A build starts only machine types it knows: its own and older ones. (That it may have dropped some only helps.)"""

SEES = z3.And(
    z3.ForAll([t, p], seen(0, t, p) == config(0, t, p)),
    z3.ForAll(
        [n, t, p],
        z3.Implies(n >= 0, seen(n + 1, t, p) == z3.If(migrates(n), seen(n, t, p), config(n + 1, t, p))),
    ),
)
"""A guest sees its configuration at boot, at a reset, and after a power cycle; migrating, it keeps what it saw."""

SAME_MACHINE = z3.ForAll([n], z3.Implies(z3.And(n >= 0, migrates(n)), machine(n + 1) == machine(n)))
"""A migration keeps the machine type: QEMU refuses a stream of another one."""

SAME_PROCESS = z3.ForAll(
    [n, t, p], z3.Implies(z3.And(n >= 0, resets(n), z3.Not(migrates(n))), config(n + 1, t, p) == config(n, t, p))
)
"""A reset keeps the process, and a process never changes its configuration."""

DEFINITIONS = (DECIDES, NONE_DECIDES, BELOW, FOLDED, OLDEST, CONFIG, KNOWN, SEES, SAME_MACHINE, SAME_PROCESS)
