"""``explore`` as its callers see it: counts, verdicts, traces, groups, limits, events, interruptions."""

from __future__ import annotations

import subprocess
import sys
from typing import Literal

import pytest

from hopcheck.explorer import Event, Finished, LevelDone, Limits, Started, Stop, Verdict, explore
from hopcheck.model.errors import ModelError
from hopcheck.model.language import FALSE, Range, SystemBuilder, after, becomes, replay

from .machines import bits, counter, grid, traps

Backend = Literal["auto", "interpreter", "kernel"]
BACKENDS: tuple[Backend, ...] = ("interpreter", "kernel")

pytestmark = pytest.mark.parametrize("backend", BACKENDS)


def test_counts(backend: Backend) -> None:
    found = explore(grid(3, 2), backend=backend)
    assert found.complete
    assert found.why is None
    assert (found.states, found.transitions, found.depth) == (6, 7, 3)
    assert found.level_states == (1, 2, 2, 1)
    assert found.level_edges == (2, 3, 2, 0)
    assert found.fired == {"right": 4, "up": 3}
    assert found.values == {"x": (0, 1, 2), "y": (0, 1)}
    assert found.backend == backend


def test_self_loops_and_dead_actions_are_counted(backend: Backend) -> None:
    system = SystemBuilder("loops")
    n = system.variable("n", Range(0, 3), initial=0)
    system.action("stay")
    system.action("same", guard=n == 0, updates=[becomes(n, n)])
    system.action("never", guard=n == 2)
    system.action("nowhere", guard=n > 5)
    found = explore(system.build(), backend=backend)
    assert (found.states, found.transitions, found.depth) == (1, 2, 0)
    assert found.fired == {"stay": 1, "same": 1, "never": 0, "nowhere": 0}
    assert found.instances == {"stay": 1, "same": 1, "never": 0}


def test_no_initial_state(backend: Backend) -> None:
    system = SystemBuilder("none")
    n = system.variable("n", Range(0, 3))
    system.initially(n > 2)
    system.initially(n < 1)
    found = explore(system.build(), always={"a": n < 2}, can_always_reach={"b": n == 0}, backend=backend)
    assert (found.complete, found.states, found.level_states) == (True, 0, ())
    assert {each.verdict for each in found.answers.values()} == {Verdict.HOLDS}


def test_every_kind_of_question(backend: Backend) -> None:
    system = counter(4)
    n = system["n"]
    found = explore(
        system,
        always={"small": n < 3, "fine": n >= 0},
        step={"up by one": after(n) == n + 1, "not from 2": n != 2},
        reachable={"three": n == 3, "more": n > 4},
        never_stuck={"at all": FALSE, "but at the end": n == 4},
        can_always_reach={"the end": n == 4, "the middle": n == 2},
        backend=backend,
    )
    verdicts = {name: each.verdict for name, each in found.answers.items()}
    assert verdicts == {
        "small": Verdict.VIOLATED,
        "fine": Verdict.HOLDS,
        "up by one": Verdict.HOLDS,
        "not from 2": Verdict.VIOLATED,
        "three": Verdict.WITNESS,
        "more": Verdict.NO_WITNESS,
        "at all": Verdict.VIOLATED,
        "but at the end": Verdict.HOLDS,
        "the end": Verdict.HOLDS,
        "the middle": Verdict.VIOLATED,
    }
    length = {name: len(each.trace) for name, each in found.answers.items() if each.trace is not None}
    assert length == {"small": 3, "not from 2": 3, "three": 3, "at all": 4, "the middle": 3}
    for each in found.answers.values():
        if each.trace is not None:
            replay(system, each.trace)


def test_groups_have_traces_of_their_own(backend: Backend) -> None:
    system = traps(5)
    free = system["where"] == "free"
    found = explore(
        system,
        always={"free": free},
        never_stuck={"moves": FALSE},
        can_always_reach={"free again": free},
        group_by=system["row"],
        backend=backend,
    )
    assert found.group_states == {0: 2, 1: 3, 2: 3, 3: 5, 4: 6}
    trapped = found.answers["free"]
    assert {group: len(each) for group, each in trapped.traces.items()} == {0: 1, 1: 2, 3: 4, 4: 5}
    assert trapped.trace == trapped.traces[0]
    assert {group: len(each) for group, each in found.answers["moves"].traces.items()} == {2: 2}
    assert found.answers["free again"].traces == trapped.traces
    for each in trapped.traces.values():
        replay(system, each)


