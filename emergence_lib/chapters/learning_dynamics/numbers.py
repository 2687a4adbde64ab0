"""Numbers of chapter 10: what a network that groks holds, and what it uses, step by step.

Functions that take ``results`` use the stored runs of the book's settings when they are given none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emergence_lib.experiments import grokking, store

Array = NDArray[np.float64]
Runs = Sequence[grokking.Result]

MEMORISED = 0.99
"""Share of the training pairs right at which they count as memorised."""
MEASURES = tuple(name for name in grokking.Result.measures() if name != "spectrum")
"""Measures with one number at each checkpoint."""

CONDITIONS = {
    "no filter": ("test", ""),
    "strongest frequency": ("filtered", ""),
    "a random other one": ("shuffled", ""),
    "numbers reshuffled": ("scrambled", ""),
    "random labels": ("filtered", "random-labels"),
    "multiplication": ("filtered", "product"),
}
"""What `controls` compares: the measure and the stored settings of each condition."""


@cache
def stored(variant: str = "") -> tuple[grokking.Result, ...]:
    """Return the stored runs of a variant of the experiment, one for each seed."""
    return tuple(store.stored("grokking", variant))


def course(measure: str, variant: str = "", results: Runs | None = None) -> Array:
    """Return a measure of the first net at every checkpoint, shape (seeds, checkpoints).

    Parameters
    ----------
    measure : str
        One of `MEASURES`, or ``concentration``: the share of a neuron's power at its strongest
        frequency.
    variant : str
        Name of stored settings.
    results : sequence of Result, optional
        Runs to use instead of the stored ones.
    """
    runs = results or stored(variant)
    if measure == "concentration":
        return np.array([each.spectrum[0, :, 0] for each in runs], dtype=float)
    if measure not in MEASURES:
        raise ValueError(
            f"measure: found {measure!r}, want concentration or one of {', '.join(MEASURES)}"
        )
    return np.array([getattr(each, measure)[0] for each in runs], dtype=float)


def step_reached(
    measure: str, level: float = 0.5, variant: str = "", results: Runs | None = None
) -> list[int]:
    """Return for each seed the first checkpoint, in steps, at which a measure is at a level.

    Raises
    ------
    ValueError
        If a seed never gets there.
    """
    runs = results or stored(variant)
    there = course(measure, variant, runs) >= level
    if not there.any(axis=1).all():
        raise ValueError(f"level: {measure} never reaches {level:g} in some seed")
    return [
        each.config.checkpoints[int(first)]
        for each, first in zip(runs, there.argmax(axis=1), strict=True)
    ]


def crossing(measure: str, level: float = 0.5, results: Runs | None = None) -> list[float]:
    """Return for each seed about when a measure reaches a level, read between checkpoints.

    Between two checkpoints the measure is taken as straight in the logarithm of the step.

    Raises
    ------
    ValueError
        If a seed never gets there, or starts there.
    """
    runs = results or stored()
    crossed = []
    for each, after in zip(runs, step_reached(measure, level, results=runs), strict=True):
        if after == each.config.checkpoints[0]:
            raise ValueError(f"level: {measure} starts at {level:g} or above in some seed")
        last = each.config.checkpoints.index(after)
        pair = slice(last - 1, last + 1)
        steps = np.log(np.maximum(each.config.checkpoints[pair], 0.5))
        score = course(measure, results=[each])[0, pair]
        crossed.append(float(np.exp(np.interp(level, score, steps))))
    return crossed


def by_seed(values: Iterable[float], runs: Runs) -> pd.Series:
    """Return one number for each run, under its seed."""
    return pd.Series(list(values), index=[each.seed for each in runs], dtype=float)


def at_step(measure: str, steps: int, variant: str = "", results: Runs | None = None) -> pd.Series:
    """Return a measure of every seed at one of the checkpoints.

    Raises
    ------
    ValueError
        If there is no checkpoint after that many steps.
    """
    runs = results or stored(variant)
    known = runs[0].config.checkpoints
    if steps not in known:
        raise ValueError(f"steps: found {steps}, want one of {known}")
    return by_seed(course(measure, variant, runs)[:, known.index(steps)], runs)


def final(measure: str, variant: str = "", results: Runs | None = None) -> pd.Series:
    """Return a measure of every seed at the end of training."""
    runs = results or stored(variant)
    return at_step(measure, runs[0].config.steps, variant, runs)


def highest(measure: str, variant: str = "", results: Runs | None = None) -> float:
    """Return the highest value of a measure over seeds and checkpoints."""
    return float(course(measure, variant, results).max())


def memorised(measure: str, variant: str = "", results: Runs | None = None) -> pd.Series:
    """Return a measure of every seed at the first checkpoint with the training pairs memorised."""
    runs = results or stored(variant)
    steps = step_reached("train", MEMORISED, variant, runs)
    moments = zip(steps, runs, strict=True)
    return by_seed((at_step(measure, step, variant, [one]).iloc[0] for step, one in moments), runs)


def loss_peak(results: Runs | None = None) -> list[int]:
    """Return for each seed the step at which the loss on unseen pairs is highest."""
    runs = results or stored()
    tops = course("test_loss", results=runs).argmax(axis=1)
    return [each.config.checkpoints[int(top)] for each, top in zip(runs, tops, strict=True)]


def at_loss_peak(measure: str, results: Runs | None = None) -> pd.Series:
    """Return a measure of every seed at the step of its `loss_peak`."""
    runs = results or stored()
    moments = zip(loss_peak(runs), runs, strict=True)
    return by_seed((at_step(measure, step, "", [one]).iloc[0] for step, one in moments), runs)


def least_after_memorising(measure: str = "train", results: Runs | None = None) -> float:
    """Return the lowest value of a measure, over seeds, from the moment of memorising on."""
    runs = results or stored()
    scores = course(measure, results=runs)
    starts = (course("train", results=runs) >= MEMORISED).argmax(axis=1)
    return float(min(each[start:].min() for each, start in zip(scores, starts, strict=True)))


def controls() -> pd.DataFrame:
    """Return the filter's score and its controls, one row for each of `CONDITIONS` and seed.

    Columns: condition, seed; accuracy on unseen pairs before training (``untrained``), when the
    training pairs are ``memorised``, and at the end (``final``).
    """
    tables = []
    for condition, (measure, variant) in CONDITIONS.items():
        columns = {
            "seed": [each.seed for each in stored(variant)],
            "untrained": at_step(measure, 0, variant).to_numpy(),
            "memorised": memorised(measure, variant).to_numpy(),
            "final": final(measure, variant).to_numpy(),
        }
        tables.append(pd.DataFrame({"condition": condition, **columns}))
    return pd.concat(tables, ignore_index=True)


def chance(results: Runs | None = None) -> float:
    """Return the share of right answers that guessing gets."""
    return 1 / (results or stored())[0].config.modulus


def threshold(
    measure: str, steps: int, level: float = 0.5, results: Runs | None = None
) -> pd.Series:
    """Return the share of the table at which a measure reaches a level, for each seed.

    Read off by straight lines between the shares of the sweep: known no better than their gaps.

    Parameters
    ----------
    measure : str
        ``test`` or ``filtered``, or another accuracy.
    steps : int
        Training budget; a checkpoint of the sweep.
    level : float
    results : sequence of Result, optional
        Sweeps to use instead of the stored ones.

    Raises
    ------
    ValueError
        If the measure starts above the level or never reaches it.
    """
    runs = results or stored("data")
    known = runs[0].config.checkpoints
    if steps not in known:
        raise ValueError(f"steps: found {steps}, want one of {known}")
    found = []
    for each in runs:
        score = np.maximum.accumulate(getattr(each, measure)[:, known.index(steps)])
        if not score[0] < level <= score[-1]:
            raise ValueError(
                f"level: {measure} runs from {score[0]:g} to {score[-1]:g}, want {level:g} between"
            )
        after = int(np.argmax(score >= level))
        pair = slice(after - 1, after + 1)
        found.append(np.interp(level, score[pair], each.config.shares[pair]))
    return by_seed(found, runs)


def at_share(measure: str, share: float, steps: int, results: Runs | None = None) -> pd.Series:
    """Return a measure of every seed at one share and one budget of the sweep.

    Raises
    ------
    ValueError
        If the sweep has no such share or budget.
    """
    runs = results or stored("data")
    config = runs[0].config
    if share not in config.shares or steps not in config.checkpoints:
        raise ValueError(
            f"share, steps: found {share}, {steps}; want one of {config.shares} and one of "
            f"{config.checkpoints}"
        )
    place = config.shares.index(share), config.checkpoints.index(steps)
    return by_seed((getattr(each, measure)[place] for each in runs), runs)


def seen_pairs(share: float) -> int:
    """Return how many pairs of the book's table a share of it holds."""
    return round(share * grokking.BOOK.modulus**2)


def agreement(live: grokking.Result, results: Runs | None = None) -> str:
    """Say in one sentence or two how a net just trained compares with the stored ones."""
    runs = results or stored()
    mine = [crossing(name, results=[live])[0] for name in ("filtered", "test")]
    theirs = [crossing(name, results=runs) for name in ("filtered", "test")]
    memory = step_reached("train", MEMORISED, results=[live])[0]
    score = memorised("test", results=[live]).iloc[0]
    return (
        f"Seed {live.seed}, {live.seconds:.0f} CPU seconds. By step {memory} it knows its training "
        f"pairs by heart and gets {score:.1%} of the others right; half of them are right at "
        f"about step {mine[1]:.0f} (stored seeds: {min(theirs[1]):.0f} to {max(theirs[1]):.0f}). "
        f"Filtered, it passes half at about step {mine[0]:.0f} (stored: {min(theirs[0]):.0f} to "
        f"{max(theirs[0]):.0f})."
    )
