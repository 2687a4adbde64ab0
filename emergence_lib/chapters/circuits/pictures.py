"""Figures of Circuits: an induction circuit forms, and is taken apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure

from emergence_lib import theme
from emergence_lib.chapters.circuits import numbers as found
from emergence_lib.experiments import induction, store

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
"""How the 32 symbols are written."""
QUERY = 12
"""Position of the example from which the explorable looks back."""
BEFORE = 300
"""Training steps at which the attention before the jump is shown."""
MOMENTS = [0, 100, 200, *range(300, 561, 20), 600, 700, 800]
"""Steps that `training` offers: every checkpoint of the jump, few others."""
TALL = (theme.PHONE, 4.2)
LINE_COLOURS = {
    "whole": theme.INK,
    "necessary": theme.PURPLE,
    "the route": theme.BLUE,
    "the content": theme.TEAL,
}


def _training(ylabel: str) -> tuple[Figure, Axes]:
    """Return a wide figure over the steps of the book's runs."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    ax.set(xlabel="training step", ylabel=ylabel, xlim=(0, 800))
    return fig, ax


def _guessing(ax: Axes, x: float, **look: Any) -> None:
    """Mark the loss of guessing all symbols alike."""
    ax.axhline(found.guess(), color=theme.GREY, ls=":", lw=1.2, label="_guess")
    ax.text(x, found.guess() + 0.05, "guessing", color=theme.GREY, va="bottom", **look)


@theme.figure
def losses() -> Figure:
    """Loss on the symbols that the repetition gives away, with two layers and with one."""
    fig, ax = _training("loss, given-away symbols (nats)")
    for variant, colour, dash, label in (
        ("one-layer", theme.ORANGE, "--", "one layer"),
        ("", theme.BLUE, "-", "two layers"),
    ):
        runs = store.stored("induction", variant)
        scores = [each.loss[0] for each in runs]
        theme.seeds(ax, runs[0].step, scores, label, color=colour, ls=dash)
    _guessing(ax, 790, ha="right")
    theme.beside(ax, 790, 2.66, "one layer", theme.ORANGE, ha="right", va="center")
    theme.beside(ax, 530, 1.5, "two layers", theme.BLUE, va="center")
    ax.set_ylim(0, 3.8)
    return fig


@theme.figure
def formation(live: induction.Result | None = None) -> Figure:
    """Accuracy of two layers through training, beside where their heads look.

    Parameters
    ----------
    live : Result, optional
        One more run, its accuracy drawn as open circles.
    """
    runs, one = store.stored("induction"), store.stored("induction", "one-layer")
    fig, ax = _training("share")
    for scores, colour, dash, label in (
        ([each.accuracy[0] for each in one], theme.GREY, ":", "accuracy, one layer"),
        ([found.looks_back(each) for each in runs], theme.TEAL, "-.", "first head: one back"),
        ([each.prefix[0] for each in runs], theme.ORANGE, "--", "second head: prefix matching"),
        ([each.accuracy[0] for each in runs], theme.BLUE, "-", "accuracy, two layers"),
    ):
        theme.seeds(ax, runs[0].step, scores, label, color=colour, ls=dash)
    if live is not None:
        _circles(ax, live)
    prefix = "second head: prefix matching"
    theme.beside(ax, 790, 0.97, prefix, theme.ORANGE, ha="right", va="center")
    theme.beside(ax, 555, 0.77, "accuracy", theme.BLUE, va="center")
    theme.beside(ax, 790, 0.36, "first head: one back", theme.TEAL, ha="right", va="center")
    ax.text(790, 0.17, "accuracy, one layer", color=theme.GREY, ha="right", va="center")
    theme.share_axis(ax)
    return fig


def _circles(ax: Axes, live: induction.Result) -> None:
    """Draw the accuracy of a run as open circles, and say what they are."""
    label = "accuracy, trained on this page"
    (circles,) = ax.plot(
        live.step,
        live.accuracy[0],
        ls="",
        marker="o",
        markevery=2,
        markerfacecolor="none",
        markeredgecolor=theme.BLUE,
        zorder=4,
        label=label,
    )
    theme.key(ax, {label: circles})


