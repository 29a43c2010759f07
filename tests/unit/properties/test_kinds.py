import pytest

from hopcheck.model.errors import ModelError
from hopcheck.model.language import Bool, Range, SystemBuilder, after
from hopcheck.properties import (
    Kind,
    Outcome,
    always,
    can_always_reach,
    fails,
    holds,
    kinds,
    never_stuck,
    reachable,
    sound,
    step,
)

BUILDER = SystemBuilder("two")
P = BUILDER.variable("p", Bool)
N = BUILDER.variable("n", Range(0, 3))
SYSTEM = BUILDER.build()
GOOD = holds("it is meant to")


def test_expectations_per_variant() -> None:
    prop = always("small", N < 2, "n stays small.", expected=GOOD, variants={"buggy": fails("the bug lets it grow")})
    assert prop.expectation() is GOOD
    assert prop.expectation("fixed") is GOOD
    assert prop.expectation("buggy").outcome is Outcome.UNSAFE


def test_kinds() -> None:
    made = [
        always("a", P, "-", expected=GOOD),
        step("b", after(N) >= N, "-", expected=GOOD),
        reachable("c", P, "-", expected=GOOD),
        never_stuck("d", "-", unless=P, expected=GOOD),
        can_always_reach("e", P, "-", expected=GOOD),
        sound(),
    ]
    assert [each.kind for each in made] == list(Kind)
    for each in made:
        each.check(SYSTEM)


def test_a_property_speaks_of_its_system_in_its_own_tense() -> None:
    other = SystemBuilder("other").variable("elsewhere", Bool)
    with pytest.raises(ModelError, match="elsewhere"):
        always("a", other, "-", expected=GOOD).check(SYSTEM)
    with pytest.raises(ModelError, match="step property"):
        always("a", after(P), "-", expected=GOOD).check(SYSTEM)
    with pytest.raises(ModelError, match="truth value"):
        always("a", N + 1, "-", expected=GOOD)
    with pytest.raises(ModelError, match="elsewhere"):
        always("a", P, "-", expected=GOOD, antecedent=other).check(SYSTEM)


def test_antecedents_are_read_off_the_shape() -> None:
    def of(expr: object, **more: object) -> object:
        return kinds.always("a", expr, "-", expected=GOOD, **more).antecedent  # type: ignore[arg-type]

    assert of((N == 1).implies(P)) is (N == 1)
    assert of(((N == 1) & P).implies(N < 2)) is ((N == 1) & P)
    assert of((~P).implies(N < 2)) is ~P
    assert of((N == 1).implies(P) & (N == 2).implies(~P)) is ((N == 1) | (N == 2))
    assert of(N < 2) is None
    assert of((N == 1).implies(P) & (N < 2)) is None
    assert of(N < 2, antecedent=P) is P
    assert reachable("c", (N == 1).implies(P), "-", expected=GOOD).antecedent is None
