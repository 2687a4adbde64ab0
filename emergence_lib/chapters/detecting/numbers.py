"""What scores can tell of a rise, and the audit of every ladder whose number of items is known.

``verdicts.csv`` beside this file holds what that audit found;
``python -m emergence_lib.chapters.detecting.numbers``, a part of ``make results``, writes it anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from emergence_lib import curves, datasets, ladders, laws, scores
from emergence_lib.audit import Curve, Report, Verdict, audit_many
from emergence_lib.audit.assess import assess
from emergence_lib.audit.verdict import judge
from emergence_lib.fitting.batch import counts, stack
from emergence_lib.fitting.shapes import GOMPERTZ, LOGISTIC, Shape
from emergence_lib.ladders import Ladder
from emergence_lib.laws import Array

MODELS = (4, 5, 6, 8, 12, 24)
ITEMS = (20, 100, 1000, 10_000)
WIDTHS = (0.3, 1.0, 3.0)
FIRST, THRESHOLD, LAST = 6.0, 8.1, 10.0
"""log10 of the smallest size, of the size half-way up in the example, and of the largest size."""
GRID = np.linspace(FIRST - 0.2, LAST + 0.2, 61)
"""log10 of the sizes at which the curves of `Bounds` are given."""
SEED, NEAR_STEPS, STEP_MODELS, STEP_ITEMS = 16, 400, 8, 100
"""Of the made curves; how many near-steps, by how many models, on how many items."""
LADDERS = (5, 6, 8, 10, 12, 16, 20, 24)
"""Numbers of models for `usual_scores`."""
STORED = Path(__file__).with_name("verdicts.csv")


@dataclass(frozen=True)
class Bounds:
    """How narrow and how wide a rise some models and items allow.

    Attributes
    ----------
    score : array, shape (models,)
        At evenly spaced `sizes`.
    low, high : float
        Ends of the interval of the width in decades; 0 or infinite where the scores leave it open.
    verdict : Verdict
    narrowest, widest : array, shape (89,)
        The likeliest curves of these widths, on `GRID`.
    """

    score: Array
    low: float
    high: float
    verdict: Verdict
    narrowest: Array
    widest: Array


def sizes(models: int) -> Array:
    """Return log10 of the sizes of some models, evenly spaced."""
    return np.linspace(FIRST, LAST, models)


def sigmoid(shape: Shape, x: Array, width: float, threshold: Array | float) -> Array:
    """Return a rise from 0 to 1 with a 10-90% width in decades, at log10 sizes ``x``."""
    return shape.parts(shape.middle + shape.spread / width * (x - threshold))[0]


@cache
def bounds() -> dict[tuple[int, int, float], Bounds]:
    """Audit, in one go, logistic rises of every width of `WIDTHS` by all `MODELS` and `ITEMS`.

    Each score is the whole number of right answers that comes nearest to the curve.
    """
    keys = list(product(MODELS, ITEMS, WIDTHS))
    made = [np.rint(sigmoid(LOGISTIC, sizes(m), width, THRESHOLD) * n) / n for m, n, width in keys]
    found = assess(
        stack([counts(10 ** sizes(m), y, n) for (m, n, _), y in zip(keys, made, strict=True)])
    )
    facts, result = found.facts(), {}
    for i, (key, score) in enumerate(zip(keys, made, strict=True)):
        rises = bool(found.rises[i])
        low, high = (found.width.low[i], found.width.high[i]) if rises else (0.02, 50.0)
        result[key] = Bounds(
            score=score,
            low=0.0 if not rises or found.width.open_low[i] else float(low),
            high=np.inf if not rises or found.width.open_high[i] else float(high),
            verdict=judge(facts[i])[0],
            narrowest=_likeliest(score, key[1], low),
            widest=_likeliest(score, key[1], high),
        )
    return result


def _likeliest(score: Array, items: int, width: float) -> Array:
    """Return on `GRID` the likeliest sigmoid of a width through some scores, its ceiling free."""
    threshold, ceiling = np.meshgrid(np.linspace(5, 11, 301), np.linspace(0.5, 1, 26))
    x, y = (each[:, None, None] for each in (sizes(len(score)), score))
    fits = []
    for shape in (LOGISTIC, GOMPERTZ):
        p = np.clip(ceiling * sigmoid(shape, x, width, threshold), 1e-12, 1 - 1e-12)
        lost = -np.sum(items * (y * np.log(p) + (1 - y) * np.log1p(-p)), axis=0)
        best = lost.argmin()
        fits.append((lost.flat[best], shape, threshold.flat[best], ceiling.flat[best]))
    _, shape, where, top = min(fits, key=lambda fit: fit[0])
    return np.asarray(top * sigmoid(shape, GRID, width, where))


def near_step(width: float = 0.2) -> Array:
    """Return made scores of logistic rises, (curves, models); thresholds vary over a decade."""
    rng = np.random.default_rng(SEED)
    threshold = rng.uniform(7.5, 8.5, (NEAR_STEPS, 1))
    p = sigmoid(LOGISTIC, sizes(STEP_MODELS), width, threshold)
    return rng.binomial(STEP_ITEMS, p) / STEP_ITEMS


def straight_line() -> Array:
    """Return slope and intercept of the line by least squares through the first near-step."""
    return np.polyfit(sizes(STEP_MODELS), near_step()[0], 1)


def r_squared(width: float = 0.2) -> float:
    """Return the median R-squared of a straight line through made scores of a logistic."""
    x = sizes(STEP_MODELS)
    return float(np.median([stats.pearsonr(x, y).statistic ** 2 for y in near_step(width)]))


def deviance_gap() -> float:
    """Return the median of how much worse, in deviance, a line fits a near-step than a logistic."""
    made = near_step()
    found = assess(
        counts(np.broadcast_to(10 ** sizes(STEP_MODELS), made.shape), made, STEP_ITEMS), ceiling=1.0
    )
    return float(np.median(found.line.deviance - found.logistic.deviance))


def onset(items: float) -> float:
    """Return the size at which a Gompertz curve is expected to give three right answers.

    The curve is ``exp(-C size**-0.35)``, one half at ten billion parameters.

    Raises
    ------
    ValueError
        If there are not more items than right answers.
    """
    laws.within("items", items, 3, open_low=True)
    return float(1e10 * (np.log(2) / -np.log(3 / items)) ** (1 / 0.35))


def emergence_quantiles(kind: str, models: int, items: int = 100) -> tuple[float, float, float]:
    """Return 2.5%, 50% and 97.5% quantiles of the emergence score of 2,000 made curves.

    Parameters
    ----------
    kind : str
        ``"noise"``: a flat 5%; ``"line"``: 10% to 90% in equal steps; ``"gradual"`` and
        ``"sharp"``: logistics of 3 and of 0.5 decades over four.
    models, items : int

    Raises
    ------
    ValueError
        If there is no such kind.
    """
    kinds = {
        "noise": np.full(models, 0.05),
        "line": np.linspace(0.1, 0.9, models),
        "gradual": sigmoid(LOGISTIC, sizes(models), 3.0, THRESHOLD),
        "sharp": sigmoid(LOGISTIC, sizes(models), 0.5, THRESHOLD),
    }
    if kind not in kinds:
        raise ValueError(f"kind: found {kind!r}, want one of {', '.join(kinds)}")
    made = np.random.default_rng(SEED).binomial(items, kinds[kind], (2000, models)) / items
    found = np.abs(scores.emergence_score(made, undefined=np.inf))
    low, middle, high = np.quantile(found, [0.025, 0.5, 0.975], method="nearest")
    return float(low), float(middle), float(high)


def usual_scores() -> dict[str, Array]:
    """Return `emergence_quantiles` of noise, line and gradual rise, shape (8, 3), by `LADDERS`."""
    return {
        kind: np.array([emergence_quantiles(kind, models) for models in LADDERS])
        for kind in ("noise", "line", "gradual")
    }


def addition() -> pd.DataFrame:
    """Return the table of four-digit addition learned from scratch, fewest examples first."""
    return datasets.load("addition4_from_scratch").sort_values("train_set_size", ignore_index=True)


def loss_width() -> float:
    """Return the decades of training examples in which 10% to 90% of the fall of its loss lies."""
    table = addition()
    return curves.rise(np.log10(table["train_set_size"]), -table["test_cross_entropy"]).width


def curve(ladder: Ladder) -> Curve:
    """Return a ladder as the audit takes it; letters of OLMo 2 have cloze for a second metric."""
    other = None
    if ladder.source == "OLMo 2, training" and ladder.name.endswith("letter"):
        other = curve(ladders.one(ladder.name.removesuffix("letter") + "cloze"))
    return Curve(
        ladder.name,
        ladder.scale,
        ladder.score,
        items=ladder.items,
        chance=ladder.floor,
        unit=ladder.unit,
        other=other,
        higher_is_better=True,
    )


def called(ladder: Ladder) -> bool:
    """Tell whether lists of emergent abilities hold the task, or the way it was asked.

    References
    ----------
    wei2022emergent; its tasks among the open models' are those of ruan2024observational.
    """
    if ladder.source == "GPT-3, arithmetic":
        return ladder.task.endswith("few-shot")
    if ladder.source == "GPT-3, MMLU":
        return ladder.task == "MMLU average"
    if ladder.source == "chain of thought":
        return ladder.task.endswith("chain of thought")
    if ladder.source.startswith("open models"):
        listed = set(datasets.load("obs_scaling_emergent")["task"]) | {"MMLU"}
        return ladder.task.split()[0] in listed
    return False


@cache
def counted() -> tuple[Ladder, ...]:
    """Return every ladder whose number of items is known."""
    return tuple(ladder for ladder in ladders.every() if ladder.counted)


@cache
def report_of(name: str) -> Report:
    """Return the audit of the ladder of a name.

    Raises
    ------
    ValueError
        If there is none, or its number of items is not known.
    """
    ladder = ladders.one(name)
    if not ladder.counted:
        raise ValueError(f"name: found {name!r}, of unknown items, want a ladder that was audited")
    (report,) = audit_many([curve(ladder)], thorough=False)
    return report


def audited() -> pd.DataFrame:
    """Audit every ladder of `counted` (twenty seconds); `verdicts` returns what this stored."""
    reports = audit_many(map(curve, counted()), thorough=False)
    keys = ["family", "task"]
    before = verdicts().set_index(keys)["before"]
    rows = []
    for ladder, report in zip(counted(), reports, strict=True):
        way = f", {ladder.task.split()[-1]}" if ladder.source == "OLMo 2, training" else ""
        rows.append(
            {
                "group": ladder.source + way,
                "family": ladder.family,
                "task": ladder.task,
                "models": len(ladder),
                "low": report.width and report.width.low,
                "high": report.width and report.width.high,
                "verdict": str(report.verdict),
                "obstacle": str(report.obstacle or ""),
                "called": called(ladder),
                "before": before.get((ladder.family, ladder.task), ""),
                "leap": report.leap,
            }
        )
    return pd.DataFrame(rows).astype({"low": float, "high": float, "leap": float})


@cache
def verdicts() -> pd.DataFrame:
    """Return the stored audit of every ladder of `counted`, one row each, in their order.

    Returns
    -------
    DataFrame
        group (the source, for OLMo 2 in training with the way it was scored), family, task,
        models, low and high (decades; NaN if open or without a rise), verdict, obstacle (why there
        is none, or nothing), called (as the function), before (the verdict of the first audit,
        which took scores below chance for scatter; kept, not computed), leap (as in `Report`).
    """
    numeric = {name: [""] for name in ("low", "high", "leap")}
    return pd.read_csv(STORED, keep_default_na=False, na_values=numeric)


def tally(*, called: bool = False) -> pd.DataFrame:
    """Count `verdicts` by group (index), all or those of curves `called` emergent."""
    table = verdicts().query("called") if called else verdicts()
    return pd.crosstab(table["group"], table["verdict"]).reindex(
        index=table["group"].unique(), columns=list(map(str, Verdict)), fill_value=0
    )


def changed() -> pd.DataFrame:
    """Count the `verdicts` that changed, by what the first audit said and what this one says."""
    table = verdicts().rename(columns={"verdict": "now"}).query("before not in ('', now)")
    return table.groupby(["before", "now"]).size().to_frame("curves")


def famous() -> pd.DataFrame:
    """Return the rows of `verdicts` of GPT-3 and the pooled open models on listed tasks."""
    sources = ["GPT-3, arithmetic", "GPT-3, MMLU", "open models, pooled"]
    table = verdicts().query("called")
    return table[table["group"].isin(sources)]


@cache
def famous_reports() -> list[Report]:
    """Return the audit of each curve of `famous`, in its order."""
    chosen = (counted()[at] for at in famous().index)
    return list(audit_many(map(curve, chosen), thorough=False))


def printed(table: pd.DataFrame) -> pd.DataFrame:
    """Return rows of `verdicts` as a page prints them."""
    names = {
        "family": "models",
        "models": "scales",
        "low": "narrowest (decades)",
        "high": "widest (decades)",
        "obstacle": "why not",
    }
    table = table.round({"low": 2, "high": 2})
    return table.drop(columns=["called", "before", "leap"]).rename(columns=names)


if __name__ == "__main__":
    audited().to_csv(STORED, index=False)
