"""Numbers of Capacity and information: what can be stored, exactly, measured, and in models."""

from __future__ import annotations

import lzma
from functools import cache
from math import comb
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import optimize, stats

from emergence_lib import curves, laws, published
from emergence_lib.experiments import addition, hopfield, quanta, store
from emergence_lib.laws import Array

LOW, HIGH = 0.1, 0.9
"""Shares of a fall between which its width is taken, in the whole chapter."""
SIZES = (10, 30, 100, 300, 1000, 3000, 10_000)
"""Weights of the units whose widths are drawn."""
HEBB = 0.138
"""Load at which an endless Hopfield memory fails (amit1985storing)."""
BEST = 2.0
"""Points a weight that a large unit can learn; the bits a weight that it holds."""
RANDOM_DATA = 3.6
"""Bits a parameter on random data (morris2025how)."""
PROGRAM = "for a in range(1000):\n for b in range(1000):print(a+b)"
"""Prints every sum of two numbers of up to three digits."""


# Cover's count


def cover(points: ArrayLike, inputs: int) -> Array:
    """Probability that random labels of some points can be separated, for units of any size.

    As `laws.cover_separable`, by another sum: as often as ``points - 1`` fair coins show fewer
    heads than there are inputs (cover1965geometrical).
    """
    many = laws.whole("points", points, 1)
    laws.whole("inputs", inputs, 1)
    return np.asarray(stats.binom.cdf(inputs - 1, many - 1, 0.5))


class Fall(NamedTuple):
    """Loads at which a yes-or-no falls to 90%, one half and 10%, and how wide that is."""

    start: float
    half: float
    end: float

    @property
    def width(self) -> float:
        """Width relative to the threshold."""
        return (self.end - self.start) / self.half


def fall(loads: Array, shares: Array) -> Fall:
    """Read where a falling curve passes 90%, one half and 10%, along straight lines."""
    return Fall(*(curves.crossing(loads, 1 - shares, 1 - level) for level in (HIGH, 0.5, LOW)))


@cache
def cover_fall(inputs: int) -> Fall:
    """Return where a unit with so many inputs begins to fail, and ends, in points an input."""
    points = np.arange(inputs, 6 * inputs + 20)
    return fall(points / inputs, cover(points, inputs))


def cover_width(inputs: int) -> float:
    """Return the relative width that counting heads predicts for a large unit.

    ``P - 1`` heads have spread ``sqrt(P) / 2``, so 90% and 10% lie ``z`` spreads to either side of
    ``P = 2 N``: in all ``2 z sqrt(2 N)`` points, or ``z sqrt(2 / N)`` of the threshold.
    """
    return float(stats.norm.ppf(HIGH) * np.sqrt(2 / inputs))


def cover_power() -> float:
    """Slope of the log of the exact relative width on the log of the inputs, over `SIZES`."""
    widths = [cover_fall(inputs).width for inputs in SIZES]
    return float(np.polyfit(np.log(SIZES), np.log(widths), 1)[0])


def separated(points: int, inputs: int, draws: int, seed: int) -> float:
    """Share of random labellings of random points that linear programming can separate.

    Parameters
    ----------
    points, inputs : int
        Points, drawn from a normal distribution, and coordinates of each.
    draws : int
        Fresh sets of points.
    seed : int
    """
    rng = np.random.default_rng([seed, points, inputs])
    found = 0
    for _ in range(draws):
        where = rng.standard_normal((points, inputs))
        sides = rng.choice([-1.0, 1.0], points)
        # Weights w with side * (w . x) >= 1 for every point, if there are any.
        answer = optimize.linprog(
            np.zeros(inputs), -sides[:, None] * where, -np.ones(points), bounds=(None, None)
        )
        found += answer.status == 0
    return found / draws


# Hopfield memories


@cache
def recall() -> pd.DataFrame:
    """Share of patterns recalled, one row a load, one column a size; mean of stored memories."""
    config = store.stored("hopfield")[0].config
    return pd.DataFrame(_memories().mean(axis=2).T, index=config.loads, columns=config.neurons)


def _memories() -> Array:
    """Return the recall of every stored memory, shape (neurons, loads, memories of all seeds)."""
    return np.concatenate([run.recalled for run in store.stored("hopfield")], axis=2)


@cache
def heaps() -> Array:
    """Share of recalls by where they end, shape (neurons, loads, bins), mean of the seeds."""
    return np.mean([run.heaps for run in store.stored("hopfield")], axis=0)


CENTRES = (hopfield.EDGES[:-1] + hopfield.EDGES[1:]) / 2
"""Overlap in the middle of each bin of `heaps`."""


