"""The models an audit compares, fitted to all curves of a batch: flat, line, sigmoids, step."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emergence_lib import laws
from emergence_lib.fitting.batch import TINY, Batch, Likelihood, Rows, total
from emergence_lib.fitting.fisher import Bends, Prediction, maximise
from emergence_lib.fitting.shapes import Parts, Shape
from emergence_lib.laws import Array, Flags

STEEPEST, WIDEST = 1 / 200, 20.0
"""Widths that are tried: from 1/200 of the closest gap, a step, to twenty times the whole range."""
LEAST_REACH = 0.02
"""Share of the way from floor to 1 that a rise with a free ceiling covers at least."""
FARTHEST = 1e5
"""Bound on z at the middle of the range."""
EDGE = 1e-9
"""A line stays this far from 0 and 1."""
WIDTHS = 2.0, 0.5, 0.12
PLACES = -0.5, -0.25, 0.0, 0.25, 0.5
"""Widths and thresholds that are tried as a first guess; the unit is the range of scale."""


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

    def __getitem__(self, rows: NDArray[np.intp]) -> Level:
        """Return the fits of some of the curves."""
        names = ("low", "high", "split", "deviance")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})


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
    return batch.deviance(p, 1 - p)


@dataclass(frozen=True, eq=False)
class Line:
    """Straight lines in log10 of scale, between 0 and 1 from the smallest model to the largest.

    ``first`` and ``last`` are the scores at the smallest and the largest model.
    """

    first: Array
    last: Array
    deviance: Array
    parameters: int = 2

    def __getitem__(self, rows: NDArray[np.intp]) -> Line:
        """Return the fits of some of the curves."""
        return Line(self.first[rows], self.last[rows], self.deviance[rows], self.parameters)


def fit_line_batch(batch: Batch) -> Line:
    """Fit a straight line to each curve by maximum likelihood, given by its two ends."""
    level = np.clip(fit_flat(batch).low, 0.05, 0.95)
    start = np.stack([level, level])
    low, high = np.full_like(start, EDGE), np.full_like(start, 1 - EDGE)
    (first, last), lost = maximise(_Chord(_along(batch)), batch, start, low, high)
    return Line(first, last, lost)


class _Chord:
    """The straight line from one score to another, for `maximise`."""

    def __init__(self, along: Array) -> None:
        self.along = along

    def __call__(self, theta: Array, data: Likelihood) -> tuple[Array, Prediction]:
        first, last = theta
        p = first + (last - first) * self.along
        return theta, Prediction(p, 1 - p, lambda: np.stack([1 - self.along, self.along]))

    def take(self, rows: Rows) -> _Chord:
        return _Chord(self.along[:, rows])


def _along(batch: Batch) -> Array:
    """Return the place of models between the smallest (0) and the largest (1), curves last."""
    x = batch.x.T
    return np.ascontiguousarray((x - x[0]) / batch.span)


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

    def __getitem__(self, rows: NDArray[np.intp] | Flags) -> Sigmoids:
        """Return the fits of some of the curves."""
        names = ("threshold", "width", "floor", "ceiling", "deviance")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})

    def predict(self, x: ArrayLike) -> Array:
        """Score at log10 scales ``x``, shape (points,) or (curves, points)."""
        steepness = self.shape.spread / self.width[:, None]
        z = self.shape.middle + steepness * (np.atleast_2d(x) - self.threshold[:, None])
        up = self.shape.parts(z)[0]
        return self.floor[:, None] + (self.ceiling - self.floor)[:, None] * up


@dataclass(frozen=True, eq=False)
class Rise:
    """A sigmoid for `maximise`, with z an offset plus parameters times columns.

    The parameters are the coefficients of the columns; then, where it is free, the reach, which is
    the share of the way from floor to 1 that the rise covers; then the floor where it is free.

    Attributes
    ----------
    shape : Shape
    columns : array, shape (coefficients, points, curves)
    offset : array, broadcast to shape (points, curves)
    floor : array, shape (curves,)
        Not used where the floor is free.
    reach : array, shape (curves,), or None
        None if it is free.
    free_floor : bool
    """

    shape: Shape
    columns: Array
    offset: Array
    floor: Array
    reach: Array | None
    free_floor: bool = False

    def take(self, rows: Rows) -> Rise:
        """Return the model of some of the curves."""
        return replace(
            self,
            columns=self.columns[..., rows],
            offset=self.offset[..., rows],
            floor=self.floor[rows],
            reach=None if self.reach is None else self.reach[rows],
        )

    def __call__(self, theta: Array, data: Likelihood) -> tuple[Array, Prediction]:
        """Return predictions with their first and second derivatives; see `fisher.Model`."""
        size = len(self.columns)
        reach = theta[size] if self.reach is None else self.reach
        floor = theta[-1] if self.free_floor else self.floor
        z = self.offset + theta[0] * self.columns[0]
        for i in range(1, size):
            z += theta[i] * self.columns[i]
        parts = self.shape.parts(z)
        if len(theta) > size:
            # The score is linear in both ends: one step of weighted least squares nearly solves
            # for them, and so keeps the iteration on the floor of a curved valley.
            weight = data.information(*scores(floor, reach, parts))
            floor, reach = _ends(self, weight, data.score, parts)
            free = [reach] * (self.reach is None) + [floor] * self.free_floor
            theta = np.concatenate([theta[:size], free])
        room = 1 - floor
        height = room * reach

        def slope() -> Array:
            slope = np.empty((len(theta), *z.shape))
            np.multiply(parts.slope, height, out=slope[size - 1])
            for i in range(size):
                np.multiply(slope[size - 1], self.columns[i], out=slope[i])
            if self.reach is None:
                np.multiply(parts.up, room, out=slope[size])
            if self.free_floor:
                np.multiply(parts.down, reach, out=slope[-1])
                slope[-1] += 1 - reach
            return slope

        def bent(pull: Array, gradient: Array) -> Bends:
            curve = pull * parts.bend
            curve *= height
            bends = {}
            for i, column in enumerate(self.columns):
                curved = curve * column
                for j in range(i, size):
                    bends[i, j] = total(curved, self.columns[j])
                if self.reach is None:
                    bends[i, size] = gradient[i] / reach
                if self.free_floor:
                    bends[i, len(theta) - 1] = -gradient[i] / room
            if self.reach is None and self.free_floor:
                bends[size, size + 1] = -gradient[size] / room
            return bends

        return theta, Prediction(*scores(floor, reach, parts), slope, bent)


def scores(floor: Array, reach: Array, parts: Parts) -> tuple[Array, Array]:
    """Return the scores of a rise and what they leave to 1, without cancellation."""
    room = 1 - floor
    height = room * reach
    p, q = height * parts.up, height * parts.down
    p += floor
    q += room - height
    return p, q


def centred(batch: Batch) -> Array:
    """Return log10 scales, each curve's range shrunk to -1/2 .. 1/2; -> shape (points, curves)."""
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
    reach = known_reach(batch, ceiling, free_floor)
    model = Rise(shape, np.stack([np.ones_like(u), u]), np.zeros_like(u), batch.floor, reach)
    model = replace(model, free_floor=free_floor)
    least, most = steepness_box(batch, shape)
    wide, ones = np.full(len(batch), FARTHEST), np.ones(len(batch))
    low, high = [-wide, least], [wide, most]
    if reach is None:
        low.append(LEAST_REACH * ones)
        high.append(ones)
    if free_floor:
        low.append(0 * ones)
        high.append(ones - LEAST_REACH)
    theta, lost = _best_of(model, batch, u, np.stack(low), np.stack(high))
    floor = theta[-1] if free_floor else batch.floor
    place = (shape.middle - theta[0]) / theta[1]
    return Sigmoids(
        shape=shape,
        threshold=batch.x[:, 0] + (place + 0.5) * batch.span,
        width=shape.spread / theta[1] * batch.span,
        floor=floor,
        ceiling=floor + (1 - floor) * (theta[2] if reach is None else reach),
        deviance=lost,
        parameters=len(theta),
    )


