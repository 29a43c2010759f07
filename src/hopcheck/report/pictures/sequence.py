"""A trace of the protocol or of a whole migration as a message-sequence picture: lanes, messages, changes, the end.

The SVG stands for itself: no script, no font or picture from elsewhere, and a ground of its own, so that it reads the
same on a light page and on a dark one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from hopcheck.model.domain.migration.messages import message
from hopcheck.model.domain.protocol.messages import Lane, Message
from hopcheck.model.domain.protocol.selection import Control
from hopcheck.report.pictures.palette import BAD, BAD_GROUND, FONT, GROUND, HEAD, INK, LINE, PAPER, QUIET
from hopcheck.report.schema.report import Plain, PropertyReport, TraceReport

WIDTH = 1000
"""Width of the picture in pixels; lanes are 200 apart."""

_FIRST, _APART = 100, 200
_HEAD = 188
"""Width of the name of a lane: lanes never touch."""
_BOX = 168
"""Width of an event: the number of the step stands to the left of the first lane."""
_TOP = 96
_CHARACTERS = 30
"""So many characters of a state fit into a box."""

_SHOWN: Mapping[str, tuple[Lane, str]] = {
    "result": (Lane.CLIENT, "user is told"),
    "phase_src": (Lane.SOURCE_DAEMON, ""),
    "def_src": (Lane.SOURCE_DAEMON, "defined"),
    "phase_dst": (Lane.DESTINATION_DAEMON, ""),
    "def_dst": (Lane.DESTINATION_DAEMON, "defined"),
    "src": (Lane.SOURCE_QEMU, ""),
    "img_src": (Lane.SOURCE_QEMU, "images"),
    "stream": (Lane.SOURCE_QEMU, "stream"),
    "mirror": (Lane.SOURCE_QEMU, "mirrors"),
    "disk": (Lane.SOURCE_QEMU, "disk"),
    "in_memory": (Lane.SOURCE_QEMU, "bitmap in memory"),
    "image": (Lane.SOURCE_QEMU, "bitmap in image"),
    "ahead": (Lane.CLIENT, "disk ahead by"),
    "dst": (Lane.DESTINATION_QEMU, ""),
    "img_dst": (Lane.DESTINATION_QEMU, "images"),
    "read": (Lane.DESTINATION_QEMU, "guest read"),
    "dst_bitmap": (Lane.DESTINATION_QEMU, "bitmap"),
}
"""The variables that are shown, the lane of each, and the word before its value."""

_WORDS: Mapping[tuple[str, str], str] = {
    ("phase_src", "NONE"): "no job",
    ("phase_dst", "NONE"): "no job",
    ("dst", "none"): "no process",
    ("result", "none"): "nothing",
}
"""Values that read better in other words."""

_ALIVE: Mapping[Lane, tuple[str, frozenset[Plain]]] = {
    Lane.CLIENT: ("client", frozenset({False})),
    Lane.SOURCE_DAEMON: ("source_daemon", frozenset({False})),
    Lane.DESTINATION_DAEMON: ("destination_daemon", frozenset({False})),
    Lane.SOURCE_QEMU: ("src", frozenset({"shutoff", "crashed"})),
    Lane.DESTINATION_QEMU: ("dst", frozenset({"none"})),
}
"""The variable that tells whether a lane is alive, and the values with which it is not."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One step: its message, the lines of state below it by lane, and who is alive after it."""

    message: Message
    lines: Mapping[Lane, tuple[str, ...]]
    alive: frozenset[Lane]

    @property
    def height(self) -> int:
        """Pixels from the top of this row to that of the next."""
        return 34 + 15 * max((len(lines) for lines in self.lines.values()), default=0)


def sequence_svg(prop: PropertyReport, trace: TraceReport, control: Control) -> str:
    """The picture of a run of the protocol or of a migration; its last state is marked where the property is violated.

    ``control``: who conducted the migration. Raises ``KeyError`` for a trace of another model.
    """
    rows, state = _rows(trace, control)
    bad = prop.outcome == "unsafe"
    last = _end(state)
    bottom = _TOP + sum(row.height for row in rows)
    height = bottom + 64 + 15 * max(len(lines) for lines in last.values())
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="{FONT}, Arial, sans-serif" font-size="12">',
        f"<title>{escape(prop.name)}: {escape(prop.meaning)}</title>",
        _rect(0, 0, WIDTH, height, GROUND),
        _text(16, 26, prop.name, size=16, bold=True, anchor="start"),
        _text(16, 46, prop.meaning, colour=QUIET, anchor="start"),
        *_heads(),
    ]
    parts += _lifelines(trace, rows)
    top = _TOP
    for number, row in enumerate(rows, 1):
        parts += _drawn(number, row, top)
        top += row.height
    parts += _ending(last, bottom, bad)
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _rows(trace: TraceReport, control: Control) -> tuple[list[_Row], dict[str, Plain]]:
    state = dict(trace.initial)
    rows = []
    for step in trace.steps:
        state |= {name: new for name, (_, new) in step.changed.items()}
        lines: dict[Lane, tuple[str, ...]] = {}
        for name in (name for name in _SHOWN if name in step.changed):
            lane, said = _said(name, state[name])
            lines[lane] = (*lines.get(lane, ()), said)
        rows.append(_Row(message(step.action, step.arguments, control), lines, _alive(state)))
    return rows, state


