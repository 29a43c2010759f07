"""Whether a refutation is one: judged by plain Python, and run through the interpreter of the modelling language.

Neither shares anything with the solver's encoding: ``world`` looks at single entries, and the model built here lays the
arrays over the default as QEMU does.
"""

from __future__ import annotations

from collections.abc import Callable

from hopcheck.model.language import (
    FALSE,
    Bool,
    Enum,
    Expr,
    If,
    Lookup,
    Parameter,
    Range,
    ReplayError,
    State,
    Step,
    System,
    SystemBuilder,
    Trace,
    becomes,
    holds,
    initial_states,
    reachable,
    replay,
    successors,
    table,
)
from hopcheck.properties.errors import DisagreementError
from hopcheck.properties.theorem.premises import Premise
from hopcheck.properties.theorem.refute import Refutation
from hopcheck.properties.theorem.world import World, broken, values


def confirm_refutation(refutation: Refutation) -> Trace:
    """Replay a refutation; the trace is the chain in the model of ``guest``.

    Raises ``DisagreementError`` unless the world breaks the premises of its mistake and no others, the chain goes
    through builds that know the machine type and never back, plain Python finds the values claimed, the last one and no
    other differs from the first, and the interpreter can follow the chain to a violation and none is nearer.
    """
    mistake, world, chain = refutation.mistake, refutation.world, refutation.chain

    def require(met: bool, what: str) -> None:
        if not met:
            raise DisagreementError(f"the refutation by {mistake.value!r} cannot be replayed: {what}")

    found = broken(world, chain)
    names = ", ".join(sorted(premise.value for premise in found)) or "none"
    require(found == mistake.breaks, f"the premises broken are: {names}")
    known = all(chain.machine <= build < len(world.defaults) for build in chain.builds)
    require(known and list(chain.builds) == sorted(chain.builds), f"{chain.builds} is no chain of this machine type")
    computed = values(world, chain)
    require(computed == refutation.values, f"the values are {computed}, and {refutation.values} is claimed")
    require(len(set(computed[:-1])) == 1 and computed[-1] != computed[0], f"{computed} does not break at its end")

    system = guest(refutation)
    try:
        trace = _follow(system, refutation)
        replay(system, trace)
    except ReplayError as error:
        raise DisagreementError(f"the refutation by {mistake.value!r} cannot be replayed: {error}") from error
    shortest = next((depth for depth, level in enumerate(reachable(system)) if _violated(system, level)), None)
    require(shortest == len(trace), f"the interpreter finds a violation after {shortest} steps, not {len(trace)}")
    return trace


def preserved(system: System) -> Expr:
    """While it runs, the guest's process has the value that the guest has seen."""
    return system["running"].implies(system["value"] == system["seen"])


def guest(refutation: Refutation) -> System:
    """A guest of the refutation's machine and device type, in its world, as a model for the interpreter.

    It is booted once, and migrates to the same or newer builds; the user's option (0: none) is the same for every
    process unless that is the premise dropped.
    """
    world, chain = refutation.world, refutation.chain
    count = range(len(world.defaults))
    builds = Enum(*(f"release {build + 1}" for build in count))
    most = max(*refutation.values, *(e.value for e in world.entries), *(v for row in world.defaults for v in row))
    system = SystemBuilder(f"theorem without {refutation.mistake.value}")
    running = system.variable("running", Bool, initial=False)
    build = system.variable("build", builds, initial=builds.members[0])
    value = system.variable("value", Range(0, most), initial=0)
    seen = system.variable("seen", Range(0, most), initial=0)
    option = system.variable("option", Range(0, most), initial=0)

    below = _below_options(world, chain.machine, chain.type)
    knows = table("knows", [builds], Bool, [chain.machine <= each for each in count])
    forward = table("forward", [builds, builds], Bool, [to >= each for each in count for to in count])
    to, given = Parameter("build", builds), Parameter("option", Range(0, most))
    booted = If(given > 0, given, below(to, None))
    system.action(
        "boot",
        to,
        given,
        guard=~running & Lookup(knows, to),
        updates=[
            becomes(running, True),
            becomes(build, to),
            becomes(value, booted),
            becomes(seen, booted),
            becomes(option, given),
        ],
    )
    same = True if Premise.USER in refutation.mistake.breaks else given == option
    received = If(given > 0, given, below(to, build))
    system.action(
        "migrate",
        to,
        given,
        guard=running & Lookup(forward, build, to) & same,
        updates=[becomes(build, to), becomes(value, received), becomes(option, given)],
    )
    return system.build()


def _below_options(world: World, machine: int, type_: int) -> Callable[[Expr, Expr | None], Expr]:
    """The value below the options, by the build of a process and, for one that receives, of its source."""
    count = range(len(world.defaults))
    builds = Enum(*(f"release {build + 1}" for build in count))
    defaults = table("default", [builds], Range(0, 100), [row[type_] for row in world.defaults])

    def below(build: Expr, source: Expr | None) -> Expr:
        value = Lookup(defaults, build)
        newest_first = list(reversed(range(machine, len(count) - 1)))
        for label in reversed(newest_first) if world.newest_wins else newest_first:
            entries = [world.entry(each, label, type_) if label < each else None for each in count]
            applies = Lookup(table(f"in {label}", [builds], Bool, [entry is not None for entry in entries]), build)
            if world.receiving_only:
                older = table(f"up to {label}", [builds], Bool, [each <= label for each in count])
                applies = FALSE if source is None else applies & Lookup(older, source)
            carried = [0 if entry is None else entry.value for entry in entries]
            value = If(applies, Lookup(table(f"by {label}", [builds], Range(0, 100), carried), build), value)
        return value

    return below


def _follow(system: System, refutation: Refutation) -> Trace:
    """The run that boots the guest on the chain's first build and migrates it along the rest."""
    state = initial = next(initial_states(system))
    steps: list[Step] = []
    for process, (build, option) in enumerate(zip(refutation.chain.builds, refutation.chain.options, strict=True)):
        wanted = ("migrate" if process else "boot", {"build": f"release {build + 1}", "option": option or 0})
        found = [step for step in successors(system, state) if (step.action, dict(step.arguments)) == wanted]
        if not found:
            raise ReplayError(f"{wanted[0]} to release {build + 1} cannot happen")
        steps.append(found[0])
        state = found[0].target
        if system.decode(state)["value"] != refutation.values[process]:
            raise ReplayError(f"process {process + 1} has the value {system.decode(state)['value']}")
    return Trace(initial, tuple(steps))


def _violated(system: System, states: list[State]) -> bool:
    return any(not holds(system, preserved(system), state) for state in states)
