"""Rows as SMT-LIB: integers and truth values throughout, one definition for each row and place in a run.

Beside each term stands the condition under which it has a value, as the interpreter would meet it from left to right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hopcheck.certify.shape import RefutedError
from hopcheck.certify.system import PlainSystem, PlainTable, PlainType, Row

_PLAIN = {"eq": "=", "lt": "<", "le": "<=", "add": "+", "sub": "-", "mul": "*", "ite": "ite", "not": "not"}
_SORTS = {"bool": "Bool", "number": "Int", "enum": "Int"}


def both(parts: Iterable[str]) -> str:
    """All of the terms hold."""
    kept = [part for part in dict.fromkeys(parts) if part != "true"]
    return "true" if not kept else kept[0] if len(kept) == 1 else f"(and {' '.join(kept)})"


def either(parts: Iterable[str]) -> str:
    """Some of the terms hold."""
    kept = [part for part in dict.fromkeys(parts) if part != "false"]
    return "false" if not kept else kept[0] if len(kept) == 1 else f"(or {' '.join(kept)})"


def opposite(term: str) -> str:
    """The term does not hold."""
    return {"true": "false", "false": "true"}.get(term, f"(not {term})")


def value(code: int, type_: PlainType) -> str:
    """A value as a term."""
    if type_.kind == "bool":
        return "true" if code else "false"
    return _numeral(code)


def inside(term: str, type_: PlainType) -> str:
    """The term's value belongs to the type."""
    if type_.kind == "bool":
        return "true"
    upper = [] if type_.high is None else [f"(<= {term} {_numeral(type_.high)})"]
    return both([f"(<= {_numeral(type_.low)} {term})", *upper])


def sort_of(type_: PlainType) -> str:
    """The sort of the type's values."""
    return _SORTS[type_.kind]


def _numeral(code: int) -> str:
    return str(code) if code >= 0 else f"(- {-code})"


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """What leaves stand for at one place of a run: variables before and after the step by position, parameters by name."""

    now: Mapping[int, str]
    then: Mapping[int, str]
    given: Mapping[str, str]


