"""Pictures of the chapter "Forecasting"."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from emergence_lib import ladders, theme
from emergence_lib.chapters.forecasting import numbers
from emergence_lib.fitting import models
from emergence_lib.fitting.shapes import GOMPERTZ, LOGISTIC
from emergence_lib.forecasts import league as results
from emergence_lib.forecasts.methods import METHODS, Case, hide

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


@theme.figure
def shoulder() -> Scene:
    """GPT-3 curves with the largest models hidden, three forecasts and the interval of the last.

    The function that comes with it takes ``curve`` (of `CURVES`), ``hidden`` (of `HIDDEN`) and
    ``truth`` (whether to show the hidden models).
    """
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    ax.set_xscale("log")
    ax.set_xlim(8e7, 6e11)
    ax.set_ylim(-0.03, 1.05)
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    ax.set_xlabel("model size (parameters)")
    ax.set_ylabel("score")
    grid = np.geomspace(1e8, 1.75e11, 60)
    drawn = {}
    for height, method in zip((0.93, 0.85, 0.77), ("line", "logistic", "gompertz"), strict=True):
        colour, style = STYLES[method]
        (drawn[method],) = ax.plot(grid, grid * 0, color=colour, ls=style, label=f"_{method}")
        look = {"-": "solid", "--": "dashed", ":": "dotted"}[style]
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
        low, high = (numbers.shoulder_value(curve, hidden, end) for end in ("low", "high"))
        bar.set_ydata([low, high])
        given = numbers.shoulder_value(curve, hidden, "given")
        span = f"{low:.0%} to {high:.0%}" if given else "anything from 0% to 100%"
        came = f"It came out at {ladder.score[-1]:.0%}." if truth else "And the eighth?"
        return f"{case.seen} models seen. At 175B, the interval says {span}. {came}"

    update(CURVES[0], 2, False)
    return fig, update


def _curve(case: Case, method: str, grid: np.ndarray) -> np.ndarray:
    """Return the forecast of a method along a grid of scales, cut off at 0 and 1."""
    if method == "line":
        line = np.polyfit(np.log10(case.scale), case.score, 1)
        return np.clip(np.polyval(line, np.log10(grid)), 0, 1)
    shape = {"logistic": LOGISTIC, "gompertz": GOMPERTZ}[method]
    return models.fit_sigmoid(case.batch(), shape).predict(np.log10(grid))[0]


@theme.figure
def misses() -> list[Figure]:
    """Curves outside every forecast: above all of them, then below."""
    panels = []
    for direction, title, rows in (
        ("above", "It came, and nobody had said so", 8),
        ("below", "Promised, and it did not come", 8),
    ):
        table = results.worst(direction, rows)
        fig = Figure(figsize=(theme.PANEL[0], 3.6))
        ax = fig.subplots()
        for row, miss in table.iterrows():
            place = -3.0 * float(row)  # type: ignore[arg-type]
            said = np.array([miss["least"], miss["most"]])
            ax.plot(100 * said, [place] * 2, color=theme.GREY, lw=6, alpha=0.55,
                    solid_capstyle="butt", label=f"{miss['name']}: forecasts")  # fmt: skip
            ax.plot([100 * miss["last"]], [place], "|", color=theme.INK, ms=11, mew=1.6,
                    label=f"{miss['name']}: largest model seen")  # fmt: skip
            ax.plot([100 * miss["score"]], [place], "o", color=theme.ORANGE, ms=6,
                    label=f"{miss['name']}: came out")  # fmt: skip
            ax.text(0, place + 0.75, f"{_short(miss['name'])} ({miss['seen']} seen)", fontsize=8.5)
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        ax.set_xlim(-3, 103)
        ax.set_ylim(-3.0 * rows + 1.6, 2.6)
        ax.xaxis.set_major_formatter(PercentFormatter(100, decimals=0))
        ax.set_xlabel("score of the largest model")
        ax.set_title(title)
        panels.append(fig)
    return panels


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
    """Every method's misses, then its middle: curves already rising, and curves still at chance."""
    order = results.ranking()
    panels = []
    for start in results.STARTS:
        fig = Figure(figsize=(theme.WIDE[0], 3.7))
        ax = fig.subplots()
        limit = 100 * results.MISS
        ax.axvspan(-limit, limit, color=theme.GREY, alpha=0.15, lw=0, label="_band")
        ax.axvline(0, color=theme.INK, lw=0.8, label="_zero")
        for row, method in enumerate(order):
            _strip(ax, -row, method, start)
            share = f"{results.missed(method, start):.0%}"
            ax.text(128, -row, share, ha="right", va="center", weight="bold")
        ax.text(128, 0.75, "missed", ha="right", weight="bold")
        ax.text(-104, 0.75, "promised too much", color=theme.BLUE)
        ax.text(14, 0.75, "surprised", color=theme.ORANGE)
        names = [_counted(method, start) for method in order]
        ax.set_yticks(-np.arange(len(order)), names)
        ax.set_ylim(-len(order) + 0.4, 1.3)
        ax.set_xlim(-106, 130)
        ax.set_xticks([-100, -50, -10, 10, 50, 100])
        ax.set_xlabel("score minus forecast (points)")
        ax.set_title(f"Curves {'already ' if start == 'rising' else 'still '}{start}")
        ax.grid(False, axis="y")
        panels.append(fig)
    return panels


