"""What is raised when a file that a user gave cannot be used: one error, with the place and the remedy."""

from __future__ import annotations

from pathlib import Path

from hopcheck.model.codes import Code
from hopcheck.model.errors import InputError


class FileError(InputError):
    """A file that the user gave is unusable, and nothing of it has been imported.

    ``where`` is a line ("line 12") or a JSON path ("$.builds[0].name"), ``problem`` says what is wrong and ``remedy``
    what to write instead.
    """

    code = Code.FILE

    def __init__(self, file: str | Path, where: str, problem: str, remedy: str) -> None:
        """Keep the four parts apart so that a report can lay them out; the message joins them."""
        self.where = where
        self.problem = problem
        self.remedy = remedy
        line = where.removeprefix("line ") or None
        super().__init__(problem, hint=remedy, file=str(file), line=line)

    def __reduce__(self) -> tuple[type[FileError], tuple[str, str, str, str]]:
        """Rebuild from the four parts: errors travel between worker processes."""
        return type(self), (str(self.file), self.where, self.problem, self.remedy)


class FactsError(FileError):
    """A facts file is malformed or contradicts itself."""

    code = Code.FACTS


class ChangeError(FileError):
    """A hand-written change speaks of something that the facts do not know, or says something impossible."""

    code = Code.CHANGE
