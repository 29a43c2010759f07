"""Published QEMU compatibility bugs: every pair comes out as it was, every chain breaks where it broke.

The cases are read from the tests' own copy, or from every JSON file in the directory named by ``HOPCHECK_CASES``.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hopcheck.explorer.search import explore
from hopcheck.model.domain.device_config import system as device_config_system
from hopcheck.model.domain.device_config.mismatch import Breaks, Kind
from hopcheck.model.domain.device_config.shape import Shape
from hopcheck.model.domain.device_config.study import Study
from hopcheck.model.domain.device_config.system import DeviceConfig, device_config
from hopcheck.model.facts.versions import version_key
from hopcheck.model.language import State, holds, initial_states, successors

from .history_case import FAMILY, case_study, machine_of, version_in

ENCODINGS = ("without_fix", "as_shipped", "ideal")


def _documents() -> Iterator[dict[str, Any]]:
    folder = Path(os.environ.get("HOPCHECK_CASES") or Path(__file__).parent / "data")
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(document, dict) and ("cases" in document or "chain_cases" in document):
            yield document


def _cases() -> list[Any]:
    return [
        pytest.param(case, _order(document), id=str(case.get("id", number)))
        for document in _documents()
        for number, case in enumerate(document.get("cases", []))
    ]


def _order(document: dict[str, Any]) -> list[str]:
    stated = document.get("release_order", [])
    named = {
        release
        for case in document.get("cases", [])
        for encoding in (case.get("model") or {}).values()
        for release in (*encoding.get("releases", ()), *encoding.get("machines", ()))
    }
    return [*stated, *sorted(named - set(stated), key=version_key)]


def _chain_cases() -> list[Any]:
    return [
        pytest.param(case, chain, id=f"{case.get('id')}-{'-'.join(chain['steps'])}")
        for document in _documents()
        for case in document.get("chain_cases", [])
        for chain in case.get("chains", [])
    ]


class Guest:
    """A guest in the model of one row, moved by hand in the reference interpreter."""

    def __init__(self, model: DeviceConfig, row: int) -> None:
        self.model = model
        self.state: State = next(s for s in initial_states(model.system) if s[model.system.index["row"]] == row)

    def does(self, action: str, **arguments: str) -> bool:
        """Take the action if it can happen."""
        for step in successors(self.model.system, self.state):
            if step.action == action and dict(step.arguments).items() >= arguments.items():
                self.state = step.target
                return True
        return False

    @property
    def preserved(self) -> bool:
        return holds(self.model.system, device_config_system.preserved(self.model), self.state)


def _row(made: Study, machine: str) -> tuple[int, dict[str, str]]:
    """The row of a machine type, and its values by build."""
    name = f"{FAMILY}-{machine}"
    for members in made.rows.members.values():
        for member in members:
            if name in member.machines:
                shape = next(s for s, found in made.rows.members.items() if member in found)
                values = {b: cell.value for b, cell in zip(made.at.names, member.cells, strict=True) if cell.known}
                return made.explored.index(shape.explored), values
    return -1, {}


@pytest.mark.parametrize(("case", "order"), _cases())
def test_history(case: dict[str, Any], order: list[str]) -> None:
    if not case.get("model"):
        pytest.skip("the case states no model")
    for encoding in ENCODINGS:
        if encoding in case["model"]:
            _check_encoding(case, encoding, order)
    chain = case.get("shortest_breaking_chain")
    if chain and "without_fix" in case["model"]:
        _check_shortest(case, chain, order)


def _check_encoding(case: dict[str, Any], encoding: str, order: list[str]) -> None:
    made = case_study(case, encoding, order)
    model = made.model()
    differing = False
    for machine, source, destination, same, source_value, destination_value in case.get("expected", {}).get(encoding, []):
        row, values = _row(made, machine)
        differing |= same == "differ"
        if row < 0:  # one value in every build: no row of this machine type changes
            assert same == "same", (encoding, machine, source, destination)
            continue
        assert (values[source], values[destination]) == (str(source_value), str(destination_value))
        guest = Guest(model, row)
        assert guest.does("boot", build=source)
        arrived = guest.does("migrate", destination=destination)
        assert (arrived and guest.preserved) == (same == "same"), (encoding, machine, source, destination)
    answers = _explored(model).values()
    if case.get("expected", {}).get(encoding):
        assert any(answer.traces for answer in answers) == differing, encoding


def _explored(model: DeviceConfig) -> dict[str, Any]:
    asked = {
        "preserved": device_config_system.preserved(model),
        "migrates": device_config_system.migrates(model),
        "path independent": device_config_system.path_independent(model),
    }
    return dict(explore(model.system, always=asked, group_by=model.system["row"]).answers)


def _check_shortest(case: dict[str, Any], chain: list[str], order: list[str]) -> None:
    """The stated chain breaks, and the search finds none with fewer hops."""
    made = case_study(case, "without_fix", order)
    model = made.model()
    row, _ = _row(made, machine_of(chain))
    assert row >= 0, "the machine type of the chain has one value in every build"
    guest = Guest(model, row)
    assert guest.does("boot", build=version_in(chain[0]))
    broken = False
    for step in chain[1:]:
        broken |= not guest.does("migrate", destination=version_in(step)) or not guest.preserved
    assert broken
    traces = [answer.traces[row] for answer in _explored(model).values() if row in answer.traces]
    hops = min(sum(step.action.startswith("migrate") for step in trace.steps) for trace in traces)
    assert hops == len(chain) - 1


@pytest.mark.parametrize(("case", "chain"), _chain_cases())
def test_chain(case: dict[str, Any], chain: dict[str, Any]) -> None:
    model = _carried(case["model"])
    guest = Guest(model, 0)
    assert guest.does("boot", build=chain["steps"][0])
    arrived = True
    for step in chain["steps"][1:]:
        assert arrived, "the chain goes on after a failure"
        arrived = guest.does("guest_reset") if step == "reset" else guest.does("migrate", destination=step)
    assert arrived == (chain["expected"] == "ok")


def _carried(stated: dict[str, Any]) -> DeviceConfig:
    """A value that the stream carries, or that each process keeps to itself, as one row."""
    builds = sorted(stated["start_value"], key=version_key)
    sizes = sorted(set(stated["start_value"].values()))
    values = tuple(sizes.index(stated["start_value"][build]) for build in builds)
    limits = tuple(
        _limit(stated.get("accepts", {}).get(build, "any"), value, sizes)
        for build, value in zip(builds, values, strict=True)
    )
    carried = stated.get("stream_carries_value", True)
    return device_config(builds, [Shape(values, Kind.CARRIED if carried else Kind.SILENT, Breaks.NEITHER, limits)])


def _limit(accepts: str, own: int, sizes: list[int]) -> int:
    """The largest of the sizes that a build loads: ``any``, ``any <= N``, or ``<= own start value``."""
    bound = re.search(r"<=\s*(own|\d+)", accepts)
    if bound is None:
        return len(sizes) - 1
    if bound[1] == "own":
        return own
    return max((number for number, size in enumerate(sizes) if size <= int(bound[1])), default=-1)
