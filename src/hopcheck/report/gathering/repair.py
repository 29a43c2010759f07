"""From a repair to its report."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hopcheck import __version__
from hopcheck.engine.prove_change import ChangeResult
from hopcheck.engine.repairing.result import Ending, RepairResult
from hopcheck.model.domain.device_config.cause import PlacedEntry
from hopcheck.model.facts.versions import version_key
from hopcheck.properties import Outcome
from hopcheck.report.gathering.report import finding_report
from hopcheck.report.schema.repair import (
    SCHEMA,
    BeyondReport,
    BreakReport,
    IslandReport,
    ProofReport,
    RepairReport,
    SideReport,
    TornReport,
)
from hopcheck.report.schema.report import EntryReport
from hopcheck.report.text.findings import chain
from hopcheck.report.text.notation import count, families, slug


def repair_report(result: RepairResult, *, diff: str = "", no_diff: str = "", written: Sequence[str] = ()) -> RepairReport:
    """The report of a repair.

    ``diff``: its text on the tree, or ``no_diff``, why there is none; ``written``: the files that were written.
    """
    changed, edits = result.changed, result.edits
    return RepairReport(
        schema=SCHEMA,
        hopcheck=__version__,
        file=changed.path,
        build=changed.build,
        base=changed.base,
        says=tuple(each.what for each in changed.says),
        ending=result.ending.value,
        breaks=_breaks(result.first),
        add=tuple(map(_entry, edits.added)),
        remove=tuple(map(_entry, edits.removed)),
        arrays=tuple(edits.arrays),
        proof=_proof(result.proof),
        torn=tuple(
            TornReport(
                each.name,
                families(each.machines),
                each.now,
                tuple(SideReport(side.value, side.breaks) for side in each.sides),
            )
            for each in result.torn
        ),
        beyond=tuple(BeyondReport(each.name, families(each.machines), each.why) for each in result.beyond),
        islands=_islands(result),
        undecided=result.undecided,
        proved=result.proof is not None,
        toml=_toml(result),
        diff=diff,
        no_diff=no_diff,
        written=tuple(written),
        exit_code=result.exit_code,
        meaning=_meaning(result),
    )


def _entry(placed: PlacedEntry) -> EntryReport:
    entry = placed.entry
    return EntryReport(placed.array, entry.driver, entry.property, entry.value, placed.file)


def _breaks(first: ChangeResult) -> tuple[BreakReport, ...]:
    made = [finding_report(found, number, slug(found.finding.id)) for number, found in enumerate(first.new, 1)]
    return tuple(BreakReport(each.id, chain(each), families(each.machines)) for each in made)


def _proof(proof: ChangeResult | None) -> tuple[ProofReport, ...]:
    if proof is None:
        return ()
    before = {(each.variant, each.prop.name): each.verdict.outcome.value for each in proof.before.results}
    return tuple(
        ProofReport(
            each.prop.name,
            each.verdict.outcome.value,
            before.get((each.variant, each.prop.name), Outcome.SAFE.value),
            each.verdict.reason,
        )
        for each in proof.after.results
    )


def _islands(result: RepairResult) -> tuple[IslandReport, ...]:
    """The islands of those device properties for which no repair was found."""
    names = {each.name for each in result.torn} | {each.name for each in result.beyond}
    last = result.proof or result.first
    return tuple(
        IslandReport(each.build, f"{each.device}.{each.prop}", families(each.machines))
        for each in last.after.islands
        if f"{each.device}.{each.prop}" in names
    )


def _toml(result: RepairResult) -> str:
    """What a change written by hand needs besides; JSON's strings are TOML's."""
    tables = []
    if result.edits.arrays:
        release = ".".join(map(str, version_key(result.changed.build)[:2]))
        tables.append(f"machine = {json.dumps(release)}\n")
    for each in result.edits.added:
        entry = each.entry
        keys = {"array": each.array, "driver": entry.driver, "property": entry.property, "value": entry.value}
        tables.append("[[entry]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items()))
    return "\n".join(tables)


def _meaning(result: RepairResult) -> str:
    """The last line: what came of it."""
    match result.ending:
        case Ending.NOTHING:
            text = "NOTHING TO REPAIR: the change breaks no chain of migrations."
        case Ending.REPAIRED:
            changed = count(len(result.edits), "entry", "entries")
            text = f"REPAIRED: with {changed} added or taken away, the change breaks no chain of migrations, however long."
        case Ending.NONE:
            text = "NO REPAIR: no set of compat entries keeps every chain of migrations whole; why not is said above."
            if not result.first.new:
                text += " hopcheck prove does not count that against the change, which goes back to what was there first."
        case Ending.UNKNOWN:
            text = "UNKNOWN: what is needed to find a repair, or to prove it, is not known."
    return f"{text} Exit code {result.exit_code}."
