"""Models that are set larger, and searches that are stopped and go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Hopcheck

FLEET = ("check", "fleet", "--no-prove", "--set", "vms=3")


def test_a_model_is_checked_as_set(hopcheck: Hopcheck) -> None:
    run = hopcheck(*FLEET, "--set", "in_flight=1")
    assert run.code == 0
    assert "fleet, 3 machines" in run.out


def test_a_search_that_was_stopped_goes_on(hopcheck: Hopcheck, tmp_path: Path) -> None:
    stopped = hopcheck(*FLEET, "--timeout", "0.000001", "--out-dir", str(tmp_path))
    assert stopped.code == 3
    assert "--resume goes on" in stopped.out
    assert (tmp_path / "checkpoints" / "fleet-3-machines" / "checkpoint.json").exists()
    done = hopcheck(*FLEET, "--resume", "--out-dir", str(tmp_path))
    assert done.code == 0
    assert "571,936 states, 2,050,448 transitions, depth 42" in done.out
    assert not (tmp_path / "checkpoints" / "fleet-3-machines").exists()


def test_another_search_is_not_resumed(hopcheck: Hopcheck, tmp_path: Path) -> None:
    hopcheck(*FLEET, "--timeout", "0.000001", "--out-dir", str(tmp_path))
    run = hopcheck(*FLEET, "--resume", "--set", "in_flight=1", "--out-dir", str(tmp_path))
    assert run.code == 2
    assert "this checkpoint is of model" in run.err


def test_symmetry(hopcheck: Hopcheck) -> None:
    run = hopcheck(*FLEET, "--symmetry")
    assert run.code == 0
    assert "100,400 states" in run.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--set", "vms=99"), "vms cannot be '99'; write a whole number from 1 to 10"),
        (("--set", "vm=3"), "did you mean 'vms'?"),
        (("--set", "vms"), "sets nothing"),
        (("--set", "vms=3", "--set", "vms=4"), "sets 'vms' twice"),
        (("--memory", "lots"), "is no size"),
        (("--memory", "1M"), "of memory are too little"),
    ],
)
def test_what_cannot_be_set(hopcheck: Hopcheck, arguments: tuple[str, ...], said: str) -> None:
    given = arguments if "--set" in arguments else ("--set", "vms=4", *arguments)
    run = hopcheck("check", "fleet", "--no-prove", "--quiet", *given)
    assert run.code == 2
    assert said in run.err


def test_settings_are_those_of_one_model(hopcheck: Hopcheck) -> None:
    run = hopcheck("check", "--set", "vms=3")
    assert run.code == 2
    assert "name one model with --set" in run.err
    run = hopcheck("check", "device_config", "--set", "vms=3")
    assert run.code == 2
    assert "has no settings" in run.err


def test_settings_are_listed(hopcheck: Hopcheck) -> None:
    run = hopcheck("models", "fleet")
    assert run.code == 0
    assert "vms" in run.out
    assert "(default: 2)" in run.out
