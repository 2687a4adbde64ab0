"""Pictures of "The scaling-laws paradox"."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emergence_lib import laws, published, theme
from emergence_lib.chapters.scaling_laws import numbers

MODELS = [*published.SIZES.values()]
"""Names of the eight GPT-3 models."""
PARAMETERS = dict(
    zip(
        ("100M", "300M", "1B", "3B", "10B", "30B", "70B", "200B", "1T"),
        (1e8, 3e8, 1e9, 3e9, 1e10, 3e10, 7e10, 2e11, 1e12),
        strict=True,
    )
)
RATIOS = (5, 20, 100)
"""Tokens a parameter."""
READ = ("as printed", "our refit")
"""Laws of which the terms can be read."""
SHORT = {"bigbench_": "", "_": " ", " openai": "", " labeled": "", "zeroshot": "0-shot"}
"""How the names of tasks are shortened."""


def _size(ax: Axes, label: str | None = None) -> None:
    theme.size_axis(ax, 8e7, 3e11, ticks=(1e8, 1e9, 1e10, 1e11), label=label)


def _signed(number: float, decimals: int) -> str:
    return f"{number:+.{decimals}f}".replace("-", "−")


@theme.figure
def pair() -> tuple[Figure, Callable[..., str]]:
    """Explorable: loss and one skill of the same eight models.

    Returns
    -------
    tuple
        The figure and ``update(model, skill)``, which redraws it and returns the read-out.
    """
    fig = Figure(figsize=(theme.PHONE, 3.3))
    above, below = fig.subplots(2, sharex=True)
    table = numbers.pair("sums")
    above.plot(table["params"], table["loss"], "o-", color=theme.BLUE, label="loss")
    (line,) = below.plot(table["params"], table["score"], "s-", color=theme.ORANGE, label="score")
    here = [
        ax.plot([1e9], [0.5], "o", ms=10, mfc="none", mew=2, color=theme.INK, label="_here")[0]
        for ax in (above, below)
    ]
    rules = [
        ax.axvline(1e9, color=theme.GREY, lw=1, ls=":", label="_rule") for ax in (above, below)
    ]
    above.set(ylim=(0.8, 3.2), yticks=(1, 2, 3), ylabel="loss at the last word (nats)")
    theme.share_axis(below, "right answers", limits=(-0.06, 0.9), ticks=(0, 0.25, 0.5, 0.75))
    _size(above)
    _size(below, "model size (parameters)")

    def update(model: str, skill: str) -> str:
        rows = numbers.pair(skill)
        at = MODELS.index(model)
        sizes, losses, scores = (rows[name].to_numpy(float) for name in ("params", "loss", "score"))
        line.set_ydata(scores)
        for mark, height in zip(here, (losses[at], scores[at]), strict=True):
            mark.set_data([sizes[at]], [height])
        for rule in rules:
            rule.set_xdata([sizes[at], sizes[at]])
        said = f"{model}: loss {losses[at]:.2f} nats, {skill} {scores[at]:.1%} right."
        if at == 0:
            return said
        less, more = np.diff(losses)[at - 1], 100 * np.diff(scores)[at - 1]
        since = f"loss {_signed(less, 2)}, score {_signed(more, 1)} points."
        return f"{said} Since {MODELS[at - 1]}: {since}"

    update("6.7B", "sums")
    return fig, update


@theme.figure
def doubling() -> tuple[Figure, Callable[..., str]]:
    """Explorable: the three terms of the loss, before and after a doubling.

    Returns
    -------
    tuple
        The figure and ``update(parameters, ratio, law)``; ``law`` is one of `READ`.
    """
    fig = Figure(figsize=(theme.PHONE, 2.7))
    ax = fig.subplots()
    rows = {
        "now": (1, 1),
        "twice the parameters": (2, 1),
        "twice the tokens": (1, 2),
        "twice both": (2, 2),
    }
    parts = {"E": theme.GREY, "parameters": theme.BLUE, "tokens": theme.ORANGE}
    places = np.arange(len(rows))[::-1]
    bars = {
        name: ax.barh(places, 1.0, left=1.0, height=0.4, color=colour, label=f"term of {name}")
        for name, colour in parts.items()
    }
    ends = [ax.text(0, place, "", va="center") for place in places]
    for place, name in zip(places, rows, strict=True):
        ax.text(0.03, place + 0.43, name, va="center")
    ax.set(xlim=(0, 4.6), ylim=(-0.45, 3.75), xlabel="loss (nats per token)")
    ax.set_yticks(places, list(rows))  # for the table of numbers; in the picture they stand inside
    ax.tick_params(left=False, labelleft=False)
    ax.grid(visible=False, axis="y")
    theme.key(ax, bars, columns=3)

    def update(parameters: str, ratio: int, law: str) -> str:
        chosen, size = numbers.constants()[law], PARAMETERS[parameters]
        sizes = [(size * n, size * ratio * d) for n, d in rows.values()]
        heights = np.array([numbers.terms(chosen, *each) for each in sizes])
        lefts = np.cumsum(heights, axis=1) - heights
        for part, bar in enumerate(bars.values()):
            for row, patch in enumerate(bar):
                patch.set_x(lefts[row, part])
                patch.set_width(heights[row, part])
        total = heights.sum(axis=1)
        less = 1 - total / total[0]
        for text, height, share in zip(ends, total, less, strict=True):
            text.set_x(height + 0.06)
            text.set_text(f"{height:.2f}" if share == 0 else f"−{share:.2%}")
        own = 1 - heights[1, 1] / heights[0, 1]
        return (
            f"{parameters} parameters, {theme.short(sizes[0][1])} tokens: twice the parameters "
            f"take {own:.0%} off their term, {less[1]:.2%} off the loss."
        )

    update("70B", 20, "as printed")
    return fig, update


@theme.figure
def residuals() -> tuple[Figure, Callable[..., str]]:
    """Explorable: by how much the 240 runs miss a law; ``update(law)``."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    table = numbers.runs()
    (dots,) = ax.plot(
        table["train_flops"],
        np.zeros(len(table)),
        *("o",),
        ms=3.2,
        alpha=0.6,
        mew=0,
        color=theme.BLUE,
        label="run above the law (% of the loss)",
    )
    ax.axhline(0, color=theme.INK, lw=1, label="_law")
    ax.axvline(numbers.SMALL, color=theme.GREY, lw=1, ls=":", label="_cut")
    ax.set(ylim=(-6, 6), yticks=(-4, -2, 0, 2, 4), ylabel="run above the law (% of the loss)")
    theme.log_axis(ax, "training compute (FLOP)", limits=(1e18, 2e22))

    def update(law: str) -> str:
        chosen = numbers.constants()[law]
        off = numbers.residuals(chosen)
        dots.set_ydata(off)
        split = numbers.best_split(chosen)
        return (
            f"{law.capitalize()}: typical miss {numbers.typical(off):.2f}%, mean "
            f"{_signed(off.mean(), 2)}%. With Chinchilla's compute it would train "
            f"{split.parameters / 1e9:.0f}B parameters on {split.tokens:.0f} tokens each."
        )

    update("our refit")
    return fig, update


