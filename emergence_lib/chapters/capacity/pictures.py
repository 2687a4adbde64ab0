"""Pictures of Capacity and information."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.figure import Figure

from emergence_lib import theme
from emergence_lib.chapters.capacity import numbers

Scene = tuple[Figure, Callable[..., str]]

INPUTS = (2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Settings of the inputs of `cut`."""
START_INPUTS = 5
DRAWN = 161
"""Points of a curve of `cut`, whatever the inputs."""
NEURONS = (200, 400, 800, 1600, 3200)
LOADS = (0.12, 0.14, 0.15, 0.16, 0.17, 0.18, 0.20, 0.22, 0.25, 0.28)
"""Settings of the load of `memory`."""
START_NEURONS, START_LOAD = 1600, 0.16
LOOKS = dict(zip(NEURONS, theme.RAMP, strict=True))
"""Colour of the recall curves, by neurons."""


# Cover's count


@theme.figure
def cut() -> Scene:
    """Show how often random labels can be separated; ``update(inputs)``, one of `INPUTS`."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    loads = np.linspace(0, 4, DRAWN)
    (line,) = ax.plot(loads, loads * 0, color=theme.BLUE, lw=2.2, label="labellings learned")
    (span,) = ax.plot([1, 3], [0.5, 0.5], color=theme.ORANGE, lw=1.2, marker="|", ms=10)
    span.set_label("_from 90% to 10%")
    ax.axvline(2, color=theme.GREY, ls="--", lw=1, label="_two")
    ax.text(2.06, 0.95, "two points an input", color=theme.GREY)
    ax.set(xlim=(0, 4), xticks=range(5), xlabel="points to learn, for each input")
    theme.share_axis(ax, "labellings that can be learned", ticks=(0.1, 0.5, 0.9))

    def update(inputs: int) -> str:
        points = np.maximum(np.round(loads * inputs), 1)
        # Only whole points exist: a small unit has few, and its curve has as many corners.
        line.set_data(np.maximum(points / inputs, 0), numbers.cover(points, inputs))
        one = numbers.cover_fall(inputs)
        span.set_xdata([one.start, one.end])
        return (
            f"{inputs:,} inputs: {2 * inputs:,} points can be learned in half of all labellings. "
            f"From 90% to 10% takes {one.start:.2f} to {one.end:.2f} points an input: "
            f"{one.width:.0%} of the threshold."
        )

    update(START_INPUTS)
    return fig, update


# Hopfield memories


@theme.figure
def memory() -> Scene:
    """Recall against load, and where recalls end; ``update(neurons, load)``."""
    fig = Figure(figsize=(theme.PHONE, 3.7))
    above, below = fig.subplots(2, height_ratios=[6, 5])
    table, heaps = numbers.recall(), numbers.heaps()
    for neurons in table:
        above.plot(table.index, table[neurons], color=theme.GREY, lw=0.8, label=f"{neurons:,}")
    (chosen,) = above.plot([0.1], [1], color=theme.BLUE, lw=2.4, label="_chosen")
    (here,) = above.plot([0.1], [1], color=theme.ORANGE, marker="o", ms=8, label="_here")
    above.axvline(numbers.HEBB, color=theme.GREY, ls="--", lw=1, label="_endless")
    above.text(numbers.HEBB - 0.002, 0.08, "endless", color=theme.GREY, ha="right")
    above.set(xlim=(0.1, 0.36), xlabel="load: patterns for each neuron")
    theme.share_axis(above, "patterns recalled", ticks=(0, 0.5, 1))
    (stair,) = below.plot(
        numbers.CENTRES,
        numbers.CENTRES * 0,
        color=theme.ORANGE,
        drawstyle="steps-mid",
        lw=1.6,
        label="_heaps",
    )
    below.set(xlim=(0, 1.03), xlabel="overlap at the end: 1 is the pattern itself")
    theme.share_axis(below, "recalls", limits=(0, 1), ticks=(0, 0.5, 1))

    def update(neurons: int, load: float) -> str:
        row, column = list(table).index(neurons), list(table.index).index(load)
        share = table[neurons][load]
        chosen.set_data(table.index, table[neurons])
        here.set_data([load], [share])
        stair.set_ydata(heaps[row, column])
        return (
            f"{neurons:,} neurons, {round(load * neurons):,} patterns: {share:.0%} recalled. Mean "
            f"overlap {heaps[row, column] @ numbers.CENTRES:.2f}."
        )

    update(START_NEURONS, START_LOAD)
    return fig, update


@theme.figure
def narrowing() -> Figure:
    """Relative widths of both falls against size, on two logarithmic axes."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    widths = [numbers.cover_fall(inputs).width for inputs in numbers.SIZES]
    ends = np.array([8.0, 14_000.0])
    ax.plot(
        ends,
        [numbers.cover_width(n) for n in ends],
        color=theme.BLUE,
        ls="--",
        lw=1,
        label="coins",
    )
    ax.plot(numbers.SIZES, widths, "o", color=theme.BLUE, label="unit, exact")
    table, law = numbers.recall_falls(), numbers.recall_power()
    size = table.index.to_numpy(float)
    error = np.abs(table[["low", "high"]].to_numpy().T - table["width"].to_numpy())
    ax.errorbar(
        size,
        table["width"],
        error,
        color=theme.ORANGE,
        fmt="s",
        lw=1.4,
        capsize=3,
        label="memory, measured",
    )
    middle = np.exp(np.log(table["width"]).mean())
    along = np.array([150.0, 4500.0])
    ax.plot(
        along,
        middle * (along / np.exp(np.log(size).mean())) ** law.power,
        color=theme.ORANGE,
        ls=":",
        lw=1.2,
        label="_fit",
    )
    theme.beside(ax, 12, 0.2, "one unit", theme.BLUE, va="top")
    theme.beside(ax, 520, 0.62, "memory", theme.ORANGE)
    theme.log_axis(
        ax,
        "inputs of the unit, neurons of the memory",
        limits=(8, 14_000),
        ticks=(10, 100, 1000, 10_000),
    )
    theme.log_axis(
        ax,
        "relative width",
        limits=(0.013, 1.3),
        ticks=(0.02, 0.05, 0.1, 0.2, 0.5, 1),
        write="{:.0%}".format,
        axis="y",
    )
    return fig


