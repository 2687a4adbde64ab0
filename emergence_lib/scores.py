"""Scoring answers, and scoring curves of scores at increasing scale.

Answers come with their truths; curves lie along the last axis, from the smallest scale to the
largest. No function returns NaN or infinity: what has no value raises `ScoreUndefined`, or gives
the value that the caller chose for that case.

Citation keys refer to the book's bibliography.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emergence_lib.laws import Array, Flags, whole, within

Answers = Sequence[Any] | NDArray[Any]

HUGE = 1e150
"""Largest size of a score on a curve: its square still fits a float."""


class ScoreUndefined(ValueError):
    """A curve has no such score; the message says why."""


# Answers.


def exact_match(answers: Answers, truths: Answers) -> Flags:
    """Tell for each answer whether all of it is right.

    Parameters
    ----------
    answers, truths : sequence, one entry an item
        An entry is a string (its characters are its tokens), a sequence of tokens, or one token
        such as a number. Nothing is normalised: strip, round or change case before.

    Returns
    -------
    ndarray of bool, shape (items,)
        Its mean is the score.

    Raises
    ------
    ValueError
        If there are no items, counts differ, a truth is empty, or a token is NaN.

    References
    ----------
    schaeffer2023emergent.
    """
    return np.array([answer == truth for answer, truth in _pairs(answers, truths)])


def token_accuracy(answers: Answers, truths: Answers) -> Array:
    """Share of positions at which an answer has the token of the truth.

    The positions are those of the longer of the two: a token that is missing or too many is
    wrong. So the share is 1 exactly where `exact_match` holds. One token too many at the start
    shifts all that follow; `token_edit_distance` forgives that.

    Parameters
    ----------
    answers, truths : sequence, one entry an item
        As for `exact_match`.

    Returns
    -------
    ndarray, shape (items,)
        In [0, 1].

    Raises
    ------
    ValueError
        As for `exact_match`.

    References
    ----------
    schaeffer2023emergent.
    """
    return np.array(
        [
            sum(mine == right for mine, right in zip(answer, truth, strict=False))
            / max(len(answer), len(truth))
            for answer, truth in _pairs(answers, truths)
        ]
    )


def token_edit_distance(answer: object, truth: object) -> int:
    """Fewest tokens to insert, delete or replace to turn one answer into the truth.

    Parameters
    ----------
    answer, truth : string, sequence of tokens, or one token
        Tokens have to be hashable.

    Returns
    -------
    int
        From 0 to the length of the longer.

    Raises
    ------
    ValueError
        If the truth is empty or a token is NaN.

    References
    ----------
    levenshtein1966binary; used on tokens in schaeffer2023emergent.
    """
    ((mine, right),) = _pairs([answer], [truth])
    codes = {token: code for code, token in enumerate(dict.fromkeys(mine + right))}
    wanted = np.array([codes[token] for token in right])
    along = np.arange(len(right) + 1)
    row = along
    for token in mine:
        replaced = row[:-1] + (wanted != codes[token])
        row = np.concatenate([row[:1] + 1, np.minimum(row[1:] + 1, replaced)])
        # What remains are insertions: each place may be reached from any place before it.
        row = np.minimum.accumulate(row - along) + along
    return int(row[-1])


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


def cross_entropy(probabilities: ArrayLike, truth: ArrayLike, floor: float | None = None) -> Array:
    """Negative logarithm of the probability given to the right class, in nats.

    Parameters
    ----------
    probabilities : array_like, shape (..., classes)
        As for `brier`.
    truth : array_like of int, shape (...)
        Index of the right class.
    floor : float, optional
        Smaller probabilities of the right class count as this one, in (0, 1). It decides what
        the worst answers cost, so say it beside the result.

    Returns
    -------
    ndarray or scalar
        Shape of ``truth``, at least 0.

    Raises
    ------
    ValueError
        As for `brier`; or if the right class has probability 0, which costs infinitely much, and
        no floor is given.
    """
    forecast, right = _forecasts(probabilities, truth)
    given = np.take_along_axis(forecast, right[..., None], axis=-1)[..., 0]
    if floor is not None:
        given = np.maximum(given, within("floor", floor, 0, 1, open_low=True, open_high=True))
    if not np.all(given > 0):
        raise ValueError(
            "probabilities: found 0 for the right class, which costs infinitely much; want more "
            "than 0, or a floor"
        )
    return np.maximum(0.0, -np.log(given))  # log 1 is -0.0 here


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


def _pairs(answers: Answers, truths: Answers) -> list[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    for name, given in (("answers", answers), ("truths", truths)):
        if isinstance(given, str | bytes):
            raise ValueError(f"{name}: found one string, want a sequence of them: [{given!r}]")
    if len(answers) != len(truths) or not len(truths):
        raise ValueError(f"answers: found {len(answers)} for {len(truths)} truths, want one each")
    return [
        (_tokens("answers", answer), _tokens("truths", truth))
        for answer, truth in zip(answers, truths, strict=True)
    ]


def _tokens(name: str, entry: Any) -> tuple[Any, ...]:
    several = isinstance(entry, Sequence) or (isinstance(entry, np.ndarray) and entry.ndim > 0)
    tokens = tuple(entry) if several else (entry,)
    if name == "truths" and not tokens:
        raise ValueError("truths: found one without tokens, want at least one token")
    if any(isinstance(token, float | np.floating) and np.isnan(token) for token in tokens):
        raise ValueError(f"{name}: found NaN, want tokens that can be compared")
    return tokens
