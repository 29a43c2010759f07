"""The storage model: the closed form that it agrees with, disk by disk, and its settings."""

from __future__ import annotations

import pytest

from hopcheck.engine.check import check, seen
from hopcheck.engine.libvirt.storage import Row, Says
from hopcheck.explorer.search import explore
from hopcheck.model.domain.settings import described
from hopcheck.model.domain.storage import Settings, system
from hopcheck.model.domain.storage.configuration import configurations
from hopcheck.model.domain.storage.disk import configuration
from hopcheck.model.errors import InputError
from hopcheck.properties.catalog.storage import properties, variants
from hopcheck.properties.catalog.storage_hazards import Name, hazards, may_be_forced, needless_refusals
from hopcheck.properties.kinds import Kind
from hopcheck.properties.vacuity import vacuities
from hopcheck.properties.verdict import Judgement

from .libvirt_history.storage import CASES
from .storage_judged import document, set_

# The closed form and the search, disk by disk --------------------------------------------------------------------

COMPARED = (
    "",
    "faults=0",
    "faults=2",
    "libvirt=0.9.10 qemu_src=0.14 qemu_dst=0.14",
    "libvirt=0.9.11 qemu_src=1.0 qemu_dst=1.0",
    "libvirt=2.0 qemu_src=2.5 qemu_dst=2.5 online_resize=yes",
    "libvirt=4.0 qemu_src=2.6 qemu_dst=2.6",
    "libvirt=4.4 qemu_src=2.12 qemu_dst=2.12 image_lock=no",
    "qemu_dst=2.12 third_reader=reads",
    "third_reader=maps online_resize=yes device=ide",
    "online_resize=yes qemu_dst=1.0 device=scsi",
    "network_client=gluster coherent_cluster=no",
    "network_client=stateless copy_elsewhere=yes",
    "policy=thread handover=flush_in_last_phase",
    "policy=none handover=nothing",
    "policy=thread handover=close_before_last_chunk third_reader=maps",
    "policy=pool lock_manager=yes",
    "policy=require_none second_writer=no early_open=no earlier_visit=no qemu_dst=2.12",
    "policy=tainting source_host_crashes=no finish_reply_lost=no",
    "libvirt=3.0 qemu_src=2.7 stream_breaks=no destination_unreachable=no",
    "linux_src=no force=no drop_cache=no",
)


@pytest.mark.parametrize("text", COMPARED)
def test_the_search_finds_the_hazards_and_no_others(text: str) -> None:
    settings = set_(text)
    model = system(settings)
    listed = properties(settings, model)
    answers = explore(
        model,
        always={each.name: each.expr for each in listed if each.kind is Kind.ALWAYS},
        step={each.name: each.expr for each in listed if each.kind is Kind.STEP},
        can_always_reach={each.name: each.expr for each in listed if each.kind is Kind.CAN_ALWAYS_REACH},
        group_by=configuration(model),
    ).answers
    for name, answer in answers.items():
        assert set(answer.traces) == _closed_form(settings, name), name
        expected = next(each.expected for each in listed if each.name == name)
        assert (expected.outcome.value == "unsafe") == bool(answer.traces), (name, expected)


def _closed_form(settings: Settings, name: str) -> set[int]:
    """The disks that violate the property, by their hazards."""
    if name == Name.NO_NEEDLESS_REFUSAL:
        return {disk.code for disk, _ in needless_refusals(settings)}
    forced_too = name == Name.SURVIVES and may_be_forced(settings)
    return {
        disk.code
        for disk, rule in configurations(settings)
        if (rule.accepts or forced_too) and any(each.violates == name for each in hazards(settings, disk))
    }


# What the main job checks ----------------------------------------------------------------------------------------


def test_both_engines_agree_on_every_variant_and_nothing_is_vacuous() -> None:
    facts, listed = [], []
    for name, settings in variants():
        model = system(settings)
        asked = properties(settings, model)
        results = check(model, asked, variant=name, prove_seconds=120, model="storage")
        assert {each.prop.name for each in results if each.judgement is not Judgement.EXPECTED} == set(), name
        for each in results:
            proved = each.prop.kind not in (Kind.CAN_ALWAYS_REACH, Kind.SOUND)
            assert not proved or (each.second is not None and each.second.known), (name, each.prop.name)
        assert results[0].exploration is not None
        facts.append(seen(model, asked, results[0].exploration))
        listed += asked
    assert vacuities(listed, facts) == ()


@pytest.mark.parametrize(("text", "states", "transitions", "depth"), [("", 9685, 26188, 16), ("faults=1", 16079, 38661, 18)])
def test_counts(text: str, states: int, transitions: int, depth: int) -> None:
    counted = explore(system(set_(text)))
    assert (counted.complete, counted.states, counted.transitions, counted.depth) == (True, states, transitions, depth)


def test_cases() -> None:
    assert set(CASES) == {case["id"] for case in document()["cases"] if case["area"] == "storage"}
    for case in CASES.values():
        case()


# Bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "cache=writback",
        "medium=nfs",
        "libvirt=new",
        "faults=3",
        "libvirt=7.0 shared_filesystems=yes",
        "libvirt=5.9 medium=nvme",
        "copied=yes readonly=yes",
        "copied=yes shareable=yes",
        "readonly=yes shareable=yes",
        "shareable=yes format=qcow2",
        "shareable=yes medium=network cache=writeback",
    ],
)
def test_settings_that_make_no_sense(text: str) -> None:
    with pytest.raises(InputError, match="write"):
        set_(text)


def test_every_setting_is_described() -> None:
    assert all(each.meaning.endswith(".") for each in described(Settings))


def test_unsafe_rows_are_laxer_only_where_accepted() -> None:
    row = Row("1", "", True, (), 1, Says.UNSAFE, "", "", "", ())
    assert row.laxer
    assert not row.stricter
