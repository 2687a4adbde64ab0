"""The models an audit compares, fitted to all curves of a batch: flat, line, sigmoids, step."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emergence_lib import laws
from emergence_lib.fitting.batch import Batch
from emergence_lib.fitting.fisher import Rows, maximise
from emergence_lib.fitting.shapes import Shape

Array = NDArray[np.float64]

STEEPEST, WIDEST = 1 / 200, 20.0
"""Widths that are tried: from 1/200 of the closest gap, a step, to twenty times the whole range."""
LOWEST_CEILING = 0.02
"""Least height of a rise whose ceiling is free."""


@dataclass(frozen=True, eq=False)
class Level:
    """One score for all scales, or one below a split and one above it.

    ``low``, ``high`` and ``split`` (log10 of scale, half-way between two models) have one entry a
    curve; for a flat curve low and high are alike. ``parameters`` counts what was fitted.
    """

    low: Array
    high: Array
    split: Array
    deviance: Array
    parameters: int


def fit_flat(batch: Batch) -> Level:
    """Fit one constant score to each curve: the mean, weighted by items or precision."""
    mean = _average(batch.weight, batch.score)
    p = np.repeat(mean[:, None], batch.x.shape[1], axis=1)
    return Level(mean, mean, batch.x[:, 0], _deviance(batch, p), 1)


def fit_step(batch: Batch) -> Level:
    """Fit a step between two neighbouring models: every split is tried, both levels are free."""
    curves, points = batch.x.shape
    none = np.zeros(curves)
    best = Level(none, none, none, np.full(curves, np.inf), 3)
    for split in range(1, points):
        left = np.arange(points) < split
        low = _average(batch.weight * left, batch.score)
        high = _average(batch.weight * ~left, batch.score)
        lost = _deviance(batch, np.where(left, low[:, None], high[:, None]))
        # In the padding of a short row there is nothing on the right.
        better = (lost < best.deviance) & (batch.weight[:, split] > 0)
        middle = (batch.x[:, split - 1] + batch.x[:, split]) / 2
        best = Level(
            np.where(better, low, best.low),
            np.where(better, high, best.high),
            np.where(better, middle, best.split),
            np.where(better, lost, best.deviance),
            3,
        )
    return best


def _average(weight: Array, score: Array) -> Array:
    total = weight.sum(axis=1)
    return np.sum(weight * score, axis=1) / np.where(total > 0, total, 1)


def _deviance(batch: Batch, p: Array) -> Array:
    """Deviance of predictions that may be 0 or 1 where every score is."""
    tiny = 1e-280
    return batch.deviance(np.maximum(p, tiny), np.maximum(1 - p, tiny))


@dataclass(frozen=True, eq=False)
class Line:
    """Straight lines in log10 of scale, between 0 and 1 from the smallest model to the largest.

    ``first`` and ``last`` are the scores at the smallest and the largest model.
    """

    first: Array
    last: Array
    deviance: Array
    parameters: int = 2


def fit_line_batch(batch: Batch) -> Line:
    """Fit a straight line to each curve by maximum likelihood, given by its two ends."""
    t = _along(batch)
    slope = np.stack([1 - t, t], axis=1)

    def model(theta: Array, rows: Rows) -> tuple[Array, Array, Array]:
        columns = slope[rows]
        p = np.sum(theta[:, :, None] * columns, axis=1)
        return p, 1 - p, columns

    edge = 1e-9
    level = np.clip(fit_flat(batch).low, 0.05, 0.95)
    start = np.stack([level, level], axis=1)
    low, high = np.full_like(start, edge), np.full_like(start, 1 - edge)
    theta, lost = maximise(model, batch, start, low, high)
    return Line(theta[:, 0], theta[:, 1], lost)


def _along(batch: Batch) -> Array:
    """Place of each model between the smallest (0) and the largest (1)."""
    return (batch.x - batch.x[:, :1]) / batch.span[:, None]


@dataclass(frozen=True, eq=False)
class Sigmoids:
    """A sigmoid for each curve of a batch.

    Attributes
    ----------
    shape : Shape
    threshold : array, shape (curves,)
        log10 of the scale where half of the rise from floor to ceiling is done.
    width : array
        Decades from 10% to 90% of the rise.
    floor, ceiling : array
    deviance : array
    parameters : int
        Number of fitted parameters.
    """

    shape: Shape
    threshold: Array
    width: Array
    floor: Array
    ceiling: Array
    deviance: Array
    parameters: int

    def __getitem__(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Sigmoids:
        """Return the fits of some of the curves."""
        names = ("threshold", "width", "floor", "ceiling", "deviance")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})

    def predict(self, x: ArrayLike) -> Array:
        """Score at log10 scales ``x``, shape (points,) or (curves, points)."""
        steepness = self.shape.spread / self.width[:, None]
        z = self.shape.middle + steepness * (np.atleast_2d(x) - self.threshold[:, None])
        up = self.shape.parts(z)[0]
        return self.floor[:, None] + (self.ceiling - self.floor)[:, None] * up


class Rise:
    """A sigmoid model for `maximise`: z is an offset plus parameters times columns.

    The parameters are the coefficients of the columns, then the ceiling and the floor where these
    are free. ``pinned`` fixes the score at ``pin``: the offset then follows from the ceiling.
    """

    def __init__(
        self,
        shape: Shape,
        columns: Array,
        offset: Array,
        floor: Array,
        ceiling: Array | None,
        free_floor: bool = False,
        pinned: Array | None = None,
    ) -> None:
        self.shape, self.columns, self.offset = shape, columns, offset
        self.floor, self.ceiling, self.free_floor = floor, ceiling, free_floor
        self.pinned = pinned

    def __call__(self, theta: Array, rows: Rows) -> tuple[Array, Array, Array]:
        """Return predictions and gradient, as `fisher.Model` wants them."""
        columns = self.columns[rows]
        count = columns.shape[1]
        ceiling = theta[:, count] if self.ceiling is None else self.ceiling[rows]
        floor = theta[:, -1] if self.free_floor else self.floor[rows]
        height = (ceiling - floor)[:, None]
        offset, drift = self.offset[rows], None
        if self.pinned is not None:
            share = (self.pinned[rows] - floor)[:, None] / height
            offset = self.shape.inverse(share)
            drift = -share / (height * self.shape.parts(offset)[2])
        z = offset + np.sum(theta[:, :count, None] * columns, axis=1)
        up, down, rise = self.shape.parts(z)
        parts = [columns * (height * rise)[:, None, :]]
        if self.ceiling is None:
            parts.append((up if drift is None else up + height * rise * drift)[:, None, :])
        if self.free_floor:
            parts.append(down[:, None, :])
        p = floor[:, None] + height * up
        q = (1 - ceiling)[:, None] + height * down
        return p, q, np.concatenate(parts, axis=1)


def centred(batch: Batch) -> Array:
    """Return log10 scales with each curve's range shrunk to -1/2 .. 1/2."""
    return _along(batch) - 0.5


