"""Figures of learning dynamics: a network that groks, as it is and through a Fourier filter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emergence_lib import theme
from emergence_lib.chapters.learning_dynamics import numbers as found
from emergence_lib.curves import crossing
from emergence_lib.experiments import grokking, store

LINES = {
    "train": (theme.GREY, "--", "training pairs"),
    "test": (theme.ORANGE, "-", "new pairs"),
    "filtered": (theme.BLUE, "-", "new pairs, filtered"),
}
"""Colour, dash and name of the three accuracies that the chapter follows."""
OWN = {
    "seen": ("train", *LINES["train"][:2]),
    "new": ("test", *LINES["test"][:2]),
    "filtered": ("filtered", *LINES["filtered"][:2]),
    "scrambled": ("scrambled", theme.PURPLE, ":"),
}
"""Measure, colour and dash of each mark of the network that readers train."""
LOOKS = ("as it is", "filtered")
WINDOW = 20
"""Positions of the slider of `training`."""


def _panel(title: str) -> tuple[Figure, Axes]:
    """Return a panel with a title."""
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    ax.set_title(title)
    return fig, ax


def _steps(ax: Axes, last: int) -> None:
    """Make the x axis one of training steps, logarithmic."""
    theme.log_axis(ax, "training steps", limits=(0.9, last * 1.15), ticks=(1, 10, 100, 1000))


def _course(ax: Axes, measure: str, variant: str, label: str, color: str, ls: str) -> None:
    """Draw a measure through training; before it there is no place on a logarithmic axis."""
    later = found.course(variant).query("step > 0")
    scores = later.pivot(index="seed", columns="step", values=measure)
    theme.seeds(ax, scores.columns, scores, label, color=color, ls=ls)


def _accuracies(ax: Axes, variant: str) -> None:
    """Draw the three accuracies of a variant."""
    for measure, (colour, dash, name) in LINES.items():
        _course(ax, measure, variant, name, colour, dash)
    _steps(ax, store.variants("grokking")[variant].steps)
    theme.share_axis(ax, "right")


def _names(ax: Axes, *names: tuple[float, float, str, str, str]) -> None:
    """Write names beside curves: place, words, colour and alignment of each."""
    for x, y, words, colour, side in names:
        ax.text(x, y, words, color=colour, ha=side, va="center")


@theme.figure
def decay(live: grokking.Result | None = None) -> list[Figure]:
    """Accuracy through training with weight decay and without, cross-entropy.

    Parameters
    ----------
    live : Result, optional
        One more run with the book's decay, drawn as circles in the first panel.
    """
    figures = []
    for variant, title, new in (
        ("", "weight decay on", (330, 0.36)),
        ("no-decay", "weight decay off", (1300, 0.08)),
    ):
        fig, ax = _panel(title)
        _accuracies(ax, variant)
        noise = "random labels, filtered"
        _course(ax, "filtered", "random-labels", noise, theme.PURPLE, ":")
        if live is not None and not variant:
            _circles(ax, live)
        _names(
            ax,
            (7.5, 0.7, "new pairs,\nfiltered", theme.BLUE, "right"),
            (1.1, 0.2, "random\nlabels,\nfiltered", theme.PURPLE, "left"),
            (*new, "new pairs", theme.ORANGE, "right"),
            (60, 0.7, "training\npairs", theme.GREY, "left"),
        )
        figures.append(fig)
    return figures


def _circles(ax: Axes, live: grokking.Result) -> None:
    """Mark every third checkpoint of a run on new pairs, filtered and not."""
    for measure in ("test", "filtered"):
        colour, _, name = LINES[measure]
        ax.plot(
            live.config.checkpoints[1:],
            getattr(live, measure)[0, 1:],
            ls="",
            marker="o",
            markevery=(1, 3),
            markerfacecolor="none",
            markeredgecolor=colour,
            label=f"{name}, trained on this page",
            zorder=4,
        )


@theme.figure
def other_loss() -> list[Figure]:
    """Accuracy through training on squared error, with weight decay and without."""
    figures = []
    for variant, title in (
        ("squared-error", "squared error, decay on"),
        ("squared-error-no-decay", "squared error, decay off"),
    ):
        fig, ax = _panel(title)
        _accuracies(ax, variant)
        _names(
            ax,
            (9.5, 0.7, "new pairs,\nfiltered", theme.BLUE, "right"),
            (190, 0.3, "new pairs", theme.ORANGE, "right"),
            (48, 0.62, "training\npairs", theme.GREY, "left"),
        )
        figures.append(fig)
    return figures


@theme.figure
def controls() -> Figure:
    """Draw the filter's score and its controls, when memorised and at the end."""
    table = found.controls()
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    names = list(found.CONDITIONS)
    rows = np.arange(len(names))[::-1]
    for column, colour, shift, label in (
        ("untrained", theme.GREY, 0.27, "before training"),
        ("memorised", theme.GOLD, 0.0, "training pairs just memorised"),
        ("final", theme.BLUE, -0.27, "at the end"),
    ):
        mean = table.groupby("condition", sort=False)[column].mean()
        ax.barh(rows + shift, mean, height=0.22, color=colour, label=label)
        for row, name in zip(rows, names, strict=True):
            seeds = table.loc[table["condition"] == name, column]
            ax.plot(
                seeds,
                np.full(len(seeds), row + shift),
                ls="",
                marker="|",
                ms=6,
                color=theme.INK,
                label="_seed",
            )
    ax.axvline(found.CHANCE, color=theme.GREY, ls=":", lw=1.2, label="_chance")
    theme.share_axis(ax, "new pairs right (dotted: chance)", limits=(0, 1.03), axis="x")
    ax.set_yticks(rows, names)
    ax.grid(visible=False, axis="y")
    ax.legend(loc="lower right")
    return fig


