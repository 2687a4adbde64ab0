"""Pictures of the chapter "Forecasting"."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emergence_lib import ladders, theme
from emergence_lib.chapters.forecasting import numbers
from emergence_lib.fitting import models
from emergence_lib.fitting.shapes import GOMPERTZ, LOGISTIC
from emergence_lib.forecasts import league as results
from emergence_lib.forecasts.methods import FROM_CURVE, METHODS, Case, hide
from emergence_lib.laws import Array

Scene = tuple[Figure, Callable[..., str]]

CURVES = tuple(numbers.SHOWN)
HIDDEN = numbers.HIDDEN
STYLES = {
    "line": (theme.ORANGE, "-"),
    "logistic": (theme.TEAL, "--"),
    "gompertz": (theme.PURPLE, ":"),
    "free": (theme.BLUE, "-."),
    "last": (theme.INK, "-"),
}
"""Colour and line style of the methods that are drawn as curves."""
SHAPES = {"line": "solid", "logistic": "dashed", "gompertz": "dotted"}
"""Methods drawn through the models of `shoulder`, and what their styles are called."""


@theme.figure
def shoulder() -> Scene:
    """GPT-3 curves with the largest models hidden, three forecasts and the interval of the last.

    The function that comes with it takes ``curve`` (of `CURVES`), ``hidden`` (of `HIDDEN`) and
    ``truth`` (whether to show the hidden models).
    """
    fig = Figure(figsize=(theme.PHONE, 2.9))
    ax = fig.subplots()
    theme.log_axis(ax, "model size (parameters)", limits=(8e7, 6e11))
    theme.share_axis(ax, "score", ticks=None)
    grid = np.geomspace(1e8, 1.75e11, 60)
    drawn = {}
    for height, (method, look) in zip((0.93, 0.85, 0.77), SHAPES.items(), strict=True):
        colour, style = STYLES[method]
        (drawn[method],) = ax.plot(grid, grid * 0, color=colour, ls=style, label=f"_{method}")
        ax.text(0.03, height, f"{look}: {METHODS[method]}", color=colour, transform=ax.transAxes)
    (bar,) = ax.plot([2.6e11] * 2, [0, 1], color=theme.GOLD, lw=6, alpha=0.6,
                     solid_capstyle="butt", label="95% interval")  # fmt: skip
    ax.text(2.4e11, 1.0, "95%\ninterval", color=theme.GOLD, ha="right", va="top")
    rings = ax.plot(grid[:8], grid[:8] * 0, "o", label="all eight models")[0]
    dots = ax.plot(grid[:8], grid[:8] * 0, "o", color=theme.BLUE, label="_seen")[0]

    def update(curve: str, hidden: int, truth: bool) -> str:
        ladder = ladders.one(numbers.SHOWN[curve])
        case = hide(ladder, hidden)
        for method, line in drawn.items():
            line.set_ydata(_curve(case, method, grid))
        order = np.minimum(np.arange(len(ladder)), case.seen - 1)
        dots.set_data(ladder.scale[order], ladder.score[order])
        rings.set_data(ladder.scale, ladder.score)
        rings.set_markeredgecolor((theme.BLUE, float(truth)))
        # Not "none", which Matplotlib writes into an SVG as black.
        rings.set_markerfacecolor((theme.BLUE, 0))
        interval = numbers.shoulder().loc[(curve, hidden), ["low", "high", "given"]]
        low, high, given = interval.to_numpy(float)
        bar.set_ydata([low, high])
        span = f"{low:.0%} to {high:.0%}" if given else "anything from 0% to 100%"
        came = f"It came out at {ladder.score[-1]:.0%}." if truth else "And the eighth?"
        return f"{case.seen} models seen. At 175B, the interval says {span}. {came}"

    update(CURVES[0], 2, False)
    return fig, update


def _curve(case: Case, method: str, grid: Array) -> Array:
    """Return the forecast of a method along a grid of scales, cut off at 0 and 1."""
    if method == "line":
        line = np.polyfit(np.log10(case.scale), case.score, 1)
        return np.clip(np.polyval(line, np.log10(grid)), 0, 1)
    shape = {"logistic": LOGISTIC, "gompertz": GOMPERTZ}[method]
    return models.fit_sigmoid(case.batch(), shape).predict(np.log10(grid))[0]


@theme.figure
def misses() -> list[Figure]:
    """Curves outside every forecast: above all of them, then below."""
    return [
        _misses("above", "It came, and nobody had said so"),
        _misses("below", "Promised, and it did not come"),
    ]


def _misses(direction: str, title: str) -> Figure:
    table = results.worst(direction)
    fig = Figure(figsize=(theme.PHONE, 4.2))
    ax = fig.subplots()
    for row, (name, miss) in enumerate(table.iterrows()):
        place = -3.0 * row
        said = np.array([miss["least"], miss["most"]])
        ax.plot(100 * said, [place] * 2, color=theme.GREY, lw=6, alpha=0.55,
                solid_capstyle="butt", label=f"{name}: forecasts")  # fmt: skip
        ax.plot([100 * miss["last"]], [place], "|", color=theme.INK, ms=11, mew=1.6,
                label=f"{name}: largest model seen")  # fmt: skip
        ax.plot([100 * miss["score"]], [place], "o", color=theme.ORANGE, ms=6,
                label=f"{name}: came out")  # fmt: skip
        ax.text(0, place + 0.75, f"{_short(str(name))} ({miss['seen']:.0f} seen)")
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_ylim(-3.0 * len(table) + 1.6, 2.6)
    theme.share_axis(ax, "score of the largest model", limits=(-3, 103), ticks=None, whole=100,
                     axis="x")  # fmt: skip
    ax.set_title(title)
    return fig


def _short(name: str) -> str:
    """Return a ladder's name as it fits above its row."""
    for long, short in (
        ("arithmetic_2da", "2-digit sums"), ("arithmetic_3da", "3-digit sums"),
        ("arithmetic_3ds", "3-digit differences"), ("lambada_openai", "LAMBADA"),
        ("pubmed_qa_labeled", "PubMedQA"), ("rpj", "grid, RedPajama"), ("rw", "grid, RefinedWeb"),
        ("winogender_mc_male", "Winogender"), ("wsc", "WSC"), ("sciq", "SciQ"),
        ("pythia", "Pythia"), ("standard", "plain prompt"),
    ):  # fmt: skip
        name = name.replace(long, short)
    return name


