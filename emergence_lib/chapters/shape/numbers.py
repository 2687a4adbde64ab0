"""Numbers of "The shape of a jump": widths in any unit, ends and tails, PaLM's statistic."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from emergence_lib import datasets, ladders, laws, published
from emergence_lib.fitting import batch, models, shapes
from emergence_lib.laws import Array

UNITS = {"decade": 1.0, "e-fold": np.log(10), "doubling": np.log2(10)}
"""Units of log scale, with how many of each make a decade."""

SHAPES = {
    each.name: each for each in (shapes.LOGISTIC, shapes.PROBIT, shapes.GOMPERTZ, shapes.WEIBULL)
}

PALM = (8.63e9, 62.5e9, 540.35e9)
"""Parameters of the three models whose scores the paper compares [chowdhery2022palm]."""
PALM_EXAMPLE = (0.13, 0.25, 0.87)
"""Their printed scores on english_proverbs [chowdhery2022palm]."""
SPREAD = (9.0, 13.0)
"""log10 of the parameters between which drawn thresholds are spread evenly."""
MIDPOINTS = np.linspace(*SPREAD, 4001)
CLIFF = 1e4
"""So steep, per decade, that a logistic curve rises in one step."""
GPT3_TRIPLE = ("GPT-3 XL", "GPT-3 13B", "GPT-3 175B")
"""Three GPT-3 models about a decade apart."""

MMLU = "all open models, MMLU"
"""The ladder of `mmlu`."""
SUBTRACTION = "3D-"
"""The GPT-3 task of `subtraction`."""


def per_decade(steepness: ArrayLike, unit: str = "decade") -> Array:
    """Convert a steepness per unit of log scale, one of `UNITS`, to one per decade.

    Raises
    ------
    ValueError
        If the unit is unknown or the steepness is not above 0.
    """
    if unit not in UNITS:
        raise ValueError(f"unit: found {unit!r}, want one of {', '.join(UNITS)}")
    return laws.within("steepness", steepness, 0, open_low=True) * UNITS[unit]


def factor(steepness: float, unit: str = "decade") -> float:
    """Return by what factor a model must grow to go from 10% to 90% of a logistic rise."""
    return float(10 ** laws.logistic_width(per_decade(steepness, unit)))


def steepness(growth: float, unit: str = "decade") -> float:
    """Return the steepness, per unit, of a logistic that needs a growth by some factor.

    Raises
    ------
    ValueError
        If the growth is not above 1, or the unit is unknown.
    """
    width = np.log10(laws.within("growth", growth, 1, open_low=True))
    return float(2 * np.log(9) / width / per_decade(1, unit))


def aligned(shape: str, place: ArrayLike) -> Array:
    """Height of a rise whose 10% lies at place 0 and whose 90% at place 1.

    Parameters
    ----------
    shape : str
        One of `SHAPES`, or ``"hard start"``: nothing at all below some scale, and above it a
        share still to rise that falls as a power of scale.
    place : array_like
        In widths from the 10% point.

    Raises
    ------
    ValueError
        If the shape is unknown.
    """
    at = laws.within("place", place)
    if shape == "hard start":
        return -np.expm1(-np.maximum(-np.log(0.9) + np.log(9) * at, 0))
    if shape not in SHAPES:
        raise ValueError(f"shape: found {shape!r}, want hard start or one of {', '.join(SHAPES)}")
    form = SHAPES[shape]
    return form.parts(form.inverse(np.array(0.1)) + form.spread * at).up


@cache
def subtraction(shape: str) -> models.Sigmoids:
    """Fit GPT-3's three-digit subtraction, few-shot, by a shape of `SHAPES` from 0 to 1."""
    ladder = published.gpt3(SUBTRACTION)
    curve = batch.counts(ladder["params"], ladder["score"], ladder["n_items"])
    return models.fit_sigmoid(curve, SHAPES[shape])


@cache
def sums(ceiling: float | None) -> models.Sigmoids:
    """Fit a logistic from 0 to GPT-3's five-digit addition; None fits the ceiling."""
    ladder = published.gpt3("5D+")
    curve = batch.counts(ladder["params"], ladder["score"], ladder["n_items"])
    return models.fit_sigmoid(curve, shapes.LOGISTIC, ceiling)


@cache
def mmlu(floor: float, ceiling: float | None) -> models.Sigmoids:
    """Fit one logistic curve to all open models on MMLU.

    Parameters
    ----------
    floor : float
        Score far below the threshold.
    ceiling : float or None
        Score far above it; None fits it.
    """
    ladder = ladders.one(MMLU)
    curve = batch.counts(ladder.scale, ladder.score, ladder.items, floor)
    return models.fit_sigmoid(curve, shapes.LOGISTIC, ceiling)


def ceiling_gain() -> float:
    """Return what a fitted ceiling gains `mmlu`, over what a useless number would gain by chance.

    The gain in deviance is divided by the deviance that remains per degree of freedom, so models
    that scatter by more than their items do not count as evidence: the F statistic of one number.

    References
    ----------
    burnham2002model, on overdispersed counts.
    """
    assumed, fitted = (float(mmlu(0.25, top).deviance[0]) for top in (1.0, None))
    return (assumed - fitted) / (fitted / (len(ladders.one(MMLU).scale) - 3))


