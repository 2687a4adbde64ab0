"""Numbers of chapter 2: what "absent" means with n items, and where an ability "first" shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta, binom

from emergence_lib import datasets, laws

Array = NDArray[np.float64]

LEVEL = 0.05
"""Largest p-value that still counts as evidence of more than chance."""
HALF = 1e10
"""Parameters at which the illustrative true rate is one half."""
EXPONENT = 0.3
"""Exponent of the illustrative law; small, so that the true curve is gentle."""
SMALLEST, LARGEST = 1e6, 1e12
"""Parameters at the two ends of the illustrative ladder."""
GPT3_TASKS = ("2D+", "2D-", "2Dx", "3D+", "3D-", "4D+", "4D-", "5D+", "5D-")


def true_rate(parameters: ArrayLike) -> Array:
    """Success rate of an imaginary model family: smooth, rising, nowhere a jump.

    Parameters
    ----------
    parameters : array_like
        Model sizes, above 0.

    Returns
    -------
    ndarray or scalar
        `laws.gompertz` with exponent `EXPONENT`, equal to one half at `HALF` parameters.
    """
    return laws.gompertz(parameters, np.log(2) * HALF**EXPONENT, EXPONENT)


def ladder(spacing: float) -> Array:
    """Model sizes from `SMALLEST` up to at most `LARGEST`, each ``spacing`` times the last.

    Parameters
    ----------
    spacing : float
        Ratio of neighbouring sizes, above 1.

    Returns
    -------
    ndarray, shape (sizes,)
        Parameters.

    Raises
    ------
    ValueError
        If ``spacing`` is not above 1.
    """
    laws.within("spacing", spacing, 1, open_low=True)
    steps = np.floor(np.log(LARGEST / SMALLEST) / np.log(spacing) + 1e-9)
    return SMALLEST * float(spacing) ** np.arange(steps + 1)


def most_likely_count(rate: ArrayLike, items: int) -> NDArray[np.int64]:
    """Most probable number of successes in ``items`` tries (the mode of the binomial).

    Parameters
    ----------
    rate : array_like
        Success rates in [0, 1].
    items : int
        Number of test items, at least 1.

    Returns
    -------
    ndarray of int
        Shape of ``rate``.

    Raises
    ------
    ValueError
        If a rate leaves [0, 1] or ``items`` is below 1.
    """
    p = laws.within("rate", rate, 0, 1)
    laws.within("items", items, 1)
    # The small allowance undoes rounding: 2000 items at 18/2000 must give 18.
    return np.minimum(items, np.floor((items + 1) * p + 1e-9)).astype(np.int64)


def p_value(successes: ArrayLike, items: int, chance: float = 0.0) -> Array:
    """Exact one-sided binomial test of "no better than chance".

    Parameters
    ----------
    successes : array_like of int
        Items answered correctly, from 0 to ``items``.
    items : int
        Number of test items, at least 1.
    chance : float
        Rate of a guesser, in [0, 1).

    Returns
    -------
    ndarray or scalar
        Probability that a guesser does at least as well. With ``chance`` 0 it is 1 for no success
        and 0 for any success.

    Raises
    ------
    ValueError
        If an argument leaves its domain.
    """
    laws.within("items", items, 1)
    count = laws.within("successes", successes, 0, items)
    laws.within("chance", chance, 0, 1, open_high=True)
    return cast(Array, binom.sf(count - 1, items, chance))


def is_absent(
    successes: ArrayLike, items: int, chance: float = 0.0, level: float = LEVEL
) -> NDArray[np.bool_]:
    """Whether a score cannot be told from guessing: exact one-sided p-value above ``level``.

    Parameters
    ----------
    successes, items, chance
        See `p_value`.
    level : float
        Largest p-value that counts as evidence.

    Returns
    -------
    ndarray of bool
        Shape of ``successes``.
    """
    return np.asarray(p_value(successes, items, chance) > level)


@dataclass(frozen=True)
class Onset:
    """What a ladder of models and a test set show of one true curve.

    Parameters
    ----------
    sizes, rates : ndarray, shape (sizes,)
        Parameters and true success rates.
    successes : ndarray of int, shape (sizes,)
        Most likely counts of right answers.
    absent : ndarray of bool, shape (sizes,)
        Sizes that cannot be told from chance.
    items : int
        Number of test items.
    """

    sizes: Array
    rates: Array
    successes: NDArray[np.int64]
    absent: NDArray[np.bool_]
    items: int

    @property
    def index(self) -> int:
        """Position of the first model that shows the ability."""
        return int(np.argmin(self.absent))

    @property
    def first(self) -> float:
        """Parameters of the first model that shows the ability."""
        return float(self.sizes[self.index])

    @property
    def last_absent(self) -> float:
        """Parameters of the largest model before it."""
        return float(self.sizes[self.index - 1])

    @property
    def rate(self) -> float:
        """True success rate of the first model that shows the ability."""
        return float(self.rates[self.index])


def onset(items: int, spacing: float) -> Onset:
    """Test every model of a ladder on ``items`` questions and find where the ability "appears".

    Deterministic: each model scores its most likely count. Chance is 0, so absent means no success.

    Parameters
    ----------
    items : int
        Number of test items, from 1 to 50,000 (beyond, the smallest model already succeeds).
    spacing : float
        Ratio of neighbouring model sizes, see `ladder`.

    Returns
    -------
    Onset

    Raises
    ------
    ValueError
        If no model is absent, or none is present.
    """
    sizes = ladder(spacing)
    rates = true_rate(sizes)
    successes = most_likely_count(rates, items)
    absent = is_absent(successes, items)
    if not (absent[0] and not absent[-1]):
        raise ValueError(
            f"items: found {items} with spacing {spacing}, want a test that the smallest model "
            "fails and the largest passes"
        )
    return Onset(sizes, rates, successes, absent, items)


def onset_shift(few: int, many: int, spacing: float) -> float:
    """Tell how far the onset moves down when the test grows from ``few`` items to ``many``.

    Parameters
    ----------
    few, many : int
        Numbers of test items.
    spacing : float
        Ratio of neighbouring model sizes.

    Returns
    -------
    float
        Decades of model size.
    """
    return float(np.log10(onset(few, spacing).first / onset(many, spacing).first))


def onset_chances(items: int, spacing: float) -> Array:
    """Probability, over random test sets, that each model of the ladder is the first to succeed.

    A model comes first if all smaller ones fail every item and it does not. The sum falls short of
    1 by the probability that no model succeeds at all.

    Parameters
    ----------
    items : int
        Number of test items, at least 1.
    spacing : float
        Ratio of neighbouring model sizes, see `ladder`.

    Returns
    -------
    ndarray, shape (sizes,)
    """
    succeeds = laws.detection_probability(true_rate(ladder(spacing)), items)
    none_before = np.concatenate(([1.0], np.cumprod(1 - succeeds)[:-1]))
    return none_before * succeeds


def onset_range(items: int, spacing: float, coverage: float = 0.9) -> tuple[float, float]:
    """Model sizes between which the first success falls in ``coverage`` of random test sets.

    Parameters
    ----------
    items, spacing
        See `onset_chances`.
    coverage : float
        Central share of test sets, in (0, 1).

    Returns
    -------
    tuple of float
        Parameters of the lower and the upper end.

    Raises
    ------
    ValueError
        If an argument leaves its domain, or too many test sets find no model that succeeds.
    """
    laws.within("coverage", coverage, 0, 1, open_low=True, open_high=True)
    total = np.cumsum(onset_chances(items, spacing))
    tail = (1 - coverage) / 2
    if total[-1] < 1 - tail:
        raise ValueError(
            f"items: found {items} with spacing {spacing}, want a test that a model of the ladder "
            f"passes in more than {1 - tail:.0%} of test sets; here {total[-1]:.0%}"
        )
    low, high = np.searchsorted(total, [tail, 1 - tail])
    sizes = ladder(spacing)
    return float(sizes[low]), float(sizes[high])


def room(items: int, chance: float = 0.0, confidence: float = 0.95) -> float:
    """How far above chance the true rate can lie when a test scores exactly at chance.

    Parameters
    ----------
    items : int
        Number of test items; ``items * chance`` is rounded down to whole successes.
    chance : float
        Rate of a guesser, in [0, 1).
    confidence : float
        Of the exact one-sided upper bound, in (0, 1).

    Returns
    -------
    float
        Upper bound minus chance. With ``chance`` 0 it is `laws.upper_bound_after_zero`.

    Raises
    ------
    ValueError
        If an argument leaves its domain.

    References
    ----------
    clopper1934use.
    """
    laws.within("items", items, 1)
    laws.within("chance", chance, 0, 1, open_high=True)
    laws.within("confidence", confidence, 0, 1, open_low=True, open_high=True)
    successes = np.floor(items * chance + 1e-9)
    return float(beta.ppf(confidence, successes + 1, items - successes)) - chance


def items_for_room(points: float, chance: float = 0.0, confidence: float = 0.95) -> int:
    """Find how many items a test needs for a score at chance to hide at most ``points``.

    Parameters
    ----------
    points : float
        Largest rate above chance that may stay hidden, in (0, 1 - chance).
    chance : float
        Rate of a guesser, one over a whole number, or 0.
    confidence : float
        See `room`.

    Returns
    -------
    int
        Smallest sufficient number of items of which ``chance`` is a whole number.

    Raises
    ------
    ValueError
        If an argument leaves its domain.
    """
    laws.within("points", points, 0, 1 - chance, open_low=True, open_high=True)
    step = round(1 / chance) if chance else 1
    low, high = 0, 1
    while room(high * step, chance, confidence) > points:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if room(middle * step, chance, confidence) > points:
            low = middle
        else:
            high = middle
    return high * step


def best_constant_guess(task: str) -> float:
    """Success rate of always giving the commonest answer to one of GPT-3's arithmetic tasks.

    Operands are uniform on 0 to 10**digits - 1. The commonest sum of two such numbers is
    10**digits - 1, the commonest difference 0, the commonest product 0.

    Parameters
    ----------
    task : str
        Digits, the letter D, and one of ``+ - x``: "3D+".

    Returns
    -------
    float

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


