"""x86 CPU models: types that target/i386/cpu.c makes at run time from a table of models with versions.

A model M is the types M, M-v1, M-v2 ..., and the aliases of versions; a model that lists no versions has v1 only.
What features a model has is not in the facts; which features there are is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hopcheck.model.importers.source.elements import elements_of, fields_of
from hopcheck.model.importers.source.program import Place, Program
from hopcheck.model.importers.source.text import split

MODELS = "X86CPUDefinition"
FEATURES = "FeatureWordInfo"
ROOT = "TYPE_X86_CPU"


@dataclass(frozen=True, slots=True)
class CpuModel:
    """A type of a CPU model, and where the model is defined."""

    type: str
    path: str
    line: int


def models_of(place: Place, program: Program) -> Iterator[CpuModel]:
    """Yield the types of a table of CPU models."""
    table = [element for element in elements_of(place, program.names) if element.is_braced]
    rows = [(element.line, fields_of(element.text[1:-1])) for element in table]
    versioned = any("versions" in row for _, row in rows)
    for line, row in rows:
        name = program.names.string(row.get("name", ""), place.path)
        if name is None:
            continue
        called = [name]
        if versioned:
            called += _versions(name, row.get("versions", ""), place, program)
        for each in called:
            found = program.names.string(f'X86_CPU_TYPE_NAME("{each}")', place.path)
            if found is not None:
                yield CpuModel(found, place.path, line)


def _versions(name: str, text: str, place: Place, program: Program) -> Iterator[str]:
    """Yield the names of the versions of a model and their aliases."""
    if "{" not in text:
        yield f"{name}-v1"
        return
    for _, part in split(text[text.index("{") + 1 : text.rindex("}")]):
        said = fields_of(part[1:-1], ("version",)) if part.startswith("{") else {}
        number = program.names.value(said.get("version", "0"), place.path)
        if not isinstance(number, int) or not number:
            return
        yield f"{name}-v{number}"
        alias = program.names.string(said.get("alias", ""), place.path)
        if alias is not None:
            yield alias


def features_of(place: Place, program: Program) -> Iterator[str]:
    """Yield the names of the CPU features in a table of feature words."""
    for element in elements_of(place, program.names):
        named = fields_of(element.text[1:-1]).get("feat_names", "") if element.is_braced else ""
        if "{" in named:
            for _, part in split(named[named.index("{") + 1 : named.rindex("}")]):
                name = program.names.string(part.rpartition("=")[2], place.path)
                if name is not None:
                    yield name
