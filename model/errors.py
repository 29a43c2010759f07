"""The errors that a user of hopcheck can cause, and how they read."""

from __future__ import annotations

from typing import ClassVar

from hopcheck.model.codes import Code


class InputError(Exception):
    """Something that the user wrote cannot be used: a model, facts, a change, or the command line.

    ``line``: a line number, or another place in the file (a JSON path).
    The text reads ``FILE:LINE: what is wrong; what to write``. The command line ends with exit code 2. ``code``: what kind
    of error it is; the command line adds it to the text.
    """

    code: ClassVar[Code] = Code.INPUT

    def __init__(
        self, what: str, *, hint: str | None = None, file: str | None = None, line: int | str | None = None
    ) -> None:
        self.what = what
        self.hint = hint
        self.file = file
        self.line = line
        super().__init__(what, hint, file, line)

    def __str__(self) -> str:
        joint = ":" if str(self.line).isdigit() else ": "
        place = "" if self.file is None else self.file if self.line is None else f"{self.file}{joint}{self.line}"
        text = f"{place}: {self.what}" if place else self.what
        return f"{text}; {self.hint}" if self.hint else text


class ModelError(InputError):
    """A model that is not well formed, or that does something its own declarations forbid."""

    code = Code.MODEL


class LimitError(Exception):
    """A stated limit (memory, time, number of states) was reached before there was an answer."""