@theme.figure
def patterns() -> list[Figure]:
    """Where both heads look in seed 0's example, before the jump and at the end."""
    run = store.stored("induction")[0]
    return [
        _pattern(run, step, layer)
        for layer in range(run.config.layers)
        for step in (BEFORE, run.config.steps)
    ]


def _pattern(run: induction.Result, step: int, layer: int) -> Figure:
    """Draw one head's attention at one step; a dashed line marks where it should look."""
    colour, head = ((theme.TEAL, "first head"), (theme.ORANGE, "second head"))[layer]
    behind = (1, run.config.shortest - 1)[layer]
    pattern = run.patterns[run.at(step), layer].astype(float)
    places = np.arange(len(run.example))
    names = [LETTERS[symbol] for symbol in run.example]
    fig = Figure(figsize=(theme.PANEL[0], 3.5))
    ax = fig.subplots()
    start = places[behind + layer :]
    ax.plot(start - behind, start, color=theme.GREY, ls="--", lw=1, label="_where it should")
    at, to = np.nonzero(pattern > 0.02)
    ax.scatter(
        to,
        at,
        s=85 * pattern[at, to],
        marker="s",
        color=colour,
        alpha=0.85,
        linewidths=0,
        zorder=3,
        label="_attention",
    )
    ax.set_title(f"{head}, step {step}")
    ax.set(xlabel="looks at", ylabel="from", xlim=(-0.7, 15.7), ylim=(15.7, -0.7))
    ax.set_aspect("equal")
    ax.set_xticks(places, names)
    ax.set_yticks(places, names)
    ax.tick_params(length=0)
    ax.grid(visible=False)
    return theme.rigid(fig, "both axes count the same places, so the diagonals have an angle")


@theme.figure
def evidence() -> Figure:
    """Accuracy left by each intervention, weakest line of evidence first."""
    table = found.evidence()
    fig = Figure(figsize=TALL)
    ax = fig.subplots()
    line = table["line"].to_numpy()
    # A gap before each new line of evidence.
    height = np.arange(len(table)) + 0.7 * np.cumsum(np.r_[0, line[1:] != line[:-1]])
    for name, colour in LINE_COLOURS.items():
        rows = line == name
        ax.barh(height[rows], table.loc[rows, "mean"], color=colour, height=0.72, label=name)
    ax.hlines(height, table["lowest"], table["highest"], color=theme.GREY, lw=3, label="_range")
    for y, mean in zip(height, table["mean"], strict=True):
        ax.text(1.1, y, f"{mean:.0%}", va="center", ha="right")
    one = found.score("accuracy", "one-layer")
    ax.axvline(one, color=theme.GREY, ls="--", lw=1.2, label="_one layer")
    ax.text(one, -0.75, "one layer", color=theme.GREY, ha="center", va="bottom")
    ax.set_yticks(height, table.index.tolist())
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(height[-1] + 0.6, -0.7)
    theme.share_axis(ax, "given-away symbols right", limits=(0, 1.1), axis="x")
    ax.grid(visible=False, axis="y")
    return fig


@theme.figure
def given_head() -> Figure:
    """Accuracy through training with the first head learned, and with it handed over."""
    fig, ax = _training("given-away symbols right")
    for variant, colour, dash, label in (
        ("", theme.BLUE, "-", "both heads learned"),
        ("given", theme.TEAL, "--", "first head given"),
    ):
        runs = store.stored("induction", variant)
        scores = [each.accuracy[0] for each in runs]
        theme.seeds(ax, runs[0].step, scores, label, color=colour, ls=dash)
    theme.beside(ax, 290, 0.99, "first head given", theme.TEAL, va="center")
    theme.beside(ax, 500, 0.62, "both heads learned", theme.BLUE, va="center")
    theme.share_axis(ax)
    return fig


@theme.figure
def ladder() -> list[Figure]:
    """Accuracy and loss against parameters, at two budgets of training steps."""
    first, accuracy = _against_size("accuracy", "given-away symbols right")
    for budget, colour in zip(found.BUDGETS, (theme.ORANGE, theme.BLUE), strict=True):
        half = np.exp(np.log(found.critical(budget)).mean())
        accuracy.plot([half], [found.HALF], marker="|", ms=14, color=colour, label="_half")
    theme.beside(accuracy, 2600, 0.93, "2,000 steps", theme.BLUE, ha="right", va="center")
    theme.beside(accuracy, 25_000, 0.11, "500 steps", theme.ORANGE, ha="right", va="center")
    theme.share_axis(accuracy)
    second, loss = _against_size("loss", "loss (nats)")
    _guessing(loss, 480)
    loss.set_ylim(0, 3.9)
    return [first, second]


