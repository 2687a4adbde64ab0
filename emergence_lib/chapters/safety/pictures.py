"""Pictures of the chapter "Safety, forecasting and practice"."""

from __future__ import annotations

from collections.abc import Callable

import matplotlib.dates as mdates
import numpy as np
from matplotlib.figure import Figure

from emergence_lib import laws, theme
from emergence_lib.chapters.safety import numbers

Scene = tuple[Figure, Callable[..., str]]

CURVES = tuple(numbers.RISES)
FAILED = (100, 1000, 10_000)
"""Tries without success in `absence`."""
COLOURS = (theme.BLUE, theme.TEAL, theme.ORANGE, theme.PURPLE)
STYLES = ("-", "--", "-.", ":")


@theme.figure
def watched() -> Scene:
    """Show a rise and the checks of a growing model, placed so that most of it falls between two.

    The function that comes with it takes ``curve`` (of `CURVES`), ``width`` (of `numbers.ENDS`) and
    ``spacing`` (of `numbers.SPACINGS`).
    """
    fig = Figure(figsize=(theme.PHONE, 2.55))
    ax = fig.subplots()
    theme.log_axis(ax, "effective compute since the run began", limits=(0.8, 1250),
                   ticks=(1, 10, 100, 1000), write="{:,g}x".format)  # fmt: skip
    theme.share_axis(ax, "share of the rise done")
    grid = np.geomspace(0.8, 1250, 161)
    (gap,) = ax.fill([1, 1, 1, 1], [-0.03, -0.03, 1.05, 1.05], color=theme.GOLD, alpha=0.25, lw=0,
                     label="_gap")  # fmt: skip
    (stems,) = ax.plot([1, 1], [0, 1], color=theme.GREY, lw=0.9, label="_checks")
    (curve_line,) = ax.plot(grid, grid * 0, color=theme.BLUE, label="the ability")
    places = numbers.checks(numbers.RUN, min(numbers.SPACINGS)) + 1
    (dots,) = ax.plot(np.ones(places), np.ones(places), "o", color=theme.ORANGE, ms=6,
                      label="what the checks see")  # fmt: skip
    theme.key(ax, {"ability": curve_line, "checks": dots})

    def update(curve: str, width: str, spacing: int) -> str:
        decades = float(numbers.rises()[width][curve])
        at = spacing ** np.arange(numbers.checks(numbers.RUN, spacing) + 1.0)
        # Of the gaps, the one about the middle of the run holds the middle of the rise.
        first = min(int(numbers.steps(numbers.RUN, spacing) / 2), len(at) - 2)
        midpoint = np.log10(at[first : first + 2]).mean()
        slope = laws.logistic_width(decades)  # the formula is its own inverse
        curve_line.set_ydata(laws.logistic(np.log10(grid), midpoint, slope))
        seen = np.append(at, np.full(places - len(at), at[-1]))
        dots.set_data(seen, laws.logistic(np.log10(seen), midpoint, slope))
        stems.set_data(np.repeat(seen, 3), np.tile([-0.03, 1.05, np.nan], places))
        low, high = at[first : first + 2]
        gap.set_xy([(low, -0.03), (high, -0.03), (high, 1.05), (low, 1.05), (low, -0.03)])
        return (
            f"{numbers.RUN:,}x is {numbers.steps(numbers.RUN, spacing):.2f} steps of {spacing}x. "
            f"Checks on the way: {len(at) - 1}. Of the rise ({decades:.2f} decades) up to "
            f"{numbers.between(spacing, decades):.0%} falls between two; the whole, in "
            f"{numbers.hidden(spacing, decades):.0%} of placements."
        )

    update(CURVES[0], "likeliest", 4)
    return fig, update


