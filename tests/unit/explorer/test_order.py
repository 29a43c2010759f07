"""The least state of each group is the one that Python's tuples say."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hopcheck.explorer.order import least, least_of_each

CODE = st.integers(-2, 2)


@given(st.lists(st.tuples(CODE, CODE, CODE, CODE), min_size=1, max_size=40))
def test_least(rows: list[tuple[int, ...]]) -> None:
    table = np.array(rows, np.int64)
    groups, chosen = least_of_each(table[:, 0], lambda i, which: table[which, i + 1], 3)
    expected = {group: min(row[1:] for row in rows if row[0] == group) for group in {row[0] for row in rows}}
    assert dict(zip(groups.tolist(), map(tuple, table[chosen, 1:].tolist()), strict=True)) == expected
    assert groups.tolist() == sorted(expected)
    assert rows[least(lambda i, which: table[which, i], 4, len(rows))] == min(rows)
