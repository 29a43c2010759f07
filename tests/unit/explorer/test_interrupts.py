"""Ctrl-C while a search runs."""

from __future__ import annotations

import signal
import threading

import pytest

from hopcheck.explorer.interrupts import Interrupts


def test_the_first_is_noted_and_the_second_raised() -> None:
    interrupts = Interrupts()
    with interrupts.noted():
        signal.raise_signal(signal.SIGINT)
        assert interrupts.came
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_the_handler_is_put_back_after_an_error() -> None:
    with pytest.raises(ValueError, match="mine"), Interrupts().noted():
        raise ValueError("mine")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_somebody_elses_handler_stays() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    try:
        interrupts = Interrupts()
        with interrupts.noted():
            signal.raise_signal(signal.SIGINT)
        assert (interrupts.came, heard) == (False, [signal.SIGINT])
    finally:
        signal.signal(signal.SIGINT, before)


def test_another_thread_handles_no_signals() -> None:
    met: list[object] = []

    def work() -> None:
        with Interrupts().noted():
            met.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert met == [signal.default_int_handler]
