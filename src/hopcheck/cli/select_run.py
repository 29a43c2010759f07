"""Finding the run that the user means: of a bundled model as it is set, the one that shows a property."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from hopcheck.cli.main_job import named
from hopcheck.engine.check import check
from hopcheck.engine.models import BundledModel, bundled
from hopcheck.engine.own.model import SUFFIX, own_model
from hopcheck.engine.results import Began, Listener, PropertyResult
from hopcheck.model.errors import InputError
from hopcheck.properties.kinds import Property


def model_named(name: str) -> BundledModel | None:
    """The bundled model of that name, or the one in that file; None where there is none."""
    if name.endswith(SUFFIX):
        return own_model(name)
    return next((each for each in bundled() if each.name == named([name])[0]), None)


def select_run(
    model: BundledModel, wanted: str | None, given: Mapping[str, str], listener: Listener
) -> tuple[PropertyResult, object]:
    """The property with its shortest run, in the model as set, and what it was made from.

    Raises ``InputError`` where the model has no such property, or no run shows it.
    """
    if model.build is None:
        raise InputError(f"{model.name} is drawn by its findings", hint=f"name one that hopcheck check {model.name} lists")
    variant = model.as_set(given)
    if wanted is None:
        names = ", ".join(each.name for each in variant.properties)
        raise InputError(f"{model.name} has many runs", hint=f"name what one is to show: --property with one of {names}")
    prop = _property(model.name, variant.properties, wanted)
    listener(Began(f"looking for a run that shows {prop.name}"))
    (result,) = check(variant.system, [prop], variant=variant.name, model=model.name, prove_seconds=0, listener=listener)
    if result.verdict.trace is None:
        text = f"{prop.name} is {result.verdict.outcome.value} ({variant.name}): no run shows it"
        raise InputError(text, hint=f"set it otherwise with --set, as hopcheck models {model.name} lists it")
    return result, variant.settings


def _property(model: str, properties: Sequence[Property], wanted: str) -> Property:
    """The property of that name, or with that unique beginning."""
    names = {each.name: each for each in properties}
    if wanted in names:
        return names[wanted]
    meant = [name for name in names if name.lower().startswith(wanted.lower())]
    if len(meant) == 1:
        return names[meant[0]]
    if meant:
        raise InputError(f"{wanted!r} may mean {len(meant)} properties", hint=f"write one of {', '.join(meant)}")
    near = difflib.get_close_matches(wanted, names, 1) or list(names)
    raise InputError(f"{model} has no property {wanted!r}", hint=f"write one of {', '.join(near)}")
