"""How the things of a model are called in SMT-LIB text."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"[^ -~]|[|\\%!'@]")  # what a quoted symbol cannot hold, and what is used below


def escape(name: str) -> str:
    """The name with the characters that have a meaning here percent-encoded, so that two names never fall together."""
    return _SPECIAL.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), name)


def now(name: str) -> str:
    """A variable of the state before a step."""
    return f"|{escape(name)}|"


def then(name: str) -> str:
    """A variable of the state after a step."""
    return f"|{escape(name)}'|"


def own(name: str) -> str:
    """Something that is no variable of the model: a defined function, the choice of an action, a parameter."""
    return f"|!{name}|"


def at(symbol: str, frame: int) -> str:
    """The symbol's copy for one state of a run, counted from 0."""
    return f"|{symbol.strip('|')}@{frame}|"
