"""The main job: every bundled model is checked, device_config on the facts."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hopcheck.engine.baseline import Baseline, bundled_baseline
from hopcheck.engine.check import AS_USUAL, check, seen
from hopcheck.engine.device_config import check_device_config
from hopcheck.engine.models import BundledModel, bundled
from hopcheck.engine.results import Began, Done, Listener, ModelResult, PropertyResult, ignore
from hopcheck.engine.searching import Searching
from hopcheck.engine.variant import Variant
from hopcheck.model.domain.device_config.study import study
from hopcheck.model.errors import InputError
from hopcheck.model.facts.load import bundled as bundled_facts
from hopcheck.model.facts.schema import Facts
from hopcheck.properties import Judgement, Vacuity, vacuities
from hopcheck.properties.vacuity import Facts as Seen

NOTHING_SET: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class MainResult:
    """What the main job found: the models in order, and the seconds it took."""

    models: tuple[ModelResult, ...]
    seconds: float

    @property
    def exit_code(self) -> int:
        """0: all as expected; 1: something violated, or holding, against expectation; 3: something undecided."""
        judged = [result.judgement for model in self.models for result in model.results]
        new = [found for model in self.models for found in model.findings if found.known is None]
        missing = [name for model in self.models for name in model.missing]
        unproved = [model for model in self.models if model.theorem is not None and not model.theorem.proved]
        if Judgement.UNEXPECTED in judged or new or missing:
            return 1
        if Judgement.INCONCLUSIVE in judged or unproved or any(model.further_unknown for model in self.models):
            return 3
        return 0

    @property
    def vacuous(self) -> bool:
        """Whether something holds only because nothing happens."""
        return any(model.vacuity for model in self.models)


def run(
    *,
    facts: Facts | None = None,
    models: Sequence[str] | None = None,
    baseline: Baseline | None = None,
    listener: Listener = ignore,
    prove_seconds: float = 20.0,
    searching: Searching = AS_USUAL,
    given: Mapping[str, str] = NOTHING_SET,
    prove_all: bool = False,
    workers: int | None = None,
) -> MainResult:
    """Check bundled models (all, or those named) on the bundled facts, or on others.

    ``baseline``: the known findings (default: those of the bundled facts). ``searching``: how searches are made;
    ``given``: settings of the one model that is named, which is then checked as set and not in its variants;
    ``prove_all``: prove also those variants that take provers long. ``prove_seconds``: for each property, 0 for no
    proofs; ``workers``: how many proofs run at once (default: one a core).

    Raises ``InputError`` for a name that is no model, ``EngineError`` where engines disagree.
    """
    started = time.monotonic()
    results = []
    if given and (models is None or len(chosen(models)) != 1):
        raise InputError("settings are those of one model", hint="name one model with --set")
    for model in chosen(models):
        if given:
            model.instances(given)  # a wrong setting is told before anything is done
        if model.name == "device_config":
            listener(Began("reading the facts"))
            made = study(facts or bundled_facts())
            known = baseline or bundled_baseline()
            results.append(
                check_device_config(made, known, listener=listener, prove_seconds=prove_seconds, searching=searching)
            )
        elif model.variants is None:
            results.append(_check_theorem(model, listener, prove_seconds))
        else:
            variants = model.instances(given)
            results.append(
                _check_variants(model.name, variants, listener, prove_seconds, searching, workers, prove_all=prove_all)
            )
    return MainResult(tuple(results), time.monotonic() - started)


def chosen(names: Sequence[str] | None) -> tuple[BundledModel, ...]:
    """The models of these names, in the order of the main job; all where none is named."""
    known = bundled()
    if not names:
        return known
    for name in names:
        if name not in [model.name for model in known]:
            raise InputError(f"there is no model {name!r}", hint=f"write one of {', '.join(repr(m.name) for m in known)}")
    return tuple(model for model in known if model.name in names)


def _check_variants(
    name: str,
    variants: Sequence[Variant],
    listener: Listener,
    prove_seconds: float,
    searching: Searching,
    workers: int | None,
    *,
    prove_all: bool,
) -> ModelResult:
    results: list[PropertyResult] = []
    facts: list[Seen] = []
    for variant in variants:
        found = check(
            variant.system,
            variant.properties,
            variant=variant.name,
            model=name,
            prove_seconds=prove_seconds if variant.proved or prove_all else 0.0,
            searching=searching,
            listener=listener,
            workers=workers,
        )
        results += found
        explored = found[0].exploration
        if explored is not None and explored.complete:
            facts.append(seen(variant.system, variant.properties, explored))
    properties = {prop.name: prop for variant in variants for prop in variant.properties}
    suspicious: tuple[Vacuity, ...] = vacuities(tuple(properties.values()), facts) if facts else ()
    settings = {variant.name: variant.settings for variant in variants}
    result = ModelResult(name, tuple(results), suspicious, settings=settings)
    listener(Done(result))
    return result


def _check_theorem(model: BundledModel, listener: Listener, seconds: float) -> ModelResult:
    from hopcheck.properties.theorem.check import check_theorem

    if seconds <= 0:
        return ModelResult(model.name, ())
    listener(Began(f"proving the {model.name}"))
    result = ModelResult(model.name, (), theorem=check_theorem(seconds))
    listener(Done(result))
    return result
