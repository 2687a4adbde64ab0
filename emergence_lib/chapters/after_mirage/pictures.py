"""Pictures of "What the mirage leaves": bends, loss as the axis, resolution and seeds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from emergence_lib import published, theme
from emergence_lib.chapters.after_mirage import numbers
from emergence_lib.laws import Array

Scene = tuple[Figure, Callable[..., str]]

VIEWS = ("as measured", "families on one level")
AXES = {"parameters": "params", "compute": "compute", "loss": "loss"}
SKILLS = ("whole sums", "digits", *numbers.GRID)
ANSWERS = (100, 1000, 10_000, 100_000, 1_000_000, 10_000_000)
"""Answers drawn in all; of the largest model the table holds 16,000 to 3 million a step."""
BENCHMARKS = {"GSM8K": "gsm8k", "MATH": "math"}
WIDTHS = (1, 2, 3, 4, 5, 6, 8, 12)
MOMENTS = (500, 4000)
BIN = 0.025
"""Height of a shelf on which networks of about the same score are lined up."""
LEAST = 1e-8


def _dots(ax: Axes, count: int, mark: str, colour: str, label: str, size: float = 4) -> Line2D:
    """Return so many dots, to be moved."""
    (dots,) = ax.plot(
        np.full(count, np.nan),
        np.zeros(count),
        mark,
        ms=size,
        color=colour,
        alpha=0.75,
        label=label,
    )
    return dots


def _put(dots: Line2D, x: Array, y: Array) -> None:
    """Move dots to new places; the last is repeated so that no frame has fewer of them."""
    at = np.minimum(np.arange(len(dots.get_xdata())), len(x) - 1)  # type: ignore[arg-type]
    dots.set_data(np.asarray(x)[at], np.asarray(y)[at])


def _flops(ax: Axes) -> None:
    theme.compute_axis(ax)


@theme.figure
def nine() -> Scene:
    """Draw open models on one task, families told apart; ``update(task, score, view)``."""
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    (line,) = ax.plot(
        [1e20, 1e22, 1e24], [0, 0, 0], color=theme.GREY, lw=2, label="line with one bend"
    )
    little = _dots(ax, 40, "o", theme.BLUE, "at most half a trillion training tokens")
    much = _dots(ax, 40, "^", theme.ORANGE, "more training tokens")
    one = _dots(ax, 8, "^", theme.INK, numbers.STRADDLES, size=5)
    one.set(alpha=1, ls="-", lw=1)
    _flops(ax)
    theme.share_axis(ax, "score", ticks=(0, 0.25, 0.5, 0.75, 1))
    theme.key(ax, {"little data": little, "much": much, numbers.STRADDLES: one}, columns=3)

    def update(task: str, score: str, view: str) -> str:
        table = published.twice(numbers.TASKS[task])
        level = view != VIEWS[0]
        fit = numbers.bend(task, score, levels=level)
        ends = np.array([table["x"].iloc[0], fit.at, table["x"].iloc[-1]])
        line.set_data(10**ends, fit.height(ends, ends[0]))
        table = table.assign(
            y=table[numbers.SCORES[score]], much=table["train_tokens"] > numbers.MUCH
        )
        table = numbers.levelled(task, score) if level else table
        named = table["family"] == numbers.STRADDLES
        for dots, rows in (
            (little, table[~table["much"]]),
            (much, table[table["much"] & ~named]),
            (one, table[named]),
        ):
            _put(dots, 10 ** rows["x"].to_numpy(), rows["y"].to_numpy())
        return (
            f"{task}, {score}: {len(table)} models of {table['family'].nunique()} families. Slope "
            f"of the line {fit.before:+.2f} a decade, then {fit.after:+.2f}."
        )

    update("MMLU", "accuracy", VIEWS[0])
    return fig, update


@theme.figure
def gains() -> Figure:
    """Draw what a bend in the Brier score is worth for each task, pooled in three ways."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    table = numbers.gains().query("score == 'Brier score'").iloc[::-1]
    rows = np.arange(len(table))
    ax.axvline(0, color=theme.GREY, lw=1.2, label="_none")
    looks = (
        ("all alike", "pooled", "o", theme.BLUE, "none"),
        ("family levels", "levels", "s", theme.ORANGE, "full"),
        (f"without {numbers.STRADDLES}", "without", "x", theme.INK, "full"),
    )
    marks = {}
    for name, column, mark, colour, fill in looks:
        (marks[name],) = ax.plot(table[column], rows, mark, color=colour, ms=7, label=name)
        marks[name].set_fillstyle(fill)  # type: ignore[arg-type]
    ax.set_yticks(rows, table["task"])
    ax.set_xlabel("gain of a bend (AICc); above 0 it is preferred")
    theme.key(ax, marks, columns=3)
    return fig


