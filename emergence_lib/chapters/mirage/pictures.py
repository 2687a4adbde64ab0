"""Figures of chapter 13: one trained ladder, scored in several ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import (
    FixedLocator,
    FuncFormatter,
    NullLocator,
    PercentFormatter,
    StrMethodFormatter,
)
from numpy.typing import NDArray

from emergence_lib import laws, theme
from emergence_lib.chapters.mirage import numbers as found
from emergence_lib.chapters.mirage.numbers import Ladders
from emergence_lib.experiments import addition

Numbers = NDArray[Any]

SIZES = (2000, 5000, 10_000, 20_000, 40_000)
DIGITS = found.LONGEST + 1
"""Digits of the longest answers."""
PLACES = ("units", "tens", "hundreds", "thousands", "ten thousands")
STEEPNESS = {"gentle": 2.0, "middling": 4.0, "steep": 8.0}
"""Slope per decade of the single step of `power`."""
GROWTH = np.linspace(-2.5, 3, 111)
"""Decades of model size around the midpoint of that step."""


def _axes(figsize: tuple[float, float], ylabel: str, last: float = 45_000) -> tuple[Figure, Axes]:
    """Return a figure with an axis of model sizes; beyond 41,000 parameters is room for labels."""
    fig = Figure(figsize=figsize)
    ax = fig.subplots()
    ax.set_xscale("log")
    ax.set_xlim(1200, last)
    ax.xaxis.set_major_locator(FixedLocator(SIZES))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda size, _: f"{size / 1000:g}k"))
    ax.set(xlabel="parameters", ylabel=ylabel)
    return fig, ax


def _percent(ax: Axes) -> None:
    """Make the y axis one of shares; the lines at 0% and 100% stay clear of the frame."""
    ax.set_ylim(-0.03, 1.05)
    ax.yaxis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))


def _seeds(ax: Axes, size: Numbers, scores: Sequence[Numbers], colour: str, label: str) -> Numbers:
    """Draw every seed as a thin line and their mean as a thick one; return the mean."""
    for score in scores:
        ax.plot(size, score, color=colour, lw=0.8, alpha=0.4, label="_seed")
    mean = np.mean(scores, axis=0)
    ax.plot(size, mean, color=colour, label=label)
    return mean


def _name(length: int) -> str:
    return "1 digit" if length == 1 else f"{length} digits"


def _reach(size: Numbers, score: Numbers, level: float) -> float:
    """Return the size at which a curve first reaches a level, or the last size."""
    climb = np.maximum.accumulate(score)
    return float(np.exp(np.interp(level, climb, np.log(size))))


@theme.figure
def exact_match_ladder(
    results: Ladders | None = None, live: addition.Result | None = None
) -> Figure:
    """Whole sums right against model size, by length, and what the single digits predict.

    Parameters
    ----------
    results : sequence of Result, optional
        The ladders drawn as lines; the stored ones if none are given.
    live : Result, optional
        One more ladder, drawn as open circles.
    """
    ladders = results or found.stored()
    table = found.product_rule(ladders)
    fig, ax = _axes(theme.WIDE, "whole sums right")
    size = ladders[0].parameters
    for colour, length in zip(theme.RAMP, ladders[0].config.lengths, strict=False):
        scores = [each.exact_match[:, each.index(length)] for each in ladders]
        mean = _seeds(ax, size, scores, colour, _name(length))
        product = table[table["length"] == length].groupby("width")["product"].mean()
        (crosses,) = ax.plot(
            size,
            product,
            ls="",
            marker="x",
            ms=5,
            color=theme.ORANGE,
            zorder=4,
            label=f"{_name(length)}, product of its digits",
        )
        marks: dict[str, Artist] = {"product of its digits": crosses}
        if live is not None:
            circles = ax.scatter(
                live.parameters,
                live.exact_match[:, live.index(length)],
                s=45,
                facecolors="none",
                edgecolors=colour,
                label=f"{_name(length)}, trained on this page",
            )
            marks["trained on this page"] = circles
        side, level = {1: ("right", 0.8), 5: ("left", 0.22)}.get(length, ("right", 0.45))
        ax.text(
            _reach(size, mean, level) * (0.94 if side == "right" else 1.15),
            level,
            _name(length) if length in (1, 5) else f"{length}",
            color=colour,
            fontweight="bold",
            ha=side,
        )
    ax.legend(
        marks.values(),
        marks.keys(),
        loc="lower left",
        bbox_to_anchor=(0, 0.98),
        ncols=2,
        handletextpad=0.2,
        columnspacing=1,
        borderaxespad=0,
    )
    _percent(ax)
    return fig


@theme.figure
def digit_accuracy(results: Ladders | None = None) -> list[Figure]:
    """Single digits right against model size: mean over an answer, and place by place.

    Parameters
    ----------
    results : sequence of Result, optional
        The stored ladders if none are given.
    """
    ladders = results or found.stored()
    size = ladders[0].parameters
    fig, ax = _axes(theme.PANEL, "digits right")
    ax.set_title("mean over the answer")
    for colour, length in zip(theme.RAMP, ladders[0].config.lengths, strict=False):
        scores = [each.live(length).mean(axis=1) for each in ladders]
        mean = _seeds(ax, size, scores, colour, _name(length))
        if length == 1:
            ax.text(size[0], mean[0] + 0.17, "1 digit", color=colour, fontweight="bold")
        if length == found.LONGEST:
            x = 1.3 * _reach(size, mean, 0.55)
            ax.text(x, 0.52, "5 digits", color=colour, fontweight="bold")
    _percent(ax)

    places, ax = _axes(theme.PANEL, "digits right, 5-digit sums")
    ax.set_title(f"place by place, seed {ladders[0].seed}")
    for place, (colour, name) in enumerate(zip(theme.RAMP, PLACES, strict=True)):
        for each in ladders[1:]:
            score = each.live(found.LONGEST)[:, place]
            ax.plot(size, score, color=colour, lw=0.8, alpha=0.4, label="_seed")
        score = ladders[0].live(found.LONGEST)[:, place]
        ax.plot(size, score, color=colour, marker=".", label=name)
    ax.plot(
        size, ladders[0].live(found.LONGEST)[:, -1], color=theme.GREY, ls="--", label="carry digit"
    )
    for x, y, name, colour, side in (
        (3300, 0.74, "units", theme.RAMP[0], "right"),
        (43_000, 0.4, "ten thousands", theme.RAMP[4], "right"),
        (1350, 0.9, "carry digit", theme.GREY, "left"),
    ):
        ax.text(x, y, name, color=colour, ha=side, fontsize=8.5)
    _percent(ax)
    return [fig, places]


@theme.figure
def continuous_scores(results: Ladders | None = None) -> list[Figure]:
    """Cross-entropy and Brier score of a digit against model size, both axes logarithmic.

    Parameters
    ----------
    results : sequence of Result, optional
        The stored ladders if none are given.
    """
    ladders = results or found.stored()
    size = ladders[0].parameters
    figures = []
    for name, ylabel, guess in (
        ("cross_entropy", "cross-entropy (nats a digit)", np.log(10)),
        ("brier", "Brier score of a digit (0 to 2)", 0.9),
    ):
        fig, ax = _axes(theme.PANEL, ylabel, last=95_000)
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter(FuncFormatter(lambda score, _: f"{score:g}"))
        for length in ladders[0].config.lengths[1:]:
            scores = [getattr(each, name)[:, each.index(length)] for each in ladders]
            colour = theme.RAMP[length - 1]
            mean = _seeds(ax, size, scores, colour, _name(length))
            ax.text(
                size[-1] * 1.05,
                mean[-1],
                _name(length) if length == found.LONGEST else f"{length}",
                color=colour,
                fontweight="bold",
                va="center",
            )
        ax.axhline(guess, color=theme.GREY, ls="--", lw=1.2, label="_guess")
        ax.annotate(
            "uniform guess",
            (90_000, guess),
            xytext=(0, 4),
            textcoords="offset points",
            color=theme.GREY,
            ha="right",
            fontsize=8.5,
        )
        figures.append(fig)
    return figures


@theme.figure
def through_training(results: Ladders | None = None) -> Figure:
    """Whole sums right against training steps, and what the single digits predict.

    Parameters
    ----------
    results : sequence of Result, optional
        One net through its training, each seed; the stored ones if none are given.
    """
    runs = results or found.through_training()
    table = found.product_rule(runs)
    steps = runs[0].step
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    ax.set_xscale("log")
    ax.set(xlim=(steps[0] / 1.1, 1.1 * steps[-1]), xlabel="training steps", ylabel="share right")
    ax.xaxis.set_major_locator(FixedLocator([30, 100, 300, 1000, 3000]))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    digits = np.mean([each.live(found.LONGEST).mean(axis=1) for each in runs], axis=0)
    ax.plot(steps, digits, color=theme.GREY, ls="--", label="digits of 5-digit sums")
    for colour, length in zip(theme.RAMP, runs[0].config.lengths, strict=False):
        scores = [each.exact_match[:, each.index(length)] for each in runs]
        mean = _seeds(ax, steps, scores, colour, _name(length))
        product = table[table["length"] == length].groupby("step")["product"].mean()
        (crosses,) = ax.plot(
            # Every second moment: all would hide the lines.
            steps[::2],
            product.iloc[::2],
            ls="",
            marker="x",
            ms=5,
            color=theme.ORANGE,
            zorder=4,
            label=f"{_name(length)}, product of its digits",
        )
        side, level = {1: ("right", 0.8), 2: ("right", 0.3), 5: ("left", 0.22)}.get(
            length, ("right", 0.45)
        )
        ax.text(
            _reach(steps, mean, level) * (0.92 if side == "right" else 1.17),
            level,
            _name(length) if length in (1, 5) else f"{length}",
            color=colour,
            fontweight="bold",
            ha=side,
        )
    ax.text(33, 0.28, "digits of\n5-digit sums", color=theme.GREY, fontsize=8.5)
    ax.legend(
        [crosses],
        ["product of its digits"],
        loc="lower left",
        bbox_to_anchor=(0, 0.98),
        handletextpad=0.2,
        borderaxespad=0,
    )
    _percent(ax)
    return fig


@theme.figure
def strictness(results: Ladders | None = None) -> Figure:
    """One set of nets marked with six strictnesses, each curve scaled to its own range.

    Parameters
    ----------
    results : sequence of Result, optional
        The stored ladders if none are given.
    """
    ladders = results or found.stored()
    fig, ax = _axes(theme.WIDE, "share of the curve's own rise")
    size = ladders[0].parameters
    width = found.widths(ladders).groupby("score")["width"].mean()
    for colour, count in ((theme.RAMP[0], 1), (theme.RAMP[2], 3), (theme.RAMP[4], DIGITS)):
        scores = []
        for each in ladders:
            score = found.subset_match(each.live(found.LONGEST), count)
            scores.append((score - score[0]) / (score[-1] - score[0]))
        name = f"{count} of {DIGITS} digits"
        mean = _seeds(ax, size, scores, colour, name)
        x, y, side, words = {
            1: (0.86, 0.87, "right", f"one digit:\n{width[name]:.2f} decades"),
            DIGITS: (1.22, 0.2, "left", f"all six:\n{width[name]:.2f} decades"),
        }.get(count, (0.9, 0.57, "right", "three"))
        x *= _reach(size, mean, y)
        ax.text(x, y, words, color=colour, fontweight="bold", ha=side, va="center")
    _percent(ax)
    return fig


@theme.figure
def two_forecasts(results: Ladders | None = None, limit: int = found.SEEN) -> Figure:
    """Exact match on five digits, forecast from the small nets in two ways.

    Parameters
    ----------
    results : sequence of Result, optional
        The stored ladders if none are given.
    limit : int
        Widest net that the forecasts may see.
    """
    table = found.forecasts(limit, results=results)
    fig, ax = _axes(theme.WIDE, "5-digit sums right")
    mean = table.groupby("parameters")[["exact_match", "digits", "answers"]].mean()
    seen = table.loc[table["seen"], "parameters"].max()
    ax.axvspan(1200, seen * 1.14, color=theme.GREY, alpha=0.12, lw=0)
    ax.text(1300, 0.97, "seen by the forecasts", color=theme.GREY, va="top")
    for name, colour, dash, label in (
        ("answers", theme.PURPLE, ":", "fitted to whole answers"),
        ("digits", theme.ORANGE, "--", "fitted to digits, then to the 6th power"),
    ):
        for _, one in table.groupby("seed"):
            ax.plot(one["parameters"], one[name], color=colour, lw=0.8, alpha=0.4, label="_seed")
        ax.plot(mean.index, mean[name], color=colour, ls=dash, label=label)
    for _, one in table.groupby("seed"):
        ax.plot(
            one["parameters"],
            one["exact_match"],
            color=theme.BLUE,
            lw=0.8,
            alpha=0.4,
            label="_seed",
        )
    ax.plot(mean.index, mean["exact_match"], color=theme.BLUE, marker="o", label="measured")
    for x, y, words, colour, side in (
        (11_300, 0.76, "fitted to answers", theme.PURPLE, "right"),
        (30_500, 0.77, "measured", theme.BLUE, "right"),
        (44_000, 0.2, "fitted to digits", theme.ORANGE, "right"),
    ):
        ax.text(x, y, words, color=colour, ha=side, fontweight="bold")
    _percent(ax)
    return fig


@theme.figure
def power() -> tuple[Figure, Callable[..., str]]:
    """Explorable: a step that is right with probability p, and n such steps in a row.

    Returns
    -------
    tuple
        The figure and ``update(n, step)``; ``step`` is a key of `STEEPNESS`.
    """
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    sizes = 10.0**GROWTH
    ax.set_xscale("log")
    (single,) = ax.plot(sizes, sizes, color=theme.GREY, ls="--", label="one step right")
    (whole,) = ax.plot(sizes, sizes, color=theme.BLUE, label="all n steps right")
    bars = [
        ax.plot([1, 10], [y, y], color=colour, lw=4, solid_capstyle="butt", label="_width")[0]
        for y, colour in ((1.2, theme.GREY), (1.09, theme.BLUE))
    ]
    names = [
        ax.text(1, y, words, color=colour, va="center", ha="right", fontsize=8.5)
        for y, colour, words in ((1.2, theme.GREY, "one step"), (1.09, theme.BLUE, "all n"))
    ]
    ax.set(
        xlim=(10**-2.5, 1000),
        ylim=(-0.03, 1.27),
        xlabel="model size (1 = one step is right half the time)",
        ylabel="share right",
    )
    ax.set_xticks([0.01, 0.1, 1, 10, 100, 1000], ["0.01", "0.1", "1", "10", "100", "1,000"])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])

    def update(n: int, step: str) -> str:
        slope = STEEPNESS[step]
        p = laws.logistic(GROWTH, 0, slope)
        single.set_ydata(p)
        whole.set_ydata(laws.exact_match(p, n))
        for bar, name, parts in zip(bars, names, (1, n), strict=True):
            low, high = 10 ** found.power_level([0.1, 0.9], parts, slope)
            bar.set_xdata([low, high])
            name.set_x(low / 1.15)
        one, all_n = float(found.power_width(1, slope)), float(found.power_width(n, slope))
        shift = float(found.power_level(0.5, n, slope))
        return (
            f"{n} {'step' if n == 1 else 'steps'}: the rise from 10% to 90% takes {all_n:.2f} "
            f"decades, {100 * (1 - all_n / one):.0f}% less than for one step; half right comes at "
            f"{10**shift:.1f} times the size."
        )

    update(5, "middling")
    return fig, update
