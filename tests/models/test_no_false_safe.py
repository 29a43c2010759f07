"""No false safe: what real QEMU binaries refused or changed is never predicted safe."""

from __future__ import annotations

import gzip
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hopcheck.model.domain.device_config.predict import Outlook, Predictor, predictor
from hopcheck.model.domain.device_config.study import Study
from hopcheck.model.facts.notation import canonical

DATA = Path(__file__).parent / "data"
RUNS = json.loads((DATA / "qemu-runs.json").read_text(encoding="utf-8"))
MISMATCHES = json.loads(gzip.decompress((DATA / "qemu-mismatch-7.2.json.gz").read_bytes()))

BUILDS = {"5.2": "5.2.0-debian", "7.2": "7.2.22", "10.0": "10.0.13", "11.1": "11.1.3"}
CPUS = {"cpu-max": "max-x86_64-cpu", "cpu-EPYC": "EPYC-x86_64-cpu"}

Row = tuple[str, str, Outlook]
"""What was run, what happened (ok, differs, fails), what is predicted."""


@pytest.fixture(scope="module")
def asked(bundled_study: Study) -> Predictor:
    return predictor(bundled_study.at)


def _migrations(asked: Predictor) -> Iterator[Row]:
    for machine, device, source, destination, result, _ in RUNS["migration_runs"]:
        if device != "none":
            type_ = CPUS.get(device, device)
            found = asked.migration(machine, [type_], BUILDS[source], BUILDS[destination])
            happened = "ok" if result == "ok" else "fails"
            yield f"{machine} {device} {source} -> {destination}", happened, found.outlook


def _overrides(asked: Predictor) -> Iterator[Row]:
    for driver, prop, legacy, forward, backward, _ in RUNS["override_runs"]:
        for upwards, result in ((True, forward), (False, backward)):
            if result in ("ok", "FAIL"):
                found = asked.override("11.1.3", driver, prop, legacy, "default", forward=upwards)
                happened = "ok" if result == "ok" else "fails"
                yield f"{driver}.{prop}={legacy} {'forward' if upwards else 'back'}", happened, found.outlook


def _mismatches(asked: Predictor) -> Iterator[Row]:
    """Runs of 7.2 with one difference that is a device property of a type."""
    for run in MISMATCHES:
        happened = {"ok": "ok", "ok-differs": "differs", "failed": "fails", "dst-refused": "fails"}.get(run["class"])
        difference = _difference(run)
        if happened is None or difference is None:
            continue
        device, prop, source, destination = difference
        if canonical("STRING", source) == canonical("STRING", destination):
            continue
        # Whichever value is the older one, a safe prediction must hold both ways.
        outlooks = [
            asked.override("7.2.22", device, prop, source, destination, forward=forward).outlook for forward in (True, False)
        ]
        yield run["id"], happened, Outlook.SAFE if Outlook.SAFE in outlooks else outlooks[0]


def _difference(run: dict[str, Any]) -> tuple[str, str, str, str] | None:
    """The one device property in which the two command lines differ; None where they differ otherwise."""
    source, destination = run["src"], {**run["src"], **run["steps"][0].get("dst", {})}
    found = []
    for option, other in zip(source.get("dev") or [], destination.get("dev") or [], strict=False):
        one, two = _options(option), _options(other)
        if one[""] != two[""]:
            return None
        keys = [key for key in one.keys() | two.keys() if one.get(key) != two.get(key)]
        found += [(one[""], key, one.get(key, "default"), two.get(key, "default")) for key in keys]
    if len(source.get("dev") or []) != len(destination.get("dev") or []):
        return None
    extra = [_globals(side.get("extra") or []) for side in (source, destination)]
    for name in extra[0].keys() | extra[1].keys():
        device, _, prop = name.partition(".")
        found.append((device, prop, extra[0].get(name, "default"), extra[1].get(name, "default")))
    return found[0] if len(found) == 1 and found[0][1] not in ("id", "addr", "drive", "bus", "port") else None


def _options(text: str) -> dict[str, str]:
    first, *rest = text.split(",")
    return {"": first, **dict(part.partition("=")[::2] for part in rest)}


def _globals(extra: list[str]) -> dict[str, str]:
    pairs = itertools.pairwise(extra)
    return dict(re.split(r"=", value, maxsplit=1) for option, value in pairs if option == "-global")  # type: ignore[misc]


def _table(found: list[Row]) -> list[str]:
    """The confusion table: what happened, against what is predicted."""
    counts = Counter((happened, outlook) for _, happened, outlook in found)
    head = f"{'':<14}" + "".join(f"{f'predicted {outlook}':>20}" for outlook in Outlook)
    lines = [
        f"{f'was {happened}':<14}" + "".join(f"{counts[happened, outlook]:>20}" for outlook in Outlook)
        for happened in ("ok", "differs", "fails")
    ]
    return [head, *lines]


@pytest.mark.parametrize("rows", [_migrations, _overrides, _mismatches], ids=["migrations", "overrides", "mismatches"])
def test_no_false_safe(rows: Any, asked: Predictor, record_property: Any) -> None:
    found = list(rows(asked))
    record_property("confusion", _table(found))
    assert found
    assert [row for row in found if row[1] != "ok" and row[2] is Outlook.SAFE] == []


def test_the_failed_migrations_are_predicted_to_fail(asked: Predictor) -> None:
    failed = [row for row in _migrations(asked) if row[1] == "fails"]
    assert len(failed) == 14
    assert {row[2] for row in failed} == {Outlook.FAILS}


def test_the_table_is_not_all_unknown(asked: Predictor) -> None:
    """A predictor that knows nothing would pass the test above."""
    outlooks = Counter(row[2] for row in _migrations(asked) if row[1] == "ok")
    assert outlooks[Outlook.SAFE] > 0
    assert outlooks[Outlook.FAILS] == 0


def test_recorded_chains(bundled_study: Study) -> None:
    """Chains with a guest reset, as the binaries ran them."""
    from .test_qemu_history import Guest

    behaviour = next(
        member
        for members in bundled_study.rows.members.values()
        for member in members
        if member.subject.prop == "virtqueue size" and "pc-q35-7.2" in member.machines
    )
    shape = next(shape for shape, members in bundled_study.rows.members.items() if behaviour in members)
    model = bundled_study.model(only=(shape.explored,))
    for run in RUNS["chain_runs"]:
        guest = Guest(model, 0)
        assert guest.does("boot", build=BUILDS[run["steps"][0]])
        for step, log in zip(run["steps"][1:], run["log"][1:], strict=True):
            moved = guest.does("guest_reset") if step == "reset" else guest.does("migrate", destination=BUILDS[step])
            assert moved == ("FAIL" not in log), (run["steps"], step)
