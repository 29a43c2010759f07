"""What must hold of sections of the migration stream: a build loads what another one that has the device sends."""

from __future__ import annotations

from hopcheck.model.domain.device_config import system as device_config
from hopcheck.model.domain.device_config.system import DeviceConfig
from hopcheck.properties.catalog.device_config import RULE
from hopcheck.properties.kinds import Property, always, sound, step
from hopcheck.properties.verdict import Expectation, fails, holds

MIGRATES = "migrates"
"""The property that the facts decide; the others hold of the model whatever they say."""

HISTORY = fails(
    "released builds refuse sections of each other: the known findings are in the baseline, each with its reason"
)
ALL_LOAD = holds("these facts have no section that is refused for certain")


def properties(model: DeviceConfig, *, expected: Expectation = HISTORY) -> tuple[Property, ...]:
    """The properties of the model; ``expected``: of the one that the facts decide."""
    return (
        always(
            MIGRATES,
            device_config.migrates(model),
            "No migration fails for certain between builds that have the device: the destination loads its section.",
            expected=expected,
        ),
        always(
            "known where it runs",
            device_config.known_where_it_runs(model),
            "A guest runs only on builds that have its device.",
            expected=RULE,
            antecedent=model.alive,
        ),
        step(
            "refused before anything starts",
            device_config.refused_before_anything_starts(model),
            "A migration to a build that does not have the device leaves the guest as it was.",
            expected=RULE,
        ),
        sound(),
    )
