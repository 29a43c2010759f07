"""The known findings of the models: what present releases violate, each with the settings that show it, and its reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from hopcheck.model.domain.settings import written
from hopcheck.model.errors import InputError

_TEXTS = ("id", "property", "rule", "reason")


@dataclass(frozen=True, slots=True)
class KnownFinding:
    """Something that a present release violates, and that is known.

    ``id``: ``model.some-words``; ``prop``: the property that is violated; ``settings``: the narrowest that show it, by
    name; ``releases``: which releases do it; ``rule``: the file of the model with the rule that causes it; ``reason``: why
    it is known. Why the property is violated is said by its expected verdict under these settings, and nowhere else.
    """

    id: str
    prop: str
    settings: Mapping[str, str]
    releases: str
    rule: str
    reason: str

    @property
    def model(self) -> str:
        """The model that shows it."""
        return self.id.partition(".")[0]


def bundled_findings() -> tuple[KnownFinding, ...]:
    """The known findings of the bundled models."""
    file = resources.files("hopcheck.properties.catalog").joinpath("model_findings.toml")
    return _read(file.read_text(encoding="utf-8"), "the known findings of the models")


def load_findings(path: Path) -> tuple[KnownFinding, ...]:
    """The known findings in a file of the same form."""
    try:
        return _read(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the known findings: {error}", file=str(path)) from None


def _read(text: str, file: str) -> tuple[KnownFinding, ...]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is not TOML: {error}", file=file) from None
    for name in document:
        if name not in ("model", "finding"):
            raise InputError(f"{name!r} is nothing here", hint="write [model.NAME] and [[finding]]", file=file)
    models, entries = document.get("model", {}), document.get("finding", [])
    if not isinstance(models, dict) or not all(isinstance(each, dict) for each in models.values()):
        raise InputError("model is no table of tables", hint="write [model.NAME]", file=file)
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise InputError("finding is no list of tables", hint="write [[finding]]", file=file)
    made = tuple(_finding(each, models, f"finding {number}", file) for number, each in enumerate(entries, 1))
    _all_different(made, file)
    return made


def _finding(entry: Mapping[str, Any], models: Mapping[str, Any], where: str, file: str) -> KnownFinding:
    for name in _TEXTS:
        if not isinstance(entry.get(name), str) or not entry[name]:
            raise InputError(f"{where} has no {name}", hint=f'write {name} = "..."', file=file)
    model, dot, rest = entry["id"].partition(".")
    if not dot or not re.fullmatch(r"[a-z0-9-]+", rest):
        raise InputError(f"{where}: {entry['id']!r} is no id", hint="write MODEL.some-words", file=file)
    common = models.get(model, {})
    releases = entry.get("releases", common.get("releases"))
    if not isinstance(releases, str) or not releases:
        raise InputError(f"{where} has no releases", hint=f"write releases in it or under [model.{model}]", file=file)
    for name in entry:
        if name not in (*_TEXTS, "releases", "settings"):
            raise InputError(f"{where}: {name!r} is nothing here", hint=f"write {', '.join(_TEXTS)}, settings", file=file)
    settings = {**_settings(common, f"model.{model}", file), **_settings(entry, where, file)}
    return KnownFinding(entry["id"], entry["property"], settings, releases, entry["rule"], entry["reason"])


def _settings(table: Mapping[str, Any], where: str, file: str) -> dict[str, str]:
    """The settings of a table as one would write them after --set."""
    found = table.get("settings", {})
    if not isinstance(found, dict) or not all(isinstance(each, bool | int | str) for each in found.values()):
        raise InputError(
            f"settings of {where} are no table of values", hint='write settings = { name = "value" }', file=file
        )
    return {name: written(value) for name, value in found.items()}


def _all_different(made: Sequence[KnownFinding], file: str) -> None:
    ids: set[str] = set()
    for each in made:
        if each.id in ids:
            raise InputError(f"{each.id} is there twice", hint="keep one of them", file=file)
        ids.add(each.id)
