"""Profile-likelihood intervals for where a sigmoid rises, how steeply, and what it says next.

For each value of the quantity in question the rest of the curve is fitted anew; the interval holds
the values whose deviance stays below a target. Its ends are found by root-finding: the best rest is
followed from value to value, and only at the end looked for everywhere. Where it is not the best
one there, the search is done over and looks everywhere at each value, which takes ten times as
long. Where the profile meets its target more than once, as steep rises between two models make it,
the end is one of these places. An end that the data do not bound is *open*: the number given is
then only where the search stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from emergence_lib.fitting.batch import Batch, Likelihood, total
from emergence_lib.fitting.fisher import (
    EASY,
    STUCK,
    Model,
    Parabola,
    Prediction,
    damped,
    downhill,
    maximise,
    parabola,
)
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
from emergence_lib.fitting.shapes import Shape
from emergence_lib.laws import Array, Flags

Rows = NDArray[np.intp]
Pin = Callable[[Array, Rows], tuple[Model, Array, Array]]
"""From values of the quantity, and the curves they are for, to the family of curves with that value
and the box of its parameters, the rest of the curve."""
Tries = Callable[[Array, Rows], Array]
"""From the same to starts for that rest, shape (ways, values, parameters, curves): values of one
parameter, each tried in some ways."""

BEYOND = 2.0
"""Ranges of scale beyond the smallest and largest model where a threshold is looked for."""
CLIMBS, FEW_CLIMBS = 36, 8
"""Steepnesses that start a profile: where they are all that is tried, and at every place."""
ENDS = 1e-6
"""A score is looked for no closer than this to floor and ceiling."""
FOLLOWED = 5
"""Starts that a search follows to their end."""
FIRST, NEAR = 0.1, 0.01
"""Shares of the way to the bound that are tried first: where the rest of the curve is looked for
everywhere, and where it is followed."""
STRIDE = 3.0
"""The next value is at most so many times as far from the best one, lest it lose its rest."""
CLOSE = 1e-8
"""Share of the way, or miss in the root of the deviance, at which the search ends."""
MOST = 100
"""Values that one search tries."""
FOLLOWING = 150
"""Steps of the rest of a curve while it is followed from value to value."""
PATIENCE = 20.0
"""See `maximise`."""
EXACT = 1e-10
"""Share of one plus the deviance that one more step of it could still gain."""
SAME = 1e-7
"""Share of one plus the deviance by which two minima may differ and be one."""
BLOCK = 2000
"""Starts of all curves together that are tried at a time: what a processor keeps at hand."""
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
    starts = _starts(np.geomspace(low, high, CLIMBS), reach, ceiling_free)

    def pin(place: Array, rows: Rows) -> tuple[Model, Array, Array]:
        model = Rise(
            shape=fit.shape,
            columns=(u[:, rows] - place)[None],
            offset=np.full((1, len(rows)), fit.shape.middle),
            floor=batch.floor[rows],
            reach=None if ceiling_free else reach[rows],
        )
        return model, *_box(low[rows], high[rows], ceiling_free)

    edge = np.full(len(batch), 0.5 + BEYOND)
    best, home = np.clip(fitted, -edge, edge), np.stack([steep, reach][: 1 + ceiling_free])
    profile = _Profile(batch, pin, lambda _, rows: starts[..., rows])
    found = _interval(profile, best, home, -edge, edge, target, fit.deviance)
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
    fitted = _standard(batch, fit)[1]
    starts = _starts(_places(u), reach, ceiling_free)

    def pin(log_width: Array, rows: Rows) -> tuple[Model, Array, Array]:
        steep = fit.shape.spread / np.exp(log_width) * batch.span[rows]
        model = Rise(
            shape=fit.shape,
            columns=np.broadcast_to(-steep, (1, len(u), len(rows))),
            offset=fit.shape.middle + steep * u[:, rows],
            floor=batch.floor[rows],
            reach=None if ceiling_free else reach[rows],
        )
        far = np.full(len(rows), FARTHEST)
        return model, *_box(-far, far, ceiling_free)

    found = _interval(
        _Profile(batch, pin, lambda _, rows: starts[..., rows]),
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
    _reach(batch, fit)  # which refuses a fitted floor
    u, inverse = centred(batch), fit.shape.inverse
    place = (x - batch.x[:, 0]) / batch.span - 0.5
    low, high = steepness_box(batch, fit.shape)
    steep, middle = _standard(batch, fit)
    climbs, few, places = (*(np.geomspace(low, high, n) for n in (CLIMBS, FEW_CLIMBS)), _places(u))
    top = np.ones(len(batch)) if ceiling_free else fit.ceiling
    height = top - batch.floor
    bottom, head = batch.floor + ENDS * height, top - 2 * ENDS * height

    def least(score: Array, rows: Rows) -> Array:
        # The higher the ceiling, the less of the rise is done where the score is pinned.
        return inverse((score - batch.floor[rows]) / height[rows])

    def pin(score: Array, rows: Rows) -> tuple[Model, Array, Array]:
        model = _Pinned(fit.shape, u[:, rows] - place[rows], batch.floor[rows], score)
        bottom = least(score, rows)
        most = np.full(len(rows), np.inf) if ceiling_free else bottom
        return model, np.stack([low[rows], bottom]), np.stack([high[rows], most])

    def tries(score: Array, rows: Rows) -> Array:
        if not ceiling_free:
            return np.stack(np.broadcast_arrays(climbs[:, rows], least(score, rows)), axis=1)[None]
        steep = few[:, None, rows]
        z = fit.shape.middle + steep * (place[rows] - places[:, rows])
        return np.stack(np.broadcast_arrays(steep, z), axis=2)

    fitted = np.clip(fit.predict(x[:, None])[:, 0], bottom, head)
    home = np.stack([steep, fit.shape.middle + steep * (place - middle)])
    profile = _Profile(batch, pin, tries)
    return _interval(profile, fitted, home, bottom, head, target, fit.deviance)


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


@dataclass(frozen=True, eq=False)
class _Profile:
    """The curves of a batch with the value of one quantity pinned."""

    batch: Batch
    pin: Pin
    tries: Tries

    def refit(self, value: Array, rows: Rows, given: Sequence[Array]) -> tuple[Array, Array]:
        """Return the rest of some curves that fits best, and its deviance, from many starts.

        A steep rise has a maximum in every gap between two models, so one start is not enough.
        """
        model, low, high = self.pin(value, rows)
        batch, tries = self.batch[rows], self.tries(value, rows)
        many = tries.reshape(-1, *tries.shape[2:])
        starts = np.clip(np.concatenate([many, np.stack(given)]), low, high)
        settled, lost = _tried(model, batch.likelihood, starts)
        promising = _promising(lost, tries.shape[:2])
        start = np.take_along_axis(settled, promising[:, None], axis=0)
        return maximise(model, batch, start.swapaxes(0, 1), low, high, PATIENCE)


def _promising(lost: Array, tried: tuple[int, ...]) -> Rows:
    """Return the places of the starts to follow, shape (starts, curves), each value tried one way.

    Parameters
    ----------
    lost : array, shape (starts, curves)
        Deviance: of ways times values, then of others.
    tried : tuple of int
        Ways and values.
    """
    ways, values = tried
    way = np.argmin(lost[: ways * values].reshape(ways, values, -1), axis=0)
    others = np.arange(ways * values, len(lost))[:, None].repeat(lost.shape[1], axis=1)
    at = np.concatenate([way * values + np.arange(values)[:, None], others])
    at = np.take_along_axis(at, np.argsort(np.take_along_axis(lost, at, 0), 0, kind="stable"), 0)
    # Places of models that pad a batch, or far outside, lead to the very same curve.
    repeated = np.diff(np.take_along_axis(lost, at, 0), axis=0, prepend=-1) == 0
    return np.take_along_axis(at, np.argsort(repeated, axis=0, kind="stable")[:FOLLOWED], 0)


def _places(u: Array) -> Array:
    """Return where a rise may begin to be looked for: at the models, between and outside them."""
    outside = np.array([-BEYOND, -1.0, -0.5, -0.2, 0.2, 0.5, 1.0, BEYOND])
    beyond = np.repeat((np.sign(outside) * 0.5 + outside)[:, None], u.shape[1], axis=1)
    return np.concatenate([u, (u[1:] + u[:-1]) / 2, beyond])


def _tried(model: Model, data: Likelihood, starts: Array) -> tuple[Array, Array]:
    """Return starts of shape (starts, parameters, curves) as the model settles them, and deviances.

    As many are tried together as a processor keeps at hand.
    """
    count, _, curves = starts.shape
    settled, lost = np.empty_like(starts), np.empty((count, curves))
    together = min(max(1, BLOCK // curves), count)
    for at in range(0, count, together):
        some = starts[at : at + together]
        if at == 0 or len(some) < together:
            rows = np.tile(np.arange(curves), len(some))
            wide, seen = (model, data) if len(some) == 1 else (model.take(rows), data.take(rows))
        theta, (p, q, *_) = wide(np.concatenate(list(some), axis=1), seen)
        settled[at : at + together] = theta.reshape(-1, len(some), curves).swapaxes(0, 1)
        lost[at : at + together] = seen.deviance(p, q).reshape(-1, curves)
    return settled, lost


def _box(low: Array, high: Array, ceiling_free: bool) -> tuple[Array, Array]:
    """Return the box of one coefficient, and of the reach if the ceiling is free."""
    if not ceiling_free:
        return low[None], high[None]
    full = np.ones_like(low)
    return np.stack([low, LEAST_REACH * full]), np.stack([high, full])


def _starts(one: Array, reach: Array, ceiling_free: bool) -> Array:
    """Return starts for one coefficient, and for the reach if the ceiling is free."""
    if not ceiling_free:
        return one[None, :, None]
    reaches = (reach, np.ones_like(reach))
    return np.stack([np.stack(np.broadcast_arrays(one, some), axis=1) for some in reaches])


def _interval(
    profile: _Profile,
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
        rest, lost = profile.refit(bound[sides, rows], rows, [home[:, rows]])
        inside = lost <= target[rows]
        within = sides[inside], rows[inside]
        end[within], is_open[within] = bound[within], True
        sides, rows, rest = sides[~inside], rows[~inside], rest[:, ~inside]
    if rows.size:
        limits = best[rows], bound[sides, rows], deviance[rows], target[rows]
        end[sides, rows] = _ends(profile, rows, home[:, rows], rest, *limits)
    return Interval(end[0], end[1], is_open[0], is_open[1])


def _ends(
    profile: _Profile,
    rows: Rows,
    home: Array,
    outer: Array,
    best: Array,
    bound: Array,
    deviance: Array,
    target: Array,
) -> Array:
    """Return where the profile of some curves meets their target, between best value and bound.

    ``home`` and ``outer`` are the rest of the curve at these.
    """
    search = _Search.between(home, outer, best, bound, deviance, target)
    end, rest, arrived = _follow(profile, rows, search)
    lost = profile.refit(end, rows, [rest])[1]
    astray = ~arrived | (lost < target - SAME * (1 + target))
    if astray.any():
        end[astray] = _cross(profile, rows[astray], search.take(astray))
    return end


@dataclass(eq=False)
class _Search:
    """Brackets of the values where the profile of some curves meets their target.

    The root of the deviance lost since the best value is nearly a straight line: the secant finds
    its crossing in a few steps. Where it does not halve the miss, the bracket is halved instead.

    Attributes
    ----------
    live : array of int, shape (curves,)
        Place of each curve among those the search began with.
    best, deviance : array
        Value of the best fit, and its deviance.
    aim : array
        Root of the deviance that may be lost.
    close : array
        Length of a bracket at which the search ends.
    near, far : array
        Values below and above the target.
    near_rest, far_rest : array, shape (parameters, curves)
        The rest of the curve there.
    value : array
        What is tried now.
    last, last_miss, last_rest : array
        What was tried before, by how much its root missed the aim, and the rest of the curve.
    """

    live: Rows
    best: Array
    deviance: Array
    aim: Array
    close: Array
    near: Array
    far: Array
    near_rest: Array
    far_rest: Array
    value: Array
    last: Array
    last_miss: Array
    last_rest: Array

    @classmethod
    def between(
        cls,
        home: Array,
        outer: Array,
        best: Array,
        bound: Array,
        deviance: Array,
        target: Array,
    ) -> Self:
        """Begin at the best value; the bound lies beyond the crossing."""
        aim, first = np.sqrt(target - deviance), best + FIRST * (bound - best)
        close, live = CLOSE * np.abs(bound - best), np.arange(len(best))
        bracket = best, bound, home, outer
        return cls(live, best, deviance, aim, close, *bracket, first, best, -aim, home)

    def take(self, rows: Flags) -> Self:
        """Return the search for some of the curves."""
        return type(self)(*(getattr(self, each.name)[..., rows] for each in fields(self)))

    def onwards(
        self, rest: Array, lost: Array, settled: Flags, stride: float = np.inf
    ) -> tuple[Array, Flags]:
        """Move the value on where the rest of the curve has settled.

        Parameters
        ----------
        rest : array, shape (parameters, curves)
            Of the curve at the present value.
        lost : array, shape (curves,)
            Its deviance.
        settled : array of bool
        stride : float
            The next value is at most so many times as far from the best one.

        Returns
        -------
        guess : array, shape (parameters, curves)
            The rest at the next value, were it to move along a straight line.
        done : array of bool
            Where the value has arrived, and stays.
        """
        value = self.value
        miss = np.sqrt(np.maximum(lost - self.deviance, 0)) - self.aim
        below, above = settled & (miss <= 0), settled & (miss > 0)
        self.near, self.far = np.where(below, value, self.near), np.where(above, value, self.far)
        self.near_rest = np.where(below, rest, self.near_rest)
        self.far_rest = np.where(above, rest, self.far_rest)
        change, way = miss - self.last_miss, value - self.last
        secant = value - miss * np.divide(way, change, out=np.zeros_like(way), where=change != 0)
        good = (secant - self.near) * (secant - self.far) < 0
        good &= (np.abs(miss) < np.abs(self.last_miss) / 2) | (self.last == self.best)
        following = np.where(good, secant, (self.near + self.far) / 2)
        most = stride * (value - self.best)
        far = below & (np.abs(following - self.best) > np.abs(most))
        following = np.where(far, self.best + most, following)
        share = np.divide(following - value, way, out=np.zeros_like(way), where=way != 0)
        guess = rest + np.clip(share, -1, 1) * (rest - self.last_rest)
        done = settled & ((np.abs(miss) < CLOSE) | (np.abs(self.far - self.near) < self.close))
        self.last = np.where(settled, value, self.last)
        self.last_miss = np.where(settled, miss, self.last_miss)
        self.last_rest = np.where(settled, rest, self.last_rest)
        self.value = np.where(settled & ~done, following, value)
        return guess, done


def _follow(profile: _Profile, rows: Rows, search: _Search) -> tuple[Array, Array, Flags]:
    """Search with one start at each value: the best rest of the curve at the value before.

    No curve waits for another: once its rest has settled, its value moves on.

    Returns
    -------
    end : array, shape (curves,)
    rest : array, shape (parameters, curves)
        Of the curve with that value.
    arrived : array of bool
        Whether the search came to its end.
    """
    end, rest = search.best.copy(), search.near_rest.copy()
    search = replace(search, value=search.best + NEAR * (search.far - search.best))
    data, damping = profile.batch.likelihood.take(rows), np.full(len(rows), EASY)
    model, low, high = profile.pin(search.value, rows)
    at, here = parabola(model, data, rest, low, high, exact=True)
    for _ in range(FOLLOWING):
        step, gain = downhill(here, damping, at <= low, at >= high)
        settled = (gain <= EXACT * (1 + here.deviance)) | (damping >= STUCK)
        guess, done = search.onwards(at, here.deviance, settled, STRIDE)
        if done.any():
            gone, go = search.live[done], ~done
            end[gone], rest[:, gone] = search.value[done], at[:, done]
            search, data, rows = search.take(go), data.take(go), rows[go]
            here = Parabola(*(each[..., go] for each in here))
            at, step, guess = at[:, go], step[:, go], guess[:, go]
            settled, damping = settled[go], damping[go]
        if not rows.size:
            break
        model, low, high = profile.pin(search.value, rows)
        trial, there = parabola(
            model, data, np.where(settled, guess, at + step), low, high, exact=True
        )
        better = settled | (there.deviance <= here.deviance)
        damping = np.where(settled, EASY, damped(damping, better))
        for old, new in zip((at, *here), (trial, *there), strict=True):
            np.copyto(old, new, where=better)
    arrived = np.ones(len(end), bool)
    arrived[search.live] = False
    return end, rest, arrived


def _cross(profile: _Profile, rows: Rows, search: _Search) -> Array:
    """Search with many starts at each value."""
    end = search.value.copy()
    search.live = np.arange(len(rows))
    for _ in range(MOST):
        given = search.near_rest, search.far_rest
        rest, lost = profile.refit(search.value, rows, given)
        _, done = search.onwards(rest, lost, np.ones(len(rows), bool))
        end[search.live] = search.value
        search, rows = search.take(~done), rows[~done]
        if not rows.size:
            break
    return end