def steepness_box(batch: Batch, shape: Shape) -> tuple[Array, Array]:
    """Return the least and the greatest rise of z over the whole range of each curve."""
    return (
        np.full(len(batch), shape.spread / WIDEST),
        shape.spread * batch.span / (STEEPEST * batch.gap),
    )


def fit_sigmoid(
    batch: Batch,
    shape: Shape,
    ceiling: ArrayLike | None = 1.0,
    free_floor: bool = False,
) -> Sigmoids:
    """Fit a rising sigmoid to each curve by maximum likelihood.

    Parameters
    ----------
    batch : Batch
    shape : Shape
        `shapes.LOGISTIC`, `shapes.GOMPERTZ` or `shapes.all_right(length)`.
    ceiling : float, array of shape (curves,), or None
        The score far above the threshold; None fits it.
    free_floor : bool
        Fit the score far below the threshold instead of taking the chance level of the batch.

    Returns
    -------
    Sigmoids
        A curve that the data do not determine is still the likeliest one within the box of widths;
        `profile.threshold_interval` and `profile.width_interval` say what is determined.

    Raises
    ------
    ValueError
        If a ceiling is not above the floor, or above 1.
    """
    u = centred(batch)
    top = known_ceiling(batch, ceiling)
    columns = np.stack([np.ones_like(u), u], axis=1)
    model = Rise(shape, columns, np.zeros_like(u), batch.floor, top, free_floor)
    least, most = steepness_box(batch, shape)
    measured = batch.weight > 0
    highest = np.where(measured, batch.score, 0).max(axis=1)
    lowest = np.where(measured, batch.score, 1).min(axis=1)
    foot = np.clip(lowest - 0.02, 0, 0.9) if free_floor else batch.floor
    heads = [top] if top is not None else [np.minimum(highest + 0.02, 1.0), np.ones(len(batch))]
    tries = []
    for guess in heads:
        head = np.maximum(guess, foot + LOWEST_CEILING)
        start = [*_first_guess(batch, shape, u, foot, head)]
        low, high = [np.full(len(batch), -1e5), least], [np.full(len(batch), 1e5), most]
        if top is None:
            start.append(head)
            low.append(batch.floor + LOWEST_CEILING if not free_floor else lowest + LOWEST_CEILING)
            high.append(np.ones(len(batch)))
            low[-1] = np.minimum(low[-1], 1.0)
        if free_floor:
            start.append(foot)
            low.append(np.zeros(len(batch)))
            high.append(np.maximum(np.minimum(highest, 1 - LOWEST_CEILING), 0.0))
        tries.append(
            maximise(model, batch, *(np.stack(each, axis=1) for each in (start, low, high)))
        )
    theta, lost = tries[0]
    for other, other_lost in tries[1:]:
        better = other_lost < lost
        theta, lost = np.where(better[:, None], other, theta), np.where(better, other_lost, lost)
    place = (shape.middle - theta[:, 0]) / theta[:, 1]
    return Sigmoids(
        shape=shape,
        threshold=batch.x[:, 0] + (place + 0.5) * batch.span,
        width=shape.spread / theta[:, 1] * batch.span,
        floor=theta[:, -1] if free_floor else batch.floor,
        ceiling=theta[:, 2] if top is None else top,
        deviance=lost,
        parameters=theta.shape[1],
    )


