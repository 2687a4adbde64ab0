"""From curves to reports: a verdict and every number behind it; `words` makes the sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from emergence_lib import laws, scores
from emergence_lib.audit.assess import (
    CONFIDENCE,
    SHARP,
    Assessment,
    Obstacle,
    Verdict,
    assess,
    broad,
    narrow,
    width_of_tokens,
)
from emergence_lib.audit.curve import Curve, fail
from emergence_lib.fitting.batch import Batch, counts, errors, stack
from emergence_lib.fitting.bootstrap import draw
from emergence_lib.fitting.criteria import aicc
from emergence_lib.fitting.profile import Interval
from emergence_lib.fitting.shapes import GOMPERTZ, LOGISTIC, all_right
from emergence_lib.laws import Array, Flags

DRAWS = 400
"""Simulated straight lines behind the null distribution of the usual scores."""
CHUNK = 500
"""Curves audited at a time: memory does not grow with their number."""
ITEMS, MODELS = (2, 4, 10, 25, 100), (2, 3, 4, 6)
"""Multiples of today's test items, and of today's models, that are tried as a remedy."""


@dataclass(frozen=True)
class Range:
    """A number with its interval; an end is None where the data leave it open."""

    best: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Candidate:
    """How well one kind of curve fits; ``behind`` is its AICc minus the best one's.

    None where there are too few models for AICc (n is the number of models).
    """

    name: str
    parameters: int
    deviance: float
    behind: float | None


@dataclass(frozen=True)
class UsualScore:
    """A customary score, and where it falls among straight lines with the same noise.

    ``value`` is None where the score is not defined; ``low`` and ``high`` enclose 95% of the
    simulated lines, None where these have no score; ``chance`` is the share of them that score at
    least as far from 0.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    chance: float


@dataclass(frozen=True)
class Metric:
    """The same ability by another measure: one token of the answer, or a second score.

    ``steepness`` is 1 for certainly sharp, -1 for certainly smooth, else 0; ``share`` is one minus
    the ratio of the widths: how much of the sharpness the audited metric adds.
    """

    name: str
    steepness: int
    width: Range | None
    share: float | None


@dataclass(frozen=True, eq=False)
class Report:
    """What can be said about one curve. Scales are in the curve's unit, widths in decades.

    Attributes
    ----------
    curve : Curve
    verdict : Verdict
    obstacle : Obstacle or None
        What keeps the audit from a verdict; None where it reached one.
    first_above_chance : float or None
        The smallest scale from which on every score is above chance.
    smallest_seen : float
        The lowest true score that would most likely show at the largest model.
    candidates : tuple of Candidate
        Best first.
    shape : str
        The better sigmoid.
    half_way, climb : float
        log10 of its threshold, and its width; not limited to where the intervals are looked for.
    ceiling, ceiling_fitted
        Best possible score, and whether the scores gave it.
    rises, falls : bool
        Whether a flat curve is rejected; whether the score goes down with scale.
    misfit, dispersion : float
        Probability of so poor a fit if the sigmoid were true; the factor of excess scatter.
    change : tuple of float
        Interval of the change from the smaller half of the models to the larger half.
    threshold, width : Range or None
        None where the curve does not rise.
    spacing : float
        Decades between the two closest models.
    seen, leap : float
        Share of the rise seen so far; largest share of it between two neighbouring models.
    metric : Metric or None
        None where neither answer length nor second score is known.
    usual : tuple of UsualScore
    more_items, more_models : int or None
        The least multiple tried that should settle an open verdict; None if none does.
    next_scale : float
        One median step beyond the largest model.
    next_score : Range or None
    sharp : float
        Decades below which a rise was called sharp.
    """

    curve: Curve
    verdict: Verdict
    obstacle: Obstacle | None
    first_above_chance: float | None
    smallest_seen: float
    candidates: tuple[Candidate, ...]
    shape: str
    half_way: float
    climb: float
    ceiling: float
    ceiling_fitted: bool
    rises: bool
    falls: bool
    misfit: float
    dispersion: float
    change: tuple[float, float]
    threshold: Range | None
    width: Range | None
    spacing: float
    seen: float
    leap: float
    metric: Metric | None
    usual: tuple[UsualScore, ...]
    more_items: int | None
    more_models: int | None
    next_scale: float
    next_score: Range | None
    sharp: float

    def predict(self, scale: ArrayLike) -> Array:
        """Return the best curve at some scales: a sigmoid, or a constant where nothing rises."""
        at = np.log10(laws.within("scale", scale, 0, open_low=True))
        if not self.rises:
            weight = (
                self.curve.items
                if self.curve.items is not None
                else 1 / np.square(np.asarray(self.curve.stderr))
            )
            return np.full_like(at, np.average(self.curve.score, weights=weight))
        shape = {each.name: each for each in (LOGISTIC, GOMPERTZ)}[self.shape]
        steepness = (-1 if self.falls else 1) * shape.spread / self.climb
        z = shape.middle + steepness * (at - self.half_way)
        return self.curve.chance + (self.ceiling - self.curve.chance) * shape.parts(z)[0]


