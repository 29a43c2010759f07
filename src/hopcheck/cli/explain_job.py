"""Explaining from the command line: first the words, then the models, and only then the findings, which take a while."""

from __future__ import annotations

import sys
from pathlib import Path

from hopcheck.cli import output
from hopcheck.cli.describe import describe
from hopcheck.cli.main_job import named
from hopcheck.cli.query import Query, answered
from hopcheck.cli.select import Selected, select
from hopcheck.engine.models import bundled
from hopcheck.report.entries import entry_spans
from hopcheck.report.explain_text import finding_text, model_text, topic_of, topic_text, topics_text
from hopcheck.report.progress import progress


def explain(what: str | None, query: Query, *, facts: Path | None, quiet: bool) -> int:
    """Write the explanation; the exit code is 0."""
    look = output.look()
    told = answered(named([what or ""])[0], query, look)
    if told is not None:
        output.write(told)
        return 0
    topic = topic_of(what or "")
    model = next((each for each in bundled() if each.name in named([what or ""])), None)
    if what is None:
        output.write(topics_text(look))
    elif topic is not None:
        output.write(topic_text(topic, look))
    elif model is not None:
        output.write(model_text(describe(model), look))
    else:
        with progress(sys.stderr, moving=output.is_terminal(sys.stderr), wanted=not quiet) as listener:
            selected = select(what, facts, listener)
        entries = entry_spans(selected.facts, selected.report, _drivers(selected))
        output.write(finding_text(selected.report, entries, selected.newest, look))
    return 0


def _drivers(selected: Selected) -> set[str]:
    """The types whose entries may bear on the finding: those it reaches, and their ancestors."""
    subject = selected.result.finding.example.subject
    return {*subject.types, *selected.report.types, *(name for line in subject.lineage.values() for name in line)}