def _said(name: str, value: Plain) -> tuple[Lane, str]:
    lane, word = _SHOWN[name]
    shown = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    shown = _WORDS.get((name, shown), shown)
    return lane, (f"{word}: {shown}" if word else shown)[:_CHARACTERS]


def _alive(state: Mapping[str, Plain]) -> frozenset[Lane]:
    return frozenset(lane for lane, (name, dead) in _ALIVE.items() if state[name] not in dead)


def _end(state: Mapping[str, Plain]) -> dict[Lane, list[str]]:
    lines: dict[Lane, list[str]] = {lane: [] for lane in Lane}
    for lane, said in (_said(name, state[name]) for name in _SHOWN if name in state and name != "mirror"):
        lines[lane].append(said)
    return lines


def _x(lane: Lane) -> int:
    return _FIRST + _APART * list(Lane).index(lane)


def _heads() -> Iterator[str]:
    for lane in Lane:
        yield _rect(_x(lane) - _HEAD // 2, 58, _HEAD, 26, HEAD, radius=4)
        yield _text(_x(lane), 75, str(lane), colour=GROUND, bold=True)


def _lifelines(trace: TraceReport, rows: Sequence[_Row]) -> Iterator[str]:
    """One piece a lane and a row: solid while the lane is alive."""
    top, alive = 84, _alive(trace.initial)
    bottom = _TOP + 20
    for row in rows:
        for lane in Lane:
            dash = "" if lane in alive else ' stroke-dasharray="1 6"'
            yield f'<path d="M{_x(lane)} {top}V{bottom}" stroke="{LINE}" stroke-width="1.5"{dash}/>'
        top, alive, bottom = bottom, row.alive, bottom + row.height
    for lane in Lane:
        dash = "" if lane in alive else ' stroke-dasharray="1 6"'
        yield f'<path d="M{_x(lane)} {top}V{bottom - 10}" stroke="{LINE}" stroke-width="1.5"{dash}/>'


def _drawn(number: int, row: _Row, top: int) -> Iterator[str]:
    colour = BAD if row.message.fault else INK
    yield _text(1, top + 24, str(number), size=10, colour=QUIET, anchor="start")
    if row.message.sender is row.message.receiver:
        yield from _event(row.message, top, colour)
    else:
        yield from _arrow(row.message, top, colour)
    for lane, lines in row.lines.items():
        for place, said in enumerate(lines):
            y = top + 44 + 15 * place
            wide = 8 + 6 * len(said)
            yield _rect(_x(lane) - wide // 2, y - 11, wide, 14, GROUND)
            yield _text(_x(lane), y, said, size=10.5, colour=BAD if row.message.fault else QUIET)


def _event(message: Message, top: int, colour: str) -> Iterator[str]:
    x = _x(message.sender)
    ground = BAD_GROUND if message.fault else PAPER
    yield _rect(x - _BOX // 2, top + 8, _BOX, 22, ground, line=BAD if message.fault else LINE, radius=4)
    yield _text(x, top + 23, message.text, colour=colour, bold=message.fault)


def _arrow(message: Message, top: int, colour: str) -> Iterator[str]:
    """An arrow with its text above; one that does not arrive is dashed and ends in a cross."""
    start, end = _x(message.sender), _x(message.receiver)
    away = 1 if end > start else -1
    y = top + 26
    tip = end - 5 * away
    dash = ' stroke-dasharray="5 4"' if message.lost else ""
    yield f'<path d="M{start} {y}H{tip - 3 * away}" stroke="{colour}" stroke-width="1.5" fill="none"{dash}/>'
    if message.lost:
        cross = f"M{tip - 4} {y - 5}L{tip + 4} {y + 5}M{tip + 4} {y - 5}L{tip - 4} {y + 5}"
        yield f'<path d="{cross}" stroke="{colour}" stroke-width="2"/>'
    else:
        yield f'<path d="M{end - 1 * away} {y}l{-9 * away} -4v8z" fill="{colour}"/>'
    middle = (start + end) // 2
    if abs(end - start) > _APART:
        # The text stands beside the lanes that the arrow crosses, next to its sender.
        middle = start + away * _APART // 2
    wide = 10 + 7 * len(message.text)
    yield _rect(middle - wide // 2, top + 7, wide, 15, GROUND)
    yield _text(middle, top + 19, message.text, colour=colour, bold=message.fault)


def _ending(lines: Mapping[Lane, Sequence[str]], top: int, bad: bool) -> Iterator[str]:
    """The last state, lane by lane."""
    colour, ground = (BAD, BAD_GROUND) if bad else (INK, PAPER)
    tall = 34 + 15 * max(len(said) for said in lines.values())
    yield _rect(4, top + 16, WIDTH - 8, tall, ground, line=colour, radius=6)
    yield _text(16, top + 33, "violated here" if bad else "at the end", colour=colour, bold=True, anchor="start")
    for lane, said in lines.items():
        for place, line in enumerate(said):
            yield _text(_x(lane), top + 50 + 15 * place, line, size=11, colour=colour)


def _rect(x: int, y: int, width: int, height: int, fill: str, *, line: str = "none", radius: int = 0) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{fill}" stroke="{line}" rx="{radius}"/>'


def _text(
    x: int, y: int, said: str, *, size: float = 12, colour: str = INK, bold: bool = False, anchor: str = "middle"
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"{weight}>{escape(said)}</text>'
