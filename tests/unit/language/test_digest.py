"""A digest is the same for equal models everywhere, and another for every other model."""

from __future__ import annotations

import itertools
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from hopcheck.model.language import (
    Bool,
    Enum,
    Lookup,
    Parameter,
    Range,
    System,
    SystemBuilder,
    after,
    becomes,
    coded_table,
    digest,
    table,
)

from . import fleet as fleet_file
from .fleet import fleet
from .subprocesses import run
from .systems import Plan, plans

FILE = Path(str(fleet_file.__file__))

DEFAULTS: dict[str, Any] = {
    "name": "demo",
    "first": "stage",
    "members": ("setup", "active"),
    "low": 0,
    "high": 3,
    "start": 0,
    "free": False,
    "swap_variables": False,
    "third": False,
    "initially": 3,
    "action": "go",
    "label": 0,
    "label_name": "host",
    "parameter": "k",
    "parameter_high": 1,
    "guard": 2,
    "strict": True,
    "operator": "+",
    "swap_operands": False,
    "target": "n",
    "cells": (1, 2, 3),
    "table_name": "T",
    "table_low": 0,
    "result": 9,
    "index": 0,
    "swap_actions": False,
    "extra_action": False,
    "extra_update": False,
    "connective": "&",
    "negated": False,
    "symmetric": False,
    "fair": (),
}

MUTATIONS: dict[str, Any] = {
    "name": "other",
    "first": "state",
    "members": ("active", "setup"),
    "low": -1,
    "high": 4,
    "start": 1,
    "free": True,
    "swap_variables": True,
    "third": True,
    "initially": 2,
    "action": "went",
    "label": "0",
    "label_name": "guest",
    "parameter": "j",
    "parameter_high": 2,
    "guard": 1,
    "strict": False,
    "operator": "-",
    "swap_operands": True,
    "target": "m",
    "cells": (1, 3, 2),
    "table_name": "U",
    "table_low": -1,
    "result": 8,
    "index": 1,
    "swap_actions": True,
    "extra_action": True,
    "extra_update": True,
    "connective": "|",
    "negated": True,
    "symmetric": True,
    "fair": ("go",),
}


def demo(**changed: Any) -> System:
    """One small system with a switch for everything that a system may say."""
    w = DEFAULTS | changed
    s = SystemBuilder(w["name"])
    numbers = Range(w["low"], w["high"])
    declare: list[Callable[[], object]] = [
        lambda: s.variable(w["first"], Enum(*w["members"]), initial=w["members"][0]),
        lambda: s.variable("n", numbers, initial=None if w["free"] else w["start"]),
        lambda: s.variable("m", numbers, initial=None if w["free"] else w["start"]),
    ]
    for each in reversed(declare) if w["swap_variables"] else declare:
        each()
    if w["third"]:
        s.variable("third", Bool)
    names = s.build()
    stage, n, m = names[w["first"]], names["n"], names["m"]
    s.initially(n <= w["initially"])
    k = Parameter(w["parameter"], Range(0, w["parameter_high"]))
    source = table(w["table_name"], [Range(w["table_low"], w["table_low"] + 2)], Range(0, 9), w["cells"])
    test = n < w["guard"] if w["strict"] else n <= w["guard"]
    both = (n - k, m) if w["swap_operands"] else (m, n - k)
    value = both[0] + both[1] if w["operator"] == "+" else both[0] - both[1]
    running = stage == "active"
    running = ~running if w["negated"] else running
    guard = running & test if w["connective"] == "&" else running | test
    updates = [becomes(names[w["target"]], value)]
    if w["extra_update"]:
        updates.append(becomes(stage, "active"))
    act: list[Callable[[], object]] = [
        lambda: s.action(w["action"], k, guard=guard, updates=updates, labels={w["label_name"]: w["label"]}),
        lambda: s.action("look", guard=Lookup(source, n + w["index"]) < w["result"]),
    ]
    for each in reversed(act) if w["swap_actions"] else act:
        each()
    if w["extra_action"]:
        s.action("idle")
    if w["symmetric"]:
        s.symmetric([[n], [m]])
    s.fair(*w["fair"])
    return s.build()