@theme.figure
def league() -> list[Figure]:
    """Every method's misses, then its middle: curves above chance at the cut, and those at it."""
    return [_league(start) for start in results.STARTS]


def _league(start: str) -> Figure:
    order, where = results.ranking(), f"start == {start!r}"
    table, off = results.standings(where), 100 * results.errors(where)
    fig = Figure(figsize=(theme.WIDE[0], 3.7))
    ax = fig.subplots()
    limit = 100 * results.MISS
    ax.axvspan(-limit, limit, color=theme.GREY, alpha=0.15, lw=0, label="_band")
    ax.axvline(0, color=theme.INK, lw=0.8, label="_zero")
    for row, method in enumerate(order):
        _strip(ax, -row, METHODS[method], off[method].dropna().to_numpy())
        share = f"{table['missed'][method]:.0%}"
        ax.text(128, -row, share, ha="right", va="center", weight="bold")
    ax.text(128, 0.75, "missed", ha="right", weight="bold")
    ax.text(-104, 0.75, "promised too much", color=theme.BLUE)
    ax.text(14, 0.75, "surprised", color=theme.ORANGE)
    names = [f"{METHODS[method]} ({table['curves'][method]})" for method in order]
    ax.set_yticks(-np.arange(len(order)), names)
    ax.set_ylim(-len(order) + 0.4, 1.3)
    ax.set_xlim(-106, 130)
    ax.set_xticks([-100, -50, -10, 10, 50, 100])
    ax.set_xlabel("score minus forecast (points)")
    ax.set_title(f"Curves {start} (how many)")
    ax.grid(False, axis="y")
    return fig


def _strip(ax: Axes, place: float, name: str, off: Array) -> None:
    """Draw the misses of a method as ticks, its middle 80% as a bar and its median as a dot."""
    low, high = np.quantile(off, [0.1, 0.9])
    ax.plot([low, high], [place] * 2, color=theme.GREY, lw=5, alpha=0.6, solid_capstyle="butt",
            label=f"{name}: middle 80%")  # fmt: skip
    for far, colour, mark, word in (
        (off > 100 * results.MISS, theme.ORANGE, 2, "too low"),
        (off < -100 * results.MISS, theme.BLUE, 3, "too high"),
    ):
        ax.plot(off[far], np.full(far.sum(), place), ls="", marker=mark, color=colour, ms=6,
                mew=0.8, alpha=0.7, label=f"{name}: {word}")  # fmt: skip
    ax.plot([np.median(off)], [place], "D", color=theme.INK, ms=4, label=f"{name}: median")


