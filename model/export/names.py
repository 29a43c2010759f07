"""Names that another language accepts: kept as far as possible, never two things under one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hopcheck.model.export.notation import lookups
from hopcheck.model.language import Expr, Op, System, Table, symbolic
from hopcheck.model.language.types import EnumType
from hopcheck.model.language.walk import nodes

_FOREIGN = re.compile(r"[^A-Za-z0-9_]+")
_SPECIAL = re.compile(r'[^ -~]|["\\%]')  # what a quoted text cannot hold everywhere, and the sign that encodes it


class Names:
    """The names that one export has given out.

    ``keywords``: what the language keeps for itself; ``fold``: whether it takes upper and lower case for the same.
    """

    def __init__(self, keywords: Iterable[str], *, fold: bool = False) -> None:
        self._fold = fold
        self._keywords = {self._key(each) for each in keywords}
        self._taken: set[str] = set()

    def fresh(self, wanted: str) -> str:
        """An identifier like ``wanted`` that is no keyword and was not given out before."""
        base = _identifier(wanted)
        if self._key(base) in self._keywords:
            base += "_"
        name, number = base, 1
        while self._key(name) in self._taken | self._keywords:
            number += 1
            name = f"{base}_{number}"
        self._taken.add(self._key(name))
        return name

    def _key(self, name: str) -> str:
        return name.lower() if self._fold else name


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How the things of a system are called in an export: variables, parameters, actions (by position) and tables."""

    variables: Mapping[str, str]
    parameters: Mapping[Expr, str]
    actions: tuple[str, ...]
    tables: Mapping[Table, str]
    enums: tuple[tuple[EnumType, str], ...]

    def leaf(self, each: Expr) -> str:
        """A variable before the step, or a parameter."""
        return self.parameters[each] if each.op is Op.PARAM else self.variables[str(each.payload)]


def vocabulary(system: System, exprs: Sequence[Expr], names: Names, *, prefix: str = "") -> Vocabulary:
    """Name everything, variables first; ``exprs``: all that is written; ``prefix``: what the names of tables begin with.

    ``enums``: each enum with the name of the first variable, parameter or table that has it; ``value`` for one that is
    met only inside an expression.
    """
    variables = {each.name: names.fresh(each.name) for each in system.variables}
    listed = dict.fromkeys(parameter for each in system.actions for parameter in each.parameters)
    parameters = {each: names.fresh(str(each.payload)) for each in listed}
    found = {each: names.fresh(prefix + each.name) for each in lookups(*exprs)}
    typed = [(each.type, each.name) for each in system.variables]
    typed += [(each.type, str(each.payload)) for each in parameters]
    typed += [(type_, each.name) for each in found for type_ in (*each.dimensions, each.result)]
    typed += [(each.type, "value") for each in nodes(*exprs)]
    enums: dict[EnumType, str] = {}
    for type_, owner in typed:
        if isinstance(type_, EnumType):
            enums.setdefault(type_, owner)
    actions = tuple(names.fresh(each.label) for each in symbolic(system))
    return Vocabulary(variables, parameters, actions, found, tuple(enums.items()))


def _identifier(wanted: str) -> str:
    """``wanted`` in letters, digits and underscores, beginning with a letter."""
    plain = _FOREIGN.sub("_", wanted).strip("_") or "x"
    return plain if plain[0].isalpha() else f"n{plain}"


def quotable(text: str) -> str:
    """``text`` as it may stand between quotation marks: other characters percent-encoded, so that no two fall together."""
    return _SPECIAL.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode(errors="surrogatepass")), text)
