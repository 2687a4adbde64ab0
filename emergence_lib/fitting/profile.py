"""Profile-likelihood intervals for where a sigmoid rises, how steeply, and what it says next.

For each value of the quantity in question the rest of the curve is fitted anew; the interval holds
the values whose deviance stays below a target. Its ends are found by root-finding. An end that the
data do not bound is *open*: the number given is then only where the search stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emergence_lib.fitting.batch import Batch, Likelihood, total
from emergence_lib.fitting.fisher import Model, Prediction, maximise
from emergence_lib.fitting.models import (
    LEAST_REACH,
    STEEPEST,
    WIDEST,
    Rise,
    Sigmoids,
    centred,
    scores,
    steepness_box,
)
from emergence_lib.fitting.shapes import FAR, Shape
from emergence_lib.laws import Array, Flags

Rows = NDArray[np.intp]
Refit = Callable[[Array, Rows, Array], tuple[Array, Array]]
"""From values of the quantity, the curves they are for, and starts for the rest of the curve,
shape (starts, parameters, curves), to the rest that fits best and its deviance."""

BEYOND = 2.0
"""Ranges of scale beyond the smallest and largest model where a threshold is looked for."""
CLIMBS = 36
"""Steepnesses that start a profile."""
ENDS = 1e-6
"""A score is looked for no closer than this to floor and ceiling."""
FOLLOWED = 5
"""Starts that a search follows to their end."""
FIRST = 0.1
"""Share of the way to the search's bound that is tried first."""
CLOSE = 1e-8
"""Share of the way, or miss in the root of the deviance, at which the search ends."""
MOST = 100
"""Steps of one search."""
FARTHEST = 1e4
"""Bound on a threshold in ranges of scale from the middle, for a given width."""


@dataclass(frozen=True, eq=False)
class Interval:
    """Ends of an interval for each curve, and whether the data leave an end open."""

    low: Array
    high: Array
    open_low: Flags
    open_high: Flags

    def __getitem__(self, rows: NDArray[np.intp] | Flags) -> Interval:
        """Return the intervals of some of the curves."""
        return Interval(self.low[rows], self.high[rows], self.open_low[rows], self.open_high[rows])

    def put(self, rows: NDArray[np.intp], other: Interval) -> None:
        """Replace the intervals of some of the curves."""
        for name in ("low", "high", "open_low", "open_high"):
            getattr(self, name)[rows] = getattr(other, name)

    def union(self, other: Interval) -> Interval:
        """Return the smallest intervals that hold both."""
        low = np.where(self.low <= other.low, self.open_low, other.open_low)
        high = np.where(self.high >= other.high, self.open_high, other.open_high)
        return Interval(
            np.minimum(self.low, other.low), np.maximum(self.high, other.high), low, high
        )


def threshold_interval(
    batch: Batch, fit: Sigmoids, target: Array, ceiling_free: bool = False
) -> Interval:
    """Return the log10 scales at which half the rise can lie, shape (curves,).

    Parameters
    ----------
    batch : Batch
    fit : Sigmoids
        The fit of these curves.
    target : array, shape (curves,)
        Deviance up to which a value is kept: that of the best fit plus a critical value.
    ceiling_free : bool
        Fit the ceiling anew at every threshold.

    References
    ----------
    brown2001interval for the alternatives; the method is the likelihood ratio's.
    """
    u, reach = centred(batch), _reach(batch, fit)
    low, high = steepness_box(batch, fit.shape)
    steep, fitted = _standard(batch, fit)
    climbs = np.geomspace(low, high, CLIMBS)

    def refit(place: Array, rows: Rows, start: Array) -> tuple[Array, Array]:
        model = Rise(
            shape=fit.shape,
            columns=(u[:, rows] - place)[None],
            offset=np.full((1, len(rows)), fit.shape.middle),
            floor=batch.floor[rows],
            reach=None if ceiling_free else reach[rows],
        )
        free = reach[rows] if ceiling_free else None
        starts, *box = _rest(climbs[:, rows], low[rows], high[rows], free)
        return _best(model, batch[rows], [*start, *starts], *box)

    edge = np.full(len(batch), 0.5 + BEYOND)
    best, home = np.clip(fitted, -edge, edge), np.stack([steep, reach][: 1 + ceiling_free])
    found = _interval(refit, best, home, -edge, edge, target, fit.deviance)
    shift = batch.x[:, 0] + 0.5 * batch.span
    return Interval(
        shift + found.low * batch.span,
        shift + found.high * batch.span,
        found.open_low,
        found.open_high,
    )


