"""The mirage: what the metric adds to the sharpness of a trained ladder's curves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special, stats

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
STEPS: dict[str, Callable[[Array], Array]] = {
    "logistic": laws.logistic_reach,
    "normal": lambda short: -special.ndtri(short),
    "hard start": lambda short: -np.log(short),
}
"""Curves of one step, each by where in log size it still falls short of one by a share.

They differ in how the last errors go. With a hard start nothing is right up to a size, and from
there the share of errors falls as a power of size.
"""


def power_level(level: ArrayLike, n: ArrayLike, step: str = "logistic") -> Array:
    """Where p**n reaches a level, in widths of p (10% to 90%) above the midpoint of p.

    With ``level`` 0.5, the shift of the midpoint.

    Parameters
    ----------
    level : array_like
        Between 0 and 1.
    n : array_like
        Number of parts that must all be right, at least 1.
    step : str
        One of `STEPS`.

    Raises
    ------
    ValueError
        If an argument leaves its domain.
    """
    if step not in STEPS:
        raise ValueError(f"step: found {step!r}, want one of {', '.join(STEPS)}")
    reach = STEPS[step]
    middle, one = laws.product_level(0.5, 1, reach), laws.product_width(1, reach)
    return np.asarray((laws.product_level(level, n, reach) - middle) / one)


def power_width(n: ArrayLike, step: str = "logistic") -> Array:
    """Width of p**n from 10% to 90%, in widths of p; arguments as for `power_level`."""
    return power_level(0.9, n, step) - power_level(0.1, n, step)


def one_step(x: ArrayLike, step: str = "logistic") -> Array:
    """Return p itself at ``x``, in widths of p above its midpoint."""
    right = special.expit(np.linspace(-12, 12, 2401))
    return np.interp(np.asarray(x, dtype=float), power_level(right, 1, step), right, 0, 1)


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


def long_ladder(low: int = 1, high: int = 1000) -> Ladders:
    """Return the ladders of the longer training, at its end, from one width to another."""
    results = store.stored("addition", "long")
    widths = [width for width in results[0].config.widths if low <= width <= high]
    return tuple(each.exam(each.config.steps, widths) for each in results)


def metric_effect(axis: str = "parameters", results: Ladders | None = None) -> pd.DataFrame:
    """Compare the curve of exact match with that of single digits, one row for each seed.

    Columns: ``digit`` and ``exact`` (widths, decades), ``share`` = part of the digit curve's width
    that the metric takes away, ``apart``, the same with the leading carry, a digit that is nearly
    free, left out of the digits; ``shift`` of the midpoint (decades), ``loss_ratio`` = width of the
    cross-entropy / width of exact match.

    Parameters
    ----------
    axis : str
        ``parameters`` along the ladder, or ``step`` through training.
    results : sequence of Result, optional
        To use instead of the stored ones.
    """
    ladders = results or store.stored("addition", "time" if axis == "step" else "")
    table = addition.widths(ladders, axis).pivot(index="seed", columns="score")
    middle, width = table["midpoint"], table["width"]
    digit, exact = "1 of 6 digits", "exact match"
    places = {
        each.seed: curves.rise_in_decades(
            getattr(each, axis), each.live(LONGEST)[:, :LONGEST].mean(axis=1)
        ).width
        for each in ladders
    }
    return pd.DataFrame(
        {
            "digit": width[digit],
            "exact": width[exact],
            "share": 1 - width[exact] / width[digit],
            "apart": 1 - width[exact] / pd.Series(places),
            "shift": middle[exact] - middle[digit],
            "loss_ratio": width["cross-entropy"] / width[exact],
        }
    )


def over_seeds(effect: pd.DataFrame) -> pd.DataFrame:
    """Return mean and 95% interval (Student's t) of each column of `metric_effect`.

    Rows are those columns; columns mean, low and high.
    """
    mean, seeds = effect.mean(), len(effect)
    margin = stats.t.ppf(0.975, seeds - 1) * effect.std() / np.sqrt(seeds)
    return pd.DataFrame({"mean": mean, "low": mean - margin, "high": mean + margin})


def long_effect(low: int = 1, high: int = 1000) -> pd.DataFrame:
    """Return `over_seeds` of the `metric_effect` on the `long_ladder`."""
    return over_seeds(metric_effect(results=long_ladder(low, high)))


def share_cut_off() -> Array:
    """Return by how much the share falls, by seed, if the long ladder is cut to 8-256 units."""
    whole, cut = (metric_effect(results=long_ladder(*ends)) for ends in ((), (8, 256)))
    return (whole["share"] - cut["share"]).to_numpy()


def long_mean() -> pd.DataFrame:
    """Return the `papers` of the `long_ladder` on the longest sums averaged over seeds."""
    table = papers(long_ladder())
    return table[table["length"] == LONGEST].groupby("width").mean()


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
