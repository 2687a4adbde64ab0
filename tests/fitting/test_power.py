"""A power law with a floor, against made laws, closed forms and SciPy's own least squares."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from emergence_lib import datasets
from emergence_lib.fitting import FitError
from emergence_lib.fitting.power import PowerLaw, fit_power
from emergence_lib.laws import Array


def law(x: Array, floor: float, fall: float, exponent: float) -> Array:
    return floor + fall * (x / x[0]) ** -exponent


def holds(interval: tuple[float | None, float | None], truth: float) -> bool:
    low, high = interval
    return (low is None or low <= truth) and (high is None or truth <= high)


MADE = {
    "a floor": (1.7, 3.0, 0.3, np.geomspace(1e7, 1e10, 12)),
    "no floor": (0.0, 5.0, 0.08, np.geomspace(1e6, 1e10, 10)),
    "five scales": (1.7, 3.0, 0.3, np.geomspace(1e7, 1e9, 5)),
}


@pytest.mark.parametrize(("name", "known"), [*((each, False) for each in MADE), ("a floor", True)])
def test_intervals_hold_the_truth_as_often_as_they_say(name: str, known: bool) -> None:
    floor, fall, exponent, x = MADE[name]
    true = law(x, floor, fall, exponent)
    errors = 0.005 * true
    rng = np.random.default_rng(7)
    fits = [fit_power(x, rng.normal(true, errors), errors if known else None) for _ in range(200)]
    exponents = sum(holds(fit.exponent_range, exponent) for fit in fits)
    floors = sum(holds(fit.floor_range, floor) for fit in fits)
    least, most = stats.binom.ppf([0.001, 0.999], 200, 0.95)
    assert least <= exponents <= most
    # At the end of what is possible, as a floor of 0 is, an interval may hold it more often.
    assert least <= floors <= (200 if floor == 0 else most)
    assert all(fit.falls for fit in fits)


def test_a_made_law_is_read_off_exactly() -> None:
    x = np.geomspace(1e6, 1e10, 9)
    fit = fit_power(x, law(x, 1.69, 4.0, 0.34))
    assert (fit.floor, fit.fall, fit.exponent) == pytest.approx((1.69, 4.0, 0.34), rel=1e-6)
    assert fit.floor_range == pytest.approx((1.69, 1.69), rel=1e-6)
    assert fit.noise < 1e-6
    assert fit.predict([1e6, 1e14]) == pytest.approx(law(np.array([1e6, 1e14]), 1.69, 4.0, 0.34))


def test_without_a_floor_it_is_the_line_through_the_logarithms() -> None:
    x = np.geomspace(1e6, 1e10, 10)
    rng = np.random.default_rng(11)
    found = 0
    for _ in range(10):
        y = law(x, 0.0, 5.0, 0.1) * np.exp(rng.normal(0, 0.003, x.size))
        fit = fit_power(x, y)
        if fit.floor == 0:
            found += 1
            line = stats.linregress(np.log(x), np.log(y))
            # Shares of the loss and its logarithm differ by the square of the noise.
            assert fit.exponent == pytest.approx(-line.slope, abs=0.02 * line.stderr)
            start = np.exp(line.intercept + line.slope * np.log(x[0]))
            assert fit.fall == pytest.approx(start, rel=1e-4)
            assert fit.floor_range[0] == 0
    assert found >= 3


def scipy_fit(x: Array, y: Array, errors: Array) -> tuple[Array, Array]:
    found, covariance = optimize.curve_fit(
        law,
        x,
        y,
        p0=(y.min() / 2, y.max() - y.min() / 2, 0.2),
        sigma=errors,
        absolute_sigma=True,
        bounds=(0, np.inf),
        xtol=1e-12,
        ftol=1e-12,
    )
    return found, np.sqrt(np.diag(covariance))


def test_scipy_finds_the_same_law_and_for_little_noise_the_same_intervals() -> None:
    x = np.geomspace(1e7, 1e10, 30)
    true = law(x, 1.7, 3.0, 0.3)
    y = np.random.default_rng(5).normal(true, 0.001 * true)
    # The same errors, so that chi-squared cuts both; they explain the scatter.
    fit = fit_power(x, y, 0.002 * true)
    found, errors = scipy_fit(x, y, 0.002 * true)
    assert (fit.floor, fit.fall, fit.exponent) == pytest.approx(tuple(found), rel=1e-5)
    low, high = fit.exponent_range
    assert low is not None
    assert high is not None
    reach = stats.norm.ppf(0.975) * errors
    assert (high - low) / 2 == pytest.approx(reach[2], rel=0.02)
    assert np.ptp(fit.floor_range) / 2 == pytest.approx(reach[0], rel=0.02)


def gadre() -> tuple[Array, Array]:
    """One recipe at six sizes and the compute-optimal length, by its loss on C4."""
    table = datasets.load("gadre_models")
    table = table[(table["dataset"] == "rpj") & (table["chinchilla_multiple"] == 1)]
    return table["params"].to_numpy(float), table["loss_c4"].to_numpy()


def test_scipy_finds_the_same_law_in_published_losses() -> None:
    x, y = gadre()
    fit = fit_power(x, y)
    found, _ = scipy_fit(x, y, fit.predict(x))
    assert (fit.floor, fit.fall, fit.exponent) == pytest.approx(tuple(found), rel=1e-3)
    low, high = fit.exponent_range
    assert low is not None
    assert high is not None
    # The ends of the interval, by another route: SciPy's fits with the exponent held there.
    unit = np.sum(((y - fit.predict(x)) / fit.predict(x)) ** 2) / 3
    cut = stats.f.ppf(0.95, 1, 3)
    for end in (low, high):
        design = np.column_stack([np.ones_like(x), (x / x[0]) ** -end]) / fit.predict(x)[:, None]
        left = optimize.nnls(design, y / fit.predict(x))[1] ** 2
        assert (left / unit - 3) == pytest.approx(cut, rel=1e-3)


def test_too_little_fall_leaves_the_exponent_open_and_a_level_is_not_rejected() -> None:
    x = np.geomspace(1, 1e3, 8)
    rng = np.random.default_rng(3)
    fits = [fit_power(x, rng.normal(2, 0.02, 8)) for _ in range(100)]
    assert sum(fit.falls for fit in fits) <= stats.binom.ppf(0.999, 100, 0.05)
    assert all(None in fit.exponent_range for fit in fits if not fit.falls)
    rising = fit_power(x, 2 + np.log(x))
    assert (rising.fall, rising.falls) == (0, False)


def test_a_wall_after_the_first_scale_has_no_largest_exponent() -> None:
    fit = fit_power([1, 10, 100, 1000, 1e4], [9.0, 2.0, 2.02, 1.99, 2.01])
    assert fit.falls
    assert fit.exponent_range[1] is None


def test_the_order_and_the_units_do_not_matter() -> None:
    x, y = gadre()
    fit = fit_power(x, y)
    bits = fit_power(x[::-1] / 1e6, y[::-1] / np.log(2))
    assert bits.exponent == pytest.approx(fit.exponent, rel=1e-6)
    assert bits.exponent_range == pytest.approx(fit.exponent_range, rel=1e-5)
    assert bits.floor_range == pytest.approx(tuple(np.array(fit.floor_range) / np.log(2)), rel=1e-5)
    assert bits.noise == pytest.approx(fit.noise, rel=1e-6)


@given(
    st.lists(st.floats(1e-6, 1e6), min_size=5, max_size=9),
    st.lists(st.floats(0.01, 30), min_size=9, max_size=9),
    st.booleans(),
)
def test_any_losses_give_finite_numbers_in_their_intervals(
    losses: list[float], gaps: list[float], known: bool
) -> None:
    x = np.exp(np.cumsum(gaps[: len(losses)]))
    fit: PowerLaw = fit_power(x, losses, np.full(len(losses), 1e-3) if known else None)
    assert np.isfinite([fit.floor, fit.fall, fit.exponent, *fit.floor_range, fit.noise]).all()
    assert np.isfinite(fit.predict(x)).all()
    assert holds(fit.exponent_range, fit.exponent)
    low, high = fit.floor_range
    assert 0 <= low <= fit.floor * (1 + 1e-6) + 1e-12
    assert fit.floor <= high * (1 + 1e-6) + 1e-12


def test_too_few_scales_and_bad_numbers_are_refused() -> None:
    with pytest.raises(FitError, match="found 3 different scales, want at least 4"):
        fit_power([1, 1, 2, 3], [4, 4, 3, 2])
    with pytest.raises(ValueError, match="loss: found 0, want a finite number above 0"):
        fit_power([1, 2, 3, 4], [4, 3, 2, 0])
    with pytest.raises(ValueError, match=r"stderr: found shape \(2,\), want that of scale"):
        fit_power([1, 2, 3, 4], [4, 3, 2, 1], [1, 1])
    with pytest.raises(ValueError, match="scale: found nan"):
        fit_power([1, 2, 3, np.nan], [4, 3, 2, 1])
