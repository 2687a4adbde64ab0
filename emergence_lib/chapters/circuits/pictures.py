"""Figures of chapter 9: an induction circuit forms, and is taken apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator, PercentFormatter
from numpy.typing import NDArray

from emergence_lib import theme
from emergence_lib.chapters.circuits import numbers as found
from emergence_lib.chapters.circuits.numbers import Runs
from emergence_lib.experiments import induction

Numbers = NDArray[Any]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
"""How the 32 symbols are written."""
QUERY = 12
"""Position of the example from which the explorable looks back."""
BEFORE = 300
"""Training steps at which the attention before the jump is shown."""
TALL = (4.7, 4.0)
LINE_COLOURS = {
    "whole": theme.INK,
    "necessary": theme.PURPLE,
    "the route": theme.BLUE,
    "the content": theme.TEAL,
}


def _training(figsize: tuple[float, float], ylabel: str, last: int = 800) -> tuple[Figure, Axes]:
    fig = Figure(figsize=figsize)
    ax = fig.subplots()
    ax.set(xlabel="training step", ylabel=ylabel, xlim=(0, last))
    return fig, ax


def _percent(ax: Axes) -> None:
    """Make the y axis one of shares; the lines at 0% and 100% stay clear of the frame."""
    ax.set_ylim(-0.03, 1.05)
    ax.yaxis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))


def _seeds(
    ax: Axes, x: Numbers, scores: Sequence[Numbers], colour: str, label: str, dash: str = "-"
) -> Line2D:
    """Draw every seed as a thin line and their mean as a thick one; return the mean's."""
    for score in scores:
        ax.plot(x, score, color=colour, lw=0.8, alpha=0.4, label="_seed")
    (line,) = ax.plot(x, np.mean(scores, axis=0), color=colour, ls=dash, label=label)
    return line


def _write(ax: Axes, x: float, y: float, words: str, colour: str, side: str = "left") -> None:
    ax.text(x, y, words, color=colour, fontweight="bold", ha=side, va="center")


@theme.figure
def losses(results: Runs | None = None, one_layer: Runs | None = None) -> Figure:
    """Loss on the symbols that the repetition gives away, with two layers and with one.

    Parameters
    ----------
    results, one_layer : sequence of Result, optional
        The stored runs if none are given.
    """
    two, one = results or found.stored(), one_layer or found.stored("one-layer")
    fig, ax = _training(theme.WIDE, "loss, given-away symbols (nats)")
    for runs, colour, dash, label in (
        (one, theme.ORANGE, "--", "one layer"),
        (two, theme.BLUE, "-", "two layers"),
    ):
        _seeds(ax, runs[0].step, [each.loss[0] for each in runs], colour, label, dash)
    guess = np.log(two[0].config.symbols)
    ax.axhline(guess, color=theme.GREY, ls=":", lw=1.2, label="_guess")
    ax.text(790, guess + 0.05, "guessing", color=theme.GREY, ha="right", va="bottom")
    _write(ax, 790, 2.66, "one layer", theme.ORANGE, "right")
    _write(ax, 530, 1.5, "two layers", theme.BLUE)
    ax.set_ylim(0, 3.8)
    return fig


@theme.figure
def formation(results: Runs | None = None, live: induction.Result | None = None) -> Figure:
    """Accuracy of two layers through training, beside where their heads look.

    Parameters
    ----------
    results : sequence of Result, optional
        The stored runs if none are given.
    live : Result, optional
        One more run, its accuracy drawn as open circles.
    """
    runs = results or found.stored()
    fig, ax = _training(theme.WIDE, "share")
    step = runs[0].step
    one = found.stored("one-layer")
    _seeds(
        ax, one[0].step, [each.accuracy[0] for each in one], theme.GREY, "accuracy, one layer", ":"
    )
    for scores, colour, dash, label in (
        ([found.looks_back(each) for each in runs], theme.TEAL, "-.", "first head: one back"),
        ([each.prefix[0] for each in runs], theme.ORANGE, "--", "second head: prefix matching"),
        ([each.accuracy[0] for each in runs], theme.BLUE, "-", "accuracy, two layers"),
    ):
        _seeds(ax, step, scores, colour, label, dash)
    if live is not None:
        (circles,) = ax.plot(
            live.step,
            live.accuracy[0],
            ls="",
            marker="o",
            markevery=2,
            markerfacecolor="none",
            markeredgecolor=theme.BLUE,
            zorder=4,
            label="accuracy, trained on this page",
        )
        ax.legend(
            [circles],
            ["accuracy, trained on this page"],
            loc="lower left",
            bbox_to_anchor=(0, 0.98),
            borderaxespad=0,
            handletextpad=0.2,
        )
    _write(ax, 790, 0.97, "second head: prefix matching", theme.ORANGE, "right")
    _write(ax, 555, 0.77, "accuracy", theme.BLUE)
    _write(ax, 790, 0.36, "first head: one back", theme.TEAL, "right")
    ax.text(790, 0.17, "accuracy, one layer", color=theme.GREY, ha="right", va="center")
    _percent(ax)
    return fig


