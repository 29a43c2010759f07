"""Re-checking certificates from the command line: files in, statements out, and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hopcheck.certify.certificate import Certificate, read
from hopcheck.certify.check import Statement, Status, recheck
from hopcheck.certify.envelope import CertificateFileError, DamagedError, unseal
from hopcheck.certify.search import Limits
from hopcheck.certify.shape import RefutedError
from hopcheck.cli import output
from hopcheck.cli.exits import Exit
from hopcheck.cli.installed import Known
from hopcheck.engine.results import Began
from hopcheck.model.codes import Code
from hopcheck.report.progress import progress
from hopcheck.report.text.notation import count
from hopcheck.report.text.page import Look, Page


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asked for. ``alone``: compare with no model of this installation."""

    files: tuple[Path, ...]
    states: int
    seconds: float
    alone: bool
    facts: Path | None
    everything: bool
    quiet: bool


@dataclass(frozen=True, slots=True)
class Rechecked:
    """A file and what became of it. ``code``: of what is wrong, None where everything is confirmed."""

    file: str
    title: str
    statements: tuple[Statement, ...]
    code: Code | None


def certify(wanted: Wanted) -> int:
    """Re-check every file; the exit code is 1 where one is wrong, 3 where something is left open, else 0."""
    contents = [(str(file), _unsealed(file)) for file in wanted.files]
    look = output.look()
    with progress(sys.stderr, moving=output.is_terminal(sys.stderr), wanted=not wanted.quiet) as listener:
        known = None if wanted.alone else Known(wanted.facts, listener)
        found = []
        for file, content in contents:
            listener(Began(f"re-checking {file}"))
            found.append(_rechecked(file, content, known, wanted))
    output.write(_text(found, look, everything=wanted.everything))
    codes = [each.code for each in found]
    if any(code not in (None, Code.NOT_RECHECKED) for code in codes):
        return Exit.UNEXPECTED
    return Exit.INCONCLUSIVE if Code.NOT_RECHECKED in codes else Exit.EXPECTED


def _unsealed(file: Path) -> dict[str, Any] | DamagedError:
    """The content of a file, or what is wrong with it. Raises ``CertificateFileError`` where it is no certificate."""
    try:
        return unseal(file.read_bytes(), str(file))
    except OSError as error:
        what = f"cannot be read ({error.strerror or error})"
        raise CertificateFileError(what, hint="give a certificate", file=str(file)) from None
    except DamagedError as error:
        return error


def _rechecked(file: str, content: dict[str, Any] | DamagedError, known: Known | None, wanted: Wanted) -> Rechecked:
    if isinstance(content, DamagedError):
        return Rechecked(file, "", (Statement("the file", str(content), Status.REFUTED),), Code.CERTIFICATE_DAMAGED)
    try:
        certificate = read(content)
    except RefutedError as error:
        return Rechecked(file, "", (Statement("the file", str(error), Status.REFUTED),), Code.CERTIFICATE_REFUTED)
    limits = Limits(wanted.states, wanted.seconds)
    own = recheck(certificate, limits=limits, solver_seconds=wanted.seconds)
    same = () if known is None else (known.compared(content, certificate),)
    return Rechecked(file, _title(certificate), (*same, *own), _code(own, same))


def _title(certificate: Certificate) -> str:
    return f"{certificate.model} {certificate.variant}".strip()


def _code(own: Sequence[Statement], same: Sequence[Statement]) -> Code | None:
    """What is worst."""
    if any(each.status is Status.REFUTED for each in own):
        return Code.CERTIFICATE_REFUTED
    if any(each.status is Status.REFUTED for each in same):
        return Code.CERTIFICATE_OF_ANOTHER_MODEL
    return Code.NOT_RECHECKED if any(each.status is Status.OPEN for each in (*own, *same)) else None


def _text(found: Sequence[Rechecked], look: Look, *, everything: bool) -> str:
    page = Page(look)
    for each in found:
        told = count(sum(s.status is Status.CONFIRMED for s in each.statements), "statement") + " confirmed"
        page.ends(each.file, "wrong" if _is_wrong(each) else "open" if each.code else "right", "bold")
        page.labelled("model", each.title or "not read", indent=2)
        page.labelled("", told, indent=2)
        for statement in each.statements:
            if everything or statement.status is not Status.CONFIRMED:
                page.paragraph(f"{statement.status}: {statement.about}: {statement.what}", indent=2, hang=2)
        page.blank()
    for line in _conclusion(found):
        page.paragraph(line, "bold")
    return page.text


def _is_wrong(each: Rechecked) -> bool:
    return each.code not in (None, Code.NOT_RECHECKED)


def _conclusion(found: Sequence[Rechecked]) -> Iterator[str]:
    wrong = [each for each in found if _is_wrong(each)]
    left = [each for each in found if each.code is Code.NOT_RECHECKED]
    right = len(found) - len(wrong) - len(left)
    if wrong:
        codes = ", ".join(dict.fromkeys(str(each.code) for each in wrong))
        yield f"WRONG: {count(len(wrong), 'certificate')} of {len(found)} [{codes}]."
    if left:
        open_ = f"OPEN: {count(len(left), 'certificate')} of {len(found)}"
        yield f"{open_} could not be re-checked in full [{Code.NOT_RECHECKED}]."
    if right:
        yield f"RE-CHECKED: {count(right, 'certificate')} of {len(found)}, by code that shares nothing with the engines."
