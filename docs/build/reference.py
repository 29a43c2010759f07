"""A hook of the site: the reference is made from the command line, the models' settings, the schemas and docstrings."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from types import FunctionType

from click.testing import CliRunner
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from hopcheck.cli.app import VERBS, hopcheck
from hopcheck.engine.models import bundled
from hopcheck.model.domain.settings import described
from hopcheck.model.facts.schema import json_schema as of_facts
from hopcheck.report.formats.encode import json_schema as of_reports
from hopcheck.report.formats.encode import to_json
from hopcheck.report.text.codes import pages

MODULES = {
    "language": "hopcheck.model.language",
    "testing": "hopcheck.testing",
    "settings": "hopcheck.model.domain.settings",
    "properties": "hopcheck.properties",
    "explorer": "hopcheck.explorer",
    "importers": "hopcheck.model.importers",
    "facts": "hopcheck.model.facts.schema",
    "reports": "hopcheck.report.schema.report",
    "errors": "hopcheck.model.errors",
}
"""The pages about Python, and the module that each is made from."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the reference."""
    files.append(File.generated(config, "reference/command-line.md", content="".join(_command_line())))
    files.append(File.generated(config, "reference/settings.md", content="".join(_settings())))
    files.append(File.generated(config, "reference/codes.md", content="".join(_codes())))
    for name, module in MODULES.items():
        files.append(File.generated(config, f"reference/python/{name}.md", content=_module(module)))
    for name, schema in (("report", of_reports()), ("facts", of_facts())):
        files.append(File.generated(config, f"reference/{name}.schema.json", content=to_json(schema)))
    return files


def _command_line() -> Iterator[str]:
    yield "# The command line\n\nWhat `--help` says of every verb.\n\n"
    yield _help("hopcheck")
    for verb in VERBS:
        yield f"## hopcheck {verb}\n\n{_help(f'hopcheck {verb}')}"


def _help(command: str) -> str:
    arguments = [*command.split()[1:], "--help"]
    done = CliRunner().invoke(hopcheck, arguments, prog_name="hopcheck", terminal_width=80, max_content_width=80)
    assert done.exit_code == 0, done.output
    return f"```text\n{done.output}```\n\n"


def _codes() -> Iterator[str]:
    yield "# Codes\n\nWhat a code means that a message or a report ends with: `hopcheck explain CODE` says the same.\n"
    for code, told in pages().items():
        yield f"\n## {code} {told.title}\n\n{_sentence(told.text)}\n\n*What to do:* {_sentence(told.remedy)}\n"


def _sentence(text: str) -> str:
    """As a sentence, with what Markdown would take for HTML or emphasis left as it is."""
    plain = re.sub(r"([<>*_|`\[\]])", r"\\\1", text.strip())
    return plain[:1].upper() + plain[1:] + ("" if plain.endswith(".") else ".")


def _module(name: str) -> str:
    """What a module offers, with those of its names that are defined elsewhere."""
    module = importlib.import_module(name)
    offered = (getattr(module, each) for each in getattr(module, "__all__", ()))
    made = [each for each in offered if isinstance(each, type | FunctionType) and each.__module__ != name]
    elsewhere = [f"::: {each.__module__}.{each.__qualname__}\n" for each in made]
    own = f"::: {name}\n    options:\n      show_root_heading: false\n      show_root_toc_entry: false\n"
    return "\n".join([f"# {name}\n", own, *elsewhere])


def _settings() -> Iterator[str]:
    yield "# What can be set of the models\n\n`hopcheck check MODEL --set NAME=VALUE`, and so for `export` and `explain`.\n"
    for model in bundled():
        if model.settings is not None:
            yield f"\n## {model.name}\n\n{model.summary[:1].upper()}{model.summary[1:]}.\n\n"
            yield "| name | choices | default | meaning |\n|---|---|---|---|\n"
            for each in described(model.settings):
                cells = (f"`{each.name}`", each.choices, str(each.default), each.meaning)
                yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"
