"""The cookies model: the tables it encodes, both accounts of it, the cases, and the verdicts of both engines."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hopcheck.engine.check import check, seen
from hopcheck.engine.libvirt.cookies import Explanation, explain, explain_mix, fallback_table
from hopcheck.explorer import explore
from hopcheck.model.domain.cookies import Settings, system
from hopcheck.model.domain.cookies.features import ROWS
from hopcheck.model.domain.cookies.mixes import LIBVIRT_BOUNDARIES, QEMU_BOUNDARIES, mixes, releases
from hopcheck.model.domain.cookies.settings import OLDEST_LIBVIRT, OLDEST_QEMU, Faults, Lock, Negotiation
from hopcheck.model.domain.settings import Release, settings_from
from hopcheck.model.errors import InputError
from hopcheck.properties import Judgement, Kind, Outcome, vacuities
from hopcheck.properties.catalog.cookies import further_variants, properties, variants
from hopcheck.properties.catalog.cookies_course import course
from hopcheck.report.text.cookies import FATES, WHY, fallback_text, text

from .libvirt_history.cookies import CASES

PRESENT = Release("11.3")


def document() -> dict[str, Any]:
    """The file of cases, the tests' own or that in the folder named by HOPCHECK_CASES."""
    own = Path(__file__).parent / "data"
    path = Path(os.environ.get("HOPCHECK_CASES") or own) / "libvirt-history.json"
    if not path.exists():
        pytest.skip(f"{path} is not there; name its folder in HOPCHECK_CASES")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


# The tables ------------------------------------------------------------------------------------------------------


