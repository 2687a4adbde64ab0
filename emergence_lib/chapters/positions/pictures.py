"""Pictures of "A map of the positions": one curve, as five camps look at it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.figure import Figure

from emergence_lib import theme
from emergence_lib.chapters.positions import numbers
from emergence_lib.fitting import bent
from emergence_lib.laws import Array

VIEWS = ("sizes", "another score", "families", "easy and hard", "a forecast")
"""How the one curve is looked at."""
FAMILIES = (("Pythia", "OPT"), ("Qwen1.5",))
"""Older families and a newer one whose models span the rise."""
CHANCE = 0.25
BRIER_CHANCE = (1 - CHANCE) ** 2
"""The target-conditioned Brier score of a guess among four."""
NONE = (np.array([1e21, 1e22]), np.array([CHANCE, CHANCE]))
"""Stands where nothing is drawn, out of sight: every setting needs as many artists."""


def power(exponent: float) -> str:
    """Write 10 to some power, to one digit."""
    return theme.power_of_ten(10**exponent)


SPLIT = power(numbers.SPLIT)


@theme.figure
def mmlu() -> tuple[Figure, Callable[..., str]]:
    """Draw open models on MMLU and what one camp adds to it; ``update(view)``."""
    fig = Figure(figsize=(theme.PHONE, 2.5))
    ax = fig.subplots()
    table = numbers.mmlu()
    size = 10 ** table["x"].to_numpy()
    guess = ax.axhline(CHANCE, color=theme.GREY, ls="--", lw=1, label="_guess")
    ax.plot(size, table["accuracy"], "o", ms=3.5, color=theme.BLUE, alpha=0.7, label="accuracy")
    (other,) = ax.plot(
        size, size * 0 + CHANCE, "^", ms=3.5, color=theme.ORANGE, label="second marks"
    )
    (first,) = ax.plot(*NONE, color=theme.INK, lw=1.6, label="_first line")
    (second,) = ax.plot(*NONE, color=theme.INK, lw=1.6, ls=":", label="_second line")
    words = [theme.beside(ax, 1.4e20, y, "", theme.INK, va="center") for y in (0.98, 0.88)]
    good = theme.beside(ax, 1.7e24, 0.06, "high is good", theme.INK, ha="right", va="center")
    theme.compute_axis(ax)
    theme.share_axis(ax, "MMLU", limits=(-0.03, 1.05))

    def draw(
        marks: tuple[Array, Array],
        lines: list[tuple[Array, Array]],
        said: list[str],
        brier: bool = False,
    ) -> None:
        guess.set_ydata([BRIER_CHANCE if brier else CHANCE] * 2)
        good.set_text("Brier: low is good" if brier else "high is good")
        # The last mark is repeated so that every setting has as many.
        order = np.minimum(np.arange(len(size)), len(marks[0]) - 1)
        other.set_data(marks[0][order], marks[1][order])
        other.set_alpha(0.0 if marks is NONE else 0.8)
        for line, (x, y) in zip((first, second), lines, strict=True):
            line.set_data(x, y)
            line.set_alpha(0.0 if x is NONE[0] else 1.0)
        for text, each in zip(words, said, strict=True):
            text.set_text(each)

    def update(view: str) -> str:
        return DRAWN[view](draw)

    update(VIEWS[0])
    return fig, update


Draw = Callable[..., None]


def sizes(draw: Draw) -> str:
    """Show the bare curve."""
    draw(NONE, [NONE, NONE], ["dots: accuracy", "dashed: a guess"])
    low, high = numbers.below()["accuracy"], numbers.beyond().query("x > 23")["accuracy"]
    between = numbers.between()["accuracy"]
    return (
        f"Up to {SPLIT} FLOP, {(low < 0.28).sum()} of {len(low)} score under 28%; the "
        f"other {len(numbers.early())} read much or synthetic text. The next {len(between)} "
        f"score {between.min():.0%} to {between.max():.0%}. Beyond {theme.power_of_ten(1e23)}, "
        f"all {len(high)} score {high.min():.0%} or more."
    )


def rescored(draw: Draw) -> str:
    """Add the Brier score of the same answers, and a line with one bend through each."""
    table = numbers.mmlu()
    lines = []
    for score in ("accuracy", "tc_brier"):
        fit = numbers.bend("mmlu", score)
        x = np.array([table["x"].iloc[0], fit.at, table["x"].iloc[-1]])
        lines.append((10**x, fit.height(x, x[0])))
    brier = table["tc_brier"].to_numpy()
    draw(
        (10 ** table["x"].to_numpy(), brier),
        lines,
        ["triangles: Brier score", "dashed: a guess, by Brier"],
        brier=True,
    )
    places = [power(numbers.bend("mmlu", score).at) for score in ("accuracy", "tc_brier")]
    gains = [numbers.bend("mmlu", score).gain for score in ("accuracy", "tc_brier")]
    table = numbers.mmlu()
    curve = [bent.against_curve(table["x"], table[score]) for score in ("accuracy", "tc_brier")]
    close = "do about as well" if min(curve) > -numbers.CLOSE else "do worse"
    return (
        f"Lines bend at {places[0]} and {places[1]}; AICc prefers them to straight ones by "
        f"{gains[0]:.0f} and {gains[1]:.0f}. Smooth S-curves {close}."
    )


def families(draw: Draw) -> str:
    """Mark two older families and join a newer one."""
    old, new = (numbers.family(*names) for names in FAMILIES)
    joined = (10 ** new["x"].to_numpy(), new["accuracy"].to_numpy())
    marks = (10 ** old["x"].to_numpy(), old["accuracy"].to_numpy())
    draw(marks, [joined, NONE], ["triangles: Pythia, OPT", "line: Qwen1.5"])
    fit = numbers.within_families("accuracy")
    return (
        f"Pythia and OPT end at {old['accuracy'].max():.0%}, Qwen1.5 begins at "
        f"{new['accuracy'].min():.0%}. With a level for each family, the bend stays at "
        f"{power(fit.at)}."
    )


def slices(draw: Draw) -> str:
    """Add the Brier score on the easiest and the hardest tenth of the items."""
    means = numbers.tenths()
    x = 10 ** means.index.to_numpy(float)
    easy, hard = means["easiest"].to_numpy(), means["hardest"].to_numpy()
    draw(
        NONE,
        [(x, easy), (x, hard)],
        ["solid: easiest, dotted: hardest", "dashed: a guess, by Brier"],
        brier=True,
    )
    return (
        f"Easiest tenth: {easy[0]:.2f}, then {easy.max():.2f}, then {easy[-1]:.2f}. Hardest: "
        f"{hard[0]:.2f} to {hard[-1]:.2f}, "
        f"{'better all the way' if (np.diff(hard) < 0).all() else 'not all the way'}."
    )


def foretold(draw: Draw) -> str:
    """Draw the straight line that the smaller models promise."""
    start, slope = numbers.forecast("accuracy")
    x = np.array([20.1, numbers.SPLIT, 23.9])
    y = start + slope * x
    draw(
        NONE,
        [(10 ** x[:2], y[:2]), (10 ** x[1:], y[1:])],
        [f"line: through models up to {SPLIT}", "dotted: carried on"],
    )
    return (
        f"The line from {len(numbers.below())} models puts the next {len(numbers.beyond())} too "
        f"low by {100 * numbers.shortfall('accuracy'):.0f} points on average."
    )


DRAWN = dict(zip(VIEWS, (sizes, rescored, families, slices, foretold), strict=True))
