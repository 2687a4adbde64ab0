"""Many measured curves side by side, with the noise of their scores."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emergence_lib import laws
from emergence_lib.laws import Array

Rows = NDArray[np.intp] | NDArray[np.bool_]

TINY = 1e-140
"""Predictions are kept this far from 0 and 1, where one wrong item would surprise infinitely."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Scores of several model ladders; make one with `counts` or `errors`.

    Attributes
    ----------
    x : array, shape (curves, points)
        log10 of scale, rising along each row; padding repeats the last value.
    score : array, shape (curves, points)
    weight : array, shape (curves, points)
        Items behind a score, or one over the variance of a measured error; 0 where a row is padded.
    floor : array, shape (curves,)
        Score of a guess.
    binomial : bool
        Whether `weight` counts items.
    """

    x: Array
    score: Array
    weight: Array
    floor: Array
    binomial: bool

    def __len__(self) -> int:
        """Return the number of curves."""
        return len(self.x)

    def __getitem__(self, rows: Rows | slice) -> Batch:
        """Return some of the curves."""
        return replace(
            self,
            x=self.x[rows],
            score=self.score[rows],
            weight=self.weight[rows],
            floor=self.floor[rows],
        )

    @property
    def points(self) -> NDArray[np.intp]:
        """Number of scores of each curve."""
        return np.sum(self.weight > 0, axis=1)

    @property
    def span(self) -> Array:
        """Decades from the smallest model of each curve to its largest."""
        return self.x[:, -1] - self.x[:, 0]

    @property
    def gap(self) -> Array:
        """Decades between the two closest models of each curve."""
        steps = np.diff(self.x, axis=1)
        return np.where(steps > 0, steps, np.inf).min(axis=1)

    def mirrored(self, rows: NDArray[np.bool_]) -> Batch:
        """Return the curves with the scale of some of them turned round: falls become rises."""
        place, points = np.arange(self.x.shape[1]), self.points[:, None]
        turned = np.where(place < points, points - 1 - place, 0)  # padding stays at the end
        order = np.where(rows[:, None], turned, place)
        x, score, weight = (
            np.take_along_axis(each, order, axis=1) for each in (self.x, self.score, self.weight)
        )
        return replace(
            self,
            x=np.where(rows[:, None], -x, x),
            score=score,
            weight=np.where(place < points, weight, 0),
        )

    @property
    def likelihood(self) -> Likelihood:
        """What the scores say about predictions."""
        y, weight = np.ascontiguousarray(self.score.T), np.ascontiguousarray(self.weight.T)
        return Likelihood(y, weight, self.binomial)

    def deviance(self, p: ArrayLike, q: ArrayLike) -> Array:
        """Return twice the log-likelihood lost against a perfect fit; -> shape (curves,).

        ``p`` is the predicted score and ``q`` what it leaves to 1, broadcast to `score`: given
        apart, because one minus a score near 1 has lost its digits.
        """
        shape = self.score.shape
        return self.likelihood.deviance(np.broadcast_to(p, shape).T, np.broadcast_to(q, shape).T)


class Likelihood:
    """Scores and their noise, laid out for speed: points first, curves last.

    Predictions are given as in `Batch.deviance`, shape (points, curves).
    """

    def __init__(self, score: Array, weight: Array, binomial: bool) -> None:
        self.score, self.weight, self.binomial = score, weight, binomial
        self.right, self.wrong = weight * score, weight * (1 - score)
        # A score of 0 says nothing about the logarithm of p: any finite number serves below it.
        self.up, self.down = (1 / np.where(y > TINY, y, 1.0) for y in (score, 1 - score))

    def take(self, rows: Rows) -> Likelihood:
        """Return some of the curves."""
        some = copy(self)
        for name in ("score", "weight", "right", "wrong", "up", "down"):
            setattr(some, name, getattr(self, name)[:, rows])
        return some

    def deviance(self, p: Array, q: Array) -> Array:
        """Return twice the log-likelihood lost against a perfect fit; -> shape (curves,)."""
        if not self.binomial:
            return np.sum(self.weight * (self.score - p) ** 2, axis=0)
        won, lost = np.maximum(p, TINY), np.maximum(q, TINY)
        won *= self.up
        lost *= self.down
        np.log(won, out=won)
        np.log(lost, out=lost)
        return -2 * (total(self.right, won) + total(self.wrong, lost))

    def information(self, p: Array, q: Array) -> Array:
        """Return half the curvature of the deviance that is expected in each prediction."""
        if not self.binomial:
            return self.weight
        variance = np.maximum(p, TINY)
        variance *= np.maximum(q, TINY)
        return np.divide(self.weight, variance, out=variance)

    def derivatives(self, p: Array, q: Array, exact: bool) -> tuple[Array, Array]:
        """Return half the fall of the deviance with each prediction, and how fast that fall slows.

        The second is Fisher's expectation, or the exact one, which depends on the scores.
        """
        if not self.binomial:
            return self.weight * (self.score - p), self.weight
        if not exact:
            expected = self.information(p, q)
            return expected * (self.score - p), expected
        p, q = np.maximum(p, TINY), np.maximum(q, TINY)
        gain, loss = self.right / p, self.wrong / q
        pull = gain - loss
        gain /= p
        loss /= q
        gain += loss
        return pull, gain


def total(a: Array, b: Array) -> Array:
    """Return the sum over points of a product, shape (curves,)."""
    return np.einsum("pc,pc->c", a, b)


def counts(scale: ArrayLike, score: ArrayLike, items: ArrayLike, floor: ArrayLike = 0.0) -> Batch:
    """Gather curves whose scores are shares of items answered right.

    Parameters
    ----------
    scale : array_like, shape (points,) or (curves, points)
        Parameters, tokens or FLOP, above 0, strictly rising.
    score : array_like, shape (points,) or (curves, points)
        Fractions in [0, 1]; they need not be whole multiples of one item.
    items : array_like, broadcast to `score`
        Items behind each score, above 0.
    floor : array_like, scalar or shape (curves,)
        Chance level, in [0, 1).

    Raises
    ------
    ValueError
        If a value leaves its domain, shapes differ or a scale does not rise.
    """
    return _batch(scale, score, laws.within("items", items, 0, open_low=True), floor, True)


def errors(scale: ArrayLike, score: ArrayLike, stderr: ArrayLike, floor: ArrayLike = 0.0) -> Batch:
    """Gather curves whose scores come with standard errors; see `counts`.

    Raises
    ------
    ValueError
        As `counts`; a standard error of 0 claims certainty and is refused.
    """
    sd = laws.within("stderr", stderr, 0, open_low=True)
    return _batch(scale, score, 1 / np.square(sd), floor, False)


def _batch(
    scale: ArrayLike, score: ArrayLike, weight: Array, floor: ArrayLike, binomial: bool
) -> Batch:
    y = np.atleast_2d(laws.within("score", score, 0, 1))
    x = np.atleast_2d(np.log10(laws.within("scale", scale, 0, open_low=True)))
    try:
        x, y, weight = np.broadcast_arrays(x, y, weight)
        chance = np.broadcast_to(laws.within("floor", floor, 0, 1, open_high=True), len(y))
    except ValueError as error:
        raise ValueError(
            f"scale, score, items, floor: found shapes that differ ({error})"
        ) from None
    if x.shape[1] < 2:
        raise ValueError(f"scale: found {x.shape[1]} model, want at least two")
    if np.any(np.diff(x, axis=1) <= 0):
        raise ValueError("scale: found two models out of order or alike, want rising scales")
    return Batch(x, y, weight, chance, binomial)


def stack(batches: Sequence[Batch]) -> Batch:
    """Put curves of different lengths into one batch.

    Raises
    ------
    ValueError
        If there is none, or counts and standard errors are mixed.
    """
    kinds = {batch.binomial for batch in batches}
    if len(kinds) != 1:
        raise ValueError(f"batches: found {len(kinds)} kinds of noise, want one")
    longest = max(batch.x.shape[1] for batch in batches)

    def padded(values: Array, mode: str) -> Array:
        return np.pad(values, [(0, 0), (0, longest - values.shape[1])], mode=mode)  # type: ignore[call-overload]

    return Batch(
        np.concatenate([padded(batch.x, "edge") for batch in batches]),
        np.concatenate([padded(batch.score, "edge") for batch in batches]),
        np.concatenate([padded(batch.weight, "constant") for batch in batches]),
        np.concatenate([batch.floor for batch in batches]),
        kinds.pop(),
    )
