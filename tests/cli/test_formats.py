"""Formats and files of reports from the command line, saved reports told again, and graphs of models."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import networkx
import pytest

from hopcheck.cli.options import FORMATS
from hopcheck.model.facts.load import dump
from hopcheck.model.importers.patch import unified
from hopcheck.model.importers.trees import Directory, Patched
from tests.synthetic import Device, Source, facts

from .conftest import Hopcheck

ON_FACTS = ("check", "device_config", "--no-prove", "--quiet")

Reads = Callable[[str], object]
READERS: dict[str, Reads] = {
    "text": lambda text: text.index("Findings in QEMU"),
    "json": json.loads,
    "jsonl": lambda text: [json.loads(line) for line in text.splitlines()],
    "junit": ElementTree.fromstring,
    "sarif": lambda text: json.loads(text)["runs"][0]["results"][0],
    "itf": lambda text: json.loads(text)[0]["states"][0],
    "markdown": lambda text: text.index("## ❌ hopcheck check"),
    "html": lambda text: text.index("<!DOCTYPE html>"),
}
"""How each format is read; what is no such document is an error."""


def test_every_format_is_told_from_one_run(hopcheck: Hopcheck, broken: Path) -> None:
    assert set(READERS) == set(FORMATS)
    wanted = [word for form in FORMATS for word in ("--report", f"{form}=a.{form}")]
    answer = hopcheck(*ON_FACTS, "--facts", broken, "--format", "junit", *wanted)
    assert (answer.code, answer.err) == (1, "")
    assert answer.out == Path("a.junit").read_text()
    for form, read in READERS.items():
        read(Path(f"a.{form}").read_text())
    assert sorted(path.name for path in Path().iterdir()) == sorted(["out", *(f"a.{form}" for form in FORMATS)])


@pytest.mark.parametrize("form", FORMATS)
def test_a_saved_report_is_told_in_every_format(hopcheck: Hopcheck, broken: Path, form: str) -> None:
    first = hopcheck(*ON_FACTS, "--facts", broken, "--format", form, "--all")
    again = hopcheck("report", "out/check/report.json", "--format", form, "--all")
    assert again.code == first.code == 1
    READERS[form](again.out)
    if form == "json":
        assert again.out == first.out
    if form == "itf":
        assert [each["states"] for each in json.loads(again.out)] == [each["states"] for each in json.loads(first.out)]


def test_what_a_change_brings_is_told_where_it_is(hopcheck: Hopcheck, sound: Path) -> None:
    Path("change.toml").write_text(
        'build = "8.3"\nmachine = "8.3"\n[[default]]\ndriver = "virtio-blk-device"\nproperty = "num-queues"\nvalue = 8\n'
    )
    answer = hopcheck("prove", "change.toml", "--facts", sound, "--quiet", "--format", "sarif", "--report", "markdown=a.md")
    run = json.loads(answer.out)["runs"][0]
    new = [each for each in run["results"] if each["ruleId"] == "HOP001"]
    assert [each["baselineState"] for each in new] == ["new"]
    assert run["invocations"][0]["exitCode"] == answer.code == 1
    assert 'hw_compat_8_2: { "virtio-blk-device", "num-queues", "1" }' in Path("a.md").read_text()


def test_a_misplaced_entry_of_a_patch_is_told_at_its_line(
    hopcheck: Hopcheck, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    released = Source("5.0.0", ("5.0",), {}, {"toy-device": Device(props={"queues": 1})})
    between = replace(released, version="5.1.0", machines=("5.0", "5.1"), entries={"5.0": ()})
    before = replace(between, version="5.1.50", machines=("5.0", "5.1", "5.2"), entries={"5.0": (), "5.1": ()})
    after = before.with_default("toy-device", "queues", 4).with_entry("5.0", "toy-device", "queues", "1")
    dump(facts(tmp_path / "known", _5_0=released, _5_1=between), tmp_path / "facts.json")
    tree = Directory(before.write(Path("tree")))
    old, new = before.files(), after.files()
    changes = {path: text for path, text in new.items() if old.get(path) != text}
    Path("x.patch").write_text(unified(tree, Patched(tree, changes, "")))
    asked = ("prove", "x.patch", "--tree", "tree", "--facts", tmp_path / "facts.json", "--quiet", "--format", "sarif")
    answer = hopcheck(*asked)
    assert answer.code == 1, answer.err
    (found,) = (each for each in json.loads(answer.out)["runs"][0]["results"] if each["ruleId"] == "HOP003")
    place = found["locations"][0]["physicalLocation"]
    text = new[place["artifactLocation"]["uri"]].decode().splitlines()
    assert "toy-device" in text[place["region"]["startLine"] - 1]


def test_a_diff_is_told_in_formats(hopcheck: Hopcheck, broken: Path) -> None:
    asked = ("diff", "8.0", "8.1", "--facts", broken, "--quiet", "--format", "sarif")
    answer = hopcheck(*asked, "--report", "junit=a.xml", "--report", "markdown=a.md")
    assert answer.code == 1
    results = json.loads(answer.out)["runs"][0]["results"]
    assert {"8.1 in the place of 8.0, between the two", "8.1 in the place of 8.0, pairs"} <= {
        each["properties"]["suite"] for each in results
    }
    failed = [case.get("name") for case in ElementTree.parse("a.xml").iter("testcase") if case.find("failure") is not None]
    assert "toy-device.queues: worse" in failed
    assert "toy-device.queues" in Path("a.md").read_text()


def test_a_repair_is_told_in_formats(hopcheck: Hopcheck, sound: Path) -> None:
    Path("change.toml").write_text(
        'build = "8.3"\nmachine = "8.3"\n[[default]]\ndriver = "virtio-blk-device"\nproperty = "num-queues"\nvalue = 8\n'
    )
    asked = ("repair", "change.toml", "--facts", sound, "--quiet")
    answer = hopcheck(*asked, "--format", "markdown", "--report", "junit=a.xml", "--report", "json=a.json")
    assert answer.code == 0
    assert answer.out.startswith("## ✅ hopcheck repair")
    assert ElementTree.parse("a.xml").getroot().tag == "testsuites"
    again = hopcheck("report", "a.json", "--format", "sarif")
    assert (again.code, json.loads(again.out)["runs"][0]["properties"]["ending"]) == (0, "repaired")
    refused = hopcheck(*asked, "--report", "html=a.html")
    assert refused.code == 2
    assert "a.html: cannot be told as html; write one of text, json" in refused.err
    assert not Path("a.html").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--report", "sarif"), "names no file: write FORMAT=FILE"),
        (("--report", "pdf=a.pdf"), "there is no format 'pdf': write one of text, json"),
        (("--report", "json=a", "--report", "sarif=a"), "--report names a twice"),
        (("--report", "json=no/such/a.json"), "its folder is not there"),
        (("--report", "json=."), "it is a folder"),
    ],
)
def test_a_file_that_cannot_be_is_told_before_the_run(
    hopcheck: Hopcheck, broken: Path, words: tuple[str, ...], said: str
) -> None:
    answer = hopcheck(*ON_FACTS, "--facts", broken, *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is no report"),
        (b"[" * 100_000, "is no report"),
        (b"\xff\xfe", "is no report"),
        (b'{"schema": "hopcheck-report/9"}', "its schema is 'hopcheck-report/9'"),
        (b'{"schema": "hopcheck-report/1"}', "missing required field"),
    ],
)
def test_what_is_no_report(hopcheck: Hopcheck, text: bytes, said: str) -> None:
    Path("a.json").write_bytes(text)
    answer = hopcheck("report", "a.json")
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert len(answer.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"exit_code": 9}, "there is no exit code 9"),
        ({"cause": "bad luck"}, "there is no cause 'bad luck'"),
        ({"chain": []}, "has no chain"),
        ({"mismatch": {"kind": "odd", "breaks": "both", "evidence": ""}}, "there is no mismatch 'odd'"),
        ({"outcome": "fine"}, "'fine'"),
    ],
)
def test_a_report_whose_parts_do_not_fit(hopcheck: Hopcheck, broken: Path, change: dict[str, object], said: str) -> None:
    hopcheck(*ON_FACTS, "--facts", broken)
    report = json.loads(Path("out/check/report.json").read_text())
    for place in (report, report["models"][0]["findings"][0], report["models"][0]["properties"][0]):
        place |= {name: value for name, value in change.items() if name in place}
    Path("a.json").write_text(json.dumps(report))
    answer = hopcheck("report", "a.json")
    assert answer.code == 2
    assert said in answer.err


def test_what_searches_met_is_told(hopcheck: Hopcheck, broken: Path) -> None:
    answer = hopcheck(*ON_FACTS, "--facts", broken)
    assert "What the searches met" in answer.out
    report = json.loads(Path("out/check/report.json").read_text())
    searches = report["models"][0]["searches"]
    assert [each["variant"] for each in searches] == ["", "no power cycle"]
    assert searches[0]["actions"]["boot"] > 0
    assert "power_off" in searches[0]["actions"]
    assert "power_off" not in searches[1]["actions"] or searches[1]["actions"]["power_off"] == 0


def test_vacuity_is_an_error_on_libvirt_models_too(hopcheck: Hopcheck) -> None:
    assert hopcheck("check", "cookies", "--no-prove", "--quiet", "--vacuity", "error").code == 0
    asked = ("check", "bitmaps", "--no-prove", "--quiet", "--set", "policy=old")
    warned = hopcheck(*asked)
    assert "never fires" in " ".join(warned.out.split())
    answer = hopcheck(*asked, "--vacuity", "error")
    assert (warned.code, answer.code) == (0, 4)


RUN = ("graph", "protocol", "--quiet", "--property", "AT_MOST_ONE", "--set", "fence=none")


def test_a_run_of_a_model_is_drawn(hopcheck: Hopcheck) -> None:
    assert hopcheck(*RUN).out.startswith("digraph trace {")
    calls = hopcheck(*RUN, "--format", "svg").out
    assert "destination daemon" in [element.text for element in ElementTree.fromstring(calls).iter()]


def test_the_states_around_a_run_are_drawn_small(hopcheck: Hopcheck) -> None:
    large = hopcheck(*RUN, "--around", "2")
    assert (large.code, large.out) == (2, "")
    assert "nodes" in large.err
    assert "--by with a few variables" in large.err
    small = hopcheck(*RUN, "--by", "phase_src,phase_dst")
    assert small.code == 0
    assert "as 14 nodes" in small.out
    folded = hopcheck(*RUN, "--around", "0")
    assert "(11 steps)" in folded.out
    whole = hopcheck(*RUN, "--around", "0", "--no-fold")
    assert "steps)" not in whole.out
    graph = networkx.parse_graphml(hopcheck(*RUN, "--by", "src,dst", "--format", "graphml").out)
    assert {"states", "variable src", "variable dst"} <= set(graph.nodes["0"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("graph", "protocol"), "name what one is to show: --property with one of AT_MOST_ONE_RUNNING"),
        (("graph", "protocol", "--property", "NOTHING"), "protocol has no property 'NOTHING'"),
        (("graph", "protocol", "--property", "N"), "may mean 3 properties"),
        (("graph", "fleet", "--property", "settles"), "settles is safe (2 machines): no run shows it"),
        (("graph", "device_config", "--property", "preserved"), "device_config is drawn by its findings"),
        (("graph", "nonsense", "--property", "x"), "'nonsense' is no model"),
        ((*RUN, "--by", ","), "names no variable"),
        ((*RUN, "--by", "colour"), "'colour' is no variable of protocol"),
    ],
)
def test_what_cannot_be_drawn(hopcheck: Hopcheck, words: tuple[str, ...], said: str) -> None:
    answer = hopcheck(*words, "--quiet") if "--quiet" not in words else hopcheck(*words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert len(answer.err.strip().splitlines()) == 1