def audit(
    curve: Curve, *, sharp: float = SHARP, ceiling: float | None = None, seed: int = 0
) -> Report:
    """Audit one curve; see `audit_many`."""
    return next(audit_many([curve], sharp=sharp, ceiling=ceiling, seed=seed))


def audit_many(
    curves: Iterable[Curve],
    *,
    sharp: float = SHARP,
    ceiling: float | None = None,
    seed: int = 0,
    thorough: bool = True,
) -> Iterator[Report]:
    """Audit curves one after the other, in their order.

    Parameters
    ----------
    curves : iterable of Curve
        Taken `CHUNK` at a time, so a generator of any length needs little memory.
    sharp : float
        Decades below which the width of a rise counts as sharp.
    ceiling : float, optional
        Best possible score; by default 1, or fitted where the scores level off clearly below.
    seed : int
        Of the simulated null distribution. A curve's report depends on its place in its chunk
        only through these draws.
    thorough : bool
        Also simulate the null distribution of the usual scores and look for remedies; without
        these, which are most of the work, thousands of curves are quick.

    Yields
    ------
    Report

    Raises
    ------
    ValueError
        If ``sharp`` is not finite and above 0, the ceiling is not above chance, or scores lie above
        the ceiling.
    """
    laws.within("sharp", sharp, 0, open_low=True)
    if ceiling is not None:
        laws.within("ceiling", ceiling, 0, 1)
    rng = np.random.default_rng(seed)
    left = iter(curves)
    while chunk := list(islice(left, CHUNK)):
        reports: dict[int, Report] = {}
        alike: defaultdict[tuple[bool, int], list[int]] = defaultdict(list)
        for i, curve in enumerate(chunk):
            if ceiling is not None:
                _check_ceiling(curve, ceiling)
            # A batch is as wide as its longest curve, so the lengths in it are kept alike.
            alike[curve.items is not None, curve.scale.size.bit_length()].append(i)
        for places in alike.values():
            found = _audit([chunk[i] for i in places], sharp, ceiling, thorough, rng)
            reports.update(zip(places, found, strict=True))
        yield from (reports[i] for i in range(len(chunk)))


def _check_ceiling(curve: Curve, ceiling: float) -> None:
    """Refuse a best possible score at chance, or one surpassed by more than three errors."""
    place, remedy = f"{curve.name}: ceiling", "Give the best possible score, or leave it out"
    if ceiling <= curve.chance:
        what = f"found {ceiling:g}, want it above chance, {curve.chance:g}"
        fail(place, what, remedy)
    noise = curve.stderr
    if curve.items is not None:
        noise = np.sqrt(ceiling * (1 - ceiling) / curve.items)
    above = curve.score - ceiling - 3 * np.asarray(noise)
    at = int(np.argmax(above))
    if above[at] > 0:
        fail(place, f"found {ceiling:g}, but a model scores {curve.score[at]:g}", remedy)


