"""The laws against SciPy, brute-force enumeration, finite differences and known values."""

from collections.abc import Callable
from itertools import product as every_combination

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, special, stats

from emergence_lib import laws

probabilities = st.floats(0, 1)
DECADES = np.linspace(6, 13, 57)


def test_exact_match_counts_the_ways_to_be_wholly_right() -> None:
    right = sum(
        np.prod([0.7 if part else 0.3 for part in parts])
        for parts in every_combination([True, False], repeat=5)
        if all(parts)
    )
    assert laws.exact_match(0.7, 5) == pytest.approx(right)
    assert laws.exact_match(0.9, 4) == pytest.approx(0.6561)
    assert laws.exact_match([0.5, 1.0], [[1], [2]]).shape == (2, 2)


@pytest.mark.parametrize("n", [1, 2, 7])
def test_a_product_of_logistics_is_read_off_a_drawn_product(n: int) -> None:
    x = np.linspace(-12, 12, 200_001)
    drawn = (1 / (1 + np.exp(-x))) ** n
    levels = np.interp([0.1, 0.5, 0.9], drawn, x)
    assert laws.product_level([0.1, 0.5, 0.9], n) == pytest.approx(levels, abs=1e-6)
    assert laws.product_width(n) == pytest.approx(levels[2] - levels[0], rel=1e-6)
    assert laws.product_width(1) == pytest.approx(laws.logistic_width(1))


def test_a_product_narrows_to_the_spread_of_the_largest_of_many_thresholds() -> None:
    # The extreme-value law of thresholds with exponential last errors, exp(-exp(-x)).
    spread = np.diff(stats.gumbel_r.ppf([0.1, 0.9]))[0]
    assert laws.product_width(10**12) == pytest.approx(spread, rel=1e-9)
    assert laws.product_level(0.5, 10**12) == pytest.approx(
        np.log(10**12) + stats.gumbel_r.ppf(0.5), rel=1e-9
    )
    assert np.all(np.diff(laws.product_width(np.arange(1, 300))) < 0)


def test_a_hard_start_composes_into_a_wider_rise() -> None:
    # Errors exp(-x) above 0: the largest of n exponential thresholds, simulated.
    rng = np.random.default_rng(0)
    most = rng.exponential(size=(100_000, 6)).max(axis=1)
    simulated = np.subtract(*np.quantile(most, [0.9, 0.1]))
    exact = laws.product_width(6, lambda short: -np.log(short))
    assert exact == pytest.approx(simulated, rel=0.01)
    assert exact > 1.2 * laws.product_width(1, lambda short: -np.log(short))


@given(probabilities, st.integers(1, 50))
def test_exact_match_is_the_chance_of_no_failure(p: float, n: int) -> None:
    assert laws.exact_match(p, n) == pytest.approx(stats.binom.pmf(n, n, p), abs=1e-12)


@given(st.lists(probabilities, min_size=1, max_size=6))
def test_product_never_beats_the_weakest_skill(skills: list[float]) -> None:
    assert laws.product(skills) <= min(skills)


def test_product_of_equal_skills_is_exact_match() -> None:
    skills = np.full((3, 4), 0.8)
    assert laws.product(skills) == pytest.approx(np.full(3, laws.exact_match(0.8, 4)))
    assert laws.product(skills, axis=0) == pytest.approx(np.full(4, laws.exact_match(0.8, 3)))


def test_logistic_is_scipys_with_floor_and_ceiling() -> None:
    expected = 0.25 + 0.7 * special.expit(3.0 * (DECADES - 9.5))
    assert laws.logistic(DECADES, 9.5, 3.0, 0.25, 0.95) == pytest.approx(expected)


def test_logistic_is_steepest_at_its_midpoint() -> None:
    step = 1e-5
    rise = laws.logistic(9 + step, 9, 4, 0.2, 0.9) - laws.logistic(9 - step, 9, 4, 0.2, 0.9)
    assert rise / (2 * step) == pytest.approx((0.9 - 0.2) * 4 / 4, rel=1e-6)


def test_logistic_far_away_is_flat_and_silent() -> None:
    assert laws.logistic([-1e6, 1e6], 9, 50, 0.25, 0.9) == pytest.approx([0.25, 0.9])


@given(st.floats(0.1, 30))
def test_logistic_width_is_what_the_curve_needs_from_ten_to_ninety_percent(slope: float) -> None:
    def crossing(level: float) -> float:
        return float(optimize.brentq(lambda x: laws.logistic(x, 0, slope) - level, -100, 100))

    assert laws.logistic_width(slope) == pytest.approx(crossing(0.9) - crossing(0.1), rel=1e-6)


def test_a_slope_of_two_per_decade_is_not_sharp() -> None:
    assert laws.logistic_width(2.0) == pytest.approx(2.197, abs=5e-4)


def test_gompertz_has_a_straight_double_logarithm() -> None:
    scale = 10**DECADES
    pass_rate = laws.gompertz(scale, 200.0, 0.2)
    slope, intercept = np.polyfit(np.log(scale), np.log(-np.log(pass_rate)), 1)
    assert slope == pytest.approx(-0.2)
    assert np.exp(intercept) == pytest.approx(200.0)


def test_gompertz_with_the_answer_length_in_its_coefficient_is_exact_match() -> None:
    one = laws.gompertz(1e9, 3.0, 0.1)
    assert laws.gompertz(1e9, 5 * 3.0, 0.1) == pytest.approx(laws.exact_match(one, 5))


