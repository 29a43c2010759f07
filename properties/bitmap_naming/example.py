"""A naming under which a policy puts a bitmap on the wrong disk: found by z3, read off its model, and replayed.

The replay knows nothing of the formulas: it asks the rules of the bitmaps model for the address, looks the name up in the
destination's graph, and checks the premises by looking at every pair of nodes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import z3

from hopcheck.model.domain.bitmaps import graph
from hopcheck.model.domain.bitmaps.graph import Node, Source
from hopcheck.model.domain.bitmaps.policy import SENT, Address, address
from hopcheck.model.domain.bitmaps.settings import Entry, Policy
from hopcheck.model.errors import LimitError
from hopcheck.properties.bitmap_naming import theory as of
from hopcheck.properties.bitmap_naming.premises import Premise
from hopcheck.properties.errors import DisagreementError


@dataclass(frozen=True, slots=True)
class Example:
    """A source node with its bitmap, and the destination's nodes.

    ``disk``: the source node's; ``entry``: what the map or list says of the bitmap; ``target``: the alias or target that
    it gives; ``aliases``: the destination's mapping, alias to node; ``arrived``: the node where the bitmap ends.
    """

    policy: Policy
    source: Source
    disk: str
    entry: Entry
    target: str
    nodes: tuple[Node, ...]
    aliases: tuple[tuple[str, Node], ...]
    arrived: Node

    def __str__(self) -> str:
        lines = [f"source: {_described(self.source.name, self.source.device)} on {self.disk}"]
        if not self.source.direct and self.source.device:
            lines[0] += ", below a filter"
        if self.entry is Entry.LISTED:
            lines[0] += f", sent as {self.target}"
        lines += [f"destination: {_described(each.name, each.device)} on {each.disk}" for each in self.nodes]
        lines += [f"destination's mapping: {alias} is {_described(node.name, node.device)}" for alias, node in self.aliases]
        lines.append(f"the bitmap ends on {self.arrived.disk}")
        return "\n".join(lines)


def _described(name: str, device: str) -> str:
    node = f"node {name}" if name else "a node without a name"
    return f"{node} of device {device}" if device else node


def find(policy: Policy, kept: Collection[Premise]) -> Example | None:
    """A smallest naming under which the policy leads astray although these premises hold; None where there is none.

    One bitmap on the source; its own disk is on the destination, too.
    """
    formulas = of.claims(policy, {each: of.premise(each) for each in kept})
    nodes = [z3.Const(f"node{number}", of.DestinationNode) for number in range(2)]
    x, y = z3.Const("x", of.SourceNode), z3.Const("y", of.DestinationNode)
    small = [
        z3.ForAll([x], x == of.bitmap),
        z3.ForAll([y], z3.Or([y == each for each in nodes])),
        nodes[0] == of.arrived,
        of.disk(nodes[1]) == of.source_disk(of.bitmap),
        z3.Distinct(nodes),
    ]
    solver = z3.Solver()
    solver.add(*formulas, *small)
    answer = solver.check()
    if answer == z3.unknown:
        raise LimitError(f"z3 does not decide the names of two disks: {solver.reason_unknown()}")
    return _read(solver.model(), policy, nodes) if answer == z3.sat else None


def _read(model: z3.ModelRef, policy: Policy, nodes: Sequence[z3.ExprRef]) -> Example:
    """The naming that a model describes, with readable names."""
    texts: dict[str, str] = {str(model.eval(of.empty, model_completion=True)): ""}

    def true(term: z3.BoolRef) -> bool:
        return bool(z3.is_true(model.eval(term, model_completion=True)))

    def text(term: z3.ExprRef) -> str:
        form = "#block" if true(of.generated(term)) else "name"
        return texts.setdefault(str(model.eval(term, model_completion=True)), f"{form}{len(texts)}")

    mapping = policy is Policy.MAPPING
    own = model.eval(of.source_disk(of.bitmap), model_completion=True)
    listed, null = true(of.listed(of.bitmap)), true(of.null(of.bitmap))
    made = tuple(
        Node(text(of.name(each)), "disk0" if true(of.disk(each) == own) else "disk1", text(of.device(each)))
        for each in nodes
    )
    return Example(
        policy,
        Source(text(of.source_name(of.bitmap)), text(of.source_device(of.bitmap)), true(of.direct(of.bitmap))),
        "disk0",
        (Entry.NULL if null else Entry.LISTED) if listed else Entry.UNLISTED,
        text(of.target(of.bitmap)),
        made,
        tuple(
            (text(of.alias(each)), node)
            for each, node in zip(nodes, made, strict=True)
            if mapping and true(of.aliased(each))
        ),
        made[0],
    )


def confirm(example: Example, kept: Collection[Premise]) -> None:
    """Replay an example; raise ``DisagreementError`` unless it is one: the names are possible in each process, the
    premises hold, and the rules put the bitmap on the node claimed, which is of another disk.
    """

    def require(met: bool, what: str) -> None:
        if not met:
            raise DisagreementError(f"the naming found for the policy {example.policy} cannot be replayed: {what}")

    require(_possible(example), "a QEMU would refuse these names")
    broken = [each for each in kept if not _keeps(example, each)]
    require(not broken, f"it breaks the premise that {', '.join(broken)}")
    found = arrival(example)
    require(found == example.arrived, f"the rules put the bitmap on {found}")
    require(example.arrived.disk != example.disk, "it is the bitmap's own disk")


def arrival(example: Example) -> Node | None:
    """The node where the rules put the bitmap; None where it is not sent or its name is not known."""
    said = address(example.policy, example.source, example.entry)
    if said not in SENT:
        return None
    if example.policy is Policy.MAPPING:
        return dict(example.aliases).get(example.target)
    sent = {Address.DEVICE: example.source.device, Address.ALIAS: example.target}.get(said, example.source.name)
    return graph.look_up(example.nodes, sent)


def _possible(example: Example) -> bool:
    source = [each for each in (example.source.name, example.source.device) if each]
    there = [each for node in example.nodes for each in (node.name, node.device) if each]
    devices = [example.source.device, *(node.device for node in example.nodes)]
    aliases = [alias for alias, _ in example.aliases]
    apart = all(len(set(names)) == len(names) for names in (source, there, aliases))
    return apart and not any(each.startswith("#") for each in devices)


def _keeps(example: Example, kind: Premise) -> bool:
    """Whether the premise holds, pair by pair."""
    source = example.source
    chosen = "" if source.name.startswith("#") else source.name
    listed = example.entry is not Entry.UNLISTED
    for node in (each for each in example.nodes if each.disk != example.disk):
        aliases = [alias for alias, there in example.aliases if there == node]
        met = {
            Premise.DEVICES: source.device != "" and source.device == node.device,
            Premise.NODES: chosen != "" and chosen == node.name,
            Premise.ONE_SPACE: (source.device != "" and source.device == node.name)
            or (chosen != "" and chosen == node.device),
            Premise.GENERATED: source.name.startswith("#") and source.name == node.name,
            Premise.ALIASES: listed and example.target in aliases,
            Premise.TARGETS: listed and example.target in (node.name, node.device),
        }
        if met[kind]:
            return False
    return True
