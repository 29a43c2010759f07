"""Random breaking changes to random histories: found by the proof, mended by the repair, and by nothing smaller."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from hopcheck.engine.prove_change import prove
from hopcheck.engine.repairing.repair import repair
from hopcheck.engine.repairing.result import Ending
from hopcheck.model.domain.device_config.edits import edited, with_build

from .repair_facts import all_edits, changes, promises_kept, releases

MOST = 2
"""So many edits are compared with all smaller sets: there are a few hundred of two."""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_repair_mends_and_nothing_smaller_does(data: st.DataObject) -> None:
    known = data.draw(releases())
    changed = data.draw(changes(known))
    broken = not promises_kept(known, changed.after)
    assert bool(prove(changed, prove_seconds=0).new) is broken
    result = repair(changed, prove_seconds=0)
    event(f"{result.ending}, {len(result.edits)} edits")
    if not broken:
        assert (result.ending, len(result.edits)) == (Ending.NOTHING, 0)
        return
    assert result.ending is Ending.REPAIRED
    assert promises_kept(known, result.repaired)
    assert not prove(replace(changed, facts=with_build(changed.facts, result.repaired)), prove_seconds=0).new
    needed = len(result.edits.added) + sum(
        not promises_kept(
            known, edited(changed.after, replace(result.edits, removed=tuple(e for e in result.edits.removed if e != each)))
        )
        for each in result.edits.removed
    )
    for size in range(min(needed, MOST + 1)):
        for fewer in all_edits(known, changed.after, size):
            assert not promises_kept(known, edited(changed.after, fewer)), fewer
