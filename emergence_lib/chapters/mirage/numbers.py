"""The mirage: what the metric adds to the sharpness of a trained ladder's curves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from emergence_lib import curves, fitting, laws
from emergence_lib.experiments import addition, store
from emergence_lib.laws import Array

Ladders = Sequence[addition.Result]

LONGEST = 5
"""Length of the sums that most of the chapter is about; their answers have six digits."""
PLACES = ["units", "tens", "hundreds", "thousands", "ten thousands", "carry digit"]
"""Digits of those answers."""
SEEN = 48
"""Widest net that a forecast may look at."""
GUESS = 0.1
"""Share of digits that a uniform guess gets right."""


def power_level(level: ArrayLike, n: ArrayLike, slope: float = 1.0) -> Array:
    """Decades above the midpoint of a logistic p at which p**n reaches a level.

    With ``level`` 0.5, the shift of the midpoint.

    Parameters
    ----------
    level : array_like
        Between 0 and 1.
    n : array_like
        Number of parts that must all be right, at least 1.
    slope : float
        Steepness of p per decade, above 0.

    Raises
    ------
    ValueError
        If an argument leaves its domain.
    """
    share = laws.within("level", level, 0, 1, open_low=True, open_high=True)
    part = share ** (1 / laws.within("n", n, 1))
    laws.within("slope", slope, 0, open_low=True)
    return np.asarray(np.log(part / (1 - part)) / slope)


def power_width(n: ArrayLike, slope: float = 1.0) -> Array:
    """Decades over which p**n rises from 10% to 90%, for a logistic p.

    Falls from ``2 ln 9 / slope`` at n = 1 towards `power_width_limit`, however large n is.

    Parameters
    ----------
    n, slope
        As in `power_level`.
    """
    return power_level(0.9, n, slope) - power_level(0.1, n, slope)


def power_width_limit(slope: float = 1.0) -> float:
    """Decades to which `power_width` falls for many parts, ``ln(ln 10 / -ln 0.9) / slope``."""
    laws.within("slope", slope, 0, open_low=True)
    return float(np.log(np.log(10) / -np.log(0.9)) / slope)


def papers(results: Ladders) -> pd.DataFrame:
    """Return all scores of some ladders, one row for each seed, paper and length.

    Columns: seed, width, parameters, step, length; exact_match, edit_distance, cross_entropy,
    brier, error_correlation as in `addition.Result`; ``digits``, the mean accuracy of the digits
    that count; what these predict of exact match, ``product`` of the single accuracies and
    ``power`` of their mean; ``error`` = product - exact_match; ``power_error``.
    """
    others = {"position_accuracy", "written"}
    measured = [name for name in addition.Result.measures() if name not in others]
    parts = []
    for result in results:
        for at, length in enumerate(result.config.lengths):
            digits = result.live(length)
            scores = {name: getattr(result, name) for name in measured}
            part = {name: each if each.ndim == 1 else each[:, at] for name, each in scores.items()}
            parts.append(
                pd.DataFrame(part).assign(
                    seed=result.seed,
                    width=np.resize(result.config.widths, len(digits)),
                    length=length,
                    digits=digits.mean(axis=1),
                    product=laws.product(digits),
                    power=laws.exact_match(digits.mean(axis=1), length + 1),
                )
            )
    table = pd.concat(parts, ignore_index=True)
    table["error"] = table["product"] - table["exact_match"]
    table["power_error"] = table["power"] - table["exact_match"]
    return table


def ladder() -> pd.DataFrame:
    """Return the `papers` of the stored ladders."""
    return papers(store.stored("addition"))


def through_training() -> pd.DataFrame:
    """Return the `papers` of the network that was examined all through its training."""
    return papers(store.stored("addition", "time"))


def mean(length: int = LONGEST, along: str = "width") -> pd.DataFrame:
    """Return the `papers` on sums of one length averaged over seeds.

    Parameters
    ----------
    length : int
        Digits of the summands.
    along : str
        ``width``, a row for each network of the ladder, or ``step``, a row for each moment of the
        training that `through_training` followed.

    Raises
    ------
    ValueError
        If there is no such axis or length.
    """
    tables = {"width": ladder, "step": through_training}
    if along not in tables:
        raise ValueError(f"along: found {along!r}, want one of {', '.join(tables)}")
    table = tables[along]()
    chosen = table[table["length"] == length]
    if chosen.empty:
        raise ValueError(f"length: found {length}, want one of {addition.BOOK.lengths}")
    return chosen.groupby(along).mean()


def metric_effect(axis: str = "parameters", results: Ladders | None = None) -> pd.DataFrame:
    """Compare the curve of exact match with that of single digits, one row for each seed.

    Columns: ``digit`` and ``exact`` (widths, decades), ``share`` = part of the digit curve's width
    that the metric takes away, ``shift`` of the midpoint (decades), ``loss_ratio`` = width of the
    cross-entropy / width of exact match.

    Parameters
    ----------
    axis : str
        ``parameters`` along the ladder, or ``step`` through training.
    results : sequence of Result, optional
        To use instead of the stored ones.
    """
    stored = store.stored("addition", "time" if axis == "step" else "")
    table = addition.widths(results or stored, axis).pivot(index="seed", columns="score")
    middle, width = table["midpoint"], table["width"]
    digit, exact = "1 of 6 digits", "exact match"
    return pd.DataFrame(
        {
            "digit": width[digit],
            "exact": width[exact],
            "share": 1 - width[exact] / width[digit],
            "shift": middle[exact] - middle[digit],
            "loss_ratio": width["cross-entropy"] / width[exact],
        }
    )


def forecasts(floor: float = GUESS, results: Ladders | None = None) -> pd.DataFrame:
    """Forecast exact match on five digits from the nets of up to `SEEN` units, in two ways.

    ``digits``: a logistic curve fitted to digit accuracy, then raised to the sixth power.
    ``answers``: a logistic curve fitted to exact match itself. Both by binomial likelihood.

    Parameters
    ----------
    floor : float
        Digit accuracy assumed far below the transition; the floor of exact match is 0.
    results : sequence of Result, optional
        To use instead of the stored ladders.

    Returns
    -------
    DataFrame
        One row for each seed and net, seen or not. Columns: seed, width, parameters, seen,
        exact_match, digits, answers, digits_error, answers_error (forecast - exact_match).
    """
    tables = []
    for result in results or store.stored("addition"):
        width = np.array(result.config.widths)
        seen, items, size = width <= SEEN, result.config.items, result.parameters
        exact = result.exact_match[:, result.index(LONGEST)]
        digits = result.live(LONGEST).mean(axis=1)
        digit_fit = fitting.fit_logistic(
            size[seen], digits[seen] * items * (LONGEST + 1), items * (LONGEST + 1), floor
        )
        answer_fit = fitting.fit_logistic(size[seen], exact[seen] * items, items)
        tables.append(
            pd.DataFrame(
                {
                    "seed": result.seed,
                    "width": width,
                    "parameters": size,
                    "seen": seen,
                    "exact_match": exact,
                    "digits": laws.exact_match(digit_fit.predict(size), LONGEST + 1),
                    "answers": answer_fit.predict(size),
                }
            )
        )
    table = pd.concat(tables, ignore_index=True)
    for name in ("digits", "answers"):
        table[f"{name}_error"] = table[name] - table["exact_match"]
    return table


def half(length: int) -> float:
    """Return the training step at which sums of a length are right half the time, on average."""
    score = mean(length, along="step")["exact_match"]
    return float(np.exp(curves.crossing(np.log(score.index), score, 0.5)))


def places() -> pd.DataFrame:
    """Return the accuracy of each of `PLACES` in five-digit answers.

    One row for each seed and number of parameters. The leading carry is only ever 0 or 1.
    """
    accuracy = {
        each.seed: pd.DataFrame(each.live(LONGEST), index=each.parameters, columns=PLACES)
        for each in store.stored("addition")
    }
    table: pd.DataFrame = pd.concat(accuracy, names=["seed", "parameters"])
    return table


def agreement(live: addition.Result) -> str:
    """Say in one sentence how a ladder just trained compares with the stored ones."""
    at, stored = live.index(LONGEST), store.stored("addition")
    scores = np.array([each.exact_match[:, at] for each in stored])
    mine = live.exact_match[:, at]
    outside = np.maximum(scores.min(axis=0) - mine, mine - scores.max(axis=0)).max()
    return (
        f"Seed {live.seed}, {live.seconds:.0f} CPU seconds. Its exact match on five-digit sums "
        f"leaves the range of the {len(stored)} stored seeds by at most "
        f"{100 * max(0.0, outside):.0f} points, where those differ by up to "
        f"{100 * np.ptp(scores, axis=0).max():.0f}; the product of its digit accuracies gives "
        f"its exact match to within {100 * papers([live])['error'].abs().max():.1f} points."
    )
