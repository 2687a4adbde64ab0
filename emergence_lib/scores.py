"""Scoring forecasts and samples of answers, and scoring curves of scores at increasing scale.

Forecasts come with their truths; curves lie along the last axis, from the smallest scale to the
largest. No function returns NaN or infinity: what has no value raises `ScoreUndefined`, or gives
the value that the caller chose for that case.

Citation keys refer to the book's bibliography.
"""

from __future__ import annotations

import math
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binom

from emergence_lib.laws import Array, Flags, whole, within

LEVEL = 0.05
"""Largest p-value that still counts as evidence of more than chance."""
HUGE = 1e150
"""Largest size of a score on a curve: its square still fits a float."""


class ScoreUndefined(ValueError):
    """A curve has no such score; the message says why."""


# Forecasts.


def brier(probabilities: ArrayLike, truth: ArrayLike) -> Array:
    """Squared distance of a forecast from what happened, summed over classes: 0 to 2.

    The multi-class convention; 0 is best, and an even guess over K classes scores 1 - 1/K. See
    `brier_right` for the other convention.

    Parameters
    ----------
    probabilities : array_like, shape (..., classes)
        Each row sums to 1; rounding by 0.001 is forgiven.
    truth : array_like of int, shape (...)
        Index of the right class.

    Returns
    -------
    ndarray or scalar
        Shape of ``truth``.

    Raises
    ------
    ValueError
        If probabilities leave [0, 1] or do not sum to 1, or a truth is no class.

    References
    ----------
    brier1950verification.
    """
    forecast, right = _forecasts(probabilities, truth)
    happened = np.arange(forecast.shape[-1]) == right[..., None]
    return ((happened - forecast) ** 2).sum(axis=-1)


def brier_right(probability_of_right: ArrayLike) -> Array:
    """Squared distance of the right answer's probability from 1: 0 to 1.

    The simplification used in the debate on emergence; it ignores how the rest is spread, so an
    even guess over K classes scores (1 - 1/K)^2. Not comparable with `brier`.

    Parameters
    ----------
    probability_of_right : array_like
        In [0, 1].

    Returns
    -------
    ndarray or scalar

    Raises
    ------
    ValueError
        If a probability leaves [0, 1].

    References
    ----------
    schaeffer2023emergent.
    """
    return (1 - within("probability_of_right", probability_of_right, 0, 1)) ** 2


# Samples.


def pass_at_k(n: ArrayLike, c: ArrayLike, k: ArrayLike) -> Array:
    """Probability that at least one of k samples is right, estimated without bias from n >= k.

    ``1 - C(n - c, k) / C(n, k)`` for each problem; the score of a benchmark is the mean. Putting
    c/n into ``1 - (1 - p)**k`` instead estimates too little.

    Parameters
    ----------
    n : array_like of whole numbers
        Samples drawn, at least 1.
    c : array_like of whole numbers
        Right ones among them, 0 to n.
    k : array_like of whole numbers
        Tries allowed, 1 to n.

    Returns
    -------
    ndarray or scalar
        In [0, 1], broadcast shape of the arguments.

    Raises
    ------
    ValueError
        If an argument leaves its domain; with fewer samples than k there is no such estimate.

    References
    ----------
    chen2021evaluating.
    """
    drawn = whole("n", n, 1)
    right, tries = whole("c", c, 0, drawn), whole("k", k, 1, drawn)
    return np.vectorize(_pass_at_k, otypes=[float])(drawn, right, tries)[()]


def _pass_at_k(n: float, c: float, k: float) -> float:
    if n - c < k:
        return 1.0
    # C(n-c, k) / C(n, k) = C(n-k, c) / C(n, c): take the shorter product, keep small rates exact.
    few, many = sorted((c, k))
    return 0.0 - math.expm1(float(np.log1p(-many / (n - np.arange(few))).sum()))


