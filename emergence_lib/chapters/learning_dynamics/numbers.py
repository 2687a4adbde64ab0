"""Learning dynamics: what a network that groks holds, and what it uses, step by step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from emergence_lib import curves
from emergence_lib.experiments import grokking, store

MEMORISED = 0.99
"""Share of the training pairs right at which they count as memorised."""
CHANCE = 1 / grokking.BOOK.modulus
"""Share of right answers that guessing gets."""

CONDITIONS = {
    "no filter": ("test", ""),
    "strongest frequency": ("filtered", ""),
    "a random other one": ("shuffled", ""),
    "numbers reshuffled": ("scrambled", ""),
    "random labels": ("filtered", "random-labels"),
    "multiplication": ("filtered", "product"),
}
"""What `controls` compares: the measure and the stored settings of each condition."""


def table(runs: Iterable[grokking.Result]) -> pd.DataFrame:
    """Return the measures of some runs, one row for each seed, share of the table and checkpoint.

    Columns: seed, share, step; the measures of `grokking.Result`; ``concentration``, the share of
    a unit's power at its strongest frequency; ``memorised``, whether at least `MEMORISED` of the
    training pairs have been right by then.
    """
    parts = []
    for run in runs:
        measured = {name: getattr(run, name) for name in run.measures() if name != "spectrum"}
        measured["concentration"] = run.spectrum[..., 0]
        for net, share in enumerate(run.config.shares):
            columns = {name: values[net].astype(float) for name, values in measured.items()}
            part = pd.DataFrame({"seed": run.seed, "share": share, "step": run.config.checkpoints})
            part = part.assign(**columns)
            parts.append(part.assign(memorised=part["train"].cummax() >= MEMORISED))
    return pd.concat(parts, ignore_index=True)


def course(variant: str = "") -> pd.DataFrame:
    """Return the `table` of the stored runs of a variant of the experiment."""
    return table(store.stored("grokking", variant))


def mean(variant: str = "") -> pd.DataFrame:
    """Return the `course` of a variant averaged over seeds, one row for each step."""
    return course(variant).groupby("step").mean()


def first(runs: pd.DataFrame, measure: str, level: float = 0.5) -> pd.DataFrame:
    """Return each seed's row of the first checkpoint at which a measure is at a level.

    Raises
    ------
    ValueError
        If a seed never gets there.
    """
    there = runs[runs[measure] >= level].groupby("seed").first()
    if len(there) < runs["seed"].nunique():
        raise ValueError(f"level: {measure} never reaches {level:g} in some seed")
    return there


def memorised(variant: str = "") -> pd.DataFrame:
    """Return each seed's row of the first checkpoint with the training pairs memorised."""
    return first(course(variant), "train", MEMORISED)


def final(variant: str = "") -> pd.DataFrame:
    """Return each seed's row of the last checkpoint."""
    return course(variant).groupby("seed").last()


def loss_peak() -> pd.DataFrame:
    """Return each seed's row of the checkpoint at which the loss on new pairs is highest."""
    runs = course()
    return runs.loc[runs.groupby("seed")["test_loss"].idxmax()].set_index("seed")


def half(runs: pd.DataFrame, measure: str) -> pd.Series:
    """Return the step at which each seed's measure passes one half, read between checkpoints.

    Between two checkpoints the measure is taken as straight in the logarithm of the step.
    """
    steps = {
        seed: np.exp(curves.crossing(np.log(run["step"].clip(lower=0.5)), run[measure], 0.5))
        for seed, run in runs.groupby("seed")
    }
    return pd.Series(steps)


def controls() -> pd.DataFrame:
    """Return the filter's score and its controls, one row for each of `CONDITIONS` and seed.

    Columns: condition, seed; accuracy on new pairs before training (``untrained``), when the
    training pairs are ``memorised``, and at the end (``final``).
    """
    tables = []
    for condition, (measure, variant) in CONDITIONS.items():
        moments = {
            "untrained": course(variant).groupby("seed").first()[measure],
            "memorised": memorised(variant)[measure],
            "final": final(variant)[measure],
        }
        part = pd.DataFrame(moments).reset_index()
        part.insert(0, "condition", condition)
        tables.append(part)
    return pd.concat(tables, ignore_index=True)


def sweep(steps: int) -> pd.DataFrame:
    """Return the networks of the sweep over shares after a number of training steps.

    Raises
    ------
    ValueError
        If the sweep was not examined then.
    """
    runs = course("data")
    if steps not in set(runs["step"]):
        raise ValueError(f"steps: found {steps}, want one of {sorted(set(runs['step']))}")
    return runs[runs["step"] == steps]


def threshold(sweep: pd.DataFrame) -> pd.Series:
    """Return the share of the table at which each seed gets half of the new pairs right.

    Read off by straight lines between the shares of the sweep: known no better than their gaps.
    """
    shares = {
        seed: curves.crossing(run["share"], run["test"], 0.5) for seed, run in sweep.groupby("seed")
    }
    return pd.Series(shares)


def own_data() -> dict[str, Any]:
    """Return the settings of the network that readers train, as its script names them."""
    own = grokking.OWN
    return {
        "hours": own.modulus,
        "units": own.width,
        "share": own.shares[0],
        "rate": own.rate,
        "decay": own.decay,
        "warmUp": own.warm_up,
        "checkpoints": list(own.checkpoints),
    }


def agreement(live: grokking.Result) -> str:
    """Say in a sentence how a net just trained compares with the stored ones."""
    mine, stored = table([live]), course()
    (raw,), (filtered,) = half(mine, "test"), half(mine, "filtered")
    raws, sieved = half(stored, "test"), half(stored, "filtered")
    return (
        f"Seed {live.seed}, {live.seconds:.0f} CPU seconds: half of the new pairs right at about "
        f"step {raw:.0f} (stored seeds: {raws.min():.0f} to {raws.max():.0f}); filtered, half at "
        f"about step {filtered:.0f} (stored: {sieved.min():.0f} to {sieved.max():.0f})."
    )