@theme.figure
def in_use() -> list[Figure]:
    """Accuracy without the strongest frequencies, and loss on new pairs, decay on and off."""
    ablation, ax = _panel("strongest frequency removed")
    _decay_on_and_off(ax, "excluded", (700, 0.17), (1500, 0.97))
    theme.share_axis(ax, "training pairs right")

    loss, ax = _panel("loss on new pairs")
    _decay_on_and_off(ax, "test_loss", (330, 1.6), (900, 14.5))
    guess = -np.log(found.CHANCE)
    ax.axhline(guess, color=theme.GREY, ls=":", lw=1.2, label="_guess")
    ax.text(1.1, guess + 0.35, "uniform guess", color=theme.GREY)
    ax.set(ylim=(-0.5, 17), ylabel="cross-entropy (nats)", yticks=[0, 5, 10, 15])
    return [ablation, loss]


def _decay_on_and_off(
    ax: Axes, measure: str, on: tuple[float, float], off: tuple[float, float]
) -> None:
    """Draw a measure with decay and without, their names at the places given."""
    for variant, name, colour, dash, place in (
        ("", "decay on", theme.TEAL, "-", on),
        ("no-decay", "decay off", theme.PURPLE, "--", off),
    ):
        _course(ax, measure, variant, name, colour, dash)
        theme.beside(ax, *place, name, colour, ha="right", va="center")
    _steps(ax, grokking.BOOK.steps)


