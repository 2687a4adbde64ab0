"""What checks of a growing model miss, what failures leave open, and how horizons grow.

Widths of rises are those that the audit finds along training compute; all that follows from them
and from a spacing of checks is exact for a logistic rise.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from emergence_lib import datasets, ladders, laws
from emergence_lib.audit import Curve, audit_many
from emergence_lib.fitting import criteria
from emergence_lib.laws import Array

RUN = 1000
"""By how much compute grows in the chapter's example, as a factor."""
SPACINGS = (2, 4, 6, 10, 30, 100)
"""Factors of compute from one check to the next."""
ENDS = ("narrowest", "likeliest", "widest")
"""Ends and middle of the interval of a width."""
RISES = {
    "GPT-3: 3-digit sums": "3D+",
    "GPT-3: 3-digit differences": "3D-",
    "GPT-3: 4-digit differences": "4D-",
    "open models: 3-digit differences": "all open models, arithmetic_3ds",
    "open models: GSM8K": "all open models, GSM8K",
    "OLMo ladder: HellaSwag": "OLMo ladder, hellaswag",
}
"""Curves along compute: names on the page to tasks of GPT-3, few-shot, or to ladders."""
ODDS = 81.0
"""Factor of the odds from 10% to 90%."""
FEWEST = 6
"""Records to fit: a parabola and its scatter have four parameters, and AICc wants two more."""
RECENT = "2023-01-01"
"""Where the source's second fit of horizons begins."""
PYTHIA = {"14M": 14_067_712, "70M": 70_426_624, "410M": 405_334_016, "12B": 11_846_072_320}
"""Models of `tries`, by the names they go by."""


# Checks


@cache
def rises() -> pd.DataFrame:
    """Audit the curves `RISES` along training compute.

    Returns
    -------
    DataFrame
        By name: the columns of `ENDS` (decades of compute), shape, models. Do not change it.
    """
    reports = audit_many([_curve(name) for name in RISES], thorough=False)
    rows = {}
    for name, report in zip(RISES, reports, strict=True):
        assert report.width is not None, f"{name} does not rise"
        widths = (report.width.low, report.climb, report.width.high)
        row = dict(zip(ENDS, widths, strict=True))
        rows[name] = row | {"shape": report.shape, "models": report.curve.scale.size}
    return pd.DataFrame.from_dict(rows, orient="index")


def _curve(name: str) -> Curve:
    task = RISES[name]
    if name.startswith("GPT-3"):
        table = datasets.load("gpt3_arithmetic").query("setting == 'few_shot' and task == @task")
        scale, score, items = (
            table.sort_values("params")[column].to_numpy(float)
            for column in ("train_flops", "score", "n_items")
        )
        return Curve(name, scale, score, items=items, chance=0.0, unit="FLOP")
    ladder = ladders.one(task)
    return Curve(
        name, ladder.scale, ladder.score, items=ladder.items, chance=ladder.floor, unit=ladder.unit
    )


def steps(total: float, factor: float) -> float:
    """How many steps of a factor make up a growth, ``log(total) / log(factor)``.

    Parameters
    ----------
    total, factor : float
        Above 1.
    """
    growth = laws.within("total", total, 1, open_low=True)
    return float(np.log(growth) / np.log(laws.within("factor", factor, 1, open_low=True)))


def checks(total: float, factor: float) -> int:
    """How many checks fall on the way, after the start and before the end."""
    # A growth of exactly three steps has two checks on the way, whatever the last digit says.
    return int(np.ceil(round(steps(total, factor), 9))) - 1


def hidden(factor: float, width: float) -> float:
    """Share of placements of the checks in which a whole rise, 10% to 90%, falls between two.

    Parameters
    ----------
    factor : float
        Of compute from check to check, above 1.
    width : float
        Of the rise in decades of compute, above 0.
    """
    return max(0.0, 1 - _decades(width) / _spacing(factor))


def between(factor: float, width: float) -> float:
    """Largest share of a logistic rise that can fall between two checks; as `hidden`.

    Half of it on either side of the midpoint: ``tanh(k s / 4)`` for slope k and spacing s.
    """
    slope = float(laws.logistic_width(1.0)) / _decades(width)
    return float(np.tanh(slope * _spacing(factor) / 4))


def by_next(level: float, factor: float, width: float) -> float:
    """Share of a logistic rise reached just before the next check, from ``level`` at this one.

    The odds grow by ``81 ** (log10(factor) / width)``.
    """
    start = laws.within("level", level, 0, 1, open_low=True, open_high=True)
    odds = start / (1 - start) * ODDS ** (_spacing(factor) / _decades(width))
    return float(odds / (1 + odds))


