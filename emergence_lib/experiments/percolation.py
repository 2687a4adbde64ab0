"""Experiment: sites of a lattice open one by one until a path crosses it.

Each site of a square lattice is open with probability p, on its own, knowing nothing of the others.
Whether open sites join into one path from top to bottom is a question about the whole. On a small
lattice the answer drifts from never to always as p grows; on larger ones it turns ever more
sharply, and on an infinite one at a single density: a phase transition (stauffer1994percolation).

Why it matters here: this is what the words mean when they are earned. The change is not declared
sharp because one curve looks steep but because a family of curves steepens with size, at a known
rate, and all fall on one curve once the density is measured in the right unit. A ladder of language
models offers one size a point, so that test is rarely to be had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from time import process_time

import numpy as np
import pandas as pd
from scipy import ndimage

from emergence_lib import laws
from emergence_lib.experiments import store
from emergence_lib.experiments.layers import Floats
from emergence_lib.experiments.settings import Progress, check, watched
from emergence_lib.laws import Flags

CRITICAL = 0.592746
"""Share of open sites at which the infinite lattice begins to span (stauffer1994percolation)."""
NU = 4 / 3
"""Exponent of the correlation length in two dimensions: widths shrink as L**(-1 / NU)."""


@dataclass(frozen=True)
class Config:
    """Which lattices are opened; the defaults are the book's."""

    sizes: tuple[int, ...] = (8, 16, 32, 64, 128, 256)
    """Sites along an edge."""
    densities: tuple[float, ...] = tuple(round(0.40 + 0.01 * i, 2) for i in range(41))
    """Shares of open sites at which the spanning probability is reported."""
    repeats: int = 400
    """Lattices of each size."""

    def __post_init__(self) -> None:
        """Refuse settings that cannot be run."""
        check(self, "sizes", low=2, whole=True, rising=True)
        check(self, "densities", low=0, high=1, rising=True)
        check(self, "repeats", low=2, whole=True)


@dataclass(frozen=True, kw_only=True)
class Result(store.Result):
    """How often lattices span.

    Attributes
    ----------
    spanning : array, shape (sizes, densities)
        Share of lattices with a path of open sites from top to bottom.
    quantiles : array, shape (sizes, 3)
        Densities at which 10, 50 and 90 percent of the lattices span.
    """

    config: Config
    spanning: Floats
    quantiles: Floats

    def widths(self) -> Floats:
        """Return the change of density between 10 and 90 percent spanning, shape (sizes,)."""
        return self.quantiles[:, 2] - self.quantiles[:, 0]

    def width_exponent(self) -> float:
        """Return the slope of log width on log size; for large lattices it is -1 / NU = -0.75.

        Raises
        ------
        ValueError
            If there is only one size.
        """
        if len(self.config.sizes) < 2:
            raise ValueError(f"sizes: found {self.config.sizes}, want at least two for a slope")
        return float(np.polyfit(np.log(self.config.sizes), np.log(self.widths()), 1)[0])

    def collapsed(self) -> Floats:
        """Return the densities in each lattice's own unit, shape (sizes, densities).

        The distance from the critical density times L**(1 / NU). Drawn against it, the spanning
        probabilities of all but the smallest lattices lie on one curve.
        """
        distance = np.array(self.config.densities) - CRITICAL
        return np.array(self.config.sizes)[:, None] ** (1 / NU) * distance


BOOK = Config()


def spans(sites: Flags) -> bool:
    """Say whether open sites, joined along rows and columns, link the top row to the bottom row."""
    clusters, count = ndimage.label(sites)
    reached = np.zeros(count + 1, bool)
    reached[clusters[0]] = True
    reached[0] = False  # the closed sites
    return bool(reached[clusters[-1]].any())


def threshold(field: Floats, halvings: int = 14) -> float:
    """Return the density at which a lattice first spans, to within 2**-halvings.

    A site opens when the density passes its number in `field`, and stays open: the lattice spans
    from one density on, which halving the interval finds.
    """
    low, high = 0.0, 1.0
    for _ in range(halvings):
        middle = (low + high) / 2
        low, high = (low, middle) if spans(field < middle) else (middle, high)
    return (low + high) / 2


@dataclass(frozen=True)
class Board:
    """A square board, some of whose sites are open.

    Attributes
    ----------
    open : array of bool, shape (size, size)
    largest : array of bool, shape (size, size)
        The sites of the largest cluster: open, and joined along rows and columns.
    crossed : bool
        Whether open sites lead from top to bottom.
    """

    open: Flags
    largest: Flags
    crossed: bool


def field(size: int, seed: int = 0) -> Floats:
    """Return the share at which each site of a board opens, uniform, shape (size, size)."""
    return np.random.default_rng([seed, size]).random((size, size))


def board(size: int, share: float, seed: int = 0) -> Board:
    """Open about a share of the sites of a board, each on its own."""
    laws.within("share", share, 0, 1)
    sites = field(size, seed) < share
    return Board(sites, largest_cluster(sites), spans(sites))


def largest_cluster(sites: Flags) -> Flags:
    """Return which sites are in the largest cluster, the first of those alike, row by row."""
    clusters = ndimage.label(sites)[0]
    held = np.bincount(clusters.ravel())[1:]  # without the closed sites
    return clusters == 1 + held.argmax() if held.size else np.zeros_like(sites)


@cache
def thresholds(size: int, boards: int, seed: int = 0) -> Floats:
    """Return the shares at which boards are first crossed, rising, shape (boards,)."""
    return np.sort([threshold(field(size, seed + each)) for each in range(boards)])


def read_out(size: int, share: float, boards: int) -> str:
    """Say of a board what it shows at a share, and how many of so many are crossed there."""
    now, thrown = board(size, share), thresholds(size, boards)
    crossing = int((thrown < share).sum())
    return (
        f"{size} × {size} board, {share:.0%} open: the largest cluster holds "
        f"{now.largest.mean():.0%} of all sites; {'a' if now.crossed else 'no'} path crosses. "
        f"{crossing} of {boards} boards {'crosses' if crossing == 1 else 'cross'} at this share."
    )


def crossed(results: Sequence[Result]) -> pd.DataFrame:
    """Return how often boards are crossed: a row for each share open, a column for each size.

    Mean over the runs, which have the same settings.
    """
    config = results[0].config
    shares = np.mean([result.spanning for result in results], axis=0)
    table = pd.DataFrame(shares.T, index=list(config.densities), columns=list(config.sizes))
    return table.rename_axis(index="open", columns="size")


def run(config: Config = BOOK, seed: int = 0, progress: Progress | None = None) -> Result:
    """Open lattices of every size; `progress` wraps the repeats as tqdm.tqdm does."""
    start = process_time()
    # Each size has its own stream: a shorter list of sizes repeats its lattices.
    streams = [np.random.default_rng([seed, size]) for size in config.sizes]
    thresholds = np.array(
        [
            [
                threshold(rng.random((size, size)))
                for size, rng in zip(config.sizes, streams, strict=True)
            ]
            for _ in watched(range(config.repeats), progress)
        ]
    ).T
    return Result(
        config=config,
        seed=seed,
        seconds=process_time() - start,
        spanning=(thresholds[:, :, None] <= np.array(config.densities)).mean(axis=1),
        quantiles=np.quantile(thresholds, (0.1, 0.5, 0.9), axis=1).T,
    )