def test_every_row_of_the_table_of_cookies() -> None:
    stated = document()["cookies"]
    assert [row.name for row in ROWS] == [each["name"] for each in stated]
    for row, each in zip(ROWS, stated, strict=True):
        hops = each["sent"].split(" (")[0]
        written = row.hop.value.split("->")
        pairs = [f"{one}->{two}" for one, two in itertools.pairwise(written)]
        assert (row.since, pairs, row.mandatory) == (each["since"], hops.split(", "), each["mandatory"])
    assert [row.name for row in ROWS if row.until] == ["allowReboot"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_an_element_appears_with_its_release_and_not_before(row: Any) -> None:
    flags = dict.fromkeys(("persistent", "memory_hotplug", "cpu_hotplug", "bitmaps"), "true")
    newest = "7.6" if row.until else "11.3"  # between these two every element arrives
    told = explain_mix(f"libvirt={newest},qemu=7.2", f"libvirt={newest},qemu=7.2", flags)
    element = told.element(row.name)
    assert element is not None
    assert element.fate == ("answered" if row.hop.replies else "read")
    # The sender just before the release does not have it: the element is not sent, and nothing fails for it.
    before = _before(row.since)
    old = f"libvirt={before},qemu=7.2"
    new = f"libvirt={newest},qemu=7.2"
    older = explain_mix(*((new, old) if row.hop.sender == "Prepare" else (old, new)), flags).element(row.name)
    assert older is not None
    assert older.fate == "unsent"


def _before(release: str) -> str:
    """A release just before another one."""
    numbers = [int(part) for part in release.split(".")]
    while numbers[-1] == 0:
        numbers.pop()
    return ".".join(map(str, [*numbers[:-1], numbers[-1] - 1, 99]))


# (source libvirt, its QEMU, destination libvirt, its QEMU) of the rows of the negotiation; None: the old one
BLAKE = {
    "R1": (False, True, True, True),
    "R2": (True, False, True, True),
    "R3": (True, True, False, True),
    "R4": (True, True, True, False),
    "R5": (True, True, True, True),
}


def negotiated(row: str, libvirt: str, qemu: str, negotiation: Negotiation = Negotiation.RELEASED) -> Any:
    table = fallback_table(Release(libvirt), Release(qemu), negotiation)
    return next(each for each in table if each.new == BLAKE[row])


@pytest.mark.parametrize("row", BLAKE)
def test_the_rows_of_the_review_come_out_as_written(row: str) -> None:
    stated = {each["id"]: each for each in document()["nbd_negotiation"]}[row]
    found = negotiated(row, "1.0.3", "1.3", Negotiation.REVIEWED)
    assert (found.offered, found.replied, found.result) == (stated["offer"], stated["reply"], stated["blake"])


def test_the_review_falls_back_whenever_something_is_old() -> None:
    for row in fallback_table(Release("1.0.3"), Release("1.3"), Negotiation.REVIEWED):
        assert row.result == ("nbd" if all(row.new) else "legacy"), row


@pytest.mark.parametrize(
    ("row", "results"),
    [  # by libvirt 1.0.3, 1.1.4 | 1.2.0, 5.2 | 7.0.0 | 9.0.0, 11.3
        ("R1", ("legacy", "legacy", "legacy", "legacy", "legacy", "legacy", "legacy")),
        ("R2", ("error", "error", "legacy", "legacy", "error", "error", "error")),  # from 7.0 on it cannot occur
        ("R3", ("legacy", "legacy", "legacy", "legacy", "legacy", "error", "error")),
        ("R4", ("legacy", "legacy", "legacy", "legacy", "legacy", "error", "error")),  # from 9.0 on it cannot occur
        ("R5", ("nbd", "nbd", "nbd", "nbd", "nbd", "nbd", "nbd")),
    ],
)
def test_the_rows_of_the_review_as_releases_have_them(row: str, results: tuple[str, ...]) -> None:
    at = ("1.0.3", "1.1.4", "1.2.0", "5.2", "7.0.0", "9.0.0", "11.3")
    assert tuple(negotiated(row, each, "8.0").result for each in at) == results


def test_what_the_table_says_of_7_0_and_9_0() -> None:
    stated = {each["id"]: each for each in document()["nbd_negotiation"]}
    assert stated["R1"]["libvirt_9_plus"].endswith("legacy stream is refused by QEMU >= 9.1")
    refused = negotiated("R1", "9.0", "9.1")
    assert (refused.offered, refused.result, refused.why) == (False, "error", "legacy stream not accepted")
    assert stated["R2"]["libvirt_7_0"].startswith("offer is sent anyway")
    assert negotiated("R2", "7.0.0", "5.2").offered
    assert not negotiated("R2", "5.2", "4.0").offered
    assert stated["R3"]["libvirt_7_0"].startswith("legacy")
    assert stated["R3"]["libvirt_9_plus"] == "error: NBD is not set up"
    assert negotiated("R3", "9.0", "7.2").why == "NBD is not set up"
    for row, release in (("R2", "9.0"), ("R4", "9.0")):
        assert stated[row]["libvirt_9_plus"].startswith("cannot occur")
        assert not negotiated(row, release, "7.2").can_occur
    assert negotiated("R4", "9.0", "7.2").call_of_refusal == "Prepare"


@pytest.mark.parametrize(
    ("libvirt", "qemu", "flags", "expected"),
    [  # what the review missed: (call that fails, or none; method)
        ("1.0.6", "1.6", {"tunnelled": "true"}, ("Perform", "nbd")),
        ("1.1.1", "1.6", {"tunnelled": "true"}, ("Perform", "nbd")),
        ("1.1.2", "1.6", {"tunnelled": "true"}, ("", "legacy")),
        ("6.9", "4.2", {"tunnelled": "true"}, ("", "legacy")),
        ("6.10", "4.1", {"tunnelled": "true"}, ("", "legacy")),
        ("6.10", "4.2", {"tunnelled": "true"}, ("Begin", "none")),
        ("11.3", "10.0", {"tunnelled": "true"}, ("Begin", "none")),
        ("3.1", "2.9", {"tls": "true"}, ("Begin", "none")),
        ("4.2", "2.9", {"tls": "true"}, ("", "nbd")),
        ("4.3", "2.9", {"tls": "true"}, ("Prepare", "none")),
        ("4.4", "2.9", {"tls": "true"}, ("", "nbd")),
        ("4.4", "2.9", {"tls": "true", "nbd_tls": "false"}, ("Prepare", "none")),
        ("7.2", "5.2", {"disks_left": "false"}, ("", "nbd")),
        ("7.3", "5.2", {"disks_left": "false"}, ("", "none")),
        ("11.3", "10.0", {"disks_left": "false"}, ("", "none")),
    ],
)
def test_rows_that_the_review_missed(libvirt: str, qemu: str, flags: dict[str, str], expected: tuple[str, str]) -> None:
    both = f"libvirt={libvirt},qemu={qemu}"
    told = explain_mix(both, both, flags | {"persistent": "true"})
    assert (told.call, told.method) == expected
    offered = told.element("nbd")
    assert offered is not None
    if flags.get("disks_left"):
        assert (offered.fate == "unsent") is (expected[1] == "none"), "the offer is suppressed since 7.3"


# Two accounts of the same facts -----------------------------------------------------------------------------------

LIBVIRTS = [Release(text) for text, _ in LIBVIRT_BOUNDARIES]
QEMUS = [Release(text) for text, _ in QEMU_BOUNDARIES]
FLAGS = [each.name for each in dataclasses.fields(Settings) if isinstance(each.default, bool) and each.name != "upgrades"]


@st.composite
def any_settings(draw: st.DrawFn, mixed: bool) -> Settings:
    """All four releases given, or (``mixed``) those of one side left free."""
    given: dict[str, Any] = {name: draw(st.booleans()) for name in FLAGS if draw(st.integers(0, 2)) == 0}
    given |= {"src_lock": draw(st.sampled_from(Lock)), "dst_lock": draw(st.sampled_from(Lock))}
    given |= {"negotiation": draw(st.sampled_from(Negotiation)), "faults": draw(st.sampled_from(Faults))}
    libvirts = st.sampled_from([OLDEST_LIBVIRT, *LIBVIRTS, Release("1.1.0"), Release("2.0.0"), PRESENT])
    qemus = st.sampled_from([OLDEST_QEMU, *QEMUS, Release("2.0"), Release("11.1")])
    free = draw(st.sampled_from(("src", "dst"))) if mixed else None
    for side in ("src", "dst"):
        if side != free:
            given |= {f"{side}_libvirt": draw(libvirts), f"{side}_qemu": draw(qemus)}
    return Settings(**(given | {"minimum_qemu": False}))


@given(any_settings(mixed=False))
@hypothesis_settings(max_examples=300)
def test_the_model_and_the_plain_account_tell_the_same(settings: Settings) -> None:
    alone = dataclasses.replace(settings, faults=Faults.NONE)
    told = explain(alone, {})
    (mix,) = mixes(alone)
    plain = course(mix, alone)
    same_words = plain.why if plain.why != "offline" else told.why
    assert (told.outcome == "ok", told.why, told.call, told.method) == (
        plain.works,
        same_words,
        "" if plain.works else plain.call,
        plain.method,
    )
    for name, fate in plain.mandatory.items():
        element = told.element(name)
        assert element is not None
        assert element.fate == fate or (element.fate == "sent" and "refused" in plain.mandatory.values()), name


@given(any_settings(mixed=True))
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_expected_verdicts_are_those_of_the_search_under_any_settings(settings: Settings) -> None:
    model = system(settings)
    asked = properties(settings, model)
    for result in check(model, asked, prove_seconds=0):
        assert result.judgement is Judgement.EXPECTED, (result.prop.name, settings)


@given(st.data(), any_settings(mixed=False))
@hypothesis_settings(max_examples=150)
def test_a_class_of_releases_behaves_as_its_first_release(data: st.DataObject, settings: Settings) -> None:
    at = releases(
        dataclasses.replace(
            settings, src_libvirt=Release("0"), src_qemu=Release("0"), dst_libvirt=Release("0"), dst_qemu=Release("0")
        )
    )
    numbers = st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 20))
    changed = {}
    for name in ("src_libvirt", "src_qemu", "dst_libvirt", "dst_qemu"):
        classes = getattr(at, name)
        drawn = Release(".".join(map(str, data.draw(numbers))))
        release = max(drawn, classes[0])
        changed[name] = (release, max(each for each in classes if each <= release))
    quiet = dataclasses.replace(settings, faults=Faults.NONE)
    exact, named = (explain(dataclasses.replace(quiet, **{k: v[i] for k, v in changed.items()}), {}) for i in (0, 1))
    assert ending(exact) == ending(named)


