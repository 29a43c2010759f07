"""A model of the user's own is a Python file; whatever is wrong with it is one error with the file and the line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from hopcheck.engine.own.chosen import chosen
from hopcheck.engine.own.model import files_of, own_model
from hopcheck.model.errors import InputError

HEAD = """\
from dataclasses import dataclass
from hopcheck.model.domain.settings import setting
from hopcheck.model.language import Bool, Range, SystemBuilder, becomes
from hopcheck.properties import always, holds, sound
"""
SYSTEM = """
def system():
    model = SystemBuilder("light")
    on = model.variable("on", Bool, initial=False)
    model.action("switch", updates=[becomes(on, ~on)])
    return model.build()
"""
PROPERTIES = """
def properties(system):
    return [sound()]
"""
WITH_SETTINGS = """
@dataclass(frozen=True)
class Settings:
    top: int = setting(3, "Where it stops.", least=1, most=9)

def system(settings):
    model = SystemBuilder("counter")
    n = model.variable("n", Range(0, 9), initial=0)
    model.action("up", guard=n < settings.top, updates=[becomes(n, n + 1)])
    return model.build()
"""


def write(folder: Path, text: str, name: str = "own.py") -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def test_a_plain_model_has_one_variant(tmp_path: Path) -> None:
    model = own_model(write(tmp_path, f'"""A light. It is switched."""\n{HEAD}{SYSTEM}{PROPERTIES}'))
    assert model.summary == "A light. It is switched"
    assert model.variants is not None
    (variant,) = model.variants()
    assert (variant.name, variant.system.name, [each.name for each in variant.properties]) == ("", "light", ["sound"])
    assert model.as_set({}).system.name == "light"
    with pytest.raises(InputError, match="there is no setting 'top'; there are none"):
        model.as_set({"top": "1"})


def test_settings_and_variants(tmp_path: Path) -> None:
    two = 'VARIANTS = {"low": Settings(1), "high": Settings(7)}\ndef properties(system, settings):\n'
    asked = '    return [always(f"up to {settings.top}", system["n"] <= settings.top, "", expected=holds("it stops"))]\n'
    model = own_model(write(tmp_path, HEAD + WITH_SETTINGS + two + asked))
    assert model.variants is not None
    assert [(each.name, each.properties[0].name) for each in model.variants()] == [("low", "up to 1"), ("high", "up to 7")]
    chosen_one = model.as_set({"top": "5"})
    assert (chosen_one.name, chosen_one.properties[0].name) == ("top=5", "up to 5")
    with pytest.raises(InputError, match="top cannot be '10'"):
        model.as_set({"top": "10"})


def test_files_stand_beside_bundled_models(tmp_path: Path) -> None:
    name = write(tmp_path, HEAD + SYSTEM + PROPERTIES)
    assert [each.name for each in chosen([name, "fleet", name])] == ["fleet", name]
    assert name not in [each.name for each in chosen(None)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = (\n", r"own\.py:1: is no Python \('\(' was never closed\)"),
        ("\n\nimport nothing_of_that_name\n", r"own\.py:3: cannot be run \(ModuleNotFoundError: No module named"),
        ("raise SystemExit(3)\n", r"own\.py:1: cannot be run \(SystemExit: 3\)"),
        (b"\xff\xfe", r"own\.py.*: is no Python|own\.py: cannot be run"),
        (b"x = 1\0", r"own\.py.*(is no Python|cannot be run)"),
        ("", r"own\.py: defines no function system; write def system\(\) -> System"),
        (HEAD + SYSTEM, r"own\.py: defines no function properties; write def properties\(system\)"),
        (HEAD + SYSTEM + "properties = 3\n", r"own\.py: defines no function properties"),
        ("def system():\n    return 3\n", r"own\.py: system\(\) returns int; return a System"),
        (
            HEAD + SYSTEM + "def properties(system):\n    return [3]\n",
            r"own\.py: what properties\(\) returns holds int",
        ),
        (HEAD + SYSTEM + "def properties(system):\n    return []\n", r"own\.py: properties\(\) is empty"),
        (HEAD + SYSTEM + "def properties(system):\n    return None\n", r"cannot be run \(TypeError: .*not iterable"),
        (HEAD + SYSTEM + "def properties(system):\n    return [sound(), sound()]\n", "two properties are called 'sound'"),
        (HEAD + SYSTEM + "def properties(system):\n    return [1 // 0]\n", r"own\.py:12: cannot be run \(ZeroDivisionError"),
        (HEAD + SYSTEM.replace("~on", "1") + PROPERTIES, r"own\.py:9: 1 is a number where Bool is wanted"),
        (HEAD + SYSTEM + PROPERTIES + "Settings = 3\n", "Settings is no dataclass of settings"),
        (
            HEAD + SYSTEM + PROPERTIES + "@dataclass\nclass Settings:\n    top: int = 3\n",
            "Settings is no dataclass of settings",
        ),
        (HEAD + SYSTEM + PROPERTIES + "VARIANTS = {'a': 3}\n", "VARIANTS is no dict of Settings"),
        (HEAD + WITH_SETTINGS + PROPERTIES + "VARIANTS = {}\n", "VARIANTS is no dict of Settings"),
        (HEAD + WITH_SETTINGS + PROPERTIES + "VARIANTS = {'a': 3}\n", "the variant 'a' is no Settings"),
    ],
)
def test_what_is_wrong_is_one_error(tmp_path: Path, text: str | bytes, said: str) -> None:
    path = tmp_path / "own.py"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    before = dict(sys.modules)
    with pytest.raises(InputError, match=said) as caught:
        _variants(str(path))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert {name for name in sys.modules if name not in before} <= {
        name for name in sys.modules if name.startswith("hopcheck") or "." in name
    }


def _variants(name: str) -> None:
    model = own_model(name)
    assert model.variants is not None
    model.variants()


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be read \(No such file"):
        own_model(str(tmp_path / "none.py"))
    with pytest.raises(InputError, match=r"cannot be read \(Is a directory"):
        own_model(str(tmp_path))


def test_an_edit_is_seen_at_once(tmp_path: Path) -> None:
    name = write(tmp_path, HEAD + SYSTEM + PROPERTIES)
    assert own_model(name).summary == "a model of your own"
    write(tmp_path, f'"""Another."""\n{HEAD}{SYSTEM}{PROPERTIES}')
    assert own_model(name).summary == "Another"


def test_modules_beside_a_model_are_its_own(tmp_path: Path) -> None:
    """Two folders have a module of one name, imported at once by one model and late by the other."""
    early = "from parts import NAME\n" + HEAD + SYSTEM.replace('"light"', "NAME") + PROPERTIES
    late = HEAD + SYSTEM.replace("    model =", "    from parts.deep import NAME\n    model =").replace('"light"', "NAME")
    one = write(tmp_path / "one", early)
    write(tmp_path / "one", "NAME = 'first'\n", "parts.py")
    two = write(tmp_path / "two", late + PROPERTIES)
    write(tmp_path / "two", "", "parts/__init__.py")
    write(tmp_path / "two", "NAME = 'second'\n", "parts/deep.py")
    models = [own_model(one), own_model(two)]
    for _ in range(2):
        assert [each.variants()[0].system.name for each in models if each.variants is not None] == ["first", "second"]
    assert "parts" not in sys.modules
    assert files_of(one) == {tmp_path / "one" / "own.py", tmp_path / "one" / "parts.py"}
    beside = tmp_path / "two" / "parts"
    assert files_of(two) == {tmp_path / "two" / "own.py", beside / "__init__.py", beside / "deep.py"}
    assert str(tmp_path / "one") not in sys.path


def test_modules_that_everybody_shares_stay(tmp_path: Path) -> None:
    name = write(tmp_path, "import json\n" + HEAD + SYSTEM + PROPERTIES)
    write(tmp_path, "raise RuntimeError\n", "json.py")
    write(tmp_path, "raise RuntimeError\n", "hopcheck.py")
    before = sys.modules["json"], sys.modules["hopcheck"]
    own_model(name)
    assert (sys.modules["json"], sys.modules["hopcheck"]) == before
