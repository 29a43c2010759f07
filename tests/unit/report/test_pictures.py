"""Pictures and graphs: valid, complete, and drawn without a system package."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import networkx
import pytest

from hopcheck.model.language import Bool, Enum, Range, SystemBuilder, Trace, becomes, initial_states, successors
from hopcheck.report.pictures import render as rendering
from hopcheck.report.pictures.chain import chain_dot
from hopcheck.report.pictures.neighbourhood import graphml, neighbourhood
from hopcheck.report.pictures.render import NoPicturesError, render
from hopcheck.report.pictures.strip import strip
from hopcheck.report.pictures.trace import trace_dot
from hopcheck.report.schema.report import BuildValue, FindingReport, PropertyReport

_TEXT = "{http://www.w3.org/2000/svg}text"


def _texts(svg: bytes) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(_TEXT)]


@pytest.fixture(autouse=True)
def _no_system_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """No program of the system can be found, such as another Graphviz."""
    monkeypatch.setenv("PATH", "/nowhere")


def test_chains_are_drawn_with_their_values(silent: FindingReport, failing: FindingReport) -> None:
    first, second = render([(chain_dot(silent), "svg"), (chain_dot(failing), "svg")])
    assert {"QEMU 8.0", "queues = 1", "queues = <auto>", "the guest has seen 1", "powered on with 1"} <= set(_texts(first))
    assert {
        "boot",
        "migrate",
        "guest reset",
        "no entry since 8.1, still open; mismatch: silent; on pc-q35-8.0 and 2 more",
    } <= set(_texts(first))
    assert {'serial = ""', "serial = 42", "migrate fails", "load error", "the guest runs nowhere"} <= set(_texts(second))
    assert "stroke-dasharray" in second.decode()
    assert "#c81e1e" in first.decode()


def test_a_trace_is_drawn(unsafe: PropertyReport) -> None:
    assert unsafe.trace is not None
    (svg,) = render([(trace_dot(unsafe, unsafe.trace), "svg")])
    assert {"at the start", "migrate(destination=8.1)", "violated here", "nothing changes"} <= set(_texts(svg))


def test_png(silent: FindingReport) -> None:
    (png,) = render([(chain_dot(silent), "png")])
    assert png.startswith(b"\x89PNG\r\n")


@pytest.mark.parametrize("value", ['"quotes"', "a & b < c", "", "line\nbreak", "\\N", "ü"])
def test_any_value_can_be_drawn(silent: FindingReport, value: str) -> None:
    chain = (silent.chain[0], replace(silent.chain[1], value=value))
    values = (*silent.values[:2], replace(silent.values[2], value=value))
    (svg,) = render([(chain_dot(replace(silent, prop=value or "p", chain=chain, values=values)), "svg")])
    ElementTree.fromstring(svg)


def test_many_builds_go_on_a_second_strip() -> None:
    values = [BuildValue(f"{number}.0", str(number // 20), True, "stated", "") for number in range(60)]
    assert strip(values, "title", {"3.0"}, 760).count("<TABLE") == 4


def test_what_cannot_be_drawn_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "renderer.py"
    broken.write_text("raise ImportError('no module named pygraphviz')")
    monkeypatch.setattr(rendering, "_RENDERER", broken)
    with pytest.raises(NoPicturesError, match=r"no picture can be drawn .*pygraphviz"):
        render([("digraph { a }", "svg")])


def test_nothing_to_draw_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", None)
    assert render([]) == ()


def test_the_renderer_needs_nothing_of_hopcheck() -> None:
    command = [sys.executable, "-P", "-S", "-c", f"import ast; ast.parse(open({str(rendering._RENDERER)!r}).read())"]
    subprocess.run(command, check=True)
    assert "import hopcheck" not in rendering._RENDERER.read_text()
    assert "from hopcheck" not in rendering._RENDERER.read_text()


def _counter(top: int):  # type: ignore[no-untyped-def]
    builder = SystemBuilder("counter")
    count = builder.variable("count", Range(0, top), initial=0)
    mood = builder.variable("mood", Enum("calm", "tense"), initial="calm")
    builder.variable("idle", Bool, initial=False)
    builder.action("up", guard=count < top, updates=[becomes(count, count + 1)])
    builder.action("down", guard=count > 0, updates=[becomes(count, count - 1)])
    builder.action("fret", updates=[becomes(mood, "tense")])
    system = builder.build()
    (start,) = initial_states(system)
    return system, start


def test_a_neighbourhood_reaches_two_steps() -> None:
    system, start = _counter(50)
    step = next(step for step in successors(system, start) if step.action == "up")
    graph = neighbourhood(system, Trace(start, (step,)))
    assert graph.graph["complete"] is True
    counts = {(data["variable count"], data["variable mood"]): data for _, data in graph.nodes(data=True)}
    assert max(count for count, _ in counts) == 3
    assert counts[1, "calm"]["position"] == 1
    assert counts[3, "calm"]["distance"] == 2
    assert [data["action"] for _, _, data in graph.edges(data=True) if data["on_trace"]] == ["up"]


def test_a_neighbourhood_is_bounded() -> None:
    system, start = _counter(50)
    graph = neighbourhood(system, Trace(start, ()), distance=50, most=10)
    assert len(graph) == 10
    assert graph.graph["complete"] is False


def test_graphml_loads(tmp_path: Path) -> None:
    system, start = _counter(5)
    path = tmp_path / "graph.graphml"
    path.write_bytes(graphml(system, Trace(start, ())))
    graph = networkx.read_graphml(path)
    assert graph.graph["model"] == "counter"
    assert graph.nodes["0"] == {
        "distance": 0,
        "position": 0,
        "variable count": 0,
        "variable mood": "calm",
        "variable idle": False,
    }
