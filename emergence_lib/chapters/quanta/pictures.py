"""Figures of Quanta: many sharp skills under one smooth loss."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from emergence_lib import theme
from emergence_lib.chapters.quanta import numbers as found
from emergence_lib.experiments import quanta, store

MOMENTS = quanta.BOOK.moments[::2].tolist()
"""Training steps that the explorable offers."""
GROUPS = ((0, 1), (1, 3), (3, 6), (6, 10), (10, 15))
"""Skills, from first to before last, that share a shade of blue."""
DRAWN = GROUPS[-1][1]
"""Skills drawn one by one; most of the others are not learned."""


def _panel(title: str) -> tuple[Figure, Axes]:
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    ax.set_title(title)
    return fig, ax


def _steps(ax: Axes, first: float = 45) -> None:
    theme.log_axis(ax, "training steps", limits=(first, 9000), ticks=(50, 200, 1000, 5000))


def _right(ax: Axes, low: float, high: float = 1.04) -> None:
    """Make the y axis one of right answers, and mark a coin's half."""
    theme.share_axis(ax, "right answers", limits=(low, high), ticks=(0.5, 0.75, 1))
    ax.axhline(0.5, color=theme.GREY, ls="--", lw=1.2, label="_chance")


def _coin(ax: Axes, x: float, y: float, va: str = "center") -> None:
    ax.text(x, y, "coin", color=theme.GREY, va=va)


def _shade(skill: int) -> str:
    """Return the blue of a skill, counted from 0; rarer is darker."""
    return theme.RAMP[sum(skill >= last for _, last in GROUPS[:-1])]


@theme.figure
def training() -> tuple[Figure, Callable[..., str]]:
    """Explorable: accuracy of each of sixty skills, and the loss, as training goes on.

    Returns
    -------
    tuple
        The figure and ``update(step)``; ``step`` is one of `MOMENTS`.
    """
    run = store.stored("quanta")[0]
    fig = Figure(figsize=(theme.WIDE[0], 4.2))
    skills, loss = fig.subplots(2, height_ratios=[3, 2])
    rank = np.arange(1, run.config.skills + 1)
    (dots,) = skills.plot(
        rank, rank * 0.0, ls="", marker="o", ms=4.5, color=theme.BLUE, label="one skill"
    )
    _right(skills, 0.31)
    _coin(skills, 61.5, 0.515, va="bottom")
    skills.set(xlim=(0, 66), xlabel="skill, from common (1) to rare (60)")
    loss.plot(run.moments, run.mean_loss[0], color=theme.INK, lw=1.2, label="loss over all skills")
    (here,) = loss.plot([50], [1], marker="o", ms=8, color=theme.ORANGE, label="_now")
    _steps(loss)
    theme.log_axis(loss, "loss (nats)", limits=(0.05, 1), ticks=(0.1, 0.3, 0.7), axis="y")

    def update(step: int) -> str:
        at = int(np.flatnonzero(run.moments == step)[0])
        accuracy = run.accuracy[0, at]
        dots.set_ydata(accuracy)
        here.set_data([step], [run.mean_loss[0, at]])
        done = int((accuracy >= found.SOLVED).sum())
        return (
            f"After {step:,} steps: {done} of {len(rank)} skills at {found.SOLVED:.0%} or better, "
            f"{int((accuracy <= found.RISE[0]).sum())} at {found.RISE[0]:.0%} or worse; loss "
            f"{run.mean_loss[0, at]:.3f} nats."
        )

    update(MOMENTS[0])
    return fig, update


@theme.figure
def lighting_up(live: quanta.Result | None = None) -> list[Figure]:
    """Accuracy of single skills, and the loss that they add up to, through training.

    Parameters
    ----------
    live : Result, optional
        One more run: its skills replace those of the first stored one, its loss is drawn as
        circles.
    """
    runs = store.stored("quanta")
    second = _adding_up(runs, live or runs[0])
    if live is not None:
        second.axes[0].plot(
            live.moments,
            live.mean_loss[0],
            ls="",
            marker="o",
            markevery=4,
            markerfacecolor="none",
            markeredgecolor=theme.ORANGE,
            label="all sixty skills, trained on this page",
            zorder=4,
        )
    return [_skill_by_skill(live or runs[0]), second]