@theme.figure
def patterns(result: induction.Result | None = None, before: int = BEFORE) -> list[Figure]:
    """Where both heads look in one sequence, before the jump and at the end.

    Parameters
    ----------
    result : Result, optional
        A run of two layers; the stored one of seed 0 if none is given.
    before : int
        Training steps of the earlier picture.
    """
    run = result or found.stored()[0]
    places = np.arange(len(run.example))
    names = [LETTERS[symbol] for symbol in run.example]
    figures = []
    for layer, (colour, behind, head) in enumerate(
        (
            (theme.TEAL, 1, "first head"),
            (theme.ORANGE, run.config.shortest - 1, "second head"),
        )
    ):
        for step in (before, int(run.step[-1])):
            pattern = run.patterns[int(np.flatnonzero(run.step == step)[0]), layer].astype(float)
            fig = Figure(figsize=(theme.PANEL[0], 3.5))
            ax = fig.subplots()
            start = places[behind:] if layer == 0 else places[behind + 1 :]
            ax.plot(
                start - behind, start, color=theme.GREY, ls="--", lw=1, label="_where it should"
            )
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
            ax.tick_params(length=0, labelsize=8.5)
            ax.grid(visible=False)
            figures.append(fig)
    return figures


@theme.figure
def evidence(results: Runs | None = None) -> Figure:
    """Accuracy left by each intervention, weakest line of evidence first.

    Parameters
    ----------
    results : sequence of Result, optional
        The stored runs if none are given.
    """
    table = found.evidence(results)
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
        ax.text(1.1, y, f"{mean:.0%}", va="center", ha="right", fontsize=8.5)
    one = found.score("accuracy", "one-layer")
    ax.axvline(one, color=theme.GREY, ls="--", lw=1.2, label="_one layer")
    ax.text(one, -0.75, "one layer", color=theme.GREY, ha="center", va="bottom", fontsize=8.5)
    ax.set_yticks(height, table["intervention"].tolist())
    ax.tick_params(axis="y", length=0)
    ax.set(xlim=(0, 1.1), ylim=(height[-1] + 0.6, -0.7), xlabel="given-away symbols right")
    ax.xaxis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))
    ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    ax.grid(visible=False, axis="y")
    return fig


@theme.figure
def given_head(results: Runs | None = None, given: Runs | None = None) -> Figure:
    """Accuracy through training with the first head learned, and with it handed over.

    Parameters
    ----------
    results, given : sequence of Result, optional
        The stored runs if none are given.
    """
    learned, handed = results or found.stored(), given or found.stored("given")
    fig, ax = _training(theme.WIDE, "given-away symbols right")
    for runs, colour, dash, label in (
        (learned, theme.BLUE, "-", "both heads learned"),
        (handed, theme.TEAL, "--", "first head given"),
    ):
        _seeds(ax, runs[0].step, [each.accuracy[0] for each in runs], colour, label, dash)
    _write(ax, 290, 0.99, "first head given", theme.TEAL)
    _write(ax, 500, 0.62, "both heads learned", theme.BLUE)
    _percent(ax)
    return fig


def _sizes(ylabel: str, runs: Runs) -> tuple[Figure, Axes]:
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    ax.set_xscale("log")
    size = runs[0].parameters
    ax.set_xlim(0.85 * size[0], 1.15 * size[-1])
    ax.xaxis.set_major_locator(FixedLocator([500, 1000, 2000, 5000, 10_000, 20_000]))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(
        FuncFormatter(lambda size, _: f"{size / 1000:g}k" if size >= 1000 else f"{size:g}")
    )
    ax.set(xlabel="parameters", ylabel=ylabel)
    return fig, ax


