"""Findings of the models of what libvirt and QEMU do: whatever a present release violates, known or new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hopcheck.engine.check import check
from hopcheck.engine.known_findings import KnownFinding
from hopcheck.engine.models import BundledModel, bundled
from hopcheck.engine.results import ModelFinding, PropertyResult
from hopcheck.engine.searching import Searching
from hopcheck.engine.variant import Variant
from hopcheck.model.domain.settings import differing
from hopcheck.model.errors import InputError
from hopcheck.properties import Outcome, Property, Verdict


def look_for(model: BundledModel, known: KnownFinding, searching: Searching) -> ModelFinding | Verdict:
    """The known finding as it is found again; the verdict on its property where it is not.

    A finding whose property was expected to hold has another cause than the one that is known: it is told as new. Raises
    ``InputError`` where the settings are none of the model, or leave it without the property.
    """
    variant = model.as_set(known.settings)
    asked = _asked(variant, known)
    causes = set(asked.expected.causes)
    results = check(
        variant.system,
        [each for each in variant.properties if each is asked or causes & set(each.expected.causes)],
        variant=known.id.partition(".")[2],
        model=model.name,
        prove_seconds=0,
        searching=searching,
    )
    shown = next(each for each in results if each.prop is asked)
    if not _violated(shown):
        return shown.verdict
    foreseen = shown.expected.outcome is Outcome.UNSAFE
    alike = [each for each in results if _violated(each)]
    return ModelFinding(
        known.id,
        "; ".join(shown.expected.causes) if foreseen else _against(shown),
        known.releases,
        known.rule,
        known.reason if foreseen else None,
        shown,
        known.settings,
        variant.settings,
        tuple(each.prop.name for each in alike) if foreseen else (shown.prop.name,),
    )


def new_findings(
    model: BundledModel,
    results: Sequence[PropertyResult],
    variants: Sequence[Variant],
    known: Sequence[ModelFinding],
    of_parts: Sequence[KnownFinding] = (),
) -> Iterator[ModelFinding]:
    """What the variants of present releases violate for a cause that no known finding has; one finding for each cause.

    ``of_parts``: known findings of the models that this one joins; they are found again there, and told there.
    """
    told = {cause for each in known if each.known is not None for cause in each.shown.expected.causes}
    told.update(cause for each in of_parts for cause in _causes(each))
    present = {each.name: each for each in variants if each.present}
    for result in results:
        if result.variant not in present or not _violated(result):
            continue
        foreseen = result.expected.outcome is Outcome.UNSAFE
        for why in result.expected.causes if foreseen else (_against(result),):
            if why not in told:
                told.add(why)
                yield _new(model, result, present[result.variant], why)


def _asked(variant: Variant, known: KnownFinding) -> Property:
    """The property of the finding."""
    for each in variant.properties:
        if each.name == known.prop:
            return each
    names = ", ".join(each.name for each in variant.properties)
    model = known.model
    raise InputError(f"{known.id}: under its settings {model} has no property {known.prop!r}; it has {names}")


def _causes(known: KnownFinding) -> Sequence[str]:
    """The causes for which its property is expected to be violated."""
    (model,) = (each for each in bundled() if each.name == known.model)
    return _asked(model.as_set(known.settings), known).expected.causes


def _new(model: BundledModel, result: PropertyResult, variant: Variant, why: str) -> ModelFinding:
    given = {} if variant.settings is None else differing(variant.settings)
    name = f"{model.name}.{result.prop.name}: {why}"
    return ModelFinding(name, why, variant.name, "", None, result, given, variant.settings, (result.prop.name,))


def _violated(result: PropertyResult) -> bool:
    """Whether there is a trace to show; what no run reaches has none."""
    return result.verdict.outcome is Outcome.UNSAFE and result.verdict.trace is not None


def _against(result: PropertyResult) -> str:
    """The cause of what nobody foresaw."""
    return f"{result.prop.name} was expected to hold: {result.expected.reason}"
