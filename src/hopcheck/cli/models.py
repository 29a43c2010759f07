"""``hopcheck models``: what is bundled."""

from __future__ import annotations

import dataclasses

import click

from hopcheck.cli import options

EXAMPLES = """\b
Examples:
  hopcheck models
  hopcheck models fleet
  hopcheck models --format json
  hopcheck models --schema report"""


@click.command("models", epilog=EXAMPLES)
@click.argument("names", nargs=-1, metavar="[MODEL]...")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Text or JSON."
)
@click.option(
    "--schema",
    type=click.Choice(["report", "facts"]),
    help="Print the JSON Schema of hopcheck's reports, or of facts files, and nothing else.",
)
@options.debug
def command(names: tuple[str, ...], form: str, schema: str | None, debug: bool) -> int:
    """List the bundled models: what each is about, how it is checked, and the file that holds it.

    Of models that are named, also what can be set with --set.
    """
    if schema is not None:
        return _schema(schema)
    from hopcheck.cli import output
    from hopcheck.cli.main_job import named
    from hopcheck.engine.own.chosen import chosen
    from hopcheck.model.domain.settings import described
    from hopcheck.report.formats.encode import to_json
    from hopcheck.report.text.page import Page

    models = chosen(named(names))
    settings = {m.name: described(m.settings) if m.settings is not None else () for m in models}
    if form == "json":
        listed = [
            {
                "name": m.name,
                "summary": m.summary,
                "how": m.how,
                "source": m.source,
                "settings": [dataclasses.asdict(each) for each in settings[m.name]],
            }
            for m in models
        ]
        output.write(to_json(listed).decode())
        return 0
    page = Page(output.look())
    for model in models:
        if page.lines:
            page.blank()
        page.line(model.name, "bold")
        page.paragraph(f"{model.summary[:1].upper()}{model.summary[1:]}.", indent=2)
        page.labelled("checked", model.how, indent=2)
        page.labelled("source", model.source, indent=2)
        for each in settings[model.name] if names else ():
            page.labelled(each.name, f"{each.meaning} {each.choices} (default: {each.default})", indent=2)
    output.write(page.text)
    return 0


def _schema(name: str) -> int:
    from hopcheck.cli import output
    from hopcheck.model.facts.schema import json_schema as of_facts
    from hopcheck.report.formats.encode import json_schema as of_reports
    from hopcheck.report.formats.encode import to_json

    output.write(to_json(of_reports() if name == "report" else of_facts()).decode())
    return 0
