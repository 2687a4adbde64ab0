"""Pictures of the chapter "The shape of a jump"."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emergence_lib import ladders, laws, published, theme
from emergence_lib.chapters.shape import numbers

Scene = tuple[Figure, Callable[..., str]]

THRESHOLDS = {"1B": 1e9, "10B": 1e10, "100B": 1e11}
"""Settings of the first control of `four_numbers`."""
STEEPNESS = (1, 3, 6, 10)
FLOORS = {"0%": 0.0, "25%": 0.25, "50%": 0.5}
CEILINGS = {"80%": 0.8, "100%": 1.0}
ENDS = {"0%": 0.0, "25%": 0.25}
"""Settings of the floor of `ends`."""
TOPS: dict[str, float | None] = {"100%": 1.0, "fitted": None}
PALM_STEEPNESS = (1.5, 2, 3, 4)
PALM_THRESHOLDS = {
    theme.short(size): float(np.log10(size))
    for size in (
        *(1e9, 2.5e9, 6e9, 1.5e10, 4e10, 1e11, 1.5e11, 2.5e11, 4e11, 6e11, 1e12, 2.5e12, 1e13),
    )
}
"""Settings of the controls of `palm`; for each steepness one has the most surplus."""
LOOKS = {
    "logistic": (theme.BLUE, "-"),
    "probit": (theme.TEAL, "--"),
    "Gompertz": (theme.PURPLE, "-."),
    "Weibull": (theme.ORANGE, (0, (1, 1))),
    "hard start": (theme.INK, (0, (6, 2))),
}


@theme.figure
def four_numbers() -> Scene:
    """Explorable: a logistic curve with its four numbers under the hand.

    The function that comes with it takes ``threshold`` (of `THRESHOLDS`), ``steepness`` per decade,
    ``floor`` (of `FLOORS`) and ``ceiling`` (of `CEILINGS`).
    """
    fig = Figure(figsize=(theme.PHONE, 2.8))
    ax = fig.subplots()
    theme.size_axis(ax, 1e7, 1e13, [1e8, 1e9, 1e10, 1e11, 1e12], "model size (parameters)")
    theme.share_axis(ax, "score")
    x = np.linspace(7, 13, 121)
    ends = [ax.axhline(0, color=theme.GREY, ls=":", lw=1.2, label="_end") for _ in range(2)]
    (curve,) = ax.plot(10**x, 0 * x, color=theme.BLUE, lw=2.4, label="score")
    (part,) = ax.plot([1e9, 1e11], [0, 0], color=theme.ORANGE, lw=5, alpha=0.45, label="_width",
                      solid_capstyle="butt")  # fmt: skip
    (marks,) = ax.plot([1e9, 1e10, 1e11], [0, 0, 0], "o", color=theme.ORANGE, ms=6, label="_marks")

    def update(threshold: str, steepness: float, floor: str, ceiling: str) -> str:
        middle, width = np.log10(THRESHOLDS[threshold]), float(laws.logistic_width(steepness))
        bottom, top = FLOORS[floor], CEILINGS[ceiling]
        curve.set_ydata(laws.logistic(x, middle, steepness, bottom, top))
        for line, level in zip(ends, (bottom, top), strict=True):
            line.set_ydata([level, level])
        start, end = middle - width / 2, middle + width / 2
        low, half, high = bottom + (top - bottom) * np.array([0.1, 0.5, 0.9])
        part.set_data([10**start, 10**end], [low, low])
        marks.set_data([10**start, 10**middle, 10**end], [low, half, high])
        climb = 100 * (top - bottom) * steepness / 4
        return (
            f"Half of the rise at {threshold}. The part from 10% to 90% takes {width:.2f} decades, "
            f"a factor of {float(f'{10**width:.2g}'):,g}. Steepest: {climb:.0f} points a decade."
        )

    update("10B", 3, "0%", "100%")
    return fig, update


@theme.figure
def three_units() -> Figure:
    """Draw a logistic of steepness 2 with the steepness meant in three units."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    ticks = (0.01, 0.1, 1, 10, 100)
    theme.log_axis(ax, "model size over threshold", limits=(2e-3, 500), ticks=ticks)
    theme.share_axis(ax, "score")
    x = np.linspace(-2.7, 2.7, 217)
    drawn = {}
    looks = ((theme.BLUE, "-"), (theme.ORANGE, "--"), (theme.TEAL, ":"))
    for unit, (colour, dash) in zip(numbers.UNITS, looks, strict=True):
        slope = float(numbers.per_decade(2, unit))
        (drawn[unit],) = ax.plot(
            10**x, laws.logistic(x, 0, slope), color=colour, ls=dash, label=f"2 per {unit}"
        )
        ends = 10 ** (np.array([-0.5, 0.5]) * laws.logistic_width(slope))
        ax.plot(ends, [0.1, 0.9], "o", color=colour, ms=6, label="_ends")
    theme.key(ax, {f"per {unit}": line for unit, line in drawn.items()}, columns=3)
    return fig


