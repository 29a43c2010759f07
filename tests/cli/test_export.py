"""``hopcheck export``: what is written where, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from hopcheck.properties.obligation import Obligation, discharge_all

from .conftest import Hopcheck

ENTRY = ("export", "num_queues", "--variant", "entry, any hops")


@pytest.mark.parametrize(("target", "sign"), [("murphi", "startstate"), ("promela", "active proctype"), ("tla", "MODULE")])
def test_a_model_on_standard_output(hopcheck: Hopcheck, target: str, sign: str) -> None:
    answer = hopcheck("export", "fleet", "--to", target)
    assert answer.code == 0
    assert sign in answer.out
    assert answer.err.startswith("hopcheck: the property 'settles' is left out: ")
    assert len(answer.err.splitlines()) == 1
    assert hopcheck("export", "fleet", "--to", target).out == answer.out


def test_a_module_and_its_configuration(hopcheck: Hopcheck) -> None:
    assert hopcheck(*ENTRY, "--to", "tla", "-o", "Queues.tla").out == ""
    assert sorted(each.name for each in Path().iterdir()) == ["Queues.cfg", "Queues.tla"]
    assert " MODULE Queues " in Path("Queues.tla").read_text()
    streamed = hopcheck(*ENTRY, "--to", "tla").out
    assert " MODULE num_queues_entry_any_hops " in streamed
    assert streamed.endswith(Path("Queues.cfg").read_text())


def test_one_property(hopcheck: Hopcheck) -> None:
    answer = hopcheck("export", "fleet", "--to", "murphi", "--property", "accepted only when offered")
    assert answer.err == ""
    assert answer.out.count("invariant ") == 1
    assert "Expected to hold." in answer.out


def test_a_variant_by_the_beginning_of_its_name(hopcheck: Hopcheck) -> None:
    short = hopcheck("export", "num-queues", "--variant", "entry, a", "--to", "promela")
    assert short == hopcheck(*ENTRY, "--to", "promela")


@pytest.mark.parametrize(("variant", "size", "bound", "answer"), [
    ("entry, any hops", (), 6, "unsat"),
    ("no entry, any hops", (), 2, "sat"),
    ("no entry, any hops", (), 1, "unsat"),
    ("no entry, any hops", ("--unbounded",), 2, "sat"),
])  # fmt: skip
def test_a_question_for_a_solver(hopcheck: Hopcheck, variant: str, size: tuple[str, ...], bound: int, answer: str) -> None:
    named = ("--variant", variant, *size, "--property", "every migration loads")
    script = hopcheck("export", "num_queues", *named, "--to", "smt2", "--bound", str(bound)).out
    asked = Obligation("exported", script, "sat", "as the file says")
    assert [each.answer for each in discharge_all([asked], seconds=60)] == [answer]


def test_definitions_for_a_solver(hopcheck: Hopcheck) -> None:
    text = hopcheck(*ENTRY, "--to", "smt2").out
    scripts = text.split("(reset)\n")
    assert len(scripts) == 6
    assert "check-sat" not in text
    asked = [Obligation("exported", f"{each}(check-sat)\n", "sat", "definitions alone are true") for each in scripts]
    assert {each.answer for each in discharge_all(asked, seconds=60)} == {"sat"}


def test_device_config_on_facts(hopcheck: Hopcheck, broken: Path) -> None:
    named = ("export", "device_config", "--facts", broken, "--to", "murphi", "--quiet")
    whole = hopcheck(*named)
    assert whole.code == 0
    assert "row: 0 .. 10;" in whole.out
    assert "row: 0 .. 1;" in hopcheck(*named, "--rows", "2").out
    assert "row: 0 .. 5;" in hopcheck(*named, "--device-property", "toy-device.late").out


def test_device_properties_that_are_not_there(hopcheck: Hopcheck, sound: Path) -> None:
    named = ("export", "device_config", "--facts", sound, "--to", "murphi", "--quiet")
    assert hopcheck(*named).code == 0
    answer = hopcheck(*named, "--device-property", "toy-device.late")
    assert (answer.code, answer.out) == (2, "")
    assert "no device property 'toy-device.late' changes between the builds; write TYPE.PROPERTY" in answer.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("fleat", "--to", "tla"), "there is no model 'fleat'; write one of 'num_queues'"),
        (("fleet", "--to", "lustre"), "'lustre' is not one of"),
        (("fleet",), "missing option '--to'"),
        (("num_queues", "--to", "tla"), "num_queues has 6 variants; choose one with --variant: 'no entry, any hops'"),
        (("num_queues", "--to", "tla", "--variant", "e"), "'e' may mean 4 variants of num_queues; write one of"),
        (("num_queues", "--to", "tla", "--variant", "x"), "num_queues has no variant 'x'; write one of"),
        (("fleet", "--to", "tla", "--property", "setles"), "there is no property 'setles'; did you mean 'settles'?"),
        (("fleet", "--to", "tla", "--property", "settles"), "the property 'settles' cannot be exported to tla; TLC"),
        ((*ENTRY[1:], "--to", "promela", "--unbounded"), "queues has no upper bound, and Promela needs one"),
        (("fleet", "--to", "tla", "--unbounded"), "'2 machines' of fleet has bounds; leave --unbounded out"),
        (("fleet", "--to", "tla", "--bound", "3"), "--bound is for smt2 only"),
        (("fleet", "--to", "tla", "--rows", "3"), "--rows does not go with fleet; leave it out"),
        (("fleet", "--to", "tla", "-o", "my-fleet.tla"), "my-fleet.tla: a TLA+ module is called like its file"),
        (("fleet", "--to", "tla", "-o", "nowhere/Fleet.tla"), "nowhere: is no folder"),
        (("device_config", "--to", "tla", "--variant", "x"), "--variant does not go with device_config"),
        (("compatibility-theorem", "--to", "tla"), "compatibility theorem is no transition system"),
    ],
)  # fmt: skip
def test_what_is_refused(hopcheck: Hopcheck, arguments: tuple[str, ...], said: str) -> None:
    answer = hopcheck("export", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert len(answer.err.splitlines()) == 1
    assert not list(Path().iterdir())
