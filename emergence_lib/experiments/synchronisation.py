"""Experiment: clocks of many speeds, weakly coupled, begin to tick together.

Each oscillator runs at its own frequency and is pulled towards the mean phase of all, the harder
the better they already agree (kuramoto1975self). Up to a critical coupling the pull is too weak to
start; past it some lock together, which strengthens the pull, and order grows with the coupling.

Why it matters here: a threshold that can be derived. With frequencies spread as a Lorentz curve of
half-width 1/2 the critical coupling is 1 and the order of infinitely many oscillators is exactly
``sqrt(1 - 1 / coupling)``: continuous, with a vertical start. Finite populations round the corner.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import process_time

import numpy as np
from numpy.typing import ArrayLike

from emergence_lib import laws
from emergence_lib.experiments import store
from emergence_lib.experiments.layers import Floats
from emergence_lib.experiments.settings import Progress, check, watched

HALF_WIDTH = 0.5
"""Half-width of the Lorentz curve of frequencies; the critical coupling is twice that."""


@dataclass(frozen=True)
class Config:
    """What is coupled, and how strongly; the defaults are the book's."""

    oscillators: tuple[int, ...] = (50, 200, 800)
    """Oscillators of a population."""
    couplings: tuple[float, ...] = tuple(0.25 * i for i in range(13))
    """Strengths of the pull; 1 is critical."""
    duration: float = 100.0
    """Time of a run; order is averaged over the second half."""
    step: float = 0.1
    """Time step of the fourth-order Runge-Kutta rule."""

    def __post_init__(self) -> None:
        """Refuse settings that cannot be run."""
        check(self, "oscillators", low=2, whole=True, rising=True)
        check(self, "couplings", low=0, high=10, rising=True)
        check(self, "step", low=1e-3, high=0.2)
        check(self, "duration", low=10 * self.step)


@dataclass(frozen=True, kw_only=True)
class Result(store.Result):
    """How well oscillators keep together.

    Attributes
    ----------
    order : array, shape (oscillators, couplings)
        Length of the mean of exp(i phase), 0 to 1, averaged over the second half.
    course : array, shape (oscillators, couplings, 51)
        The same length at 51 equally spaced times, from the random start to the end.
    """

    config: Config
    order: Floats
    course: Floats


BOOK = Config()


def limit(coupling: ArrayLike) -> Floats:
    """Return the order of infinitely many oscillators, ``sqrt(1 - 1 / coupling)`` past 1, else 0.

    Parameters
    ----------
    coupling : array_like
        At least 0.

    Returns
    -------
    array, shape of `coupling`

    Raises
    ------
    ValueError
        If a coupling is negative or not finite.
    """
    strength = laws.within("coupling", coupling, 0)
    return np.sqrt(1 - 1 / np.maximum(strength / (2 * HALF_WIDTH), 1))


def frequencies(count: int) -> Floats:
    """Return equally likely quantiles of the Lorentz curve: no luck in the draw, shape (count,)."""
    return HALF_WIDTH * np.tan(np.pi * ((np.arange(count) + 0.5) / count - 0.5))


def velocity(phases: Floats, natural: Floats, couplings: Floats) -> Floats:
    """Return how fast each phase moves, shape (couplings, oscillators) like `phases`.

    The pull of all the others, ``coupling * mean(sin(theirs - mine))``, needs only their mean.
    """
    sine, cosine = np.sin(phases), np.cos(phases)
    pull = sine.mean(axis=1, keepdims=True) * cosine - cosine.mean(axis=1, keepdims=True) * sine
    return natural + couplings[:, None] * pull


def integrate(count: int, config: Config, rng: np.random.Generator) -> Floats:
    """Run one population at every coupling; return its order, shape (couplings, steps + 1)."""
    couplings, natural, h = np.array(config.couplings), frequencies(count), config.step
    # The same random start at every coupling.
    phases = np.tile(2 * np.pi * rng.random(count), (len(couplings), 1))
    order = [np.abs(np.exp(1j * phases).mean(axis=1))]
    for _ in range(round(config.duration / h)):
        k1 = velocity(phases, natural, couplings)
        k2 = velocity(phases + h / 2 * k1, natural, couplings)
        k3 = velocity(phases + h / 2 * k2, natural, couplings)
        k4 = velocity(phases + h * k3, natural, couplings)
        phases += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        order.append(np.abs(np.exp(1j * phases).mean(axis=1)))
    return np.array(order).T


def run(config: Config = BOOK, seed: int = 0, progress: Progress | None = None) -> Result:
    """Couple populations of every size; `progress` wraps the sizes as tqdm.tqdm does."""
    start = process_time()
    orders = np.array(
        [
            integrate(count, config, np.random.default_rng([seed, count]))
            for count in watched(config.oscillators, progress)
        ]
    )
    steps = orders.shape[-1] - 1
    return Result(
        config=config,
        seed=seed,
        seconds=process_time() - start,
        order=orders[:, :, steps // 2 :].mean(axis=2),
        course=orders[:, :, np.linspace(0, steps, 51).round().astype(int)].astype(np.float32),
    )
