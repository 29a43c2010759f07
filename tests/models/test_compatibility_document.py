"""The document's cases, the double migration, and the verdicts of both engines on num-queues."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hopcheck.model.domain.compatibility_document import Row, document_rows
from hopcheck.model.domain.num_queues import HOPS, Hops, Policy, num_queues, variant
from hopcheck.model.errors import ModelError
from hopcheck.model.language import Expr, State, System, holds, initial_states, reachable, successors
from hopcheck.properties.catalog.compatibility_document import properties
from hopcheck.properties.kinds import Kind, Property
from hopcheck.properties.prove import prove
from hopcheck.properties.verdict import Judgement, Outcome, judge

WRONG = Policy.ENTRY_ONLY_WHEN_RECEIVING_FROM_OLDER
LINES = [("5.1", "5.2"), ("5.1", "5.2", "6.0"), ("5.0", "5.1", "5.2")]

UNKNOWN_MACHINE = "qemu-5.1 does not know machine type pc-5.2"
TOO_FEW = "qemu-5.1 has fewer queues than the 4 in the stream: loading fails"
TOO_MANY = "qemu-5.2 has 4 queues and the guest saw 1: the others are not initialised"


def row(case: str, chain: str, machine: str, queues: tuple[int, ...], why_not: str = "") -> Row:
    return Row(case, tuple(chain.split()), machine, queues, not why_not, why_not)


ROWS = {
    Policy.ENTRY: (
        row("1", "5.2 5.2", "pc-5.2", (4, 4)),
        row("2", "5.1 5.1", "pc-5.1", (1, 1)),
        row("3", "5.2 5.2", "pc-5.1", (1, 1)),
        row("4", "5.1 5.1", "pc-5.2", (), UNKNOWN_MACHINE),
        row("5", "5.2 5.1", "pc-5.1", (1, 1)),
        row("6", "5.1 5.2", "pc-5.1", (1, 1)),
        row("3 after 6", "5.1 5.2 5.2", "pc-5.1", (1, 1, 1)),
    ),
    Policy.NO_ENTRY: (
        row("1", "5.2 5.2", "pc-5.2", (4, 4)),
        row("2", "5.1 5.1", "pc-5.1", (1, 1)),
        row("3", "5.2 5.2", "pc-5.1", (4, 4)),
        row("4", "5.1 5.1", "pc-5.2", (), UNKNOWN_MACHINE),
        row("5", "5.2 5.1", "pc-5.1", (4,), TOO_FEW),
        row("6", "5.1 5.2", "pc-5.1", (1, 4), TOO_MANY),
        row("3 after 6", "5.1 5.2 5.2", "pc-5.1", (1, 4), TOO_MANY),
    ),
    WRONG: (
        row("1", "5.2 5.2", "pc-5.2", (4, 4)),
        row("2", "5.1 5.1", "pc-5.1", (1, 1)),
        row("3", "5.2 5.2", "pc-5.1", (4, 4)),
        row("4", "5.1 5.1", "pc-5.2", (), UNKNOWN_MACHINE),
        row("5", "5.2 5.1", "pc-5.1", (4,), TOO_FEW),
        row("6", "5.1 5.2", "pc-5.1", (1, 1)),
        row("3 after 6", "5.1 5.2 5.2", "pc-5.1", (1, 1, 4), TOO_MANY),
    ),
}


@pytest.mark.parametrize("policy", Policy)
def test_the_documents_cases_come_out_of_the_model(policy: Policy) -> None:
    assert document_rows(policy) == ROWS[policy]


def named(system: System, name: str) -> Property:
    return next(prop for prop in properties(system) if prop.name == name)


def shortest(system: System, bad: Callable[[State], bool]) -> list[list[str]]:
    """The labels of every shortest run into a bad state; nothing when there is none."""
    level: dict[State, list[list[str]]] = {state: [[]] for state in initial_states(system)}
    seen = set(level)
    while level:
        found = [run for state, runs in level.items() if bad(state) for run in runs]
        if found:
            return found
        following: dict[State, list[list[str]]] = {}
        for state, runs in level.items():
            for step in successors(system, state):
                if step.target not in seen:
                    following.setdefault(step.target, []).extend([*run, step.label] for run in runs)
        seen |= set(following)
        level = following
    return []


def violation(system: System, expr: Expr) -> list[list[str]]:
    return shortest(system, lambda state: not holds(system, expr, state))


@pytest.mark.parametrize("releases", LINES)
@pytest.mark.parametrize("vcpus", [2, 4])
@pytest.mark.parametrize("hops", HOPS)
@pytest.mark.parametrize("policy", Policy)
def test_exhausting_finite_instances_gives_the_expected_verdicts(
    policy: Policy, hops: Hops, vcpus: int, releases: tuple[str, ...]
) -> None:
    system = num_queues(policy, vcpus, releases, hops)
    for prop in properties(system):
        expected = prop.expectation(variant(policy, hops)).outcome
        if prop.kind is Kind.ALWAYS:
            assert (violation(system, prop.expr) == []) is (expected is Outcome.SAFE), prop.name
        if prop.kind is Kind.REACHABLE:
            assert (violation(system, ~prop.expr) != []) is (expected is Outcome.SAFE), prop.name


@pytest.mark.parametrize("hops", HOPS)
@pytest.mark.parametrize("policy", Policy)
def test_with_one_vcpu_nothing_has_changed(policy: Policy, hops: Hops) -> None:
    system = num_queues(policy, 1, hops=hops)
    assert all(violation(system, p.expr) == [] for p in properties(system) if p.kind is Kind.ALWAYS)


def test_without_the_entry_5_1_to_5_2_breaks_machine_5_1() -> None:
    system = num_queues(Policy.NO_ENTRY, 4)
    runs = violation(system, named(system, "configuration preserved").expr)
    assert set(map(tuple, runs)) == {("boot(build=5.1, machine=pc-5.1)", "migrate(destination=5.2)")}


@pytest.mark.parametrize("vcpus", [2, 4])
def test_the_wrong_reading_breaks_first_at_the_double_migration(vcpus: int) -> None:
    system = num_queues(WRONG, vcpus, hops="same or newer")
    runs = violation(system, named(system, "configuration preserved").expr)
    double = ("boot(build=5.1, machine=pc-5.1)", "migrate(destination=5.2)", "migrate(destination=5.2)")
    assert set(map(tuple, runs)) == {double}


def test_under_the_wrong_reading_every_single_hop_forward_works() -> None:
    system = num_queues(WRONG, 4, ("5.0", "5.1", "5.2", "6.0"), "same or newer")
    preserved = named(system, "configuration preserved").expr
    hops = 0
    for start in initial_states(system):
        for boot in successors(system, start):
            for hop in successors(system, boot.target):
                hops += hop.action == "migrate"
                assert holds(system, preserved, hop.target)
                assert system.decode(hop.target)["status"] != "failed"
    assert hops > 100


def test_with_downgrades_the_wrong_reading_breaks_at_once() -> None:
    system = num_queues(WRONG, 4)
    runs = violation(system, named(system, "every migration loads").expr)
    assert set(map(tuple, runs)) == {("boot(build=5.2, machine=pc-5.1)", "migrate(destination=5.1)")}


@pytest.mark.parametrize(
    ("policy", "hops", "levels"),
    [
        (Policy.ENTRY, "any", [20, 60, 40]),
        (Policy.NO_ENTRY, "any", [20, 60, 46, 3]),
        (WRONG, "any", [20, 60, 46, 3, 3]),
        (WRONG, "same or newer", [20, 60, 43, 3]),
    ],
)
def test_states_by_level(policy: Policy, hops: Hops, levels: list[int]) -> None:
    assert [len(level) for level in reachable(num_queues(policy, 4, hops=hops))] == levels


@pytest.mark.parametrize("hops", HOPS)
@pytest.mark.parametrize("policy", Policy)
def test_provers_decide_any_number_of_vcpus_and_queues(policy: Policy, hops: Hops) -> None:
    system = num_queues(policy, None, hops=hops)
    asked = [prop for prop in properties(system) if prop.kind is Kind.ALWAYS or policy is Policy.ENTRY]
    for prop in asked:
        verdict = prove(system, prop, seconds=60)
        assert judge(verdict, prop.expectation(variant(policy, hops))) is Judgement.EXPECTED, (prop.name, verdict)


def test_provers_decide_a_longer_line_of_releases() -> None:
    system = num_queues(Policy.ENTRY, None, ("5.0", "5.1", "5.2", "6.0", "6.1"))
    assert prove(system, named(system, "configuration preserved"), seconds=60).outcome is Outcome.SAFE


def test_provers_find_the_double_migration_for_any_number_of_vcpus() -> None:
    system = num_queues(WRONG, None, hops="same or newer")
    verdict = prove(system, named(system, "configuration preserved"), seconds=60)
    assert verdict.trace is not None
    assert [step.label for step in verdict.trace.steps] == [
        "boot(build=5.1, machine=pc-5.1)",
        "migrate(destination=5.2)",
        "migrate(destination=5.2)",
    ]


@pytest.mark.parametrize("releases", [(), ("5.2", "5.1"), ("5.1", "5.1"), ("five",)])
def test_releases_that_are_none(releases: tuple[str, ...]) -> None:
    with pytest.raises(ModelError, match="release"):
        num_queues(Policy.ENTRY, 4, releases)
