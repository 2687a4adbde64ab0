"""Pictures of "More is different": a flock, a board that opens up, and speakers who agree."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from emergence_lib import theme
from emergence_lib.chapters.more_is_different import numbers
from emergence_lib.experiments import flocking, percolation, store
from emergence_lib.laws import Array

Scene = tuple[list[Figure], Callable[..., str]]

CHART = (theme.PHONE, 1.75)
"""Size in inches of a chart under a board: with a tick that names the axis, both fit on a phone."""
LENGTH, SPREAD = 0.035, 0.012
"""Length of a bird, and of each wing to its side, in units of the sky's side."""
LOOKS = ((theme.RAMP[0], ":"), (theme.RAMP[2], "--"), (theme.RAMP[4], "-"))
"""Colour and dash of what is small, larger and largest."""
SHOWN = dict(zip((8, 32, 128), LOOKS, strict=True))
"""Looks of the boards whose stored curves stand behind the reader's own."""
CROWDS = dict(zip((50, 200, 800), LOOKS, strict=True))
"""Looks of the populations of the naming game."""


@theme.figure
def flock() -> Scene:
    """Show a flock and its order step by step; ``update(noise, birds)`` flies another."""
    sky, above = theme.board()
    (birds_drawn,) = above.plot([], [], color=theme.BLUE, lw=1.5, solid_capstyle="round")
    theme.moved(birds_drawn, "birds")

    chart = Figure(figsize=CHART)
    ax = chart.subplots()
    low, high = flocking.floor(300), flocking.floor(30)
    ax.axhspan(low, high, color=theme.GRID, lw=0, label="_random headings")
    ax.text(395, high + 0.02, "random headings", color=theme.GREY, ha="right", va="bottom")
    (order,) = ax.plot([], [], color=theme.BLUE, label="order")
    theme.moved(order, "order")
    ax.set_xlim(0, flocking.BOOK.steps)
    ax.set_xticks([0, 100, 200, 300, 400], ["0", "100", "200 steps", "300", "400"])
    ax.set(ylim=(-0.03, 1.05), yticks=(0, 0.5, 1), ylabel="order")

    def update(noise: float, birds: int) -> str:
        flight = numbers.flight(birds, noise)
        birds_drawn.set_data(*wings(flight.places, flight.headings))
        order.set_data(np.arange(1, len(flight.order) + 1), flight.order)
        return (
            f"{birds} birds, noise {np.degrees(noise):.0f}°, step {len(flight.order)}: order "
            f"{flight.order[-1]:.2f} (random headings give about {flocking.floor(birds):.2f})."
        )

    update(flocking.BOOK.noises[2], 100)
    return [sky, chart], update


def wings(places: Array, headings: Array) -> tuple[Array, Array]:
    """Return birds as two wings each that meet at the head, separated by NaN."""
    ahead = np.column_stack([headings.real, headings.imag])
    aside = np.column_stack([-headings.imag, headings.real])
    tails = places - LENGTH * ahead
    gaps = np.full_like(places, np.nan)
    outline = [tails + SPREAD * aside, places, tails - SPREAD * aside, gaps]
    points = np.stack(outline, axis=1).reshape(-1, 2)
    return points[:, 0], points[:, 1]


@theme.figure
def crossing() -> Scene:
    """Show a board and how many like it are crossed; ``update(share, size)`` draws another."""
    board, above = theme.board()
    areas = {}
    for mark, colour in (("open", theme.RAMP[0]), ("largest", theme.ORANGE)):
        areas[mark] = PathPatch(theme.cells(np.ones((1, 1), bool)), facecolor=colour, lw=0)
        above.add_patch(areas[mark])
        theme.moved(areas[mark], mark)

    chart = Figure(figsize=CHART)
    ax = chart.subplots()
    table = percolation.crossed(store.stored("percolation"))
    stored = {}
    for size, (colour, dash) in SHOWN.items():
        (stored[str(size)],) = ax.plot(
            table[size], color=colour, ls=dash, lw=1.2, label=f"{size} by {size}"
        )
    theme.key(ax, stored, columns=3)
    (crossed,) = ax.plot([], [], color=theme.ORANGE, label="boards thrown here")
    theme.moved(crossed, "crossed")
    theme.share_axis(ax, "boards crossed", ticks=(0, 0.5, 1))
    ax.set_xlim(0.4, 0.8)
    ax.set_xticks([0.4, 0.5, 0.6, 0.7, 0.8], ["40%", "50%", "60% open", "70%", "80%"])

    def update(share: float, size: int) -> str:
        now = percolation.board(size, share)
        areas["open"].set_path(theme.cells(now.open & ~now.largest))
        areas["largest"].set_path(theme.cells(now.largest))
        crossed.set_data(*theme.stairs(percolation.thresholds(size, numbers.BOARDS)))
        return percolation.read_out(size, share, numbers.BOARDS)

    update(0.5, 32)
    return [board, chart], update


@theme.figure
def agreement() -> Scene:
    """Show one population on its way to one word; ``update(agents)`` lets another talk."""
    chart = Figure(figsize=theme.WIDE)
    ax = chart.subplots()
    table = numbers.story().groupby(["agents", "part"])["understood"].mean()
    for agents, (colour, _) in CROWDS.items():
        curve, talks = table[agents], numbers.agreement()["talks"][agents]
        ax.plot(talks * curve.index, curve, color=colour, lw=1, label=f"{agents} speakers, stored")
        theme.beside(ax, talks + 0.8, 0.9, f"{agents}", colour)
    drawn = {}
    for mark, colour, dash, name in (
        ("words", theme.TEAL, "--", "different words per speaker"),
        ("understood", theme.ORANGE, "-", "talks understood"),
    ):
        (drawn[mark],) = ax.plot([], [], color=colour, ls=dash, label=name)
        theme.moved(drawn[mark], mark)
    theme.key(ax, {"talks understood": drawn["understood"], "words per speaker": drawn["words"]})
    ax.set(xlim=(0, numbers.LIMIT), xlabel="talks per speaker")
    theme.share_axis(ax, ticks=(0, 0.25, 0.5, 0.75, 1))

    def update(agents: int) -> str:
        game = numbers.game(agents)
        every = np.unique(np.linspace(0, len(game.talks) - 1, 250).astype(int))
        drawn["understood"].set_data(game.talks[every], game.understood[every])
        drawn["words"].set_data(game.talks[every], game.words[every])
        return (
            f"After {len(game.talks):,} talks ({game.talks[-1]:.1f} a speaker): all {agents} "
            "speakers use one word."
        )

    update(200)
    return [chart], update


@theme.figure
def story() -> Figure:
    """Show the share of talks understood against the share of the time to consensus."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    table = numbers.story()
    for agents, (colour, dash) in CROWDS.items():
        curves = table[table["agents"] == agents].pivot(
            index="seed", columns="part", values="understood"
        )
        theme.seeds(ax, curves.columns, curves, f"{agents} speakers", color=colour, ls=dash)
    theme.beside(ax, 0.34, 0.5, "50 speakers", CROWDS[50][0], ha="right")
    theme.beside(ax, 0.5, 0.29, "200", CROWDS[200][0], ha="right")
    theme.beside(ax, 0.86, 0.3, "800", CROWDS[800][0])
    theme.share_axis(ax, "talks understood")
    theme.share_axis(ax, "share of the time to consensus", limits=(0, 1), axis="x")
    return fig
