"""Pictures of the chapter "The evidence"."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from emergence_lib import published, theme
from emergence_lib.chapters.evidence import numbers

Scene = tuple[Figure, Callable[..., str]]

LARGEST_SEEN = ("350M", "760M", "1.3B", "2.7B", "6.7B", "13B", "175B")
"""Settings of the slider of `seen_so_far`."""
AXES = ("linear", "logarithmic")
FAMILIES = ("OPT", "Pythia", "BLOOM", "GPT-Neo/J", "StarCoder", "Llama", "Falcon", "Qwen1.5")
"""Settings of the menu of `one_family`."""
TASKS = tuple(numbers.COMPARED)

TASK = "3D+"
"""Of `seen_so_far`."""
BLEU = ("BLEU", "^", theme.TEAL)
EXACT = ("exact match", "o", theme.BLUE)
DECADES_SHOWN = 4
LINEAR_TICKS = ("0%", "25%", "50%", "75%", "100%")
LOG_TICKS = ("0.01%", "0.1%", "1%", "10%", "100%")


def _height(score: NDArray[np.float64], axis: str) -> NDArray[np.float64]:
    """Place a score on an axis of fixed height: as it is, or by its logarithm over four decades.

    One frame of an explorable must have the ticks of every other, so the axis itself stays.
    """
    if axis == "linear":
        return np.clip(score, 0, 1)
    return np.clip(1 + np.log10(np.maximum(score, 1e-9)) / DECADES_SHOWN, 0, 1)


@theme.figure
def seen_so_far() -> Scene:
    """GPT-3's sums with the larger models hidden, and what two forecasts make of the rest.

    The function that comes with it takes ``largest`` (of `LARGEST_SEEN`), ``axis`` (of `AXES`) and
    ``truth`` (whether to show the hidden models).
    """
    ladder = published.gpt3(TASK)
    fig = Figure(figsize=(theme.PHONE, 2.9))
    ax = fig.subplots()
    theme.log_axis(ax, "model size (parameters)", limits=(8e7, 4e11))
    theme.share_axis(ax, "answers exactly right")
    grid = np.geomspace(1e8, 3e11, 80)
    curves = {
        "line": ax.plot(grid, grid * 0, color=theme.ORANGE, label="_line")[0],
        "logistic": ax.plot(grid, grid * 0, color=theme.TEAL, ls="--", label="_logistic")[0],
    }
    ax.text(0.03, 0.94, "solid: straight line", color=theme.ORANGE, transform=ax.transAxes)
    ax.text(0.03, 0.86, "dashed: logistic", color=theme.TEAL, transform=ax.transAxes)
    sizes, scores = ladder["params"].to_numpy(float), ladder["score"].to_numpy()
    bounds = ladder[["low", "high"]].to_numpy()
    bars = [ax.plot([size, size], [0, 0], lw=1.2, label="_interval")[0] for size in sizes]
    # Rings mark all models; dots the seen ones, the last repeated so that no frame has fewer.
    rings = ax.plot(sizes, scores, "o", label="GPT-3, few-shot")[0]
    dots = ax.plot(sizes, scores, "o", color=theme.BLUE, label="_seen")[0]

    def update(largest: str, axis: str, truth: bool) -> str:
        ax.set_yticks(np.linspace(0, 1, 5), LINEAR_TICKS if axis == "linear" else LOG_TICKS)
        seen = len(numbers.gpt3_seen(TASK, largest))
        for number, bar in enumerate(bars):
            bar.set_ydata(_height(bounds[number], axis))
            bar.set_color((theme.BLUE, float(number < seen or truth)))
        order = np.minimum(np.arange(len(sizes)), seen - 1)
        dots.set_data(sizes[order], _height(scores[order], axis))
        rings.set_ydata(_height(scores, axis))
        rings.set_markeredgecolor((theme.BLUE, float(truth)))
        # Not "none", which Matplotlib writes into an SVG as black.
        rings.set_markerfacecolor((theme.BLUE, 0))
        for shape, curve in curves.items():
            fit = numbers.gpt3_fit(TASK, largest, shape)
            curve.set_ydata(_height(fit.predict(grid), axis))
        return _seen_sentence(largest, truth)

    update("6.7B", "linear", False)
    return fig, update


def _seen_sentence(largest: str, truth: bool) -> str:
    line, logistic = (numbers.gpt3_forecast(TASK, largest, shape) for shape in ("line", "logistic"))
    says = f"the line says {line:.1%}, the logistic {logistic:.1%}"
    score = published.gpt3_score(TASK)
    if largest == "175B":
        return f"All eight models seen. At 175B {says}; measured: {score:.1%}."
    ending = f" Measured: {score:.1%}." if truth else " And the measurement?"
    return f"Models up to {largest} seen. For 175B {says}.{ending}"


@theme.figure
def gpt3_addition() -> list[Figure]:
    """Addition of two to five digits at all eight sizes: linear axis, then logarithmic axis."""
    panels = []
    for scale in AXES:
        fig = Figure(figsize=theme.PANEL)
        ax = fig.subplots()
        for digits, colour, marker in zip("2345", theme.RAMP[:4], "osD^", strict=True):
            ladder = published.gpt3(f"{digits}D+")
            _with_intervals(ax, ladder, f"{digits} digits", colour, marker, log=scale != "linear")
        theme.log_axis(ax, "model size (parameters)", limits=(8e7, 2e12))
        if scale == "linear":
            theme.share_axis(ax, "sums exactly right", limits=(-0.03, 1.06))
            heights = (0.97, 0.77, 0.26, 0.08)
        else:
            theme.log_axis(
                ax,
                "sums exactly right",
                limits=(1e-4, 1.5),
                ticks=(1e-4, 1e-3, 1e-2, 1e-1, 1),
                write=lambda share: f"{100 * share:g}%",
                axis="y",
            )
            ax.annotate("open: none of\n2,000, at most", (2.4e10, 1.6e-4))
            heights = (1.15, 0.5, 0.2, 0.075)
        for digits, height in zip("2345", heights, strict=True):
            ax.annotate(f"{digits} digits", (2.2e11, height), annotation_clip=False)
        ax.set_title(f"{scale.capitalize()} axis")
        panels.append(fig)
    return panels


def _with_intervals(
    ax: Axes, ladder: pd.DataFrame, label: str, colour: str, marker: str, *, log: bool
) -> None:
    """Draw a curve with Wilson intervals; on a log axis a zero becomes an upper bound."""
    some = ladder[ladder["right"] > 0] if log else ladder
    spread = np.abs(some[["low", "high"]].to_numpy().T - some["score"].to_numpy())
    ax.errorbar(
        some["params"], some["score"], spread, color=colour, marker=marker, ms=4, lw=1.4,
        elinewidth=1, label=label,
    )  # fmt: skip
    none = ladder[ladder["right"] == 0]
    if log and len(none):
        ax.plot(none["params"], none["high"], "v", color=colour, ms=4, mec=colour, mfc=(colour, 0),
                label=f"{label}, none right: upper bound")  # fmt: skip


@theme.figure
def forecast_errors() -> Figure:
    """Rank by how far GPT-3 175B lies from its forecast: every few-shot curve of the paper."""
    errors = numbers.forecast_errors()
    rank = np.arange(1, len(errors) + 1)
    points = errors["miss"].to_numpy() * 100
    arithmetic = (errors["group"] == "arithmetic").to_numpy()
    scrambling = (errors["group"] == "word_scrambling").to_numpy()
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    ax.axhline(0, color=theme.INK, lw=0.8, label="_zero")
    limit = numbers.SURPRISE * 100
    ax.axhspan(-limit, limit, color=theme.GREY, alpha=0.15, lw=0, label="_band")
    for chosen, colour, marker, label in (
        (arithmetic, theme.ORANGE, "o", "arithmetic"),
        (scrambling, theme.TEAL, "s", "word scrambling"),
        (~arithmetic & ~scrambling, theme.GREY, "^", "all other tasks"),
    ):
        ax.plot(rank[chosen], points[chosen], marker, color=colour, ms=4.5, label=label)
    names = {"3D-": "3-digit subtraction", "3D+": "3-digit addition", "SymbolInsertion":
             "symbol insertion (scrambling)", "RTE": "RTE (entailment)"}  # fmt: skip
    for task, name in names.items():
        at = int(np.flatnonzero(errors["task"] == task)[0])
        ax.annotate(name, (rank[at], points[at]), xytext=(7, 1), textcoords="offset points")
    ax.text(20, 62, "arithmetic", color=theme.ORANGE)
    ax.text(20, 52, "word scrambling", color=theme.TEAL)
    ax.text(41, -30, "all other tasks", color=theme.GREY)
    ax.set_xlabel(f"rank among {len(errors)} curves")
    ax.set_ylabel("score minus forecast (points)")
    ax.set_ylim(-40, 95)
    return fig


@theme.figure
def two_metrics() -> list[Figure]:
    """Open models over five decades of compute: one task, then one task under two metrics."""
    panels = []
    for title, task, metrics in (
        ("Word unscrambling", "word_unscrambling", (None,)),
        ("Phonetic transliteration", "ipa_transliterate", ("bleu", "exact_match")),
    ):
        fig = Figure(figsize=theme.PANEL)
        ax = fig.subplots()
        _compute_axis(ax)
        for metric in metrics:
            name, look, colour = BLEU if metric == "bleu" else EXACT
            rows = published.open_models(task, metric)
            ax.plot(rows["train_flops"], rows["score"], look, color=colour, ms=4, label=name)
            top = rows["train_flops"].iloc[-1], rows["score"].iloc[-1]
            shift = (4, -32) if metric == "exact_match" else (-8, 4)
            ax.annotate(
                name, top, xytext=shift, ha="right", textcoords="offset points", color=colour
            )
        ax.set_ylim(-0.03, 0.9)
        ax.set_ylabel("score")
        ax.set_title(title)
        panels.append(fig)
    return panels


def _compute_axis(ax: Axes) -> None:
    decades = [10.0**power for power in range(20, 26)]
    theme.log_axis(ax, "training compute (FLOP)", limits=(6e19, 1e26), ticks=decades, write=None)


@theme.figure
def one_family() -> Scene:
    """Open models on three tasks, one family picked out.

    The function that comes with it takes ``family`` (of `FAMILIES`) and ``task`` (of `TASKS`).
    """
    models = numbers.compared_models()
    longest = int(models["family"].value_counts()[list(FAMILIES)].max())
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    _compute_axis(ax)
    theme.share_axis(ax, "score", limits=(-0.03, 1.06))
    cloud = ax.plot(models["train_flops"], models[TASKS[0]], "o", color=theme.GREY, ms=4,
                    alpha=0.45, label="open models")[0]  # fmt: skip
    chance = ax.axhline(0, color=theme.GREY, ls=":", lw=1.2, label="_chance")
    note = ax.text(9e25, 0, "chance", color=theme.GREY, ha="right", va="bottom")
    picked = ax.plot(np.full(longest, 1e20), np.zeros(longest), "o-", color=theme.ORANGE, ms=6,
                     label="_family")[0]  # fmt: skip

    def update(family: str, task: str) -> str:
        cloud.set_ydata(models[task])
        level = 0.25 if task == "MMLU" else 0.0
        chance.set_ydata([level, level])
        note.set_y(level)
        ladder = models[models["family"] == family]
        # Every frame has as many markers as the longest family: the last one is repeated.
        order = np.minimum(np.arange(longest), len(ladder) - 1)
        picked.set_data(ladder["train_flops"].iloc[order], ladder[task].iloc[order])
        return _family_sentence(ladder, family, task)

    update("OPT", TASKS[0])
    return fig, update


def _family_sentence(ladder: pd.DataFrame, family: str, task: str) -> str:
    last = ladder.iloc[-1]
    passed = ladder[ladder[task] >= 0.5]
    if passed.empty:
        return (
            f"{family} has not reached 50% on {task} by {_flop(last['train_flops'])}: "
            f"its largest model here scores {last[task]:.1%}."
        )
    first = passed.iloc[0]
    return (
        f"{family} first reaches 50% on {task} at {_flop(first['train_flops'])}, "
        f"with {first['params'] / 1e9:.3g} billion parameters ({first[task]:.1%})."
    )


def _flop(value: float) -> str:
    mantissa, exponent = f"{value:.1e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa} × 10{raised} FLOP"


@theme.figure
def first_solved() -> Figure:
    """Draw the ranges of size in which the thresholds of 67 BIG-bench tasks can lie."""
    table = numbers.bigbench_intervals()
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    columns = (table[name].to_numpy() for name in ("params", "smaller", "tasks"))
    for place, (params, smaller, tasks) in enumerate(zip(*columns, strict=True)):
        tested = np.isfinite(smaller)
        dash = "-" if tested else (0, (0.6, 0.5))
        ends = [smaller if tested else 1e9, params]
        ax.plot(
            ends, [place] * 2, ls=dash, color=theme.BLUE, lw=5, alpha=0.35,
            solid_capstyle="butt", label="_range",
        )  # fmt: skip
        ax.plot([params], [place], "o", color=theme.BLUE, ms=6, label="_first")
        note = f"{tasks} tasks" if tested else f"{tasks} tasks, no smaller model tested"
        ax.annotate(note, (params, place), xytext=(8, -3.5), textcoords="offset points")
    names = [
        f"{family} {params / 1e9:.0f}B"
        for family, params in zip(table["family"], table["params"], strict=True)
    ]
    theme.log_axis(ax, "model size (parameters)", limits=(1e9, 3e12))
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.set_yticks(range(len(table)), names)
    ax.grid(visible=False, axis="y")
    return fig
