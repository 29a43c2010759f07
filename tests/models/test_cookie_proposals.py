"""Proposed cookie elements: the examples' verdicts, what the format refuses, and the text of a result."""

from __future__ import annotations

from pathlib import Path

import pytest

from hopcheck.engine.libvirt.prove_cookie import CookieResult, prove_cookie
from hopcheck.model.domain.cookies.proposal import MAX_SIZE, is_proposal, parse_proposal, read_proposal
from hopcheck.model.domain.settings import Release
from hopcheck.model.errors import InputError
from hopcheck.properties import Outcome
from hopcheck.report.text.cookies import proposal_text

EXAMPLES = Path(__file__).parents[2] / "examples"

GOOD = """
[cookie]
name = "extra"
since = "12.0"
hop = "Begin->Prepare"
mandatory = "no"
fallback = "older behaviour"
"""

FIRST = ["Begin", "Prepare", "Perform", "migrate", "Finish", "Confirm", "adopt"]
"""An attempt without the feature, and its adoption."""


def proved(tmp_path: Path, text: str) -> CookieResult:
    path = tmp_path / "cookie.toml"
    path.write_text(text, encoding="utf-8")
    return prove_cookie(path, prove_seconds=0)


def shortest(result: CookieResult) -> dict[str, list[str]]:
    return {
        each.prop.name: [step.label for step in each.verdict.trace.steps] if each.verdict.trace else []
        for each in result.violations
    }


@pytest.mark.parametrize("name", ["optional", "driver-bit"])
def test_safe_examples(name: str) -> None:
    result = prove_cookie(EXAMPLES / f"cookie-{name}.toml", prove_seconds=60)
    assert (result.violations, result.exit_code) == ((), 0)
    for each in result.results:
        assert each.verdict.outcome is Outcome.SAFE
        assert each.prop.name == "sound" or (each.second is not None and each.second.outcome is Outcome.SAFE)
    assert proposal_text(result).rstrip().endswith("SAFE: between any two hosts, whatever their releases.")


def test_the_mandatory_example_strands_a_mix() -> None:
    result = prove_cookie(EXAMPLES / "cookie-mandatory.toml", prove_seconds=60)
    assert result.exit_code == 1
    assert shortest(result) == {
        "NO_MIX_WITHOUT_A_METHOD": [*FIRST, "Begin", "Prepare"],
        "MANDATORY_ONLY_IF_NEEDED": [*FIRST, "Begin"],
    }
    refused = [each for each in result.outcomes if each.fate == "refused"]
    assert [(each.call, each.mixes) for each in refused] == [("Prepare", 2)]
    assert refused[0].example["dst_libvirt"] == "1.0.3"
    page = proposal_text(result)
    assert "UNSAFE: NO_MIX_WITHOUT_A_METHOD" in page
    assert "libvirt 12.0+, QEMU 0.12+ -> libvirt 1.0.3+, QEMU 0.12+" in page


def test_the_late_example_is_refused_after_the_transfer() -> None:
    result = prove_cookie(EXAMPLES / "cookie-late.toml", prove_seconds=0)
    late = [*FIRST, "Begin", "Prepare", "Perform", "migrate", "Finish"]
    assert shortest(result) == {"MANDATORY_CHECKED_BEFORE_SWITCHOVER": late}
    assert {each.call for each in result.outcomes if each.fate == "refused"} == {"Finish"}


@pytest.mark.parametrize(
    ("changes", "violated"),
    [
        ({}, set()),
        ({"hop": "Prepare->Perform"}, set()),
        ({"hop": "Perform->Finish->Confirm"}, set()),
        # Receivers from 0.9.2 to 1.0.2 do not read the list; with the older ones left out, the rest refuse in time.
        ({"mandatory": "if used", "fallback": "refuse"}, {"UNKNOWN_MANDATORY_REJECTED", "NOTHING_LOST_SILENTLY"}),
        ({"mandatory": "if used", "fallback": "refuse", "oldest_peer": "1.0.3"}, set()),
        ({"mandatory": "if used", "oldest_peer": "1.0.3"}, {"NO_MIX_WITHOUT_A_METHOD"}),
        ({"mandatory": "if used", "fallback": "refuse", "driver_bit": True}, set()),
        # An optional element without a reply is ignored, and the source never learns of it.
        ({"fallback": "refuse"}, {"NOTHING_LOST_SILENTLY"}),
        ({"fallback": "refuse", "hop": "Begin->Prepare->Perform"}, set()),
        ({"mandatory": "always", "fallback": "refuse", "oldest_peer": "12.0"}, {"MANDATORY_ONLY_IF_NEEDED"}),
    ],
)
def test_what_is_safe(tmp_path: Path, changes: dict[str, object], violated: set[str]) -> None:
    assert set(shortest(proved(tmp_path, written(changes)))) == violated


def written(changes: dict[str, object]) -> str:
    values: dict[str, object] = {
        "name": "extra",
        "since": "12.0",
        "hop": "Begin->Prepare",
        "mandatory": "no",
        "fallback": "older behaviour",
    } | changes
    return "[cookie]\n" + "".join(
        f"{key} = {str(value).lower() if isinstance(value, bool) else chr(34) + str(value) + chr(34)}\n"
        for key, value in values.items()
    )


