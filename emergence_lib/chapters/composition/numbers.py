"""Composition: products of skills, and networks that read the digits they have written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from emergence_lib import curves, ladders, laws
from emergence_lib.experiments import autoregressive, store
from emergence_lib.laws import Array

SKILLS: dict[str, Callable[[Array], Array]] = {
    "logistic": laws.logistic_reach,
    "normal": lambda short: -special.ndtri(short),
    "Gompertz": lambda short: -np.log(-np.log1p(-short)),
    "slow start": lambda short: laws.logistic_reach(-np.expm1(np.log1p(-short) / SLOW)),
    "hard start": lambda short: -np.log(short),
    "hard end": lambda short: -short,
    "long tail": lambda short: -special.stdtrit(3, short),
}
"""Curves of one skill, each by where in ln N it still falls short of one by a share.

A slow start is a power of the logistic; with a hard start nothing is right below a size and the
share of errors falls as a power of size above it; with a hard end a skill rises in a straight line
and is perfect above a size; a long tail is Student's t with 3 degrees.
"""
SLOW = 0.3
"""The power of the slow start."""

THRESHOLDS = (1e9, 3e9, 8e9, 20e9)
"""Parameters at which each of the four skills of the usual example is right half the time."""
STEEPNESS = 4.0
"""Slope per decade of each of them, where nothing else is said."""
SIZES = np.geomspace(1e8, 2e12, 4301)
"""Parameters at which the task is worked out."""

ORDERS = {"": "units first", "leading": "leading digit first"}
"""Variants of the experiment to the order in which its nets write."""
WIDE = 64
"""Hidden units from which on slips are looked at: smaller nets get few sums right."""
LISTED = ("arc_challenge", "arc_easy", "csqa", "hellaswag", "mmlu", "openbookqa", "socialiqa")
"""Tasks of OLMo 2 with more than two options."""


def relative_width(n: ArrayLike, skill: str = "logistic") -> Array:
    """Width of a product of ``n`` equal skills, in widths of one (10% to 90%, log scale).

    Parameters
    ----------
    n : array_like
        Number of skills, at least 1.
    skill : str
        One of `SKILLS`.

    Raises
    ------
    ValueError
        If there is no such curve, or fewer than one skill.
    """
    return laws.product_width(n, reach(skill)) / laws.product_width(1, reach(skill))


def shift(n: ArrayLike, skill: str = "logistic") -> Array:
    """How far the midpoint of a product of ``n`` equal skills moves, in widths of one."""
    moved = laws.product_level(0.5, n, reach(skill)) - laws.product_level(0.5, 1, reach(skill))
    return moved / laws.product_width(1, reach(skill))


def reach(skill: str) -> Callable[[Array], Array]:
    """Return a curve of `SKILLS`, or say which there are."""
    if skill not in SKILLS:
        raise ValueError(f"skill: found {skill!r}, want one of {', '.join(SKILLS)}")
    return SKILLS[skill]


def limit() -> float:
    """Relative width of ever more skills whose errors die out exponentially from a logistic."""
    return float(np.log(np.log(10) / -np.log(0.9)) / laws.product_width(1))


def four(sizes: ArrayLike, slope: float = STEEPNESS) -> Array:
    """Rates of the four skills of `THRESHOLDS` at some sizes, shape (sizes, 4)."""
    return laws.logistic(np.log10(np.asarray(sizes))[..., None], np.log10(THRESHOLDS), slope)


def together(rates: Array, shared: float = 0.0) -> Array:
    """How often all skills succeed, of rates (..., skills).

    Parameters
    ----------
    rates : array
    shared : float
        Share of the problems on which one difficulty decides for all skills: who fails at it fails
        with every weaker skill, so that all succeed as often as the weakest. On the other problems
        they fail independently. Each skill keeps its rate.
    """
    laws.within("shared", shared, 0, 1)
    return (1 - shared) * laws.product(rates) + shared * rates.min(axis=-1)


def whole(size: float, slope: float = STEEPNESS, shared: float = 0.0) -> float:
    """How often all four skills succeed at a size."""
    return float(together(four(size, slope), shared))


@cache
def rise_of_four(slope: float = STEEPNESS, shared: float = 0.0) -> curves.Rise:
    """Midpoint (log10 parameters) and width (decades) of the task of four skills."""
    score = together(four(SIZES, slope), shared)
    return curves.rise(np.log10(SIZES), score, 0.0, 1.0)


def mean_of_four() -> curves.Rise:
    """Midpoint (log10 parameters) and width (decades) of the mean of the four skills."""
    return curves.rise(np.log10(SIZES), four(SIZES).mean(axis=1), 0.0, 1.0)


def size_at(level: float, slope: float = STEEPNESS, shared: float = 0.0) -> float:
    """Size at which all four skills succeed at a rate."""
    score = together(four(SIZES, slope), shared)
    return float(10 ** curves.crossing(np.log10(SIZES), score, level))


@cache
def written(variant: str = "") -> pd.DataFrame:
    """Scores of the nets that read their own digits, one row for each seed and net.

    Columns: seed, width, parameters, exact_match, sampled, own_correlation, taught_correlation,
    ``digits`` (mean accuracy of the digits, own ones read), and what predicts exact match:
    ``own`` and ``taught``, products of the digits' accuracies after own and after true digits;
    ``chain``, the product of each digit's accuracy where all before it are right; ``power`` of the
    mean. ``own_error`` and so on: minus exact_match.
    """
    parts = []
    for each in store.stored("autoregressive", variant):
        unbroken = np.hstack([np.ones((len(each.own), 1)), each.unbroken])
        # Where nothing is right so far the product is 0, whatever comes after.
        steps = unbroken[:, 1:] / np.maximum(unbroken[:, :-1], 1e-12)
        parts.append(
            pd.DataFrame(
                {
                    "seed": each.seed,
                    "width": each.config.widths,
                    "parameters": each.parameters,
                    "exact_match": each.exact_match,
                    "sampled": each.sampled,
                    "own_correlation": each.own_correlation,
                    "taught_correlation": each.taught_correlation,
                    "digits": each.own.mean(axis=1),
                    "own": laws.product(each.own),
                    "taught": laws.product(each.taught),
                    "chain": laws.product(steps),
                    "power": laws.exact_match(each.own.mean(axis=1), each.own.shape[1]),
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    for name in ("own", "taught", "chain", "power"):
        table[f"{name}_error"] = table[name] - table["exact_match"]
    return table


def mean(variant: str = "") -> pd.DataFrame:
    """Return `written` averaged over seeds, one row for each width."""
    return written(variant).groupby("width").mean()


def misses() -> pd.DataFrame:
    """How far each rule misses exact match, in points: lowest, mean, highest of both orders.

    One row for each order and rule (chain, taught, own, power).
    """
    rows = []
    for variant, order in ORDERS.items():
        table = written(variant)
        for rule in ("chain", "taught", "own", "power"):
            missed = 100 * table[f"{rule}_error"]
            rows.append((order, rule, missed.min(), missed.mean(), missed.max()))
    columns = ["order", "rule", "lowest", "mean", "highest"]
    return pd.DataFrame(rows, columns=columns).set_index(["order", "rule"])


def rises(variant: str = "") -> pd.DataFrame:
    """Width (decades) and midpoint (log10 parameters) of three scores, one row for each seed.

    Columns: exact, product, digits (widths); exact_at, product_at, digits_at (midpoints). Of each
    score's own rise, from the smallest net to the largest.
    """
    rows = {}
    for seed, table in written(variant).groupby("seed"):
        row: dict[str, float] = {}
        for name, column in (("exact", "exact_match"), ("product", "own"), ("digits", "digits")):
            at, wide = curves.rise_in_decades(table["parameters"], table[column])
            row |= {name: wide, f"{name}_at": at}
        rows[seed] = row
    return pd.DataFrame.from_dict(rows, orient="index")


def slips(
    variant: str = "", results: Sequence[autoregressive.Result] | None = None
) -> pd.DataFrame:
    """How good the next digit is after a first slip, one row for each place in order of writing.

    Nets of at least `WIDE` units, all seeds together. Columns: slips (answers whose first
    wrong digit this is), ``left`` and ``mended`` (next digit right with the slip left in, and
    after the true digit was put in its place: the same problems), ``any`` (next digit right after
    true digits on all problems).
    """
    runs = results or store.stored("autoregressive", variant)
    wide = np.array(runs[0].config.widths) >= WIDE
    counts = {
        name: np.sum([getattr(each, name)[wide].sum(axis=0) for each in runs], axis=0)
        for name in ("slips", "left", "mended")
    }
    # Each net as often as it slipped, so that weak nets weigh alike in all columns.
    weight = np.concatenate([each.slips[wide] for each in runs])
    anyhow = np.concatenate([each.taught[wide, 1:] for each in runs])
    table = pd.DataFrame(counts, index=pd.RangeIndex(1, weight.shape[1] + 1, name="place"))
    table[["left", "mended"]] = table[["left", "mended"]].div(table["slips"], axis=0)
    return table.assign(any=(weight * anyhow).sum(axis=0) / weight.sum(axis=0))


@cache
def letters(model: str = "OLMo2-7B") -> pd.DataFrame:
    """Letters and cloze of OLMo 2 on `LISTED` tasks, one row for each task and checkpoint.

    Columns: task, tokens, letter, cloze (accuracies), ``rise`` and ``cloze_rise`` (the same as
    shares of each one's way from chance to the last checkpoint).
    """
    parts = []
    for task in LISTED:
        letter, cloze = (ladders.one(f"{model}, {task} {way}") for way in ("letter", "cloze"))
        columns = {"tokens": letter.scale, "letter": letter.score, "cloze": cloze.score}
        for name, each in (("rise", letter), ("cloze_rise", cloze)):
            columns[name] = (each.score - each.floor) / (each.score[-1] - each.floor)
        parts.append(pd.DataFrame(columns).assign(task=task))
    return pd.concat(parts, ignore_index=True)


@cache
def switch(model: str = "OLMo2-7B") -> pd.DataFrame:
    """Where letters get half of their way from chance, one row for each task.

    Columns: tokens (billions), ``cloze`` (its accuracy at the last checkpoint before a tenth of
    the way), ``letter`` (accuracy there), ``way`` (share of the cloze rise, from chance to its last
    score, done there), ``ahead`` (of letters over cloze at the last checkpoint).
    """
    rows = {}
    for task, table in letters(model).groupby("task"):
        half = curves.crossing(np.log10(table["tokens"]), table["rise"], 0.5)
        early = table[: int(np.argmax(table["rise"].to_numpy() >= 0.1))].iloc[-1]
        rows[task] = {
            "tokens": 10**half / 1e9,
            "cloze": early["cloze"],
            "letter": early["letter"],
            "way": early["cloze_rise"],
            "ahead": table["letter"].iloc[-1] - table["cloze"].iloc[-1],
        }
    return pd.DataFrame.from_dict(rows, orient="index")
