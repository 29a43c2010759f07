"""The tests: each compares a verdict with the expected one, and fails with the trace."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hopcheck.engine.own.project import Project
from hopcheck.model.errors import InputError
from hopcheck.testing import Checker, VerdictError, told

if TYPE_CHECKING:
    from hopcheck.engine.results import PropertyResult
    from hopcheck.engine.variant import Variant
    from hopcheck.properties import Property


@dataclass(slots=True, eq=False)
class Study:
    """One variant of a model: its properties are checked together, once, when the first test asks."""

    model: str
    variant: Variant
    checker: Checker
    _results: dict[str, PropertyResult] | None = field(default=None, repr=False)

    def result(self, prop: Property, session: pytest.Session) -> PropertyResult:
        """The result of a property; those of the variant that the session leaves out are not checked."""
        if self._results is None:
            items = [each for each in session.items if isinstance(each, PropertyItem) and each.study is self]
            self._results = self._check(tuple(each.prop for each in items))
        return self._results[prop.name]

    def everything(self) -> tuple[PropertyResult, ...]:
        """The results of all properties."""
        properties = self.variant.properties
        if self._results is None or len(self._results) < len(properties):
            self._results = self._check(properties)
        return tuple(self._results[each.name] for each in properties)

    def _check(self, properties: tuple[Property, ...]) -> dict[str, PropertyResult]:
        system, variant = self.variant.system, self.variant.name
        results = self.checker.check(system, properties, variant=variant, model=self.model)
        return {each.prop.name: each for each in results}


class HopcheckItem(pytest.Item):
    """A test that fails with a text of its own, and is placed at its file."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str | object:  # type: ignore[override]
        """The trace, or a mistake of the user's in one line."""
        if isinstance(excinfo.value, VerdictError | InputError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, None, str]:
        """The file, and the name."""
        return self.path, None, self.name

    def together(self, group: str) -> None:
        """Have ``pytest-xdist --dist loadgroup`` run the tests of a group in one process: they share one search."""
        if self.config.pluginmanager.hasplugin("xdist"):
            self.add_marker(pytest.mark.xdist_group(group))


class PropertyItem(HopcheckItem):
    """A property of a variant of a model."""

    study: Study
    prop: Property

    def runtest(self) -> None:
        """Fail unless the verdict is the expected one."""
        from hopcheck.properties import Judgement

        result = self.study.result(self.prop, self.session)
        self.user_properties.append(("hopcheck", f"{result.verdict.outcome.value}: {result.verdict.reason}"))
        if result.judgement is not Judgement.EXPECTED:
            raise VerdictError(told(result))


class VacuityItem(HopcheckItem):
    """What never happens in any variant of a model."""

    studies: tuple[Study, ...]

    def runtest(self) -> None:
        """Fail where something holds only because nothing happens."""
        from hopcheck.engine.variants_job import vacuity_of

        results = [each.everything() for each in self.studies]
        found = vacuity_of([each.variant for each in self.studies], results)
        if found:
            raise VerdictError("\n".join(f"vacuous: {each}" for each in found))


class ChangeItem(HopcheckItem):
    """A change, or a proposed cookie."""

    project: Project
    checker: Checker

    def runtest(self) -> None:
        """Fail unless the verdict is the expected one."""
        here = Path.cwd()
        path = self.path.relative_to(here) if self.path.is_relative_to(here) else self.path
        self.checker.assert_change(path, self.project.expected(self.path), facts=self.project.facts)


class BundledItem(HopcheckItem):
    """A bundled model that is no single transition system: its own report says whether all is as expected."""

    checker: Checker

    def runtest(self) -> None:
        """Fail unless the model's check ends as expected."""
        self.checker.assert_bundled(self.name)
