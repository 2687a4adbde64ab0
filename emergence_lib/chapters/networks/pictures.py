"""Pictures of "Emergence in neural networks": how test and ladder decide where it "appears"."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emergence_lib import published, theme
from emergence_lib.chapters.networks import numbers

TALL = (theme.PHONE, 3.6)
SLOTS = len(numbers.ladder(2))
ENDS = numbers.SMALLEST / 1.6, numbers.LARGEST * 1.6
SUMS, BLEU, EXACT = numbers.TRIPLES


def _percent(value: float) -> str:
    return f"{100 * value:.2g}%" if value < 0.995 else f"{100 * value:.0f}%"


def _padded(values: np.ndarray) -> np.ndarray:
    """Repeat the first value up to a fixed length: every frame then has as many markers."""
    return np.concatenate([np.full(SLOTS - len(values), values[0]), values])


@theme.figure
def onset() -> tuple[Figure, Callable[..., str]]:
    """Explorable: one smooth curve, tested by a ladder of models on a test set.

    Returns
    -------
    tuple
        The figure and ``update(items, spacing)``, which redraws it and returns the read-out.
    """
    fig = Figure(figsize=TALL)
    seen, truth = fig.subplots(2, 1, sharex=True, height_ratios=[1, 1.25])
    _onset_axes(seen, truth)
    (floor,) = truth.plot([], [], color=theme.GREY, ls="--", lw=1.2, label="_floor")
    floor_text = truth.text(numbers.LARGEST, 1, "", color=theme.GREY, ha="right", va="bottom")
    (joined,) = seen.plot([], [], color=theme.GREY, lw=1, label="_joined")
    absent, present = (
        [ax.plot([], [], look, color=colour, label=name)[0] for ax in (seen, truth)]
        for look, colour, name in (("s", theme.GREY, "_absent"), ("o", theme.ORANGE, "_present"))
    )
    lines = [
        ax.axvline(1, color=theme.ORANGE, lw=1, ls=":", label="_first") for ax in (seen, truth)
    ]
    first_text = seen.text(1, 90, "", color=theme.ORANGE, fontweight="bold")

    def update(items: int, spacing: float) -> str:
        result = numbers.onset(items, spacing)
        score = 100 * result.successes / items
        joined.set_data(_padded(result.sizes), _padded(score))
        for (above, below), chosen in ((absent, result.absent), (present, ~result.absent)):
            above.set_data(_padded(result.sizes[chosen]), _padded(score[chosen]))
            below.set_data(_padded(result.sizes[chosen]), _padded(result.rates[chosen]))
        visible = 1 / (items + 1)
        floor.set_data(ENDS, [visible, visible])
        floor_text.set_text(f"{items:,} items see nothing below this")
        floor_text.set_y(visible * (1.15 if visible < 2e-2 else 0.45))
        for line in lines:
            line.set_xdata([result.first, result.first])
        before, first = theme.short(result.last_absent), theme.short(result.first)
        first_text.set_position((result.first * 1.25, 90))
        first_text.set_text(f"first seen: {first}")
        return (
            f"With {items:,} items and models {spacing:g}x apart: nothing up to {before} "
            f"parameters, first seen at {first}, where the true rate is "
            f"{_percent(result.rates[result.index])}."
        )

    update(100, 10)
    return fig, update


def _onset_axes(seen: Axes, truth: Axes) -> None:
    """Draw what never changes: the axes of both panels, and the true rate in the lower one."""
    sizes = np.geomspace(numbers.SMALLEST, numbers.LARGEST, 49)
    truth.plot(sizes, numbers.true_rate(sizes), color=theme.BLUE, label="true success rate")
    theme.log_axis(
        truth,
        "true success rate",
        limits=(1e-5, 1.6),
        ticks=(1e-4, 1e-3, 1e-2, 1e-1, 1),
        write=_percent,
        axis="y",
    )
    theme.share_axis(seen, "score on the test", limits=(-6, 105), ticks=(0, 50, 100), whole=100)
    theme.size_axis(seen, *ENDS)
    theme.size_axis(truth, *ENDS, label="model size (parameters)")


@theme.figure
def room() -> Figure:
    """How much ability a score at chance can hide, by number of items and chance level."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    # Multiples of four, so that 25% of the items is a whole number of them.
    items = 4 * np.unique(np.round(np.geomspace(10, 10_000, 40) / 4)).astype(int)
    for chance, colour, dash, name in (
        (0.25, theme.ORANGE, "--", "four options, scored 25%"),
        (0.0, theme.BLUE, "-", "free answer, scored 0%"),
    ):
        ax.plot(items, 100 * numbers.room(items, chance), color=colour, ls=dash, label=name)
    ax.annotate("four options, scored 25%", (150, 8.5), color=theme.ORANGE)
    ax.annotate("free answer,\nscored 0%", (12, 1.4), color=theme.BLUE, va="top")
    theme.log_axis(ax, "test items", limits=(8, 13_000), ticks=(10, 100, 1000, 10_000))
    points = (0.03, 0.1, 0.3, 1, 3, 10, 30)
    theme.log_axis(ax, "largest hidden skill (points)", ticks=points, axis="y")
    return fig


