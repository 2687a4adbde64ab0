"""Intervals against brute force, closed forms, and coverage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import optimize, special

from emergence_lib.fitting.batch import Batch, counts, stack
from emergence_lib.fitting.models import STEEPEST, WIDEST, fit_sigmoid
from emergence_lib.fitting.profile import (
    Interval,
    score_interval,
    threshold_interval,
    width_interval,
)
from emergence_lib.fitting.shapes import GOMPERTZ, LOGISTIC, Shape
from tests.fitting.curves import CRITICAL, any_batch, drawn, scales
from tests.fitting.valleys import Profile, by_threshold, by_width

Array = NDArray[np.float64]


def intervals(
    batch: Batch, shape: Shape = LOGISTIC, ceiling: float | None = 1.0, x: float = 12.3
) -> tuple[Interval, Interval, Interval]:
    fit = fit_sigmoid(batch, shape, ceiling)
    target = fit.deviance + CRITICAL
    at = np.full(len(batch), x)
    return (
        threshold_interval(batch, fit, target, ceiling is None),
        width_interval(batch, fit, target, ceiling is None),
        score_interval(batch, fit, at, target, ceiling is None),
    )


def test_known_ends_agree_with_a_grid_over_both_parameters() -> None:
    batch = drawn(3, seed=3, floor=0.1, items=150)
    threshold, width, score = intervals(batch)
    places, widths = np.linspace(7, 13.5, 1301), np.geomspace(0.15, 20, 900)
    z = 2 * np.log(9) / widths[:, None, None] * (batch.x[0] - places[None, :, None])
    p = 0.1 + 0.9 * special.expit(z)
    q = 0.9 * special.expit(-z)
    ahead = 0.1 + 0.9 * special.expit(2 * np.log(9) / widths[:, None] * (12.3 - places))
    for row in range(len(batch)):
        y, n = batch.score[row], batch.weight[row]
        with np.errstate(divide="ignore", invalid="ignore"):
            lost = 2 * (special.xlogy(y, y / p) + special.xlogy(1 - y, (1 - y) / q)) @ n
        kept = lost <= lost.min() + CRITICAL
        for found, values, slack in (
            (threshold, np.broadcast_to(places, kept.shape), 0.012),
            (width, np.broadcast_to(widths[:, None], kept.shape), 0.03),
            (score, ahead, 0.003),
        ):
            assert not found.open_low[row]
            assert not found.open_high[row]
            low, high = values[kept].min(), values[kept].max()
            assert found.low[row] == pytest.approx(low, abs=slack)
            assert found.high[row] == pytest.approx(high, abs=slack)


def test_a_free_ceiling_agrees_with_a_grid_over_three_parameters() -> None:
    batch = drawn(4, seed=8, items=400, points=7)
    found = intervals(batch, ceiling=None)[0]
    places = np.linspace(8, 13, 101)
    widths, tops = np.geomspace(0.2, 12, 80), np.linspace(0.3, 1, 141)
    rise = special.expit(2 * np.log(9) / widths[:, None, None] * (batch.x[0] - places[:, None]))
    lost = np.empty((len(batch), len(tops), len(widths), len(places)))
    for i, top in enumerate(tops):
        p = np.clip(top * rise, 1e-15, 1 - 1e-15)
        for row in range(len(batch)):
            y, n = batch.score[row], batch.weight[row]
            lost[row, i] = 2 * (special.rel_entr(y, p) + special.rel_entr(1 - y, 1 - p)) @ n
    for row in range(len(batch)):
        kept = places[np.any(lost[row] <= lost[row].min() + CRITICAL, axis=(0, 1))]
        assert found.low[row] == pytest.approx(kept.min(), abs=0.12)
        assert found.high[row] == pytest.approx(kept.max(), abs=0.12)


@pytest.mark.parametrize("items", [1, 800])
def test_a_rise_that_is_over_leaves_a_ceiling_with_a_closed_form(items: int) -> None:
    # Seven of seven models right, all far above the threshold: a ceiling c costs
    # 2 * 7 * items * log(1 / c).
    batch = counts(scales(), [0, 1, 1, 1, 1, 1, 1, 1], items)
    found = intervals(batch, ceiling=None)[2]
    assert found.low == pytest.approx([np.exp(-CRITICAL / (14 * items))], abs=1e-4 / items)
    assert found.open_high


def test_a_perfect_step_leaves_the_threshold_between_two_models() -> None:
    batch = counts(scales(), [0, 0, 0, 0, 1, 1, 1, 1], 1000)
    threshold, width, _ = intervals(batch)
    left, right = batch.x[0, 3:5]
    assert left - 0.2 < threshold.low[0] < left + 0.2
    assert right - 0.2 < threshold.high[0] < right + 0.2
    assert width.open_low
    assert width.low == pytest.approx(STEEPEST * batch.gap)
    assert width.high[0] < 1


def test_a_slope_that_never_ends_leaves_the_width_open_above() -> None:
    score = 0.5 + np.linspace(-0.01, 0.01, 8)
    width = intervals(counts(scales(), score, 20))[1]
    assert width.open_high
    assert width.high == pytest.approx([WIDEST * 4])


def test_curves_above_the_target_have_an_empty_interval() -> None:
    batch = drawn(3)
    fit = fit_sigmoid(batch, LOGISTIC)
    found = threshold_interval(batch, fit, fit.deviance - 1)
    assert found.low == pytest.approx(fit.threshold)
    assert found.high == pytest.approx(fit.threshold)
    assert not np.any(found.open_low | found.open_high)


@pytest.mark.parametrize("ceiling", [1.0, None])
def test_at_its_ends_the_profile_meets_the_target(ceiling: float | None) -> None:
    batch = drawn(10, seed=6, items=500)
    fit = fit_sigmoid(batch, LOGISTIC, ceiling)
    narrow, wide = (
        width_interval(batch, fit, fit.deviance + extra, ceiling is None) for extra in (1, CRITICAL)
    )
    assert np.all(wide.low < narrow.low)
    assert np.all(narrow.low < fit.width)
    assert np.all(fit.width < narrow.high)
    assert np.all(narrow.high < wide.high)


def _missed(value: float, above: Callable[[Array], Array], target: float) -> float:
    return float(above(np.array([value]))[0]) - target


@pytest.mark.parametrize("shape", [LOGISTIC, GOMPERTZ], ids=lambda each: each.name)
@pytest.mark.parametrize("ceiling", [1.0, None])
@pytest.mark.parametrize("profile", [by_threshold, by_width])
def test_every_end_lies_where_the_profile_by_brute_force_meets_the_target(
    profile: Profile, ceiling: float | None, shape: Shape
) -> None:
    # Few items and steep rises, whose profile has a valley for every gap between two models.
    batch = drawn(4, seed=12, points=7, items=25)
    fit = fit_sigmoid(batch, shape, ceiling)
    target = fit.deviance + CRITICAL
    interval, best = (
        (threshold_interval, fit.threshold)
        if profile is by_threshold
        else (width_interval, fit.width)
    )
    found = interval(batch, fit, target, ceiling is None)
    alone = 0
    for row in range(len(batch)):
        above = partial(profile, batch[np.array([row])], shape, ceiling is None)
        for end, is_open in ((found.low, found.open_low), (found.high, found.open_high)):
            met = float(above(end[[row]])[0]) - target[row]
            if is_open[row]:
                assert met <= 1e-6
                continue
            assert met == pytest.approx(0, abs=1e-6)
            out = best[row] + (end[row] - best[row]) * np.linspace(0.02, 2, 25)
            out = out[out > 0]
            if np.count_nonzero(np.diff(above(out) <= target[row])) == 1:
                alone += 1
                root = optimize.brentq(
                    _missed, best[row], out[-1], args=(above, target[row]), xtol=1e-10
                )
                assert end[row] == pytest.approx(root, abs=1e-6, rel=1e-6)
    assert alone >= 4


def test_models_that_pad_a_batch_do_not_crowd_out_what_is_tried() -> None:
    # A step below the chance level of a reading: only a start at one of its models leads to it.
    score = [0.12, 0.15, 0.1, 0.14, 0.16, 0.35, 0.86, 1.0]
    batch = counts(scales(), score, 57, 0.22)
    padded = stack([batch, drawn(1, points=30)])
    for one, other in zip(
        intervals(batch, ceiling=None), intervals(padded, ceiling=None), strict=True
    ):
        assert other.low[0] == pytest.approx(one.low[0], abs=1e-6)
        assert other.open_low[0] == one.open_low[0]


@settings(max_examples=25, deadline=None)
@given(any_batch(), st.sampled_from([LOGISTIC, GOMPERTZ]), st.sampled_from([1.0, None]))
def test_every_curve_gets_finite_ends_around_its_fit(
    batch: Batch, shape: Shape, ceiling: float | None
) -> None:
    with np.errstate(all="raise", under="ignore"):
        fit = fit_sigmoid(batch, shape, ceiling)
        found = intervals(batch, shape, ceiling, x=float(batch.x[0, -1]) + 0.3)
    for interval in found:
        assert np.isfinite([interval.low, interval.high]).all()
        assert np.all(interval.low <= interval.high + 1e-9)
    edge = 2 * batch.span
    place = np.clip(fit.threshold, batch.x[:, 0] - edge, batch.x[:, -1] + edge)
    assert np.all((found[0].low <= place + 1e-9) & (place <= found[0].high + 1e-9))
    assert np.all((found[1].low <= fit.width * 1.000001) & (fit.width <= found[1].high * 1.000001))
    assert np.all((found[2].low >= batch.floor) & (found[2].high <= 1))


def test_unit_and_company_do_not_matter() -> None:
    batch = drawn(8, seed=1)
    moved = replace(batch, x=batch.x + 3)
    padded = stack([batch, drawn(2, points=12)])
    for i, (one, other) in enumerate(zip(intervals(batch), intervals(moved, x=15.3), strict=True)):
        shift = 3 if i == 0 else 0
        assert other.low == pytest.approx(one.low + shift, abs=1e-4)
        assert other.high == pytest.approx(one.high + shift, abs=1e-4)
    for one, other in zip(intervals(batch), intervals(padded), strict=True):
        assert other.low[:8] == pytest.approx(one.low, abs=1e-4)
        assert other.high[:8] == pytest.approx(one.high, abs=1e-4)


def test_nineteen_of_twenty_intervals_hold_the_truth() -> None:
    rng = np.random.default_rng(1)
    x, curves = np.log10(scales(10)), 400
    truth = special.expit(2 * np.log(9) / 1.5 * (x - 10.2))
    batch = counts(scales(10), rng.binomial(300, truth, (curves, 10)) / 300, 300)
    ahead = special.expit(2 * np.log(9) / 1.5 * (12.3 - 10.2))
    for found, value in zip(intervals(batch), (10.2, 1.5, ahead), strict=True):
        # Four standard errors of a share of 400.
        assert np.mean((found.low <= value) & (value <= found.high)) == pytest.approx(
            0.95, abs=0.044
        )


def test_the_union_of_intervals_holds_both() -> None:
    no, yes = np.array([False]), np.array([True])
    one = Interval(np.array([1.0]), np.array([2.0]), yes, no)
    other = Interval(np.array([1.5]), np.array([4.0]), no, yes)
    both: Any = one.union(other)
    assert (both.low, both.high, both.open_low, both.open_high) == (1, 4, True, True)


def test_a_fitted_floor_is_refused() -> None:
    batch = drawn(3)
    fit = fit_sigmoid(batch, LOGISTIC, None, free_floor=True)
    with pytest.raises(ValueError, match="fit: found a fitted floor"):
        threshold_interval(batch, fit, fit.deviance + 1, True)
