"""Crossings and rises against closed forms, a search over every point, and NumPy upside down."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence_lib import curves, datasets, laws

DENSE = np.linspace(6, 14, 4001)
STEP = [0.0, 0.5, 0.0, 0.0, 1.0, 0.2, 1.0]
"""A curve that reaches 0.4 at 0.8, and for good at 5.25."""


@st.composite
def rising(draw: st.DrawFn) -> tuple[list[float], list[float]]:
    """Draw a curve that rises strictly; a thousandth of a unit is the least step."""
    steps = draw(st.lists(st.integers(1, 900), min_size=2, max_size=8))
    gaps = draw(st.lists(st.floats(0.1, 2), min_size=len(steps), max_size=len(steps)))
    return (6 + np.cumsum(gaps)).tolist(), (np.cumsum(steps) / 1000).tolist()


@pytest.mark.parametrize("slope", [2.0, 5.0, 20.0])
def test_midpoint_and_width_of_a_dense_logistic_are_the_laws(slope: float) -> None:
    y = laws.logistic(DENSE, 9.7, slope, 0.25, 0.9)
    found = curves.rise(DENSE, y, floor=0.25, ceiling=0.9)
    assert found.midpoint == pytest.approx(9.7, abs=1e-5)
    assert found.width == pytest.approx(laws.logistic_width(slope), rel=1e-4)
    half = curves.rise(DENSE, y, 0.25, 0.9, low=0.25, high=0.75)
    assert half.width == pytest.approx(2 * np.log(3) / slope, rel=1e-4)


@pytest.mark.parametrize("level", [0.3, 0.5, 0.8])
def test_a_dense_logistic_is_crossed_where_its_inverse_says(level: float) -> None:
    y = laws.logistic(DENSE, 10, 3.0)
    expected = 10 + np.log(level / (1 - level)) / 3.0
    for last in (False, True):
        assert curves.crossing(DENSE, y, level, last=last) == pytest.approx(expected, abs=1e-5)


@given(rising(), st.floats(0.001, 1))
def test_a_rising_curve_is_crossed_where_numpy_reads_it_upside_down(
    curve: tuple[list[float], list[float]], share: float
) -> None:
    x, y = curve
    level = y[0] + share * (y[-1] - y[0])
    if y[0] < level <= y[-1]:
        expected = np.interp(level, y, x)
        for last in (False, True):
            assert curves.crossing(x, y, level, last=last) == pytest.approx(expected, abs=1e-9)


@given(rising())
def test_a_rise_by_default_goes_from_the_lowest_to_the_highest_score(
    curve: tuple[list[float], list[float]],
) -> None:
    x, y = curve
    low, middle, high = np.interp(np.interp([0.1, 0.5, 0.9], [0, 1], [y[0], y[-1]]), y, x)
    assert curves.rise(x, y) == pytest.approx((middle, high - low), abs=1e-9)


@given(st.lists(st.integers(0, 9), min_size=2, max_size=9), st.integers(1, 9))
def test_any_curve_stays_below_before_the_first_crossing_and_above_after_the_last(
    y: list[int], level: int
) -> None:
    x = np.arange(len(y))
    fine = np.linspace(0, len(y) - 1, 20 * (len(y) - 1) + 1)
    height = np.interp(fine, x, y)
    first = curves.crossing(x, y, level, before=-1, never=len(y))
    last = curves.crossing(x, y, level, last=True, before=-1, never=len(y))
    assert first <= last
    assert (height[fine < first - 1e-9] < level).all()
    assert (height[fine > last + 1e-9] > level - 1e-9).all()
    for found in {first, last} & set(np.clip([first, last], 0, len(y) - 1)):
        assert np.interp(found, x, y) == pytest.approx(level)


def test_the_first_crossing_need_not_be_the_last() -> None:
    x = np.arange(7)
    assert curves.crossing(x, STEP, 0.4) == pytest.approx(0.8)
    assert curves.crossing(x, STEP, 0.4, last=True) == pytest.approx(5.25)
    # The running maximum stands at 0.5 before the last step: 90% are done four fifths into it.
    assert curves.rise(x, STEP).width == pytest.approx(3.8 - 0.2)


@given(rising(), st.integers(-3, 3), st.floats(0.5, 4))
def test_a_rise_ignores_the_unit_of_the_score_and_follows_that_of_the_scale(
    curve: tuple[list[float], list[float]], power: int, stretch: float
) -> None:
    x, y = np.array(curve[0]), np.array(curve[1])
    middle, width = curves.rise(x, y)
    moved = curves.rise(stretch * x + 1, y * 2.0**power - 8)
    assert moved == pytest.approx((stretch * middle + 1, stretch * width), rel=1e-6, abs=1e-6)


def test_a_straight_line_over_decades_makes_eight_tenths_of_its_rise_in_eight_tenths() -> None:
    size = np.logspace(2, 5, 7)
    assert curves.rise_in_decades(size, np.linspace(0.2, 0.7, 7)) == pytest.approx((3.5, 2.4))
    # From the first score to the last: a dip and an excess in between are none of it.
    uneven = [0.2, 0.1, 0.2, 0.45, 0.8, 0.9, 0.7]
    assert curves.rise_in_decades(size, uneven).midpoint == pytest.approx(3.5)


def test_decades_need_a_rise_over_a_scale_above_zero() -> None:
    with pytest.raises(ValueError, match=r"found a rise from 0.5 to 0.5, want a ceiling above"):
        curves.rise_in_decades([1, 10, 100], [0.5, 0.9, 0.5])
    with pytest.raises(ValueError, match="scale: found 0"):
        curves.rise_in_decades([0, 10, 100], [0.5, 0.7, 0.9])


def test_a_jump_between_neighbours_shows_their_distance() -> None:
    assert curves.rise([8, 9, 11, 12], [0, 0, 1, 1]) == pytest.approx((10, 1.6))


def test_a_curve_on_either_side_of_the_level_gives_what_was_asked_for() -> None:
    x = [1, 2, 3]
    assert curves.crossing(x, [0.5, 0.7, 0.9], 0.5, before=-1) == -1
    assert curves.crossing(x, [0.1, 0.2, 0.3], 0.5, never=np.inf) == np.inf
    assert curves.crossing(x, [0.1, 0.9, 0.3], 0.5, never=np.inf) == pytest.approx(1.5)
    assert curves.crossing(x, [0.1, 0.9, 0.3], 0.5, last=True, never=np.inf) == np.inf


@pytest.mark.parametrize(
    ("y", "options", "message"),
    [
        ([0.5, 0.7, 0.9], {}, "level: found 0.5, want it above the curve's first point"),
        ([0.1, 0.4, 0.2], {}, "level: found 0.5, want at most 0.4, its top"),
        ([0.1, 0.9, 0.2], {"last": True}, "level: found 0.5, want at most 0.2, its end"),
    ],
)
def test_a_level_that_is_not_crossed_is_refused(y: Any, options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        curves.crossing([1, 2, 3], y, 0.5, **options)


@pytest.mark.parametrize(
    ("y", "options", "message"),
    [
        ([0.3, 0.3, 0.3], {}, "y: found a rise from 0.3 to 0.3, want a ceiling above the floor"),
        ([0.3, 0.4, 0.5], {"floor": 0.6}, "y: found a rise from 0.6 to 0.5"),
        ([0.3, 0.4, 0.5], {"ceiling": 1.0}, "0% of the rise done at the first point and 29%"),
        ([0.9, 0.5, 0.1], {}, "100% of the rise done at the first point"),
        ([0.3, 0.4, 0.9], {"floor": 0.0}, "33% .* want less than 10% and at least 90%"),
        ([0.0, 0.5, 1.0], {"low": 0.9, "high": 0.1}, r"high: found 0.1, want a number in \(0.9, 1"),
        ([0.0, 0.5, 1.0], {"low": np.nan}, "low: found nan"),
        ([0.0, 0.5, 1.0], {"low": 0.0}, "low: found 0"),
        ([0.0, 0.5, 1.0], {"ceiling": np.inf}, "ceiling: found inf"),
    ],
)
def test_a_curve_without_the_rise_has_no_width(y: Any, options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        curves.rise([8, 9, 10], y, **options)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([10, 9, 11], [0, 0.5, 1], "x: found 9 after 10, want rising; sort"),
        ([9, 9, 10], [0, 0.5, 1], "x: found 9 after 9, want rising"),
        ([9, 10], [0, 0.5, 1], r"x, y: found shapes \(2,\) and \(3,\)"),
        ([9], [0.5], "at least 2 points"),
        ([[9, 10]], [[0, 1]], r"x, y: found shapes \(1, 2\)"),
        ([9, np.nan], [0, 1], "x: found nan"),
        ([9, 10], [0, np.inf], "y: found inf"),
    ],
)
def test_points_that_are_no_curve_are_refused(x: Any, y: Any, message: str) -> None:
    for read in (lambda: curves.crossing(x, y, 0.5), lambda: curves.rise(x, y)):
        with pytest.raises(ValueError, match=message):
            read()


def test_olmo2_7b_learns_letters_in_half_the_decades_that_the_same_questions_take() -> None:
    table = datasets.load("olmo2_letter_vs_cloze").query("model == 'OLMo2-7B' and task == 'mmlu'")
    table = table.query("step > 0").sort_values("step")
    letter, cloze = (
        curves.rise(np.log10(table["train_flops"]), table[form], low=0.25, high=0.75).width
        for form in ("acc_letter", "acc_cloze")
    )
    assert letter < cloze / 2


@pytest.mark.parametrize(("scale", "score"), [([], []), (1.0, 1.0), ([1, 10], [1])])
def test_decades_of_no_curve_are_refused(scale: Any, score: Any) -> None:
    with pytest.raises(ValueError, match="x, y: found shapes"):
        curves.rise_in_decades(scale, score)
