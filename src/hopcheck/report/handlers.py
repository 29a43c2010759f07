"""Handlers of the one stream of events: documents wait for the end, JSON lines tell everything as it happens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from hopcheck.engine.results import Began, Checked, Done, Event, Listener, Progress, Saved
from hopcheck.model.errors import InputError
from hopcheck.report.folder import check_file, write_all
from hopcheck.report.formats.document import NO_PICTURES, formatted
from hopcheck.report.formats.encode import to_line
from hopcheck.report.formats.json_lines import Line, checked_line, end_line, model_lines
from hopcheck.report.gathering.report import model_report, property_report
from hopcheck.report.schema.repair import RepairReport
from hopcheck.report.schema.report import Report
from hopcheck.report.text.page import Look
from hopcheck.report.webpage import Pictures

Write: TypeAlias = Callable[[str], None]

_FILE_LOOK = Look(100)
"""Files are read in an editor: a little wider than a terminal, without colour."""


class Handler(Protocol):
    """Hears every event, and at the end the whole report."""

    def __call__(self, event: Event) -> None:
        """Something happened."""

    def finish(self, report: Report, pictures: Pictures = NO_PICTURES) -> None:
        """Nothing more will happen; ``pictures``: of the runs, for formats that show some."""


@dataclass(frozen=True, slots=True)
class DocumentHandler:
    """The report in one format, at the end: a document has no middle. ``files``: the folder of the run, "" for none."""

    form: str
    write: Write
    look: Look
    everything: bool = False
    files: str = ""

    def __call__(self, event: Event) -> None:
        """Progress is told elsewhere."""

    def finish(self, report: Report, pictures: Pictures = NO_PICTURES) -> None:
        """Write the document."""
        self.write(formatted(self.form, report, self.look, everything=self.everything, files=self.files, pictures=pictures))


@dataclass(frozen=True, slots=True)
class FilesHandler:
    """The report in several formats, each in a file of its own, at the end: all of them are written, or none."""

    wanted: Mapping[Path, str]

    def __call__(self, event: Event) -> None:
        """Files are written whole."""

    def finish(self, report: Report, pictures: Pictures = NO_PICTURES) -> None:
        """Write the files. Raises ``InputError`` where one cannot be written; then none is."""
        write_formats(self.wanted, report, pictures)


def check_formats(wanted: Mapping[Path, str], forms: Sequence[str] = ()) -> None:
    """Raise ``InputError`` where it is plain already that one of these files cannot be written; ``forms``: if not all."""
    for path, form in wanted.items():
        if forms and form not in forms:
            raise InputError(f"cannot be told as {form}", hint=f"write one of {', '.join(forms)}", file=str(path))
        check_file(path)


def write_formats(wanted: Mapping[Path, str], report: Report | RepairReport, pictures: Pictures = NO_PICTURES) -> None:
    """Write a report to files, each in its format: all of them, or none. Raises ``InputError``."""
    made = {path: formatted(form, report, _FILE_LOOK, everything=True, pictures=pictures) for path, form in wanted.items()}
    write_all({path: text.encode(errors="replace") for path, text in made.items()})


@dataclass(frozen=True, slots=True)
class Handlers:
    """Several handlers as one."""

    each: Sequence[Handler]

    def __call__(self, event: Event) -> None:
        """Tell the event to every one."""
        for handler in self.each:
            handler(event)

    def finish(self, report: Report, pictures: Pictures = NO_PICTURES) -> None:
        """Let every one finish."""
        for handler in self.each:
            handler.finish(report, pictures)


@dataclass(frozen=True, slots=True)
class JsonLinesHandler:
    """One JSON object a line, each with an ``event``: began, progress, saved, checked, finding, violation, done, end."""

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
                self._tell(checked_line(property_report(result)))
            case Done(result):
                for line in model_lines(model_report(result)):
                    self._tell(line)

    def finish(self, report: Report, pictures: Pictures = NO_PICTURES) -> None:
        """Write the end: the exit code, and what it means."""
        self._tell(end_line(report))

    def _line(self, event: str, **values: object) -> None:
        self._tell({"event": event, **values})

    def _tell(self, line: Line) -> None:
        self.write(to_line(line) + "\n")


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
