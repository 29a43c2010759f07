"""``hopcheck check`` of files: models and changes that are named, or those that differ from a git revision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hopcheck.cli import output
from hopcheck.cli.cache import source_cache
from hopcheck.cli.change_job import change_job, is_written
from hopcheck.cli.cookie_job import cookie_job
from hopcheck.cli.exits import Exit, complain
from hopcheck.cli.main_job import Wanted, main_job, prove_seconds, searching
from hopcheck.engine.changes import of_work_tree, written
from hopcheck.engine.own.model import SUFFIX
from hopcheck.engine.own.project import FILE, Project, find_project
from hopcheck.engine.own.since import Since, since
from hopcheck.model.domain.cookies.proposal import is_proposal
from hopcheck.model.errors import InputError
from hopcheck.model.facts.load import load
from hopcheck.report.text.notation import count, slug

_MARKS = ("VERSION", "hw/core/machine.c")
"""Files by which a source tree of QEMU is known."""

_EXITS = {"safe": Exit.EXPECTED, "unsafe": Exit.UNEXPECTED, "unknown": Exit.INCONCLUSIVE}
"""What a proof of a change ends with."""

_GRAVEST = (Exit.UNEXPECTED, Exit.INCONCLUSIVE, Exit.VACUOUS)
"""Exit codes, the one that counts most first."""


@dataclass(frozen=True, slots=True)
class Selected:
    """What is to be checked: names of models, bundled ones and files, and changes; ``unchanged``: how many files are not."""

    models: tuple[str, ...]
    changes: tuple[Path, ...]
    unchanged: int = 0


def files_job(wanted: Wanted, revision: str | None) -> int:
    """Find out what is to be checked, check it, and return the exit code: the gravest where there are several."""
    here = Path.cwd()
    project = find_project(here)
    found = None if revision is None else since(here, revision)
    if found is not None and not wanted.models:
        if project is None and all((found.top / each).is_file() for each in _MARKS):
            return _prove_tree(found, str(revision), wanted)
        selected = _of_project(found, project)
    else:
        selected = _named(found, wanted.models)
    if selected.unchanged:
        complain(f"{count(selected.unchanged, 'file')} as in {revision}: not checked")
    return _check(selected, project, wanted, f"no model and no change differs from {revision}")


def _named(found: Since | None, names: Sequence[str]) -> Selected:
    """What is named; of that, what differs."""
    for name in names:
        if found is not None and not name.endswith(SUFFIX) and not is_written(name):
            raise InputError(f"{name} is no file", hint="leave it out: --changed-since is about files")
    changes = tuple(Path(name) for name in names if is_written(name) and (found is None or found.changed(Path(name))))
    models = tuple(name for name in names if not is_written(name) and (found is None or found.model_changed(name)))
    return Selected(models, changes, len(names) - len(changes) - len(models))


def _of_project(found: Since, project: Project | None) -> Selected:
    """What the project names and differs; all of it where the project's file, or its facts, differ."""
    if project is None:
        raise InputError(f"no {FILE} here has a table [tool.hopcheck]", hint="write one, or name the models and changes")
    project.check()
    models = tuple(_shown(path) for path in project.model_files())
    changes = tuple(Path(_shown(path)) for path in project.change_files())
    if found.changed(project.file) or (project.facts is not None and found.changed(project.facts)):
        return Selected((*project.bundled, *models), changes)
    some = tuple(filter(found.model_changed, models))
    others = tuple(filter(found.changed, changes))
    return Selected(some, others, len(models) + len(changes) - len(some) - len(others))


def _shown(path: Path) -> str:
    """A path as short as it can be from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _check(selected: Selected, project: Project | None, wanted: Wanted, nothing: str) -> int:
    jobs = bool(selected.models) + len(selected.changes)
    if not jobs:
        output.write(f"Nothing to check: {nothing}.\n")
        return Exit.EXPECTED
    if jobs > 1 and (wanted.reports or wanted.form != "text"):
        hint = "leave --format and --report out; pytest --junitxml=FILE tells of all of them"
        raise InputError(f"there are {jobs} reports, not one", hint=hint)
    codes = [_prove(path, project, wanted) for path in selected.changes]
    if selected.models:
        codes.append(main_job(replace(wanted, models=selected.models)))
    wrong = sum(code != Exit.EXPECTED for code in codes)
    if wrong and len(codes) > 1:
        complain(f"{wrong} of {count(len(codes), 'check')} did not end as expected")
    return next((code for code in _GRAVEST if code in codes), max(codes))


def _prove(path: Path, project: Project | None, wanted: Wanted) -> int:
    """Prove one change; the exit code says whether its verdict is the one that the project expects."""
    ours = project is not None and project.is_change(path.absolute())
    expected = project.expected(path.absolute()) if project is not None and ours else "safe"
    if is_proposal(path):
        code = cookie_job(
            path,
            form=wanted.form,
            reports=wanted.reports,
            prove_seconds=prove_seconds(wanted),
            quiet=wanted.quiet,
            searching=searching(wanted),
        )
    else:
        facts = wanted.facts or (project.facts if project is not None and ours else None)
        code = change_job(
            lambda _: written(path, None if facts is None else load(facts)),
            form=wanted.form,
            reports=wanted.reports,
            out_dir=wanted.out_dir / slug(str(path)),
            prove_seconds=prove_seconds(wanted),
            quiet=wanted.quiet,
            searching=searching(wanted),
        )
    if code == _EXITS[expected]:
        return Exit.EXPECTED
    if expected != "safe":
        complain(f"{path} was expected to be {expected}")
    return code or Exit.UNEXPECTED


def _prove_tree(found: Since, revision: str, wanted: Wanted) -> int:
    """Prove what the work tree of QEMU changes."""
    facts = None if wanted.facts is None else load(wanted.facts)
    return change_job(
        lambda listener: of_work_tree(found, revision, facts=facts, cache=source_cache(), listener=listener),
        form=wanted.form,
        reports=wanted.reports,
        out_dir=wanted.out_dir,
        prove_seconds=prove_seconds(wanted),
        quiet=wanted.quiet,
        searching=searching(wanted),
    )
