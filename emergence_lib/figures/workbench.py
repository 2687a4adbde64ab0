"""Pictures of the chapter "Workbench"."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from emergence_lib import theme
from emergence_lib.audit import words
from emergence_lib.audit.report import Range
from emergence_lib.findings import workbench as found

LEFT, RIGHT = 0.2, 8.0
"""Ends of the axis of widths, decades."""
SECOND = {found.LETTERS: "words"}
"""What an example calls its second score."""


@theme.figure
def limit() -> tuple[Figure, Callable[..., str]]:
    """Width intervals of the three examples, beside a limit that the reader moves.

    Returns
    -------
    tuple
        The figure and ``update(sharp)``, with ``sharp`` in decades out of `findings.LIMITS`.
    """
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    ax.set_xscale("log")
    ax.set_xlim(LEFT, RIGHT)
    ax.set_xticks(ticks := [0.2, 0.5, 1, 2, 5], [f"{each:g}" for each in ticks])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_ylim(-0.05, 3.55)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_xlabel("decades from 10% to 90% of the rise")
    verdicts = {}
    for row, name in zip((2.5, 1.3, 0), found.examples(), strict=True):
        report = found.report(name)
        ax.text(LEFT, row + 0.62, name, fontsize=9)
        verdicts[name] = ax.text(RIGHT, row + 0.62, "", fontsize=9, ha="right", fontweight="bold")
        if report.width is not None:
            _bar(ax, row + 0.37, report.width, theme.BLUE, "o", f"{name}, score")
        if report.metric is not None and report.metric.width is not None:
            _bar(ax, row + 0.1, report.metric.width, theme.ORANGE, "s", f"{name}, second score")
            ax.annotate(
                SECOND[name],
                (report.metric.width.low or LEFT, row + 0.1),
                (-5, 0),
                textcoords="offset points",
                color=theme.ORANGE,
                fontsize=8.5,
                ha="right",
                va="center",
            )
    line = ax.axvline(1.0, color=theme.INK, ls="--", lw=1.2, label="_limit", zorder=0)

    def update(sharp: float) -> str:
        line.set_xdata([sharp, sharp])
        judged = found.judged(sharp)
        for name, text in verdicts.items():
            text.set_text(str(judged[name]))
        said = "; ".join(f"{name.partition(':')[0]}, {each}" for name, each in judged.items())
        return f"Sharp means below {words.decades(sharp)}: {said}."

    update(1.0)
    return fig, update


def _bar(ax: Axes, height: float, width: Range, colour: str, marker: str, label: str) -> None:
    """Draw an interval with its best value; an open end reaches the edge."""
    ends = [width.low or LEFT, width.high or RIGHT]
    ax.plot(ends, [height] * 2, color=colour, lw=5, alpha=0.45, solid_capstyle="butt", label=label)
    ax.plot([width.best], [height], marker, color=colour, ms=5, label=f"{label}, best")
