"""Pictures of the chapter "Workbench"."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emergence_lib import audit, fitting, theme
from emergence_lib.audit.phrases import decades, number, shown
from emergence_lib.audit.readings import Range
from emergence_lib.audit.verdict import MOST
from emergence_lib.chapters.workbench import numbers
from emergence_lib.laws import Array

LEFT, RIGHT = 0.2, 8.0
"""Ends of the axis of widths, decades."""
ABOVE = 1.1
"""Height of the limit for sharp in a small picture, above any score."""
SECOND = {numbers.LETTERS: "words"}
"""What an example calls its second score."""


@theme.figure
def limit() -> tuple[Figure, Callable[..., str]]:
    """Width intervals of the three examples, beside a limit that the reader moves.

    Returns
    -------
    tuple
        The figure and ``update(sharp)``, with ``sharp`` in decades out of `numbers.LIMITS`.
    """
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    label = "decades from 10% to 90% of the rise"
    theme.log_axis(ax, label, limits=(LEFT, RIGHT), ticks=(0.2, 0.5, 1, 2, 5))
    ax.set_ylim(-0.05, 3.55)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    verdicts = {}
    for row, name in zip((2.5, 1.3, 0), numbers.examples(), strict=True):
        report = numbers.report(name)
        ax.text(LEFT, row + 0.62, name)
        verdicts[name] = ax.text(RIGHT, row + 0.62, "", ha="right", fontweight="bold")
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
                ha="right",
                va="center",
            )
    line = ax.axvline(1.0, color=theme.INK, ls="--", lw=1.2, label="_limit", zorder=0)

    def update(sharp: float) -> str:
        line.set_xdata([sharp, sharp])
        judged = numbers.judged(sharp)
        for name, text in verdicts.items():
            text.set_text(str(judged[name]))
        said = "; ".join(f"{name.partition(':')[0]}, {each}" for name, each in judged.items())
        return f"Sharp means below {decades(sharp)}: {said}."

    update(1.0)
    return fig, update


def _bar(ax: Axes, height: float, width: Range, colour: str, marker: str, label: str) -> None:
    """Draw an interval with its best value; an open end reaches the edge."""
    ends = [width.low or LEFT, width.high or RIGHT]
    ax.plot(ends, [height] * 2, color=colour, lw=5, alpha=0.45, solid_capstyle="butt", label=label)
    ax.plot([width.best], [height], marker, color=colour, ms=5, label=f"{label}, best")


@theme.figure
def verdict(report: audit.Report | None = None) -> Figure:
    """Scores with intervals, the best curve, its threshold, and the next model's score.

    Parameters
    ----------
    report : Report, optional
        By default the audit of the first example, GPT-3 on three-digit addition.
    """
    report = report or numbers.report(numbers.SUMS)
    fig, ax = _axes(report)
    theme.share_axis(ax, "score", ticks=None)
    _chance(ax, report.curve.chance)
    if report.obstacle is not audit.Obstacle.UNSAID:  # else every curve is that of one reading
        _intervals(ax, report)
        _best(ax, report)
    _measured(ax, report.curve)
    title = ax.set_title(f"{shown(report.curve.name, 60)}: {report.verdict}")
    title.set_parse_math(False)  # a dollar in a name is a dollar
    return fig


@theme.figure
def glance(report: audit.Report | None = None) -> Figure:
    """Scores and the best curve under the limit for sharp, with a gap that holds half of the rise.

    The limit is a bar around the half-way point. There is a curve where the verdict is flat or the
    score rises, and not where an unsaid setting decides.

    Parameters
    ----------
    report : Report, optional
        By default the audit of the first example, GPT-3 on three-digit addition.
    """
    report = report or numbers.report(numbers.SUMS)
    fig, ax = _axes(report)
    theme.share_axis(ax, "score", limits=(-0.04, ABOVE + 0.14))
    rises = report.rises and report.obstacle is not audit.Obstacle.UNSAID
    if rises and report.gap is not None and report.leap >= MOST:
        ax.axvspan(*report.gap, color=theme.ORANGE, alpha=0.15, lw=0, label="_gap")
    _chance(ax, report.curve.chance)
    if rises or report.verdict is audit.Verdict.FLAT:
        _best(ax, report)
    _limit(ax, report, rises)
    _measured(ax, report.curve)
    return fig


def _limit(ax: Axes, report: audit.Report, rises: bool) -> None:
    """Draw the limit for sharp above the scores, around the half-way point if there is one."""
    left, right = np.log10(ax.get_xlim())
    centre, reach = (left + right) / 2, (right - left) / 2
    room = max(reach - report.sharp / 2, 0)
    # A half-way point beyond the models may lie beyond the axis, too; a limit has to be seen.
    middle = np.clip(report.half_way if rises else centre, centre - room, centre + room)
    ends = 10 ** np.clip([middle - report.sharp / 2, middle + report.sharp / 2], left, right)
    ax.plot(ends, [ABOVE] * 2, color=theme.ORANGE, lw=2, marker="|", ms=8, label="_limit")
    if rises and middle == report.half_way:
        ax.vlines(ends, 0, ABOVE, color=theme.ORANGE, ls=":", lw=1, label="_limits")
    ax.annotate(
        f"limit: {decades(report.sharp)}",
        (10 ** np.clip(middle, centre - 0.6 * reach, centre + 0.6 * reach), ABOVE),
        (0, 5),
        textcoords="offset points",
        color=theme.ORANGE,
        ha="center",
    )


def _axes(report: audit.Report) -> tuple[Figure, Axes]:
    """Return a figure with axes from the smallest model to one step beyond the largest."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    first, last = np.log10([report.curve.scale[0], report.next_scale])
    pad = 0.04 * (last - first)
    theme.log_axis(
        ax, shown(report.curve.unit, 60), limits=(10 ** (first - pad), 10 ** (last + pad))
    )
    ax.xaxis.label.set_parse_math(False)
    return fig, ax


