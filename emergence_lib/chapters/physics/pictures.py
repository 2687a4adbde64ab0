"""Pictures of the chapter "What physics means by a transition"."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from emergence_lib import theme
from emergence_lib.chapters.physics import numbers
from emergence_lib.experiments import percolation, random_graph

Scene = tuple[Figure, Callable[..., str]]

SHARES = tuple(round(0.40 + 0.01 * i, 2) for i in range(41))
"""Settings of the share of open sites on `lattice`."""
EDGES = (16, 32, 64, 128)
START_SHARE, START_EDGE = 0.59, 32
STILL_BOARDS = 40
"""How many boards the still of `lattice` has thrown."""

DASHES = (":", (0, (3, 1)), "-.", "--", "-")
EDGE_LOOKS = dict(zip(numbers.COLLAPSED, zip(theme.RAMP, DASHES, strict=True), strict=True))
"""Colour and dash of the curves of `collapse`, by edge."""
NODE_LOOKS = dict(zip((100, 1000, 10_000, 100_000), (":", "-.", "--", "-"), strict=True))
CLOCK_LOOKS = dict(zip(numbers.CLOCKS, theme.RAMP, strict=True))
"""Colour of each clock, by its hours."""


# Lattices


@theme.figure
def lattice() -> tuple[list[Figure], Callable[..., str]]:
    """Draw a board of sites with its largest cluster, and the share of boards that are crossed.

    The function that comes with it takes ``share`` (of open sites, one of `SHARES`) and ``size``
    (edge of the board, one of `EDGES`).
    """
    board, ax = theme.board()
    others, largest = (
        PathPatch(
            Path(np.empty((0, 2))), facecolor=colour, edgecolor=(colour, 0), lw=0, label=label
        )
        for colour, label in ((theme.RAMP[0], "_open"), (theme.ORANGE, "_largest"))
    )
    for patch, mark in ((others, "open"), (largest, "largest")):
        ax.add_patch(patch)
        theme.moved(patch, mark)
    chart, ax = _crossing_chart()
    (stair,) = ax.plot([0, 1], [0, 1], color=theme.ORANGE, label="boards thrown here")
    theme.moved(stair, "crossed")

    def update(share: float, size: int) -> str:
        now = percolation.board(size, share)
        largest.set_path(theme.cells(now.largest))
        others.set_path(theme.cells(now.open & ~now.largest))
        stair.set_data(*theme.stairs(percolation.thresholds(size, STILL_BOARDS)))
        return percolation.read_out(size, share, STILL_BOARDS)

    update(START_SHARE, START_EDGE)
    return [board, chart], update


def _crossing_chart() -> tuple[Figure, Axes]:
    """Return a chart with the stored curves of every size, thin."""
    fig = Figure(figsize=(theme.PHONE, 1.8))
    ax = fig.subplots()
    table = numbers.crossed()
    for edge in table:
        ax.plot(table.index, table[edge], color=theme.GREY, lw=0.9, label=f"{edge} × {edge}")
    theme.share_axis(
        ax, "share of sites open", limits=(0.4, 0.8), ticks=(0.4, 0.5, 0.6, 0.7, 0.8), axis="x"
    )
    theme.share_axis(ax, "boards crossed", ticks=(0, 0.5, 1))
    ax.text(0.475, 0.2, "8 × 8", color=theme.GREY, ha="right")
    ax.text(0.592, 0.9, "256 × 256", color=theme.GREY, ha="right")
    return fig, ax


@theme.figure
def collapse() -> Scene:
    """Stretch curves of five sizes by a chosen exponent about a chosen centre.

    The function that comes with it takes ``nu`` (of `numbers.EXPONENTS`) and ``centre`` (of
    `numbers.CENTRES`).
    """
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    table = numbers.crossed()
    lines = {
        edge: ax.plot([], [], color=colour, ls=dash, lw=1.4, label=f"edge {edge}")[0]
        for edge, (colour, dash) in EDGE_LOOKS.items()
    }
    ax.set_xlim(-0.13, 0.13)
    ax.set_xlabel(f"distance from the centre, stretched to edge {numbers.UNIT}")
    theme.share_axis(ax, "boards crossed", ticks=(0, 0.5, 1))
    theme.key(ax, {str(edge): line for edge, line in lines.items()}, columns=5)

    def update(nu: float, centre: float) -> str:
        places = numbers.rescaled(nu, centre)
        for edge, line in lines.items():
            line.set_data(places[edge], table[edge])
        return f"Spread of the five curves: {100 * numbers.spread(nu, centre):.1f} points."

    update(numbers.EXPONENTS[-1], 0.61)
    return fig, update


# Graphs and coins

WIDTH_LOOKS = {
    "boards crossed": (theme.ORANGE, "o"),
    "votes won": (theme.PURPLE, "s"),
    "largest component": (theme.BLUE, "^"),
    "heads": (theme.GREY, "D"),
}
"""Colour and marker of the four widths of `giant`."""


@theme.figure
def giant() -> list[Figure]:
    """Draw largest components against links of a node, and four widths against the parts."""
    curves = Figure(figsize=theme.PANEL)
    ax = curves.subplots()
    table = numbers.components()
    for nodes, dash in NODE_LOOKS.items():
        ax.plot(table.index, table[nodes], color=theme.BLUE, ls=dash, label=f"{nodes:,} nodes")
    fine = np.linspace(0, 3, 301)
    exact = random_graph.giant_share(fine)
    ax.plot(fine, exact, color=theme.ORANGE, lw=1.2, label="endless graph")
    ax.set(xlim=(0, 3), xlabel="links of a node", xticks=[0, 1, 2, 3])
    theme.share_axis(ax, "nodes in the largest component")
    theme.beside(ax, 0.78, 0.2, "100 nodes", theme.BLUE, ha="right")
    theme.beside(ax, 1.3, 0.3, "endless: a corner at 1", theme.ORANGE)

    widths = Figure(figsize=theme.PANEL)
    ax = widths.subplots()
    for what, each in numbers.narrowing().groupby("what", sort=False):
        colour, marker = WIDTH_LOOKS[str(what)]
        ax.plot(each["parts"], each["narrowing"], color=colour, marker=marker, label=str(what))
    theme.log_axis(ax, "parts", limits=(40, 2e5), ticks=(100, 1000, 10_000, 100_000))
    theme.log_axis(ax, "width, first = 1", limits=(0.02, 1.9), ticks=(0.03, 0.1, 0.3, 1), axis="y")
    for what, x, y, side in (
        ("heads", 1.8e5, 1.12, "right"),
        ("largest component", 1.8e5, 0.5, "right"),
        ("boards crossed", 2.2e4, 0.17, "left"),
        ("votes won", 5e3, 0.07, "right"),
    ):
        theme.beside(ax, x, y, what, WIDTH_LOOKS[what][0], ha=side)
    return [curves, widths]


# Clocks


@theme.figure
def clocks() -> Scene:
    """Draw new pairs right against the share of the table, one bundle of seeds a clock.

    The function that comes with it takes ``steps`` (of `numbers.BUDGETS`).
    """
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    table = numbers.clocks()
    runs = []
    for _, run in table.groupby(["hours", "seed"]):
        colour = CLOCK_LOOKS[int(run["hours"].iloc[0])]
        (curve,) = ax.plot(run["share"], run["share"] * 0, color=colour, lw=0.9, alpha=0.6)
        curve.set_label("_seed")
        runs.append((run, curve))
    halves = {
        hours: ax.plot([0.3], [0.5], "o", color=colour, label=f"{hours} hours: half at")[0]
        for hours, colour in CLOCK_LOOKS.items()
    }
    ticks = (0.15, 0.2, 0.3, 0.4, 0.5)
    theme.log_axis(ax, "share of the table seen in training", limits=(0.14, 0.56), ticks=ticks,
                   write="{:.0%}".format)  # fmt: skip
    theme.share_axis(ax, "right")
    names = {
        hours: theme.beside(ax, 0.3, 1.05, str(hours), colour, ha="center", va="bottom")
        for hours, colour in CLOCK_LOOKS.items()
    }

    def update(steps: int) -> str:
        for run, line in runs:
            line.set_ydata(run[steps])
        half = numbers.sizes(steps)["half"]
        for hours, dot in halves.items():
            dot.set_xdata([half[hours]])
            names[hours].set_x(half[hours])
        said = ", ".join(f"{share:.1%} with {hours} hours" for hours, share in half.items())
        return f"{steps:,} steps. Half right at {said}."

    update(numbers.BUDGETS[-1])
    return fig, update


@theme.figure
def sharpening() -> Figure:
    """Draw the relative width against the hours of the clock, one row a training budget."""
    fig = Figure(figsize=(theme.PHONE, 4.1))
    rows = fig.subplots(len(numbers.BUDGETS), sharex=True)
    hours = np.array(list(numbers.CLOCKS))
    for ax, steps in zip(rows, numbers.BUDGETS, strict=True):
        table, law = numbers.sizes(steps), numbers.width_power(steps)
        ends = np.abs(table[["low", "high"]].to_numpy().T - table["width"].to_numpy())
        ax.errorbar(
            hours, table["width"], ends, color=theme.BLUE, marker="o", ls="", ms=4, elinewidth=1.2,
            label=f"relative width, {steps:,} steps",
        )  # fmt: skip
        fitted = law.factor * hours**law.power
        ax.plot(hours, fitted, color=theme.ORANGE, ls="--", lw=1.2, label=f"power, {steps:,} steps")
        theme.log_axis(
            ax, limits=(0.006, 0.25), ticks=(0.01, 0.03, 0.1), axis="y", write="{:.0%}".format
        )
        theme.log_axis(ax, limits=(21, 95), ticks=tuple(numbers.CLOCKS))
        ax.text(0.02, 0.14, f"{steps:,} steps", va="center", transform=ax.transAxes)
    rows[0].set_ylabel("relative width")
    rows[-1].set_xlabel("hours of the clock")
    return fig
