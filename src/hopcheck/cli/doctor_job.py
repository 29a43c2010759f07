"""The doctor's visit: each part of the installation is tried on something tiny, and says so as soon as it is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hopcheck.cli import output
from hopcheck.cli.exits import Exit
from hopcheck.cli.self_check import (
    facts,
    interpreter_and_kernels_agree,
    machine,
    packages,
    pictures,
    provers,
    python,
    solvers,
)
from hopcheck.report.text.page import Page

PARTS: Mapping[str, Callable[[], str]] = {
    "python": python,
    "machine": machine,
    "packages": packages,
    "facts": facts,
    "solvers": solvers,
    "provers": provers,
    "kernels": interpreter_and_kernels_agree,
    "pictures": pictures,
}
"""What is looked at. Each returns one sentence, or raises with the reason why it does not work."""


def doctor(parts: Mapping[str, Callable[[], str]] = PARTS) -> int:
    """Look at every part, and return 0 where all work."""
    broken = [name for name, part in parts.items() if not _works(name, part)]
    page = Page(output.look())
    if broken:
        page.paragraph(f"Broken: {', '.join(broken)}. Exit code {Exit.BROKEN:d}.", "bold", "red")
    else:
        page.paragraph(f"Everything works. Exit code {Exit.EXPECTED:d}.", "bold")
    output.write(page.text)
    return Exit.BROKEN if broken else Exit.EXPECTED


def _works(name: str, part: Callable[[], str]) -> bool:
    """Look at one part and tell at once."""
    try:
        text, well = part(), True
    except Exception as error:
        text, well = f"{type(error).__name__}: {error}", False
    page = Page(output.look())
    state = "ok" if well else "BROKEN"
    page.labelled(f"{name:<9} {state}", " ".join(text.split()), *(() if well else ("red",)), margin=18)
    output.write(page.text)
    return well