def test_every_change_changes_the_digest() -> None:
    assert MUTATIONS.keys() == DEFAULTS.keys()
    digests = {"nothing": digest(demo())}
    digests |= {each: digest(demo(**{each: changed})) for each, changed in MUTATIONS.items()}
    for one, two in itertools.combinations(digests, 2):
        assert digests[one] != digests[two], (one, two)


@pytest.mark.parametrize("label", [1, True, "1", "True"])
def test_labels_of_other_types_are_others(label: object) -> None:
    same = [other for other in (1, True, "1", "True") if digest(demo(label=other)) == digest(demo(label=label))]
    assert [repr(each) for each in same] == [repr(label)]


def test_the_expressions_asked_about_count_in_their_order() -> None:
    system = demo()
    n, m = system["n"], system["m"]
    asked = [(), (n == 1,), (n == 2,), (m == 1,), (n == 1, m == 1), (m == 1, n == 1), (n != 1,), (after(n) == 1,)]
    assert len({digest(system, *exprs) for exprs in asked}) == len(asked)
    one, two = (action.guard for action in system.actions)
    assert digest(system, one, two) != digest(system, two, one)


def test_equal_models_have_equal_digests() -> None:
    assert digest(demo()) == digest(demo())
    assert digest(fleet(2, 2)) == digest(pickle.loads(pickle.dumps(fleet(2, 2))))
    assert re.fullmatch("[0-9a-f]{64}", digest(demo()))


@given(plans())
@settings(max_examples=30, deadline=None)
def test_building_again_changes_nothing(plan: Plan) -> None:
    assert digest(plan.system()) == digest(plan.system())
    renamed, original = digest(plan.system(suffix="_")), digest(plan.system())
    assert renamed != original


def test_the_digest_does_not_depend_on_the_seed_of_hashes() -> None:
    program = """
import runpy, sys
from hopcheck.model.language import digest
system = runpy.run_path(sys.argv[1])["fleet"](2, 2)
print(digest(system, system["phase0"] == "idle"))
"""
    system = fleet(2, 2)
    assert {run(program, str(FILE), seed=seed).strip() for seed in (0, 1, 4711)} == {
        digest(system, system["phase0"] == "idle")
    }


def test_the_digest_does_not_depend_on_locations() -> None:
    scope: dict[str, Any] = {}
    exec(compile("\n" * 99 + FILE.read_text(), "/somewhere/else.py", "exec"), scope)
    moved = scope["fleet"](2, 2)
    assert moved.actions[0].location.file == "/somewhere/else.py"
    assert digest(moved) == digest(fleet(2, 2))


def test_the_digest_of_a_known_model() -> None:
    s = SystemBuilder("door")
    door = s.variable("door", Enum("offen", "geschloßen"), initial="offen")
    s.action("shut", guard=door == "offen", updates=[becomes(door, "geschloßen")])
    assert digest(s.build()) == "51961632b14e08db71f3802b0778811f7494fc55b38e0e3d9a83564655695f0f"


def test_a_table_is_known_by_its_content() -> None:
    def made(*cells: int) -> str:
        return coded_table("T", [Bool], Range(0, 9), cells).fingerprint

    assert made(1, 2) == made(True, 2) == made(*range(1, 3))
    assert made(1, 2) != made(1, 3)
    assert coded_table("T", [Bool], Bool, [0, 1]).fingerprint != coded_table("T", [Bool], Range(0, 1), [0, 1]).fingerprint
    assert coded_table("T", [Bool], Enum("a", "b"), [0, 1]) != coded_table("T", [Bool], Enum("a", "c"), [0, 1])
