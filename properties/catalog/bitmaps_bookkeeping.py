"""What the parts of a state have to do with each other: one invariant that every step keeps by itself.

It is no property that a user asks for, but what the others rest on. Stated beside them it changes no verdict and no
trace, and lets induction decide what a prover otherwise searches long for, for any number of faults.
"""

from __future__ import annotations

from hopcheck.model.domain.bitmaps.graph import Place
from hopcheck.model.domain.bitmaps.policy import SENT, Address
from hopcheck.model.domain.bitmaps.settings import Mode, Neighbour, Storage
from hopcheck.model.domain.bitmaps.state import TRUTHS, Vars
from hopcheck.model.domain.bitmaps.system import merged, persistent_there
from hopcheck.model.domain.bitmaps.world import domain
from hopcheck.model.language import FALSE, TRUE, Expr, all_of


def bookkeeping(v: Vars) -> Expr:
    """The invariant."""
    return all_of([*_world(v), *_statuses(v), *_guest(v), *_on_the_source(v), *_on_the_destination(v)])


def at_rest(v: Vars) -> Expr:
    """No migration is under way, and none has completed."""
    return v["qsrc"].one_of("none", "failed", "cancelled")


def _sent_at_all(v: Vars) -> Expr:
    return v.said.one_of(*(each.value for each in SENT))


def _world(v: Vars) -> list[Expr]:
    """What the settings leave no choice about (the enums of the world have no other members anyway)."""
    values = domain(v.settings)
    return [v[name] == values[name][0] for name in sorted(TRUTHS) if len(values[name]) == 1]


def _statuses(v: Vars) -> list[Expr]:
    """Which statuses of the two QEMUs go together."""
    qsrc, qdst, dst = v["qsrc"], v["qdst"], v["dst"]
    return [
        (qsrc == "none") == (qdst == "none"),
        (qdst == "none") == (dst == "none"),
        (qdst == "active").implies(dst.one_of("paused", "running")),
        (qdst == "completed").implies(dst.one_of("paused", "running", "shutoff")),
        (qdst == "failed") == dst.one_of("exited", "crashed"),
        qsrc.one_of("failed", "cancelled").implies(qdst == "failed"),
        (qsrc == "active").implies(qdst != "completed"),
        (qdst == "completed").implies((v["bits"] | (qsrc == "postcopy-paused")) & (v["img_src"] == "inactive")),
        v["bits"].implies(~at_rest(v) & (qsrc != "active")),
        (qsrc == "completed").implies(v["bits"]),
        TRUE if v.settings.retry_without else v["asked"] | (qsrc == "none"),
        qsrc != "postcopy-active" if v.settings.mode is Mode.PRECOPY else (qsrc == "completed").implies(qdst == "completed"),
        (qsrc == "postcopy-paused").implies(qdst != "active" if v.settings.mode is Mode.POSTCOPY else FALSE),
    ]


def _guest(v: Vars) -> list[Expr]:
    """Where the guest is, and whether the source has given its images up."""
    qsrc, src, dst = v["qsrc"], v["src"], v["dst"]
    there = dst.one_of("running", "shutoff")
    switched = qsrc.one_of("completed", "postcopy-active", "postcopy-paused")
    return [
        (src == "paused") == ~(at_rest(v) | (qsrc == "active")),
        (src == "shutoff").implies(at_rest(v)),
        (v["img_src"] == "inactive").implies(src == "paused"),
        switched.implies(v["img_src"] == "inactive"),
        there.implies(switched),
        (there & (qsrc == "completed")).implies(v["qdst"] == "completed"),
        (dst == "shutoff").implies(v["qdst"] == "completed"),
    ]


def _on_the_source(v: Vars) -> list[Expr]:
    """Who has the bitmap there: QEMU's memory or the image, never both."""
    given_up, mark = v["img_src"] == "inactive", v["skip_store"]
    there = v["dst"].one_of("running", "shutoff")
    shared = v.settings.storage is Storage.SHARED
    ended = there | v["qsrc"].one_of("postcopy-active", "postcopy-paused")
    taken_over = ended if shared else FALSE
    return [
        ~(v["in_memory"] & v["image"]),
        v["image"].implies(v["persistent"]),
        ((v["src"] != "shutoff") & ~given_up).implies(v["in_memory"]),
        v["sent"].implies(_sent_at_all(v) & v["asked"] & ~at_rest(v)),
        (v["asked"] & ~at_rest(v) & _sent_at_all(v)).implies(v["sent"]),
        (v["asked"] & ~at_rest(v)).implies(v.said != Address.ERROR.value),
        mark.implies(_sent_at_all(v)),
        ~mark if merged(v.settings) else v["sent"].implies(mark),
        (given_up & (mark | ~v["persistent"])).implies(v["in_memory"]),
        (given_up & ~mark & v["persistent"]).implies(~v["in_memory"] & (v["image"] | taken_over)),
        (there & v["image"]).implies(FALSE) if shared else TRUE,
    ]


def _on_the_destination(v: Vars) -> list[Expr]:
    """How the bitmap got there, and what can have kept it away."""
    qsrc, qdst, dst, arrived = v["qsrc"], v["qdst"], v["dst"], v["dst_bitmap"]
    there = dst.one_of("running", "shutoff")
    nowhere = v.place == Place.NOWHERE.value
    exists = v["existing"] & (v.place == Place.DISK.value)
    kept = persistent_there(v) & (v.place != Place.FILTER.value)
    unknown = nowhere | v.world_is("neighbour", Neighbour.UNKNOWN)
    loaded = there & ~v["skip_store"] & v["persistent"] if v.settings.storage is Storage.SHARED else FALSE
    return [
        (arrived == "loading").implies(v["sent"] & (qdst == "active")),
        (arrived != "none").implies(v["sent"] | loaded),
        (v["sent"] & (arrived != "none")).implies(~nowhere & ~exists & ~v["dropped"]),
        ((arrived == "ready") & v["sent"]).implies(~v.abort),
        (v["sent"] & (qsrc != "active") & (qdst != "failed") & (dst != "shutoff")).implies(
            (arrived != "none") | v["dropped"]
        ),
        (v["sent"] & (qdst == "completed") & ~v["dropped"] & (dst != "shutoff")).implies(arrived == "ready"),
        (v["sent"] & (dst == "shutoff") & ~v["dropped"] & kept).implies(arrived == "ready"),
        (~v["sent"] & loaded).implies(arrived == "ready"),
        (v["dropped"] & ~at_rest(v)).implies(unknown | (qsrc == "postcopy-paused")),
        (dst == "running").implies(v["recording"] == (v["enabled"] & (arrived != "none"))),
    ]
