"""Honest intervals for a share of items answered right."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from emergence_lib import laws
from emergence_lib.laws import Array


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
    right, n = shares(successes, trials)
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

    Arguments, result and errors as for `wilson`.

    References
    ----------
    clopper1934use; brown2001interval.
    """
    right, n = shares(successes, trials)
    laws.within("confidence", confidence, 0, 1, open_low=True, open_high=True)
    tail = (1 - confidence) / 2
    # The beta quantiles have no value at the two ends, where the limit is 0 or 1.
    low = np.where(right > 0, stats.beta.ppf(tail, np.maximum(right, 1e-9), n - right + 1), 0.0)
    high = np.where(
        right < n, stats.beta.ppf(1 - tail, right + 1, np.maximum(n - right, 1e-9)), 1.0
    )
    return low[()], high[()]


def shares(successes: ArrayLike, trials: ArrayLike) -> tuple[Array, Array]:
    """Return items right and items asked in one shape; raise ValueError if some are impossible."""
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
