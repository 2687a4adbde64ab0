"""Akaike's small-sample criterion."""

from __future__ import annotations


def aicc(deviance: float, parameters: int, points: int) -> float | None:
    """Return AICc; n is the number of models. None where that is too small for the correction."""
    if points <= parameters + 1:
        return None
    return deviance + 2 * parameters * points / (points - parameters - 1)
