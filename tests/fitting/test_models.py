"""The five models against closed forms, brute force, SciPy and the truth."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special

from emergence_lib import laws
from emergence_lib.fitting.batch import Batch, counts, errors, stack
from emergence_lib.fitting.models import (
    WIDEST,
    fit_flat,
    fit_line_batch,
    fit_sigmoid,
    fit_step,
)
from emergence_lib.fitting.shapes import GOMPERTZ, LOGISTIC, Shape, all_right
from tests.fitting.curves import any_batch, drawn, scales

SHAPES = [LOGISTIC, GOMPERTZ, all_right(4)]
ENDS: list[tuple[float | None, bool]] = [(1.0, False), (None, False), (None, True)]


def logistic_deviance(theta: Any, batch: Batch, row: int = 0) -> float:
    """Middle, steepness, ceiling, floor; written out anew with SciPy."""
    u = (batch.x[row] - batch.x[row].mean()) / 4
    p = theta[3] + (theta[2] - theta[3]) * special.expit(theta[0] + theta[1] * u)
    p = np.clip(p, 1e-12, 1 - 1e-12)
    y, n = batch.score[row], batch.weight[row]
    return float(2 * n @ (special.rel_entr(y, p) + special.rel_entr(1 - y, 1 - p)))


def test_flat_is_the_weighted_mean() -> None:
    batch = counts([1, 10, 100], [0.1, 0.2, 0.6], [10, 20, 70])
    fit = fit_flat(batch)
    assert fit.low == pytest.approx([(1 + 4 + 42) / 100])
    p = np.full(3, 0.47)
    assert fit.deviance == pytest.approx(batch.deviance(p, 1 - p))


@given(any_batch())
def test_step_is_the_best_of_all_splits(batch: Batch) -> None:
    fit = fit_step(batch)
    for row in range(len(batch)):
        y, w = batch.score[row], batch.weight[row]
        tries = []
        for split in range(1, len(y)):
            low, high = (np.average(y[s], weights=w[s]) for s in (slice(split), slice(split, None)))
            p = np.where(np.arange(len(y)) < split, low, high)
            tries.append(batch[row : row + 1].deviance(p, 1 - p)[0])
        assert fit.deviance[row] == pytest.approx(min(tries), abs=1e-9, rel=1e-9)
        assert batch.x[row, 0] < fit.split[row] < batch.x[row, -1]


def test_the_line_is_scipys_maximum() -> None:
    batch = drawn(12, seed=4)
    fit = fit_line_batch(batch)
    along = np.linspace(0, 1, 8)
    for row in range(len(batch)):
        one = batch[row : row + 1]

        def lost(ends: Any, one: Batch = one) -> float:
            p = ends[0] + (ends[1] - ends[0]) * along
            return float(one.deviance(p, 1 - p)[0])

        best = optimize.minimize(lost, [0.4, 0.6], bounds=[(1e-9, 1 - 1e-9)] * 2, tol=1e-12)
        assert fit.deviance[row] == pytest.approx(best.fun, rel=1e-6)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_two_models_are_met_exactly(shape: Shape) -> None:
    batch = counts([1e9, 1e11], [0.2, 0.7], 1000)
    fit = fit_sigmoid(batch, shape)
    z = shape.inverse(np.array([0.2, 0.7]))
    steep = (z[1] - z[0]) / 2
    assert fit.deviance == pytest.approx([0], abs=1e-7)
    assert fit.threshold == pytest.approx([9 + (shape.middle - z[0]) / steep], abs=1e-4)
    assert fit.width == pytest.approx([shape.spread / steep], rel=1e-4)
    assert fit.predict([9, 11])[0] == pytest.approx([0.2, 0.7], abs=1e-5)


def test_known_ends_give_scipys_maximum() -> None:
    batch = drawn(25, floor=0.1)
    fit = fit_sigmoid(batch, LOGISTIC)
    for row in range(len(batch)):
        tries = [
            optimize.minimize(
                lambda t, row=row: logistic_deviance((*t, 1, 0.1), batch, row),
                start,
                method="Nelder-Mead",
                options={"xatol": 1e-7, "fatol": 1e-9},
            ).fun
            for start in ((-4, 8), (0, 3), (2, 20))
        ]
        assert fit.deviance[row] == pytest.approx(min(tries), abs=1e-5)


@pytest.mark.parametrize("free_floor", [False, True])
def test_free_ends_are_no_worse_than_scipy_from_the_truth(free_floor: bool) -> None:
    batch = drawn(25, seed=2, items=1000)
    fit = fit_sigmoid(batch, LOGISTIC, None, free_floor)
    for row in range(len(batch)):
        floor = [(1e-9, 0.9)] if free_floor else [(0, 0)]
        found = optimize.minimize(
            logistic_deviance,
            (0, 8, 0.85, 0.0),
            args=(batch, row),
            method="L-BFGS-B",
            bounds=[(-50, 50), (0.3, 300), (0.05, 1), *floor],
        )
        assert fit.deviance[row] <= found.fun + 1e-5


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
@pytest.mark.parametrize(("ceiling", "free_floor"), ENDS)
def test_curves_without_noise_are_found_again(
    shape: Shape, ceiling: float | None, free_floor: bool
) -> None:
    rng = np.random.default_rng(0)
    threshold, width = rng.uniform(9.5, 10.5, 50), rng.uniform(0.8, 2.5, 50)
    low = rng.uniform(0, 0.3, 50) if free_floor else np.full(50, 0.1)
    top = rng.uniform(0.7, 0.95, 50) if ceiling is None else np.ones(50)
    x = np.log10(scales(12))
    z = shape.middle + shape.spread / width[:, None] * (x - threshold[:, None])
    score = low[:, None] + (top - low)[:, None] * shape.parts(z).up
    fit = fit_sigmoid(counts(10**x, score, 1e6, 0.1), shape, ceiling, free_floor)
    assert fit.threshold == pytest.approx(threshold, abs=1e-3)
    assert fit.width == pytest.approx(width, rel=2e-3)
    assert fit.floor == pytest.approx(low, abs=1e-3)
    assert fit.ceiling == pytest.approx(top, abs=1e-3)
    assert fit.predict(x) == pytest.approx(score, abs=1e-4)
    assert fit.parameters == 2 + (ceiling is None) + free_floor


def test_the_gompertz_is_the_books_law() -> None:
    x = np.logspace(0, 4, 9)
    fit = fit_sigmoid(counts(x, laws.gompertz(x, 8.0, 0.5), 1e6), GOMPERTZ)
    assert fit.predict(5)[0] == pytest.approx(laws.gompertz(1e5, 8.0, 0.5), abs=1e-5)


def test_errors_as_wide_as_those_of_counts_give_nearly_the_same_curve() -> None:
    batch = drawn(30, items=4000)
    p = fit_sigmoid(batch, LOGISTIC, None).predict(batch.x)
    stderr = np.sqrt(np.maximum(p * (1 - p), 1e-4) / 4000)
    measured = errors(scales(), batch.score, stderr)
    one, other = (fit_sigmoid(each, LOGISTIC, None) for each in (batch, measured))
    assert other.threshold == pytest.approx(one.threshold, abs=0.05)


def test_more_starts_find_nothing_better(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    noise = counts(scales(), rng.binomial(50, rng.uniform(0, 1, (60, 8))) / 50, 50)
    batch = stack([noise, drawn(60, items=50)])
    fits = [fit_sigmoid(batch, LOGISTIC, ceiling) for ceiling in (1.0, None)]
    for fit, ceiling in zip(fits, (1.0, None), strict=True):
        best = np.full(len(batch), np.inf)
        for width in (4.0, 1.0, 0.3, 0.1):
            for place in np.linspace(-0.55, 0.55, 7):
                monkeypatch.setattr("emergence_lib.fitting.models.WIDTHS", (width,))
                monkeypatch.setattr("emergence_lib.fitting.models.PLACES", (place,))
                best = np.minimum(best, fit_sigmoid(batch, LOGISTIC, ceiling).deviance)
        missed = fit.deviance > best * (1 + 1e-6) + 1e-6
        assert missed.mean() <= (0 if ceiling else 0.02)


@settings(max_examples=60, deadline=None)
@given(any_batch(), st.sampled_from(SHAPES), st.sampled_from(ENDS))
def test_every_curve_gets_a_finite_answer_inside_its_bounds(
    batch: Batch, shape: Shape, ends: tuple[float | None, bool]
) -> None:
    with np.errstate(all="raise", under="ignore"):
        fit = fit_sigmoid(batch, shape, *ends)
        others = fit_flat(batch), fit_step(batch), fit_line_batch(batch)
    numbers = [fit.threshold, fit.width, fit.floor, fit.ceiling, fit.deviance]
    numbers += [other.deviance for other in others]
    assert np.isfinite(numbers).all()
    assert np.all(fit.deviance >= -1e-6)
    assert np.all((fit.floor >= 0) & (fit.floor < fit.ceiling) & (fit.ceiling <= 1 + 1e-12))
    assert np.all((fit.width > 0) & (fit.width <= WIDEST * batch.span * (1 + 1e-9)))
    p = fit.predict(batch.x)
    assert np.all(np.diff(p, axis=1) >= -1e-12)
    # Predictions nearer to 0 or 1 than this have lost the digits that their deviance needs.
    inside = np.all((p > 1e-12) & (p < 1 - 1e-12), axis=1)
    found = batch[inside].deviance(p[inside], 1 - p[inside])
    assert np.all(fit.deviance[inside] <= found + 1e-3 * (1 + found))


@pytest.mark.parametrize(
    "score",
    [
        [0, 0, 0, 0],
        [1, 1, 1, 1],
        [0, 0, 1, 1],
        [1, 1, 0, 0],
        [0, 1, 0, 1],
        [0, 0, 0.5, 1],
        [0.5] * 4,
    ],
)
@pytest.mark.parametrize("items", [1, 100, 1e7])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_degenerate_curves_are_no_trouble(shape: Shape, items: float, score: list[float]) -> None:
    batch = counts([1e8, 1e9, 1e10, 1e11], score, items)
    with np.errstate(all="raise", under="ignore"):
        for ends in ENDS:
            fit = fit_sigmoid(batch, shape, *ends)
            assert np.isfinite([fit.threshold, fit.width, fit.deviance]).all()
            if sorted(score) == score and set(score) <= {0, 1}:
                assert fit.deviance == pytest.approx([0], abs=1e-5)


def test_padding_mirroring_and_company_do_not_change_a_fit() -> None:
    short, long = drawn(6, seed=1, points=5), drawn(6, seed=2, points=11)
    together = stack([short, long])
    back = np.arange(12) % 2 == 0
    for ends in ENDS:
        alone = [fit_sigmoid(each, LOGISTIC, *ends) for each in (short, long)]
        both = fit_sigmoid(together, LOGISTIC, *ends)
        for name in ("threshold", "width", "deviance"):
            expected = np.concatenate([getattr(fit, name) for fit in alone])
            assert getattr(both, name) == pytest.approx(expected, rel=1e-5, abs=1e-6)
    for fit in (fit_flat, fit_step, fit_line_batch):
        expected = np.concatenate([fit(each).deviance for each in (short, long)])
        assert fit(together).deviance == pytest.approx(expected)
    rising = fit_sigmoid(long, LOGISTIC)
    turned = replace(long, x=-long.x[:, ::-1], score=long.score[:, ::-1])
    again = fit_sigmoid(turned.mirrored(np.ones(6, dtype=bool)), LOGISTIC)
    assert again.threshold == pytest.approx(rising.threshold)
    assert fit_sigmoid(together.mirrored(back), LOGISTIC).deviance[1::2] == pytest.approx(
        fit_sigmoid(together, LOGISTIC).deviance[1::2]
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.permutations(range(6)), st.sampled_from(ENDS))
def test_order_and_unit_do_not_matter(
    seed: int, order: list[int], ends: tuple[float | None, bool]
) -> None:
    batch = drawn(6, seed=seed)
    fit = fit_sigmoid(batch, LOGISTIC, *ends)
    other = fit_sigmoid(replace(batch[np.array(order)], x=batch.x[order] + 3), LOGISTIC, *ends)
    assert other.deviance == pytest.approx(fit.deviance[order], rel=1e-6, abs=1e-6)
    if ends[0]:
        assert other.threshold == pytest.approx(fit.threshold[order] + 3, abs=1e-5)
        assert other.width == pytest.approx(fit.width[order], rel=1e-4)


@pytest.mark.parametrize(
    ("ceiling", "free_floor", "message"),
    [
        (0.25, False, "ceiling: found 0.25, want above the floor 0.25"),
        (1.5, False, "ceiling: found 1.5"),
        (0.9, True, "ceiling: found 0.9 with a free floor, want 1 or None"),
    ],
)
def test_impossible_ceilings_are_refused(ceiling: float, free_floor: bool, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fit_sigmoid(drawn(2, floor=0.25), LOGISTIC, ceiling, free_floor)
