"""Figures of composition: products under the reader's hand, trained nets, letters and cloze."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emergence_lib import laws, theme
from emergence_lib.chapters.composition import numbers as found
from emergence_lib.curves import crossing
from emergence_lib.laws import Array

COUNTS = [1, 2, 3, 4, 6, 10, 20, 50, 100]
"""Numbers of skills on the slider."""
LEVELS = 1 / (1 + np.exp(-np.linspace(-6.5, 6.5, 66)))
"""Shares right at which a curve is drawn: close together where it bends."""
STEEP = [2.0, 4.0, 9.0, 15.0]
SHARED = [0.0, 0.5, 1.0]
COLOURS = {"": theme.BLUE, "leading": theme.PURPLE}


@theme.figure
def products() -> tuple[Figure, Callable[..., str]]:
    """Explorable: one skill, and n equal ones that a task needs all; ``update(n, skill)``.

    Model sizes are in widths of one skill: its rise from 10% to 90% takes one decade.
    """
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    blank = np.full(len(LEVELS) + 2, np.nan)
    inside = (LEVELS > 0.0999) & (LEVELS < 0.9001)
    (single,) = ax.plot(blank, blank, color=theme.GREY, ls="--", label="one skill")
    (whole,) = ax.plot(blank, blank, color=theme.BLUE, label="all n skills")
    (climb,) = ax.plot(
        blank[:-2][inside], LEVELS[inside], color=theme.BLUE, lw=4.5, label="_10% to 90%",
        solid_capstyle="butt",
    )  # fmt: skip
    for line in (single, whole):
        line.set_ydata([0, *LEVELS, 1])
    theme.key(ax, {"one skill": single, "all of them": whole})
    theme.share_axis(ax, "share right")
    theme.log_axis(
        ax, "model size (1 = one skill is right half the time)", limits=(0.05, 5000),
        ticks=(0.1, 1, 10, 100, 1000),
    )  # fmt: skip

    def update(n: int, skill: str) -> str:
        reach = found.reach(skill)
        unit, half = laws.product_width(1, reach), laws.product_level(0.5, 1, reach)

        def sizes(count: int) -> Array:
            decades = (laws.product_level(LEVELS, count, reach) - half) / unit
            # Far outside the axes it does not matter where.
            return 10 ** np.concatenate([[-9], np.clip(decades, -8, 8), [9]])

        single.set_xdata(sizes(1))
        whole.set_xdata(sizes(n))
        climb.set_xdata(sizes(n)[1:-1][inside])
        wide, moved = float(found.relative_width(n, skill)), float(found.shift(n, skill))
        change = f"{abs(1 - wide):.0%} {'less' if wide < 1 else 'more'} than"
        if abs(1 - wide) < 0.005:
            change = "the same as"
        return (
            f"{n:,} {'skill' if n == 1 else 'skills'}: half right comes at {10**moved:,.1f} times "
            f"the size; the rise takes {wide:.2f} decades, {change} for one."
        )

    update(4, "logistic")
    return fig, update


@theme.figure
def thresholds() -> tuple[Figure, Callable[..., str]]:
    """Explorable: four skills with thresholds of their own; ``update(slope, shared)``."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    sizes = found.SIZES[::43]
    (whole,) = ax.plot(sizes, sizes, color=theme.ORANGE, lw=2.6, label="all four")
    # Drawn later, the dashes lie on top where the whole follows its weakest skill.
    skills = [
        ax.plot(sizes, sizes, color=colour, ls="--", lw=1.2, label=f"skill of {theme.short(size)}")[
            0
        ]
        for size, colour in zip(found.THRESHOLDS, theme.RAMP, strict=False)
    ]
    theme.key(ax, {"each skill": skills[1], "all four": whole})
    theme.share_axis(ax, "share right")
    theme.size_axis(ax, 1e8, 2e12, (1e8, 1e9, 1e10, 1e11, 1e12), "parameters")

    def update(slope: float, shared: float) -> str:
        rates = found.four(sizes, slope)
        for line, rate in zip(skills, rates.T, strict=True):
            line.set_ydata(rate)
        whole.set_ydata(found.together(rates, shared))
        early, late = (found.whole(size, slope, shared) for size in (8e9, 20e9))
        top = theme.short(found.size_at(0.9, slope, shared))
        wide, one = found.rise_of_four(slope, shared).width, float(laws.logistic_width(slope))
        return (
            f"All four at 8B: {early:.1%}; at 20B: {late:.0%}; 90% at {top}. The rise takes "
            f"{wide:.2f} decades, that of one skill {one:.2f}."
        )

    update(found.STEEPNESS, 0.0)
    return fig, update


