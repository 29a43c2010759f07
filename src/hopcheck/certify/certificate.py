"""What a certificate claims: a system, its properties, and for each what shows that it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hopcheck.certify.shape import RefutedError, below, items, number, numbers, part, table, text
from hopcheck.certify.system import Claim, PlainSystem, read_system

KINDS = ("always", "step", "reachable", "never_stuck", "can_always_reach", "sound")


@dataclass(frozen=True, slots=True)
class Script:
    """An obligation in the file: an SMT-LIB script, the answer that it expects, and what that says."""

    name: str
    smtlib: str
    expect: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows that a property holds.

    ``method``: ``exhausted``, ``k-induction`` (``number`` is k), ``invariant`` (with its text ``over`` variables),
    ``length`` (no run has more than ``number`` steps), or ``witness`` (its states).
    """

    method: str
    number: int = 0
    invariant: str = ""
    over: tuple[str, ...] = ()
    states: tuple[tuple[int, ...], ...] = ()
    scripts: tuple[Script, ...] = ()


@dataclass(frozen=True, slots=True)
class Property:
    """A property that is claimed to hold."""

    name: str
    claim: Claim
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """What an exhausted search counted: states and enabled instances of actions by level; see ``search.Walked``.

    ``total``: all states, and all transitions; ``digests``: of the levels, none where there were too many states.
    """

    total: tuple[int, int]

    states: tuple[int, ...]
    edges: tuple[int, ...]
    fired: Mapping[str, int]
    values: tuple[tuple[int, ...], ...]
    digests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """The whole. ``settings``: what the model was made from, by name; ``lemmas``: of a theorem, which has no system."""

    model: str
    variant: str
    settings: Mapping[str, str]
    system: PlainSystem | None
    counts: Counts | None
    properties: tuple[Property, ...]
    lemmas: tuple[Script, ...]


def read(content: Mapping[str, Any]) -> Certificate:
    """The certificate; raises ``RefutedError`` where a part of it is not what it must be."""
    what = "the certificate"
    document = part(content, "system", what)
    system = None if document is None else read_system(document)
    counts = part(content, "search", what)
    claimed = items(part(content, "properties", what), "properties")
    if claimed and system is None:
        raise RefutedError("there are properties, and no system that they speak of")
    lemmas = tuple(_script(each) for each in items(part(content, "lemmas", what), "lemmas"))
    if not claimed and not lemmas:
        raise RefutedError("the certificate claims nothing")
    settings = table(part(content, "settings", what), "settings")
    return Certificate(
        text(part(content, "model", what), "the model's name"),
        text(part(content, "variant", what), "the variant's name"),
        {name: text(each, "a setting") for name, each in settings.items()},
        system,
        None if counts is None else _counts(table(counts, "the search")),
        () if system is None else tuple(_property(each, system) for each in claimed),
        lemmas,
    )


def _counts(made: Mapping[str, Any]) -> Counts:
    what = "the search"
    fired = table(part(made, "fired", what), "what fired")
    return Counts(
        (number(part(made, "states", what), "states"), number(part(made, "transitions", what), "transitions")),
        numbers(part(made, "level_states", what), "states"),
        numbers(part(made, "level_edges", what), "edges"),
        {name: number(each, "a count") for name, each in fired.items()},
        tuple(numbers(each, "values") for each in items(part(made, "values", what), "values")),
        tuple(text(each, "a digest") for each in items(part(made, "level_digests", what), "digests")),
    )


def _property(document: Any, system: PlainSystem) -> Property:
    made = table(document, "a property")
    name = text(part(made, "name", "a property"), "a property's name")
    kind = text(part(made, "kind", name), "a kind")
    if kind not in KINDS:
        raise RefutedError(f"{kind!r} is no kind of property")
    if part(made, "outcome", name) != "safe":
        raise RefutedError(f"{name} is not claimed to be safe")
    asked = system.asked[below(part(made, "asked", name), len(system.asked), "a property")]
    if kind != "step" and system.rows[asked].foresees:
        raise RefutedError(f"{name} speaks of the state after a step")
    evidence = tuple(_evidence(each, name) for each in items(part(made, "evidence", name), "evidence"))
    if not evidence:
        raise RefutedError(f"nothing is said to show {name}")
    return Property(name, Claim(kind, asked), evidence)


def _evidence(document: Any, name: str) -> Evidence:
    made = table(document, f"the evidence for {name}")
    method = text(part(made, "method", name), "a method")
    scripts = tuple(_script(each) for each in items(made.get("obligations", []), "obligations"))
    match method:
        case "exhausted":
            return Evidence(method)
        case "k-induction" | "length":
            return Evidence(method, number(part(made, "number", name), "a number"), scripts=scripts)
        case "invariant":
            over = tuple(text(each, "a name") for each in items(part(made, "over", name), "variables"))
            return Evidence(method, 0, text(part(made, "invariant", name), "an invariant"), over, scripts=scripts)
        case "witness":
            states = tuple(numbers(each, "a state") for each in items(part(made, "states", name), "states"))
            return Evidence(method, states=states)
        case _:
            raise RefutedError(f"{method!r} is no way in which {name} could be shown")


def _script(document: Any) -> Script:
    made, what = table(document, "an obligation"), "an obligation"
    expect = text(part(made, "expect", what), "an answer")
    if expect not in ("sat", "unsat"):
        raise RefutedError(f"{expect!r} is no answer of a solver")
    named = text(part(made, "name", what), "a name")
    meaning = text(part(made, "meaning", what), "a meaning")
    return Script(named, text(part(made, "smtlib", what), "a script"), expect, meaning)
