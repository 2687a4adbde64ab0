"""Maximum likelihood for thousands of curves at once: damped Fisher scoring, then Newton, in a box.

All arrays have the curves last, so that one NumPy call on a short row serves every curve. Curves
that have converged leave the arrays from time to time, so that a few slow ones do not hold up the
rest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol, Self

import numpy as np

from emergence_lib.fitting.batch import Batch, Likelihood, Rows
from emergence_lib.laws import Array, Flags

Bends = dict[tuple[int, int], Array]

STEPS = 200
CAUTIOUS = 3
"""First steps, which use Fisher's information: it leads downhill from everywhere."""
CONVERGED = 1e-8
"""Share of one plus the deviance that one more step could still gain."""
EASY = 1e-4
"""Damping at first."""
STUCK = 1e12
"""Damping at which a curve is given up: rounding hides what is left to gain."""


class Prediction(NamedTuple):
    """Scores that a model predicts, and how they change with its parameters.

    ``p`` is the score and ``q`` what it leaves to 1, shape (points, curves). What only a step needs
    is computed when asked for: ``slope`` returns the derivative of p by each parameter, shape
    (parameters, points, curves); ``bent`` takes weights of the points and the sums of the slopes
    under them, and returns the sums of the second derivatives that are not 0, by the numbers of
    two parameters.
    """

    p: Array
    q: Array
    slope: Callable[[], Array]
    bent: Callable[[Array, Array], Bends] = lambda *_: {}


class Model(Protocol):
    """A family of curves."""

    def __call__(self, theta: Array, data: Likelihood) -> tuple[Array, Prediction]:
        """Return parameters of shape (parameters, curves) and what they predict.

        The parameters are those given, or better ones where they can be had without iteration.
        """

    def take(self, rows: Rows) -> Self:
        """Return the model of some of the curves."""


def maximise(
    model: Model, batch: Batch, start: Array, low: Array, high: Array, patience: float = np.inf
) -> tuple[Array, Array]:
    """Return the parameters of least deviance, and that deviance, for every curve of a batch.

    Parameters
    ----------
    model : Model
    batch : Batch
        The scores, in the order of the model's curves.
    start : array, shape (parameters, curves) or (parameters, starts, curves)
        First guesses. Each is followed to its end, and the best of those is returned.
    low, high : array, shape (parameters, curves)
        The box; a parameter may end on an edge, where the rest are optimised.
    patience : float
        Steps like its last one that a start may be away from the best start of its curve; one
        that is farther behind is given up.

    Returns
    -------
    theta : array, shape (parameters, curves)
    deviance : array, shape (curves,)
    """
    starts, curves = start.shape[1:] if start.ndim == 3 else (1, len(batch))
    theta, best = start.reshape(len(start), -1).copy(), np.empty(starts * curves)
    rows, data, least = np.arange(starts * curves), batch.likelihood, np.full(curves, np.inf)
    if starts > 1:
        model, data = model.take(rows % curves), data.take(rows % curves)
        low, high = np.tile(low, starts), np.tile(high, starts)
    at, here = parabola(model, data, theta, low, high, exact=False)
    damping = np.full(rows.size, EASY)
    for count in range(1, STEPS + 1):
        step, gain = downhill(here, damping, at <= low, at >= high)
        moving = (gain > CONVERGED * (1 + here.deviance)) & (damping < STUCK)
        if patience < np.inf:
            np.minimum.at(least, rows % curves, here.deviance)
            moving &= (here.deviance - patience * gain <= least[rows % curves]) | (damping > EASY)
        if np.count_nonzero(moving) < 0.8 * moving.size:
            theta[:, rows], best[rows] = at, here.deviance
            live = np.flatnonzero(moving)
            rows, model, data = rows[live], model.take(live), data.take(live)
            here = Parabola(*(each[..., live] for each in here))
            at, step, low, high = (each[:, live] for each in (at, step, low, high))
            damping, moving = damping[live], moving[live]
        if not rows.size:
            break
        trial, there = parabola(model, data, at + step, low, high, exact=count >= CAUTIOUS)
        better = moving & (there.deviance <= here.deviance)
        damping = damped(damping, better)
        for old, new in zip((at, *here), (trial, *there), strict=True):
            np.copyto(old, new, where=better)
    theta[:, rows], best[rows] = at, here.deviance
    leader = np.argmin(best.reshape(starts, curves), axis=0) * curves + np.arange(curves)
    return theta[:, leader], best[leader]


class Parabola(NamedTuple):
    """Deviance of each curve, half its downhill gradient and half its Hessian."""

    deviance: Array
    gradient: Array
    hessian: Array


def parabola(
    model: Model, data: Likelihood, theta: Array, low: Array, high: Array, exact: bool
) -> tuple[Array, Parabola]:
    """Return parameters in the box, settled, and the deviance around them."""
    theta, (p, q, slopes, bent) = model(np.minimum(np.maximum(theta, low), high), data)
    slope = slopes()
    pull, weight = data.derivatives(p, q, exact)
    gradient = np.einsum("ipc,pc->ic", slope, pull)
    hessian = np.einsum("ipc,jpc->ijc", slope * weight, slope)
    if exact:
        for (i, j), bend in bent(pull, gradient).items():
            hessian[i, j] -= bend
            hessian[j, i] = hessian[i, j]
    return theta, Parabola(data.deviance(p, q), gradient, hessian)


def downhill(here: Parabola, damping: Array, at_low: Flags, at_high: Flags) -> tuple[Array, Array]:
    """Return the step of each curve and the deviance it would gain on the parabola."""
    # A parameter that is pushed against its edge stays; the others go on without it.
    held = (at_low & (here.gradient <= 0)) | (at_high & (here.gradient >= 0))
    # In units of its own curvature, or a parameter that hardly matters would drown in another's.
    unit = np.sqrt(np.maximum(np.abs(np.einsum("iic->ic", here.hessian)), 1e-100))
    scaled = here.hessian / unit / unit[:, None]
    step = _solve(scaled, here.gradient / unit, damping, ~held) / unit
    return step, np.einsum("ic,ic->c", step, here.gradient)


def damped(damping: Array, better: Flags) -> Array:
    """Return the damping of the next steps: less after a step that led downhill, else more."""
    return np.where(better, np.maximum(damping / 10, 1e-9), damping * 10)


def _solve(matrix: Array, right: Array, damping: Array, free: Flags) -> Array:
    """Solve a small symmetric system of unit diagonal for every curve, with damping added to it.

    Unknowns that are not free are 0. A pivot that is not positive changes sign, so that the
    solution always leads downhill.
    """
    size = len(right)
    table = np.concatenate([matrix, right[:, None]], axis=1)
    for j in range(size):
        pivot = np.maximum(np.abs(table[j, j] + damping), 1e-12)
        table[j, j + 1 :] *= free[j] / pivot
        table[j + 1 :, j + 1 :] -= table[j + 1 :, j, None] * table[j, j + 1 :]
    answer = table[:, size]
    for j in reversed(range(size - 1)):
        answer[j] -= np.einsum("ic,ic->c", table[j, j + 1 : size], answer[j + 1 :])
    return answer
