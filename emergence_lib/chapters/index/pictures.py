"""The figure of the landing page: one smooth skill, two rulers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from emergence_lib import laws, theme

HALF = 3e8
"""Parameters at which the imaginary model gets half of the single digits right."""
EXPONENT = 0.5
LADDER = np.array([125e6, 350e6, 760e6, 1.3e9, 2.7e9, 6.7e9, 13e9, 175e9])
"""The sizes of the GPT-3 family [brown2020language]; the curve is not GPT-3's."""


def digit_rate(parameters: ArrayLike) -> laws.Array:
    """Share of single digits that an imaginary model of this size gets right.

    Parameters
    ----------
    parameters : array_like
        Model sizes, above 0.

    Returns
    -------
    ndarray
        Shape of ``parameters``.
    """
    return laws.gompertz(parameters, np.log(2) * HALF**EXPONENT, EXPONENT)


@theme.figure
def ruler() -> tuple[Figure, Callable[..., str]]:
    """Explorable: the share of right digits, and of answers whose every digit is right.

    Returns
    -------
    tuple
        The figure and ``update(digits)``, which redraws it and returns the read-out.
    """
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    sizes = np.geomspace(1e7, 1e12, 81)
    ax.plot(sizes, 100 * digit_rate(sizes), color=theme.GREY, ls="--", label="each digit right")
    (curve,) = ax.plot(sizes, sizes, color=theme.BLUE, label="whole answer right")
    (dots,) = ax.plot(LADDER, LADDER, ls="", marker="o", color=theme.BLUE, label="_models")
    ax.text(7e7, 62, "each digit", color=theme.GREY, ha="center")
    whole = ax.text(1e10, 1, "", color=theme.BLUE, ha="left", fontweight="bold")
    theme.size_axis(ax, 1e7, 1e12, label="model size (parameters)")
    theme.share_axis(ax, "share right", limits=(-3, 103), ticks=(0, 25, 50, 75, 100), whole=100)

    def update(digits: int) -> str:
        rate = laws.exact_match(digit_rate(sizes), digits)
        points = laws.exact_match(digit_rate(LADDER), digits)
        curve.set_ydata(100 * rate)
        dots.set_ydata(100 * points)
        # Low enough for the longest answers, whose curve ends at the right edge.
        place = float(np.interp(0.26, rate, np.log10(sizes)))
        whole.set_position((10 ** (place + 0.15), 20))
        whole.set_text("whole answer" if digits > 1 else "whole answer = its one digit")
        middle, last = 100 * points[[3, 7]]
        name = "1-digit" if digits == 1 else f"{digits}-digit"
        return (
            f"{name} answers: a {theme.short(LADDER[3])} model gets {middle:.0f}% right, "
            f"a {theme.short(LADDER[7])} model {last:.0f}%."
        )

    update(10)
    return fig, update