def _best(ax: Axes, report: audit.Report) -> None:
    """Draw the best curve, dotted beyond the largest model."""
    largest = report.curve.scale[-1]
    grid = np.geomspace(report.curve.scale[0], report.next_scale, 200)
    seen = grid <= largest
    ax.plot(grid[seen], report.predict(grid[seen]), color=theme.BLUE, label="_curve")
    ax.plot(grid[~seen], report.predict(grid[~seen]), color=theme.BLUE, ls=":", label="_beyond")


def _measured(ax: Axes, curve: audit.Curve) -> None:
    low, high = error_bars(curve)
    ax.errorbar(
        curve.scale,
        curve.score,
        [np.maximum(curve.score - low, 0), np.maximum(high - curve.score, 0)],
        fmt="o",
        color=theme.INK,
        ms=4.5,
        lw=1,
        label="measured, 95% interval",
    )


def _chance(ax: Axes, chance: float | None) -> None:
    """Draw chance if somebody said it: the floor of the best reading would look like it."""
    if chance:
        ax.axhline(chance, color=theme.GREY, ls="--", lw=1, label="_chance")
        ax.annotate(
            "chance",
            (ax.get_xlim()[0], chance),
            (3, 2),
            textcoords="offset points",
            color=theme.GREY,
        )


def _intervals(ax: Axes, report: audit.Report) -> None:
    """Draw the interval of the threshold and that of the next score."""
    left, right = ax.get_xlim()
    if report.threshold is not None:
        low = max(report.threshold.low or left, left)
        high = min(report.threshold.high or right, right)
        if low < high:
            ax.axvspan(low, high, color=theme.ORANGE, alpha=0.15, lw=0, label="_threshold")
            ax.annotate(
                "half-way: 95% interval",
                (low, 1.0),
                (-4, 0),
                textcoords="offset points",
                ha="right",
                va="top",
                color=theme.ORANGE,
            )
    if report.next_score is not None:
        score = report.next_score
        most = 1.0 if score.high is None else score.high
        ax.errorbar(
            [report.next_scale],
            [score.best],
            [[score.best - (score.low or 0.0)], [most - score.best]],
            fmt="D",
            mfc="none",
            color=theme.BLUE,
            ms=5,
            lw=1.2,
            label=f"forecast for {number(report.next_scale)}",
        )


def error_bars(curve: audit.Curve) -> tuple[Array, Array]:
    """Return 95% intervals of the scores of a curve."""
    if curve.items is not None:
        return fitting.wilson(curve.score * curve.items, curve.items)
    reach = 1.96 * np.asarray(curve.stderr)
    return np.clip(curve.score - reach, 0, 1), np.clip(curve.score + reach, 0, 1)