def pass_until(successes: ArrayLike, samples: ArrayLike) -> Array:
    """Success rate after sampling until a number of successes: ``successes / samples``.

    The maximum-likelihood estimate. Stopping at a success makes it too high on average, by a
    factor of ln(1/rate) / (1 - rate) for one success; see `pass_until_unbiased`.

    Parameters
    ----------
    successes : array_like of whole numbers
        Successes reached, from 0 to ``samples``. It is 0 only where a cap ended the search; then
        the rate is known to lie below `laws.upper_bound_after_zero` of the samples, no more.
    samples : array_like of whole numbers
        Samples drawn, the last success included, at least 1.

    Returns
    -------
    ndarray or scalar
        In [0, 1].

    Raises
    ------
    ValueError
        If a count leaves its domain.

    References
    ----------
    hu2024predicting.
    """
    drawn = whole("samples", samples, 1)
    return whole("successes", successes, 0, drawn) / drawn


def pass_until_unbiased(successes: ArrayLike, samples: ArrayLike) -> Array:
    """Success rate after sampling until at least two successes: ``(successes-1) / (samples-1)``.

    Right on average if sampling stopped at the last success, and not at a cap.

    Parameters
    ----------
    successes : array_like of whole numbers
        Successes that were waited for, from 2 to ``samples``. One is not enough for any estimate
        of this form.
    samples : array_like of whole numbers
        Samples drawn, the last success included.

    Returns
    -------
    ndarray or scalar
        In [0, 1].

    Raises
    ------
    ValueError
        If a count leaves its domain.

    References
    ----------
    haldane1945method.
    """
    drawn = whole("samples", samples, 2)
    return (whole("successes", successes, 2, drawn) - 1) / (drawn - 1)


# Absence.


def p_value(successes: ArrayLike, items: ArrayLike, chance: float = 0.0) -> Array:
    """Exact one-sided binomial test of "no better than chance".

    Parameters
    ----------
    successes : array_like of int
        Items answered correctly, from 0 to ``items``.
    items : array_like of int
        Number of test items, at least 1.
    chance : float
        Rate of a guesser, in [0, 1).

    Returns
    -------
    ndarray or scalar
        Probability that a guesser does at least as well. With ``chance`` 0 it is 1 for no success
        and 0 for any success.

    Raises
    ------
    ValueError
        If an argument leaves its domain.
    """
    within("items", items, 1)
    count = within("successes", successes, 0)
    if np.any(count > np.asarray(items)):
        raise ValueError(f"successes: found {successes!r} of {items!r} items, want at most all")
    within("chance", chance, 0, 1, open_high=True)
    return cast(Array, binom.sf(count - 1, items, chance))


def is_absent(successes: ArrayLike, items: ArrayLike, chance: float = 0.0) -> Flags:
    """Whether a score cannot be told from guessing: its `p_value` is above `LEVEL`."""
    return np.asarray(p_value(successes, items, chance) > LEVEL)


def first_seen(absent: ArrayLike) -> int | None:
    """Return the place of the smallest model that, with all larger ones, is not absent.

    Parameters
    ----------
    absent : array_like of bool
        As `is_absent` says it, from the smallest model to the largest.

    Returns
    -------
    int or None
        None if the largest model is absent.
    """
    later = np.logical_or.accumulate(np.asarray(absent, bool)[::-1])[::-1]
    return None if later[-1] else int(np.argmin(later))


# Curves.


def improvement(y: ArrayLike) -> Array:
    """Highest minus lowest score; negative if the highest comes before the lowest.

    Parameters
    ----------
    y : array_like, shape (..., scales)
        Scores in order of scale, at least two. Among equal extremes the first counts.

    Returns
    -------
    ndarray or scalar
        Shape of ``y`` without its last axis; 0 for a flat curve.

    Raises
    ------
    ScoreUndefined
        If there are fewer than two scales.
    ValueError
        If a score is NaN, infinite or beyond `HUGE`.

    References
    ----------
    srivastava2023beyond, as written out in schaeffer2023emergent.
    """
    curve = _curve(y)
    direction = np.sign(curve.argmax(axis=-1) - curve.argmin(axis=-1))
    return direction * np.ptp(curve, axis=-1)


