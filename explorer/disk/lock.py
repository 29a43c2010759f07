"""The lock of a directory: one process at a time, and none once the process is gone."""

from __future__ import annotations

import fcntl
import os
import weakref
from pathlib import Path

from hopcheck.explorer.disk import files
from hopcheck.model.errors import InputError


class Lock:
    """A locked file; released by ``release``, with the object, or with the process and whatever it forked.

    Raises:
        InputError: somebody else has it.
        OSError: the file cannot be made or locked.
    """

    def __init__(self, path: Path) -> None:
        descriptor = files.open_regular(path, os.O_RDWR | os.O_CREAT)
        self.release = weakref.finalize(self, os.close, descriptor)
        """Let go of the lock. Releasing it twice does nothing."""
        with files.naming(path):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                gone = os.fstat(descriptor).st_nlink == 0  # its holder removed it between our two calls
            except BlockingIOError:
                gone = True
            except BaseException:
                self.release()
                raise
        if gone:
            self.release()
            hint = "wait until that one has ended, or give another directory"
            raise InputError("is in use by another search", hint=hint, file=str(path.parent))
