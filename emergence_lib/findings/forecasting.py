"""Findings of the chapter "Forecasting": every shipped curve, forecast from its smaller models.

The rule is the same for all: the largest model is to be forecast, and only models of at most a
quarter of its scale may be seen (`AHEAD`). Errors are score minus forecast.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, stats

from emergence_lib import laws
from emergence_lib.audit import assess
from emergence_lib.findings import ladders
from emergence_lib.findings.ladders import Ladder
from emergence_lib.fitting import batch, models
from emergence_lib.fitting.batch import Batch
from emergence_lib.fitting.shapes import GOMPERTZ, LOGISTIC

Array = NDArray[np.float64]

AHEAD = 4.0
"""Least factor between the largest model seen and the one forecast; the step at which one published
policy asks for a new evaluation [anthropic2023rsp]."""
FEWEST_SEEN = 3
MISS = 0.10
"""A forecast further off than this counts as missed (ten points)."""
OFF_CHANCE = 0.05
"""A curve whose largest seen model is less than this above chance counts as still at chance."""

METHODS = {
    "last": "the last value stays",
    "line": "straight line",
    "logistic": "logistic",
    "gompertz": "Gompertz",
    "free": "logistic, free ceiling",
    "loss": "loss, then task",
    "benchmarks": "other benchmarks",
}
"""Columns of `every_forecast` to the names on the page."""
ALWAYS = ("last", "line", "logistic", "gompertz", "free")
"""Methods that need the curve alone."""
INTERVALS = {"line": "straight line", "audit": "sigmoids, joined"}
STARTS = ("rising", "at chance")


@dataclass(frozen=True, eq=False)
class Case:
    """A ladder of which only the smallest ``seen`` models are known; the largest is forecast."""

    ladder: Ladder
    seen: int

    @property
    def at(self) -> float:
        """Scale to forecast."""
        return float(self.ladder.scale[-1])

    @property
    def ahead(self) -> float:
        """Decades from the largest model seen to the one forecast."""
        return float(np.log10(self.at / self.ladder.scale[self.seen - 1]))

    def batch(self) -> Batch:
        """Return what is seen, as a batch of one curve."""
        rows = slice(self.seen)
        ladder = self.ladder
        return batch.counts(
            ladder.scale[rows], ladder.score[rows], ladder.items[rows], ladder.floor
        )


def cases(ahead: float = AHEAD) -> list[Case]:
    """Hide, in every shipped ladder, all models above one ``ahead``-th of the largest.

    Ladders with fewer than `FEWEST_SEEN` models left are left out.

    Raises
    ------
    ValueError
        If ``ahead`` is not above 1.
    """
    laws.within("ahead", ahead, 1, open_low=True)
    # A thousandth of tolerance: published sizes are rounded.
    cut = [
        Case(ladder, int(np.sum(ladder.scale <= ladder.scale[-1] / ahead * 1.001)))
        for ladder in ladders.every()
    ]
    return [case for case in cut if case.seen >= FEWEST_SEEN]


def _alike(many: Sequence[Case]) -> Iterator[list[int]]:
    """Yield places of cases of like length, so that little of a batch is padding."""
    seen = np.array([case.seen for case in many])
    for low, high in ((0, 4), (5, 6), (7, 9), (10, 16), (17, 28), (29, 50), (51, np.inf)):
        places = np.flatnonzero((seen >= low) & (seen <= high))
        if len(places):
            yield [int(place) for place in places]


def curve_forecasts(many: Sequence[Case]) -> pd.DataFrame:
    """Forecast each case by the methods that need the curve alone.

    Returns
    -------
    DataFrame
        One row a case, in order: the columns `ALWAYS`, and line_low and line_high, the 95%
        prediction interval of least squares, cut off at 0 and 1 like the line.
    """
    table = pd.DataFrame(
        index=range(len(many)), columns=[*ALWAYS, "line_low", "line_high"], dtype=float
    )
    for places in _alike(many):
        part = [many[place] for place in places]
        seen = batch.stack([case.batch() for case in part])
        x = np.log10([case.at for case in part])
        line, reach = _line(part)
        falls = line.slope < 0
        rising, ahead = seen.mirrored(falls), np.where(falls, -x, x)[:, None]
        said = {
            "last": [case.ladder.score[case.seen - 1] for case in part],
            "line": np.clip(line.at, 0, 1),
            "line_low": np.clip(line.at - reach, 0, 1),
            "line_high": np.clip(line.at + reach, 0, 1),
            "logistic": models.fit_sigmoid(rising, LOGISTIC).predict(ahead)[:, 0],
            "gompertz": models.fit_sigmoid(rising, GOMPERTZ).predict(ahead)[:, 0],
            "free": models.fit_sigmoid(rising, LOGISTIC, None).predict(ahead)[:, 0],
        }
        for name, values in said.items():
            table.loc[places, name] = np.asarray(values)
    return table


@dataclass(frozen=True, eq=False)
class _Lines:
    at: Array
    slope: Array


def _line(part: Sequence[Case]) -> tuple[_Lines, Array]:
    """Least squares in log10 of scale, and how far its 95% prediction interval reaches."""
    at, slope, reach = [], [], []
    for case in part:
        x, y = np.log10(case.ladder.scale[: case.seen]), case.ladder.score[: case.seen]
        away, ahead = x - x.mean(), np.log10(case.at) - x.mean()
        slope.append(float(away @ y / (away @ away)))
        at.append(float(y.mean() + slope[-1] * ahead))
        freedom = case.seen - 2
        rest = np.sum((y - y.mean() - slope[-1] * away) ** 2) / freedom
        spread = np.sqrt(rest * (1 + 1 / case.seen + ahead**2 / (away @ away)))
        reach.append(float(stats.t.ppf(0.975, freedom) * spread))
    return _Lines(np.array(at), np.array(slope)), np.array(reach)


def audit_intervals(many: Sequence[Case], at: Array | None = None) -> pd.DataFrame:
    """95% intervals from logistic and Gompertz together, for a newly measured score.

    The audit's interval for the curve is widened by the noise of one more measurement, with the
    scatter that the seen models show about their curve.

    Parameters
    ----------
    many : sequence of Case
    at : array, optional
        Scales to forecast instead of those of the cases.

    Returns
    -------
    DataFrame
        low, high, given, rises (whether the seen scores establish a rise or a fall). Where they do
        not, or the search for an end fails, no interval is given: low is 0 and high is 1.
    """
    table = pd.DataFrame({"low": 0.0, "high": 1.0, "given": False}, index=range(len(many)))
    table["rises"] = False
    where = np.array([case.at for case in many]) if at is None else np.asarray(at, float)
    for places in _alike(many):
        part = [many[place] for place in places]
        seen = batch.stack([case.batch() for case in part])
        found = assess.assess(seen)
        curve = found.forecast(np.log10(where[places]))
        items = np.array([case.ladder.items[-1] for case in part]) / found.dispersion
        reach = stats.norm.ppf(0.975)
        ends = []
        for end, side in ((curve.low, -1), (curve.high, 1)):
            ends.append(np.clip(end + side * reach * np.sqrt(end * (1 - end) / items), 0, 1))
        # Where the search for an end fails, its value is no number, and nothing is claimed.
        given = found.rises & np.isfinite(ends[0] + ends[1])
        table.loc[places, "low"] = np.where(given, ends[0], 0)
        table.loc[places, "high"] = np.where(given, ends[1], 1)
        table.loc[places, "given"] = given
        table.loc[places, "rises"] = found.rises
    return table


# Loss first, then task


@cache
def _law_grid() -> NDArray[np.float64]:
    return np.linspace(0.05, 1.0, 39)


def loss_law(params: Array, tokens: Array, loss: Array, at: tuple[float, float]) -> float:
    """Forecast a loss by E + A / N^alpha + B / D^beta, all constants at least 0.

    Exponents are tried on a grid from 0.05 to 1; given them the law is linear. Errors are relative.
    If all models have one size, the term in N is left out.

    Parameters
    ----------
    params, tokens, loss : array, shape (models,)
    at : tuple of float
        Parameters and tokens of the model to forecast.

    References
    ----------
    hoffmann2022training; bhagia2025establishing uses it for the loss of a task.
    """
    sized = np.unique(params).size > 1
    best, said = np.inf, np.nan
    # Relative to the middle of the models, so that no power under- or overflows.
    n, d = params / params.mean(), tokens / tokens.mean()
    n_at, d_at = at[0] / params.mean(), at[1] / tokens.mean()
    for alpha in _law_grid()[::2] if sized else (0.0,):
        for beta in _law_grid()[::2]:
            terms = [np.ones_like(d), d**-beta] + ([n**-alpha] if sized else [])
            constants, off = optimize.nnls(np.stack(terms, axis=1) / loss[:, None], np.ones_like(d))
            if off < best:
                best = off
                said = constants[0] + constants[1] * d_at**-beta
                said += constants[2] * n_at**-alpha if sized else 0.0
    return float(said)


def by_loss(many: Sequence[Case]) -> pd.DataFrame:
    """Forecast the loss of each case, then the score from the loss.

    Returns
    -------
    DataFrame
        Indexed by the place of a case; cases without a loss are left out. loss_said, loss (of the
        largest model, measured), loss_forecast (score for the loss forecast) and loss_known (score
        for the loss measured).

    References
    ----------
    bhagia2025establishing: the score is a sigmoid of the loss with free floor and ceiling.
    """
    known: dict[bytes, float] = {}
    rows, seen = {}, []
    for place, case in enumerate(many):
        if "loss" not in case.ladder.rows:
            continue
        table = case.ladder.rows.iloc[: case.seen]
        params, tokens, loss = (
            table[name].to_numpy(float) for name in ("params", "tokens", "loss")
        )
        last = case.ladder.rows.iloc[-1]
        key = np.concatenate([params, tokens, loss]).tobytes()
        if key not in known:
            known[key] = loss_law(params, tokens, loss, (last["params"], last["tokens"]))
        rows[place] = (known[key], float(last["loss"]))
        seen.append(_against(-loss, case))
    if not rows:
        return pd.DataFrame(columns=["loss_said", "loss", "loss_forecast", "loss_known"])
    fit = models.fit_sigmoid(batch.stack(seen), LOGISTIC, None, free_floor=True)
    losses = np.array(list(rows.values()))
    scores = fit.predict(-losses)
    return pd.DataFrame(
        np.concatenate([losses, scores], axis=1),
        index=list(rows),
        columns=["loss_said", "loss", "loss_forecast", "loss_known"],
    )


def _against(x: Array, case: Case) -> Batch:
    """Return the seen scores of a case against something else than the logarithm of scale."""
    rows = slice(case.seen)
    return _scatter(x, case.ladder.score[rows], case.ladder.items[rows], case.ladder.floor)


def _scatter(x: Array, score: Array, items: Array, floor: float) -> Batch:
    order = np.argsort(x)
    return Batch(x[None, order], score[None, order], items[None, order], np.array([floor]), True)


# Other benchmarks

BENCHMARKS = (
    "ARC-C",
    "GSM8K",
    "HellaSwag",
    "HumanEval",
    "MMLU",
    "TruthfulQA",
    "Winograd",
    "XWinograd",
)


@cache
def _score_matrix() -> tuple[pd.DataFrame, pd.DataFrame]:
    table = ladders.open_models()
    scores = table.pivot_table(index="model", columns="task", values="score")
    return scores, table.groupby("model")[["family", "scale"]].first().loc[scores.index]


def by_benchmarks(many: Sequence[Case]) -> pd.Series:
    """Forecast open models by the first principal component of the *other* benchmarks.

    All models of at most a quarter of the target's compute are seen, of whatever family. Their
    component predicts the task through a logistic curve; the target's own component is carried on
    along its family's line in log10 of compute, so that nothing of the target is known.

    Returns
    -------
    Series
        Forecast scores, indexed by the place of a case; cases of other tables, and families of
        fewer than two seen models with complete scores, are left out.

    References
    ----------
    ruan2024observational.
    """
    scores, about = _score_matrix()
    places, seen, targets = [], [], []
    for place, case in enumerate(many):
        if not case.ladder.source.startswith("open models"):
            continue
        others = [name for name in BENCHMARKS if name != case.ladder.task]
        small = about["scale"] <= case.at / AHEAD * 1.001
        full = scores.loc[small, others].dropna()
        component = _first_component(full.to_numpy())
        there = about.index[about["scale"] == case.at]
        family = case.ladder.family
        if case.ladder.source.endswith("pooled"):
            family = about.loc[there, "family"].iloc[0]
        kin = (about.loc[full.index, "family"] == family).to_numpy()
        x = np.log10(about.loc[full.index, "scale"].to_numpy())
        if np.unique(x[kin]).size < 2:
            continue
        slope, height = np.polyfit(x[kin], component[kin], 1)
        has = scores.loc[full.index, case.ladder.task].notna().to_numpy()
        task = scores.loc[full.index[has], case.ladder.task].to_numpy()
        items = np.full(task.size, case.ladder.items[-1])
        places.append(place)
        seen.append(_scatter(component[has], task, items, case.ladder.floor))
        targets.append(height + slope * np.log10(case.at))
    if not places:
        return pd.Series(dtype=float)
    fit = models.fit_sigmoid(batch.stack(seen), LOGISTIC)
    return pd.Series(fit.predict(np.array(targets)[:, None])[:, 0], index=places)


def _first_component(table: Array) -> Array:
    """Return each row's place on the direction of largest variance, better rows higher."""
    centred = table - table.mean(axis=0)
    direction = np.linalg.svd(centred, full_matrices=False)[2][0]
    return centred @ direction * np.sign(direction.sum())


