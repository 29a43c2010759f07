"""Exported models: SPIN, rumur and TLC find the states, the transitions and the violations that the interpreter finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hopcheck.engine.models import bundled, num_queues_variants
from hopcheck.engine.variant import Variant
from hopcheck.model.domain.fleet import fleet, invariants
from hopcheck.model.errors import ModelError
from hopcheck.model.export import Claim, Exported, murphi, promela, tla
from hopcheck.model.language import (
    FALSE,
    Bool,
    Enum,
    If,
    Lookup,
    Parameter,
    Range,
    System,
    SystemBuilder,
    after,
    becomes,
    holds,
    initial_states,
    literal,
    successors,
    table,
)
from hopcheck.model.language.expr import is_const

from .other_engines import Engine, Found, needs_rumur, needs_spin, needs_tlc, rumur, spin, tlc
from .random_models import asked, systems

TOOLS = [
    pytest.param("promela", marks=needs_spin),
    pytest.param("murphi", marks=needs_rumur),
    pytest.param("tla", marks=needs_tlc),
]
ENGINES: dict[str, Engine] = {"promela": spin, "murphi": rumur, "tla": tlc}


def found_by(tool: str, system: System, claims: Sequence[Claim], folder: Path, optimise: str = "-O0") -> Found:
    exporters = {"promela": promela, "murphi": murphi, "tla": tla}
    exported: Exported = exporters[tool](system, claims)
    return ENGINES[tool](exported, folder, optimise)


@dataclass(slots=True)
class Reference:
    """What the interpreter finds: counts, how often each claim is violated, and whether the model has an error."""

    starts: int = 0
    states: int = 0
    transitions: int = 0
    violated: Counter[Claim] = field(default_factory=Counter)
    broken: bool = False


def reference(system: System, claims: Sequence[Claim]) -> Reference:
    made = Reference()
    try:
        seen = set(initial_states(system))
    except ModelError:
        return Reference(broken=True)
    made.starts = len(seen)
    waiting = list(seen)
    while waiting:
        state = waiting.pop()
        try:
            steps = list(successors(system, state))
            for claim in claims:
                made.violated[claim] += violations(system, claim, state, [each.target for each in steps])
        except ModelError:
            made.broken = True
            continue
        made.transitions += len(steps)
        fresh = {each.target for each in steps} - seen
        seen |= fresh
        waiting += fresh
    made.states = len(seen)
    made.violated = +made.violated
    return made


def violations(system: System, claim: Claim, state: tuple[int, ...], targets: Sequence[tuple[int, ...]]) -> int:
    """How often a tool meets a violation in the state, or in the steps from it."""
    match claim.kind:
        case "always":
            return int(not holds(system, claim.expr, state))
        case "reachable":
            return int(holds(system, claim.expr, state))
        case "never_stuck":
            return int(not targets and not holds(system, claim.expr, state))
        case "step":
            return sum(not holds(system, claim.expr, state, target) for target in targets)
        case _:
            raise AssertionError(claim.kind)


def name_of(claim: Claim, tool: str) -> str:
    """A part of what the tool says when the claim is violated."""
    plain = claim.name.replace(" ", "_")
    if claim.kind == "never_stuck" and claim.expr is FALSE:
        return {"promela": "invalid end state", "murphi": "deadlock", "tla": "Deadlock reached"}[tool]
    if tool == "murphi":
        return claim.name
    if tool == "tla" and claim.kind == "reachable":
        return f"not_reachable_{plain} "
    return f"claim_{plain}" if tool == "promela" else f"{plain} "


def compare(tool: str, expected: Reference, found: Found) -> None:
    """The tool has found what the interpreter found."""
    if expected.broken:
        assert found.said
        return
    violated = expected.violated
    # A violation is an option that SPIN can take, and ends where it began.
    options = sum(n for each, n in violated.items() if each.kind != "step" and name_of(each, tool)[0] == "c")
    if tool == "promela":
        single = expected.starts == 1
        assert found.states == expected.states + (not single)
        assert found.transitions == expected.transitions + (1 if single else 1 + expected.starts) + options
    elif not violated:
        ahead = expected.starts if tool == "tla" else 0
        assert (found.states, found.transitions) == (expected.states, expected.transitions + ahead)
    named = [name_of(each, tool) for each in violated]
    assert all(any(name in text for name in named) for text in found.said), (named, found.said)
    if tool == "promela":
        assert all(any(name in text for text in found.said) for name in named), (named, found.said)
    elif tool == "murphi" or any(each.kind != "step" for each in violated):
        # These stop at the first violation. To TLA+, a step that changes nothing is none, and violates nothing.
        assert bool(found.said) == bool(violated)


# bundled models ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(("vms", "states", "transitions"), [(2, 16_336, 49_536), (3, 571_936, 2_050_448)])
def test_fleet(tool: str, vms: int, states: int, transitions: int, tmp_path: Path) -> None:
    if tool == "tla" and vms > 2:
        pytest.skip("TLC takes too long")
    system = fleet(vms, 2)
    claims = [Claim("always", name, expr) for name, expr in invariants(system).items()]
    found = found_by(tool, system, [*claims, Claim("never_stuck", "never stuck", FALSE)], tmp_path, "-O1")
    assert found == Found(states, transitions + (tool != "murphi"), ())


FINITE = [each for each in num_queues_variants() if all(v.type.hi is not None for v in each.system.variables)]


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("variant", FINITE, ids=lambda each: each.name)
def test_num_queues(tool: str, variant: Variant, tmp_path: Path) -> None:
    claims = [Claim(each.kind.value, each.name, each.expr) for each in variant.properties if each.kind.value != "sound"]
    expected = reference(variant.system, claims)
    assert any(each.kind == "reachable" for each in expected.violated)
    compare(tool, expected, found_by(tool, variant.system, claims, tmp_path))
    kept = [each for each in claims if each not in expected.violated]
    assert kept
    compare(tool, reference(variant.system, kept), found_by(tool, variant.system, kept, tmp_path))


LIBVIRT = [
    ("protocol", "11.3 offline"),
    ("cookies", "libvirt 11.3, QEMU 10.0"),
    ("storage", "close before the last chunk"),
    ("bitmaps", "libvirt"),
    ("migration", "11.3 incremental copy"),
]


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(("model", "name"), LIBVIRT)
def test_models_of_libvirt(tool: str, model: str, name: str, tmp_path: Path) -> None:
    (bundled_model,) = (each for each in bundled() if each.name == model)
    (variant,) = (each for each in bundled_model.instances({}) if each.name == name)
    said = {"sound", "can_always_reach"}
    claims = [Claim(each.kind.value, each.name, each.expr) for each in variant.properties if each.kind.value not in said]
    expected = reference(variant.system, claims)
    compare(tool, expected, found_by(tool, variant.system, claims, tmp_path))
    kept = [each for each in claims if each not in expected.violated]
    assert kept
    compare(tool, reference(variant.system, kept), found_by(tool, variant.system, kept, tmp_path))


# random models -----------------------------------------------------------------------------------------------------
MANY = settings(
    max_examples=24,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # each example costs a compiler's run: what fails is shown as it was drawn
    suppress_health_check=list(HealthCheck),
)


def compare_random(tool: str, data: st.DataObject, folder: Path) -> None:
    errors = data.draw(st.booleans())
    system = data.draw(systems(errors=errors))
    named = data.draw(asked(system, errors=errors))
    claims = [Claim(kind, name, expr) for kind in named for name, expr in named[kind].items() if kind != "can_always_reach"]
    if tool == "tla":  # TLC calls an invariant that is false by itself an error even where there is no state
        claims = [each for each in claims if not is_const(each.expr)]
    expected = reference(system, claims)
    try:
        found = found_by(tool, system, claims, folder)
    except ModelError:
        # Promela lists the initial states, and the export meets an error of the model while it looks for them.
        assert tool == "promela"
        assert expected.broken
    else:
        compare(tool, expected, found)


@needs_spin
@MANY
@given(st.data())
def test_random_models_in_spin(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    compare_random("promela", data, tmp_path_factory.mktemp("spin"))


@needs_rumur
@MANY
@given(st.data())
def test_random_models_in_rumur(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    compare_random("murphi", data, tmp_path_factory.mktemp("rumur"))


@needs_tlc
@settings(MANY, max_examples=6)
@given(st.data())
def test_random_models_in_tlc(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    compare_random("tla", data, tmp_path_factory.mktemp("tlc"))


# what random models rarely have ------------------------------------------------------------------------------------
SIGNED = table("signed", [Range(-1, 1), Bool, Enum("a", "b")], Range(-9, 9), [-9, 0, 1, 2, 3, -4, 5, 6, 7, 8, 9, -1])
SHORT = table("short", [Range(0, 1)], Range(0, 3), [1, 3])


def everything() -> tuple[System, list[Claim]]:
    """Negative ranges, a table of three dimensions, a circle of updates, names that mean something elsewhere."""
    s = SystemBuilder('a "model" */ (* \\ named\nhostile')
    n = s.variable("int", Range(-3, 2), initial=[-3, 0, 2])
    b = s.variable("now", Bool)
    e = s.variable("VAR'", Enum("a", "b"), initial="a")
    odd = s.variable("é*/", Enum('say "x"', "begin", "é", "%C3%A9", "back\\slash", "linux"))
    m = s.variable("begin", Range(-3, 2), initial=1)
    s.initially((n != 2) | b)
    p = Parameter("int", Range(-1, 1))
    s.action("swap */ end", guard=n <= m, updates=[becomes(n, m), becomes(m, n), becomes(b, n == m)])
    s.action(
        'say "so"',
        p,
        guard=(n - p >= -3) & (n - p <= 2) & (Lookup(SIGNED, p, b, e) != 5),
        updates=[becomes(n, n - p), becomes(e, If(b, e, "b"))],
        labels={"%d\\": "*/\n"},
    )
    s.action("turn", guard=odd == "begin", updates=[becomes(odd, "é")])
    s.action("turn", guard=odd == "linux", updates=[becomes(odd, "back\\slash")], labels={"n": 1})
    system = s.build()
    claims = [
        Claim("always", "small product", n * m <= 6, "A\nproduct */ of *) two."),
        Claim("step", "only once", (odd == "é").implies(after(odd) == "é")),
        Claim("never_stuck", "stirs", b | ~b),
        Claim("reachable", "met", (n == 1) & (m == -3) & (e == "b") & (odd == "%C3%A9")),
    ]
    return system, claims


@pytest.mark.parametrize("tool", TOOLS)
def test_names_and_values_of_every_kind(tool: str, tmp_path: Path) -> None:
    system, claims = everything()
    expected = reference(system, claims)
    assert {each.name for each in expected.violated} == {"small product", "met"}
    kept = [each for each in claims if each not in expected.violated]
    compare(tool, reference(system, kept), found_by(tool, system, kept, tmp_path))
    for claim in expected.violated:
        (tmp_path / claim.name).mkdir()
        compare(tool, reference(system, [claim]), found_by(tool, system, [claim], tmp_path / claim.name))


def counter(**given: object) -> tuple[SystemBuilder, object]:
    s = SystemBuilder("counter")
    return s, s.variable("n", Range(0, 3), **({"initial": 0} | given))


def leaves_its_type() -> System:
    s, n = counter()
    s.action("up", updates=[becomes(n, n + 1)])
    return s.build()


def goes_below() -> System:
    s, n = counter(initial=3)
    s.action("down", updates=[becomes(n, n - 1)])
    return s.build()


def misses_in_an_update() -> System:
    s, n = counter()
    s.action("up", updates=[becomes(n, Lookup(SHORT, n))])
    return s.build()


def misses_in_a_guard() -> System:
    s, n = counter(initial=2)
    p = Parameter("p", Range(0, 1))
    s.action("up", p, guard=Lookup(SHORT, n + p) > 0, updates=[becomes(n, 1)])
    return s.build()


def misses_at_the_start() -> System:
    s, n = counter(initial=None)
    s.initially(Lookup(SHORT, n) > 0)
    s.action("stay", updates=[becomes(n, n)])
    return s.build()


BROKEN = [leaves_its_type, goes_below, misses_in_an_update, misses_in_a_guard]


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("broken", BROKEN, ids=lambda each: each.__name__)
def test_an_error_of_the_model_is_an_error_there(tool: str, broken: object, tmp_path: Path) -> None:
    system = broken()
    assert reference(system, []).broken
    assert found_by(tool, system, [], tmp_path).said


@pytest.mark.parametrize("tool", TOOLS)
def test_an_initial_condition_that_misses_its_table_is_an_error(tool: str, tmp_path: Path) -> None:
    if tool == "promela":
        with pytest.raises(ModelError, match="the initial condition looks up short"):
            promela(misses_at_the_start())
    else:
        assert found_by(tool, misses_at_the_start(), [], tmp_path).said


@pytest.mark.parametrize("tool", TOOLS)
def test_a_claim_that_misses_its_table_is_an_error(tool: str, tmp_path: Path) -> None:
    s, n = counter()
    s.action("up", guard=n < 3, updates=[becomes(n, n + 1)])
    for number, kind in enumerate(["always", "reachable", "step"]):
        (tmp_path / str(number)).mkdir()
        claim = Claim(kind, "in its table", (Lookup(SHORT, n) == 1) | (Lookup(SHORT, n) == 3) & (kind != "reachable"))
        if kind == "reachable":
            claim = Claim(kind, "in its table", Lookup(SHORT, n) == 2)
        assert found_by(tool, s.build(), [claim], tmp_path / str(number)).said


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(("good", "violated"), [(None, True), (3, False), (2, True)])
def test_deadlocks(tool: str, good: int | None, violated: bool, tmp_path: Path) -> None:
    s, n = counter()
    s.action("up", guard=n < 3, updates=[becomes(n, n + 1)])
    claims = [Claim("never_stuck", "never stuck", FALSE if good is None else n == good)]
    expected = reference(s.build(), claims)
    assert bool(expected.violated) == violated
    compare(tool, expected, found_by(tool, s.build(), claims, tmp_path))


@pytest.mark.parametrize("tool", TOOLS)
def test_an_enum_that_no_variable_has(tool: str, tmp_path: Path) -> None:
    s, n = counter()
    inner = Enum("low", "high", "n")
    level = If(n < 2, literal(inner, "low"), literal(inner, "high"))
    s.action("up", guard=level == "low", updates=[becomes(n, If(level == "high", n, n + 1))])
    claims = [Claim("always", "stops in time", (level == "low") | (n == 2)), Claim("never_stuck", "high", level == "high")]
    expected = reference(s.build(), claims)
    assert (expected.states, expected.violated) == (3, {})
    compare(tool, expected, found_by(tool, s.build(), claims, tmp_path))


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("starts", [0, 1, 3])
def test_any_number_of_initial_states(tool: str, starts: int, tmp_path: Path) -> None:
    s, n = counter(initial=[0, 1, 3])
    if starts < 3:
        s.initially(n > 3 - starts)
    s.action("round", updates=[becomes(n, If(n == 3, 0, n + 1))])
    system = s.build()
    expected = reference(system, [])
    assert (expected.starts, expected.states) == (starts, 4 if starts else 0)
    if starts or tool != "tla":  # without initial states TLC has nothing to say of them
        compare(tool, expected, found_by(tool, system, [], tmp_path))


@pytest.mark.parametrize("tool", TOOLS)
def test_a_system_in_which_nothing_happens(tool: str, tmp_path: Path) -> None:
    s, _ = counter(initial=[1, 2])
    system = s.build()
    compare(tool, reference(system, []), found_by(tool, system, [], tmp_path))
