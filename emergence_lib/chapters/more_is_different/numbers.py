"""Numbers of "More is different": flocks, boards that open up, and speakers who agree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from emergence_lib.curves import crossing
from emergence_lib.experiments import flocking, naming_game, percolation, random_graph, store
from emergence_lib.laws import Array

TURN = 2 * np.pi
"""A full turn in radians: the random angle of birds that fly anywhere."""
BOARDS = 200
"""Boards that a reader can throw."""
LIMIT = 70
"""Talks a speaker that the chart of the naming game shows."""


@dataclass(frozen=True)
class Flight:
    """One flock on its way.

    Attributes
    ----------
    order : array, shape (steps,)
        Length of the mean of all unit headings after each step, 0 to 1.
    places : array, shape (birds, 2)
        Where the birds are at the end, in units of the sky's side.
    headings : array of complex, shape (birds,)
        Where they fly at the end, of length 1.
    """

    order: Array
    places: Array
    headings: Array


def flight(birds: int, noise: float, seed: int = 0) -> Flight:
    """Fly one flock from random places and headings.

    Parameters
    ----------
    birds : int
        From 8 on, as sparse as the book's other flocks.
    noise : float
        Width of the random angle, radians, up to a full turn.
    seed : int
    """
    config = replace(flocking.BOOK, birds=(birds,), noises=(noise,))
    course = list(flocking.steps(birds, config, np.random.default_rng([seed, birds])))
    places, headings = (each[0] for each in course[-1])
    order = np.array([np.abs(each.mean()) for _, each in course])
    return Flight(order, places / np.sqrt(birds / config.density), headings)


@cache
def flocks() -> pd.DataFrame:
    """Return the order of all stored flights.

    Returns
    -------
    DataFrame
        Columns birds, twelfths (noise in twelfths of a full turn), seed, order (second half of
        the flight), drift (how far the order of the last quarter is from that of the third).
    """
    results = store.stored("flocking")
    rows = []
    for result in results:
        drift = np.abs(np.diff(result.halves, axis=0))[0]
        for i, birds in enumerate(result.config.birds):
            for j, noise in enumerate(result.config.noises):
                twelfths = round(12 * noise / TURN)
                rows.append((birds, twelfths, result.seed, result.order[i, j], drift[i, j]))
    return pd.DataFrame(rows, columns=["birds", "twelfths", "seed", "order", "drift"])


def order(birds: int, twelfths: int) -> Array:
    """Return the order of the stored flocks of one size and noise, one for each seed.

    Parameters
    ----------
    birds : int
        30, 100 or 300.
    twelfths : int
        Width of the random angle in twelfths of a full turn, 0 to 12.
    """
    chosen = flocks().query(f"birds == {birds} and twelfths == {twelfths}")
    if chosen.empty:
        raise ValueError(
            f"birds, twelfths: found {birds} and {twelfths}, want 30, 100 or 300 and 0 to 12"
        )
    return chosen["order"].to_numpy()


@cache
def boards() -> pd.DataFrame:
    """Return what size does to boards, from the stored lattices, mean over seeds.

    Returns
    -------
    DataFrame
        Index size; columns half (share of open sites at which half of the boards are crossed),
        width (shares from 10% to 90% of the boards), relative (width in units of half), blind
        (how often someone who knows only the share, and bets on what is likelier there, is wrong;
        mean over shares from 40% to 80%).
    """
    results = store.stored("percolation")
    low, half, high = np.mean([result.quantiles for result in results], axis=0).T
    crossed = percolation.crossed(results)
    return pd.DataFrame(
        {
            "half": half,
            "width": high - low,
            "relative": (high - low) / half,
            "blind": crossed.clip(upper=1 - crossed).mean(),
        },
        index=crossed.columns,
    )


@cache
def agreement() -> pd.DataFrame:
    """Return what size does to agreement, from the stored naming games, mean over seeds.

    Returns
    -------
    DataFrame
        Index agents; columns talks (a speaker, until all share one word), rise (from 10% to 90%
        of talks understood, in times to consensus), took (the same in talks a speaker), late (from
        30% to 90%, in talks a speaker).
    """
    results = store.stored("naming_game")
    agents = np.array(results[0].config.agents)
    talks = np.array([result.talks.mean(axis=1) for result in results]) / agents
    rise = np.array([result.rise() for result in results])
    late = np.array([result.rise(0.3) for result in results])
    return pd.DataFrame(
        {
            "talks": talks.mean(axis=0),
            "rise": rise.mean(axis=0),
            "took": (rise * talks).mean(axis=0),
            "late": (late * talks).mean(axis=0),
        },
        index=pd.Index(agents, name="agents"),
    )


@cache
def story() -> pd.DataFrame:
    """Return the share of talks understood through the stored naming games.

    Returns
    -------
    DataFrame
        Columns agents, seed, part (middle of a part of the time to consensus, 0 to 1),
        understood (mean over populations).
    """
    tables = []
    for result in store.stored("naming_game"):
        parts = result.config.parts
        for agents, curve in zip(result.config.agents, result.success, strict=True):
            middle = (np.arange(parts) + 0.5) / parts
            tables.append(
                pd.DataFrame(
                    {"agents": agents, "seed": result.seed, "part": middle, "understood": curve}
                )
            )
    return pd.concat(tables, ignore_index=True)


@dataclass(frozen=True)
class Game:
    """One population on its way to agreement, after each talk.

    Attributes
    ----------
    talks : array, shape (talks,)
        Talks a speaker so far.
    understood : array, shape (talks,)
        Share understood of the latest talks, as many as there are agents.
    words : array, shape (talks,)
        Different words in use, as a share of the agents.
    """

    talks: Array
    understood: Array
    words: Array


def game(agents: int, seed: int = 0) -> Game:
    """Let one population talk until all share one word."""
    success, words = naming_game.play(agents, np.random.default_rng([seed, agents]))
    total = np.concatenate([np.zeros(agents), np.cumsum(success)])
    talks = np.arange(1, len(success) + 1)
    understood = (total[agents:] - total[:-agents]) / np.minimum(talks, agents)
    return Game(talks / agents, understood, words / agents)


def giant(degree: float) -> float:
    """Return the share of the largest component of an infinite random graph.

    Parameters
    ----------
    degree : float
        Mean number of links of a node, at least 0.
    """
    return float(random_graph.giant_share(degree))


def drawn_giant(nodes: int, degree: float) -> float:
    """Return the same of the stored graphs of so many nodes, mean over graphs and seeds."""
    results = store.stored("random_graph")
    config = results[0].config
    if nodes not in config.nodes or degree not in config.degrees:
        raise ValueError(
            f"nodes, degree: found {nodes} and {degree}, want nodes of {config.nodes} and a degree "
            f"of {config.degrees}"
        )
    row, column = config.nodes.index(nodes), config.degrees.index(degree)
    return float(np.mean([result.largest[row, column] for result in results]))


def middle(agents: int) -> float:
    """Return when half of the talks are understood, in times to consensus, mean over seeds."""
    curve = story().query(f"agents == {agents}").groupby("part")["understood"].mean()
    return crossing(curve.index.to_numpy(), curve.to_numpy(), 0.5)


def talk_power() -> float:
    """Return the power of the number of agents with which the talks to consensus grow."""
    table = agreement()
    agents = table.index.to_numpy(dtype=float)
    return float(np.polyfit(np.log(agents), np.log(table["talks"] * agents), 1)[0])


def clocks(coupling: float) -> float:
    """Return the order of the largest stored population of oscillators, mean over seeds."""
    results = store.stored("synchronisation")
    at = results[0].config.couplings.index(coupling)
    return float(np.mean([result.order[-1, at] for result in results]))
