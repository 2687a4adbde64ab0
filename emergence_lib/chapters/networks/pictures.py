"""Pictures of "Emergence in neural networks": how test and ladder decide where it "appears"."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from emergence_lib import published, theme
from emergence_lib.chapters.networks import numbers

TALL = (4.7, 4.3)
SLOTS = len(numbers.ladder(2))
ENDS = numbers.SMALLEST / 1.6, numbers.LARGEST * 1.6
SUMS, BLEU, EXACT = numbers.TRIPLES
LETTERS = {1e12: "T", 1e9: "B", 1e6: "M", 1e3: "k"}


def short(parameters: float) -> str:
    """Write a count the way model names do: 13B, 1.3B, 350M.

    Parameters
    ----------
    parameters : float
        At least 1.

    Returns
    -------
    str
        At most three digits and a letter.
    """
    rounded = float(f"{parameters:.2g}") if parameters < 1e11 else float(f"{parameters:.3g}")
    for unit, letter in LETTERS.items():
        if rounded >= unit:
            return f"{rounded / unit:.3g}{letter}"
    return f"{rounded:g}"


def size_axis(ax: Axes, low: float, high: float) -> None:
    """Make the x axis one of model sizes, a tick a decade, written 1M, 10M, ...

    Parameters
    ----------
    ax : Axes
        Changed in place.
    low, high : float
        Ends of the axis, parameters.
    """
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    decades = range(int(np.ceil(np.log10(low))), int(np.floor(np.log10(high))) + 1)
    ax.set_xticks([10.0**k for k in decades])
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: short(x)))
    ax.xaxis.set_minor_locator(NullLocator())


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
    floor_text = truth.text(
        numbers.LARGEST, 1, "", color=theme.GREY, fontsize=8.5, ha="right", va="bottom"
    )
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
        first_text.set_position((result.first * 1.25, 90))
        first_text.set_text(f"first seen: {short(result.first)}")
        return (
            f"With {items:,} items and models {spacing:g}x apart: nothing up to "
            f"{short(result.last_absent)} parameters, first seen at {short(result.first)}, "
            f"where the true rate is {_percent(result.rates[result.index])}."
        )

    update(100, 10)
    return fig, update


def _onset_axes(seen: Axes, truth: Axes) -> None:
    """Draw what never changes: the axes of both panels, and the true rate in the lower one."""
    sizes = np.geomspace(numbers.SMALLEST, numbers.LARGEST, 49)
    truth.plot(sizes, numbers.true_rate(sizes), color=theme.BLUE, label="true success rate")
    truth.set_yscale("log")
    truth.set_ylim(1e-5, 1.6)
    truth.set_yticks([1e-4, 1e-3, 1e-2, 1e-1, 1], ["0.01%", "0.1%", "1%", "10%", "100%"])
    truth.yaxis.set_minor_locator(NullLocator())
    truth.set(xlabel="model size (parameters)", ylabel="true success rate")
    seen.set(ylabel="score on the test", ylim=(-6, 105))
    seen.set_yticks([0, 50, 100], ["0%", "50%", "100%"])
    for ax in (seen, truth):
        size_axis(ax, *ENDS)


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
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlim(8, 13_000)
    ax.set_xticks([10, 100, 1000, 10_000], ["10", "100", "1,000", "10,000"])
    ax.set_yticks([0.03, 0.1, 0.3, 1, 3, 10, 30], ["0.03", "0.1", "0.3", "1", "3", "10", "30"])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_minor_locator(NullLocator())
    ax.set(xlabel="test items", ylabel="largest hidden skill (points)")
    return fig


@theme.figure
def gpt3_onsets() -> Figure:
    """GPT-3's arithmetic table read with 20, 100 and all 2,000 items."""
    data = numbers.gpt3_onsets()
    fig = Figure(figsize=(4.7, 3.4))
    ax = fig.subplots()
    rows = {task: -place for place, task in enumerate(numbers.GPT3_TASKS)}
    for task, row in rows.items():
        seen = data.loc[data["task"] == task, "params"]
        ends = [seen.min(), seen.max()]
        ax.plot(ends, [row, row], color=theme.GRID, lw=3, zorder=1, label="_span")
    # Marks on the same model sit one above the other, not on top of each other.
    for items, marker, colour, offset, name in (
        (20, "D", theme.GOLD, 0.22, "20 items"),
        (100, "s", theme.ORANGE, 0.0, "100 items"),
        (2000, "o", theme.BLUE, -0.22, "2,000 items (as published)"),
    ):
        each = data[data["items"] == items]
        heights = each["task"].map(rows) + offset
        ax.plot(each["params"], heights, marker, color=colour, label=name, ms=5, zorder=3)
    # 760M would not fit between its neighbours.
    names = [size.replace("760M", "") for size in published.SIZES.values()]
    ax.set_yticks(list(rows.values()), list(rows))
    ax.set_xscale("log")
    ax.set_xlim(9e7, 4e11)
    ax.set_xticks(published.gpt3("3D+")["params"], names, fontsize=8.5)
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set(xlabel="GPT-3 size (parameters)", ylabel="task, few-shot")
    ax.set_ylim(-8.6, 0.6)
    _legend_above(fig)
    return fig


@theme.figure
def families() -> Figure:
    """First model at 10% for three task-metric pairs, family by family."""
    data = numbers.family_onsets()
    order = data.groupby("family")["flops_max"].first().sort_values().index
    rows = {family: place for place, family in enumerate(order)}
    fig = Figure(figsize=(4.7, 4.1))
    ax = fig.subplots()
    for family, each in data.groupby("family"):
        ends = each["flops_min"].iloc[0], each["flops_max"].iloc[0]
        row = rows[family]
        ax.plot(ends, [row, row], color=theme.GRID, lw=4, zorder=1, label=f"_{family}")
        if each["onset_flops"].isna().all():
            place = 1.4 * ends[1], row
            ax.text(*place, "none reaches 10%", color=theme.GREY, va="center", fontsize=8.5)
    for (task, metric), marker, colour, name, offset in (
        (SUMS, "s", theme.TEAL, "3-digit sums", 0.0),
        (BLEU, "o", theme.BLUE, "phonetics, BLEU", 0.29),
        (EXACT, "D", theme.ORANGE, "phonetics, exact", -0.29),
    ):
        each = data[(data["task"] == task) & (data["metric"] == metric)].dropna()
        heights = each["family"].map(rows) + offset
        ax.plot(each["onset_flops"], heights, marker, color=colour, label=name, ms=5.5, zorder=3)
    ax.set_yticks(list(rows.values()), list(rows))
    ax.set_xscale("log")
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.set_xlim(8e19, 8e25)
    ax.set_xlabel("training compute (FLOP)")
    ax.grid(visible=False, axis="y")
    _legend_above(fig)
    return fig


def _legend_above(fig: Figure) -> None:
    fig.legend(
        loc="outside upper center", ncols=3, fontsize=8.5, handletextpad=0.2, columnspacing=1
    )
