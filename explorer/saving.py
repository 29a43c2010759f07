"""Checkpoints of a search: what is saved besides the states, and how a search goes on from it."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hopcheck.explorer.disk import Checkpoint, Identity
from hopcheck.explorer.disk import Saved as SavedSearch
from hopcheck.explorer.events import Saved
from hopcheck.explorer.exploration import OutOfDisk
from hopcheck.explorer.kernels.data import Tally, Words
from hopcheck.explorer.lowering.lower import Lowered
from hopcheck.explorer.questions import Questions
from hopcheck.model.language.digest import digest

if TYPE_CHECKING:
    from hopcheck.explorer.compiled import Compiled

INTERVAL = 60.0
"""Seconds between two checkpoints of a search that goes on."""


def identity(search: Compiled) -> Identity:
    """What the search is of."""
    return Identity(
        model=search.system.name,
        model_digest=digest(search.system),
        question_digest=_of_questions(search),
        layout_digest=_of_layout(search.lowered),
        width=search.layout.width,
    )


def _of_questions(search: Compiled) -> str:
    asked: Questions = search.questions
    exprs = [each.expr for each in asked.all] + ([] if asked.group_by is None else [asked.group_by])
    named = [[each.kind.value, each.name] for each in asked.all]
    text = json.dumps([digest(search.system, *exprs), named, asked.group_by is not None, asked.stop_at_first])
    return hashlib.sha256(text.encode()).hexdigest()


def _of_layout(lowered: Lowered) -> str:
    """Of where the bits of a state stand, and of what is counted."""
    found = hashlib.sha256()
    for each in lowered.layout.slots:
        record = each.record
        found.update(repr((record.names, record.low, record.count, each.word, each.shift, each.radix)).encode())
        found.update(b"" if record.codes is None else record.codes.tobytes())
    found.update(repr((lowered.moves.tables.hits, lowered.counted, lowered.layout.domain)).encode())
    for table in lowered.coverage:
        found.update(repr((table.hits, table.members)).encode())
    return found.hexdigest()


class Saving:
    """The checkpoint of one search, in a directory of its own."""

    def __init__(self, search: Compiled, directory: Path, *, resume: bool) -> None:
        self._search = search
        self.directory = directory
        self._saved = time.perf_counter()
        self._from: SavedSearch | None = None
        self.any = resume
        if resume:
            self._checkpoint, self._from = Checkpoint.open(directory, identity(search), search.layout.admits)
        else:
            self._checkpoint = Checkpoint.create(directory, identity(search))
        search.found.log.keep_in(self._checkpoint.states)

    def restore(self) -> bool:
        """Take up what was saved; whether anything was."""
        if self._from is None:
            return False
        search, payload, arrays = self._search, self._from.payload, self._from.arrays
        file = self._checkpoint.states
        own: Words = np.zeros(2, np.int64)
        for words in file.chunks(0, file.states):
            search.found.add(words, own, search.starts, filed=True)
        search.found.set.settle(search.found.log, [own])
        search.starts[:] = file.starts
        search.edges[:] = self._from.edges
        search.frontier.set_tally(Tally(*(arrays[name] for name in Tally._fields)))
        search.values.recall(payload["values"])
        search.inspection.groups.update({int(code): count for code, count in payload["groups"]})
        questions = {each.name: each for each in search.questions.all}
        for name, group, number in payload["findings"]:
            search.inspection.recall(questions[name], group, number)
        return True

    def now_and_then(self) -> None:
        """Save, if the last time is long ago. A disk that is full now does not end the search."""
        if time.perf_counter() - self._saved > INTERVAL:
            try:
                self.save()
            except OutOfDisk as error:
                self._search.trouble = str(error)
                self._saved = time.perf_counter()

    def save(self) -> None:
        """Save all levels; raises ``OutOfDisk`` where the disk does not take them: the last checkpoint holds."""
        search = self._search
        payload: dict[str, Any] = {
            "values": search.values.seen(),
            "groups": [[code, count] for code, count in search.inspection.groups.items()],
            "findings": [[asked.name, group, number] for (asked, group), number in search.inspection.numbers.items()],
        }
        try:
            search.found.write(search.starts, search.starts[-1])
            self._checkpoint.save(search.edges, payload, search.frontier.tally()._asdict())
        except OSError as error:
            raise OutOfDisk(str(error)) from error
        self._saved = time.perf_counter()
        self.any = True
        search.say(Saved(str(self.directory), len(search.starts) - 2))

    def at_the_end(self) -> bool:
        """Save what it takes to go on later; whether there is a checkpoint (this one, or an earlier one)."""
        if len(self._search.starts) == 1:
            return self.any
        try:
            self.save()
        except OutOfDisk as error:
            self._search.trouble = str(error)
        return self.any

    def close(self, *, delete: bool) -> None:
        """Let go of the directory; remove the checkpoint where nobody needs it any more."""
        self._checkpoint.close(delete=delete)