@theme.figure
def absence() -> Figure:
    """Show the chance of a success in further tries, at the highest rate that is left open."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    tried = np.geomspace(1, 1e6, 121)
    for failed, colour, style in zip(FAILED, COLOURS, STYLES, strict=False):
        name = f"{failed:,} failed"
        chance = numbers.shows(tried, failed)
        ax.plot(tried, chance, color=colour, ls=style, label=name)
        half = failed * np.log(0.5) / np.log(0.05)
        theme.beside(ax, half * 0.85, 0.52, f"{failed:,}", colour, ha="right", va="bottom")
    ax.text(1.3, 0.66, "failed in\nthe test:", va="bottom")
    theme.log_axis(ax, "tries of its users", limits=(1, 1e6),
                   ticks=[1, 100, 10_000, 1_000_000], write=_spoken)  # fmt: skip
    theme.share_axis(ax, "at least one success")
    return fig


@theme.figure
def tries() -> Figure:
    """Show the share of problems solved in k tries, for four sizes of Pythia."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    table = numbers.tries()
    for (name, solved), colour, style in zip(table.items(), COLOURS, STYLES, strict=True):
        known = solved.dropna()
        ax.plot(known.index, known, color=colour, ls=style, marker="o", ms=4, label=name)
    for (name, solved), colour, left in zip(
        table.items(), COLOURS, (True, True, False, True), strict=True
    ):
        last = solved.dropna()
        at = last.index[-1] * (0.72 if left else 1.35)
        theme.beside(ax, at, last.iloc[-1] + 0.01, str(name), colour,
                     ha="right" if left else "left", va="center")  # fmt: skip
    theme.log_axis(ax, "tries at each problem", limits=(0.8, 17_000),
                   ticks=[1, 10, 100, 1000, 10_000], write=_spoken)  # fmt: skip
    theme.share_axis(ax, "problems solved at least once", limits=(-0.03, 0.85),
                     ticks=[0, 0.2, 0.4, 0.6, 0.8])  # fmt: skip
    return fig


@theme.figure
def horizons() -> Figure:
    """Show time horizons with their intervals, and lines through all and through recent records."""
    fig = Figure(figsize=(theme.PHONE, 3.6))
    ax = fig.subplots()
    table = numbers.horizons()
    for record, colour, mark, name in (
        (True, theme.BLUE, "o", "records"),
        (False, theme.GREY, "s", "others"),
    ):
        rows = table[table["record"] == record]
        dates = mdates.date2num(rows["date"])
        ax.vlines(dates, rows["p50_ci_low"], rows["p50_ci_high"], color=colour, lw=1.1,
                  alpha=0.7, label=f"_{name}")  # fmt: skip
        ax.plot(dates, rows["p50_minutes"], mark, color=colour, ms=4.5, label=name)
    for since, colour, style, name in (
        ("2019-01-01", theme.TEAL, "--", "all years"),
        (numbers.RECENT, theme.ORANGE, "-", "since 2023"),
    ):
        ends = np.array([_day(max(since, "2019-02-14")), _day("2026-06-01")])
        minutes = numbers.line(since, ends - _day("2019-01-01"))
        ax.plot(ends, minutes, color=colour, ls=style, label=name)
    theme.beside(ax, _day("2020-10-01"), 1.1, "all years", theme.TEAL, ha="center")
    theme.beside(ax, _day("2024-03-01"), 60, "since 2023", theme.ORANGE, ha="right")
    theme.log_axis(ax, "time a human expert takes", limits=(0.008, 6000),
                   ticks=[1 / 60, 1, 60, 480, 2400],
                   write=lambda minutes: {1: "1 min", 60: "1 h", 480: "8 h", 2400: "40 h"}.get(
                       round(minutes), "1 s"), axis="y")  # fmt: skip
    ax.xaxis.set_major_locator(mdates.YearLocator())
    ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
    ax.set_xlim(_day("2018-11-01"), _day("2026-08-01"))
    ax.set_xlabel("day of release")
    handles = {line.get_label(): line for line in ax.lines}
    theme.key(ax, {name: handles[name] for name in ("records", "others")})
    return fig


def _spoken(number: float) -> str:
    return "1 million" if number >= 999_999 else f"{number:,.0f}"


def _day(date: str) -> float:
    return float(mdates.date2num(np.datetime64(date)))
