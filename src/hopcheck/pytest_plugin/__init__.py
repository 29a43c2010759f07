"""The pytest plugin: changes and models become tests, and tests written in Python get the fixture ``hopcheck``.

It does nothing in a project whose ``pyproject.toml`` has no table ``[tool.hopcheck]`` (``hopcheck.engine.own.project``
reads it), but for offering the fixture and its options. Compilers and solvers are imported by the first test that needs
them.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from hopcheck.engine.own.project import Project, read_project
from hopcheck.model.errors import InputError
from hopcheck.pytest_plugin.collect import collector
from hopcheck.testing import Checker

_PROJECT = pytest.StashKey["Project | None"]()
_CHECKER = pytest.StashKey[Checker]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where verdicts are kept from run to run."""
    group = parser.getgroup("hopcheck", "migration compatibility (hopcheck)")
    group.addoption(
        "--hopcheck-cache",
        metavar="DIR",
        help="Keep what the engines answer in this folder, and use it again. Default: hopcheck's folder of XDG_CACHE_HOME.",
    )
    group.addoption("--no-hopcheck-cache", action="store_true", help="Ask the engines everything anew, and keep nothing.")


def pytest_configure(config: pytest.Config) -> None:
    """Read what the project asks for; where ``testpaths`` are meant, its files are meant as well."""
    try:
        project = read_project(config.rootpath)
        if project is not None:
            project.check()
            if config.args_source is pytest.Config.ArgsSource.TESTPATHS:
                config.args = [*config.args, *_further(project, config)]
    except InputError as error:
        raise pytest.UsageError(str(error)) from None
    config.stash[_PROJECT] = project


def _further(project: Project, config: pytest.Config) -> list[str]:
    """The project's files that lie outside of the test paths."""
    covered = [(config.invocation_params.dir / each).resolve() for each in config.args]
    files = [*project.change_files(), *project.model_files(), *([project.file] if project.bundled else [])]
    return [str(path) for path in files if not any(path.resolve().is_relative_to(each) for each in covered)]


def pytest_report_header(config: pytest.Config) -> list[str]:
    """What the project asks for, in one line."""
    project = config.stash[_PROJECT]
    if project is None:
        return []
    kept = _cache_folder(config)
    cache = "no verdicts are kept" if kept is None else f"verdicts are kept in {kept}"
    from hopcheck.report.text.notation import count

    asked = [
        count(len(project.change_files()), "change"),
        count(len(project.model_files()), "model"),
        count(len(project.bundled), "bundled model"),
    ]
    return [f"hopcheck: {', '.join(asked)}; {cache}"]


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """A file that the project names is collected by this plugin, and a model by no other as a module of tests."""
    found = yield
    project = parent.config.stash[_PROJECT]
    ours = None if project is None else collector(file_path, parent, project, checker_of(parent.config))
    if ours is None:
        return found
    return [*(each for each in found if not isinstance(each, pytest.Module)), ours]


@pytest.fixture(scope="session")
def hopcheck(request: pytest.FixtureRequest) -> Checker:
    """Checks models and changes in tests written in Python, with the verdicts of earlier runs."""
    return checker_of(request.config)


def checker_of(config: pytest.Config) -> Checker:
    """The one checker of a session."""
    if _CHECKER not in config.stash:
        project, folder = config.stash[_PROJECT], _cache_folder(config)
        seconds = 20.0 if project is None else project.prove_seconds
        config.stash[_CHECKER] = Checker(seconds, folder)
    return config.stash[_CHECKER]


def _cache_folder(config: pytest.Config) -> Path | None:
    if config.getoption("--no-hopcheck-cache"):
        return None
    from hopcheck.cli.cache import verdict_folder

    folder = config.getoption("--hopcheck-cache")
    return verdict_folder() if folder is None else Path(config.invocation_params.dir, folder)
