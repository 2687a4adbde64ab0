"""The book's palette and drawing style: one source for figures, controls, badges and quizzes.

A colour has a light and a dark value. Figures are drawn with the light one; `reader.svg` turns it
into the CSS variable ``--em-NAME``, whose two values are written by `css_variables`, so one SVG
follows the reader's theme.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, ParamSpec, TypeVar

import matplotlib
from cycler import cycler
from matplotlib.figure import Figure

BLUE = "#0b61a4"
ORANGE = "#b5460f"
TEAL = "#0a7d6c"
PURPLE = "#7b3fa0"
GOLD = "#8a6d00"
GREY = "#626b76"
GRID = "#d4d9df"
INK = "#1f2328"
RAMP = ("#5a9bd3", "#3a7fbd", "#2266a3", "#134d82", "#0a3157")
"""Five ordered steps of blue, for a series with an order (one digit to five digits)."""

COLOURS: dict[str, tuple[str, str]] = {
    "blue": (BLUE, "#6cb6ff"),
    "orange": (ORANGE, "#f69d50"),
    "teal": (TEAL, "#4ac7b0"),
    "purple": (PURPLE, "#c99bf0"),
    "gold": (GOLD, "#e0c04c"),
    "grey": (GREY, "#9aa4b0"),
    "grid": (GRID, "#3a424c"),
    "ink": (INK, "#e6e9ed"),
    "ramp1": (RAMP[0], "#4a87bd"),
    "ramp2": (RAMP[1], "#6aa3d6"),
    "ramp3": (RAMP[2], "#8bbde8"),
    "ramp4": (RAMP[3], "#aed4f5"),
    "ramp5": (RAMP[4], "#d3e9fc"),
}
"""Name to (light, dark); every light value is unique, so it can be found again in an SVG."""

WIDE = (4.7, 3.1)
"""Size in inches of a figure that fills the text column (legible from 350 to 600 px)."""
PANEL = (3.5, 2.8)
"""Size in inches of one panel of several; panels sit side by side or wrap on a phone."""

STYLE: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": INK,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.prop_cycle": cycler(color=[BLUE, ORANGE, TEAL, PURPLE, GOLD, GREY]),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "figure.constrained_layout.use": True,
    "figure.figsize": WIDE,
    "font.size": 9.5,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "svg.fonttype": "none",
    "svg.hashsalt": "emergence",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}

Drawing = Figure | Sequence[Figure]
Arguments = ParamSpec("Arguments")
Drawn = TypeVar("Drawn")


@dataclass(frozen=True)
class Origin:
    """Which function drew a figure, and in how many seconds."""

    name: str
    seconds: float


def figure(draw: Callable[Arguments, Drawn]) -> Callable[Arguments, Drawn]:
    """Make a figure function draw in the book's style and sign its work.

    The function returns a Matplotlib `Figure`, a sequence of them (panels), or a pair of a figure
    and the function that updates it (an explorable). Each figure gets an ``origin`` attribute.
    """

    @functools.wraps(draw)
    def drawn(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Drawn:
        start = perf_counter()
        with matplotlib.rc_context(STYLE):
            result = draw(*args, **kwargs)
        origin = Origin(
            name=f"{chapter_of(draw.__module__)}.{draw.__name__}",
            seconds=perf_counter() - start,
        )
        sign(result, origin)
        return result

    return drawn


def chapter_of(module: str) -> str:
    """Return the chapter of a module of pictures, or the module's own name elsewhere."""
    package, _, name = module.rpartition(".")
    return package.rpartition(".")[2] if name == "pictures" else name


def sign(drawn: object, origin: Origin) -> None:
    """Note the origin on every figure of a drawing, panels of an explorable included."""
    if isinstance(drawn, Figure):
        drawn.origin = origin  # type: ignore[attr-defined]
    elif isinstance(drawn, Sequence):
        for part in drawn:
            if not isinstance(part, str):
                sign(part, origin)


def css_variables() -> str:
    """Return the style rules that give every palette colour its light and its dark value."""
    light = "".join(f"--em-{name}:{pair[0]};" for name, pair in COLOURS.items())
    dark = "".join(f"--em-{name}:{pair[1]};" for name, pair in COLOURS.items())
    return f":root{{{light}}}\nhtml[data-theme=dark],body[data-jp-theme-light=false]{{{dark}}}\n"
