"""Which single settings make a violated property hold."""

from __future__ import annotations

from hopcheck.engine.cures import alternatives, cures
from hopcheck.engine.models import bundled
from hopcheck.engine.results import ignore

(NUM_QUEUES,) = (each for each in bundled() if each.name == "num_queues")
GIVEN = {"policy": "no entry", "vcpus": "2"}
PROP = "configuration preserved"


def test_every_other_value_is_tried_those_of_given_settings_first() -> None:
    among = list(alternatives(NUM_QUEUES, GIVEN))
    assert ("policy", "no entry") not in among
    assert ("policy", "entry") in among
    assert {name for name, _ in among} == {"policy", "hops"}
    assert among[0][0] == "policy"


def test_settings_that_make_it_hold() -> None:
    found = cures(NUM_QUEUES, GIVEN, PROP, seconds=600, listener=ignore)
    assert ("policy", "entry") in found.found
    assert found.tried == found.among
    assert all(name != "hops" for name, _ in found.found)


def test_without_time_nothing_is_tried() -> None:
    found = cures(NUM_QUEUES, GIVEN, PROP, seconds=0, listener=ignore)
    assert (found.found, found.tried) == ((), 0)
    assert found.among > 0
