"""The strip under a chain: every build that knows the machine type, coloured by the value it gives."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence

from hopcheck.report.pictures.labels import cell, font, row, styled, table
from hopcheck.report.pictures.palette import BAD, GROUND, INK, LINE, QUIET, UNTOLD, VALUES
from hopcheck.report.schema.report import BuildValue
from hopcheck.report.text.notation import shown

_WIDEST = 28
"""So many builds stand beside each other; more go on a second strip."""

_ROOMY = 70
"""Points for a build where there are few."""


def grounds(values: Sequence[BuildValue]) -> Mapping[str, str]:
    """A ground colour for each value, in the order of first appearance; values beyond the palette share the last."""
    known = dict.fromkeys(each.value for each in values if each.known)
    return {value: VALUES[min(position, len(VALUES) - 1)] for position, value in enumerate(known)}


def strip(values: Sequence[BuildValue], title: str, on_chain: Collection[str], width: int) -> str:
    """The markup of the strip, ``width`` points wide; the builds in ``on_chain`` are marked."""
    colours = grounds(values)
    first = next((each.value for each in values if each.known), "")
    room = min(_ROOMY, width // max(1, min(len(values), _WIDEST)) - 2)
    parts = [
        _table(values[start : start + _WIDEST], colours, first, on_chain, room) for start in range(0, len(values), _WIDEST)
    ]
    return table(
        row(cell(font(title, size=10, colour=QUIET), ALIGN="LEFT")),
        *(row(cell(part, ALIGN="LEFT")) for part in parts),
    )


def _table(
    values: Sequence[BuildValue], colours: Mapping[str, str], first: str, on_chain: Collection[str], width: int
) -> str:
    """One strip: values over runs of builds, and under them the builds, each at least ``width`` points wide."""
    runs = [tuple(run) for _, run in itertools.groupby(values, key=lambda each: (each.known, each.value))]
    small = 9.5 if len(values) <= 16 else 8.5
    spans = row(*(_span(run, colours, first) for run in runs))
    names = row(*(_name(each, colours, small, width, each.build in on_chain) for each in values))
    return table(spans, names, CELLBORDER=1, CELLSPACING=1, CELLPADDING=3, COLOR=GROUND)


def _span(run: Sequence[BuildValue], colours: Mapping[str, str], first: str) -> str:
    """The value of builds in a row, over all of them."""
    known, value = run[0].known, run[0].value
    text = shown(value) if known else "?"
    most = max(10, 5 * len(run))
    cut = text if len(text) <= most else f"{text[: most - 1]}\N{HORIZONTAL ELLIPSIS}"
    colour = QUIET if not known else INK if value == first else BAD
    ground = colours[value] if known else UNTOLD
    bold = known and value != first
    return cell(font(cut, size=10, colour=colour, bold=bold), COLSPAN=len(run), BGCOLOR=ground, COLOR=GROUND)


def _name(each: BuildValue, colours: Mapping[str, str], size: float, width: int, marked: bool) -> str:
    """The build's name; a suffix such as ``-debian`` goes on a line of its own."""
    ground = colours[each.value] if each.known else UNTOLD
    head, dash, tail = each.build.partition("-")
    markup = f"{head}<BR/>{tail}" if dash else head
    text = styled(f"<B>{markup}</B>" if marked else markup, size=size, colour=INK if marked else QUIET)
    return cell(text, BGCOLOR=ground, COLOR=INK if marked else LINE, WIDTH=width)