# The league


@cache
def _every_forecast() -> pd.DataFrame:
    many = cases()
    seen_last = np.array([case.ladder.score[case.seen - 1] for case in many])
    floor = np.array([case.ladder.floor for case in many])
    about = pd.DataFrame(
        {
            "source": [case.ladder.source for case in many],
            "name": [case.ladder.name for case in many],
            "seen": [case.seen for case in many],
            "ahead": [case.ahead for case in many],
            "start": np.where(seen_last - floor < OFF_CHANCE, "at chance", "rising"),
            "score": [case.ladder.score[-1] for case in many],
        }
    )
    losses = by_loss(many)
    return (
        about.join(curve_forecasts(many))
        .join(losses.rename(columns={"loss_forecast": "loss", "loss": "loss_came"}))
        .assign(benchmarks=by_benchmarks(many))
    )


def every_forecast() -> pd.DataFrame:
    """Forecast every shipped curve by every method.

    Returns
    -------
    DataFrame
        One row a curve: source, name, seen (models), ahead (decades), start (of `STARTS`), score
        (of the largest model), one column a method of `METHODS` (empty where it does not apply),
        line_low and line_high, and loss_said, loss_came, loss_known as in `by_loss`.
    """
    return _every_forecast().copy()


def _chosen(start: str, source: str) -> pd.DataFrame:
    table = _every_forecast()
    if start not in ("all", *STARTS):
        raise ValueError(f"start: found {start!r}, want 'all', 'rising' or 'at chance'")
    if source not in ("all", *ladders.SOURCES):
        raise ValueError(f"source: found {source!r}, want 'all' or one of {ladders.SOURCES}")
    keep = (start == "all") | (table["start"] == start)
    return table[keep & ((source == "all") | (table["source"] == source))]