def test_a_feature_that_no_component_ever_has_is_never_used(tmp_path: Path) -> None:
    result = proved(tmp_path, GOOD + '[needs]\ndst_qemu = "never"\n')
    assert shortest(result) == {"the feature is used": []}
    assert "no state is like that" in proposal_text(result)


def test_a_destination_that_lacks_its_qemu_refuses_what_is_mandatory(tmp_path: Path) -> None:
    text = written({"mandatory": "if used", "fallback": "refuse", "oldest_peer": "12.0"}) + '[needs]\ndst_qemu = "10.2"\n'
    result = proved(tmp_path, text)
    assert shortest(result) == {}
    assert [(each.fate, each.call) for each in result.outcomes] == [("read", "Confirm"), ("refused", "Prepare")]


def test_defaults() -> None:
    proposal = parse_proposal(GOOD, "x.toml")
    assert dict(proposal.needs) == {
        "src_libvirt": Release("12.0"),
        "src_qemu": Release("0.12"),
        "dst_libvirt": Release("12.0"),
        "dst_qemu": Release("0.12"),
    }
    assert (proposal.driver_bit, proposal.oldest_peer) == (False, Release("0.9.2"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[cookie]", "[cokie]", "x.toml: cokie: 'cokie' is no table of a proposal; write [cookie] and [needs]"),
        ("[cookie]", "cookie = 1\n[needs]", "x.toml: cookie: there is no table [cookie]; write [cookie]"),
        ('since = "12.0"', "", "x.toml: cookie.since: the key is missing; write since = ..."),
        ('since = "12.0"', 'since = "soon"', "x.toml: cookie.since: 'soon' is no release; write numbers with dots"),
        ('since = "12.0"', "since = 12.0", "x.toml: cookie.since: 12.0 is no text"),
        ('since = "12.0"', 'since = "0.9.1"', "x.toml: cookie.since: 0.9.1 is too old; write 0.9.2 or later"),
        ('"Begin->Prepare"', '"Begin->Finish"', "x.toml: cookie.hop: 'Begin->Finish' is not possible; write one of"),
        ('mandatory = "no"', "mandatory = false", "x.toml: cookie.mandatory: False is no text"),
        ('mandatory = "no"', 'mandatory = "maybe"', "write one of 'no', 'if used', 'always'"),
        ('name = "extra"', 'name = "nbd"', "x.toml: cookie.name: 'nbd' is taken; choose another name"),
        ('name = "extra"', 'name = "why"', "x.toml: cookie.name: 'why' is taken; choose another name"),
        ('name = "extra"', 'name = "a b"', "is no name of an element; write up to 40 letters, digits and hyphens"),
        ('name = "extra"', 'name = "extra"\nfalback = "x"', "did you mean 'fallback'? write one of name, since"),
        ('name = "extra"', 'name = "extra"\ndriver_bit = "yes"', "x.toml: cookie.driver_bit: 'yes' is no truth value"),
        ('"Begin->Prepare"', '"Prepare->Perform"\ndriver_bit = true', "is sent by the destination; leave it out"),
        ('"older behaviour"', '"none"', "write one of 'older behaviour', 'refuse'"),
        ('"older behaviour"', '"refuse"\n[needs]\ndst = "12.0"', "x.toml: needs.dst: 'dst' is no key of [needs]"),
        ('"older behaviour"', '"refuse"\n[needs]\ndst_libvirt = "11.0"', "11.0 does not know the name yet; write 12.0"),
        ('"older behaviour"', '"refuse"\n[needs]\ndst_qemu = "0.1"', "x.toml: needs.dst_qemu: 0.1 is too old"),
        ("[cookie]", "[cookie", "x.toml: is not TOML"),
        ("[cookie]", "a = " + "[" * 5000 + "]" * 5000 + "\n[cookie]", "x.toml: is nested too deeply"),
    ],
)
def test_proposals_that_cannot_be(old: str, new: str, words: str) -> None:
    with pytest.raises(InputError) as error:
        parse_proposal(GOOD.replace(old, new, 1), "x.toml")
    assert words in str(error.value)


def test_files_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.toml: cannot be read .*; give a readable file"):
        read_proposal(tmp_path / "nowhere.toml")
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * (MAX_SIZE + 1))
    with pytest.raises(InputError, match="is larger than"):
        read_proposal(large)
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="is not UTF-8"):
        read_proposal(binary)


def test_a_proposal_is_told_from_a_change(tmp_path: Path) -> None:
    assert all(is_proposal(each) for each in EXAMPLES.glob("cookie-*.toml"))
    assert not any(is_proposal(each) for each in EXAMPLES.glob("new-default-*.toml"))
    broken = tmp_path / "broken.toml"
    broken.write_text("[cookie", encoding="utf-8")
    assert not is_proposal(broken)
    assert not is_proposal(tmp_path / "nowhere.toml")