def gather(curves: Sequence[Curve]) -> Batch:
    """Put curves with one kind of noise, counts or standard errors, into a batch."""
    return stack(
        [
            counts(each.scale, each.score, each.items, each.chance)
            if each.items is not None
            else errors(each.scale, each.score, np.asarray(each.stderr), each.chance)
            for each in curves
        ]
    )


def _audit(
    curves: Sequence[Curve],
    sharp: float,
    ceiling: float | None,
    thorough: bool,
    rng: np.random.Generator,
) -> list[Report]:
    batch = gather(curves)
    found = assess(batch, ceiling)
    next_x = _next_x(batch)
    score_next = found.predict(next_x)
    following = found.forecast(next_x)
    metrics = _metrics(curves, batch, found, sharp)
    verdicts = _verdicts(found, metrics, sharp)
    undecided = np.array([verdict is Verdict.UNKNOWN for verdict, _ in verdicts])
    remedies = _remedies(batch, found, undecided & thorough, sharp, ceiling)
    candidates = _candidates(batch, found)
    width, threshold, top = (found.pick(name) for name in ("width", "threshold", "ceiling"))
    rises = found.rises
    return [
        Report(
            curve=curve,
            verdict=verdicts[i][0],
            obstacle=verdicts[i][1],
            first_above_chance=_first_above_chance(curve),
            smallest_seen=_smallest_seen(curve),
            candidates=candidates[i],
            shape=str(found.shape[i]),
            half_way=float(threshold[i]),
            climb=float(width[i]),
            ceiling=float(top[i]),
            ceiling_fitted=bool(found.free_ceiling[i]),
            rises=bool(rises[i]),
            falls=bool(found.falls[i]),
            misfit=float(found.scatter.misfit[i]),
            dispersion=float(found.dispersion[i]),
            change=(float(found.change[0][i]), float(found.change[1][i])),
            threshold=_scale(_range(threshold, found.threshold, i)) if rises[i] else None,
            width=_range(width, found.width, i) if rises[i] else None,
            spacing=float(batch.gap[i]),
            seen=float(found.seen[i]),
            leap=float(found.leap[i]),
            metric=metrics[i],
            usual=_usual(batch, found, i, rng) if thorough else (),
            more_items=remedies[0][i],
            more_models=remedies[1][i],
            next_scale=float(10 ** next_x[i]),
            next_score=_range(score_next, following, i) if rises[i] else None,
            sharp=sharp,
        )
        for i, curve in enumerate(curves)
    ]


def _verdicts(
    found: Assessment, metrics: Sequence[Metric | None], sharp: float
) -> list[tuple[Verdict, Obstacle | None]]:
    """Return the verdict on each curve, and what keeps the audit from one."""
    verdicts: list[tuple[Verdict, Obstacle | None]] = []
    for flat, steep, hindered, metric in zip(
        found.is_flat, found.steepness(sharp), found.obstacles(sharp), metrics, strict=True
    ):
        verdict = judge(bool(flat), int(steep), metric.steepness if metric else None)
        # A steepness that is certain can only be kept from a verdict by the second metric.
        obstacle = (hindered or Obstacle.METRIC) if verdict is Verdict.UNKNOWN else None
        verdicts.append((verdict, obstacle))
    return verdicts


def judge(flat: bool, steep: int, second: int | None) -> Verdict:
    """Return the verdict on a curve.

    Parameters
    ----------
    flat : bool
        As `Assessment.is_flat`.
    steep, second : int
        As `Assessment.steepness`, of the score and of a second metric; None without one.
    """
    if flat:
        return Verdict.FLAT
    if steep < 0:
        return Verdict.SMOOTH
    if steep > 0 and (second is None or second > 0):
        return Verdict.SHARP
    if steep > 0 and second is not None and second < 0:
        return Verdict.METRIC
    return Verdict.UNKNOWN


