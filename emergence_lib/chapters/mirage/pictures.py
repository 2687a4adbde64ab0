"""Figures of the mirage: one trained ladder, scored in several ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emergence_lib import laws, theme
from emergence_lib.chapters.mirage import numbers as found
from emergence_lib.curves import crossing
from emergence_lib.experiments import addition, store
from emergence_lib.laws import Array

SIZES = (2000, 5000, 10_000, 20_000, 40_000)
DIGITS = found.LONGEST + 1
"""Digits of the longest answers."""
ONE_STEP = 1.1
"""Decades from 10% to 90% of the single step of `power`."""
GROWTH = np.linspace(-2.5, 3, 111)
"""Decades of model size around the midpoint of that step."""


def _axes(figsize: tuple[float, float], ylabel: str, last: float = 45_000) -> tuple[Figure, Axes]:
    """Return a figure with an axis of model sizes; beyond 41,000 parameters is room for labels."""
    fig = Figure(figsize=figsize)
    ax = fig.subplots()
    theme.size_axis(ax, 1200, last, SIZES, "parameters")
    ax.set_ylabel(ylabel)
    return fig, ax


def _name(length: int) -> str:
    return "1 digit" if length == 1 else f"{length} digits"


def _short_name(length: int) -> str:
    return _name(length) if length in (1, found.LONGEST) else f"{length}"


def _by_length(papers: pd.DataFrame) -> Iterator[tuple[int, str, pd.DataFrame]]:
    """Yield the lengths of the sums, each with its colour and its papers."""
    for length in papers["length"].unique():
        yield int(length), theme.RAMP[length - 1], papers[papers["length"] == length]


def _reach(size: Array, score: Array, level: float) -> float:
    """Return the size at which a curve first reaches a level."""
    return float(np.exp(crossing(np.log(size), score, level)))


def _whole_sums(
    ax: Axes, papers: pd.DataFrame, along: str, names: Mapping[int, tuple[str, float]], every: int
) -> Artist:
    """Draw whole sums right, and every so often the product of their digits; return its crosses.

    The names of the lengths stand left or right of their curves, at the height given or at 45%.
    """
    for length, colour, sums in _by_length(papers):
        scores = sums.pivot(index="seed", columns=along, values="exact_match")
        x = scores.columns.to_numpy()
        mean = theme.seeds(ax, x, scores, _name(length), color=colour)
        product = sums.groupby(along)["product"].mean().to_numpy()
        (crosses,) = ax.plot(
            x[::every],
            product[::every],
            ls="",
            marker="x",
            ms=5,
            color=theme.ORANGE,
            zorder=4,
            label=f"{_name(length)}, product of its digits",
        )
        side, level = names.get(length, ("right", 0.45))
        beside = _reach(x, mean, level) * (0.93 if side == "right" else 1.16)
        theme.beside(ax, beside, level, _short_name(length), colour, ha=side)
    return crosses


@theme.figure
def exact_match_ladder(live: addition.Result | None = None) -> Figure:
    """Whole sums right against model size, by length, and what the single digits predict.

    Parameters
    ----------
    live : Result, optional
        One more ladder, drawn as open circles.
    """
    fig, ax = _axes(theme.WIDE, "whole sums right")
    names = {1: ("right", 0.8), 5: ("left", 0.22)}
    crosses = _whole_sums(ax, found.ladder(), "parameters", names, every=1)
    marks = {"product of its digits": crosses}
    if live is not None:
        for colour, length in zip(theme.RAMP, live.config.lengths, strict=True):
            marks["trained here"] = ax.scatter(
                live.parameters,
                live.exact_match[:, live.index(length)],
                s=45,
                facecolors="none",
                edgecolors=colour,
                label=f"{_name(length)}, trained on this page",
            )
    theme.key(ax, marks)
    theme.share_axis(ax)
    return fig


@theme.figure
def through_training() -> Figure:
    """Whole sums right against training steps, and what the single digits predict."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    digits = found.mean(along="step")["digits"]
    theme.log_axis(
        ax,
        "training steps",
        limits=(digits.index[0] / 1.1, 1.1 * digits.index[-1]),
        ticks=(30, 100, 300, 1000, 3000),
    )
    ax.plot(digits, color=theme.GREY, ls="--", label="digits of 5-digit sums")
    ax.text(33, 0.28, "digits of\n5-digit sums", color=theme.GREY)
    names = {1: ("right", 0.8), 2: ("right", 0.3), 5: ("left", 0.22)}
    # Crosses at every second moment: all would hide the lines.
    crosses = _whole_sums(ax, found.through_training(), "step", names, every=2)
    theme.key(ax, {"product of its digits": crosses})
    theme.share_axis(ax, "share right")
    return fig