@theme.figure
def exponents() -> Figure:
    """Draw the exponents: bootstrap, finished and stopped fits, and the printed ones."""
    fig = Figure(figsize=(theme.PHONE, 3.4))
    ax = fig.subplots()
    draws, stops = numbers.bootstrap().draws, numbers.stops()
    early = stops[stops["rule"] == "mean of the losses"]
    marks = {}
    (marks["bootstrap"],) = ax.plot(
        draws[:, 3], draws[:, 4], "o", ms=3, mew=0, alpha=0.35, color=theme.BLUE, label="bootstrap"
    )
    (marks["stopped early"],) = ax.plot(
        early["alpha"], early["beta"], "x", ms=6, mew=1.6, color=theme.ORANGE, label="stopped early"
    )
    for law, mark, colour, name in (
        (numbers.refit().constants, "D", theme.BLUE, "refit"),
        (laws.HOFFMANN, "s", theme.PURPLE, "as printed"),
    ):
        (marks[name],) = ax.plot(
            law.alpha, law.beta, mark, ms=8, color=colour, label=name, zorder=4
        )
    ax.plot([0.2, 0.6], [0.2, 0.6], color=theme.GREY, lw=1, ls="--", label="_equal")
    ax.text(0.46, 0.45, "alike", color=theme.GREY, ha="left", va="top")
    ax.set(xlim=(0.25, 0.6), ylim=(0.2, 0.52), xlabel="α, exponent of the parameters")
    ax.set_ylabel("β, of the tokens")
    theme.key(ax, marks, columns=2)
    return fig


