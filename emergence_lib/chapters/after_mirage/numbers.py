"""Numbers of "What the mirage leaves": bends, thresholds in loss, resolution and seeds."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import isotonic_regression

from emergence_lib import datasets, fitting, published
from emergence_lib.experiments import addition, lottery, store
from emergence_lib.fitting import bent
from emergence_lib.laws import Array

TASKS = {
    "MMLU": "mmlu",
    "arithmetic": "arithmetic",
    "analogies": "analogical_similarity",
    "concepts": "conceptual_combinations",
    "Hindu knowledge": "hindu_knowledge",
    "Persian reading": "parsinlu_qa_mc",
    "narratives": "abstract_narrative_understanding",
    "ARC": "arc",
    "HellaSwag": "hellaswag",
}
"""The nine tasks of wu2025ushaped, names on the page to names in the table."""
SCORES = {"accuracy": "accuracy", "Brier score": "tc_brier"}
"""The two scores of each, names on the page to columns."""
MUCH = 5e11
"""Training tokens above which a model counts as one that read much."""
STRADDLES = "Qwen1.5"
"""The one family with several models on both sides of most bends."""

GRID = {
    "trivia": "jeopardy",
    "last words": "lambada_openai",
    "endings": "hellaswag",
    "facts": "bigbench_qa_wikidata",
}
"""Tasks of the Gadre grid that the page shows: Jeopardy, LAMBADA, HellaSwag, Wikidata."""
RISEN = 0.1
"""How far above chance a task must come somewhere on that grid to be counted."""
LONGEST = 5
"""Digits of the numbers whose sums are followed."""
BATCH = 256
"""Problems in a training step of those networks."""

FALL = (544, 736)
"""Training examples between which most of the loss of four-digit addition falls."""
SEEN = 3.0
"""Right answers expected from which a rate counts as seen: with three, 95% find at least one."""
SIZES = ("14m", "160m", "1.4b", "12b")
"""Pythia models that the page shows."""


# Bends under two scores


@cache
def bend(task: str, score: str, levels: bool = False, without: str = "") -> bent.Bend:
    """Fit a line with one bend to one of `TASKS` under one of `SCORES`.

    Parameters
    ----------
    levels : bool
        Give each family a level of its own.
    without : str
        A family to leave out.
    """
    table = published.twice(TASKS[task])
    table = table[table["family"] != without]
    names = table["family"] if levels else None
    return bent.bend(table["x"], table[SCORES[score]], names)


@cache
def gains() -> pd.DataFrame:
    """How much AICc prefers a bend, for each task and score.

    Returns
    -------
    DataFrame
        task, score; pooled (all models alike), levels (a level for each family), without (levels,
        and `STRADDLES` left out), curve (what an S-curve gains over the bend, all models alike).
    """
    rows = [
        {
            "task": task,
            "score": score,
            "pooled": bend(task, score).gain,
            "levels": bend(task, score, levels=True).gain,
            "without": bend(task, score, levels=True, without=STRADDLES).gain,
            "curve": against_curve(task, score),
        }
        for task in TASKS
        for score in SCORES
    ]
    return pd.DataFrame(rows)


def kept(how: str = "levels") -> list[str]:
    """Return the tasks on which a bend is preferred under both scores, by a column of `gains`."""
    table = gains()
    both = table[how].gt(0).groupby(table["task"]).all()
    return [task for task in TASKS if both[task]]


def against_curve(task: str, score: str) -> float:
    """How much AICc prefers a smooth S-curve to a bend, as `bent.against_curve` counts it.

    No S-curve narrower than `bent.GENTLE` decades is tried.
    """
    table = published.twice(TASKS[task])
    return bent.against_curve(table["x"], table[SCORES[score]])


def levelled(task: str, score: str) -> pd.DataFrame:
    """Return the models of one task with each family moved to the common level.

    Returns
    -------
    DataFrame
        x, family, much (whether it read more than `MUCH` tokens), y; without families of one
        model, which would lie on the line whatever they scored.
    """
    table = published.twice(TASKS[task])
    moved = table[SCORES[score]] - bend(task, score, levels=True).levels
    table = table.assign(y=moved, much=table["train_tokens"] > MUCH)
    several = table.groupby("family")["x"].transform("size") > 1
    return table.loc[several, ["x", "family", "much", "y"]].reset_index(drop=True)


def beyond(task: str = "MMLU", score: str = "accuracy") -> pd.DataFrame:
    """Return the models past the bend of a task, all models alike."""
    table = published.twice(TASKS[task])
    return table[table["x"] > bend(task, score).at]


def straddlers(task: str = "MMLU", score: str = "accuracy", least: int = 2) -> list[str]:
    """Return the families with at least so many models on either side of a bend."""
    table = published.twice(TASKS[task])
    right = table["x"] > bend(task, score).at
    count = table.groupby("family")["x"].size()
    past = right.groupby(table["family"]).sum()
    return sorted(count.index[(past >= least) & (count - past >= least)])


def alone(much: bool, task: str, score: str) -> float:
    """Return what a bend gains among the models that read much, or among the others."""
    table = published.twice(TASKS[task])
    table = table[(table["train_tokens"] > MUCH) == much]
    return bent.bend(table["x"], table[SCORES[score]]).gain


def little_bends() -> list[str]:
    """Return the tasks that bend clearly, under both scores, among the models that read little.

    Clearly: by more than two units of AICc, which a bend in pure noise seldom gains.
    """
    return [task for task in TASKS if min(alone(False, task, score) for score in SCORES) > 2]


def worst_curve(but: str = "arithmetic") -> float:
    """Return by how much AICc an S-curve in the Brier score loses at most, but for one task."""
    table = gains().query("score == 'Brier score' and task != @but")
    return float(-table["curve"].min())


def weakest() -> pd.DataFrame:
    """Return the family without which the bend in a task's Brier score gains least.

    Indexed by task, weakest first: without, gain.
    """
    families = published.twice("mmlu")["family"].unique()
    rows = {}
    for task in kept("pooled"):
        left = {name: bend(task, "Brier score", True, name).gain for name in families}
        name = min(left, key=lambda each: left[each])
        rows[task] = (name, left[name])
    return pd.DataFrame.from_dict(rows, "index", columns=["without", "gain"]).sort_values("gain")


# Jumps that stay


def letters(model: str = "OLMo2-7B", task: str = "mmlu") -> pd.DataFrame:
    """Return a run of OLMo 2 on one task by letter and by cloze; the untrained model left out."""
    table = datasets.load("olmo2_letter_vs_cloze").query("tokens > 0")
    rows = table[(table["model"] == model) & (table["task"] == task)]
    return rows.sort_values("tokens", ignore_index=True)


def switch(model: str = "OLMo2-7B", task: str = "mmlu") -> pd.DataFrame:
    """Return the two neighbouring checkpoints between which the letters gain most."""
    rows = letters(model, task)
    at = int(np.nanargmax(rows["acc_letter"].diff()))
    return rows.loc[[at - 1, at]]


def switch_together(model: str = "OLMo2-7B") -> int:
    """Count the tasks whose letters gain most in the same interval as MMLU's, itself included."""
    tasks = datasets.load("olmo2_letter_vs_cloze")["task"].unique()
    when = switch(model)["step"].tolist()
    return sum(switch(model, task)["step"].tolist() == when for task in tasks)


