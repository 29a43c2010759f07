"""What engines said before is used again, and only after it was looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hopcheck.engine import check as checking
from hopcheck.engine import searching as searches
from hopcheck.engine.cache.recalled import keep_discharged, was_discharged
from hopcheck.engine.cache.verdicts import VerdictCache
from hopcheck.engine.check import check
from hopcheck.engine.results import PropertyResult
from hopcheck.engine.row_agreement import agree_row_by_row
from hopcheck.engine.searching import Searching
from hopcheck.explorer.exploration import Exploration, Limits
from hopcheck.model.domain.device_config.mismatch import Breaks, Kind
from hopcheck.model.domain.device_config.shape import Shape
from hopcheck.model.language import Range, System, SystemBuilder, after, becomes
from hopcheck.properties import (
    Obligation,
    Outcome,
    Property,
    Verdict,
    always,
    can_always_reach,
    fails,
    holds,
    never_stuck,
    reachable,
    sound,
    step,
)


def counter(stop: int = 3) -> System:
    """Counts to ``stop``, and there it ends."""
    system = SystemBuilder("counter")
    n = system.variable("n", Range(0, 7), initial=0)
    system.action("up", guard=n < stop, updates=[becomes(n, n + 1)])
    return system.build()


def properties(system: System) -> tuple[Property, ...]:
    """One of each kind, safe and unsafe."""
    n = system["n"]
    return (
        always("small", n <= 3, "", expected=holds("it stops")),
        always("tiny", n < 2, "", expected=fails("it goes on")),
        step("up", after(n) > n, "", expected=holds("it counts")),
        step("slow", after(n) < 3, "", expected=fails("it goes on")),
        reachable("three", n == 3, "", expected=holds("it gets there")),
        reachable("five", n == 5, "", expected=fails("it stops")),
        never_stuck("never stuck", "", expected=fails("it ends")),
        can_always_reach("end", n == 3, "", expected=holds("it gets there")),
        can_always_reach("start", n == 0, "", expected=fails("it never goes back")),
        sound(),
    )


@pytest.fixture
def cache(tmp_path: Path) -> VerdictCache:
    return VerdictCache(tmp_path / "verdicts", "this one")


@pytest.fixture
def forbidden(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """No engine may be asked from here on."""

    def never(*_: object, **__: object) -> Any:
        raise AssertionError("an engine is asked")

    def forbid() -> None:
        monkeypatch.setattr(searches, "explore", never)
        monkeypatch.setattr(checking, "prove", never)

    return forbid


def run(cache: VerdictCache | None, system: System, asked: tuple[Property, ...]) -> tuple[PropertyResult, ...]:
    return check(system, asked, searching=Searching(cache=cache))


def told(results: tuple[PropertyResult, ...]) -> list[object]:
    return [(each.prop.name, each.verdict, each.exploration, each.second) for each in results]


def test_a_second_run_asks_no_engine_and_says_the_same(cache: VerdictCache, forbidden: Callable[[], None]) -> None:
    system = counter()
    asked = properties(system)
    first = run(cache, system, asked)
    assert {each.verdict.outcome for each in first} == {Outcome.SAFE, Outcome.UNSAFE}
    forbidden()
    again = counter()  # another object, and the same model
    assert told(run(cache, again, properties(again))) == told(first)


def test_another_model_or_property_is_another_question(cache: VerdictCache, forbidden: Callable[[], None]) -> None:
    system = counter()
    small, tiny, *_ = properties(system)
    run(cache, system, (small, tiny))
    forbidden()
    for other, asked in (
        (counter(4), properties(counter(4))[:2]),
        (system, (small,)),
        (system, (small, replace(tiny, expr=system["n"] < 1))),
        (system, (small, replace(tiny, name="another"))),
    ):
        with pytest.raises(AssertionError, match="an engine is asked"):
            run(cache, other, asked)


def rewritten(cache: VerdictCache, kind: type[Any], change: Callable[[Any], Any]) -> int:
    """Change every answer of a kind, with a right checksum; return how many."""
    from hopcheck.engine.cache.verdicts import _header

    changed = 0
    for path in cache.folder.glob("??/*"):
        content = path.read_bytes().partition(b"\n")[2]
        try:
            answer = msgspec.json.decode(content, type=kind)
        except msgspec.MsgspecError:
            continue
        new = msgspec.json.encode(change(answer))
        changed += new != content
        path.write_bytes(_header(path.name, new) + new)
    return changed


def _exploration(change: Callable[[Any], Any]) -> Callable[[Exploration], Exploration]:
    """A search whose answers are changed one by one."""
    return lambda found: replace(found, answers={name: change(each) for name, each in found.answers.items()})


def _other_target(found: Any) -> Any:
    """A trace whose last step leads elsewhere."""
    if found.trace is None or not found.trace.steps:
        return found
    *steps, last = found.trace.steps
    (value,) = last.target
    return replace(found, trace=replace(found.trace, steps=(*steps, replace(last, target=(value - 1,)))))


def _shorter(found: Any) -> Any:
    """A trace that ends before the violation."""
    if found.trace is None:
        return found
    return replace(found, trace=replace(found.trace, steps=found.trace.steps[:-1]))


def _safe(found: Verdict) -> Verdict:
    return replace(found, outcome=Outcome.SAFE)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (Exploration, _exploration(_other_target)),
        (Exploration, _exploration(_shorter)),
        (Exploration, _exploration(lambda each: replace(each, trace=None))),
        (Exploration, _exploration(lambda each: replace(each, name="x"))),
        (Exploration, lambda found: replace(found, answers={})),
        (Exploration, lambda found: replace(found, complete=False)),
        (Exploration, lambda found: replace(found, system="another")),
        (Verdict, _other_target),
        (Verdict, _shorter),
        (Verdict, _safe),
        (Verdict, lambda found: replace(found, trace=None)),
        (Verdict, lambda found: replace(found, model="another")),
        (Verdict, lambda found: replace(found, outcome=Outcome.UNKNOWN, reason="no time")),
    ],
)
def test_a_false_answer_with_a_right_checksum_is_computed_again(
    cache: VerdictCache, kind: type[Any], change: Callable[[Any], Any]
) -> None:
    system = counter()
    asked = (properties(system)[1],)  # violated, with a trace in the search and in the proof
    right = [(each.verdict.outcome, each.verdict.trace) for each in run(cache, system, asked)]
    assert rewritten(cache, kind, change)
    again = run(cache, system, asked)
    assert [(each.verdict.outcome, each.verdict.trace) for each in again] == right


def test_what_is_unknown_is_not_kept(cache: VerdictCache, monkeypatch: pytest.MonkeyPatch) -> None:
    system = counter()
    asked = properties(system)[:1]
    limited = Searching(Limits(states=1), cache=cache)
    (result,) = check(system, asked, searching=limited, prove_seconds=0)
    assert result.verdict.outcome is Outcome.UNKNOWN
    unknown = Verdict("counter", "small", Outcome.UNKNOWN, None, "no time", "nobody")
    monkeypatch.setattr(checking, "prove", lambda *_, **__: unknown)
    check(system, asked, searching=limited)
    assert not cache.folder.exists()


def test_a_recalled_search_is_told(cache: VerdictCache) -> None:
    system = counter()

    def heard() -> list[str]:
        events: list[object] = []
        asked = properties(system)[:1]
        check(system, asked, searching=Searching(cache=cache), prove_seconds=0, listener=events.append)
        return [str(getattr(event, "what", "")) for event in events]

    assert "recalling counter" not in heard()
    assert "recalling counter" in heard()


def test_that_solvers_agree_about_rows_is_kept(cache: VerdictCache, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (Shape((0, 0), Kind.SILENT, Breaks.NEITHER),)
    said = agree_row_by_row("m", rows, {}, 20.0, None, cache=cache)
    monkeypatch.setattr("hopcheck.engine.row_agreement.confirm_all", lambda *_, **__: pytest.fail("a solver is asked"))
    assert agree_row_by_row("m", rows, {}, 20.0, None, cache=cache) == said


def test_other_obligations_were_not_discharged(cache: VerdictCache) -> None:
    one = Obligation("a", "(check-sat)", "unsat", "")
    keep_discharged(cache, [one])
    assert was_discharged(cache, [one])
    assert not was_discharged(cache, [one, one])
    assert not was_discharged(cache, [replace(one, smtlib="(assert false)(check-sat)")])
