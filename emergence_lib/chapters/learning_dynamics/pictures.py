"""Figures of learning dynamics: a network that groks, as it is and through a Fourier filter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator, PercentFormatter

from emergence_lib import theme
from emergence_lib.chapters.learning_dynamics import numbers as found
from emergence_lib.curves import crossing
from emergence_lib.experiments import grokking, store

LINES = {
    "train": (theme.GREY, "--", "training pairs"),
    "test": (theme.ORANGE, "-", "new pairs"),
    "filtered": (theme.BLUE, "-", "new pairs, filtered"),
}
"""Colour, dash and name of the three accuracies that the chapter follows."""
LOOKS = ("as it is", "filtered")
WINDOW = 20
"""Positions of the slider of `training`."""


def _share(ax: Axes, ylabel: str) -> None:
    """Make the y axis one of shares; the lines at 0% and 100% stay clear of the frame."""
    ax.set(ylim=(-0.03, 1.05), ylabel=ylabel)
    ax.yaxis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))


def _steps(ax: Axes, last: int) -> None:
    """Make the x axis one of training steps, logarithmic."""
    ax.set_xscale("log")
    ax.set(xlim=(0.9, last * 1.15), xlabel="training steps")
    ax.xaxis.set_major_locator(FixedLocator([1, 10, 100, 1000]))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda step, _: f"{step:,.0f}"))


def _seeds(ax: Axes, curves: pd.DataFrame, label: str, **look: Any) -> pd.Series:
    """Draw every seed as a thin line and their mean as a thick one; return the mean."""
    for _, score in curves.iterrows():
        ax.plot(curves.columns, score, color=look["color"], lw=0.8, alpha=0.4, label="_seed")
    mean = curves.mean()
    ax.plot(curves.columns, mean, label=label, **look)
    return mean


def _curves(measure: str, variant: str = "") -> pd.DataFrame:
    """Return a measure, a row for each seed, a column for each step of the logarithmic axis."""
    later = found.course(variant).query("step > 0")
    return later.pivot(index="seed", columns="step", values=measure)


def _course(ax: Axes, variant: str, noise: str = "") -> None:
    """Draw the three accuracies of a variant, and the filtered one of a control."""
    for measure, (colour, dash, name) in LINES.items():
        _seeds(ax, _curves(measure, variant), name, color=colour, ls=dash)
    if noise:
        name = "random labels, filtered"
        _seeds(ax, _curves("filtered", noise), name, color=theme.PURPLE, ls=":")
    _steps(ax, store.variants("grokking")[variant].steps)
    _share(ax, "right")


@theme.figure
def decay(live: grokking.Result | None = None) -> list[Figure]:
    """Accuracy through training with weight decay and without, cross-entropy.

    Parameters
    ----------
    live : Result, optional
        One more run with the book's decay, drawn as circles in the first panel.
    """
    figures = []
    for variant, title in (("", "weight decay on"), ("no-decay", "weight decay off")):
        fig = Figure(figsize=theme.PANEL)
        ax = fig.subplots()
        ax.set_title(title)
        _course(ax, variant, "random-labels")
        if live is not None and not variant:
            for measure in ("test", "filtered"):
                colour, _, name = LINES[measure]
                ax.plot(
                    live.config.checkpoints[1:],
                    getattr(live, measure)[0, 1:],
                    ls="",
                    marker="o",
                    markevery=(1, 3),
                    markerfacecolor="none",
                    markeredgecolor=colour,
                    label=f"{name}, trained on this page",
                    zorder=4,
                )
        words: list[tuple[float, float, str, str, str]] = [
            (7.5, 0.7, "new pairs,\nfiltered", theme.BLUE, "right"),
            (1.1, 0.2, "random\nlabels,\nfiltered", theme.PURPLE, "left"),
        ]
        if variant:
            words.append((1300, 0.08, "new pairs", theme.ORANGE, "right"))
        else:
            words.append((330, 0.5, "new pairs", theme.ORANGE, "right"))
        words.append((60, 0.63, "training\npairs", theme.GREY, "left"))
        for x, y, text, colour, side in words:
            ax.text(x, y, text, color=colour, ha=side, va="center", fontsize=8.5)
        figures.append(fig)
    return figures


@theme.figure
def other_loss() -> list[Figure]:
    """Accuracy through training on squared error, with weight decay and without."""
    figures = []
    for variant, title in (
        ("squared-error", "squared error, decay on"),
        ("squared-error-no-decay", "squared error, decay off"),
    ):
        fig = Figure(figsize=theme.PANEL)
        ax = fig.subplots()
        ax.set_title(title)
        _course(ax, variant)
        for x, y, text, colour, side in (
            (9.5, 0.7, "new pairs,\nfiltered", theme.BLUE, "right"),
            (190, 0.3, "new pairs", theme.ORANGE, "right"),
            (36, 0.57, "training\npairs", theme.GREY, "left"),
        ):
            ax.text(x, y, text, color=colour, ha=side, va="center", fontsize=8.5)
        figures.append(fig)
    return figures


@theme.figure
def controls() -> Figure:
    """Draw the filter's score and its controls, when memorised and at the end."""
    table = found.controls()
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    names = list(found.CONDITIONS)
    rows = np.arange(len(names))[::-1]
    for column, colour, shift, label in (
        ("untrained", theme.GREY, 0.27, "before training"),
        ("memorised", theme.GOLD, 0.0, "training pairs just memorised"),
        ("final", theme.BLUE, -0.27, "at the end"),
    ):
        mean = table.groupby("condition", sort=False)[column].mean()
        ax.barh(rows + shift, mean, height=0.22, color=colour, label=label)
        for row, name in zip(rows, names, strict=True):
            seeds = table.loc[table["condition"] == name, column]
            ax.plot(
                seeds,
                np.full(len(seeds), row + shift),
                ls="",
                marker="|",
                ms=6,
                color=theme.INK,
                label="_seed",
            )
    ax.axvline(found.CHANCE, color=theme.GREY, ls=":", lw=1.2, label="_chance")
    ax.set(xlim=(0, 1.03), xlabel="new pairs right (dotted: chance)", ylabel="")
    ax.set_yticks(rows, names)
    ax.xaxis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))
    ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    ax.grid(visible=False, axis="y")
    ax.legend(loc="lower right", fontsize=8.5)
    return fig


