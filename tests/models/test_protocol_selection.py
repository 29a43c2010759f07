"""Which protocol a pair of libvirts speaks: the table of variants, the flags, and the refusals."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from hopcheck.model.domain.protocol.selection import (
    BITS,
    MASKED,
    QEMU_DRIVER,
    SINCE,
    Control,
    Feature,
    Flag,
    Protocol,
    Refused,
    Request,
    Selected,
    Side,
    entry_point,
    qemu_driver,
    select,
)
from hopcheck.model.domain.settings import Release

NOW = qemu_driver(Release("11.3"))
RELEASES = ("0.5.0", "0.7.2", "0.9.1", "0.9.2", "0.9.4", "1.0.6", "1.1.0", "1.3.3", "7.0", "9.0", "11.3")


def ask(source: Side = NOW, destination: Side = NOW, *flags: Flag, control: Control = Control.MANAGED) -> Request:
    peer = {Flag.PEER2PEER} if control is Control.P2P else set()
    return Request(control, frozenset(flags) | peer, source, destination)


def spoken(request: Request) -> Protocol | str:
    found = select(request)
    return found.protocol if isinstance(found, Selected) else found.call


def offering(*features: Feature) -> Side:
    return Side(Release("11.3"), frozenset(features))


@pytest.mark.parametrize(("source", "destination"), list(product(RELEASES, RELEASES)))
def test_each_pair_of_releases_speaks_the_newest_that_both_know(source: str, destination: str) -> None:
    older = min(Release(source), Release(destination))
    expected = Protocol.PARAMS if older >= Release("1.1.0") else Protocol.V3 if older >= Release("0.9.2") else Protocol.V2
    assert spoken(ask(qemu_driver(Release(source)), qemu_driver(Release(destination)))) is expected


def test_every_mix_of_bits_follows_the_order() -> None:
    order = {Protocol.PARAMS: Feature.PARAMS, Protocol.V3: Feature.V3, Protocol.V2: Feature.V2, Protocol.V1: Feature.V1}
    mixes = [frozenset(f for f, on in zip(order.values(), bits, strict=True) if on) for bits in product((0, 1), repeat=4)]
    for mine, yours in product(mixes, mixes):
        best = next((p for p, bit in order.items() if bit in mine & yours), "virDomainMigrate3")
        assert spoken(ask(offering(*mine), offering(*yours))) == best


def test_the_qemu_driver_offers_neither_v1_nor_direct() -> None:
    assert not {Feature.V1, Feature.DIRECT} & set(QEMU_DRIVER)
    assert spoken(ask(control=Control.DIRECT)) == "virDomainMigrateToURI3"
    v1 = [qemu_driver(Release("11.3"), Protocol.V1)] * 2
    assert spoken(ask(*v1)) == "virDomainMigrate3"


def test_extended_parameters_need_params_on_both_sides() -> None:
    old = qemu_driver(Release("1.0.6"))
    assert spoken(replace(ask(NOW, old), extended=False)) is Protocol.V3
    assert spoken(replace(ask(NOW, old), extended=True)) == "virDomainMigrate3"
    assert spoken(replace(ask(), extended=True)) is Protocol.PARAMS


def test_bits_and_flags_have_numbers_and_releases() -> None:
    assert set(BITS) == set(Feature)
    assert len(set(BITS.values())) == len(BITS)
    assert set(SINCE) == set(Flag)


@pytest.mark.parametrize("flag", [flag for flag in Flag if flag not in MASKED and SINCE[flag] > Release("0.9.2")])
def test_an_old_destination_refuses_a_flag_that_it_does_not_know(flag: Flag) -> None:
    with_it = ask(NOW, qemu_driver(Release("0.9.2")), *_companions(flag))
    refused = select(with_it)
    assert isinstance(refused, Refused)
    assert refused.call == ("virDomainMigrate3" if flag is Flag.OFFLINE else "Prepare")


def _companions(flag: Flag) -> tuple[Flag, ...]:
    needed = {Flag.NON_SHARED_SYNCHRONOUS_WRITES: Flag.NON_SHARED_DISK, Flag.OFFLINE: Flag.PERSIST_DEST}
    return (flag, needed[flag]) if flag in needed else (flag,)


@pytest.mark.parametrize("flag", sorted(MASKED))
def test_masked_flags_never_reach_the_destination(flag: Flag) -> None:
    found = select(ask(NOW, qemu_driver(Release("0.9.2")), flag))
    assert isinstance(found, Selected)
    assert flag not in found.destination_flags


def test_an_old_source_refuses_what_it_does_not_know() -> None:
    old = qemu_driver(Release("0.9.2"))
    assert spoken(ask(old, NOW, Flag.UNSAFE)) == "Begin"
    assert spoken(ask(old, NOW, Flag.UNSAFE, control=Control.P2P)) == "Perform"
    assert spoken(ask(old, NOW, Flag.CHANGE_PROTECTION)) == "virDomainMigrate3"
    assert spoken(ask(qemu_driver(Release("0.5.0")), NOW, control=Control.P2P)) == "virDomainMigrateToURI3"


@pytest.mark.parametrize(
    ("flags", "call"),
    [
        ((Flag.TUNNELLED, Flag.POSTCOPY), "Perform"),
        ((Flag.TUNNELLED, Flag.OFFLINE), "Perform"),
        ((Flag.TUNNELLED, Flag.NON_SHARED_DISK), "Perform"),
        ((Flag.TUNNELLED, Flag.PARALLEL), "virDomainMigrateToURI3"),
        ((Flag.NON_SHARED_SYNCHRONOUS_WRITES,), "virDomainMigrateToURI3"),
        ((Flag.OFFLINE,), "Perform"),
        ((Flag.OFFLINE, Flag.PERSIST_DEST, Flag.NON_SHARED_DISK), "Perform"),
    ],
)
def test_flags_that_do_not_go_together(flags: tuple[Flag, ...], call: str) -> None:
    assert spoken(ask(NOW, NOW, *flags, control=Control.P2P)) == call


def test_a_tunnel_is_peer_to_peer_and_carried_storage_until_blockdev() -> None:
    assert spoken(ask(NOW, NOW, Flag.TUNNELLED)) == "virDomainMigrate3"
    old = qemu_driver(Release("6.9.0"))
    assert spoken(ask(old, old, Flag.TUNNELLED, Flag.NON_SHARED_DISK, control=Control.P2P)) is Protocol.PARAMS


def test_version_2_cannot_carry_everything() -> None:
    old = qemu_driver(Release("0.9.1"))
    assert spoken(replace(ask(old, NOW), lock_state=True)) == "the domain's XML"
    assert spoken(replace(ask(old, NOW), new_xml=True)) == "virDomainMigrate3"
    both = [qemu_driver(Release("11.3"), Protocol.V2)] * 2
    assert spoken(ask(*both, Flag.POSTCOPY, control=Control.P2P)) == "Perform"
    assert spoken(ask(*both, Flag.OFFLINE, Flag.PERSIST_DEST)) == "virDomainMigrate3"


def test_entry_points() -> None:
    assert {control: entry_point(control) for control in Control} == {
        Control.MANAGED: "virDomainMigrate3",
        Control.P2P: "virDomainMigrateToURI3",
        Control.DIRECT: "virDomainMigrateToURI3",
    }
    assert spoken(ask(NOW, NOW, Flag.PEER2PEER)) == "virDomainMigrate3"
