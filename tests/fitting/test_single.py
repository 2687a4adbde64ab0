"""Lines and logistics, one at a time, against SciPy and against truth that the test itself drew."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import optimize, stats

from emergence_lib import fitting, laws
from emergence_lib.fitting.models import fit_sigmoid
from emergence_lib.fitting.shapes import LOGISTIC
from tests.fitting.curves import drawn, scales

SIZES = np.logspace(8, 11.25, 12)
NEARBY = ((0.01, 0), (-0.01, 0), (0, 0.1), (0, -0.1))


def _drawn(
    midpoint: float,
    slope: float,
    floor: float = 0.0,
    ceiling: float = 1.0,
    trials: int = 2000,
    seed: int = 0,
) -> NDArray[np.int64]:
    truth = laws.logistic(np.log10(SIZES), midpoint, slope, floor, ceiling)
    return np.random.default_rng(seed).binomial(trials, truth)


@pytest.mark.parametrize(
    ("midpoint", "slope", "floor", "ceiling"),
    [(10.0, 3.0, 0.0, 1.0), (9.5, 6.0, 0.25, 1.0), (10.5, 2.0, 0.2, 0.9), (9.8, -4.0, 0.0, 1.0)],
)
def test_logistic_finds_the_curve_it_was_drawn_from(
    midpoint: float, slope: float, floor: float, ceiling: float
) -> None:
    fit = fitting.fit_logistic(SIZES, _drawn(midpoint, slope, floor, ceiling), 2000, floor, ceiling)
    assert fit.midpoint == pytest.approx(midpoint, abs=0.05)
    assert fit.slope == pytest.approx(slope, rel=0.06)
    assert fit.threshold == pytest.approx(10**fit.midpoint)
    assert fit.width == pytest.approx(laws.logistic_width(abs(fit.slope)))
    # Twelve points, two parameters: the deviance of a true model is about chi-squared with 10.
    assert fit.deviance < stats.chi2(10).ppf(0.999)


def test_logistic_noise_free_is_exact() -> None:
    truth = laws.logistic(np.log10(SIZES), 10.1, 4.2, 0.25, 0.95)
    fit = fitting.fit_logistic(SIZES, truth * 500, 500, 0.25, 0.95)
    assert (fit.midpoint, fit.slope) == pytest.approx((10.1, 4.2), rel=1e-4)
    assert fit.deviance == pytest.approx(0, abs=1e-5)
    assert fit.predict(SIZES) == pytest.approx(truth, abs=1e-5)


@settings(max_examples=40)
@given(st.floats(9.2, 10.4), st.floats(1.5, 8), st.integers(0, 10_000))
def test_logistic_is_the_maximum_of_scipys_binomial_likelihood(
    midpoint: float, slope: float, seed: int
) -> None:
    right = _drawn(midpoint, slope, trials=200, seed=seed)
    fit = fitting.fit_logistic(SIZES, right, 200)

    def likelihood(theta: tuple[float, float]) -> float:
        rate = laws.logistic(np.log10(SIZES), *theta)
        return float(stats.binom.logpmf(right, 200, rate).sum())

    best = likelihood((fit.midpoint, fit.slope))
    neighbours = [(fit.midpoint + a, fit.slope + b) for a, b in NEARBY]
    assert all(likelihood(theta) < best + 1e-6 for theta in neighbours)
    other = optimize.minimize(lambda theta: -likelihood(theta), (10.0, 3.0), method="Nelder-Mead")
    assert best >= -other.fun - 1e-4


def test_two_points_give_the_slope_of_their_logits() -> None:
    fit = fitting.fit_logistic([1e10, 1e11], [84, 804], [1000, 1000])
    logits = np.log([84 / 916, 804 / 196])
    assert fit.slope == pytest.approx(logits[1] - logits[0], rel=1e-4)


def test_the_order_and_the_unit_of_scale_do_not_matter() -> None:
    right = _drawn(10, 3)
    fit = fitting.fit_logistic(SIZES, right, 2000)
    turned = fitting.fit_logistic(SIZES[::-1] * 1e12, right[::-1], 2000)
    assert turned.slope == pytest.approx(fit.slope, rel=1e-5)
    assert turned.midpoint == pytest.approx(fit.midpoint + 12, rel=1e-6)


@pytest.mark.parametrize(
    ("right", "message"),
    [
        ([0, 0, 0, 0], "every score lies at the floor"),
        ([100, 100, 100, 100], "every score lies at the floor or at the ceiling"),
        ([0, 0, 100, 100], "jump between neighbouring sizes"),
        ([0, 0, 0, 1], "jump between neighbouring sizes"),
        ([0, 0, 40, 100], "jump between neighbouring sizes"),
        ([100, 100, 0, 0], "jump between neighbouring sizes"),
        ([30, 30, 30, 30], "do not rise or fall"),
    ],
)
def test_data_that_leave_the_curve_open_are_refused(right: list[int], message: str) -> None:
    with pytest.raises(fitting.FitError, match=message):
        fitting.fit_logistic([1e8, 1e9, 1e10, 1e11], right, 100)


def test_scores_below_chance_then_a_jump_are_refused() -> None:
    with pytest.raises(fitting.FitError, match="jump"):
        fitting.fit_logistic([1e8, 1e9, 1e10, 1e11], [24, 23, 25, 60], 100, floor=0.25)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0, 1e9], [1, 2], 9), "scale: found 0, want a finite number above 0"),
        (([1e9, 1e9], [1, 2], 9), "scale: found one scale only"),
        (([[1e8, 1e9]], [1, 2], 9), "scale: found 2 axes"),
        (([1e8, 1e9], [1, 2, 3], 9), r"successes: found shape \(3,\)"),
        (([1e8, 1e9], [1, 10], 9), "successes: found 10 of 9 trials"),
        (([1e8, 1e9], [1, np.nan], 9), "successes: found nan"),
        (([1e8, 1e9], [-1, 2], 9), "successes: found -1"),
        (([1e8, 1e9], [1, 2], [9, 9, 9]), r"trials: found shape \(3,\)"),
        (([1e8, 1e9], [1, 2], 0), "trials: found 0"),
        (([1e8, 1e9], [1, 2], 9, 0.5, 0.5), "floor, ceiling: found 0.5, 0.5"),
    ],
)
def test_logistic_errors_name_the_argument(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fitting.fit_logistic(*arguments)


@given(st.integers(0, 10_000))
def test_line_is_scipys_least_squares(seed: int) -> None:
    score = np.random.default_rng(seed).uniform(size=SIZES.size)
    fit, oracle = fitting.fit_line(SIZES, score), stats.linregress(np.log10(SIZES), score)
    assert (fit.slope, fit.intercept) == pytest.approx((oracle.slope, oracle.intercept))
    assert fit.predict(1e12) == pytest.approx(oracle.intercept + 12 * oracle.slope)


def test_a_line_is_allowed_to_leave_zero_to_one() -> None:
    assert fitting.fit_line([1e8, 1e9], [0.5, 0.9]).predict(1e11) == pytest.approx(1.7)


@pytest.mark.parametrize(
    ("scale", "score", "message"),
    [
        ([1e8, 1e9], [0.1], r"score: found shape \(1,\)"),
        ([1e8, 1e9], [0.1, np.nan], "score: found a number that is not finite"),
        ([1e8, -1], [0.1, 0.2], "scale: found -1"),
    ],
)
def test_line_errors_name_the_argument(
    scale: list[float], score: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        fitting.fit_line(scale, score)


def test_a_logistic_is_that_of_the_batched_fit() -> None:
    batch = drawn(20, seed=7, floor=0.1, items=500)
    many = fit_sigmoid(batch, LOGISTIC)
    for row in range(len(batch)):
        one = fitting.fit_logistic(scales(), batch.score[row] * 500, 500, floor=0.1)
        assert one.midpoint == pytest.approx(many.threshold[row], abs=1e-3)
        assert one.width == pytest.approx(many.width[row], rel=2e-3)
        assert one.deviance == pytest.approx(many.deviance[row], abs=1e-5)
