"""What must hold of dirty bitmaps in a migration, with the verdict that the rules foresee for the given settings."""

from __future__ import annotations

from dataclasses import replace

from hopcheck.model.domain.bitmaps import Settings, state
from hopcheck.model.domain.bitmaps.graph import Place
from hopcheck.model.domain.bitmaps.policy import SENT, Address
from hopcheck.model.domain.bitmaps.settings import (
    BitmapState,
    Device,
    Entry,
    Layout,
    Manager,
    Mode,
    Neighbour,
    NodeName,
    Policy,
    Size,
    Storage,
    Where,
    YesNo,
)
from hopcheck.model.domain.bitmaps.state import Vars
from hopcheck.model.domain.bitmaps.system import persistent_there
from hopcheck.model.domain.settings import Release
from hopcheck.model.language import TRUE, Expr, System, after
from hopcheck.properties.catalog.bitmaps_bookkeeping import bookkeeping
from hopcheck.properties.catalog.bitmaps_foreseen import Foreseen
from hopcheck.properties.kinds import Property, always, can_always_reach, sound, step
from hopcheck.properties.verdict import Expectation, Outcome, fails, holds


def properties(settings: Settings, system: System, *, provable: bool = True) -> tuple[Property, ...]:
    """The properties of the system built with these settings; ``provable``: stated so that induction can prove them."""
    v, foreseen = state.of(system, settings), Foreseen(settings)
    return (
        *_on_the_wire(v, foreseen),
        *_at_the_end(v, foreseen, bookkeeping(v) if provable else TRUE),
        *_after_a_failure(v, foreseen),
        *_bad_input(v, foreseen),
        always(
            "BOOKKEEPING",
            bookkeeping(v),
            "The statuses, the guest and the bitmap's places go together as every step leaves them.",
            expected=holds("every step keeps it"),
        ),
        sound(),
    )


def _expected(failure: str, otherwise: str) -> Expectation:
    return fails(failure) if failure else holds(otherwise)


def _on_the_wire(v: Vars, foreseen: Foreseen) -> tuple[Property, ...]:
    there = v["sent"] & (v["dst_bitmap"] != "none")
    return (
        always(
            "NO_WRONG_NODE",
            there.implies(v.place != Place.OTHER_DISK.value),
            "A migrated bitmap is attached to the disk that it described.",
            expected=_expected(foreseen.wrong_node(), "with these names every address leads to its own disk"),
        ),
        always(
            "GENERATED_NAMES_NEVER_SENT",
            v["sent"].implies(v.addressed != Address.GENERATED.value),
            "No name that QEMU generated is in the stream: the other side generated others.",
            expected=_expected(foreseen.generated_name(), "a generated name is refused, or replaced by a given one"),
        ),
        always(
            "POLICY_TOTALITY",
            ((v["qsrc"] == "active") & v["asked"]).implies(v.said != Address.NOT_SENT.value),
            "Of every bitmap the policy says something: it is sent, dropped on purpose, or an error.",
            expected=_expected(foreseen.not_total(), "every bitmap has an address, or is an error at start"),
        ),
    )


def _arrived(v: Vars) -> Expr:
    """The destination runs, and the source reports completed: the end that the manager sees."""
    return (v["dst"] == "running") & (v["qsrc"] == "completed")


def _at_the_end(v: Vars, foreseen: Foreseen, rest: Expr) -> tuple[Property, ...]:
    ready = v["dst_bitmap"] == "ready"
    kept = v["persistent"] & ~(v["asked"] & (v.said == Address.DROPPED.value))
    usable = v.world_is("state", BitmapState.OK)
    return (
        _resting(
            rest,
            "NO_SILENT_BITMAP_LOSS",
            _arrived(v) & (kept | (v["asked"] & (v.said != Address.DROPPED.value))),
            ready | v["image"],
            "A bitmap that was to be migrated, or is persistent, does not disappear in a migration that succeeds.",
            expected=_expected(foreseen.silent_loss(), "what is not sent is stored, and what is sent arrives"),
        ),
        _resting(
            rest,
            "EXACTLY_ONE_HOLDS",
            _arrived(v) & kept,
            v["image"] != ready,
            "At the end exactly one of the source's image and the destination holds a persistent bitmap.",
            expected=_expected(foreseen.not_one_holder(), "what is sent is not stored, and what is stored is not sent"),
        ),
        _resting(
            rest,
            "FOLLOWS_THE_DISK",
            _arrived(v) & kept & usable,
            ready,
            "A usable persistent bitmap is on the destination in the end: sent, or loaded from a shared image.",
            expected=_expected(foreseen.does_not_follow(), "it is sent and arrives, or is loaded from the shared image"),
        ),
        always(
            "NOT_ON_A_FILTER",
            ((v["dst"] == "running") & v["sent"] & ready).implies(v.place != Place.FILTER.value),
            "A bitmap arrives on the node that can store it, not on a filter above, from where nothing can send it on.",
            expected=_expected(foreseen.on_a_filter(), "no filter stands under the device, or the node itself is named"),
        ),
        _resting(
            rest,
            "DESTINATION_STORES_WHAT_ARRIVED",
            (v["dst"] == "shutoff") & v["sent"] & ~v["dropped"] & persistent_there(v),
            ready,
            "A persistent bitmap that has arrived outlives the guest's shutdown there.",
            expected=_expected(foreseen.not_stored_by_destination(), "it is on a node with an image"),
        ),
        _resting(
            rest,
            "RECORDS_AGAIN",
            (v["dst"] == "running") & (v["dst_bitmap"] != "none"),
            v["recording"] == v["enabled"],
            "A bitmap that recorded writes records them from the guest's first write on the destination on.",
            expected=holds("it, or its successor while bits are under way, is enabled before the guest starts"),
        ),
    )


