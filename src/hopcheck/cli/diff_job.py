"""Comparing two builds from the command line."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

from hopcheck.cli import output
from hopcheck.cli.cache import source_cache
from hopcheck.cli.main_job import PROOF_SECONDS, handler_of, write_shown
from hopcheck.cli.options import Reports
from hopcheck.engine.baseline import NOTHING_KNOWN, bundled_baseline
from hopcheck.engine.comparing.comparison import Comparison, compare
from hopcheck.engine.comparing.diff import diff
from hopcheck.engine.comparing.operand import Operand, open_operand
from hopcheck.engine.comparing.placing import Placed, placed
from hopcheck.engine.results import Began, FindingResult, Listener
from hopcheck.model.facts.load import bundled, load
from hopcheck.model.facts.schema import Facts
from hopcheck.report.files import Run, shown_findings
from hopcheck.report.folder import Folder
from hopcheck.report.gathering.diff import report_of_comparison, report_of_diff
from hopcheck.report.handlers import All
from hopcheck.report.progress import progress
from hopcheck.report.schema.report import FindingReport, Report


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asked for; ``timeout``: seconds for each proof."""

    old: str
    new: str
    facts: Path | None
    form: str
    reports: Reports
    out_dir: Path
    workers: int | None
    timeout: float | None
    everything: bool
    quiet: bool


def diff_job(wanted: Wanted) -> int:
    """Compare verdicts, write everything, and return the exit code."""
    folder = Folder(wanted.out_dir, "diff")
    folder.check()
    known = bundled() if wanted.facts is None else load(wanted.facts)
    baseline = bundled_baseline() if wanted.facts is None else NOTHING_KNOWN
    handler = handler_of(wanted.form, wanted.everything, str(folder.path), wanted.reports)
    with progress(sys.stderr, moving=output.is_terminal(sys.stderr), wanted=not wanted.quiet) as told:
        listener = All((handler, told))
        old, new = _operands(wanted, known, listener)
        at = placed(known, old, new)
        result = diff(
            at,
            baseline=baseline,
            listener=listener,
            prove_seconds=wanted.timeout or PROOF_SECONDS,
            workers=wanted.workers,
        )
        report = report_of_diff(result, _compared(at, old, new))
        listener(Began(f"writing {folder.path}"))
        _write(folder, report, (*result.between.findings, *result.chains.appear, *result.chains.disappear))
    handler.finish(report)
    return report.exit_code


def facts_job(wanted: Wanted) -> int:
    """Compare facts, and return the exit code; nothing is written but standard output."""
    started = time.monotonic()
    known = bundled() if wanted.facts is None else load(wanted.facts)
    handler = handler_of(wanted.form, wanted.everything, "", wanted.reports)
    with progress(sys.stderr, moving=output.is_terminal(sys.stderr), wanted=not wanted.quiet) as told:
        listener = All((handler, told))
        old, new = _operands(wanted, known, listener)
        report = report_of_comparison(_compared(placed(known, old, new), old, new), time.monotonic() - started)
    handler.finish(report)
    return report.exit_code


def _operands(wanted: Wanted, known: Facts, listener: Listener) -> tuple[Operand, Operand]:
    cache = source_cache()
    old, new = (open_operand(text, known, cache=cache, listener=listener) for text in (wanted.old, wanted.new))
    return old, new


def _compared(at: Placed, old: Operand, new: Operand) -> Comparison:
    """The facts of both, under the names that the user gave."""
    made = compare(at.facts, at.facts.build(at.old), at.facts.build(at.new))
    return replace(made, old=old.text, new=new.text)


def _write(folder: Folder, report: Report, found: tuple[FindingResult, ...]) -> None:
    told = report.diff
    assert told is not None
    reports: tuple[FindingReport, ...] = (*told.between, *told.appear, *told.disappear)
    shown = shown_findings(reports, [Run(each.system, each.trace) for each in found], told.new)
    write_shown(folder, report, shown)
