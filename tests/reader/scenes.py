"""Small drawings that the reader's tests share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.figure import Figure

from emergence_lib import theme

Update = Callable[..., str]


@theme.figure
def curve() -> Figure:
    figure = Figure(figsize=theme.WIDE)
    axes = figure.subplots()
    size = np.array([1e7, 1e8, 1e9, 1e10])
    axes.plot(size, [0.01, 0.02, 0.4, 0.9], "o-", label="few-shot")
    axes.plot(size, [0.01, 0.015, 0.1, 0.3], "s--", label="zero-shot")
    axes.axhline(0.25, color=theme.GREY, label="_chance")
    axes.set(xscale="log", xlabel="parameters", ylabel="accuracy", ylim=(0, 1))
    axes.text(2e7, 0.5, "both rise", color=theme.INK)
    return figure


@theme.figure
def power() -> tuple[Figure, Update]:
    """Exact match of an n-digit answer, drawn over per-digit accuracy."""
    figure = Figure(figsize=theme.WIDE)
    axes = figure.subplots()
    p = np.linspace(0, 1, 30)
    (line,) = axes.plot(p, p, label="exact match")
    (mark,) = axes.plot([0.9], [0.9], "o", color=theme.ORANGE, label="at 90%")
    words = axes.text(0.1, 0.8, "", color=theme.BLUE)
    axes.set(xlabel="per-digit accuracy", ylabel="exact match", ylim=(0, 1.02), xlim=(0, 1.02))

    def update(n: int, error: bool = False) -> str:
        values = 1 - p**n if error else p**n
        here = 1 - 0.9**n if error else 0.9**n
        line.set_ydata(values)
        line.set_color(theme.ORANGE if error else theme.BLUE)
        mark.set_data([0.9], [here])
        words.set_text(f"n = {n} & <{'error' if error else 'score'}>")
        return f"At 90% per digit, {n} digits: {here:.1%} & <so on>."

    update(1)
    return figure, update
