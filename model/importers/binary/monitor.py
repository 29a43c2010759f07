"""A conversation over QMP with a peer that is not trusted, as plain calls: the only place that knows ``asyncio``.

The peer's descriptor is one end of a socket pair, so that its end is noticed at once and nothing has a name that others
could connect to.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Mapping
from contextlib import suppress
from types import TracebackType

from qemu.qmp import ConnectError, ExecuteError, QMPClient

_PARTING = 2.0
"""Seconds that taking leave of the peer may take; it is killed afterwards."""


class MonitorError(Exception):
    """The conversation is over: the peer has gone, said something that is not QMP, or was silent for too long."""


class GoneError(MonitorError):
    """The peer has ended, or closed its side."""


class RefusedError(Exception):
    """The peer answered a command with an error; the conversation goes on."""


class Monitor:
    """A QMP session on one end of a socket pair, with one deadline (of `time.monotonic`) for all of it."""

    def __init__(self, end: socket.socket, deadline: float) -> None:
        self._end = end
        self._deadline = deadline
        self._runner = asyncio.Runner()
        self._client = QMPClient()
        # Nobody listens to events, and a peer must not fill the memory with them.
        self._client.events.event_filter = lambda _: False

    def __enter__(self) -> Monitor:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._runner.run(self._leave())
        self._runner.close()
        self._end.close()

    def greet(self) -> None:
        """Wait for the greeting and negotiate.

        Raises:
            GoneError: the peer ended first.
            MonitorError: there is no greeting, or a wrong one.
        """
        self._runner.run(self._within(self._client.connect(self._end)))

    def ask(self, command: str, arguments: Mapping[str, object] | None = None) -> object:
        """Return what the peer answers to a command: a JSON value of at most 10 MiB.

        Raises:
            RefusedError: the answer is an error.
            GoneError: the peer ended instead.
            MonitorError: there is no answer.
        """
        return self._runner.run(self._within(self._client.execute(command, arguments)))

    async def _within(self, answer: Awaitable[object]) -> object:
        """Wait until the deadline; whatever else than an answer comes out of a hostile peer ends the conversation."""
        try:
            return await asyncio.wait_for(answer, self._deadline - time.monotonic())
        except ExecuteError as error:
            raise RefusedError(_short(error)) from None
        except TimeoutError:
            raise MonitorError("did not answer in time") from None
        except Exception as error:
            cause = await self._cause(error)
            if isinstance(cause, (EOFError, ConnectionError)):
                raise GoneError("closed the conversation") from None
            problem = "said no QMP greeting" if isinstance(error, ConnectError) else "broke off the conversation"
            raise MonitorError(f"{problem} ({_short(cause)})") from None

    async def _cause(self, error: Exception) -> Exception:
        """Return what ended the session: a command only learns that it was interrupted."""
        if isinstance(error, ConnectError):
            return error.exc
        try:
            await asyncio.wait_for(self._client.disconnect(), _PARTING)
        except Exception as cause:
            return cause
        return error

    async def _leave(self) -> None:
        """Stop the tasks of the session; what they died of has been told already, or no longer matters."""
        with suppress(Exception):
            await asyncio.wait_for(self._client.disconnect(), _PARTING)


def _short(what: object) -> str:
    """Return a printable line of a message that the peer may have written."""
    text = str(what) or type(what).__name__
    return "".join(letter if letter.isprintable() else " " for letter in text[:200])
