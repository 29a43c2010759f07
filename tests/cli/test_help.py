"""The help: every verb has examples that work, fits a terminal, and gives an option the name that others give it."""

from __future__ import annotations

import importlib
import re
import shlex
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from hopcheck.cli.app import VERBS, hopcheck

COMMANDS = {name: importlib.import_module(f"hopcheck.cli.{verb.module}").command for name, verb in VERBS.items()}
OWN_WORDS = {"--format", "--output", "--timeout", "--tree", "--property", "--variant"}
"""Options that say the same of every verb, each in its own words: what there is to choose or to write differs."""


def _help(*arguments: str) -> list[str]:
    done = CliRunner().invoke(hopcheck, [*arguments, "--help"], terminal_width=80, max_content_width=80)
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


def _options(command: click.Command) -> Iterator[click.Option]:
    return (each for each in command.params if isinstance(each, click.Option))


def _examples(verb: str) -> list[str]:
    """The examples of a verb's help, one command each."""
    text = "\n".join(_help(verb))
    listed = re.search(r"\n  Examples:\n((?:    .+\n?)+)", text)
    assert listed is not None, f"the help of {verb} has no paragraph that begins with Examples:"
    return [" ".join(each.split()) for each in listed[1].replace("\\\n", " ").splitlines()]


@pytest.mark.parametrize("arguments", [(), *((verb,) for verb in VERBS)])
def test_help_fits_eighty_columns(arguments: tuple[str, ...]) -> None:
    assert [line for line in _help(*arguments) if len(line) > 80] == []


def test_every_verb_is_listed_in_one_line() -> None:
    lines = _help()
    listed = lines[lines.index("Verbs:") + 1 :]
    assert [line.split()[0] for line in listed[: len(VERBS)]] == list(VERBS)
    assert listed[len(VERBS)] == ""


@pytest.mark.parametrize("verb", VERBS)
def test_examples_are_commands_that_are_understood(verb: str) -> None:
    own = 0
    for line in _examples(verb):
        for part in line.split(" | "):
            words = shlex.split(part.partition(" > ")[0], comments=True)
            if words[0] == "hopcheck" and len(words) > 1:
                COMMANDS[words[1]].make_context(words[1], words[2:])
                own += words[1] == verb
    assert own


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_says_what_it_is_for(verb: str) -> None:
    for option in _options(COMMANDS[verb]):
        assert option.help, option.opts
        assert re.fullmatch(r"[A-Z].*\.", option.help), f"{verb} {option.opts[0]}: write sentences: {option.help}"
        assert option.is_flag or option.metavar or isinstance(option.type, click.Choice), option.opts
        assert option.metavar is None or re.fullmatch(r"[A-Z]+(=[A-Z]+|\[.*\])?", option.metavar), option.metavar


def test_an_option_is_the_same_for_every_verb() -> None:
    first: dict[str, tuple[str, click.Option]] = {}
    for verb, command in COMMANDS.items():
        for option in _options(command):
            name = max(option.opts, key=len)
            other, same = first.setdefault(name, (verb, option))
            ours, theirs = (
                (each.opts, each.secondary_opts, each.metavar, each.is_flag, type(each.type)) for each in (option, same)
            )
            assert ours == theirs, f"{name} of {verb} and of {other}"
            assert name in OWN_WORDS or option.help == same.help, f"{name} of {verb} and of {other}"


def test_every_verb_has_the_common_options() -> None:
    for verb, command in COMMANDS.items():
        names = {name for option in _options(command) for name in option.opts}
        assert "--debug" in names, verb
        assert "--facts" not in names or "--quiet" in names, f"{verb} reads facts, which takes time, and cannot be quiet"


def test_short_names_mean_one_thing() -> None:
    meanings: dict[str, set[str]] = {}
    for command in COMMANDS.values():
        for option in _options(command):
            for short in (name for name in option.opts if not name.startswith("--")):
                meanings.setdefault(short, set()).add(max(option.opts, key=len))
    assert all(len(names) == 1 for names in meanings.values()), meanings
