"""Exit codes, and how whatever goes wrong becomes one of them and one line on standard error, with its code at the end."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from enum import IntEnum

import click

from hopcheck.model.codes import Code


class Exit(IntEnum):
    """What a run's exit code says."""

    EXPECTED = 0
    """Every property has its expected verdict."""
    UNEXPECTED = 1
    """A property is violated, or holds, against expectation."""
    USAGE = 2
    """Bad usage, model, facts or change."""
    INCONCLUSIVE = 3
    """A limit, a time-out, something unknown, or interrupted."""
    VACUOUS = 4
    """Something holds only because nothing happens, where that was to be an error."""
    BROKEN = 70
    """Engines disagree, a certificate fails, or an internal error."""


def guarded(action: Callable[[], object], *, debug: Callable[[], bool]) -> int:
    """Do it, and return its exit code; an exception becomes one line and the code that fits it.

    ``debug``: whether the traceback of an internal error is wanted; asked for only when there is one.
    """
    try:
        result = action()
    except (KeyboardInterrupt, click.Abort):
        complain("interrupted: nothing is concluded", Code.INTERRUPTED)
        return Exit.INCONCLUSIVE
    except click.ClickException as error:
        complain(_usage(error), Code.USAGE)
        return Exit.USAGE
    except Exception as error:
        end, code, text = _told(error)
        complain(text, code)
        if end is Exit.BROKEN and debug():
            traceback.print_exc()
        return end
    return int(result) if isinstance(result, int) else Exit.EXPECTED


def complain(text: str, code: Code | None = None) -> None:
    """One line on standard error; ``code``: of an error, in brackets at its end."""
    told = f"{' '.join(text.split())} [{code}]" if code else " ".join(text.split())
    try:
        print(f"hopcheck: {told}", file=sys.stderr, flush=True)
    except OSError:
        # Standard error is closed: the exit code says the rest.
        return


def _usage(error: click.ClickException) -> str:
    """Click's message in one line, and where to read more."""
    text = error.format_message().strip().rstrip(".")
    text = text[:1].lower() + text[1:]
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{text}; see {context.command_path} --help" if context is not None else text


def _told(error: Exception) -> tuple[Exit, Code, str]:
    """The exit code of an exception, its code, and its one line."""
    # Imported here: an error may wait for what makes the start slow.
    from hopcheck.engine.searching import InterruptedSearchError
    from hopcheck.explorer.exploration import DisagreementError
    from hopcheck.model import errors
    from hopcheck.model.language import ReplayError
    from hopcheck.properties.errors import CertificateError, EngineError
    from hopcheck.report.pictures.render import NoPicturesError

    if isinstance(error, errors.InputError):
        return Exit.USAGE, error.code, str(error)
    if isinstance(error, InterruptedSearchError):
        hint = f"--resume goes on from {error.checkpoint}" if error.checkpoint else "nothing is concluded"
        return Exit.INCONCLUSIVE, Code.INTERRUPTED, f"{error}; {hint}"
    if isinstance(error, errors.LimitError):
        return Exit.INCONCLUSIVE, Code.LIMIT, f"a limit was reached: {error}"
    if isinstance(error, NoPicturesError):
        return Exit.BROKEN, Code.NO_PICTURES, str(error)
    for kind, code in (
        (CertificateError, Code.PROOF_FAILS),
        (ReplayError, Code.REPLAY_FAILS),
        ((EngineError, DisagreementError), Code.DISAGREEMENT),
    ):
        if isinstance(error, kind):
            return Exit.BROKEN, code, f"the engines disagree, so there is no verdict: {error}"
    return Exit.BROKEN, Code.INTERNAL, f"internal error: {type(error).__name__}: {error}; --debug shows the traceback"
