"""Explaining from the command line: first the words, then the models, and only then the findings, which take a while."""

from __future__ import annotations

import sys
from pathlib import Path

from hopcheck.cli import output
from hopcheck.cli.describe import describe
from hopcheck.cli.main_job import named
from hopcheck.cli.query import Query, answered
from hopcheck.cli.select import Selected, select, select_violation
from hopcheck.cli.select_run import model_named
from hopcheck.engine.cures import cures
from hopcheck.engine.falsity import falsity
from hopcheck.engine.models import bundled
from hopcheck.engine.results import Listener, ModelFinding
from hopcheck.model.domain.vmstate.sections import MODEL as SECTIONS
from hopcheck.model.domain.vmstate.sections import study_sections
from hopcheck.model.facts.load import bundled as bundled_facts
from hopcheck.model.facts.load import load
from hopcheck.report.gathering.entries import entry_spans
from hopcheck.report.gathering.report import violation_reports
from hopcheck.report.progress import progress
from hopcheck.report.text.codes import code_named, code_text, codes_text, finding_code, violation_code
from hopcheck.report.text.explain import finding_text, model_text, topic_of, topic_text, topics_text
from hopcheck.report.text.page import Look
from hopcheck.report.text.violations import violation_text
from hopcheck.report.text.vmstate import vmstate_text
from hopcheck.report.text.why import why_text


def explain(what: str | None, query: Query, *, facts: Path | None, quiet: bool, seconds: float) -> int:
    """Write the explanation; the exit code is 0. ``seconds``: to look for settings with which a violated property holds."""
    look = output.look()
    told = answered(named([what or ""])[0], query, look)
    if told is not None:
        output.write(told)
        return 0
    topic = topic_of(what or "")
    code = code_named(what or "")
    model = model_named(what or "")
    if what is None:
        output.write(topics_text(look))
    elif what == "codes":
        output.write(codes_text(look))
    elif code is not None:
        output.write(code_text(code, look))
    elif topic is not None:
        output.write(topic_text(topic, look))
    elif model is not None:
        sections = study_sections(bundled_facts() if facts is None else load(facts)) if model.name == SECTIONS else None
        output.write(model_text(describe(model), look))
        if sections is not None:
            output.write(vmstate_text(sections, look))
    else:
        output.write(_finding(what, look, facts=facts, quiet=quiet, seconds=seconds))
    return 0


def _finding(what: str, look: Look, *, facts: Path | None, quiet: bool, seconds: float) -> str:
    """What a finding means: one of the models, or one of the facts."""
    with progress(sys.stderr, moving=output.is_terminal(sys.stderr), wanted=not quiet) as listener:
        violation = select_violation(what, listener, facts)
        if violation is not None:
            return violation_text(violation_reports([violation])[0], look) + _why_violated(
                violation, seconds, listener, look
            )
        selected = select(what, facts, listener)
    found = selected.result
    why = falsity(found.system, selected.prop, found.trace)
    entries = entry_spans(selected.facts, selected.report, _drivers(selected))
    told = finding_text(selected.report, entries, selected.newest, look)
    return told + why_text(selected.prop.name, why, None, finding_code(selected.report.cause), look)


def _why_violated(found: ModelFinding, seconds: float, listener: Listener, look: Look) -> str:
    """What is false at the end of its run, and under which settings it would hold."""
    shown = found.shown
    assert shown.verdict.trace is not None
    why = falsity(shown.system, shown.prop, shown.verdict.trace)
    model = next(each for each in bundled() if each.name == shown.model)
    mended = None
    if model.settings is not None:
        mended = cures(model, found.given, shown.prop.name, seconds=seconds, listener=listener)
    return why_text(shown.prop.name, why, mended, violation_code(shown.model, found.id), look)


def _drivers(selected: Selected) -> set[str]:
    """The types whose entries may bear on the finding: those it reaches, and their ancestors."""
    subject = selected.result.finding.example.subject
    return {*subject.types, *selected.report.types, *(name for line in subject.lineage.values() for name in line)}