def ending(told: Explanation) -> tuple[object, ...]:
    return told.protocol, told.calls, told.outcome, told.why, told.method, [each.fate for each in told.elements]


# Verdicts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
def test_case(case: str) -> None:
    CASES[case]()


def test_every_case_of_the_area_is_encoded() -> None:
    assert {each["id"] for each in document()["cases"] if each["area"] == "cookies"} == set(CASES)


@pytest.mark.parametrize(("name", "settings"), [*variants(), *further_variants()], ids=lambda value: str(value)[:40])
def test_exhausting_gives_the_expected_verdicts(name: str, settings: Settings) -> None:
    model = system(settings)
    for result in check(model, properties(settings, model), variant=name, prove_seconds=0):
        assert result.exploration is not None
        assert result.exploration.complete
        assert result.judgement is Judgement.EXPECTED, result.prop.name


@pytest.mark.parametrize(("name", "settings"), variants(), ids=lambda value: str(value)[:40])
def test_the_provers_agree(name: str, settings: Settings) -> None:
    model = system(settings)
    asked = [each for each in properties(settings, model) if each.kind not in (Kind.CAN_ALWAYS_REACH, Kind.SOUND)]
    for result in check(model, asked, variant=name, prove_seconds=60):
        assert result.second is not None
        assert result.second.outcome is result.verdict.outcome, result.prop.name
        assert result.judgement is Judgement.EXPECTED


