"""Numbers of chapter 9: how an induction circuit forms, and what shows that it does the work.

Functions that take ``results`` use the stored runs when they are given none.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emergence_lib.chapters.mirage.numbers import transition
from emergence_lib.experiments import ablation, attention, induction, store

Array = NDArray[np.float64]
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


@cache
def stored(variant: str = "") -> tuple[induction.Result, ...]:
    """Return the stored runs of a variant of the experiment, one for each seed."""
    return tuple(store.stored("induction", variant))


def score(name: str, variant: str = "", step: int = -1, net: int = 0) -> float:
    """Return a score averaged over stored seeds.

    Parameters
    ----------
    name : str
        An array of `induction.Result` of shape (nets, checkpoints).
    variant : str
        One of `induction.VARIANTS`.
    step : int
        Training steps taken; -1 for the end.
    net : int
        Place of the net in its ladder.
    """
    return float(np.mean([getattr(each, name)[net, _at(each, step)] for each in stored(variant)]))


def _at(result: induction.Result, step: int) -> int:
    """Return the checkpoint after so many steps."""
    if step == -1:
        return len(result.step) - 1
    if step not in result.step:
        raise ValueError(f"step: found {step}, want one of {result.step.tolist()}")
    return int(np.flatnonzero(result.step == step)[0])


def crossing(result: induction.Result, level: float, net: int = 0) -> float:
    """Return the step at which accuracy first reaches a level, straight between checkpoints.

    Raises
    ------
    ValueError
        If it never does.
    """
    climb = np.maximum.accumulate(result.accuracy[net])
    if not climb[0] < level <= climb[-1]:
        raise ValueError(f"level: found {level:g}, want above {climb[0]:.2f}, to {climb[-1]:.2f}")
    after = int(np.argmax(climb >= level))
    low, high = climb[after - 1], climb[after]
    share = (level - low) / (high - low)
    return float(result.step[after - 1] + share * (result.step[after] - result.step[after - 1]))


def jump(variant: str = "", results: Runs | None = None) -> pd.DataFrame:
    """Return the steps at which accuracy passes 30% and 70%, one row for each seed.

    Columns: seed, start, end, steps (between them).
    """
    rows = [
        {"seed": each.seed, "start": crossing(each, 0.3), "end": crossing(each, 0.7)}
        for each in results or stored(variant)
    ]
    table = pd.DataFrame(rows)
    table["steps"] = table["end"] - table["start"]
    return table


def coincidence(results: Runs | None = None) -> Array:
    """Correlate accuracy with the prefix-matching score over checkpoints, for each seed."""
    return np.array(
        [np.corrcoef(each.accuracy[0], each.prefix[0])[0, 1] for each in results or stored()]
    )


def looks_back(result: induction.Result, *, late: bool = False, net: int = 0) -> Array:
    """Return the first head's attention to the position before, at each checkpoint.

    Averaged over the positions that the longest block can take, where the second head finds its
    matches; with ``late`` over those after it, which it never needs.
    """
    border = result.config.longest
    places = result.previous[net, :, border + 1 :] if late else result.previous[net, :, 1:border]
    return np.asarray(places.mean(axis=-1))


def mean_look_back(variant: str = "", *, late: bool = False) -> float:
    """Return `looks_back` at the end of training, averaged over stored seeds."""
    return float(np.mean([looks_back(each, late=late)[-1] for each in stored(variant)]))


def on_target(before: int, result: induction.Result | None = None) -> pd.DataFrame:
    """Return how much of its attention each head gives to where it should look, in one sequence.

    Parameters
    ----------
    before : int
        Training steps of the earlier of two moments; the later is the end.
    result : Result, optional
        A run of two layers; the first stored one if none is given.

    Returns
    -------
    DataFrame
        One row for each place from the second on. Columns: place, and for both moments the first
        head's attention to the place before, and the second head's to the place after the earlier
        copy (missing where there is none).
    """
    run = result or stored()[0]
    place = np.arange(1, len(run.example))
    after_match = place - run.config.shortest + 1
    table = {"place": place + 1}
    for step in (before, int(run.step[-1])):
        first, second = run.patterns[_at(run, step)].astype(float)
        there = second[place, np.maximum(after_match, 0)]
        table[f"first head, one back, step {step}"] = first[place, place - 1]
        table[f"second head, after the copy, step {step}"] = np.where(
            after_match > 0, there, np.nan
        )
    return pd.DataFrame(table)


def evidence(results: Runs | None = None) -> pd.DataFrame:
    """Return what each intervention leaves of the accuracy, weakest line of evidence first.

    Columns: line (a key of `LINES`, or "whole"), intervention, mean, lowest, highest over seeds,
    kept (mean divided by that of the whole network).
    """
    cuts = np.array([each.cut[0] for each in results or stored()])
    place = {name: column for column, name in enumerate(ablation.INTERVENTIONS)}
    order = [("whole", ablation.INTERVENTIONS[0])]
    order += [(line, name) for line, names in LINES.items() for name in names]
    rows = []
    for line, name in order:
        values = cuts[:, place[name]]
        rows.append(
            {
                "line": line,
                "intervention": name,
                "mean": values.mean(),
                "lowest": values.min(),
                "highest": values.max(),
                "kept": values.mean() / cuts[:, 0].mean(),
            }
        )
    return pd.DataFrame(rows)


def after(intervention: str, results: Runs | None = None) -> float:
    """Return the accuracy under one of `ablation.INTERVENTIONS`, averaged over seeds."""
    means = evidence(results).set_index("intervention")["mean"]
    if intervention not in means:
        raise ValueError(f"intervention: found {intervention!r}, want one of {list(means.index)}")
    return float(means[intervention])


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


def guess(config: induction.Config = induction.BOOK) -> float:
    """Return the loss of guessing all symbols alike, in nats."""
    return float(np.log(config.symbols))


def ideal(items: int = 20_000, seed: int = 0, config: induction.Config = induction.BOOK) -> float:
    """Return the accuracy of a perfect induction head, which matches one symbol and no more.

    It predicts a symbol drawn from those that came right after earlier occurrences of the one at
    hand. It falls short of 1 because a block can hold a symbol twice.
    """
    tokens, periods = induction.sequences(config, items, np.random.default_rng(seed))
    match = induction.follows(tokens[:, :-1])
    right = match & (tokens[:, :-1, None] == tokens[:, None, 1:])
    known = induction.given_away(periods, config.length - 1)
    return float((right.sum(1)[known] / match.sum(1)[known]).mean())


def copying(items: int = 20_000, seed: int = 0, config: induction.Config = induction.BOOK) -> float:
    """Return the accuracy of predicting one of the positions so far, drawn at random."""
    tokens, periods = induction.sequences(config, items, np.random.default_rng(seed))
    past = attention.blurred(config.length - 1) > 0
    same = (tokens[:, :-1, None] == tokens[:, None, 1:]) & past
    known = induction.given_away(periods, config.length - 1)
    return float((same.sum(1) / np.arange(1, config.length))[known].mean())


def ladder(budget: int, results: Runs | None = None) -> pd.DataFrame:
    """Return the ladder of widths after so many steps, one row for each seed and width.

    Columns: seed, width, parameters, accuracy, loss, prefix.
    """
    tables = []
    for each in results or stored("ladder"):
        at = _at(each, budget)
        scores = {name: getattr(each, name)[:, at] for name in ("accuracy", "loss", "prefix")}
        columns = {"seed": each.seed, "width": each.config.widths, "parameters": each.parameters}
        tables.append(pd.DataFrame(columns | scores))
    return pd.concat(tables, ignore_index=True)


def critical(budget: int, results: Runs | None = None) -> Array:
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
        sizes.append(10 ** np.interp(HALF, climb, np.log10(table["parameters"])))
    return np.array(sizes)


def budget_factor(results: Runs | None = None) -> Array:
    """Return how many times smaller the critical size is at the larger budget, for each seed."""
    return critical(BUDGETS[0], results) / critical(BUDGETS[1], results)


def widths(budget: int, results: Runs | None = None) -> pd.DataFrame:
    """Return the 10-90% width, in decades, of each score's curve over the ladder.

    One row for each seed; columns accuracy, loss, prefix and ratio = loss / accuracy.
    """
    rows = {}
    for seed, table in ladder(budget, results).groupby("seed"):
        size = table["parameters"].to_numpy()
        rows[seed] = {
            "accuracy": transition(size, table["accuracy"])[1],
            "loss": transition(size, -table["loss"])[1],
            "prefix": transition(size, table["prefix"])[1],
        }
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis("seed")
    frame["ratio"] = frame["loss"] / frame["accuracy"]
    return frame


def share_of_fall(smaller: int, larger: int, budget: int) -> float:
    """Return the share of the loss's whole fall over the ladder that lies between two widths."""
    table = ladder(budget).groupby("width")["loss"].mean()
    return float((table[smaller] - table[larger]) / (table.iloc[0] - table.min()))