@cache
def two_heaps() -> pd.DataFrame:
    """Where recalls end at the load nearest to the threshold, by size.

    Columns: load, recalled (share in the upper heap), upper, lower (mean overlap of each heap),
    gap, valley (share of recalls between the heaps, at overlaps of 0.65 to 0.85).
    """
    table, rows = recall(), []
    for at, neurons in enumerate(table):
        place = int(np.abs(table[neurons] - 0.5).to_numpy().argmin())
        shares, above = heaps()[at, place], hopfield.BOOK.kept < CENTRES
        upper, lower = (
            float(np.average(CENTRES[some], weights=shares[some])) for some in (above, ~above)
        )
        valley = float(shares[(CENTRES > 0.67) & (CENTRES < 0.83)].sum())
        load = float(table.index[place])
        rows.append((load, float(shares[above].sum()), upper, lower, upper - lower, valley))
    names = ["load", "recalled", "upper", "lower", "gap", "valley"]
    return pd.DataFrame(rows, index=pd.Index(list(table), name="neurons"), columns=names)


@cache
def resampled(draws: int = 400, seed: int = 0) -> Array:
    """Thresholds and relative widths of memories drawn again with replacement.

    Returns
    -------
    array, shape (draws, neurons, 2)
    """
    memories, config = _memories(), store.stored("hopfield")[0].config
    rng, loads = np.random.default_rng(seed), np.array(config.loads)
    found = np.empty((draws, len(memories), 2))
    for draw in range(draws):
        chosen = rng.integers(memories.shape[2], size=memories.shape)
        shares = np.take_along_axis(memories, chosen, axis=2).mean(axis=2)
        for at, curve in enumerate(shares):
            one = fall(loads, curve)
            found[draw, at] = one.half, one.width
    return found


@cache
def recall_falls() -> pd.DataFrame:
    """Threshold and relative width of the fall of recall by size, with 95% intervals.

    Columns: half, width, low, high (of the width).
    """
    table = recall()
    falls = [fall(np.array(table.index), table[neurons].to_numpy()) for neurons in table]
    low, high = np.quantile(resampled()[:, :, 1], [0.025, 0.975], axis=0)
    return pd.DataFrame(
        {
            "half": [one.half for one in falls],
            "width": [one.width for one in falls],
            "low": low,
            "high": high,
        },
        index=pd.Index(list(table), name="neurons"),
    )


class Power(NamedTuple):
    """A power of the size, with the 95% interval that drawing the memories again gives."""

    power: float
    low: float
    high: float


@cache
def recall_power() -> Power:
    """Fit a power of the neurons to the relative widths of `recall_falls`."""
    table = recall_falls()
    logs = np.log(table.index.to_numpy(float))
    slopes = np.polyfit(logs, np.log(resampled()[:, :, 1]).T, 1)[0]
    power = float(np.polyfit(logs, np.log(table["width"]), 1)[0])
    low, high = np.quantile(slopes, [0.025, 0.975])
    return Power(power, float(low), float(high))


def recall_power_in_load() -> float:
    """Return the same power of widths in load itself, not divided by a middle that drifts."""
    table = recall_falls()
    width = np.log(table["width"] * table["half"])
    return float(np.polyfit(np.log(table.index.to_numpy(float)), width, 1)[0])


@cache
def ladder_widths() -> pd.DataFrame:
    """Rise of recall along a ladder of memories that hold a fixed number of patterns.

    Columns: middle (neurons a pattern at half recall), width (decades of neurons from 10% to 90%);
    one row a number of patterns, mean of the stored seeds. Ladders whose smallest memory already
    recalls some patterns are left out: too little of their rise is seen.
    """
    runs = store.stored("capacity")
    recall = np.mean([run.recall for run in runs], axis=0)
    rows = {}
    for patterns, sizes, shares in zip(
        runs[0].config.patterns, runs[0].neurons, recall, strict=True
    ):
        if shares[0] >= LOW:
            continue
        one = curves.rise(np.log10(sizes), shares, 0, 1, LOW, HIGH)
        rows[patterns] = (10**one.midpoint / patterns, one.width)
    index = pd.Index(list(rows), name="patterns")
    return pd.DataFrame(list(rows.values()), index=index, columns=["middle", "width"])


def hopfield_bits(load: float = HEBB) -> float:
    """Bits a coupling at a load, a bit for each neuron of each pattern, none lost to errors.

    There is one coupling for each pair of neurons, so half as many as neurons squared.
    """
    return 2 * float(laws.within("load", load, 0))


# Models


