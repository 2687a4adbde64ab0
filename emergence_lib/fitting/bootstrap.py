"""Parametric bootstrap: scores drawn from a curve that is taken for the truth."""

from __future__ import annotations

import numpy as np

from emergence_lib import laws
from emergence_lib.fitting.batch import Batch
from emergence_lib.laws import Array


def draw(batch: Batch, p: Array, draws: int, rng: np.random.Generator) -> Array:
    """Return scores around predictions with the noise of a batch.

    Counts are binomial, with items rounded to whole numbers; scores with standard errors are
    normal, and cut to [0, 1].

    Parameters
    ----------
    batch : Batch
    p : array, shape (curves, points)
        Predicted scores in [0, 1], up to rounding.
    draws : int
        At least 1.
    rng : numpy.random.Generator

    Returns
    -------
    array, shape (draws, curves, points)
        The prediction itself where a row is padded.

    Raises
    ------
    ValueError
        If a prediction leaves [0, 1], its shape is not that of the batch, or ``draws`` is below 1.
    """
    if p.shape != batch.score.shape:
        raise ValueError(f"p: found shape {p.shape}, want that of the batch {batch.score.shape}")
    laws.whole("draws", draws, 1)
    p = np.clip(laws.within("p", p, -1e-9, 1 + 1e-9), 0, 1)
    measured, size = batch.weight > 0, (draws, *p.shape)
    if batch.binomial:
        items = np.maximum(np.rint(batch.weight), 1).astype(np.int64)
        return np.where(measured, rng.binomial(items, p, size) / items, p)
    stderr = np.where(measured, 1 / np.sqrt(np.where(measured, batch.weight, 1)), 0)
    return np.clip(rng.normal(p, stderr, size), 0, 1)
