"""Scores against enumeration, SciPy, the published table, and curves whose score is known."""

from __future__ import annotations

from itertools import combinations, pairwise
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import stats

from emergence_lib import datasets, laws, scores
from emergence_lib.scores import ScoreUndefined

CURVES = arrays(
    float,
    st.integers(2, 9),
    elements=st.floats(0, 1) | st.sampled_from([0.0, 0.5, 1.0]) | st.floats(-1e150, 1e150),
)
PROBABILITIES = st.lists(st.floats(0.01, 1), min_size=2, max_size=5).map(
    lambda weights: np.array(weights) / sum(weights)
)


# Forecasts.


@pytest.mark.parametrize("options", [2, 4, 10])
def test_the_two_brier_scores_of_an_even_guess(options: int) -> None:
    even = np.full(options, 1 / options)
    assert scores.brier(even, 0) == pytest.approx(1 - 1 / options)
    assert scores.brier_right(1 / options) == pytest.approx((1 - 1 / options) ** 2)


def test_brier_conventions_at_four_options_as_printed() -> None:
    assert scores.brier([0.25] * 4, 3) == pytest.approx(0.75)
    assert scores.brier_right(0.25) == pytest.approx(0.5625)
    assert scores.brier([1, 0, 0], 1) == 2


@given(PROBABILITIES, st.data())
def test_an_honest_forecast_minimises_a_proper_score(
    truth: NDArray[np.float64], data: st.DataObject
) -> None:
    other = np.array(data.draw(st.permutations(truth.tolist())))
    classes = np.arange(truth.size)
    honest, bent = (
        truth @ scores.brier(np.tile(said, (truth.size, 1)), classes) for said in (truth, other)
    )
    assert honest <= bent + 1e-12


@given(PROBABILITIES)
def test_brier_is_the_distance_from_certainty_by_hand(q: NDArray[np.float64]) -> None:
    for right in range(q.size):
        certain = np.arange(q.size) == right
        by_hand = sum((certain[j] - q[j]) ** 2 for j in range(q.size))
        assert scores.brier(q, right) == pytest.approx(by_hand)


def test_forecasts_come_in_batches() -> None:
    forecasts = np.array([[[0.5, 0.5], [0.9, 0.1]], [[0.2, 0.8], [1.0, 0.0]]])
    truth = np.array([[0, 1], [1, 0]])
    assert scores.brier(forecasts, truth) == pytest.approx(np.array([[0.5, 1.62], [0.08, 0]]))


