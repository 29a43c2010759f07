"""What the tests of the certifier share: a small model with a property of each kind, checked by the engines."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from hopcheck.certify.certificate import read
from hopcheck.certify.check import Statement, Status, recheck
from hopcheck.certify.envelope import unseal
from hopcheck.certify.search import Limits
from hopcheck.certify.shape import RefutedError
from hopcheck.engine.check import check
from hopcheck.engine.results import ModelResult
from hopcheck.model.language import (
    Bool,
    Enum,
    Lookup,
    Parameter,
    Range,
    System,
    SystemBuilder,
    after,
    becomes,
    table,
)
from hopcheck.properties import Method, Outcome, prove
from hopcheck.properties.kinds import Property, always, can_always_reach, never_stuck, reachable, sound, step
from hopcheck.properties.verdict import holds
from hopcheck.report.certificates import certificates

LIMITS = Limits(10_000, 60)
AS_IT_SHOULD = holds("it was built so")

Content = dict[str, Any]


def door(*, bounded: bool = True) -> System:
    """A door that is opened and shut by somebody who gets tired; without bounds, nobody counts how often."""
    s = SystemBuilder("door")
    state = s.variable("state", Enum("open", "shut", "locked"), initial="shut")
    visits = s.variable("visits", Range(0, 3 if bounded else None), initial=0)
    tired = s.variable("tired", Bool, initial=False)
    by = Parameter("by", Range(1, 2))
    limits = table("limits", [Bool], Range(0, 3), [3, 1])
    room = (visits + by <= Lookup(limits, tired)) if bounded else visits >= 0
    s.action("open", by, guard=(state == "shut") & room, updates=[becomes(state, "open"), becomes(visits, visits + by)])
    s.action("shut", guard=state == "open", updates=[becomes(state, "shut")])
    s.action("lock", guard=state == "shut", updates=[becomes(state, "locked")])
    s.action("unlock", guard=state == "locked", updates=[becomes(state, "shut")])
    s.action("tire", guard=(state == "locked") & ~tired, updates=[becomes(tired, True)])
    return s.build()


def properties(system: System) -> tuple[Property, ...]:
    state, visits = system["state"], system["visits"]
    return (
        always("starts shut", (state == "open").implies(visits >= 1), "It is opened by visits.", expected=AS_IT_SHOULD),
        step("only more", after(visits) >= visits, "Visits are not forgotten.", expected=AS_IT_SHOULD),
        reachable("twice", (visits == 2) & (state == "locked"), "Two may visit.", expected=AS_IT_SHOULD),
        never_stuck("goes on", "Something can always happen.", expected=AS_IT_SHOULD),
    )


def more_properties(system: System) -> tuple[Property, ...]:
    shut = can_always_reach("shuts", system["state"] == "shut", "It can be shut.", expected=AS_IT_SHOULD)
    return (*properties(system), shut, sound())


def proved_by(method: Method, bounded: bool = True) -> Content:
    """A certificate of a relay, whose one property is proved by this method alone."""
    system, prop = relay(bounded=bounded)
    (result,) = check(system, [prop], prove_seconds=0)
    proof = prove(system, prop, methods=[method], seconds=60)
    assert proof.outcome is Outcome.SAFE, proof
    result = replace(result, verdict=proof, exploration=None)
    (file,) = certificates([ModelResult(system.name, (result,))])
    return unseal(file.content, "relay")


def relay(*, bounded: bool) -> tuple[System, Property]:
    """Two runners hand on a number that never becomes 2; no single step shows it. Bounded, the relay ends."""
    s = SystemBuilder("relay")
    first = s.variable("first", Range(0, 3), initial=0)
    second = s.variable("second", Range(0, 3), initial=0)
    far = s.variable("far", Bool, initial=False)
    turn = s.variable("turn", Range(0, 3 if bounded else None), initial=0)
    guard = turn < 3 if bounded else turn >= 0
    s.action("hand on", guard=guard, updates=[becomes(first, second), becomes(far, second == 2), becomes(turn, turn + 1)])
    system = s.build()
    return system, always("never far", ~far & (first < 2), "Nobody gets far.", expected=AS_IT_SHOULD)


def written(system: System, asked: tuple[Property, ...]) -> bytes:
    """The certificate of a system that the engines find safe."""
    results = check(system, asked, prove_seconds=60)
    (file,) = certificates([ModelResult(system.name, results)])
    return file.content


@pytest.fixture(scope="session")
def sealed() -> bytes:
    """A certificate of the bounded door, exhausted and proved."""
    system = door()
    return written(system, more_properties(system))


@pytest.fixture(scope="session", params=[True, False], ids=["bounded", "unbounded"])
def proved(request: pytest.FixtureRequest) -> Content:
    """A certificate with an invariant."""
    return proved_by(Method.SPACER, request.param)


@pytest.fixture(scope="session")
def unbounded() -> Content:
    """What the certificate of the unbounded door holds: proofs, and nothing that was exhausted."""
    system = door(bounded=False)
    return unseal(written(system, properties(system)[:2]), "unbounded")


@pytest.fixture
def content(sealed: bytes) -> Content:
    """What the certificate of the bounded door holds."""
    return copy.deepcopy(unseal(sealed, "door"))


def judged(content: Content) -> tuple[Statement, ...]:
    """Every statement; a certificate that cannot be read is refuted."""
    try:
        return recheck(read(content), limits=LIMITS, solver_seconds=60)
    except RefutedError as error:
        return (Statement("the file", str(error), Status.REFUTED),)


def refuted(content: Content) -> list[str]:
    """What is refuted, by what it is about."""
    return [each.about for each in judged(content) if each.status is Status.REFUTED]