@theme.figure
def data_threshold() -> Figure:
    """Accuracy on new pairs against the share of the table seen, for several budgets."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    for dash, steps in ((":", 300), ("-.", 600), ("--", 1200), ("-", 2400)):
        name = f"{steps:,} steps"
        scores = found.sweep(steps).pivot(index="seed", columns="share", values="test")
        mean = theme.seeds(ax, scores.columns, scores, name, color=theme.ORANGE, ls=dash)
        half = crossing(scores.columns, mean, 0.5)
        if steps == 300:
            theme.beside(ax, half + 0.012, 0.42, name, theme.ORANGE)
        if steps == 2400:
            theme.beside(ax, half - 0.008, 0.42, name, theme.ORANGE, ha="right")
    name = "filtered, 2,400 steps"
    scores = found.sweep(2400).pivot(index="seed", columns="share", values="filtered")
    theme.seeds(ax, scores.columns, scores, name, color=theme.BLUE, marker="s", ms=3)
    theme.beside(ax, 0.02, 0.8, name, theme.BLUE)
    ax.axhline(found.CHANCE, color=theme.GREY, ls=":", lw=1.2, label="_chance")
    label, ticks = "share of the table seen in training", (0, 0.1, 0.2, 0.3)
    theme.share_axis(ax, label, limits=(0, 0.38), ticks=ticks, axis="x")
    theme.share_axis(ax, "new pairs right")
    return fig


def window() -> list[int]:
    """Return the checkpoints between which the slider of `training` moves."""
    steps = np.array([step for step in grokking.BOOK.checkpoints if step >= 5])
    places = np.linspace(0, len(steps) - 1, WINDOW).round().astype(int)
    return [int(step) for step in steps[places]]


@theme.figure
def training() -> tuple[Figure, Callable[..., str]]:
    """Explorable: the course of one net up to a chosen step, as it is or filtered.

    Returns
    -------
    tuple
        The figure and ``update(step, look)``; ``step`` is one of `window`, ``look`` of `LOOKS`.
    """
    run = store.stored("grokking")[0]
    steps = np.array(run.config.checkpoints)
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    curves = {}
    for measure, (colour, dash, name) in LINES.items():
        (curve,) = ax.plot(steps[1:], np.zeros(len(steps) - 1), color=colour, ls=dash, label=name)
        (dot,) = ax.plot([1], [0], color=colour, marker="o", ls="", label=f"_{measure}")
        curves[measure] = curve, dot
    _steps(ax, int(steps[-1]))
    theme.share_axis(ax)
    names = {LINES[measure][2]: curve for measure, (curve, _) in curves.items()}
    theme.key(ax, names, columns=len(names))

    def update(step: int, look: str) -> str:
        now = int(np.flatnonzero(steps == step)[0])
        for measure, (curve, dot) in curves.items():
            score = getattr(run, measure)[0]
            shown = measure != "filtered" or look == LOOKS[1]
            # What has not happened yet waits at the present point; what is hidden, below the axis.
            till = np.minimum(np.arange(1, len(steps)), now)
            curve.set_data(steps[till], score[till] if shown else np.full(len(till), -1.0))
            dot.set_data([step], [score[now] if shown else -1.0])
            # An artist without a public name is not in the table of numbers.
            curve.set_label(LINES[measure][2] if shown else f"_{measure} hidden")
        said = (
            f"Step {step:,}: {run.train[0, now]:.1%} of the training pairs right, "
            f"{run.test[0, now]:.1%} of the new ones"
        )
        return f"{said}; filtered, {run.filtered[0, now]:.1%}." if look == LOOKS[1] else f"{said}."

    update(window()[0], LOOKS[0])
    return fig, update


@theme.figure
def own() -> tuple[Figure, Callable[..., str]]:
    """Twin: a network that the reader trains; Python draws the whole course of stored seed 0.

    Returns
    -------
    tuple
        The figure and ``update(decay)``, a switch.
    """
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    steps = grokking.OWN.checkpoints
    curves = {}
    for mark, (measure, colour, dash) in OWN.items():
        (curve,) = ax.plot(steps, np.zeros(len(steps)), color=colour, ls=dash, label=mark)
        theme.moved(curve, mark)
        curves[measure] = curve
    ticks = range(0, steps[-1] + 1, 300)
    ax.set(xlabel="training steps", xlim=(-20, steps[-1] + 20))
    ax.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    theme.share_axis(ax, "right")
    theme.key(ax, {str(curve.get_label()): curve for curve in curves.values()}, columns=len(curves))

    def update(decay: bool) -> str:
        run = store.stored("grokking", "own" if decay else "own-no-decay")[0]
        ends = {}
        for measure, curve in curves.items():
            scores = getattr(run, measure)[0]
            curve.set_ydata(scores)
            ends[measure] = f"{scores[-1]:.0%}"
        return (
            f"Stored run, step {steps[-1]:,} of {steps[-1]:,}: {ends['train']} of seen pairs, "
            f"{ends['test']} of new ones; filtered {ends['filtered']}, "
            f"scrambled {ends['scrambled']}."
        )

    update(decay=True)
    return fig, update
