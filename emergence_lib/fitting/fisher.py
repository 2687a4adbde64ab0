"""Maximum likelihood for thousands of curves at once: damped Fisher scoring in a box.

One iteration moves every curve that has not converged; converged curves leave the arrays, so a few
slow ones do not hold up the rest.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from emergence_lib.fitting.batch import Batch

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

STEPS = 200
CONVERGED = 1e-11
"""Deviance that one more step could still gain."""
TINY = 1e-280


class Model(Protocol):
    """Predictions of a curve for given parameters."""

    def __call__(self, theta: Array, rows: Rows) -> tuple[Array, Array, Array]:
        """Return score, its rest to 1, both (curves, points), and (curves, parameters, points)."""


def maximise(
    model: Model, batch: Batch, start: Array, low: Array, high: Array
) -> tuple[Array, Array]:
    """Return the parameters of least deviance, and that deviance, for every curve of a batch.

    Parameters
    ----------
    model : callable
        `Model`; ``rows`` says which curves of the batch ``theta`` belongs to.
    start, low, high : array, shape (curves, parameters)
        First guess and the box; a parameter may end on an edge, where the rest are optimised.

    Returns
    -------
    theta : array, shape (curves, parameters)
    deviance : array, shape (curves,)
    """
    theta = np.clip(start, low, high)
    rows = np.arange(len(theta))
    at, data = theta.copy(), batch
    p, q, slope = _inside(*model(at, rows))
    lost = data.deviance(p, q)
    best = lost.copy()
    damping = np.full(len(rows), 1e-4)
    for _ in range(STEPS):
        step, gain = _step(data, p, q, slope, damping, at <= low[rows], at >= high[rows])
        moving = (gain > CONVERGED) & (damping < 1e12)
        if not moving.all():
            rows, at, lost, damping = rows[moving], at[moving], lost[moving], damping[moving]
            p, q, slope, step = p[moving], q[moving], slope[moving], step[moving]
            data = batch[rows]
        if not len(rows):
            break
        trial = np.clip(at + step, low[rows], high[rows])
        p_new, q_new, slope_new = _inside(*model(trial, rows))
        lost_new = data.deviance(p_new, q_new)
        better = lost_new <= lost
        damping = np.where(better, np.maximum(damping / 10, 1e-9), damping * 10)
        at[better], lost[better] = trial[better], lost_new[better]
        p[better], q[better], slope[better] = p_new[better], q_new[better], slope_new[better]
        theta[rows], best[rows] = at, lost
    return theta, best


def _inside(p: Array, q: Array, slope: Array) -> tuple[Array, Array, Array]:
    """Keep predictions off 0 and 1, where one wrong item would be infinitely surprising."""
    return np.maximum(p, TINY), np.maximum(q, TINY), slope


def _step(
    data: Batch,
    p: Array,
    q: Array,
    slope: Array,
    damping: Array,
    at_low: NDArray[np.bool_],
    at_high: NDArray[np.bool_],
) -> tuple[Array, Array]:
    """Return the step of each curve and the deviance it would gain on a parabola."""
    residual, information = data.pull(p, q)
    gradient = (slope @ residual[:, :, None])[:, :, 0]
    hessian = (slope * information[:, None, :]) @ slope.swapaxes(1, 2)
    # A parameter that is pushed against its edge stays; the others go on without it.
    held = (at_low & (gradient <= 0)) | (at_high & (gradient >= 0))
    gradient = np.where(held, 0.0, gradient)
    hessian = np.where(held[:, :, None] | held[:, None, :], 0.0, hessian)
    size = slope.shape[1]
    diagonal = hessian[:, range(size), range(size)]
    hessian[:, range(size), range(size)] = np.where(
        held, 1.0, diagonal * (1 + damping[:, None]) + TINY
    )
    # Scaled to ones on the diagonal: parameters of very different size solve equally well.
    unit = 1 / np.sqrt(hessian[:, range(size), range(size)])
    scaled = hessian * unit[:, :, None] * unit[:, None, :]
    scaled[:, range(size), range(size)] += 1e-12
    step = unit * np.linalg.solve(scaled, (unit * gradient)[:, :, None])[:, :, 0]
    return step, np.sum(step * gradient, axis=1)
