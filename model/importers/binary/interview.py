"""The questions that a binary is asked, and what comes of a binary that dies over one of them.

Listing the properties of a type creates an object of it, and a type whose module is not installed may end the whole
process. The next process is then asked for the rest: the type that the last one died of is unresolved.
"""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, field
from pathlib import Path

from hopcheck.model.errors import InputError
from hopcheck.model.facts.schema import Unresolved
from hopcheck.model.importers.binary.answers import (
    MachineInfo,
    NonsenseError,
    PropertyInfo,
    Target,
    TypeInfo,
    Version,
    checked,
)
from hopcheck.model.importers.binary.monitor import GoneError, Monitor, MonitorError, RefusedError
from hopcheck.model.importers.binary.process import QemuProcess, running
from hopcheck.model.importers.binary.types import Listing, listing

MAX_TYPES = 20_000
"""Types, and machine types, that are read: 11.1 has under 900."""

MAX_PROPERTIES = 1_000_000
"""Properties that are read in all, and entries of compat lists: 11.1 answers about 40,000."""

MAX_DEATHS = 25
"""Types that a binary may die of before it is given up."""

_DYING = 2.0
"""Seconds that a process gets to be dead after its end of the conversation has closed."""

_DEVICE = "device"


@dataclass(slots=True)
class Answers:
    """What a binary answered: checked, but not put together."""

    version: Version
    target: Target
    machines: tuple[MachineInfo, ...]
    types: tuple[TypeInfo, ...]
    listings: dict[str, Listing] = field(default_factory=dict)
    unresolved: list[Unresolved] = field(default_factory=list)


def answers_of(binary: Path, deadline: float) -> Answers:
    """Return all answers of a binary; ``deadline`` is one of `time.monotonic`.

    Raises:
        InputError: it does not start, says no QMP, answers nonsense, dies too often, or takes too long.
    """
    conversation = _Conversation(binary, deadline)
    conversation.run()
    while conversation.waiting:
        conversation.run()
    assert conversation.answers is not None
    return conversation.answers


@dataclass(slots=True)
class _Conversation:
    """The state between processes: what was answered, which types are still to be asked for, and how many died."""

    binary: Path
    deadline: float
    answers: Answers | None = None
    waiting: list[str] = field(default_factory=list)
    abstract: set[str] = field(default_factory=set)
    deaths: int = 0
    properties: int = 0

    def run(self) -> None:
        """Talk to one process until nothing is left to ask, or it dies over a type.

        Raises:
            InputError: as `answers_of`.
        """
        ours, theirs = socket.socketpair()
        channel = ("-chardev", f"socket,id=qmp,fd={theirs.fileno()}", "-mon", "chardev=qmp,mode=control")
        with ours, theirs, running(self.binary, channel, inherit=(theirs.fileno(),)) as process:
            theirs.close()
            with Monitor(ours, self.deadline) as monitor:
                try:
                    monitor.greet()
                    if self.answers is None:
                        self._first(monitor)
                    assert self.answers is not None
                    while self.waiting:
                        self._list(monitor, self.answers)
                except GoneError:
                    self._gone(process)
                except MonitorError as error:
                    raise self._failed(str(error), process.last_words()) from None
                except NonsenseError as error:
                    raise self._failed(f"answers {error}") from None
                except RefusedError as error:
                    raise self._failed(f"refuses a question that every QEMU answers ({error})") from None

    def _first(self, monitor: Monitor) -> None:
        """Ask what there is."""
        self.answers = Answers(
            checked(monitor.ask("query-version"), Version),
            checked(monitor.ask("query-target"), Target),
            self._machines(monitor),
            checked(monitor.ask("qom-list-types", {"abstract": True}), tuple[TypeInfo, ...], MAX_TYPES),
        )
        devices = {"abstract": True, "implements": _DEVICE}
        found = checked(monitor.ask("qom-list-types", devices), tuple[TypeInfo, ...], MAX_TYPES)
        self.waiting = sorted({info.name for info in found}, reverse=True)
        self.abstract = {info.name for info in found if info.abstract}

    def _machines(self, monitor: Monitor) -> tuple[MachineInfo, ...]:
        """Ask for the machine types; binaries before 9.1 do not know the argument."""
        try:
            answer = monitor.ask("query-machines", {"compat-props": True})
        except RefusedError:
            answer = monitor.ask("query-machines")
        found = checked(answer, tuple[MachineInfo, ...], MAX_TYPES)
        self._count(sum(len(each.compat_props or ()) for each in found))
        return found

    def _list(self, monitor: Monitor, answers: Answers) -> None:
        """Ask for the properties of the next type; it stays the next one until there is an answer.

        An abstract type tells the properties of its class; only those with a default (told from 10.0 on) say something.
        """
        name = self.waiting[-1]
        abstract = name in self.abstract
        command = "qom-list-properties" if abstract else "device-list-properties"
        try:
            found = checked(monitor.ask(command, {"typename": name}), tuple[PropertyInfo, ...], MAX_PROPERTIES)
        except RefusedError as error:
            answers.unresolved.append(Unresolved(name, "properties", f"are not listed: {error}"))
        else:
            self._count(len(found))
            told = [each for each in found if not abstract or each.default_value is not None]
            answers.listings[name] = listing(told, name, answers.unresolved)
        self.waiting.pop()

    def _count(self, number: int) -> None:
        self.properties += number
        if self.properties > MAX_PROPERTIES:
            raise NonsenseError(f"more than {MAX_PROPERTIES} properties")

    def _gone(self, process: QemuProcess) -> None:
        """Go on after the death of a process that was being asked for a type; any other ends the import."""
        process.ended(min(self.deadline, time.monotonic() + _DYING))
        said = process.last_words()
        if self.answers is None or not self.waiting:
            raise self._failed("ended before it had answered", said)
        self.deaths += 1
        if self.deaths > MAX_DEATHS:
            raise self._failed(f"ended over {self.deaths} types, {self.waiting[-1]!r} being the last", said)
        name = self.waiting.pop()
        reason = f"listing them ends the process: {said}" if said else "listing them ends the process"
        self.answers.unresolved.append(Unresolved(name, "properties", reason))

    def _failed(self, problem: str, said: str = "") -> InputError:
        hint = "give a QEMU system emulator that runs with -machine none, and enough time"
        return InputError(f"{problem} ({said})" if said else problem, hint=hint, file=str(self.binary))
