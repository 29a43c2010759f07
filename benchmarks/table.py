"""The measurements as text: a table for each instance, one of starts, and the one of acceptance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from acceptance import Row
from instances import instance
from ratios import Amount, Samples, Spread, cpu, set_bytes, total, wall
from rounds import Sample
from starts import Start

MB = 1_000_000

NOTHING = "-"


def aligned(lines: Sequence[Sequence[str]]) -> str:
    """Columns under each other: the first to the left, the others to the right."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(text.ljust(width) if column == 0 else text.rjust(width) for column, (text, width) in _cells(line, widths))
        for line in lines
    )


def _cells(line: Sequence[str], widths: Sequence[int]) -> Iterable[tuple[int, tuple[str, int]]]:
    return enumerate(zip(line, widths, strict=True))


def _figures(number: float) -> str:
    """Three significant figures, without an exponent."""
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}" if number >= 0.1 else f"{number:.3f}"


def _shown(values: list[float]) -> str:
    found = Spread.of(values)
    return NOTHING if found is None else _figures(found.median)


HEAD = (
    "engine",
    "CPU s",
    "least",
    "wall s",
    "least",
    "with start, build",
    "MB",
    "B/state set",
    "B/state process",
    "CPU ratio",
    "wall ratio",
    "total ratio",
)


def of_instance(samples: Samples, name: str) -> str:
    """Medians over the rounds; ratios to hopcheck with as many threads (the greater, the faster hopcheck is)."""
    here = [each for each in samples.all if each.instance == name]
    engines = dict.fromkeys(each.engine for each in here)
    lines = [HEAD, *(_line(samples, name, engine) for engine in engines)]
    counted = next((each for each in here if each.states is not None and "symmetry" not in each.engine), None)
    counts = "" if counted is None else f": {counted.states:,} states, {counted.transitions:,} transitions"
    return f"{instance(name)}{counts}\n{aligned(lines)}"


def _line(samples: Samples, name: str, engine: str) -> tuple[str, ...]:
    def values(amount: Amount) -> list[float]:
        return samples.values(engine, name, amount)

    runs = samples.of(engine, name)
    threads = next(iter(runs.values())).threads
    # The machine's limit does not search: it has a rate, and no time to compare.
    compared = f"hopcheck-{threads}" if not engine.startswith("limit") else ""
    return (
        engine,
        _shown(values(cpu)),
        _figures(min(values(cpu))),
        _shown(values(wall)),
        _figures(min(values(wall))),
        _shown(values(total)),
        _shown(values(lambda each: each.peak_bytes / MB)),
        _shown(values(set_bytes)),
        _shown(values(_process_bytes)),
        *(_shown(samples.ratios(engine, compared, name, amount)) for amount in (cpu, wall, total)),
    )


def _process_bytes(sample: Sample) -> float | None:
    return sample.peak_bytes / sample.states if sample.states else None


def of_starts(starts: Sequence[Start]) -> str:
    """The starts: medians of whole processes and of their parts."""
    lines: list[tuple[str, ...]] = [
        ("start of hopcheck", "wall s", "least", "CPU s", "import", "build", "explore", "kernels compiled")
    ]
    for kind, actions in dict.fromkeys((each.kind, each.actions) for each in starts):
        runs = [each for each in starts if (each.kind, each.actions) == (kind, actions)]
        walls = [each.wall_s for each in runs]
        parts = (_shown([float(each.details[part]) for each in runs]) for part in ("import_s", "build_s", "explore_s"))
        compiled = max(int(each.details["kernels_compiled"]) for each in runs)
        cpus = _shown([each.cpu_s for each in runs])
        what = f"{actions:,} actions, {KINDS[kind]}"
        lines.append((what, _shown(walls), _figures(min(walls)), cpus, *parts, str(compiled)))
    return aligned(lines)


KINDS = {"cold": "never seen", "again": "seen before", "first": "kernels not yet compiled"}


def of_acceptance(rows: Iterable[Row]) -> str:
    """Each claim with its bound, the median, the least and greatest value, and whether it is reached."""
    lines: list[tuple[str, ...]] = [("claim", "to reach", "median", "spread", "runs", "verdict")]
    for row in rows:
        bound = f"{'>=' if row.at_least else '<='} {row.bound:g}{row.unit}"
        if row.spread is None:
            lines.append((row.claim, bound, NOTHING, NOTHING, "0", row.verdict))
            continue
        spread = f"{row.spread.least:.2f} to {row.spread.greatest:.2f}"
        lines.append((row.claim, bound, f"{row.spread.median:.2f}{row.unit}", spread, str(row.spread.count), row.verdict))
    return aligned(lines)


def of_absent(absent: Mapping[str, str], failed: Mapping[str, str]) -> str:
    """What was not measured, and why."""
    told = {"absent": absent, "FAILED": failed}
    return "\n".join(f"{word}: {name}: {why}" for word, reasons in told.items() for name, why in reasons.items())