# Models


@theme.figure
def sums() -> Figure:
    """Three-digit sums that models get right against the tables that would fit."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    ours, gpt = numbers.adders(), numbers.gpt3_budget()
    ax.plot(
        ours["copies3"],
        ours["three"],
        color=theme.TEAL,
        marker="s",
        ls=":",
        lw=1,
        label="networks trained on sums",
    )
    ax.plot(gpt["copies"], gpt["score"], color=theme.ORANGE, marker="o", lw=1, label="GPT-3")
    ax.axvline(1, color=theme.GREY, ls="--", lw=1.2, label="_one")
    ax.text(1.6, 0.93, "room for one table", color=theme.GREY)
    theme.beside(ax, 0.03, 0.6, "trained", theme.TEAL)
    theme.beside(ax, 0.03, 0.49, "on sums", theme.TEAL)
    theme.beside(ax, 5000, 0.49, "GPT-3", theme.ORANGE, ha="right")
    theme.log_axis(
        ax,
        "whole tables that would fit",
        limits=(2e-4, 2e5),
        ticks=(1e-3, 1e-1, 10, 1e3, 1e5),
        write="{:,g}".format,
    )
    theme.share_axis(ax, "three-digit sums right", ticks=(0, 0.5, 1))
    return fig


@theme.figure
def skills() -> Figure:
    """Skills that networks have solved, as many as would fit, and as many as at one price."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    table = numbers.skills()
    size = table["parameters"].to_numpy(float)
    ax.plot(size, table["room"], color=theme.GREY, ls="--", lw=1.2, label="as many would fit")
    first = table.iloc[4]
    ax.plot(
        size,
        first["skills"] * size / first["parameters"],
        color=theme.TEAL,
        ls=":",
        lw=1.4,
        label="one price for all",
    )
    ax.plot(size, table["skills"], color=theme.BLUE, marker="o", lw=1, label="solved")
    ax.axhline(32, color=theme.GREY, lw=0.8, label="_all")
    ax.text(205, 29, "all 32", color=theme.GREY, va="top")
    theme.beside(ax, 1300, 420, "would fit", theme.GREY, ha="right")
    theme.beside(ax, 11_000, 60, "at one price", theme.TEAL, ha="right")
    theme.beside(ax, 5000, 5.2, "solved", theme.BLUE, va="top")
    theme.log_axis(ax, "parameters", limits=(170, 31_000), ticks=(200, 1000, 5000, 20_000))
    theme.log_axis(ax, "skills", limits=(0.5, 9000), ticks=(1, 10, 100, 1000), axis="y")
    return fig