@theme.figure
def in_use() -> list[Figure]:
    """Accuracy without the strongest frequencies, and loss on new pairs, decay on and off."""
    figures = []
    for measure, title, places in (
        ("excluded", "strongest frequency removed", ((700, 0.17, "right"), (1500, 0.97, "right"))),
        ("test_loss", "loss on new pairs", ((330, 1.6, "right"), (900, 14.5, "right"))),
    ):
        fig = Figure(figsize=theme.PANEL)
        ax = fig.subplots()
        ax.set_title(title)
        for variant, colour, dash, name, (x, y, side) in (
            ("", theme.TEAL, "-", "decay on", places[0]),
            ("no-decay", theme.PURPLE, "--", "decay off", places[1]),
        ):
            _seeds(ax, _curves(measure, variant), name, color=colour, ls=dash)
            ax.text(x, y, name, color=colour, ha=side, va="center", fontweight="bold")
        _steps(ax, grokking.BOOK.steps)
        if measure == "excluded":
            _share(ax, "training pairs right")
        else:
            guess = -np.log(found.CHANCE)
            ax.axhline(guess, color=theme.GREY, ls=":", lw=1.2, label="_guess")
            ax.text(1.1, guess + 0.35, "uniform guess", color=theme.GREY, fontsize=8.5)
            ax.set(ylim=(-0.5, 17), ylabel="cross-entropy (nats)", yticks=[0, 5, 10, 15])
        figures.append(fig)
    return figures


@theme.figure
def data_threshold() -> Figure:
    """Accuracy on new pairs against the share of the table seen, for several budgets."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    for dash, steps in ((":", 300), ("-.", 600), ("--", 1200), ("-", 2400)):
        curves = found.sweep(steps).pivot(index="seed", columns="share", values="test")
        mean = _seeds(ax, curves, f"{steps:,} steps", color=theme.ORANGE, ls=dash)
        if steps in (300, 2400):
            x = crossing(mean.index, mean, 0.5)
            side, gap = ("left", 0.012) if steps == 300 else ("right", -0.008)
            ax.text(
                x + gap, 0.42, f"{steps:,} steps", color=theme.ORANGE, ha=side, fontweight="bold"
            )
    curves = found.sweep(2400).pivot(index="seed", columns="share", values="filtered")
    name = "filtered, 2,400 steps"
    _seeds(ax, curves, name, color=theme.BLUE, marker="s", ms=3)
    ax.text(0.02, 0.8, name, color=theme.BLUE, fontweight="bold")
    ax.axhline(found.CHANCE, color=theme.GREY, ls=":", lw=1.2, label="_chance")
    ax.set(xlim=(0, 0.38), xlabel="share of the table seen in training")
    ax.xaxis.set_major_locator(FixedLocator([0, 0.1, 0.2, 0.3]))
    ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    _share(ax, "new pairs right")
    return fig


def window() -> list[int]:
    """Return the checkpoints between which the slider of `training` moves."""
    steps = np.array([step for step in grokking.BOOK.checkpoints if step >= 5])
    places = np.linspace(0, len(steps) - 1, WINDOW).round().astype(int)
    return [int(step) for step in steps[places]]


@theme.figure
def training() -> tuple[Figure, Callable[..., str]]:
    """Explorable: the course of one net up to a chosen step, as it is or filtered.

    Returns
    -------
    tuple
        The figure and ``update(step, look)``; ``step`` is one of `window`, ``look`` of `LOOKS`.
    """
    run = store.stored("grokking")[0]
    steps = np.array(run.config.checkpoints)
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    curves = {}
    for measure, (colour, dash, name) in LINES.items():
        (curve,) = ax.plot(steps[1:], np.zeros(len(steps) - 1), color=colour, ls=dash, label=name)
        (dot,) = ax.plot([1], [0], color=colour, marker="o", ls="", label=f"_{measure}")
        curves[measure] = curve, dot
    _steps(ax, int(steps[-1]))
    _share(ax, "right")
    ax.set_ylim(-0.03, 1.22)
    ax.legend(loc="upper left", ncols=3, fontsize=8.5, handlelength=1.5, columnspacing=1)

    def update(step: int, look: str) -> str:
        now = int(np.flatnonzero(steps == step)[0])
        for measure, (curve, dot) in curves.items():
            score = getattr(run, measure)[0]
            shown = measure != "filtered" or look == LOOKS[1]
            # What has not happened yet waits at the present point; what is hidden, below the axis.
            till = np.minimum(np.arange(1, len(steps)), now)
            curve.set_data(steps[till], score[till] if shown else np.full(len(till), -1.0))
            dot.set_data([step], [score[now] if shown else -1.0])
            # An artist without a public name is not in the table of numbers.
            curve.set_label(LINES[measure][2] if shown else f"_{measure} hidden")
        said = (
            f"Step {step:,}: {run.train[0, now]:.1%} of the training pairs right, "
            f"{run.test[0, now]:.1%} of the new ones"
        )
        return f"{said}; filtered, {run.filtered[0, now]:.1%}." if look == LOOKS[1] else f"{said}."

    update(window()[0], LOOKS[0])
    return fig, update
