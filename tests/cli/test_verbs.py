"""The verbs beside the main job."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from hopcheck.cli import doctor_job, self_check
from hopcheck.report.formats.encode import from_json

from .conftest import SOURCES, Hopcheck

CHANGE = 'build = "8.3"\nmachine = "8.3"\n[[default]]\ndriver = "virtio-blk-device"\nproperty = "num-queues"\nvalue = 8\n'
ENTRY = '[[entry]]\narray = "hw_compat_8_2"\ndriver = "virtio-blk-device"\nproperty = "num-queues"\nvalue = 1\n'


def test_an_unsafe_change(hopcheck: Hopcheck, sound: Path) -> None:
    Path("change.toml").write_text(CHANGE)
    answer = hopcheck("prove", "change.toml", "--facts", sound, "--quiet")
    assert answer.code == 1
    assert "the default of virtio-blk-device.num-queues changes from 1 to 8" in answer.out
    assert 'missing   hw_compat_8_2: { "virtio-blk-device", "num-queues", "1" }' in answer.out
    assert "UNSAFE: the change brings 1 new finding" in answer.out
    assert list(Path("out/prove/findings").iterdir())


def test_a_safe_change(hopcheck: Hopcheck, sound: Path) -> None:
    Path("change.toml").write_text(CHANGE + ENTRY)
    answer = hopcheck("prove", "change.toml", "--facts", sound, "--quiet", "--format", "json")
    report = from_json(answer.out.encode())
    assert answer.code == report.exit_code == 0
    assert report.meaning.startswith("SAFE")
    assert report.change is not None
    assert report.change.brings == ()
    assert {prop.judgement for prop in report.properties} == {"as expected"}


def test_explaining_a_finding(hopcheck: Hopcheck, broken: Path) -> None:
    answer = hopcheck("explain", "toy-device.late", "--facts", broken, "--quiet")
    assert answer.code == 0
    text = " ".join(answer.out.split())
    assert "toy-device.late: late entry @ 8.1" in text
    assert "2 migrate 8.1 on . . <- differs" in text
    assert "8.2 off (entry in hw_compat_8_0 on toy-device)" in text
    assert 'hw_compat_8_0: { "toy-device", "late", "off" } in 8.2; pc-q35-8.0 applies it in 8.2' in text


def test_a_finding_by_its_number_and_by_its_slug(hopcheck: Hopcheck, broken: Path) -> None:
    by_number = hopcheck("explain", "4", "--facts", broken, "--quiet")
    by_slug = hopcheck("explain", "toy-device.late-late-entry-since-8.1", "--facts", broken, "--quiet")
    assert by_number.out == by_slug.out


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ((), "Causes of findings"),
        (("late-entry",), "The entry came in a later release than the change."),
        (("silent",), "The load succeeds"),
        (("num_queues",), "Variant: no entry, any hops"),
        (("device_config",), "no island: From every build"),
        (("compatibility-theorem",), "on the premises: entry, label"),
    ],
)
def test_explaining_words_and_models(hopcheck: Hopcheck, what: tuple[str, ...], said: str) -> None:
    answer = hopcheck("explain", *what)
    assert (answer.code, answer.err) == (0, "")
    assert said in " ".join(answer.out.split())
    assert max(map(len, answer.out.splitlines())) <= 80


def test_drawing_a_finding(hopcheck: Hopcheck, broken: Path) -> None:
    named = ("graph", "toy-device.queues", "--facts", broken, "--quiet")
    assert hopcheck(*named).out.startswith("// toy-device.queues: no entry @ 8.1\ndigraph chain {")
    svg = hopcheck(*named, "--format", "svg")
    assert "queues = 2" in [element.text for element in ElementTree.fromstring(svg.out).iter()]
    assert hopcheck(*named, "--format", "graphml").out.startswith("<?xml")
    assert hopcheck(*named, "--format", "png", "--output", "a.png").code == 0
    assert Path("a.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in Path().iterdir()) == ["a.png"]


ASKED = ("protocol.unread-cookie", "--quiet")


def test_explaining_what_a_present_release_violates(hopcheck: Hopcheck) -> None:
    answer = hopcheck("explain", *ASKED)
    assert answer.code == 0
    text = " ".join(answer.out.split())
    assert text.startswith("protocol.unread-cookie-resumes-the-source A Confirm(0) that fails ends the job like any failure")
    assert "also NEVER_BOTH_IMAGES_ACTIVE, RETRY_POSSIBLE" in text
    assert "libvirt 11.3 with QEMU 10.0 and 11.1" in text
    assert "--set confirm_error=true" in text
    assert " 12 confirm_error " in text
    assert max(map(len, answer.out.splitlines())) <= 80


def test_drawing_what_a_present_release_violates(hopcheck: Hopcheck) -> None:
    lanes = [element.text for element in ElementTree.fromstring(hopcheck("graph", *ASKED, "--format", "svg").out).iter()]
    assert "destination daemon" in lanes
    assert hopcheck("graph", *ASKED).out.startswith("digraph trace {")
    assert hopcheck("graph", *ASKED, "--format", "graphml").out.startswith("<?xml")
    states = hopcheck("graph", "cookies.lockstate-always-mandatory", "--quiet", "--format", "svg")
    assert "MANDATORY_ONLY_IF_NEEDED" in [element.text for element in ElementTree.fromstring(states.out).iter()]


def test_a_beginning_that_several_violations_have(hopcheck: Hopcheck) -> None:
    answer = hopcheck("explain", "protocol.two-generals")
    assert answer.code == 2
    assert "may mean 2 findings" in answer.err


def test_violations_are_told_after_the_verdicts_and_in_json(hopcheck: Hopcheck) -> None:
    answer = hopcheck("check", "cookies", "--no-prove", "--quiet")
    assert answer.code == 0
    assert "Findings in present releases, as the models show them" in answer.out
    assert re.search(r"^  cookies\.lock-managers-not-compared +2 steps$", answer.out, re.MULTILINE)
    place = Path("out/check/findings/cookies.lock-managers-not-compared")
    assert json.loads((place / "counterexample.json").read_text())["rule"] == "model/domain/cookies/calls.py"
    report = from_json(Path("out/check/report.json").read_bytes())
    assert {each.id for each in report.violations} >= {"cookies.lock-managers-not-compared", "cookies.persistent-lost"}
    assert all(each.known for each in report.violations)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("bitmaps", "--policy", "nothing"), "policy cannot be 'nothing'"),
        (("storage", "--policy", "mapping"), "--policy is for bitmaps"),
        (("bitmaps", "--policy", "old", "--set", "policy=mapping"), "the policy is set twice"),
    ],
)
def test_a_policy_that_cannot_be(hopcheck: Hopcheck, arguments: tuple[str, ...], said: str) -> None:
    answer = hopcheck("explain", *arguments)
    assert answer.code == 2
    assert said in answer.err


def test_a_policy_by_its_own_option(hopcheck: Hopcheck) -> None:
    assert hopcheck("explain", "bitmaps", "--policy", "old").out == hopcheck("explain", "bitmaps", "--set", "policy=old").out


def test_models(hopcheck: Hopcheck) -> None:
    listed = json.loads(hopcheck("models", "--format", "json").out)
    assert [each["name"] for each in listed][-1] == "device_config"
    assert all(each["name"] in hopcheck("models").out for each in listed)


def test_the_doctor_says_what_works(hopcheck: Hopcheck, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {"python": self_check.python, "facts": self_check.facts, "pictures": self_check.pictures}
    monkeypatch.setattr(doctor_job.doctor, "__defaults__", (parts,))
    answer = hopcheck("doctor")
    assert answer.code == 0
    assert answer.out.endswith("Everything works. Exit code 0.\n")
    assert "sha256" in answer.out


def test_the_doctor_says_what_does_not(hopcheck: Hopcheck, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise self_check.BrokenError("two solvers, three answers")

    monkeypatch.setattr(doctor_job.doctor, "__defaults__", ({"solvers": broken, "python": self_check.python},))
    answer = hopcheck("doctor")
    assert answer.code == 70
    assert "BROKEN" in answer.out
    assert "two solvers, three answers" in answer.out
    assert "ok" in answer.out


def test_solvers_and_provers_work() -> None:
    assert "agree" in self_check.solvers()
    assert "Spacer" in self_check.provers()


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hopcheck", "explain"]
    environment = {**os.environ, "PYTHONPATH": SOURCES}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environment) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


def test_colour_only_on_a_terminal_that_wants_it(tmp_path: Path) -> None:
    assert b"\x1b[" in _on_a_terminal(tmp_path, {})
    assert b"\x1b[" not in _on_a_terminal(tmp_path, {"NO_COLOR": "1"})
    assert b"\x1b[" not in _on_a_terminal(tmp_path, {"TERM": "dumb"})


def _on_a_terminal(folder: Path, environment: dict[str, str]) -> bytes:
    """What ``hopcheck models`` writes to a pseudo terminal."""
    master, slave = os.openpty()
    whole = {**os.environ, "TERM": "xterm", "PYTHONPATH": SOURCES, **environment}
    if "NO_COLOR" not in environment:
        whole.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "hopcheck", "models"]
    subprocess.run(command, stdout=slave, stderr=slave, cwd=folder, env=whole, check=True)
    os.close(slave)
    text = os.read(master, 1 << 16)
    os.close(master)
    return text
