"""Random DVE models: narrowed ranges and split transitions change neither states nor edges, level by level."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from hopcheck.explorer import explore

from .dve import system_of
from .dve_parser import LEVELS, parse
from .dve_reference import OutgrownError, levels

Draw = Callable[[st.SearchStrategy[Any]], Any]

MOST_STATES = 150
BINARY = [sign for signs in LEVELS for sign in signs]
ARRAYS = {"a": 2, "c": 3}
SCALARS = ["x", "y", "P.k", "P.state", "n"]
STATES = ["P.state == 1", "P.state != 1", "x < 3", "y >= 0", "a[0] != c[x]", "c[a[1]] <= P.k", "1"]
DECLARATIONS = (
    "byte x = 1; int y = -2; byte a[2] = {2, 1}; int c[3]; const byte n = 3; state {p(0), q(1), r(2)} P.state = 1;"
)


@st.composite
def expressions(draw: Draw, names: tuple[str, ...], depth: int = 2) -> Any:
    kind = draw(st.integers(0, 9))
    if depth == 0 or kind < 4:
        return draw(st.sampled_from([*SCALARS, *names, "0", "1", "2", "5", "-1", "200"]))
    if kind < 6:
        array = draw(st.sampled_from(sorted(ARRAYS)))
        return f"{array}[{draw(expressions(names, depth - 1))}]"
    if kind == 6:
        return f"({draw(st.sampled_from(['-', '~', 'not ']))}{draw(expressions(names, depth - 1))})"
    left, right = draw(expressions(names, depth - 1)), draw(expressions(names, depth - 1))
    return f"({left} {draw(st.sampled_from(BINARY))} {right})"


@st.composite
def statements(draw: Draw, names: tuple[str, ...], fresh: str) -> Any:
    """A statement, and the temporary values that there are after it."""
    value = draw(expressions(names))
    if draw(st.integers(0, 4)) == 0:
        return f"temp int {fresh} = {value}", (*names, fresh)
    array = draw(st.sampled_from(sorted(ARRAYS)))
    place = draw(st.sampled_from(["0", "1", "x", "P.k", f"a[{array}[1]]", draw(expressions(names, 1))]))
    target = draw(st.sampled_from(["x", "y", "P.k", "P.state", f"{array}[{place}]", f"{array}[{place}]"]))
    # Most values are kept small and fit: else there would be too many states, or one.
    kind, most = draw(st.integers(0, 5)), draw(st.integers(2, 4))
    if kind < 3:
        value = f"({target} + 1) % {most}"
    elif kind < 5:
        value = f"({value} & 255) % {most}"
    return f"{target} = {value}", names


@st.composite
def transitions(draw: Draw, number: int) -> Any:
    guard, effects = [f"temp bool s{number} = {draw(st.sampled_from(STATES))}"], []
    names: tuple[str, ...] = (f"s{number}",)
    for each in range(draw(st.integers(0, 1))):
        guard.append(f"temp bool g{number}_{each} = {draw(expressions(names))}")
        names = (*names, f"g{number}_{each}")
    condition = draw(st.sampled_from([" and ", " or ", " imply "])).join(names)
    for each in range(draw(st.integers(1, 2))):
        text, names = draw(statements(names, f"e{number}_{each}"))
        effects.append(text)
    return f"process P guardBlock {', '.join(guard)}; guardCondition {condition}; effect {', '.join(effects)};\n"


@st.composite
def models(draw: Draw) -> Any:
    return DECLARATIONS + "\n" + "".join(draw(transitions(number)) for number in range(draw(st.integers(3, 6))))


@given(models())
def test_a_random_model_has_the_states_and_edges_of_the_reference(text: str) -> None:
    source = parse(text.encode(), "random.sdve")
    try:
        wanted = levels(source, MOST_STATES)
    except OutgrownError:
        assume(False)

    found = explore(system_of(source, "random"))

    assert list(zip(found.level_states, found.level_edges, strict=True)) == wanted
