"""Experiment: recall from Hopfield memories of several sizes against their load.

The memories are those of `capacity`; here their size is fixed and the load, patterns stored for
each neuron, is turned up. Each recall starts at a stored pattern and is left to itself. With
endlessly many neurons recall is lost at a load of about 0.138, by a jump (amit1985storing).

Why it matters here: both the yes-or-no (is it recalled?) and the amount (how close does it stay?)
can be watched at several sizes, as a finite-size test asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import process_time

import numpy as np

from emergence_lib.experiments import store
from emergence_lib.experiments.capacity import draw, settle
from emergence_lib.experiments.layers import Floats, Integers
from emergence_lib.experiments.settings import Progress, check, watched

EDGES = np.linspace(-0.025, 1.025, 22)
"""Ends of the bins of an overlap's size, each 0.05 wide and centred on a multiple of it."""


@dataclass(frozen=True)
class Config:
    """Which memories are tried; the defaults are the book's."""

    neurons: tuple[int, ...] = (200, 400, 800, 1600, 3200)
    """Neurons of a memory."""
    loads: tuple[float, ...] = (
        *(0.10, 0.12, 0.13, 0.14, 0.15, 0.16, 0.17, 0.18, 0.20, 0.22, 0.25, 0.28, 0.32, 0.36),
    )
    """Patterns stored for each neuron."""
    memories: int = 4
    """Fresh memories at each point."""
    recalls: int = 20
    """Recalls from each memory, or one of every pattern if there are fewer."""
    sweeps: int = 50
    """Most often that every neuron is updated."""
    blocks: int = 8
    """Groups into which the neurons are divided, in order; a group moves together."""
    kept: float = 0.7
    """Overlap above which a pattern counts as recalled: the valley between the two heaps."""

    def __post_init__(self) -> None:
        """Refuse settings that cannot be run."""
        check(self, "neurons", low=2, whole=True, rising=True)
        check(self, "loads", low=0, high=10, open_low=True, rising=True)
        check(self, "memories", "recalls", "sweeps", "blocks", low=1, whole=True)
        check(self, "kept", low=0, high=1)

    @property
    def patterns(self) -> Integers:
        """Patterns stored at each point, at least one, shape (neurons, loads)."""
        wanted = np.outer(self.neurons, self.loads)
        return np.maximum(wanted.round().astype(np.int64), 1)


@dataclass(frozen=True, kw_only=True)
class Result(store.Result):
    """Where recalls ended.

    Attributes
    ----------
    recalled : array, shape (neurons, loads, memories)
        Share of a memory's recalls that end above `Config.kept`.
    heaps : array, shape (neurons, loads, bins)
        Share of all recalls whose final overlap, its sign left out, lies between two `EDGES`.
    """

    config: Config
    recalled: Floats
    heaps: Floats


BOOK = Config()


def overlaps(neurons: int, patterns: int, config: Config, rng: np.random.Generator) -> Floats:
    """Return the overlaps of one fresh memory's recalls with their starts, shape (recalls,)."""
    stored = draw(neurons, patterns, rng)
    starts = stored[:, : config.recalls]
    final = settle(stored, starts, config.sweeps, config.blocks)
    ended: Floats = (starts * final).mean(axis=0, dtype=float)
    return ended


def run(config: Config = BOOK, seed: int = 0, progress: Progress | None = None) -> Result:
    """Try all sizes and loads; `progress` wraps the count of the points as tqdm.tqdm does."""
    start = process_time()
    patterns = config.patterns
    recalled = np.zeros((*patterns.shape, config.memories))
    heaps = np.zeros((*patterns.shape, len(EDGES) - 1))
    for point in watched(range(patterns.size), progress):
        place = np.unravel_index(point, patterns.shape)
        neurons, stored = config.neurons[place[0]], int(patterns[place])
        rng = np.random.default_rng([seed, neurons, stored])
        ended = [overlaps(neurons, stored, config, rng) for _ in range(config.memories)]
        recalled[place] = [(each > config.kept).mean() for each in ended]
        heaps[place] = np.histogram(np.abs(np.concatenate(ended)), EDGES)[0]
        heaps[place] /= heaps[place].sum()
    return Result(
        config=config,
        seed=seed,
        seconds=process_time() - start,
        recalled=recalled,
        heaps=heaps,
    )
