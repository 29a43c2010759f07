"""The process that draws: DOT texts in, pictures out, as JSON on standard input and output.

Graphviz is a C library with a voice of its own on standard error, and what it draws with may lie anywhere: in a process of
its own it can neither write into our output nor take us along.
"""

from __future__ import annotations

import base64
import json
import sys

import pygraphviz

_PNG = "-Gdpi=144"
"""Twice the usual resolution: sharp on today's screens."""


def draw(dot: str, form: str) -> bytes:
    """One picture, in the format ``svg`` or ``png``."""
    graph = pygraphviz.AGraph(string=dot)
    try:
        picture: bytes = graph.draw(format=form, prog="dot", args=_PNG if form == "png" else "")
        return picture
    finally:
        graph.close()


def main() -> None:
    """Draw what is asked for, in order."""
    asked = json.load(sys.stdin)
    json.dump([base64.b64encode(draw(dot, form)).decode() for dot, form in asked], sys.stdout)


if __name__ == "__main__":
    main()
