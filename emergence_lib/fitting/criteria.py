"""Information criteria: which of several models of one curve to prefer.

All take the deviance, twice the log-likelihood lost against a perfect fit; for every model of a
curve it differs by the same number from minus twice the log-likelihood, and so do the criteria.
Lower is better, and only differences mean anything.

The number of observations n is here the number of *models measured*, the points of a curve, and
never the number of items: the items of one model share its skills, so six models that were asked
ten thousand questions each are six observations of how a score depends on scale. With items
counted, every wiggle would be decisive.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def aic(deviance: float, parameters: int) -> float:
    """Return Akaike's criterion, right only where points far outnumber parameters.

    References
    ----------
    akaike1974new.
    """
    return deviance + 2 * parameters


def aicc(deviance: float, parameters: int, points: int) -> float | None:
    """Return Akaike's criterion corrected for few points, or None where they are too few.

    The correction divides by ``points - parameters - 1``; where nothing is left, no number says so
    honestly.

    References
    ----------
    burnham2002model.
    """
    if points <= parameters + 1:
        return None
    return deviance + 2 * parameters * points / (points - parameters - 1)


def bic(deviance: float, parameters: int, points: int) -> float:
    """Return the Bayesian criterion.

    Raises
    ------
    ValueError
        If there is no point.

    References
    ----------
    burnham2002model.
    """
    if points < 1:
        raise ValueError(f"points: found {points}, want at least one")
    return deviance + parameters * float(np.log(points))


def weights(criterion: Sequence[float | None]) -> list[float]:
    """Return the share of belief in each model, 0 for one whose criterion is None.

    Raises
    ------
    ValueError
        If no model has a number.

    References
    ----------
    burnham2002model.
    """
    known = [value for value in criterion if value is not None]
    if not known:
        raise ValueError("criterion: found no number, want one at least")
    odds = [0.0 if v is None else float(np.exp((min(known) - v) / 2)) for v in criterion]
    return [each / sum(odds) for each in odds]