@theme.figure
def ends() -> Scene:
    """Explorable: open models on MMLU, and a logistic whose ends the reader chooses.

    The function that comes with it takes ``floor`` (of `ENDS`) and ``ceiling`` (of `TOPS`).
    """
    ladder = ladders.one(numbers.MMLU)
    fig = Figure(figsize=(theme.PHONE, 2.8))
    ax = fig.subplots()
    decades = [10.0**power for power in range(20, 29, 2)]
    theme.log_axis(ax, "training compute (FLOP)", limits=(1e19, 1e28), ticks=decades, write=None)
    theme.share_axis(ax, "MMLU")
    ax.plot(ladder.scale, ladder.score, "o", color=theme.GREY, ms=4, alpha=0.6, label="open models")
    x = np.linspace(19, 28, 127)
    levels = [ax.axhline(0, color=theme.GREY, ls=":", lw=1.2, label="_end") for _ in range(2)]
    (curve,) = ax.plot(10**x, 0 * x, color=theme.BLUE, lw=2.4, label="logistic curve")
    (marks,) = ax.plot([1e21, 1e22, 1e23], [0, 0, 0], "o", color=theme.ORANGE, ms=7, label="_marks")

    def update(floor: str, ceiling: str) -> str:
        fit = numbers.mmlu(ENDS[floor], TOPS[ceiling])
        middle, width, top = (float(part[0]) for part in (fit.threshold, fit.width, fit.ceiling))
        curve.set_ydata(fit.predict(x)[0])
        for line, level in zip(levels, (ENDS[floor], top), strict=True):
            line.set_ydata([level, level])
        places = middle + width * np.array([-0.5, 0, 0.5])
        marks.set_data(10**places, fit.predict(places)[0])
        said = "100%" if ceiling == "100%" else f"fitted at {top:.0%}"
        if said == "fitted at 100%":
            said = "fitted, and again 100%"
        return (
            f"Floor {floor}, ceiling {said}: width {width:.1f} decades, half of the rise at "
            f"{theme.power_of_ten(10**middle)} FLOP."
        )

    update("0%", "100%")
    return fig, update


@theme.figure
def tails() -> list[Figure]:
    """Five curves that agree at 10% and 90% of their rise: linear axis, then logarithmic."""
    panels = []
    place = np.linspace(-1.6, 2, 145)
    for axis in ("linear", "logarithmic"):
        fig = Figure(figsize=theme.PANEL)
        ax = fig.subplots()
        for name, (colour, dash) in LOOKS.items():
            height = numbers.aligned(name, place)
            shown = height if axis == "linear" else np.where(height > 1e-5, height, np.nan)
            ax.plot(place, shown, color=colour, ls=dash, label=name)
        ax.plot([0, 1], [0.1, 0.9], "o", color=theme.INK, ms=6, label="_shared", zorder=4)
        ax.set(xlim=(-1.6, 2), xlabel="size, in widths above the 10% point")
        ax.set_title(f"{axis.capitalize()} axis")
        if axis == "linear":
            theme.share_axis(ax, "share of the rise")
            _names(ax, LOOKS, -1.5, (-0.75, -0.2))
        else:
            _log_shares(ax, "share of the rise", 1e-5)
        panels.append(fig)
    return panels


def _names(ax: Axes, names: Iterable[str], text: float, line: tuple[float, float]) -> None:
    """Write the names of curves in the upper left corner, each with a piece of its line."""
    for row, name in enumerate(names):
        colour, dash = LOOKS[name]
        theme.beside(ax, text, 0.95 - 0.13 * row, name, colour, va="center")
        ax.plot(line, [0.95 - 0.13 * row] * 2, color=colour, ls=dash, label="_key")


def _log_shares(ax: Axes, label: str, low: float) -> None:
    ticks = [10.0**power for power in range(round(np.log10(low)), 1)]
    theme.log_axis(
        ax, label, limits=(low, 1.5), ticks=ticks, write=lambda at: f"{100 * at:g}%", axis="y"
    )


