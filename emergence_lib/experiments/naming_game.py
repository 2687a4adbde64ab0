"""Experiment: speakers who meet two by two come to share one word, and nobody decided which.

All see the same nameless object. In each talk a speaker says a word it has for it (it makes one up
if it has none) to a listener. If the listener knows the word, both forget all others; if not, it
adds the word to its list (baronchelli2006sharp). First words multiply, then one takes over;
once everybody holds that word alone, nothing can change any more.

Why it matters here: a convention that belongs to no one. The share of talks that succeed stays low
for long and then rises within a part of the story that shrinks with the number of agents: the
change is sharp in the life of the population, though every talk is the same.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from time import process_time

import numpy as np

from emergence_lib.experiments import store
from emergence_lib.experiments.layers import Floats, Integers
from emergence_lib.experiments.settings import Progress, check, watched

Memory = list[int]
"""The words that an agent holds."""


@dataclass(frozen=True)
class Config:
    """Who talks; the defaults are the book's."""

    agents: tuple[int, ...] = (50, 200, 800)
    """Agents of a population."""
    repeats: int = 20
    """Populations of each size."""
    parts: int = 50
    """Equal parts into which the time to consensus is cut for the curves."""
    limit: int = 1_000_000
    """Most talks of a population; the longest of the book's needs about 50,000."""

    def __post_init__(self) -> None:
        """Refuse settings that cannot be run."""
        check(self, "agents", low=2, whole=True, rising=True)
        check(self, "repeats", "limit", low=1, whole=True)
        check(self, "parts", low=2, whole=True)


@dataclass(frozen=True, kw_only=True)
class Result(store.Result):
    """How populations agree.

    Attributes
    ----------
    talks : array of int, shape (agents, repeats)
        Talks until all hold one word, the last one included.
    success : array, shape (agents, parts)
        Share of talks that succeed in each part of a population's time to consensus, mean over
        populations.
    words : array, shape (agents, parts)
        Number of different words at the end of each part, likewise.
    """

    config: Config
    talks: Integers
    success: Floats
    words: Floats

    def rise(self, low: float = 0.1) -> Floats:
        """Return how long success takes from `low` to 90%, in times to consensus, (agents,)."""
        ends = (np.arange(self.config.parts) + 0.5) / self.config.parts
        curves = np.maximum.accumulate(self.success, axis=1)
        return np.array([np.diff(np.interp([low, 0.9], curve, ends))[0] for curve in curves])


BOOK = Config()


def talk(speaker: Memory, listener: Memory, held: Counter[int], luck: float) -> bool:
    """Let one agent talk to another, whose memories change; return whether it was understood.

    Parameters
    ----------
    speaker, listener : list of int
        Their words.
    held : Counter
        How many agents hold each word that anyone holds; kept up to date.
    luck : float
        Uniform number in [0, 1) that chooses among the speaker's words.
    """
    if not speaker:
        speaker.append(max(held, default=0) + 1)
        held[speaker[0]] += 1
    word = speaker[int(luck * len(speaker))]
    if word not in listener:
        listener.append(word)
        held[word] += 1
        return False
    for agent in (speaker, listener):
        for other in agent:
            held[other] -= other != word
            if not held[other]:
                del held[other]
        agent[:] = [word]
    return True


def play(
    agents: int, rng: np.random.Generator, limit: int = BOOK.limit
) -> tuple[Integers, Integers]:
    """Talk until consensus, which comes with certainty, though not soon: about agents**1.5 talks.

    Parameters
    ----------
    agents : int
        At least 2.
    rng : Generator
    limit : int
        Most talks.

    Returns
    -------
    success, words : array of int, shape (talks,)
        Whether each talk succeeded (1 or 0), and the number of different words after it.

    Raises
    ------
    ValueError
        If so many talks bring no consensus.
    """
    memories: list[Memory] = [[] for _ in range(agents)]
    held: Counter[int] = Counter()
    success, words = [], []
    while True:
        speakers = rng.integers(agents, size=1000)
        listeners = (speakers + rng.integers(1, agents, size=1000)) % agents
        for speaker, listener, luck in zip(
            speakers.tolist(), listeners.tolist(), rng.random(1000).tolist(), strict=True
        ):
            success.append(talk(memories[speaker], memories[listener], held, luck))
            words.append(len(held))
            if len(held) == 1 and held.total() == agents:
                return np.array(success, np.int64), np.array(words)
            if len(success) == limit:
                raise ValueError(
                    f"limit: found {limit} talks, want more or fewer agents: {agents} have not "
                    f"agreed and still hold {len(held)} words"
                )


def in_parts(values: Integers, parts: int) -> Floats:
    """Return the means of `values` over equal parts of its length, whole or not, shape (parts,)."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.linspace(0, len(values), parts + 1)
    return np.diff(np.interp(ends, np.arange(len(total)), total)) * parts / len(values)


def run(config: Config = BOOK, seed: int = 0, progress: Progress | None = None) -> Result:
    """Let populations of every size agree; `progress` wraps the sizes as tqdm.tqdm does."""
    start = process_time()
    talks, success, words = [], [], []
    for agents in watched(config.agents, progress):
        rng = np.random.default_rng([seed, agents])
        games = [play(agents, rng, config.limit) for _ in range(config.repeats)]
        talks.append([len(each) for each, _ in games])
        success.append(np.mean([in_parts(each, config.parts) for each, _ in games], axis=0))
        ends = np.linspace(0, 1, config.parts + 1)[1:]
        words.append(
            np.mean([each[np.ceil(ends * len(each)).astype(int) - 1] for _, each in games], axis=0)
        )
    return Result(
        config=config,
        seed=seed,
        seconds=process_time() - start,
        talks=np.array(talks),
        success=np.array(success),
        words=np.array(words),
    )