@theme.figure
def digit_accuracy() -> list[Figure]:
    """Single digits right against model size: mean over an answer, and place by place."""
    return [_mean_digits(), _place_by_place()]


def _mean_digits() -> Figure:
    fig, ax = _axes(theme.PANEL, "digits right")
    ax.set_title("mean over the answer")
    for length, colour, sums in _by_length(found.ladder()):
        scores = sums.pivot(index="seed", columns="parameters", values="digits")
        size = scores.columns.to_numpy()
        mean = theme.seeds(ax, size, scores, _name(length), color=colour)
        if length == 1:
            theme.beside(ax, size[0], mean[0] + 0.17, "1 digit", colour)
        if length == found.LONGEST:
            theme.beside(ax, 1.3 * _reach(size, mean, 0.55), 0.52, "5 digits", colour)
    theme.share_axis(ax)
    return fig


def _place_by_place() -> Figure:
    """Draw the first seed thick and the others thin: their mean would hide the stages."""
    fig, ax = _axes(theme.PANEL, "digits right, 5-digit sums")
    first, *others = store.stored("addition")
    ax.set_title(f"place by place, seed {first.seed}")
    for place, (colour, name) in enumerate(zip(theme.RAMP, found.PLACES, strict=False)):
        for each in others:
            score = each.live(found.LONGEST)[:, place]
            ax.plot(each.parameters, score, color=colour, lw=0.8, alpha=0.4, label="_seed")
        score = first.live(found.LONGEST)[:, place]
        ax.plot(first.parameters, score, color=colour, marker=".", label=name)
    carry = first.live(found.LONGEST)[:, -1]
    ax.plot(first.parameters, carry, color=theme.GREY, ls="--", label="carry digit")
    for x, y, name, colour, side in (
        (3300, 0.74, "units", theme.RAMP[0], "right"),
        (43_000, 0.4, "ten thousands", theme.RAMP[4], "right"),
        (1350, 0.9, "carry digit", theme.GREY, "left"),
    ):
        ax.text(x, y, name, color=colour, ha=side)
    theme.share_axis(ax)
    return fig


@theme.figure
def continuous_scores() -> list[Figure]:
    """Cross-entropy and Brier score of a digit against model size, both axes logarithmic."""
    return [
        _falling("cross_entropy", "cross-entropy (nats a digit)", guess=np.log(10)),
        _falling("brier", "Brier score of a digit (0 to 2)", guess=0.9),
    ]


def _falling(measure: str, ylabel: str, guess: float) -> Figure:
    """Draw a score that falls, for all but one-digit sums, below that of a uniform guess."""
    fig, ax = _axes(theme.PANEL, ylabel, last=95_000)
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter("{x:g}")
    for length, colour, sums in _by_length(found.ladder().query("length > 1")):
        scores = sums.pivot(index="seed", columns="parameters", values=measure)
        size = scores.columns.to_numpy()
        mean = theme.seeds(ax, size, scores, _name(length), color=colour)
        theme.beside(ax, size[-1] * 1.05, mean[-1], _short_name(length), colour, va="center")
    ax.axhline(guess, color=theme.GREY, ls="--", lw=1.2, label="_guess")
    ax.annotate(
        "uniform guess",
        (90_000, guess),
        xytext=(0, 4),
        textcoords="offset points",
        color=theme.GREY,
        ha="right",
    )
    return fig