def fits_table() -> pd.DataFrame:
    """Return the fits of `subtraction` as a page prints them."""
    fits = {name: subtraction(name) for name in SHAPES}
    return pd.DataFrame(
        {
            "curve": list(fits),
            "half of the rise at (billion parameters)": [
                round(10 ** float(fit.threshold[0]) / 1e9, 1) for fit in fits.values()
            ],
            "width (decades)": [round(float(fit.width[0]), 2) for fit in fits.values()],
            "deviance": [round(float(fit.deviance[0])) for fit in fits.values()],
        }
    )


def beyond_line(scores: ArrayLike, steps: tuple[float, float]) -> Array:
    """Surplus: score of the largest of three models minus a line through the two smaller ones.

    Parameters
    ----------
    scores : array_like, shape (3, ...)
        Smallest model first.
    steps : tuple of float
        Distances between neighbours in log scale; only their ratio counts.

    Returns
    -------
    ndarray, shape (...)

    References
    ----------
    chowdhery2022palm, section 6.2, which calls it discontinuity.
    """
    small, middle, large = laws.within("scores", scores)
    return large - middle - (middle - small) * steps[1] / steps[0]


def log_steps(sizes: ArrayLike) -> tuple[float, float]:
    """Decades between three sizes."""
    first, second = np.diff(np.log10(laws.within("sizes", sizes, 0, open_low=True)))
    return float(first), float(second)


PALM_STEPS = log_steps(PALM)
EQUAL_STEPS = (1.0, 1.0)


def palm_scores(midpoint: ArrayLike, slope: float, floor: float = 0.0) -> Array:
    """Scores of the three PaLM sizes on logistic curves from ``floor`` to 1.

    Parameters
    ----------
    midpoint : array_like
        log10 of parameters.
    slope : float
        Per decade.
    floor : float
        Chance level.

    Returns
    -------
    ndarray, shape (3, ...)
    """
    sizes = np.log10(PALM).reshape(-1, *np.ones(np.ndim(midpoint), int))
    return laws.logistic(sizes, midpoint, slope, floor)


def highest(slope: float, floor: float = 0.0, steps: tuple[float, float] = PALM_STEPS) -> float:
    """Return the most that `beyond_line` can be on `palm_scores` with midpoints in `SPREAD`."""
    return float(beyond_line(palm_scores(MIDPOINTS, slope, floor), steps).max())


def share_beyond(
    points: float,
    slope: float,
    steps: tuple[float, float] = PALM_STEPS,
    *,
    floor: float = 0.0,
    spread: tuple[float, float] = SPREAD,
    capped: bool = False,
) -> float:
    """Share of logistic curves whose third PaLM score lies so far from the line.

    Parameters
    ----------
    points : float
        In points of 100: above the line by more than this if positive, below it if negative.
    slope : float
        Per decade; `CLIFF` for steps.
    steps : tuple of float
        As in `beyond_line`.
    floor : float
        Chance level.
    spread : tuple of float
        log10 of the parameters between which the midpoints are spread evenly.
    capped : bool
        Whether a line that promises more than 1 is read as 1.
    """
    scores = palm_scores(np.linspace(*spread, len(MIDPOINTS)), slope, floor)
    beyond = beyond_line(scores, steps)
    if capped:
        beyond = np.maximum(beyond, scores[2] - 1)
    return float(np.mean(100 * beyond > points if points > 0 else 100 * beyond < points))


def widest(points: float) -> float:
    """Width in decades of the least steep logistic from 0 to 1 that gets so far above its line.

    Raises
    ------
    ValueError
        If ``points`` are not above 0 and below 99: no logistic does.
    """
    laws.within("points", points, 0, 99, open_low=True)
    low, high = 0.1, 60.0  # the most that a curve can score grows with its slope
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (low, middle) if 100 * highest(middle) > points else (middle, high)
    return float(laws.logistic_width(high))


@cache
def gpt3_statistic() -> pd.DataFrame:
    """PaLM's statistic on every few-shot curve of the GPT-3 paper, from `GPT3_TRIPLE`.

    Returns
    -------
    DataFrame
        task, metric, line (what it promises the largest model, not cut off) and beyond (the
        surplus over it), the highest first. Do not change it.
    """
    arithmetic = datasets.load("gpt3_arithmetic")
    table = pd.concat([arithmetic, datasets.load("gpt3_other_tasks")], ignore_index=True)
    few = table[(table["setting"] == "few_shot") & ~table["metric"].isin(ladders.NOT_A_SCORE)]
    rows = []
    for (task, metric), curve in few.groupby(["task", "metric"]):
        three = curve.set_index("model").loc[list(GPT3_TRIPLE)]
        beyond = float(beyond_line(three["score"], log_steps(three["params"])))
        rows.append((task, metric, float(three["score"].iloc[-1]) - beyond, beyond))
    found = pd.DataFrame(rows, columns=["task", "metric", "line", "beyond"])
    return found.sort_values("beyond", ascending=False, ignore_index=True)


def gpt3_capped() -> pd.Series:
    """Return `gpt3_statistic`, beyond, with lines that promise more than 1 read as 1."""
    table = gpt3_statistic()
    return table["beyond"] + np.maximum(table["line"] - 1, 0)


def gpt3_beyond(task: str) -> float:
    """Return `gpt3_statistic`, beyond, of one arithmetic task.

    Raises
    ------
    ValueError
        If there is not exactly one curve of that name.
    """
    rows = gpt3_statistic().query("task == @task")
    if len(rows) != 1:
        raise ValueError(f"task: found {len(rows)} curves called {task!r}, want one")
    return float(rows["beyond"].iloc[0])
