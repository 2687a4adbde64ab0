"""Figures of chapter 11: many sharp skills under one smooth loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator, PercentFormatter
from numpy.typing import NDArray

from emergence_lib import theme
from emergence_lib.chapters.quanta import numbers as found
from emergence_lib.chapters.quanta.numbers import Runs
from emergence_lib.experiments import quanta

Numbers = NDArray[Any]

MOMENTS = found.stored()[0].moments[::2].tolist()
"""Training steps that the explorable offers."""
GROUPS = ((0, 1), (1, 3), (3, 6), (6, 10), (10, 15))
"""Skills, from first to before last, that share a shade of blue."""
DRAWN = GROUPS[-1][1]
"""Skills drawn one by one; most of the others are not learned."""


def _plain(number: float, _: Any = None) -> str:
    return f"{number:,g}"


def _log(ax: Axes, axis: str, ticks: tuple[float, ...]) -> None:
    """Make an axis logarithmic, with these ticks as plain numbers."""
    getattr(ax, f"set_{axis}scale")("log")
    lines = getattr(ax, f"{axis}axis")
    lines.set_major_locator(FixedLocator(ticks))
    lines.set_minor_locator(NullLocator())
    lines.set_major_formatter(FuncFormatter(_plain))


def _steps(ax: Axes, last: float = 9000) -> None:
    _log(ax, "x", (50, 200, 1000, 5000))
    ax.set(xlim=(45, last), xlabel="training steps")


def _percent(ax: Axes, low: float = 0.5) -> None:
    ax.set_ylim(low - 0.05, 1.04)
    ax.yaxis.set_major_locator(FixedLocator([0.5, 0.75, 1]))
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))


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
    run = found.stored()[0]
    fig = Figure(figsize=(theme.WIDE[0], 4.2))
    skills, loss = fig.subplots(2, height_ratios=[3, 2])
    rank = np.arange(1, run.config.skills + 1)
    (dots,) = skills.plot(
        rank, rank * 0.0, ls="", marker="o", ms=4.5, color=theme.BLUE, label="one skill"
    )
    skills.axhline(0.5, color=theme.GREY, ls="--", lw=1.2, label="_chance")
    skills.text(61.5, 0.515, "coin", color=theme.GREY, va="bottom", fontsize=8.5)
    skills.set(xlim=(0, 66), xlabel="skill, from common (1) to rare (60)", ylabel="right answers")
    _percent(skills, low=0.36)
    loss.plot(run.moments, run.mean_loss[0], color=theme.INK, lw=1.2, label="loss over all skills")
    (here,) = loss.plot([50], [1], marker="o", ms=8, color=theme.ORANGE, label="_now")
    _steps(loss)
    _log(loss, "y", (0.1, 0.3, 0.7))
    loss.set(ylim=(0.05, 1), ylabel="loss (nats)")

    def update(step: int) -> str:
        at = int(np.flatnonzero(run.moments == step)[0])
        accuracy = run.accuracy[0, at]
        dots.set_ydata(accuracy)
        here.set_data([step], [run.mean_loss[0, at]])
        done = int((accuracy >= found.SOLVED).sum())
        return (
            f"After {step:,} steps: {done} of {len(rank)} skills at 95% or better, "
            f"{int((accuracy <= found.RISE[0]).sum())} at 60% or worse; loss "
            f"{run.mean_loss[0, at]:.3f} nats."
        )

    update(MOMENTS[0])
    return fig, update


@theme.figure
def lighting_up(results: Runs | None = None, live: quanta.Result | None = None) -> list[Figure]:
    """Accuracy of single skills, and the loss that they add up to, through training.

    Parameters
    ----------
    results : sequence of Result, optional
        The stored runs if none are given; single skills are those of the first.
    live : Result, optional
        One more run: its skills replace those of the first, its loss is drawn as circles.
    """
    runs = results or found.stored()
    shown = live or runs[0]
    first = Figure(figsize=theme.PANEL)
    ax = first.subplots()
    _steps(ax)
    for skill in range(DRAWN):
        ax.plot(
            shown.moments,
            shown.accuracy[0, :, skill],
            color=_shade(skill),
            lw=1.4,
            label=f"skill {skill + 1}",
        )
    ax.axhline(0.5, color=theme.GREY, ls="--", lw=1.2, label="_chance")
    ax.text(54, 0.405, "coin", color=theme.GREY, va="center", fontsize=8.5)
    ax.text(54, 0.9, "skill 1", color=theme.RAMP[0], fontweight="bold")
    ax.text(
        8600,
        0.405,
        f"skill {DRAWN}",
        color=theme.RAMP[4],
        ha="right",
        va="center",
        fontweight="bold",
    )
    ax.set_ylabel("right answers")
    ax.set_title("skill by skill")
    _percent(ax)
    ax.set(xlim=(50, 9000), ylim=(0.38, 1.04))

    second = Figure(figsize=theme.PANEL)
    ax = second.subplots()
    _steps(ax)
    _log(ax, "y", (0.001, 0.01, 0.1, 1))
    share = shown.config.frequencies
    for skill in range(DRAWN):
        part = shown.loss[0, :, skill] * share[skill]
        ax.plot(
            shown.moments,
            np.where(part < 3e-4, np.nan, part),
            color=_shade(skill),
            lw=1,
            label=f"skill {skill + 1}, its share",
        )
    for each in runs:
        ax.plot(
            each.moments, each.mean_loss[0], color=theme.ORANGE, lw=0.8, alpha=0.4, label="_seed"
        )
    mean = np.mean([each.mean_loss[0] for each in runs], axis=0)
    ax.plot(runs[0].moments, mean, color=theme.ORANGE, lw=2.2, label="all sixty skills")
    if live is not None:
        ax.plot(
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
    ax.text(8000, 0.3, "all sixty", color=theme.ORANGE, ha="right", fontweight="bold")
    ax.set(ylim=(3e-4, 1.3), ylabel="part of the loss (nats)")
    ax.set_title("what the skills add up to")
    return [first, second]


@theme.figure
def learning_times(results: Runs | None = None) -> Figure:
    """Step at which a skill is learned against how often it is asked for.

    Parameters
    ----------
    results : sequence of Result, optional
        The stored runs if none are given.
    """
    runs = results or found.stored()
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    _log(ax, "x", (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5))
    _log(ax, "y", (100, 200, 500, 1000, 2000, 5000, 10_000))
    for run, colour, marker in zip(
        runs, (theme.BLUE, theme.TEAL, theme.PURPLE), ("o", "s", "^"), strict=False
    ):
        table = found.learning([run])
        used = table[table["complete"]]
        late = table[~table["complete"] & np.isfinite(table["step"])]
        ax.scatter(
            used["frequency"],
            used["step"],
            s=26,
            color=colour,
            marker=marker,
            label=f"seed {run.seed}",
            zorder=3,
        )
        ax.scatter(
            late["frequency"],
            late["step"],
            s=26,
            facecolors="none",
            edgecolors=colour,
            marker=marker,
            label=f"seed {run.seed}, out of turn",
        )
        law = found.learning_law(run)
        ends = np.array([used["frequency"].iloc[0], used["frequency"].iloc[-1]])
        fitted = law["first"] * (ends / ends[0]) ** -law["kappa"]
        ax.plot(ends, fitted, color=colour, lw=1, label=f"_fit {run.seed}")
    end = runs[0].config.steps
    ax.axhline(end, color=theme.GREY, ls="--", lw=1.2, label="_end")
    ax.text(0.6, end * 0.93, "training ends", color=theme.GREY, ha="right", va="top", fontsize=8.5)
    kappa = np.mean([found.learning_law(run)["kappa"] for run in runs])
    ax.text(
        0.09,
        2100,
        f"slope -{kappa:.2f}",
        color=theme.INK,
        fontweight="bold",
        ha="left",
        va="center",
    )
    ax.set(
        xlim=(0.003, 0.65),
        ylim=(80, 12_000),
        xlabel="share of training questions that ask for the skill",
        ylabel="step at which it is learned",
    )
    ax.legend(
        loc="lower left",
        handles=[each for each in ax.collections if "out of turn" not in str(each.get_label())],
        borderaxespad=0.2,
        handletextpad=0.2,
    )
    return fig


@theme.figure
def exponents() -> Figure:
    """Exponent of the loss: predicted for an endless and a finite list of skills, and measured."""
    table = found.exponents()
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    mean = table.groupby("alpha")[["kappa", "endless", "finite", "measured"]].mean()
    alpha = mean.index.to_numpy()
    ax.plot(
        alpha,
        mean["endless"],
        color=theme.GREY,
        ls="--",
        marker="s",
        label="predicted, endless list",
    )
    ax.plot(
        alpha, mean["finite"], color=theme.BLUE, ls=":", marker="D", label="predicted, sixty skills"
    )
    ax.plot(alpha, mean["measured"], color=theme.ORANGE, lw=1.2, label="measured, mean")
    ax.scatter(
        table["alpha"], table["measured"], s=34, color=theme.ORANGE, label="measured", zorder=3
    )
    ax.text(0.4, 0.58, "sixty skills", color=theme.BLUE, va="bottom", fontweight="bold")
    ax.text(0.56, 0.40, "endless list", color=theme.GREY, va="top", fontweight="bold")
    ax.text(1.02, 0.61, "measured", color=theme.ORANGE, va="center", fontweight="bold")
    ax.set(
        xlim=(0.33, 1.24),
        ylim=(0.25, 0.75),
        xlabel="how uneven the frequencies are (alpha)",
        ylabel="exponent of the loss in steps",
    )
    ax.xaxis.set_major_locator(FixedLocator(alpha.tolist()))
    ax.xaxis.set_major_formatter(FuncFormatter(_plain))
    return fig


@theme.figure
def width_axis(results: Runs | None = None) -> list[Figure]:
    """Loss and single skills against model size, at a fixed budget of training.

    Parameters
    ----------
    results : sequence of Result, optional
        The stored runs of the width axis if none are given; single skills are the first's.
    """
    runs = results or found.stored("widths")
    size = runs[0].parameters
    ticks = (200, 1000, 5000, 20_000)
    first = Figure(figsize=theme.PANEL)
    ax = first.subplots()
    _log(ax, "x", ticks)
    _log(ax, "y", (0.01, 0.03, 0.1, 0.3, 0.7))
    for each in runs:
        ax.plot(size, each.mean_loss[:, -1], color=theme.ORANGE, lw=0.8, alpha=0.4, label="_seed")
    mean = np.mean([each.mean_loss[:, -1] for each in runs], axis=0)
    ax.plot(size, mean, color=theme.ORANGE, marker="o", label="all 32 skills")
    ax.set(xlim=(170, 31_000), xlabel="parameters", ylabel="loss (nats)")
    ax.set_title("the whole")

    second = Figure(figsize=theme.PANEL)
    ax = second.subplots()
    _log(ax, "x", ticks)
    chosen = found.skill_widths([runs[0]])
    shades = np.linspace(0, 4, len(chosen)).round().astype(int)
    for shade, skill in zip(shades, chosen["skill"], strict=True):
        ax.plot(
            size,
            runs[0].accuracy[:, -1, skill - 1],
            color=theme.RAMP[shade],
            lw=1.2,
            label=f"skill {skill}",
        )
    ax.axhline(0.5, color=theme.GREY, ls="--", lw=1.2, label="_chance")
    ax.text(180, 0.43, "coin", color=theme.GREY, va="center", fontsize=8.5)
    ax.set(xlim=(170, 31_000), xlabel="parameters", ylabel="right answers")
    ax.set_title(f"its parts, seed {runs[0].seed}")
    _percent(ax)
    ax.set_ylim(0.41, 1.03)
    return [first, second]


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
            fontsize=8.5,
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
