"""From the summaries of all files of a tree to the facts of a build."""

from __future__ import annotations

from collections.abc import Mapping

from hopcheck.model.facts.schema import Build, BuildKind, Unresolved
from hopcheck.model.importers.source.compat import Arrays
from hopcheck.model.importers.source.machines import Machines
from hopcheck.model.importers.source.names import Names
from hopcheck.model.importers.source.program import Program
from hopcheck.model.importers.source.release import Release
from hopcheck.model.importers.source.running import Runner
from hopcheck.model.importers.source.summary import Summary
from hopcheck.model.importers.source.types import Types


def link(summaries: Mapping[str, Summary], release: Release, name: str, origin: str) -> Build:
    """Return the facts that the summaries of a tree amount to; the same summaries give the same facts."""
    program = Program(summaries, Names(summaries, release.numbers))
    runner = Runner(program)
    arrays = Arrays(program)
    types = Types(program, runner)
    facts = types.read()
    machines = Machines(program, runner, arrays, [], set())
    found = machines.read(types.described, facts)
    left = [Unresolved(f"{path}:{line}", what, reason) for path, line, what, reason in program.unresolved]
    unresolved = dict.fromkeys([*left, *arrays.unresolved, *types.unresolved, *machines.unresolved, *runner.unresolved])
    return Build(
        name=name,
        version=release.version,
        kind=BuildKind.TREE,
        origin=origin,
        compat_arrays=dict(sorted(arrays.facts.items())),
        machines=found,
        types={name: fact for name, fact in sorted(facts.items()) if name not in machines.skipped},
        unresolved=tuple(sorted(unresolved, key=lambda each: (_place(each), each.what, each.reason))),
    )


def _place(unresolved: Unresolved) -> tuple[str, int]:
    path, _, line = unresolved.place.rpartition(":")
    return path, int(line)