def cloze_step(model: str = "OLMo2-7B") -> float:
    """Return what the cloze score of MMLU gains between the checkpoints of `switch`."""
    return float(switch(model)["acc_cloze"].diff().iloc[-1])


def addition_loss() -> pd.DataFrame:
    """Return test loss (nats) of 4-digit addition by training examples [caballero2023broken]."""
    table = datasets.load("addition4_from_scratch")
    return table.rename(columns={"train_set_size": "examples", "test_cross_entropy": "loss"})


def fall_share() -> float:
    """Return the share of the loss's whole fall that lies between the training sets of `FALL`."""
    loss = addition_loss().set_index("examples")["loss"]
    return float((loss[FALL[0]] - loss[FALL[1]]) / (loss.iloc[0] - loss.iloc[-1]))


# Loss as the axis


@cache
def grid(task: str) -> pd.DataFrame:
    """Return the runs of one task: group (corpus or seed), params, compute (FLOP), loss, score.

    Parameters
    ----------
    task : str
        One of `GRID` or any task of that grid; ``"whole sums"`` or ``"digits"`` of the networks
        that add, at thirteen moments of their training.
    """
    if task in ("whole sums", "digits"):
        runs = [_sums(result, task) for result in store.stored("addition", "long")]
        return pd.concat(runs, ignore_index=True)
    table = datasets.load("gadre_downstream").merge(datasets.load("gadre_models"), on="model")
    rows = table[table["task"] == GRID.get(task, task)]
    names = {"dataset": "group", "train_flops": "compute", "loss_c4": "loss", "accuracy": "score"}
    rows = rows.rename(columns=names)
    return rows[["group", "params", "compute", "loss", "score"]].reset_index(drop=True)


