from hopcheck.model.language import Bool, Range, SystemBuilder
from hopcheck.properties import Facts, Finding, Vacuity, always, holds, reachable, vacuities

BUILDER = SystemBuilder("three")
P = BUILDER.variable("p", Bool)
N = BUILDER.variable("n", Range(0, 3))
M = BUILDER.variable("m", Range(0, 3))
GOOD = holds("-")
FEW = always("few", P.implies(N < 2), "-", expected=GOOD)
FIXED = always("fixed", M < 2, "-", expected=GOOD)
SEEN = reachable("seen", M < 2, "-", expected=GOOD)


def test_what_never_happens_is_found() -> None:
    facts = Facts({"go": 3, "stop": 0}, {"p": 2, "n": 4, "m": 1}, {"few": False})
    assert vacuities([FEW, FIXED, SEEN], [facts]) == (
        Vacuity(Finding.DEAD_ACTION, "stop"),
        Vacuity(Finding.CONSTANT_VARIABLE, "m"),
        Vacuity(Finding.IDLE_ANTECEDENT, "few"),
        Vacuity(Finding.BLIND_PROPERTY, "fixed"),
    )
    assert str(Vacuity(Finding.DEAD_ACTION, "stop")) == "stop: the action never fires"


def test_what_happens_in_one_variant_is_no_finding() -> None:
    old = Facts({"go": 3, "stop": 0}, {"p": 2, "n": 1}, {"few": False})
    new = Facts({"go": 0, "stop": 1, "new": 0}, {"p": 1, "n": 2}, {"few": True})
    assert vacuities([FEW], [old, new]) == (Vacuity(Finding.DEAD_ACTION, "new"),)
    assert vacuities([FEW], []) == ()
