"""Tiny checks of every part of the installation: one sentence each where it works, an exception where it does not."""

from __future__ import annotations

import os
import platform
import time
from collections import Counter
from hashlib import sha256
from importlib import metadata, resources

from hopcheck.model.language import Range, System, SystemBuilder, becomes
from hopcheck.properties import Method, Obligation, Outcome, Property, always, confirm, holds, prove
from hopcheck.report.text.notation import seconds

PACKAGES = (
    "click",
    "cvc5",
    "graphviz",
    "llvmlite",
    "msgspec",
    "networkx",
    "numba",
    "numpy",
    "pygraphviz",
    "rich",
    "z3-solver",
)


class BrokenError(Exception):
    """A part that runs and answers wrongly."""


def python() -> str:
    """The interpreter and hopcheck itself."""
    from hopcheck import __version__

    return f"hopcheck {__version__} on {platform.python_implementation()} {platform.python_version()}"


def machine() -> str:
    """The cores that this process may use, and the memory of the machine."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{platform.system()} {platform.machine()}, {cores} cores, {memory:.1f} GiB of memory"


def packages() -> str:
    """The versions of what hopcheck stands on."""
    return ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)


def facts() -> str:
    """The bundled facts: how many of what, and a digest over all of them."""
    from hopcheck.model.facts.load import bundled

    loaded = bundled()
    kinds = Counter(build.kind.value for build in loaded.builds)
    entries = sum(len(array.entries) for build in loaded.builds for array in build.compat_arrays.values())
    machines = len({name for build in loaded.builds for name in build.machines})
    digest = sha256()
    folder = resources.files("hopcheck.model.facts") / "data"
    for file in sorted((each for each in folder.iterdir() if each.is_file()), key=lambda each: each.name):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    builds = ", ".join(f"{number} of kind {kind}" for kind, number in sorted(kinds.items()))
    return (
        f"{len(loaded.builds)} builds ({builds}), {machines:,} machine types, {entries:,} compat entries, "
        f"sha256 {digest.hexdigest()[:16]}"
    )


def solvers() -> str:
    """Both solvers answer two questions, one with each answer."""
    for expect, bound in (("unsat", "0"), ("sat", "2")):
        script = f"(set-logic QF_LIA)(declare-const x Int)(assert (< 0 x {bound}))(check-sat)\n"
        asked = Obligation(f"self check, {expect}", script, "sat" if expect == "sat" else "unsat", "a number is there")
        answer = confirm(asked, seconds=30)
        if not answer.discharged:
            raise BrokenError(f"{asked.name}: z3 says {answer.z3.answer}, cvc5 says {answer.cvc5.answer}")
    return f"z3 {metadata.version('z3-solver')} and cvc5 {metadata.version('cvc5')} agree on two questions"


def provers() -> str:
    """Each prover decides a property that it can decide."""
    system, bounded, broken = _counter()
    for method, prop, expected in (
        (Method.INDUCTION, bounded, Outcome.SAFE),
        (Method.K_INDUCTION, bounded, Outcome.SAFE),
        (Method.SPACER, bounded, Outcome.SAFE),
        (Method.BOUNDED, broken, Outcome.UNSAFE),
    ):
        verdict = prove(system, prop, methods=[method], seconds=30)
        if verdict.outcome is not expected:
            raise BrokenError(f"{method.value} says {verdict.outcome.value} of {prop.name}: {verdict.reason}")
    return "induction, k-induction, Spacer and bounded search decide what they should"


def interpreter_and_kernels_agree() -> str:
    """The compiled search counts what the interpreter counts; where its kernels are kept, and whether they were there."""
    from hopcheck.explorer import explore

    system, bounded, broken = _counter()
    asked = {prop.name: prop.expr for prop in (bounded, broken)}
    slow = explore(system, always=asked, backend="interpreter")
    started = time.monotonic()
    fast = explore(system, always=asked, backend="kernel")
    took = seconds(time.monotonic() - started)
    if (slow.states, slow.transitions, slow.depth) != (fast.states, fast.transitions, fast.depth):
        raise BrokenError(f"the kernels find {fast.states} states, the interpreter {slow.states}")
    if [slow.answers[name].verdict for name in asked] != [fast.answers[name].verdict for name in asked]:
        raise BrokenError("the kernels and the interpreter give different answers")
    return f"the interpreter and the kernels agree on {fast.states:,} states; {_cache()}, {took}"


def _cache() -> str:
    from hopcheck.explorer.kernels import KERNELS, compiled_here

    made = compiled_here()
    place = next((each.stats.cache_path for each in KERNELS if each.stats.cache_path), None)
    if place is None:
        return "no place to keep kernels, so every run compiles them (set NUMBA_CACHE_DIR)"
    return f"{made} compiled now and kept in {place}" if made else f"loaded from {place}"


def pictures() -> str:
    """A picture is drawn by the Graphviz that came along."""
    from hopcheck.report.pictures.render import render

    svg, png = render([('digraph { a -> b [label="hop"] }', "svg"), ("digraph { a -> b }", "png")])
    if b"hop" not in svg or not png.startswith(b"\x89PNG"):
        raise BrokenError("Graphviz draws something else than it was asked for")
    return f"SVG and PNG are drawn by pygraphviz {metadata.version('pygraphviz')} without a system package"


def _counter() -> tuple[System, Property, Property]:
    """A counter to 9 that wraps around: one property that holds, one that does not."""
    builder = SystemBuilder("counter")
    count = builder.variable("count", Range(0, 15), initial=0)
    builder.action("up", guard=count < 9, updates=[becomes(count, count + 1)])
    builder.action("wrap", guard=count == 9, updates=[becomes(count, 0)])
    expected = holds("a self check")
    return (
        builder.build(),
        always("stays below ten", count < 10, "The counter never reaches 10.", expected=expected),
        always("stays below five", count < 5, "The counter never reaches 5.", expected=expected),
    )
