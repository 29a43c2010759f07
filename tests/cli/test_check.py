"""The main job from the command line, on small facts: verdicts, findings, files, exit codes, formats."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import networkx
import pytest

from hopcheck.cli import main_job
from hopcheck.engine.main_job import MainResult
from hopcheck.properties.errors import DisagreementError
from hopcheck.report.formats.encode import from_json, to_json

from .conftest import Hopcheck

ON_FACTS = ("check", "device_config", "--no-prove", "--quiet")


def test_new_findings_exit_1(hopcheck: Hopcheck, broken: Path) -> None:
    answer = hopcheck(*ON_FACTS, "--facts", broken)
    assert answer.code == 1
    assert answer.err == ""
    numbered = re.findall(r"^ +(\d+)  (\S+)  +(\w+), (\w+)$", answer.out, re.MULTILINE)
    assert numbered == [
        ("1", "toy-device.dead", "OPEN", "NEW"),
        ("2", "virtio-blk-device.num-queues", "OPEN", "NEW"),
        ("3", "toy-device.queues", "OPEN", "NEW"),
        ("4", "toy-device.late", "over", "NEW"),
    ]
    assert 'hw_compat_8_1: { "toy-device", "dead", "1" }' in answer.out
    assert "It is no proof about QEMU's C" in answer.out
    assert "4 findings are new. Exit code 1:" in answer.out
    assert max(map(len, answer.out.splitlines())) <= 80


def test_known_findings_exit_0(hopcheck: Hopcheck, broken: Path, tmp_path: Path) -> None:
    ids = [found.id for found in _report(hopcheck, broken).findings]
    baseline = tmp_path / "baseline.toml"
    baseline.write_text("".join(f'[[finding]]\nid = "{each}"\nreason = "of old"\n' for each in ids))
    answer = hopcheck(*ON_FACTS, "--facts", broken, "--baseline", baseline)
    assert answer.code == 0
    assert "Known, and over in the newest build (in full with --all):" in answer.out
    assert "  4  toy-device.late  off -> on in 8.1: late entry" in answer.out
    assert "all 4 findings in QEMU are known" in " ".join(answer.out.split())
    full = hopcheck(*ON_FACTS, "--facts", broken, "--baseline", baseline, "--all")
    assert "off again from 8.2 on" in full.out


def test_a_known_finding_that_is_gone_exits_1(hopcheck: Hopcheck, sound: Path, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.toml"
    baseline.write_text('[[finding]]\nid = "toy-device.gone: no entry @ 8.1"\nreason = "of old"\n')
    answer = hopcheck(*ON_FACTS, "--facts", sound, "--baseline", baseline)
    assert answer.code == 1
    assert "Known findings that were not found again" in answer.out


def test_vacuity_is_a_warning_or_an_error(hopcheck: Hopcheck, sound: Path) -> None:
    assert hopcheck(*ON_FACTS, "--facts", sound).code == 0
    answer = hopcheck(*ON_FACTS, "--facts", sound, "--vacuity", "error")
    assert answer.code == 4
    assert "vacuous: migrate_fails: the action never fires" in answer.out


def test_unknown_values_exit_3(hopcheck: Hopcheck, sound: Path, tmp_path: Path) -> None:
    document = json.loads(sound.read_bytes())
    for build in document["builds"]:
        build["types"]["toy-device"]["code_props"] = ["made-by-code"]
    facts = tmp_path / "unknown.json"
    facts.write_text(json.dumps(document))
    answer = hopcheck(*ON_FACTS, "--facts", facts)
    assert answer.code == 3
    assert "unknown" in answer.out
    assert (tmp_path / "out/check/unknown.tsv").read_text().splitlines()[1].startswith("toy-device.made-by-code\t8.0\t")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (DisagreementError("the search and the solvers disagree"), 70, "the engines disagree, so there is no verdict"),
        (RuntimeError("something broke"), 70, "internal error: RuntimeError: something broke; --debug shows"),
        (KeyboardInterrupt(), 3, "interrupted: nothing is concluded"),
    ],
)
def test_what_goes_wrong_inside(
    hopcheck: Hopcheck, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, said: str
) -> None:
    monkeypatch.setattr(main_job, "run", _raising(error))
    answer = hopcheck("check", "num_queues", "--quiet")
    assert (answer.code, answer.out) == (code, "")
    assert answer.err.strip().startswith(f"hopcheck: {said}")
    assert len(answer.err.strip().splitlines()) == 1
    assert not Path("out").exists()


def test_debug_shows_the_traceback(hopcheck: Hopcheck, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main_job, "run", _raising(RuntimeError("something broke")))
    answer = hopcheck("check", "num_queues", "--quiet", "--debug")
    assert answer.code == 70
    assert "Traceback" in answer.err


def _raising(error: BaseException) -> Callable[..., MainResult]:
    def run(**_: object) -> MainResult:
        raise error

    return run


def test_json_is_the_whole_report_and_comes_back(hopcheck: Hopcheck, broken: Path) -> None:
    answer = hopcheck(*ON_FACTS, "--facts", broken, "--format", "json")
    report = from_json(answer.out.encode())
    assert to_json(report).decode() == answer.out
    assert json.loads(answer.out)["schema"] == "hopcheck-report/1"
    assert report.exit_code == answer.code == 1
    assert [found.cause for found in report.findings] == ["dead driver", "array labelled older", "no entry", "late entry"]
    assert Path("out/check/report.json").read_text() == answer.out


def test_json_lines_tell_everything_as_it_happens(hopcheck: Hopcheck, broken: Path) -> None:
    answer = hopcheck(*ON_FACTS, "--facts", broken, "--format", "jsonl")
    events = [json.loads(line) for line in answer.out.splitlines()]
    assert events[0]["event"] == "began"
    assert [each["finding"]["number"] for each in events if each["event"] == "finding"] == [1, 2, 3, 4]
    assert {"progress", "checked", "done"} <= {each["event"] for each in events}
    assert events[-1]["event"] == "end"
    assert events[-1]["exit_code"] == answer.code


def test_files_of_a_finding(hopcheck: Hopcheck, broken: Path) -> None:
    hopcheck(*ON_FACTS, "--facts", broken)
    place = Path("out/check/findings/virtio-blk-device.num-queues-array-labelled-older-since-8.2")
    assert sorted(file.name for file in place.iterdir()) == [
        "counterexample.dot",
        "counterexample.itf.json",
        "counterexample.json",
        "counterexample.svg",
        "counterexample.txt",
        "neighbourhood.graphml",
    ]
    assert json.loads((place / "counterexample.json").read_text())["chain"][1]["diverges"] is True
    svg = ElementTree.parse(place / "counterexample.svg")
    texts = [element.text for element in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert "num-queues = 1" in texts
    assert "num-queues = 4" in texts
    graph = networkx.read_graphml(place / "neighbourhood.graphml")
    on_trace = [data["action"] for _, _, data in graph.edges(data=True) if data["on_trace"]]
    assert len(on_trace) == 2
    assert {"variable build", "variable guest", "distance"} <= set(graph.nodes["n0" if "n0" in graph else "0"])


def test_a_second_run_replaces_the_first(hopcheck: Hopcheck, broken: Path, sound: Path) -> None:
    hopcheck(*ON_FACTS, "--facts", broken)
    hopcheck(*ON_FACTS, "--facts", sound)
    assert not Path("out/check/findings").exists()
    assert [each.name for each in Path("out").iterdir()] == ["check"]


def test_progress_goes_to_standard_error(hopcheck: Hopcheck, sound: Path) -> None:
    answer = hopcheck("check", "device_config", "--no-prove", "--facts", sound)
    assert answer.err.startswith("hopcheck:    0 s  ")
    assert "\x1b" not in answer.err + answer.out


def _report(hopcheck: Hopcheck, facts: Path):  # type: ignore[no-untyped-def]
    return from_json(hopcheck(*ON_FACTS, "--facts", facts, "--format", "json").out.encode())
