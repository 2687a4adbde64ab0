"""Numbers of "Beyond language models": crowds that tip, strategies that evolve, rewards gamed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from math import isclose

import numpy as np
import pandas as pd

from emergence_lib.curves import crossing
from emergence_lib.experiments import minority, prisoners_dilemma, reward_gaming, store
from emergence_lib.laws import Array

COOPERATIVE, HOSTILE = 0.75, 0.25
"""Shares of moves that cooperate: an era begins beyond one of them, and lasts to the other."""


@cache
def tipping(rounds: int | None = None) -> pd.DataFrame:
    """Return how many of the stored crowds turned over within some rounds.

    Parameters
    ----------
    rounds : int, optional
        Talks that each agent had as a speaker; as many as were played by default.

    Returns
    -------
    DataFrame
        Index share (committed), columns agents; shares of crowds, over all seeds.
    """
    results = store.stored("minority")
    config = results[0].config
    turned = np.mean([result.turned(rounds) for result in results], axis=0)
    return pd.DataFrame(turned.T, pd.Index(config.shares, name="share"), list(config.agents))


@cache
def margins(rounds: int | None = None) -> pd.DataFrame:
    """Return where crowds tip: index agents; columns low, half, high (committed shares).

    The shares at which 10%, 50% and 90% of the crowds turn over, along straight lines between the
    stored shares.
    """
    table = tipping(rounds)
    shares = table.index.to_numpy()
    rows = {
        agents: [
            crossing(shares, np.maximum.accumulate(table[agents].to_numpy()), part)
            for part in (0.1, 0.5, 0.9)
        ]
        for agents in table
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["low", "half", "high"])


def width(agents: int, rounds: int | None = None) -> float:
    """Return the committed share over which crowds go from 10% to 90%, in units of its middle."""
    low, half, high = margins(rounds).loc[agents].to_numpy(float)
    return float((high - low) / half)


@cache
def patience() -> pd.DataFrame:
    """Return the committed share at which half of the crowds turn, by how long they may take.

    Index talks that each agent has as a speaker, columns agents.
    """
    talks = pd.Index(range(40, store.stored("minority")[0].config.rounds + 1, 10), name="talks")
    return pd.DataFrame([margins(each)["half"] for each in talks], talks)


def standing_at_threshold() -> float:
    """Return the share of an endless crowd that still holds the old word alone at the threshold."""
    old = np.linspace(0, 1, 100_001)
    return float(old[np.argmax(minority.needed(old))])


def courses(share: float, agents: int) -> Array:
    """Return the stored courses of crowds of one kind, shape (crowds, points), over all seeds.

    The share of a crowd that holds the new word alone, every `Config.every` rounds from the start.
    """
    results = store.stored("minority")
    config = results[0].config
    row = config.agents.index(agents)
    column = next(i for i, each in enumerate(config.shares) if isclose(each, share))
    return np.concatenate([result.course[row, column] for result in results], dtype=float)


def times() -> Array:
    """Return the rounds at which `courses` has its points."""
    config = store.stored("minority")[0].config
    return np.arange(0, config.rounds + 1, config.every, dtype=float)


@cache
def populations() -> pd.DataFrame:
    """Return the stored cooperation: index generation; columns (seed, population)."""
    results = store.stored("prisoners_dilemma")
    config = results[0].config
    generations = pd.Index(config.every * np.arange(results[0].cooperation.shape[1]))
    return pd.concat(
        {
            result.seed: pd.DataFrame(result.cooperation.T.astype(float), generations)
            for result in results
        },
        axis=1,
        names=["seed", "population"],
    )


def every() -> int:
    """Return the generations from one look at a population to the next."""
    return int(store.stored("prisoners_dilemma")[0].config.every)


def led_by(*cooperates: float) -> float:
    """Return how often a strategy is the most common when cooperation is above `COOPERATIVE`.

    Parameters
    ----------
    *cooperates : float
        How likely it cooperates after both did, after it was exploited, after it exploited, and
        after neither did: one of the levels of the experiment each.
    """
    results = store.stored("prisoners_dilemma")
    strategies = prisoners_dilemma.strategies(results[0].config.levels)
    leaders = np.concatenate(
        [result.leader[result.cooperation > COOPERATIVE] for result in results]
    )
    return float(np.isclose(strategies[leaders], cooperates).all(axis=1).mean())


def eras(cooperation: Array) -> list[tuple[bool, int]]:
    """Cut a course into eras: whether it was a cooperative one, and how many reports it lasted.

    An era begins when cooperation passes `COOPERATIVE` or falls below `HOSTILE`, and lasts until
    it reaches the other; what comes before the first is left out.

    Parameters
    ----------
    cooperation : array, shape (reports,)
    """
    found: list[tuple[bool, int]] = []
    for each in cooperation:
        kind = True if each > COOPERATIVE else False if each < HOSTILE else None
        if kind is not None and (not found or found[-1][0] != kind):
            found.append((kind, 0))
        if found:
            found[-1] = (found[-1][0], found[-1][1] + 1)
    return found


@cache
def turnovers() -> pd.Series:
    """Return how often each stored population went from one kind of era to the other."""
    table = populations()
    counts = [len(eras(table[column].to_numpy())) - 1 for column in table]
    return pd.Series(np.maximum(counts, 0), table.columns)


@cache
def cooperative_time() -> pd.Series:
    """Return for each stored population the share of all its reports in cooperative eras."""
    table = populations()
    spent = [
        sum(lasted for cooperative, lasted in eras(table[column].to_numpy()) if cooperative)
        for column in table
    ]
    return pd.Series(spent, table.columns) / len(table)


@cache
def finishing(start: str = "anywhere") -> pd.DataFrame:
    """Return the share of stored learners that finish: index bonus, columns steps of training.

    Parameters
    ----------
    start : str
        Where training episodes began, one of `reward_gaming.STARTS`.
    """
    results = store.stored("reward_gaming")
    config = results[0].config
    finish = np.mean([result.finish for result in results], axis=0)
    row = reward_gaming.STARTS.index(start)
    return pd.DataFrame(finish[:, row].T, pd.Index(config.bonuses, name="bonus"), config.exams)


@cache
def reached(bonus: float = 0.5) -> float:
    """Return which share of learners that do not finish did reach the end in training.

    Ninety learners whose episodes begin at the first cell, trained anew; whoever once reached the
    end knows that the last step pays.
    """
    config = replace(reward_gaming.BOOK, bonuses=(bonus,), learners=90)
    *_, table = reward_gaming.train(config, np.random.default_rng(0), None)
    finished, _ = reward_gaming.examine(table, config)
    first = reward_gaming.STARTS.index("first cell")
    paid = table[first, ..., config.cells - 2, 1] > 0
    return float(paid[~finished[first]].mean())


def paid_switch() -> float:
    """Return the bonus from which circling is paid more than finishing in one whole episode.

    Not discounted, and from the first cell: circling visits the bonus at every second step from
    the first visit on, finishing visits it once.
    """
    config = reward_gaming.BOOK
    visits = (config.patience - config.bonus_cell) // 2 + 1
    return config.prize / (visits - 1)


def learners() -> int:
    """Return how many learners stand behind each share of `finishing`."""
    results = store.stored("reward_gaming")
    return len(results) * int(results[0].config.learners)
