"""Certificates: what shows that each safe property holds, written so that others can check it; see ``hopcheck.certify``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hopcheck import __version__
from hopcheck.certify.envelope import seal
from hopcheck.certify.invariant import read_invariant
from hopcheck.engine.results import ModelResult, PropertyResult
from hopcheck.explorer.exploration import Exploration
from hopcheck.model.domain.settings import differing
from hopcheck.model.export.plain import plain
from hopcheck.model.language import TRUE, System
from hopcheck.properties import Kind, Method, Obligation, Outcome, Verdict
from hopcheck.properties.prove import sliced
from hopcheck.report.folder import File
from hopcheck.report.text.notation import slugs

FOLDER = "certificates"

_METHODS = {Method.INDUCTION: "k-induction", Method.K_INDUCTION: "k-induction", Method.BOUNDED: "length"}


def certificates(results: Sequence[ModelResult], *, reduced: bool = False) -> Iterator[File]:
    """A file for every system with a safe property, and one for a theorem.

    ``reduced``: whether searches counted states up to symmetry: their counts are then nobody else's, and left out.
    """
    groups = [(model, group) for model in results for group in _groups(model)]
    names = slugs([f"{group[0].model} {group[0].variant}" for _, group in groups])
    for (model, group), name in zip(groups, names, strict=True):
        yield File(f"{FOLDER}/{name}.json", seal(_of_system(model, group, reduced=reduced)))
    for model in results:
        if model.theorem is not None and model.theorem.proved:
            (name,) = slugs([model.model])
            lemmas = [_obligation(each.obligation) for each in model.theorem.lemmas]
            yield File(f"{FOLDER}/{name}.json", seal({**_head(model.model, "", {}), "lemmas": lemmas}))


def _groups(model: ModelResult) -> list[list[PropertyResult]]:
    """The safe properties of each system."""
    found: dict[int, list[PropertyResult]] = {}
    for each in model.results:
        if each.verdict.outcome is Outcome.SAFE and _evidence(each):
            found.setdefault(id(each.system), []).append(each)
    return list(found.values())


def _head(model: str, variant: str, settings: dict[str, str]) -> dict[str, Any]:
    """What every certificate has, with nothing claimed yet."""
    return {
        "hopcheck": __version__,
        "model": model,
        "variant": variant,
        "settings": settings,
        "system": None,
        "search": None,
        "properties": [],
        "lemmas": [],
    }


def _of_system(model: ModelResult, group: Sequence[PropertyResult], *, reduced: bool) -> dict[str, Any]:
    first = group[0]
    settings = model.settings.get(first.variant)
    explored = first.exploration
    counted = explored is not None and explored.complete and not explored.sliced and not reduced
    return {
        **_head(first.model, first.variant, {} if settings is None else differing(settings)),
        "system": plain(first.system, [each.prop.expr for each in group]),
        "search": _counts(first.system, explored) if explored is not None and counted else None,
        "properties": [_property(number, each) for number, each in enumerate(group)],
    }


def _counts(system: System, explored: Exploration) -> dict[str, Any]:
    return {
        "states": explored.states,
        "transitions": explored.transitions,
        "level_states": list(explored.level_states),
        "level_edges": list(explored.level_edges),
        "level_digests": list(explored.level_digests),
        "fired": dict(explored.fired),
        "values": [sorted(each.type.encode(value) for value in explored.values[each.name]) for each in system.variables],
    }


def _evidence(result: PropertyResult) -> list[dict[str, Any]]:
    """What shows that it holds."""
    evidence: list[dict[str, Any]] = []
    explored = result.exploration
    if result.verdict.method is Method.EXHAUSTED and explored is not None and explored.complete:
        evidence.append({"method": "exhausted"})
    if result.prop.kind is Kind.REACHABLE and result.verdict.trace is not None:
        evidence.append({"method": "witness", "states": [list(state) for state in result.verdict.trace.states]})
    for verdict in (result.verdict, result.second):
        if verdict is not None and verdict.outcome is Outcome.SAFE and verdict.obligations:
            evidence.append(_proof(result, verdict))
    return evidence


def _property(number: int, result: PropertyResult) -> dict[str, Any]:
    return {
        "name": result.prop.name,
        "kind": result.prop.kind.value,
        "meaning": result.prop.meaning,
        "outcome": result.verdict.outcome.value,
        "asked": number,
        "evidence": _evidence(result),
    }


def _proof(result: PropertyResult, verdict: Verdict) -> dict[str, Any]:
    obligations = [_obligation(each) for each in verdict.obligations]
    small, asked = sliced(result.system, result.prop)
    if asked.expr is TRUE:  # it sees no variable: whatever else the proof says is of a slice that stands for nothing
        return {"method": "k-induction", "number": 1, "obligations": obligations}
    if verdict.invariant is None:
        assert verdict.method is not None
        return {"method": _METHODS[verdict.method], "number": verdict.bound, "obligations": obligations}
    # A run of the slice that the whole cannot follow makes the provers look at the whole.
    seen = small if len(small.variables) == len(read_invariant(verdict.invariant).sorts) else result.system
    over = [each.name for each in seen.variables]
    return {"method": "invariant", "invariant": verdict.invariant, "over": over, "obligations": obligations}


def _obligation(each: Obligation) -> dict[str, str]:
    return {"name": each.name, "smtlib": each.smtlib, "expect": each.expect, "meaning": each.meaning}