def _resting(rest: Expr, name: str, given: Expr, wanted: Expr, meaning: str, *, expected: Expectation) -> Property:
    """Where ``given`` holds, ``wanted`` holds; beside the bookkeeping where there is something to prove by induction.

    The bookkeeping (``rest``) holds in any case, so that it adds no violation; looking for one is dearer with it.
    """
    claim = given.implies(wanted)
    proved = expected.outcome is Outcome.SAFE
    return always(name, claim & rest if proved else claim, meaning, expected=expected, antecedent=given)


def _after_a_failure(v: Vars, foreseen: Foreseen) -> tuple[Property, ...]:
    back = v["qsrc"].one_of("failed", "cancelled") & (v["src"] == "running")
    somewhere = (v["src"] != "paused") | v["dst"].one_of("running", "shutoff")
    return (
        always(
            "ROLLBACK_RESTORES_BITMAPS",
            back.implies(v["in_memory"] & ~v["busy"] & ~v["skip_store"]),
            "After a failed or cancelled migration the source's bitmap is as before, to be stored included.",
            expected=_expected(foreseen.left_behind(), "no failure comes between setup and the giving up of the images"),
        ),
        always(
            "SOURCE_STORES_WHAT_IT_KEEPS",
            ((v["src"] == "shutoff") & v["persistent"]).implies(v["image"]),
            "A persistent bitmap outlives a shutdown on the source, whatever migrations have failed before.",
            expected=_expected(foreseen.not_stored_by_source(), "no failure leaves it marked"),
        ),
        can_always_reach(
            "GUEST_SURVIVES",
            somewhere,
            "The guest runs somewhere, was shut down, or can still be made to run.",
            expected=_expected(foreseen.guest_lost(), "the source can be resumed until the destination runs"),
        ),
    )


def _bad_input(v: Vars, foreseen: Foreseen) -> tuple[Property, ...]:
    by_name = v.addressed == Address.ERROR.value
    by_state = v.addressed.one_of(*(each.value for each in SENT)) & ~v.world_is("state", BitmapState.OK)
    done = (v["qsrc"] != "completed") & (after(v["qsrc"]) == "completed")
    return (
        always(
            "BAD_CONFIG_REJECTED_NOT_CRASH",
            v["dst"] != "crashed",
            "A bitmap that does not fit the destination ends in an error, not in an abort.",
            expected=_expected(foreseen.crash(), "no bits reach a bitmap of another size"),
        ),
        always(
            "UNSENT_BITMAP_BLOCKS_NOTHING",
            v["refused"].implies(by_name | by_state),
            "Setup fails only because of a bitmap that was to be sent.",
            expected=_expected(foreseen.blocked(), "no other bitmap is in the way"),
        ),
        step(
            "COMPLETED_IMPLIES_DST_ALIVE",
            done.implies(v["qdst"] == "completed"),
            "The source reports completed only if the destination has loaded everything.",
            expected=_expected(foreseen.completed_too_early(), "the source waits for the return path"),
        ),
    )


def variants() -> tuple[tuple[str, Settings], ...]:
    """The presets that the main job checks."""
    plain = Settings(where=Where.ROOT, node=NodeName.EXPLICIT, device=Device.NONE, layout=Layout.SAME)
    bad = replace(
        plain,
        state=BitmapState.ANY,
        existing=YesNo.ANY,
        size=Size.ANY,
        neighbour=Neighbour.ANY,
        enabled=YesNo.ANY,
        return_path=False,
        retry_without=True,
        unbounded=True,
    )
    libvirt = Settings(manager=Manager.LIBVIRT, storage=Storage.NON_SHARED_INC, persistent=YesNo.YES)
    return (
        ("default", Settings()),
        ("bad input, any number of faults", bad),
        ("QEMU 5.0", Settings(qemu_src=Release("5.0"), qemu_dst=Release("5.0"), layout=Layout.NUMBER_TAKEN)),
        ("mapping", replace(plain, policy=Policy.MAPPING, entry=Entry.ANY)),
        ("libvirt", replace(libvirt, existing=YesNo.ANY, neighbour=Neighbour.ANY)),
        ("post-copy", replace(plain, mode=Mode.POSTCOPY, size=Size.ANY)),
    )