def test_a_group_is_for_life(backend: Backend) -> None:
    with pytest.raises(ModelError, match="changes n, by which answers are grouped"):
        explore(counter(3), group_by=counter(3)["n"], backend=backend)


def test_names_are_unique(backend: Backend) -> None:
    n = counter(3)["n"]
    with pytest.raises(ModelError, match="two properties are called 'x'"):
        explore(counter(3), always={"x": n < 9}, reachable={"x": n == 1}, backend=backend)


def test_properties_are_conditions(backend: Backend) -> None:
    with pytest.raises(ModelError, match="the property x wants a truth value"):
        explore(counter(3), always={"x": counter(3)["n"]}, backend=backend)


def test_stopping_at_the_first_violation(backend: Backend) -> None:
    system = counter(50)
    n = system["n"]
    found = explore(system, always={"small": n < 3, "other": n < 40}, stop_at_first=True, backend=backend)
    assert (found.complete, found.why, found.states) == (False, Stop.ANSWERED, 4)
    assert found.answers["small"].verdict is Verdict.VIOLATED
    assert found.answers["other"].verdict is Verdict.UNKNOWN
    assert len(found.level_edges) == len(found.level_states) - 1
    assert found.values == {"n": (0, 1, 2, 3)}


def test_stopping_once_all_is_found(backend: Backend) -> None:
    system = counter(50)
    n = system["n"]
    found = explore(system, reachable={"2": n == 2, "5": n == 5}, stop_at_first=True, backend=backend)
    assert (found.why, found.states) == (Stop.ANSWERED, 6)


def test_the_limit_of_states(backend: Backend) -> None:
    system = bits(10)
    found = explore(system, always={"x": ~system["bit3"]}, limits=Limits(states=200), backend=backend)
    assert (found.complete, found.why) == (False, Stop.STATES)
    assert found.level_states == (1, 10, 45, 120, 210)
    assert found.transitions == 10 * (1 + 10 + 45 + 120) == sum(found.fired.values())
    assert found.answers["x"].verdict is Verdict.VIOLATED


def test_the_limit_of_time(backend: Backend) -> None:
    found = explore(bits(8), limits=Limits(seconds=0.0), backend=backend)
    assert (found.complete, found.why, found.states) == (False, Stop.SECONDS, 1)


def test_events(backend: Backend) -> None:
    heard: list[Event] = []
    found = explore(grid(3, 2), listener=heard.append, backend=backend)
    assert heard[0] == Started("grid", 2)
    assert heard[-1] == Finished(found)
    levels = [each for each in heard if isinstance(each, LevelDone)]
    assert [each.level for each in levels] == [0, 1, 2, 3]
    assert [each.frontier for each in levels] == [2, 2, 1, 0]
    assert (levels[-1].states, levels[-1].transitions) == (6, 7)


def test_an_interruption_returns_what_was_known(backend: Backend) -> None:
    def interrupt(event: Event) -> None:
        if isinstance(event, LevelDone) and event.level == 4:
            raise KeyboardInterrupt

    system = counter(50)
    found = explore(system, reachable={"2": system["n"] == 2}, listener=interrupt, backend=backend)
    assert (found.complete, found.why) == (False, Stop.INTERRUPTED)
    assert found.level_states == (1,) * found.states
    assert found.level_edges == (1,) * 5
    assert found.fired == {"up": 5}
    assert found.answers["2"].verdict is Verdict.WITNESS


def test_errors_of_the_model(backend: Backend) -> None:
    system = SystemBuilder("wrong")
    n = system.variable("n", Range(0, 3), initial=[0, 1])
    system.action("up", updates=[becomes(n, n + 1)])
    with pytest.raises(ModelError, match="up gives n the value 4, which lies outside"):
        explore(system.build(), backend=backend)


def test_small_models_need_no_compiler(backend: Backend) -> None:
    code = (
        "import sys\nfrom hopcheck.explorer import explore\nfrom hopcheck.model.domain.fleet import fleet\n"
        f"assert explore(fleet(1), backend={'auto' if backend == 'interpreter' else backend!r}).states > 50\n"
        "print('numba' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300)
    assert run.stdout.strip() == str(backend == "kernel")


def test_auto_takes_kernels_for_a_large_model(backend: Backend) -> None:
    heard: list[Event] = []
    found = explore(bits(13), listener=heard.append)
    assert found.backend == "kernel"
    assert found.states == 1 << 13
    assert [each.level for each in heard if isinstance(each, LevelDone)] == list(range(14))
