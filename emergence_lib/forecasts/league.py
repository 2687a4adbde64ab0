"""Who forecast best: every method of `methods.METHODS` against every shipped curve.

The rule is the same for all: the largest model is to be forecast, and only models of at most a
quarter of its scale may be seen (`methods.AHEAD`). Errors are score minus forecast.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd

from emergence_lib import ladders, scores
from emergence_lib.forecasts.methods import (
    METHODS,
    Case,
    audit_intervals,
    by_benchmarks,
    by_loss,
    cases,
    curve_forecasts,
)

MISS = 0.10
"""A forecast further off than this counts as missed (ten points)."""
STARTS = ("above chance", "at chance")
"""What `scores.is_absent` says of a curve's largest model seen."""
UNTESTED = "not tested"
"""The start of a curve whose items are unknown, or whose score is no share of right answers."""
INTERVALS = {"line": "straight line", "sigmoids": "sigmoids, joined"}
"""Kinds of 95% interval, and their names on the page."""


@cache
def every_forecast() -> pd.DataFrame:
    """Forecast every shipped curve by every method.

    Returns
    -------
    DataFrame
        One row a curve, by its name: source, counted (whether its items are known), items (of the
        largest model seen), seen (models), start (of `STARTS`, or `UNTESTED`), end (the same of
        the largest model), score (of the largest model), one column a method of `METHODS` (empty
        where it does not apply), line_low and line_high, and loss_said, loss_came, loss_known as
        in `by_loss`. Do not change it.
    """
    many = cases()
    about = pd.DataFrame(
        {
            "name": [case.ladder.name for case in many],
            "source": [case.ladder.source for case in many],
            "counted": [case.ladder.counted for case in many],
            "items": [case.items[-1] for case in many],
            "seen": [case.seen for case in many],
            "start": [start(case) for case in many],
            "end": [stand(case.ladder, -1) for case in many],
            "score": [case.came for case in many],
        }
    )
    losses = by_loss(many).rename(columns={"loss_forecast": "loss", "loss": "loss_came"})
    table = about.join(curve_forecasts(many)).join(losses).assign(benchmarks=by_benchmarks(many))
    return table.set_index("name")


def start(case: Case) -> str:
    """Say whether the largest model seen beats chance; see `stand`."""
    return stand(case.ladder, case.seen - 1)


def stand(ladder: ladders.Ladder, at: int) -> str:
    """Say whether a model of a ladder beats chance, by the exact test: one of `STARTS`.

    `UNTESTED` where the items are unknown, or the score counts none.
    """
    if not ladder.counted:
        return UNTESTED
    items = np.rint(ladder.items[at])
    right = np.rint(ladder.score[at] * items)
    return STARTS[int(scores.is_absent(right, items, ladder.floor))]


def errors(where: str = "", methods: Sequence[str] = tuple(METHODS)) -> pd.DataFrame:
    """Score minus forecast.

    Parameters
    ----------
    where : str, optional
        Which curves: a condition on the columns of `every_forecast`, as pandas queries are written,
        for instance ``"start == 'at chance'"`` or ``"loss.notna()"``. All by default.
    methods : sequence of str, optional
        Columns of `every_forecast`: ``"loss_known"``, the score from the loss as it was measured,
        is no forecast and has to be asked for.

    Returns
    -------
    DataFrame
        One row a curve, one column a method; empty where it does not apply.

    Raises
    ------
    ValueError
        If there is no such curve.
    """
    table = _chosen(where)
    return table[list(methods)].rsub(table["score"], axis=0)


def standings(where: str = "", methods: Sequence[str] = tuple(METHODS)) -> pd.DataFrame:
    """How each method did; arguments as in `errors`.

    Returns
    -------
    DataFrame
        One row a method, by its key: curves (to which it applies), missed (share that is off by
        more than `MISS`), median and mean (of the distance between score and forecast), alarms
        (forecasts more than `MISS` above the largest model seen) and hits (alarms where the score
        rose as much). Shares of no curve are empty.
    """
    table, off = _chosen(where), errors(where, methods).abs()
    came = table["score"] - table["last"] > MISS
    alarm = table[list(methods)].sub(table["last"], axis=0) > MISS
    return pd.DataFrame(
        {
            "curves": off.count(),
            "missed": (off > MISS).sum() / off.count(),
            "median": off.median(),
            "mean": off.mean(),
            "alarms": alarm.sum(),
            "hits": alarm[came].sum(),
        }
    )


def by_source(column: str = "missed") -> pd.DataFrame:
    """Return a column of `standings` with one row a table of `ladders.SOURCES`."""
    found = {name: standings(f"source == {name!r}")[column] for name in ladders.SOURCES}
    return pd.DataFrame(found).T.rename_axis("table")


def ranking() -> list[str]:
    """Return the keys of `METHODS`, most often wrong first."""
    return standings()["missed"].sort_values(ascending=False).index.tolist()


def league_table() -> pd.DataFrame:
    """Return the league as a page prints it: share missed (in %) by table and method."""
    shares = by_source().rename(columns=METHODS)
    table = shares.map(lambda share: "" if np.isnan(share) else f"{100 * share:.0f}")
    table.insert(0, "curves", by_source("curves")["last"].astype(int))
    return table.reset_index()


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
        By name: seen, last, least and most (of all forecasts), score, off (score minus the nearest
        forecast).

    Raises
    ------
    ValueError
        If the direction is unknown.
    """
    if direction not in ("above", "below"):
        raise ValueError(f"direction: found {direction!r}, want one of above, below")
    table = every_forecast()
    said = table[list(METHODS)]
    table = table.assign(least=said.min(axis=1), most=said.max(axis=1))
    near = table["most"] if direction == "above" else table["least"]
    table = table.assign(off=table["score"] - near)
    table = table.sort_values("off", ascending=direction == "below").head(rows)
    return table[["seen", "last", "least", "most", "score", "off"]]


@cache
def sigmoid_intervals() -> pd.DataFrame:
    """Return `audit_intervals` of the league's curves, by name. Do not change it."""
    return audit_intervals(cases()).set_index(every_forecast().index)


def intervals(kind: str) -> pd.DataFrame:
    """Return the 95% intervals of a kind, where one is given.

    Parameters
    ----------
    kind : str
        A key of `INTERVALS`.

    Returns
    -------
    DataFrame
        One row a curve, by its name: source, start, score, low, high, width, held (whether the
        score lies within).

    Raises
    ------
    ValueError
        If the kind is unknown.
    """
    if kind not in INTERVALS:
        raise ValueError(f"kind: found {kind!r}, want one of {', '.join(INTERVALS)}")
    table = every_forecast()[["source", "start", "score", "line_low", "line_high"]]
    if kind == "line":
        table = table.rename(columns={"line_low": "low", "line_high": "high"})
    else:
        table = table.drop(columns=["line_low", "line_high"])
        table = table.join(sigmoid_intervals().query("given")[["low", "high"]], how="inner")
    held = table["score"].between(table["low"], table["high"])
    return table.assign(width=table["high"] - table["low"], held=held)


def coverage(kind: str) -> pd.Series:
    """Return the share of given intervals that held the score, by table of `ladders.SOURCES`."""
    return intervals(kind).groupby("source", sort=False)["held"].mean()


def _chosen(where: str) -> pd.DataFrame:
    """Return the rows of `every_forecast` for which a condition holds."""
    table = every_forecast()
    table = table.query(where, engine="python") if where else table
    if table.empty:
        raise ValueError(f"where: found {where!r}, which holds for no curve of the league")
    return table
