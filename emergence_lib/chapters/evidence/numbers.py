"""Findings of the chapter "The evidence": GPT-3's table, open models, first-reported thresholds.

Forecasts use the sizes of Table D.1 of the GPT-3 paper (12.85 billion for "13B" and so on).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from emergence_lib import datasets, fitting, laws, published

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


def gpt3_score(task: str, size: str = "175B", setting: str = "few_shot") -> float:
    """Score of one GPT-3 model on an arithmetic task.

    Parameters
    ----------
    task, setting : str
        As in `published.gpt3`.
    size : str
        ``"125M"`` ... ``"175B"``.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If there is no such size or curve.
    """
    return float(
        published.gpt3(task, setting).set_index("size")["score"][published.gpt3_size(size)]
    )


def gpt3_seen(task: str, largest: str) -> pd.DataFrame:
    """Return the few-shot curve of somebody who has seen models up to ``largest`` only."""
    ladder = published.gpt3(task)
    return ladder[ladder["params"] <= published.gpt3_parameters(largest)]


def gpt3_forecast(task: str, largest: str, shape: str = "line", at: str = "175B") -> float:
    """Forecast a few-shot arithmetic score from the models up to a size.

    Parameters
    ----------
    task : str
        As in `published.gpt3`.
    largest : str
        Largest model that the forecaster may see, at least ``"350M"``.
    shape : str
        ``"line"``: least squares against log10 of size, cut off at 0 and 1. ``"logistic"``:
        binomial maximum likelihood from 0 to 1.
    at : str
        Size to forecast.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If ``shape`` or a size is unknown.
    FitError
        If the seen scores do not determine the curve.
    """
    return float(gpt3_fit(task, largest, shape).predict(published.gpt3_parameters(at)).clip(0, 1))


@cache
def gpt3_fit(task: str, largest: str, shape: str = "line") -> fitting.LineFit | fitting.LogisticFit:
    """Fit the curve behind `gpt3_forecast`; same arguments."""
    seen = gpt3_seen(task, largest)
    if shape == "line":
        return fitting.fit_line(seen["params"], seen["score"])
    if shape == "logistic":
        return fitting.fit_logistic(seen["params"], seen["right"], seen["n_items"])
    raise ValueError(f"shape: found {shape!r}, want 'line' or 'logistic'")


def gpt3_gap(smaller: str = "13B", larger: str = "175B") -> float:
    """How many times larger one GPT-3 model is than another."""
    return published.gpt3_parameters(larger) / published.gpt3_parameters(smaller)


@cache
def _forecast_errors(method: str) -> pd.DataFrame:
    arithmetic = datasets.load("gpt3_arithmetic").assign(group="arithmetic")
    table = pd.concat([arithmetic, datasets.load("gpt3_other_tasks")], ignore_index=True)
    # Perplexity is no fraction; the SuperGLUE average repeats eight curves that are in already.
    few = table[(table["setting"] == "few_shot") & ~table["metric"].isin(["ppl", "average"])]
    rows = []
    for (group, task, metric), curve in few.groupby(["group", "task", "metric"]):
        ordered = curve.sort_values("params")
        seen, top = ordered.iloc[:-1], ordered.iloc[-1]
        rows.append(
            {
                "group": group,
                "task": task,
                "metric": metric,
                "at_13b": seen["score"].iloc[-1],
                "forecast": _extrapolate(seen, float(top["params"]), method),
                "score": top["score"],
            }
        )
    errors = pd.DataFrame(rows)
    errors["miss"] = errors["score"] - errors["forecast"]
    return errors.sort_values("miss", ascending=False, ignore_index=True)


def _extrapolate(seen: pd.DataFrame, size: float, method: str) -> float:
    scores = seen["score"].to_numpy()
    if method == "line":
        return float(fitting.fit_line(seen["params"], scores).predict(size).clip(0, 1))
    if method == "last four":
        line = fitting.fit_line(seen["params"].tail(4), scores[-4:])
        return float(line.predict(size).clip(0, 1))
    if method == "log-odds":
        # Half an item of 2,000, so that a score of 0 or 1 has log-odds.
        inside = scores.clip(1 / 4000, 1 - 1 / 4000)
        odds = fitting.fit_line(seen["params"], np.log(inside / (1 - inside))).predict(size)
        return float(laws.logistic(odds, 0, 1))
    raise ValueError(f"method: found {method!r}, want 'line', 'last four' or 'log-odds'")


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
    return _forecast_errors(method).copy()


def forecast_table() -> pd.DataFrame:
    """Return `forecast_errors` as a page prints it, scores and misses in points of 100."""
    errors = forecast_errors()
    points = (errors[["at_13b", "forecast", "score", "miss"]] * 100).round(1)
    points.columns = pd.Index(["score at 13B", "forecast", "score at 175B", "score minus forecast"])
    kind = errors["group"].str.replace("_", " ")
    return pd.concat([errors["task"], errors["metric"], kind.rename("kind"), points], axis=1)


def count_errors(kind: str = "all", direction: str = "above", method: str = "line") -> int:
    """Count curves of `forecast_errors`.

    Parameters
    ----------
    kind : str
        ``"arithmetic"``, ``"other"`` or ``"all"``.
    direction : str
        ``"any"`` counts all; ``"above"`` and ``"below"`` those whose score beats or misses the
        forecast by more than `SURPRISE`; ``"over-forecast"`` those below by any amount.
    method : str
        As in `forecast_errors`.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If an argument is unknown.
    """
    errors = forecast_errors(method)
    directions = {
        "any": errors["miss"].notna(),
        "above": errors["miss"] > SURPRISE,
        "below": errors["miss"] < -SURPRISE,
        "over-forecast": errors["miss"] < 0,
    }
    if direction not in directions:
        raise ValueError(f"direction: found {direction!r}, want one of {', '.join(directions)}")
    return int((_of_kind(errors, kind) & directions[direction]).sum())


def _of_kind(errors: pd.DataFrame, kind: str) -> pd.Series:
    """Mark the rows of `forecast_errors` that are of a kind."""
    arithmetic = errors["group"] == "arithmetic"
    kinds = {"arithmetic": arithmetic, "other": ~arithmetic, "all": arithmetic | ~arithmetic}
    if kind not in kinds:
        raise ValueError(f"kind: found {kind!r}, want one of {', '.join(kinds)}")
    return kinds[kind]


def forecast_miss(task: str, method: str = "line") -> float:
    """Score of GPT-3 175B minus its forecast, for one task (its first metric)."""
    errors = forecast_errors(method).set_index("task")["miss"]
    if task not in errors.index:
        raise ValueError(
            f"task: found {task!r}, want one of {', '.join(sorted(set(errors.index)))}"
        )
    return float(np.atleast_1d(errors[task])[0])


def median_miss(kind: str = "other", method: str = "line") -> float:
    """Middle of the misses of `forecast_errors`; arguments as in `count_errors`."""
    errors = forecast_errors(method)
    return float(errors.loc[_of_kind(errors, kind), "miss"].median())


COMPARED = {
    "3-digit addition": "arithmetic_3da",
    "word unscrambling": "word_unscrambling",
    "MMLU": "MMLU",
}
"""Names on the page to names in the tables, for `compared_models`."""


def compared_models() -> pd.DataFrame:
    """Open models with scores on all three tasks of `COMPARED`.

    Returns
    -------
    DataFrame
        Indexed by model, smallest compute first: family, params, train_flops and one column a task.
    """
    first, *others = (published.open_models(task).set_index("model") for task in COMPARED.values())
    table = first[["family", "params", "train_flops"]].assign(
        **{next(iter(COMPARED)): first["score"]}
    )
    for name, other in zip(list(COMPARED)[1:], others, strict=True):
        table[name] = other["score"]
    return table.dropna()


def open_score(task: str, model: str, metric: str | None = None) -> float:
    """Score of one open model; ``model`` is the end of its name, such as ``"opt-66b"``."""
    return float(_one(task, model, metric)["score"])


def open_best(task: str, flops: float, metric: str | None = None) -> float:
    """Highest score among open models trained with less than ``flops`` FLOP.

    Raises
    ------
    ValueError
        If there is no such task, or no model of so little compute.
    """
    rows = published.open_models(task, metric)
    laws.within("flops", flops, rows["train_flops"].min(), open_low=True)
    return float(rows.loc[rows["train_flops"] < flops, "score"].max())


def equal_compute_pairs(task: str, within: float = 0.1) -> pd.DataFrame:
    """Pairs of open models of nearly equal training compute, largest difference in score first.

    Parameters
    ----------
    task : str
        As in `published.open_models`.
    within : float
        Largest relative difference in compute.

    Returns
    -------
    DataFrame
        better, worse (names), train_flops (of the better), gap (difference in score).
    """
    rows = published.open_models(task)
    names, flops, scores = (rows[name].to_numpy() for name in ("model", "train_flops", "score"))
    close = np.abs(flops[:, None] / flops[None, :] - 1) <= within
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


def open_flops(task: str, model: str) -> float:
    """Training compute of one open model, in FLOP."""
    return float(_one(task, model)["train_flops"])


def _one(task: str, model: str, metric: str | None = None) -> pd.Series:
    rows = published.open_models(task, metric)
    chosen = rows[rows["model"].str.endswith(model)]
    if len(chosen) != 1:
        raise ValueError(f"model: {len(chosen)} names end in {model!r}, want one")
    return chosen.iloc[0]


def dropped_rows(why: str = "suspect") -> int:
    """How many (model, task, metric) rows of the emergent-task table are left out, and why.

    ``"suspect"``: the two metrics contradict each other; ``"undisclosed"``: compute unknown.
    """
    table = datasets.load("obs_scaling_emergent")
    reasons = {"suspect": table["suspect"], "undisclosed": table["train_flops"].isna()}
    if why not in reasons:
        raise ValueError(f"why: found {why!r}, want suspect or undisclosed")
    return int(reasons[why].sum())


def zero_by_exact_match() -> pd.DataFrame:
    """Models that get no transliteration right, with the BLEU of the same outputs.

    Returns
    -------
    DataFrame
        model, train_flops, bleu; smallest compute first.
    """
    exact = published.open_models("ipa_transliterate", "exact_match").set_index("model")
    bleu = published.open_models("ipa_transliterate", "bleu").set_index("model")["score"]
    both = exact.assign(bleu=bleu).dropna(subset=["bleu"])
    zero = both[both["score"] == 0].reset_index()
    return zero[["model", "train_flops", "bleu"]]


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


def family_brackets(task: str = "arithmetic_3da", level: float = 0.5) -> pd.DataFrame:
    """Between which two models each family first passes a score, in FLOP.

    Parameters
    ----------
    task : str
        As in `published.open_models`.
    level : float
        Score to pass.

    Returns
    -------
    DataFrame
        family, models, below (largest compute before the first pass; 0 if the smallest model
        passes), above (compute of the first model that passes; infinite if none does). Families
        of at least three models, ordered by where they pass.
    """
    rows = []
    for family, ladder in published.open_models(task).groupby("family"):
        passed = ladder["score"] >= level
        above = ladder.loc[passed, "train_flops"].min() if passed.any() else np.inf
        before = ladder.loc[ladder["train_flops"] < above, "train_flops"]
        below = before.max() if len(before) else 0.0
        rows.append({"family": family, "models": len(ladder), "below": below, "above": above})
    table = pd.DataFrame(rows)
    kept = table[table["models"] >= 3]
    return kept.sort_values(["above", "below"], ignore_index=True)


def bracket_spread(task: str = "arithmetic_3da", level: float = 0.5) -> float:
    """Least factor in compute by which the families' passes of a score must differ.

    The largest compute that was still not enough for one family, over the smallest that was
    enough for another.

    Raises
    ------
    ValueError
        If there is no such task, or no family passes the score.
    """
    brackets = family_brackets(task, level)
    if np.isinf(brackets["above"]).all():
        raise ValueError(f"level: found {level:g}, which no family reaches on {task}")
    return float(brackets["below"].max() / brackets["above"].min())


def mmlu_spread(low: float = 0.40, high: float = 0.30) -> float:
    """Decades of compute between the first model above ``low`` and the last one below ``high``.

    Raises
    ------
    ValueError
        If no model scores above ``low``, or none below ``high``.
    """
    rows = published.open_models("MMLU")
    laws.within("low", low, 0, rows["score"].max(), open_high=True)
    laws.within("high", high, rows["score"].min(), 1, open_low=True)
    first = rows.loc[rows["score"] > low, "train_flops"].min()
    last = rows.loc[rows["score"] < high, "train_flops"].max()
    return float(np.log10(last / first))


def gpt3_mmlu(size: float) -> float:
    """Average MMLU accuracy of the GPT-3 model with ``size`` parameters, five-shot."""
    table = datasets.load("gpt3_mmlu")
    rows = table[(table["area"] == "average") & (table["params"] == size)]
    if rows.empty:
        raise ValueError(f"size: found {size:g}, want one of {sorted(set(table['params']))}")
    return float(rows["accuracy"].iloc[0])


def reported_abilities() -> int:
    """How many abilities and methods the first table of thresholds lists."""
    return len(datasets.load("wei2022_emergence"))


def reported_values() -> int:
    """How many different values of training compute they share."""
    return int(datasets.load("wei2022_emergence")["train_flops"].nunique())


def bigbench_intervals() -> pd.DataFrame:
    """Where the thresholds of the 67 BIG-bench tasks can lie, given which models were tested.

    Returns
    -------
    DataFrame
        family, params (first model that solves them), smaller (next smaller model of the family,
        NaN if none was tested), tasks; one row a model, smallest first.
    """
    table = datasets.load("wei2022_task_counts")
    big = table[table["benchmark"] == "BIG-Bench"].sort_values("params", ignore_index=True)
    keys = zip(big["model_family"], big["params"], strict=True)
    return pd.DataFrame(
        {
            "family": big["model_family"],
            "params": big["params"],
            "smaller": [NEXT_SMALLER.get(key, np.nan) for key in keys],
            "tasks": big["n_tasks_first_emergent"],
        }
    )


def bigbench_first(low: float = 0.0, high: float = np.inf) -> int:
    """Of the BIG-bench tasks listed as emergent, count those first solved at a size in a range.

    Parameters
    ----------
    low, high : float
        Parameters; a model of exactly ``low`` counts, one of ``high`` does not.

    Returns
    -------
    int
    """
    table = datasets.load("wei2022_task_counts")
    chosen = (
        (table["benchmark"] == "BIG-Bench") & table["params"].ge(low) & table["params"].lt(high)
    )
    return int(table.loc[chosen, "n_tasks_first_emergent"].sum())


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


def bigbench_at_largest() -> int:
    """Of the same tasks, count those first solved by the largest model of a family."""
    table = datasets.load("wei2022_task_counts")
    big = table[table["benchmark"] == "BIG-Bench"]
    largest = big.groupby("model_family")["params"].transform("max")
    return int(big.loc[big["params"] == largest, "n_tasks_first_emergent"].sum())
