"""Findings of the chapter "Forecasting" besides its league.

The curves of its first figure, the same curves forecast from further and further away, and the
numbers that its text works out. `forecasts.methods` makes the forecasts, `forecasts.league` holds
them against what came.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from emergence_lib import ladders, laws
from emergence_lib.forecasts.league import MISS
from emergence_lib.forecasts.methods import (
    FROM_CURVE,
    METHODS,
    audit_intervals,
    cases,
    curve_forecasts,
    hide,
)
from emergence_lib.laws import Array

SHOWN = {
    "3-digit sums": "GPT-3, 3D+ few-shot",
    "4-digit sums": "GPT-3, 4D+ few-shot",
    "cycled letters": "GPT-3, CycledLetters few-shot",
    "pronouns (Winograd)": "GPT-3, Winograd few-shot",
}
"""Curves of the opening explorable: names on the page to names of ladders."""
HIDDEN = (4, 3, 2, 1)
"""How many models may be hidden there."""
FACTORS = (2, 4, 8, 16, 32)
"""Least distances, as factors of scale, of `by_distance`."""


@cache
def shoulder() -> pd.DataFrame:
    """Forecast the curves `SHOWN` with more and fewer models hidden.

    Returns
    -------
    DataFrame
        By curve and hidden: the columns of `curve_forecasts` and `audit_intervals`. Do not change
        it.
    """
    keys = [(curve, hidden) for curve in SHOWN for hidden in HIDDEN]
    many = [hide(ladders.one(SHOWN[curve]), hidden) for curve, hidden in keys]
    table = curve_forecasts(many).join(audit_intervals(many))
    return table.set_index(pd.MultiIndex.from_tuples(keys, names=["curve", "hidden"]))


@cache
def by_distance() -> pd.DataFrame:
    """Forecast the same curves from ever further away.

    Only curves that leave `FEWEST_SEEN` models at the largest of `FACTORS` take part.

    Returns
    -------
    DataFrame
        By factor: curves, and the share missed by each method of `FROM_CURVE`. Do not change it.
    """
    cut = {factor: {case.ladder.name: case for case in cases(factor)} for factor in FACTORS}
    names = list(cut[max(FACTORS)])
    came = np.array([cut[max(FACTORS)][name].came for name in names])
    # Two distances often leave the same models: one forecast serves both.
    distinct = {(name, cut[far][name].seen): cut[far][name] for far in FACTORS for name in names}
    place = {key: row for row, key in enumerate(distinct)}
    said = curve_forecasts(list(distinct.values()))[list(FROM_CURVE)]
    shares = {}
    for factor in FACTORS:
        of_curves = said.iloc[[place[name, cut[factor][name].seen] for name in names]]
        shares[factor] = (of_curves.rsub(came, axis=0).abs() > MISS).mean()
    return pd.DataFrame(shares).T.rename_axis("factor").assign(curves=len(names))


def listed(shares: pd.Series) -> str:
    """Write shares by method (a key of `METHODS`) as names and percentages, largest first."""
    ordered = shares.sort_values(ascending=False)
    return "; ".join(f"{METHODS[str(method)]} {share:.0%}" for method, share in ordered.items())


def surprisal(rate: ArrayLike) -> Array:
    """Return -ln of a rate, which is above 0 and at most 1."""
    return -np.log(laws.within("rate", rate, 0, 1, open_low=True))


def gompertz_from_two(small: float, large: float, step: float, ahead: float) -> float:
    """Carry two pass rates on by the law -ln p = alpha C^-k.

    Parameters
    ----------
    small, large : float
        Rates at two computes, between 0 and 1, the second ``step`` times the first.
    step, ahead : float
        Factors of compute, above 1: between the two models, and from the second to the target.

    References
    ----------
    openai2023gpt4 for the mean of the logarithm; hu2024predicting for the rate.
    """
    rates = laws.within("rate", [small, large], 0, 1, open_low=True, open_high=True)
    factors = laws.within("step, ahead", [step, ahead], 1, open_low=True)
    silent = surprisal(rates)
    power = np.log(silent[0] / silent[1]) / np.log(factors[0])
    return float(np.exp(-silent[1] * factors[1] ** -power))


def steepness_hidden(items: int, decades: float) -> float:
    """Steepness of a logistic that lies unseen under a zero and reaches 50% a distance later.

    Parameters
    ----------
    items : int
        Items of which the largest model seen got none right.
    decades : float
        From that model to the one that gets half of them right; above 0.

    Returns
    -------
    float
        Logits per decade; anything steeper is not ruled out either.
    """
    laws.within("decades", decades, 0, open_low=True)
    bound = laws.upper_bound_after_zero(items)
    return float(-np.log(bound / (1 - bound)) / decades)


def plain_rate_bias(rate: float) -> float:
    """Mean of 2 / (samples drawn until two are right), in multiples of the true rate.

    The negative binomial mean of 2/K, summed in closed form.

    Parameters
    ----------
    rate : float
        True success rate, between 0 and 1.

    References
    ----------
    haldane1945method.
    """
    laws.within("rate", rate, 0, 1, open_low=True, open_high=True)
    wrong = 1 - rate
    return float(2 * rate / wrong**2 * (wrong**2 / rate + np.log(rate) + wrong))
