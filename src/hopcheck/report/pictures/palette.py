"""Colours and fonts of the pictures: a light ground, few colours, and fonts that every viewer has or replaces in kind."""

from __future__ import annotations

FONT = "Helvetica"
MONO = "Courier"

INK = "#1f2933"
QUIET = "#616e7c"
LINE = "#9aa5b1"
GROUND = "#ffffff"
PAPER = "#f5f7fa"
HEAD = "#334e68"

BAD = "#c81e1e"
BAD_GROUND = "#fde8e8"

VALUES = ("#d9e8f6", "#fbd5d5", "#fdecc8", "#d5f0dc", "#e6dcf5", "#d3eff0")
"""Grounds for values in the order in which the builds first have them; the first is the calm one."""
UNTOLD = "#eceff2"
"""Ground of a build that does not tell the value."""
