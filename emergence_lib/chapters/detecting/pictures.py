"""Pictures of the chapter "Detecting a transition"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from emergence_lib import theme
from emergence_lib.audit import SHARP, Report, Verdict, calibration, reliability
from emergence_lib.chapters.detecting import numbers
from emergence_lib.fitting.batch import counts
from emergence_lib.fitting.models import fit_sigmoid
from emergence_lib.fitting.shapes import LOGISTIC

Scene = tuple[Figure, Callable[..., str]]

MODELS, ITEMS = numbers.MODELS, numbers.ITEMS
WIDTHS = dict(zip(("0.3 decades", "1 decade", "3 decades"), numbers.WIDTHS, strict=True))
"""Settings of the menu of `what_a_ladder_tells`."""
LOOKS = {
    Verdict.SMOOTH: (theme.TEAL, "s", "smooth"),
    Verdict.SHARP: (theme.ORANGE, "^", "sharp"),
    Verdict.BOTH: (theme.ORANGE, "^", "sharp"),
    Verdict.METRIC: (theme.PURPLE, "D", "by the metric"),
    Verdict.FLAT: (theme.GOLD, "_", "flat"),
    Verdict.UNKNOWN: (theme.GREY, "o", "undecided"),
}
"""Colour, marker and short name of each verdict."""
NARROW, BROAD = 0.02, 30.0
"""Decades at the ends of an axis of widths; an open interval goes on to there."""


@theme.figure
def what_a_ladder_tells() -> Scene:
    """Show a ladder of models and the narrowest and the widest rise that it allows.

    The function that comes with it takes ``models`` (of `MODELS`), ``items`` (of `ITEMS`) and
    ``width`` (of `WIDTHS`).
    """
    fig = Figure(figsize=(theme.PHONE, 3.3))
    ax, strip = fig.subplots(2, 1, height_ratios=[3.4, 1])
    theme.log_axis(ax, "model size (parameters)", limits=(10**5.8, 10**10.2))
    theme.share_axis(ax, "score", limits=(-0.04, 1.06), ticks=(0, 0.5, 1))
    grid = 10**numbers.GRID
    (narrow,) = ax.plot(grid, grid * 0, "--", color=theme.ORANGE, lw=1.5,
                        label="narrowest that fits")  # fmt: skip
    (wide,) = ax.plot(grid, grid * 0, color=theme.TEAL, lw=1.5, label="widest that fits")
    dots = ax.plot(np.full(max(MODELS), 1e8), np.zeros(max(MODELS)), "o", color=theme.BLUE,
                   label="score")[0]  # fmt: skip
    ax.text(0.02, 0.68, "dashed: narrowest fit", color=theme.ORANGE, transform=ax.transAxes)
    ax.text(0.02, 0.56, "solid: widest fit", color=theme.TEAL, transform=ax.transAxes)
    _widths(strip)
    bar = strip.plot([1, 1], [0.35, 0.35], color=theme.BLUE, lw=6, solid_capstyle="butt",
                     label="95% interval of the width")[0]  # fmt: skip
    (true,) = strip.plot([1], [0.35], "|", color=theme.INK, ms=14, mew=2, label="true width")

    def update(models: int, items: int, width: str) -> str:
        found = numbers.bounds()[models, items, WIDTHS[width]]
        # Every frame has as many dots as the longest ladder: the last one is repeated.
        order = np.minimum(np.arange(max(MODELS)), models - 1)
        dots.set_data(10 ** numbers.sizes(models)[order], found.score[order])
        narrow.set_ydata(found.narrowest)
        wide.set_ydata(found.widest)
        bar.set_xdata([max(found.low, NARROW), min(found.high, BROAD)])
        true.set_xdata([WIDTHS[width]])
        span = (
            f"{found.low:.2f} to {found.high:.2f} decades"
            if found.low > 0
            else f"anything up to {found.high:.2f} decades, a step included"
        )
        said = LOOKS[found.verdict][2]
        return f"{models} models, {items:,} items: the width is {span}; {said}."

    update(6, 100, "0.3 decades")
    return fig, update


def _widths(strip: Axes) -> None:
    """Make an axis of widths with the limit for "sharp"."""
    theme.log_axis(
        strip,
        "width of the rise, 10% to 90% (decades)",
        limits=(NARROW, BROAD),
        ticks=(0.1, 1, 10),
    )
    strip.set_ylim(0, 1)
    strip.set_yticks([])
    strip.axvline(SHARP, color=theme.INK, lw=1, label="_limit")
    strip.text(0.9, 0.72, "sharp", ha="right", color=theme.INK)
    strip.text(1.12, 0.72, "smooth", color=theme.INK)


@theme.figure
def line_and_logistic() -> Figure:
    """Draw a near-step with the best straight line and the best logistic curve."""
    x, score = numbers.sizes(numbers.STEP_MODELS), numbers.near_step()[0]
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    grid = np.linspace(numbers.FIRST, numbers.LAST, 120)
    line = np.polyval(numbers.straight_line(), grid)
    ax.plot(10**grid, line, color=theme.ORANGE, label="straight line")
    curve = fit_sigmoid(counts(10**x, score, numbers.STEP_ITEMS), LOGISTIC, 1.0)
    ax.plot(10**grid, curve.predict(grid)[0], "--", color=theme.TEAL, label="logistic")
    ax.plot(10**x, score, "o", color=theme.BLUE, label="score")
    theme.log_axis(ax, "model size (parameters)")
    theme.share_axis(ax, "score", limits=(-0.25, 1.25), ticks=(0, 0.5, 1))
    ax.text(1.3e6, 0.28, "straight line", color=theme.ORANGE)
    ax.text(2.6e8, 0.22, "logistic", color=theme.TEAL)
    return fig


@theme.figure
def usual_scores() -> Figure:
    """Draw the emergence score of noise, of lines and of curves against the number of models."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    looks = {
        "noise": (theme.GREY, "x", "noise around 5%", -1.6),
        "line": (theme.BLUE, "o", "straight line", -3.4),
        "gradual": (theme.TEAL, "s", "rise over 3 decades", 1.2),
    }
    for kind, quantiles in numbers.usual_scores().items():
        colour, marker, name, shift = looks[kind]
        low, middle, high = quantiles.T
        ladder = numbers.LADDERS
        ax.fill_between(ladder, low, high, color=colour, alpha=0.15, lw=0, label="_band")
        ax.plot(ladder, middle, marker=marker, ms=4.5, color=colour, label=f"{name}, median")
        ax.text(24.4, middle[-1] + shift, name, color=colour)
    ax.set_xlim(4.5, 33)
    ax.set_xticks([5, 8, 12, 16, 20, 24])
    ax.set_ylim(0, 34)
    ax.set_xlabel("number of models over the same four decades")
    ax.set_ylabel("emergence score")
    return fig


