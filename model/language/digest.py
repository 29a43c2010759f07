"""A model's identity: the same for equal models in any process and on any machine."""

from __future__ import annotations

import hashlib
import json

from hopcheck.model.language.expr import Expr
from hopcheck.model.language.system import System
from hopcheck.model.language.table import Table
from hopcheck.model.language.types import canonical
from hopcheck.model.language.walk import nodes

FORMAT = "hopcheck-model/1"
"""Changes whenever equal models could get another digest."""


def digest(system: System, *exprs: Expr) -> str:
    """SHA-256, as hex, of everything that bears on the system's behaviour and on the values of ``exprs``.

    Left out: source locations, and fairness's order. Names of variables and actions count: traces speak of them.
    """
    roots = [system.initially, *exprs]
    for action in system.actions:
        roots += [*action.parameters, action.guard, *(update.value for update in action.updates)]
    order = nodes(*roots)
    number = {each: position for position, each in enumerate(order)}
    content = [
        FORMAT,
        system.name,
        [[each.name, canonical(each.type), each.initial] for each in system.variables],
        [
            [
                each.op.value,
                canonical(each.type),
                [number[arg] for arg in each.args],
                each.payload.fingerprint if isinstance(each.payload, Table) else each.payload,
            ]
            for each in order
        ],
        [
            [
                action.name,
                action.labels,
                [number[parameter] for parameter in action.parameters],
                number[action.guard],
                [[update.name, number[update.value]] for update in action.updates],
            ]
            for action in system.actions
        ],
        number[system.initially],
        [number[expr] for expr in exprs],
        system.symmetries,
        sorted(system.fair),
    ]
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
