"""Numbers of Circuits: how an induction circuit forms, and what shows that it does the work."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from emergence_lib import curves
from emergence_lib.experiments import ablation, induction, store
from emergence_lib.laws import Array

Runs = Sequence[induction.Result]

BUDGETS = (500, 2000)
"""Training steps at which the ladder of widths is compared."""
HALF = 0.5
"""Accuracy whose crossing is called the critical size."""

# The kinds of evidence, weakest first, with the interventions that give it.
LINES = {
    "necessary": (
        "first head removed",
        "first head blurred",
        "second head removed",
        "second head blurred",
    ),
    "the route": (
        "seen by keys only",
        "seen by queries only",
        "seen by values only",
        "seen by all but keys",
    ),
    "the content": ("first head one back", "first head two back"),
}


def score(name: str, variant: str = "", step: int = -1) -> float:
    """Return a score averaged over stored seeds.

    Parameters
    ----------
    name : str
        An array of `induction.Result` of shape (nets, checkpoints); the first net is taken.
    variant : str
        One of `induction.VARIANTS`.
    step : int
        Training steps taken; -1 for the end.
    """
    scores = [
        getattr(each, name)[0, _place(each, step)] for each in store.stored("induction", variant)
    ]
    return float(np.mean(scores))


def _place(result: induction.Result, step: int) -> int:
    """Return the checkpoint after so many steps; the last for -1."""
    return -1 if step == -1 else result.at(step)


def jump(variant: str = "", results: Runs = ()) -> pd.DataFrame:
    """Return the steps at which accuracy first passes 30%, 50% and 70%, one row for each seed.

    Of the stored runs of a variant, or of others. Columns: seed, start, half, end, steps (from
    start to end).
    """
    levels = {"start": 0.3, "half": HALF, "end": 0.7}
    rows = []
    for each in results or store.stored("induction", variant):
        climb = np.maximum.accumulate(each.accuracy[0])
        at = {name: curves.crossing(each.step, climb, level) for name, level in levels.items()}
        rows.append({"seed": each.seed} | at)
    table = pd.DataFrame(rows)
    return table.assign(steps=table["end"] - table["start"])


def coincidence() -> Array:
    """Correlate accuracy with the prefix-matching score over checkpoints, for each stored seed."""
    runs = store.stored("induction")
    return np.array([np.corrcoef(each.accuracy[0], each.prefix[0])[0, 1] for each in runs])


def looks_back(result: induction.Result, *, late: bool = False) -> Array:
    """Return the first head's attention to the position before, at each checkpoint.

    Averaged over the positions that the longest block can take, where the second head finds its
    matches; with ``late`` over those after it, which it never needs.
    """
    border = result.config.longest
    places = result.previous[0, :, border + 1 :] if late else result.previous[0, :, 1:border]
    return np.asarray(places.mean(axis=-1))


def mean_look_back(step: int = -1, *, late: bool = False) -> float:
    """Return `looks_back` after so many steps, or at the end, averaged over stored seeds."""
    runs = store.stored("induction")
    return float(np.mean([looks_back(each, late=late)[_place(each, step)] for each in runs]))


def on_target(before: int) -> pd.DataFrame:
    """Return how much of its attention each head gives to where it should look, in one sequence.

    Parameters
    ----------
    before : int
        Training steps of the earlier of two moments; the later is the end.

    Returns
    -------
    DataFrame
        One row for each place from the second on. Columns: place, and for both moments the first
        head's attention to the place before, and the second head's to the place after the earlier
        copy (missing where there is none).
    """
    run = store.stored("induction")[0]
    place = np.arange(1, len(run.example))
    after_match = place - run.config.shortest + 1
    table = {"place": place + 1}
    for step in (before, int(run.step[-1])):
        first, second = run.patterns[run.at(step)].astype(float)
        there = second[place, np.maximum(after_match, 0)]
        table[f"first head, one back, step {step}"] = first[place, place - 1]
        table[f"second head, after the copy, step {step}"] = np.where(
            after_match > 0, there, np.nan
        )
    return pd.DataFrame(table)


def evidence() -> pd.DataFrame:
    """Return what each intervention leaves of the accuracy, weakest line of evidence first.

    Index: one of `ablation.INTERVENTIONS`. Columns: line (a key of `LINES`, or "whole"), mean,
    lowest, highest over stored seeds, kept (mean divided by that of the whole network).
    """
    cuts = np.array([each.cut[0] for each in store.stored("induction")])
    table = pd.DataFrame(
        {"mean": cuts.mean(0), "lowest": cuts.min(0), "highest": cuts.max(0)},
        index=list(ablation.INTERVENTIONS),
    )
    table["kept"] = table["mean"] / table["mean"].iloc[0]
    line = {ablation.INTERVENTIONS[0]: "whole"}
    line |= {name: key for key, names in LINES.items() for name in names}
    table.insert(0, "line", pd.Series(line))
    return table.loc[list(line)]


def lead(share: float, rivals: int) -> float:
    """Return how much higher a key must score than equal rivals to get a share of attention.

    Solves ``exp(lead) / (exp(lead) + rivals) = share``.

    Raises
    ------
    ValueError
        If an argument leaves its domain.
    """
    if not 0 < share < 1:
        raise ValueError(f"share: found {share:g}, want a number between 0 and 1")
    if rivals < 1:
        raise ValueError(f"rivals: found {rivals}, want at least 1")
    return float(np.log(rivals * share / (1 - share)))


def guess() -> float:
    """Return the loss of guessing all symbols alike, in nats."""
    return float(np.log(induction.BOOK.symbols))


def ideal(items: int = 20_000, seed: int = 0) -> float:
    """Return the accuracy of a perfect induction head, which matches one symbol and no more.

    It predicts a symbol drawn from those that came right after earlier occurrences of the one at
    hand. It falls short of 1 because a block can hold a symbol twice.
    """
    config = induction.BOOK
    tokens, periods = induction.sequences(config, items, np.random.default_rng(seed))
    match = induction.follows(tokens[:, :-1])
    right = match & (tokens[:, :-1, None] == tokens[:, None, 1:])
    known = induction.given_away(periods, config.length - 1)
    return float((right.sum(1)[known] / match.sum(1)[known]).mean())


def ladder(budget: int, results: Runs = ()) -> pd.DataFrame:
    """Return the ladder of widths after so many steps, one row for each seed and width.

    Columns: seed, width, parameters, accuracy, loss; of the stored runs or of others.
    """
    tables = [
        pd.DataFrame(
            {
                "seed": each.seed,
                "width": each.config.widths,
                "parameters": each.parameters,
                "accuracy": each.accuracy[:, each.at(budget)],
                "loss": each.loss[:, each.at(budget)],
            }
        )
        for each in results or store.stored("induction", "ladder")
    ]
    return pd.concat(tables, ignore_index=True)


def rungs(budget: int) -> pd.DataFrame:
    """Return `ladder` with its scores averaged over seeds, one row for each width."""
    return ladder(budget).groupby("width")[["parameters", "accuracy", "loss"]].mean()


def critical(budget: int, results: Runs = ()) -> Array:
    """Return the parameters at which accuracy passes one half after so many steps, for each seed.

    Read off by a straight line in the logarithm of parameters between neighbouring nets.

    Raises
    ------
    ValueError
        If some ladder does not pass one half.
    """
    sizes = []
    for seed, table in ladder(budget, results).groupby("seed"):
        climb = np.maximum.accumulate(table["accuracy"].to_numpy())
        if not climb[0] < HALF <= climb[-1]:
            raise ValueError(
                f"budget: found {budget} steps, after which seed {seed} goes from "
                f"{climb[0]:.2f} to {climb[-1]:.2f}; want a ladder that passes {HALF}"
            )
        sizes.append(10 ** curves.crossing(np.log10(table["parameters"]), climb, HALF))
    return np.array(sizes)


def agreement(live: induction.Result) -> str:
    """Say in one sentence how a run just made compares with the stored ones."""
    runs = store.stored("induction")
    start, end = jump(results=[live]).loc[0, ["start", "end"]]
    others = jump()
    final = [each.accuracy[0, -1] for each in runs]
    gone = ablation.INTERVENTIONS.index("first head removed")
    return (
        f"Seed {live.seed}, {live.seconds:.0f} CPU seconds. Its accuracy passes 30% at step "
        f"{start:.0f} and 70% at step {end:.0f} (the {len(runs)} stored seeds: "
        f"{others['start'].min():.0f} to {others['start'].max():.0f}, and "
        f"{others['end'].min():.0f} to {others['end'].max():.0f}), and ends at "
        f"{live.accuracy[0, -1]:.0%} (stored: {min(final):.0%} to {max(final):.0%}). Without its "
        f"first head it gets {live.cut[0, gone]:.0%}."
    )
