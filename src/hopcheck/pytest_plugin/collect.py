"""Files that become tests: a change is one, a model one for each property of each variant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hopcheck.engine.own.project import Project
from hopcheck.model.errors import InputError
from hopcheck.pytest_plugin.items import BundledItem, ChangeItem, PropertyItem, Study, VacuityItem
from hopcheck.testing import Checker

if TYPE_CHECKING:
    from hopcheck.engine.models import BundledModel
    from hopcheck.engine.variant import Variant


def collector(path: Path, parent: pytest.Collector, project: Project, checker: Checker) -> pytest.Collector | None:
    """The collector of a file, where the project names it; of its ``pyproject.toml`` where it asks for bundled models."""
    if project.is_change(path):
        return ChangeFile.of(path, parent, project, checker)
    if project.is_model(path):
        return ModelFile.of(path, parent, project, checker)
    if project.bundled and path == project.file:
        return ProjectFile.of(path, parent, project, checker)
    return None


class _File(pytest.File):
    """A file of a project, and who checks what it holds."""

    project: Project
    checker: Checker

    @classmethod
    def of(cls, path: Path, parent: pytest.Collector, project: Project, checker: Checker) -> _File:
        """The collector of that file."""
        made = cls.from_parent(parent, path=path)
        made.project, made.checker = project, checker
        return made

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str | object:  # type: ignore[override]
        """A mistake of the user's in its one line."""
        return str(excinfo.value) if isinstance(excinfo.value, InputError) else super().repr_failure(excinfo)

    def _items(self, model: BundledModel, prefix: str = "") -> Iterator[pytest.Item]:
        """One item for each property of each variant, and one for what never happens in any of them."""
        studies = [Study(model.name, each, self.checker) for each in (model.variants or tuple)()]
        told = [(study, prop, _title(study.variant, prop.name)) for study in studies for prop in study.variant.properties]
        of_any_size = {title for title, number in Counter(title for _, _, title in told).items() if number > 1}
        for study, prop, title in told:
            endless = title in of_any_size and any(each.type.hi is None for each in study.variant.system.variables)
            name = f"{prefix}{title}{' (any size)' if endless else ''}"
            item: PropertyItem = PropertyItem.from_parent(self, name=name)
            item.study, item.prop = study, prop
            item.together(f"{self.nodeid} {prefix}{study.variant.name}")
            yield item
        if self.project.vacuity:
            last: VacuityItem = VacuityItem.from_parent(self, name=f"{prefix}vacuity")
            last.studies = tuple(studies)
            yield last


class ChangeFile(_File):
    """A change, or a proposed cookie: one test, called by the verdict that it should have."""

    def collect(self) -> Iterable[pytest.Item]:
        """The test."""
        item: ChangeItem = ChangeItem.from_parent(self, name=self.project.expected(self.path))
        item.project, item.checker = self.project, self.checker
        yield item


class ModelFile(_File):
    """A model of the project's own. It is run to find out what its properties are."""

    def collect(self) -> Iterable[pytest.Item]:
        """One test for each property of each variant."""
        from hopcheck.engine.own.model import own_model

        here = self.config.invocation_params.dir
        path = self.path.relative_to(here) if self.path.is_relative_to(here) else self.path
        yield from self._items(own_model(str(path)))


class ProjectFile(_File):
    """The bundled models that the project asks for."""

    def collect(self) -> Iterable[pytest.Item]:
        """One test for each property of each variant; one for a model that has a way of its own."""
        from hopcheck.engine.own.chosen import chosen

        for name in self.project.bundled:
            (model,) = chosen([name])
            if model.variants is not None:
                yield from self._items(model, f"{name}: ")
            else:
                item: BundledItem = BundledItem.from_parent(self, name=name)
                item.checker = self.checker
                yield item


def _title(variant: Variant, prop: str) -> str:
    return f"{variant.name}: {prop}" if variant.name else prop