@theme.figure
def gpt3_onsets() -> Figure:
    """GPT-3's arithmetic table read with 20, 100 and all 2,000 items."""
    data = numbers.gpt3_onsets()
    fig = Figure(figsize=(theme.PHONE, 4.0))
    ax = fig.subplots()
    rows = {task: -place for place, task in enumerate(numbers.GPT3_TASKS)}
    for task, row in rows.items():
        seen = data.loc[data["task"] == task, "params"]
        ends = [seen.min(), seen.max()]
        ax.plot(ends, [row, row], color=theme.GRID, lw=3, zorder=1, label="_span")
    marks = {}
    # Marks on the same model sit one above the other, not on top of each other.
    for items, marker, colour, offset, name in (
        (20, "D", theme.GOLD, 0.22, "20 items"),
        (100, "s", theme.ORANGE, 0.0, "100 items"),
        (2000, "o", theme.BLUE, -0.22, "2,000 (published)"),
    ):
        each = data[data["items"] == items]
        heights = each["task"].map(rows) + offset
        (marks[name],) = ax.plot(
            each["params"], heights, marker, color=colour, label=name, ms=5, zorder=3
        )
    theme.log_axis(ax, "GPT-3 size (parameters)", limits=(9e7, 4e11), ticks=())
    # 760M would not fit between its neighbours.
    names = [size.replace("760M", "") for size in published.SIZES.values()]
    ax.set_xticks(published.gpt3("3D+")["params"], names)
    ax.set_yticks(list(rows.values()), list(rows))
    ax.set_ylim(-8.6, 0.6)
    theme.key(ax, marks, columns=3)
    return fig


@theme.figure
def families() -> Figure:
    """First model at 10% for three task-metric pairs, family by family."""
    data = numbers.family_onsets()
    order = data.groupby("family")["flops_max"].first().sort_values().index
    rows = {family: place for place, family in enumerate(order)}
    fig = Figure(figsize=(theme.PHONE, 4.3))
    ax = fig.subplots()
    for family, each in data.groupby("family"):
        ends = each["flops_min"].iloc[0], each["flops_max"].iloc[0]
        row = rows[family]
        ax.plot(ends, [row, row], color=theme.GRID, lw=4, zorder=1, label=f"_{family}",
                solid_capstyle="butt")  # fmt: skip
        if each["onset_flops"].isna().all():
            place = 1.4 * ends[1], row
            ax.text(*place, "none reaches 10%", color=theme.GREY, va="center")
    marks = {}
    for (task, metric), marker, colour, name, offset in (
        (SUMS, "s", theme.TEAL, "3-digit sums", 0.0),
        (BLEU, "o", theme.BLUE, "phonetics, BLEU", 0.29),
        (EXACT, "D", theme.ORANGE, "phonetics, exact", -0.29),
    ):
        each = data[(data["task"] == task) & (data["metric"] == metric)].dropna()
        heights = each["family"].map(rows) + offset
        (marks[name],) = ax.plot(
            each["onset_flops"], heights, marker, color=colour, label=name, ms=5.5, zorder=3
        )
    ax.set_yticks(list(rows.values()), list(rows))
    ax.set_ylim(-0.6, len(rows) - 0.4)
    theme.log_axis(ax, "training compute (FLOP)", limits=(8e19, 8e25))
    ax.grid(visible=False, axis="y")
    theme.key(ax, marks, columns=3)
    return fig
