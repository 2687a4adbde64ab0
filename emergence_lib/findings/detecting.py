"""Findings of the chapter "Detecting a transition": what scores can tell, and what they cannot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from emergence_lib import datasets, laws, scores
from emergence_lib.audit import Verdict
from emergence_lib.audit.assess import assess
from emergence_lib.fitting.batch import counts, stack
from emergence_lib.fitting.criteria import aicc
from emergence_lib.fitting.shapes import GOMPERTZ, LOGISTIC, Shape

Array = NDArray[np.float64]

MODELS = (4, 5, 6, 8, 12, 24)
ITEMS = (20, 100, 1000, 10_000)
WIDTHS = (0.3, 1.0, 3.0)
THRESHOLD = 8.1
"""log10 of the size half-way up, in the example; ladders run from 6 to 10."""


@dataclass(frozen=True)
class Ladder:
    """What some models and items tell about a rise of known width.

    Arrays are log10 of size and scores; ``low`` and ``high`` are decades, infinite or 0 where the
    data leave an end open; ``narrowest`` and ``widest`` are curves at those ends.
    """

    x: Array
    score: Array
    low: float
    high: float
    verdict: str
    narrowest: Array
    widest: Array


GRID = np.linspace(5.8, 10.2, 89)
"""log10 of the sizes at which the curves of a `Ladder` are given."""


def expected(width: float, models: int, items: int) -> tuple[Array, Array]:
    """Return log10 sizes and the whole numbers of right answers that come nearest to a logistic."""
    x = np.linspace(6, 10, models)
    z = LOGISTIC.spread / width * (x - THRESHOLD)
    return x, np.rint(LOGISTIC.parts(z)[0] * items) / items


@cache
def ladders() -> dict[tuple[int, int, float], Ladder]:
    """Audit every combination of `MODELS`, `ITEMS` and `WIDTHS` in one go."""
    keys = [(m, n, w) for m in MODELS for n in ITEMS for w in WIDTHS]
    made = [expected(w, m, n) for m, n, w in keys]
    batch = stack([counts(10**x, y, n) for (x, y), (_, n, _) in zip(made, keys, strict=True)])
    found = assess(batch)
    steep = found.steepness()
    result = {}
    for i, (key, (x, y)) in enumerate(zip(keys, made, strict=True)):
        rises = bool(found.rises[i])
        ends = [float(found.width.low[i]), float(found.width.high[i])] if rises else [0.02, 50.0]
        narrowest, widest = (_at_width(x, y, key[1], end) for end in ends)
        result[key] = Ladder(
            x=x,
            score=y,
            low=0.0 if not rises or found.width.open_low[i] else ends[0],
            high=np.inf if not rises or found.width.open_high[i] else ends[1],
            verdict=str({1: Verdict.SHARP, -1: Verdict.SMOOTH}.get(int(steep[i]), Verdict.UNKNOWN)),
            narrowest=narrowest,
            widest=widest,
        )
    return result


def _at_width(x: Array, score: Array, items: int, width: float) -> Array:
    """Return on `GRID` the likeliest sigmoid of a given width, its ceiling free."""
    threshold, ceiling = np.meshgrid(np.linspace(5, 11, 301), np.linspace(0.5, 1, 26))
    best = (np.inf, GRID)
    for shape in (LOGISTIC, GOMPERTZ):
        steep = shape.spread / width

        def rise(at: Array, shape: Shape = shape, steep: float = steep) -> Array:
            return ceiling * shape.parts(shape.middle + steep * (at[:, None, None] - threshold))[0]

        p = np.clip(rise(x), 1e-12, 1 - 1e-12)
        y = score[:, None, None]
        lost = -np.sum(items * (y * np.log(p) + (1 - y) * np.log1p(-p)), axis=0)
        if lost.min() < best[0]:
            at = np.unravel_index(lost.argmin(), lost.shape)
            best = (float(lost.min()), rise(GRID)[:, at[0], at[1]])
    return best[1]


def near_step(width: float = 0.2, models: int = 8, items: int = 100, curves: int = 400) -> Array:
    """Return made scores of a logistic, (curves, models); its threshold varies over a decade."""
    rng = np.random.default_rng(16)
    x = np.linspace(6, 10, models)
    threshold = rng.uniform(7.5, 8.5, (curves, 1))
    p = LOGISTIC.parts(LOGISTIC.spread / width * (x - threshold))[0]
    return rng.binomial(items, p) / items


def r_squared(width: float = 0.2, models: int = 8) -> float:
    """Return the median R-squared of a straight line through made scores of a logistic."""
    x = np.linspace(6, 10, models)
    score = near_step(width, models)
    return float(np.median([stats.pearsonr(x, y).statistic ** 2 for y in score]))


def deviance_gap(width: float = 0.2, models: int = 8, items: int = 100) -> float:
    """Return the median of how much worse, in deviance, a straight line fits than a logistic."""
    batch = counts(
        np.broadcast_to(np.logspace(6, 10, models), (400, models)),
        near_step(width, models, items),
        items,
    )
    found = assess(batch, ceiling=1.0)
    return float(np.median(found.line.deviance - found.logistic.deviance))


def onset(items: float, exponent: float = 0.35, half: float = 1e10, right: float = 3.0) -> float:
    """Return the size at which a Gompertz curve is expected to give some right answers.

    The curve is ``exp(-C size**-exponent)``, one half at ``half``.

    Raises
    ------
    ValueError
        If there are not more items than right answers.
    """
    laws.within("items", items, right, open_low=True)
    return float(half * (np.log(2) / -np.log(right / items)) ** (1 / exponent))


def onset_decades(few: float, many: float) -> float:
    """Return by how many decades of size `onset` moves between two numbers of items."""
    return float(np.log10(onset(few) / onset(many)))


def emergence_quantiles(
    kind: str, models: int, items: int = 100, curves: int = 2000
) -> tuple[float, float, float]:
    """Return 2.5%, 50% and 97.5% quantiles of the emergence score of made curves.

    Parameters
    ----------
    kind : str
        ``"noise"``: a flat 5%; ``"line"``: 10% to 90% in equal steps; ``"gradual"`` and
        ``"sharp"``: logistics of 3 and of 0.5 decades over four.
    models, items, curves : int

    Raises
    ------
    ValueError
        If there is no such kind.
    """
    x = np.linspace(6, 10, models)
    widths = {"gradual": 3.0, "sharp": 0.5}
    if kind == "noise":
        p = np.full(models, 0.05)
    elif kind == "line":
        p = np.linspace(0.1, 0.9, models)
    elif kind in widths:
        p = LOGISTIC.parts(LOGISTIC.spread / widths[kind] * (x - THRESHOLD))[0]
    else:
        raise ValueError(f"kind: found {kind!r}, want noise, line, gradual or sharp")
    made = np.random.default_rng(16).binomial(items, p, (curves, models)) / items
    found = np.abs(scores.emergence_score(made, undefined=np.inf))
    low, middle, high = np.quantile(found, [0.025, 0.5, 0.975], method="nearest")
    return float(low), float(middle), float(high)


def aicc_penalty(parameters: int, models: int) -> float:
    """Return what AICc adds to the deviance of a curve.

    Raises
    ------
    ValueError
        If there are too few models for AICc.
    """
    penalty = aicc(0.0, parameters, models)
    if penalty is None:
        raise ValueError(f"models: found {models}, want more than {parameters + 1}")
    return penalty


def loss_width(low: float = 0.1, high: float = 0.9) -> float:
    """Return the decades of training examples in which the loss of 4-digit addition falls."""
    table = datasets.load("addition4_from_scratch").sort_values("train_set_size")
    loss = table["test_cross_entropy"].to_numpy()
    return float(scores.transition_width(table["train_set_size"], -loss, low, high))


def loss_share() -> float:
    """Return `loss_width` as a share of the decades that were measured."""
    sizes = datasets.load("addition4_from_scratch")["train_set_size"]
    return loss_width() / float(np.log10(sizes.max() / sizes.min()))
