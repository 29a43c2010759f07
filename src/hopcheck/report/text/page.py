"""Text on a page of so many columns: wrapping, labels in a margin, and colour where the reader's terminal has it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}
_UNBROKEN = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Look:
    """How a page looks: its width in columns, and whether it may be coloured."""

    width: int = 80
    colour: bool = False

    def paint(self, text: str, *styles: str) -> str:
        """The text in these styles; as it is where there is no colour."""
        if not self.colour or not text:
            return text
        return f"\x1b[{';'.join(_CODES[style] for style in styles)}m{text}\x1b[0m"


@dataclass(slots=True)
class Page:
    """Collects lines. Text is wrapped first and painted then, so that colour never moves a line break."""

    look: Look
    lines: list[str] = field(default_factory=list)

    def heading(self, text: str) -> None:
        """A heading, with an empty line before it."""
        if self.lines:
            self.lines.append("")
        self.paragraph(text, "bold")

    def blank(self) -> None:
        """An empty line."""
        self.lines.append("")

    def line(self, text: str, *styles: str) -> None:
        """One line as it is."""
        self.lines.append(self.look.paint(text.rstrip(), *styles))

    def paragraph(self, text: str, *styles: str, indent: int = 0, hang: int = 0) -> None:
        """Wrapped text; ``hang``: by how much more all lines but the first are indented."""
        for wrapped in wrap(text, self.look.width - indent, hang):
            self.line(" " * indent + wrapped, *styles)

    def labelled(self, label: str, text: str, *styles: str, indent: int = 0, margin: int = 10) -> None:
        """Wrapped text with a label in its left margin; a label that does not fit there stands above it."""
        first, *rest = wrap(text, self.look.width - indent - margin) or [""]
        if len(label) >= margin:
            self.line(" " * indent + label, "dim")
            label = ""
        self.line(" " * indent + self.look.paint(label.ljust(margin), "dim") + self.look.paint(first, *styles))
        for each in rest:
            self.line(" " * (indent + margin) + each, *styles)

    def ends(self, left: str, right: str, *styles: str) -> None:
        """One text at the left end and one at the right; on two lines where they do not fit on one."""
        room = self.look.width - len(left) - len(right)
        if room >= 2:
            self.lines.append(self.look.paint(left, *styles) + " " * room + right)
        else:
            self.paragraph(left, *styles, hang=len(left) - len(left.lstrip()) + 2)
            self.line(right.rjust(self.look.width))

    @property
    def text(self) -> str:
        """The page, ending in a new line."""
        return "\n".join(self.lines) + "\n"


def wrap(text: str, width: int, hang: int = 0) -> list[str]:
    """Lines of at most ``width`` columns where that is possible; a compat entry is not broken if it fits on a line."""
    kept = re.sub(r"\{ [^{}]* \}", lambda found: _unbroken(found[0], width - hang), text)
    lines = textwrap.wrap(kept, max(width, 20), subsequent_indent=" " * hang, break_long_words=False, break_on_hyphens=False)
    return [line.replace(_UNBROKEN, " ") for line in lines]


def _unbroken(text: str, width: int) -> str:
    return text.replace(" ", _UNBROKEN) if len(text) <= width else text


def write_list(page: Page, title: str, names: Sequence[str], most: int = 20) -> None:
    """A heading, and at most so many names under it; nothing where there are none."""
    if names:
        page.heading(title)
        for name in names[:most]:
            page.paragraph(name, indent=2, hang=2)
        if len(names) > most:
            page.line(f"  and {len(names) - most} more")
