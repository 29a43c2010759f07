"""Graphviz's HTML-like labels: escaped text in tables."""

from __future__ import annotations

from html import escape

from hopcheck.report.pictures.palette import FONT, INK
from hopcheck.report.text.page import wrap


def font(text: str, *, size: float = 11, colour: str = INK, face: str = FONT, bold: bool = False) -> str:
    """Text in a font; an empty text would be an error to Graphviz, so it is a blank."""
    inside = escape(text) or " "
    return styled(f"<B>{inside}</B>" if bold else inside, size=size, colour=colour, face=face)


def styled(markup: str, *, size: float = 11, colour: str = INK, face: str = FONT) -> str:
    """Markup in a font."""
    return f'<FONT FACE="{face}" POINT-SIZE="{size:g}" COLOR="{colour}">{markup}</FONT>'


def struck(text: str, *, size: float, colour: str) -> str:
    """Text that is struck through: what no longer holds."""
    return styled(f"<S>{escape(text) or ' '}</S>", size=size, colour=colour)


def cell(markup: str, **attributes: str | int) -> str:
    """A table cell."""
    return f"<TD{_attributes(attributes)}>{markup}</TD>"


def row(*cells: str) -> str:
    """A table row."""
    return f"<TR>{''.join(cells)}</TR>"


def table(*rows: str, **attributes: str | int) -> str:
    """A table, without lines unless asked for."""
    wanted: dict[str, str | int] = {"BORDER": 0, "CELLBORDER": 0, "CELLSPACING": 0, "CELLPADDING": 2}
    return f"<TABLE{_attributes({**wanted, **attributes})}>{''.join(rows)}</TABLE>"


def label(markup: str) -> str:
    """Markup as the value of a label."""
    return f"<{markup}>"


def lines(text: str, width: int, *, size: float = 11, colour: str = INK) -> list[str]:
    """Text in lines of at most so many characters, each in a font; compat entries stay whole."""
    return [font(each, size=size, colour=colour) for each in wrap(text, width)]


def _attributes(values: dict[str, str | int]) -> str:
    return "".join(f' {name}="{escape(str(value))}"' for name, value in values.items())
