"""What is raised when a file that a user gave cannot be used: one error, with the place and the remedy."""

from __future__ import annotations

from pathlib import Path


class InputError(Exception):
    """A file that the user gave is unusable.

    ``file`` names it, ``where`` is a line ("line 12") or a JSON path ("$.builds[0].name"), ``problem`` says what
    is wrong and ``remedy`` what to write instead. Nothing has been imported when this is raised.
    """

    def __init__(self, file: str | Path, where: str, problem: str, remedy: str) -> None:
        """Keep the four parts apart so that a report can lay them out; the message joins them."""
        self.file = str(file)
        self.where = where
        self.problem = problem
        self.remedy = remedy
        place = f"{self.file}: {where}" if where else self.file
        super().__init__(f"{place}: {problem}; {remedy}")

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str, str, str]]:
        """Rebuild from the four parts: errors travel between worker processes."""
        return type(self), (self.file, self.where, self.problem, self.remedy)


class FactsError(InputError):
    """A facts file is malformed or contradicts itself."""


class ChangeError(InputError):
    """A hand-written change speaks of something that the facts do not know, or says something impossible."""
