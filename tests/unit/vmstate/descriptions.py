"""Random descriptions, and random changes of them, small enough that every world can be tried."""

from __future__ import annotations

from hypothesis import strategies as st
from msgspec.structs import replace

from hopcheck.model.facts.vmstate import VMStateDescription, VMStateField

PADDING = "-" * 100
"""Names of subsections are longer than any field: what is misread does not by chance put the receiver back into step."""

NAMES = st.sampled_from(["a", "b", "ab", "c"])
SIZES = st.sampled_from([0, 1, 2, 3, 4])


def leaves() -> st.SearchStrategy[VMStateField]:
    return st.builds(
        VMStateField,
        name=NAMES,
        size=SIZES,
        since=st.integers(0, 3),
        count=st.sampled_from([1, 1, 1, 2]),
        conditional=st.sampled_from([False, False, True]),
    )


@st.composite
def descriptions(draw: st.DrawFn, depth: int = 2, name: str | None = None) -> VMStateDescription:
    own = name or draw(NAMES)
    minimum = draw(st.integers(0, 2))
    fields = draw(st.lists(leaves(), max_size=3))
    if depth and draw(st.booleans()):
        nested = VMStateField(
            draw(NAMES), 64, conditional=draw(st.booleans()), description=draw(descriptions(depth=depth - 1))
        )
        fields.insert(draw(st.integers(0, len(fields))), nested)
    subsections = []
    if depth:
        for each in draw(st.lists(st.sampled_from("xy"), max_size=1 if depth < 2 else 2, unique=True)):
            subsections.append(draw(descriptions(depth=0, name=f"{own}/{each}{PADDING}")))
    return VMStateDescription(own, minimum + draw(st.integers(0, 1)), minimum, tuple(fields), tuple(subsections))


@st.composite
def changed(draw: st.DrawFn, old: VMStateDescription, *, top: bool = True) -> VMStateDescription:
    """The description after a change or two: what a developer does to one, rightly or wrongly."""
    new = old
    for _ in range(draw(st.integers(0, 2))):
        new = draw(_once(new, top=top))
    return new


@st.composite
def _once(draw: st.DrawFn, old: VMStateDescription, *, top: bool) -> VMStateDescription:
    fields, subsections = list(old.fields), list(old.subsections)
    place = draw(st.integers(0, max(len(fields) - 1, 0)))
    kind = draw(st.sampled_from(["add", "drop", "field", "nested", "version", "name", "subsection", "swap"]))
    if kind == "add":
        fields.insert(place, draw(leaves()))
    elif kind == "drop" and fields:
        del fields[place]
    elif kind == "field" and fields and fields[place].description is None:
        fields[place] = draw(_leaf_like(fields[place]))
    elif kind == "nested" and fields:
        inner = fields[place].description
        if inner is not None:
            fields[place] = replace(fields[place], description=draw(changed(inner, top=False)))
    elif kind == "version":
        return draw(_other_version(old))
    elif kind == "name" and not top:
        return replace(old, name=draw(NAMES))
    elif kind == "subsection":
        if subsections:
            one = draw(st.integers(0, len(subsections) - 1))
            subsections[one] = draw(_once(subsections[one], top=True)) if draw(st.booleans()) else subsections[one]
        elif len(old.name) < 100:  # a name has at most 255 bytes
            subsections.append(draw(descriptions(depth=0, name=f"{old.name}/z{PADDING}")))
    elif kind == "swap" and len(fields) > 1:
        fields[0], fields[place] = fields[place], fields[0]
    return replace(old, fields=tuple(fields), subsections=tuple(subsections))


@st.composite
def _leaf_like(draw: st.DrawFn, old: VMStateField) -> VMStateField:
    new = draw(leaves())
    keep = draw(st.sets(st.sampled_from(["name", "size", "since", "count", "conditional"]), min_size=3))
    return replace(new, **{name: getattr(old, name) for name in keep})


@st.composite
def _other_version(draw: st.DrawFn, old: VMStateDescription) -> VMStateDescription:
    minimum = draw(st.integers(0, 2))
    return replace(old, minimum_version=minimum, version=minimum + draw(st.integers(0, 1)))
