"""The loss law L(N, D) = E + A / N**alpha + B / D**beta, fitted to training runs.

Residuals of log loss under a Huber loss, the law in log-sum-exp form, an exact gradient and
L-BFGS-B, as in Approach 3 of hoffmann2022training; besiroglu2024chinchilla give the refit that
the tests reproduce.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from emergence_lib import laws
from emergence_lib.fitting import FitError
from emergence_lib.laws import Array

DELTA = 1e-3
"""Residual of log loss at which the Huber loss turns from square to straight."""
STARTS = ((0.3, 0.7), (0.2, 0.6), (0.2, 0.6))
"""Shares of the smallest loss tried for E, and values tried for alpha and for beta."""
STEEPEST = 5.0
"""Exponent beyond which a term is a wall next to the smallest runs, not a power law."""
FLATTEST = 1e-3
"""Exponent below which a term cannot be told from the constant."""


@dataclass(frozen=True)
class ChinchillaFit:
    """The fitted law.

    ``constants`` unpack into `laws.chinchilla_loss`; ``objective`` is the sum of the Huber losses
    over ``runs`` runs.
    """

    constants: laws.Chinchilla
    objective: float
    runs: int

    @property
    def frontier(self) -> float:
        """Exponent of compute in the best number of parameters, beta / (alpha + beta)."""
        return self.constants.beta / (self.constants.alpha + self.constants.beta)

    def predict(self, parameters: ArrayLike, tokens: ArrayLike) -> Array:
        """Loss in the unit of the runs (nats per token)."""
        return laws.chinchilla_loss(parameters, tokens, *self.constants)


@dataclass(frozen=True, eq=False)
class ChinchillaBootstrap:
    """Fits to runs drawn with replacement.

    ``draws`` has the shape (draws, 5), in the order of `laws.Chinchilla`.
    """

    fit: ChinchillaFit
    draws: Array

    @property
    def frontier(self) -> Array:
        """Frontier exponent of every draw, shape (draws,)."""
        alpha, beta = self.draws[:, 3], self.draws[:, 4]
        return beta / (alpha + beta)

    def interval(self, confidence: float = 0.95) -> tuple[laws.Chinchilla, laws.Chinchilla]:
        """Low and high end of each constant: percentiles of the draws."""
        low, high = np.quantile(self.draws, _tails(confidence), axis=0)
        return laws.Chinchilla(*low.tolist()), laws.Chinchilla(*high.tolist())

    def frontier_interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Low and high end of the frontier exponent: percentiles of the draws."""
        low, high = np.quantile(self.frontier, _tails(confidence))
        return float(low), float(high)


def _tails(confidence: float) -> tuple[float, float]:
    laws.within("confidence", confidence, 0, 1, open_low=True, open_high=True)
    return (1 - confidence) / 2, (1 + confidence) / 2


def objective(
    theta: Array, log_parameters: Array, log_tokens: Array, log_loss: Array, delta: float = DELTA
) -> tuple[float, Array]:
    """Sum of Huber losses of the log residuals, and its gradient.

    Parameters
    ----------
    theta : ndarray, shape (5,)
        ln E, ln A, ln B, alpha, beta.
    log_parameters, log_tokens, log_loss : ndarray, shape (runs,)
        Natural logarithms.
    delta : float
        Where the square part ends.

    Returns
    -------
    value : float
    gradient : ndarray, shape (5,)

    References
    ----------
    hoffmann2022training, equation (3).
    """
    e, a, b, alpha, beta = theta
    terms = np.stack([np.full_like(log_loss, e), a - alpha * log_parameters, b - beta * log_tokens])
    largest = terms.max(axis=0)
    weights = np.exp(terms - largest)
    total = weights.sum(axis=0)
    residual = largest + np.log(total) - log_loss
    pull = np.clip(residual, -delta, delta)
    shares = pull * weights / total
    gradient = [*shares.sum(axis=1), -shares[1] @ log_parameters, -shares[2] @ log_tokens]
    return float(pull @ (residual - pull / 2)), np.array(gradient)


def fit_chinchilla(
    parameters: ArrayLike, tokens: ArrayLike, loss: ArrayLike, delta: float = DELTA
) -> ChinchillaFit:
    """Fit the five constants of the loss law.

    Parameters
    ----------
    parameters, tokens : array_like, shape (runs,)
        Size of each model and of the data it saw, above 0.
    loss : array_like, shape (runs,)
        Final loss, above 0 (nats per token).
    delta : float
        Log residual at which the Huber loss becomes straight, above 0.

    Returns
    -------
    ChinchillaFit

    Raises
    ------
    ValueError
        If a number leaves its domain or shapes differ.
    FitError
        If the runs do not determine the law: too few, too few different sizes, or an exponent
        that runs away.
    """
    n, d, target = _logs(parameters, tokens, loss)
    laws.within("delta", delta, 0, open_low=True)
    return _fitted(n, d, target, delta, _starts(n, d, target))


