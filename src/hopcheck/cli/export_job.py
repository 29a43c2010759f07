"""Exporting from the command line: which instance of which model, which of its properties, and where it is written."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hopcheck.cli import output
from hopcheck.cli.exits import complain
from hopcheck.cli.export_smt import smt
from hopcheck.cli.main_job import FACTS_MODEL, named
from hopcheck.cli.select import Named
from hopcheck.engine.models import BundledModel
from hopcheck.engine.own.chosen import chosen
from hopcheck.engine.results import Began
from hopcheck.engine.variant import Variant
from hopcheck.model.domain.device_config.study import study
from hopcheck.model.domain.vmstate.sections import MODEL as SECTIONS
from hopcheck.model.domain.vmstate.sections import study_sections
from hopcheck.model.errors import InputError
from hopcheck.model.export import Claim, Exported, TooLargeError, module_name, murphi, promela, tla
from hopcheck.model.export.claim import Kind as ClaimKind
from hopcheck.model.facts.load import bundled as bundled_facts
from hopcheck.model.facts.load import load
from hopcheck.properties.catalog.device_config import properties as device_config_properties
from hopcheck.properties.catalog.vmstate import properties as section_properties
from hopcheck.properties.kinds import Kind, Property
from hopcheck.properties.verdict import Outcome
from hopcheck.report.folder import write_file
from hopcheck.report.progress import progress

_KINDS: Mapping[Kind, ClaimKind] = {
    Kind.ALWAYS: "always",
    Kind.STEP: "step",
    Kind.REACHABLE: "reachable",
    Kind.NEVER_STUCK: "never_stuck",
    Kind.CAN_ALWAYS_REACH: "can_always_reach",
}
"""How properties are claimed; that the model is sound is claimed by every export."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asked for, as the options say it."""

    model: str
    target: str
    given: Mapping[str, str]
    variant: str | None
    unbounded: bool
    properties: tuple[str, ...]
    bound: int | None
    device_property: str | None
    rows: int | None
    facts: Path | None
    file: Path | None
    quiet: bool


def export(wanted: Wanted) -> int:
    """Write the model; the exit code is 0."""
    (model,) = chosen(named([wanted.model]))
    _check_options(wanted, model)
    instance = _instance(wanted, model)
    asked = _asked(wanted, instance)
    module = _module(wanted, model, instance)
    exported = _exported(wanted, instance, asked, module)
    for name, reason in exported.left_out:
        if wanted.properties:
            raise InputError(f"the property {name!r} cannot be exported to {wanted.target}", hint=reason)
        complain(f"the property {name!r} is left out: {reason}")
    _write(wanted, exported, module)
    return 0


def _check_options(wanted: Wanted, model: BundledModel) -> None:
    """Raise ``InputError`` where an option does not fit the others."""
    if wanted.bound is not None and wanted.target != "smt2":
        raise InputError("--bound is for smt2 only", hint=f"leave it out: {wanted.target}'s engine has bounds of its own")
    if wanted.file is not None and not wanted.file.absolute().parent.is_dir():
        raise InputError("is no folder", hint="give another file with --output", file=str(wanted.file.absolute().parent))
    about_facts = {"--facts": wanted.facts}
    about_rows = {"--device-property": wanted.device_property, "--rows": wanted.rows}
    about_variants = {"--variant": wanted.variant, "--unbounded": wanted.unbounded or None}
    foreign: Mapping[str, object] = {**about_facts, **about_rows}
    if model.name in (FACTS_MODEL, SECTIONS):
        foreign = about_variants if model.name == FACTS_MODEL else {**about_variants, **about_rows}
    for option, value in foreign.items():
        if value is not None:
            raise InputError(f"{option} does not go with {model.name}", hint="leave it out")


def _instance(wanted: Wanted, model: BundledModel) -> Variant:
    """The variant that is meant, with its system."""
    if model.name == FACTS_MODEL:
        return _device_config(wanted)
    if model.name == SECTIONS:
        return _vmstate(wanted)
    if model.variants is None:
        raise InputError(f"{model.name} is no transition system: it cannot be exported", hint="export another model")
    return _variant(wanted, model.name, model.instances(wanted.given))


def _vmstate(wanted: Wanted) -> Variant:
    """All sections of the facts."""
    made = study_sections(bundled_facts() if wanted.facts is None else load(wanted.facts))
    if not made.explored:
        raise InputError("no build of these facts states its sections", hint="give facts with vmstate")
    model = made.model()
    return Variant("", model.system, section_properties(model))