def first_present(absent: ArrayLike) -> int | None:
    """Position of the first model from which on none is absent, or None.

    Parameters
    ----------
    absent : array_like of bool, shape (sizes,)
        In order of size.

    Returns
    -------
    int or None
    """
    flags = np.asarray(absent, dtype=bool)
    position = len(flags) - int(np.argmin(np.append(~flags[::-1], False)))
    return position if position < len(flags) else None


def gpt3_counts(task: str, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Few-shot successes of the GPT-3 models on one arithmetic task.

    Parameters
    ----------
    task : str
        One of `GPT3_TASKS`.
    table : DataFrame, optional
        Like ``datasets.load("gpt3_arithmetic")``, the default.

    Returns
    -------
    DataFrame
        Columns params, score, items, successes; ordered by size.

    Raises
    ------
    ValueError
        If ``task`` is not among `GPT3_TASKS`.
    """
    if task not in GPT3_TASKS:
        raise ValueError(f"task: found {task!r}, want one of {', '.join(GPT3_TASKS)}")
    data = datasets.load("gpt3_arithmetic") if table is None else table
    rows = data[(data["task"] == task) & (data["setting"] == "few_shot")].sort_values("params")
    return pd.DataFrame(
        {
            "params": rows["params"].to_numpy(dtype=float),
            "score": rows["score"].to_numpy(dtype=float),
            "items": rows["n_items"].to_numpy(dtype=int),
            "successes": np.rint((rows["score"] * rows["n_items"]).to_numpy()).astype(int),
        }
    )


def gpt3_successes(task: str, parameters: float) -> int:
    """Return how many of the 2,000 problems of a task one GPT-3 got right, few-shot.

    Parameters
    ----------
    task : str
        One of `GPT3_TASKS`.
    parameters : float
        Size of the model as in the data, 3.56e8 for the 350M one.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If there is no such task or model.
    """
    counts = gpt3_counts(task).set_index("params")["successes"]
    if parameters not in counts.index:
        sizes = ", ".join(f"{size:g}" for size in counts.index)
        raise ValueError(f"parameters: found {parameters:g}, want one of {sizes}")
    return int(counts[parameters])


def gpt3_first_present(
    task: str, items: int | None = None, table: pd.DataFrame | None = None
) -> float:
    """Smallest GPT-3 that, with all larger ones, beats the best constant guess few-shot.

    Parameters
    ----------
    task : str
        One of `GPT3_TASKS`.
    items : int, optional
        Size of an imaginary smaller test, in which each model scores the most likely count at its
        published rate. Default: the published test.
    table : DataFrame, optional
        See `gpt3_counts`.

    Returns
    -------
    float
        Parameters.

    Raises
    ------
    ValueError
        If ``task`` is unknown or no model beats the guess.
    """
    counts = gpt3_counts(task, table)
    size = int(counts["items"].iloc[0]) if items is None else items
    published = counts["successes"].to_numpy()
    successes = published if items is None else most_likely_count(counts["score"], items)
    position = first_present(is_absent(successes, size, best_constant_guess(task)))
    if position is None:
        raise ValueError(f"items: found {items}, at which no model beats a guess at {task}")
    return float(counts["params"].iloc[position])


def gpt3_onsets(
    items: Sequence[int] = (20, 100, 2000), table: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Where each arithmetic ability of GPT-3 "first appears", by size of the test.

    Parameters
    ----------
    items : sequence of int
        Sizes of the test; 2000 is the published one.
    table : DataFrame, optional
        See `gpt3_counts`.

    Returns
    -------
    DataFrame
        Columns task, items, params.
    """
    rows = [
        (task, size, gpt3_first_present(task, None if size == 2000 else size, table))
        for task, size in product(GPT3_TASKS, items)
    ]
    return pd.DataFrame(rows, columns=["task", "items", "params"])


def gpt3_onset_table() -> pd.DataFrame:
    """Lay `gpt3_onsets` out for reading: a row per task, a column per test.

    Returns
    -------
    DataFrame
        First present GPT-3, in billions of parameters as published; column task, then one column
        for each number of items.
    """
    onsets = gpt3_onsets().assign(size=lambda rows: rows["params"] / 1e9)
    table = onsets.pivot(index="task", columns="items", values="size").reindex(GPT3_TASKS)
    table.columns = [f"{items:,} items (billion parameters)" for items in table.columns]
    return table.rename_axis("task").reset_index()


def gpt3_later(items: int, than: int = 2000) -> int:
    """Count the arithmetic tasks whose ability shows at a larger GPT-3 on a smaller test.

    Parameters
    ----------
    items, than : int
        The smaller test and the larger one; 2000 is the published one.

    Returns
    -------
    int
        Of the tasks in `GPT3_TASKS`.
    """
    table = gpt3_onsets((items, than)).pivot(index="task", columns="items", values="params")
    return int((table[items] > table[than]).sum())


TRIPLES = (
    ("arithmetic_3da", "accuracy"),
    ("ipa_transliterate", "bleu"),
    ("ipa_transliterate", "exact_match"),
)
"""Task and metric pairs compared across families; the last two score the same answers."""


def family_onsets(mark: float = 0.1, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """First model of each open family to score ``mark`` above chance, for each of `TRIPLES`.

    Families count if three or more models with known compute have all three scores.

    Parameters
    ----------
    mark : float
        Height above chance that counts as having the ability, in (0, 1).
    table : DataFrame, optional
        Like ``datasets.load("obs_scaling_emergent")``, the default.

    Returns
    -------
    DataFrame
        One row per family, task and metric: first and last compute of the family's ladder
        (``flops_min``, ``flops_max``, FLOP), ``onset_flops``, ``onset_params`` and
        ``onset_score`` (missing if no model reaches the mark), ``at_smallest`` (the smallest
        model is already there, so the onset is only an upper bound), ``best`` (largest score) and
        ``largest`` (parameters of the largest model).

    Raises
    ------
    ValueError
        If ``mark`` is not in (0, 1).

    References
    ----------
    ruan2024observational.
    """
    laws.within("mark", mark, 0, 1, open_low=True, open_high=True)
    data = datasets.load("obs_scaling_emergent") if table is None else table
    data = data[(data["suspect"] == 0) & data["train_flops"].notna()]
    rows = []
    for family, models in data.groupby("family"):
        per_triple = [
            models[(models["task"] == task) & (models["metric"] == metric)]
            for task, metric in TRIPLES
        ]
        common = set.intersection(*(set(each["model"]) for each in per_triple))
        if len(common) < 3:
            continue
        for (task, metric), scores in zip(TRIPLES, per_triple, strict=True):
            ordered = scores[scores["model"].isin(common)].sort_values("train_flops")
            reached = ordered[ordered["score"] - ordered["chance"] >= mark]
            first = reached.iloc[0] if len(reached) else None
            rows.append(
                {
                    "family": family,
                    "task": task,
                    "metric": metric,
                    "flops_min": ordered["train_flops"].iloc[0],
                    "flops_max": ordered["train_flops"].iloc[-1],
                    "onset_flops": np.nan if first is None else first["train_flops"],
                    "onset_params": np.nan if first is None else first["params"],
                    "onset_score": np.nan if first is None else first["score"],
                    "at_smallest": first is not None and first["model"] == ordered["model"].iloc[0],
                    "best": ordered["score"].max(),
                    "largest": ordered["params"].max(),
                }
            )
    return pd.DataFrame(rows)


def family_onset_table(mark: float = 0.1) -> pd.DataFrame:
    """Lay `family_onsets` out for reading: a row per family, a column per task and metric.

    Parameters
    ----------
    mark : float
        See `family_onsets`.

    Returns
    -------
    DataFrame
        First model at the mark in billions of parameters, missing if none reaches it.
    """
    onsets = family_onsets(mark).assign(size=lambda rows: rows["onset_params"] / 1e9)
    table = onsets.pivot(index="family", columns=["task", "metric"], values="size")[list(TRIPLES)]
    table.columns = ["3-digit sums", "phonetics, BLEU", "phonetics, exact match"]
    return table.rename_axis("family").reset_index()


def family_onset(family: str, task: str, metric: str, mark: float = 0.1) -> float:
    """Return the size of the first model of a family to score ``mark`` above chance.

    Parameters
    ----------
    family, task, metric : str
        As in the data; task and metric one of `TRIPLES`.
    mark : float
        See `family_onsets`.

    Returns
    -------
    float
        Parameters.

    Raises
    ------
    ValueError
        If there is no such row, or no model of the family reaches the mark.
    """
    table = family_onsets(mark).set_index(["family", "task", "metric"])["onset_params"].dropna()
    if (family, task, metric) not in table.index:
        raise ValueError(f"family: found {family!r}, of which no model reaches {mark:g} on {task}")
    return float(table[family, task, metric])
