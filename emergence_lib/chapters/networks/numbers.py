"""Numbers of "Emergence in neural networks": what absent means, and where an ability shows."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from emergence_lib import fitting, laws, published, scores
from emergence_lib.laws import Array, Flags

HALF = 1e10
"""Parameters at which the illustrative true rate is one half."""
EXPONENT = 0.3
"""Exponent of the illustrative law; small, so that the true curve is gentle."""
SMALLEST, LARGEST = 1e6, 1e12
"""Parameters at the two ends of the illustrative ladder."""
GPT3_TASKS = ("2D+", "2D-", "2Dx", "3D+", "3D-", "4D+", "4D-", "5D+", "5D-")
TESTS = (20, 100, 2000)
"""Items of two imaginary tests of GPT-3 and of the published one."""
TRIPLES = {
    ("arithmetic_3da", "accuracy"): "3-digit sums",
    ("ipa_transliterate", "bleu"): "phonetics, BLEU",
    ("ipa_transliterate", "exact_match"): "phonetics, exact match",
}
"""Task and metric pairs compared across families; the last two score the same answers."""


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


@dataclass(frozen=True, eq=False)
class Onset:
    """What a ladder of models and a test set show of one true curve.

    Attributes
    ----------
    sizes, rates : ndarray, shape (sizes,)
        Parameters and true success rates.
    successes : ndarray of int, shape (sizes,)
        Most likely counts of right answers.
    absent : ndarray of bool, shape (sizes,)
        Sizes that cannot be told from chance.
    """

    sizes: Array
    rates: Array
    successes: NDArray[np.int64]
    absent: Flags

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


def onset(items: int, spacing: float) -> Onset:
    """Test every model of a ladder on ``items`` questions and find where the ability "appears".

    Deterministic: each model scores its most likely count. Chance is 0, so absent means no success.

    Parameters
    ----------
    items : int
        Number of test items, from 1 to 50,000 (beyond, the smallest model already succeeds).
    spacing : float
        Ratio of neighbouring model sizes, see `ladder`.

    Raises
    ------
    ValueError
        If no model is absent, or none is present.
    """
    sizes = ladder(spacing)
    rates = true_rate(sizes)
    successes = most_likely_count(rates, items)
    absent = scores.is_absent(successes, items)
    if not (absent[0] and not absent[-1]):
        raise ValueError(
            f"items: found {items} with spacing {spacing}, want a test that the smallest model "
            "fails and the largest passes"
        )
    return Onset(sizes, rates, successes, absent)


def onset_range(items: int, spacing: float) -> tuple[float, float]:
    """Model sizes between which the first success falls in nine of ten random test sets.

    Parameters
    ----------
    items : int
        Number of test items, at least 1.
    spacing : float
        Ratio of neighbouring model sizes, see `ladder`.

    Returns
    -------
    tuple of float
        Parameters of the lower and the upper end of the central 90%.

    Raises
    ------
    ValueError
        If an argument leaves its domain, or too many test sets find no model that succeeds.
    """
    sizes = ladder(spacing)
    succeeds = laws.detection_probability(true_rate(sizes), items)
    some_success_so_far = 1 - np.cumprod(1 - succeeds)
    if some_success_so_far[-1] < 0.95:
        raise ValueError(
            f"items: found {items} with spacing {spacing}, want a test that a model of the ladder "
            f"passes in more than 95% of test sets; here {some_success_so_far[-1]:.0%}"
        )
    low, high = np.searchsorted(some_success_so_far, [0.05, 0.95])
    return float(sizes[low]), float(sizes[high])


def room(items: ArrayLike, chance: float = 0.0) -> Array:
    """How far above chance the true rate can lie when a test scores exactly at chance.

    Parameters
    ----------
    items : array_like of int
        Numbers of test items; ``items * chance`` is rounded down to whole successes.
    chance : float
        Rate of a guesser, in [0, 1).

    Returns
    -------
    ndarray or scalar
        Exact one-sided 95% upper bound, minus chance. With ``chance`` 0 it is
        `laws.upper_bound_after_zero`.

    Raises
    ------
    ValueError
        If an argument leaves its domain.

    References
    ----------
    clopper1934use.
    """
    n = laws.within("items", items, 1)
    laws.within("chance", chance, 0, 1, open_high=True)
    # The upper end of a two-sided 90% interval is a one-sided 95% bound.
    return fitting.clopper_pearson(np.floor(n * chance + 1e-9), n, 0.9)[1] - chance


def items_for_room(points: float, chance: float = 0.0) -> int:
    """Find how many items a test needs for a score at chance to hide at most ``points``.

    Parameters
    ----------
    points : float
        Largest rate above chance that may stay hidden, in [0.001, 1 - chance).
    chance : float
        Rate of a guesser, one over a whole number, or 0.

    Returns
    -------
    int
        Smallest sufficient number of items of which ``chance`` is a whole number.

    Raises
    ------
    ValueError
        If an argument leaves its domain.
    """
    laws.within("points", points, 0.001, 1 - chance, open_high=True)
    step = round(1 / chance) if chance else 1
    enough = range(step, 10**7, step)
    return enough[bisect_left(enough, True, key=lambda items: bool(room(items, chance) <= points))]


def gpt3_first_present(task: str, items: int = 2000) -> float:
    """Smallest GPT-3 that, with all larger ones, beats the best constant guess few-shot.

    Parameters
    ----------
    task : str
        One of `GPT3_TASKS`.
    items : int
        Size of the test; on one of another size than the published 2,000, each model scores the
        most likely count at its published rate.

    Returns
    -------
    float
        Parameters.

    Raises
    ------
    ValueError
        If ``task`` is unknown, or the largest model does not beat the guess.
    """
    models = published.gpt3(task)
    successes = most_likely_count(models["score"], items)
    absent = scores.is_absent(successes, items, published.best_constant_guess(task))
    first = scores.first_seen(absent)
    if first is None:
        raise ValueError(f"items: found {items}, at which no model beats a guess at {task}")
    return float(models["params"].iloc[first])


def gpt3_onsets() -> pd.DataFrame:
    """Where each arithmetic ability of GPT-3 "first appears", by size of the test (`TESTS`).

    Returns
    -------
    DataFrame
        Columns task, items, params.
    """
    rows = [(*pair, gpt3_first_present(*pair)) for pair in product(GPT3_TASKS, TESTS)]
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


def family_onsets(mark: float = 0.1) -> pd.DataFrame:
    """First model of each open family to score ``mark`` above chance, for each of `TRIPLES`.

    Families count if three or more models with known compute have all three scores.

    Parameters
    ----------
    mark : float
        Height above chance that counts as having the ability, in (0, 1).

    Returns
    -------
    DataFrame
        One row per family, task and metric: compute of the smallest and the largest model
        (``flops_min``, ``flops_max``, FLOP), and ``onset_flops`` and ``onset_params`` of the first
        at the mark (missing if none reaches it).

    Raises
    ------
    ValueError
        If ``mark`` is not in (0, 1).

    References
    ----------
    ruan2024observational.
    """
    laws.within("mark", mark, 0, 1, open_low=True, open_high=True)
    each = [
        published.open_models(task, metric).assign(task=task, metric=metric)
        for task, metric in TRIPLES
    ]
    scores = pd.concat(each)
    scores = scores[scores.groupby("model")["score"].transform("size") == len(TRIPLES)]
    scores = scores[scores.groupby("family")["model"].transform("nunique") >= 3]
    keys = ["family", "task", "metric"]
    ends = scores.groupby(keys)["train_flops"].agg(flops_min="min", flops_max="max")
    reached = scores[scores["score"] - scores["chance"] >= mark].groupby(keys)
    first = reached[["train_flops", "params"]].first()
    first.columns = ["onset_flops", "onset_params"]
    return ends.join(first).reset_index()


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
    table.columns = list(TRIPLES.values())
    return table.rename_axis("family").reset_index()
