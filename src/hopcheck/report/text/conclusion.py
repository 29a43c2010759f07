"""The last line: what a run means, in one sentence, and what its exit code says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hopcheck.report.schema.report import ChangeReport, FindingReport, ModelReport
from hopcheck.report.text.causes import exit_meaning
from hopcheck.report.text.notation import count, joined

VACUOUS = 4
"""The exit code for what holds only because nothing happens, where that was to be an error."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The exit code, and the sentence that explains it."""

    exit_code: int
    text: str


def concluded(models: Sequence[ModelReport], exit_code: int, *, vacuity_is_error: bool) -> Conclusion:
    """The conclusion of the main job; ``exit_code`` as the engine gives it."""
    vacuous = sum(len(model.vacuity) for model in models)
    code = VACUOUS if exit_code == 0 and vacuous and vacuity_is_error else exit_code
    parts = _against(models) + _open_questions(models)
    if code == VACUOUS:
        parts.append(f"{count(vacuous, 'part')} of a model never does anything")
    if not parts:
        parts.append(_all_well(models))
    return Conclusion(code, f"{_sentence(parts)} Exit code {code}: {exit_meaning(code)}.")


def concluded_change(change: ChangeReport, exit_code: int) -> Conclusion:
    """The conclusion of a change: safe, unsafe or unknown."""
    if change.brings:
        brought = joined([f"{len(change.brings)} new {'finding' if len(change.brings) == 1 else 'findings'}"])
        text = f"UNSAFE: the change brings {brought}; the shortest chain of migrations that breaks is shown above."
    elif change.undecided:
        untold = count(len(change.undecided), "value")
        text = f"UNKNOWN: nothing breaks where the facts tell the values, but {untold} they do not tell."
    elif not change.says:
        text = "SAFE: nothing that the facts hold is another with the change, so it breaks no chain that they know."
    else:
        text = "SAFE: every chain of migrations, however long, was looked at, and the change breaks none."
    return Conclusion(exit_code, f"{text} Exit code {exit_code}: {exit_meaning(exit_code)}.")


def _against(models: Sequence[ModelReport]) -> list[str]:
    """What is against expectation."""
    wrong = sum(prop.judgement == "against expectation" for model in models for prop in model.properties)
    new = sum(found.known is None for model in models for found in model.findings)
    new += sum(found.known is None for model in models for found in model.violations)
    lost = sum(len(model.missing) for model in models)
    parts = []
    if wrong:
        parts.append(f"{count(wrong, 'property has', 'properties have')} a verdict against expectation")
    if new:
        parts.append(f"{count(new, 'finding is', 'findings are')} new")
    if lost:
        parts.append(f"{count(lost, 'known finding was', 'known findings were')} not found again")
    return parts


def _open_questions(models: Sequence[ModelReport]) -> list[str]:
    """What is inconclusive."""
    undecided = sum(prop.judgement == "inconclusive" for model in models for prop in model.properties)
    unknown = sum(len(model.further_unknown) for model in models)
    unproved = sum(model.theorem is not None and not model.theorem.proved for model in models)
    parts = []
    if undecided:
        parts.append(f"{count(undecided, 'property is', 'properties are')} undecided")
    if unproved:
        parts.append("the theorem is not proved")
    if unknown:
        parts.append(f"{count(unknown, 'value is', 'values are')} unknown that the baseline does not name")
    return parts


def _all_well(models: Sequence[ModelReport]) -> str:
    checked = sum(len(model.properties) for model in models)
    found: list[FindingReport] = [each for model in models for each in model.findings]
    violations = [each for model in models for each in model.violations]
    well = [f"all {checked:,} properties have the verdict expected of them" if checked else "nothing is against expectation"]
    if found:
        still = sum(each.open for each in found)
        well.append(f"all {len(found)} findings in QEMU are known ({still} still open in the newest build)")
    if violations:
        well.append(f"all {len(violations)} findings of the models in present releases are known")
    return well[0] if len(well) == 1 else f"{', '.join(well[:-1])}, and {well[-1]}"


def _sentence(parts: Sequence[str]) -> str:
    text = joined(parts)
    return f"{text[:1].upper()}{text[1:]}."
