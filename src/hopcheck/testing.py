"""What tests in Python need: models and changes are checked, and what is not as it should be is told with its trace.

In pytest the fixture ``hopcheck`` is a `Checker` that remembers verdicts from run to run::

    def test_handover(hopcheck):
        model = system()
        hopcheck.assert_safe(model, properties(model))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hopcheck.engine.cache.verdicts import VerdictCache
    from hopcheck.engine.results import PropertyResult
    from hopcheck.engine.searching import Searching
    from hopcheck.model.language import System
    from hopcheck.properties import Property

WIDTH = 100
"""Columns of what is told."""


class VerdictError(AssertionError):
    """A verdict is not the one that it should be; the text tells it, with the trace."""


@dataclass(frozen=True, slots=True)
class ChangeVerdict:
    """What becomes of a change: ``outcome`` is safe, unsafe or unknown; ``text`` the report."""

    outcome: str
    text: str


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks models and changes. ``prove_seconds``: for each proof, 0 for none; ``cache``: a folder in which what engines
    answer is kept from run to run (None: nowhere).

    Everything raises ``InputError`` for a model or a change that cannot be used, ``EngineError`` where engines disagree.
    """

    prove_seconds: float = 20.0
    cache: Path | None = None

    def check(
        self, system: System, properties: Sequence[Property], *, variant: str = "", model: str | None = None
    ) -> tuple[PropertyResult, ...]:
        """The result of every property; ``variant``: the variant of the ``model`` whose expectations hold."""
        from hopcheck.engine.check import check

        return check(
            system,
            properties,
            variant=variant,
            model=model,
            prove_seconds=self.prove_seconds,
            searching=self._searching(),
        )

    def assert_safe(self, system: System, properties: Sequence[Property]) -> None:
        """Every property holds, whatever was expected; raises ``VerdictError`` where one does not, or is undecided."""
        __tracebackhide__ = True
        from hopcheck.properties import Outcome

        _raise([each for each in self.check(system, properties) if each.verdict.outcome is not Outcome.SAFE])

    def assert_as_expected(self, system: System, properties: Sequence[Property], *, variant: str = "") -> None:
        """Every property has the verdict that it is expected to have in that variant; raises ``VerdictError``."""
        __tracebackhide__ = True
        from hopcheck.properties import Judgement

        results = self.check(system, properties, variant=variant)
        _raise([each for each in results if each.judgement is not Judgement.EXPECTED])

    def prove(self, change: str | Path, *, facts: str | Path | None = None) -> ChangeVerdict:
        """What becomes of a change or a proposed cookie in a TOML file; ``facts``: of builds, if not the bundled ones."""
        from hopcheck.model.domain.cookies.proposal import is_proposal

        path = Path(change)
        return self._prove_cookie(path) if is_proposal(path) else self._prove_change(path, facts)

    def assert_change(self, change: str | Path, expected: str = "safe", *, facts: str | Path | None = None) -> None:
        """A change or a proposed cookie has the verdict safe, or another; raises ``VerdictError``."""
        __tracebackhide__ = True
        found = self.prove(change, facts=facts)
        if found.outcome != expected:
            raise VerdictError(f"{found.text}\n{change}: {found.outcome}, and expected to be {expected}")

    def assert_bundled(self, model: str) -> None:
        """No verdict of a bundled model is against expectation, and no finding is new; raises ``VerdictError``."""
        __tracebackhide__ = True
        from hopcheck.engine.main_job import run
        from hopcheck.report.gathering.report import report_of
        from hopcheck.report.text.page import Look
        from hopcheck.report.text.report import report_text

        result = run(models=[model], prove_seconds=self.prove_seconds, searching=self._searching())
        if result.exit_code:
            raise VerdictError(report_text(report_of(result), Look(WIDTH)))

    def _prove_change(self, path: Path, facts: str | Path | None) -> ChangeVerdict:
        from hopcheck.engine.changes import written
        from hopcheck.engine.prove_change import prove
        from hopcheck.model.facts.load import load
        from hopcheck.report.gathering.report import report_of_change
        from hopcheck.report.text.page import Look
        from hopcheck.report.text.report import report_text

        changed = written(path, None if facts is None else load(Path(facts)))
        report = report_of_change(prove(changed, prove_seconds=self.prove_seconds, searching=self._searching()))
        return ChangeVerdict(_outcome(report.exit_code), report_text(report, Look(WIDTH), everything=True))

    def _prove_cookie(self, path: Path) -> ChangeVerdict:
        from hopcheck.engine.libvirt.prove_cookie import prove_cookie
        from hopcheck.report.text.cookies import proposal_text
        from hopcheck.report.text.page import Look

        result = prove_cookie(path, prove_seconds=self.prove_seconds, searching=self._searching())
        return ChangeVerdict(_outcome(result.exit_code), proposal_text(result, Look(WIDTH)))

    def _searching(self) -> Searching:
        from hopcheck.engine.searching import Searching

        return Searching(cache=None if self.cache is None else _opened(self.cache))


def told(result: PropertyResult) -> str:
    """A property with its verdict, what was expected, and its trace where it has one."""
    from hopcheck.report.gathering.report import property_report
    from hopcheck.report.text.chain import trace_text
    from hopcheck.report.text.page import Look
    from hopcheck.report.text.verdicts import title

    report = property_report(result)
    if report.trace is not None:
        return trace_text(report, report.trace, Look(WIDTH))
    judged = f"{report.outcome}, expected {report.expected}: {report.expected_because}"
    return f"{title(report)}: {report.name}\n{report.meaning}\n{judged}\n{report.reason}\n"


@lru_cache(maxsize=8)
def _opened(folder: Path) -> VerdictCache:
    """The cache in a folder, looked through once."""
    from hopcheck.engine.cache.verdicts import open_verdict_cache

    return open_verdict_cache(folder)


def _raise(wrong: Sequence[PropertyResult]) -> None:
    __tracebackhide__ = True
    if wrong:
        raise VerdictError("\n".join(map(told, wrong)))


def _outcome(exit_code: int) -> str:
    """What the exit code of a proof says of the change."""
    return {0: "safe", 1: "unsafe"}.get(exit_code, "unknown")
