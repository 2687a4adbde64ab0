"""What sharpens as a system grows: lattices, graphs and coins, then networks that learn clocks.

``clocks.csv`` and ``rounding.csv`` beside this file hold what the networks did;
``python -m emergence_lib.chapters.physics.numbers``, a part of ``make results``, trains them anew
(about three quarters of an hour on one core).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import optimize, stats

from emergence_lib import curves, laws
from emergence_lib.experiments import grokking, percolation, store
from emergence_lib.experiments.layers import one_hot
from emergence_lib.experiments.modular import Net, encode
from emergence_lib.laws import Array

LOW, HIGH = 0.1, 0.9
"""Shares of a rise between which its width is taken, in the whole chapter."""

COLLAPSED = (16, 32, 64, 128, 256)
"""Edges of the lattices whose curves are laid on each other; the smallest is left out."""
UNIT = 64
"""Edge of the board to whose measure the others are stretched."""
EXPONENTS = (0.8, 1.0, 1.1, 1.2, 1.3, 4 / 3, 1.4, 1.5, 1.7, 2.0, 3.0)
"""Settings of the exponent nu that a reader tries."""
CENTRES = (0.57, 0.58, 0.59, 0.593, 0.60, 0.61)
"""Settings of the critical share that a reader tries."""

BUDGETS = (1000, 2000, 4000)
"""Training steps after which a clock network is examined."""
CLOCKS = {23: 6, 31: 6, 43: 4, 59: 4, 79: 3}
"""Hours of the clocks, and how many seeds were run of each."""
ENDS = (0.14, 0.56)
"""Shares of the table that every search begins from."""
HALVINGS = 7
CLOCKS_STORED = Path(__file__).with_name("clocks.csv")
ROUNDING_STORED = Path(__file__).with_name("rounding.csv")


# Lattices


@cache
def crossed() -> pd.DataFrame:
    """Share of boards that are crossed, one row for each share of open sites, one column a size.

    Averaged over the stored seeds.
    """
    return percolation.crossed(store.stored("percolation"))


def crossing_widths() -> pd.Series:
    """Change of the share of open sites between 10% and 90% of boards crossed, by edge."""
    runs = store.stored("percolation")
    widths = np.mean([run.widths() for run in runs], axis=0)
    return pd.Series(widths, index=pd.Index(runs[0].config.sizes, name="edge"))


def crossing_power() -> float:
    """Slope of log width on log edge for the boards of `crossing_widths`."""
    return float(np.mean([run.width_exponent() for run in store.stored("percolation")]))


def local_exponents() -> pd.Series:
    """Exponent nu from the widths of each two neighbouring sizes, by the larger edge."""
    widths = crossing_widths()
    slopes = np.diff(np.log(widths)) / np.diff(np.log(widths.index.to_numpy(float)))
    return pd.Series(-1 / slopes, index=widths.index[1:], name="nu")


def rescaled(nu: float, centre: float) -> pd.DataFrame:
    """Distance from the critical share times ``(edge / UNIT)**(1 / nu)``, shaped like `crossed`.

    So a board of edge `UNIT` keeps its shares, and the others are stretched to its measure.

    Parameters
    ----------
    nu : float
        Exponent of the correlation length, above 0.
    centre : float
        Share of open sites that counts as critical, in [0, 1].
    """
    power = 1 / laws.within("nu", nu, 0, open_low=True)
    distance = np.array(crossed().index) - laws.within("centre", centre, 0, 1)
    stretch = (np.array(COLLAPSED) / UNIT) ** power
    return pd.DataFrame(distance[:, None] * stretch, index=crossed().index, columns=COLLAPSED)


def spread(nu: float, centre: float) -> float:
    """Root mean square distance of a rescaled curve from the mean of the others, a fraction.

    Taken at every point of a curve between 5% and 95% of boards crossed, so the unit of the
    rescaled axis does not matter.
    """
    places, heights = rescaled(nu, centre), crossed()
    misses = []
    for edge in COLLAPSED:
        inside = heights[edge].between(0.05, 0.95)
        others = [
            np.interp(places.loc[inside, edge], places[other], heights[other])
            for other in COLLAPSED
            if other != edge
        ]
        misses.append(heights.loc[inside, edge].to_numpy() - np.mean(others, axis=0))
    return float(np.sqrt(np.mean(np.concatenate(misses) ** 2)))


@cache
def spreads(centre: float = 0.593) -> pd.Series:
    """Return the `spread` at each of `EXPONENTS`, with one critical share."""
    return pd.Series({nu: spread(nu, centre) for nu in EXPONENTS})


def chance_spread() -> float:
    """Return the `spread` that curves lying on each other would show: the luck of the boards."""
    runs = store.stored("percolation")
    boards = sum(run.config.repeats for run in runs)
    rates = crossed()[list(COLLAPSED)].to_numpy()
    middle = rates[(rates > 0.05) & (rates < 0.95)]
    return float(np.sqrt(np.mean(middle * (1 - middle)) / boards * (1 + 1 / (len(COLLAPSED) - 1))))


def larger_edge(times: float) -> float:
    """How many times the edge has to grow for the crossing to turn ``times`` as steeply."""
    return float(laws.within("times", times, 0, open_low=True) ** percolation.NU)


@cache
def largest_clusters(edge: int, boards: int, seed: int = 0) -> pd.Series:
    """Share of all sites that the largest cluster holds, averaged over boards.

    Parameters
    ----------
    edge : int
        Sites along an edge.
    boards : int
        Drawn from ``[seed, edge]``; the same boards open further from share to share.

    Returns
    -------
    Series
        Indexed by the share of open sites.
    """
    shares = np.round(np.arange(0.5, 0.951, 0.01), 2)
    fields = np.random.default_rng([seed, edge]).random((boards, edge, edge))
    held = [
        np.mean([percolation.largest_cluster(field < share).mean() for field in fields])
        for share in shares
    ]
    return pd.Series(held, index=pd.Index(shares, name="open"))


def cluster_width(edge: int, boards: int) -> float:
    """Change of the share of open sites while the largest cluster grows from 10% to 90%."""
    held = largest_clusters(edge, boards)
    return curves.rise(held.index, held, 0, 1, LOW, HIGH).width


# Graphs


@cache
def components() -> pd.DataFrame:
    """Share of the nodes in the largest component, by links of a node (rows) and nodes (columns).

    Averaged over the stored seeds.
    """
    runs = store.stored("random_graph")
    config = runs[0].config
    shares = np.mean([run.largest for run in runs], axis=0)
    table = pd.DataFrame(shares.T, index=list(config.degrees), columns=list(config.nodes))
    return table.rename_axis(index="links", columns="nodes")


def links_for(share: float) -> float:
    """Links of a node at which the giant component of an infinite graph holds a share of it.

    The equation of `random_graph.giant_share`, solved for the links (erdos1960evolution).
    """
    held = laws.within("share", share, 0, 1, open_low=True, open_high=True)
    return float(-np.log1p(-held) / held)


def component_widths() -> pd.Series:
    """Links of a node between 10% and 90% of the nodes in the largest component, by nodes."""
    table = components()
    return pd.Series(
        {nodes: curves.rise(table.index, table[nodes], 0, 1, LOW, HIGH).width for nodes in table}
    )


def corner_power() -> float:
    """Slope of the log of the largest share at one link a node on the log of the nodes."""
    corner = components().loc[1.0]
    return float(np.polyfit(np.log(corner.index), np.log(corner), 1)[0])


# Coins


def majority(coins: int, bias: Array | float) -> Array:
    """Probability that most of an odd number of independent coins show heads."""
    rate = laws.within("bias", bias, 0, 1)
    if coins < 1 or coins % 2 == 0:
        raise ValueError(f"coins: found {coins}, want an odd number")
    return np.asarray(stats.binom.sf(coins // 2, coins, rate))


def majority_width(coins: int) -> float:
    """Change of the bias between 10% and 90% of votes for heads, ``coins`` independent coins."""
    if coins < 1 or coins % 2 == 0:
        raise ValueError(f"coins: found {coins}, want an odd number")
    # More than half of the coins show heads exactly if their middle one does.
    half = (coins + 1) / 2
    return float(np.diff(stats.beta.ppf([LOW, HIGH], half, half))[0])


def narrowing() -> pd.DataFrame:
    """Widths of four rises by the number of parts, as shares of the width at the fewest.

    Columns: what, parts, width (in the unit of the control), narrowing.
    """
    crossing, giant = crossing_widths(), component_widths()
    coins = (101, 1001, 10_001, 100_001)
    rows = {
        "boards crossed": dict(zip(crossing.index.to_numpy() ** 2, crossing, strict=True)),
        "votes won": {n: majority_width(n) for n in coins},
        "largest component": giant.to_dict(),
        "heads": dict.fromkeys(coins, HIGH - LOW),
    }
    table = pd.DataFrame(
        [(what, parts, width) for what, each in rows.items() for parts, width in each.items()],
        columns=["what", "parts", "width"],
    )
    first = table.groupby("what")["width"].transform("first")
    return table.assign(narrowing=table["width"] / first)


# Clocks


def clock_config(hours: int, share: float, budgets: Sequence[int] = BUDGETS) -> grokking.Config:
    """Return the settings of a clock network: twice as many units as hours, squared error."""
    return replace(
        grokking.SQUARED,
        modulus=hours,
        width=2 * hours,
        shares=(share,),
        checkpoints=tuple(budgets),
    )


def train_clock(hours: int, share: float, seed: int, budgets: Sequence[int] = BUDGETS) -> Array:
    """Return the share of new pairs right after each of the budgets, shape (budgets,)."""
    return np.asarray(grokking.run(clock_config(hours, share, budgets), seed).test[0], dtype=float)


def search_clock(hours: int, seed: int, halvings: int = HALVINGS) -> pd.DataFrame:
    """Train networks at shares of the table that close in on the rise, for one clock and seed.

    From `ENDS` on, every gap between two shares over which some budget's score passes 10%, 50% or
    90% is halved (in the logarithm), again and again. The training sets of a seed are nested.

    Returns
    -------
    DataFrame
        hours, seed, pairs (trained on) and one column a budget, fewest pairs first.
    """
    scores = {share: train_clock(hours, share, seed) for share in ENDS}
    for _ in range(halvings):
        for low, high in list(pairwise(sorted(scores))):
            levels = np.array([[LOW], [0.5], [HIGH]])
            if ((scores[low] < levels) != (scores[high] < levels)).any():
                middle = float(np.sqrt(low * high))
                scores[middle] = train_clock(hours, middle, seed)
    rows = [(hours, seed, round(share * hours**2), *scores[share]) for share in sorted(scores)]
    return pd.DataFrame(rows, columns=["hours", "seed", "pairs", *map(str, BUDGETS)]).round(5)


def train_reordered(hours: int, pairs: int, seed: int, order: int, steps: int) -> float:
    """Return a clock network's score after its training pairs were shuffled: rounding alone.

    Every step sees all pairs, so their order changes sums in the last digit and nothing else;
    ``order`` 0 leaves them as `train_clock` has them.
    """
    config = clock_config(hours, pairs / hours**2, (steps,))
    questions, answers = grokking.table(config, np.random.default_rng(seed))
    inputs = encode(questions, hours)
    shuffled = np.random.default_rng(order).permutation(pairs) if order else np.arange(pairs)
    seen = np.ascontiguousarray(inputs[:, shuffled])
    targets = one_hot(answers[None, shuffled], hours)[0]
    net = Net(hours, config.width, np.random.default_rng([seed, config.width]))
    for _ in grokking.training(net, seen, targets, config):
        pass
    return net.accuracy(inputs[:, pairs:], answers[pairs:])


@cache
def clocks() -> pd.DataFrame:
    """Return the stored scores of the clock networks, one row for each network.

    Returns
    -------
    DataFrame
        hours, seed, pairs, share (of the table), and one column of scores a budget, named by its
        steps; sorted by hours, seed and pairs.
    """
    table = pd.read_csv(CLOCKS_STORED).rename(
        columns=lambda name: int(name) if name.isdigit() else name
    )
    table.insert(3, "share", table["pairs"] / table["hours"] ** 2)
    return table.sort_values(["hours", "seed", "pairs"], ignore_index=True)


def finest_gap() -> float:
    """Ratio, less one, of the neighbouring shares to which every search of `clocks` closes in."""
    return float((ENDS[1] / ENDS[0]) ** (0.5**HALVINGS) - 1)


@cache
def rounding() -> pd.DataFrame:
    """Return the stored scores of `train_reordered`: hours, seed, pairs, order, right."""
    return pd.read_csv(ROUNDING_STORED)


@cache
def rises(steps: int) -> pd.DataFrame:
    """Return where each seed's score first reaches 10%, 50% and 90% after a number of steps.

    Read along straight lines between the shares tried.

    Returns
    -------
    DataFrame
        hours, seed, start, half, end (shares of the table), points, ``end - start``, and width,
        ``points / half``.

    Raises
    ------
    ValueError
        If the networks were not examined then.
    """
    if steps not in BUDGETS:
        raise ValueError(f"steps: found {steps}, want one of {BUDGETS}")
    rows = []
    for (hours, seed), run in clocks().groupby(["hours", "seed"]):
        at = [curves.crossing(run["share"], run[steps], level) for level in (LOW, 0.5, HIGH)]
        points = at[2] - at[0]
        rows.append((hours, seed, *at, points, points / at[1]))
    return pd.DataFrame(rows, columns=["hours", "seed", "start", "half", "end", "points", "width"])


class Scatter(NamedTuple):
    """How far seeds of one clock lie from each other, relative to their mean, all clocks pooled."""

    relative: float
    """Standard deviation."""
    freedom: int
    """Seeds less clocks."""


def scatter(steps: int, what: str) -> Scatter:
    """Pool the relative scatter of a column of `rises` between seeds of one clock.

    A clock with few seeds borrows the scatter of the others, which its own seeds could not tell.
    """
    grouped = rises(steps).groupby("hours")[what]
    deviations = rises(steps)[what] / grouped.transform("mean") - 1
    freedom = len(deviations) - grouped.ngroups
    return Scatter(float(np.sqrt((deviations**2).sum() / freedom)), freedom)


@cache
def sizes(steps: int) -> pd.DataFrame:
    """Return one row a clock: its threshold and how wide the rise is, with 95% intervals.

    Returns
    -------
    DataFrame
        hours (index), seeds, half (geometric mean of the seeds' shares at one half), width (mean
        of the seeds' widths), low and high (of the width; from the pooled `scatter`).
    """
    grouped = rises(steps).groupby("hours")
    seeds, width = grouped.size(), grouped["width"].mean()
    pooled = scatter(steps, "width")
    margin = np.exp(stats.t.ppf(0.975, pooled.freedom) * pooled.relative / np.sqrt(seeds))
    half = grouped["half"].apply(stats.gmean)
    return pd.DataFrame(
        {
            "seeds": seeds,
            "half": half,
            "width": width,
            "low": width / margin,
            "high": width * margin,
        }
    )


class Power(NamedTuple):
    """A line in logarithms through mean widths; the power of the hours has a 95% interval."""

    power: float
    low: float
    high: float
    factor: float
    """What the line gives a clock of one hour."""


@cache
def width_power(steps: int, what: str = "width") -> Power:
    """Fit a power of the hours to the mean widths of `rises`, each seed with equal weight.

    Parameters
    ----------
    steps : int
        One of `BUDGETS`.
    what : str
        The column: "width", relative to the threshold, or "points" of the table.
    """
    grouped = rises(steps).groupby("hours")
    table = pd.DataFrame({"seeds": grouped.size(), "width": grouped[what].mean()})
    pooled = scatter(steps, what)
    logs, seeds = np.log(table.index.to_numpy(float)), table["seeds"].to_numpy(float)
    power, constant = np.polyfit(logs, np.log(table["width"]), 1, w=np.sqrt(seeds))
    spread_of_logs = np.sum(seeds * (logs - np.average(logs, weights=seeds)) ** 2)
    error = pooled.relative / np.sqrt(spread_of_logs)
    margin = float(stats.t.ppf(0.975, pooled.freedom) * error)
    power = float(power)
    return Power(power, power - margin, power + margin, float(np.exp(constant)))


def allowed(power: float) -> list[int]:
    """Return the budgets at which the interval of `width_power` holds a power of the hours."""
    laws_found = {steps: width_power(steps) for steps in BUDGETS}
    return [steps for steps, law in laws_found.items() if law.low < power < law.high]


def narrowed(what: str = "width") -> list[int]:
    """Return the budgets at which the interval of `width_power` lies below zero."""
    return [steps for steps in BUDGETS if width_power(steps, what).high < 0]


def width_table() -> pd.DataFrame:
    """Return `sizes` of every budget as a page prints them, shares and widths in per cent."""
    parts = [sizes(steps).assign(steps=steps).reset_index() for steps in BUDGETS]
    table = pd.concat(parts, ignore_index=True)
    per_cent = (100 * table[["half", "width", "low", "high"]]).round(2)
    per_cent.columns = pd.Index(["threshold (%)", "relative width (%)", "from (%)", "to (%)"])
    return pd.concat([table[["steps", "hours", "seeds"]], per_cent], axis=1)


def seeds_run() -> str:
    """Return how many seeds each clock was run with, the smallest clock first."""
    return ", ".join(map(str, sizes(BUDGETS[0])["seeds"]))


class Law(NamedTuple):
    """A law of two numbers for the share of the table at one half, and how it fits."""

    first: float
    second: float
    miss: float
    """Largest distance from a measured share."""
    chance: float
    """Probability of misses as large or larger if the law is true (chi-squared)."""


LAWS: dict[str, Callable[..., Array]] = {
    "limit": lambda hours, first, second: first + second / hours,
    "power": lambda hours, first, second: first * hours**second,
}
"""How a threshold may fall with the hours: to a limit, or as a power to zero."""


@cache
def threshold_law(kind: str, steps: int = 4000) -> Law:
    """Fit one of `LAWS` to the thresholds of `sizes` by weighted least squares.

    Raises
    ------
    ValueError
        If the kind is unknown.
    """
    if kind not in LAWS:
        raise ValueError(f"kind: found {kind!r}, want one of {', '.join(LAWS)}")
    table = sizes(steps)
    hours, half = table.index.to_numpy(float), table["half"].to_numpy()
    error = scatter(steps, "half").relative * half / np.sqrt(table["seeds"].to_numpy())
    start = (0.1, 7.0) if kind == "limit" else (2.5, -0.6)
    best, _ = optimize.curve_fit(LAWS[kind], hours, half, start, sigma=error)
    misses = LAWS[kind](hours, *best) - half
    chance = stats.chi2.sf(np.sum((misses / error) ** 2), len(half) - 2)
    first, second = map(float, best)
    return Law(first, second, float(np.abs(misses).max()), float(chance))


def threshold_at(kind: str, hours: float, steps: int = 4000) -> float:
    """Return what a `threshold_law` foresees for another clock, a share of its table."""
    law = threshold_law(kind, steps)
    return float(LAWS[kind](laws.within("hours", hours, 1), law.first, law.second))


def measured_clocks() -> pd.DataFrame:
    """Run every search of `CLOCKS` (45 minutes); `clocks` returns what this stored."""
    return pd.concat(
        [search_clock(hours, seed) for hours, seeds in CLOCKS.items() for seed in range(seeds)],
        ignore_index=True,
    )


def measured_rounding() -> pd.DataFrame:
    """Train networks near their thresholds on the same pairs in several orders (a minute)."""
    near = rises(BUDGETS[-1]).query("hours == 31 and seed < 5")
    rows = [
        (31, seed, pairs, order, train_reordered(31, pairs, seed, order, BUDGETS[-1]))
        for seed, half in zip(near["seed"], near["half"], strict=True)
        for pairs in [round(half * 31**2)]
        for order in range(4)
    ]
    return pd.DataFrame(rows, columns=["hours", "seed", "pairs", "order", "right"]).round(5)


def rounding_moves() -> pd.Series:
    """Difference between the best and the worst score of each network of `rounding`, by seed."""
    return rounding().groupby("seed")["right"].agg(np.ptp)


if __name__ == "__main__":
    measured_clocks().to_csv(CLOCKS_STORED, index=False)
    measured_rounding().to_csv(ROUNDING_STORED, index=False)