def known_reach(batch: Batch, ceiling: ArrayLike | None, free_floor: bool = False) -> Array | None:
    """Return the share of the way from floor to 1 that a known ceiling leaves each curve."""
    if ceiling is None:
        return None
    top = np.broadcast_to(laws.within("ceiling", ceiling, 0, 1), len(batch))
    if free_floor and np.any(top < 1):
        raise ValueError(f"ceiling: found {top.min():g} with a free floor, want 1 or None")
    if np.any(top <= batch.floor):
        worst = int(np.argmin(top - batch.floor))
        raise ValueError(
            f"ceiling: found {top[worst]:g}, want above the floor {batch.floor[worst]:g}"
        )
    return (top - batch.floor) / (1 - batch.floor)


def _best_of(model: Rise, batch: Batch, u: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """Maximise from the best place of each width.

    All are followed: with exact scores the start that looks worst may lead to the best fit.
    """
    guesses = [_first_guess(model, batch, u, high[1], width) for width in WIDTHS]
    starts, costs = (np.stack(each) for each in zip(*guesses, strict=True))
    order = np.argsort(costs, axis=0, kind="stable")
    start = np.take_along_axis(starts.swapaxes(0, 1), order[None], axis=1)
    return maximise(model, batch, start, low, high)


def _first_guess(
    model: Rise, batch: Batch, u: Array, most: Array, width: float
) -> tuple[Array, Array]:
    """Return the best of a row of places for a rise of some width, and its deviance.

    Free ends of the rise are least squares there, weighted by the noise of the scores.
    """
    data = batch.likelihood
    weight = data.weight
    if data.binomial:
        # No score is so sure that it outweighs all others.
        safe = (weight * data.score + 0.5) / (weight + 1)
        weight = weight / (safe * (1 - safe))
    steep = np.minimum(model.shape.spread / width, most)
    best = np.full(len(batch), np.inf)
    guess = np.zeros((len(model.columns) + (model.reach is None) + model.free_floor, len(batch)))
    for place in PLACES:
        middle = model.shape.middle - steep * place
        parts = model.shape.parts(middle + steep * u)
        floor, reach = _ends(model, weight, data.score, parts)
        lost = data.deviance(*scores(floor, reach, parts))
        found = [middle, steep]
        if model.reach is None:
            found.append(reach)
        if model.free_floor:
            found.append(floor)
        np.copyto(guess, found, where=lost < best)
        np.minimum(best, lost, out=best)
    return guess, best


def _ends(model: Rise, weight: Array, y: Array, parts: Parts) -> tuple[Array, Array]:
    """Return the floor and the reach of the least squares for a given rise."""
    up, down, _, _ = parts
    high, most = weight * up, 1 - LEAST_REACH
    a, b, right = total(high, up), total(high, down), total(high, y)
    a = np.maximum(a, TINY)
    floor = model.floor
    if model.free_floor:
        low = weight * down
        c, left = np.maximum(total(low, down), TINY), total(low, y)
        floor = np.clip((left * a - right * b) / np.maximum(a * c - b * b, 1e-9 * a * c), 0, most)
        # A ceiling that wants to be above 1 stays there, and the floor makes do with that.
        floor = np.where(right - floor * b > a, np.clip((left - b) / c, 0, most), floor)
    if model.reach is not None:
        return np.clip((left - b) / c, 0, most) if model.free_floor else floor, model.reach
    ceiling = (right - floor * b) / a
    return floor, np.clip((ceiling - floor) / (1 - floor), LEAST_REACH, 1)
