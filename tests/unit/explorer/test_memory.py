"""The stated memory: what is left of it, and what a search does when it is at its end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hopcheck.explorer import Limits, Stop, Verdict
from hopcheck.explorer.lowering.lower import Forms
from hopcheck.explorer.store import memory
from hopcheck.explorer.store.memory import available, left_of, taken
from hopcheck.explorer.store.visited import Buckets
from hopcheck.model.domain.fleet import fleet
from hopcheck.model.errors import InputError
from hopcheck.model.language import Bool, Range, System, SystemBuilder, becomes

from .machines import bits
from .searching import compiled, on_tiny_levels, short_of_memory, with_buckets


def anywhere(flags: int) -> System:
    """A counter, and flags that have any value at the start: 2**flags initial states."""
    system = SystemBuilder("anywhere")
    for n in range(flags):
        system.variable(f"flag{n}", Bool)
    count = system.variable("count", Range(0, 3), initial=0)
    system.action("up", guard=count < 3, updates=[becomes(count, count + 1)])
    return system.build()


def test_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "taken", lambda: 100 << 20)
    least = (100 << 20) + memory.RESERVE + memory.LEAST
    assert left_of(least) == memory.LEAST
    with pytest.raises(InputError, match="are too little; allow at least") as refused:
        left_of(least - 1)
    hint = re.search(r"at least (\d+) MiB", str(refused.value))
    assert hint is not None
    assert left_of(int(hint[1]) << 20) >= memory.LEAST


def test_what_is_taken_and_to_be_had() -> None:
    assert 10 << 20 < taken() < 1 << 40
    had = available()
    assert had is None or 0 < had < 1 << 50


def test_where_the_system_does_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(self: Path, **options: object) -> str:
        raise FileNotFoundError

    here = taken()
    monkeypatch.setattr(Path, "read_text", missing)
    assert available() is None
    assert taken() > here // 2


def test_a_search_needs_memory_to_begin() -> None:
    with pytest.raises(InputError, match="1 MiB of memory are too little"):
        compiled(bits(4), limits=Limits(memory_bytes=1 << 20))


def test_a_goal_is_undecided_where_the_graph_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    system = bits(12)
    goal = {"can_always_reach": {"back": ~system["bit0"]}}
    assert compiled(system, goal).run().answers["back"].verdict is Verdict.HOLDS
    search = short_of_memory(compiled(system, goal), 10_000, monkeypatch, spills=False)
    found = search.run()
    assert (found.complete, search.found.overflow) == (True, None)
    assert found.answers["back"].verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("form", ["bitmap", "full table", "pointers", "file"])
def test_initial_states_may_be_more_than_memory_holds(form: str, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    on_tiny_levels(monkeypatch)
    search = compiled(anywhere(12), workers=workers, forms=Forms(index=form != "pointers"))
    if form == "full table":
        with_buckets(search, 25, monkeypatch, full=True)
    found = short_of_memory(search, 300, monkeypatch, spills=form == "file").run()
    assert found.complete
    assert found.level_states == (1 << 12,) * 4


def test_a_checkpoint_holds_all_initial_states_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Resuming never takes a search that did not get through its initial states for one that is done."""
    path = tmp_path / "c"
    run = compiled(anywhere(12), checkpoint=path, forms=Forms(index=False), limits=Limits(states=1))
    found = short_of_memory(run, 300, monkeypatch, spills=False).run()
    assert found.states == sum(found.level_states)
    if found.checkpoint is not None:
        resumed = compiled(anywhere(12), checkpoint=path, resume=True, forms=Forms(index=False)).run()
        assert (resumed.complete, resumed.states) == (True, 4 << 12)


def test_a_log_without_limit_takes_what_there_is() -> None:
    search = compiled(bits(12))
    found = search.run()
    assert (found.complete, search.found.overflow, search.found.limit) == (True, None, None)
    assert found.bytes == found.visited_bytes + 8 * found.states


@pytest.mark.parametrize("workers", [1, 4])
def test_no_more_is_taken_than_is_allowed(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before every level, the log and the set take what the limit says, or less."""
    on_tiny_levels(monkeypatch)
    search = compiled(fleet(2), workers=workers, listener=lambda event: told.append(search.found.nbytes))
    told: list[int] = []
    short_of_memory(search, 500, monkeypatch, spills=True)
    assert search.run().complete
    assert search.found.limit is not None
    assert 0 < max(told) <= search.found.limit


def test_a_table_that_may_not_grow_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    search = with_buckets(compiled(fleet(2)), 25, monkeypatch, full=True)
    first = search.found.set
    short_of_memory(search, 300, monkeypatch, spills=False)
    found = search.run()
    assert (found.why, found.states) == (None, 16_336)
    assert isinstance(first, Buckets)
    assert search.found.set is first
    assert search.found.overflow is not None


def test_without_a_limit_memory_has_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where even the reserved addresses are too few, a search stops, and says why."""
    search = compiled(bits(16), forms=Forms(index=False))
    monkeypatch.setattr(type(search.found.log), "capacity", property(lambda self: 4000))
    found = search.run()
    assert (found.complete, found.why) == (False, Stop.MEMORY)
    assert found.states == sum(found.level_states) <= 4000
