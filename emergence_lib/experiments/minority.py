"""Experiment: a few who never give in turn a convention over, if they are more than so many.

Everybody uses one word; some are committed to another and never change. Two meet by chance, a
speaker and a listener. One who holds both words says either. If the listener knows the word,
both keep it alone; if not, the listener now holds both. So it goes in the naming game with two
words (xie2011social).

Why it matters here: a small cause and a large effect, with a threshold that can be worked out. In
a population without end, one word holds out for ever against a share of committed speakers below
a tenth or so, and falls above it. In a finite one it falls by luck below the threshold as well,
the sooner the smaller it is: the change sharpens with size, but only for a stated patience.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import process_time

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import solve_ivp
from scipy.optimize import minimize_scalar

from emergence_lib.experiments import store
from emergence_lib.experiments.layers import Floats, Integers
from emergence_lib.experiments.settings import Progress, check, watched
from emergence_lib.laws import Flags

NEW, OLD, BOTH = 1, 2, 3
"""What a speaker holds: the word of the committed, that of all others, or either."""


@dataclass(frozen=True)
class Config:
    """Who is committed, and how long they may try; the defaults are the book's."""

    agents: tuple[int, ...] = (200, 600, 1800)
    """Agents of a population."""
    shares: tuple[float, ...] = tuple(round(0.06 + 0.005 * i, 3) for i in range(17))
    """Shares of them that are committed, rounded to whole agents."""
    repeats: int = 20
    """Populations of each size and share."""
    rounds: int = 200
    """Talks that each agent has on average as a speaker."""
    followed: int = 4
    """Populations of each size and share whose course is kept."""
    every: int = 4
    """Rounds between two points of a course."""

    def __post_init__(self) -> None:
        """Refuse settings that cannot be run."""
        check(self, "agents", low=2, whole=True, rising=True)
        check(self, "shares", low=0, high=0.99, rising=True)
        check(self, "repeats", "rounds", low=1, whole=True)
        check(self, "followed", low=1, high=self.repeats, whole=True)
        check(self, "every", low=1, high=self.rounds, whole=True)


@dataclass(frozen=True, kw_only=True)
class Result(store.Result):
    """How far the committed got.

    Attributes
    ----------
    won : array of int, shape (agents, shares, repeats)
        Round at whose end all held the new word alone; 0 if they did not in all rounds.
    held : array, shape (agents, shares, repeats)
        Share of all agents that hold the new word alone, the committed too, after the last round.
    course : array, shape (agents, shares, followed, points)
        The same share at the beginning and every `Config.every` rounds, in some populations.
    """

    config: Config
    won: Integers
    held: Floats
    course: Floats

    def turned(self, rounds: int | None = None) -> Floats:
        """Return the share of populations won over within some rounds, (agents, shares)."""
        patience = self.config.rounds if rounds is None else rounds
        return ((self.won > 0) & (self.won <= patience)).mean(axis=2)


BOOK = Config()


def committed(agents: int, share: float) -> int:
    """Return how many agents a share makes."""
    return round(agents * share)


def talk(
    words: Integers, speaker: Integers, listener: Integers, stubborn: Integers, new: Flags
) -> None:
    """Let one agent talk to another in each of many populations, whose words change.

    Parameters
    ----------
    words : array of int, shape (populations, agents)
        `NEW`, `OLD` or `BOTH`.
    speaker, listener : array of int, shape (populations,)
        Who talks; two different agents.
    stubborn : array of int, shape (populations,)
        How many of each population, counted from its first agent, are committed.
    new : array of bool, shape (populations,)
        Which word is said by one who holds both.
    """
    each = np.arange(len(words))
    mine, theirs = words[each, speaker], words[each, listener]
    said = np.where(mine == BOTH, np.where(new, NEW, OLD), mine)
    known = theirs & said > 0
    words[each, speaker] = np.where(known, said, mine)
    learnt = np.where(known, said, BOTH)
    words[each, listener] = np.where(listener >= stubborn, learnt, theirs)


