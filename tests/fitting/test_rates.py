"""Intervals for a share against SciPy, and how often they hold the truth."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from emergence_lib import fitting

Interval = Callable[..., tuple[Any, Any]]


@given(st.integers(1, 5000), st.data(), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_intervals_are_scipys(n: int, data: st.DataObject, confidence: float) -> None:
    right = data.draw(st.integers(0, n))
    test = stats.binomtest(right, n)
    for ours, method in ((fitting.wilson, "wilson"), (fitting.clopper_pearson, "exact")):
        oracle = test.proportion_ci(confidence, method=method)
        assert ours(right, n, confidence) == pytest.approx((oracle.low, oracle.high), abs=1e-9)


def test_intervals_work_on_columns_and_touch_the_ends_exactly() -> None:
    low, high = fitting.wilson([0, 1000, 2000], 2000)
    assert low[0] == 0
    assert high[2] == 1
    assert high[0] == pytest.approx(0.00192, abs=1e-5)
    low, high = fitting.clopper_pearson([0, 2000], 2000)
    assert (low[0], high[1]) == (0, 1)


def test_wilson_covers_about_as_often_as_it_says() -> None:
    n, rate = 200, 0.02
    counts = np.arange(n + 1)
    low, high = fitting.wilson(counts, n)
    covered = stats.binom.pmf(counts, n, rate)[(low <= rate) & (rate <= high)].sum()
    assert 0.92 < covered < 0.99


@pytest.mark.parametrize("interval", [fitting.wilson, fitting.clopper_pearson])
def test_interval_errors_name_the_argument(interval: Interval) -> None:
    with pytest.raises(ValueError, match="successes: found 5 of 4 trials"):
        interval(5, 4)
    with pytest.raises(ValueError, match="trials: found 0"):
        interval(0, 0)
    with pytest.raises(ValueError, match="confidence: found 95"):
        interval(1, 2, 95)
