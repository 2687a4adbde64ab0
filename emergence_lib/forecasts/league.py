"""Who forecast best: every method of `forecast_methods` against every shipped curve.

The rule is the same for all: the largest model is to be forecast, and only models of at most a
quarter of its scale may be seen (`forecast_methods.AHEAD`). Errors are score minus forecast.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emergence_lib import ladders
from emergence_lib.forecasts.methods import (
    METHODS,
    audit_intervals,
    by_benchmarks,
    by_loss,
    cases,
    curve_forecasts,
)

Array = NDArray[np.float64]

MISS = 0.10
"""A forecast further off than this counts as missed (ten points)."""
OFF_CHANCE = 0.05
"""A curve whose largest seen model is less than this above chance counts as still at chance."""
STARTS = ("rising", "at chance")
INTERVALS = {
    "line": ("straight line", "line_low", "line_high"),
    "audit": ("sigmoids, joined", "low", "high"),
}
"""Kinds of 95% interval: name on the page, and the columns of `intervals` with its ends."""


@cache
def every_forecast() -> pd.DataFrame:
    """Forecast every shipped curve by every method.

    Returns
    -------
    DataFrame
        One row a curve: source, name, seen (models), start (of `STARTS`), score (of the largest
        model), one column a method of `METHODS` (empty where it does not apply), line_low and
        line_high, and loss_said, loss_came, loss_known as in `by_loss`. Do not change it.
    """
    many = cases()
    seen_last = np.array([case.score[-1] for case in many])
    floor = np.array([case.ladder.floor for case in many])
    about = pd.DataFrame(
        {
            "source": [case.ladder.source for case in many],
            "name": [case.ladder.name for case in many],
            "seen": [case.seen for case in many],
            "start": np.where(seen_last - floor < OFF_CHANCE, "at chance", "rising"),
            "score": [case.came for case in many],
        }
    )
    losses = by_loss(many).rename(columns={"loss_forecast": "loss", "loss": "loss_came"})
    return about.join(curve_forecasts(many)).join(losses).assign(benchmarks=by_benchmarks(many))


def _check(argument: str, value: str, known: Iterable[str]) -> None:
    """Raise ValueError unless a value is one of those known."""
    if value not in known:
        raise ValueError(f"{argument}: found {value!r}, want one of {', '.join(known)}")


def _chosen(start: str, source: str) -> pd.DataFrame:
    _check("start", start, ("all", *STARTS))
    _check("source", source, ("all", *ladders.SOURCES))
    table = every_forecast()
    keep = (start == "all") | (table["start"] == start)
    return table[keep & ((source == "all") | (table["source"] == source))]


def errors(method: str, start: str = "all", source: str = "all", rival: str = "") -> Array:
    """Score minus forecast of the curves to which a method applies.

    Parameters
    ----------
    method : str
        A key of `METHODS`, or ``"loss_known"``: the score from the loss as it was measured.
    start : str
        ``"rising"``, ``"at chance"`` (see `OFF_CHANCE`) or ``"all"``.
    source : str
        One of `ladders.SOURCES`, or ``"all"``.
    rival : str, optional
        Keep only the curves to which this method applies, too.

    Raises
    ------
    ValueError
        If an argument is unknown or no curve is left.
    """
    _check("method", method, (*METHODS, "loss_known"))
    _check("rival", rival or method, (*METHODS, "loss_known"))
    table = _chosen(start, source).dropna(subset=[method, rival or method])
    if table.empty:
        raise ValueError(f"method, source: {method!r} applies to no curve of {source!r}")
    return (table["score"] - table[method]).to_numpy(float)


def median_error(method: str, start: str = "all", source: str = "all", rival: str = "") -> float:
    """Median distance between score and forecast; arguments as in `errors`."""
    return float(np.median(np.abs(errors(method, start, source, rival))))


def missed(method: str, start: str = "all", source: str = "all", rival: str = "") -> float:
    """Share of curves forecast wrongly by more than `MISS`; arguments as in `errors`."""
    return float(np.mean(np.abs(errors(method, start, source, rival)) > MISS))


def mean_missed(method: str) -> float:
    """Share missed in each source to which the method applies, then the mean of these shares."""
    sources = every_forecast().dropna(subset=[method])["source"].unique()
    return float(np.mean([missed(method, source=each) for each in sources]))


def count_curves(start: str = "all", source: str = "all", method: str = "last") -> int:
    """Count the curves of the league; arguments as in `errors`."""
    return len(errors(method, start, source))


def assumed_curves() -> int:
    """Count the curves of the league whose number of items had to be assumed."""
    return sum(not case.ladder.counted for case in cases())


def ranking() -> list[str]:
    """Return the keys of `METHODS`, most often wrong first."""
    return sorted(METHODS, key=missed, reverse=True)


def league_table() -> pd.DataFrame:
    """Return the league as a page prints it: share missed (in %) by table and method."""
    table = every_forecast()
    rows = []
    for source in ladders.SOURCES:
        part = table[table["source"] == source]
        row: dict[str, object] = {"table": source, "curves": len(part)}
        for method, name in METHODS.items():
            known = part[method].notna().any()
            row[name] = f"{100 * missed(method, source=source):.0f}" if known else ""
        rows.append(row)
    return pd.DataFrame(rows)


def jumps(method: str, start: str = "at chance", what: str = "came") -> int:
    """Count jumps of more than `MISS` above the largest model seen.

    Parameters
    ----------
    method : str
        Which forecast; only curves to which it applies are counted.
    start : str
        As in `errors`.
    what : str
        ``"came"`` (the score jumped), ``"alarm"`` (the forecast did), ``"hit"`` (both did).

    Raises
    ------
    ValueError
        If an argument is unknown.
    """
    _check("method", method, METHODS)
    table = _chosen(start, "all").dropna(subset=[method])
    came, alarm = (table[name] - table["last"] > MISS for name in ("score", method))
    kinds = {"came": came, "alarm": alarm, "hit": came & alarm}
    _check("what", what, kinds)
    return int(kinds[what].sum())


def worst(direction: str, rows: int = 8) -> pd.DataFrame:
    """Curves that no method came near, the worst first.

    Parameters
    ----------
    direction : str
        ``"above"``: the score beat every forecast; ``"below"``: it fell short of every one.
    rows : int

    Returns
    -------
    DataFrame
        name, seen, last, least and most (of all forecasts), score, off (score minus the nearest
        forecast).

    Raises
    ------
    ValueError
        If the direction is unknown.
    """
    _check("direction", direction, ("above", "below"))
    table = every_forecast()
    said = table[list(METHODS)]
    table = table.assign(least=said.min(axis=1), most=said.max(axis=1))
    near = table["most"] if direction == "above" else table["least"]
    table = table.assign(off=table["score"] - near)
    table = table.sort_values("off", ascending=direction == "below").head(rows)
    return table[["name", "seen", "last", "least", "most", "score", "off"]].reset_index(drop=True)


def forecast_of(name: str, method: str) -> float:
    """Return one forecast of the league, or with ``"score"`` what came out.

    Raises
    ------
    ValueError
        If no curve of the league has that name, or the method does not apply.
    """
    table = every_forecast().set_index("name")
    if name not in table.index:
        raise ValueError(f"name: found {name!r}, which is no curve of the league")
    _check("method", method, (*METHODS, "score"))
    value = float(table[method][name])
    if np.isnan(value):
        raise ValueError(f"method: {method!r} does not apply to {name}")
    return value


def loss_miss() -> float:
    """Median relative error of the losses that "loss, then task" forecasts on its way."""
    table = every_forecast().dropna(subset=["loss_said"])
    return float(np.median(np.abs(table["loss_said"] / table["loss_came"] - 1)))


# Intervals


@cache
def intervals() -> pd.DataFrame:
    """Return the 95% intervals of the league.

    Returns
    -------
    DataFrame
        One row a curve as in `every_forecast`: source, name, start, seen, score, line_low,
        line_high, low, high, given, rises (`audit_intervals`). Do not change it.
    """
    columns = ["source", "name", "start", "seen", "score", "line_low", "line_high"]
    return every_forecast()[columns].join(audit_intervals(cases()))


def coverage(which: str = "audit", start: str = "all", source: str = "all") -> float:
    """Share of given 95% intervals that hold the score.

    Parameters
    ----------
    which : str
        A key of `INTERVALS`.
    start, source : str
        As in `errors`.

    Raises
    ------
    ValueError
        If an argument is unknown or no interval is given.
    """
    table = _given(which, start, source)
    return float(((table["low"] <= table["score"]) & (table["score"] <= table["high"])).mean())


def interval_width(which: str = "audit", start: str = "all", source: str = "all") -> float:
    """Median width of the given intervals; arguments as in `coverage`."""
    table = _given(which, start, source)
    return float((table["high"] - table["low"]).median())


def given(which: str = "audit", start: str = "all", source: str = "all") -> int:
    """Count the intervals given; arguments as in `coverage`."""
    return len(_given(which, start, source))


def open_intervals() -> int:
    """Count the curves whose seen scores establish neither a rise nor a fall."""
    return int((~intervals()["rises"]).sum())


def _given(which: str, start: str, source: str) -> pd.DataFrame:
    """Return low, high and score where an interval of a kind is given."""
    _check("which", which, INTERVALS)
    table = intervals().loc[_chosen(start, source).index]
    table = table[table["given"]] if which == "audit" else table
    if table.empty:
        raise ValueError(f"source: no interval is given for {source!r}")
    _, low, high = INTERVALS[which]
    return pd.DataFrame({"low": table[low], "high": table[high], "score": table["score"]})