def errors(method: str, start: str = "all", source: str = "all", rival: str = "") -> Array:
    """Score minus forecast of the curves to which a method applies.

    Parameters
    ----------
    method : str
        A key of `METHODS`.
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
    for name, value in (("method", method), ("rival", rival or method)):
        if value not in (*METHODS, "loss_known"):
            raise ValueError(f"{name}: found {value!r}, want one of {', '.join(METHODS)}")
    table = _chosen(start, source).dropna(subset=[method, rival or method])
    if table.empty:
        raise ValueError(f"method, source: {method!r} applies to no curve of {source!r}")
    return (table["score"] - table[method]).to_numpy(float)


def median_error(method: str, start: str = "all", source: str = "all", rival: str = "") -> float:
    """Median distance between score and forecast; arguments as in `errors`."""
    return float(np.median(np.abs(errors(method, start, source, rival))))


def tail_error(method: str, start: str = "all", source: str = "all", rival: str = "") -> float:
    """Distance that one forecast in ten exceeds; arguments as in `errors`."""
    return float(np.quantile(np.abs(errors(method, start, source, rival)), 0.9))


def missed(method: str, start: str = "all", source: str = "all", rival: str = "") -> float:
    """Share of curves forecast wrongly by more than `MISS`; arguments as in `errors`."""
    return float(np.mean(np.abs(errors(method, start, source, rival)) > MISS))


def count_curves(start: str = "all", source: str = "all", method: str = "last") -> int:
    """Count the curves of the league; arguments as in `errors`."""
    return len(errors(method, start, source))


def mean_by_source(method: str) -> float:
    """Share missed in each source to which the method applies, then the mean of these shares."""
    table = _every_forecast().dropna(subset=[method])
    return float(np.mean([missed(method, source=each) for each in table["source"].unique()]))


def league(start: str = "all") -> pd.DataFrame:
    """Summarise every method, most often wrong first.

    Returns
    -------
    DataFrame
        Indexed by key of `METHODS`: curves, missed, too_low and too_high (shares of curves whose
        score lay more than `MISS` above or below the forecast), tail, median.
    """
    rows = {}
    for method in METHODS:
        off = errors(method, start)
        rows[method] = {
            "curves": len(off),
            "missed": missed(method, start),
            "too_low": float(np.mean(off > MISS)),
            "too_high": float(np.mean(off < -MISS)),
            "tail": tail_error(method, start),
            "median": median_error(method, start),
        }
    table = pd.DataFrame.from_dict(rows, orient="index").astype({"curves": int})
    return table.sort_values("missed", ascending=False)


def league_table() -> pd.DataFrame:
    """Return the league as a page prints it: share missed (in %) by table and method."""
    table = _every_forecast()
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
    errors(method, start)
    table = _chosen(start, "all").dropna(subset=[method])
    came, alarm = (table[name] - table["last"] > MISS for name in ("score", method))
    kinds = {"came": came, "alarm": alarm, "hit": came & alarm}
    if what not in kinds:
        raise ValueError(f"what: found {what!r}, want one of {', '.join(kinds)}")
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
    if direction not in ("above", "below"):
        raise ValueError(f"direction: found {direction!r}, want 'above' or 'below'")
    table = _every_forecast()
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
    table = _every_forecast().set_index("name")
    if name not in table.index:
        raise ValueError(f"name: found {name!r}, which is no curve of the league")
    if method not in (*METHODS, "score", "loss_known"):
        raise ValueError(f"method: found {method!r}, want one of {', '.join(METHODS)}")
    value = float(table[method][name])
    if np.isnan(value):
        raise ValueError(f"method: {method!r} does not apply to {name}")
    return value


def loss_miss() -> float:
    """Median relative error of the losses that "loss, then task" forecasts on its way."""
    table = _every_forecast().dropna(subset=["loss_said"])
    return float(np.median(np.abs(table["loss_said"] / table["loss_came"] - 1)))


# Intervals


@cache
def intervals() -> pd.DataFrame:
    """Return the 95% intervals of the league.

    Returns
    -------
    DataFrame
        One row a curve as in `every_forecast`: source, start, seen, score, line_low, line_high,
        low, high, given, rises (`audit_intervals`).
    """
    columns = ["source", "name", "start", "seen", "score", "line_low", "line_high"]
    return _every_forecast()[columns].join(audit_intervals(cases()))


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
    low, high = _ends(which)
    return float(((table[low] <= table["score"]) & (table["score"] <= table[high])).mean())


def interval_width(which: str = "audit", start: str = "all", source: str = "all") -> float:
    """Median width of the given intervals; arguments as in `coverage`."""
    low, high = _ends(which)
    table = _given(which, start, source)
    return float((table[high] - table[low]).median())


def given(which: str = "audit", start: str = "all", source: str = "all") -> int:
    """Count the intervals given; arguments as in `coverage`."""
    return len(_given(which, start, source))


def _ends(which: str) -> tuple[str, str]:
    if which not in INTERVALS:
        raise ValueError(f"which: found {which!r}, want one of {', '.join(INTERVALS)}")
    return ("low", "high") if which == "audit" else ("line_low", "line_high")


def _given(which: str, start: str, source: str) -> pd.DataFrame:
    _ends(which)
    table = intervals().loc[_chosen(start, source).index]
    table = table[table["given"]] if which == "audit" else table
    if table.empty:
        raise ValueError(f"source: no interval is given for {source!r}")
    return table


# One more model

FACTORS = (2, 4, 8, 16, 32)
"""Least distances, as factors of scale, of `by_distance`."""


@cache
def by_distance() -> pd.DataFrame:
    """Forecast the same curves from ever further away.

    Only curves that leave `FEWEST_SEEN` models at the largest of `FACTORS` take part.

    Returns
    -------
    DataFrame
        factor, method (of `ALWAYS`), missed, tail, median, models (median number seen), curves.
    """
    cut = {factor: {case.ladder.name: case for case in cases(factor)} for factor in FACTORS}
    names = list(cut[max(FACTORS)])
    rows = []
    for factor in FACTORS:
        many = [cut[factor][name] for name in names]
        score = np.array([case.ladder.score[-1] for case in many])
        said = curve_forecasts(many)
        for method in ALWAYS:
            off = np.abs(score - said[method].to_numpy())
            rows.append(
                {
                    "factor": factor,
                    "method": method,
                    "missed": float(np.mean(off > MISS)),
                    "tail": float(np.quantile(off, 0.9)),
                    "median": float(np.median(off)),
                    "models": float(np.median([case.seen for case in many])),
                    "curves": len(many),
                }
            )
    return pd.DataFrame(rows)


def missed_at(factor: int, method: str) -> float:
    """Share missed at a distance; see `by_distance`.

    Raises
    ------
    ValueError
        If the factor or the method is not in that table.
    """
    table = by_distance()
    row = table[(table["factor"] == factor) & (table["method"] == method)]
    if row.empty:
        raise ValueError(f"factor, method: found {factor}, {method!r}, want of {FACTORS}, {ALWAYS}")
    return float(row["missed"].iloc[0])


# Looking over a shoulder

SHOWN = {
    "3-digit sums": "GPT-3, 3D+ few-shot",
    "4-digit sums": "GPT-3, 4D+ few-shot",
    "cycled letters": "GPT-3, CycledLetters few-shot",
    "pronouns (Winograd)": "GPT-3, Winograd few-shot",
}
"""Curves of the opening explorable: names on the page to names of ladders."""
HIDDEN = (4, 3, 2, 1)
"""How many models may be hidden there."""


@cache
def shoulder() -> pd.DataFrame:
    """Forecast the curves `SHOWN` with more and fewer models hidden.

    Returns
    -------
    DataFrame
        curve, hidden, line, logistic, gompertz, last, low, high, given.
    """
    keys = [(curve, hidden) for curve in SHOWN for hidden in HIDDEN]
    many = [hide(ladders.one(SHOWN[curve]), hidden) for curve, hidden in keys]
    table = pd.DataFrame(keys, columns=["curve", "hidden"])
    return table.join(curve_forecasts(many)).join(audit_intervals(many))


def hide(ladder: Ladder, models_hidden: int) -> Case:
    """Hide the largest models of a ladder.

    Raises
    ------
    ValueError
        If fewer than `FEWEST_SEEN` are left or none is hidden.
    """
    seen = len(ladder) - models_hidden
    if not FEWEST_SEEN <= seen < len(ladder):
        raise ValueError(
            f"models_hidden: found {models_hidden}, want 1 to {len(ladder) - FEWEST_SEEN}"
        )
    return Case(ladder, seen)


def shoulder_value(curve: str, hidden: int, column: str) -> float:
    """Return one number of `shoulder`."""
    table = shoulder().set_index(["curve", "hidden"])
    if (curve, hidden) not in table.index or column not in table:
        raise ValueError(f"curve, hidden, column: found {curve!r}, {hidden}, {column!r}")
    return float(table[column][(curve, hidden)])


def pass_rate(case: str = "said", k: int = 1) -> float:
    """Pass rate of the largest Pythia on GSM8K, forecast by the Gompertz law and as it came.

    Parameters
    ----------
    case : str
        ``"said"`` or ``"came"``.
    k : int
        Samples a problem: 1, 16 or 256.
    """
    columns = {"said": "gompertz", "came": "score", "last": "last", "logistic": "logistic"}
    if case not in columns:
        raise ValueError(f"case: found {case!r}, want one of {', '.join(columns)}")
    return forecast_of(f"Pythia, gsm8k pass@{k}", columns[case])


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
    silent = -np.log(rates)
    power = np.log(silent[0] / silent[1]) / np.log(factors[0])
    return float(np.exp(-silent[1] * factors[1] ** -power))


def seen_by_pass_until(rate: float, successes: int = 2) -> float:
    """Return how many samples are drawn on average until ``successes`` are right."""
    laws.within("rate", rate, 0, 1, open_low=True)
    return successes / rate


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


def assumed_curves() -> int:
    """Count the curves of the league whose number of items had to be assumed."""
    return sum(not case.ladder.counted for case in cases())


def open_intervals() -> int:
    """Count the curves whose seen scores establish neither a rise nor a fall."""
    return int((~intervals()["rises"]).sum())
