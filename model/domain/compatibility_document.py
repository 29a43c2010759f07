"""The cases of QEMU's compatibility document, read off the model of ``num-queues``.

The document (``docs/devel/migration/compatibility.rst``, "How backwards compatibility works") numbers six combinations
of two QEMU releases, 5.1 and 5.2, and their machine types, written here as pc-5.1 and pc-5.2 as there. After the six it
returns to the third with the word "WRONG!": on its own that hop works without the entry, but not at the end of the
double migration A (5.1) -> B (5.2) -> C (5.2).
"""

from __future__ import annotations

from dataclasses import dataclass

from hopcheck.model.domain.num_queues import Policy, num_queues
from hopcheck.model.language import EnumType, System, Value, initial_states, successors

VCPUS = 4
"""The document's example: four queues on one side, one on the other."""

CASES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("1", ("5.2", "5.2"), "pc-5.2"),
    ("2", ("5.1", "5.1"), "pc-5.1"),
    ("3", ("5.2", "5.2"), "pc-5.1"),
    ("4", ("5.1", "5.1"), "pc-5.2"),
    ("5", ("5.2", "5.1"), "pc-5.1"),
    ("6", ("5.1", "5.2"), "pc-5.1"),
    ("3 after 6", ("5.1", "5.2", "5.2"), "pc-5.1"),
)
"""The document's number, the builds in the order of the migrations, the machine type."""


@dataclass(frozen=True, slots=True)
class Row:
    """One case and what the model says of it.

    ``chain``: the builds, source first; ``queues``: num-queues of each process that started; ``works``: every process
    starts, every migration loads, and the guest keeps the configuration it saw; ``why_not``: the first thing that goes
    wrong, empty where the case works.
    """

    case: str
    chain: tuple[str, ...]
    machine: str
    queues: tuple[int, ...]
    works: bool
    why_not: str

    @property
    def source(self) -> str:
        """The build where the guest is booted."""
        return self.chain[0]

    @property
    def destination(self) -> str:
        """The build where the last migration leads."""
        return self.chain[-1]


def document_rows(policy: Policy) -> tuple[Row, ...]:
    """The document's six cases and the double migration behind its "WRONG!", as the model has them under ``policy``."""
    system = num_queues(policy, VCPUS)
    return tuple(_follow(system, *case) for case in CASES)


def _follow(system: System, case: str, chain: tuple[str, ...], machine: str) -> Row:
    """Boot the guest on the first build and migrate it along the rest, as the interpreter allows."""
    queues: list[int] = []

    def row(why_not: str = "") -> Row:
        return Row(case, chain, machine, tuple(queues), not why_not, why_not)

    known = system["machine"].type
    assert isinstance(known, EnumType)
    state = next(s for s in initial_states(system) if _is(system.decode(s), vcpus=VCPUS, option=0))
    for number, build in enumerate(chain):
        name = "migrate" if number else "boot"
        wanted = {"destination": build} if number else {"build": build, "machine": machine}
        step = next((s for s in successors(system, state) if s.action == name and dict(s.arguments) == wanted), None)
        if step is None:
            return row(f"qemu-{build} does not know machine type {machine}")
        before, after = system.decode(state), system.decode(step.target)
        if after["status"] == "failed":
            return row(f"qemu-{build} has fewer queues than the {before['queues']} in the stream: loading fails")
        queues.append(int(after["queues"]))
        if after["queues"] != after["seen"]:
            return row(
                f"qemu-{build} has {after['queues']} queues and the guest saw {after['seen']}: the others are not "
                "initialised"
            )
        state = step.target
    return row()


def _is(values: dict[str, Value], **wanted: Value) -> bool:
    return all(values[name] == value for name, value in wanted.items())
