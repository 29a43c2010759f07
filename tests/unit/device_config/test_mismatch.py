"""Rules of mismatch: what is declared, and what a file with rules may not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from hopcheck.model.domain.device_config.mismatch import Breaks, Kind, Mismatch, Rules, bundled_rules, load_rules
from hopcheck.model.errors import InputError

RULE = '[[rule]]\ndevice = "disk"\nproperty = "queues"\nkind = "load error"\nbreaks = "both"\nevidence = "a run"\n'


def _load(tmp_path: Path, text: str) -> object:
    file = tmp_path / "rules.toml"
    file.write_text(text, encoding="utf-8")
    return load_rules(file)


@pytest.mark.parametrize(
    ("breaks", "upwards", "downwards"),
    [
        (Breaks.BOTH, True, True),
        (Breaks.NEWER_TO_OLDER, False, True),
        (Breaks.OLDER_TO_NEWER, True, False),
        (Breaks.NEITHER, False, False),
    ],
)
def test_directions(breaks: Breaks, upwards: bool, downwards: bool) -> None:
    mismatch = Mismatch(Kind.LOAD_ERROR, breaks)
    assert (mismatch.stops(0, 1), mismatch.stops(1, 0), mismatch.stops(1, 1)) == (upwards, downwards, False)


def test_the_nearest_type_that_names_the_property_decides() -> None:
    near, far, any_ = (Mismatch(kind, Breaks.NEITHER, "a test") for kind in (Kind.SILENT, Kind.CARRIED, Kind.UNKNOWN))
    rules = Rules({("disk", "queues"): near, ("storage", "queues"): far, ("device", "*"): any_})
    assert rules.of(("disk", "storage", "device"), "queues") is near
    assert rules.of(("tape", "storage", "device"), "queues") is far
    assert rules.of(("tape", "storage", "device"), "speed") is any_
    assert rules.of(("nobody-knows",), "nothing").kind is Kind.UNKNOWN


def test_every_rule_has_evidence() -> None:
    assert all(len(mismatch.evidence) > 10 for mismatch in bundled_rules().by_device.values())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[rule]\n", "this is not TOML"),
        (RULE.replace("load error", "loud error"), "'loud error' is not a valid Kind"),
        (RULE.replace('breaks = "both"\n', ""), "load error with breaks = neither"),
        (RULE.replace("load error", "silent"), "silent with breaks = both"),
        (RULE + RULE, "disk.queues has a rule already"),
        (RULE.replace("evidence", "evidnce"), "rule 1 has the keys"),
    ],
)
def test_a_bad_rule_is_one_error(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=r"rules\.toml: ") as caught:
        _load(tmp_path, text)
    assert said in str(caught.value)
