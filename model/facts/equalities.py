"""Equalities that notation alone cannot give: declared one by one, each with its evidence.

They live in ``data/equalities.toml``:

* ``[[constant]]`` name, value, evidence: a C constant that defaults are written with,
* ``[[text]]`` text, value, evidence: a whole expression, as the facts hold it,
* ``[[equal]]`` type, property, values, evidence: values of one device property that mean the same.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from hopcheck.model.facts.errors import FactsError


@dataclass(frozen=True, slots=True, eq=False)
class Equalities:
    """The declared constants, expressions, and per (declaring type, property) the value that stands for another.

    ``properties`` are the names of the properties that have one: a quick way to see that there is none.
    """

    constants: Mapping[str, int]
    texts: Mapping[str, int]
    same: Mapping[tuple[str, str], Mapping[str, str]]
    properties: frozenset[str] = frozenset()

    def representative(self, declaring: str, prop: str, text: str) -> str:
        """Return the text that stands for this one, itself unless an equality is declared."""
        found = self.same.get((declaring, prop))
        return found.get(text, text) if found else text


@lru_cache(maxsize=1)
def declared() -> Equalities:
    """Return the bundled equalities."""
    text = (resources.files(__package__) / "data" / "equalities.toml").read_text(encoding="utf-8")
    return parse(text, "equalities.toml")


def parse(text: str, name: str) -> Equalities:
    """Return the equalities in a TOML text.

    Raises:
        FactsError: not TOML, an unknown table or key, a missing key (evidence included) or a wrong type.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FactsError(name, "", f"is not TOML ({error})", "correct the syntax") from None
    wanted: dict[str, dict[str, type]] = {
        "constant": {"name": str, "value": int, "evidence": str},
        "text": {"text": str, "value": int, "evidence": str},
        "equal": {"type": str, "property": str, "values": list, "evidence": str},
    }
    for table, rows in document.items():
        keys = wanted.get(table)
        if keys is None or not isinstance(rows, list):
            raise FactsError(name, table, "is no table of this file", f"write [[{']], [['.join(wanted)}]]")
        for i, row in enumerate(rows):
            ok = set(row) == set(keys) and all(type(row[k]) is kind for k, kind in keys.items())
            if not ok or not row["evidence"].strip():
                raise FactsError(name, f"{table}[{i}]", f"is {sorted(row)}", f"give {sorted(keys)}, none empty")
    same: dict[tuple[str, str], dict[str, str]] = {}
    for row in document.get("equal", []):
        pairs = same.setdefault((row["type"], row["property"]), {})
        pairs.update({str(value): str(row["values"][0]) for value in row["values"]})
    return Equalities(
        constants={row["name"]: row["value"] for row in document.get("constant", [])},
        texts={row["text"]: row["value"] for row in document.get("text", [])},
        same=same,
        properties=frozenset(prop for _, prop in same),
    )
