"""The models that are measured, in hopcheck's language."""

from __future__ import annotations

import random

from instances import Instance

from hopcheck.model.domain.fleet import fleet
from hopcheck.model.language import Expr, If, Range, System, SystemBuilder, becomes, compose

FIELDS = 20
"""Variables of a random model, of three bits each."""


def model(instance: Instance) -> System:
    """The fleet; with a limited number of starts, joined with a counter of them."""
    unlimited = fleet(instance.vms, instance.in_flight)
    if instance.starts is None:
        return unlimited
    counter = SystemBuilder("starts")
    left = counter.variable("left", Range(0, instance.starts), initial=instance.starts)
    begin = ("beginV3", "beginV2")
    for name in begin:
        for number in range(instance.vms):
            counter.action(name, guard=left > 0, updates=[becomes(left, left - 1)], labels={"vm": number})
    return compose(str(instance), [unlimited, counter.build()], shared_actions=begin)


def random_model(actions: int, seed: int) -> System:
    """A model of that many actions, the same for the same seed: three conditions and three updates each.

    Of the conditions one compares two variables, of the updates one depends on the state.
    """
    chance = random.Random(seed)
    system = SystemBuilder(f"random {actions}, {seed}")
    fields = [system.variable(f"x{number}", Range(0, 7), initial=chance.randrange(8)) for number in range(FIELDS)]
    for number in range(actions):
        a, b, c, d, e, f = chance.sample(fields, 6)
        system.action(
            f"a{number}",
            guard=~(a == chance.randrange(8)) & (b >= chance.randrange(4)) & (c <= d),
            updates=[
                becomes(d, chance.randrange(8)),
                becomes(e, chance.randrange(8)),
                becomes(f, _next(a)),
            ],
        )
    return system.build()


def _next(value: Expr) -> Expr:
    """One more, and from the last value back to the first."""
    return If(value < 7, value + 1, 0)
