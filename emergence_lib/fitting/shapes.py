"""The sigmoids that a score may follow in log scale: how each rises from 0 to 1.

All are written as functions of one rising number z, so that a curve is ``F(a + b log10(scale))``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import special

from emergence_lib.laws import Array

FAR = 300.0
"""Beyond this z a sigmoid is 0 or 1 to 130 digits; kept off it, nothing under- or overflows."""

FARTHEST_NORMAL = 24.0
"""The same for the normal distribution, whose tails are thinner."""


class Parts(NamedTuple):
    """A rise at some z: the share risen, the share still to rise, the slope and its slope."""

    up: Array
    down: Array
    slope: Array
    bend: Array


@dataclass(frozen=True)
class Shape:
    """A rise from 0 to 1.

    `parts` maps z to its `Parts`, the share still to rise without cancellation near 1; `inverse`
    maps a share strictly between 0 and 1 to z.
    """

    name: str
    parts: Callable[[Array], Parts]
    inverse: Callable[[Array], Array]

    @property
    def middle(self) -> float:
        """Value of z half-way up."""
        return float(self.inverse(np.array(0.5)))

    @property
    def spread(self) -> float:
        """Difference in z from 10% to 90% of the rise."""
        low, high = self.inverse(np.array([0.1, 0.9]))
        return float(high - low)


def _logistic(z: Array) -> Parts:
    odds = _falling(z, FAR, FAR)
    up = 1 / (1 + odds)
    down = odds * up
    slope = up * down
    bend = down - up
    bend *= slope
    return Parts(up, down, slope, bend)


def _gompertz(z: Array) -> Parts:
    loss = _falling(z, np.log(FAR), FAR)
    up = np.exp(-loss)
    slope = loss * up
    return Parts(up, -np.expm1(-loss), slope, slope * (loss - 1))


def _falling(z: Array, below: float, above: float) -> Array:
    """Return exp(-z) for z between ``-below`` and ``above``."""
    return np.asarray(np.exp(-np.minimum(np.maximum(z, -below), above)))


LOGISTIC = Shape("logistic", _logistic, special.logit)
"""wei2022emergent and most of the literature: the odds are a power of scale."""

GOMPERTZ = Shape("Gompertz", _gompertz, lambda share: -np.log(-np.log(share)))
"""The law of a metric artefact, `laws.gompertz`: the loss of a whole answer is a power of scale."""


def _probit(z: Array) -> Parts:
    near = np.clip(z, -FARTHEST_NORMAL, FARTHEST_NORMAL)
    slope = np.exp(-near * near / 2) / np.sqrt(2 * np.pi)
    return Parts(special.ndtr(near), special.ndtr(-near), slope, -near * slope)


def _weibull(z: Array) -> Parts:
    mirrored = _gompertz(-z)
    return Parts(mirrored.down, mirrored.up, mirrored.slope, -mirrored.bend)


PROBIT = Shape("probit", _probit, special.ndtri)
"""Each item has a scale of its own from which on it is solved, and their logarithms are normal."""

WEIBULL = Shape("Weibull", _weibull, lambda share: np.log(-np.log1p(-share)))
"""A Gompertz curve upside down: the score begins as a power of scale and ends abruptly."""


def all_right(length: int) -> Shape:
    """Return the shape of a whole answer whose every token is right on a logistic of its own.

    Raises
    ------
    ValueError
        If ``length`` is not a whole number of at least 1.

    References
    ----------
    schaeffer2023emergent, with independent tokens.
    """
    if length < 1 or length != int(length):
        raise ValueError(f"length: found {length}, want a whole number of tokens, 1 or more")

    def parts(z: Array) -> Parts:
        # One token is right at least this often, or the power would underflow.
        odds = _falling(z, FAR / length, FAR)
        log_up = -length * np.log1p(odds)
        up = np.exp(log_up)
        wrong = odds / (1 + odds)
        slope = length * up * wrong
        return Parts(up, -np.expm1(log_up), slope, slope * ((length + 1) * wrong - 1))

    return Shape(
        f"{length} tokens right", parts, lambda share: special.logit(share ** (1 / length))
    )