@theme.figure
def strictness() -> Figure:
    """One set of nets marked with three strictnesses, each curve scaled to its own range."""
    ladders = found.long_ladder()
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    size = ladders[0].parameters.astype(float)
    theme.size_axis(ax, size[0] / 1.1, 1.1 * size[-1], (1000, 10_000, 100_000), "parameters")
    width = addition.widths(ladders).groupby("score")["width"].mean()
    for colour, count in ((theme.RAMP[0], 1), (theme.RAMP[2], 3), (theme.RAMP[4], DIGITS)):
        scores = [addition.subset_match(each.live(found.LONGEST), count) for each in ladders]
        own = [(score - score[0]) / (score[-1] - score[0]) for score in scores]
        name = f"{count} of {DIGITS} digits"
        mean = theme.seeds(ax, size, own, name, color=colour)
        x, y, side, words = {
            1: (0.8, 0.4, "right", f"one digit:\n{width[name]:.2f} decades"),
            DIGITS: (1.25, 0.3, "left", f"all six:\n{width[name]:.2f} decades"),
        }.get(count, (0.9, 0.1, "right", "three"))
        theme.beside(ax, x * _reach(size, mean, y), y, words, colour, ha=side, va="center")
    theme.share_axis(ax, "share of the curve's own rise")
    return fig


@theme.figure
def two_forecasts() -> Figure:
    """Exact match on five digits, forecast from the small nets in two ways."""
    table = found.forecasts()
    fig, ax = _axes(theme.WIDE, "5-digit sums right")
    seen = table.loc[table["seen"], "parameters"].max()
    ax.axvspan(1200, seen * 1.14, color=theme.GREY, alpha=0.12, lw=0)
    ax.text(1300, 0.97, "seen by the forecasts", color=theme.GREY, va="top")
    looks: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("answers", "fitted to whole answers", theme.PURPLE, {"ls": ":"}),
        ("digits", "fitted to digits, then to the 6th power", theme.ORANGE, {"ls": "--"}),
        ("exact_match", "measured", theme.BLUE, {"marker": "o"}),
    )
    for column, label, colour, look in looks:
        scores = table.pivot(index="seed", columns="parameters", values=column)
        theme.seeds(ax, scores.columns, scores, label, color=colour, **look)
    for x, y, words, colour in (
        (11_300, 0.76, "fitted to answers", theme.PURPLE),
        (30_500, 0.77, "measured", theme.BLUE),
        (44_000, 0.2, "fitted to digits", theme.ORANGE),
    ):
        theme.beside(ax, x, y, words, colour, ha="right")
    theme.share_axis(ax)
    return fig


@theme.figure
def power() -> tuple[Figure, Callable[..., str]]:
    """Explorable: a step that is right with probability p, and n such steps in a row.

    Returns
    -------
    tuple
        The figure and ``update(n, step)``; ``step`` is one of `numbers.STEPS`.
    """
    fig = Figure(figsize=(theme.PHONE, theme.WIDE[1] - 0.2))
    ax = fig.subplots()
    sizes = 10.0**GROWTH
    (single,) = ax.plot(sizes, sizes, color=theme.GREY, ls="--", label="one step right")
    (whole,) = ax.plot(sizes, sizes, color=theme.BLUE, label="all n steps right")
    bars, names = [], []
    for y, colour, words in ((1.2, theme.GREY, "one step"), (1.09, theme.BLUE, "all n")):
        look: dict[str, Any] = {"lw": 4, "solid_capstyle": "butt", "label": "_width"}
        bars += ax.plot([1, 10], [y, y], color=colour, **look)
        names += [ax.text(1, y, words, color=colour, va="center", ha="right")]
    theme.share_axis(ax, "share right", limits=(-0.03, 1.27))
    theme.log_axis(
        ax,
        "model size (1 = one step is right half the time)",
        limits=(10**-2.5, 1000),
        ticks=(0.01, 0.1, 1, 10, 100, 1000),
    )

    def update(n: int, step: str) -> str:
        p = found.one_step(GROWTH / ONE_STEP, step)
        single.set_ydata(p)
        whole.set_ydata(laws.exact_match(p, n))
        for bar, name, parts in zip(bars, names, (1, n), strict=True):
            low, high = 10 ** (ONE_STEP * found.power_level([0.1, 0.9], parts, step))
            bar.set_xdata([low, high])
            name.set_x(low / 1.15)
        width, shift = (
            float(each) for each in (found.power_width(n, step), found.power_level(0.5, n, step))
        )
        return (
            f"{n} {'step' if n == 1 else 'steps'}: the rise from 10% to 90% takes "
            f"{ONE_STEP * width:.2f} decades, {100 * abs(1 - width):.0f}% "
            f"{'more' if width > 1.001 else 'less'} than for one step; half right comes at "
            f"{10 ** (ONE_STEP * shift):.1f} times the size."
        )

    update(5, "logistic")
    return fig, update
