"""Experiment: strategies for the repeated prisoner's dilemma evolve, era after era.

Two players each cooperate or defect, again and again. Whatever the other does, defecting pays more
now; yet both do better if both cooperate (axelrod1984evolution). A strategy with a memory of one
round says how likely to cooperate after each of its four outcomes, and sometimes the hand slips. In
a population of fifty, strategies that earn more are copied more, and now and then one changes at
random.

Why it matters here: the population does not settle. Cooperation stays low for tens or
hundreds of generations, then turns over, to about a half or to nine tenths, and falls again. The
right summary of such a run is eras and how long they last, not that cooperation wins or loses.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from time import process_time

import numpy as np
from numpy.typing import ArrayLike

from emergence_lib.experiments import store
from emergence_lib.experiments.layers import Floats, Integers
from emergence_lib.experiments.settings import Progress, check, watched

PAYOFFS = (3.0, 0.0, 5.0, 1.0)
"""What I earn when (I, the other) play CC, CD, DC, DD."""
KNOWN = {
    "always defect": (0.0, 0.0, 0.0, 0.0),
    "always cooperate": (1.0, 1.0, 1.0, 1.0),
    "tit for tat": (1.0, 0.0, 1.0, 0.0),
    "generous tit for tat": (1.0, 1 / 3, 1.0, 1 / 3),
    "win-stay, lose-shift": (1.0, 0.0, 0.0, 1.0),
}
"""Well-known strategies: how likely to cooperate after CC, CD, DC, DD (own move first)."""


@dataclass(frozen=True)
class Config:
    """How strategies play and evolve; the defaults are the book's."""

    levels: tuple[float, ...] = (0.0, 1 / 3, 2 / 3, 1.0)
    """What a strategy may intend as the probability to cooperate; all combinations take part."""
    slips: float = 0.01
    """Probability that a move comes out as the other one."""
    players: int = 50
    """Players of a population."""
    populations: int = 5
    """Populations that evolve on their own."""
    generations: int = 3000
    mutation: float = 0.01
    """Probability that a child has a random strategy."""
    selection: float = 2.0
    """Log odds of being copied for each point of payoff in a round."""
    every: int = 10
    """Generations between two reports."""

    def __post_init__(self) -> None:
        """Refuse settings that cannot be run."""
        check(self, "levels", low=0, high=1, rising=True)
        check(self, "slips", low=1e-6, high=0.5)
        check(self, "players", low=2, whole=True)
        check(self, "populations", "generations", low=1, whole=True)
        check(self, "mutation", low=0, high=1)
        check(self, "selection", low=0, high=100)
        check(self, "every", low=1, high=self.generations, whole=True)


@dataclass(frozen=True, kw_only=True)
class Result(store.Result):
    """What populations do, reported every `Config.every` generations.

    Attributes
    ----------
    cooperation : array, shape (populations, reports)
        Share of moves that cooperate.
    leader : array of int, shape (populations, reports)
        Place of the most frequent strategy in `strategies`.
    """

    config: Config
    cooperation: Floats
    leader: Integers


BOOK = Config()


def strategies(levels: tuple[float, ...]) -> Floats:
    """Return all memories of one round, shape (len(levels)**4, 4)."""
    return np.array(list(product(levels, repeat=4)))


def slipped(intended: ArrayLike, slips: float) -> Floats:
    """Return the probabilities of the moves that come out, given those that are intended."""
    return slips + (1 - 2 * slips) * np.asarray(intended)


def stationary(mine: Floats, theirs: Floats) -> Floats:
    """Return how often each of CC, CD, DC, DD (mine first) comes up in an endless game.

    Parameters
    ----------
    mine, theirs : array, shape (..., 4)
        Probabilities, above 0 and below 1, to cooperate after CC, CD, DC, DD, own move first.

    Returns
    -------
    array, shape (..., 4)
        The only distribution that a round leaves as it is.
    """
    p, q = np.broadcast_arrays(mine, np.asarray(theirs)[..., [0, 2, 1, 3]])
    # After each outcome (rows) the next outcome (columns).
    step = np.stack([p * q, p * (1 - q), (1 - p) * q, (1 - p) * (1 - q)], axis=-1)
    equations = np.swapaxes(step, -1, -2) - np.eye(4)
    equations[..., -1, :] = 1  # one equation is implied by the others; instead, a sum of 1
    return np.linalg.solve(equations, np.array([0.0, 0, 0, 1])[:, None])[..., 0]


def tournament(intended: Floats, slips: float) -> tuple[Floats, Floats]:
    """Return the payoff a round, and the share of cooperation, of each strategy against each.

    Parameters
    ----------
    intended : array, shape (strategies, 4)
    slips : float

    Returns
    -------
    payoff, cooperation : array, shape (strategies, strategies)
        Of the strategy of the row against that of the column.
    """
    table = slipped(intended, slips)
    outcomes = stationary(table[:, None], table)
    return outcomes @ np.array(PAYOFFS), outcomes[..., 0] + outcomes[..., 1]


def against_others(counts: Integers, table: Floats) -> Floats:
    """Return what each strategy gets on average from all other players, shape of `counts`.

    Parameters
    ----------
    counts : array of int, shape (populations, strategies)
    table : array, shape (strategies, strategies)
        What the strategy of the row gets from that of the column.
    """
    players = counts.sum(axis=1, keepdims=True)
    return (counts @ table.T - np.diag(table)) / (players - 1)


def breed(counts: Integers, payoff: Floats, config: Config, rng: np.random.Generator) -> Integers:
    """Draw the next generation: copies of the successful and a few random strategies."""
    earned = against_others(counts, payoff)
    # The best stands at 0, so that no exponential overflows.
    best = np.where(counts > 0, earned, -np.inf).max(axis=1, keepdims=True)
    weight = counts * np.exp(config.selection * np.minimum(earned - best, 0))
    chance = weight / weight.sum(axis=1, keepdims=True)
    chance = (1 - config.mutation) * chance + config.mutation / counts.shape[1]
    return rng.multinomial(config.players, chance)


def run(config: Config = BOOK, seed: int = 0, progress: Progress | None = None) -> Result:
    """Let populations evolve; `progress` wraps the generations as tqdm.tqdm does."""
    start = process_time()
    rng = np.random.default_rng(seed)
    intended = strategies(config.levels)
    payoff, cooperation = tournament(intended, config.slips)
    everyone = np.full(len(intended), 1 / len(intended))
    counts = rng.multinomial(config.players, everyone, size=config.populations)
    shares, leaders = [], []
    for generation in watched(range(config.generations), progress):
        if generation % config.every == 0:
            met = counts * against_others(counts, cooperation)
            shares.append(met.sum(axis=1) / config.players)
            leaders.append(counts.argmax(axis=1))
        counts = breed(counts, payoff, config, rng)
    return Result(
        config=config,
        seed=seed,
        seconds=process_time() - start,
        cooperation=np.array(shares, np.float32).T,
        leader=np.array(leaders).T,
    )
