"""Reading a measured curve: where it crosses a level, and how wide it rises. NumPy only, no noise.

A curve is points joined by straight lines, so nothing is known better than the gap between two
points; for an interval, fit a curve. The first coordinate is the caller's: log10 of the scale
where decades are wanted, training steps where steps are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from emergence_lib.laws import Array, within


class Rise(NamedTuple):
    """Where half of a rise is done, and how wide it is, in units of the first coordinate."""

    midpoint: float
    width: float


def crossing(
    x: ArrayLike,
    y: ArrayLike,
    level: float,
    *,
    last: bool = False,
    before: float | None = None,
    never: float | None = None,
) -> float:
    """Return where a curve first reaches a level, or from where on it stays there.

    Parameters
    ----------
    x, y : array_like, shape (points,)
        The curve, at least two points; ``x`` rises strictly.
    level : float
        Reached by every ``y`` of at least this.
    last : bool
        Return the last crossing upwards, after which the curve does not fall below the level
        again, instead of the first. Both are the same for ``np.maximum.accumulate(y)``.
    before, never : float, optional
        Given for a curve that is at the level from its first point on, and for one that does not
        reach it (or, with ``last``, does not end there).

    Returns
    -------
    float
        In units of ``x``.

    Raises
    ------
    ValueError
        If the points are no such curve; or, without ``before`` or ``never``, if nothing crosses.
    """
    x, y = _points(x, y)
    level = float(within("level", level))
    reached = y >= level
    if last:
        after = len(y) - int(np.argmin(reached[::-1])) if not reached.all() else 0
    else:
        after = int(np.argmax(reached)) if reached.any() else len(y)
    if after == 0:
        return _outside("level", f"found {level:g}, want it above the curve's first point", before)
    if after == len(y):
        where = "its end" if last else "its top"
        found = y[-1] if last else y.max()
        return _outside("level", f"found {level:g}, want at most {found:g}, {where}", never)
    pair = slice(after - 1, after + 1)
    return float(np.interp(level, y[pair], x[pair]))


def rise(
    x: ArrayLike,
    y: ArrayLike,
    floor: float | None = None,
    ceiling: float | None = None,
    low: float = 0.1,
    high: float = 0.9,
) -> Rise:
    """Return the midpoint of a rise from floor to ceiling, and the width of its greater part.

    The curve is made monotone by its running maximum, so that each share of the rise is done where
    it is first reached. A jump between two neighbours shows as ``high - low`` of their distance,
    whatever its true width: then the points are too far apart to tell.

    Parameters
    ----------
    x, y : array_like, shape (points,)
        As for `crossing`. Turn the sign of a score that falls when things improve.
    floor, ceiling : float, optional
        Scores at which the rise begins and ends: chance, and what is possible. Lowest and highest
        measured score by default.
    low, high : float
        Shares of the rise between which the width is taken, ``0 < low < high <= 1``.

    Returns
    -------
    Rise
        ``midpoint``, where half of the rise is done, and ``width``, the distance from ``low`` to
        ``high``: decades if ``x`` is log10 of a scale.

    Raises
    ------
    ValueError
        If the points are no curve, a share leaves its domain, the ceiling does not lie above the
        floor, the curve starts above the low share (or above half), or never reaches the high one
        (or half).
    """
    x, y = _points(x, y)
    within("low", low, 0, 1, open_low=True)
    within("high", high, low, 1, open_low=True)
    bottom = y.min() if floor is None else float(within("floor", floor))
    top = y.max() if ceiling is None else float(within("ceiling", ceiling))
    if not top > bottom:
        raise ValueError(
            f"y: found a rise from {bottom:g} to {top:g}, want a ceiling above the floor; turn the "
            "sign of a score that falls"
        )
    done = np.maximum.accumulate((y - bottom) / (top - bottom))
    if not done[0] < min(low, 0.5) or not done[-1] >= max(high, 0.5):
        raise ValueError(
            f"y: found {done[0]:.0%} of the rise done at the first point and {done[-1]:.0%} at the "
            f"last, want less than {min(low, 0.5):.0%} and at least {max(high, 0.5):.0%}"
        )
    start, middle, end = (crossing(x, done, share) for share in (low, 0.5, high))
    return Rise(middle, end - start)


def rise_in_decades(scale: ArrayLike, y: ArrayLike) -> Rise:
    """Return the `rise` of a curve from its first score to its last, in decades of a scale.

    Parameters
    ----------
    scale : array_like, shape (points,)
        Model size or training steps, above 0, rising strictly; its log10 is the coordinate.
    y : array_like, shape (points,)
        Must end above its first point.
    """
    at, score = _points(np.log10(within("scale", scale, 0, open_low=True)), y)
    return rise(at, score, floor=score[0], ceiling=score[-1])


def _points(x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Return a curve as floats, or say what is wrong with it."""
    at, score = within("x", x), within("y", y)
    if at.ndim != 1 or at.shape != score.shape or at.size < 2:
        raise ValueError(
            f"x, y: found shapes {at.shape} and {score.shape}, want two alike, (points,), at least "
            "2 points"
        )
    falls = np.flatnonzero(np.diff(at) <= 0)
    if falls.size:
        here, following = at[falls[0]], at[falls[0] + 1]
        raise ValueError(
            f"x: found {following:g} after {here:g}, want rising; sort the points, join duplicates"
        )
    return at, score


def _outside(name: str, what: str, given: float | None) -> float:
    """Return what the caller wants of a curve without the crossing, or say that it has none."""
    if given is None:
        raise ValueError(f"{name}: {what}")
    return given
