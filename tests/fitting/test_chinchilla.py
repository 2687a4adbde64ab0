"""The loss law against truth the test drew, SciPy, and the published refit to 240 runs."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import optimize, special

from emergence_lib import datasets, laws
from emergence_lib.fitting import FitError
from emergence_lib.fitting.chinchilla import (
    ChinchillaFit,
    bootstrap_chinchilla,
    fit_chinchilla,
    objective,
)

Array = NDArray[np.float64]
Runs = tuple[Array, Array, Array]


def runs(
    seed: int = 0,
    noise: float = 0.01,
    truth: laws.Chinchilla = laws.HOFFMANN,
    count: int = 117,
) -> Runs:
    """Return parameters, tokens and losses of made-up runs around three decades of each."""
    rng = np.random.default_rng(seed)
    parameters, tokens = 10 ** rng.uniform(7.5, 10.2, count), 10 ** rng.uniform(9, 11.7, count)
    loss = laws.chinchilla_loss(parameters, tokens, *truth)
    return parameters, tokens, loss * np.exp(noise * rng.standard_normal(count))


def theta_of(constants: laws.Chinchilla) -> Array:
    E, A, B, alpha, beta = constants
    return np.array([np.log(E), np.log(A), np.log(B), alpha, beta])


THETA = st.tuples(
    st.floats(-3, 1), st.floats(2, 9), st.floats(2, 9), st.floats(0.1, 0.7), st.floats(0.1, 0.7)
).map(np.array)


@settings(deadline=None)
@given(THETA, st.sampled_from([1e-3, 0.1, 10.0]))
def test_objective_is_scipys_huber_loss_of_the_law(theta: Array, delta: float) -> None:
    n, d, loss = runs()
    E, A, B = np.exp(theta[:3])
    law = laws.chinchilla_loss(n, d, E, A, B, *theta[3:])
    oracle = special.huber(delta, np.log(law / loss)).sum()
    assert objective(theta, np.log(n), np.log(d), np.log(loss), delta)[0] == pytest.approx(oracle)


@settings(deadline=None)
@given(THETA, st.sampled_from([1e-3, 0.1, 10.0]))
def test_gradient_is_the_central_difference(theta: Array, delta: float) -> None:
    n, d, loss = runs(count=20)
    logs = np.log(n), np.log(d), np.log(loss)

    def value(at: Array) -> float:
        return objective(at, *logs, delta=delta)[0]

    gradient = objective(theta, *logs, delta=delta)[1]
    for at, step in enumerate(1e-6 * np.eye(5)):
        difference = (value(theta + step) - value(theta - step)) / 2e-6
        assert gradient[at] == pytest.approx(difference, rel=1e-4, abs=1e-7)
    error = optimize.check_grad(value, lambda at: objective(at, *logs, delta=delta)[1], theta)
    assert error < 1e-4 * (1 + np.abs(gradient).max())


@pytest.mark.parametrize("truth", [laws.HOFFMANN, laws.BESIROGLU])
def test_runs_without_noise_give_the_law_back(truth: laws.Chinchilla) -> None:
    n, d, loss = runs(noise=0, truth=truth)
    fit = fit_chinchilla(n, d, loss)
    assert fit.constants == pytest.approx(truth, rel=1e-6)
    assert fit.objective == pytest.approx(0, abs=1e-15)
    assert fit.predict(n, d) == pytest.approx(loss, rel=1e-9)
    assert fit.frontier == pytest.approx(truth.beta / (truth.alpha + truth.beta), rel=1e-6)


def test_noisy_runs_give_the_law_back_on_average() -> None:
    fits = [fit_chinchilla(*runs(seed)) for seed in range(20)]
    constants = np.array([[*fit.constants, fit.frontier] for fit in fits])
    truth = np.array([*laws.HOFFMANN, 0.28 / 0.62])
    # A mean of 20 lies within 3.5 of its standard errors; ln A and ln B are the symmetric ones.
    constants[:, 1:3], truth[1:3] = np.log(constants[:, 1:3]), np.log(truth[1:3])
    mean, spread = constants.mean(axis=0), constants.std(axis=0)
    assert (np.abs(mean - truth) < 3.5 * spread / np.sqrt(20)).all()
    assert (spread[3:] < 0.03).all()


def test_no_start_of_another_optimiser_finds_a_better_fit() -> None:
    n, d, loss = runs()
    logs = np.log(n), np.log(d), np.log(loss)
    fit = fit_chinchilla(n, d, loss)
    assert fit.objective == pytest.approx(objective(theta_of(fit.constants), *logs)[0])
    for alpha, beta in ((0.1, 0.1), (0.5, 0.2), (0.8, 0.8)):
        start = np.array([0.0, 5 + 10 * alpha, 5 + 10 * beta, alpha, beta])
        other = optimize.minimize(
            lambda theta: objective(theta, *logs)[0] * 1e6,
            start,
            method="Nelder-Mead",
            options={"maxiter": 4000, "maxfev": 4000, "adaptive": True},
        )
        assert fit.objective <= other.fun / 1e6 * (1 + 1e-9)


def test_usual_tolerance_on_the_mean_loss_stops_too_early() -> None:
    # The trap: L-BFGS-B compares improvements with max(objective, 1), and the mean is near 1e-5.
    n, d, loss = runs()
    logs = np.log(n), np.log(d), np.log(loss)

    def mean(theta: Array) -> tuple[float, Array]:
        value, gradient = objective(theta, *logs)
        return value / n.size, gradient / n.size

    start = np.array([0.0, 10.0, 10.0, 0.5, 0.5])
    trapped = optimize.minimize(mean, start, jac=True, method="L-BFGS-B")
    fit = fit_chinchilla(n, d, loss)
    assert trapped.success
    assert trapped.fun * n.size > 1.05 * fit.objective
    assert abs(trapped.x[3] - fit.constants.alpha) > 0.03


@settings(max_examples=15, deadline=None)
@given(st.floats(-6, 6), st.floats(-6, 6), st.floats(-2, 2))
def test_units_only_rescale_the_coefficients(n_power: float, d_power: float, unit: float) -> None:
    n, d, loss = runs()
    fit = fit_chinchilla(n, d, loss).constants
    scaled = fit_chinchilla(n * 10**n_power, d * 10**d_power, loss * 10**unit).constants
    assert (scaled.alpha, scaled.beta) == pytest.approx((fit.alpha, fit.beta), rel=1e-5)
    powers = np.array([unit, unit + n_power * fit.alpha, unit + d_power * fit.beta])
    assert scaled[:3] == pytest.approx(fit[:3] * 10**powers, rel=1e-3)


def test_a_wild_run_hardly_moves_the_fit() -> None:
    n, d, loss = runs(noise=0.003)
    wild = loss.copy()
    wild[7] *= 3
    fit, moved = fit_chinchilla(n, d, loss).constants, fit_chinchilla(n, d, wild).constants
    squares = fit_chinchilla(n, d, wild, delta=1e3).constants
    assert abs(moved.alpha - fit.alpha) < 0.01
    assert abs(squares.alpha - fit.alpha) > 5 * abs(moved.alpha - fit.alpha)


def test_bootstrap_is_its_seed_and_spreads_as_fresh_data_do() -> None:
    data = runs()
    boot = bootstrap_chinchilla(*data, np.random.default_rng(1), draws=100)
    again = bootstrap_chinchilla(*data, np.random.default_rng(1), draws=3)
    assert boot.draws.shape == (100, 5)
    assert np.array_equal(boot.draws[:3], again.draws)
    assert boot.fit == fit_chinchilla(*data)
    fresh = np.array([fit_chinchilla(*runs(seed)).constants for seed in range(30)])
    ratio = boot.draws.std(axis=0)[[0, 3, 4]] / fresh.std(axis=0)[[0, 3, 4]]
    assert ((ratio > 0.6) & (ratio < 1.7)).all()
    low, high = boot.interval(0.99)
    for name, truth in laws.HOFFMANN._asdict().items():
        assert getattr(low, name) < truth < getattr(high, name)
    assert np.quantile(boot.draws[:, 3], [0.05, 0.95]) == pytest.approx(
        [end.alpha for end in boot.interval(0.9)]
    )
    low_end, high_end = boot.frontier_interval()
    assert low_end < 0.28 / 0.62 < high_end
    assert boot.frontier[0] == pytest.approx(boot.draws[0, 4] / boot.draws[0, 3:].sum())


# The 240 runs of besiroglu2024chinchilla.


@pytest.fixture(scope="module")
def published() -> Runs:
    table = datasets.load("chinchilla_runs")
    kept = table[table["excluded_in_replication"] == 0]
    assert len(kept) == 240
    n, d, loss = (kept[name].to_numpy(float) for name in ("params", "tokens", "loss"))
    return n, d, loss


@pytest.fixture(scope="module")
def refit(published: Runs) -> ChinchillaFit:
    return fit_chinchilla(*published)


def test_refit_agrees_with_the_published_one(refit: ChinchillaFit) -> None:
    # Both sides were read off the same figure; A and B trade against alpha and beta.
    for ours, printed, slack in zip(
        refit.constants, laws.BESIROGLU, (5e-4, 5, 60, 1e-3, 1.5e-3), strict=True
    ):
        assert ours == pytest.approx(printed, abs=slack)


def test_refit_beats_the_printed_constants_on_their_own_runs(
    refit: ChinchillaFit, published: Runs
) -> None:
    n, d, loss = published
    logs = np.log(n), np.log(d), np.log(loss)
    printed = objective(theta_of(laws.BESIROGLU), *logs)[0]
    assert refit.objective < printed < 1.01 * refit.objective
    assert objective(theta_of(laws.HOFFMANN), *logs)[0] > 2 * refit.objective


def test_bootstrap_agrees_with_the_published_standard_errors(published: Runs) -> None:
    # besiroglu2024chinchilla, from 4,000 draws: .03, 124.58, 1293.23, .02, .02, as printed.
    spread = bootstrap_chinchilla(*published, np.random.default_rng(0), 200).draws.std(axis=0)
    printed = np.array([0.03, 124.58, 1293.23, 0.02, 0.02])
    assert ((spread / printed > 0.6) & (spread / printed < 1.6)).all()


# What cannot be fitted.


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"parameters": 0.0}, ValueError, "parameters: found 0, want a finite number above 0"),
        ({"tokens": -1.0}, ValueError, "tokens: found -1"),
        ({"loss": np.nan}, ValueError, "loss: found nan"),
        ({"loss": 3.0}, FitError, "alpha, beta: the fit runs to"),
        ({"parameters": 1e9}, FitError, "parameters: found 1 different values, want at least 3"),
        ({"tokens": 1e9}, FitError, "tokens: found 1 different values"),
    ],
)
def test_runs_that_leave_the_law_open_are_refused(
    change: dict[str, float], error: type[ValueError], message: str
) -> None:
    n, d, loss = (
        np.full(117, change[name]) if name in change else column
        for name, column in zip(("parameters", "tokens", "loss"), runs(), strict=True)
    )
    with pytest.raises(error, match=message):
        fit_chinchilla(n, d, loss)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1e8, 1e9], [1e9, 1e10], [3, 2, 1]), r"loss: found shape \(3,\), want \(2,\)"),
        (([[1e8, 1e9]], [[1e9, 1e10]], [[3, 2]]), r"parameters: found shape \(1, 2\)"),
        (([1e8, 1e9], [1e9, 1e10], [3, 2]), "found 2 runs, want at least 6"),
        ((*runs(), -1), "delta: found -1, want a finite number above 0"),
    ],
)
def test_errors_name_the_argument(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fit_chinchilla(*arguments)


def test_bootstrap_errors_name_the_argument() -> None:
    with pytest.raises(ValueError, match="draws: found 0"):
        bootstrap_chinchilla(*runs(), np.random.default_rng(0), draws=0)
    boot = bootstrap_chinchilla(*runs(), np.random.default_rng(0), draws=1)
    with pytest.raises(ValueError, match="confidence: found 95"):
        boot.interval(95)
