"""Place/transition nets in PNML (ISO/IEC 15909-2), read into systems of the project's language.

A place is a variable, its value the number of tokens; a transition is an action. What PNML has for tools and for
drawing is passed over. The input is hostile: a document type, and with it every entity, is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from hopcheck.model.errors import InputError
from hopcheck.model.language import Expr, Range, System, SystemBuilder, all_of, becomes

from .packed import unpack

MOST_NESTED = 100
"""Elements that nest deeper are refused: a net needs about ten levels."""

_PLACE_TRANSITION = "ptnet"
_REFERENCES = {"referencePlace": "place", "referenceTransition": "transition"}
_NODES = ("place", "transition", "referencePlace", "referenceTransition", "arc")
_ORDINARY_ARCS = ("normal", "")


@dataclass(frozen=True, slots=True)
class NetTransition:
    """``take`` and ``put``: for each place it takes tokens from, or puts them into, how many."""

    name: str
    take: Mapping[str, int]
    put: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Net:
    """``marking``: the tokens in each place at the start."""

    name: str
    marking: Mapping[str, int]
    transitions: tuple[NetTransition, ...]


def load(path: Path) -> Net:
    """The net in a gzip file; ``InputError`` where it holds none."""
    return parse(unpack(path), str(path), path.name.split(".pnml")[0])


def parse(text: bytes, file: str, name: str) -> Net:
    """The net in this document. ``file``: for errors; ``name``: of the net."""
    reader = _Reader(file)
    try:
        reader.parser.Parse(text, True)
    except expat.ExpatError as broken:
        what = expat.errors.messages[broken.code]
        raise InputError(f"this is no XML: {what}", hint="write a PNML document", file=file, line=broken.lineno) from broken
    return reader.net(name)


def system_of(net: Net, bound: int) -> System:
    """The net as a system in which no place holds more than ``bound`` tokens.

    A marking that puts more into a place is a ``ModelError`` of the search: too small a bound goes not unnoticed.
    """
    builder = SystemBuilder(net.name)
    # A transition that never fires may put more than the bound into a place: the range has room for that much.
    most = {
        place: max([bound, tokens, *(each.put.get(place, 0) for each in net.transitions)])
        for place, tokens in net.marking.items()
    }
    places = {place: builder.variable(place, Range(0, most[place]), initial=net.marking[place]) for place in net.marking}
    for each in net.transitions:
        change = {place: each.put.get(place, 0) - each.take.get(place, 0) for place in (*each.take, *each.put)}
        # More than fits into a place is never there to be taken.
        if all(tokens <= most[place] for place, tokens in each.take.items()):
            builder.action(
                each.name,
                guard=all_of(places[place] >= tokens for place, tokens in each.take.items()),
                updates=[becomes(places[place], places[place] + by) for place, by in change.items() if by],
            )
    return builder.build()


def tokens(system: System) -> Expr:
    """The number of tokens in all places."""

    def halves(parts: Sequence[Expr]) -> Expr:
        if len(parts) == 1:
            return parts[0]
        middle = len(parts) // 2
        return halves(parts[:middle]) + halves(parts[middle:])

    return halves([each.expr for each in system.variables])


@dataclass(slots=True)
class _Node:
    """A place, a transition, a reference to one, or an arc, as far as it was read."""

    kind: str
    line: int
    attributes: Mapping[str, str]
    texts: dict[tuple[str, ...], str] = field(default_factory=dict)


class _Reader:
    """Collects the nodes of a document while expat reads it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._path: list[str] = []
        self._node: tuple[int, _Node] | None = None
        self._foreign = 0  # how many toolspecific elements are open
        self._nets = 0
        self._nodes: list[_Node] = []
        self._known: dict[str, _Node] = {}

    def _fail(self, what: str, hint: str, line: int | None = None) -> NoReturn:
        raise InputError(what, hint=hint, file=self.file, line=line or self.parser.CurrentLineNumber)

    def _doctype(self, *_: object) -> NoReturn:
        self._fail("the document declares a document type", "leave it out: PNML needs none, and entities are refused")

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        tag = qualified.rpartition(" ")[2]
        self._path.append(tag)
        if len(self._path) > MOST_NESTED:
            self._fail(f"elements nest deeper than {MOST_NESTED} levels", "write a flatter document")
        self._foreign += tag == "toolspecific"
        if self._foreign:
            return
        if len(self._path) == 1 and tag != "pnml":
            self._fail(f"the document is a <{tag}>", "write a <pnml> document")
        if tag == "net":
            self._nets += 1
            kind = attributes.get("type", "")
            if self._nets > 1 or _PLACE_TRANSITION not in kind.lower():
                self._fail(
                    "there is a second net" if self._nets > 1 else f"the net is of the type {kind!r}",
                    "give one place/transition net (a type that ends in ptnet)",
                )
        elif self._node is None and self._nets and tag in _NODES:
            self._node = (len(self._path), _Node(tag, self.parser.CurrentLineNumber, attributes))
        elif self._node is not None and tag == "type" and attributes.get("value", "") not in _ORDINARY_ARCS:
            self._fail(f"an arc is of the type {attributes['value']!r}", "use ordinary arcs only")

    def _text(self, text: str) -> None:
        if self._node is not None and not self._foreign:
            depth, node = self._node
            where = tuple(self._path[depth:])
            node.texts[where] = node.texts.get(where, "") + text

    def _end(self, _: str) -> None:
        if self._node is not None and self._node[0] == len(self._path):
            self._keep(self._node[1])
            self._node = None
        self._foreign -= self._path.pop() == "toolspecific"

    def _keep(self, node: _Node) -> None:
        self._nodes.append(node)
        if node.kind == "arc":
            return
        name = node.attributes.get("id", "")
        if not name or name != name.strip():
            self._fail(f"a {node.kind} has the id {name!r}", "give it an id without spaces around it", node.line)
        if name in self._known:
            self._fail(
                f"the id {name!r} stands twice, here and in line {self._known[name].line}", "name it apart", node.line
            )
        self._known[name] = node

    def net(self, name: str) -> Net:
        """The net that was read."""
        marking = {
            each.attributes["id"]: self._number(each, "initialMarking", 0) for each in self._nodes if each.kind == "place"
        }
        take: dict[str, Counter[str]] = {
            each.attributes["id"]: Counter() for each in self._nodes if each.kind == "transition"
        }
        put: dict[str, Counter[str]] = {each: Counter() for each in take}
        for arc in (each for each in self._nodes if each.kind == "arc"):
            source, target = (self._resolve(arc, arc.attributes.get(end, "")) for end in ("source", "target"))
            weight = self._number(arc, "inscription", 1)
            if weight < 1:
                self._fail("an arc has no weight", "write an inscription of at least 1, or none", arc.line)
            if source in marking and target in take:
                take[target][source] += weight
            elif source in take and target in marking:
                put[source][target] += weight
            else:
                self._fail(f"an arc leads from {source!r} to {target!r}", "join a place and a transition", arc.line)
        if not marking:
            self._fail("there is no place", "give a net with at least one place")
        return Net(name, marking, tuple(NetTransition(each, take[each], put[each]) for each in take))

    def _number(self, node: _Node, label: str, absent: int) -> int:
        """The number that a label holds (PNML before ISO wrote it as a value)."""
        given = node.texts.get((label, "text"), node.texts.get((label, "value")))
        if given is None:
            return absent
        text = given.strip()
        if not (text.isascii() and text.isdigit() and len(text) <= 15):
            self._fail(
                f"the {label} of the {node.kind} is {text[:40]!r}", "write a whole number of at most 15 digits", node.line
            )
        return int(text)

    def _resolve(self, arc: _Node, name: str) -> str:
        """The place or transition of this name, references followed."""
        seen = set()
        while name in self._known and self._known[name].kind in _REFERENCES and name not in seen:
            seen.add(name)
            reference = self._known[name]
            name = reference.attributes.get("ref", "")
            if name in self._known and _REFERENCES[reference.kind] not in self._known[name].kind.lower():
                self._fail(
                    f"a {reference.kind} refers to {name!r}, another kind of node", "refer to its kind", reference.line
                )
        if name not in self._known or name in seen:
            self._fail(f"an arc ends at {name!r}, which is no place or transition", "write the id of one", arc.line)
        return name