@pytest.mark.parametrize(
    ("probabilities", "truth", "message"),
    [
        ([0.5, 0.6], 0, "probabilities: found a sum of 1.1, want 1"),
        ([50, 50], 0, r"probabilities: found 50, want a number in \[0, 1\]"),
        ([0.5, np.nan], 0, "probabilities: found nan"),
        ([0.5, 0.5], 2, "truth: found 2, want a whole number from 0 to 1"),
        ([0.5, 0.5], 0.5, "truth: found 0.5, want a whole number"),
        ([0.5, 0.5], [0, 1], r"truth: found shape \(2,\), want \(\)"),
    ],
)
def test_unfit_forecasts_are_refused(probabilities: Any, truth: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        scores.brier(probabilities, truth)


# Samples.


def test_pass_at_k_counts_the_choices_that_hold_a_right_sample() -> None:
    samples = [True, True, False, False, False, False]
    for k in range(1, 7):
        choices = [any(chosen) for chosen in combinations(samples, k)]
        assert scores.pass_at_k(6, 2, k) == pytest.approx(np.mean(choices))


@given(st.integers(1, 300), st.data())
def test_pass_at_k_is_hypergeometric(n: int, data: st.DataObject) -> None:
    c, k = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    found = scores.pass_at_k(n, c, k)
    assert found == pytest.approx(stats.hypergeom.sf(0, n, c, k), abs=1e-12)
    assert scores.pass_at_k(n, c, 1) == pytest.approx(c / n)
    # The plug-in estimate is never larger.
    assert 1 - (1 - c / n) ** k <= found + 1e-12


@given(st.floats(1e-6, 1), st.integers(1, 12), st.data())
def test_pass_at_k_is_right_on_average(p: float, n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(1, n))
    counts = np.arange(n + 1)
    mean = stats.binom.pmf(counts, n, p) @ scores.pass_at_k(n, counts, k)
    assert mean == pytest.approx(laws.detection_probability(p, k), abs=1e-9)


def test_pass_at_k_keeps_rare_successes_exact() -> None:
    assert scores.pass_at_k(4_000_000, 1, 1) == pytest.approx(2.5e-7, rel=1e-12)
    assert scores.pass_at_k(4_000_000, 3, 10_000) == pytest.approx(
        1 - (1 - 10_000 / 4e6) ** 3, rel=1e-5
    )
    assert str(scores.pass_at_k(10, 0, 5)) == "0.0"


@pytest.mark.parametrize(("p", "r"), [(0.1, 2), (0.3, 2), (0.02, 3), (0.9, 5)])
def test_unbiased_pass_until_is_right_on_average_and_the_ratio_is_not(p: float, r: int) -> None:
    samples = np.arange(r, 5000)
    weight = stats.nbinom.pmf(samples - r, r, p)
    assert weight @ scores.pass_until_unbiased(r, samples) == pytest.approx(p, rel=1e-9)
    assert weight @ scores.pass_until(r, samples) > p * 1.01


def test_pass_until_one_success_is_biased_by_the_factor_it_says() -> None:
    p, samples = 0.05, np.arange(1, 5000)
    mean = stats.geom.pmf(samples, p) @ scores.pass_until(1, samples)
    assert mean / p == pytest.approx(np.log(1 / p) / (1 - p))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: scores.pass_at_k(5, 6, 1), "c: found 6, want a whole number from 0 to 5"),
        (lambda: scores.pass_at_k([9, 5], 1, 6), "k: found 6, want a whole number from 1 to 5"),
        (lambda: scores.pass_at_k(5.5, 1, 1), "n: found 5.5, want a whole number from 1 upwards"),
        (lambda: scores.pass_at_k(5, np.nan, 1), "c: found nan"),
        (lambda: scores.pass_until(3, 2), "successes: found 3, want a whole number from 0 to 2"),
        (lambda: scores.pass_until(0, 0), "samples: found 0"),
        (lambda: scores.pass_until_unbiased(1, 9), "successes: found 1, want .* from 2 to 9"),
    ],
)
def test_unfit_counts_are_refused(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


# Curves.


def gpt3(task: str) -> NDArray[np.float64]:
    name = "gpt3_arithmetic" if task[0].isdigit() else "gpt3_other_tasks"
    table = datasets.load(name)
    rows = table[(table["task"] == task) & (table["setting"] == "few_shot")]
    return rows.sort_values("params")["score"].to_numpy()


@pytest.mark.parametrize(
    ("task", "score"),
    [("3D+", 321), ("2D+", 32.7), ("2Dx", 19.9), ("SATAnalogies", 9.9), ("CycledLetters", 7.2),
     ("Winograd", 6.3)],
)  # fmt: skip
def test_emergence_score_of_gpt3s_published_curves(task: str, score: float) -> None:
    assert scores.emergence_score(gpt3(task)) == pytest.approx(score, rel=0.008)


def test_emergence_score_by_the_formula_word_for_word() -> None:
    y = [0.1, 0.05, 0.2, 0.9, 0.7]
    squares = sorted((b - a) ** 2 for a, b in pairwise(y))
    expected = (0.9 - 0.05) / ((squares[1] + squares[2]) / 2) ** 0.5
    assert scores.improvement(y) == pytest.approx(0.85)
    assert scores.emergence_score(y) == pytest.approx(expected)


@pytest.mark.parametrize("scales", [2, 3, 8, 24])
def test_known_curves(scales: int) -> None:
    line = np.linspace(0.25, 0.75, scales)
    assert scores.improvement(line) == pytest.approx(0.5)
    assert scores.emergence_score(line) == pytest.approx(scales - 1)
    assert scores.linearity(line) == pytest.approx(1)
    assert scores.linearity(line[::-1]) == pytest.approx(-1)
    assert scores.emergence_score(-line) == pytest.approx(1 - scales)
    step = (np.arange(scales) == scales - 1).astype(float)
    assert scores.linearity(step) == pytest.approx(1 / np.sqrt(scales - 1))


def test_a_flat_curve_has_no_improvement_no_emergence_and_no_linearity() -> None:
    for score in (scores.improvement, scores.emergence_score, scores.linearity):
        assert score(np.full(6, 0.25)) == 0
        assert score(np.full((3, 6), 0.25)).tolist() == [0, 0, 0]


def test_a_clean_step_has_no_emergence_score_and_says_so() -> None:
    step = [0.0, 0.0, 0.0, 0.0, 1.0]
    with pytest.raises(ScoreUndefined, match=r"^y: more than half of the steps are zero"):
        scores.emergence_score(step)
    curves = [[0.0, 0.1, 0.2, 0.3, 0.4], step]
    with pytest.raises(ScoreUndefined, match="y of curve 1: more than half"):
        scores.emergence_score(curves)
    assert scores.emergence_score(curves, undefined=np.inf).tolist() == pytest.approx([4, np.inf])


@given(CURVES, CURVES)
def test_scores_of_curves_are_finite_and_bounded(
    y: NDArray[np.float64], other: NDArray[np.float64]
) -> None:
    emergence = scores.emergence_score(y, undefined=-1)
    assert np.isfinite(emergence)
    assert np.isfinite(scores.improvement(y))
    assert -1 <= scores.linearity(y) <= 1
    both = min(y.size, other.size)
    batch = np.stack([y[:both], other[:both]])
    for score in (
        scores.improvement,
        scores.linearity,
        lambda each: scores.emergence_score(each, undefined=-1),
    ):
        assert score(batch).tolist() == [score(batch[0]), score(batch[1])]


@given(arrays(float, 6, elements=st.integers(0, 64).map(float)), st.integers(-4, 4))
def test_scores_ignore_unit_and_origin(y: NDArray[np.float64], power: int) -> None:
    moved = y * 2.0**power + 8
    assert scores.linearity(moved) == scores.linearity(y)
    assert scores.emergence_score(moved, -1) == scores.emergence_score(y, -1)
    assert scores.improvement(moved) == scores.improvement(y) * 2.0**power


@pytest.mark.parametrize("y", [[], [0.5], [[0.1], [0.2]]])
def test_fewer_than_two_scales_have_no_score(y: Any) -> None:
    for score in (scores.improvement, scores.emergence_score, scores.linearity):
        with pytest.raises(ScoreUndefined, match=r"y: found \d scales, want at least 2"):
            score(y)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 1e200])
