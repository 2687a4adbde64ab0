"""The book's palette and drawing style: one source for figures, controls, badges and quizzes.

A colour has a light and a dark value. Figures are drawn with the light one; `reader.svg` turns it
into the CSS variable ``--em-NAME``, whose two values are written by `css_variables`, so one SVG
follows the reader's theme.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, ParamSpec, TypeVar

import matplotlib
import numpy as np
from cycler import cycler
from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis
from matplotlib.container import Container
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.text import Text
from matplotlib.ticker import (
    FixedLocator,
    FuncFormatter,
    LogFormatterSciNotation,
    NullFormatter,
    NullLocator,
    PercentFormatter,
    ScalarFormatter,
)
from numpy.typing import ArrayLike, NDArray

# Figures are laid out with the page's own font, so that the room kept for words is what they take.
for _weight in ("regular", "bold"):
    font_manager.fontManager.addfont(
        Path(__file__).parent / "assets" / "fonts" / f"em-sans-{_weight}.ttf"
    )

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

PHONE = 358 / 72
"""Width in inches of a drawing: what a phone of 390 px leaves, at 72 px an inch. Wider screens
stretch the curves and leave the words alone (`reader.fluid`)."""
WIDE = (PHONE, 3.1)
"""Size in inches of a figure that fills the text column."""
PANEL = (PHONE, 2.9)
"""Size in inches of one panel of several; they sit side by side where there is room."""
SMALL = (2.2, 1.5)
"""Size in inches of one of many panels; two stand side by side on a phone."""
TEXT = 12.5
"""Size of every word in a figure, px on every screen."""

BOARD = (2.6, 2.6)
"""Size in inches of a square of sky or lattice, which keeps its shape (`board`)."""
MOVED = "em-moved-"
"""Begins the identifier of an artist that a twin's script moves (`moved`)."""

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
"""From digits to raised ones, for powers of ten."""

LETTERS = {1e12: "T", 1e9: "B", 1e6: "M", 1e3: "k"}
"""How counts are shortened, largest unit first."""

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
    "axes.titlesize": TEXT,
    "axes.titleweight": "bold",
    "figure.constrained_layout.use": True,
    "figure.figsize": WIDE,
    "font.family": ["EM Sans", "DejaVu Sans"],
    "font.size": TEXT,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "legend.fontsize": TEXT,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "svg.fonttype": "none",
    "svg.hashsalt": "emergence",
    "text.color": INK,
    "xtick.color": INK,
    "xtick.labelsize": TEXT,
    "ytick.color": INK,
    "ytick.labelsize": TEXT,
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
            for each in figures(result):
                _make_level(each)
        origin = Origin(
            name=f"{chapter_of(draw.__module__)}.{draw.__name__}",
            seconds=perf_counter() - start,
        )
        for each in figures(result):
            each.origin = origin  # type: ignore[attr-defined]
        return result

    return drawn


def chapter_of(module: str) -> str:
    """Return the chapter of a module of pictures, or the module's own name elsewhere."""
    package, _, name = module.rpartition(".")
    return package.rpartition(".")[2] if name == "pictures" else name


def figures(drawn: object) -> list[Figure]:
    """Return the figures of a drawing: one, the panels of several, those of an explorable."""
    if isinstance(drawn, Figure):
        return [drawn]
    if isinstance(drawn, Sequence) and not isinstance(drawn, str):
        return [each for part in drawn for each in figures(part)]
    return []


def rigid(figure: Figure, why: str) -> Figure:
    """Mark a figure whose shape means something, so that it keeps it on every screen.

    Parameters
    ----------
    figure : Figure
        Drawn at most as wide as a phone (`PHONE`).
    why : str
        What would be lost if the curves were stretched: an angle, a circle, a map.
    """
    if not why.strip():
        raise ValueError("why is empty; say what would be lost if the figure were stretched")
    figure.rigid = why  # type: ignore[attr-defined]
    return figure


def board() -> tuple[Figure, Axes]:
    """Return a square without ticks and words for a sky, a lattice or a crowd.

    The axes run from 0 to 1 and fill the figure, which keeps its shape on every screen.
    """
    fig = Figure(figsize=BOARD)
    fig.set_layout_engine("none")
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 1), ylim=(0, 1), xticks=(), yticks=())
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set(visible=True, color=GREY)
    fig.board = True  # type: ignore[attr-defined]
    return fig, ax


def cells(sites: NDArray[np.bool_]) -> Outline:
    """Return the chosen cells of a `board` as one path; row 0 is at the top.

    Cells side by side in a row are one box.

    Parameters
    ----------
    sites : array of bool, shape (size, size)
    """
    size = len(sites)
    padded = np.pad(sites, ((0, 0), (1, 1))).astype(int)
    rows, starts = np.nonzero(np.diff(padded) == 1)
    ends = np.nonzero(np.diff(padded) == -1)[1]
    top, left, right = (size - rows) / size, starts / size, ends / size
    bottom = top - 1 / size
    corners = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
    vertices = np.stack([np.column_stack(corner) for corner in corners], axis=1).reshape(-1, 2)
    line = Outline.LINETO
    codes = [Outline.MOVETO, line, line, line, Outline.CLOSEPOLY] * len(rows)
    return Outline(vertices, codes)