def _range(best: Array, interval: Interval, i: int) -> Range:
    """Return one curve's number; where it could not be told from its ends, their middle."""
    low, high = float(interval.low[i]), float(interval.high[i])
    return Range(
        float(np.clip(best[i], low, high)),
        None if interval.open_low[i] else low,
        None if interval.open_high[i] else high,
    )


def _scale(log10: Range) -> Range:
    low, high = log10.low, log10.high
    return Range(
        10**log10.best, None if low is None else 10**low, None if high is None else 10**high
    )


def _next_x(batch: Batch) -> Array:
    """Return log10 of the scale one median step beyond the largest model."""
    steps = np.where(np.diff(batch.x, axis=1) > 0, np.diff(batch.x, axis=1), np.nan)
    return batch.x[:, -1] + np.nanmedian(steps, axis=1)


def _metrics(
    curves: Sequence[Curve], batch: Batch, found: Assessment, sharp: float
) -> list[Metric | None]:
    """Return the second view of each curve that has one; a second score goes before a length."""
    metrics: list[Metric | None] = [None] * len(curves)
    whole = found.pick("width")
    for binomial in (True, False):
        seen = {
            i: curve.other
            for i, curve in enumerate(curves)
            if curve.other is not None and (curve.other.items is not None) == binomial
        }
        if seen:
            second = assess(gather(list(seen.values())))
            steep, best = second.steepness(sharp), second.pick("width")
            for j, (i, other) in enumerate(seen.items()):
                width = _range(best, second.width, j) if second.rises[j] else None
                share = 1 - whole[i] / width.best if width and found.rises[i] else None
                metrics[i] = Metric(
                    other.name, int(steep[j]), width, None if share is None else float(share)
                )
    lengths = {
        i: curve.length
        for i, curve in enumerate(curves)
        if curve.other is None and curve.length is not None and curve.length > 1 and found.rises[i]
    }
    for length in set(lengths.values()):
        rows = np.array([i for i in lengths if lengths[i] == length])
        interval, best = width_of_tokens(batch[rows], found.falls[rows], all_right(length))
        steep = narrow(interval, sharp).astype(int) - broad(interval, sharp).astype(int)
        for j, i in enumerate(rows):
            width = _range(best, interval, j)
            metrics[i] = Metric(
                f"one of {length} tokens", int(steep[j]), width, float(1 - whole[i] / width.best)
            )
    return metrics


def _first_above_chance(curve: Curve) -> float | None:
    """Return the smallest scale from which on every model scores above chance.

    One-sided 5% over all models together (Bonferroni). Where chance is 0, one right answer will do.
    """
    level = (1 - CONFIDENCE) / len(curve.scale)
    if curve.items is not None:
        right, items = np.rint(curve.score * curve.items), np.rint(curve.items)
        luck = stats.binom.sf(right - 1, np.maximum(items, right), curve.chance)
    else:
        luck = stats.norm.sf((curve.score - curve.chance) / np.asarray(curve.stderr))
    above = np.minimum.accumulate((luck < level)[::-1])[::-1]
    return float(curve.scale[above][0]) if above.any() else None


def _smallest_seen(curve: Curve) -> float:
    """Return the lowest true score that shows as above chance 19 times in 20, largest model."""
    if curve.items is None:
        sd = float(curve.stderr[-1]) if curve.stderr is not None else 0.0
        return min(curve.chance + 2 * stats.norm.ppf(CONFIDENCE) * sd, 1.0)
    n = float(curve.items[-1])
    if curve.chance == 0:
        return float(1 - (1 - CONFIDENCE) ** (1 / n))
    reach = 2 * stats.norm.ppf(CONFIDENCE) * np.sqrt(curve.chance * (1 - curve.chance) / n)
    return float(min(curve.chance + reach, 1.0))