def _sums(result: addition.Result, task: str) -> pd.DataFrame:
    at = result.index(LONGEST)
    whole, digits = result.exact_match[:, at], result.live(LONGEST).mean(axis=1)
    return pd.DataFrame(
        {
            "group": str(result.seed),
            "params": result.parameters,
            "compute": 6.0 * result.parameters * result.step * BATCH,
            "loss": result.cross_entropy[:, at].astype(float),
            "score": (whole if task == "whole sums" else digits).astype(float),
        }
    )


def along(rows: pd.DataFrame, axis: str) -> Array:
    """Return the coordinate of an axis, rising as things improve: log10, or the loss turned."""
    return -rows["loss"].to_numpy() if axis == "loss" else np.log10(rows[axis].to_numpy(float))


def rising(x: ArrayLike, y: ArrayLike, at: ArrayLike) -> Array:
    """Return the best curve that never falls through points, by least squares, read at ``at``."""
    order = np.argsort(x, kind="stable")
    x, y = np.asarray(x, dtype=float)[order], np.asarray(y, dtype=float)[order]
    level: Array = np.interp(np.asarray(at, dtype=float), x, isotonic_regression(y).x)
    return level


@cache
def miss(task: str, axis: str, apart: bool = True) -> float:
    """How far, in points, a size lies from the one curve that all *other* sizes draw.

    Root mean square over runs. The curve is any that never falls.

    Parameters
    ----------
    axis : str
        ``"params"``, ``"compute"`` or ``"loss"``.
    apart : bool
        A curve for each corpus; else one for all. Seeds are always taken together.
    """
    rows = grid(task)
    groups = rows["group"] if apart and task in grid_tasks() else np.zeros(len(rows))
    errors = []
    for _, part in rows.groupby(groups):
        x, y = along(part, axis), part["score"].to_numpy()
        for size in part["params"].unique():
            out = (part["params"] == size).to_numpy()
            errors.append(rising(x[~out], y[~out], x[out]) - y[out])
    return float(100 * np.sqrt(np.mean(np.concatenate(errors) ** 2)))


@cache
def grid_tasks() -> tuple[str, ...]:
    """Return the names under which `grid` knows the tasks that come `RISEN` above chance."""
    table = datasets.load("gadre_downstream").merge(datasets.load("gadre_tasks"), on="task")
    above = (table["accuracy"] - table["chance"]).groupby(table["task"]).max()
    shown = {name: key for key, name in GRID.items()}
    return tuple(shown.get(task, task) for task in above.index[above > RISEN])


@cache
def misses() -> pd.DataFrame:
    """Return `miss` of every task of `grid_tasks`: params, compute, loss; and pooled, by loss."""
    rows = {
        task: [
            *(miss(task, axis) for axis in ("params", "compute", "loss")),
            miss(task, "loss", False),
        ]
        for task in grid_tasks()
    }
    return pd.DataFrame.from_dict(rows, "index", columns=["params", "compute", "loss", "pooled"])


@cache
def bend_in_loss(task: str) -> tuple[bent.Bend, float]:
    """Fit a line with one bend to sums against loss; and what a straight line misses, in points.

    The second is the root mean square over all runs of three seeds.
    """
    rows = grid(task).assign(x=lambda each: -each["loss"]).sort_values("x")
    x, y = rows["x"].to_numpy(), rows["score"].to_numpy()
    line = np.polynomial.Polynomial.fit(x, y, 1)
    return bent.bend(x, y), float(100 * np.sqrt(np.mean((line(x) - y) ** 2)))


# Resolution


def rates(benchmark: str = "gsm8k") -> pd.DataFrame:
    """Return the shares of sampled answers right of Pythia: a row a step, a column a size."""
    table = datasets.load("pythia_pass_at_k").query("k == 1 and benchmark == @benchmark")
    table = table.assign(size=table["model"].str.removeprefix("pythia-"))
    return table.pivot(index="step", columns="size", values="pass_at_k")


