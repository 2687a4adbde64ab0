"""Fits of a score against scale, and honest intervals for a score.

Scale is always logarithmic (base 10), so slopes are per decade. A fit that the data cannot
determine raises `FitError` and says why; it never returns a number that only looks like one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special, stats

from emergence_lib import laws

Array = NDArray[np.float64]
Cost = Callable[[Array], tuple[float, Array]]

STEEPEST = 20.0
"""Logits between neighbouring sizes beyond which a logistic is a step for every purpose."""
FLATTEST = 1e-6
"""Logits over the whole range below which a logistic has no midpoint."""
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
    right, n = _counts(successes, trials)
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
    cost = _likelihood((x - centre) / spread, right, n, floor, ceiling)
    scaled = np.clip((rate - floor) / (ceiling - floor), 0.001, 0.999).mean()
    starts = [np.array([special.logit(scaled), rise]) for rise in (0.0, 6.0, 20.0, -6.0)]
    tries = [optimize.minimize(cost, start, jac=True, method="BFGS") for start in starts]
    best = min(tries, key=lambda attempt: attempt.fun)
    logit, rise = best.x
    if not np.all(np.isfinite(best.x)) or abs(rise) * _spacing(x) / spread > STEEPEST:
        raise FitError(STEP)
    if abs(rise) < FLATTEST:
        raise FitError("the scores do not rise or fall with scale: there is no midpoint")
    perfect = special.xlogy(right, rate).sum() + special.xlogy(n - right, 1 - rate).sum()
    return LogisticFit(
        midpoint=float(centre - logit / rise * spread),
        slope=float(rise / spread),
        floor=float(floor),
        ceiling=float(ceiling),
        deviance=float(2 * (perfect + best.fun)),
        points=x.size,
    )


def _likelihood(u: Array, right: Array, n: Array, floor: float, ceiling: float) -> Cost:
    """Return the negative binomial log-likelihood of a logistic, with its gradient.

    Its argument holds the logit at ``u = 0`` and the logits that it rises over one unit of u.
    Everything is computed in logarithms, so that no rate is rounded to 0 or 1.
    """
    span = np.log(ceiling - floor)
    with np.errstate(divide="ignore"):  # a floor of 0 has the logarithm -inf, which is meant
        low, high = np.log(floor), np.log1p(-ceiling)

    def cost(theta: Array) -> tuple[float, Array]:
        z = theta[0] + theta[1] * u
        up, down = special.log_expit(z), special.log_expit(-z)
        log_p, log_q = np.logaddexp(low, span + up), np.logaddexp(high, span + down)
        bend = span + up + down
        push = right * np.exp(bend - log_p) - (n - right) * np.exp(bend - log_q)
        likelihood = _weighted(right, log_p) + _weighted(n - right, log_q)
        return -likelihood, -np.array([push.sum(), (push * u).sum()])

    return cost


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


def wilson(
    successes: ArrayLike, trials: ArrayLike, confidence: float = 0.95
) -> tuple[Array, Array]:
    """Score interval for a success rate (Wilson): good coverage at every rate, also near 0 and 1.

    Parameters
    ----------
    successes, trials : array_like
        Items answered right, and items asked; need not be whole.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    low, high : ndarray or scalar
        Fractions in [0, 1].

    Raises
    ------
    ValueError
        If a count or the confidence leaves its domain.

    References
    ----------
    wilson1927probable; brown2001interval.
    """
    right, n = _counts(successes, trials)
    laws.within("confidence", confidence, 0, 1, open_low=True, open_high=True)
    z = stats.norm.ppf((1 + confidence) / 2)
    rate = right / n
    centre = (rate + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2))
    # At 0 and n one end is 0 or 1 exactly; rounding must not push it outside.
    return np.clip(centre - half, 0, rate), np.clip(centre + half, rate, 1)


def clopper_pearson(
    successes: ArrayLike, trials: ArrayLike, confidence: float = 0.95
) -> tuple[Array, Array]:
    """Exact interval for a success rate: never covers too seldom, so it is on the wide side.

    Parameters
    ----------
    successes, trials : array_like
        Items answered right, and items asked.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    low, high : ndarray or scalar
        Fractions in [0, 1].

    Raises
    ------
    ValueError
        If a count or the confidence leaves its domain.

    References
    ----------
    clopper1934use; brown2001interval.
    """
    right, n = _counts(successes, trials)
    laws.within("confidence", confidence, 0, 1, open_low=True, open_high=True)
    tail = (1 - confidence) / 2
    # The beta quantiles have no value at the two ends, where the limit is 0 or 1.
    low = np.where(right > 0, stats.beta.ppf(tail, np.maximum(right, 1e-9), n - right + 1), 0.0)
    high = np.where(
        right < n, stats.beta.ppf(1 - tail, right + 1, np.maximum(n - right, 1e-9)), 1.0
    )
    return low[()], high[()]


def _counts(successes: ArrayLike, trials: ArrayLike) -> tuple[Array, Array]:
    """Return items right and items asked in one shape."""
    right = laws.within("successes", successes, 0)
    n = laws.within("trials", trials, 0, open_low=True)
    try:
        right, n = np.broadcast_arrays(right, n)
    except ValueError:
        raise ValueError(
            f"trials: found shape {n.shape}, want that of successes {right.shape}"
        ) from None
    over = right > n
    if over.any():
        found = f"{right[over][0]:g} of {n[over][0]:g} trials"
        raise ValueError(f"successes: found {found}, want at most all of them")
    return right, n


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


def _weighted(weight: Array, log_rate: Array) -> float:
    """Sum of weight times log rate, where nothing times minus infinity is nothing."""
    return float(np.sum(np.where(weight > 0, weight * np.where(weight > 0, log_rate, 0), 0)))
