"""How the tests state that a mistake is reported where it was made, with what to write instead."""

from __future__ import annotations

import linecache
import sys
from types import TracebackType

from hopcheck.model.errors import ModelError

MARK = "# blamed"


class blames:  # noqa: N801 (stands after ``with``, like pytest.raises)
    """The block must raise a ``ModelError`` with exactly this text, at its first line marked ``# blamed``."""

    def __init__(self, what: str, hint: str) -> None:
        frame = sys._getframe(1)
        self.what, self.hint = what, hint
        self.file, self.line = frame.f_code.co_filename, frame.f_lineno
        while MARK not in linecache.getline(self.file, self.line):
            self.line += 1

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        assert error is not None, f"no error: {self.what}"
        if not isinstance(error, ModelError):
            return False
        assert (error.what, error.hint) == (self.what, self.hint)
        assert (error.file, error.line) == (self.file, self.line)
        assert str(error) == f"{self.file}:{self.line}: {self.what}; {self.hint}"
        return True