def test_scores_that_are_no_numbers_are_refused(wrong: float) -> None:
    for score in (scores.improvement, scores.emergence_score, scores.linearity):
        with pytest.raises(ValueError, match="y: found"):
            score([0.1, wrong, 0.3])


@pytest.mark.parametrize(
    ("successes", "items", "chance"), [(3, 400, 1e-3), (31, 100, 0.25), (0, 5, 0.2)]
)
def test_p_values_are_sums_over_all_outcomes_as_good(
    successes: int, items: int, chance: float
) -> None:
    found = scores.p_value(successes, items, chance)
    rates = [comb(items, k) * chance**k * (1 - chance) ** (items - k) for k in range(items + 1)]
    assert found == pytest.approx(sum(rates[successes:]))


def test_without_lucky_guesses_one_success_is_proof() -> None:
    assert scores.p_value([0, 1], 100).tolist() == [1.0, 0.0]
    assert scores.is_absent([0, 1], 100).tolist() == [True, False]


def test_tests_of_different_sizes_are_judged_each_by_its_own() -> None:
    absent = scores.is_absent([6, 60], [10, 100], 0.5)
    assert absent.tolist() == [scores.is_absent(6, 10, 0.5), scores.is_absent(60, 100, 0.5)]
    assert absent.tolist() == [True, False]


@pytest.mark.parametrize(
    ("absent", "first"),
    [
        ([False, False], 0),
        ([True, False, False], 1),
        ([False, True, False], 2),
        ([False, True], None),
    ],
)
def test_first_seen_needs_all_larger_models_too(absent: list[bool], first: int | None) -> None:
    assert scores.first_seen(absent) == first


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((11, 10), "successes: found 11 of 10 items"),
        ((-1, 10), "successes: found -1"),
        (([1, 6], [5, 5]), r"successes: found \[1, 6\] of \[5, 5\] items"),
        ((0, 0), "items: found 0"),
        ((1, 10, 1.0), "chance: found 1, want"),
    ],
)
def test_counts_that_no_test_gives_are_refused(arguments: tuple[Any, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        scores.p_value(*arguments)
