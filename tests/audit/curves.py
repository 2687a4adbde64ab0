"""Curves whose truth is known, with or without noise, and curves of every kind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import special

from emergence_lib import laws
from emergence_lib.audit import Curve

Array = NDArray[np.float64]
TRUTHS = ("flat", "line", "step", "logistic", "Gompertz")

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


def truth(rng: np.random.Generator, kind: str, x: Array, floor: float, top: float) -> Array:
    """Return the scores of a random curve of some kind, falling one time in four."""
    middle, width = rng.uniform(x[0] - 0.3, x[-1] + 0.3), 10 ** rng.uniform(-1, 0.7)
    if kind == "flat":
        share = np.full_like(x, rng.uniform())
    elif kind == "line":
        share = (x - x[0]) / (x[-1] - x[0])
    elif kind == "step":
        share = (x > middle).astype(float)
    elif kind == "logistic":
        share = laws.logistic(x, middle, 4.394449 / width)
    else:
        share = np.exp(-np.exp((middle - x) * 3.08 / width))
    score = floor + (top - floor) * share
    return score[::-1] if rng.uniform() < 0.25 else score


def scales(rng: np.random.Generator, most: int = 24) -> Array:
    """Return log10 scales of 4 or more models, evenly or unevenly over one to six decades."""
    models, span = int(rng.integers(4, most + 1)), rng.uniform(1, 6)
    if rng.uniform() < 0.5:
        return np.linspace(7, 7 + span, models)
    return 7 + np.cumsum(rng.uniform(0.1, 1, models)) * span / models


def random_curve(rng: np.random.Generator, name: str, x: Array, binomial: bool) -> Curve:
    floor, top = float(rng.choice([0, 0.25])), float(rng.choice([1, 1, 0.8, 0.6]))
    p, n = truth(rng, str(rng.choice(TRUTHS)), x, floor, top), int(10 ** rng.uniform(1, 4))
    # Half of the time the scatter is about twice what counting or the errors say.
    loose = rng.choice([1, 2])
    if binomial:
        items = np.full(x.size, n)
        p = np.clip(p + (loose - 1) * rng.normal(size=x.size) * np.sqrt(3 * p * (1 - p) / n), 0, 1)
        return Curve(name, 10**x, rng.binomial(items, p) / items, items=items, chance=floor)
    error = np.sqrt(np.maximum(p * (1 - p), 0.01) / n)
    drawn = np.clip(rng.normal(p, loose * error), 0, 1)
    return Curve(name, 10**x, drawn, stderr=error, chance=floor)


def random_curves(seed: int, count: int, binomial: bool) -> list[Curve]:
    rng = np.random.default_rng(seed)
    return [random_curve(rng, f"curve {i}", scales(rng), binomial) for i in range(count)]


def mixed_curves(seed: int, count: int) -> list[Curve]:
    """Draw curves that come with an answer length or a second score, counted or with errors."""
    rng, curves = np.random.default_rng(seed), []
    for i in range(count):
        x = scales(rng, most=10)
        curve, other = (random_curve(rng, name, x, bool(i % 4)) for name in ("curve", "other"))
        given = {"other": other} if i % 2 else {"length": int(rng.choice([1, 5]))}
        kept = (f"curve {i}", curve.scale, curve.score, curve.items, curve.stderr)
        curves.append(Curve(*kept, chance=curve.chance, **given))
    return curves


def unsaid_curves(seed: int, count: int) -> list[Curve]:
    """Draw curves of which not all is said, or that lie below chance, as in `UNSAID`, in turn."""
    rng, curves = np.random.default_rng(seed), []
    for i in range(count):
        kind, x = UNSAID[i % len(UNSAID)], scales(rng, most=10)
        curve = random_curve(rng, f"{kind}, curve {i}", x, binomial=rng.uniform() < 0.7)
        unsaid = replace(curve, chance=None)
        if kind == "below chance":
            curve = replace(curve, chance=float(rng.choice([0.35, 0.5])))
        elif kind == "unknown chance":
            curve = replace(unsaid, higher_is_better=True)
        elif kind == "unsaid direction":
            falls = curve.score[-1] < curve.score[0]
            score = curve.score if falls else curve.score[::-1]
            curve = replace(unsaid, score=score)
        elif kind == "turned":
            curve = replace(unsaid, turned=True)
        elif kind == "another scale":
            along = replace(curve, scale=10 ** np.cumsum(rng.uniform(0.1, 1, x.size)), unit="FLOP")
            curve = replace(curve, along=along)
        else:
            curve = replace(unsaid, other=replace(random_curve(rng, "other", x, True), chance=None))
        curves.append(curve)
    return curves


UNSAID = (
    "below chance",
    "unknown chance",
    "unsaid direction",
    "turned",
    "another scale",
    "two metrics",
)
STEP: list[float] = [0, 0, 0, 1, 1, 1]
EXTREME: dict[str, tuple[list[float], int]] = {
    "all wrong": ([0, 0, 0, 0, 0], 100),
    "all right": ([1, 1, 1, 1, 1], 100),
    "half right": ([0.5, 0.5, 0.5, 0.5, 0.5], 10_000),
    "clean step": (STEP, 1000),
    "clean fall": (STEP[::-1], 1000),
    "one right": ([0, 0, 0, 0, 0.001], 1000),
    "one wrong": ([0.999, 1, 1, 1, 1], 1000),
    "two models": ([0, 1], 100),
    "three models": ([0, 0.5, 1], 100),
    "far from half-way": ([0.001, 0.0012, 0.0014, 0.0016, 0.0018], 10_000_000),
    "beyond half-way": ([0.99, 0.992, 0.994, 0.996, 0.998], 10_000_000),
    "up and down": ([0.1, 0.5, 0.9, 0.5, 0.1, 0.5], 200),
}


def extreme_curves() -> list[Curve]:
    """Return the curves of `EXTREME`, without chance and with one right guess in four."""
    return [
        Curve(name, 10.0 ** np.arange(len(score)), score, np.full(len(score), items), chance=chance)  # type: ignore[arg-type]
        for name, (score, items) in EXTREME.items()
        for chance in (0.0, 0.25)
    ]
