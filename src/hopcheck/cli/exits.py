"""Exit codes, and how whatever goes wrong becomes one of them and one line on standard error."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from enum import IntEnum

import click


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
    except KeyboardInterrupt:
        complain("interrupted: nothing is concluded")
        return Exit.INCONCLUSIVE
    except click.Abort:
        complain("interrupted: nothing is concluded")
        return Exit.INCONCLUSIVE
    except click.ClickException as error:
        complain(_usage(error))
        return Exit.USAGE
    except Exception as error:
        code, text = _told(error)
        complain(text)
        if code is Exit.BROKEN and debug():
            traceback.print_exc()
        return code
    return int(result) if isinstance(result, int) else Exit.EXPECTED


def complain(text: str) -> None:
    """One line on standard error."""
    try:
        print(f"hopcheck: {' '.join(text.split())}", file=sys.stderr, flush=True)
    except OSError:
        # Standard error is closed: the exit code says the rest.
        return


def _usage(error: click.ClickException) -> str:
    """Click's message in one line, and where to read more."""
    text = error.format_message().strip().rstrip(".")
    text = text[:1].lower() + text[1:]
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{text}; see {context.command_path} --help" if context is not None else text


def _told(error: Exception) -> tuple[Exit, str]:
    """The exit code of an exception, and its one line."""
    # Imported here: an error may wait for what makes the start slow.
    from hopcheck.engine.searching import InterruptedSearchError
    from hopcheck.explorer.exploration import DisagreementError
    from hopcheck.model import errors
    from hopcheck.model.language import ReplayError
    from hopcheck.properties.errors import EngineError
    from hopcheck.report.render import NoPicturesError

    if isinstance(error, errors.InputError):
        return Exit.USAGE, str(error)
    if isinstance(error, InterruptedSearchError):
        hint = f"--resume goes on from {error.checkpoint}" if error.checkpoint else "nothing is concluded"
        return Exit.INCONCLUSIVE, f"{error}; {hint}"
    if isinstance(error, errors.LimitError):
        return Exit.INCONCLUSIVE, f"a limit was reached: {error}"
    if isinstance(error, (EngineError, DisagreementError, ReplayError)):
        return Exit.BROKEN, f"the engines disagree, so there is no verdict: {error}"
    if isinstance(error, NoPicturesError):
        return Exit.BROKEN, str(error)
    return Exit.BROKEN, f"internal error: {type(error).__name__}: {error}; --debug shows the traceback"