@theme.figure
def ladder(results: Runs | None = None) -> list[Figure]:
    """Accuracy and loss against parameters, at two budgets of training steps.

    Parameters
    ----------
    results : sequence of Result, optional
        The stored ladders if none are given.
    """
    runs = results or found.stored("ladder")
    figures = []
    for name, ylabel in (("accuracy", "given-away symbols right"), ("loss", "loss (nats)")):
        fig, ax = _sizes(ylabel, runs)
        for budget, colour, dash in zip(
            found.BUDGETS, (theme.ORANGE, theme.BLUE), ("--", "-"), strict=True
        ):
            table = found.ladder(budget, runs)
            scores = [one[name].to_numpy() for _, one in table.groupby("seed")]
            line = _seeds(ax, runs[0].parameters, scores, colour, f"{budget:,} steps", dash)
            line.set_marker("o")
            if name == "accuracy":
                half = float(np.exp(np.log(found.critical(budget, runs)).mean()))
                ax.plot([half], [found.HALF], marker="|", ms=14, color=colour, label="_half")
        if name == "accuracy":
            _write(ax, 2600, 0.93, "2,000 steps", theme.BLUE, "right")
            _write(ax, 25_000, 0.11, "500 steps", theme.ORANGE, "right")
            _percent(ax)
        else:
            guess = np.log(runs[0].config.symbols)
            ax.axhline(guess, color=theme.GREY, ls=":", lw=1.2, label="_guess")
            ax.text(480, guess + 0.05, "guessing", color=theme.GREY, va="bottom", fontsize=8.5)
            ax.set_ylim(0, 3.9)
        figures.append(fig)
    return figures


def moments() -> list[int]:
    """Return the steps that `training` offers: every checkpoint of the jump, few others."""
    return [0, 100, 200, *range(300, 561, 20), 600, 700, 800]


@theme.figure
def training(result: induction.Result | None = None) -> tuple[Figure, Callable[..., str]]:
    """Explorable: accuracy, and where the two heads look, through training.

    Parameters
    ----------
    result : Result, optional
        A run of two layers; the stored one of seed 0 if none is given.

    Returns
    -------
    tuple
        The figure and ``update(step)``, whose step is one of ``result.step``.
    """
    run = result or found.stored()[0]
    fig = Figure(figsize=(theme.WIDE[0], 4.7))
    skill, above, below = fig.subplots(3, height_ratios=[5, 4, 4])
    skill.plot(run.step, run.accuracy[0], color=theme.BLUE, label="accuracy")
    (dot,) = skill.plot([0], [0], color=theme.BLUE, marker="o", ms=9, label="_now")
    skill.set(xlim=(-15, int(run.step[-1]) + 15), xlabel="training step", ylabel="right")
    _percent(skill)
    names = [LETTERS[symbol] for symbol in run.example[: QUERY + 1]]
    place = np.arange(QUERY + 1)
    target = QUERY - run.config.shortest + 1
    bars = []
    for ax, layer, query, wanted, colour, head, side in (
        (above, 1, QUERY, target, theme.ORANGE, "second head", "right"),
        (below, 0, target, target - 1, theme.TEAL, "first head", "left"),
    ):
        drawn = ax.bar(place, place * 0.0, color=colour, label=f"{head}, from the {names[query]}")
        bars.append((drawn, layer, query))
        ax.axvline(wanted, color=theme.GREY, ls="--", lw=1, label="_wanted")
        ax.text(wanted - 0.55, 0.86, "should look here", color=theme.GREY, ha="right", va="center")
        _write(ax, query + 0.5, 0.25, f"looks from this {names[query]}", colour, side)
        ax.set(xlim=(-0.7, QUERY + 0.7), ylim=(0, 1.05), ylabel=head)
        ax.yaxis.set_major_locator(FixedLocator([0, 0.5, 1]))
        ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        ax.set_xticks(place, names, fontweight="bold")
        ax.tick_params(axis="x", length=0, labelbottom=ax is above)
        ax.grid(visible=False, axis="x")
    below.invert_yaxis()
    below.spines["bottom"].set_visible(False)
    below.spines["top"].set_visible(True)

    def update(step: int) -> str:
        now = int(np.flatnonzero(run.step == step)[0])
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
            f"Step {step}: {run.accuracy[0, now]:.0%} right. From the second "
            f"{names[QUERY]} the second head gives {second:.0%} of its attention to "
            f"{names[target]}, the symbol after the first {names[QUERY]}; from that "
            f"{names[target]} the first head gives {first:.0%} to the {names[target - 1]} before."
        )

    update(0)
    return fig, update
