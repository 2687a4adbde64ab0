"""A loss that falls as a power of scale towards a floor, by least squares.

``loss(x) = floor + fall * (x / first)**-exponent``. For a given exponent the law is linear in its
other two constants, so one sweep over exponents holds the best fit and both profile intervals, and
no search can end in the wrong valley.

Residuals are weighed as shares of the loss, unless their standard errors are known: what runs
differ by beyond the law (seeds, data order, learning rate) grows with the loss, and 1% is as much
at 6 nats as at 2; so do hoffmann2022training and besiroglu2024chinchilla. For misses of a few per
cent these are residuals of the log loss. How far the losses scatter then follows from the fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats

from emergence_lib import laws
from emergence_lib.fitting.single import FitError
from emergence_lib.laws import Array

CONFIDENCE = 0.95
CONSTANTS = 3
"""Floor, fall and exponent."""
FLATTEST = 1e-4
"""Share by which a law of the smallest exponent tried falls over the whole range."""
WALL = 1e-3
"""Share of the fall that a law of the largest exponent tried leaves after the first gap: beyond,
it is a wall next to the smallest model and no power law."""
EXPONENTS = 300
"""Exponents that are tried, evenly spaced in the logarithm, before the best one is searched for."""
SETTLED = 1e-8
"""Share of an exponent to which a search goes on."""
ROUNDS = 3
"""Fits in all, each with residuals as shares of the law before; the first, of the losses."""
FINEST = 1e-9
"""Share of a loss below which it has no digits left, however well a law fits."""


@dataclass(frozen=True, eq=False)
class PowerLaw:
    """A fitted law and its profile intervals at `CONFIDENCE`.

    Attributes
    ----------
    first : float
        The smallest scale.
    floor, fall : float
        Loss far beyond the largest scale, and how far above it the law lies at ``first``.
    exponent : float
    floor_range : tuple of float
        Begins at 0 where the losses do not tell a floor from none.
    exponent_range : tuple of float or None
        An end is None where the losses leave it open: a law without a fall, or a wall.
    falls : bool
        Whether a level is rejected; if not, the exponent means nothing.
    noise : float
        Standard deviation of the residuals, as a share of the loss; if standard errors were given,
        in multiples of these.
    """

    first: float
    floor: float
    fall: float
    exponent: float
    floor_range: tuple[float, float]
    exponent_range: tuple[float | None, float | None]
    falls: bool
    noise: float

    def predict(self, scale: ArrayLike) -> Array:
        """Return the loss at ``scale``, in the unit of the losses."""
        x = laws.within("scale", scale, 0, open_low=True)
        return self.floor + self.fall * (x / self.first) ** -self.exponent


def fit_power(scale: ArrayLike, loss: ArrayLike, stderr: ArrayLike | None = None) -> PowerLaw:
    """Fit a power law with a floor of at least 0.

    Parameters
    ----------
    scale : array_like, shape (points,)
        Parameters, tokens or FLOP, above 0; at least four different values.
    loss : array_like, shape (points,)
        Above 0.
    stderr : array_like, shape (points,), optional
        Standard errors of the losses, above 0. Where the losses scatter more widely around the law
        than these explain, they are widened alike.

    Returns
    -------
    PowerLaw
        Its intervals are profiles of the sum of squares, cut by the F distribution; where standard
        errors explain the scatter, by chi-squared.

    Raises
    ------
    ValueError
        If a number leaves its domain or shapes differ.
    FitError
        If there are too few different scales.
    """
    x = laws.within("scale", scale, 0, open_low=True)
    y = laws.within("loss", loss, 0, open_low=True)
    known = stderr is not None
    errors = y if stderr is None else laws.within("stderr", stderr, 0, open_low=True)
    for name, column in (("loss", y), ("stderr", errors)):
        if x.ndim != 1 or column.shape != x.shape:
            raise ValueError(f"{name}: found shape {column.shape}, want that of scale, (points,)")
    if np.unique(x).size <= CONSTANTS:
        found = f"found {np.unique(x).size} different scales"
        raise FitError(f"{found}, want at least {CONSTANTS + 1} for {CONSTANTS} constants")
    sweep = _Sweep(np.log(x / x.min()), y, errors)
    for _ in range(0 if known else ROUNDS - 1):
        sweep = _Sweep(sweep.logs, y, np.maximum(sweep.fitted, FINEST * y))
    return _read(sweep, float(x.min()), known)


def _read(sweep: _Sweep, first: float, known: bool) -> PowerLaw:
    floor, fall, least = (float(each[0]) for each in sweep.laws([sweep.best]))
    free = sweep.y.size - CONSTANTS
    unit = max(least / free, FINEST**2)
    if known:
        unit = max(unit, 1.0)

    def allowed(constants: int) -> float:
        """Return the sum of squares up to which so many constants may be off their best values."""
        explained = known and unit == 1
        cut = (
            stats.chi2.ppf(CONFIDENCE, constants)
            if explained
            else constants * stats.f.ppf(CONFIDENCE, constants, free)
        )
        return least + unit * float(cut)

    falls = sweep.level > allowed(2)
    exponents = sweep.exponents_within(allowed(1))
    return PowerLaw(
        first=first,
        floor=floor,
        fall=fall,
        exponent=sweep.best,
        floor_range=sweep.floors_within(allowed(1), exponents),
        exponent_range=(
            None if exponents[0] == sweep.tried[0] else exponents[0],
            None if exponents[1] == sweep.tried[-1] else exponents[1],
        ),
        falls=falls,
        noise=float(np.sqrt(least / free)),
    )


class _Sweep:
    """All exponents for some losses, by least squares with given errors.

    Parameters
    ----------
    logs : array, shape (points,)
        Natural logarithm of each scale over the smallest.
    y, errors : array, shape (points,)
        Losses, and the standard errors by which their residuals are divided.
    """

    def __init__(self, logs: Array, y: Array, errors: Array) -> None:
        self.logs, self.y, self.errors = logs, y, errors
        self.weight = 1 / errors**2
        self.mean = y @ self.weight / self.weight.sum()
        gap = np.unique(logs)[1]
        self.tried = np.geomspace(FLATTEST / logs.max(), -np.log(WALL) / gap, EXPONENTS)
        self.squares = self.laws(self.tried)[2]

    def _moments(self, exponents: ArrayLike) -> tuple[Array, Array, Array]:
        """Return the power of each point, its mean, and its sum of squares around that."""
        power = np.exp(-np.multiply.outer(np.asarray(exponents, float), self.logs))
        mean = power @ self.weight / self.weight.sum()
        return power, mean, ((power - mean[:, None]) ** 2) @ self.weight

    def _free(self, power: Array, mean: Array, spread: Array) -> tuple[Array, Array]:
        """Return floor and fall for each exponent, of any sign."""
        fall = (power - mean[:, None]) @ (self.weight * (self.y - self.mean)) / spread
        return self.mean - fall * mean, fall

    def _left(self, power: Array, floor: Array, fall: Array) -> Array:
        rest = self.y - floor[:, None] - fall[:, None] * power
        return rest**2 @ self.weight

    def laws(self, exponents: ArrayLike) -> tuple[Array, Array, Array]:
        """Return floor, fall and sum of squares for each exponent, neither below 0."""
        power, mean, spread = self._moments(exponents)
        floor, fall = self._free(power, mean, spread)
        below = floor < 0
        bare = power @ (self.weight * self.y) / (power**2 @ self.weight)
        floor, fall = np.where(below, 0, floor), np.where(below, bare, fall)
        rises = fall < 0
        floor = np.where(rises, self.mean, floor)
        fall = np.where(rises, 0, fall)
        return floor, fall, self._left(power, floor, fall)

    @property
    def level(self) -> float:
        """Sum of squares around a constant."""
        return float((self.y - self.mean) ** 2 @ self.weight)

    @cached_property
    def best(self) -> float:
        """The exponent that leaves least."""
        return self._lowest(lambda b: float(self.laws([b])[2][0]), self.tried, self.squares)

    @property
    def fitted(self) -> Array:
        """The best law at every point."""
        floor, fall, _ = self.laws([self.best])
        return floor[0] + fall[0] * np.exp(-self.best * self.logs)

    def exponents_within(self, most: float) -> tuple[float, float]:
        """Return the first and the last exponent that leave no more than ``most``."""
        inside = self.tried[self.squares <= most]
        low, high = min([self.best, *inside]), max([self.best, *inside])

        def beyond(log_exponent: float) -> float:
            return float(self.laws([np.exp(log_exponent)])[2][0]) - most

        def edge(inner: float, outer: Array) -> float:
            if not outer.size:
                return inner
            return float(np.exp(optimize.brentq(beyond, np.log(inner), np.log(outer[0]))))

        tried = self.tried
        return edge(low, tried[tried < low][::-1]), edge(high, tried[tried > high])

    def floors_within(self, most: float, exponents: tuple[float, float]) -> tuple[float, float]:
        """Return the lowest and the highest floor that leave no more than ``most``.

        For one exponent, the sum of squares is a parabola of the floor.
        """

        def ends(tried: ArrayLike) -> tuple[Array, Array]:
            power, mean, spread = self._moments(tried)
            floor, fall = self._free(power, mean, spread)
            bend = self.weight.sum() * spread / (power**2 @ self.weight)
            spare = most - self._left(power, floor, fall)
            reach = np.sqrt(np.maximum(spare, 0) / bend)
            return floor - reach, floor + reach

        tried = np.geomspace(*exponents, EXPONENTS)
        low, high = ends(tried)
        at_low = self._lowest(lambda b: float(ends([b])[0][0]), tried, low)
        at_high = self._lowest(lambda b: -float(ends([b])[1][0]), tried, -high)
        return max(0.0, float(ends([at_low])[0][0])), max(0.0, float(ends([at_high])[1][0]))

    @staticmethod
    def _lowest(function: Callable[[float], float], tried: Array, values: Array) -> float:
        """Return where a function of the exponent is least, near the best of those tried."""
        at = int(np.argmin(values))
        ends = np.log(tried[[max(at - 1, 0), min(at + 1, len(tried) - 1)]])
        if ends[0] == ends[1]:
            return float(tried[at])
        found = optimize.minimize_scalar(
            lambda log: function(np.exp(log)),
            bounds=ends,
            method="bounded",
            options={"xatol": SETTLED},
        )
        return float(np.exp(found.x)) if found.fun < values[at] else float(tried[at])
