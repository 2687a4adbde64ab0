"""Reading the published tables that more than one chapter draws on."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from emergence_lib import datasets, fitting, laws

SIZES = {
    "GPT-3 Small": "125M",
    "GPT-3 Medium": "350M",
    "GPT-3 Large": "760M",
    "GPT-3 XL": "1.3B",
    "GPT-3 2.7B": "2.7B",
    "GPT-3 6.7B": "6.7B",
    "GPT-3 13B": "13B",
    "GPT-3 175B": "175B",
}
"""Names of the GPT-3 paper, smallest first, to the sizes that everybody uses for them."""


def gpt3(task: str, setting: str = "few_shot") -> pd.DataFrame:
    """Scores of the eight GPT-3 models on an arithmetic task, with 95% Wilson intervals.

    Parameters
    ----------
    task : str
        ``"2D+"`` ... ``"5D-"``, ``"2Dx"`` or ``"1DC"``.
    setting : str
        ``"zero_shot"``, ``"one_shot"`` or ``"few_shot"``.

    Returns
    -------
    DataFrame
        One row a model, smallest first: size, params, score, right (items), n_items, low, high.

    Raises
    ------
    ValueError
        If the table has no such curve.
    """
    table = datasets.load("gpt3_arithmetic")
    rows = table[(table["task"] == task) & (table["setting"] == setting)].dropna(subset=["score"])
    if rows.empty:
        raise ValueError(
            f"task, setting: found {task!r}, {setting!r}; want one of "
            f"{', '.join(table['task'].unique())} and {', '.join(table['setting'].unique())}"
        )
    rows = rows.sort_values("params", ignore_index=True)
    right = (rows["score"] * rows["n_items"]).round()
    low, high = fitting.wilson(right, rows["n_items"])
    rows = rows.assign(size=rows["model"].map(SIZES), right=right, low=low, high=high)
    return rows[["size", "params", "score", "right", "n_items", "low", "high"]]


def gpt3_score(task: str, size: str = "175B", setting: str = "few_shot") -> float:
    """Score of one GPT-3 model on an arithmetic task.

    Parameters
    ----------
    task, setting : str
        As for `gpt3`.
    size : str
        One of `SIZES`: ``"125M"`` ... ``"175B"``.

    Raises
    ------
    ValueError
        If there is no such size or curve.
    """
    return float(gpt3(task, setting).set_index("size")["score"][gpt3_size(size)])


def best_constant_guess(task: str) -> float:
    """Success rate of always giving the commonest answer to one of GPT-3's arithmetic tasks.

    Operands are uniform on 0 to 10**digits - 1. The commonest sum of two such numbers is
    10**digits - 1, the commonest difference 0, the commonest product 0.

    Parameters
    ----------
    task : str
        Digits, the letter D, and one of ``+ - x``: "3D+".

    Raises
    ------
    ValueError
        If ``task`` is not of this form.

    References
    ----------
    brown2020language, for how the problems were drawn.
    """
    digits, mark, sign = task.partition("D")
    if not (mark and digits.isdigit() and int(digits) > 0 and sign in ("+", "-", "x")):
        raise ValueError(f"task: found {task!r}, want digits, 'D' and one of + - x, like '3D+'")
    numbers = 10 ** int(digits)
    return float((2 * numbers - 1) / numbers**2 if sign == "x" else 1 / numbers)


def gpt3_slope(task: str, smaller: str, larger: str) -> float:
    """Rise of the log-odds of a right answer between two models, per decade of size.

    Raises
    ------
    ValueError
        If there is no such curve or size, the sizes are one, or a score of 0 or 1 has no log-odds.
    """
    if smaller == larger:
        raise ValueError(f"larger: found {larger!r} twice, want two sizes")
    ladder = gpt3(task).set_index("size").loc[[gpt3_size(smaller), gpt3_size(larger)]]
    laws.within(f"score on {task}", ladder["score"], 0, 1, open_low=True, open_high=True)
    odds = np.log(ladder["score"] / (1 - ladder["score"]))
    return float(np.diff(odds)[0] / np.diff(np.log10(ladder["params"]))[0])


def gpt3_size(size: str) -> str:
    """Return a size of `SIZES`, or raise ValueError that lists them."""
    if size not in SIZES.values():
        raise ValueError(f"size: found {size!r}, want one of {', '.join(SIZES.values())}")
    return size


def gpt3_parameters(size: str) -> float:
    """Return the parameters of a GPT-3 model by its size of `SIZES`."""
    ladder = gpt3("3D+").set_index("size")["params"]
    return float(ladder[gpt3_size(size)])


@cache
def open_table(name: str) -> pd.DataFrame:
    """Return a table of open models without suspect rows and models of unknown compute.

    Smallest compute first, since every curve is drawn and fitted along it. Do not change it.
    """
    table = datasets.load(name)
    kept = table[~table["suspect"]].dropna(subset=["train_flops"])
    return kept.sort_values("train_flops", ignore_index=True)


def open_models(task: str, metric: str | None = None) -> pd.DataFrame:
    """Scores of open models against training compute, without suspect or undisclosed rows.

    Parameters
    ----------
    task : str
        A task of ``obs_scaling_emergent`` or a benchmark of ``obs_scaling_benchmarks``.
    metric : str, optional
        Needed only for ``ipa_transliterate``: ``"exact_match"`` or ``"bleu"``.

    Returns
    -------
    DataFrame
        model, family, params, train_flops, score, chance; smallest compute first.

    Raises
    ------
    ValueError
        If there is no such task or metric, or it has two metrics and none was named.
    """
    table = open_table("obs_scaling_emergent")
    rows = table[table["task"] == task]
    if rows.empty:
        table = open_table("obs_scaling_benchmarks")
        rows = table[table["benchmark"] == task].assign(metric="accuracy")
    if rows.empty:
        raise ValueError(f"task: found {task!r}, which is in neither table of open models")
    found = sorted(rows["metric"].unique())
    if (metric is None and len(found) > 1) or (metric is not None and metric not in found):
        raise ValueError(f"metric: found {metric!r}, want one of {', '.join(found)} for {task}")
    if metric is not None:
        rows = rows[rows["metric"] == metric]
    columns = ["model", "family", "params", "train_flops", "score", "chance"]
    return rows[columns].reset_index(drop=True)


def open_model(task: str, model: str) -> pd.Series:
    """Return the row of `open_models` of one model.

    Parameters
    ----------
    task : str
        As for `open_models`.
    model : str
        The end of its name, such as ``"opt-66b"``.

    Raises
    ------
    ValueError
        If there is no such task, or not exactly one such model.
    """
    rows = open_models(task)
    chosen = rows[rows["model"].str.endswith(model)]
    if len(chosen) != 1:
        raise ValueError(f"model: {len(chosen)} names end in {model!r}, want one")
    return chosen.iloc[0]


@cache
def twice(task: str) -> pd.DataFrame:
    """Open models of many families on one task, the same answers scored in two ways.

    Parameters
    ----------
    task : str
        One of the nine of ``wu_lo_overall``: ``"mmlu"``, ``"arc"`` and so on.

    Returns
    -------
    DataFrame
        x (log10 of training FLOP), accuracy, tc_brier (mean of (1 - p)**2, lower is better),
        model, family, train_tokens; smallest compute first, models of unknown compute left out.
        Do not change it.

    Raises
    ------
    ValueError
        If there is no such task.

    References
    ----------
    wu2025ushaped.
    """
    table = datasets.load("wu_lo_overall")
    known = sorted(table["task"].unique())
    if task not in known:
        raise ValueError(f"task: found {task!r}, want one of {', '.join(known)}")
    rows = table[table["task"] == task].dropna(subset=["train_flops"])
    rows = rows.sort_values("train_flops", ignore_index=True)
    rows = rows.assign(x=np.log10(rows["train_flops"]))
    return rows[["x", "accuracy", "tc_brier", "model", "family", "train_tokens"]]


def bigbench_tasks() -> pd.DataFrame:
    """Count the BIG-bench tasks on Wei's list by the model at which they first work.

    Returns
    -------
    DataFrame
        One row a model, smallest first: family, params, tasks.

    References
    ----------
    wei2022list.
    """
    table = datasets.load("wei2022_task_counts").query("benchmark == 'BIG-Bench'")
    names = {"model_family": "family", "n_tasks_first_emergent": "tasks"}
    rows = table.rename(columns=names).sort_values("params", ignore_index=True)
    return rows[["family", "params", "tasks"]]


def reported_spread(kind: str = "few_shot") -> float:
    """Decades between the smallest and largest reported threshold of a kind of ability.

    Raises
    ------
    ValueError
        If the table has no such kind.
    """
    table = datasets.load("wei2022_emergence")
    if kind not in set(table["kind"]):
        raise ValueError(f"kind: found {kind!r}, want one of {', '.join(table['kind'].unique())}")
    flops = table.loc[table["kind"] == kind, "train_flops"]
    return float(np.log10(flops.max() / flops.min()))
