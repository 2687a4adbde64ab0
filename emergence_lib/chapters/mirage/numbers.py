"""Numbers of chapter 13: what the metric adds to the sharpness of a trained ladder's curves.

Functions that take ``results`` use the stored ladders when they are given none.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations, cycle

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from emergence_lib import fitting, laws
from emergence_lib.experiments import addition, store

Array = NDArray[np.float64]
Ladders = Sequence[addition.Result]

LONGEST = 5
"""Length of the sums that most of the chapter is about; their answers have six digits."""
SEEN = 48
"""Widest net that a forecast may look at."""
GUESS = 0.1
"""Share of digits that a uniform guess gets right."""


@cache
def stored() -> tuple[addition.Result, ...]:
    """Return the stored ladders, one for each seed."""
    return tuple(store.stored("addition"))


@cache
def through_training() -> tuple[addition.Result, ...]:
    """Return one net examined all through its training, once for each seed."""
    return tuple(store.stored("addition", "time"))


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


def product_rule(results: Ladders | None = None) -> pd.DataFrame:
    """Exact match beside what the digits alone predict, one row for each paper and length.

    Columns: seed, width, parameters, step, length, exact_match; ``product`` of the accuracies of
    the single positions; ``power`` of their mean; ``error`` = product - exact_match;
    ``power_error``.
    """
    rows = [
        {
            "seed": result.seed,
            "width": width,
            "parameters": result.parameters[paper],
            "step": result.step[paper],
            "length": length,
            "exact_match": result.exact_match[paper, result.index(length)],
            "product": laws.product(digits),
            "power": laws.exact_match(digits.mean(), length + 1),
        }
        for result in results or stored()
        for length in result.config.lengths
        for paper, (width, digits) in enumerate(
            zip(cycle(result.config.widths), result.live(length), strict=False)
        )
    ]
    table = pd.DataFrame(rows)
    table["error"] = table["product"] - table["exact_match"]
    table["power_error"] = table["power"] - table["exact_match"]
    return table


def product_error(results: Ladders | None = None) -> tuple[float, float]:
    """Return mean and largest absolute error of the product rule over papers and lengths."""
    error = product_rule(results)["error"].abs()
    return float(error.mean()), float(error.max())


def error_correlation(results: Ladders | None = None) -> float:
    """Return the mean size of the correlation of two digits' errors.

    Over the nets and lengths at which two digits ever err; 0 if there are none.
    """
    values = np.concatenate([result.error_correlation.ravel() for result in results or stored()])
    return float(np.abs(values).sum() / max(1, np.count_nonzero(values)))


def transition(parameters: ArrayLike, score: ArrayLike) -> tuple[float, float]:
    """Midpoint (log10 parameters, or steps) and 10-90% width (decades) of a measured curve.

    The score is rescaled to run from 0 at the smallest to 1 at the largest net, made monotone by
    its running maximum, and read off by straight lines between the nets: a crossing is known no
    better than the gap between two nets.

    Raises
    ------
    ValueError
        If the score does not rise from the first to the last net.
    """
    x, y = np.log10(parameters), np.asarray(score, dtype=float)
    if not y[-1] > y[0]:
        raise ValueError(f"score: found {y[0]:g} first and {y[-1]:g} last, want a rise")
    climb = np.maximum.accumulate((y - y[0]) / (y[-1] - y[0]))
    low, middle, high = np.interp([0.1, 0.5, 0.9], climb, x)
    return float(middle), float(high - low)


def subset_match(digits: ArrayLike, count: int) -> Array:
    """Probability that ``count`` digits, drawn at random from those of an answer, are all right.

    Parameters
    ----------
    digits : array_like, shape (nets, positions)
        Accuracy of each position; errors taken as independent, which `product_rule` tests.
    count : int
        From 1 (mean digit accuracy) to the number of positions (exact match).
    """
    table = np.asarray(digits, dtype=float)
    if not 1 <= count <= table.shape[1]:
        raise ValueError(f"count: found {count}, want 1 to {table.shape[1]}")
    chosen = combinations(range(table.shape[1]), count)
    return np.mean([laws.product(table[:, list(some)]) for some in chosen], axis=0)


def widths(results: Ladders | None = None, axis: str = "parameters") -> pd.DataFrame:
    """Midpoint and width of every score of the five-digit sums, one row for each seed and score.

    Columns: seed, score, midpoint (log10 of the axis), width (decades). The scores are
    ``cross-entropy``, ``Brier``, ``1 of 6 digits`` ... ``6 of 6 digits``, ``exact match``.

    Parameters
    ----------
    results : sequence of Result, optional
    axis : str
        ``parameters``, or ``step`` for one net through its training.
    """
    rows = []
    for result in results or stored():
        at, digits = result.index(LONGEST), result.live(LONGEST)
        scores = {"cross-entropy": -result.cross_entropy[:, at], "Brier": -result.brier[:, at]}
        for count in range(1, digits.shape[1] + 1):
            scores[f"{count} of {digits.shape[1]} digits"] = subset_match(digits, count)
        scores["exact match"] = result.exact_match[:, at]
        for name, score in scores.items():
            middle, width = transition(getattr(result, axis), score)
            rows.append({"seed": result.seed, "score": name, "midpoint": middle, "width": width})
    return pd.DataFrame(rows)


def metric_effect(results: Ladders | None = None, axis: str = "parameters") -> pd.DataFrame:
    """Compare the curve of exact match with that of single digits, one row for each seed.

    Columns: ``digit`` and ``exact`` (widths, decades), ``ratio`` = digit / exact, ``share`` =
    part of the digit curve's width that the metric takes away, ``shift`` of the midpoint
    (decades), ``loss_ratio`` = width of the cross-entropy / width of exact match.

    Parameters
    ----------
    results, axis
        As in `widths`.
    """
    table = widths(results, axis)
    width = table.pivot_table(index="seed", columns="score", values="width")
    middle = table.pivot_table(index="seed", columns="score", values="midpoint")
    digit, exact = "1 of 6 digits", "exact match"
    return pd.DataFrame(
        {
            "digit": width[digit],
            "exact": width[exact],
            "ratio": width[digit] / width[exact],
            "share": 1 - width[exact] / width[digit],
            "shift": middle[exact] - middle[digit],
            "loss_ratio": width["cross-entropy"] / width[exact],
        }
    )


def forecasts(
    limit: int = SEEN, floor: float = GUESS, results: Ladders | None = None
) -> pd.DataFrame:
    """Forecast exact match on five digits from the nets up to a width, in two ways.

    ``digits``: a logistic curve fitted to digit accuracy, then raised to the sixth power.
    ``answers``: a logistic curve fitted to exact match itself. Both by binomial likelihood.

    Parameters
    ----------
    limit : int
        Widest net the fits may see.
    floor : float
        Digit accuracy assumed far below the transition; the floor of exact match is 0.
    results : sequence of Result, optional

    Returns
    -------
    DataFrame
        One row for each seed and net, seen or not. Columns: seed, width, parameters, seen,
        exact_match, digits, answers, digits_error, answers_error (forecast - exact_match).
    """
    tables = []
    for result in results or stored():
        width = np.array(result.config.widths)
        seen, items, size = width <= limit, result.config.items, result.parameters
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


def forecast_error(
    name: str, limit: int = SEEN, floor: float = GUESS, results: Ladders | None = None
) -> pd.Series:
    """Return mean absolute, lowest and highest error of a forecast at the nets it did not see.

    Parameters
    ----------
    name : str
        ``digits`` or ``answers``.
    limit, floor, results
        As in `forecasts`.

    Raises
    ------
    ValueError
        If there is no such forecast, or no net is left to forecast.
    """
    if name not in ("digits", "answers"):
        raise ValueError(f"name: found {name!r}, want 'digits' or 'answers'")
    table = forecasts(limit, floor, results)
    if table["seen"].all():
        raise ValueError(f"limit: found {limit}, want less than {table['width'].max()}")
    error = table.loc[~table["seen"], f"{name}_error"]
    return pd.Series({"mean": error.abs().mean(), "lowest": error.min(), "highest": error.max()})


def stages(results: Ladders | None = None) -> pd.Series:
    """Count single positions of the five-digit answers below 25%, between, and above 90%.

    The last position is left out: it is only ever 0 or 1, and nearly always right.
    """
    accuracy = np.concatenate([each.live(LONGEST)[:, :-1].ravel() for each in results or stored()])
    low, high = int((accuracy < 0.25).sum()), int((accuracy > 0.9).sum())
    return pd.Series({"low": low, "between": accuracy.size - low - high, "high": high})


def mean_score(name: str, width: int, length: int = LONGEST) -> float:
    """Return a stored score of one net, averaged over seeds.

    Parameters
    ----------
    name : str
        ``digits`` for mean digit accuracy, or an array of `addition.Result` for nets and lengths.
    width : int
        Hidden units of the net.
    length : int
        Digits of the summands.

    Raises
    ------
    ValueError
        If there is no such score, net or length.
    """
    scores = (
        "digits",
        "exact_match",
        "edit_distance",
        "cross_entropy",
        "brier",
        "error_correlation",
    )
    if name not in scores:
        raise ValueError(f"name: found {name!r}, want one of {', '.join(scores)}")
    ladders = stored()
    trained = ladders[0].config.widths
    if width not in trained:
        raise ValueError(f"width: found {width}, want one of {trained}")
    net = trained.index(width)
    if name == "digits":
        return float(np.mean([each.live(length)[net].mean() for each in ladders]))
    return float(np.mean([getattr(each, name)[net, each.index(length)] for each in ladders]))


def ladder_span() -> float:
    """Return the decades of parameters between the smallest and the largest stored network."""
    first, *_, last = stored()[0].parameters
    return float(np.log10(last / first))


def training_problems() -> float:
    """Return how many training problems of each length a stored network saw, on average."""
    config = stored()[0].config
    return config.steps * config.batch / len(config.lengths)


def agreement(live: addition.Result, results: Ladders | None = None) -> str:
    """Say in one sentence how a ladder just trained compares with the stored ones."""
    ladders = results or stored()
    at = live.index(LONGEST)
    scores = np.array([each.exact_match[:, at] for each in ladders])
    mine = live.exact_match[:, at]
    outside = np.maximum(scores.min(axis=0) - mine, mine - scores.max(axis=0)).max()
    _, error = product_error([live])
    return (
        f"Seed {live.seed}, {live.seconds:.0f} CPU seconds. Its exact match on five-digit sums "
        f"leaves the range of the {len(ladders)} stored seeds by at most "
        f"{100 * max(0.0, outside):.0f} points, where those differ by up to "
        f"{100 * np.ptp(scores, axis=0).max():.0f}; the product of its digit accuracies gives "
        f"its exact match to within {100 * error:.1f} points."
    )
