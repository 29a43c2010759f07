"""A finding's chain as DOT: builds as stations from left to right, hops as arrows, the value that diverges in red."""

from __future__ import annotations

import itertools

import graphviz

from hopcheck.model.domain.device_config.mismatch import Kind
from hopcheck.report.pictures.labels import cell, font, label, lines, row, struck, table
from hopcheck.report.pictures.palette import BAD, BAD_GROUND, FONT, GROUND, HEAD, INK, LINE, MONO, PAPER, QUIET
from hopcheck.report.pictures.strip import strip
from hopcheck.report.schema.report import ChainStepReport, FindingReport
from hopcheck.report.text.findings import outcome
from hopcheck.report.text.notation import shown

_TEXT_WIDTH = 118
"""Characters in a line of the text under the chain."""

_WIDTH = 760
"""Points from the left of the picture to its right, so that title, chain and strip share their margins."""

_STAYS = ("failed", "stranded", "refused")
"""After a step with one of these the guest is not on the build that the step was to lead to."""


def chain_dot(found: FindingReport) -> str:
    """The DOT text of a finding's chain."""
    graph = graphviz.Digraph(
        "chain",
        comment=found.id.replace("\n", " "),
        graph_attr={
            "rankdir": "LR",
            "bgcolor": GROUND,
            "fontname": FONT,
            "nodesep": "0.35",
            "ranksep": "0.75",
            "pad": "0.2",
            "labelloc": "b",
            "labeljust": "l",
            "label": label(_below(found)),
        },
        node_attr={"shape": "plain", "fontname": FONT},
        edge_attr={"fontname": FONT, "color": INK, "penwidth": "1.4", "arrowsize": "0.8"},
    )
    with graph.subgraph(name="cluster_chain") as inner:
        inner.attr(pencolor=GROUND, labelloc="t", labeljust="l", margin="2", label=label(_title(found)))
        inner.node("start", label="", shape="circle", width="0.14", fixedsize="true", style="filled", fillcolor=INK)
        for number, step in enumerate(found.chain):
            inner.node(f"s{number}", label=label(_station(found, number, step)))
        _edges(inner, found)
    return str(graph.source)


def _edges(graph: graphviz.Digraph, found: FindingReport) -> None:
    names = ["start", *(f"s{number}" for number in range(len(found.chain)))]
    for (tail, head), step in zip(itertools.pairwise(names), found.chain, strict=True):
        fails = step.action == "migrate_fails"
        refused = step.action == "migrate_refused"
        colour = BAD if fails else QUIET if refused else INK
        style = {"style": "dashed"} if fails or refused else {}
        graph.edge(tail, head, label=label(_action(found, step, colour)), color=colour, **style)


def _action(found: FindingReport, step: ChainStepReport, colour: str) -> str:
    """The action over its arrow; for a hop that fails, the kind of error."""
    texts = [step.action.replace("_", " ")]
    if step.action == "migrate_fails":
        texts.append("value refused" if found.mismatch.kind == Kind.CARRIED else found.mismatch.kind)
    elif step.action == "migrate_refused":
        texts.append("unknown machine type")
    rows = [row(cell(font(text, size=11, colour=colour, bold=position == 0))) for position, text in enumerate(texts)]
    return table(*rows, CELLPADDING=1)


def _station(found: FindingReport, number: int, step: ChainStepReport) -> str:
    """A station: the build, the machine type, what its process has, and what the guest has seen where that differs."""
    bad = step.diverges
    head = cell(font(f"QEMU {step.build}", size=13, colour=GROUND, bold=True), BGCOLOR=BAD if bad else HEAD, CELLPADDING=5)
    rows = [row(head), row(cell(font(found.machine, size=10, colour=QUIET), CELLPADDING=3))]
    rows += [row(cell(each, **attributes)) for each, attributes in _values(found, number, step)]
    return table(*rows, BORDER=1, COLOR=BAD if bad else LINE, BGCOLOR=BAD_GROUND if bad else PAPER)


def _values(found: FindingReport, number: int, step: ChainStepReport) -> list[tuple[str, dict[str, int | str]]]:
    value, guest = shown(step.value), shown(step.guest)
    space: dict[str, int | str] = {"CELLPADDING": 3}
    name = found.prop
    if not step.diverges:
        return [(font(f"{name} = {value}", size=12, bold=True), space)]
    wrong = font(f"{name} = {value}", size=12, colour=BAD, bold=True)
    if step.status in _STAYS:
        return [(wrong, space), (font(f"the stream says {guest}", size=10, colour=INK), space), *_end(step)]
    if step.action == "guest_reset":
        first = shown(found.chain[0].guest)
        return [(wrong, space), (struck(f"powered on with {first}", size=10, colour=QUIET), space)]
    return [(wrong, space), (font(f"the guest has seen {guest}", size=10, colour=INK), space)]


def _end(step: ChainStepReport) -> list[tuple[str, dict[str, int | str]]]:
    """Where the guest is left by a hop that fails."""
    text = "the source runs on" if step.status == "failed" else "the guest runs nowhere"
    return [(font(text, size=10, colour=QUIET), {"CELLPADDING": 3})]


def _title(found: FindingReport) -> str:
    name = font(found.name, size=16, bold=True)
    reach = f"on {found.machine}" + (f" and {len(found.machines) - 1} more" if len(found.machines) > 1 else "")
    facts = (
        f"{found.cause} since {found.since}{', still open' if found.open else ''}; mismatch: {found.mismatch.kind}; {reach}"
    )
    under = [*_quiet(facts), *_quiet(f"{outcome(found)[:1].upper()}{outcome(found)[1:]}.")]
    return table(row(cell(name, ALIGN="LEFT")), *(row(cell(each, ALIGN="LEFT")) for each in under), WIDTH=_WIDTH)


def _below(found: FindingReport) -> str:
    """The strip of all builds, the reason, and the entry that is missing."""
    builds = {step.build for step in found.chain}
    title = f"{found.prop} on {found.machine}, build by build"
    rows = [row(cell(strip(found.values, title, builds, _WIDTH)))]
    rows += [row(cell(each, ALIGN="LEFT")) for each in lines(found.why, _TEXT_WIDTH, size=11)]
    if found.needed is not None:
        entry = f"{found.needed.array}:  {found.needed.notation}"
        missing = font("missing from ", size=11, colour=BAD, bold=True) + font(entry, size=11, face=MONO)
        rows.append(row(cell(missing, ALIGN="LEFT")))
    return table(*rows, CELLPADDING=2, WIDTH=_WIDTH)


def _quiet(text: str) -> list[str]:
    return lines(text, _TEXT_WIDTH, size=11, colour=QUIET)
