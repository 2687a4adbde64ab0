"""Made-up curves of every kind, good and bad."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special

from emergence_lib.fitting import batch as batches

Array = NDArray[np.float64]

CRITICAL = 3.841458820694124
"""95% of chi-squared with one degree of freedom."""


def scales(points: int = 8) -> Array:
    return np.logspace(8, 12, points)


def drawn(
    curves: int,
    seed: int = 0,
    points: int = 8,
    floor: float = 0.0,
    items: float = 200,
) -> batches.Batch:
    """Logistic truth with threshold and width drawn anew for every curve."""
    rng = np.random.default_rng(seed)
    x = np.log10(scales(points))
    threshold = rng.uniform(9, 11, (curves, 1))
    width = rng.uniform(0.5, 3, (curves, 1))
    ceiling = rng.uniform(0.7, 1, (curves, 1))
    truth = floor + (ceiling - floor) * special.expit(2 * np.log(9) / width * (x - threshold))
    return batches.counts(scales(points), rng.binomial(int(items), truth) / items, items, floor)


@st.composite
def any_batch(draw: st.DrawFn) -> batches.Batch:
    """One to three curves of two to seven models: any scores, any items, any chance level."""
    points = draw(st.integers(2, 7))
    curves = draw(st.integers(1, 3))
    gaps = draw(st.lists(st.floats(0.02, 2), min_size=points, max_size=points))
    score = st.sampled_from([0.0, 1.0]) | st.floats(0, 1)
    rows = st.lists(score, min_size=points, max_size=points)
    y = draw(st.lists(rows, min_size=curves, max_size=curves))
    floor = draw(st.sampled_from([0.0, 0.25, 0.5]))
    if draw(st.booleans()):
        items = draw(st.sampled_from([1, 20, 1000, 100_000]))
        return batches.counts(10 ** (6 + np.cumsum(gaps)), y, items, floor)
    stderr = draw(st.sampled_from([1e-4, 0.02, 0.5]))
    return batches.errors(10 ** (6 + np.cumsum(gaps)), y, stderr, floor)
