"""Experiment: how many neurons a Hopfield memory needs to hold a fixed number of patterns.

Patterns are random, stored by Hebb's rule (hopfield1982neural). The memory starts at a stored
pattern and is left to itself: it stays near if it holds the pattern and drifts away if it does not.
With many neurons, recall fails above about 0.138 patterns a neuron (amit1985storing).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from time import process_time
from typing import Any

import numpy as np

from emergence_lib.experiments import store
from emergence_lib.experiments.layers import Floats, Integers
from emergence_lib.experiments.settings import Progress, check, watched


@dataclass(frozen=True)
class Config:
    """Which memories are tried; the defaults are the book's."""

    patterns: tuple[int, ...] = (5, 20, 80, 200)
    """Patterns to be held, one curve each."""
    lowest: float = 2.0
    """Neurons for each pattern in the smallest memory."""
    highest: float = 30.0
    """Neurons for each pattern in the largest."""
    sizes: int = 15
    """Memories of a curve, evenly spaced in log neurons."""
    recalls: int = 400
    """Recalls at each point, from as many fresh memories as that takes."""
    sweeps: int = 20
    """Most often that every neuron is updated."""
    blocks: int = 8
    """Random groups into which a sweep divides the neurons; a group moves together."""
    kept: float = 0.95
    """Overlap from which on a pattern counts as recalled."""

    def __post_init__(self) -> None:
        """Refuse settings that cannot be run."""
        check(self, "patterns", "sizes", "recalls", "sweeps", "blocks", low=1, whole=True)
        check(self, "lowest", low=0, open_low=True)
        check(self, "highest", low=self.lowest)
        check(self, "kept", low=0, high=1, open_low=True)

    @property
    def neurons(self) -> Integers:
        """Neurons of every memory, shape (patterns, sizes)."""
        ratios = np.geomspace(self.lowest, self.highest, self.sizes)
        return np.outer(self.patterns, ratios).round().astype(np.int64)


@dataclass(frozen=True, kw_only=True)
class Result(store.Result):
    """Scores of the memories, all of shape (patterns, sizes).

    Attributes
    ----------
    neurons : array of int
    recall : array
        Share of patterns recalled: overlap of at least `Config.kept`.
    overlap : array
        Mean overlap of the final state with the pattern it started from, from -1 to 1.
    """

    config: Config
    neurons: Integers
    recall: Floats
    overlap: Floats


BOOK = Config()


def draw(neurons: int, patterns: int, rng: np.random.Generator) -> Floats:
    """Draw random patterns of -1 and 1, shape (neurons, patterns)."""
    signs: Floats = rng.integers(0, 2, (neurons, patterns)).astype(np.float32) * 2 - 1
    return signs


def fields(patterns: Floats, states: Floats, some: Any = slice(None)) -> Floats:
    """Return what some neurons receive, times the number of neurons, shape (some, states).

    The couplings are the mean of the products of two neurons' values over the patterns, nothing
    from a neuron to itself; the matrix of couplings is never formed.
    """
    received: Floats = patterns[some] @ (patterns.T @ states) - patterns.shape[1] * states[some]
    return received


def groups(neurons: int, blocks: int, rng: np.random.Generator | None) -> list[Any]:
    """Divide the neurons into groups: at random, or in their order if there is no generator."""
    blocks = min(blocks, neurons)
    if rng is not None:
        return np.array_split(rng.permutation(neurons), blocks)
    return [
        slice(*ends) for ends in pairwise(neurons * block // blocks for block in range(blocks + 1))
    ]


def settle(
    patterns: Floats,
    states: Floats,
    sweeps: int,
    blocks: int,
    rng: np.random.Generator | None = None,
) -> Floats:
    """Return the states after each neuron has followed the sign of its field, time and again.

    Parameters
    ----------
    patterns : array, shape (neurons, patterns)
    states : array, shape (neurons, states)
        Where each recall starts; -1 and 1.
    sweeps : int
        Most updates of every neuron; fewer if nothing moves.
    blocks : int
        Groups that move one after another; with one group for each neuron nothing moves together.
    rng : Generator, optional
        Draws the groups, afresh for each sweep. Without one they are made in the order of the
        neurons, which is as good where patterns are random and saves a copy of them.
    """
    states = states.copy()
    overlaps = patterns.T @ states
    for _ in range(sweeps):
        moved = False
        for some in groups(len(states), blocks, rng):
            old = states[some]
            field = patterns[some] @ overlaps - patterns.shape[1] * old
            # A neuron that receives nothing stays as it is.
            new = np.where(field == 0, old, np.sign(field))
            if not np.array_equal(new, old):
                overlaps += patterns[some].T @ (new - old)
                states[some] = new
                moved = True
        if not moved:
            break
    return states


def recall(neurons: int, patterns: int, config: Config, rng: np.random.Generator) -> Floats:
    """Return the overlap of every pattern of one fresh memory with where it drifts to."""
    stored = draw(neurons, patterns, rng)
    final = settle(stored, stored, config.sweeps, config.blocks, rng)
    overlap: Floats = (stored * final).mean(axis=0, dtype=float)
    return overlap


def run(config: Config = BOOK, seed: int = 0, progress: Progress | None = None) -> Result:
    """Try all memories; `progress` wraps the count of the points as tqdm.tqdm does."""
    start = process_time()
    neurons = config.neurons
    overlap, share = np.zeros(neurons.shape), np.zeros(neurons.shape)
    for point in watched(range(neurons.size), progress):
        row, column = np.unravel_index(point, neurons.shape)
        patterns = config.patterns[row]
        rng = np.random.default_rng([seed, patterns, int(column)])
        memories = -(-config.recalls // patterns)
        found = np.concatenate(
            [recall(int(neurons[row, column]), patterns, config, rng) for _ in range(memories)]
        )
        overlap[row, column], share[row, column] = found.mean(), (found >= config.kept).mean()
    return Result(
        config=config,
        seed=seed,
        seconds=process_time() - start,
        neurons=neurons,
        recall=share,
        overlap=overlap,
    )
