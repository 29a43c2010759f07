"""A system and its properties as SMT-LIB: one script a property, with or without a question about runs of some length."""

from __future__ import annotations

from collections.abc import Sequence

from hopcheck.model.export import Exported
from hopcheck.model.export.comment import plain
from hopcheck.model.export.names import quotable
from hopcheck.model.language import System
from hopcheck.properties.goal import Goal, NotSafetyError, goal_of
from hopcheck.properties.kinds import Kind, Property
from hopcheck.properties.smt.encoding import BAD, DOMAIN, HELD, INITIAL, KEPT, STEP, Encoding, fit
from hopcheck.properties.smt.run import violated

_MEANING = f"""
; {DOMAIN}: the values of a state lie within their types. {INITIAL}: it is an initial state.
; {STEP}: a step leads from one state to the next; |!which| says by which action, the slots after it by which parameters.
; {BAD}: the state violates the property, or a step from it does. {HELD}, {KEPT}: what holds of states and steps that do not.
""".strip()


def smt(system: System, properties: Sequence[Property], bound: int | None) -> Exported:
    """The scripts one after another, each with definitions of its own.

    ``bound``: each asks whether a run of up to so many steps meets a violation (sat: it does); without it nothing is asked.
    """
    scripts, left_out = [], []
    for each in properties:
        try:
            scripts.append(_script(goal_of(system, each), bound))
        except NotSafetyError as reason:
            left_out.append((each.name, str(reason)))
    return Exported("(reset)\n".join(scripts), left_out=tuple(left_out))


def _script(goal: Goal, bound: int | None) -> str:
    encoding = Encoding(goal, fit(goal))
    asked = goal.asked
    lines = [f"; {plain(goal.system.name)}: {plain(asked.name)}, written by hopcheck export.", f"; {plain(asked.meaning)}"]
    if bound is None:
        return "\n".join([*lines, _MEANING, f"(set-logic {encoding.logic})", *encoding.functions]) + "\n"
    found = "a witness" if asked.kind is Kind.REACHABLE else "a violation"
    lines.append(f"; sat: a run meets {found} after at most {bound} steps; unsat: none does.")
    return "\n".join([*lines, _MEANING, f'(echo "{quotable(asked.name)}")', violated(encoding, 0, bound)])