@dataclass(slots=True)
class Script:
    """A script that grows: what is declared and defined, and what is asserted."""

    system: PlainSystem
    lines: list[str] = field(default_factory=list)
    asserted: list[str] = field(default_factory=list)
    _values: dict[tuple[int, int], str] = field(default_factory=dict)
    _defined: dict[tuple[int, int], str] = field(default_factory=dict)
    _places: list[Place] = field(default_factory=list)
    _tables: dict[int, str] = field(default_factory=dict)

    def variable(self, position: int, frame: int) -> str:
        """A new symbol for a variable in a frame; its value belongs to its type."""
        return self.fresh(f"v{position}_{frame}", self.system.variables[position].type)

    def fresh(self, symbol: str, type_: PlainType) -> str:
        """A new symbol of a type."""
        self.lines.append(f"(declare-const {symbol} {sort_of(type_)})")
        self.asserted.append(inside(symbol, type_))
        return symbol

    def text(self, question: str) -> str:
        """The whole script that asks whether the question can be true, given what is asserted."""
        asserted = [each for each in (*self.asserted, question) if each != "true"]
        lines = ["(set-logic ALL)", *self.lines, *(f"(assert {each})" for each in asserted), "(check-sat)"]
        return "\n".join(lines) + "\n"

    def place(self, now: Mapping[int, str], then: Mapping[int, str] | None = None) -> Place:
        """A place of a run without parameters."""
        return self._kept(Place(now, then or {}, {}))

    def with_parameters(self, place: Place, given: Mapping[str, str]) -> Place:
        """The same place with values of parameters."""
        return self._kept(Place(place.now, place.then, given)) if given else place

    def _kept(self, place: Place) -> Place:
        self._places.append(place)  # places are told apart by their identity: none may be forgotten and its place reused
        return place

    def truly(self, row: int, place: Place) -> str:
        """The condition has a value, and it is true."""
        return both([self.defined(row, place), self.value(row, place)])

    def value(self, row: int, place: Place) -> str:
        """The row's value at a place; any value where it has none."""
        for each in self._below(row, self._values, place):
            self._values[each, id(place)] = self._named("n", each, place, self._value(each, place))
        return self._values[row, id(place)]

    def defined(self, row: int, place: Place) -> str:
        """The condition under which the row has a value."""
        for each in self._below(row, self._defined, place):
            self._defined[each, id(place)] = self._named("d", each, place, self._condition(each, place))
        return self._defined[row, id(place)]

    def _below(self, row: int, done: Mapping[tuple[int, int], str], place: Place) -> list[int]:
        """The rows that the row needs and that are not written yet, itself the last."""
        needed: set[int] = set()
        todo = [row]
        while todo:
            each = todo.pop()
            if each not in needed and (each, id(place)) not in done:
                needed.add(each)
                todo += self.system.rows[each].args
        return sorted(needed)

    def _named(self, letter: str, number: int, place: Place, term: str) -> str:
        """A short term as it is, a long one under a name."""
        if len(term) < 12:
            return term
        name = f"{letter}{number}_{len(self.lines)}"
        sort = "Bool" if letter == "d" else _SORTS[self.system.rows[number].kind]
        self.lines.append(f"(define-fun {name} () {sort} {term})")
        return name

    def _value(self, number: int, place: Place) -> str:
        row = self.system.rows[number]
        args = [self._values[each, id(place)] for each in row.args]
        match row.op:
            case "const":
                assert isinstance(row.payload, int)
                return ("true" if row.payload else "false") if row.kind == "bool" else _numeral(row.payload)
            case "var" | "next" | "param":
                return _leaf(row, place)
            case "and":
                return both(args)
            case "or":
                return either(args)
            case "not":
                return opposite(args[0])
            case "lookup":
                return f"({self._table(row)} {' '.join(args)})"
            case _:
                return f"({_PLAIN[row.op]} {' '.join(args)})"

    def _condition(self, number: int, place: Place) -> str:
        row = self.system.rows[number]
        parts = [self._defined[each, id(place)] for each in row.args]
        if all(part == "true" for part in parts) and row.op != "lookup":
            return "true"
        match row.op:
            case "and" | "or":
                return self._in_turn(row, parts, place)
            case "ite":
                test = self.value(row.args[0], place)
                return both([parts[0], f"(ite {test} {parts[1]} {parts[2]})"])
            case "lookup":
                assert isinstance(row.payload, int)
                among = self.system.tables[row.payload].dimensions
                found = [inside(self.value(each, place), type_) for each, type_ in zip(row.args, among, strict=True)]
                return both([*parts, *found])
            case _:
                return both(parts)

    def _in_turn(self, row: Row, parts: Sequence[str], place: Place) -> str:
        """Each part has a value, or one before it settled the matter."""
        made = "true"
        for arg, part in zip(reversed(row.args), reversed(parts), strict=True):
            settled = self.value(arg, place)
            if row.op == "and":
                settled = opposite(settled)
            rest = made if made in ("true", "false") else f"(or {settled} {made})"
            made = both([part, rest])
        return made

    def _table(self, row: Row) -> str:
        assert isinstance(row.payload, int)
        if row.payload not in self._tables:
            name = f"t{row.payload}"
            self.lines.append(_function(name, self.system.tables[row.payload]))
            self._tables[row.payload] = name
        return self._tables[row.payload]


def _leaf(row: Row, place: Place) -> str:
    if row.op == "param":
        if row.payload not in place.given:
            raise RefutedError(f"nothing gives the parameter {row.payload} a value")
        return place.given[str(row.payload)]
    assert isinstance(row.payload, int)
    among = place.now if row.op == "var" else place.then
    if row.payload not in among:
        raise RefutedError("a condition speaks of a state that it cannot see")
    return among[row.payload]


def _function(name: str, table: PlainTable) -> str:
    """A table as a function: its cells in one row, found by halving."""
    position = "0"
    arguments = []
    for number, type_ in enumerate(table.dimensions):
        arguments.append(f"(i{number} {sort_of(type_)})")
        index = f"(ite i{number} 1 0)" if type_.kind == "bool" else f"i{number}"
        position = f"(+ (* {len(type_.codes)} {position}) (- {index} {_numeral(type_.low)}))"
    runs: list[tuple[int, int]] = []  # where a run of equal cells ends, and the cell
    for place, cell in enumerate(table.cells):
        if runs and runs[-1][1] == cell:
            runs.pop()
        runs.append((place, cell))

    def halved(low: int, high: int) -> str:
        if high - low == 1:
            return value(runs[low][1], table.result)
        middle = (low + high) // 2
        return f"(ite (<= at {runs[middle - 1][0]}) {halved(low, middle)} {halved(middle, high)})"

    body = f"(let ((at {position})) {halved(0, len(runs))})"
    return f"(define-fun {name} ({' '.join(arguments)}) {sort_of(table.result)} {body})"