def _counted(method: str, start: str) -> str:
    name = METHODS[method]
    return f"{name}\n({results.count_curves(start, method=method)} curves)"


def _strip(ax: Axes, place: float, method: str, start: str) -> None:
    """Draw the misses of a method as ticks, its middle 80% as a bar and its median as a dot."""
    off = 100 * results.errors(method, start)
    name = METHODS[method]
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
def distance() -> Figure:
    """Share of the same curves missed, against how far ahead the forecast had to reach."""
    table = numbers.by_distance()
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    nudge = {"last": 0.008, "free": -0.018, "gompertz": 0.01, "line": -0.008, "logistic": 0.0}
    for (method, (colour, style)), mark in zip(STYLES.items(), "osD^v", strict=True):
        part, name = table[table["method"] == method], METHODS[method]
        ax.plot(
            part["factor"], 100 * part["missed"], color=colour, ls=style, marker=mark, label=name
        )
        ax.text(
            35, 100 * (part["missed"].iloc[-1] + nudge[method]), name, color=colour, va="center"
        )
    ax.set_xscale("log", base=2)
    ax.set_xticks(list(numbers.FACTORS), [f"{factor}x" for factor in numbers.FACTORS])
    ax.set_xlim(1.8, 190)
    ax.set_ylim(0, 62)
    ax.yaxis.set_major_formatter(PercentFormatter(100, decimals=0))
    ax.set_xlabel("scale forecast, over the largest scale seen (at least)")
    ax.set_ylabel("missed by over ten points")
    return fig


@theme.figure
def cover() -> Figure:
    """Share of 95% intervals that held the score, table by table, for two kinds of interval."""
    fig = Figure(figsize=(theme.WIDE[0], 3.6))
    ax = fig.subplots()
    sources = [each for each in ladders.SOURCES if (results.intervals()["source"] == each).any()]
    ends = [0.5 - len(sources), 0.5]
    ax.plot([95, 95], ends, color=theme.INK, lw=0.9, ls=(0, (4, 2)), label="_promised")
    ax.text(101, 2.0, "promised: 95%", ha="right", va="center")
    for which, colour, mark, lift in (
        ("line", theme.ORANGE, "s", -0.16),
        ("audit", theme.TEAL, "o", 0.16),
    ):
        share, place = [], []
        for row, source in enumerate(sources):
            table = results.intervals().query("source == @source")
            if which == "audit" and not table["given"].any():
                continue
            share.append(100 * results.coverage(which, source=source))
            place.append(lift - row)
        ax.plot(share, place, mark, color=colour, label=results.INTERVALS[which][0])
    names = []
    for source in sources:
        table = results.intervals().query("source == @source")
        names.append(f"{source} ({int(table['given'].sum())} of {len(table)})")
    ax.set_yticks(-np.arange(len(sources)), names)
    ax.set_ylim(-len(sources) + 0.3, 2.6)
    ax.set_xlim(0, 104)
    ax.text(2, 1.0, "squares: line", color=theme.ORANGE, va="center")
    ax.text(101, 1.0, "dots: sigmoids", color=theme.TEAL, va="center", ha="right")
    ax.xaxis.set_major_formatter(PercentFormatter(100, decimals=0))
    ax.set_xlabel("intervals that held the score")
    return fig
