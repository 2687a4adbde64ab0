"""An information criterion: which of several models of one curve to prefer.

It takes the deviance, twice the log-likelihood lost against a perfect fit; for every model of a
curve that differs by the same number from minus twice the log-likelihood, and so do the criteria.
Lower is better, and only differences mean anything.

The number of observations n is here the number of *models measured*, the points of a curve, and
never the number of items: the items of one model share its skills, so six models that were asked
ten thousand questions each are six observations of how a score depends on scale. With items
counted, every wiggle would be decisive.
"""

from __future__ import annotations


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


def qaicc(deviance: float, parameters: int, points: int, dispersion: float) -> float | None:
    """Return `aicc` where scores scatter ``dispersion`` times as much as counting explains.

    The deviance counts that much less; where the dispersion was estimated from the scores (it is
    above 1), it is one parameter more.

    References
    ----------
    burnham2002model.
    """
    return aicc(deviance / dispersion, parameters + (dispersion > 1), points)
