"""The main job: every bundled model is checked, device_config on the facts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hopcheck.engine.baseline import Baseline, bundled_baseline
from hopcheck.engine.check import AS_USUAL
from hopcheck.engine.device_config import check_device_config
from hopcheck.engine.known_findings import KnownFinding, bundled_findings
from hopcheck.engine.models import BundledModel
from hopcheck.engine.own.chosen import chosen
from hopcheck.engine.results import Began, Done, Listener, ModelResult, ignore
from hopcheck.engine.searching import Searching
from hopcheck.engine.variants_job import VariantsJob, background
from hopcheck.engine.vmstate import check_vmstate, is_section_finding
from hopcheck.model.domain.device_config.study import study
from hopcheck.model.domain.vmstate.sections import MODEL as SECTIONS
from hopcheck.model.domain.vmstate.sections import study_sections
from hopcheck.model.errors import InputError
from hopcheck.model.facts.load import bundled as bundled_facts
from hopcheck.model.facts.schema import Facts
from hopcheck.properties import Judgement

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
        new = any(found.known is None for model in self.models for found in model.findings)
        new |= any(found.known is None for model in self.models for found in model.violations)
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
    known: Sequence[KnownFinding] | None = None,
    listener: Listener = ignore,
    prove_seconds: float = 20.0,
    searching: Searching = AS_USUAL,
    given: Mapping[str, str] = NOTHING_SET,
    prove_all: bool = False,
    workers: int | None = None,
) -> MainResult:
    """Check bundled models (all, or those named, files among them) on the bundled facts, or on others.

    ``baseline``: the known findings in the facts (default: those of the bundled facts); ``known``: the known findings of
    the models (default: the bundled ones). ``searching``: how searches are made;
    ``given``: settings of the one model that is named, which is then checked as set and not in its variants;
    ``prove_all``: prove also those variants that take provers long. ``prove_seconds``: for each property, 0 for no
    proofs; ``workers``: how many proofs run at once (default: one a core).

    Raises ``InputError`` for a name that is no model, ``EngineError`` where engines disagree.
    """
    started = time.monotonic()
    recorded = bundled_findings() if known is None else known
    if given and (models is None or len(chosen(models)) != 1):
        raise InputError("settings are those of one model", hint="name one model with --set")
    with background() as proving:
        job = VariantsJob(listener, searching, prove_seconds, prove_all, workers, proving)

        def start(model: BundledModel) -> Callable[[], ModelResult]:
            if given and model.settings is None:
                raise InputError(f"{model.name} has no settings", hint="leave --set out")
            if model.name in (SECTIONS, "device_config"):
                checked = _check_on_facts(model, facts or bundled_facts(), baseline, listener, prove_seconds, searching)
                return lambda: checked
            if model.variants is None:
                theorem = _check_theorem(model, listener, prove_seconds)
                return lambda: theorem
            looked = () if given else tuple(each for each in recorded if each.model == model.name)
            of_parts = [each for each in recorded if each.model in model.parts]
            return job.start(model, model.instances(given), looked, of_parts)

        finish = [start(model) for model in chosen(models)]
        results = tuple(end() for end in finish)
    return MainResult(results, time.monotonic() - started)


def _check_on_facts(
    model: BundledModel,
    facts: Facts,
    baseline: Baseline | None,
    listener: Listener,
    prove_seconds: float,
    searching: Searching,
) -> ModelResult:
    listener(Began("reading the facts"))
    if model.name == SECTIONS:
        known = bundled_baseline(SECTIONS) if baseline is None else baseline.only(is_section_finding)
        return check_vmstate(
            study_sections(facts), known, listener=listener, prove_seconds=prove_seconds, searching=searching
        )
    known = bundled_baseline() if baseline is None else baseline.only(lambda name: not is_section_finding(name))
    return check_device_config(study(facts), known, listener=listener, prove_seconds=prove_seconds, searching=searching)


def _check_theorem(model: BundledModel, listener: Listener, seconds: float) -> ModelResult:
    from hopcheck.properties.theorem.check import check_theorem

    if seconds <= 0:
        return ModelResult(model.name, ())
    listener(Began(f"proving the {model.name}"))
    result = ModelResult(model.name, (), theorem=check_theorem(seconds))
    listener(Done(result))
    return result
