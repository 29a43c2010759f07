"""Two solvers say of every row what the search says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hopcheck.engine.cache.recalled import keep_discharged, was_discharged
from hopcheck.engine.cache.verdicts import VerdictCache
from hopcheck.model.domain.device_config.shape import Shape
from hopcheck.properties import confirm_all
from hopcheck.properties.catalog.device_config_rows import row_obligations
from hopcheck.properties.errors import DisagreementError

_AGREED = "; z3 and cvc5 say the same of every row"


def agree_row_by_row(
    model: str,
    shapes: Sequence[Shape],
    violated: Mapping[str, tuple[int, ...]],
    seconds: float,
    workers: int | None,
    *,
    cache: VerdictCache | None = None,
) -> str:
    """What to add to a verdict on these rows: that z3 and cvc5 agree, or how much they left open.

    ``violated``: by property, the rows that the search found violated; ``cache``: where it is kept that they agree. Raises
    ``DisagreementError`` where a solver contradicts it.
    """
    asked = row_obligations(shapes, violated)
    if cache is not None and was_discharged(cache, asked):
        return _AGREED
    undecided = 0
    for each in confirm_all(asked, seconds=seconds, workers=workers):
        if each.discharged:
            continue
        if "unknown" not in (each.z3.answer, each.cvc5.answer):
            raise DisagreementError(f"the search and the solvers disagree on {model}, {each.obligation.name}")
        undecided += 1
    if undecided:
        return f"; {undecided} of {len(asked)} questions about its rows were left open by z3 or cvc5"
    if cache is not None:
        keep_discharged(cache, asked)
    return _AGREED
