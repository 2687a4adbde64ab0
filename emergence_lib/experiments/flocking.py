"""Experiment: birds that copy their neighbours come to fly one way.

Each bird turns to the mean heading of the birds within distance 1, errs by a random angle, and
takes a step (vicsek1995novel). No bird leads and none sees the whole, yet with little noise the
flock agrees on a direction; with much noise it does not.

Why it matters here: order of the whole from rules about neighbours. What may be said of it is
modest: in flocks of a few hundred birds, over a few hundred steps, the order falls smoothly with
noise, and a small flock never looks disordered, because even random headings add up to about
1 / sqrt(birds). With no noise at all a large flock can take long to become one.
Of the kind of transition, or of its exponents, these runs say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import process_time

import numpy as np
from scipy.spatial import KDTree

from emergence_lib.experiments import store
from emergence_lib.experiments.layers import Floats
from emergence_lib.experiments.settings import Progress, check, watched


@dataclass(frozen=True)
class Config:
    """Which flocks fly; the defaults are the book's."""

    birds: tuple[int, ...] = (30, 100, 300)
    """Birds of a flock."""
    noises: tuple[float, ...] = tuple(i / 12 * 2 * np.pi for i in range(13))
    """Widths of the random angle in radians: 0 is none, 2 pi is any direction at all."""
    density: float = 2.0
    """Birds in a unit of area; the sky is a square whose opposite edges meet."""
    speed: float = 0.3
    """Length of a step; birds within distance 1 are neighbours."""
    steps: int = 400
    """Steps of a flight; order is averaged over the second half."""

    def __post_init__(self) -> None:
        """Refuse settings that cannot be run."""
        check(self, "birds", low=2, whole=True, rising=True)
        check(self, "noises", low=0, high=2 * np.pi, rising=True)
        check(self, "density", low=1e-3)
        check(self, "speed", low=0)
        check(self, "steps", low=2, whole=True)
        if min(self.birds) / self.density < 4:
            raise ValueError(
                f"density: found {self.density}, want at most {min(self.birds) / 4:g}: a bird must "
                "not see another on both sides of the sky"
            )


@dataclass(frozen=True, kw_only=True)
class Result(store.Result):
    """How well flocks agree.

    Attributes
    ----------
    order : array, shape (birds, noises)
        Length of the mean of all unit headings, 0 to 1, averaged over the second half of the
        flight.
    halves : array, shape (2, birds, noises)
        The same over the third and the last quarter: where they differ the flock had not settled.
    """

    config: Config
    order: Floats
    halves: Floats


BOOK = Config()


def floor(birds: int) -> float:
    """Return the mean order of birds that fly anywhere at random, for not too few of them.

    The length of a sum of many random unit vectors follows Rayleigh's law.
    """
    return float(np.sqrt(np.pi / (4 * birds)))


def neighbour_sums(positions: Floats, headings: Floats, side: float) -> Floats:
    """Return for each bird the sum of the headings within distance 1, its own included.

    Parameters
    ----------
    positions : array, shape (flocks, birds, 2)
        Places in [0, side).
    headings : array of complex, shape (flocks, birds)
    side : float
        Edge of the sky, above 2.

    Returns
    -------
    array of complex, shape (flocks, birds)
    """
    flocks, birds = headings.shape
    # One search for all flocks: a third coordinate, which does not wrap, keeps them apart.
    layer = np.repeat(2.0 * np.arange(flocks), birds)
    points = np.column_stack([positions.reshape(-1, 2), layer])
    tree = KDTree(points, boxsize=[side, side, 0], balanced_tree=False, compact_nodes=False)
    one, other = tree.query_pairs(1.0, output_type="ndarray").T
    to, of = np.concatenate([one, other]), headings.ravel()[np.concatenate([other, one])]
    east, north = (np.bincount(to, part, minlength=len(points)) for part in (of.real, of.imag))
    return headings + (east + 1j * north).reshape(headings.shape)


def steps(birds: int, config: Config, rng: np.random.Generator) -> Iterator[tuple[Floats, Floats]]:
    """Fly one flock at every noise; yield what is to be seen after each step.

    Parameters
    ----------
    birds : int
    config : Config
        Its noises, density, speed and number of steps.
    rng : Generator

    Yields
    ------
    positions : array, shape (noises, birds, 2)
        Places in the sky, whose side is ``sqrt(birds / density)``.
    headings : array of complex, shape (noises, birds)
        Directions of flight, of length 1.
    """
    side = np.sqrt(birds / config.density)
    shape = len(config.noises), birds
    positions = rng.random((*shape, 2)) * side
    headings = np.exp(2j * np.pi * rng.random(shape))
    for _ in range(config.steps):
        error = np.array(config.noises)[:, None] * (rng.random(shape) - 0.5)
        headings = np.exp(1j * (np.angle(neighbour_sums(positions, headings, side)) + error))
        moved = positions + config.speed * np.stack([headings.real, headings.imag], axis=-1)
        # Twice: the remainder of a tiny negative number rounds up to the side itself.
        positions = moved % side % side
        yield positions, headings


def fly(birds: int, config: Config, rng: np.random.Generator) -> Floats:
    """Fly one flock at every noise; return its order at each step, shape (steps, noises)."""
    return np.array([np.abs(headings.mean(axis=1)) for _, headings in steps(birds, config, rng)])


def run(config: Config = BOOK, seed: int = 0, progress: Progress | None = None) -> Result:
    """Fly flocks of every size; `progress` wraps the sizes as tqdm.tqdm does."""
    start = process_time()
    late = [
        fly(birds, config, np.random.default_rng([seed, birds]))[config.steps // 2 :]
        for birds in watched(config.birds, progress)
    ]
    quarters = [[part.mean(axis=0) for part in np.array_split(order, 2)] for order in late]
    return Result(
        config=config,
        seed=seed,
        seconds=process_time() - start,
        order=np.array([order.mean(axis=0) for order in late]),
        halves=np.array(quarters).swapaxes(0, 1),
    )
