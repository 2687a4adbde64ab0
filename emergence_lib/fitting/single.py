"""One curve at a time: a straight line or a logistic, or a refusal that says why.

Scale is always logarithmic (base 10), so slopes are per decade. A fit that the data cannot
determine raises `FitError`; it never returns a number that only looks like one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from emergence_lib import laws
from emergence_lib.fitting.batch import Batch
from emergence_lib.fitting.fisher import maximise
from emergence_lib.fitting.models import FARTHEST, Rise
from emergence_lib.fitting.rates import shares
from emergence_lib.fitting.shapes import LOGISTIC
from emergence_lib.laws import Array

STEEPEST = 20.0
"""Logits between neighbouring sizes beyond which a logistic is a step for every purpose."""
FLATTEST = 1e-6
"""Logits over the whole range below which a logistic has no midpoint."""
STARTS = 0.0, 6.0, 20.0, -6.0
"""Logits over the whole range from which a fit is tried."""
STEP = (
    "the scores jump between neighbouring sizes: every steep curve fits, so slope and midpoint are "
    "not determined"
)


class FitError(ValueError):
    """The data do not determine the curve that was asked for."""


@dataclass(frozen=True)
class LogisticFit:
    """A logistic curve in log10 of scale, fitted by maximum likelihood.

    ``midpoint`` is in decades, ``slope`` per decade; ``deviance`` is twice the log-likelihood that
    the curve misses against a perfect fit (about chi-squared with points - 2 degrees of freedom
    if the curve were true and items independent).
    """

    midpoint: float
    slope: float
    floor: float
    ceiling: float
    deviance: float
    points: int

    @property
    def width(self) -> float:
        """Decades from 10% to 90% of the rise (or fall)."""
        return float(laws.logistic_width(abs(self.slope)))

    @property
    def threshold(self) -> float:
        """Scale at which half of the rise is done."""
        return float(10**self.midpoint)

    def predict(self, scale: ArrayLike) -> Array:
        """Score at ``scale`` (parameters or FLOP, above 0), between floor and ceiling."""
        x = np.log10(laws.within("scale", scale, 0, open_low=True))
        return laws.logistic(x, self.midpoint, self.slope, self.floor, self.ceiling)


@dataclass(frozen=True)
class LineFit:
    """A straight line ``intercept + slope * log10(scale)``, fitted by least squares."""

    intercept: float
    slope: float
    points: int

    def predict(self, scale: ArrayLike) -> Array:
        """Value of the line at ``scale``; a line knows no bounds and can leave 0 to 1."""
        return self.intercept + self.slope * np.log10(laws.within("scale", scale, 0, open_low=True))


def fit_logistic(
    scale: ArrayLike,
    successes: ArrayLike,
    trials: ArrayLike,
    floor: float = 0.0,
    ceiling: float = 1.0,
) -> LogisticFit:
    """Fit midpoint and slope of a logistic curve by binomial maximum likelihood.

    Parameters
    ----------
    scale : array_like, shape (points,)
        Parameters, tokens or FLOP, above 0; at least two different values.
    successes, trials : array_like, shape (points,) or scalar
        Items answered right, and items asked. A success count need not be whole: a printed,
        rounded score times the number of items will do.
    floor, ceiling : float
        Known score far below and far above the midpoint: chance, and the most that is possible.

    Returns
    -------
    LogisticFit

    Raises
    ------
    ValueError
        If a count or scale leaves its domain or shapes differ.
    FitError
        If the likelihood has no maximum: every score alike at floor or ceiling, a jump between
        neighbouring sizes that any steep curve fits, or no rise at all.
    """
    x = np.log10(_curve("scale", scale))
    right, n = shares(successes, trials)
    if right.shape != x.shape:
        raise ValueError(f"successes: found shape {right.shape}, want that of scale {x.shape}")
    if not 0 <= floor < ceiling <= 1:
        raise ValueError(
            f"floor, ceiling: found {floor}, {ceiling}; want 0 <= floor < ceiling <= 1"
        )
    rate = right / n
    if np.all(rate == floor) or np.all(rate == ceiling):
        raise FitError("every score lies at the floor or at the ceiling: there is no rise to fit")
    if _separated(x, rate, floor, ceiling):
        raise FitError(STEP)

    centre, spread = x.mean(), np.ptp(x)
    same = np.ones((len(STARTS), 1))
    batch = Batch(same * x, same * rate, same * n, np.full(len(STARTS), float(floor)), True)
    logit, rise, deviance = _likeliest(batch, (batch.x.T - centre) / spread, ceiling)
    if abs(rise) * _spacing(x) / spread > STEEPEST:
        raise FitError(STEP)
    if abs(rise) < FLATTEST:
        raise FitError("the scores do not rise or fall with scale: there is no midpoint")
    return LogisticFit(
        midpoint=float(centre - logit / rise * spread),
        slope=float(rise / spread),
        floor=float(floor),
        ceiling=float(ceiling),
        deviance=deviance,
        points=x.size,
    )


def _likeliest(batch: Batch, u: Array, ceiling: float) -> tuple[float, float, float]:
    """Fit one curve, in a row of the batch for each of `STARTS`, over ``u``, shape (points, rows).

    Returns the log-odds of the score where ``u`` is 0, their rise over a unit, and the deviance.
    """
    room, ones = ceiling - batch.floor, np.ones_like(u)
    model = Rise(LOGISTIC, np.stack([ones, u]), 0 * u, batch.floor, room / (1 - batch.floor))
    share = (batch.score[0] - batch.floor[0]) / room[0]
    middle = special.logit(np.clip(share, 0.001, 0.999).mean())
    start = np.stack([np.full(len(STARTS), middle), STARTS])
    far = np.full_like(start, FARTHEST)
    theta, deviance = maximise(model, batch, start, -far, far)
    best = int(np.argmin(deviance))
    logit, rise = theta[:, best]
    return float(logit), float(rise), float(deviance[best])


def fit_line(scale: ArrayLike, score: ArrayLike) -> LineFit:
    """Fit a straight line of score against log10 of scale by least squares.

    Parameters
    ----------
    scale : array_like, shape (points,)
        Above 0; at least two different values.
    score : array_like, shape (points,)
        Finite numbers.

    Returns
    -------
    LineFit

    Raises
    ------
    ValueError
        If shapes differ or a number is not finite.
    FitError
        If all scales are equal.
    """
    x = np.log10(_curve("scale", scale))
    y = np.asarray(score, dtype=float)
    if y.shape != x.shape:
        raise ValueError(f"score: found shape {y.shape}, want that of scale {x.shape}")
    if not np.all(np.isfinite(y)):
        raise ValueError("score: found a number that is not finite; leave missing scores out")
    centred = x - x.mean()
    slope = (centred @ y) / (centred @ centred)
    return LineFit(float(y.mean() - slope * x.mean()), float(slope), x.size)


def _curve(name: str, value: ArrayLike) -> Array:
    """Return the scales of a curve: one axis, two different values at least."""
    array = laws.within(name, value, 0, open_low=True)
    if array.ndim != 1:
        raise ValueError(f"{name}: found {array.ndim} axes, want one")
    if np.unique(array).size < 2:
        raise FitError(f"{name}: found one scale only, want at least two different ones")
    return array


def _spacing(x: Array) -> float:
    return float(np.diff(np.unique(x)).min())


def _separated(x: Array, rate: Array, floor: float, ceiling: float) -> bool:
    """Tell whether the scores step from floor to ceiling with at most one size in between."""
    stage = np.where(rate <= floor, 0, np.where(rate >= ceiling, 2, 1))[np.argsort(x)]
    for order in (stage, stage[::-1]):
        inside = np.unique(np.sort(x)[stage == 1]).size
        if np.all(np.diff(order) >= 0) and inside <= 1:
            return True
    return False
