"""A line with one bend, against SciPy's line and a free search, and where the bend was made."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import optimize, stats

from emergence_lib import published
from emergence_lib.fitting import bent


def aicc(rest: float, parameters: int, points: int) -> float:
    """Akaike's criterion as the textbook prints it."""
    correction = 2 * parameters * (parameters + 1) / (points - parameters - 1)
    return points * np.log(rest / points) + 2 * parameters + correction


def test_a_bend_is_found_where_a_free_search_finds_it_and_gains_as_much() -> None:
    table = published.twice("mmlu")
    x, y = table["x"].to_numpy(), table["accuracy"].to_numpy()

    def left(at: float) -> float:
        design = np.column_stack([np.ones_like(x), x, np.maximum(x - at, 0)])
        return float(np.sum((y - design @ np.linalg.lstsq(design, y)[0]) ** 2))

    best = optimize.brute(lambda v: left(v[0]), [(x[4], x[-5])], Ns=2001, finish=None)
    line = stats.linregress(x, y)
    rest = np.sum((y - line.intercept - line.slope * x) ** 2)
    fit = bent.bend(x, y)
    assert fit.at == pytest.approx(float(best), abs=0.02)
    # A straight line has three parameters with its residuals' spread, a broken one five.
    worth = aicc(rest, 3, len(x)) - aicc(left(float(best)), 5, len(x))
    assert fit.gain == pytest.approx(worth, abs=0.2)
    assert fit.after > 5 * fit.before > 0


def test_a_made_bend_is_read_off_exactly_under_levels_of_two_groups() -> None:
    x = np.linspace(0, 4, 81)
    names = np.where(np.arange(81) % 3 == 0, "tall", "short")
    lift = np.where(names == "tall", 0.6, -0.3)  # their mean over the points is 0
    noise = np.random.default_rng(3).normal(0, 1e-6, 81)
    y = 0.2 + 0.1 * x + 0.5 * np.maximum(x - 2, 0) + lift + noise
    fit = bent.bend(x, y, names)
    assert (fit.at, fit.before, fit.after) == pytest.approx((2, 0.1, 0.6), abs=0.02)
    assert fit.levels == pytest.approx(lift, abs=1e-3)
    assert fit.height(x, x[0]) + fit.levels == pytest.approx(y, abs=0.01)
    assert fit.gain > 100
    # Without the groups the levels are noise, and the same bend is worth less.
    assert 0 < bent.bend(x, y).gain < fit.gain


def test_a_straight_line_gains_nothing_by_a_bend() -> None:
    x = np.linspace(0, 4, 60)
    noise = np.random.default_rng(5).normal(0, 0.1, (20, 60))
    gains = [bent.bend(x, x + each).gain for each in noise]
    # The place of the bend is searched for, so now and then one is preferred by a little.
    assert np.median(gains) < 0
    assert max(gains) < 8


@pytest.mark.parametrize(
    ("x", "groups", "found"),
    [
        (np.arange(9.0), None, "at least 10 points"),
        (np.arange(12.0)[::-1], None, "x not falling"),
        (np.arange(12.0), [str(i) for i in range(12)], "join small groups"),
    ],
)
def test_too_few_points_and_points_out_of_order_are_refused(
    x: np.ndarray, groups: list[str] | None, found: str
) -> None:
    with pytest.raises(ValueError, match=found):
        bent.bend(x, x**2, groups)


def test_a_line_that_fits_exactly_leaves_nothing_to_a_bend() -> None:
    x = np.linspace(0, 4, 30)
    assert bent.bend(x, 2 * x + 1).gain < 0
    assert bent.bend(x, np.full(30, 0.5)).gain < 0


@pytest.mark.parametrize(
    ("x", "groups", "words"),
    [
        (np.ones(20), None, "x: found 1 different places, want three or more"),
        (np.arange(20.0), ["a", "b"], r"groups: found shape \(2,\), want \(20,\)"),
        (["a"] * 20, None, "x: found .*, want numbers"),
    ],
)
def test_points_that_say_nothing_are_refused(x: Any, groups: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        bent.bend(x, np.arange(20.0), groups)


def test_weights_count_the_squares_of_residuals() -> None:
    rng = np.random.default_rng(2)
    x, weights = np.linspace(0, 4, 30), rng.uniform(0.1, 10, 30)
    y = 0.1 * x + np.maximum(x - 2, 0) + rng.normal(0, 0.3 / np.sqrt(weights))
    fit = bent.bend(x, y, weights=weights)
    design = np.column_stack([np.ones_like(x), x, np.maximum(x - fit.at, 0)])
    line = np.polynomial.Polynomial.fit(x, y, 1, w=np.sqrt(weights))
    _, (left,), *_ = np.linalg.lstsq(
        design * np.sqrt(weights)[:, None], y * np.sqrt(weights), rcond=None
    )
    assert fit.rest == pytest.approx(float(left))
    straight = float((y - line(x)) ** 2 @ weights)
    assert fit.gain == pytest.approx(aicc(straight, 3, 30) - aicc(float(left), 5, 30))
    assert bent.bend(x, y, weights=np.full(30, 4.0)).at == bent.bend(x, y).at
    with pytest.raises(ValueError, match="weights: found 0"):
        bent.bend(x, y, weights=np.zeros(30))
