"""Which scores of guessing a curve may have: the one that was said, or all that are plausible.

A level that nobody said is not replaced by a default. The audit is worked out for each plausible
one, and where these disagree there is no verdict.
"""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
from scipy import special

from emergence_lib.audit.curve import Curve
from emergence_lib.laws import Array

PLAUSIBLE = (0.0, 1 / 5, 1 / 4, 1 / 3, 1 / 2)
"""Scores of guessing among any number, five, four, three and two options."""
FREE = 6
"""Levels that are tried where the score far below the threshold is free."""
LEVEL = 0.05
"""Probability of scores so low, above which they do not lie below a level."""


def levels(curve: Curve) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the scores far below the threshold that a curve is audited with, lowest first.

    That is its chance level if somebody said it and no score lies below it. Scores below chance
    leave the level free between 0 and chance: not knowing is not the only way to fail. A level
    that nobody said may be any plausible one, and is free too where scores lie below one of these;
    of a metric that was turned round, it may be any at all.

    Returns
    -------
    said, free : tuple of float
        Levels that each count, and levels of which only those count that fit.
    """
    if curve.chance is not None:
        below = is_below(curve, curve.chance)
        return ((), _free(curve.chance)) if below else ((curve.chance,), ())
    if curve.turned:
        return (), _free(_highest(curve, 1.0))
    known = tuple(each for each in PLAUSIBLE if not each or not is_below(curve, each))
    if known == PLAUSIBLE:
        return known, ()
    free = _free(_highest(curve, PLAUSIBLE[-1]))
    return known, tuple(each for each in free if each not in known)


def _free(top: float) -> tuple[float, ...]:
    return tuple(float(each) for each in np.linspace(0, top, FREE)) if top else (0.0,)


def _highest(curve: Curve, most: float) -> float:
    """Return the highest of the hundredths up to ``most`` that no score lies below.

    The higher a level, the more lies below it, so the search may halve.
    """
    above = bisect_left(
        range(1, round(100 * most)), True, key=lambda each: is_below(curve, each / 100)
    )
    return above / 100


def is_below(curve: Curve, level: float) -> bool:
    """Tell whether scores lie below a level by more than chance: one of them, or all together.

    Either test has half of `LEVEL`: the least of the models' probabilities, times their number
    (Bonferroni), and the sum of their logarithms (fisher1925statistical).
    """
    tail = as_low(curve, level)
    least, models = float(tail.min()), len(tail)
    together = special.chdtrc(2 * models, -2 * np.log(np.maximum(tail, 1e-300)).sum())
    return bool(min(models * least, together) < LEVEL / 2)


def below_until(curve: Curve) -> float | None:
    """Return the largest scale whose score lies below chance, one test a model; None if none.

    Where only all scores together lie below, that is the largest scale with a score under it. None
    too where nobody said the chance level.
    """
    if curve.chance is None or not is_below(curve, curve.chance):
        return None
    single = as_low(curve, curve.chance) < LEVEL
    below = single if single.any() else curve.score < curve.chance
    return float(curve.scale[below][-1])


def as_low(curve: Curve, level: float) -> Array:
    """Return the probability that a model of a true score ``level`` scores as low as each did."""
    if curve.items is not None:
        right, wrong = _answers(curve.score, curve.items)
        return _at_least(wrong, right, 1 - level)
    return np.asarray(special.ndtr((curve.score - level) / np.asarray(curve.stderr)))


def as_high(curve: Curve, level: float) -> Array:
    """Return the probability that a model of a true score ``level`` scores as high as each did."""
    if curve.items is not None:
        return _at_least(*_answers(curve.score, curve.items), level)
    return np.asarray(special.ndtr((level - curve.score) / np.asarray(curve.stderr)))


def _answers(score: Array, items: Array) -> tuple[Array, Array]:
    """Return how many answers were right, and how many wrong."""
    right = np.rint(score * items)
    return right, np.maximum(np.rint(items) - right, 0)


def _at_least(some: Array, others: Array, share: float) -> Array:
    """Return the binomial probability of so many answers of a kind, or more of them.

    `stats.binom` takes five times as long to say it.
    """
    many = special.betainc(np.maximum(some, 1), others + 1, share)
    return np.where(some > 0, many, 1.0)