def stairs(values: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the share of values below each point from 0 to 1, as a line that steps up at each.

    Parameters
    ----------
    values : array, shape (values,)
        Rising, between 0 and 1.
    """
    steps = np.asarray(values, float)
    heights = np.arange(len(steps) + 1) / len(steps)
    return np.concatenate([[0.0], np.repeat(steps, 2), [1.0]]), np.repeat(heights, 2)


def is_board(figure: Figure) -> bool:
    """Say whether a figure was made by `board`."""
    return bool(getattr(figure, "board", False))


def moved(artist: Artist, mark: str) -> None:
    """Let the script of a twin give an artist new paths, under the name of a mark.

    Parameters
    ----------
    artist : Line2D or PathPatch
        Without markers. What it shows is one path: a line that NaN breaks into pieces, or an area.
    mark : str
        As the script calls it, in lower-case letters.

    Raises
    ------
    ValueError
        If the artist has markers, or the name is none.
    """
    if not (mark.isascii() and mark.isalpha() and mark.islower()):
        raise ValueError(f"mark is {mark!r}; wanted one word in lower-case letters, as in 'birds'")
    if not isinstance(artist, Line2D | PathPatch):
        raise ValueError(
            f"mark {mark!r}: artist is a {type(artist).__name__}; wanted a line (ax.plot) or a "
            "PathPatch, whose path a script can replace"
        )
    if isinstance(artist, Line2D) and artist.get_marker() not in ("None", "none", "", " ", None):
        raise ValueError(
            f"mark {mark!r} is a line with markers, which a script cannot move; wanted a line "
            "alone (a piece of no length with solid_capstyle='round' is a dot)"
        )
    artist.set_gid(MOVED + mark)


def _make_level(figure: Figure) -> None:
    """Write every word level and at one size.

    The name of the vertical axis goes across its top, where it costs no width, and powers of ten
    have raised digits of the font in place of a smaller one.
    """
    for axes in figure.axes:
        axes.yaxis.label.set(rotation=0, ha="left", va="bottom")
        axes.yaxis.set_label_coords(0, 1.035)
        if axes.get_title("left") and axes.get_ylabel():
            axes.set_title(axes.get_title("left"), loc="left", pad=24)
        for axis in (axes.xaxis, axes.yaxis):
            if type(axis.get_major_formatter()) is LogFormatterSciNotation:
                axis.set_major_formatter(PowersOfTen())
                axis.set_minor_formatter(NullFormatter())
            elif type(formatter := axis.get_major_formatter()) is ScalarFormatter:
                # An exponent apart from its numbers would stand where the axis has its name.
                formatter.set_useOffset(False)
                formatter.set_scientific(False)


def share_axis(
    ax: Axes,
    label: str | None = None,
    *,
    limits: tuple[float, float] = (-0.03, 1.05),
    ticks: Sequence[float] | None = (0, 0.25, 0.5, 0.75, 1),
    whole: float = 1.0,
    axis: str = "y",
) -> None:
    """Make an axis one of shares, written 0% to 100%; lines at both stay clear of the frame.

    Parameters
    ----------
    ax : Axes
        Changed in place.
    label : str, optional
        Of the axis.
    limits : tuple of float
        Ends of the axis.
    ticks : sequence of float, optional
        Where percentages are written; None leaves the choice to Matplotlib.
    whole : float
        What counts as 100%.
    axis : str
        ``"y"`` or ``"x"``.
    """
    lines = _prepare(ax, axis, label, limits)
    if ticks is not None:
        lines.set_major_locator(FixedLocator(ticks))
    lines.set_major_formatter(PercentFormatter(whole, decimals=0))


def log_axis(
    ax: Axes,
    label: str | None = None,
    *,
    limits: tuple[float, float] | None = None,
    ticks: Sequence[float] | None = None,
    write: Callable[[float], str] | None = "{:,g}".format,
    axis: str = "x",
) -> None:
    """Make an axis logarithmic, with plain numbers at a few ticks.

    Parameters
    ----------
    ax, label, limits, axis
        As for `share_axis`; without limits they follow the data.
    ticks : sequence of float, optional
        Where numbers are written; None leaves powers of ten.
    write : callable, optional
        From a tick to its text; None leaves powers of ten and the small ticks between them.
    """
    getattr(ax, f"set_{axis}scale")("log")
    lines = _prepare(ax, axis, label, limits)
    if ticks is not None:
        lines.set_major_locator(FixedLocator(ticks))
        if write is not None:
            lines.set_minor_locator(NullLocator())
            lines.set_major_formatter(FuncFormatter(lambda tick, _: write(tick)))


def size_axis(
    ax: Axes,
    low: float,
    high: float,
    ticks: Sequence[float] | None = None,
    label: str | None = None,
) -> None:
    """Make the x axis one of model sizes, written 500, 20k, 1M, 13B.

    Parameters
    ----------
    ax : Axes
        Changed in place.
    low, high : float
        Ends of the axis, parameters.
    ticks : sequence of float, optional
        Sizes that are written; by default one a decade.
    label : str, optional
        Of the axis.
    """
    if ticks is None:
        decades = range(int(np.ceil(np.log10(low))), int(np.floor(np.log10(high))) + 1)
        ticks = [10.0**k for k in decades]
    log_axis(ax, label, limits=(low, high), ticks=ticks, write=short)


def compute_axis(ax: Axes, low: float = 1e20, high: float = 2e24) -> None:
    """Make the x axis one of training compute, from ``low`` to ``high`` FLOP, in powers of ten."""
    decades = range(int(np.floor(np.log10(low))) + 1, int(np.floor(np.log10(high))) + 1)
    log_axis(
        ax,
        "training compute (FLOP)",
        limits=(low, high),
        ticks=[10.0**k for k in decades],
        write=power_of_ten,
    )


class PowersOfTen(LogFormatterSciNotation):
    """Writes ticks as `power_of_ten` does."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return the text of a tick."""
        del pos
        return power_of_ten(x)


def power_of_ten(number: float) -> str:
    """Write a number at a tick of a logarithmic axis: 1, 10, 10⁹, 3 × 10⁹; plain near 1."""
    if 1e-3 <= number < 1e4:
        return f"{number:,g}"
    mantissa, power = f"{number:.0e}".split("e")
    raised = f"10{str(int(power)).translate(RAISED)}"
    return raised if mantissa == "1" else f"{mantissa} × {raised}"


def short(parameters: float) -> str:
    """Write a count the way model names do: 13B, 1.3B, 350M.

    Parameters
    ----------
    parameters : float
        At least 1.

    Returns
    -------
    str
        At most three digits and a letter.
    """
    rounded = float(f"{parameters:.2g}") if parameters < 1e11 else float(f"{parameters:.3g}")
    for unit, letter in LETTERS.items():
        if rounded >= unit:
            return f"{rounded / unit:.3g}{letter}"
    return f"{rounded:g}"


def seeds(
    ax: Axes, x: ArrayLike, scores: ArrayLike, label: str, *, color: str, **look: Any
) -> NDArray[np.float64]:
    """Draw every seed as a thin line and their mean as a thick one.

    Parameters
    ----------
    ax : Axes
    x : array_like, shape (points,)
    scores : array_like, shape (seeds, points)
    label : str
        Of the mean; the seeds stay out of the table of numbers.
    color : str
        From the palette.
    **look
        Line style, marker and so on of the mean.

    Returns
    -------
    ndarray, shape (points,)
        The mean.
    """
    rows: NDArray[Any] = np.asarray(scores)
    for row in rows:
        ax.plot(x, row, color=color, lw=0.8, alpha=0.4, label="_seed")
    mean: NDArray[np.float64] = rows.mean(axis=0)
    ax.plot(x, mean, color=color, label=label, **look)
    return mean


def beside(ax: Axes, x: float, y: float, words: str, color: str, **look: Any) -> Text:
    """Write the name of a curve beside it, in its colour; ``look`` may say ha, va and so on."""
    return ax.text(x, y, words, color=color, fontweight="bold", **look)


def key(ax: Axes, marks: Mapping[str, Artist | Container], *, columns: int = 2) -> Legend:
    """Explain marks above the axes, at the right end of the line that names the vertical axis.

    Parameters
    ----------
    ax : Axes
    marks : mapping of str to Artist or Container
        What each mark is called, in lower case.
    columns : int
        Marks in one line.
    """
    return ax.legend(
        marks.values(),
        marks.keys(),
        loc="lower right",
        bbox_to_anchor=(1, 1.0),
        ncols=columns,
        handlelength=1.2,
        handletextpad=0.3,
        columnspacing=1,
        borderaxespad=0,
    )


def _prepare(
    ax: Axes, axis: str, label: str | None, limits: tuple[float, float] | None
) -> XAxis | YAxis:
    """Set ends and label of one axis, and return it."""
    if limits is not None:
        getattr(ax, f"set_{axis}lim")(*limits)
    if label is not None:
        getattr(ax, f"set_{axis}label")(label)
    lines: XAxis | YAxis = getattr(ax, f"{axis}axis")
    return lines


def css_variables(
    dark_when: str = "html[data-theme=dark],body[data-jp-theme-light=false]{}",
) -> str:
    """Return the style rules that give every palette colour its light and its dark value.

    Parameters
    ----------
    dark_when : str
        The rule that holds where the page is dark, with ``{}`` where its body stands.
    """
    light, dark = (
        "{" + "".join(f"--em-{name}:{pair[at]};" for name, pair in COLOURS.items()) + "}"
        for at in (0, 1)
    )
    return f":root{light}\n{dark_when.replace('{}', dark)}\n"
