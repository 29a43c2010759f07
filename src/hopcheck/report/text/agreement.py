"""How well the facts agree with running binaries: one line for each comparison."""

from __future__ import annotations

from collections.abc import Mapping

from hopcheck.model.facts.agreement import Report
from hopcheck.model.facts.causes import Cause
from hopcheck.report.text.notation import count

_SAME = ("equal", "unset")
"""Headings of comparisons in which both sides tell the same value, or that there is none yet."""


def agreement_lines(report: Report) -> tuple[str, ...]:
    """The lines, and a last one with what nothing explains; none where the facts hold no binary."""
    lines = [
        f"compat lists, {each.tree} against {each.binary}: {len(each.equal)} machine types equal in order, "
        f"{len(each.explained)} but for differences with a stated reason, {len(each.unequal)} unequal"
        for each in report.lists
    ]
    lines += [
        f"static defaults, {each.tree} against {each.binary}: {_counted(each.counts, each.causes)}"
        for each in report.defaults
    ]
    lines += [
        f"values in processes, {each.computed} against {each.observed}: {_counted(each.counts, each.causes)}"
        for each in report.effective
    ]
    if not lines:
        return ()
    left = len(report.unexplained())
    lines.append(f"not explained: {count(left, 'difference')}" if left else "every difference has a stated reason")
    return tuple(lines)


def _counted(counts: Mapping[str, int], causes: Mapping[Cause, int] | Mapping[str, int]) -> str:
    same = sum(counts.get(name, 0) for name in _SAME)
    both = same + counts.get("differ", 0)
    one = sum(counts.values()) - both - counts.get("neither", 0)
    most = sorted(causes.items(), key=lambda each: (-each[1], str(each[0])))[:2]
    text = f"{same:,} of {both:,} values that both tell are equal, {one:,} are told by one side only"
    return f"{text} (mostly: {', '.join(str(name) for name, _ in most)})" if most else text
