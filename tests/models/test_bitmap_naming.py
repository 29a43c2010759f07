"""Wrong disks for any number of names: proofs, examples, and both against the rules of the model."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest
import z3

from hopcheck.model.domain.bitmaps.graph import Node, Source
from hopcheck.model.domain.bitmaps.policy import SENT, Address, address, entries
from hopcheck.model.domain.bitmaps.settings import Entry, Policy
from hopcheck.properties.bitmap_naming import NEEDED, Example, Premise, arrival, check_naming, confirm, find
from hopcheck.properties.bitmap_naming import theory as of
from hopcheck.properties.errors import DisagreementError


def test_every_policy_is_proved_under_its_premises_and_none_can_be_spared() -> None:
    report = check_naming(seconds=60)
    assert [each.policy for each in report.policies] == list(Policy)
    for each in report.policies:
        assert each.proved, each.policy
        assert each.proof.z3.answer == each.proof.cvc5.answer == "unsat"
        assert each.sharp, each.policy
        assert set(each.without) == set(NEEDED[each.policy])


@pytest.mark.parametrize("policy", Policy)
def test_without_any_premise_every_policy_leads_astray(policy: Policy) -> None:
    example = find(policy, ())
    assert example is not None
    confirm(example, ())
    assert example.arrived.disk == "disk1"


@pytest.mark.parametrize("policy", Policy)
def test_under_its_premises_a_bitmap_still_arrives(policy: Policy) -> None:
    """The proof does not speak of nothing: names, premises and an arrival on the right disk go together."""
    sends, text = of.address(policy, of.bitmap)
    solver = z3.Solver()
    solver.add(*of.within_one_process(), *(of.premise(each) for each in NEEDED[policy]))
    solver.add(sends, of.puts(policy, text, of.arrived), of.source_disk(of.bitmap) == of.disk(of.arrived))
    solver.add(
        z3.Exists([z3.Const("o", of.DestinationNode)], of.disk(z3.Const("o", of.DestinationNode)) != of.disk(of.arrived))
    )
    assert solver.check() == z3.sat


def test_the_default_goes_astray_by_a_node_name_that_is_a_device_name() -> None:
    example = find(Policy.DEFAULT, [Premise.DEVICES, Premise.NODES])
    assert example is not None
    sent = example.source.device or example.source.name
    assert sent in (example.arrived.device, example.arrived.name)
    assert (sent == example.source.name) == (sent == example.arrived.device)
    assert f"the bitmap ends on {example.arrived.disk}" in str(example)


def test_generated_names_lead_the_old_rule_astray_whatever_is_promised_of_the_others() -> None:
    everything = [each for each in Premise if each is not Premise.GENERATED]
    example = find(Policy.OLD, everything)
    assert example is not None
    assert example.source.name.startswith("#")
    for policy in Policy:
        assert policy is Policy.OLD or find(policy, everything) is None


def sources() -> Iterator[Source]:
    for name, device, direct in itertools.product(("", "node", "#block1"), ("", "drive"), (True, False)):
        yield Source(name, device, direct)


def asserted(node: Source, entry: Entry) -> list[z3.BoolRef]:
    """The source node as formulas about the bitmap's."""
    name, device = of.source_name(of.bitmap), of.source_device(of.bitmap)
    return [
        (name == of.empty) == (node.name == ""),
        of.generated(name) == node.name.startswith("#"),
        (device == of.empty) == (node.device == ""),
        of.direct(of.bitmap) == node.direct,
        of.listed(of.bitmap) == (entry not in (Entry.UNLISTED, Entry.OTHER_BITMAP)),
        of.null(of.bitmap) == (entry is Entry.NULL),
        of.target(of.bitmap) != name,
        of.target(of.bitmap) != device,
    ]


@pytest.mark.parametrize("policy", Policy)
def test_the_formulas_say_of_every_node_what_the_rules_say(policy: Policy) -> None:
    for node, entry in itertools.product(sources(), entries(policy)):
        said = address(policy, node, entry)
        sends, text = of.address(policy, of.bitmap)
        means = {
            Address.DEVICE: of.source_device(of.bitmap),
            Address.NODE: of.source_name(of.bitmap),
            Address.GENERATED: of.source_name(of.bitmap),
            Address.ALIAS: of.target(of.bitmap),
        }
        claim = sends if said in SENT else z3.Not(sends)
        right = z3.And(claim, text == means[said]) if said in SENT else claim
        solver = z3.Solver()
        solver.add(*of.within_one_process(), *asserted(node, entry), z3.Not(right))
        assert solver.check() == z3.unsat, (node, entry, said)


def perturbed(example: Example) -> Iterator[Example]:
    """Examples that are none."""
    right, wrong = example.nodes[1], example.nodes[0]
    yield replace(example, arrived=right)
    yield replace(example, disk="disk1")
    yield replace(example, nodes=(replace(wrong, name=right.name or "x"), right, Node(right.name or "x", "disk1")))
    yield replace(example, nodes=(replace(wrong, device="#block9"), right))
    yield replace(example, source=replace(example.source, name="", device=""))


@pytest.mark.parametrize("policy", Policy)
def test_perturbed_examples_are_rejected(policy: Policy) -> None:
    example = find(policy, ())
    assert example is not None
    for each in perturbed(example):
        with pytest.raises(DisagreementError, match="cannot be replayed"):
            confirm(each, ())


@pytest.mark.parametrize("policy", Policy)
def test_an_example_that_breaks_a_premise_is_rejected(policy: Policy) -> None:
    for premise in NEEDED[policy]:
        others = [each for each in NEEDED[policy] if each is not premise]
        example = find(policy, others)
        assert example is not None
        confirm(example, others)
        with pytest.raises(DisagreementError, match="it breaks the premise"):
            confirm(example, NEEDED[policy])


def test_what_is_not_sent_arrives_nowhere() -> None:
    example = find(Policy.NODEFAULTS, ())
    assert example is not None
    assert arrival(replace(example, entry=Entry.NULL)) is None


def test_in_the_formulas_too_a_device_hides_a_node() -> None:
    """A text that is one node's name and another's device leads to the device."""
    other, text = z3.Const("other", of.DestinationNode), z3.Const("text", of.Name)
    named = z3.And(text != of.empty, of.name(of.arrived) == text, of.device(of.arrived) != text)
    for policy in Policy:
        if policy is not Policy.MAPPING:
            for hidden, answer in ((of.device(other) == text, z3.unsat), (z3.BoolVal(True), z3.sat)):
                solver = z3.Solver()
                solver.add(named, hidden, of.puts(policy, text, of.arrived))
                assert solver.check() == answer, policy
