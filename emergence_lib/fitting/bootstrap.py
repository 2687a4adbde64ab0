"""Scores drawn from a curve that is taken for the truth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emergence_lib.fitting.batch import Batch

Array = NDArray[np.float64]


def draw(batch: Batch, p: Array, draws: int, rng: np.random.Generator) -> Array:
    """Return scores around predictions ``p`` with the noise of a batch: (draws, curves, points)."""
    size = (draws, *p.shape)
    if batch.binomial:
        items = np.maximum(np.rint(batch.weight), 1).astype(int)
        return rng.binomial(items, np.clip(p, 0, 1), size) / items
    sd = 1 / np.sqrt(np.maximum(batch.weight, 1e-300))
    return np.clip(rng.normal(p, np.where(batch.weight > 0, sd, 0), size), 0, 1)
