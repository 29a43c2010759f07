"""For which types a device property is looked at."""

from __future__ import annotations

from hopcheck.model.domain.device_config.history import stations
from hopcheck.model.domain.device_config.subjects import subjects
from hopcheck.model.facts.schema import SCHEMA, Build, BuildKind, Facts, Property, QomType
from hopcheck.model.facts.views import make_views


def _build(name: str, *subtypes: str) -> Build:
    types = {
        "device": QomType(None),
        "arm-cpu": QomType("device", props={"pauth": Property("BOOL", False)}),
        **{each: QomType("arm-cpu") for each in subtypes},
    }
    return Build(name=name, version=name, kind=BuildKind.TREE, origin="", machines={}, compat_arrays={}, types=types)


def test_a_type_whose_subtypes_the_newest_build_does_not_show_is_looked_at_itself() -> None:
    facts = Facts(SCHEMA, (_build("9.0", "max-arm-cpu"), _build("9.1")))
    (subject,) = subjects(stations(facts, make_views(facts)))
    assert subject.types == ("arm-cpu",)


def test_a_type_with_subtypes_counts_for_them() -> None:
    facts = Facts(SCHEMA, (_build("9.0"), _build("9.1", "max-arm-cpu")))
    (subject,) = subjects(stations(facts, make_views(facts)))
    assert subject.reached == {"arm-cpu": ("max-arm-cpu",)}