def known_ceiling(batch: Batch, ceiling: ArrayLike | None) -> Array | None:
    """Return a fixed ceiling for each curve, or None."""
    if ceiling is None:
        return None
    top = np.broadcast_to(laws.within("ceiling", ceiling, 0, 1), len(batch))
    if np.any(top <= batch.floor):
        worst = int(np.argmin(top - batch.floor))
        raise ValueError(
            f"ceiling: found {top[worst]:g}, want above the floor {batch.floor[worst]:g}"
        )
    return top


def _first_guess(
    batch: Batch, shape: Shape, u: Array, floor: Array, ceiling: Array
) -> tuple[Array, Array]:
    """Return height and steepness of z from a straight line through the scores, turned into z."""
    share = (batch.score - floor[:, None]) / (ceiling - floor)[:, None]
    z = shape.inverse(np.clip(share, 0.02, 0.98))
    weight = (batch.weight > 0) / np.maximum(np.sum(batch.weight > 0, axis=1), 1)[:, None]
    u_mean, z_mean = np.sum(weight * u, axis=1), np.sum(weight * z, axis=1)
    away = u - u_mean[:, None]
    slope = np.sum(weight * away * z, axis=1) / np.sum(weight * away**2, axis=1)
    slope = np.maximum(slope, 1.0)
    return z_mean - slope * u_mean, slope
