"""Names, nodes and disks as formulas, for any number of each.

A *source node* may be the root of a named device, directly or through filters; a *destination node* may be the top node
of one. A name is text: some texts are generated (they begin with ``#``), one is empty (no name). Every QEMU keeps its own
device and node names apart; nothing is said about the two sides together, except by premises.
"""

from __future__ import annotations

from collections.abc import Mapping

import z3

from hopcheck.model.domain.bitmaps.settings import Policy
from hopcheck.properties.bitmap_naming.premises import Premise

Name, Disk = z3.DeclareSort("Name"), z3.DeclareSort("Disk")
SourceNode, DestinationNode = z3.DeclareSort("SourceNode"), z3.DeclareSort("DestinationNode")
_bool = z3.BoolSort()

empty = z3.Const("empty", Name)
generated = z3.Function("generated", Name, _bool)

source_disk = z3.Function("source-disk", SourceNode, Disk)
source_name = z3.Function("source-name", SourceNode, Name)
source_device = z3.Function("source-device", SourceNode, Name)  # empty where it is under no named device
direct = z3.Function("direct", SourceNode, _bool)  # no filter stands between it and the device
listed = z3.Function("listed", SourceNode, _bool)  # the map or list has an entry for its bitmap
null = z3.Function("null", SourceNode, _bool)  # which drops it
target = z3.Function("target", SourceNode, Name)  # or else the alias or target that it gives

disk = z3.Function("disk", DestinationNode, Disk)
name = z3.Function("name", DestinationNode, Name)
device = z3.Function("device", DestinationNode, Name)  # empty where it is the top node of no named device
aliased = z3.Function("aliased", DestinationNode, _bool)  # the destination's mapping has an entry for it
alias = z3.Function("alias", DestinationNode, Name)

bitmap = z3.Const("bitmap", SourceNode)
"""The node of the bitmap that goes astray."""
arrived = z3.Const("arrived", DestinationNode)
"""The node that it is put on."""

_s, _t = z3.Consts("s t", SourceNode)
_d, _e = z3.Consts("d e", DestinationNode)


def within_one_process() -> list[z3.BoolRef]:
    """What QEMU keeps in each process: node names are unique, device names too, and no text is both; a device name is
    well-formed, so that it never begins with ``#``; mappings are one-to-one.
    """
    made = [z3.Not(generated(empty))]
    for sort, own, top in (
        ((_s, _t), source_name, source_device),
        ((_d, _e), name, device),
    ):
        x, y = sort
        made += [
            z3.ForAll([x, y], z3.Implies(z3.And(own(x) == own(y), own(x) != empty), x == y)),
            z3.ForAll([x, y], z3.Implies(z3.And(top(x) == top(y), top(x) != empty), x == y)),
            z3.ForAll([x, y], z3.Implies(top(x) != empty, top(x) != own(y))),
            z3.ForAll([x], z3.Not(generated(top(x)))),
        ]
    made.append(z3.ForAll([_d, _e], z3.Implies(z3.And(aliased(_d), aliased(_e), alias(_d) == alias(_e)), _d == _e)))
    return made


def premise(kind: Premise) -> z3.BoolRef:
    """A premise as a formula."""
    same = source_disk(_s) == disk(_d)
    chosen = z3.And(source_name(_s) != empty, z3.Not(generated(source_name(_s))))
    match kind:
        case Premise.DEVICES:
            met = z3.And(source_device(_s) != empty, source_device(_s) == device(_d))
        case Premise.NODES:
            met = z3.And(chosen, source_name(_s) == name(_d))
        case Premise.ONE_SPACE:
            met = z3.Or(
                z3.And(source_device(_s) != empty, source_device(_s) == name(_d)),
                z3.And(chosen, source_name(_s) == device(_d)),
            )
        case Premise.GENERATED:
            met = z3.And(generated(source_name(_s)), source_name(_s) == name(_d))
        case Premise.ALIASES:
            met = z3.And(listed(_s), aliased(_d), target(_s) == alias(_d))
        case Premise.TARGETS:
            met = z3.And(listed(_s), z3.Or(target(_s) == name(_d), target(_s) == device(_d)))
    return z3.ForAll([_s, _d], z3.Implies(met, same))


def address(policy: Policy, node: z3.ExprRef) -> tuple[z3.BoolRef, z3.ExprRef]:
    """Whether the policy sends the bitmap of a node, and the text that it sends for the node."""
    own, top = source_name(node), source_device(node)
    has_name, has_device = own != empty, top != empty
    chosen = z3.And(has_name, z3.Not(generated(own)))
    entry = z3.And(listed(node), z3.Not(null(node)))
    match policy:
        case Policy.OLD:
            by_device = z3.And(has_device, direct(node))
            return z3.Or(by_device, has_name), z3.If(by_device, top, own)
        case Policy.DEFAULT:
            return z3.Or(has_device, chosen), z3.If(has_device, top, own)
        case Policy.SNOW:
            return z3.Or(chosen, has_device), z3.If(chosen, own, top)
        case Policy.SEMENTSOV:
            return has_device, top
        case Policy.SNOW_LISTS:
            sends, text = address(Policy.SNOW, node)
            redirected = z3.And(entry, has_name)
            dropped = z3.And(listed(node), null(node))
            return z3.And(z3.Not(dropped), z3.Or(redirected, sends)), z3.If(redirected, target(node), text)
        case _:  # a mapping, Snow's lists without his default, the full map: what has an entry, under the entry's name
            return z3.And(entry, has_name), target(node)


def puts(policy: Policy, text: z3.ExprRef, node: z3.ExprRef) -> z3.BoolRef:
    """The destination finds this node under the text: by its mapping, or as a device first and as a node then."""
    if policy is Policy.MAPPING:
        return z3.And(aliased(node), alias(node) == text)
    no_device = z3.ForAll([_e], device(_e) != text)
    return z3.And(text != empty, z3.Or(device(node) == text, z3.And(no_device, name(node) == text)))


def astray(policy: Policy) -> z3.BoolRef:
    """``bitmap`` is sent, and put on ``arrived``, which is of another disk."""
    sends, text = address(policy, bitmap)
    return z3.And(sends, puts(policy, text, arrived), source_disk(bitmap) != disk(arrived))


def claims(policy: Policy, kept: Mapping[Premise, z3.BoolRef]) -> list[z3.BoolRef]:
    """What must be contradictory if no bitmap can go astray under these premises."""
    return [*within_one_process(), *kept.values(), astray(policy)]