PRESENT_RUNS = {
    "NEEDED_ELEMENT_ARRIVES": ["Begin", "Prepare", "Perform", "migrate", "format_fails", "Finish", "Confirm"],
    "OPTIONAL_COOKIE_ABSENCE_TOLERATED": ["Begin", "Prepare", "format_fails", "Perform"],
    "MANDATORY_ONLY_IF_NEEDED": ["Begin"],
}
"""What libvirt 11.3 violates with QEMU 10.0 on both hosts, with the shortest runs."""


@pytest.mark.parametrize("faults", [Faults.ONE, Faults.UNBOUNDED])
def test_what_the_present_releases_violate(faults: Faults) -> None:
    settings = Settings(libvirt=PRESENT, qemu=Release("10.0"), persistent=True, faults=faults)
    model = system(settings)
    found = {}
    for result in check(model, properties(settings, model), prove_seconds=0):
        if result.verdict.outcome is Outcome.UNSAFE:
            assert result.verdict.trace is not None
            found[result.prop.name] = [step.label for step in result.verdict.trace.steps]
    assert found == PRESENT_RUNS


def test_without_a_fault_the_present_releases_violate_next_to_nothing() -> None:
    settings = Settings(libvirt=PRESENT, qemu=Release("10.0"), persistent=True, faults=Faults.NONE)
    model = system(settings)
    bad = [
        r.prop.name
        for r in check(model, properties(settings, model), prove_seconds=0)
        if r.verdict.outcome is Outcome.UNSAFE
    ]
    assert bad == ["MANDATORY_ONLY_IF_NEEDED"]


@pytest.mark.parametrize(
    ("src", "dst", "call", "why"),
    [
        ("libvirt=0.9.1,qemu=0.14", "libvirt=11.3,qemu=10.0", "Prepare", "missing cookie read"),
        ("libvirt=11.3,qemu=10.0", "libvirt=0.9.1,qemu=0.14", "Perform", "missing cookie read"),
        ("libvirt=11.3,qemu=10.0", "libvirt=1.0.2,qemu=1.2", "Perform", "NBD is not set up"),
        ("libvirt=1.0.2,qemu=1.2", "libvirt=11.3,qemu=10.0", "migrate", "legacy stream not accepted"),
        ("libvirt=1.0.2,qemu=1.2", "libvirt=11.3,qemu=9.0", "", "-"),
    ],
)
def test_present_releases_and_old_peers(src: str, dst: str, call: str, why: str) -> None:
    told = explain_mix(src, dst, {})
    assert (told.call, told.why) == (call, why)


def test_an_upgrade_breaks_pairs_that_worked() -> None:
    settings = Settings(upgrades=True, faults=Faults.NONE)
    model = system(settings)
    worse = model["worked"] & model["outcome"].one_of("failed", "crashed")
    upgraded = {}
    for name in ("src_libvirt", "dst_libvirt", "dst_qemu"):
        old = {"src_libvirt": "9.0.0", "dst_libvirt": "4.3.0", "dst_qemu": "9.1"}[name]
        why = {
            "src_libvirt": "NBD is not set up",
            "dst_libvirt": "missing cookie read",
            "dst_qemu": "legacy stream not accepted",
        }
        upgraded[name] = worse & (model[name] == old) & (model["why"] == why[name])
    for name, answer in explore(model, reachable=upgraded).answers.items():
        assert answer.trace is not None, name
        assert sum(step.action == "upgrade" for step in answer.trace.steps) == 1
        assert f"upgrade(component={name})" in [step.label for step in answer.trace.steps]


