"""QOM types from what a binary answers: the hierarchy, and each property at the type that all its subtypes share it with.

A binary answers for each type with everything that it inherits. What a type says that its nearest answering ancestor says
too is left out; what all CPU models say alike is stated at the abstract type that they share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from hopcheck.model.facts.schema import Property, QomType, Unresolved
from hopcheck.model.importers.binary.answers import NonsenseError, PropertyInfo, Text, TypeInfo

_CPU = "cpu"
_INTERFACE = "interface"
_INTEGERS = range(-(2**63), 2**64)

Listing = Mapping[str, Property]
"""What a binary answers for one type: the properties by name."""


def listing(infos: Iterable[PropertyInfo], type_name: str, unresolved: list[Unresolved]) -> Listing:
    """Return the answer for one type; a default that is no value of the schema is unresolved, and then not stated.

    Raises:
        NonsenseError: a property is listed twice.
    """
    found: dict[str, Property] = {}
    for info in infos:
        if info.name in found:
            raise NonsenseError(f"the property {info.name!r} twice")
        default = info.default_value
        values = default if isinstance(default, list) else [default]
        if all(map(_is_scalar, values)) and len(values) <= 1000:
            found[info.name] = Property(info.type, tuple(values) if isinstance(default, list) else default)
            continue
        found[info.name] = Property(info.type)
        unresolved.append(Unresolved(f"{type_name}.{info.name}", "default", "is neither a scalar nor a list of scalars"))
    return found


def _is_scalar(value: object) -> bool:
    """Whether a JSON value is one that a default can be; None (nothing stated) is one too."""
    if isinstance(value, str):
        try:
            msgspec.convert(value, Text)
        except (msgspec.ValidationError, UnicodeError):
            return False
        return True
    return value is None or isinstance(value, bool) or (isinstance(value, int) and value in _INTEGERS)


def types_of(told: Iterable[TypeInfo], listings: Mapping[str, Listing]) -> dict[str, QomType]:
    """Return the types, without interfaces, with the properties that each adds to its ancestors or changes.

    A type that is not abstract counts as concrete only where an object of it was made to list its properties: of machine
    types and back ends nobody asked, and objects of a type whose module is missing cannot exist.

    Raises:
        NonsenseError: a type is listed twice, or is its own ancestor.
    """
    parents: dict[str, str | None] = {}
    concrete: dict[str, bool | None] = {}
    for info in told:
        if info.name in parents:
            raise NonsenseError(f"the type {info.name!r} twice")
        parents[info.name] = info.parent
        concrete[info.name] = False if info.abstract else True if info.name in listings else None
    chains = {name: tuple(_ancestors(name, parents)) for name in parents}
    shared = _shared_by_models(chains, listings)
    stated = {**listings, **{base: {**every, **listings.get(base, {})} for base, every in shared.items()}}
    return {
        name: QomType(parents[name], props=_added(chain, stated), concrete=concrete[name])
        for name, chain in sorted(chains.items())
        if _INTERFACE not in chain
    }


def _ancestors(name: str, parents: Mapping[str, str | None]) -> Iterator[str]:
    """Yield the type, its parent, and so on."""
    here: str | None = name
    for _ in range(len(parents) + 1):
        if here is None:
            return
        yield here
        here = parents.get(here)
    raise NonsenseError(f"that {name!r} is its own ancestor")


def _shared_by_models(chains: Mapping[str, tuple[str, ...]], listings: Mapping[str, Listing]) -> dict[str, Listing]:
    """Return, for every direct subtype of ``cpu`` that has models below it, what these answer alike."""
    models: dict[str, list[Listing]] = {}
    for name in listings:
        chain = chains.get(name, ())
        if _CPU in chain and chain.index(_CPU) > 1:
            models.setdefault(chain[chain.index(_CPU) - 1], []).append(listings[name])
    return {
        base: {prop: fact for prop, fact in every[0].items() if all(each.get(prop) == fact for each in every[1:])}
        for base, every in models.items()
    }


def _added(chain: tuple[str, ...], stated: Mapping[str, Listing]) -> dict[str, Property]:
    """Return what the first of a chain states otherwise than the nearest ancestor that states something of it."""
    inherited: dict[str, Property] = {}
    for ancestor in reversed(chain[1:]):
        inherited.update(stated.get(ancestor, {}))
    return {prop: fact for prop, fact in stated.get(chain[0], {}).items() if inherited.get(prop) != fact}