def table_bits(task: str) -> float:
    """Bits of the whole table of an arithmetic task, every answer stored by itself.

    Answers are counted from the least to the greatest; what is regular in them is not used.

    Parameters
    ----------
    task : str
        Digits, the letter D, and one of ``+ - x``: "3D+".

    Raises
    ------
    ValueError
        If ``task`` is not of this form.
    """
    published.best_constant_guess(task)  # refuses other tasks
    digits, _, sign = task.partition("D")
    numbers = 10 ** int(digits)
    answers = (numbers - 1) ** 2 + 1 if sign == "x" else 2 * numbers - 1
    return float(numbers**2 * np.log2(answers))


def copies(parameters: float, task: str = "3D+", bits: float = RANDOM_DATA) -> float:
    """Return how many whole tables of a task fit into so many parameters."""
    return parameters * bits / table_bits(task)


def gpt3_copies(size: str = "125M", task: str = "3D+", bits: float = RANDOM_DATA) -> float:
    """Return how many whole tables of a task fit into a GPT-3 model."""
    return copies(published.gpt3_parameters(size), task, bits)


@cache
def adders() -> pd.DataFrame:
    """Return three- and five-digit addition of the networks trained in this book, mean of seeds.

    Columns: parameters, three, five (exact match), copies3, copies5 (tables that would fit).
    """
    runs = store.stored("addition")
    scores = np.mean([run.exact_match for run in runs], axis=0)
    at = {length: addition.Config().lengths.index(length) for length in (3, 5)}
    table = pd.DataFrame(
        {
            "parameters": runs[0].parameters,
            "three": scores[:, at[3]],
            "five": scores[:, at[5]],
        },
        index=pd.Index(runs[0].config.widths, name="width"),
    )
    return table.assign(
        copies3=[copies(n, "3D+") for n in table["parameters"]],
        copies5=[copies(n, "5D+") for n in table["parameters"]],
    )


@cache
def gpt3_budget(task: str = "3D+") -> pd.DataFrame:
    """Return score and tables that would fit for each GPT-3 model, smallest first."""
    table = published.gpt3(task)
    return table.assign(copies=[copies(n, task) for n in table["params"]])


@cache
def harder_later() -> pd.DataFrame:
    """Bits of the table of each of GPT-3's tasks, and the score of the largest model on it.

    Smallest table first; the task of two operations is left out. Columns: task, bits, score.
    """
    tasks = ("2D+", "2D-", "2Dx", "3D+", "3D-", "4D+", "4D-", "5D+", "5D-")
    rows = [(task, table_bits(task), published.gpt3_score(task)) for task in tasks]
    return pd.DataFrame(rows, columns=["task", "bits", "score"]).sort_values(
        "bits", ignore_index=True
    )


@cache
def descriptions() -> dict[str, float]:
    """Bits of three descriptions of all sums of up to three digits, longest first.

    ``table``: each answer by itself; ``packed``: the sums as text, by a general compressor;
    ``program``: `PROGRAM`, eight bits a letter.
    """
    text = "".join(f"{first + second:04d}" for first in range(1000) for second in range(1000))
    return {
        "table": table_bits("3D+"),
        "packed": 8.0 * len(lzma.compress(text.encode())),
        "program": 8.0 * len(PROGRAM),
    }


# Skills


def skill_bits() -> float:
    """Bits that say which input bits matter to one skill of the ladder of `skills`."""
    config = store.stored("quanta", "widths")[0].config
    return float(np.log2(comb(config.bits, config.parity)))


@cache
def skills() -> pd.DataFrame:
    """Skills that networks of several sizes have solved, and how many their bits could name.

    One row a network, mean of the stored seeds. Columns: parameters, skills, low, high (over
    seeds), cost (parameters a skill), room (skills whose `skill_bits` fit, at 2 bits a parameter).
    """
    runs: tuple[quanta.Result, ...] = store.stored("quanta", "widths")
    counts = np.array([(run.accuracy[:, -1] >= 0.95).sum(axis=1) for run in runs])
    table = pd.DataFrame(
        {
            "parameters": runs[0].parameters,
            "skills": counts.mean(axis=0),
            "low": counts.min(axis=0),
            "high": counts.max(axis=0),
        },
        index=pd.Index(runs[0].config.widths, name="width"),
    )
    return table.assign(
        cost=table["parameters"] / table["skills"],
        room=BEST * table["parameters"] / skill_bits(),
    )


def skill_power() -> Array:
    """Slope of log solved skills on log parameters, one a seed, where a seed has any solved."""
    runs: tuple[quanta.Result, ...] = store.stored("quanta", "widths")
    slopes = []
    for run in runs:
        counts = (run.accuracy[:, -1] >= 0.95).sum(axis=1)
        some = counts > 0
        logs = np.log(np.asarray(run.parameters)[some]), np.log(counts[some])
        slopes.append(np.polyfit(*logs, 1)[0])
    return np.array(slopes)
