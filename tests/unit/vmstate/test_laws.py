"""Laws of the comparison on random descriptions."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hopcheck.model.domain.vmstate import Outcome, load
from hopcheck.model.facts.vmstate import VMStateDescription, VMStateField

from .descriptions import PADDING, changed, descriptions


def _clean(description: VMStateDescription, number: int = 0) -> VMStateDescription:
    """With names as developers choose them: no nested description takes the subsections of another."""
    name = f"level{number}"
    fields = tuple(
        each if each.description is None else replace(each, description=_clean(each.description, number + 1))
        for each in description.fields
    )
    subsections = tuple(replace(sub, name=f"{name}/{place}{PADDING}") for place, sub in enumerate(description.subsections))
    return replace(description, name=name, fields=fields, subsections=subsections)


CLEAN = descriptions().map(_clean)


@given(CLEAN)
def test_a_section_is_accepted_by_itself(one: VMStateDescription) -> None:
    assert load(one, one).outcome is Outcome.ACCEPTED


@given(CLEAN, descriptions(depth=0))
def test_a_further_subsection_never_breaks_upwards(old: VMStateDescription, extra: VMStateDescription) -> None:
    new = replace(old, subsections=(*old.subsections, replace(extra, name=f"{old.name}/new{PADDING}")))
    assert load(old, new).outcome is Outcome.ACCEPTED
    assert load(new, old).outcome is Outcome.UNKNOWN


@given(CLEAN, st.integers(0, 3), st.integers(1, 8))
def test_a_field_of_the_next_version_never_breaks_upwards(old: VMStateDescription, place: int, size: int) -> None:
    added = VMStateField("new", size, since=old.version + 1)
    fields = (*old.fields[:place], added, *old.fields[place:])
    new = replace(old, fields=fields, version=old.version + 1)
    assert load(old, new).outcome is not Outcome.REFUSED
    assert load(new, old).outcome is Outcome.REFUSED


@given(CLEAN, st.data())
def test_names_of_unconditional_fields_do_not_matter(one: VMStateDescription, data: st.DataObject) -> None:
    renamed = tuple(
        each if each.conditional or not each.size else replace(each, name=data.draw(st.sampled_from(["p", "q"])))
        for each in one.fields
    )
    assert load(one, replace(one, fields=renamed)).outcome is Outcome.ACCEPTED


@settings(max_examples=200)
@given(st.data())
def test_a_reason_is_given_exactly_where_something_is_not_accepted(data: st.DataObject) -> None:
    old = data.draw(descriptions())
    found = load(old, data.draw(changed(old)))
    assert bool(found.reasons) is (found.outcome is not Outcome.ACCEPTED)
