"""Finding the finding that the user means: by its number in the list, its id, or a unique beginning of it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hopcheck.engine.baseline import NOTHING_KNOWN, bundled_baseline
from hopcheck.engine.device_config import check_device_config
from hopcheck.engine.known_findings import bundled_findings
from hopcheck.engine.model_findings import look_for
from hopcheck.engine.own.chosen import chosen
from hopcheck.engine.results import Began, FindingResult, Listener, ModelFinding, ModelResult
from hopcheck.engine.searching import Searching
from hopcheck.engine.vmstate import check_vmstate, is_section_finding
from hopcheck.model.domain.device_config.study import study
from hopcheck.model.domain.device_config.subjects import Subject
from hopcheck.model.domain.vmstate.sections import MODEL as SECTIONS
from hopcheck.model.domain.vmstate.sections import study_sections
from hopcheck.model.errors import InputError
from hopcheck.model.facts.load import bundled, load
from hopcheck.model.facts.schema import Facts
from hopcheck.properties import Property
from hopcheck.report.gathering.report import model_report
from hopcheck.report.schema.report import FindingReport, ModelReport
from hopcheck.report.text.notation import slug


@dataclass(frozen=True, slots=True)
class Selected:
    """A finding, as the engine returned it and as reports tell it; ``newest``: the newest build of the facts.

    ``prop``: the property that its run violates.
    """

    result: FindingResult
    report: FindingReport
    newest: str
    facts: Facts
    prop: Property


def select(name: str, facts: Path | None, listener: Listener) -> Selected:
    """The finding of that name. Raises ``InputError`` where there is none, or several."""
    known = bundled() if facts is None else load(facts)
    listener(Began("looking for the finding"))
    made = study(known, only=None if name.isdigit() else Named(name))
    if not made.explored:
        # No device property can be meant, and a model of no rows is none.
        raise no_such(name, ())
    baseline = bundled_baseline() if facts is None else NOTHING_KNOWN
    model = check_device_config(made, baseline, listener=listener, prove_seconds=0)
    report = model_report(model)
    position = position_of(name, report.findings)
    found = model.findings[position]
    prop = next(each.prop for each in model.results if each.prop.name == found.violates[0])
    return Selected(found, report.findings[position], _newest(model, report), known, prop)


def select_violation(name: str, listener: Listener, facts: Path | None) -> ModelFinding | None:
    """What present releases violate under that name, or a unique beginning of it; None where it may mean no such thing.

    Raises ``InputError`` where it may mean several, or one that the models do not show any more.
    """
    if is_section_finding(name.lower()):
        return _select_section(name, facts, listener)
    known = {each.id: each for each in bundled_findings()}
    wanted = name.lower()
    meant = [wanted] if wanted in known else [each for each in known if "." in wanted and each.startswith(wanted)]
    if not meant:
        return None
    if len(meant) > 1:
        raise InputError(f"{name!r} may mean {len(meant)} findings", hint=f"write more of one of: {'; '.join(meant[:4])}")
    listener(Began("looking for the finding"))
    each = known[meant[0]]
    (model,) = chosen([each.model])
    found = look_for(model, each, Searching())
    if not isinstance(found, ModelFinding):
        raise InputError(f"{each.id} is not found any more: {found.property_name} is {found.outcome.value}")
    return found


def _select_section(name: str, facts: Path | None, listener: Listener) -> ModelFinding:
    """The finding of a section under that name, or a unique beginning of it, in the bundled facts or in others."""
    listener(Began("looking for the finding"))
    baseline = bundled_baseline(SECTIONS) if facts is None else NOTHING_KNOWN
    made = study_sections(bundled() if facts is None else load(facts))
    found = {each.id: each for each in check_vmstate(made, baseline, listener=listener, prove_seconds=0).violations}
    meant = [name] if name in found else [each for each in found if each.lower().startswith(name.lower())]
    if len(meant) == 1:
        return found[meant[0]]
    if meant:
        raise InputError(f"{name!r} may mean {len(meant)} findings", hint=f"write more of one of: {'; '.join(meant[:4])}")
    near = difflib.get_close_matches(name, found, 1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}?" if near else f"hopcheck explain {SECTIONS} lists them"
    raise InputError(f"there is no finding {name!r}", hint=hint)


def _newest(model: ModelResult, report: ModelReport) -> str:
    return report.coverage.builds[-1] if report.coverage is not None else model.model


@dataclass(frozen=True, slots=True)
class Named:
    """Lets pass the device properties that the beginning of a finding's id may mean; looking at these alone is quick.

    An id starts with ``type.property``. A type may hold dots itself, and one entry's findings on several types are told as
    one: so every device property counts whose name after the dot may be meant.
    """

    name: str

    def __call__(self, subject: Subject) -> bool:
        """Whether the device property may be meant."""
        wanted = self.name.partition(":")[0].strip()
        if "." not in wanted:
            return slug(subject.name).lower().startswith(slug(wanted).lower())
        tails = [slug(wanted[at + 1 :]).lower() for at, letter in enumerate(wanted) if letter == "."]
        own = slug(subject.prop).lower()
        return any(own.startswith(tail) or tail.startswith(own) for tail in tails)


def position_of(name: str, findings: Sequence[FindingReport]) -> int:
    """The position of the finding that is meant."""
    if name.isdigit():
        if 1 <= int(name) <= len(findings):
            return int(name) - 1
        raise InputError(f"there is no finding {name}", hint=f"the list has {len(findings)}: write 1 to {len(findings)}")
    ids = [found.id for found in findings]
    if name in ids:
        return ids.index(name)
    wanted = slug(name).lower()
    meant = [at for at, found in enumerate(findings) if found.slug.lower() == wanted] or [
        at for at, found in enumerate(findings) if found.slug.lower().startswith(wanted)
    ]
    if len(meant) == 1:
        return meant[0]
    if meant:
        some = "; ".join(ids[at] for at in meant[:4])
        raise InputError(f"{name!r} may mean {len(meant)} findings", hint=f"write more of one of: {some}")
    raise no_such(name, findings)


def no_such(name: str, findings: Sequence[FindingReport]) -> InputError:
    """The error for a name that no finding has."""
    near = difflib.get_close_matches(name, [found.name for found in findings], 1)
    hint = f"did you mean {near[0]!r}?" if near else "hopcheck check device_config lists them"
    return InputError(f"there is no finding {name!r}", hint=hint)
