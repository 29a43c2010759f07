"""The command ``hopcheck`` and its verbs. A verb is imported when it is asked for."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Sequence
from dataclasses import dataclass

import click

from hopcheck import __version__
from hopcheck.cli.exits import guarded


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb: the module that holds its command, and one line for the list of verbs."""

    module: str
    summary: str


VERBS = {
    "check": Verb("check", "Check the bundled models on the facts of QEMU builds: the main job."),
    "prove": Verb("prove", "Is a patch, a branch or another change safe for every chain?"),
    "repair": Verb("repair", "Which compat entries make a change safe? As a patch, proved."),
    "explain": Verb("explain", "What a finding, a model, a cause or a verdict means."),
    "diff": Verb("diff", "Which verdicts, or facts, change from one build to another?"),
    "report": Verb("report", "A saved report in another format: JUnit, SARIF, Markdown, HTML, ..."),
    "certify": Verb("certify", "Re-check certificates of safe verdicts, without the engines."),
    "graph": Verb("graph", "The chain of a finding as DOT, SVG, PNG or GraphML."),
    "import": Verb("import_", "Facts of QEMU builds from source trees and binaries, for --facts."),
    "export": Verb("export", "A bundled model for SPIN, rumur, TLC or an SMT solver."),
    "models": Verb("models", "The bundled models: what each is about and how it is checked."),
    "doctor": Verb("doctor", "Does this installation work? Each part does a tiny check."),
}

EPILOG = """\b
Exit codes: 0 as expected, 1 against expectation, 2 bad usage or input,
3 inconclusive, 4 vacuous (with --vacuity error), 70 engines disagree."""


class Verbs(click.Group):
    """A group whose verbs are imported only when they are run, or asked for their own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, most used first."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The verb of that name."""
        if name not in VERBS:
            return None
        command = importlib.import_module(f"hopcheck.cli.{VERBS[name].module}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that the first argument names; an unknown one is told which it might have been."""
        name = args[0]
        if name not in VERBS and not name.startswith("-"):
            near = difflib.get_close_matches(name, VERBS, 1)
            guess = f"did you mean {near[0]!r}?" if near else f"write one of {', '.join(VERBS)}"
            raise click.UsageError(f"There is no verb {name!r}, {guess}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing one."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, verb.summary) for name, verb in VERBS.items()])


@click.group(
    cls=Verbs,
    invoke_without_command=True,
    subcommand_metavar="[VERB] [ARGUMENT]...",
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="hopcheck", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
@click.pass_context
def hopcheck(ctx: click.Context, debug: bool) -> object:
    """Is this live-migration compatibility change safe for every chain of migrations?

    Without a verb the main job runs: all bundled models are checked on the bundled facts, and what breaks in real QEMU is
    listed, each with the shortest chain of migrations that shows it.
    """
    ctx.ensure_object(dict)["debug"] = debug
    if ctx.invoked_subcommand is not None:
        return None
    check = hopcheck.get_command(ctx, "check")
    assert check is not None
    return ctx.invoke(check)


def run(arguments: Sequence[str]) -> int:
    """Run the command line on these arguments, and return the exit code."""
    return guarded(
        lambda: hopcheck.main(list(arguments), prog_name="hopcheck", standalone_mode=False),
        debug=lambda: "--debug" in arguments,
    )