def _candidates(batch: Batch, found: Assessment) -> list[tuple[Candidate, ...]]:
    """Return the fitted curves of each row, best first by AICc, those without AICc last."""
    free = found.free_ceiling.astype(int)
    flat = np.ones(len(batch), int)
    table = [
        ("flat", found.flat.deviance, flat),
        ("straight line", found.line.deviance, 2 * flat),
        ("logistic", found.logistic.deviance, 2 + free),
        ("Gompertz", found.gompertz.deviance, 2 + free),
        ("step", found.step.deviance, 3 * flat),
    ]
    rows = []
    for i, points in enumerate(batch.points):
        values = [aicc(float(lost[i]), int(count[i]), int(points)) for _, lost, count in table]
        least = min((value for value in values if value is not None), default=0.0)
        row = [
            Candidate(name, int(count[i]), float(lost[i]), None if value is None else value - least)
            for (name, lost, count), value in zip(table, values, strict=True)
        ]
        rows.append(
            tuple(sorted(row, key=lambda each: (each.behind is None, each.behind, each.deviance)))
        )
    return rows


def _usual(
    batch: Batch, found: Assessment, i: int, rng: np.random.Generator
) -> tuple[UsualScore, ...]:
    """Return emergence score and linearity beside those of straight lines with the same noise."""
    one = batch[np.array([i])]
    used = one.weight[0] > 0
    along = (one.x[0] - one.x[0, 0]) / one.span[0]
    line = found.line.first[i] + (found.line.last[i] - found.line.first[i]) * along
    null = draw(one, line[None], DRAWS, rng)[:, 0, used]
    score = one.score[0, used]
    return (
        _beside(
            "emergence score",
            scores.emergence_score(score, undefined=np.inf),
            scores.emergence_score(null, undefined=np.inf),
        ),
        _beside("linearity", scores.linearity(score), scores.linearity(null), away=1.0),
    )


def _beside(name: str, value: Array, null: Array, away: float = 0.0) -> UsualScore:
    """Place a value in its null distribution; ``away`` is the value of no surprise at all."""
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(null, [tail, 1 - tail], method="nearest")
    farther = np.abs(null - away) >= np.abs(value - away) if np.isfinite(value) else np.isinf(null)
    ends = [float(each) if np.isfinite(each) else None for each in (value, low, high)]
    chance = float((1 + farther.sum()) / (1 + len(null)))
    return UsualScore(name, ends[0], ends[1], ends[2], chance)


def _remedies(
    batch: Batch, found: Assessment, rows: Flags, sharp: float, ceiling: float | None
) -> tuple[list[int | None], list[int | None]]:
    """Return how many times the items, or the models, would settle each open verdict.

    The curve fitted today is taken for the truth and audited without noise, on more items or on
    models set more densely over the same range.
    """
    more_items: list[int | None] = [None] * len(batch)
    more_models: list[int | None] = [None] * len(batch)
    which = np.flatnonzero(rows)
    if not which.size:
        return more_items, more_models
    some = batch[which]
    designs = [(some.x, some.weight * multiple) for multiple in ITEMS]
    designs += [_denser(some, multiple) for multiple in MODELS]
    expected = stack(
        [
            Batch(x, found.predict(x, which), weight, some.floor, some.binomial)
            for x, weight in designs
        ]
    )
    again = assess(expected, ceiling)
    settled = ((again.steepness(sharp) != 0) | again.is_flat).reshape(len(designs), len(which))
    for j, i in enumerate(which):
        enough = settled[:, j]
        more_items[i] = next((k for k, ok in zip(ITEMS, enough, strict=False) if ok), None)
        more_models[i] = next(
            (k for k, ok in zip(MODELS, enough[len(ITEMS) :], strict=True) if ok), None
        )
    return more_items, more_models


def _denser(batch: Batch, multiple: int) -> tuple[Array, Array]:
    """Return evenly spaced scales, ``multiple`` times as many, and a model's mean weight."""
    most = batch.x.shape[1] * multiple
    count = batch.points * multiple
    place = np.minimum(np.arange(most) / (count - 1)[:, None], 1.0)
    x = batch.x[:, :1] + batch.span[:, None] * place
    mean = batch.weight.sum(axis=1) / batch.points
    return x, np.where(np.arange(most) < count[:, None], mean[:, None], 0.0)