def width_interval(
    batch: Batch, fit: Sigmoids, target: Array, ceiling_free: bool = False
) -> Interval:
    """Return the widths from 10% to 90% of the rise, in decades, that the data allow.

    An open low end means that a step between two models fits as well; an open high end, that the
    rise may go on without end. Arguments as in `threshold_interval`.
    """
    u, reach = centred(batch), _reach(batch, fit)
    between = (u[1:] + u[:-1]) / 2
    beyond = np.array([-BEYOND, -1.0, -0.5, -0.2, 0.2, 0.5, 1.0, BEYOND])
    outside = np.repeat((np.sign(beyond) * 0.5 + beyond)[:, None], len(batch), axis=1)
    fitted = _standard(batch, fit)[1]
    places = np.concatenate([u, between, outside])

    def refit(log_width: Array, rows: Rows, start: Array) -> tuple[Array, Array]:
        steep = fit.shape.spread / np.exp(log_width) * batch.span[rows]
        model = Rise(
            shape=fit.shape,
            columns=np.broadcast_to(-steep, (1, len(u), len(rows))),
            offset=fit.shape.middle + steep * u[:, rows],
            floor=batch.floor[rows],
            reach=None if ceiling_free else reach[rows],
        )
        far = np.full(len(rows), FARTHEST)
        free = reach[rows] if ceiling_free else None
        starts, *box = _rest(places[:, rows], -far, far, free)
        return _best(model, batch[rows], [*start, *starts], *box)

    found = _interval(
        refit,
        np.log(fit.width),
        np.stack([fitted, reach][: 1 + ceiling_free]),
        np.log(STEEPEST * batch.gap),
        np.log(WIDEST * batch.span),
        target,
        fit.deviance,
    )
    return Interval(np.exp(found.low), np.exp(found.high), found.open_low, found.open_high)


def score_interval(
    batch: Batch, fit: Sigmoids, x: Array, target: Array, ceiling_free: bool = False
) -> Interval:
    """Return the scores that the curve may have at log10 scales ``x``, shape (curves,).

    The interval is for the curve itself: a measured score scatters around it by its own noise.
    Other arguments as in `threshold_interval`.
    """
    u, reach, inverse = centred(batch), _reach(batch, fit), fit.shape.inverse
    place = (x - batch.x[:, 0]) / batch.span - 0.5
    low, high = steepness_box(batch, fit.shape)
    steep = _standard(batch, fit)[0]
    climbs = np.geomspace(low, high, CLIMBS)
    top = np.ones(len(batch)) if ceiling_free else fit.ceiling
    height = top - batch.floor
    bottom, head = batch.floor + ENDS * height, top - 2 * ENDS * height

    def refit(score: Array, rows: Rows, start: Array) -> tuple[Array, Array]:
        model = _Pinned(fit.shape, u[:, rows] - place[rows], batch.floor[rows], score)
        # The higher the ceiling, the less of the rise is done where the score is pinned.
        share = (score - batch.floor[rows]) / height[rows]
        least = inverse(share)
        most = np.full(len(rows), FAR) if ceiling_free else least
        heights = [least, least + fit.shape.spread, least + 3 * fit.shape.spread]
        starts = [*start]
        for each in heights if ceiling_free else heights[:1]:
            starts += [np.stack([climb, each]) for climb in climbs[:, rows]]
        box = np.stack([low[rows], least]), np.stack([high[rows], most])
        return _best(model, batch[rows], starts, *box)

    fitted = np.clip(fit.predict(x[:, None])[:, 0], bottom, head)
    share = np.minimum((fitted - batch.floor) / (reach * (1 - batch.floor)), 1 - ENDS)
    home = np.stack([steep, inverse(share)])
    return _interval(refit, fitted, home, bottom, head, target, fit.deviance)


@dataclass(frozen=True, eq=False)
class _Pinned:
    """A rise through a given score where `column` is 0; for `maximise`.

    Its parameters are the steepness and the z of that point, from which the ceiling follows.
    """

    shape: Shape
    column: Array
    floor: Array
    pin: Array

    def take(self, rows: Rows | Flags) -> _Pinned:
        column = self.column[:, rows]
        return _Pinned(self.shape, column, self.floor[rows], self.pin[rows])

    def __call__(self, theta: Array, data: Likelihood) -> tuple[Array, Prediction]:
        steep, z = theta
        parts = self.shape.parts(z + steep * self.column)
        here = self.shape.parts(z)
        height = (self.pin - self.floor) / here.up
        up, slope, bend = height * parts.up, height * parts.slope, height * parts.bend
        shrink = here.slope / here.up
        fall = 2 * shrink**2 - here.bend / here.up
        return theta, Prediction(
            *scores(self.floor, height / (1 - self.floor), parts),
            lambda: np.stack([self.column * slope, slope - shrink * up]),
            lambda pull, _: {
                (0, 0): total(pull, self.column**2 * bend),
                (0, 1): total(pull, self.column * (bend - shrink * slope)),
                (1, 1): total(pull, bend - 2 * shrink * slope + fall * up),
            },
        )


