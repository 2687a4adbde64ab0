"""Curves whose truth is known, with or without noise."""

from __future__ import annotations

import numpy as np
from scipy import special

from emergence_lib.audit import Curve

LOGISTIC_SPREAD = 2 * np.log(9)
"""Difference in z from 10% to 90% of a logistic."""


def logistic(
    width: float,
    models: int = 12,
    items: float = 10_000,
    *,
    threshold: float = 1e8,
    decades: float = 4,
    chance: float = 0.0,
    ceiling: float = 1.0,
    length: int = 1,
    falls: bool = False,
    seed: int | None = None,
    **options: object,
) -> Curve:
    """Return the scores of a logistic of known 10-90% width; noise only if a seed is given."""
    scale = np.logspace(8 - decades / 2, 8 + decades / 2, models)
    z = LOGISTIC_SPREAD / width * np.log10(scale / threshold) * (-1 if falls else 1)
    score = chance + (ceiling - chance) * special.expit(z) ** length
    if seed is not None:
        score = np.random.default_rng(seed).binomial(int(items), score) / items
    return Curve("made", scale, score, np.full(models, items), chance=chance, **options)  # type: ignore[arg-type]
