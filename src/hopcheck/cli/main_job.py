"""The main job from the command line: facts in, events to the handlers, files, report, exit code."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from hopcheck.cli import output
from hopcheck.cli.cache import verdict_cache
from hopcheck.cli.exits import complain
from hopcheck.cli.options import Reports
from hopcheck.engine.baseline import NOTHING_KNOWN, Baseline, load_baseline
from hopcheck.engine.main_job import run
from hopcheck.engine.models import bundled as bundled_models
from hopcheck.engine.own.chosen import chosen
from hopcheck.engine.results import Began, Listener, ModelResult
from hopcheck.engine.searching import Searching
from hopcheck.explorer.exploration import Limits
from hopcheck.explorer.store.memory import available, taken
from hopcheck.model.facts.agreement import report as agreement
from hopcheck.model.facts.load import bundled, load
from hopcheck.model.facts.schema import Facts
from hopcheck.report.certificates import certificates
from hopcheck.report.files import Shown, files, sequences
from hopcheck.report.folder import File, Folder
from hopcheck.report.gathering.report import report_of
from hopcheck.report.gathering.runs import shown_of
from hopcheck.report.handlers import All, DocumentHandler, FilesHandler, Handler, Handlers, JsonLinesHandler, check_formats
from hopcheck.report.pictures.render import NoPicturesError
from hopcheck.report.progress import progress
from hopcheck.report.schema.report import Report
from hopcheck.report.text.agreement import agreement_lines
from hopcheck.report.webpage import Pictures

PROOF_SECONDS = 20.0
"""What a proof may take where nothing is said."""

FACTS_MODEL = "device_config"
"""The model that is checked on facts."""

NO_REPORTS: Reports = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asked for. ``given``: settings by name; ``memory``: bytes; ``timeout``: seconds."""

    models: tuple[str, ...]
    facts: Path | None
    baseline: Path | None
    given: Mapping[str, str]
    workers: int | None
    memory: int | None
    timeout: float | None
    resume: bool
    symmetry: bool
    slicing: bool
    cache: bool
    prove: bool
    vacuity_is_error: bool
    form: str
    reports: Reports
    out_dir: Path
    everything: bool
    quiet: bool


def main_job(wanted: Wanted) -> int:
    """Run it, write everything, and return the exit code."""
    models = [model.name for model in chosen(named(wanted.models))]
    folder = Folder(wanted.out_dir, "check")
    folder.check()
    facts = None if wanted.facts is None else load(wanted.facts)
    known = baseline_of(wanted.baseline, facts)
    handler = handler_of(wanted.form, wanted.everything, str(folder.path), wanted.reports)
    with progress(sys.stderr, moving=output.is_terminal(sys.stderr), wanted=not wanted.quiet) as told:
        listener = All((handler, told))
        result = run(
            facts=facts,
            models=models,
            baseline=known,
            listener=listener,
            prove_seconds=prove_seconds(wanted),
            searching=searching(wanted),
            given=wanted.given,
            prove_all=bool(wanted.models),
            workers=wanted.workers,
        )
        lines = _agreement(facts or bundled(), listener) if FACTS_MODEL in models else ()
        report = report_of(result, agreement=lines, vacuity_is_error=wanted.vacuity_is_error)
        listener(Began(f"writing {folder.path}"))
        pictures = write_files(folder, report, result.models, reduced=wanted.symmetry)
    handler.finish(report, pictures)
    return report.exit_code


def prove_seconds(wanted: Wanted) -> float:
    """For each proof; 0: none."""
    return 0.0 if not wanted.prove else PROOF_SECONDS if wanted.timeout is None else wanted.timeout


def searching(wanted: Wanted) -> Searching:
    """How searches are made: by default within most of the memory that is free."""
    memory = wanted.memory
    if memory is None:
        free = available()
        memory = None if free is None else taken() + free * 4 // 5
    return Searching(
        Limits(seconds=wanted.timeout, memory_bytes=memory),
        wanted.workers,
        wanted.out_dir / "checkpoints",
        wanted.resume,
        wanted.symmetry,
        wanted.slicing,
        verdict_cache(wanted.cache),
    )


def named(names: Sequence[str]) -> tuple[str, ...]:
    """The names of models as they are bundled: ``num-queues`` means num_queues, and spaces need no quotes."""
    known = {_bare(model.name): model.name for model in bundled_models()}
    return tuple(known.get(_bare(name), name) for name in names)


def _bare(name: str) -> str:
    return name.lower().replace("-", " ").replace("_", " ")


def baseline_of(path: Path | None, facts: Facts | None) -> Baseline | None:
    """The known findings: those of the file; of other facts than the bundled ones nothing is known."""
    if path is not None:
        return load_baseline(path)
    return None if facts is None else NOTHING_KNOWN


def handler_of(form: str, everything: bool, files: str, reports: Reports = NO_REPORTS) -> Handler:
    """The handler for a format of standard output, and for the files that are wanted besides.

    Raises ``InputError`` where it is plain already that one of them cannot be written.
    """
    check_formats(reports)
    shown: Handler = DocumentHandler(form, output.write, output.look(), everything, files)
    if form == "jsonl":
        shown = JsonLinesHandler(output.write)
    return Handlers((FilesHandler(reports), shown))


def write_files(folder: Folder, report: Report, results: Sequence[ModelResult], *, reduced: bool = False) -> Pictures:
    """Write the run's folder, and return the pictures of its runs; where none can be drawn, say so and write the rest.

    ``reduced``: whether searches counted states up to symmetry.
    """
    proofs = tuple(certificates(results, reduced=reduced))
    return write_shown(folder, report, shown_of(results, report.models), proofs)


def write_shown(folder: Folder, report: Report, shown: Sequence[Shown], further: Sequence[File] = ()) -> Pictures:
    """The same for counterexamples that are there already, and for ``further`` files."""
    try:
        folder.write((*files(report, shown), *further))
    except NoPicturesError as error:
        complain(str(error))
        folder.write((*files(report, shown, pictures=False), *further))
    return sequences(shown)


def _agreement(facts: Facts, listener: Listener) -> tuple[str, ...]:
    listener(Began("comparing the facts with running binaries"))
    return agreement_lines(agreement(facts))