@theme.figure
def thresholds() -> list[Figure]:
    """Scores against loss: sums marked in two ways, and questions asked in two ways."""
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    ax.set_title("own networks, five-digit sums")
    for name, mark, colour in (("digits", "o", theme.BLUE), ("whole sums", "^", theme.ORANGE)):
        rows = numbers.grid(name)
        rows = rows[rows["group"] == rows["group"].iloc[0]]
        ax.plot(rows["loss"], rows["score"], mark, ms=2.5, color=colour, label=name)
    ax.set(xlim=(2.35, -0.05), xlabel="loss (nats a digit)")
    theme.share_axis(ax, "share right")
    theme.beside(ax, 1.45, 0.6, "digits", theme.BLUE, ha="center")
    theme.beside(ax, 0.95, 0.1, "whole sums", theme.ORANGE, ha="right")
    return [fig, _formats()]


def _formats() -> Figure:
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    ax.set_title("OLMo 2, MMLU")
    for model, mark, fill in (("OLMo2-7B", "o", "full"), ("OLMo2-13B", "s", "none")):
        rows = numbers.letters(model)
        for name, column, colour in (
            ("cloze", "acc_cloze", theme.BLUE),
            ("letter", "acc_letter", theme.ORANGE),
        ):
            ax.plot(
                rows["c4_val_loss"],
                rows[column],
                mark,
                ms=4,
                fillstyle=fill,
                color=colour,
                label=f"{model.removeprefix('OLMo2-')}, {name}",
            )
    ax.axhline(0.25, color=theme.GREY, ls="--", lw=1.2, label="_guess")
    ax.set(xlim=(3.15, 2.35), xlabel="loss on web text (nats a token)")
    theme.share_axis(ax, "share right", limits=(0.15, 0.7), ticks=(0.25, 0.4, 0.55, 0.7))
    theme.beside(ax, 3.0, 0.37, "cloze", theme.BLUE, ha="center")
    theme.beside(ax, 2.95, 0.18, "letter", theme.ORANGE, ha="center")
    return fig


