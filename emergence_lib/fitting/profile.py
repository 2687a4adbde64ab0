"""Profile-likelihood intervals for where a sigmoid rises, how steeply, and what it says next.

For each value of the quantity in question the rest of the curve is fitted anew; the interval holds
the values whose deviance stays below a target. Its ends are found by root-finding. An end that the
data do not bound is *open*: the number given is then only where the search stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import elementwise

from emergence_lib.fitting.batch import Batch
from emergence_lib.fitting.fisher import Rows, maximise
from emergence_lib.fitting.models import (
    LOWEST_CEILING,
    STEEPEST,
    WIDEST,
    Rise,
    Sigmoids,
    centred,
    steepness_box,
)

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Profile = Callable[[Array, Rows], Array]

BEYOND = 2.0
"""Ranges of scale beyond the smallest and largest model where a threshold is looked for."""
CLIMBS = 12
"""Steepnesses that start a profile."""
ENDS = 1e-6
"""A score is looked for no closer than this to floor and ceiling."""


@dataclass(frozen=True, eq=False)
class Interval:
    """Ends of an interval for each curve, and whether the data leave an end open."""

    low: Array
    high: Array
    open_low: Flags
    open_high: Flags

    def __getitem__(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Interval:
        """Return the intervals of some of the curves."""
        return Interval(self.low[rows], self.high[rows], self.open_low[rows], self.open_high[rows])

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
    u = centred(batch)
    ones = np.ones((len(batch), 1, 1))
    fitted = (fit.threshold - batch.x[:, 0]) / batch.span - 0.5
    steep = fit.shape.spread / fit.width * batch.span
    low, high = steepness_box(batch, fit.shape)

    def profile(place: Array, rows: Rows) -> Array:
        part = batch[rows]
        model = Rise(
            fit.shape,
            (u[rows] - place[:, None])[:, None, :],
            ones[rows, 0] * fit.shape.middle,
            part.floor,
            None if ceiling_free else fit.ceiling[rows],
        )
        starts = np.concatenate([_climbs(low[rows], high[rows]), steep[rows, None]], axis=1)
        return _best(model, part, starts, low[rows], high[rows], fit.ceiling[rows])

    edge = np.full(len(batch), 0.5 + BEYOND)
    found = _interval(profile, np.clip(fitted, -edge, edge), -edge, edge, target, fit.deviance)
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
    u = centred(batch)
    ones = np.ones_like(u)[:, None, :]
    fitted = (fit.threshold - batch.x[:, 0]) / batch.span - 0.5

    def profile(log_width: Array, rows: Rows) -> Array:
        part = batch[rows]
        steep = fit.shape.spread / np.exp(log_width) * part.span
        model = Rise(
            fit.shape,
            ones[rows],
            steep[:, None] * u[rows],
            part.floor,
            None if ceiling_free else fit.ceiling[rows],
        )
        places = np.concatenate([_places(u[rows]), fitted[rows, None]], axis=1)
        wide = np.full(len(rows), 1e5)
        return _best(
            model, part, fit.shape.middle - steep[:, None] * places, -wide, wide, fit.ceiling[rows]
        )

    found = _interval(
        profile,
        np.log(fit.width),
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
    u = centred(batch)
    place = (x - batch.x[:, 0]) / batch.span - 0.5
    low, high = steepness_box(batch, fit.shape)
    steep = fit.shape.spread / fit.width * batch.span
    top = np.ones(len(batch)) if ceiling_free else fit.ceiling

    def profile(score: Array, rows: Rows) -> Array:
        part = batch[rows]
        model = Rise(
            fit.shape,
            (u[rows] - place[rows, None])[:, None, :],
            np.zeros((len(rows), 1)),
            part.floor,
            None if ceiling_free else fit.ceiling[rows],
            pinned=score,
        )
        starts = np.concatenate([_climbs(low[rows], high[rows]), steep[rows, None]], axis=1)
        above = score + ENDS * (1 - score)
        ceiling = np.maximum(fit.ceiling[rows], above)
        return _best(model, part, starts, low[rows], high[rows], ceiling, lowest_ceiling=above)

    height = top - batch.floor
    bottom, head = batch.floor + ENDS * height, top - 2 * ENDS * height
    fitted = np.clip(fit.predict(x[:, None])[:, 0], bottom, head)
    return _interval(profile, fitted, bottom, head, target, fit.deviance)


def _climbs(low: Array, high: Array) -> Array:
    """Return steepnesses between two bounds, evenly in their logarithm."""
    return np.geomspace(low, high, CLIMBS, axis=1)


def _places(u: Array) -> Array:
    """Return thresholds to start from: at and between the models, and beyond them."""
    between = (u[:, 1:] + u[:, :-1]) / 2
    beyond = np.array([-BEYOND, -1.0, -0.5, -0.2, 0.2, 0.5, 1.0, BEYOND])
    outside = np.sign(beyond) * 0.5 + beyond
    return np.concatenate([u, between, np.broadcast_to(outside, (len(u), len(outside)))], axis=1)


def _best(
    model: Rise,
    batch: Batch,
    starts: Array,
    low: Array,
    high: Array,
    ceiling: Array,
    lowest_ceiling: Array | None = None,
) -> Array:
    """Return the least deviance over one coefficient (and a free ceiling), from the best start."""
    curves, tries = starts.shape
    rows = np.repeat(np.arange(curves), tries)
    theta = [starts.reshape(-1)]
    box = [(low, high)]
    if model.ceiling is None:
        theta.append(np.repeat(ceiling, tries))
        least = batch.floor + LOWEST_CEILING if lowest_ceiling is None else lowest_ceiling
        box.append((np.minimum(least, 1.0), np.ones(curves)))
    grid = np.stack(theta, axis=1)
    p, q, _ = model(grid, rows)
    lost = batch[rows].deviance(np.maximum(p, 1e-280), np.maximum(q, 1e-280))
    chosen = lost.reshape(curves, tries).argmin(axis=1) + np.arange(curves) * tries
    lows, highs = (np.stack([each[side] for each in box], axis=1) for side in (0, 1))
    return maximise(model, batch, grid[chosen], lows, highs)[1]


def _interval(
    profile: Profile, best: Array, lowest: Array, highest: Array, target: Array, deviance: Array
) -> Interval:
    """Find on both sides of the best value where the profile meets the target.

    Curves whose own fit lies above the target have no interval: both ends are the best value.
    """
    ends, opens = [], []
    for bound in (lowest, highest):
        end, is_open = best.copy(), (deviance < target) & (bound == best)
        rows = np.flatnonzero((deviance < target) & (bound != best))
        if len(rows):
            inside = profile(bound[rows], rows) <= target[rows]
            end[rows[inside]], is_open[rows[inside]] = bound[rows[inside]], True
            rows = rows[~inside]
        if len(rows):
            end[rows] = _cross(profile, best, bound, target, rows)
        ends.append(end)
        opens.append(is_open)
    return Interval(ends[0], ends[1], opens[0], opens[1])


def _cross(profile: Profile, best: Array, bound: Array, target: Array, rows: Rows) -> Array:
    """Return where the profile of some curves meets their target, between best value and bound."""

    def excess(value: Array, row: Array) -> Array:
        at = row.astype(np.intp).ravel()
        return (profile(np.ravel(value), at) - target[at]).reshape(np.shape(value))

    found = elementwise.find_root(
        excess,
        (best[rows], bound[rows]),
        args=(rows.astype(float),),
        tolerances={"xatol": 1e-9, "xrtol": 0, "fatol": 1e-9, "frtol": 0},
        maxiter=100,
    )
    return found.x
