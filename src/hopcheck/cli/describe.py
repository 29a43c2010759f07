"""What a bundled model is about, in words, without checking it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hopcheck.engine.models import BundledModel
from hopcheck.properties.kinds import Property
from hopcheck.report.text.explain import Described, Meaning


def describe(model: BundledModel) -> Described:
    """The model with its properties, variant by variant."""
    return Described(model.name, model.summary, model.how, model.source, tuple(_variants(model)))


def _variants(model: BundledModel) -> Iterator[tuple[str, tuple[Meaning, ...]]]:
    if model.variants is not None:
        told: set[str] = set()
        for variant in model.variants():
            # The same variant may be there twice: of a finite size, and of any.
            if variant.name not in told:
                told.add(variant.name)
                yield variant.name, _meanings(variant.properties, variant.name)
    elif model.name == "device_config":
        yield "", _meanings(_device_config(), "")
    elif model.name == "vmstate":
        yield "", _meanings(_vmstate(), "")
    else:
        yield "", tuple(_theorem())


def _meanings(properties: Sequence[Property], variant: str) -> tuple[Meaning, ...]:
    return tuple(_meaning(prop, variant) for prop in properties)


def _meaning(prop: Property, variant: str) -> Meaning:
    expected = prop.expectation(variant)
    return Meaning(prop.name, prop.meaning, f"{expected.outcome.value}: {expected.reason}")


def _device_config() -> tuple[Property, ...]:
    """The properties of device_config, stated of the smallest model there is: two builds, one row."""
    from hopcheck.model.domain.device_config.mismatch import Breaks, Kind
    from hopcheck.model.domain.device_config.shape import Shape
    from hopcheck.model.domain.device_config.system import device_config
    from hopcheck.properties.catalog.device_config import island_property, properties

    row = Shape((0, 1), Kind.SILENT, Breaks.NEITHER)
    model = device_config(("old", "new"), (row,))
    return (
        *properties(model),
        island_property(device_config(("old", "new"), (row,), power_cycles=False)),
    )


def _vmstate() -> tuple[Property, ...]:
    """The properties of vmstate, stated of two builds and one section."""
    from hopcheck.model.domain.device_config.mismatch import Breaks, Kind
    from hopcheck.model.domain.device_config.shape import Shape
    from hopcheck.model.domain.device_config.system import device_config
    from hopcheck.properties.catalog.vmstate import properties

    return properties(device_config(("old", "new"), (Shape((0, 1), Kind.LOAD_ERROR, Breaks.NEITHER),), name="vmstate"))


def _theorem() -> Iterator[Meaning]:
    from hopcheck.properties.theorem.check import theorem

    stated = theorem()
    premises = ", ".join(premise.value for premise in stated.premises)
    yield Meaning("the configuration is preserved", stated.statement, f"safe, on the premises: {premises}")
    for obligation in stated.obligations:
        yield Meaning(obligation.name, obligation.meaning, f"{obligation.expect} from z3 and from cvc5")