def _skill_by_skill(run: quanta.Result) -> Figure:
    """Draw the accuracy of the commonest skills of a run."""
    fig, ax = _panel("skill by skill")
    for skill in range(DRAWN):
        scores, label = run.accuracy[0, :, skill], f"skill {skill + 1}"
        ax.plot(run.moments, scores, color=_shade(skill), lw=1.4, label=label)
    _steps(ax, first=50)
    _right(ax, 0.38)
    _coin(ax, 54, 0.405)
    theme.beside(ax, 54, 0.9, "skill 1", theme.RAMP[0])
    theme.beside(ax, 8600, 0.405, f"skill {DRAWN}", theme.RAMP[4], ha="right", va="center")
    return fig


def _adding_up(runs: found.Runs, shown: quanta.Result) -> Figure:
    """Draw what skills of one run contribute to the loss, and the loss of all runs."""
    fig, ax = _panel("what the skills add up to")
    for skill, share in enumerate(shown.config.frequencies[:DRAWN]):
        part = shown.loss[0, :, skill] * share
        label = f"skill {skill + 1}, its share"
        seen = np.where(part < 3e-4, np.nan, part)
        ax.plot(shown.moments, seen, color=_shade(skill), lw=1, label=label)
    losses = [each.mean_loss[0] for each in runs]
    label = "all sixty skills"
    theme.seeds(ax, runs[0].moments, losses, label, color=theme.ORANGE, lw=2.2)
    theme.beside(ax, 8000, 0.3, "all sixty", theme.ORANGE, ha="right")
    _steps(ax)
    ticks = (0.001, 0.01, 0.1, 1)
    theme.log_axis(ax, "part of the loss (nats)", limits=(3e-4, 1.3), ticks=ticks, axis="y")
    return fig


@theme.figure
def learning_times() -> Figure:
    """Step at which a skill is learned against how often it is asked for."""
    runs = store.stored("quanta")
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    colours, markers = (theme.BLUE, theme.TEAL, theme.PURPLE), ("o", "s", "^")
    filled = [_times(ax, *each) for each in zip(runs, colours, markers, strict=True)]
    end = runs[0].config.steps
    ax.axhline(end, color=theme.GREY, ls="--", lw=1.2, label="_end")
    ax.text(0.6, end * 0.93, "training ends", color=theme.GREY, ha="right", va="top")
    kappa = np.mean([found.learning_law(run)["kappa"] for run in runs])
    theme.beside(ax, 0.09, 2100, f"slope -{kappa:.2f}", theme.INK, ha="left", va="center")
    theme.log_axis(
        ax,
        "share of training questions that ask for the skill",
        limits=(0.003, 0.65),
        ticks=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5),
    )
    theme.log_axis(
        ax,
        "step at which it is learned",
        limits=(80, 12_000),
        ticks=(100, 200, 500, 1000, 2000, 5000, 10_000),
        axis="y",
    )
    ax.legend(loc="lower left", handles=filled, borderaxespad=0.2, handletextpad=0.2)
    return fig


def _times(ax: Axes, run: quanta.Result, colour: str, marker: str) -> PathCollection:
    """Mark when a run learns its skills, with the line through them; return the filled marks."""
    table = found.learning([run])
    used = table[table["complete"]]
    late = table[~table["complete"] & np.isfinite(table["step"])]
    name = f"seed {run.seed}"
    filled = ax.scatter(
        used["frequency"], used["step"], s=26, color=colour, marker=marker, label=name, zorder=3
    )
    ax.scatter(
        late["frequency"],
        late["step"],
        s=26,
        facecolors="none",
        edgecolors=colour,
        marker=marker,
        label=f"{name}, out of turn",
    )
    law = found.learning_law(run)
    ends = np.array([used["frequency"].iloc[0], used["frequency"].iloc[-1]])
    fitted = law["first"] * (ends / ends[0]) ** -law["kappa"]
    ax.plot(ends, fitted, color=colour, lw=1, label=f"_fit {run.seed}")
    return filled


