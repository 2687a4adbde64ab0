"""The interval for a share against SciPy, and how often it holds the truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from emergence_lib import fitting


@given(st.integers(1, 5000), st.data(), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_the_interval_is_scipys(n: int, data: st.DataObject, confidence: float) -> None:
    right = data.draw(st.integers(0, n))
    test = stats.binomtest(right, n)
    oracle = test.proportion_ci(confidence, method="wilson")
    assert fitting.wilson(right, n, confidence) == pytest.approx(
        (oracle.low, oracle.high), abs=1e-9
    )


def test_intervals_work_on_columns_and_touch_the_ends_exactly() -> None:
    low, high = fitting.wilson([0, 1000, 2000], 2000)
    assert low[0] == 0
    assert high[2] == 1
    assert high[0] == pytest.approx(0.00192, abs=1e-5)


def test_wilson_covers_about_as_often_as_it_says() -> None:
    n, rate = 200, 0.02
    counts = np.arange(n + 1)
    low, high = fitting.wilson(counts, n)
    covered = stats.binom.pmf(counts, n, rate)[(low <= rate) & (rate <= high)].sum()
    assert 0.92 < covered < 0.99


def test_interval_errors_name_the_argument() -> None:
    with pytest.raises(ValueError, match="successes: found 5 of 4 trials"):
        fitting.wilson(5, 4)
    with pytest.raises(ValueError, match="trials: found 0"):
        fitting.wilson(0, 0)
    with pytest.raises(ValueError, match="confidence: found 95"):
        fitting.wilson(1, 2, 95)
