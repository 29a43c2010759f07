"""``hopcheck diff``: two builds, and two sources of facts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator

from hopcheck.model.facts.load import dump
from hopcheck.model.facts.schema import SCHEMA, BuildKind, Facts, json_schema
from hopcheck.report.formats import encode
from hopcheck.report.formats.encode import from_json, to_json

from .conftest import Hopcheck
from .toy import toy_facts

QUIET = ("--quiet", "--timeout", "20")


@pytest.fixture
def tree() -> Path:
    """A small source tree: one device property, and its default is another one than in the build 8.1."""
    root = Path("tree")
    (root / "hw/core").mkdir(parents=True)
    (root / "VERSION").write_text("8.1.5\n")
    (root / "hw/core/toy.c").write_text(
        """
        #define DEFINE_PROP_UINT32(_n, _s, _f, _d) { .name = (_n), .info = &qdev_prop_uint32, \\
            .offset = offsetof(_s, _f), .set_default = true, .defval.u = (uint32_t)_d, }
        static const Property toy_properties[] = { DEFINE_PROP_UINT32("queues", ToyState, queues, 7), };
        static void toy_class_init(ObjectClass *klass, const void *data)
        {
            device_class_set_props(DEVICE_CLASS(klass), toy_properties);
        }
        static const TypeInfo toy_info = {
            .name = "toy-device", .parent = "device", .class_init = toy_class_init,
        };
        static void toy_register(void) { type_register_static(&toy_info); }
        type_init(toy_register)
        """
    )
    return root


def test_what_gets_worse(hopcheck: Hopcheck, broken: Path) -> None:
    answer = hopcheck("diff", "8.0", "8.1", "--facts", broken, *QUIET)
    assert (answer.code, answer.err) == (1, "")
    text = " ".join(answer.out.split())
    assert "8.1 in the place of 8.0, among 1 other build" in text
    assert "pc-q35-8.0: boot on 8.0 (1), migrate to 8.1 (2); the guest has seen 1, its process now has 2" in text
    assert 'missing hw_compat_8_0: { "toy-device", "queues", "1" }' in text
    assert "worse: 2 device properties" in text
    assert "8.0 -> 8.1 migrates -> differs 1 machine type" in text
    assert "better: 1 device property toy-device.queues 8.2 -> 8.1 differs -> migrates 1 machine type" in text
    assert answer.out.endswith("Exit code 1: some verdict gets worse.\n")
    assert max(map(len, answer.out.splitlines())) <= 80
    assert sorted(path.name for path in Path("out/diff/findings").iterdir())[0].startswith("toy-device.")


def test_a_build_and_itself(hopcheck: Hopcheck, broken: Path) -> None:
    answer = hopcheck("diff", "8.1", "8.1", "--facts", broken, *QUIET)
    assert answer.code == 0
    assert "facts the same" in " ".join(answer.out.split())
    assert "NOT WORSE" in answer.out


def test_json_is_the_whole_report_and_comes_back(hopcheck: Hopcheck, broken: Path) -> None:
    answer = hopcheck("diff", "8.0", "8.1", "--facts", broken, "--format", "json", *QUIET)
    report = from_json(answer.out.encode())
    assert to_json(report).decode() == answer.out == Path("out/diff/report.json").read_text()
    assert report.diff is not None
    assert (report.job, report.exit_code, report.diff.old, report.diff.new) == ("diff", 1, "8.0", "8.1")
    assert [each.name for each in report.diff.between] == ["toy-device.late", "toy-device.queues"]
    worse = {(each.source, each.destination, each.name, each.after) for each in report.diff.pairs if each.move == "worse"}
    assert ("8.0", "8.1", "toy-device.queues", "differs") in worse
    found = (*report.diff.between, *report.diff.appear, *report.diff.disappear)
    assert [each.number for each in found] == [1, 2, 3, 4]
    assert len({each.slug for each in found}) == 4


def test_json_lines_end_with_the_exit_code(hopcheck: Hopcheck, broken: Path) -> None:
    answer = hopcheck("diff", "8.0", "8.1", "--facts", broken, "--format", "jsonl", *QUIET)
    last = json.loads(answer.out.splitlines()[-1])
    assert (last["event"], last["exit_code"]) == ("end", 1)


def test_a_facts_file_with_one_build_or_with_several(hopcheck: Hopcheck, broken: Path) -> None:
    facts = toy_facts()
    dump(Facts(SCHEMA, facts.builds[1:2]), "one.json.gz")
    alone = hopcheck("diff", "8.0", "one.json.gz", "--facts", broken, *QUIET)
    named = hopcheck("diff", "8.0", f"{broken}:8.1", "--facts", broken, *QUIET)
    bundled = hopcheck("diff", "8.0", "8.1", "--facts", broken, *QUIET)
    for answer in (alone, named):
        assert re.sub(r"hopcheck diff facts.*?them", "", answer.out, flags=re.S) == re.sub(
            r"hopcheck diff facts.*?them", "", bundled.out, flags=re.S
        )


def test_a_source_tree(hopcheck: Hopcheck, broken: Path, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(Path("cache").absolute()))
    answer = hopcheck("diff", "facts", "8.1", tree, "--facts", broken, "--format", "json", *QUIET)
    report = from_json(answer.out.encode())
    assert report.comparison is not None
    items = {group.cause: {item.name: item for item in group.items} for group in report.comparison.differences}
    assert (items["default"]["toy-device.queues"].old, items["default"]["toy-device.queues"].new) == ("2", "7")
    assert items["default"]["toy-device.queues"].note.startswith("hw/core/toy.c:")


def test_facts_of_two_trees(hopcheck: Hopcheck, broken: Path) -> None:
    answer = hopcheck("diff", "facts", "8.0", "8.1", "--facts", broken, *QUIET)
    assert answer.code == 0
    text = " ".join(answer.out.split())
    assert "static defaults, by declaring type and property equal: 2 of 5 (40.0 %)" in text
    assert "default: 3 Both declare the property, with other static defaults." in text
    assert "toy-device.queues: 1 -> 2; hw/core/toy.c" in text
    assert 'toy-device.fine: (nothing) -> "off"; in hw_compat_8_0' in text
    assert "arrays: none of these -> hw_compat_8_0; in pc-q35-8.0" in text
    assert max(map(len, answer.out.splitlines())) <= 80
    assert not Path("out").exists()


def test_facts_of_a_tree_and_a_binary_that_nobody_can_explain(hopcheck: Hopcheck) -> None:
    known = toy_facts()
    types = {
        name: msgspec.structs.replace(fact, concrete=name != "device", props=dict(fact.props))
        for name, fact in known.builds[1].types.items()
    }
    twin = msgspec.structs.replace(
        known.builds[1],
        name="8.1-debian",
        kind=BuildKind.BINARY,
        arch="x86_64",
        station=False,
        counterpart="8.1",
        types=types,
    )
    dump(Facts(SCHEMA, (*known.builds, twin)), "alike.json")
    alike = hopcheck("diff", "facts", "8.1", "8.1-debian", "--facts", "alike.json", *QUIET)
    assert alike.code == 0
    assert "ordered compat lists of machine types equal: 2 of 2" in " ".join(alike.out.split())
    changed = msgspec.structs.replace(types["toy-device"], props={**types["toy-device"].props})
    changed.props["queues"] = msgspec.structs.replace(changed.props["queues"], default=5)
    other = msgspec.structs.replace(twin, types={**types, "toy-device": changed})
    dump(Facts(SCHEMA, (*known.builds, other)), "other.json")
    for order in (("8.1", "8.1-debian"), ("8.1-debian", "8.1")):
        answer = hopcheck("diff", "facts", *order, "--facts", "other.json", *QUIET)
        assert answer.code == 1
        there = "2 -> 5" if order[0] == "8.1" else "5 -> 2"
        assert f"toy-device.queues: {there}" in answer.out


def test_all_shows_everything(hopcheck: Hopcheck) -> None:
    brief = hopcheck("diff", "facts", "9.2", "10.0", *QUIET)
    full = hopcheck("diff", "facts", "9.2", "10.0", "--all", *QUIET)
    assert "more (--all)" in brief.out
    assert "more (--all)" not in full.out
    assert "intel-iommu.aw-bits: 39 -> 48; hw/i386/intel_iommu.c" in brief.out


def _refused(hopcheck: Hopcheck, *arguments: str | Path) -> str:
    answer = hopcheck("diff", *arguments, *QUIET)
    assert (answer.code, answer.out) == (2, "")
    assert len(answer.err.splitlines()) == 1
    assert not Path("out").exists()
    return answer.err.removeprefix("hopcheck: ").strip()


def test_an_unknown_build(hopcheck: Hopcheck) -> None:
    text = _refused(hopcheck, "9.2", "10.0.31")
    assert text.startswith("there is no build, file or folder '10.0.31'; did you mean '10.0.13'?")
    assert "known builds are 4.0, " in _refused(hopcheck, "nothing-like-it", "9.2")


@pytest.mark.parametrize("operands", [(), ("9.2",), ("a", "b", "c"), ("facts", "9.2"), ("facts",), ("a", "b", "c", "d")])
def test_not_two_builds(hopcheck: Hopcheck, operands: tuple[str, ...]) -> None:
    if operands == ("facts", "9.2"):  # read as two builds, of which the first is none
        assert _refused(hopcheck, *operands).startswith("there is no build, file or folder 'facts'")
    else:
        assert "write OLD NEW, or facts OLD NEW" in _refused(hopcheck, *operands)


def test_files_that_are_nothing(hopcheck: Hopcheck) -> None:
    Path("empty").touch()
    Path("text").write_text("what is this\n")
    Path("empty.json").touch()
    Path("broken.json.gz").write_bytes(b"\x1f\x8b nonsense")
    assert _refused(hopcheck, "9.2", "empty").startswith("empty: is empty; give a facts file, ")
    assert _refused(hopcheck, "9.2", "text").startswith("text: is neither a facts file nor a program; ")
    assert _refused(hopcheck, "9.2", "empty.json").startswith("empty.json:1: is empty; ")
    assert _refused(hopcheck, "9.2", "broken.json.gz").startswith("broken.json.gz: is damaged gzip data")
    assert _refused(hopcheck, "9.2", "nowhere.json").startswith("nowhere.json: cannot be read")


def test_a_program_that_is_no_qemu(hopcheck: Hopcheck) -> None:
    Path("program").write_text("#!/bin/sh\necho I am a teapot\nexit 3\n")
    Path("program").chmod(0o755)
    assert "program: " in _refused(hopcheck, "9.2", "./program")


def test_a_name_that_no_file_can_have(hopcheck: Hopcheck) -> None:
    assert _refused(hopcheck, "9.2", "x" * 5000).startswith("there is no build, file or folder 'xxx")


def test_a_facts_file_of_which_no_build_is_meant(hopcheck: Hopcheck, broken: Path) -> None:
    assert "holds 3 builds; name one of 8.0, 8.1, 8.2, as in " in _refused(hopcheck, "9.2", broken)
    assert "holds no build '8.4'; write one of 8.0, 8.1, 8.2" in _refused(hopcheck, "9.2", f"{broken}:8.4")


def test_a_folder_that_is_no_source_tree(hopcheck: Hopcheck) -> None:
    Path("folder").mkdir()
    assert _refused(hopcheck, "9.2", "folder").startswith("folder: has no file VERSION; ")


def test_a_repository_or_revision_that_is_none(hopcheck: Hopcheck) -> None:
    Path("folder").mkdir()
    assert _refused(hopcheck, "9.2", "folder@HEAD").startswith("folder")


class TestSchemas:
    """The published JSON Schemas hold for what is written."""

    def test_they_are_printed(self, hopcheck: Hopcheck) -> None:
        assert json.loads(hopcheck("models", "--schema", "report").out) == json.loads(to_json(encode.json_schema()))
        assert json.loads(hopcheck("models", "--schema", "facts").out) == json.loads(to_json(json_schema()))
        answer = hopcheck("models", "--schema", "verdict")
        assert answer.code == 2

    @pytest.mark.parametrize(
        "arguments",
        [
            ("check", "num_queues", "--no-prove"),
            ("check", "device_config", "--facts", "toy.json", "--no-prove"),
            ("prove", "change.toml", "--facts", "toy.json"),
            ("diff", "8.0", "8.1", "--facts", "toy.json"),
            ("diff", "facts", "8.0", "8.1", "--facts", "toy.json"),
        ],
        ids=lambda arguments: " ".join(arguments),
    )
    def test_every_report_is_one(self, hopcheck: Hopcheck, arguments: tuple[str, ...]) -> None:
        dump(toy_facts(), "toy.json")
        Path("change.toml").write_text(
            'build = "8.3"\nmachine = "8.3"\n[[default]]\ndriver = "toy-device"\nproperty = "queues"\nvalue = 8\n'
        )
        answer = hopcheck(*arguments, "--format", "json", "--quiet")
        validator = Draft202012Validator(encode.json_schema())
        report = json.loads(answer.out)
        validator.validate(report)
        for spoilt in ({**report, "schema": "hopcheck-report/2"}, {**report, "exit_code": "1"}, {}):
            assert not validator.is_valid(spoilt)

    def test_facts_are_facts(self, hopcheck: Hopcheck) -> None:
        validator = Draft202012Validator(json_schema())
        document = json.loads(msgspec.json.encode(toy_facts()))
        validator.validate(document)
        document["builds"][0]["machines"]["pc-q35-8.0"]["arrays"] = 3
        assert not validator.is_valid(document)
