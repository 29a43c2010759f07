"""``hopcheck certify``: what a run wrote is re-checked, what was changed is noticed, and what is left open is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hopcheck.certify.envelope import seal, unseal
from hopcheck.cli.app import run

from .conftest import Hopcheck

Content = dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, sound: Path) -> Path:
    """What three small runs wrote."""
    base = tmp_path_factory.mktemp("runs")
    runs = (
        ("check", "num_queues", "--set", "vcpus=2", "--set", "policy=entry"),
        ("check", "fleet", "--set", "vms=1", "--set", "in_flight=1", "--no-prove"),
        ("check", "device_config", "--facts", str(sound), "--no-prove"),
    )
    for number, arguments in enumerate(runs):
        assert run([*arguments, "--quiet", "--out-dir", str(base / str(number))]) == 0
    return base


def _file(folder: Path, number: int) -> Path:
    """The certificate of a run, the shortest named where there are several."""
    return min((folder / str(number) / "check" / "certificates").glob("*.json"), key=lambda file: len(file.name))


@pytest.fixture
def file(folder: Path) -> Path:
    """A certificate with proofs and an exhausted search."""
    return _file(folder, 0)


def test_right_certificates(hopcheck: Hopcheck, folder: Path) -> None:
    answer = hopcheck("certify", _file(folder, 0), _file(folder, 1), "--quiet", "--all")
    assert answer.code == 0, answer.out
    assert "RE-CHECKED: 2 certificates of 2" in answer.out
    text = " ".join(answer.out.split())
    assert "confirmed: the model: it is the one of this installation, with the same properties" in text
    assert "confirmed: the search: its counts: " in text
    assert "derived anew: " in text


def test_a_certificate_on_facts(hopcheck: Hopcheck, folder: Path, sound: Path, broken: Path) -> None:
    assert hopcheck("certify", _file(folder, 2), "--quiet", "--facts", sound).code == 0
    assert hopcheck("certify", _file(folder, 2), "--quiet", "--alone").code == 0
    answer = hopcheck("certify", _file(folder, 2), "--quiet", "--facts", broken)
    assert answer.code == 1
    assert "[HOP503]" in answer.out


def test_a_changed_byte(hopcheck: Hopcheck, file: Path) -> None:
    changed = bytearray(file.read_bytes())
    changed[len(changed) // 2] ^= 1
    Path("changed.json").write_bytes(bytes(changed))
    answer = hopcheck("certify", "changed.json", file, "--quiet")
    assert answer.code == 1
    assert "WRONG: 1 certificate of 2 [HOP501]" in answer.out


def _first_exprs(content: Content) -> None:
    """A weaker property: the first one says what another one says."""
    content["system"]["asked"][0] = content["system"]["asked"][1]
    content["properties"][0]["kind"] = content["properties"][1]["kind"]
    content["properties"][0]["evidence"] = content["properties"][1]["evidence"]


def _true(content: Content) -> None:
    """Every invariant is true by itself, and was never anything else."""
    rows = content["system"]["rows"]
    rows.append(["const", 1, content["system"]["types"].index(["bool"])])
    for prop in content["properties"]:
        if prop["kind"] == "always":
            content["system"]["asked"][prop["asked"]] = len(rows) - 1
            prop["evidence"] = [{"method": "exhausted"}]


@pytest.mark.parametrize("weaken", [_first_exprs, _true])
def test_a_weakened_property_is_none_of_this_model(
    hopcheck: Hopcheck, file: Path, weaken: Callable[[Content], None]
) -> None:
    content = unseal(file.read_bytes(), "file")
    weaken(content)
    Path("weaker.json").write_bytes(seal(content))
    assert hopcheck("certify", "weaker.json", "--quiet", "--alone").code == 0  # it does hold
    answer = hopcheck("certify", "weaker.json", "--quiet")
    assert answer.code == 1
    assert "[HOP503]" in answer.out


def test_a_changed_count(hopcheck: Hopcheck, file: Path) -> None:
    content = unseal(file.read_bytes(), "file")
    content["search"]["level_states"][0] += 1
    Path("counted.json").write_bytes(seal(content))
    answer = hopcheck("certify", "counted.json", "--quiet", "--alone")
    assert answer.code == 1
    assert "counted otherwise: states by level" in answer.out
    assert "[HOP502]" in answer.out


def test_what_is_beyond_the_limits_is_said(hopcheck: Hopcheck, folder: Path) -> None:
    answer = hopcheck("certify", _file(folder, 1), "--quiet", "--states", "5")
    assert answer.code == 3
    assert "it has more than 5 states" in " ".join(answer.out.split())
    assert "[HOP504]" in answer.out


def test_a_model_that_nobody_knows_here(hopcheck: Hopcheck, file: Path) -> None:
    content = unseal(file.read_bytes(), "file")
    Path("mine.json").write_bytes(seal({**content, "model": "mine"}))
    answer = hopcheck("certify", "mine.json", "--quiet")
    assert answer.code == 3
    assert "this installation has none that is called mine" in " ".join(answer.out.split())


@pytest.mark.parametrize("text", ["", "{}", json.dumps({"format": "another"})])
def test_what_is_no_certificate(hopcheck: Hopcheck, text: str) -> None:
    Path("other.json").write_text(text)
    answer = hopcheck("certify", "other.json", "--quiet")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("hopcheck: other.json: is no")
    assert answer.err.rstrip().endswith("[HOP130]")


def test_a_file_that_is_not_there(hopcheck: Hopcheck) -> None:
    answer = hopcheck("certify", "nowhere.json")
    assert answer.code == 2
    assert answer.err.startswith("hopcheck: nowhere.json: cannot be read (No such file or directory)")


def test_the_theorem(hopcheck: Hopcheck) -> None:
    assert hopcheck("check", "compatibility theorem", "--quiet").code == 0
    file = Path("out/check/certificates/compatibility-theorem.json")
    assert hopcheck("certify", file, "--quiet").code == 0
    content = unseal(file.read_bytes(), "file")
    content["lemmas"][0]["smtlib"] = "(set-logic ALL)\n(assert false)\n(check-sat)\n"
    Path("easier.json").write_bytes(seal(content))
    answer = hopcheck("certify", "easier.json", "--quiet")
    assert answer.code == 1
    assert "the obligations are not those of this installation's theorem" in " ".join(answer.out.split())


def test_unsafe_properties_have_no_certificate(hopcheck: Hopcheck) -> None:
    assert hopcheck("check", "num_queues", "--set", "policy=no entry", "--set", "vcpus=2", "--no-prove", "--quiet").code == 0
    for file in Path("out/check/certificates").glob("*.json"):
        content = unseal(file.read_bytes(), "file")
        assert content["properties"]
        assert {each["outcome"] for each in content["properties"]} == {"safe"}


def test_counts_up_to_symmetry_are_nobody_elses(hopcheck: Hopcheck) -> None:
    assert hopcheck("check", "fleet", "--set", "vms=2", "--symmetry", "--no-prove", "--quiet").code == 0
    (file,) = Path("out/check/certificates").glob("*.json")
    assert unseal(file.read_bytes(), "file")["search"] is None
    assert hopcheck("certify", file, "--quiet").code == 0
