"""Gathering curves, and how surprising a prediction makes them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from emergence_lib.fitting.batch import counts, errors, stack
from tests.fitting.curves import any_batch, drawn


@given(st.lists(st.tuples(st.integers(0, 50), st.floats(0.01, 0.99)), min_size=2, max_size=6))
def test_the_deviance_is_scipys_binomial_likelihood(pairs: list[tuple[int, float]]) -> None:
    right, p = (np.array(each) for each in zip(*pairs, strict=True))
    batch = counts(10.0 ** np.arange(len(pairs)), right / 50, 50)
    perfect = stats.binom.logpmf(right, 50, right / 50)
    lost = 2 * np.sum(perfect - stats.binom.logpmf(right, 50, p))
    assert batch.deviance(p, 1 - p)[0] == pytest.approx(lost, rel=1e-9, abs=1e-9)


def test_the_deviance_of_measured_errors_is_a_sum_of_squares() -> None:
    batch = errors([1, 10, 100], [0.1, 0.4, 0.8], [0.01, 0.02, 0.04])
    p = np.array([0.12, 0.4, 0.7])
    assert batch.deviance(p, 1 - p) == pytest.approx(np.array([4 + 0 + 6.25]))


def test_a_wrong_certainty_costs_much_but_not_infinity() -> None:
    lost = counts([1, 10], [1, 0.5], 10).deviance(np.array([0, 0.5]), np.array([1, 0.5]))
    assert 1000 < lost[0] < 1e5


@pytest.mark.parametrize("exact", [False, True])
def test_derivatives_are_differences_of_the_deviance(exact: bool) -> None:
    data = drawn(4).likelihood
    p = np.random.default_rng(1).uniform(0.1, 0.9, data.score.shape)
    pull, slowing = data.derivatives(p, 1 - p, exact)
    step = 1e-4
    each = [type(data)(data.score[i : i + 1], data.weight[i : i + 1], True) for i in range(len(p))]

    def half(shift: float) -> Any:
        moved = p + shift
        return np.array(
            [e.deviance(m[None], 1 - m[None]) / 2 for e, m in zip(each, moved, strict=True)]
        )

    assert pull == pytest.approx((half(-step) - half(step)) / (2 * step), rel=1e-5, abs=1e-4)
    if exact:
        second = (half(step) - 2 * half(0) + half(-step)) / step**2
        assert slowing == pytest.approx(second, rel=1e-4)
    else:
        assert slowing == pytest.approx(data.weight / (p * (1 - p)))


@given(any_batch())
def test_padding_changes_no_deviance(batch: Any) -> None:
    longer = drawn(1, points=12) if batch.binomial else errors(10.0 ** np.arange(12), 0.5, 0.1)
    padded = stack([batch, longer])
    assert padded.points.tolist() == [batch.x.shape[1]] * len(batch) + [12]
    assert padded.span[: len(batch)] == pytest.approx(batch.span)
    assert padded.gap[: len(batch)] == pytest.approx(batch.gap)
    p = np.full_like(padded.x, 0.3)
    expected = batch.deviance(np.array(0.3), np.array(0.7))
    assert padded.deviance(p, 1 - p)[: len(batch)] == pytest.approx(expected)


def test_a_mirrored_curve_falls_where_it_rose() -> None:
    batch = counts([1, 10, 1000], [[0, 0.2, 0.9], [0.1, 0.1, 0.1]], 10)
    turned = batch.mirrored(np.array([True, False]))
    assert turned.x.tolist() == [[-3, -1, 0], [0, 1, 3]]
    assert turned.score.tolist() == [[0.9, 0.2, 0], [0.1, 0.1, 0.1]]
    assert turned.span.tolist() == [3, 3]
    assert turned.gap.tolist() == [1, 1]


@given(any_batch())
def test_mirroring_twice_changes_nothing_and_padding_stays_behind(batch: Any) -> None:
    longer = drawn(1, points=9) if batch.binomial else errors(10.0 ** np.arange(9), 0.5, 0.1)
    padded = stack([batch, longer])
    all_rows = np.ones(len(padded), dtype=bool)
    turned = padded.mirrored(all_rows)
    assert turned.points.tolist() == padded.points.tolist()
    assert turned.gap == pytest.approx(padded.gap)
    assert turned.span == pytest.approx(padded.span)
    again = turned.mirrored(all_rows)
    for name in ("x", "score", "weight"):
        before, after = (getattr(each, name) * (padded.weight > 0) for each in (padded, again))
        assert after == pytest.approx(before)


def test_some_curves_can_be_taken() -> None:
    batch = drawn(5)
    assert len(batch[np.array([3, 1])]) == 2
    assert batch[1:3].score.tolist() == batch.score[1:3].tolist()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 10], [0.1, 1.2], 9), "score: found 1.2"),
        (([1, 10], [0.1, np.nan], 9), "score: found nan"),
        (([0, 10], [0.1, 0.2], 9), "scale: found 0"),
        (([10, 1], [0.1, 0.2], 9), "scale: found two models out of order or alike"),
        (([10, 10], [0.1, 0.2], 9), "scale: found two models out of order or alike"),
        (([1], [0.1], 9), "scale: found 1 model"),
        (([1, 10], [0.1, 0.2], 0), "items: found 0"),
        (([1, 10], [0.1, 0.2], 9, 1.0), r"floor: found 1, want a number in \[0, 1\)"),
        (([1, 10], [0.1, 0.2, 0.3], 9), "found shapes that differ"),
    ],
)
def test_errors_name_the_argument(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        counts(*arguments)


def test_a_certain_score_and_mixed_noise_are_refused() -> None:
    with pytest.raises(ValueError, match="stderr: found 0"):
        errors([1, 10], [0.1, 0.2], 0)
    with pytest.raises(ValueError, match="found 2 kinds of noise"):
        stack([errors([1, 10], [0.1, 0.2], 0.1), counts([1, 10], [0.1, 0.2], 9)])
    with pytest.raises(ValueError, match="found 0 kinds"):
        stack([])