def product_width(skills: int) -> float:
    """Return the 10-90% width of a product of equal logistic curves, in widths of one of them.

    Parameters
    ----------
    skills : int
        How many curves are multiplied, at least 1.

    Raises
    ------
    ValueError
        If there are none.

    References
    ----------
    okawa2023compositional for the product; the width is the book's.
    """
    if skills < 1:
        raise ValueError(f"skills: found {skills}, want at least 1")
    each = np.array([0.1, 0.9]) ** (1 / skills)
    start, end = np.log(each / (1 - each))
    return float((end - start) / (2 * np.log(9)))


def ladder_score(name: str, width: int, budget: int) -> float:
    """Return a score of one net of the ladder after so many steps, averaged over seeds."""
    table = ladder(budget)
    return float(table.loc[table["width"] == width, name].mean())


def agreement(live: induction.Result, results: Runs | None = None) -> str:
    """Say in one sentence how a run just made compares with the stored ones."""
    runs = results or stored()
    start, end = jump(results=[live]).loc[0, ["start", "end"]]
    others = jump(results=runs)
    final = [each.accuracy[0, -1] for each in runs]
    route = ablation.INTERVENTIONS.index("seen by keys only")
    gone = ablation.INTERVENTIONS.index("first head removed")
    return (
        f"Seed {live.seed}, {live.seconds:.0f} CPU seconds. Its accuracy passes 30% at step "
        f"{start:.0f} and 70% at step {end:.0f} (the {len(runs)} stored seeds: "
        f"{others['start'].min():.0f} to {others['start'].max():.0f}, and "
        f"{others['end'].min():.0f} to {others['end'].max():.0f}), and ends at "
        f"{live.accuracy[0, -1]:.0%} (stored: {min(final):.0%} to {max(final):.0%}). Without its "
        f"first head it gets {live.cut[0, gone]:.0%}; with the first head seen by the keys alone, "
        f"{live.cut[0, route]:.0%}."
    )
