"""What the scores of many curves allow one to say: whether, where and how sharply they rise.

Everything here works on a `fitting.batch.Batch`, thousands of curves at a time, and is what the
calibration tests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from emergence_lib.audit.verdict import FEWEST, FLAT, SHARP, Facts, steepness
from emergence_lib.fitting import models, profile, wilson
from emergence_lib.fitting.batch import TINY, Batch
from emergence_lib.fitting.profile import Interval
from emergence_lib.fitting.shapes import GOMPERTZ, LOGISTIC, Shape
from emergence_lib.laws import Array, Flags

CONFIDENCE = 0.95
TIE = 1e-7
"""Difference of deviances, or share of it, up to which two curves fit equally well: two processors
may find it for one and the same fit."""
ALIKE = 1e-3
"""Share of a step by which another one may be smaller and count as large: of two steps that are
equal in a curve as it was made, two processors may find either the larger."""
SURE = 20.0
"""Expected right (or wrong) answers from which a deviance has its one degree of freedom."""


@dataclass(frozen=True, eq=False)
class Scatter:
    """How far the models stray from their fitted curves; every array has one entry a curve.

    Attributes
    ----------
    deviance : array
        Of the fit.
    freedom : array
        Its degrees of freedom, at least 1.
    """

    deviance: Array
    freedom: Array

    def __getitem__(self, rows: NDArray[np.intp]) -> Scatter:
        """Return the scatter of some of the curves."""
        return Scatter(self.deviance[rows], self.freedom[rows])

    @cached_property
    def misfit(self) -> Array:
        """Probability of a deviance as large if the fitted curve were the truth."""
        return np.asarray(stats.chi2.sf(self.deviance, self.freedom))

    @property
    def strained(self) -> Flags:
        """Whether counting does not explain the scatter."""
        return self.misfit < 1 - CONFIDENCE

    @property
    def dispersion(self) -> Array:
        """Factor by which the scatter exceeds what counting explains; 1 if not significant."""
        return np.where(self.strained, self.deviance / self.freedom, 1.0)

    def critical(self, parameters: int = 1) -> Array:
        """Return the fall of the deviance that useless ``parameters`` exceed one time in twenty.

        Chi-squared where counting explains the scatter; where the scatter itself had to be
        estimated, the F distribution, which knows how badly a few models do that.
        """
        exact = stats.chi2.ppf(CONFIDENCE, parameters)
        estimated = parameters * stats.f.ppf(CONFIDENCE, parameters, self.freedom)
        return self.dispersion * np.where(self.strained, estimated, exact)


@dataclass(frozen=True, eq=False)
class Assessment:
    """Likelihoods, intervals and flags; every array has one entry a curve.

    What takes long, the intervals, is computed when it is first asked for.

    Attributes
    ----------
    batch : Batch
        The curves as they were measured.
    ceiling : float or None
        The best possible score, if it was given.
    bounds : tuple of Sigmoids
        What the intervals are taken around: the sigmoids of the rising curves, with the ceiling
        fitted if nobody gave one.
    falls : array of bool
        Whether the score falls with scale; such a curve is judged with its scale turned round.
    flat, step : Level
    line : Line
    logistic, gompertz : Sigmoids
        Their thresholds are those of the curve as measured, also where it falls.
    free_ceiling : array of bool
        Whether the scores level off so clearly below the ceiling that it had to be fitted.
    scatter : Scatter
        Around the better sigmoid.
    rises : array of bool
        Whether a flat curve is rejected.
    change : tuple of array
        Interval of the score's change from the smaller half of the models to the larger half.
    """

    batch: Batch
    ceiling: float | None
    bounds: tuple[models.Sigmoids, models.Sigmoids]
    falls: Flags
    flat: models.Level
    line: models.Line
    step: models.Level
    logistic: models.Sigmoids
    gompertz: models.Sigmoids
    free_ceiling: Flags
    scatter: Scatter
    rises: Flags
    change: tuple[Array, Array]

    def __getitem__(self, rows: NDArray[np.intp]) -> Assessment:
        """Return the assessment of some of the curves."""
        (first, second), (low, high) = self.bounds, self.change
        parts = ("batch", "falls", "flat", "step", "line", "logistic", "gompertz")
        return replace(
            self,
            bounds=(first[rows], second[rows]),
            change=(low[rows], high[rows]),
            **{
                name: getattr(self, name)[rows]
                for name in (*parts, "free_ceiling", "scatter", "rises")
            },
        )

    @property
    def dispersion(self) -> Array:
        """Factor by which the scatter exceeds what counting explains; 1 if not significant."""
        return self.scatter.dispersion

    @cached_property
    def rising(self) -> Batch:
        """The curves with those that fall turned round."""
        return self.batch.mirrored(self.falls)

    @cached_property
    def threshold(self) -> Interval:
        """log10 of the scales where half of the rise can lie; meaningful where ``rises``."""
        return _turned_interval(self._interval(profile.threshold_interval), self.falls)

    @cached_property
    def width(self) -> Interval:
        """Decades that 10% to 90% of the rise can take; meaningful where ``rises``."""
        return self._interval(profile.width_interval)

    def forecast(self, x: Array) -> Interval:
        """Return the scores that the curves may have at log10 scales ``x``, shape (curves,)."""
        return self._interval(profile.score_interval, np.where(self.falls, -x, x))

    def _interval(self, interval: Callable[..., Interval], *given: Array) -> Interval:
        """Unite the intervals around both sigmoids; a curve that does not rise gets an open one."""
        curves = len(self.batch)
        target = np.where(self.rises, _least(self.bounds) + self.scatter.critical(), -1.0)
        whole = Interval(
            np.full(curves, np.inf), np.full(curves, -np.inf), *np.zeros((2, curves), bool)
        )
        for fit in self.bounds:
            rows = np.flatnonzero(fit.deviance < target)
            if rows.size:
                some = [each[rows] for each in (*given, target)]
                part = interval(self.rising[rows], fit[rows], *some, self.ceiling is None)
                whole.put(rows, whole[rows].union(part))
        nowhere = np.flatnonzero(whole.low > whole.high)
        nothing, true = np.zeros(nowhere.size), np.ones(nowhere.size, bool)
        whole.put(nowhere, Interval(nothing, nothing, true, true))
        return whole

    @cached_property
    def seen(self) -> Array:
        """Share of the rise from floor to ceiling that the best model has done."""
        floor, ceiling = self.pick("floor"), self.pick("ceiling")
        return (self.predict(self.batch.x).max(axis=1) - floor) / (ceiling - floor)

    @cached_property
    def leap(self) -> Array:
        """Largest share of the rise over the models that lies between two neighbours."""
        whole = self._steps.sum(axis=1)
        return self._steps.max(axis=1) / np.where(whole > 0, whole, 1.0)

    @cached_property
    def gap(self) -> NDArray[np.intp]:
        """Place of the model below that largest share; of shares that are alike, the first."""
        largest = self._steps.max(axis=1, keepdims=True)
        return np.argmax(self._steps >= (1 - ALIKE) * largest, axis=1)

    @cached_property
    def _steps(self) -> Array:
        return np.abs(np.diff(self.predict(self.batch.x), axis=1))

    @cached_property
    def lopsided(self) -> Flags:
        """Whether the better sigmoid is the Gompertz curve; where both fit alike it is not."""
        return _lopsided([self.logistic, self.gompertz])

    @property
    def shape(self) -> NDArray[np.str_]:
        """Name of the better sigmoid of each curve."""
        return np.where(self.lopsided, GOMPERTZ.name, LOGISTIC.name)

    def pick(self, name: str) -> Array:
        """Return an attribute of the better sigmoid of each curve, for instance its threshold."""
        return np.where(self.lopsided, getattr(self.gompertz, name), getattr(self.logistic, name))

    def predict(self, x: Array, rows: NDArray[np.intp] | None = None) -> Array:
        """Return the better sigmoid at log10 scales ``x``, shape (curves,) or (curves, points)."""
        if rows is None:
            rows = np.arange(len(self.falls))
        flat = x.ndim == 1
        at, falls = (x[:, None] if flat else x), self.falls[rows]
        pair = [
            _turned(fit[rows], falls).predict(np.where(falls[:, None], -at, at))
            for fit in (self.logistic, self.gompertz)
        ]
        score = np.where(self.lopsided[rows][:, None], pair[1], pair[0])
        return score[:, 0] if flat else score

    def facts(self, sharp: float = SHARP) -> list[Facts]:
        """Return what the verdict on each curve goes by; ``sharp`` in decades."""
        each = (
            self.batch.points,
            self.is_flat,
            self.rises,
            narrow(self.width, sharp),
            broad(self.width, sharp),
            self.seen,
            self.leap,
        )
        return [
            Facts(int(n), bool(flat), bool(up), bool(thin), bool(wide), float(seen), float(leap))
            for n, flat, up, thin, wide, seen, leap in zip(*each, strict=True)
        ]

    def steepness(self, sharp: float = SHARP) -> NDArray[np.int_]:
        """Return 1 where a rise is sharp at 95%, -1 where smooth, else 0."""
        return np.array([steepness(each) for each in self.facts(sharp)], int)

    @property
    def is_flat(self) -> Flags:
        """Whether the score changes by less than `FLAT` over the models, at 95%."""
        low, high = self.change
        return ~self.rises & (low > -FLAT) & (high < FLAT)


def assess(batch: Batch, ceiling: float | None = None) -> Assessment:
    """Fit, compare and bound every curve of a batch.

    Parameters
    ----------
    batch : Batch
        Curves of at least `FEWEST` models.
    ceiling : float, optional
        The best possible score. By default it is unknown: the best curve goes up to 1 unless the
        scores level off clearly below, and the intervals allow for any.

    Returns
    -------
    Assessment
    """
    line = models.fit_line_batch(batch)
    falls = line.last < line.first
    rising = batch.mirrored(falls)
    top = 1.0 if ceiling is None else ceiling
    known = [models.fit_sigmoid(rising, shape, top) for shape in (LOGISTIC, GOMPERTZ)]
    free = np.zeros(len(batch), bool)
    fits = bounds = known
    if ceiling is None:
        # A ceiling that nobody gave is unknown, even where 1 fits: intervals must allow for others.
        bounds = [models.fit_sigmoid(rising, shape, None) for shape in (LOGISTIC, GOMPERTZ)]
        free = _levels_off(rising, _least(known), _least(bounds))
        fits = [_merge(free, loose, fixed) for loose, fixed in zip(bounds, known, strict=True)]
    flat = models.fit_flat(batch)
    scatter = _scatter(rising, fits, flat, free)
    low, high = _change(batch, scatter.dispersion)
    # Two sigmoids are tried, up and down: two degrees of freedom rather than the one of a slope.
    gains = flat.deviance - _least(fits) > scatter.critical(2)
    rises = (gains | (low > 0) | (high < 0)) & (batch.points >= FEWEST)
    return Assessment(
        batch=batch,
        ceiling=ceiling,
        bounds=(bounds[0], bounds[1]),
        falls=falls,
        flat=flat,
        line=line,
        step=models.fit_step(batch),
        logistic=_turned(fits[0], falls),
        gompertz=_turned(fits[1], falls),
        free_ceiling=free,
        scatter=scatter,
        rises=rises,
        change=(low, high),
    )


def narrow(width: Interval, sharp: float) -> Flags:
    """Tell whether a whole interval of widths lies at or below ``sharp`` decades."""
    return ~width.open_high & (width.high <= sharp)


def broad(width: Interval, sharp: float) -> Flags:
    """Tell whether a whole interval of widths lies at or above ``sharp`` decades."""
    return ~width.open_low & (width.low >= sharp)


def width_of_tokens(batch: Batch, falls: Flags, shape: Shape) -> tuple[Interval, Array]:
    """Return the width that one token's own logistic may have if all tokens must be right.

    The whole answer is fitted as a power of that logistic, so exact match is undone. The second
    array holds the likeliest widths.
    """
    rising = batch.mirrored(falls)
    whole = models.fit_sigmoid(rising, shape)
    scatter = Scatter(whole.deviance, np.maximum(batch.points - 2, 1))
    width = profile.width_interval(rising, whole, whole.deviance + scatter.critical())
    token = LOGISTIC.spread / shape.spread
    return (
        Interval(width.low * token, width.high * token, width.open_low, width.open_high),
        whole.width * token,
    )


def _least(fits: Sequence[models.Sigmoids]) -> Array:
    return np.minimum(*(fit.deviance for fit in fits))


def _lopsided(fits: Sequence[models.Sigmoids]) -> Flags:
    """Tell where the second of two sigmoids fits better, by more than the last digits."""
    least = _least(fits)
    return fits[0].deviance > least + TIE * (1 + least)


def _scatter(batch: Batch, fits: list[models.Sigmoids], flat: models.Level, free: Flags) -> Scatter:
    """Return the scatter around the better sigmoid, or around a level where that fits better.

    A sigmoid from chance to 1 cannot pass through scores that are equal; what it misses there is
    no scatter.
    """
    first, second = (fit.predict(batch.x) for fit in fits)
    p = np.where(_lopsided(fits)[:, None], second, first)
    level = np.repeat(flat.low[:, None], batch.x.shape[1], axis=1)
    curved = Scatter(_least(fits), np.maximum(informative(batch, p) - 2 - free, 1))
    straight = Scatter(flat.deviance, np.maximum(informative(batch, level) - 1, 1))
    curve = curved.misfit >= straight.misfit
    return Scatter(
        np.where(curve, curved.deviance, straight.deviance),
        np.where(curve, curved.freedom, straight.freedom),
    )


def informative(batch: Batch, p: Array) -> Array:
    """Return how much deviance each curve of true scores ``p`` is expected to show.

    A model has one degree of freedom where many items are right and many wrong. Where a tenth of
    an item is expected right, scores hardly stray; counted in full, such models would dilute the
    scatter of those within the rise. There the expected deviance of a Poisson count takes its
    place.
    """
    if not batch.binomial:
        return batch.points.astype(float)
    mean = batch.weight * np.minimum(p, 1 - p)
    return expected_deviance(mean).sum(axis=1)


def expected_deviance(mean: Array) -> Array:
    """Return the expected deviance of a Poisson count from its true ``mean``; 1 from `SURE` on."""
    rare = np.clip(mean, TINY, SURE)
    expected = np.zeros_like(rare)
    for count in range(int(3 * SURE)):
        lost = special.xlogy(count, count / rare) - (count - rare)
        expected += 2 * lost * stats.poisson.pmf(count, rare)
    return np.where(mean < SURE, expected, 1.0)


def _levels_off(batch: Batch, known: Array, loose: Array) -> Flags:
    """Tell where a free ceiling fits better than the known one by more than chance would."""
    freedom = batch.points - 3
    scatter = Scatter(loose, np.maximum(freedom, 1))
    return (freedom >= 1) & (known - loose > scatter.critical())


def _merge(rows: Flags, new: models.Sigmoids, old: models.Sigmoids) -> models.Sigmoids:
    """Return the fits of some rows from one batch of fits and the rest from another."""
    names = ("threshold", "width", "floor", "ceiling", "deviance")
    chosen = {name: np.where(rows, getattr(new, name), getattr(old, name)) for name in names}
    return models.Sigmoids(new.shape, parameters=old.parameters, **chosen)


def _turned(fit: models.Sigmoids, falls: Flags) -> models.Sigmoids:
    """Return fits whose thresholds are those before, or after, falling curves were turned round."""
    return replace(fit, threshold=np.where(falls, -fit.threshold, fit.threshold))


def _turned_interval(interval: Interval, falls: Flags) -> Interval:
    """Return an interval of log10 scales as it is before its curve was turned round."""
    return Interval(
        np.where(falls, -interval.high, interval.low),
        np.where(falls, -interval.low, interval.high),
        np.where(falls, interval.open_high, interval.open_low),
        np.where(falls, interval.open_low, interval.open_high),
    )


def _change(batch: Batch, dispersion: Array) -> tuple[Array, Array]:
    """Return an interval for the change from the smaller half of the models to the larger half.

    Both halves are pooled, the middle model of an odd number left out; the interval joins those of
    the two shares (newcombe1998interval) or of the two means.
    """
    place = np.arange(batch.x.shape[1])
    count = batch.points[:, None]
    pooled = []
    for half in (place < count // 2, (place >= count - count // 2) & (place < count)):
        weight = (batch.weight * half).sum(axis=1)
        mean = (batch.weight * half * batch.score).sum(axis=1) / weight
        weight = weight / dispersion
        if batch.binomial:
            pooled.append((mean, *wilson(mean * weight, weight, CONFIDENCE)))
        else:
            reach = stats.norm.ppf((1 + CONFIDENCE) / 2) / np.sqrt(weight)
            pooled.append((mean, mean - reach, mean + reach))
    (small, small_low, small_high), (large, large_low, large_high) = pooled
    change = large - small
    return (
        change - np.hypot(large - large_low, small_high - small),
        change + np.hypot(large_high - large, small - small_low),
    )
