"""Each rule of the load on sections made by hand, in both directions."""

from __future__ import annotations

import pytest

from hopcheck.model.domain.vmstate import Outcome, Why, load, load_section
from hopcheck.model.domain.vmstate.load import Counted
from hopcheck.model.facts.vmstate import VMStateDescription, VMStateField, VMStateSection

Field, Description = VMStateField, VMStateDescription
A, B = Field("a", 4), Field("b", 1)

ACCEPTED, REFUSED, UNKNOWN = Outcome.ACCEPTED, Outcome.REFUSED, Outcome.UNKNOWN


def dev(*fields: Field, version: int = 1, oldest: int = 1, subs: tuple[Description, ...] = ()) -> Description:
    return Description("dev", version, oldest, fields, subs)


def sub(name: str, *fields: Field, version: int = 1, oldest: int = 1) -> Description:
    return Description(f"dev/{name}", version, oldest, fields)


def inner(*fields: Field, version: int = 1, oldest: int = 1, subs: tuple[Description, ...] = ()) -> Field:
    return Field("in", 100, description=Description("inner", version, oldest, fields, subs))


CASES = {
    "equal": (dev(A, B), dev(A, B), ACCEPTED, ACCEPTED),
    "a field renamed": (dev(A, B), dev(Field("unused", 4), B), ACCEPTED, ACCEPTED),
    "a field resized": (dev(A, B), dev(Field("a", 8), B), REFUSED, REFUSED),
    "a field added without a version": (dev(A), dev(A, B), REFUSED, REFUSED),
    "a field added with a version": (dev(A), dev(A, Field("b", 1, since=2), version=2), ACCEPTED, REFUSED),
    "a field dropped that only old versions have not": (
        dev(A, Field("b", 1, since=2), version=2),
        dev(A, version=2),
        REFUSED,
        REFUSED,
    ),
    "the version raised and old ones refused": (dev(A), dev(A, version=2, oldest=2), REFUSED, REFUSED),
    "the version raised for nothing": (dev(A), dev(A, version=2), ACCEPTED, REFUSED),
    "old versions dropped, the current one kept": (
        dev(A, Field("b", 1, since=2), version=2),
        dev(A, B, version=2, oldest=2),
        ACCEPTED,
        ACCEPTED,
    ),
    "two fields that swapped places": (dev(A, B), dev(B, A), UNKNOWN, UNKNOWN),
    "one number split into two": (dev(A), dev(Field("low", 2), Field("high", 2)), UNKNOWN, UNKNOWN),
    "an array of another length": (dev(Field("a", 4, count=8)), dev(Field("a", 4, count=9)), REFUSED, REFUSED),
    "an array that became a buffer": (dev(Field("a", 1, count=8)), dev(Field("a", 8)), UNKNOWN, UNKNOWN),
    "a field that became conditional": (dev(A, B), dev(A, Field("b", 1, conditional=True)), UNKNOWN, UNKNOWN),
    "a conditional field added": (dev(A), dev(A, Field("b", 1, conditional=True)), UNKNOWN, UNKNOWN),
    "the same conditional field": (
        dev(A, Field("b", 1, conditional=True)),
        dev(A, Field("b", 1, conditional=True)),
        ACCEPTED,
        ACCEPTED,
    ),
    "a conditional field renamed": (
        dev(A, Field("b", 1, conditional=True)),
        dev(A, Field("c", 1, conditional=True)),
        UNKNOWN,
        UNKNOWN,
    ),
    "a field of code's own length renamed": (dev(Field("a", 0)), dev(Field("b", 0)), UNKNOWN, UNKNOWN),
    "the same field of code's own length": (dev(Field("a", 0), A), dev(Field("a", 0), A), ACCEPTED, ACCEPTED),
    "a subsection added": (dev(A), dev(A, subs=(sub("x", B),)), ACCEPTED, UNKNOWN),
    "a subsection renamed": (dev(A, subs=(sub("x", B),)), dev(A, subs=(sub("y", B),)), UNKNOWN, UNKNOWN),
    "a subsection with another field": (dev(A, subs=(sub("x", B),)), dev(A, subs=(sub("x", A),)), UNKNOWN, UNKNOWN),
    "a subsection of a newer version": (
        dev(A, subs=(sub("x", B),)),
        dev(A, subs=(sub("x", B, version=2),)),
        ACCEPTED,
        UNKNOWN,
    ),
    "subsections in another order": (
        dev(A, subs=(sub("x", B), sub("y", A))),
        dev(A, subs=(sub("y", A), sub("x", B))),
        ACCEPTED,
        ACCEPTED,
    ),
    "a subsection whose name does not begin with the section's": (
        dev(A, subs=(Description("other/x", 1, 1),)),
        dev(A, subs=(Description("other/x", 1, 1),)),
        UNKNOWN,
        UNKNOWN,
    ),
    "a struct of another size in memory": (
        dev(inner(A)),
        dev(Field("in", 200, description=Description("inner", 1, 1, (A,)))),
        ACCEPTED,
        ACCEPTED,
    ),
    "a nested version raised: the stream does not tell it": (
        dev(inner(A)),
        dev(inner(A, version=2, oldest=2)),
        ACCEPTED,
        ACCEPTED,
    ),
    "a nested field added with the nested version": (
        dev(inner(A)),
        dev(inner(A, Field("b", 1, since=2), version=2, oldest=2)),
        REFUSED,
        REFUSED,
    ),
    "the same, where a container might hold the older version": (
        dev(inner(A)),
        dev(inner(A, Field("b", 1, since=2), version=2)),
        UNKNOWN,
        UNKNOWN,
    ),
    "a field added to the elements of an array": (
        dev(Field("in", 100, count=3, description=Description("inner", 1, 1, (A,)))),
        dev(Field("in", 100, count=3, description=Description("inner", 1, 1, (A, B)))),
        REFUSED,
        REFUSED,
    ),
    "a nested subsection added": (
        dev(inner(A)),
        dev(inner(A, subs=(Description("inner/x", 1, 1, (B,)),))),
        ACCEPTED,
        UNKNOWN,
    ),
    "a nested description at the end that takes the section's subsections": (
        dev(A, subs=(sub("x", B),)),
        dev(Field("in", 9, description=Description("dev", 1, 1, (A,))), subs=(sub("x", B),)),
        UNKNOWN,
        UNKNOWN,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_rule(case: str) -> None:
    old, new, forward, backward = CASES[case]
    assert (load(old, new).outcome, load(new, old).outcome) == (forward, backward)


def section(description: Description | None, version: int = 1, oldest: int = 1) -> VMStateSection:
    return VMStateSection("type", version, oldest, description)


def test_a_section_under_another_name_is_refused() -> None:
    found = load_section(section(Description("dev", 1, 1, (A,))), section(Description("device", 1, 1, (A,))))
    assert found.outcome is REFUSED
    assert [reason.why for reason in found.reasons] == [Why.SECTION_UNKNOWN]


def test_versions_are_looked_at_before_fields() -> None:
    old, new = dev(A), dev(Field("a", 8), version=3, oldest=2)
    assert [reason.why for reason in load(old, new).reasons] == [Why.TOO_OLD]
    assert [reason.why for reason in load(new, old).reasons] == [Why.TOO_NEW]


def test_sections_without_a_description_are_judged_by_their_versions_alone() -> None:
    assert load_section(section(None, 2), section(None, 1)).outcome is REFUSED
    found = load_section(section(None), section(dev(A)))
    assert (found.outcome, found.reasons[0].why) == (UNKNOWN, Why.UNTOLD)


def test_a_build_that_states_no_counts_leaves_lengths_open() -> None:
    """Dumps of old builds give one element's size for an array, and nothing more."""
    old, new = dev(Field("a", 4)), dev(Field("a", 4, count=8))
    assert load(old, new).outcome is REFUSED
    assert load(old, new, Counted(sent=False)).outcome is ACCEPTED
    buffer = dev(Field("unused", 8))
    assert load(dev(Field("a", 1)), buffer, Counted(sent=False)).outcome is UNKNOWN


def test_a_reason_says_where_and_what() -> None:
    (reason,) = load(dev(inner(A)), dev(inner(Field("a", 2)))).reasons
    assert str(reason) == "fields of another length in dev/inner: sent: a (4 bytes); read: a (2 bytes)"


def test_differences_that_cancel_are_not_certain() -> None:
    """What was sent four bytes too many in one place may be read in another."""
    found = load(dev(A, B, Field("c", 2), Field("d", 8)), dev(B, Field("c", 2), Field("e", 4), Field("d", 8)))
    assert found.outcome is UNKNOWN


def test_very_many_optional_fields_are_given_up_on_quickly() -> None:
    optional = [Field(f"f{number}", 1 << number % 30, conditional=True) for number in range(2000)]
    assert load(dev(*optional), dev(A)).outcome is UNKNOWN