@theme.figure
def subtraction() -> list[Figure]:
    """GPT-3's three-digit subtraction under four curves: linear axis, then logarithmic."""
    ladder = published.gpt3(numbers.SUBTRACTION)
    spread = np.abs(ladder[["low", "high"]].to_numpy().T - ladder["score"].to_numpy())
    x = np.linspace(7.9, 11.8, 157)
    panels = []
    for axis in ("linear", "logarithmic"):
        fig = Figure(figsize=theme.PANEL)
        ax = fig.subplots()
        for name in numbers.SHAPES:
            colour, dash = LOOKS[name]
            height = numbers.subtraction(name).predict(x)[0]
            shown = height if axis == "linear" else np.where(height > 1e-4, height, np.nan)
            ax.plot(10**x, shown, color=colour, ls=dash, label=name)
        ax.errorbar(
            ladder["params"], ladder["score"], spread, ls="", marker="o", ms=5, color=theme.INK,
            elinewidth=1, label="GPT-3, few-shot", zorder=4,
        )  # fmt: skip
        theme.size_axis(ax, 8e7, 6e11, [1e8, 1e9, 1e10, 1e11], "model size (parameters)")
        ax.set_title(f"{axis.capitalize()} axis")
        if axis == "linear":
            theme.share_axis(ax, "exactly right")
            _names(ax, numbers.SHAPES, 1e8, (7e8, 2.6e9))
        else:
            _log_shares(ax, "exactly right", 1e-4)
        panels.append(fig)
    return panels


@theme.figure
def palm() -> Scene:
    """Explorable: what PaLM's statistic makes of a logistic curve.

    The function that comes with it takes ``steepness`` and ``threshold`` (of `PALM_THRESHOLDS`).
    """
    fig = Figure(figsize=(theme.PHONE, 4.3))
    above, below = fig.subplots(2, height_ratios=[5, 4])
    decades = [1e9, 1e10, 1e11, 1e12, 1e13]
    theme.size_axis(above, 1e9, 1e13, decades, "model size (parameters)")
    x = np.linspace(9, 13, 101)
    theme.share_axis(above, "score", limits=(-0.1, 1.7), ticks=(0, 0.5, 1, 1.5))
    (curve,) = above.plot(10**x, 0 * x, color=theme.BLUE, lw=1.6, label="logistic curve")
    (line,) = above.plot(numbers.PALM, [0, 0, 0], color=theme.GREY, ls="--", label="_line")
    (miss,) = above.plot([numbers.PALM[2]] * 2, [0, 0], color=theme.ORANGE, lw=5, alpha=0.6,
                         label="_miss", solid_capstyle="butt")  # fmt: skip
    (dots,) = above.plot(numbers.PALM, [0, 0, 0], "o", color=theme.BLUE, ms=7, label="three models")
    below.axhline(0, color=theme.INK, lw=0.8, label="_zero")
    below.axhspan(-10, 10, color=theme.GREY, alpha=0.15, lw=0, label="_band")
    (surplus,) = below.plot(10**x, 0 * x, color=theme.ORANGE, label="surplus")
    (here,) = below.plot([1e10], [0], "o", color=theme.ORANGE, ms=8, label="_here")
    below.set(ylim=(-70, 70), ylabel="surplus (points)", yticks=(-50, 0, 50))
    below.set_title("Every threshold; dot: your curve now")
    theme.size_axis(below, 1e9, 1e13, decades, "threshold (parameters)")

    def update(steepness: float, threshold: str) -> str:
        middle = PALM_THRESHOLDS[threshold]
        curve.set_ydata(laws.logistic(x, middle, steepness))
        scores = numbers.palm_scores(middle, steepness)
        beyond = float(numbers.beyond_line(scores, numbers.PALM_STEPS))
        promised = scores[2] - beyond
        dots.set_ydata(scores)
        line.set_ydata([scores[0], scores[1], promised])
        miss.set_ydata([promised, scores[2]])
        all_scores = numbers.palm_scores(x, steepness)
        surplus.set_ydata(100 * numbers.beyond_line(all_scores, numbers.PALM_STEPS))
        here.set_data([10**middle], [100 * beyond])
        return (
            f"{scores[0]:.0%} and {scores[1]:.0%} promise {promised:.0%}; the curve has "
            f"{scores[2]:.0%}. Surplus: {100 * beyond:+.0f} points."
        )

    update(2, "400B")
    return fig, update
