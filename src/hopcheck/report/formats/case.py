"""A case: one thing that a report says, in the form in which other tools list such things.

JUnit's test cases and SARIF's results are made of cases, so that both tell the same of a report.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Protocol

from hopcheck.model.codes import Code
from hopcheck.report.schema.report import Plain


class Status(enum.Enum):
    """What a case comes to."""

    PASSED = "passed"
    """It is as it was expected to be."""
    FAILED = "failed"
    """It is against expectation: a build should fail for it."""
    UNKNOWN = "unknown"
    """Nobody can tell, because a fact is missing or a limit was reached."""
    NOTED = "noted"
    """It is said, and counts for nothing: a finding that is known, something that a reviewer should look at."""


class Since(enum.Enum):
    """How a case relates to what was known before."""

    UNTOLD = ""
    """There is nothing to compare with."""
    NEW = "new"
    """It was not known before."""
    UNCHANGED = "unchanged"
    """It was there before, too."""
    ABSENT = "absent"
    """It was there before, and is gone."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a source: ``file`` relative to the sources' root; ``line`` from 1, 0 where nobody recorded it.

    ``own``: it is a file of hopcheck, a model, and not one of what was checked.
    """

    file: str
    line: int = 0
    own: bool = False


@dataclass(frozen=True, slots=True)
class CaseStep:
    """One step of the chain or run that shows it; ``state``: what the step brought about; ``bad``: it shows here."""

    text: str
    state: Mapping[str, Plain]
    bad: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that a report says.

    ``suite`` and ``name`` together stay the same from run to run; ``code``: what it is about. ``summary``: one sentence;
    ``details``: what else there is to say, by label; ``steps``: the shortest chain or run that shows it; ``reason``: why it
    is known, or cannot be told; ``places``: where it comes from, the most telling first. ``seconds``: the time that it took.
    """

    suite: str
    name: str
    code: Code
    status: Status
    summary: str
    details: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[CaseStep, ...] = ()
    reason: str = ""
    places: tuple[Place, ...] = ()
    since: Since = Since.UNTOLD
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """All of it as plain text: the sentence, the labels, the steps."""
        lines = [self.summary, *(f"{label}: {value}" for label, value in self.details.items() if value)]
        if self.reason:
            lines.append(f"{self.status.value}: {self.reason}")
        for number, step in enumerate(self.steps, 1):
            state = ", ".join(f"{name}={value}" for name, value in step.state.items())
            lines.append(f"{number:>3}  {step.text}{f'  [{state}]' if state else ''}{'  <- here' if step.bad else ''}")
        return "\n".join(lines)


class Change(Protocol):
    """What reports of changes and of repairs have in common."""

    @property
    def file(self) -> str:
        """The change."""

    @property
    def build(self) -> str:
        """The build with it."""

    @property
    def base(self) -> str:
        """The build without it."""


def suite_of(change: Change) -> str:
    """The suite of a change: without the folder that it lies in, which is another on every machine."""
    return f"{PurePosixPath(change.file).name or change.file}: {change.build}, from {change.base}"
