"""A line with one bend against a straight one, by least squares.

Scores of many models of many families scatter far more than counting explains, so the residuals
say how much; `criteria.aicc` then weighs the two parameters that a bend costs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from emergence_lib.fitting.criteria import aicc
from emergence_lib.laws import Array, within

ASIDE = 4
"""Points that must lie on either side of a bend."""
PLACES = 201
"""Places between them that are tried, evenly spaced."""


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


def bend(x: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None) -> Bend:
    """Fit a straight line and a line with one bend.

    Parameters
    ----------
    x, y : array_like, shape (points,)
        At least ten points; ``x`` does not fall.
    groups : array_like of str, shape (points,), optional
        Each group then stands on a level of its own, under both lines; the slopes are common. A
        group of one point says nothing and is fitted exactly.

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
    names = np.zeros(len(x)) if groups is None else np.asarray(groups)
    _, member = np.unique(names, return_inverse=True)
    level = (member[:, None] == np.arange(member.max() + 1)).astype(float)
    straight = np.column_stack([level, x - x[0]])
    rests, fits, places = [], [], np.linspace(x[ASIDE], x[-ASIDE - 1], PLACES)
    for at in places:
        broken = np.column_stack([straight, np.maximum(x - at, 0)])
        fits.append(np.linalg.lstsq(broken, y)[0])
        rests.append(np.sum((y - broken @ fits[-1]) ** 2))
    best = int(np.argmin(rests))
    left = np.sum((y - straight @ np.linalg.lstsq(straight, y)[0]) ** 2)
    # The spread of the residuals is a parameter too, as is the place of the bend.
    worth = _aicc(left, straight.shape[1] + 1, len(x))
    worth -= _aicc(rests[best], straight.shape[1] + 3, len(x))
    *heights, before, more = fits[best]
    own = np.array(heights)[member]
    return Bend(
        gain=float(worth),
        at=float(places[best]),
        before=float(before),
        after=float(before + more),
        start=float(own.mean()),
        levels=own - own.mean(),
        rest=float(rests[best]),
    )


def _aicc(rest: float, parameters: int, points: int) -> float:
    """Return AICc of a least-squares fit, or say that there are too few points for it."""
    worth = aicc(points * float(np.log(rest / points)), parameters, points)
    if worth is None:
        raise ValueError(
            f"groups: found {points} points for {parameters} parameters, want at least "
            f"{parameters + 2} points; join small groups or leave them out"
        )
    return worth
