"""Numbers of chapter 11: many sharp skills under one smooth loss.

Functions that take ``results`` use the stored runs when they are given none.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from emergence_lib import fitting, laws
from emergence_lib.chapters.circuits.numbers import widths as induction_widths  # noqa: F401
from emergence_lib.chapters.mirage import numbers as mirage
from emergence_lib.experiments import quanta, store

Array = NDArray[np.float64]
Runs = Sequence[quanta.Result]

HALF = 0.75
"""Accuracy half-way between a coin and perfection: a skill counts as learned from here on."""
RISE = (0.6, 0.95)
"""Accuracies between which the rise of a skill is timed; 200 questions blur what is below."""
SOLVED = 0.95
"""Accuracy from which on a net counts as solving a skill."""
FROM = 200
"""Step from which on the loss is read as a power law; before it, no skill is learned."""
BUDGET = 500
"""Training steps at which the ladder of induction heads is compared with the other ladders."""
ALPHAS = {"even": 0.4, "": 0.7, "steep": 1.0}
"""Stored variants of the time axis and their Zipf exponents."""


@cache
def stored(variant: str = "") -> tuple[quanta.Result, ...]:
    """Return the stored runs, one for each seed: ``""``, ``even``, ``steep`` or ``widths``."""
    return tuple(store.stored("quanta", variant))


def crossing(moments: ArrayLike, score: ArrayLike, level: float) -> float:
    """Return the step from which a score stays above a level; infinity if it ends below.

    Straight lines in log steps between the exams; the first exam if it was never below.
    """
    x, y = np.log10(moments), np.asarray(score, dtype=float)
    below = np.flatnonzero(y < level)
    if not below.size:
        return float(10 ** x[0])
    last = below[-1]
    if last == len(y) - 1:
        return np.inf
    return float(10 ** np.interp(level, y[last : last + 2], x[last : last + 2]))


def learning(results: Runs | None = None) -> pd.DataFrame:
    """When each skill was learned, one row for each seed and skill of the first net.

    Columns: seed, skill (from 1, commonest first), frequency, ``step`` at which its accuracy
    passes `HALF` for good (infinite if never), ``rise`` = decades of steps between the accuracies
    `RISE` (infinite if it does not get there), ``complete`` = this skill and all commoner ones
    are learned.
    """
    tables = []
    for result in results or stored():
        curves = result.accuracy[0].T
        ends = [[crossing(result.moments, curve, level) for level in RISE] for curve in curves]
        step = np.array([crossing(result.moments, curve, HALF) for curve in curves])
        rises = [np.log10(high / low) if np.isfinite(high) else np.inf for low, high in ends]
        tables.append(
            pd.DataFrame(
                {
                    "seed": result.seed,
                    "skill": np.arange(1, len(step) + 1),
                    "frequency": result.config.frequencies,
                    "step": step,
                    "rise": rises,
                    "complete": np.logical_and.accumulate(np.isfinite(step)),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def learning_law(result: quanta.Result) -> pd.Series:
    """Fit ``step = first * (frequency / largest)**-kappa`` to the skills a run has learned.

    Only the commonest skills up to the first unlearned one: of the rest only the lucky are seen,
    which would flatten the line.

    Returns
    -------
    Series
        ``kappa``; ``first``, the fitted step of the commonest skill; ``correlation`` of the
        logarithms; ``skills`` used.
    """
    table = learning([result])
    used = table[table["complete"]]
    line = fitting.fit_line(used["frequency"], np.log10(used["step"]))
    logs = np.log10(used[["frequency", "step"]].to_numpy())
    return pd.Series(
        {
            "kappa": -line.slope,
            "first": 10 ** float(line.predict(used["frequency"].iloc[0])),
            "correlation": float(np.corrcoef(logs.T)[0, 1]),
            "skills": len(used),
        }
    )


def steps_loss(
    moments: ArrayLike,
    alpha: float,
    kappa: float,
    first: float,
    skills: int,
    gradual: bool = False,
) -> Array:
    """Loss if every skill costs ln 2 until its moment and nothing afterwards.

    Parameters
    ----------
    moments : array_like
        Training steps.
    alpha : float
        Zipf exponent: frequencies in proportion to ``i**-(1 + alpha)``, which sum to 1.
    kappa, first
        Learning law: skill i is learned at step ``first * i**(kappa * (1 + alpha))``.
    skills : int
        Length of the list.
    gradual : bool
        Let the loss of a skill fall from the start instead, by half until its moment, by half
        again in as much time, and so on: nothing sudden anywhere.

    Returns
    -------
    array, shape of ``moments``
        Nats.
    """
    rank = np.arange(1.0, skills + 1)
    frequency = rank ** -(1 + alpha)
    frequency /= frequency.sum()
    age = np.asarray(moments, dtype=float)[..., None] / (first * rank ** (kappa * (1 + alpha)))
    left = 0.5**age if gradual else age < 1
    return np.log(2) * (left * frequency).sum(axis=-1)


def without_steps() -> pd.Series:
    """Compare the aggregate of sharp skills with one of gradual skills of the same half-times.

    With the book's frequencies and the mean fitted learning law.

    Returns
    -------
    Series
        Exponents ``sharp`` and ``gradual``, and the R² of their straight lines, ``sharp_r2`` and
        ``gradual_r2``.
    """
    config, laws_ = quanta.BOOK, [learning_law(each) for each in stored()]
    kappa, first = (float(np.mean([law[name] for law in laws_])) for name in ("kappa", "first"))
    smooth = np.geomspace(FROM, config.steps, 400)
    row = {}
    for name in ("sharp", "gradual"):
        loss = steps_loss(smooth, config.alpha, kappa, first, config.skills, name == "gradual")
        row[name], row[f"{name}_r2"] = power_exponent(smooth, loss)
    return pd.Series(row)


def forecast_steps(seen: int, last: int) -> pd.DataFrame:
    """Forecast when skills are learned from those learned before them, one row a seed and skill.

    A straight line through log step against log frequency of the first ``seen`` skills, read off
    for the skills up to ``last`` that were learned. Columns: seed, skill, step, ``forecast``,
    ``factor`` = forecast / step.
    """
    tables = []
    for _, table in learning().groupby("seed"):
        known = table[table["skill"] <= seen]
        line = fitting.fit_line(known["frequency"], np.log10(known["step"]))
        late = table["skill"].between(seen + 1, last) & np.isfinite(table["step"])
        ahead = table.loc[late, ["seed", "skill", "step"]]
        forecast = 10 ** line.predict(table.loc[late, "frequency"])
        tables.append(ahead.assign(forecast=forecast, factor=forecast / ahead["step"]))
    return pd.concat(tables, ignore_index=True)


def predicted_exponent(alpha: ArrayLike, kappa: ArrayLike = 1.0) -> Array:
    """Exponent of the loss in training steps for an endless list, ``alpha / (kappa (1 + alpha))``.

    With ``kappa`` 1 it is the data exponent of michaud2023quantization.
    """
    return np.asarray(laws.quanta_data_exponent(alpha) / np.asarray(kappa, dtype=float))


def power_exponent(moments: ArrayLike, loss: ArrayLike) -> tuple[float, float]:
    """Return exponent and R² of a straight line through log loss against log steps, from `FROM`."""
    x, y = np.asarray(moments, dtype=float), np.asarray(loss, dtype=float)
    late = x >= FROM
    line = fitting.fit_line(x[late], np.log10(y[late]))
    return -line.slope, float(np.corrcoef(np.log10(x[late]), np.log10(y[late]))[0, 1] ** 2)


def exponents(results: dict[str, Runs] | None = None) -> pd.DataFrame:
    """Exponents of the loss, predicted from the single skills and measured, a row a run.

    Columns: alpha, seed, ``learned`` skills, ``kappa``, ``correlation``, ``endless`` (predicted,
    no end to the list), ``finite`` (predicted by `steps_loss` for the list there is, read off over
    the same steps), ``measured``, ``r2`` of the straight line, ``rise`` (median, decades).
    """
    rows = []
    for runs in (results or {name: stored(name) for name in ALPHAS}).values():
        for result in runs:
            config, law, table = result.config, learning_law(result), learning([result])
            smooth = np.geomspace(FROM, config.steps, 400)
            steps = steps_loss(smooth, config.alpha, law["kappa"], law["first"], config.skills)
            measured, r2 = power_exponent(result.moments, result.mean_loss[0])
            rows.append(
                {
                    "alpha": config.alpha,
                    "seed": result.seed,
                    "learned": int(np.isfinite(table["step"]).sum()),
                    "kappa": law["kappa"],
                    "correlation": law["correlation"],
                    "endless": float(predicted_exponent(config.alpha, law["kappa"])),
                    "finite": power_exponent(smooth, steps)[0],
                    "measured": measured,
                    "r2": r2,
                    "rise": float(table.loc[np.isfinite(table["rise"]), "rise"].median()),
                }
            )
    return pd.DataFrame(rows)


def exponent(name: str, alpha: float = quanta.BOOK.alpha) -> pd.Series:
    """Return lowest, mean and highest of a column of `exponents` over the seeds of one alpha.

    Raises
    ------
    ValueError
        If there is no such column or no such alpha among the stored runs.
    """
    table = exponents()
    if name not in table:
        raise ValueError(f"name: found {name!r}, want one of {', '.join(map(str, table.columns))}")
    if alpha not in ALPHAS.values():
        raise ValueError(f"alpha: found {alpha:g}, want one of {sorted(ALPHAS.values())}")
    column = table.loc[table["alpha"] == alpha, name]
    return pd.Series({"lowest": column.min(), "mean": column.mean(), "highest": column.max()})


def solved(results: Runs | None = None) -> pd.DataFrame:
    """Loss and solved skills of each net of the width axis, one row for each seed and net.

    Columns: seed, width, parameters, loss, accuracy (both as training asks), ``skills`` solved.
    """
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "seed": result.seed,
                    "width": result.config.widths,
                    "parameters": result.parameters,
                    "loss": result.mean_loss[:, -1],
                    "accuracy": result.mean_accuracy[:, -1],
                    "skills": (result.accuracy[:, -1] >= SOLVED).sum(axis=1),
                }
            )
            for result in results or stored("widths")
        ],
        ignore_index=True,
    )


def mean_solved(name: str, width: int) -> float:
    """Return a column of `solved` for one width, averaged over seeds."""
    table = solved()
    return float(table.loc[table["width"] == width, name].mean())


def width_r2() -> pd.Series:
    """Return lowest and highest R² of a straight line through log loss against log parameters."""
    scores = [
        np.corrcoef(np.log10(one["parameters"]), np.log10(one["loss"]))[0, 1] ** 2
        for _, one in solved().groupby("seed")
    ]
    return pd.Series({"lowest": min(scores), "highest": max(scores)})


def local_exponents() -> Array:
    """Exponent of the loss between neighbouring widths, mean over seeds, shape (nets - 1,)."""
    table = solved().pivot_table(index="parameters", columns="seed", values="loss")
    size = np.log10(table.index.to_numpy(dtype=float))
    slopes = np.diff(np.log10(table.to_numpy()), axis=0) / np.diff(size)[:, None]
    return np.asarray(-slopes.mean(axis=1))


def skill_widths(results: Runs | None = None) -> pd.DataFrame:
    """Width of the rise of each skill on the width axis.

    Only skills whose whole rise is on the ladder: at most 65% right in the smallest net, at least
    `SOLVED` in the largest. Columns: seed, skill, midpoint (log10 parameters), ``width`` (decades)
    of the accuracy, ``loss_width``.
    """
    rows = []
    for result in results or stored("widths"):
        for skill in range(result.config.skills):
            curve = result.accuracy[:, -1, skill]
            if curve[0] <= 0.65 and curve[-1] >= SOLVED:
                middle, width = mirage.transition(result.parameters, curve)
                _, loss = mirage.transition(result.parameters, -result.loss[:, -1, skill])
                rows.append(
                    {
                        "seed": result.seed,
                        "skill": skill + 1,
                        "midpoint": middle,
                        "width": width,
                        "loss_width": loss,
                    }
                )
    return pd.DataFrame(rows)


def skill_width() -> pd.Series:
    """Return lowest and highest median of `skill_widths` over seeds.

    ``quarter`` is the width that a quarter of the skills exceed, in the seed where it is lowest.
    """
    seeds = skill_widths().groupby("seed")["width"]
    return pd.Series(
        {
            "lowest": seeds.median().min(),
            "highest": seeds.median().max(),
            "quarter": seeds.quantile(0.75).min(),
        }
    )


def averaging() -> pd.DataFrame:
    """Tell averaging from the metric: width of accuracy and loss, for the whole and its parts.

    One row for each seed of the width axis. Columns: ``whole_loss``, ``whole_accuracy`` (all
    skills together), ``part_loss``, ``part_accuracy`` (medians of `skill_widths`); decades.
    """
    parts = skill_widths().groupby("seed")[["loss_width", "width"]].median()
    rows = {
        each.seed: {
            "whole_loss": mirage.transition(each.parameters, -each.mean_loss[:, -1])[1],
            "whole_accuracy": mirage.transition(each.parameters, each.mean_accuracy[:, -1])[1],
            "part_loss": parts.loc[each.seed, "loss_width"],
            "part_accuracy": parts.loc[each.seed, "width"],
        }
        for each in stored("widths")
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("seed")


def comparison() -> pd.DataFrame:
    """Sharpness of continuous and headline scores along model size, one row for each run.

    Columns: system, continuous_score, headline_score, seed, ``continuous`` and ``headline``
    (10-90% widths, decades of parameters, each curve scaled to its own range), ``ratio``.
    """
    sums = mirage.widths().pivot_table(index="seed", columns="score", values="width")
    rows: list[dict[str, Any]] = [
        {
            "system": "addition",
            "continuous_score": "cross-entropy of a digit",
            "headline_score": "whole sums right",
            "seed": seed,
            "continuous": row["cross-entropy"],
            "headline": row["exact match"],
        }
        for seed, row in sums.iterrows()
    ]
    rows += [
        {
            "system": "repetition",
            "continuous_score": "cross-entropy of a symbol",
            "headline_score": "symbols right",
            "seed": each.seed,
            "continuous": mirage.transition(each.parameters, -each.loss[:, at])[1],
            "headline": mirage.transition(each.parameters, each.accuracy[:, at])[1],
        }
        for each in store.stored("induction", "ladder")
        for at in np.flatnonzero(each.step == BUDGET)
    ]
    rows += [
        {
            "system": "32 skills",
            "continuous_score": "loss over all skills",
            "headline_score": "accuracy of the median skill",
            "seed": seed,
            "continuous": row["whole_loss"],
            "headline": row["part_accuracy"],
        }
        for seed, row in averaging().iterrows()
    ]
    table = pd.DataFrame(rows)
    table["ratio"] = table["continuous"] / table["headline"]
    return table


def ratio(system: str) -> pd.Series:
    """Return lowest and highest ratio of `comparison` over the seeds of one system."""
    table = comparison()
    chosen = table.loc[table["system"] == system, "ratio"]
    if chosen.empty:
        known = ", ".join(table["system"].unique())
        raise ValueError(f"system: found {system!r}, want one of {known}")
    return pd.Series({"lowest": chosen.min(), "highest": chosen.max()})


def agreement(live: quanta.Result, results: Runs | None = None) -> str:
    """Say in one sentence how a run just done compares with the stored ones."""
    runs = results or stored()
    table, law = learning([live]), learning_law(live)
    slope, _ = power_exponent(live.moments, live.mean_loss[0])
    others = [power_exponent(each.moments, each.mean_loss[0])[0] for each in runs]
    kappas = [learning_law(each)["kappa"] for each in runs]
    return (
        f"Seed {live.seed}, {live.seconds:.0f} CPU seconds: {np.isfinite(table['step']).sum()} of "
        f"{live.config.skills} skills learned. The loss falls with exponent {slope:.2f} (stored "
        f"seeds {min(others):.2f} to {max(others):.2f}), learning time goes as frequency to the "
        f"power -{law['kappa']:.2f} (stored -{min(kappas):.2f} to -{max(kappas):.2f})."
    )


def questions_needed(skill: int) -> float:
    """Return how many questions of a skill a network saw until it learned it, mean over seeds.

    Raises
    ------
    ValueError
        If not every seed learned that skill.
    """
    table = learning()
    chosen = table[table["skill"] == skill]
    seen = (chosen["step"] * chosen["frequency"]).to_numpy() * quanta.BOOK.batch
    if not seen.size or not np.all(np.isfinite(seen)):
        raise ValueError(f"skill: found {skill}, want one that every seed learned")
    return float(seen.mean())


def half_way(step: int) -> float:
    """Return how many skills are between coin and solved at the exam nearest a step, seed mean."""
    counts = []
    for result in stored():
        scores = result.accuracy[0, int(np.abs(result.moments - step).argmin())]
        counts.append(((scores > RISE[0]) & (scores < RISE[1])).sum())
    return float(np.mean(counts))
