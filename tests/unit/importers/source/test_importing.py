"""The whole import: versions, the cache, and input that is broken or hostile."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.importers.source.test_machines import ARRAYS, OPTIONS, REGISTER, USES, board
from tests.unit.importers.source.trees import BOARDS, PROPERTIES, MemoryTree, device, imported, tree

from hopcheck.model.errors import InputError
from hopcheck.model.facts.check import check
from hopcheck.model.facts.schema import SCHEMA, BuildKind, Facts
from hopcheck.model.facts.versions import version_key
from hopcheck.model.importers.source import import_source
from hopcheck.model.importers.source.release import release_of

WHOLE = {**board(REGISTER + OPTIONS + USES), **device('    DEFINE_PROP_BOOL("p", Dev, p, true),')}


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("7.2.0\n", "7.2"),
        ("10.0.13", "10.0.13"),
        ("10.0.50", "10.1pre"),
        ("10.2.50", "11.0pre"),
        ("9.2.90", "10.0pre"),
        ("9.1.92", "9.2pre"),
    ],
)
def test_the_version_of_a_tree(text: str, version: str) -> None:
    assert release_of(text, "VERSION").version == version


def test_a_tree_on_its_way_lies_before_its_release() -> None:
    assert version_key("10.2") < version_key(release_of("10.2.50", "VERSION").version) < version_key("11.0")


def test_name_version_and_origin_are_those_of_the_call() -> None:
    build = import_source(tree(WHOLE), name="mine", version="9.9")
    assert (build.name, build.version, build.kind, build.origin) == ("mine", "9.9", BuildKind.TREE, "memory")


@pytest.mark.parametrize("files", [{}, {"VERSION": "who knows"}, {"VERSION": b"\xff\x00"}])
def test_what_is_no_qemu_tree_is_one_error(files: dict[str, str | bytes]) -> None:
    with pytest.raises(InputError, match="QEMU source tree"):
        import_source(MemoryTree(files), name="x")


def test_two_imports_are_equal_also_from_the_cache(tmp_path: Path) -> None:
    cache = tmp_path / "sub" / "cache.sqlite"
    plain = imported(WHOLE)
    first = import_source(tree(WHOLE), name="test", cache=cache)
    again = tree(WHOLE)
    assert import_source(again, name="test", cache=cache) == first == plain
    assert again.asked == ["VERSION"]


def test_the_result_does_not_depend_on_the_order_of_sets() -> None:
    program = (
        "import msgspec; from tests.unit.importers.source.test_importing import WHOLE, imported;"
        "print(msgspec.json.encode(imported(WHOLE)))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


def test_a_changed_tree_reads_the_changed_files_only(tmp_path: Path) -> None:
    cache = tmp_path / "cache.sqlite"
    import_source(tree(WHOLE), name="test", cache=cache)
    changed = tree({**WHOLE, "hw/core/machine.c": ARRAYS.replace('"off"', '"on"')})
    build = import_source(changed, name="test", cache=cache)
    assert changed.asked == ["VERSION", "hw/core/machine.c"]
    assert build == imported({**WHOLE, "hw/core/machine.c": ARRAYS.replace('"off"', '"on"')})


def test_equal_trees_of_different_releases_are_not_mixed_up(tmp_path: Path) -> None:
    cache = tmp_path / "cache.sqlite"
    text = device('    DEFINE_PROP_UINT32("p", Dev, p, QEMU_VERSION_MAJOR),')
    builds = [import_source(tree(text, version), name="test", cache=cache) for version in ("8.0.0", "9.0.0")]
    assert [build.types["dev"].props["p"].default for build in builds] == [8, 9]


@pytest.mark.parametrize("damage", ["garbage", "empty", "cut", "flipped", "other tables", "folder"])
def test_a_damaged_cache_changes_nothing(tmp_path: Path, damage: str) -> None:
    cache = tmp_path / "cache.sqlite"
    expected = import_source(tree(WHOLE), name="test", cache=cache)
    data = cache.read_bytes()
    if damage == "folder":
        cache.unlink()
        cache.mkdir()
    elif damage == "other tables":
        cache.unlink()
        with sqlite3.connect(cache) as connection:
            connection.execute("CREATE TABLE summary (something INTEGER)")
        connection.close()
    else:
        ruined = {"garbage": b"no database" * 999, "empty": b"", "cut": data[: len(data) // 2]}.get(damage)
        cache.write_bytes(
            bytes(b ^ 4 if i % 501 == 0 and i > 4096 else b for i, b in enumerate(data)) if ruined is None else ruined
        )
    assert import_source(tree(WHOLE), name="test", cache=cache) == expected
    assert import_source(tree(WHOLE), name="test", cache=cache) == expected


def test_a_cache_that_another_process_holds_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache.sqlite"
    monkeypatch.setattr("hopcheck.model.importers.source.cache._WAIT", 0.0)
    expected = import_source(tree(WHOLE), name="test", cache=cache)
    holder = sqlite3.connect(cache)
    holder.execute("BEGIN EXCLUSIVE")
    assert import_source(tree(WHOLE), name="test", cache=cache) == expected
    holder.close()


def test_another_importer_uses_nothing_of_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache.sqlite"
    import_source(tree(WHOLE), name="test", cache=cache)
    monkeypatch.setattr("hopcheck.model.importers.source.cache._importer", lambda: "another")
    again = tree(WHOLE)
    import_source(again, name="test", cache=cache)
    assert len(again.asked) > 1


def test_folders_without_devices_are_not_read() -> None:
    one = 'static const TypeInfo a = { .name = "a", .parent = "device" };\n'
    given = tree(
        {
            "tests/a.c": one,
            "roms/x/a.c": one,
            "linux-user/a.c": one,
            "docs/notes.txt": one,
            ".pc/p/hw/a.c": one,
            "hw/a.c": one,
        }
    )
    assert import_source(given, name="x").types["a"].file == "hw/a.c"
    assert not {"tests/a.c", "roms/x/a.c", "linux-user/a.c", "docs/notes.txt", ".pc/p/hw/a.c"}.intersection(given.asked)


HOSTILE = {
    "unclosed array": 'GlobalProperty a[] = { { "x", "y", "z" },\n',
    "braces": "GlobalProperty a[] = " + "{" * 5000 + "}" * 4999 + ";\n",
    "parentheses": 'GlobalProperty a[] = { { "d", "p", ' + "(" * 5000 + "1" + ")" * 5000 + " } };\n",
    "long line": 'GlobalProperty a[] = { { "d", "p", "' + "x" * 1_000_000 + '" } };\n',
    "many operators": 'static const Property p[] = { DEFINE_PROP_UINT32("p", D, p, 1' + " + 1" * 3000 + ") };\n",
    "deep blocks": "void f(ObjectClass *oc)\n{\n" + "if (x) {" * 3000 + "}" * 3000 + "\n}\n",
    "macro bomb": "#define A0 1\n"
    + "".join(f"#define A{i} A{i - 1} A{i - 1} A{i - 1}\n" for i in range(1, 40))
    + "GlobalProperty a[] = { A39 };\n",
    "macro circle": '#define A B\n#define B A\nGlobalProperty a[] = { A, { B, "p", A } };\n',
    "enum circle": 'enum { A = B };\nenum { B = A };\nstatic const Property p[] = { DEFINE_PROP_UINT32("p", D, p, A) };\n',
    "long enum": "enum { "
    + ", ".join(f"E{i} = E{i - 1} + 1" for i in range(1, 3000))
    + " };\nGlobalProperty a[] = { E2999 };\n",
    "function circle": "static void f(MachineClass *m)\n{\n    g(m);\n    m->x = 1;\n}\n"
    "static void g(MachineClass *m)\n{\n    f(m);\n}\n",
    "conditions": "#if A\n" * 3000 + "GlobalProperty a[] = { };\n",
    "else without if": "#else\n#endif\n#elif\nGlobalProperty a[] = { };\n",
    "many bombs": "".join(f"#define A{i} A{i - 1} A{i - 1} A{i - 1}\n" for i in range(1, 30))
    + "GlobalProperty a[] = {"
    + '{ "d", "p", A29 },' * 2000
    + "};\n",
    "unclosed calls": "GlobalProperty *x;\n" + "F(\n" * 50_000,
    "many groups": "GlobalProperty *x;\n" + "a {}\n" * 50_000,
    "words": "GlobalProperty *x;\n" + "enum " * 100_000,
    "elements": "static const Property p[] = { " + "A() " * 50_000 + "};\n",
    "nul bytes": "GlobalProperty a[] = { \0 };\n",
    "no text": "\\\n\\\n#define \\\nGlobalProperty \\",
    "unclosed string": 'GlobalProperty a[] = { { "x, "y", "z" } };\n"',
    "unclosed comment": "GlobalProperty a[] = { }; /* \n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_never_break_an_import(name: str) -> None:
    build = imported({**WHOLE, "hw/misc/hostile.c": HOSTILE[name]})
    assert build.machines["board-2.0"].arrays == ("hw_compat_2",)
    assert build.types["dev"].props["p"].default is True


def test_functions_that_double_their_calls_end() -> None:
    calls = "".join(f"static void f{i}(MachineClass *m)\n{{\n    f{i - 1}(m);\n    f{i - 1}(m);\n}}\n" for i in range(1, 60))
    first = "static void f0(MachineClass *m)\n{\n    compat_props_add(m->compat_props, hw_compat_1, 1);\n}\n"
    start = "static void init(ObjectClass *oc, void *data)\n{\n    MachineClass *mc = MACHINE_CLASS(oc);\n    f20(mc);\n}\n"
    info = 'static const TypeInfo i = { .name = "m-1.0-machine", .parent = TYPE_MACHINE, .class_init = init };\n'
    build = imported(board(first + calls + start + info))
    assert build.machines["m-1.0"].arrays == ("hw_compat_1",)
    assert {left.reason for left in build.unresolved} == {"following it takes too many steps"}


_SOURCE = "".join(WHOLE.values())


def _mutated(text: str, seed: int) -> str:
    """Return a text with a few pieces taken out, doubled, or replaced."""
    chance = random.Random(seed)
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(text) + 1)
        length = chance.randrange(1, 40)
        new = chance.choice(["", "{", "}", "(", ")", '"', "\\", "\n#if 0\n", "/*", "\n}\n", text[at : at + length] * 2])
        text = text[:at] + new + text[at + length :]
    return text


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=1 << 32))
def test_mutated_files_give_facts_that_pass_the_check(seed: int) -> None:
    files = {path: _mutated(text, seed + i) for i, (path, text) in enumerate(sorted(WHOLE.items()))}
    files["include/boards.h"] = _mutated(BOARDS, seed)
    files["include/props.h"] = _mutated(PROPERTIES, seed)
    build = import_source(tree(files), name="test")
    check(Facts(SCHEMA, (build,)), "test")


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_file(data: bytes) -> None:
    build = imported({"hw/a.c": b"GlobalProperty TypeInfo DEFINE_X(\n" + data, "include/a.h": data, "qapi/a.json": data})
    assert build.kind is BuildKind.TREE
