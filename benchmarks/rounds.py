"""The measuring: every engine once on every instance, then all of them again, so that noise meets them alike."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from instances import Counts, Instance
from measure import Usage, run
from peers.engine import AbsentError, Engine, MeasurementError, Reading


@dataclass(frozen=True, slots=True)
class Case:
    """An engine on an instance."""

    engine: Engine
    instance: Instance


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of a case.

    ``wall_s``, ``cpu_s``: the search; ``process_wall_s``, ``process_cpu_s``: the process, with what it takes to start;
    ``build_s``: generating and compiling, once before the rounds; ``load_before``: the load average of the last minute.
    Seconds and bytes.
    """

    engine: str
    instance: str
    round: int
    threads: int
    states: int | None
    transitions: int | None
    depth: int | None
    wall_s: float
    cpu_s: float
    process_wall_s: float
    process_cpu_s: float
    build_s: float
    peak_bytes: int
    visited_bytes: int | None
    load_before: float
    details: dict[str, float | int | str | None]


@dataclass(slots=True)
class Measured:
    """What was measured. ``absent`` and ``failed``: why a case has no samples, or no further ones, by its name."""

    samples: list[Sample] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


class Rounds:
    """Builds the cases, and runs them round by round. ``folder``: where engines are built."""

    def __init__(self, cases: Sequence[Case], folder: Path, timeout_s: float) -> None:
        self.measured = Measured()
        self._cases = list(cases)
        self._folder = folder
        self._timeout_s = timeout_s
        self._builds: dict[Case, float] = {}
        self._seen: dict[Instance, dict[str, Reading]] = {}

    def build(self) -> None:
        """Build what can be built; the rest is absent or failed."""
        for case in list(self._cases):
            why = case.engine.absent()
            if why is None and not case.engine.can(case.instance):
                why = "it has no such instance"
            if why is not None:
                self._drop(case, self.measured.absent, why)
                continue
            place = self._place(case)
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            try:
                self._builds[case] = case.engine.build(case.instance, place, self._timeout_s)
            except MeasurementError as error:
                self._drop(case, self.measured.failed, str(error))

    def round(self, number: int) -> None:
        """Run every case once."""
        for case in list(self._cases):
            try:
                sample = self._sample(case, number)
            except AbsentError as error:
                self._drop(case, self.measured.absent, str(error))
            except MeasurementError as error:
                self._drop(case, self.measured.failed, str(error))
            else:
                self.measured.samples.append(sample)
                _tell(f"round {number}: {_name(case)}: {sample.wall_s:.2f} s, {sample.cpu_s:.2f} s CPU")

    def _sample(self, case: Case, number: int) -> Sample:
        load = os.getloadavg()[0]
        used, reading = self._run(case)
        if reading.details.get("kernels_compiled_in_search"):
            # What is compiled is on disk now: compiling is told by itself, and no part of a search.
            used, reading = self._run(case)
        self._check(case, reading)
        self._seen.setdefault(case.instance, {})[case.engine.name] = reading
        counts = reading.counts or Counts(None)
        return Sample(
            engine=case.engine.name,
            instance=case.instance.name,
            round=number,
            threads=case.engine.threads,
            states=counts.states,
            transitions=counts.transitions,
            depth=counts.depth,
            wall_s=used.wall_s if reading.wall_s is None else reading.wall_s,
            cpu_s=used.cpu_s if reading.cpu_s is None else reading.cpu_s,
            process_wall_s=used.wall_s,
            process_cpu_s=used.cpu_s,
            build_s=self._builds[case],
            peak_bytes=used.peak_bytes,
            visited_bytes=reading.visited_bytes,
            load_before=load,
            details=dict(reading.details),
        )

    def _run(self, case: Case) -> tuple[Usage, Reading]:
        place = self._place(case)
        command = case.engine.command(case.instance, place, self._seen.get(case.instance, {}))
        used = run(command, place, self._timeout_s, case.engine.environment())
        if used.timed_out:
            raise MeasurementError(f"not done after {self._timeout_s:.0f} s")
        return used, case.engine.read(used)

    def _check(self, case: Case, reading: Reading) -> None:
        """A run that counts something else than is known did not search the same model."""
        expected = case.engine.expected(case.instance)
        if reading.counts is None or expected is None:
            return
        wrong = reading.counts.differ_from(expected)
        if wrong:
            raise MeasurementError(f"counts {wrong}")

    def _place(self, case: Case) -> Path:
        return self._folder / case.instance.name / case.engine.name

    def _drop(self, case: Case, why: dict[str, str], reason: str) -> None:
        why[_name(case)] = reason
        self._cases.remove(case)
        _tell(f"{_name(case)}: {reason}")


def _name(case: Case) -> str:
    return f"{case.engine.name} on {case.instance}"


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