def _against_size(name: str, ylabel: str) -> tuple[Figure, Axes]:
    """Draw a score of the ladder against parameters, at both budgets."""
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    for budget, colour, dash in zip(
        found.BUDGETS, (theme.ORANGE, theme.BLUE), ("--", "-"), strict=True
    ):
        table = found.ladder(budget).pivot_table(index="seed", columns="parameters", values=name)
        size, label = table.columns.to_numpy(), f"{budget:,} steps"
        theme.seeds(ax, size, table, label, color=colour, ls=dash, marker="o")
    ticks = (500, 1000, 2000, 5000, 10_000, 20_000)
    theme.size_axis(ax, 0.85 * size[0], 1.15 * size[-1], ticks, "parameters")
    ax.set_ylabel(ylabel)
    return fig, ax


@theme.figure
def training() -> tuple[Figure, Callable[..., str]]:
    """Explorable: accuracy of seed 0, and where its two heads look, through training.

    Returns
    -------
    tuple
        The figure and ``update(step)``, whose step is one of `MOMENTS`.
    """
    run = store.stored("induction")[0]
    fig = Figure(figsize=(theme.PHONE, 3.8))
    skill, above, below = fig.subplots(3, height_ratios=[5, 4, 4])
    skill.plot(run.step, run.accuracy[0], color=theme.BLUE, label="accuracy")
    (dot,) = skill.plot([0], [0], color=theme.BLUE, marker="o", ms=9, label="_now")
    skill.set(xlim=(-15, run.config.steps + 15), xlabel="training step")
    theme.share_axis(skill, "right")
    names = [LETTERS[symbol] for symbol in run.example[: QUERY + 1]]
    target = QUERY - run.config.shortest + 1
    bars = [
        (_attention(above, names, QUERY, target, "second head"), 1, QUERY),
        (_attention(below, names, target, target - 1, "first head"), 0, target),
    ]
    below.invert_yaxis()
    below.spines["bottom"].set_visible(False)
    below.spines["top"].set_visible(True)
    below.tick_params(axis="x", labelbottom=False)

    def update(step: int) -> str:
        now = run.at(step)
        dot.set_data([step], [run.accuracy[0, now]])
        for container, layer, query in bars:
            # A head sees no later place.
            for bar, weight in zip(
                container[: query + 1], run.patterns[now, layer, query], strict=False
            ):
                bar.set_height(round(float(weight), 3))
        second = run.patterns[now, 1, QUERY, target]
        first = run.patterns[now, 0, target, target - 1]
        return (
            f"Step {step}: {run.accuracy[0, now]:.0%} right. Of its attention the second head "
            f"gives {second:.0%} to the {names[target]} after the first {names[QUERY]}, and from "
            f"there the first head {first:.0%} to the {names[target - 1]} before."
        )

    update(0)
    return fig, update


def _attention(ax: Axes, names: list[str], query: int, wanted: int, head: str) -> BarContainer:
    """Draw bars, still without height, for a head's attention from one place to all before."""
    colour, side = {"first head": (theme.TEAL, "left"), "second head": (theme.ORANGE, "right")}[
        head
    ]
    place = np.arange(len(names))
    bars = ax.bar(place, 0.0 * place, color=colour, label=f"{head}, from the {names[query]}")
    ax.axvline(wanted, color=theme.GREY, ls="--", lw=1, label="_wanted")
    ax.text(wanted - 0.55, 0.86, "should look here", color=theme.GREY, ha="right", va="center")
    words = f"looks from this {names[query]}"
    theme.beside(ax, query + 0.5, 0.25, words, colour, ha=side, va="center")
    ax.set_xlim(-0.7, len(names) - 0.3)
    theme.share_axis(ax, head, limits=(0, 1.05), ticks=(0, 0.5, 1))
    ax.set_xticks(place, names, fontweight="bold")
    ax.tick_params(axis="x", length=0)
    ax.grid(visible=False, axis="x")
    return bars
