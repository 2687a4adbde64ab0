"""Pictures of "Beyond language models": crowds that tip, strategies that evolve, rewards gamed."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emergence_lib import theme
from emergence_lib.chapters.beyond_language_models import numbers
from emergence_lib.experiments import minority, reward_gaming

Scene = tuple[Figure, Callable[..., str]]

SHARES = tuple(round(0.06 + 0.01 * i, 2) for i in range(9))
"""Settings of the committed share on `tipping`."""
CROWDS = dict(
    zip(
        minority.BOOK.agents,
        ((theme.RAMP[0], ":"), (theme.RAMP[2], "--"), (theme.RAMP[4], "-")),
        strict=True,
    )
)
"""Colour and dash of each size of crowd."""
FOLLOWED = 6
"""Crowds that `tipping` draws."""
TRAINED = dict(
    zip(
        reward_gaming.BOOK.exams,
        zip(theme.RAMP[1:], (":", "-.", "--", "-"), strict=True),
        strict=True,
    )
)
"""Colour and dash of learners, by steps of training."""


@theme.figure
def tipping() -> Scene:
    """Follow crowds with a committed minority; ``update(share, agents)`` follows others."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    crowds = [
        ax.plot([], [], color=theme.BLUE, lw=1, alpha=0.7, label=f"crowd {i + 1}")[0]
        for i in range(FOLLOWED)
    ]
    ax.set(xlim=(0, minority.BOOK.rounds), xlabel="talks per speaker")
    theme.share_axis(ax, "hold the new word alone")
    rounds = numbers.times()[::2]

    def update(share: float, agents: int) -> str:
        courses = numbers.courses(share, agents)
        for line, course in zip(crowds, courses, strict=False):
            line.set_data(rounds, course[::2])
        few = minority.committed(agents, share)
        turned = numbers.tipping()[agents][share]
        return (
            f"{few} of {agents:,} are committed ({share:.0%}). Turned over within "
            f"{minority.BOOK.rounds} talks each: {turned:.0%} of crowds."
        )

    update(SHARES[3], 200)
    return fig, update


@theme.figure
def turned() -> Figure:
    """Show how many crowds of three sizes turned over, against the committed share."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    _by_size(ax, numbers.tipping())
    edge = minority.threshold()
    ax.axvline(edge, color=theme.ORANGE, lw=1.4, label="_threshold")
    theme.beside(ax, edge + 0.002, 0.12, f"endless: {edge:.1%}", theme.ORANGE)
    theme.share_axis(ax, "crowds turned over")
    theme.share_axis(
        ax, "committed", limits=(0.06, 0.14), ticks=(0.06, 0.08, 0.1, 0.12, 0.14), axis="x"
    )
    return fig


@theme.figure
def patience() -> Figure:
    """Show the committed share that turns half of the crowds, against the time they have."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    _by_size(ax, numbers.patience())
    edge = minority.threshold()
    ax.axhline(edge, color=theme.ORANGE, lw=1.4, label="_threshold")
    theme.beside(ax, 42, edge - 0.002, f"endless: {edge:.1%}", theme.ORANGE, va="top")
    ax.set(xlim=(40, minority.BOOK.rounds), xlabel="talks per speaker")
    ax.set_xticks([50, 100, 150, 200])
    theme.share_axis(
        ax, "committed", limits=(0.078, 0.13), ticks=(0.08, 0.09, 0.1, 0.11, 0.12, 0.13)
    )
    return fig


def _by_size(ax: Axes, table: pd.DataFrame) -> None:
    """Draw a curve for each size of crowd, a column of the table."""
    lines = {}
    for agents, (colour, dash) in CROWDS.items():
        (lines[f"{agents:,}"],) = ax.plot(
            table.index, table[agents], color=colour, ls=dash, label=f"{agents:,} speakers"
        )
    theme.key(ax, lines, columns=3)


@theme.figure
def evolving() -> Scene:
    """Follow cooperation in a population; ``update(population)`` follows another, 1 to 15."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    table = numbers.populations()
    for level in (numbers.HOSTILE, numbers.COOPERATIVE):
        ax.axhline(level, color=theme.INK, lw=1, ls=":", label="_era")
    (line,) = ax.plot([], [], color=theme.BLUE, lw=1.2, label="moves that cooperate")
    ax.set(xlim=(0, table.index[-1]), xlabel="generations")
    ax.set_xticks([0, 1000, 2000, 3000], ["0", "1,000", "2,000", "3,000"])
    theme.share_axis(ax, "moves that cooperate")

    def update(population: int) -> str:
        course = table.iloc[:, population - 1]
        line.set_data(course.index[::2], course.to_numpy()[::2])
        turns = int(numbers.turnovers().iloc[population - 1])
        above = (course > numbers.COOPERATIVE).mean()
        return (
            f"Population {population}: {above:.0%} of the time above three quarters; "
            f"{turns} turnover{'s' * (turns != 1)} between eras."
        )

    update(2)
    return fig, update


@theme.figure
def gaming() -> Scene:
    """Show who finishes, against the bonus; ``update(start)`` takes other beginnings."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    lines = {
        f"{steps:,}": ax.plot([], [], color=colour, ls=dash, label=f"{steps:,} steps")[0]
        for steps, (colour, dash) in TRAINED.items()
    }
    theme.key(ax, lines, columns=4)
    edge = reward_gaming.critical_bonus()
    ax.axvline(edge, color=theme.ORANGE, lw=1.4, label="_optimum")
    theme.beside(ax, edge + 0.03, 0.86, "optimum\nswitches", theme.ORANGE)
    ax.set(xlim=(0, 1.6), xlabel="bonus for a visit to the cell")
    theme.share_axis(ax, "finish")

    def update(start: str) -> str:
        table = numbers.finishing(start)
        for steps, line in zip(TRAINED, lines.values(), strict=True):
            line.set_data(table.index, table[steps])
        below = table[table.index < edge].iloc[1:]
        return (
            f"Trained from {start}: at bonuses below the switch "
            f"{below.iloc[:, 0].mean():.0%} finish after {table.columns[0]:,} steps, "
            f"{below.iloc[:, -1].mean():.0%} after {table.columns[-1]:,}."
        )

    update("anywhere")
    return fig, update