@theme.figure
def reading() -> list[Figure]:
    """Whole sums right of nets that read their own digits, and how far three products miss."""
    return [_ladder(), _misses()]


def _ladder() -> Figure:
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    for variant, order in found.ORDERS.items():
        table, colour = found.written(variant), COLOURS[variant]
        scores = table.pivot(index="seed", columns="parameters", values="exact_match")
        size = scores.columns.to_numpy(float)
        theme.seeds(ax, size, scores, order, color=colour)
        product = table.groupby("parameters")["own"].mean()
        (crosses,) = ax.plot(
            size, product, "x", color=theme.ORANGE, ms=5, zorder=4, label=f"product, {order}"
        )
    theme.key(ax, {"product of the digits": crosses})
    theme.beside(ax, 9000, 0.62, "units first", COLOURS[""], ha="right")
    theme.beside(ax, 24_000, 0.36, "leading first", COLOURS["leading"])
    _sizes(ax)
    theme.share_axis(ax, "whole sums right")
    return fig


def _misses() -> Figure:
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    looks: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("taught", "read true digits", {"marker": "o", "mfc": "none", "color": theme.TEAL}),
        ("own", "read their own", {"marker": "x", "color": theme.ORANGE}),
    )
    marks = {}
    for rule, name, look in looks:
        for variant, order in found.ORDERS.items():
            table = found.written(variant)
            (marks[name],) = ax.plot(
                table["parameters"], 100 * table[f"{rule}_error"], ls="", ms=5,
                label=f"{name}, {order}", **look,
            )  # fmt: skip
    ax.axhline(0, color=theme.GREY, lw=1.2, label="_exact")
    theme.key(ax, marks)
    _sizes(ax)
    ax.set_ylabel("miss (points)")
    return fig


def _sizes(ax: Axes) -> None:
    low, high = found.written()["parameters"].agg(["min", "max"])
    theme.size_axis(ax, low / 1.15, high * 1.15, (2000, 5000, 10_000, 20_000, 50_000), "parameters")


@theme.figure
def after_slips(variant: str = "leading") -> Figure:
    """How good the next digit is after a first slip: left in, mended, and on any problem.

    Parameters
    ----------
    variant : str
        Of the experiment: ``""`` for the units first, or ``"leading"``.
    """
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    table = found.slips(variant)
    looks: tuple[tuple[str, str, str, str], ...] = (
        ("any", "any problem", theme.GREY, "s"),
        ("mended", "slip mended", theme.TEAL, "o"),
        ("left", "left in", theme.ORANGE, "x"),
    )
    marks = {}
    for column, name, colour, mark in looks:
        (marks[name],) = ax.plot(
            table.index, table[column], color=colour, marker=mark, lw=1, label=name
        )
    theme.key(ax, marks, columns=3)
    theme.share_axis(ax, "next digit right")
    ax.set(xlim=(0.8, len(table) + 0.2), xticks=table.index, xlabel="digit that slipped first")
    return fig


@theme.figure
def letters() -> Figure:
    """Letters and cloze of OLMo 2 7B on seven tasks, each as a share of its own rise."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    table = found.letters()
    drawn: dict[str, Any] = {}
    for column, name, colour in (
        ("cloze_rise", "answer itself", theme.TEAL),
        ("rise", "by letter", theme.ORANGE),
    ):
        rows = table.pivot(index="task", columns="tokens", values=column)
        tokens = rows.columns.to_numpy(float)
        theme.seeds(ax, tokens, rows, f"{name}, mean of seven", color=colour)
        drawn[name] = (tokens, rows.mean().to_numpy())
    tokens, mean = drawn["by letter"]
    theme.beside(ax, 1.25 * crossing(tokens, mean, 0.4), 0.4, "by letter", theme.ORANGE)
    theme.beside(ax, 2.2e10, 1.04, "by the answer itself", theme.TEAL)
    theme.log_axis(ax, "training tokens", limits=(1.9e10, 4.2e12))
    theme.share_axis(ax, "share of each task's own rise", limits=(-0.15, 1.2))
    return fig