@theme.figure
def calibration_cells() -> list[Figure]:
    """Draw false alarms and coverage, one mark a cell of the stored calibration."""
    return [_false_alarms(), _coverage()]


def _false_alarms() -> Figure:
    table, lucky = reliability.false_alarms(), reliability.false_alarms(lucky=True)
    kinds = (
        (table[np.isinf(table["width"])], "flat or\na line", theme.GREY, "x"),
        (table[table["width"] == 3], "three\ndecades", theme.TEAL, "s"),
        (table[table["width"] == 1], "just one\ndecade", theme.ORANGE, "^"),
        (lucky[lucky["width"] == 1], "one, lucky\nmodels", theme.PURPLE, "D"),
    )
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    rng = np.random.default_rng(0)
    for place, (rows, name, colour, marker) in enumerate(kinds):
        _strewn(ax, place, rows, colour, marker, name.replace("\n", " "), rng)
    ax.axhline(0.05, color=theme.INK, lw=1, ls=":", label="_limit")
    ax.set_xlim(-0.5, 3.5)
    ax.set_xticks(range(4), [name for _, name, _, _ in kinds])
    theme.share_axis(ax, 'called "sharp"', limits=(-0.006, 0.2), ticks=(0, 0.05, 0.1, 0.15))
    ax.set_title("False alarms")
    return fig


def _coverage() -> Figure:
    table = reliability.coverage_cells("width")
    kinds = (
        (reliability.coverage_cells("width", lucky=True), "lucky models", theme.PURPLE, "D"),
        (table[~table["fine"]], "models too far apart", theme.GOLD, "x"),
        (table[table["fine"]], "models close enough", theme.BLUE, "o"),
    )
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    ax.axhspan(0.92, 0.98, color=theme.GREY, alpha=0.2, lw=0, label="_band")
    place = {items: at for at, items in enumerate(calibration.ITEMS)}
    rng = np.random.default_rng(1)
    for rows, name, colour, marker in kinds:
        _strewn(ax, rows["items"].map(place), rows, colour, marker, name, rng)
    theme.share_axis(
        ax, "intervals that hold the width", limits=(0.55, 1.02), ticks=(0.6, 0.8, 0.95, 1)
    )
    ax.set_xticks(range(4), [f"{items:,}" for items in calibration.ITEMS])
    ax.set_xlabel("items")
    ax.set_title("Coverage")
    ax.text(-0.45, 0.76, "● models close enough", color=theme.BLUE)
    ax.text(-0.45, 0.7, "× too far apart", color=theme.GOLD)
    ax.text(-0.45, 0.64, "◆ lucky models", color=theme.PURPLE)
    return fig


def _strewn(
    ax: Axes,
    x: ArrayLike,
    rows: pd.DataFrame,
    colour: str,
    marker: str,
    name: str,
    rng: np.random.Generator,
) -> None:
    """Draw the share of every cell, strewn about its place so that none hides another."""
    away = rng.uniform(-0.3, 0.3, len(rows))
    ax.plot(np.add(x, away), rows["share"], marker, color=colour, ms=3.5, alpha=0.6, label=name)


@theme.figure
def by_hand() -> list[Figure]:
    """Draw two rises that are sharp where no exact match is to blame."""
    return [_letter_and_cloze(), _loss()]


