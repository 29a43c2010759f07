"""Do the effective values computed for machine types agree with those read from running processes?

A computed value is what the layers up to the compat arrays give; a reading is taken after realize. A difference is
explained by a rule of ``data/observations.toml`` only if it is consistent: on one object, in one family of machine
types, equal computed values (of the property and of those that the rule says it depends on) must have led to equal
readings. What is not consistent needs an explanation of its own
in ``data/agreement.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hopcheck.model.facts.causes import Cause, Finding, Tally, declared_differences
from hopcheck.model.facts.effective import BuildView, Effective, Outcomes
from hopcheck.model.facts.notation import canonical
from hopcheck.model.facts.observations import Exclusion, declared_exclusions
from hopcheck.model.facts.schema import Observed, Run
from hopcheck.model.facts.values import Absent, AbsentReason, Form, Known, Unknown, UnknownReason

_CHILD = re.compile(r"(id:[^/]+)/(?:virtio-backend|xhci-core)\(")
_CAUSES = {
    UnknownReason.RUN_OPTION: Cause.OPTION,
    UnknownReason.RESOLVED: Cause.RESOLVED,
    UnknownReason.BOARD: Cause.BOARD,
}


@dataclass(frozen=True, slots=True)
class EffectiveAgreement:
    """The comparison of one build's computed values with one binary's readings.

    ``counts``: equal, differ, no value computed, absent; per (object, property, machine type). ``causes`` counts
    the last three. ``objects`` and ``machines``: how many were looked at.
    """

    computed: str
    observed: str
    machines: int
    objects: int
    counts: dict[str, int]
    causes: dict[str, int]
    findings: tuple[Finding, ...]


def compare_effective(computed: BuildView, binary: BuildView) -> EffectiveAgreement:
    """Compare one build's computed values with all readings of a binary's runs."""
    tally = Tally()
    objects = 0
    for run in binary.build.runs:
        proxies = {seen.path.partition("(")[0]: seen.type for seen in run.objects}
        for seen in run.objects:
            objects += 1
            child = _CHILD.match(seen.path)
            via = proxies.get(child[1], seen.type) if child else seen.type
            comparison = _Comparison(computed, binary, run, seen, via)
            for prop in seen.readings:
                comparison.compare(prop, tally)
    machines = sum(len(run.machines) for run in binary.build.runs)
    return EffectiveAgreement(
        computed.build.name,
        binary.build.name,
        machines,
        objects,
        tally.counts,
        tally.causes(),
        tally.findings(),
    )


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The readings of one object. ``via``: the proxy that the object is the back end of, else its own type."""

    computed: BuildView
    binary: BuildView
    run: Run
    seen: Observed
    via: str

    def compare(self, prop: str, tally: Tally) -> None:
        """Compare the readings of one property on all machine types of the run."""
        found = list(self._pairs(prop))
        rule = declared_exclusions().find(self.binary.hierarchy, self.via, prop)
        readings: dict[tuple[str, ...], set[str]] = {}
        for machine, mine, theirs in found:
            key = (str(mine.value), *self._dependencies(machine, rule))
            readings.setdefault(key, set()).add(theirs.text)
        consistent = all(len(texts) == 1 for texts in readings.values())
        for machine, mine, theirs in found:
            heading = _heading(mine, theirs)
            tally.count(heading)
            if heading != "equal":
                cause, why = self._cause(prop, mine, rule, consistent)
                values = (str(mine.value), "" if prop == "addr" else theirs.text[:60])
                example = f"{self.seen.path} on {machine}"
                tally.add(cause, (mine.declaring or self.seen.type, prop), values, example, why)

    def _dependencies(self, machine: str, rule: Exclusion | None) -> Iterator[str]:
        """Yield the computed values of the other properties that a reading is made from."""
        for name in rule.depends if rule else ():
            value = self.computed.outcomes(self.via, name).on(machine).value
            yield machine if name == "machine" else str(value)

    def _pairs(self, prop: str) -> Iterator[tuple[str, Effective, Known]]:
        """Yield (machine type, computed, reading); a back end's value is the one that its proxy ends with."""
        reading = self.seen.readings[prop]
        declaration = self.binary.declaration(self.seen.type, prop)
        kind = declaration.fact.kind if declaration and declaration.fact else ""
        values = [canonical(kind, value) for value in reading.values]
        outcomes = self._outcomes(prop)
        for i, machine in enumerate(self.run.machines):
            which = reading.index[i] if reading.index else 0
            if which >= 0:
                mine = outcomes.on(machine)
                yield machine, mine, self.computed.same(mine.declaring, prop, values[which])

    def _outcomes(self, prop: str) -> Outcomes:
        own = self.computed.outcomes(self.seen.type, prop)
        if self.via == self.seen.type or not isinstance(own.usual.value, Known):
            return own
        proxied = self.computed.outcomes(self.via, prop)
        return proxied if isinstance(proxied.usual.value, Known) else own

    def _cause(self, prop: str, mine: Effective, rule: Exclusion | None, consistent: bool) -> tuple[Cause, str]:
        """Return why the computed value is not the reading, with the rule's words."""
        declared = declared_differences().get((self.binary.build.name, mine.declaring or self.seen.type, prop))
        if declared is not None:
            return declared.cause, declared.why
        if isinstance(mine.value, Absent):
            missing = mine.value.reason is AbsentReason.NO_TYPE and self.seen.path == "MACHINE"
            return (Cause.MACHINE, "") if missing else (self._unlisted(prop), "")
        if isinstance(mine.value, Unknown):
            return Cause.CODE, ""
        if rule is None or not (consistent or rule.reason is UnknownReason.BOARD):
            return Cause.UNEXPLAINED, ""
        return _CAUSES[rule.reason], rule.why

    def _unlisted(self, prop: str) -> Cause:
        """Return why a property that was read is declared nowhere: QMP hides it, or it is made at run time."""
        return Cause.HIDDEN if prop == "hotpluggable" else Cause.RUN_TIME


def _heading(mine: Effective, theirs: Known) -> str:
    if isinstance(mine.value, Absent):
        return "absent"
    if isinstance(mine.value, Unknown):
        return "no value computed"
    unset = mine.value.form is Form.UNSET and theirs.text == ""
    return "equal" if mine.value == theirs or unset else "differ"