@theme.figure
def direct() -> Figure:
    """Draw the mean error of each route on each task of the Gadre grid."""
    table = numbers.by_task()
    fig = Figure(figsize=(theme.PHONE, 4.6))
    ax = fig.subplots()
    places = -np.arange(len(table), dtype=float) - (table["floor"] > 0)
    looks = {"last": ("|", theme.GREY), "loss": ("D", theme.TEAL)}
    looks |= {"direct": ("x", theme.ORANGE), "chance": ("o", theme.BLUE)}
    marks = {}
    for route, (mark, colour) in looks.items():
        (marks[numbers.ROUTES[route]],) = ax.plot(
            *(table[route], places, mark),
            ms=9 if mark == "|" else 6,
            mew=2 if mark in "|x" else 0,
            color=colour,
            label=numbers.ROUTES[route],
        )
    ax.axvline(0, color=theme.INK, lw=1, label="_zero")
    ax.set_yticks(places, [_short(task) for task in table["task"]])
    ax.set(xlim=(-28, 28), xlabel="forecast minus score (points)")
    ax.set_xticks((-20, -10, 0, 10, 20), ("−20", "−10", "0", "10", "20"))
    theme.key(ax, marks, columns=2)
    return fig


def _short(task: str) -> str:
    for long, short in SHORT.items():
        task = task.replace(long, short)
    return task


@theme.figure
def seeds() -> list[Figure]:
    """Draw the loss of nine runs of one recipe, and how far they are apart."""
    table = numbers.seed_losses().loc[2000:]
    away = numbers.astray().index
    first, second = Figure(figsize=theme.PANEL), Figure(figsize=theme.PANEL)
    ax = first.subplots()
    for seed, losses in table.items():
        colour, width = (theme.ORANGE, 1.6) if seed in away else (theme.BLUE, 0.9)
        ax.plot(table.index, losses, color=colour, lw=width, label=f"seed {seed}")
    for seed in away:
        peak = table[seed].loc[60_000:].idxmax()
        height = table.loc[peak, seed]
        theme.beside(ax, peak * 0.9, height, f"seed {seed}", theme.ORANGE, ha="right")
    ax.set(title="nine runs", ylim=(2.1, 3.15), ylabel="training loss (nats)")
    _steps(ax)
    ax = second.subplots()
    ax.plot(table.index, table.std(axis=1), "o-", color=theme.INK, label="all nine")
    kept = table.drop(columns=away).std(axis=1)
    ax.plot(table.index, kept, "s--", color=theme.BLUE, ms=4, label="without the two")
    theme.beside(ax, 60_000, 0.13, "all nine", theme.INK, ha="right")
    theme.beside(ax, 75_000, 0.0055, "without the two", theme.BLUE, ha="right")
    ax.set_title("how far they are apart")
    _steps(ax)
    ticks = (0.001, 0.01, 0.1)
    theme.log_axis(ax, "standard deviation (nats)", limits=(1e-3, 0.5), ticks=ticks, axis="y")
    return [first, second]


def _steps(ax: Axes) -> None:
    theme.log_axis(ax, "training step", limits=(1800, 170_000), ticks=(2000, 8000, 30_000, 142_000))
