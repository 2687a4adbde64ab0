"""Closed-form curves of the emergence debate: NumPy only, no data, no fitting.

Every function works elementwise on arrays and returns a NumPy scalar for scalar input. Arguments
outside their domain raise `ValueError`; nothing returns NaN.

Citation keys refer to the book's bibliography.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
"""Numbers; the one name of this type in all rooms above."""
Flags = NDArray[np.bool_]


def within(
    name: str,
    value: ArrayLike,
    low: float = -np.inf,
    high: float = np.inf,
    *,
    open_low: bool = False,
    open_high: bool = False,
) -> Array:
    """Return ``value`` as floats, or say which argument left its domain and by what.

    Parameters
    ----------
    name : str
        Of the argument, for the message.
    value : array_like
        Of any shape.
    low, high : float
        Ends of the domain; both belong to it, unless it is open there. Infinity never does.
    open_low, open_high : bool
        Whether an end is left out.

    Returns
    -------
    ndarray
        Shape of ``value``.

    Raises
    ------
    ValueError
        If a number lies outside or is NaN, or something is no number.
    """
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: found {value!r}, want numbers") from error
    above = array > low if open_low else array >= low
    below = array < high if open_high else array <= high
    inside = above & below & np.isfinite(array)
    if not inside.all():
        wanted = "a finite number"
        if np.isfinite([low, high]).all():
            wanted = f"a number in {'(' if open_low else '['}{low:g}, {high:g}"
            wanted += ")" if open_high else "]"
        elif low > -np.inf:
            wanted += f" {'above' if open_low else 'of at least'} {low:g}"
        elif high < np.inf:
            wanted += f" {'below' if open_high else 'of at most'} {high:g}"
        raise ValueError(f"{name}: found {array[~inside].flat[0]:g}, want {wanted}")
    return array


def whole(name: str, value: ArrayLike, low: float, high: float | Array = np.inf) -> Array:
    """Return whole numbers as floats, or say which argument holds something else.

    Parameters
    ----------
    name : str
        Of the argument, for the message.
    value : array_like
        Of any shape.
    low, high : float
        Ends of the domain, which belong to it; ``high`` may be an array that broadcasts.

    Returns
    -------
    ndarray
        Shape of ``value``.

    Raises
    ------
    ValueError
        If a number lies outside, is a fraction, infinite or NaN.
    """
    array = within(name, value)
    wrong = (array != np.floor(array)) | (array < low) | (array > high)
    if wrong.any():
        found, most = (np.broadcast_to(each, wrong.shape)[wrong][0] for each in (array, high))
        upto = f" to {most:g}" if most < np.inf else " upwards"
        raise ValueError(f"{name}: found {found:g}, want a whole number from {low:g}{upto}")
    return array


def exact_match(p: ArrayLike, n: ArrayLike) -> Array:
    """Probability that all of ``n`` independent parts are right, ``p**n``.

    Parameters
    ----------
    p : array_like
        Probability that one part (digit, token, step) is right, in [0, 1].
    n : array_like
        Number of parts, at least 1. Need not be whole: an average length is allowed.

    Returns
    -------
    ndarray or scalar
        Shape of ``p`` and ``n`` broadcast together.

    Raises
    ------
    ValueError
        If ``p`` leaves [0, 1] or ``n`` is below 1.

    References
    ----------
    schaeffer2023emergent, with independence assumed.
    """
    return within("p", p, 0, 1) ** within("n", n, 1)


def product(skills: ArrayLike, axis: int = -1) -> Array:
    """Probability that every one of several independent skills succeeds.

    Parameters
    ----------
    skills : array_like
        Success probabilities in [0, 1]; at least one along ``axis``.
    axis : int
        The axis that holds the skills of one task.

    Returns
    -------
    ndarray or scalar
        ``skills`` without ``axis``.

    Raises
    ------
    ValueError
        If a probability leaves [0, 1] or there is no skill to multiply.

    References
    ----------
    okawa2023compositional.
    """
    rates = np.atleast_1d(within("skills", skills, 0, 1))
    if rates.shape[axis] == 0:
        raise ValueError("skills: found none, want at least one probability")
    return np.prod(rates, axis=axis)


def logistic_reach(short: ArrayLike) -> Array:
    """Where a logistic curve of slope 1 and midpoint 0 falls short of one by a share.

    Parameters
    ----------
    short : array_like
        Share still missing, in (0, 1).

    Returns
    -------
    ndarray or scalar
        ``ln((1 - short) / short)``.

    Raises
    ------
    ValueError
        If a share leaves its domain.
    """
    missing = within("short", short, 0, 1, open_low=True, open_high=True)
    return np.log1p(-missing) - np.log(missing)


def product_level(
    level: ArrayLike, n: ArrayLike, reach: Callable[[Array], Array] = logistic_reach
) -> Array:
    """Where ``n`` equal independent skills together reach a level, ``p(x)**n = level``.

    Parameters
    ----------
    level : array_like
        In (0, 1).
    n : array_like
        Number of skills, at least 1.
    reach : callable
        The curve p of one skill, by the x at which it still falls short of one by a given share:
        shares are exact where p itself, for many skills, would round to one. By default the
        logistic of slope 1 and midpoint 0; divide by its slope for another.

    Returns
    -------
    ndarray or scalar
        In the units of ``reach``; with ``level`` 0.5 the midpoint.

    Raises
    ------
    ValueError
        If an argument leaves its domain.

    References
    ----------
    okawa2023compositional for the product. It is the distribution of the largest of n thresholds.
    """
    share = within("level", level, 0, 1, open_low=True, open_high=True)
    return reach(-np.expm1(np.log(share) / within("n", n, 1)))


def product_width(n: ArrayLike, reach: Callable[[Array], Array] = logistic_reach) -> Array:
    """How far a product of ``n`` equal skills takes to rise from 10% to 90%.

    Parameters
    ----------
    n, reach
        As for `product_level`.

    Returns
    -------
    ndarray or scalar
        In the units of ``reach``. For the logistic of slope 1 it falls from ``2 ln 9`` to
        ``ln(ln 10 / -ln 0.9)``, 30% less, however many the skills.
    """
    return product_level(0.9, n, reach) - product_level(0.1, n, reach)


def logistic(
    log10_scale: ArrayLike,
    midpoint: ArrayLike,
    slope: ArrayLike,
    floor: ArrayLike = 0.0,
    ceiling: ArrayLike = 1.0,
) -> Array:
    """Score that rises as a logistic curve in the logarithm of scale.

    ``floor + (ceiling - floor) / (1 + exp(-slope * (log10_scale - midpoint)))``

    Parameters
    ----------
    log10_scale : array_like
        Base-10 logarithm of parameters, tokens or FLOP (decades).
    midpoint : array_like
        Where half of the rise is done (decades).
    slope : array_like
        Steepness per decade; the largest slope of the score is
        ``(ceiling - floor) * slope / 4`` per decade.
    floor, ceiling : array_like
        Score far below and far above the midpoint, ``0 <= floor <= ceiling <= 1``. The floor is
        the chance level.

    Returns
    -------
    ndarray or scalar
        Score, broadcast shape of the arguments.

    Raises
    ------
    ValueError
        If an argument is not finite, or floor and ceiling are not ordered in [0, 1].

    References
    ----------
    ruan2024observational uses the logistic link; the chance floor is the book's.
    """
    x = within("log10_scale", log10_scale)
    low, high = np.broadcast_arrays(within("floor", floor, 0, 1), within("ceiling", ceiling, 0, 1))
    crossed = low > high
    if crossed.any():
        found = f"{low[crossed][0]:g} above the ceiling {high[crossed][0]:g}"
        raise ValueError(f"floor: found {found}, want floor <= ceiling")
    z = within("slope", slope) * (x - within("midpoint", midpoint))
    # The hyperbolic tangent is the same curve and cannot overflow.
    return low + (high - low) * 0.5 * (1.0 + np.tanh(0.5 * z))


def logistic_width(slope: ArrayLike) -> Array:
    """Decades over which a logistic curve makes 10% to 90% of its rise, ``2 ln 9 / slope``.

    Parameters
    ----------
    slope : array_like
        Steepness per decade, above 0.

    Returns
    -------
    ndarray or scalar
        Width in decades.

    Raises
    ------
    ValueError
        If a slope is not above 0.
    """
    return 2 * np.log(9) / within("slope", slope, 0, open_low=True)


def gompertz(scale: ArrayLike, coefficient: ArrayLike, exponent: ArrayLike) -> Array:
    """Pass rate whose negative logarithm is a power law, ``exp(-coefficient * scale**-exponent)``.

    The law of a metric artefact: if the loss per token falls as a power of scale, the probability
    of a whole right answer is this curve.

    Parameters
    ----------
    scale : array_like
        Parameters, tokens or FLOP, above 0.
    coefficient : array_like
        At least 0; the answer length multiplies it.
    exponent : array_like
        At least 0.

    Returns
    -------
    ndarray or scalar
        Probability in [0, 1].

    Raises
    ------
    ValueError
        If an argument leaves its domain.

    References
    ----------
    schaeffer2023emergent, hu2024predicting, openai2023gpt4.
    """
    size = within("scale", scale, 0, open_low=True)
    power = size ** -within("exponent", exponent, 0)
    return np.exp(-within("coefficient", coefficient, 0) * power)


class Chinchilla(NamedTuple):
    """Constants of the loss law; unpack them: ``chinchilla_loss(n, d, *BESIROGLU)``."""

    E: float
    A: float
    B: float
    alpha: float
    beta: float


HOFFMANN = Chinchilla(E=1.69, A=406.4, B=410.7, alpha=0.34, beta=0.28)
"""The constants as printed, rounded [hoffmann2022training]."""

BESIROGLU = Chinchilla(E=1.8172, A=482.01, B=2085.43, alpha=0.3478, beta=0.3658)
"""The refit to 240 runs read from the published figure [besiroglu2024chinchilla]."""


def chinchilla_loss(
    parameters: ArrayLike,
    tokens: ArrayLike,
    E: float = HOFFMANN.E,
    A: float = HOFFMANN.A,
    B: float = HOFFMANN.B,
    alpha: float = HOFFMANN.alpha,
    beta: float = HOFFMANN.beta,
) -> Array:
    """Pre-training loss ``E + A / parameters**alpha + B / tokens**beta``.

    Parameters
    ----------
    parameters, tokens : array_like
        Counts, above 0.
    E : float
        Loss that no model and no corpus of this kind would go below, nats per token.
    A, B : float
        Sizes of the two reducible terms.
    alpha, beta : float
        Their exponents. The defaults are `HOFFMANN`; `BESIROGLU` unpacks into the same places.

    Returns
    -------
    ndarray or scalar
        Loss in nats per token of the tokeniser behind the constants.

    Raises
    ------
    ValueError
        If a count is not above 0 or a constant is negative.

    References
    ----------
    hoffmann2022training; besiroglu2024chinchilla.
    """
    n = within("parameters", parameters, 0, open_low=True)
    d = within("tokens", tokens, 0, open_low=True)
    for name, constant in zip(Chinchilla._fields, (E, A, B, alpha, beta), strict=True):
        within(name, constant, 0)
    return E + A * n**-alpha + B * d**-beta


def quanta_data_exponent(alpha: ArrayLike) -> Array:
    """Exponent of the loss in the number of training tokens, ``alpha / (alpha + 1)``.

    Parameters
    ----------
    alpha : array_like
        Exponent of the loss in parameters, above 0.

    Returns
    -------
    ndarray or scalar

    Raises
    ------
    ValueError
        If ``alpha`` is not above 0.

    References
    ----------
    michaud2023quantization.
    """
    a = within("alpha", alpha, 0, open_low=True)
    return a / (a + 1)


def cover_separable(points: ArrayLike, dimensions: ArrayLike) -> Array:
    """Probability that a plane through the origin separates random labels of points.

    Of the ``2**P`` ways to label P points in general position in N dimensions,
    ``2 * sum(comb(P - 1, k) for k < N)`` can be separated [cover1965geometrical].

    Parameters
    ----------
    points : array_like of int
        Number of points P, at least 1.
    dimensions : array_like of int
        Number of dimensions N (weights of the perceptron), at least 1.

    Returns
    -------
    ndarray or scalar
        Probability in [0, 1]; 1 while P <= N, exactly 1/2 at P = 2 N.

    Raises
    ------
    ValueError
        If an argument is below 1 or not whole.

    References
    ----------
    cover1965geometrical.
    """

    def separable(p: float, n: float) -> float:
        # Whole numbers of any size: no overflow, one rounding at the end.
        return sum(comb(int(p) - 1, k) for k in range(min(int(n), int(p)))) / 2 ** (int(p) - 1)

    p, n = whole("points", points, 1), whole("dimensions", dimensions, 1)
    return np.vectorize(separable, otypes=[float])(p, n)[()]


def upper_bound_after_zero(n: ArrayLike, confidence: ArrayLike = 0.95) -> Array:
    """Largest success rate that ``n`` failures in a row leave plausible (exact, one-sided).

    The rate at which n failures still have probability ``1 - confidence``.

    Parameters
    ----------
    n : array_like
        Number of items, all failed, at least 1.
    confidence : array_like
        In (0, 1).

    Returns
    -------
    ndarray or scalar
        ``1 - (1 - confidence)**(1 / n)``.

    Raises
    ------
    ValueError
        If an argument leaves its domain.

    References
    ----------
    clopper1934use.
    """
    level = within("confidence", confidence, 0, 1, open_low=True, open_high=True)
    return -np.expm1(np.log1p(-level) / within("n", n, 1))


def detection_probability(p: ArrayLike, n: ArrayLike) -> Array:
    """Probability that ``n`` tries show at least one success, ``1 - (1 - p)**n``.

    Parameters
    ----------
    p : array_like
        Success rate of one try, in [0, 1].
    n : array_like
        Number of tries, at least 1.

    Returns
    -------
    ndarray or scalar

    Raises
    ------
    ValueError
        If an argument leaves its domain.

    References
    ----------
    hu2024predicting.
    """
    rate = within("p", p, 0, 1)
    tries = within("n", n, 1)
    with np.errstate(divide="ignore"):  # p = 1: log 0 is the right limit, its result is 1
        return -np.expm1(tries * np.log1p(-rate))