def emergence_score(y: ArrayLike, undefined: float | None = None) -> Array:
    """Improvement over the root median square step; BIG-bench calls it breakthroughness.

    A straight line over m scales scores m - 1, so only curves with the same number of scales can
    be compared, and a value of 10 need not mean a breakthrough.

    Parameters
    ----------
    y : array_like, shape (..., scales)
        Scores in order of scale, at least two.
    undefined : float, optional
        Given for curves with a rise or fall of which more than half of the steps are zero (to
        one part in 1e150 of the whole): a clean step among them. The score would be infinite.

    Returns
    -------
    ndarray or scalar
        Shape of ``y`` without its last axis; 0 for a flat curve, negative for a falling one.

    Raises
    ------
    ScoreUndefined
        If there are fewer than two scales, or a score would be infinite and ``undefined`` is not
        given.
    ValueError
        If a score is NaN, infinite or beyond `HUGE`.

    References
    ----------
    srivastava2023beyond, as written out in schaeffer2023emergent.
    """
    direction, steps = _shape(y)
    typical = np.median(steps**2, axis=-1)
    infinite = (direction != 0) & (typical == 0)
    reason = "more than half of the steps are zero, so the score would be infinite"
    _explain(infinite, reason, undefined)
    score = direction / np.sqrt(np.where(typical > 0, typical, 1.0))
    return np.where(infinite, undefined if undefined is not None else 0.0, score)[()]


def linearity(y: ArrayLike) -> Array:
    """How evenly a curve rises: improvement / ((scales - 1) * root mean square step).

    1 for equal steps up, -1 for equal steps down, near 0 for a flat or jagged one; a clean step
    over m scales has 1 / sqrt(m - 1). BIG-bench has a score of this name and build; its exact
    normalisation could not be verified, so this one is the book's own definition. Steps count
    alike whatever the distance of their scales.

    Parameters
    ----------
    y : array_like, shape (..., scales)
        Scores in order of scale, at least two.

    Returns
    -------
    ndarray or scalar
        In [-1, 1], shape of ``y`` without its last axis; 0 for a flat curve.

    Raises
    ------
    ScoreUndefined
        If there are fewer than two scales.
    ValueError
        If a score is NaN, infinite or beyond `HUGE`.

    References
    ----------
    srivastava2023beyond for the idea.
    """
    direction, steps = _shape(y)
    mean_square = np.where(direction == 0, 1.0, (steps**2).mean(axis=-1))
    return np.clip(direction / (steps.shape[-1] * np.sqrt(mean_square)), -1, 1)


def _curve(y: ArrayLike) -> Array:
    curve = np.atleast_1d(within("y", y, -HUGE, HUGE))
    if curve.shape[-1] < 2:
        raise ScoreUndefined(f"y: found {curve.shape[-1]} scales, want at least 2")
    return curve


def _shape(y: ArrayLike) -> tuple[Array, Array]:
    """Return the direction of each curve, and its steps as shares of the whole improvement."""
    curve = _curve(y)
    size = np.ptp(curve, axis=-1, keepdims=True)
    return np.sign(improvement(curve)), np.diff(curve) / np.where(size > 0, size, 1.0)


def _explain(where: Flags, reason: str, undefined: float | None) -> None:
    if undefined is None and np.any(where):
        at = np.argwhere(where)[0]
        which = f" of curve {', '.join(map(str, at))}" if at.size else ""
        raise ScoreUndefined(f"y{which}: {reason}")


def _forecasts(probabilities: ArrayLike, truth: ArrayLike) -> tuple[Array, NDArray[np.intp]]:
    forecast = np.atleast_1d(within("probabilities", probabilities, 0, 1))
    total = forecast.sum(axis=-1)
    if np.any(np.abs(total - 1) > 1e-3):
        wrong = total[np.abs(total - 1) > 1e-3].flat[0]
        raise ValueError(f"probabilities: found a sum of {wrong:g}, want 1 over the last axis")
    right = whole("truth", truth, 0, forecast.shape[-1] - 1)
    if right.shape != total.shape:
        raise ValueError(f"truth: found shape {right.shape}, want {total.shape}, one a forecast")
    return forecast, right.astype(np.intp)