def _variant(wanted: Wanted, model: str, variants: Sequence[Variant]) -> Variant:
    names = list(dict.fromkeys(each.name for each in variants))
    name = wanted.variant
    if name is None and len(names) > 1:
        raise InputError(f"{model} has {len(names)} variants", hint=f"choose one with --variant: {_listed(names)}")
    meant = [names[0]] if name is None else [each for each in names if each == name]
    meant = meant or [each for each in names if each.startswith(name or "")]
    if len(meant) != 1:
        what = f"{name!r} may mean {len(meant)} variants" if meant else f"{model} has no variant {name!r}"
        raise InputError(f"{what} of {model}" if meant else what, hint=f"write one of {_listed(meant or names)}")
    same = [each for each in variants if each.name == meant[0]]
    found = [each for each in same if _has_bounds(each) is not wanted.unbounded]
    if not found and wanted.unbounded:
        raise InputError(f"{meant[0]!r} of {model} has bounds", hint="leave --unbounded out")
    return (found or same)[0]


def _has_bounds(variant: Variant) -> bool:
    return all(each.type.hi is not None for each in variant.system.variables)


def _device_config(wanted: Wanted) -> Variant:
    """The model on facts: over all rows, the first few, or those of some device properties."""
    meant = None if wanted.device_property is None else Named(wanted.device_property)
    facts = bundled_facts() if wanted.facts is None else load(wanted.facts)
    with progress(sys.stderr, moving=output.is_terminal(sys.stderr), wanted=not wanted.quiet) as listener:
        listener(Began("putting the rows together"))
        made = study(facts, only=meant)
    if not made.explored:
        raise InputError("the facts have no device property", hint="give facts of builds with --facts")
    changing = [member.subject for members in made.rows.members.values() for member in members]
    if meant is not None and not any(map(meant, changing)):
        what = f"no device property {wanted.device_property!r} changes between the builds"
        raise InputError(what, hint="write TYPE.PROPERTY, such as intel-iommu.aw-bits")
    model = made.model(only=made.explored[: wanted.rows])
    return Variant("", model.system, device_config_properties(model))


def _asked(wanted: Wanted, instance: Variant) -> tuple[Property, ...]:
    known = {each.name: each for each in instance.properties}
    for name in wanted.properties:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"write one of {_listed(list(known))}"
            raise InputError(f"there is no property {name!r}", hint=hint)
    return tuple(each for each in instance.properties if not wanted.properties or each.name in wanted.properties)


def _module(wanted: Wanted, model: BundledModel, instance: Variant) -> str:
    """What a TLA+ module is called: its file must have that name."""
    if wanted.file is None or wanted.target != "tla":
        return module_name(f"{model.name} {instance.name}")
    name = wanted.file.stem
    if wanted.file.suffix != ".tla" or module_name(name) != name:
        hint = f"write a name such as {module_name(name)}.tla"
        raise InputError(
            "a TLA+ module is called like its file, and this is no name of one", hint=hint, file=str(wanted.file)
        )
    return name


def _exported(wanted: Wanted, instance: Variant, asked: Sequence[Property], module: str) -> Exported:
    if wanted.target == "smt2":
        return smt(instance.system, asked, wanted.bound)
    claims = [_claim(each, instance.name) for each in asked if each.kind in _KINDS]
    try:
        match wanted.target:
            case "murphi":
                return murphi(instance.system, claims)
            case "promela":
                return promela(instance.system, claims)
            case _:
                return tla(instance.system, claims, module=module)
    except TooLargeError as error:
        if named([wanted.model]) != (FACTS_MODEL,):
            raise
        hint = f"take fewer rows with --rows N or --device-property NAME; or {error.hint}"
        raise InputError(error.what, hint=hint) from None


def _claim(prop: Property, variant: str) -> Claim:
    expected = {Outcome.SAFE: "to hold", Outcome.UNSAFE: "to fail", Outcome.UNKNOWN: "to stay unknown"}
    meaning = f"{prop.meaning} Expected {expected[prop.expectation(variant).outcome]}."
    return Claim(_KINDS[prop.kind], prop.name, prop.expr, meaning)


def _write(wanted: Wanted, exported: Exported, module: str) -> None:
    if wanted.file is not None:
        write_file(wanted.file, exported.text.encode())
        if exported.configuration:
            write_file(wanted.file.with_suffix(".cfg"), exported.configuration.encode())
        return
    # TLA+ ignores what stands after a module: a saved stream is a module too.
    beside = f"\nThe configuration, {module}.cfg:\n{exported.configuration}" if exported.configuration else ""
    output.write(exported.text + beside)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))
