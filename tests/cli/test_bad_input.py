"""Whatever is wrong with what the user gives: one clear line, exit code 2, and nothing written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .conftest import Hopcheck


def _refused(hopcheck: Hopcheck, *arguments: str | Path) -> str:
    before = sorted(Path().rglob("*"))
    answer = hopcheck(*arguments)
    assert answer.code == 2, answer
    assert answer.out == ""
    lines = [line for line in answer.err.splitlines() if " s  " not in line]
    assert len(lines) == 1, answer.err
    assert lines[0].startswith("hopcheck: ")
    assert sorted(Path().rglob("*")) == before
    told, code = re.fullmatch(r"hopcheck: (.*) \[(HOP1\d\d)\]", lines[0]).groups()  # type: ignore[union-attr]
    assert code
    return told


def test_unknown_verb(hopcheck: Hopcheck) -> None:
    assert _refused(hopcheck, "chek") == "there is no verb 'chek', did you mean 'check'?; see hopcheck --help"


def test_unknown_option(hopcheck: Hopcheck) -> None:
    assert "--fomat" in _refused(hopcheck, "check", "--fomat", "json")


def test_unknown_format(hopcheck: Hopcheck) -> None:
    assert _refused(hopcheck, "check", "--format", "yaml").endswith("see hopcheck check --help")


def test_unknown_model(hopcheck: Hopcheck) -> None:
    assert _refused(hopcheck, "check", "num_queue").startswith("there is no model 'num_queue'; write one of 'num_queues'")


def test_facts_that_are_not_there(hopcheck: Hopcheck) -> None:
    text = _refused(hopcheck, "check", "device_config", "--facts", "nowhere.json")
    assert text == "nowhere.json: cannot be read (No such file or directory); give a readable facts file"


def test_facts_that_are_not_json(hopcheck: Hopcheck) -> None:
    Path("facts.json").write_text('{"schema":\n  oops}')
    assert _refused(hopcheck, "check", "device_config", "--facts", "facts.json").startswith("facts.json:2: is not JSON")


def test_a_baseline_that_is_not_toml(hopcheck: Hopcheck, sound: Path) -> None:
    Path("baseline.toml").write_text("[[finding]\n")
    text = _refused(hopcheck, "check", "device_config", "--facts", sound, "--baseline", "baseline.toml")
    assert text.startswith("baseline.toml: this is not TOML")


def test_a_change_that_is_not_toml(hopcheck: Hopcheck) -> None:
    Path("change.toml").write_text('build = "11.2"\n[[default]\n')
    assert _refused(hopcheck, "prove", "change.toml", "--quiet").startswith("change.toml:2: is not TOML")


def test_a_change_of_what_is_not_there(hopcheck: Hopcheck, sound: Path) -> None:
    Path("change.toml").write_text('build = "8.3"\n[[default]]\ndriver = "toy-devise"\nproperty = "queues"\nvalue = 3\n')
    text = _refused(hopcheck, "prove", "change.toml", "--facts", sound, "--quiet")
    assert text == "change.toml:3: there is no driver 'toy-devise'; did you mean 'toy-device'?"


def test_a_change_that_is_not_there(hopcheck: Hopcheck) -> None:
    assert _refused(hopcheck, "prove", "nowhere.toml", "--quiet").startswith("nowhere.toml: cannot be read")


def test_prove_without_a_file(hopcheck: Hopcheck) -> None:
    assert _refused(hopcheck, "prove") == "missing argument 'CHANGE'; see hopcheck prove --help"


@pytest.mark.parametrize("verb", [("check", "num_queues"), ("prove", "change.toml")])
def test_an_out_dir_that_cannot_be_written(hopcheck: Hopcheck, verb: tuple[str, ...]) -> None:
    Path("file").write_text("not a folder")
    text = _refused(hopcheck, *verb, "--out-dir", "file/out")
    assert text.endswith("file: is no folder; give a folder that can be written with --out-dir")


def test_a_folder_of_somebody_else_is_not_replaced(hopcheck: Hopcheck) -> None:
    Path("out/check").mkdir(parents=True)
    Path("out/check/precious").write_text("mine")
    text = _refused(hopcheck, "check", "num_queues")
    assert text.startswith("out/check: is there already and was not written by hopcheck")


@pytest.mark.parametrize("verb", ["explain", "graph"])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("toy-device.queue", None),
        ("toy-devise.queues", "there is no finding 'toy-devise.queues'; did you mean 'toy-device.queues'?"),
        ("99", "there is no finding 99; the list has 4: write 1 to 4"),
        ("toy-device", "'toy-device' may mean 3 findings; write more of one of: "),
        ("nothing-like-it", "there is no finding 'nothing-like-it'; "),
    ],
)
def test_findings_are_found_or_not(hopcheck: Hopcheck, broken: Path, verb: str, name: str, said: str | None) -> None:
    if said is None:
        assert hopcheck(verb, name, "--facts", broken, "--quiet").code == 0
    else:
        assert _refused(hopcheck, verb, name, "--facts", broken, "--quiet").startswith(said)


def test_a_picture_into_a_folder_that_is_not_there(hopcheck: Hopcheck, broken: Path) -> None:
    text = _refused(hopcheck, "graph", "toy-device.queues", "--facts", broken, "--output", "nowhere/a.svg", "--quiet")
    assert text.endswith("nowhere: is no folder; give another file with --output")
