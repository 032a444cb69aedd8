"""Printed parts add up to the printed total."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.show.rounding import round_as_printed, round_rows, round_to_total

values = st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=12)


@given(staying=values, data=st.data(), decimals=st.integers(0, 4))
def test_rows_and_columns_add_up_as_printed(staying, data, decimals):
    size = len(staying)
    leaving = data.draw(st.lists(st.floats(-1e4, 1e4), min_size=size, max_size=size))
    margin = sum(staying) - sum(leaving)
    rounded = round_rows(staying, leaving, margin, decimals)
    assert sum(rounded.staying) == rounded.staying_total
    assert sum(rounded.leaving) == rounded.leaving_total
    assert sum(rounded.differences) == rounded.margin == round_as_printed(margin, decimals)
    unit = 10.0**-decimals
    for exact, shown in zip(
        (*staying, *leaving), (*rounded.staying, *rounded.leaving), strict=True
    ):
        assert abs(exact - shown * unit) < 2.001 * unit


def test_ordinary_rounding_would_not_add_up_and_this_does():
    thirds = [0.04, 0.04, 0.04]
    assert sum(round(x, 1) for x in thirds) != round(sum(thirds), 1)
    assert sum(round_to_total(thirds, round_as_printed(sum(thirds), 1), 1)) == 1


def test_a_wrong_sum_is_not_hidden():
    with pytest.raises(ValueError, match="add up to"):
        round_to_total([1.0, 2.0], 50, 1)
    with pytest.raises(ValueError, match="not to"):
        round_rows([1.0], [0.0], 0.5, 1)
    with pytest.raises(ValueError, match="add up"):
        round_rows([float("nan")], [0.0], 0.5, 1)
