"""All that a curve may be where nobody said it: every plausible reading as a row of one batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from emergence_lib.audit.assess import TIE, Assessment, assess
from emergence_lib.audit.curve import Curve, fail
from emergence_lib.audit.levels import levels
from emergence_lib.fitting.batch import Batch
from emergence_lib.fitting.profile import Interval
from emergence_lib.laws import Array, Flags


@dataclass(frozen=True)
class Range:
    """A number with its interval; an end is None where the data leave it open."""

    best: float
    low: float | None
    high: float | None


def gather(curves: Sequence[Curve], floors: Sequence[float] | None = None) -> Batch:
    """Put curves with one kind of noise, counts or standard errors, into a batch.

    Parameters
    ----------
    curves : sequence of Curve
    floors : sequence of float, optional
        Scores far below the thresholds; by default the chance levels, which have to be known.
    """
    if floors is None:
        floors = [_known(each) for each in curves]
    # Curves were checked when they were made: `batch.counts` and `stack` would check each again,
    # at a tenth of the cost of an audit.
    binomial = curves[0].items is not None
    size = len(curves), max(each.scale.size for each in curves)
    x, score, weight = np.empty(size), np.empty(size), np.zeros(size)
    for i, curve in enumerate(curves):
        models = curve.scale.size
        noise = np.asarray(curve.items if binomial else curve.stderr)
        weight[i, :models] = noise if binomial else 1 / np.square(noise)
        x[i, :models], score[i, :models] = np.log10(curve.scale), curve.score
        x[i, models:], score[i, models:] = x[i, models - 1], curve.score[-1]
    return Batch(x, score, weight, np.array(floors), binomial)


def _known(curve: Curve) -> float:
    if curve.chance is None:
        fail(f"{curve.name}: chance", "found none, want the score of guessing", "Give chance=")
    return curve.chance


@dataclass(frozen=True, eq=False)
class Readings:
    """Every plausible reading of some curves as a row of one batch.

    Attributes
    ----------
    curves : list of Curve
        Of each row, as it was read.
    owner : array of int
        Place of the given curve that each row reads.
    turned : array of bool
        Whether a row was turned round here, as if less were better.
    batch : Batch
    found : Assessment
    kept : list of list of int
        The rows of each given curve.
    main : array of int
        The row of each given curve that fits best, as the scores were given.
    """

    curves: list[Curve]
    owner: NDArray[np.intp]
    turned: Flags
    batch: Batch
    found: Assessment
    kept: list[list[int]]
    main: NDArray[np.intp]

    def as_given(self, score: Interval) -> Interval:
        """Return intervals of scores, one a row, as of the scores that were given."""
        return Interval(
            np.where(self.turned, 1 - score.high, score.low),
            np.where(self.turned, 1 - score.low, score.high),
            np.where(self.turned, score.open_high, score.open_low),
            np.where(self.turned, score.open_low, score.open_high),
        )

    def of_row(self, best: Array, interval: Interval, row: int) -> Range | None:
        """Return a number of one row with its interval; None if it does not rise."""
        return joined(best[row], interval, [row]) if self.found.rises[row] else None

    def of_curve(self, best: Array, interval: Interval, i: int) -> Range | None:
        """Return a number of one curve, its interval joined over the readings that rise."""
        main, rises = self.main[i], self.found.rises
        if not rises[main]:
            return None
        return joined(best[main], interval, [row for row in self.kept[i] if rises[row]])


def joined(best: float, interval: Interval, rows: Sequence[int]) -> Range:
    """Return a number with the intervals of some rows joined; it lies within them."""
    some = interval[np.array(rows)]
    low, high = float(some.low.min()), float(some.high.max())
    return Range(
        float(np.clip(best, low, high)),
        None if some.open_low.any() else low,
        None if some.open_high.any() else high,
    )


def read_all_ways(curves: Sequence[Curve], ceiling: float | None) -> Readings:
    """Fit and bound some curves at every plausible floor and in every plausible direction."""
    rows = _Rows(ceiling)
    for i, curve in enumerate(curves):
        rows.add(i, curve)
    batch, found = rows.assessed()
    lost = _lost(found)
    main = [_likeliest(lost, [*chain(*way)]) for way in rows.ways]
    unsaid = [
        i
        for i, (curve, row) in enumerate(zip(curves, main, strict=True))
        # A best possible score says that more is better.
        if (curve.higher_is_better, ceiling) == (None, None)
        and not curve.turned
        and (found.falls[row] or curve.either_way)
        and found.rises[row]
    ]
    if unsaid:
        for i in unsaid:
            rows.add(i, _turned(curves[i]), turned=True)
        batch, found = rows.assessed()
        lost = _lost(found)
    within = lost + found.scatter.critical()
    kept: list[list[int]] = [[] for _ in curves]
    for said, free in rows.ways:
        least = _likeliest(lost, [*said, *free])
        kept[rows.owner[least]] += [*said, *(row for row in free if lost[row] <= within[least])]
    return rows.limited(batch, found, kept, main)


def _lost(found: Assessment) -> Array:
    return np.minimum(found.logistic.deviance, found.gompertz.deviance)


def _likeliest(lost: Array, rows: Sequence[int]) -> int:
    """Return the first of some rows that fits as well as the best, but for the last digits."""
    least = float(lost[rows].min())
    return next(row for row in rows if lost[row] <= least + TIE * (1 + least))


class _Rows:
    """Curves with the floors they are read at, as the rows of one batch.

    ``ways`` has, for each way to read a curve, the rows of the levels that were said or are
    plausible, and of those that are free.
    """

    def __init__(self, ceiling: float | None) -> None:
        self.ceiling = ceiling
        self.curves: list[Curve] = []
        self.floors: list[float] = []
        self.owner: list[int] = []
        self.turned: list[bool] = []
        self.ways: list[tuple[range, range]] = []

    def add(self, i: int, curve: Curve, *, turned: bool = False) -> None:
        """Add the rows of one way to read the ``i``-th curve."""
        most = 1 if self.ceiling is None else self.ceiling
        said, free = ([floor for floor in some if floor < most] for some in levels(curve))
        first, middle = len(self.curves), len(self.curves) + len(said)
        for floor in (*said, *free):
            self.curves.append(curve)
            self.floors.append(floor)
            self.owner.append(i)
            self.turned.append(turned)
        self.ways.append((range(first, middle), range(middle, len(self.curves))))

    def assessed(self) -> tuple[Batch, Assessment]:
        """Return all rows as a batch, and what they allow one to say."""
        batch = gather(self.curves, self.floors)
        return batch, assess(batch, self.ceiling)

    def limited(
        self, batch: Batch, found: Assessment, kept: list[list[int]], main: list[int]
    ) -> Readings:
        """Return the rows that were kept: the others need no intervals, which take long."""
        rows = np.unique([row for some in kept for row in some])
        place = {int(row): i for i, row in enumerate(rows)}
        return Readings(
            [self.curves[row] for row in rows],
            np.array(self.owner)[rows],
            np.array(self.turned)[rows],
            batch[rows],
            found[rows],
            [[place[row] for row in some] for some in kept],
            np.array([place[row] for row in main]),
        )


def _turned(curve: Curve) -> Curve:
    """Return a curve read the other way: less is better, so that its fall is a rise."""
    return replace(
        curve, score=1 - curve.score, turned=True, chance=None, length=None, other=None, along=None
    )
