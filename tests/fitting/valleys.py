"""The profile of a threshold or a width by brute force: dense grids that close in, valleys and all.

Scores are shares of items right.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import special

from emergence_lib.fitting.batch import Batch
from emergence_lib.fitting.models import LEAST_REACH, steepness_box
from emergence_lib.fitting.shapes import Shape

Array = NDArray[np.float64]
Profile = Callable[[Batch, Shape, bool, Array], Array]
"""From one curve, a shape, whether its ceiling is free, and values, to the deviance of each."""
ZOOMS, ZOOM = 8, 21
"""Rounds of grids that close in on the best value, and the values of each."""
HALVINGS = 32
LEAST = 1e-200
"""Shares below this count as this, so that nothing overflows."""
RISES: dict[str, Callable[[Array], Array]] = {
    "logistic": special.expit,
    "Gompertz": lambda z: np.exp(-np.exp(np.minimum(-z, 600))),
}


def by_threshold(batch: Batch, shape: Shape, free: bool, place: Array) -> Array:
    """Return the least deviance of one curve for some thresholds, whatever its steepness."""
    low, high = (np.log(float(each[0])) for each in steepness_box(batch, shape))

    def lost(grid: Array) -> Array:
        steep = np.exp(grid)[..., None] / batch.span
        z = shape.middle + steep * (batch.x[0] - place[:, None, None])
        return _lost(batch, np.maximum(RISES[shape.name](z), LEAST), free)

    return _least(lost, np.broadcast_to(np.linspace(low, high, 250), (place.size, 250)))


def by_width(batch: Batch, shape: Shape, free: bool, width: Array) -> Array:
    """Return the least deviance of one curve for some widths, whatever its threshold."""
    near, far = np.linspace(-0.8, 0.8, 321), np.geomspace(0.81, 1e3, 40)
    middle = batch.x[0].mean()
    places = middle + np.concatenate([-far[::-1], near, far]) * batch.span

    def lost(grid: Array) -> Array:
        z = shape.middle + shape.spread / width[:, None, None] * (batch.x[0] - grid[..., None])
        return _lost(batch, np.maximum(RISES[shape.name](z), LEAST), free)

    # A narrow rise may lie right at a model.
    at = batch.x[0, :, None] + width[:, None, None] * np.linspace(-1, 1, 9)
    every = np.broadcast_to(places, (width.size, places.size))
    return _least(
        lost, np.sort(np.concatenate([every, at.reshape(width.size, -1)], axis=1), axis=1)
    )


def _least(lost: Callable[[Array], Array], grid: Array) -> Array:
    """Return the least of a function for every row of a grid, by closing in on its best three."""
    values = lost(grid)
    inner = np.pad(values, ((0, 0), (1, 1)), constant_values=np.inf)
    valleys = np.where((values <= inner[:, :-2]) & (values <= inner[:, 2:]), values, np.inf)
    least = values.min(axis=1)
    for rank in range(3):
        at = np.argsort(valleys, axis=1)[:, rank, None]
        left = np.take_along_axis(grid, np.maximum(at - 1, 0), axis=1)
        right = np.take_along_axis(grid, np.minimum(at + 1, grid.shape[1] - 1), axis=1)
        for _ in range(ZOOMS):
            near = left + (right - left) * np.linspace(0, 1, ZOOM)
            values = lost(near)
            best = np.argmin(values, axis=1)[:, None]
            least = np.minimum(least, values.min(axis=1))
            left = np.take_along_axis(near, np.maximum(best - 1, 0), axis=1)
            right = np.take_along_axis(near, np.minimum(best + 1, ZOOM - 1), axis=1)
    return least


def _lost(batch: Batch, rise: Array, free: bool) -> Array:
    """Return the deviance of rises of shape (..., points), with the ceiling that suits each."""
    y, weight, floor = batch.score[0], batch.weight[0], float(batch.floor[0])
    low, high = np.full(rise.shape[:-1], LEAST_REACH), np.ones(rise.shape[:-1])
    # Its likelihood is concave in the reach: halve to where the slope changes sign.
    for _ in range(HALVINGS if free else 0):
        reach = (low + high) / 2
        p = floor + (1 - floor) * reach[..., None] * rise
        with np.errstate(divide="ignore", invalid="ignore"):
            pull = np.where(p > 0, y / p, 0) - np.where(y < 1, (1 - y) / (1 - p), 0)
        up = np.where(rise > 0, pull * rise, 0) @ weight > 0
        low, high = np.where(up, reach, low), np.where(up, high, reach)
    reach = high if free else np.ones_like(high)
    p = floor + (1 - floor) * reach[..., None] * rise
    return np.asarray(2 * (special.rel_entr(y, p) + special.rel_entr(1 - y, 1 - p)) @ weight)
