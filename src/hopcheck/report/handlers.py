"""Handlers of the one stream of events: text and JSON wait for the end, JSON lines tell everything as it happens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from hopcheck.engine.results import Began, Checked, Done, Event, Listener, Progress, Saved
from hopcheck.report.encode import to_json, to_line
from hopcheck.report.gather import model_report, property_report
from hopcheck.report.page import Look
from hopcheck.report.schema import Report
from hopcheck.report.text import report_text

Write: TypeAlias = Callable[[str], None]


class Handler(Protocol):
    """Hears every event, and at the end the whole report."""

    def __call__(self, event: Event) -> None:
        """Something happened."""

    def finish(self, report: Report) -> None:
        """Nothing more will happen."""


@dataclass(frozen=True, slots=True)
class TextHandler:
    """The report as text, at the end."""

    write: Write
    look: Look
    everything: bool = False
    files: str = ""

    def __call__(self, event: Event) -> None:
        """Progress is told elsewhere."""

    def finish(self, report: Report) -> None:
        """Write the text."""
        self.write(report_text(report, self.look, everything=self.everything, files=self.files))


@dataclass(frozen=True, slots=True)
class JsonHandler:
    """The report as one JSON document, at the end."""

    write: Write

    def __call__(self, event: Event) -> None:
        """A document has no middle."""

    def finish(self, report: Report) -> None:
        """Write the document."""
        self.write(to_json(report).decode())


@dataclass(frozen=True, slots=True)
class JsonLinesHandler:
    """One JSON object a line, each with the key ``event``: began, progress, checked, finding, done, and last ``end``."""

    write: Write

    def __call__(self, event: Event) -> None:
        """Write the event at once."""
        match event:
            case Began(what):
                self._line("began", what=what)
            case Progress(what, level, states, rate, (least, greatest)):
                most = None if greatest is None else round(greatest, 1)
                rate_, left = round(rate), [round(least, 1), most]
                self._line("progress", what=what, level=level, states=states, states_per_second=rate_, seconds_left=left)
            case Saved(what, directory):
                self._line("saved", what=what, directory=directory)
            case Checked(result):
                self._line("checked", property=property_report(result))
            case Done(result):
                model = model_report(result)
                for found in model.findings:
                    self._line("finding", model=model.model, finding=found)
                self._line("done", model=model.model, vacuity=model.vacuity, missing=model.missing)

    def finish(self, report: Report) -> None:
        """Write the end: the exit code, and what it means."""
        self._line(
            "end",
            schema=report.schema,
            hopcheck=report.hopcheck,
            job=report.job,
            exit_code=report.exit_code,
            meaning=report.meaning,
            seconds=report.seconds,
            agreement=report.agreement,
            change=report.change,
        )

    def _line(self, event: str, **values: object) -> None:
        self.write(to_line({"event": event, **values}) + "\n")


@dataclass(frozen=True, slots=True)
class All:
    """Tells each event to every listener, one event at a time: engines work in several threads."""

    listeners: Sequence[Listener]
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, event: Event) -> None:
        """Pass it on."""
        with self._lock:
            for listener in self.listeners:
                listener(event)