def play(agents: int, stubborn: Integers, rounds: int, rng: np.random.Generator) -> Integers:
    """Let populations talk side by side, and report who holds what after each round.

    Parameters
    ----------
    agents : int
        Agents of each population, at least 2; each round has as many talks.
    stubborn : array of int, shape (populations,)
        How many of each are committed to the new word; all others begin with the old.
    rounds : int
    rng : Generator

    Returns
    -------
    array of int, shape (rounds + 1, populations)
        Agents that hold the new word alone, before the first round and after each.
    """
    words = np.where(np.arange(agents) < stubborn[:, None], NEW, OLD)
    holding = [(words == NEW).sum(axis=1)]
    for _ in range(rounds):
        speakers = rng.integers(agents, size=(agents, len(stubborn)))
        listeners = (speakers + rng.integers(1, agents, size=speakers.shape)) % agents
        coins = rng.random(speakers.shape) < 0.5
        for speaker, listener, new in zip(speakers, listeners, coins, strict=True):
            talk(words, speaker, listener, stubborn, new)
        holding.append((words == NEW).sum(axis=1))
    return np.array(holding)


def flow(free: Floats, share: float) -> Floats:
    """Return how fast an endless population changes, in a round (xie2011social, equation 1).

    Parameters
    ----------
    free : array, shape (2,)
        Shares of all agents that are not committed and hold the new word alone, or the old.
    share : float
        Share that is committed.
    """
    new, old = free
    both = 1 - share - new - old
    return np.array(
        [
            -new * old + both**2 + new * both + 1.5 * share * both,
            -new * old + both**2 + old * both - share * old,
        ]
    )


def endless(share: float, rounds: Floats) -> Floats:
    """Return the share that holds the new word alone in an endless population, at some rounds."""
    start = [0.0, 1.0 - share]
    solved = solve_ivp(
        lambda _, free: flow(free, share), (0, max(rounds)), start, t_eval=rounds,
        rtol=1e-9, atol=1e-12,
    )  # fmt: skip
    return np.asarray(solved.y[0] + share)


def needed(old: ArrayLike) -> Floats:
    """Return the committed share against which a share of the old word stands still.

    Setting `flow` to zero leaves ``both = s - s**2`` with ``s**2 = old``, and then this.

    Parameters
    ----------
    old : array
        Share of all agents that hold the old word alone, from 0 to 1.
    """
    s = np.sqrt(np.asarray(old, float))
    return 2 * (1 - s) * (s**2 + s - 1) / (1 + s)


def threshold() -> float:
    """Return the committed share above which no share of the old word stands still."""
    most = minimize_scalar(lambda old: -needed(old), bounds=(0, 1), options={"xatol": 1e-10})
    return float(-most.fun)


def run(config: Config = BOOK, seed: int = 0, progress: Progress | None = None) -> Result:
    """Let populations of every size talk; `progress` wraps the sizes as tqdm.tqdm does."""
    start = process_time()
    shape = len(config.shares), config.repeats
    won, held, course = [], [], []
    for agents in watched(config.agents, progress):
        stubborn = np.repeat([committed(agents, share) for share in config.shares], config.repeats)
        holding = play(agents, stubborn, config.rounds, np.random.default_rng([seed, agents]))
        everyone = holding == agents
        won.append(np.where(everyone.any(axis=0), everyone.argmax(axis=0), 0).reshape(shape))
        share = (holding / agents).reshape(-1, *shape)
        held.append(share[-1])
        followed = share[:: config.every, :, : config.followed]
        course.append(np.moveaxis(followed, 0, -1).astype(np.float32))
    return Result(
        config=config,
        seed=seed,
        seconds=process_time() - start,
        won=np.array(won),
        held=np.array(held),
        course=np.array(course),
    )