def test_no_action_is_dead_and_no_property_vacuous() -> None:
    facts, asked = [], []
    for _, settings in variants():
        model = system(settings)
        own = properties(settings, model)
        explored = check(model, own, prove_seconds=0)[0].exploration
        assert explored is not None
        facts.append(seen(model, own, explored))
        asked += own
    assert vacuities(asked, facts) == ()


def test_every_reason_and_fate_occurs_and_can_be_told() -> None:
    whys: set[str] = set()
    fates: set[str] = set()
    extra = [
        Settings(offline=True, persistent=True),
        Settings(offline=True, non_shared=False),
        Settings(offline=True, non_shared=False, persistent=True, tunnelled=True),
        Settings(minimum_qemu=False, faults=Faults.NONE),
        Settings(tunnelled=True, qemu=Release("4.2"), faults=Faults.NONE),
    ]
    for settings in [*(each for _, each in (*variants(), *further_variants())), *extra]:
        explored = explore(system(settings))
        whys |= {str(each) for each in explored.values["why"]}
        fates |= {str(value) for row in ROWS for value in explored.values.get(row.name, ())}
    assert whys - {"-"} == set(WHY) - {"no method for the proposed feature"}
    assert fates == set(FATES)


# Bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ({"src_libvirt": "0.7"}, "older than this model knows; write 0.8.2 or later"),
        ({"dst_qemu": "0.9"}, "older than this model knows; write 0.12 or later"),
        ({"src_libvirt": "11.3", "src_qemu": "1.2"}, "does not run QEMU 1.2; write a QEMU from 1.3 on"),
        ({"libvirt": "eleven"}, "is no release"),
        ({"faults": "3"}, "faults cannot be '3'; write 0, 1, 2, unbounded"),
        ({"tunneled": "true"}, "did you mean 'tunnelled'"),
    ],
)
def test_settings_that_cannot_be(flags: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        settings_from(Settings, flags)


@pytest.mark.parametrize(
    ("src", "words"),
    [
        ("libvirt=1.1.0", "does not say which qemu"),
        ("libvirt=1.1.0,qemu=0", "does not say which qemu"),
        ("libvirt=1.1.0,qmeu=1.3", "did you mean 'qemu'"),
        ("libvirt=1.1.0,libvirt=1.2.0", "given twice"),
        ("libvirt,qemu=1.3", "has no release"),
        ("libvirt=new,qemu=1.3", "is no release"),
        ("", "is no component"),
    ],
)
def test_mixes_that_cannot_be(src: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        explain_mix(src, "libvirt=11.3,qemu=10.0", {})


def test_a_fallback_table_wants_new_releases() -> None:
    with pytest.raises(InputError, match=r"write libvirt 1\.0\.3 and QEMU 1\.3 or later"):
        fallback_table(Release("1.0.2"), Release("1.3"))


# As text ----------------------------------------------------------------------------------------------------------


def test_the_text_of_a_mix_says_what_fails_and_where() -> None:
    page = text(explain_mix("libvirt=1.0.5,qemu=1.3", "libvirt=2.0.0,qemu=2.6", {}))
    assert "error in Finish, after the whole transfer" in page
    assert "refused (mandatory)" in page
    assert "NBD (drive-mirror" in page
    page = text(explain_mix("libvirt=0.8.3,qemu=1.0", "libvirt=11.3,qemu=10.0", {"tunnelled": "true"}))
    assert "v2: no call carries a cookie" in page
    assert "the daemon crashes in Prepare" in page
    assert "with tunnelled=true" in page


def test_the_text_of_the_fallback_table_has_every_mix() -> None:
    lines = fallback_text(fallback_table(Release("7.0"), Release("5.2"))).splitlines()
    assert len(lines) == 2 + 16
    assert lines[-1].split() == ["new"] * 4 + ["yes", "yes", "nbd"]
