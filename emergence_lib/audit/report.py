"""From curves to reports: a verdict and every number behind it; `words` makes the sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from emergence_lib import laws, scores
from emergence_lib.audit.assess import (
    CONFIDENCE,
    Assessment,
    assess,
    broad,
    narrow,
    width_of_tokens,
)
from emergence_lib.audit.curve import Curve, fail
from emergence_lib.audit.levels import as_high, below_until
from emergence_lib.audit.readings import Range, Readings, joined, read_all_ways
from emergence_lib.audit.verdict import Obstacle, Verdict, judge
from emergence_lib.fitting.batch import Batch, stack
from emergence_lib.fitting.bootstrap import draw
from emergence_lib.fitting.criteria import qaicc
from emergence_lib.fitting.shapes import GOMPERTZ, LOGISTIC, all_right
from emergence_lib.laws import Array

Seed = int | tuple[int, ...]

DRAWS = 400
"""Simulated straight lines behind the null distribution of the usual scores."""
ITEMS, MODELS = (2, 4, 10, 25, 100), (2, 3, 4, 6)
"""Multiples of today's test items, and of today's models, that are tried as a remedy."""


@dataclass(frozen=True)
class Candidate:
    """How well one kind of curve fits; ``behind`` is its QAICc minus the best one's.

    None where there are too few models for it (n is the number of models).
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

    ``steepness`` is 1 for sharp at 95%, -1 for smooth, else 0; ``share`` is one minus the ratio of
    the widths: how much of the sharpness the audited metric adds. Of a length it follows from the
    number of tokens alone.
    """

    name: str
    steepness: int
    width: Range | None
    share: float | None


@dataclass(frozen=True)
class Reading:
    """What a curve would be called by one of the settings that nobody said.

    Attributes
    ----------
    floor : float
        The score far below the threshold.
    turned : bool
        Whether less was taken for better.
    verdict : Verdict
    width : Range or None
        None where the curve does not rise.
    """

    floor: float
    turned: bool
    verdict: Verdict
    width: Range | None

    @property
    def start(self) -> float:
        """Score at the smallest scales, as it was given."""
        return 1 - self.floor if self.turned else self.floor


@dataclass(frozen=True)
class Along:
    """The verdict on the same scores by another scale."""

    unit: str
    verdict: Verdict
    width: Range | None


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
        The smallest scale from which on every score is above chance; None too where nobody said
        the chance level.
    smallest_seen : float or None
        The lowest true score that would most likely show at the largest model.
    below : float or None
        The largest scale whose score lies below chance; the floor was free then.
    floor : float
        Score far below the threshold.
    readings : tuple of Reading
        One for each plausible value of what nobody said, the one reported here among them; where
        their verdicts differ there is none.
    along : Along or None
        The verdict by another scale, where that is known.
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
        None where the curve does not rise; joined over the readings.
    spacing : float
        Decades between the two closest models.
    seen, leap : float
        Share of the rise seen so far; largest share of it between two neighbouring models.
    gap : tuple of float or None
        The scales of these two; None where the curve does not rise.
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
    smallest_seen: float | None
    below: float | None
    floor: float
    readings: tuple[Reading, ...]
    along: Along | None
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
    gap: tuple[float, float] | None
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
        return self.floor + (self.ceiling - self.floor) * shape.parts(z)[0]


def _check_ceiling(curve: Curve, ceiling: float) -> None:
    """Refuse a best possible score at chance, or one surpassed by more than three errors."""
    place, remedy = f"{curve.name}: ceiling", "Give the best possible score, or leave it out"
    if ceiling <= (curve.chance or 0):
        what = f"found {ceiling:g}, want it above chance, {curve.chance or 0:g}"
        fail(place, what, remedy)
    noise = curve.stderr
    if curve.items is not None:
        noise = np.sqrt(ceiling * (1 - ceiling) / curve.items)
    above = curve.score - ceiling - 3 * np.asarray(noise)
    at = int(np.argmax(above))
    if above[at] > 0:
        fail(place, f"found {ceiling:g}, but a model scores {curve.score[at]:g}", remedy)


def reports(
    curves: Sequence[Curve], sharp: float, ceiling: float | None, thorough: bool, seed: Seed
) -> list[Report]:
    """Audit curves together; the arguments are those of `audit_many`."""
    rng = np.random.default_rng(seed)
    alike: defaultdict[tuple[bool, int], list[int]] = defaultdict(list)
    for i, curve in enumerate(curves):
        if ceiling is not None:
            _check_ceiling(curve, ceiling)
        # A batch is as wide as its longest curve, so the lengths in it are kept alike.
        alike[curve.items is not None, curve.scale.size.bit_length()].append(i)
    found: dict[int, Report] = {}
    for places in alike.values():
        some = [curves[i] for i in places]
        found.update(zip(places, _reports(some, sharp, ceiling, thorough, rng), strict=True))
    return [found[i] for i in range(len(curves))]


def _reports(
    curves: Sequence[Curve],
    sharp: float,
    ceiling: float | None,
    thorough: bool,
    rng: np.random.Generator,
) -> list[Report]:
    read = read_all_ways(curves, ceiling)
    batch, found, main = read.batch, read.found, read.main
    next_x = _next_x(batch)
    score_next, following = found.predict(next_x), read.as_given(found.forecast(next_x))
    metrics = _metrics(curves, read, sharp)
    threshold = found.pick("threshold")
    below = [below_until(curve) for curve in curves]
    judged = [
        judge(
            replace(facts, below=_beyond(below[i], at)) if not turned else facts,
            metric.steepness if metric else None,
        )
        for facts, i, turned, at, metric in zip(
            found.facts(sharp), read.owner, read.turned, threshold, metrics, strict=True
        )
    ]
    verdicts = [_agreed(judged, main[i], rows) for i, rows in enumerate(read.kept)]
    open_rows = [
        row
        for row, (verdict, obstacle) in zip(main, verdicts, strict=True)
        if verdict is Verdict.UNKNOWN and obstacle is not Obstacle.UNSAID
    ]
    remedies = _remedies(batch, found, np.array(open_rows, int), sharp, ceiling) if thorough else {}
    along = _along(curves, sharp, ceiling)
    width, top, floor = (found.pick(name) for name in ("width", "ceiling", "floor"))
    points, gap = batch.points, batch.gap
    reports = []
    for i, (curve, row) in enumerate(zip(curves, main, strict=True)):
        half_way = read.of_curve(threshold, found.threshold, i)
        more_items, more_models = remedies.get(int(row), (None, None))
        reports.append(
            Report(
                curve=curve,
                verdict=verdicts[i][0],
                obstacle=verdicts[i][1],
                first_above_chance=_first_above_chance(curve),
                smallest_seen=_smallest_seen(curve),
                below=below[i],
                floor=float(floor[row]),
                readings=tuple(
                    Reading(
                        float(batch.floor[each]),
                        bool(read.turned[each]),
                        judged[each][0],
                        read.of_row(width, found.width, each),
                    )
                    for each in read.kept[i]
                ),
                along=along.get(i),
                candidates=_candidates(int(points[row]), found, row),
                shape=str(found.shape[row]),
                half_way=float(threshold[row]),
                climb=float(width[row]),
                ceiling=float(top[row]),
                ceiling_fitted=bool(found.free_ceiling[row]),
                rises=bool(found.rises[row]),
                falls=bool(found.falls[row]),
                misfit=float(found.scatter.misfit[row]),
                dispersion=float(found.dispersion[row]),
                change=(float(found.change[0][row]), float(found.change[1][row])),
                threshold=half_way and _scale(half_way),
                width=read.of_curve(width, found.width, i),
                spacing=float(gap[row]),
                seen=float(found.seen[row]),
                leap=float(found.leap[row]),
                gap=_gap(curve, int(found.gap[row])) if found.rises[row] else None,
                metric=metrics[row],
                usual=_usual(batch, found, row, rng) if thorough else (),
                more_items=more_items,
                more_models=more_models,
                next_scale=float(10 ** next_x[row]),
                next_score=read.of_curve(score_next, following, i),
                sharp=sharp,
            )
        )
    return reports


def _gap(curve: Curve, at: int) -> tuple[float, float]:
    return float(curve.scale[at]), float(curve.scale[at + 1])


def _beyond(scale: float | None, threshold: float) -> bool:
    """Tell whether there is a scale, and it lies beyond a threshold, the log10 of one."""
    return scale is not None and bool(np.log10(scale) >= threshold)


def _agreed(
    judged: Sequence[tuple[Verdict, Obstacle | None]], main: int, rows: Sequence[int]
) -> tuple[Verdict, Obstacle | None]:
    """Return the verdict of all readings of a curve, or that they differ."""
    if len({judged[row][0] for row in rows}) > 1:
        return Verdict.UNKNOWN, Obstacle.UNSAID
    return judged[main]


def _along(curves: Sequence[Curve], sharp: float, ceiling: float | None) -> dict[int, Along]:
    """Return the verdicts by another scale, by the place of the curve."""
    places = [i for i, curve in enumerate(curves) if curve.along is not None]
    others = [
        replace(
            curve,
            scale=curve.along.scale,
            unit=curve.along.unit,
            along=None,
            other=curve.other and replace(curve.other, scale=curve.along.scale),
        )
        for curve in curves
        if curve.along is not None
    ]
    along = reports(others, sharp, ceiling, thorough=False, seed=0)
    return {
        i: Along(report.curve.unit, report.verdict, report.width)
        for i, report in zip(places, along, strict=True)
    }


def _scale(log10: Range) -> Range:
    low, high = log10.low, log10.high
    return Range(
        10**log10.best, None if low is None else 10**low, None if high is None else 10**high
    )


def _next_x(batch: Batch) -> Array:
    """Return log10 of the scale one median step beyond the largest model."""
    steps = np.where(np.diff(batch.x, axis=1) > 0, np.diff(batch.x, axis=1), np.nan)
    return batch.x[:, -1] + np.nanmedian(steps, axis=1)


def _metrics(curves: Sequence[Curve], read: Readings, sharp: float) -> list[Metric | None]:
    """Return the second view of each row that has one; a second score goes before a length."""
    whole, found = read.found.pick("width"), read.found
    seconds = _seconds([each.other for each in curves if each.other is not None], sharp)
    metrics: list[Metric | None] = [None] * len(read.curves)
    lengths: defaultdict[int, list[int]] = defaultdict(list)
    for row, curve in enumerate(read.curves):
        if curve.other is not None:
            name, steep, width = seconds[id(curve.other)]
            share = 1 - whole[row] / width.best if width and found.rises[row] else None
            metrics[row] = Metric(name, steep, width, None if share is None else float(share))
        elif curve.length is not None and curve.length > 1 and found.rises[row]:
            lengths[curve.length].append(row)
    for length, places in lengths.items():
        rows = np.array(places)
        interval, best = width_of_tokens(read.batch[rows], found.falls[rows], all_right(length))
        steeps = narrow(interval, sharp).astype(int) - broad(interval, sharp).astype(int)
        for j, row in enumerate(places):
            width = joined(best[j], interval, [j])
            # Both widths of one fit: of two, a part of the ratio would be the change of the curve.
            share = 1 - all_right(length).spread / LOGISTIC.spread
            metrics[row] = Metric(f"one of {length} tokens", int(steeps[j]), width, share)
    return metrics


def _seconds(others: Sequence[Curve], sharp: float) -> dict[int, tuple[str, int, Range | None]]:
    """Return name, steepness and width of some second scores, by their identity."""
    found = {}
    for binomial in (True, False):
        some = [each for each in others if (each.items is not None) == binomial]
        if not some:
            continue
        read = read_all_ways(some, None)
        steep, best = read.found.steepness(sharp), read.found.pick("width")
        for i, other in enumerate(some):
            same = {int(steep[row]) for row in read.kept[i]}
            width = read.of_curve(best, read.found.width, i)
            found[id(other)] = (other.name, same.pop() if len(same) == 1 else 0, width)
    return found


def _first_above_chance(curve: Curve) -> float | None:
    """Return the smallest scale from which on every model scores above chance.

    One-sided 5% over all models together (Bonferroni). Where chance is 0, one right answer will do.
    """
    if curve.chance is None:
        return None
    level = (1 - CONFIDENCE) / len(curve.scale)
    luck = as_high(curve, curve.chance)
    above = np.minimum.accumulate((luck < level)[::-1])[::-1]
    return float(curve.scale[above][0]) if above.any() else None


def _smallest_seen(curve: Curve) -> float | None:
    """Return the lowest true score that shows as above chance 19 times in 20, largest model."""
    if curve.chance is None:
        return None
    if curve.items is None:
        sd = float(curve.stderr[-1]) if curve.stderr is not None else 0.0
        return min(curve.chance + 2 * stats.norm.ppf(CONFIDENCE) * sd, 1.0)
    n = float(curve.items[-1])
    if curve.chance == 0:
        return float(1 - (1 - CONFIDENCE) ** (1 / n))
    reach = 2 * stats.norm.ppf(CONFIDENCE) * np.sqrt(curve.chance * (1 - curve.chance) / n)
    return float(min(curve.chance + reach, 1.0))


def _candidates(points: int, found: Assessment, row: int) -> tuple[Candidate, ...]:
    """Return the fitted curves of a row, best first by QAICc, those without it last.

    The criterion allows for the same scatter as the intervals do.
    """
    free = 2 + int(found.free_ceiling[row])
    table = [
        ("flat", 1, found.flat.deviance),
        ("straight line", 2, found.line.deviance),
        ("logistic", free, found.logistic.deviance),
        ("Gompertz", free, found.gompertz.deviance),
        ("step", 3, found.step.deviance),
    ]
    dispersion = float(found.dispersion[row])
    values = [qaicc(float(lost[row]), count, points, dispersion) for _, count, lost in table]
    least = min((value for value in values if value is not None), default=0.0)
    candidates = [
        Candidate(name, count, float(lost[row]), None if value is None else value - least)
        for (name, count, lost), value in zip(table, values, strict=True)
    ]
    return tuple(
        sorted(candidates, key=lambda each: (each.behind is None, each.behind, each.deviance))
    )


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
    batch: Batch,
    found: Assessment,
    which: NDArray[np.intp],
    sharp: float,
    ceiling: float | None,
) -> dict[int, tuple[int | None, int | None]]:
    """Return how many times the items, and the models, would settle the open verdict of some rows.

    The curve fitted today is taken for the truth and audited without noise, on more items or on
    models set more densely over the same range.
    """
    if not which.size:
        return {}
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
    found_by: dict[int, tuple[int | None, int | None]] = {}
    for j, row in enumerate(which):
        by_items, by_models = settled[: len(ITEMS), j], settled[len(ITEMS) :, j]
        found_by[int(row)] = (
            next((k for k, ok in zip(ITEMS, by_items, strict=True) if ok), None),
            next((k for k, ok in zip(MODELS, by_models, strict=True) if ok), None),
        )
    return found_by


def _denser(batch: Batch, multiple: int) -> tuple[Array, Array]:
    """Return evenly spaced scales, ``multiple`` times as many, and a model's mean weight."""
    most = batch.x.shape[1] * multiple
    count = batch.points * multiple
    place = np.minimum(np.arange(most) / (count - 1)[:, None], 1.0)
    x = batch.x[:, :1] + batch.span[:, None] * place
    mean = batch.weight.sum(axis=1) / batch.points
    return x, np.where(np.arange(most) < count[:, None], mean[:, None], 0.0)
