"""A line with one bend against a straight one, by least squares.

Scores of many models of many families scatter far more than counting explains, so the residuals
say how much; `criteria.aicc` then weighs the two parameters that a bend costs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from emergence_lib.fitting.criteria import aicc
from emergence_lib.laws import Array, logistic, logistic_width, within

ASIDE = 4
"""Points that must lie on either side of a bend."""
PLACES = 201
"""Places between them that are tried, evenly spaced."""
GENTLE = 1.0
"""Decades from 10% to 90% that an S-curve must take at least, to be called smooth here."""


@dataclass(frozen=True, eq=False)
class Bend:
    """A broken line through a cloud of points, and what it is worth.

    Attributes
    ----------
    gain : float
        How much AICc prefers the broken line to a straight one; negative if it does not.
    at : float
        Where it bends, in units of the first coordinate.
    before, after : float
        Slopes on either side.
    start : float
        Height at the first point; with groups, the mean over points of their groups' heights.
    levels : array, shape (points,)
        What each point's group stands above ``start``; zeros without groups.
    rest : float
        Sum of squares that the broken line leaves.
    """

    gain: float
    at: float
    before: float
    after: float
    start: float
    levels: Array
    rest: float

    def height(self, x: ArrayLike, first: float) -> Array:
        """Return the broken line at ``x``; ``first`` is the first coordinate it was fitted to."""
        x = np.asarray(x, dtype=float)
        more = (self.after - self.before) * np.maximum(x - self.at, 0)
        return self.start + self.before * (x - first) + more


def bend(
    x: ArrayLike,
    y: ArrayLike,
    groups: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> Bend:
    """Fit a straight line and a line with one bend.

    Parameters
    ----------
    x, y : array_like, shape (points,)
        At least ten points; ``x`` does not fall.
    groups : array_like of str, shape (points,), optional
        Each group then stands on a level of its own, under both lines; the slopes are common. A
        group of one point says nothing and is fitted exactly.
    weights : array_like, shape (points,), optional
        What the square of each residual counts, above 0; alike otherwise.

    Raises
    ------
    ValueError
        If there are too few points for both lines, or they are not in order.
    """
    x, y = within("x", x), within("y", y)
    if x.ndim != 1 or x.shape != y.shape or len(x) < 2 * ASIDE + 2 or (np.diff(x) < 0).any():
        raise ValueError(
            f"x, y: found shapes {x.shape} and {y.shape}, want two alike, (points,), at least "
            f"{2 * ASIDE + 2} points, x not falling"
        )
    if len(np.unique(x)) < 3:
        raise ValueError(f"x: found {len(np.unique(x))} different places, want three or more")
    names = np.zeros(len(x)) if groups is None else np.asarray(groups)
    if names.shape != x.shape:
        raise ValueError(f"groups: found shape {names.shape}, want {x.shape}, a name a point")
    _, member = np.unique(names, return_inverse=True)
    root = np.sqrt(within("weights", 1 if weights is None else weights, 0, open_low=True))
    root = np.broadcast_to(root, x.shape)[:, None]
    level = (member[:, None] == np.arange(member.max() + 1)).astype(float)
    straight = root * np.column_stack([level, x - x[0]])
    y = root[:, 0] * y
    # The spread of the residuals is a parameter too, as is the place of the bend.
    counts = straight.shape[1] + 1, straight.shape[1] + 3
    if len(x) < counts[1] + 2:
        raise ValueError(
            f"groups: found {len(x)} points for {counts[1]} parameters, want at least "
            f"{counts[1] + 2} points; join small groups or leave them out"
        )
    places = np.linspace(x[ASIDE], x[-ASIDE - 1], PLACES)
    hinge = root * np.maximum(x[:, None] - places, 0)
    # What the straight line leaves of the scores and of every bend; the rest is one slope each.
    within_line = np.linalg.qr(straight)[0]
    left = y - within_line @ (within_line.T @ y)
    turns = hinge - within_line @ (within_line.T @ hinge)
    best = int(np.argmax((turns.T @ left) ** 2 / np.sum(turns**2, axis=0)))
    broken = np.column_stack([straight, hinge[:, best]])
    *heights, before, more = fit = np.linalg.lstsq(broken, y)[0]
    rest = float(np.sum((y - broken @ fit) ** 2))
    # A line that fits exactly leaves rounding, which shall not be compared.
    tiny = len(x) * np.finfo(float).eps * float(np.sum((y - y.mean()) ** 2)) + np.finfo(float).tiny
    scores = [len(x) * float(np.log(max(each, tiny))) for each in (left @ left, rest)]
    worth = np.array([aicc(*each, len(x)) for each in zip(scores, counts, strict=True)], float)
    own = np.array(heights)[member]
    return Bend(
        gain=float(worth[0] - worth[1]),
        at=float(places[best]),
        before=float(before),
        after=float(before + more),
        start=float(own.mean()),
        levels=own - own.mean(),
        rest=rest,
    )


def against_curve(x: ArrayLike, y: ArrayLike) -> float:
    """Return how much AICc prefers a smooth S-curve to the line with one bend; negative if not.

    Both have four parameters beside the spread: the S-curve a floor, a height, a midpoint and a
    slope, found on a fine grid of the last two, no narrower than `GENTLE`.

    Parameters
    ----------
    x, y : array_like, shape (points,)
        As for `bend`; ``x`` in decades.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    corner = bend(x, y)
    steepest = float(logistic_width(1.0)) / GENTLE
    middles = np.linspace(x[0], x[-1] + 1, 241)
    middle, slope = np.meshgrid(middles, np.geomspace(0.5, steepest, 60))
    shape = logistic(x, middle.reshape(-1, 1), slope.reshape(-1, 1))
    shape = shape - shape.mean(axis=1, keepdims=True)
    away = y - y.mean()
    # Floor and height are least squares for each midpoint and slope.
    rest = np.sum(away**2) - (shape @ away) ** 2 / np.sum(shape**2, axis=1)
    return float(len(x) * np.log(corner.rest / rest.min()))
