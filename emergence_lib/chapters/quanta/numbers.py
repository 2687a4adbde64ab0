"""Numbers of Quanta: many sharp skills under one smooth loss."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from emergence_lib import curves, fitting, laws
from emergence_lib.experiments import addition, induction, quanta, store
from emergence_lib.laws import Array

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


def learning(results: Runs = ()) -> pd.DataFrame:
    """When each skill was learned, one row for each seed and skill of the first net.

    Of the stored runs or of others. Columns: seed, skill (from 1, commonest first), frequency,
    ``step`` at which its accuracy passes `HALF` for good (infinite if never), ``questions`` of its
    own that the network had seen by then, ``rise`` = decades of steps between the accuracies
    `RISE` (infinite if it does not get there), ``complete`` = this skill and all commoner ones
    are learned.
    """
    tables = []
    for result in results or store.stored("quanta"):
        rows = [_passing(result.moments, curve) for curve in result.accuracy[0].T]
        table = pd.DataFrame(rows, columns=["step", "rise"])
        frequency = result.config.frequencies
        table.insert(0, "seed", result.seed)
        table.insert(1, "skill", np.arange(1, len(table) + 1))
        table.insert(2, "frequency", frequency)
        table["questions"] = table["step"] * frequency * result.config.batch
        table["complete"] = np.logical_and.accumulate(np.isfinite(table["step"]))
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _passing(moments: ArrayLike, score: ArrayLike) -> tuple[float, float]:
    """Return the step from which a skill is learned for good, and the decades of its rise."""
    x = np.log10(moments)
    start, half, end = (
        curves.crossing(x, score, level, last=True, before=float(x[0]), never=np.inf)
        for level in (RISE[0], HALF, RISE[1])
    )
    return 10**half, end - start if np.isfinite(end) else np.inf


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
    config, laws_ = quanta.BOOK, [learning_law(each) for each in store.stored("quanta")]
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


@cache
def exponents() -> pd.DataFrame:
    """Return `run_exponents` of the stored runs at every alpha, which is the index."""
    runs = [each for name in ALPHAS for each in store.stored("quanta", name)]
    return pd.DataFrame([run_exponents(each) for each in runs]).set_index("alpha")


def run_exponents(result: quanta.Result) -> pd.Series:
    """Exponent of the loss of one run, predicted from its single skills and measured.

    Returns
    -------
    Series
        alpha, seed, ``learned`` skills, ``kappa``, ``correlation``, ``endless`` (predicted, no end
        to the list), ``finite`` (predicted by `steps_loss` for the list there is, read off over
        the same steps), ``measured``, ``r2`` of the straight line, ``rise`` (median, decades).
    """
    config, law, table = result.config, learning_law(result), learning([result])
    smooth = np.geomspace(FROM, config.steps, 400)
    steps = steps_loss(smooth, config.alpha, law["kappa"], law["first"], config.skills)
    measured, r2 = power_exponent(result.moments, result.mean_loss[0])
    return pd.Series(
        {
            "alpha": config.alpha,
            "seed": result.seed,
            "learned": np.isfinite(table["step"]).sum(),
            "kappa": law["kappa"],
            "correlation": law["correlation"],
            "endless": float(predicted_exponent(config.alpha, law["kappa"])),
            "finite": power_exponent(smooth, steps)[0],
            "measured": measured,
            "r2": r2,
            "rise": table.loc[np.isfinite(table["rise"]), "rise"].median(),
        }
    )


def solved(results: Runs = ()) -> pd.DataFrame:
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
            for result in results or store.stored("quanta", "widths")
        ],
        ignore_index=True,
    )


def width_r2() -> Array:
    """Return the R² of a straight line through log loss against log parameters, for each seed."""
    logs = [np.log10(one[["parameters", "loss"]]) for _, one in solved().groupby("seed")]
    return np.array([np.corrcoef(one.T)[0, 1] ** 2 for one in logs])


def local_exponents() -> Array:
    """Exponent of the loss between neighbouring widths, mean over seeds, shape (nets - 1,)."""
    table = solved().pivot_table(index="parameters", columns="seed", values="loss")
    size = np.log10(table.index.to_numpy(dtype=float))
    slopes = np.diff(np.log10(table.to_numpy()), axis=0) / np.diff(size)[:, None]
    return np.asarray(-slopes.mean(axis=1))


def skill_widths(results: Runs = ()) -> pd.DataFrame:
    """Width of the rise of each skill on the width axis.

    Only skills whose whole rise is on the ladder: at most 65% right in the smallest net, at least
    `SOLVED` in the largest. Columns: seed, skill, midpoint (log10 parameters), ``width`` (decades)
    of the accuracy, ``loss_width``.
    """
    rows = []
    for result in results or store.stored("quanta", "widths"):
        for skill in range(result.config.skills):
            curve = result.accuracy[:, -1, skill]
            if curve[0] <= 0.65 and curve[-1] >= SOLVED:
                middle, width = curves.rise_in_decades(result.parameters, curve)
                loss = curves.rise_in_decades(result.parameters, -result.loss[:, -1, skill])
                rows.append(
                    {
                        "seed": result.seed,
                        "skill": skill + 1,
                        "midpoint": middle,
                        "width": width,
                        "loss_width": loss.width,
                    }
                )
    return pd.DataFrame(rows)


def averaging() -> pd.DataFrame:
    """Tell averaging from the metric: width of accuracy and loss, for the whole and its parts.

    One row for each seed of the width axis. Columns: ``whole_loss``, ``whole_accuracy`` (all
    skills together), ``part_loss``, ``part_accuracy`` (medians of `skill_widths`); decades.
    """
    parts = skill_widths().groupby("seed")[["loss_width", "width"]].median()
    rows = [
        {
            "seed": each.seed,
            "whole_loss": curves.rise_in_decades(each.parameters, -each.mean_loss[:, -1]).width,
            "whole_accuracy": curves.rise_in_decades(
                each.parameters, each.mean_accuracy[:, -1]
            ).width,
            "part_loss": parts.loc[each.seed, "loss_width"],
            "part_accuracy": parts.loc[each.seed, "width"],
        }
        for each in store.stored("quanta", "widths")
    ]
    return pd.DataFrame(rows).set_index("seed")


def comparison() -> pd.DataFrame:
    """Sharpness of continuous and headline scores along model size, one row for each run.

    Columns: system, continuous_score, headline_score, seed, ``continuous`` and ``headline``
    (10-90% widths, decades of parameters, each curve scaled to its own range), ``ratio``.
    """
    sums = addition.widths(store.stored("addition")).pivot_table("width", "seed", "score")
    symbols, skills = induction.widths(BUDGET), averaging()
    systems = {
        ("addition", "cross-entropy of a digit", "whole sums right"): (
            sums["cross-entropy"],
            sums["exact match"],
        ),
        ("repetition", "cross-entropy of a symbol", "symbols right"): (
            symbols["loss"],
            symbols["accuracy"],
        ),
        ("32 skills", "loss over all skills", "accuracy of the median skill"): (
            skills["whole_loss"],
            skills["part_accuracy"],
        ),
    }
    tables = [
        pd.DataFrame({"continuous": continuous, "headline": headline})
        .reset_index()
        .assign(system=system, continuous_score=score, headline_score=other)
        for (system, score, other), (continuous, headline) in systems.items()
    ]
    names = ["system", "continuous_score", "headline_score", "seed", "continuous", "headline"]
    table = pd.concat(tables, ignore_index=True)[names]
    return table.assign(ratio=table["continuous"] / table["headline"])


def agreement(live: quanta.Result) -> str:
    """Say in one sentence how a run just done compares with the stored ones."""
    runs = store.stored("quanta")
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


def half_way(step: int) -> float:
    """Return how many skills are between coin and solved at the exam nearest a step, seed mean."""
    counts = []
    for result in store.stored("quanta"):
        scores = result.accuracy[0, int(np.abs(result.moments - step).argmin())]
        counts.append(((scores > RISE[0]) & (scores < RISE[1])).sum())
    return float(np.mean(counts))