def bootstrap_chinchilla(
    parameters: ArrayLike,
    tokens: ArrayLike,
    loss: ArrayLike,
    rng: np.random.Generator,
    draws: int = 200,
    delta: float = DELTA,
) -> ChinchillaBootstrap:
    """Fit the loss law again to runs drawn with replacement.

    Every refit starts at the fit to all runs. Runs are taken as independent, which neighbours of
    one grid of sizes are not quite.

    Parameters
    ----------
    parameters, tokens, loss, delta
        As in `fit_chinchilla`.
    rng : Generator
        Source of the draws.
    draws : int
        At least 1.

    Returns
    -------
    ChinchillaBootstrap

    Raises
    ------
    ValueError
        As `fit_chinchilla`, or if ``draws`` is below 1.
    FitError
        If the runs, or those of one draw, do not determine the law.
    """
    laws.whole("draws", draws, 1)
    n, d, target = _logs(parameters, tokens, loss)
    fit = fit_chinchilla(parameters, tokens, loss, delta)
    E, A, B, alpha, beta = fit.constants
    start = np.array([np.log(E), np.log(A), np.log(B), alpha, beta])
    constants = []
    for _ in range(draws):
        chosen = rng.integers(n.size, size=n.size)
        again = _fitted(n[chosen], d[chosen], target[chosen], delta, [start])
        constants.append(again.constants)
    return ChinchillaBootstrap(fit, np.array(constants))


def _logs(parameters: ArrayLike, tokens: ArrayLike, loss: ArrayLike) -> tuple[Array, Array, Array]:
    columns: list[Array] = []
    for name, values in (("parameters", parameters), ("tokens", tokens), ("loss", loss)):
        column = np.log(laws.within(name, values, 0, open_low=True))
        shape = columns[0].shape if columns else (column.size,)
        if column.shape != shape:
            raise ValueError(f"{name}: found shape {column.shape}, want {shape}")
        columns.append(column)
    n, d, target = columns
    if n.size < 6:
        raise FitError(f"found {n.size} runs, want at least 6 for five constants")
    for name, column in (("parameters", n), ("tokens", d)):
        different = np.unique(column).size
        if different < 3:
            raise FitError(
                f"{name}: found {different} different values, want at least 3: constant, "
                "coefficient and exponent are not determined"
            )
    return n, d, target


def _starts(n: Array, d: Array, target: Array) -> Iterator[Array]:
    """Yield starts that share the reducible part of the middle run between the two terms."""
    for share, alpha, beta in product(*STARTS):
        constant = share * np.exp(target.min())
        term = np.log((np.exp(np.median(target)) - constant) / 2)
        yield np.array(
            [np.log(constant), term + alpha * n.mean(), term + beta * d.mean(), alpha, beta]
        )


def _fitted(
    n: Array, d: Array, target: Array, delta: float, starts: Iterable[Array]
) -> ChinchillaFit:
    """Return the best fit over the starts.

    L-BFGS-B stops when the objective improves by less than a share of ``max(objective, 1)``. The
    sum of these Huber losses is about 1e-3, so the usual tolerance stops it far from the minimum;
    in units of delta squared it is far above 1. Centred columns keep the curvatures alike.
    """
    centre_n, centre_d = n.mean(), d.mean()

    def cost(theta: Array) -> tuple[float, Array]:
        value, gradient = objective(theta, n - centre_n, d - centre_d, target, delta)
        return value / delta**2, gradient / delta**2

    best = None
    for start in starts:
        e, a, b, alpha, beta = start
        centred = np.array([e, a - alpha * centre_n, b - beta * centre_d, alpha, beta])
        attempt = optimize.minimize(
            cost,
            centred,
            jac=True,
            method="L-BFGS-B",
            bounds=[(None, None)] * 3 + [(0, STEEPEST)] * 2,
            options={"ftol": 1e-13, "gtol": 1e-6, "maxiter": 2000, "maxfun": 5000},
        )
        if best is None or attempt.fun < best.fun:
            best = attempt
    assert best is not None
    if best.status == 1:
        raise FitError(f"no minimum after {best.nit} steps: {best.message}")
    e, a, b, alpha, beta = best.x.tolist()
    if not FLATTEST < min(alpha, beta) <= max(alpha, beta) < STEEPEST:
        raise FitError(
            f"alpha, beta: the fit runs to {alpha:.3g}, {beta:.3g}: the runs do not determine them"
        )
    constants = laws.Chinchilla(
        E=float(np.exp(e)),
        A=float(np.exp(a + alpha * centre_n)),
        B=float(np.exp(b + beta * centre_d)),
        alpha=alpha,
        beta=beta,
    )
    return ChinchillaFit(constants, float(best.fun) * delta**2, n.size)
