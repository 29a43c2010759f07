"""The steps of chains and runs as other tools list them: what happens, and what it brings about."""

from __future__ import annotations

from hopcheck.report.formats.case import CaseStep
from hopcheck.report.schema.report import FindingReport, TraceReport
from hopcheck.report.text.notation import shown


def chain_steps(found: FindingReport) -> tuple[CaseStep, ...]:
    """The shortest chain that breaks, in QEMU's terms."""
    return tuple(
        CaseStep(
            f"{step.action.replace('_', ' ')}: QEMU {step.build}, {found.machine}",
            {found.prop: shown(step.value), "guest has seen": shown(step.guest), "status": step.status},
            step.diverges,
        )
        for step in found.chain
    )


def trace_steps(trace: TraceReport, *, violated: bool) -> tuple[CaseStep, ...]:
    """A run of a model: the initial state, then of each step what it changes; ``violated``: its end is a violation."""
    first = CaseStep("initially", dict(trace.initial), violated and not trace.steps)
    last = len(trace.steps)
    return (
        first,
        *(
            CaseStep(step.label, {name: new for name, (_, new) in step.changed.items()}, violated and number == last)
            for number, step in enumerate(trace.steps, 1)
        ),
    )
