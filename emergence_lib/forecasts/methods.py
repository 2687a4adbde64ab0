"""Every way to forecast a curve's largest model from its smaller ones.

`cases` hides the models of a ladder above some scale. What follows forecasts the largest: from the
curve alone, with an interval, from the loss, and from other benchmarks. `league` holds the
forecasts against the scores that came.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from scipy import optimize, stats

from emergence_lib import ladders, laws
from emergence_lib.audit import assess
from emergence_lib.fitting import batch, models
from emergence_lib.fitting.batch import Batch
from emergence_lib.fitting.shapes import GOMPERTZ, LOGISTIC
from emergence_lib.ladders import Ladder
from emergence_lib.laws import Array

AHEAD = 4.0
"""Least factor between the largest model seen and the one forecast; the step at which the first
version of one published policy asked for a new evaluation [anthropic2023rsp]."""
FEWEST_SEEN = 3
NOT_ONE_RECIPE = ("chain of thought", "GPT-3")
"""Source and family of the ladders that are left out: models of an interface, the largest of which
differs from the others in more than size, and sizes that the authors of the table presumed."""
ROUNDED = 1.001
"""Published sizes are rounded, so a factor may fall short by a thousandth."""
FROM_CURVE = {
    "last": "the last value stays",
    "line": "straight line",
    "logistic": "logistic",
    "gompertz": "Gompertz",
    "free": "logistic, free ceiling",
}
"""Methods that need the curve alone, and their names on the page."""
METHODS = {**FROM_CURVE, "loss": "loss, then task", "benchmarks": "other benchmarks"}
"""All methods."""
EXPONENTS = np.linspace(0.05, 1.0, 20)
"""Exponents of the loss law that are tried."""
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
"""Benchmarks of the open models from which another one is forecast."""


@dataclass(frozen=True, eq=False)
class Case:
    """A ladder of which only the smallest ``seen`` models are known; the largest is forecast."""

    ladder: Ladder
    seen: int

    @property
    def scale(self) -> Array:
        """Scales of the models seen."""
        return self.ladder.scale[: self.seen]

    @property
    def score(self) -> Array:
        """Scores of the models seen."""
        return self.ladder.score[: self.seen]

    @property
    def items(self) -> Array:
        """Items behind the scores seen."""
        return self.ladder.items[: self.seen]

    @property
    def at(self) -> float:
        """Scale to forecast."""
        return float(self.ladder.scale[-1])

    @property
    def came(self) -> float:
        """Score that came out there."""
        return float(self.ladder.score[-1])

    def batch(self) -> Batch:
        """Return what is seen, as a batch of one curve."""
        return batch.counts(self.scale, self.score, self.items, self.ladder.floor)


def cases(ahead: float = AHEAD) -> list[Case]:
    """Hide, in every shipped ladder, all models above one ``ahead``-th of the largest.

    Ladders with fewer than `FEWEST_SEEN` models left are left out, and those `NOT_ONE_RECIPE`.

    Raises
    ------
    ValueError
        If ``ahead`` is not above 1.
    """
    laws.within("ahead", ahead, 1, open_low=True)
    cut = [
        Case(ladder, int(np.sum(ladder.scale <= ladder.scale[-1] / ahead * ROUNDED)))
        for ladder in ladders.every()
        if (ladder.source, ladder.family) != NOT_ONE_RECIPE
    ]
    return [case for case in cut if case.seen >= FEWEST_SEEN]


def hide(ladder: Ladder, hidden: int) -> Case:
    """Hide so many of a ladder's largest models.

    Raises
    ------
    ValueError
        If fewer than `FEWEST_SEEN` are left or none is hidden.
    """
    seen = len(ladder) - hidden
    if not FEWEST_SEEN <= seen < len(ladder):
        raise ValueError(f"hidden: found {hidden}, want 1 to {len(ladder) - FEWEST_SEEN}")
    return Case(ladder, seen)


def _alike(many: Sequence[Case]) -> Iterator[list[int]]:
    """Yield places of cases of like length, so that little of a batch is padding.

    Few groups, because a batch of even one curve takes a second or two.
    """
    seen = np.array([case.seen for case in many])
    for low, high in ((0, 7), (8, 33), (34, np.inf)):
        places = np.flatnonzero((seen >= low) & (seen <= high))
        if len(places):
            yield [int(place) for place in places]


# From the curve alone


def curve_forecasts(many: Sequence[Case]) -> pd.DataFrame:
    """Forecast each case by the methods that need the curve alone.

    Returns
    -------
    DataFrame
        One row a case, in order: the columns `FROM_CURVE`, and line_low and line_high, the 95%
        prediction interval of least squares, cut off at 0 and 1 like the line.
    """
    table = pd.DataFrame(
        index=range(len(many)), columns=[*FROM_CURVE, "line_low", "line_high"], dtype=float
    )
    for places in _alike(many):
        part = [many[place] for place in places]
        seen = batch.stack([case.batch() for case in part])
        x = np.log10([case.at for case in part])
        line, slope, reach = np.transpose([_line(case) for case in part])
        falls = slope < 0
        rising, ahead = seen.mirrored(falls), np.where(falls, -x, x)[:, None]
        said = {
            "last": [case.score[-1] for case in part],
            "line": np.clip(line, 0, 1),
            "line_low": np.clip(line - reach, 0, 1),
            "line_high": np.clip(line + reach, 0, 1),
            "logistic": models.fit_sigmoid(rising, LOGISTIC).predict(ahead)[:, 0],
            "gompertz": models.fit_sigmoid(rising, GOMPERTZ).predict(ahead)[:, 0],
            "free": models.fit_sigmoid(rising, LOGISTIC, None).predict(ahead)[:, 0],
        }
        for name, values in said.items():
            table.loc[places, name] = np.asarray(values)
    return table


def _line(case: Case) -> tuple[float, float, float]:
    """Least squares in log10 of scale: forecast, slope, reach of the 95% prediction interval."""
    x, y = np.log10(case.scale), case.score
    away, ahead = x - x.mean(), np.log10(case.at) - x.mean()
    slope = away @ y / (away @ away)
    freedom = case.seen - 2
    rest = np.sum((y - y.mean() - slope * away) ** 2) / freedom
    spread = np.sqrt(rest * (1 + 1 / case.seen + ahead**2 / (away @ away)))
    return y.mean() + slope * ahead, slope, stats.t.ppf(0.975, freedom) * spread


def audit_intervals(many: Sequence[Case]) -> pd.DataFrame:
    """95% intervals from logistic and Gompertz together, for a newly measured score.

    The audit's interval for the curve is widened by the noise of one more measurement, with the
    scatter that the seen models show about their curve.

    Returns
    -------
    DataFrame
        low, high, given, rises (whether the seen scores establish a rise or a fall). Where they do
        not, or the search for an end fails, no interval is given: low is 0 and high is 1.
    """
    table = pd.DataFrame({"low": 0.0, "high": 1.0, "given": False}, index=range(len(many)))
    table["rises"] = False
    for places in _alike(many):
        part = [many[place] for place in places]
        found = assess.assess(batch.stack([case.batch() for case in part]))
        curve = found.forecast(np.log10([case.at for case in part]))
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


def loss_law(params: Array, tokens: Array, loss: Array, at: tuple[float, float]) -> float:
    """Forecast a loss by E + A / N^alpha + B / D^beta, all constants at least 0.

    Both exponents are tried on the grid `EXPONENTS`; given them the law is linear. Errors are
    relative. If all models have one size, the term in N is left out.

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
    for alpha in EXPONENTS if sized else (0.0,):
        for beta in EXPONENTS:
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
    columns = ["loss_said", "loss", "loss_forecast", "loss_known"]
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
        target = last["params"], last["tokens"]
        key = np.concatenate([params, tokens, loss, target]).tobytes()
        if key not in known:
            known[key] = loss_law(params, tokens, loss, target)
        rows[place] = (known[key], float(last["loss"]))
        seen.append(_scatter(-loss, case.score, case.items, case.ladder.floor))
    if not rows:
        return pd.DataFrame(columns=columns)
    fit = models.fit_sigmoid(batch.stack(seen), LOGISTIC, None, free_floor=True)
    losses = np.array(list(rows.values()))
    scores = fit.predict(-losses)
    return pd.DataFrame(np.hstack([losses, scores]), index=list(rows), columns=columns)


def _scatter(x: Array, score: Array, items: Array, floor: float) -> Batch:
    """Return one curve against something else than the logarithm of scale."""
    order = np.argsort(x)
    return Batch(x[None, order], score[None, order], items[None, order], np.array([floor]), True)


# Other benchmarks


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
        small = about["scale"] <= case.at / AHEAD * ROUNDED
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
