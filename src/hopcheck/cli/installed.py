"""Whether the system and the properties of a certificate are those of the bundled model of that name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from hopcheck.certify.certificate import Certificate
from hopcheck.certify.check import Statement, Status
from hopcheck.cli.main_job import FACTS_MODEL
from hopcheck.engine.models import BundledModel, bundled
from hopcheck.engine.results import Began, Listener
from hopcheck.engine.variant import Variant
from hopcheck.model.domain.device_config.study import study
from hopcheck.model.domain.vmstate.sections import MODEL as SECTIONS
from hopcheck.model.domain.vmstate.sections import study_sections
from hopcheck.model.errors import InputError
from hopcheck.model.export.plain import plain
from hopcheck.model.facts.load import bundled as bundled_facts
from hopcheck.model.facts.load import load
from hopcheck.model.facts.schema import Facts
from hopcheck.properties.catalog.device_config import properties as device_config_properties
from hopcheck.properties.catalog.vmstate import properties as section_properties

ABOUT = "the model"


class Known:
    """The models of this installation; those on facts are made of the bundled ones, or of a file."""

    def __init__(self, facts: Path | None, listener: Listener) -> None:
        self._file, self._listener = facts, listener
        self._made: dict[str, tuple[Variant, ...]] = {}

    def compared(self, content: Mapping[str, Any], certificate: Certificate) -> Statement:
        """Whether the certificate speaks of a model of this installation, in its own words."""
        model = next((each for each in bundled() if each.name == certificate.model), None)
        if model is None:
            return Statement(ABOUT, f"this installation has none that is called {certificate.model}", Status.OPEN)
        if certificate.system is None:
            return self._theorem(content, model)
        variants = self._variants(model, certificate)
        if variants is None:
            return Statement(ABOUT, "its settings are none of this installation's model", Status.REFUTED)
        alike = [each for each in variants if each.name == certificate.variant]
        if not alike and model.name in (FACTS_MODEL, SECTIONS):
            what = f"{certificate.variant!r} follows from a search, and is not made here again"
            return Statement(ABOUT, what, Status.OPEN)
        if any(_is(each, content) for each in alike):
            return Statement(ABOUT, "it is the one of this installation, with the same properties", Status.CONFIRMED)
        what = "the system or a property is not the one of that name in this installation"
        return Statement(ABOUT, what, Status.REFUTED)

    @cached_property
    def _facts(self) -> Facts:
        self._listener(Began("reading the facts"))
        return bundled_facts() if self._file is None else load(self._file)

    def _variants(self, model: BundledModel, certificate: Certificate) -> Sequence[Variant] | None:
        """The variants that the certificate may mean; None where its settings cannot be set."""
        if model.name not in self._made:
            self._made[model.name] = self._named(model)
        named = self._made[model.name]
        if not certificate.settings:
            return named
        try:
            return (*named, model.as_set(certificate.settings))
        except InputError:
            return None

    def _named(self, model: BundledModel) -> tuple[Variant, ...]:
        if model.name == FACTS_MODEL:
            made = study(self._facts)
            whole = made.model()
            return (Variant("", whole.system, device_config_properties(whole)),)
        if model.name == SECTIONS:
            sections = study_sections(self._facts).model()
            return (Variant("", sections.system, section_properties(sections)),)
        return model.instances({})

    def _theorem(self, content: Mapping[str, Any], model: BundledModel) -> Statement:
        from hopcheck.properties.theorem.check import theorem

        self._listener(Began(f"stating the {model.name}"))
        if model.variants is not None:
            return Statement(ABOUT, "a transition system is claimed without one", Status.REFUTED)
        own = [[each.name, each.smtlib, each.expect] for each in theorem().obligations]
        if own == [[each["name"], each["smtlib"], each["expect"]] for each in content["lemmas"]]:
            return Statement(ABOUT, "the obligations are those of this installation's theorem", Status.CONFIRMED)
        return Statement(ABOUT, "the obligations are not those of this installation's theorem", Status.REFUTED)


def _is(variant: Variant, content: Mapping[str, Any]) -> bool:
    """Whether the certificate's system and properties are those of the variant."""
    own = {each.name: each for each in variant.properties}
    claimed = [own.get(each["name"]) for each in content["properties"]]
    meant = [each for each in claimed if each is not None]
    if len(meant) < len(claimed) or any(
        each.kind.value != said["kind"] for each, said in zip(meant, content["properties"], strict=True)
    ):
        return False
    if [said["asked"] for said in content["properties"]] != list(range(len(meant))):
        return False
    return bool(json.loads(json.dumps(plain(variant.system, [each.expr for each in meant]))) == content["system"])