def _standard(batch: Batch, fit: Sigmoids) -> tuple[Array, Array]:
    """Return steepness and threshold of a fit in units of each curve's range."""
    steep = fit.shape.spread / fit.width * batch.span
    return steep, (fit.threshold - batch.x[:, 0]) / batch.span - 0.5


def _reach(batch: Batch, fit: Sigmoids) -> Array:
    if np.any(fit.floor != batch.floor):
        raise ValueError("fit: found a fitted floor, want the chance level of the batch")
    return (fit.ceiling - batch.floor) / (1 - batch.floor)


def _best(
    model: Model, batch: Batch, starts: Sequence[Array], low: Array, high: Array
) -> tuple[Array, Array]:
    """Maximise from the most promising of many starts.

    A steep rise has a maximum in every gap between two models, so one start is not enough.
    """
    many, curves = len(starts), len(batch)
    rows = np.tile(np.arange(curves), many)
    data = batch.likelihood.take(rows)
    first = np.clip(np.concatenate(starts, axis=1), low[:, rows], high[:, rows])
    settled, (p, q, *_) = model.take(rows)(first, data)
    lost = data.deviance(p, q).reshape(many, curves)
    promising = np.argsort(lost, axis=0, kind="stable")[:FOLLOWED]
    start = np.take_along_axis(settled.reshape(-1, many, curves), promising[None], axis=1)
    return maximise(model, batch, start, low, high)


def _rest(
    one: Array, low: Array, high: Array, reach: Array | None
) -> tuple[list[Array], Array, Array]:
    """Return starts and the box for one coefficient, and for the reach if one is given."""
    if reach is None:
        return [each[None] for each in one], low[None], high[None]
    full = np.ones_like(reach)
    starts = [np.stack([each, some]) for some in (reach, full) for each in one]
    return starts, np.stack([low, LEAST_REACH * full]), np.stack([high, full])


def _interval(
    refit: Refit,
    best: Array,
    home: Array,
    lowest: Array,
    highest: Array,
    target: Array,
    deviance: Array,
) -> Interval:
    """Find on both sides of the best value where the profile meets the target.

    ``home`` is the rest of the curve at the best value, for the first search to start from.
    Curves whose own fit lies above the target have no interval: both ends are the best value.
    """
    bound, end = np.stack([lowest, highest]), np.stack([best, best])
    is_open = (deviance < target) & (bound == best)
    # Both sides at once; a curve that is searched on both is in `rows` twice.
    sides, rows = np.nonzero((deviance < target) & (bound != best))
    if rows.size:
        rest, lost = refit(bound[sides, rows], rows, home[None][..., rows])
        inside = lost <= target[rows]
        within = sides[inside], rows[inside]
        end[within], is_open[within] = bound[within], True
        sides, rows, rest = sides[~inside], rows[~inside], rest[:, ~inside]
    if rows.size:
        limits = best[rows], bound[sides, rows], deviance[rows], target[rows]
        end[sides, rows] = _cross(refit, rows, home[:, rows], rest, *limits)
    return Interval(end[0], end[1], is_open[0], is_open[1])


def _cross(
    refit: Refit,
    rows: Rows,
    home: Array,
    outer: Array,
    best: Array,
    bound: Array,
    deviance: Array,
    target: Array,
) -> Array:
    """Return where the profile of some curves meets their target, between best value and bound.

    The root of the deviance lost since the best value is nearly a straight line: the secant finds
    its crossing in a few steps. Where it does not halve the miss, the bracket is halved instead.
    """
    found = best.copy()
    live = np.arange(len(rows))  # the entries of `found` that the arrays below belong to
    aim, close = np.sqrt(target - deviance), CLOSE * np.abs(bound - best)
    near, far = best, bound  # values below and above the target
    rests = np.stack([home, outer])  # what the rest of the curve was there
    last, last_miss = best, -aim
    value = best + FIRST * (bound - best)
    for _ in range(MOST):
        rest, lost = refit(value, rows, rests)
        miss = np.sqrt(np.maximum(lost - deviance, 0)) - aim
        below = miss <= 0
        near, far = np.where(below, value, near), np.where(below, far, value)
        rests = np.where([below[None], ~below[None]], rest, rests)
        change = miss - last_miss
        run = np.divide(value - last, change, out=np.zeros_like(change), where=change != 0)
        onwards = value - miss * run
        good = (onwards - near) * (onwards - far) < 0
        good &= (np.abs(miss) < np.abs(last_miss) / 2) | (last == best)
        done = (np.abs(miss) < CLOSE) | (np.abs(far - near) < close)
        found[live[done]] = value[done]
        last, last_miss, value = value, miss, np.where(good, onwards, (near + far) / 2)
        if done.all():
            return found
        go = ~done
        live, rows, rests = live[go], rows[go], rests[..., go]
        aim, close, deviance, best = aim[go], close[go], deviance[go], best[go]
        near, far, last, last_miss, value = near[go], far[go], last[go], last_miss[go], value[go]
    found[live] = value
    return found