def test_chinchilla_terms_at_seventy_billion_parameters() -> None:
    # Sums of the three terms, worked out by hand for both sets of constants.
    assert laws.chinchilla_loss(70e9, 1.4e12) == pytest.approx(1.690 + 0.0835 + 0.1632, abs=2e-4)
    refit = laws.chinchilla_loss(70e9, 1.4e12, *laws.BESIROGLU)
    assert refit == pytest.approx(1.817 + 0.0815 + 0.0752, abs=3e-4)


def test_chinchilla_slope_in_parameters_is_the_derivative() -> None:
    n, step = 1e9, 1e3
    loss = laws.chinchilla_loss([n - step, n + step], 2e10, *laws.BESIROGLU)
    law = laws.BESIROGLU
    assert (loss[1] - loss[0]) / (2 * step) == pytest.approx(
        -law.alpha * law.A * n ** (-law.alpha - 1), rel=1e-4
    )


def test_chinchilla_tends_to_its_floor() -> None:
    assert laws.chinchilla_loss(1e60, 1e60, E=1.5) == pytest.approx(1.5)


def test_quanta_data_exponent() -> None:
    assert laws.quanta_data_exponent([0.083, 0.34]) == pytest.approx([0.0766, 0.2537], abs=1e-4)


def _separable_by_enumeration(points: int, dimensions: int, rng: np.random.Generator) -> float:
    """Count labellings for which a linear programme finds a separating plane."""
    cloud = rng.normal(size=(points, dimensions))
    separable = 0
    for signs in every_combination([-1, 1], repeat=points):
        rows = -np.array(signs)[:, None] * cloud
        answer = optimize.linprog(
            np.zeros(dimensions), A_ub=rows, b_ub=-np.ones(points), bounds=(None, None)
        )
        separable += answer.status == 0
    return separable / 2**points


@pytest.mark.parametrize(("points", "dimensions"), [(2, 3), (4, 2), (6, 3), (5, 4)])
def test_cover_counts_what_a_linear_programme_can_separate(points: int, dimensions: int) -> None:
    counted = _separable_by_enumeration(points, dimensions, np.random.default_rng(1))
    assert laws.cover_separable(points, dimensions) == pytest.approx(counted)


@given(st.integers(1, 400))
def test_cover_is_one_half_at_twice_the_dimensions(dimensions: int) -> None:
    assert laws.cover_separable(2 * dimensions, dimensions) == 0.5


def test_cover_survives_thousands_of_points() -> None:
    assert laws.cover_separable([100, 4000, 10_000], 2000) == pytest.approx([1, 0.5, 0], abs=1e-9)


@given(st.integers(1, 100_000), st.floats(0.5, 0.999))
def test_upper_bound_after_zero_is_clopper_and_pearsons(n: int, confidence: float) -> None:
    exact = stats.binomtest(0, n, alternative="less").proportion_ci(confidence).high
    assert laws.upper_bound_after_zero(n, confidence) == pytest.approx(exact, rel=1e-9)


@given(probabilities, st.integers(1, 10_000))
def test_detection_probability_is_the_binomial_survival_function(p: float, n: int) -> None:
    assert laws.detection_probability(p, n) == pytest.approx(stats.binom.sf(0, n, p), abs=1e-12)


def test_detection_probability_keeps_its_digits_for_rare_successes() -> None:
    assert laws.detection_probability(1e-12, 1) == pytest.approx(1e-12, rel=1e-9)
    assert laws.detection_probability(1.0, 3) == 1.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: laws.exact_match(1.2, 5), r"p: found 1\.2, want a number in \[0, 1\]"),
        (lambda: laws.exact_match(np.nan, 5), "p: found nan"),
        (lambda: laws.exact_match(0.5, 0), "n: found 0, want a finite number of at least 1"),
        (lambda: laws.product_level(1, 2), r"level: found 1, want a number in \(0, 1\)"),
        (lambda: laws.product_level(0.5, "many"), "n: found 'many', want numbers"),
        (
            lambda: laws.product_level(0.5, [[1], [2, 3]]),
            r"n: found \[\[1\], \[2, 3\]\], want numbers",
        ),
        (lambda: laws.product_width(0.5), "n: found 0.5, want a finite number of at least 1"),
        (lambda: laws.logistic_reach(0), r"short: found 0, want a number in \(0, 1\)"),
        (lambda: laws.product([]), "skills: found none"),
        (lambda: laws.product([0.5, -0.1]), "skills: found -0.1"),
        (lambda: laws.logistic(np.inf, 9, 1), "log10_scale: found inf"),
        (lambda: laws.logistic(9, 9, 1, 0.9, 0.2), "floor: found 0.9 above the ceiling 0.2"),
        (lambda: laws.logistic_width(0), "slope: found 0, want a finite number above 0"),
        (lambda: laws.gompertz(0, 1, 1), "scale: found 0"),
        (lambda: laws.gompertz(1, -1, 1), "coefficient: found -1"),
        (lambda: laws.chinchilla_loss(0, 1), "parameters: found 0"),
        (lambda: laws.chinchilla_loss(1, 1, alpha=-1), "alpha: found -1"),
        (
            lambda: laws.logistic(9, 9, 1, [0.1, 0.9], 0.5),
            "floor: found 0.9 above the ceiling 0.5",
        ),
        (lambda: laws.quanta_data_exponent(0), "alpha: found 0"),
        (lambda: laws.cover_separable(2.5, 1), "points: found 2.5, want a whole number"),
        (lambda: laws.cover_separable(2, 0), "dimensions: found 0"),
        (lambda: laws.upper_bound_after_zero(0), "n: found 0"),
        (
            lambda: laws.upper_bound_after_zero(9, 1),
            r"confidence: found 1, want .* \(0, 1\)",
        ),
        (lambda: laws.detection_probability(-1, 3), "p: found -1"),
    ],
)
def test_errors_name_the_argument_and_what_is_wanted(
    call: Callable[[], object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        call()