@theme.figure
def axis() -> Scene:
    """Draw one skill of runs of many sizes along three axes; ``update(skill, axis)``."""
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    colours = (theme.GOLD, *theme.RAMP[::2], theme.PURPLE, theme.ORANGE)
    marks = ("v", "o", "s", "D", "^", "P")
    sizes = [
        _dots(ax, 39, mark, colour, f"size {at + 1}", size=3.5)
        for at, (mark, colour) in enumerate(zip(marks, colours, strict=True))
    ]
    ax.set(xlim=(-0.03, 1.03), xlabel="place on the chosen axis", xticks=(0, 0.25, 0.5, 0.75, 1))
    ax.set_xticks((0, 0.5, 1), ("worst run", "half-way", "best run"))
    theme.share_axis(ax, "share right")
    theme.key(ax, {"smallest": sizes[0], "largest": sizes[-1]}, columns=2)

    def update(skill: str, axis: str) -> str:
        rows = numbers.grid(skill)
        x = numbers.along(rows, AXES[axis])
        share = (x - x.min()) / (x.max() - x.min())
        known = np.sort(rows["params"].unique())
        shown = known[np.linspace(0, len(known) - 1, len(sizes)).round().astype(int)]
        for dots, size in zip(sizes, shown, strict=True):
            here = (rows["params"] == size).to_numpy()
            _put(dots, share[here], rows["score"].to_numpy()[here])
        ends = (x.min(), x.max())
        if axis == "loss":
            said = f"{-ends[0]:.1f} to {-ends[1]:.1f} nats"
        else:
            said = " to ".join(
                theme.short(10**each) if axis == "parameters" else f"{10**each:.0e}"
                for each in ends
            )
            said += " FLOP" if axis == "compute" else ""
        apart = numbers.miss(skill, AXES[axis])
        together = numbers.miss(skill, AXES[axis], apart=False)
        pooled = f"; with corpora pooled by {together:.1f}" if skill in numbers.GRID else ""
        return (
            f"{skill} along {axis}, {said}: the other sizes' curve misses a size by "
            f"{apart:.1f} points{pooled}."
        )

    update("whole sums", "parameters")
    return fig, update


@theme.figure
def resolution() -> Scene:
    """Draw Pythia's rates as a test would see them; ``update(benchmark, answers)``."""
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    lines, last = {}, [2e5]
    steps = numbers.rates().index.to_numpy(float)
    marks = ("v", "o", "s", "^")
    for size, mark, colour in zip(
        numbers.SIZES, marks, (theme.GOLD, *theme.RAMP[::2]), strict=True
    ):
        (lines[size],) = ax.plot(
            steps, steps * 0 + LEAST, mark + "-", ms=5, lw=1, color=colour, label=size.upper()
        )
    (edge,) = ax.plot([0.5, *last], [1, 1], color=theme.GREY, ls="--", lw=1.2, label="_edge")
    theme.log_axis(ax, "training steps", limits=(0.6, 2.2e5), ticks=(1, 100, 10_000))
    theme.log_axis(
        ax,
        "answers right",
        limits=(3e-9, 1),
        ticks=(1e-8, 1e-6, 1e-4, 1e-2, 1),
        write=theme.power_of_ten,
        axis="y",
    )
    words = ax.text(0.8, 1, "too rare to be seen", color=theme.GREY, va="top")
    theme.key(ax, {size.upper(): lines[size] for size in numbers.SIZES}, columns=4)

    def update(benchmark: str, answers: int) -> str:
        name, least = BENCHMARKS[benchmark], numbers.SEEN / answers
        table = numbers.rates(name).reindex(steps)
        for size, curve in lines.items():
            rate = table[size].ffill().to_numpy()
            # Where a step is missing, the mark before it stands twice.
            at = np.where(table[size].isna(), np.roll(steps, 1), steps)
            curve.set_data(at, np.where(rate >= least, rate, LEAST / 2))
        edge.set_ydata([least, least])
        words.set_y(least / 1.6)
        first = {size: numbers.first_seen(size, answers, name) for size in numbers.SIZES}
        never = ", ".join(size.upper() for size, step in first.items() if np.isnan(step))
        seen = ", ".join(
            f"{step:,.0f} ({size.upper()})" for size, step in first.items() if step > 0
        )
        said = "; ".join([f"from step {seen}"] * bool(seen) + [f"never {never}"] * bool(never))
        return f"{benchmark}, {answers:,} answers. Seen for good: {said}."

    update("GSM8K", 1000)
    return fig, update


