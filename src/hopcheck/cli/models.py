"""``hopcheck models``: what is bundled."""

from __future__ import annotations

import click

from hopcheck.cli import options

EXAMPLES = """\b
Example:
  hopcheck models
  hopcheck models --format json"""


@click.command("models", epilog=EXAMPLES)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Text or JSON."
)
@options.debug
def command(form: str, debug: bool) -> int:
    """List the bundled models: what each is about, how it is checked, and the file that holds it."""
    from hopcheck.cli import output
    from hopcheck.engine.models import bundled
    from hopcheck.report.encode import to_json
    from hopcheck.report.page import Page

    models = bundled()
    if form == "json":
        listed = [{"name": m.name, "summary": m.summary, "how": m.how, "source": m.source} for m in models]
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
    output.write(page.text)
    return 0