@theme.figure
def exponents() -> Figure:
    """Exponent of the loss: predicted for an endless and a finite list of skills, and measured."""
    table = found.exponents()
    mean = table.groupby("alpha")[["endless", "finite", "measured"]].mean()
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    for name, label, look in (
        (
            "endless",
            "predicted, endless list",
            {"color": theme.GREY, "ls": "--", "marker": "s"},
        ),
        ("finite", "predicted, sixty skills", {"color": theme.BLUE, "ls": ":", "marker": "D"}),
        ("measured", "measured, mean", {"color": theme.ORANGE, "lw": 1.2}),
    ):
        ax.plot(mean.index, mean[name], label=label, **look)
    ax.scatter(table.index, table["measured"], s=34, color=theme.ORANGE, label="measured", zorder=3)
    theme.beside(ax, 0.4, 0.58, "sixty skills", theme.BLUE, va="bottom")
    theme.beside(ax, 0.56, 0.40, "endless list", theme.GREY, va="top")
    theme.beside(ax, 1.02, 0.61, "measured", theme.ORANGE, va="center")
    ax.set(
        xlim=(0.33, 1.24),
        ylim=(0.25, 0.75),
        xlabel="how uneven the frequencies are (alpha)",
        ylabel="exponent of the loss in steps",
    )
    ax.set_xticks(mean.index, [f"{alpha:g}" for alpha in mean.index])
    return fig


@theme.figure
def width_axis() -> list[Figure]:
    """Loss and single skills of seed 0 against model size, at a fixed budget of training."""
    runs = store.stored("quanta", "widths")
    size = runs[0].parameters
    first, ax = _panel("the whole")
    losses = [each.mean_loss[:, -1] for each in runs]
    theme.seeds(ax, size, losses, "all 32 skills", color=theme.ORANGE, marker="o")
    _sizes(ax)
    theme.log_axis(ax, "loss (nats)", ticks=(0.01, 0.03, 0.1, 0.3, 0.7), axis="y")

    second, ax = _panel(f"its parts, seed {runs[0].seed}")
    chosen = found.skill_widths(runs[:1])["skill"]
    shades = np.linspace(0, 4, len(chosen)).round().astype(int)
    for shade, skill in zip(shades, chosen, strict=True):
        scores = runs[0].accuracy[:, -1, skill - 1]
        ax.plot(size, scores, color=theme.RAMP[shade], lw=1.2, label=f"skill {skill}")
    _sizes(ax)
    _right(ax, 0.41, 1.03)
    _coin(ax, 180, 0.43)
    return [first, second]


def _sizes(ax: Axes) -> None:
    ticks = (200, 1000, 5000, 20_000)
    theme.log_axis(ax, "parameters", limits=(170, 31_000), ticks=ticks)


@theme.figure
def sharpness() -> Figure:
    """Width of the rise of a continuous and a headline score, system by system, seed by seed."""
    table = found.comparison()
    systems = list(dict.fromkeys(table["system"]))
    fig = Figure(figsize=(theme.WIDE[0], 0.75 * len(systems) + 1.15))
    ax = fig.subplots()
    for column, colour, marker, name in (
        ("continuous", theme.ORANGE, "o", "continuous score"),
        ("headline", theme.BLUE, "s", "headline score or single part"),
    ):
        at = [
            -systems.index(row["system"]) + 0.16 * (1 - row["seed"]) - 0.12
            for _, row in table.iterrows()
        ]
        ax.scatter(table[column], at, s=34, color=colour, marker=marker, label=name, zorder=3)
        if column == "continuous":
            for y, (_, row) in zip(at, table.iterrows(), strict=True):
                ends = [row["headline"], row["continuous"]]
                ax.plot(ends, [y, y], color=theme.GREY, lw=0.8, alpha=0.6, label="_gap")
    for place, system in enumerate(systems):
        one = table[table["system"] == system].iloc[0]
        ax.text(
            0.02,
            -place + 0.28,
            f"{system}: {one['continuous_score']}; {one['headline_score']}",
            va="bottom",
        )
    ax.set(
        xlim=(0, 1.75),
        ylim=(-len(systems) + 0.55, 0.62),
        xlabel="decades of parameters from 10% to 90% of the rise",
    )
    ax.yaxis.set_major_locator(NullLocator())
    ax.grid(axis="y", visible=False)
    ax.legend(
        loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0, handletextpad=0.2
    )
    return fig
