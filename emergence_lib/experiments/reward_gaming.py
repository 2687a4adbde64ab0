"""Experiment: a learner on a track finds that circling beats finishing.

A track of ten cells pays 10 for reaching its end. To help learning, a cell on the way pays a small
bonus at each visit. A Q-learner (watkins1989learning) earns what it is paid for: past a critical
bonus the best it can do is to step off the bonus and back on for ever, and it no longer finishes.

Why it matters here: nothing about the learner changes at the critical bonus; what is optimal
changes, at a point that can be worked out beforehand. The optimum switches at once; learners with
little experience fall off gradually, well before it, and come to the step as they train. And a
caution: learners that always start at the first cell mostly fail to finish at any bonus. That is
a failure to explore, not gaming of the reward, and the two look the same from outside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import process_time

import numpy as np

from emergence_lib.experiments import store
from emergence_lib.experiments.layers import Floats, Integers
from emergence_lib.experiments.settings import Progress, check, watched
from emergence_lib.laws import Flags

STARTS = ("anywhere", "first cell")
"""Where training episodes begin: an axis of the results."""


@dataclass(frozen=True)
class Config:
    """What the track pays and how it is learned; the defaults are the book's."""

    bonuses: tuple[float, ...] = tuple(round(0.1 * i, 1) for i in range(17))
    """Payments for each visit to the bonus cell."""
    cells: int = 10
    """Length of the track; the last cell ends an episode."""
    bonus_cell: int = 3
    """Place of the bonus, counted from 0."""
    prize: float = 10.0
    """Payment for reaching the end."""
    discount: float = 0.9
    """Worth of a payment one step later, relative to now."""
    explore: float = 0.15
    """Share of steps in a random direction."""
    rate: float = 0.5
    """Step of learning."""
    patience: int = 50
    """Steps after which an episode is broken off."""
    exams: tuple[int, ...] = (2500, 5000, 10_000, 20_000)
    """Steps of training after which the learners are examined; the last ends it."""
    learners: int = 30
    """Learners for each bonus."""

    def __post_init__(self) -> None:
        """Refuse settings that cannot be run."""
        check(self, "bonuses", low=0, rising=True)
        check(self, "cells", low=3, whole=True)
        check(self, "bonus_cell", low=1, high=self.cells - 2, whole=True)
        check(self, "prize", low=0)
        check(self, "explore", "rate", low=0, high=1)
        check(self, "discount", low=0.01, high=0.999)
        check(self, "patience", "learners", low=1, whole=True)
        check(self, "exams", low=1, whole=True, rising=True)


@dataclass(frozen=True, kw_only=True)
class Result(store.Result):
    """What trained learners do from the first cell, exploring no more.

    Attributes
    ----------
    finish : array, shape (exams, starts, bonuses)
        Share of learners that reach the end, by training so far and by where their training
        episodes began (`STARTS`).
    visits : array, shape (exams, starts, bonuses)
        Mean number of visits to the bonus cell within the patience of an episode.
    """

    config: Config
    finish: Floats
    visits: Floats


BOOK = Config()


def move(cells: Integers, right: Flags, bonus: Floats, config: Config) -> tuple[Integers, Floats]:
    """Return the cells after one step (the first cell has a wall) and what the step pays."""
    after = np.maximum(cells + np.where(right, 1, -1), 0)
    pay = np.where(after == config.bonus_cell, bonus, 0.0)
    return after, pay + np.where(after == config.cells - 1, config.prize, 0.0)


def optimum(config: Config, bonus: float) -> tuple[Floats, bool]:
    """Work out the best way to act, by iterating Bellman's equation.

    Returns
    -------
    values : array, shape (cells - 1, 2)
        Discounted payments from each cell after a first step left or right, the best ever after.
    finishes : bool
        Whether the best way from the first cell reaches the end.
    """
    left_and_right = np.array([False, True])
    cells = np.arange(config.cells - 1)[:, None]
    after, pay = move(cells, left_and_right, np.array(bonus), config)
    values, change = np.zeros(after.shape), np.inf
    while change > 1e-12 * max(1, values.max()):
        best = np.append(values.max(axis=1), 0)  # nothing more at the end
        better = pay + config.discount * best[after]
        values, change = better, np.abs(better - values).max()
    return values, bool(np.all(values[:, 1] >= values[:, 0]))


def critical_bonus(config: Config = BOOK) -> float:
    """Return the bonus at which circling is worth as much as finishing.

    From the bonus cell the prize is ``way = cells - 1 - bonus_cell`` steps off, worth
    ``prize * discount**(way - 1)``; circling pays every other step, in all
    ``bonus * discount / (1 - discount**2)``.
    """
    way = config.cells - 1 - config.bonus_cell
    return config.prize * config.discount ** (way - 2) * (1 - config.discount**2)


def train(config: Config, rng: np.random.Generator, progress: Progress | None) -> Iterator[Floats]:
    """Train all learners side by side; give Q at each exam, (starts, bonuses, learners, cells, 2).

    The table is the same array each time, and changes when the training goes on.
    """
    lanes = len(STARTS), len(config.bonuses), config.learners
    bonus = np.array(config.bonuses)[:, None]
    table = np.zeros((*lanes, config.cells, 2))
    flat = table.reshape(-1, 2)  # a view: one row for each cell of each learner
    offset = config.cells * np.arange(np.prod(lanes)).reshape(lanes)
    anywhere = np.array([True, False])[:, None, None]  # as in STARTS

    def start() -> Integers:
        return np.where(anywhere, rng.integers(config.cells - 1, size=lanes), 0)

    cells, age = start(), np.zeros(lanes, int)
    for step in watched(range(1, config.exams[-1] + 1), progress):
        known = flat[offset + cells]
        ties = known[..., 0] == known[..., 1]
        random = ties | (rng.random(lanes) < config.explore)
        right = np.where(random, rng.random(lanes) < 0.5, known[..., 1] > known[..., 0])
        after, pay = move(cells, right, bonus, config)
        done = after == config.cells - 1
        future = np.where(done, 0, flat[offset + after].max(axis=-1))
        place = offset + cells, right.astype(int)
        flat[place] += config.rate * (pay + config.discount * future - flat[place])
        age += 1
        restart = done | (age >= config.patience)
        cells, age = np.where(restart, start(), after), np.where(restart, 0, age)
        if step in config.exams:
            yield table


def examine(table: Floats, config: Config) -> tuple[Flags, Integers]:
    """Let all go greedily from the first cell; return who finishes, and visits to the bonus."""
    right = table[..., 1] > table[..., 0]
    cells = np.zeros(table.shape[:-2], np.int64)
    visits = np.zeros_like(cells)
    for _ in range(config.patience):
        going = cells < config.cells - 1
        way = np.take_along_axis(right, cells[..., None], -1)[..., 0]
        after = move(cells, way, np.array(0.0), config)[0]
        visits += going & (after == config.bonus_cell)
        cells = np.where(going, after, cells)
    return cells == config.cells - 1, visits


def run(config: Config = BOOK, seed: int = 0, progress: Progress | None = None) -> Result:
    """Train and examine all learners; `progress` wraps the training steps as tqdm.tqdm does."""
    start = process_time()
    tables = train(config, np.random.default_rng(seed), progress)
    marks = [[part.mean(axis=2) for part in examine(table, config)] for table in tables]
    finish, visits = np.swapaxes(marks, 0, 1)
    return Result(
        config=config,
        seed=seed,
        seconds=process_time() - start,
        finish=finish,
        visits=visits,
    )
