"""What must hold of device_config: the guest's configuration survives every chain, and every chain can be gone."""

from __future__ import annotations

from hopcheck.model.domain.device_config import system as device_config
from hopcheck.model.domain.device_config.system import DeviceConfig
from hopcheck.properties.kinds import Property, always, can_always_reach, sound, step
from hopcheck.properties.verdict import Expectation, fails, holds

HISTORY = fails("released builds break it: the known findings are in the baseline, each with its reason")
RULE = holds("it is how the model describes QEMU, whatever the facts")


def properties(model: DeviceConfig, *, expected: Expectation = HISTORY) -> tuple[Property, ...]:
    """The properties of the model with power cycles; ``expected``: of those that the facts decide."""
    return (
        always(
            "preserved",
            device_config.preserved(model),
            "A running guest sees the configuration that its process gives it, after any chain of migrations.",
            expected=expected,
            antecedent=model.alive,
        ),
        always(
            "migrates",
            device_config.migrates(model),
            "No migration fails between builds that know the machine type and the device.",
            expected=expected,
        ),
        always(
            "path independent",
            device_config.path_independent(model),
            "What a guest sees does not depend on the way it came, nor on whether it was reset on that way.",
            expected=expected,
            antecedent=model.alive,
        ),
        always(
            "known where it runs",
            device_config.known_where_it_runs(model),
            "A guest runs only on builds that know its machine type and its device.",
            expected=RULE,
            antecedent=model.alive,
        ),
        step(
            "refused before anything starts",
            device_config.refused_before_anything_starts(model),
            "A migration to a build that does not know the machine type leaves the guest as it was.",
            expected=RULE,
        ),
        sound(),
    )


def island_property(model: DeviceConfig, *, expected: Expectation = HISTORY) -> Property:
    """For the model without power cycles: no released build is an island."""
    return can_always_reach(
        "no island",
        device_config.off_the_island(model),
        "From every build that is not the newest, a newer one can be reached without a power cycle.",
        expected=expected,
    )