@theme.figure
def detour() -> Figure:
    """Median and mean error of every method on the curves with a loss, and the share it misses."""
    table = results.standings("loss.notna()").dropna().sort_values("mean", ascending=False)
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    places = np.arange(len(table), dtype=float)
    median, mean = 100 * table["median"], 100 * table["mean"]
    ax.hlines(places, median, mean, color=theme.GREY, lw=1.2, label="_span")
    marks = {
        "median": ax.plot(median, places, "D", color=theme.TEAL, ms=6, label="median")[0],
        "mean": ax.plot(mean, places, "o", color=theme.ORANGE, ms=7, label="mean")[0],
    }
    for place, share in zip(places.tolist(), table["missed"], strict=True):
        ax.text(12.9, place, f"{share:.0%}", ha="right", va="center", weight="bold")
    ax.text(12.9, len(table) - 0.35, "missed", ha="right", weight="bold")
    ax.set_yticks(places, [METHODS[str(method)] for method in table.index])
    ax.set(xlim=(0, 13), ylim=(-0.6, len(table) + 0.2), xlabel="score away from forecast (points)")
    ax.set_xticks([0, 2, 4, 6, 8, 10])
    ax.grid(False, axis="y")
    theme.key(ax, marks, columns=2)
    return fig


@theme.figure
def distance() -> Figure:
    """Share of the same curves missed, against how far ahead the forecast had to reach."""
    table = 100 * numbers.by_distance()[list(FROM_CURVE)]
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    nudge = {"last": 0.8, "free": -1.8, "gompertz": 1.0, "line": -0.8, "logistic": 0.0}
    for (method, (colour, style)), mark in zip(STYLES.items(), "osD^v", strict=True):
        missed, name = table[method], METHODS[method]
        ax.plot(table.index, missed, color=colour, ls=style, marker=mark, label=name)
        ax.text(35, missed.iloc[-1] + nudge[method], name, color=colour, va="center")
    theme.log_axis(ax, "scale forecast, over the largest scale seen (at least)", limits=(1.8, 190),
                   ticks=numbers.FACTORS, write="{:g}x".format)  # fmt: skip
    theme.share_axis(ax, "missed by over ten points", limits=(0, 62), ticks=None, whole=100)
    return fig


@theme.figure
def cover() -> Figure:
    """Share of 95% intervals that held the score, table by table, for two kinds of interval."""
    fig = Figure(figsize=(theme.WIDE[0], 3.6))
    ax = fig.subplots()
    curves, given = (results.intervals(kind)["source"].value_counts() for kind in results.INTERVALS)
    places = {source: -row for row, source in enumerate(results.coverage("line").index)}
    ends = [0.5 - len(places), 0.5]
    ax.plot([95, 95], ends, color=theme.INK, lw=0.9, ls=(0, (4, 2)), label="_promised")
    ax.text(101, 2.0, "promised: 95%", ha="right", va="center")
    for kind, colour, mark, lift in (
        ("line", theme.ORANGE, "s", -0.16),
        ("sigmoids", theme.TEAL, "o", 0.16),
    ):
        share = 100 * results.coverage(kind)
        height = [places[source] + lift for source in share.index]
        ax.plot(share, height, mark, color=colour, label=results.INTERVALS[kind])
    names = [f"{source} ({given.get(source, 0)} of {curves[source]})" for source in places]
    ax.set_yticks(list(places.values()), names)
    ax.set_ylim(ends[0] - 0.2, 2.6)
    theme.share_axis(ax, "intervals that held the score", limits=(0, 104), ticks=None, whole=100,
                     axis="x")  # fmt: skip
    ax.text(2, 1.0, "squares: line", color=theme.ORANGE, va="center")
    ax.text(101, 1.0, "dots: sigmoids", color=theme.TEAL, va="center", ha="right")
    return fig