def _letter_and_cloze() -> Figure:
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    for kind, name, colour, marker, height in (
        ("letter", "asked for a letter", theme.ORANGE, "^", 0.5),
        ("cloze", "cloze", theme.TEAL, "s", 0.36),
    ):
        report = numbers.report_of(f"OLMo2-7B, mmlu {kind}")
        scale = report.curve.scale
        ax.plot(scale, report.curve.score, marker, color=colour, ms=3.5, label=kind)
        grid = np.geomspace(scale[0], scale[-1], 80)
        ax.plot(grid, report.predict(grid), color=colour, lw=1.3, label=f"{kind}, fitted")
        ax.text(3e10, height, name, color=colour)
    ax.axhline(0.25, color=theme.GREY, ls=":", lw=1.2, label="_chance")
    ax.text(4.6e12, 0.255, "chance", color=theme.GREY, ha="right", va="bottom")
    theme.log_axis(ax, "training tokens")
    theme.share_axis(ax, "accuracy", limits=(0.2, 0.66), ticks=(0.25, 0.4, 0.6))
    ax.set_title("OLMo 2 7B on MMLU")
    return fig


def _loss() -> Figure:
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    table = numbers.addition()
    ax.plot(table["train_set_size"], table["test_cross_entropy"], "o-", color=theme.BLUE, ms=4,
            label="test loss")  # fmt: skip
    theme.log_axis(ax, "training examples", ticks=(160, 300, 600, 928))
    ax.set_ylim(0, 2.4)
    ax.set_ylabel("test loss (nats)")
    ax.set_title("Four-digit addition")
    return fig


@theme.figure
def every_group() -> Figure:
    """Draw how many curves of each group got which verdict."""
    table = numbers.tally()
    fig = Figure(figsize=(theme.WIDE[0], 5.6))
    ax = fig.subplots()
    left = np.zeros(len(table))
    place = np.arange(len(table))[::-1]
    bars = {}
    for verdict in Verdict:
        number = table[str(verdict)].to_numpy()
        share = number / table.sum(axis=1).to_numpy()
        colour, _, name = LOOKS[verdict]
        look: Any = {"color": colour, "alpha": 0.5, "edgecolor": theme.INK, "lw": 0.6}
        bars[name] = ax.barh(place, share, left=left, height=0.62, label=name, **look)
        for i in np.flatnonzero(number):
            # A number that its piece has no room for stands above it.
            room = share[i] > 0.02
            ax.text(left[i] + share[i] / 2, place[i] + (0 if room else 0.5), f"{number[i]}",
                    ha="center", va="center", color=theme.INK if room else colour)  # fmt: skip
        left += share
    ax.set_yticks(place, table.index)
    ax.set_xlim(0, 1)
    ax.set_xticks([0, 0.5, 1], ["0", "half", "all"])
    ax.grid(visible=False)
    ax.set_xlabel("share of the curves")
    theme.key(ax, bars, columns=3)
    return fig


SIGNS = {"+": "+", "-": "−", "x": "×"}
SHORT = {
    "1DC": "1-digit, + × −",
    **{f"{n}D{sign}": f"{n}-digit {name}" for n in (2, 3, 4, 5) for sign, name in SIGNS.items()},
    "arithmetic_2da": "2-digit +",
    "arithmetic_2dm": "2-digit ×",
    "arithmetic_3da": "3-digit +",
    "arithmetic_3ds": "3-digit −",
    "MMLU average": "MMLU",
    "ipa_transliterate exact_match": "IPA, exact",
    "parsinlu_qa": "Persian",
    "word_unscrambling": "unscramble",
}
"""Names that fit above a small panel."""


def short(task: str) -> str:
    """Return the name of a task that fits above a small panel."""
    task = task.removesuffix(" few-shot")
    return SHORT.get(task, task)


@theme.figure
def famous_curves() -> list[Figure]:
    """Draw, each small, curves that were called emergent, with the verdict on each."""
    table = numbers.famous()
    columns = (table["task"], table["group"], numbers.famous_reports())
    return [
        _small(short(task), group == "open models, pooled", report)
        for task, group, report in zip(*columns, strict=True)
    ]


def _small(name: str, is_open: bool, report: Report) -> Figure:
    fig = Figure(figsize=theme.SMALL)
    ax = fig.subplots()
    colour, marker, _ = LOOKS[report.verdict]
    curve = report.curve
    ax.plot(curve.scale, curve.score, marker, color=colour, ms=2.5 if is_open else 4,
            alpha=0.7, label=f"{name}, {'open models' if is_open else 'GPT-3'}")  # fmt: skip
    grid = np.geomspace(curve.scale[0], curve.scale[-1], 60)
    ax.plot(grid, report.predict(grid), color=theme.INK, lw=1, label="_fit")
    theme.log_axis(ax, ticks=())
    ax.set_ylim(-0.06, 1.06)
    ax.set_yticks([0, 1], ["0", "1"])
    ax.set_title(name, fontweight="normal", color=colour)
    return fig