def first_seen(size: str, answers: float, benchmark: str = "gsm8k") -> float:
    """Step from which a model of Pythia is seen at every later one, with so many answers drawn.

    Seen means that `SEEN` right answers are expected. NaN if it is not seen at the end.
    """
    rate = rates(benchmark)[size].dropna()
    hidden = np.flatnonzero(rate.to_numpy() * answers < SEEN)
    after = 0 if not hidden.size else int(hidden[-1]) + 1
    return float(rate.index[after]) if after < len(rate) else float("nan")


def lowest_rate() -> float:
    """Return the lowest rate above zero on GSM8K."""
    table = rates()
    return float(table.where(table > 0).min().min())


def plateau() -> pd.Series:
    """Return the rates on GSM8K at the end of training, of the models from 410M on."""
    return rates().iloc[-1].drop(["14m", "70m", "160m"])


def law_onset(few: int = 20, many: int = 100_000, power: float = 0.35) -> float:
    """How many decades of size earlier many items see an ability than few do.

    The rate follows ``-ln p = C N**-power``; it is seen where `SEEN` right answers are expected,
    so C falls out of the ratio.
    """
    return float(np.log10(np.log(many / SEEN) / np.log(few / SEEN)) / power)


# Seeds


@cache
def fates(variant: str = "") -> pd.DataFrame:
    """Return every network at every moment, as `lottery.scores` does; do not change it."""
    return lottery.scores(variant)


@cache
def chances(step: int = 4000) -> pd.DataFrame:
    """Return `lottery.chances` of the parity after so many steps, with 95% Wilson intervals."""
    table = fates()
    found = lottery.chances(table[table["step"] <= step])
    low, high = fitting.wilson(found["successes"], found["nets"])
    return found.assign(low=low, high=high)


def above_half(variant: str, step: int) -> pd.Series:
    """Return the share of networks with more than half right after so many steps, by width."""
    table = fates(variant)
    return lottery.chances(table[table["step"] <= step], cut=0.5)["chance"]


def copying_at_last() -> float:
    """Return the share of all networks, of any width, that copy more than half right at last."""
    return float(above_half("induction", 1000).mean())


def between(low: float, high: float) -> pd.Series:
    """Return the share of parity networks that end from ``low`` up to ``high``, by width."""
    return lottery.between(fates(), low, high)


def latecomers(step: int = 1000) -> pd.DataFrame:
    """Return `lottery.latecomers` of the parity: who lacked the rule then and has it at last."""
    return lottery.latecomers(fates(), step)


def single_ladders(least: int = 1) -> pd.DataFrame:
    """Return `lottery.ladders` of the parity: what a study with one run a width would see.

    Of widths from ``least`` up, and of those ladders that rise.
    """
    table = fates()
    found = lottery.ladders(table[table["width"] >= least])
    return found[np.isfinite(found["largest"])]


def mean_step(least: int = 1) -> float:
    """Return the largest step of the mean over networks, as a share of its rise from a width on."""
    steps = chances()["accuracy"].loc[least:].diff()
    return float(steps.max() / steps.sum())


@cache
def polypythia(size: str = "70m") -> pd.DataFrame:
    """Training losses (nats per token) of PolyPythias: size, run, suspect, step, loss."""
    table = datasets.load("polypythia_train_loss_by_seed")
    rows = table[table["model_size"] == size]
    run = rows["seed"].astype(str) + " " + rows["source"]
    return rows.assign(run=run, loss=rows["train_loss"])[["run", "suspect", "step", "loss"]]


def clusters(step: int = 8000, size: str = "70m") -> pd.Series:
    """Return, at a step: the spread (SD) of the sound runs, of the suspect ones, and their gap."""
    rows = polypythia(size)
    rows = rows[rows["step"] == step]
    sound, odd = (rows.loc[rows["suspect"] == each, "loss"] for each in (False, True))
    return pd.Series({"sound": sound.std(), "suspect": odd.std(), "gap": odd.mean() - sound.mean()})


def spread(size: str, step: int) -> float:
    """Return the standard deviation (nats) of the sound runs of a size at a step."""
    rows = polypythia(size)
    return float(rows.loc[~rows["suspect"] & (rows["step"] == step), "loss"].std())
