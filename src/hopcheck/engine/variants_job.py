"""All variants of one model: searched one after another, proved meanwhile in the background, and then told together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from hopcheck.engine.check import check, is_finite, run_explorer, seen
from hopcheck.engine.known_findings import KnownFinding
from hopcheck.engine.model_findings import look_for, new_findings
from hopcheck.engine.models import BundledModel
from hopcheck.engine.results import Began, Done, Listener, ModelFinding, ModelResult, PropertyResult
from hopcheck.engine.searching import Searching
from hopcheck.engine.variant import Variant
from hopcheck.properties import Vacuity, vacuities


@contextmanager
def background() -> Iterator[Executor]:
    """One job at a time beside the caller's thread; where the caller fails, what has not begun is forgotten.

    Solvers run in processes of their own and a search waits for nobody: side by side, neither costs the other much.
    """
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


@dataclass(frozen=True, slots=True)
class VariantsJob:
    """How the variants of models are checked; see ``main_job.run``. ``proving``: where proofs are made."""

    listener: Listener
    searching: Searching
    prove_seconds: float
    prove_all: bool
    workers: int | None
    proving: Executor

    def start(
        self,
        model: BundledModel,
        variants: Sequence[Variant],
        known: Sequence[KnownFinding],
        of_parts: Sequence[KnownFinding] = (),
    ) -> Callable[[], ModelResult]:
        """Search all variants, and let them be proved; what is returned waits for the proofs.

        ``known``: what present releases are known to violate in this model; ``of_parts``: in the models that it joins.
        """
        jobs = [self._start(model, variant) for variant in variants]
        found, missing = self._look_for(model, known)

        def finish() -> ModelResult:
            results = [job() for job in jobs]
            every = tuple(result for each in results for result in each)
            result = ModelResult(
                model.name,
                every,
                vacuity_of(variants, results),
                missing=missing,
                settings={variant.name: variant.settings for variant in variants},
                violations=(*found, *new_findings(model, every, variants, found, of_parts)),
            )
            self.listener(Done(result))
            return result

        return finish

    def _start(self, model: BundledModel, variant: Variant) -> Callable[[], tuple[PropertyResult, ...]]:
        system, title = variant.system, f"{model.name} {variant.name}".strip()
        explored = None
        if is_finite(system):
            self.listener(Began(f"exploring {title}"))
            explored = run_explorer(
                system, variant.properties, searching=self.searching, listener=self.listener, title=title
            )
        return self.proving.submit(
            check,
            system,
            variant.properties,
            variant=variant.name,
            model=model.name,
            prove_seconds=self.prove_seconds if variant.proved or self.prove_all else 0.0,
            searching=self.searching,
            listener=self.listener,
            exploration=explored,
            workers=self.workers,
        ).result

    def _look_for(
        self, model: BundledModel, known: Sequence[KnownFinding]
    ) -> tuple[tuple[ModelFinding, ...], tuple[str, ...]]:
        """The known findings that are found again, and the names of those that are none any more."""
        found: list[ModelFinding] = []
        missing: list[str] = []
        if known:
            self.listener(Began(f"looking for the known findings of {model.name}"))
        for each in known:
            looked = look_for(model, each, self.searching)
            if isinstance(looked, ModelFinding):
                found.append(looked)
            elif looked.known:  # a search that was stopped has not looked everywhere: it cannot miss a finding
                missing.append(each.id)
        return tuple(found), tuple(missing)


def vacuity_of(variants: Sequence[Variant], results: Sequence[Sequence[PropertyResult]]) -> tuple[Vacuity, ...]:
    """What no variant of a model ever does; ``results``: of each variant."""
    facts = [
        seen(variant.system, variant.properties, found[0].exploration)
        for variant, found in zip(variants, results, strict=True)
        if found[0].exploration is not None and found[0].exploration.complete
    ]
    properties = {prop.name: prop for variant in variants for prop in variant.properties}
    return vacuities(tuple(properties.values()), facts) if facts else ()
