"""What scores can tell, and the audit of every shipped ladder whose number of items is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from emergence_lib import curves, datasets, ladders, laws, scores
from emergence_lib.audit import Curve, Obstacle, Report, Verdict, audit_many
from emergence_lib.audit.assess import MOST, assess
from emergence_lib.fitting.batch import counts, stack
from emergence_lib.fitting.criteria import aicc
from emergence_lib.fitting.shapes import GOMPERTZ, LOGISTIC, Shape
from emergence_lib.ladders import Ladder

Array = NDArray[np.float64]

MODELS = (4, 5, 6, 8, 12, 24)
ITEMS = (20, 100, 1000, 10_000)
WIDTHS = (0.3, 1.0, 3.0)
THRESHOLD = 8.1
"""log10 of the size half-way up, in the example; ladders run from 6 to 10."""


@dataclass(frozen=True)
class Told:
    """What some models and items tell about a rise of known width.

    Arrays are log10 of size and scores; ``low`` and ``high`` are decades, infinite or 0 where the
    data leave an end open; ``narrowest`` and ``widest`` are curves at those ends.
    """

    x: Array
    score: Array
    low: float
    high: float
    verdict: str
    narrowest: Array
    widest: Array


GRID = np.linspace(5.8, 10.2, 89)
"""log10 of the sizes at which the curves of a `Ladder` are given."""


def expected(width: float, models: int, items: int) -> tuple[Array, Array]:
    """Return log10 sizes and the whole numbers of right answers that come nearest to a logistic."""
    x = np.linspace(6, 10, models)
    z = LOGISTIC.spread / width * (x - THRESHOLD)
    return x, np.rint(LOGISTIC.parts(z)[0] * items) / items


@cache
def told() -> dict[tuple[int, int, float], Told]:
    """Audit every combination of `MODELS`, `ITEMS` and `WIDTHS` in one go."""
    keys = [(m, n, w) for m in MODELS for n in ITEMS for w in WIDTHS]
    made = [expected(w, m, n) for m, n, w in keys]
    batch = stack([counts(10**x, y, n) for (x, y), (_, n, _) in zip(made, keys, strict=True)])
    found = assess(batch)
    steep = found.steepness()
    result = {}
    for i, (key, (x, y)) in enumerate(zip(keys, made, strict=True)):
        rises = bool(found.rises[i])
        ends = [float(found.width.low[i]), float(found.width.high[i])] if rises else [0.02, 50.0]
        narrowest, widest = (_at_width(x, y, key[1], end) for end in ends)
        result[key] = Told(
            x=x,
            score=y,
            low=0.0 if not rises or found.width.open_low[i] else ends[0],
            high=np.inf if not rises or found.width.open_high[i] else ends[1],
            verdict=str({1: Verdict.SHARP, -1: Verdict.SMOOTH}.get(int(steep[i]), Verdict.UNKNOWN)),
            narrowest=narrowest,
            widest=widest,
        )
    return result


def _at_width(x: Array, score: Array, items: int, width: float) -> Array:
    """Return on `GRID` the likeliest sigmoid of a given width, its ceiling free."""
    threshold, ceiling = np.meshgrid(np.linspace(5, 11, 301), np.linspace(0.5, 1, 26))
    best = (np.inf, GRID)
    for shape in (LOGISTIC, GOMPERTZ):
        steep = shape.spread / width

        def rise(at: Array, shape: Shape = shape, steep: float = steep) -> Array:
            return ceiling * shape.parts(shape.middle + steep * (at[:, None, None] - threshold))[0]

        p = np.clip(rise(x), 1e-12, 1 - 1e-12)
        y = score[:, None, None]
        lost = -np.sum(items * (y * np.log(p) + (1 - y) * np.log1p(-p)), axis=0)
        if lost.min() < best[0]:
            at = np.unravel_index(lost.argmin(), lost.shape)
            best = (float(lost.min()), rise(GRID)[:, at[0], at[1]])
    return best[1]


def near_step(width: float = 0.2, models: int = 8, items: int = 100, curves: int = 400) -> Array:
    """Return made scores of a logistic, (curves, models); its threshold varies over a decade."""
    rng = np.random.default_rng(16)
    x = np.linspace(6, 10, models)
    threshold = rng.uniform(7.5, 8.5, (curves, 1))
    p = LOGISTIC.parts(LOGISTIC.spread / width * (x - threshold))[0]
    return rng.binomial(items, p) / items


def r_squared(width: float = 0.2, models: int = 8) -> float:
    """Return the median R-squared of a straight line through made scores of a logistic."""
    x = np.linspace(6, 10, models)
    score = near_step(width, models)
    return float(np.median([stats.pearsonr(x, y).statistic ** 2 for y in score]))


def deviance_gap(width: float = 0.2, models: int = 8, items: int = 100) -> float:
    """Return the median of how much worse, in deviance, a straight line fits than a logistic."""
    batch = counts(
        np.broadcast_to(np.logspace(6, 10, models), (400, models)),
        near_step(width, models, items),
        items,
    )
    found = assess(batch, ceiling=1.0)
    return float(np.median(found.line.deviance - found.logistic.deviance))


def onset(items: float, exponent: float = 0.35, half: float = 1e10, right: float = 3.0) -> float:
    """Return the size at which a Gompertz curve is expected to give some right answers.

    The curve is ``exp(-C size**-exponent)``, one half at ``half``.

    Raises
    ------
    ValueError
        If there are not more items than right answers.
    """
    laws.within("items", items, right, open_low=True)
    return float(half * (np.log(2) / -np.log(right / items)) ** (1 / exponent))


def onset_decades(few: float, many: float) -> float:
    """Return by how many decades of size `onset` moves between two numbers of items."""
    return float(np.log10(onset(few) / onset(many)))


def emergence_quantiles(
    kind: str, models: int, items: int = 100, curves: int = 2000
) -> tuple[float, float, float]:
    """Return 2.5%, 50% and 97.5% quantiles of the emergence score of made curves.

    Parameters
    ----------
    kind : str
        ``"noise"``: a flat 5%; ``"line"``: 10% to 90% in equal steps; ``"gradual"`` and
        ``"sharp"``: logistics of 3 and of 0.5 decades over four.
    models, items, curves : int

    Raises
    ------
    ValueError
        If there is no such kind.
    """
    x = np.linspace(6, 10, models)
    widths = {"gradual": 3.0, "sharp": 0.5}
    if kind == "noise":
        p = np.full(models, 0.05)
    elif kind == "line":
        p = np.linspace(0.1, 0.9, models)
    elif kind in widths:
        p = LOGISTIC.parts(LOGISTIC.spread / widths[kind] * (x - THRESHOLD))[0]
    else:
        raise ValueError(f"kind: found {kind!r}, want noise, line, gradual or sharp")
    made = np.random.default_rng(16).binomial(items, p, (curves, models)) / items
    found = np.abs(scores.emergence_score(made, undefined=np.inf))
    low, middle, high = np.quantile(found, [0.025, 0.5, 0.975], method="nearest")
    return float(low), float(middle), float(high)


def aicc_penalty(parameters: int, models: int) -> float:
    """Return what AICc adds to the deviance of a curve.

    Raises
    ------
    ValueError
        If there are too few models for AICc.
    """
    penalty = aicc(0.0, parameters, models)
    if penalty is None:
        raise ValueError(f"models: found {models}, want more than {parameters + 1}")
    return penalty


def loss_width(low: float = 0.1, high: float = 0.9) -> float:
    """Return the decades of training examples in which the loss of 4-digit addition falls."""
    table = datasets.load("addition4_from_scratch").sort_values("train_set_size")
    size, loss = np.log10(table["train_set_size"]), table["test_cross_entropy"]
    return curves.rise(size, -loss, low=low, high=high).width


def loss_share() -> float:
    """Return `loss_width` as a share of the decades that were measured."""
    sizes = datasets.load("addition4_from_scratch")["train_set_size"]
    return loss_width() / float(np.log10(sizes.max() / sizes.min()))


@cache
def audited() -> tuple[Ladder, ...]:
    """Return the ladders whose number of items is known, in the order of `ladders.every`."""
    return tuple(ladder for ladder in ladders.every() if ladder.counted)


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


def group(ladder: Ladder) -> str:
    """Return the source of a ladder, for OLMo 2 in training with the way it was scored."""
    way = ladder.task.split()[-1]
    return f"{ladder.source}, {way}" if ladder.source == "OLMo 2, training" else ladder.source


@cache
def reports() -> tuple[Report, ...]:
    """Return the audits of `audited`, in their order."""
    return tuple(audit_many([curve(ladder) for ladder in audited()], thorough=False))


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
    return reports()[audited().index(ladder)]


@cache
def verdicts() -> pd.DataFrame:
    """Return the audit of every ladder: one row each.

    Returns
    -------
    DataFrame
        group, family, task, called, models, verdict, low and high (decades; NaN if open or without
        a rise), seen, leap, obstacle (why there is no verdict, or nothing).
    """
    rows = []
    for ladder, report in zip(audited(), reports(), strict=True):
        width = report.width
        low, high = (None, None) if width is None else (width.low, width.high)
        rows.append(
            {
                "group": group(ladder),
                "family": ladder.family,
                "task": ladder.task,
                "called": called(ladder),
                "models": len(ladder),
                "verdict": str(report.verdict),
                "low": np.nan if low is None else low,
                "high": np.nan if high is None else high,
                "seen": report.seen,
                "leap": report.leap,
                "obstacle": str(report.obstacle or ""),
            }
        )
    return pd.DataFrame(rows)


def count(
    verdict: str = "", group: str = "", called: bool | None = None, obstacle: str = ""
) -> int:
    """Count audited ladders; an argument left out selects all.

    Raises
    ------
    ValueError
        If no ladder is in the group, or there is no such verdict or obstacle.
    """
    table = verdicts()
    known = {"verdict": tuple(map(str, Verdict)), "group": tuple(table["group"].unique())}
    known["obstacle"] = tuple(table["obstacle"].unique())
    chosen = np.ones(len(table), bool)
    for name, value in {"verdict": verdict, "group": group, "obstacle": obstacle}.items():
        if value:
            if value not in known[name]:
                raise ValueError(f"{name}: found {value!r}, want one of {', '.join(known[name])}")
            chosen &= (table[name] == value).to_numpy()
    if called is not None:
        chosen &= (table["called"] == called).to_numpy()
    return int(chosen.sum())


def in_one_gap(*, called: bool) -> int:
    """Count undecided ladders of which one gap holds most of the fitted rise."""
    table = verdicts()
    undecided = (table["verdict"] == Verdict.UNKNOWN) & (table["called"] == called)
    rises = table["obstacle"] != Obstacle.RISE
    return int((undecided & rises & (table["leap"] >= MOST)).sum())


def summary() -> pd.DataFrame:
    """Count verdicts by group, as a page prints them."""
    table = verdicts()
    counted = pd.crosstab(table["group"], table["verdict"]).reindex(
        index=table["group"].unique(), columns=[str(each) for each in Verdict], fill_value=0
    )
    return counted.loc[:, counted.sum() > 0].rename_axis(columns=None).reset_index()


def famous() -> list[int]:
    """Return the places in `audited` of GPT-3 and the pooled open models on listed tasks."""
    sources = ("GPT-3, arithmetic", "GPT-3, MMLU", "open models, pooled")
    return [i for i, each in enumerate(audited()) if called(each) and each.source in sources]


def printed(places: Sequence[int] | None = None) -> pd.DataFrame:
    """Return `verdicts`, or those at some places, as a page prints them."""
    table = verdicts() if places is None else verdicts().iloc[list(places)]
    return pd.DataFrame(
        {
            "group": table["group"],
            "models": table["family"],
            "task": table["task"],
            "scales": table["models"],
            "narrowest (decades)": table["low"],
            "widest (decades)": table["high"],
            "verdict": table["verdict"],
            "why not": table["obstacle"],
        }
    )


def width_end(name: str, end: str) -> float:
    """Return an end of a ladder's width in decades, or infinity or 0 where it is open.

    Raises
    ------
    ValueError
        If there is no such ladder, or none that rises, or the end is neither low nor high.
    """
    if end not in ("low", "high"):
        raise ValueError(f"end: found {end!r}, want low or high")
    width = report_of(name).width
    if width is None:
        raise ValueError(f"name: found {name!r}, which does not rise, want a ladder with a width")
    value = width.low if end == "low" else width.high
    if value is None:
        return 0.0 if end == "low" else float("inf")
    return float(value)


def emergence_score(name: str) -> float:
    """Return the emergence score of a ladder."""
    return float(scores.emergence_score(ladders.one(name).score))


def last_gap(name: str) -> float:
    """Return the decades between the two largest models of a ladder."""
    scale = ladders.one(name).scale
    return float(np.log10(scale[-1] / scale[-2]))
