"""Numbers of "The evidence": GPT-3's table, open models, first-reported thresholds.

Forecasts use the sizes of Table D.1 of the GPT-3 paper (12.85 billion for "13B" and so on).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from emergence_lib import datasets, fitting, ladders, laws, published
from emergence_lib.fitting import batch, models, shapes

NEXT_SMALLER = {
    ("GPT-3", 13_000_000_000): 6.7e9,
    ("GPT-3", 175_000_000_000): 13e9,
    ("LaMDA", 137_000_000_000): 68e9,
    ("PaLM", 64_000_000_000): 8e9,
    ("PaLM", 540_000_000_000): 64e9,
}
"""Size of the next smaller model of the family that was evaluated [wei2022emergent]."""

SURPRISE = 0.05
"""A forecast that misses by more than this counts as a surprise (five points)."""

COMPARED = {
    "3-digit addition": "arithmetic_3da",
    "word unscrambling": "word_unscrambling",
    "MMLU": "MMLU",
}
"""Names on the page to names in the tables, for `compared_models`."""


def gpt3_seen(task: str, largest: str) -> pd.DataFrame:
    """Return the few-shot curve of somebody who has seen models up to ``largest`` only."""
    ladder = published.gpt3(task)
    return ladder[ladder["params"] <= published.gpt3_parameters(largest)]


@cache
def gpt3_fit(task: str, largest: str, shape: str = "line") -> fitting.LineFit | fitting.LogisticFit:
    """Fit a few-shot arithmetic curve up to a size.

    Parameters
    ----------
    task : str
        As in `published.gpt3`.
    largest : str
        Largest model that the forecaster may see, at least ``"350M"``.
    shape : str
        ``"line"``: least squares against log10 of size. ``"logistic"``: binomial maximum
        likelihood from 0 to 1.

    Raises
    ------
    ValueError
        If ``shape`` or a size is unknown.
    FitError
        If the seen scores do not determine the curve.
    """
    seen = gpt3_seen(task, largest)
    if shape == "line":
        return fitting.fit_line(seen["params"], seen["score"])
    if shape == "logistic":
        return fitting.fit_logistic(seen["params"], seen["right"], seen["n_items"])
    raise ValueError(f"shape: found {shape!r}, want 'line' or 'logistic'")


def gpt3_forecast(task: str, largest: str, shape: str = "line") -> float:
    """Return what `gpt3_fit` foresees for 175 billion parameters, cut off at 0 and 1."""
    return float(
        gpt3_fit(task, largest, shape).predict(published.gpt3_parameters("175B")).clip(0, 1)
    )


@cache
def forecast_errors(method: str = "line") -> pd.DataFrame:
    """Forecast GPT-3 175B from the seven smaller models, for every few-shot curve of the paper.

    Parameters
    ----------
    method : str
        ``"line"`` (least squares against log10 of size, cut off at 0 and 1), ``"last four"`` (the
        same from the four largest of the seven) or ``"log-odds"`` (a line in the log-odds).

    Returns
    -------
    DataFrame
        One row a curve, largest upward surprise first: group, task, metric, at_13b, forecast,
        score (both at 175B), miss (score minus forecast).

    Raises
    ------
    ValueError
        If the method is unknown.
    """
    arithmetic = datasets.load("gpt3_arithmetic").assign(group="arithmetic")
    table = pd.concat([arithmetic, datasets.load("gpt3_other_tasks")], ignore_index=True)
    # Perplexity is no fraction; the SuperGLUE average repeats eight curves that are in already.
    few = table[(table["setting"] == "few_shot") & ~table["metric"].isin(["ppl", "average"])]
    rows = []
    for (group, task, metric), curve in few.groupby(["group", "task", "metric"]):
        size, score = curve.sort_values("params")[["params", "score"]].to_numpy(float).T
        forecast = _extrapolate(size[:-1], score[:-1], size[-1], method)
        rows.append((group, task, metric, score[-2], forecast, score[-1], score[-1] - forecast))
    names = ["group", "task", "metric", "at_13b", "forecast", "score", "miss"]
    errors = pd.DataFrame(rows, columns=names)
    return errors.sort_values("miss", ascending=False, ignore_index=True)


def _extrapolate(seen: laws.Array, scores: laws.Array, size: float, method: str) -> float:
    if method == "line":
        return float(fitting.fit_line(seen, scores).predict(size).clip(0, 1))
    if method == "last four":
        return float(fitting.fit_line(seen[-4:], scores[-4:]).predict(size).clip(0, 1))
    if method == "log-odds":
        # Half an item of 2,000, so that a score of 0 or 1 has log-odds.
        inside = scores.clip(1 / 4000, 1 - 1 / 4000)
        odds = fitting.fit_line(seen, np.log(inside / (1 - inside))).predict(size)
        return float(laws.logistic(odds, 0, 1))
    raise ValueError(f"method: found {method!r}, want 'line', 'last four' or 'log-odds'")


def misses(kind: str, method: str = "line") -> pd.Series:
    """Score of GPT-3 175B minus its forecast, a fraction, by task; the largest first.

    Parameters
    ----------
    kind : str
        ``"arithmetic"`` or ``"other"``. A task under two metrics stands there twice.
    method : str
        As in `forecast_errors`.

    Raises
    ------
    ValueError
        If an argument is unknown.
    """
    if kind not in ("arithmetic", "other"):
        raise ValueError(f"kind: found {kind!r}, want 'arithmetic' or 'other'")
    errors = forecast_errors(method)
    chosen = (errors["group"] == "arithmetic") == (kind == "arithmetic")
    return errors[chosen].set_index("task")["miss"]


def forecast_table() -> pd.DataFrame:
    """Return `forecast_errors` as a page prints it, scores and misses in points of 100."""
    errors = forecast_errors()
    points = (errors[["at_13b", "forecast", "score", "miss"]] * 100).round(1)
    points.columns = pd.Index(["score at 13B", "forecast", "score at 175B", "score minus forecast"])
    kind = errors["group"].str.replace("_", " ")
    return pd.concat([errors["task"], errors["metric"], kind.rename("kind"), points], axis=1)


def compared_models() -> pd.DataFrame:
    """Open models with scores on all three tasks of `COMPARED`.

    Returns
    -------
    DataFrame
        Indexed by model, smallest compute first: family, params, train_flops and one column a task.
    """
    tables = {
        name: published.open_models(task).set_index("model") for name, task in COMPARED.items()
    }
    scores = {name: table["score"] for name, table in tables.items()}
    about = tables["3-digit addition"][["family", "params", "train_flops"]]
    return about.assign(**scores).dropna()


def equal_compute_pairs(task: str) -> pd.DataFrame:
    """Pairs of open models within 10% of training compute, largest difference in score first.

    Parameters
    ----------
    task : str
        As in `published.open_models`.

    Returns
    -------
    DataFrame
        better, worse (names), train_flops (of the better), gap (difference in score).
    """
    rows = published.open_models(task)
    names, flops, scores = (rows[name].to_numpy() for name in ("model", "train_flops", "score"))
    close = np.abs(flops[:, None] / flops[None, :] - 1) <= 0.1
    better, worse = np.nonzero(close & (scores[:, None] > scores[None, :]))
    pairs = pd.DataFrame(
        {
            "better": names[better],
            "worse": names[worse],
            "train_flops": flops[better],
            "gap": scores[better] - scores[worse],
        }
    )
    return pairs.sort_values("gap", ascending=False, ignore_index=True)


def zero_by_exact_match() -> pd.DataFrame:
    """Models that get no transliteration right, with the BLEU of the same outputs.

    Returns
    -------
    DataFrame
        model, train_flops, bleu; smallest compute first.
    """
    exact = published.open_models("ipa_transliterate", "exact_match").query("score == 0")
    bleu = published.open_models("ipa_transliterate", "bleu").rename(columns={"score": "bleu"})
    return exact.merge(bleu[["model", "bleu"]])[["model", "train_flops", "bleu"]]


def climbs() -> tuple[pd.Series, pd.Series]:
    """Where the open models first pass 10%, and how high they come, on the tasks of one figure.

    Returns
    -------
    first, top : Series
        log10 of training FLOP, and a fraction, for words (unscrambled), BLEU and exact match (of
        one transliteration).
    """
    curves = {
        "words": published.open_models("word_unscrambling"),
        "BLEU": published.open_models("ipa_transliterate", "bleu"),
        "exact match": published.open_models("ipa_transliterate", "exact_match"),
    }
    score = pd.concat(
        {name: rows.set_index("train_flops")["score"] for name, rows in curves.items()}
    )
    passed = score[score >= 0.1].reset_index("train_flops")["train_flops"]
    return np.log10(passed.groupby(level=0).min()), score.groupby(level=0).max()


def half_bleu_decades() -> float:
    """How much earlier BLEU reaches half its range than exact match does, in decades of FLOP.

    The crossing of half the top score, from a straight line in log10 FLOP through the models
    between a fifth and four fifths of the top score.
    """
    crossing = {}
    for metric in ("bleu", "exact_match"):
        rows = published.open_models("ipa_transliterate", metric)
        top = rows["score"].max()
        rising = rows[rows["score"].between(0.2 * top, 0.8 * top)]
        line = fitting.fit_line(rising["train_flops"], rising["score"])
        crossing[metric] = (0.5 * top - line.intercept) / line.slope
    return crossing["exact_match"] - crossing["bleu"]


def logistic_bleu_decades(ceiling: float | None) -> float:
    """How much earlier a logistic curve rises in BLEU than in exact match, in decades of FLOP.

    Parameters
    ----------
    ceiling : float or None
        Score at which both curves end; None fits it to each.

    Returns
    -------
    float
        Between the two midpoints, fitted by binomial maximum likelihood.
    """
    middle = {}
    for metric in ("bleu", "exact_match"):
        ladder = ladders.one(f"all open models, ipa_transliterate {metric}")
        curve = batch.counts(ladder.scale, ladder.score, ladder.items)
        middle[metric] = models.fit_sigmoid(curve, shapes.LOGISTIC, ceiling).threshold[0]
    return float(middle["exact_match"] - middle["bleu"])


def bigbench_intervals() -> pd.DataFrame:
    """Where the thresholds of the BIG-bench tasks can lie, given which models were tested.

    Returns
    -------
    DataFrame
        family, params (first model that solves them), tasks, smaller (next smaller model of the
        family, NaN if none was tested); one row a model, smallest first.
    """
    table = published.bigbench_tasks()
    keys = zip(table["family"], table["params"], strict=True)
    return table.assign(smaller=[NEXT_SMALLER.get(key, np.nan) for key in keys])


def first_solved_table() -> pd.DataFrame:
    """Return `bigbench_intervals` as a page prints it, sizes in billions of parameters."""
    table = bigbench_intervals()
    return pd.DataFrame(
        {
            "family": table["family"],
            "first model that solves them (billion parameters)": table["params"] / 1e9,
            "next smaller model tested": table["smaller"] / 1e9,
            "tasks": table["tasks"],
        }
    )
