"""Claims about a system, and what an export gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from hopcheck.model.codes import Code
from hopcheck.model.errors import ModelError
from hopcheck.model.language import Expr
from hopcheck.model.language.location import Location

Kind: TypeAlias = Literal["always", "step", "reachable", "never_stuck", "can_always_reach"]


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """Something that is asked of a system.

    ``always``: ``expr`` holds in every reachable state; ``step``: over every step (it may speak of the state after);
    ``reachable``: in some reachable state; ``never_stuck``: wherever nothing can happen; ``can_always_reach``: in some
    state that can be reached from wherever one is. ``meaning``: one sentence for the reader of the export, or nothing.
    """

    kind: Kind
    name: str
    expr: Expr
    meaning: str = ""


class TooLargeError(ModelError):
    """A model that is well formed, but more than another tool can read or compute with."""

    code = Code.MODEL_TOO_LARGE

    def __init__(self, what: str, hint: str, at: Location) -> None:
        super().__init__(what, hint=hint, file=at.file, line=at.line)


@dataclass(frozen=True, slots=True)
class Exported:
    """A system in another tool's language.

    ``text``: the model; ``configuration``: a second file that the tool wants, or nothing; ``left_out``: the names of the
    claims that the language cannot state, each with the reason.
    """

    text: str
    configuration: str = ""
    left_out: tuple[tuple[str, str], ...] = ()
