"""Ctrl-C while a search runs: noted, so that the search can stop where its findings and counts belong together."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """``came``: whether the user pressed Ctrl-C."""

    def __init__(self) -> None:
        self.came = False

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note the first Ctrl-C instead of raising ``KeyboardInterrupt``; a second one raises it.

        Only in the main thread, which is where Python handles signals; elsewhere nothing changes.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.getsignal(signal.SIGINT)
        if before is not signal.default_int_handler:
            yield  # somebody else handles it already
            return

        def note(number: int, frame: FrameType | None) -> None:
            if self.came:
                signal.default_int_handler(number, frame)
            self.came = True

        signal.signal(signal.SIGINT, note)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
