"""From a run of a sliced system to one of the whole: the same actions, with what was cut away filled in."""

from __future__ import annotations

from collections.abc import Sequence

from hopcheck.model.language import ReplayError, System, Trace
from hopcheck.model.language.action import Action
from hopcheck.properties.counterexample import run_of
from hopcheck.properties.engine import Conversation, Query
from hopcheck.properties.errors import DisagreementError
from hopcheck.properties.following import follow, violates
from hopcheck.properties.goal import Goal
from hopcheck.properties.kinds import Property
from hopcheck.properties.obligation import Obligation
from hopcheck.properties.smt import names
from hopcheck.properties.smt.encoding import WHICH, Encoding, fit
from hopcheck.properties.smt.run import along
from hopcheck.properties.smt.term import constant


def lifted(system: System, prop: Property, sliced: System, trace: Trace) -> Conversation[Trace | None]:
    """The run of ``system`` that does what ``trace`` does in ``sliced``, or None where none was found.

    A step of the slice is a step of the whole with the same guard, so there is one of the same length, unless the whole
    meets an error of the model in what was cut away, or has no initial state at all (or the time is over). The
    interpreter has followed it, and has seen at its end what the property's provers look for.
    """
    encoding = Encoding(Goal(system, prop, ()), fit(Goal(system, prop, ())))
    conditions = [
        *(_same_state(encoding, sliced, state, frame) for frame, state in enumerate(trace.states)),
        *(_same_step(encoding, step.action, step.arguments, frame) for frame, step in enumerate(trace.steps)),
    ]
    run = Obligation(
        f"a run of {len(trace)} steps",
        along(encoding, len(trace), [part for parts in conditions for part in parts]),
        "sat",
        "the whole model can do what its slice does",
    )
    (result,) = yield [Query(run)]
    if result.model is None:
        return None
    whole = run_of(encoding, result.model, len(trace))
    try:
        follow(system, whole)
        if not violates(system, prop, whole):
            raise ReplayError(f"nothing of that kind ends in {system.decode(whole.last)}")
    except ReplayError as error:
        raise DisagreementError(
            f"the interpreter cannot confirm a run for the property {prop.name} of the model {system.name}: {error}"
        ) from error
    return whole


def _same_state(encoding: Encoding, sliced: System, state: Sequence[int], frame: int) -> list[str]:
    pairs = zip(sliced.variables, state, strict=True)
    return [
        f"(= {names.at(names.now(each.name), frame)} {constant(code, each.type, encoding.numbers)})" for each, code in pairs
    ]


def _same_step(encoding: Encoding, name: str, arguments: Sequence[tuple[str, object]], frame: int) -> list[str]:
    """The step takes the action of that name whose labels and parameters agree with the arguments."""
    given = dict(arguments)
    number, action = _named(encoding.goal.system, name, given)
    conditions = [f"(= {names.at(WHICH, frame)} {encoding.numbers.numeral(number)})"]
    for parameter, (slot, _) in encoding.slots(action.parameters).items():
        if str(parameter.payload) in given:
            code = parameter.type.encode(given[str(parameter.payload)])
            conditions.append(f"(= {names.at(slot, frame)} {constant(code, parameter.type, encoding.numbers)})")
    return conditions


def _named(system: System, name: str, given: dict[str, object]) -> tuple[int, Action]:
    for number, each in enumerate(system.actions):
        if each.name == name and all(given.get(key) == value for key, value in each.labels):
            return number, each
    raise DisagreementError(f"{system.name} has no action {name} with {given}")