@theme.figure
def fates() -> Scene:
    """Line up networks that differ by luck alone, by score; ``update(width, step)``."""
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    table = numbers.fates()
    count = int(((table["width"] == WIDTHS[0]) & (table["step"] == MOMENTS[0])).sum())
    dots = _dots(ax, count, "o", theme.BLUE, "a network", size=2.6)
    dots.set_alpha(1)
    mean = ax.axhline(0.5, color=theme.ORANGE, lw=1.6, label="their mean")
    ax.axhline(0.5, color=theme.GREY, ls="--", lw=1.2, label="_coin")
    ax.set(xlim=(-1, 75), xlabel="networks, three a place")
    theme.share_axis(ax, "questions right", limits=(0.34, 1.04), ticks=(0.5, 0.75, 1))
    theme.key(ax, {"a network": dots, "their mean": mean}, columns=2)

    def update(width: int, step: int) -> str:
        here = table[(table["width"] == width) & (table["step"] == step)]
        x, y = stacked(np.sort(here["accuracy"].to_numpy()))
        dots.set_data(x, y)
        mean.set_ydata([here["accuracy"].mean()] * 2)
        won = numbers.chances(step).loc[width]
        return (
            f"{width} hidden {'unit' if width == 1 else 'units'}, {step:,} steps: "
            f"{won['chance']:.0%} of {count} networks have the rule; on average "
            f"{won['accuracy']:.1%} of the questions are right."
        )

    update(4, 4000)
    return fig, update


def stacked(scores: Array) -> tuple[Array, Array]:
    """Return places for networks: shelves of about equal score, filled three at a time."""
    shelf = np.round(scores / BIN)
    within = np.arange(len(scores)) - np.searchsorted(shelf, shelf)
    return (within // 3).astype(float), shelf * BIN + (within % 3 - 1) * BIN / 4


@theme.figure
def races() -> list[Figure]:
    """Two tasks that a cut at one half makes look like a lottery."""
    return [
        _race("induction", "copying (induction), 500 steps", (20, 24, 28, 32), 500),
        _race("addition", "one-digit sums, 1,000 steps", (8, 10, 12, 16), 1000),
    ]


def _race(variant: str, title: str, widths: tuple[int, ...], step: int) -> Figure:
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    ax.set_title(title)
    table = numbers.fates(variant).query("step == @step")
    for at, width in enumerate(widths):
        scores = np.sort(table.loc[table["width"] == width, "accuracy"].to_numpy())
        x = at + np.linspace(-0.32, 0.32, len(scores))
        ax.plot(x, scores, "o", ms=3, color=theme.RAMP[at + 1], label=f"width {width}")
    ax.axhline(0.5, color=theme.GREY, ls="--", lw=1.2, label="_cut")
    ax.set_xticks(range(len(widths)), [str(width) for width in widths])
    ax.set_xlabel("width; networks of a width in order of score")
    theme.share_axis(ax, "share right")
    return fig


@theme.figure
def mislabelled() -> Figure:
    """Draw the training losses filed as 70M runs of PolyPythias, four of them in doubt."""
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    for (_, odd), rows in numbers.polypythia().query("step >= 512").groupby(["run", "suspect"]):
        colour = theme.ORANGE if odd else theme.BLUE
        ax.plot(
            rows["step"],
            rows["loss"],
            color=colour,
            lw=1,
            ls="--" if odd else "-",
            label=f"{'in doubt' if odd else '70M'}, {rows['run'].iloc[0]}",
        )
    theme.log_axis(ax, "training steps", limits=(480, 1.6e5), ticks=(1000, 10_000, 100_000))
    ax.set(ylim=(2.6, 4.6), ylabel="training loss (nats a token)")
    theme.beside(ax, 3500, 3.5, "four logs filed as 70M", theme.ORANGE)
    theme.beside(ax, 700, 2.85, "six runs of 70M", theme.BLUE)
    return fig


def table_of_gains() -> pd.DataFrame:
    """Return `numbers.gains` as the page prints it."""
    table = numbers.gains().round(1)
    names = {
        "pooled": "all models alike",
        "levels": "a level for each family",
        "without": f"levels, without {numbers.STRADDLES}",
        "curve": "S-curve over bend, all alike",
    }
    return table.rename(columns=names)