def _spacing(factor: float) -> float:
    return float(np.log10(laws.within("factor", factor, 1, open_low=True)))


def _decades(width: float) -> float:
    return float(laws.within("width", width, 0, open_low=True))


def fits(factor: float, end: str) -> int:
    """How many of `RISES` fit between two checks, by one end of their interval or the middle."""
    return int((rises()[end] < _spacing(factor)).sum())


# Tries


def shows(tries: ArrayLike, failed: ArrayLike) -> Array:
    """Chance of a success in some tries, at the highest rate that failures leave open at 95%.

    ``1 - 0.05 ** (tries / failed)``.
    """
    return laws.detection_probability(laws.upper_bound_after_zero(failed), tries)


def tries(benchmark: str = "gsm8k") -> pd.DataFrame:
    """Return Pythia's pass@k at the end of training: k in the index, a column a model."""
    table = datasets.load("pythia_pass_at_k").query("step == 143000 and benchmark == @benchmark")
    table = table.pivot(index="k", columns="params_total", values="pass_at_k")
    return table[list(PYTHIA.values())].set_axis(list(PYTHIA), axis=1)


def blank(model: str) -> float:
    """Highest chance that a model gets none of 128 problems of GSM8K right in one try each.

    ``(1 - mean rate) ** 128``: for given mean, equal rates leave most room for no success.
    """
    return float(1 - laws.detection_probability(tries()[model][1], 128))


# Horizons


class Doubling(NamedTuple):
    """A doubling time in days, with its 95% interval, and how much better a bent line fits."""

    days: float
    low: float
    high: float
    models: int
    bend: float


@cache
def horizons() -> pd.DataFrame:
    """Return the time horizons by day of release; dates as times, and ``day`` since 2019."""
    table = datasets.load("metr_time_horizon").rename(columns={"is_sota_p50": "record"})
    date = pd.to_datetime(table["release_date"])
    day = (date - pd.Timestamp("2019-01-01")).dt.days
    return table.assign(date=date, day=day).sort_values("date", ignore_index=True)


def records(since: str = "2019-01-01") -> pd.DataFrame:
    """Return the models that set a record at 50% from a date on."""
    table = horizons()
    return table[table["record"] & (table["date"] >= since)]


def doubling(since: str = "2019-01-01", column: str = "p50_minutes") -> Doubling:
    """Fit log2 of the record horizons by a straight line in time.

    Least squares, every model alike, as the source does. The interval of the slope is Student's,
    from the scatter about the line, turned over.

    Parameters
    ----------
    since : str
        First day of release.
    column : str
        Which horizon.

    Returns
    -------
    Doubling
        ``bend`` is AICc of the line minus that of a parabola; above 0 the parabola fits better.

    Raises
    ------
    ValueError
        If fewer than `FEWEST` records are left, or they show no growth at 95%.

    References
    ----------
    kwa2025measuring.
    """
    table = records(since)
    if len(table) < FEWEST:
        raise ValueError(
            f"since: found {since!r}, which leaves {len(table)} records; want at least {FEWEST}"
        )
    day, log2 = table["day"].to_numpy(float), np.log2(table[column].to_numpy(float))
    line = stats.linregress(day, log2)
    reach = stats.t.ppf(0.975, len(day) - 2) * line.stderr
    if line.slope <= reach:
        raise ValueError(f"since: found {since!r}, from which on the records show no growth")
    return Doubling(
        days=float(1 / line.slope),
        low=float(1 / (line.slope + reach)),
        high=float(1 / (line.slope - reach)),
        models=len(day),
        bend=_aicc(day, log2, 1) - _aicc(day, log2, 2),
    )


def _aicc(x: Array, y: Array, degree: int) -> float:
    left = y - np.polynomial.Polynomial.fit(x, y, degree)(x)
    deviance = len(x) * np.log((left**2).mean())
    found = criteria.aicc(float(deviance), degree + 2, len(x))
    assert found is not None
    return found


def line(since: str, day: ArrayLike) -> Array:
    """Return the fitted horizons in minutes at some days."""
    table = records(since)
    fit = stats.linregress(table["day"], np.log2(table["p50_minutes"]))
    return np.asarray(2 ** (fit.intercept + fit.slope * np.asarray(day, float)))


def spread(model: str) -> float:
    """How many times as long the upper end of a model's interval is as the lower."""
    table = horizons().set_index("model")
    return float(table["p50_ci_high"][model] / table["p50_ci_low"][model])


def longest() -> str:
    """Return the model of the longest horizon."""
    return str(horizons().set_index("model")["p50_minutes"].idxmax())


# Limits


def models_per_curve() -> pd.Series:
    """Return the number of models of every shipped curve."""
    return pd.Series([len(ladder) for ladder in ladders.every()])
