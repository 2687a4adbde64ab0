"""The audit in the page against the audit in Python: the same curves through both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page
from scipy import stats

from emergence_lib import audit, laws, scores
from emergence_lib.audit import report
from emergence_lib.audit.assess import CONFIDENCE, FEWEST, FLAT, MOST, SHARP, assess, forecast
from emergence_lib.audit.curve import Curve
from emergence_lib.audit.report import Range, Report, gather
from emergence_lib.fitting import models, profile
from emergence_lib.fitting.profile import Interval
from emergence_lib.reader.output import asset
from tests.browsers import chromium

Array = NDArray[np.float64]
TRUTHS = ("flat", "line", "step", "logistic", "Gompertz")
AGREED = 1e-6
"""Largest difference of deviances, of interval ends in decades, and of scores."""
POINT = 1e-4
"""The same for point estimates: near the maximum the likelihood is flat."""

ASSESS = """([curve, ceiling, next]) => {
  const { score, forecast, ...found } = emAudit.assess(emAudit.measured(curve), ceiling);
  return { ...found, fitted: curve.scale.map((each) => score(Math.log10(each))),
           next: forecast(next), free_ceiling: found.best.free };
}"""
FLAGS = ("falls", "rises", "isFlat", "free_ceiling")
FITS = ("flat", "line", "step", "logistic", "gompertz")
AUDIT = """([curve, ceiling]) => {
  const { scoreAt, ...found } = emAudit.audit(curve, { ceiling });
  return found;
}"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        page.set_content("<p>The script needs nothing of the page.</p>")
        page.add_script_tag(content=asset("audit.js"))
        yield page


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


def scales(rng: np.random.Generator) -> Array:
    """Return log10 scales of 4 to 24 models, evenly or unevenly over one to six decades."""
    models, span = int(rng.integers(4, 25)), rng.uniform(1, 6)
    if rng.uniform() < 0.5:
        return np.linspace(7, 7 + span, models)
    return 7 + np.cumsum(rng.uniform(0.1, 1, models)) * span / models


def random_curve(rng: np.random.Generator, name: str, x: Array, binomial: bool) -> Curve:
    floor, top = float(rng.choice([0, 0.25])), float(rng.choice([1, 1, 0.8, 0.6]))
    p, n = truth(rng, str(rng.choice(TRUTHS)), x, floor, top), int(10 ** rng.uniform(1, 4))
    if binomial:
        items = np.full(x.size, n)
        return Curve(name, 10**x, rng.binomial(items, p) / items, items=items, chance=floor)
    error = np.sqrt(np.maximum(p * (1 - p), 0.01) / n)
    # Half of the time the scatter is twice what the errors say.
    drawn = np.clip(rng.normal(p, error * rng.choice([1, 2])), 0, 1)
    return Curve(name, 10**x, drawn, stderr=error, chance=floor)


def random_curves(seed: int, count: int, binomial: bool) -> list[Curve]:
    rng = np.random.default_rng(seed)
    return [random_curve(rng, f"curve {i}", scales(rng), binomial) for i in range(count)]


def plain(curve: Curve) -> dict[str, Any]:
    """Return a curve as the script takes it."""
    found: dict[str, Any] = {
        name: getattr(curve, name).tolist()
        for name in ("scale", "score", "items", "stderr")
        if getattr(curve, name) is not None
    }
    found |= {"name": curve.name, "chance": curve.chance, "length": curve.length}
    return found if curve.other is None else {**found, "other": plain(curve.other)}


def same(left: float | None, right: float | None, within: float = AGREED) -> bool:
    if left is None or right is None:
        return left is right
    return left == right or abs(left - right) <= within * max(1.0, abs(left))


@pytest.mark.parametrize("ceiling", [None, 0.95])
@pytest.mark.parametrize("binomial", [True, False])
def test_both_fit_and_bound_random_curves_alike(
    page: Page, binomial: bool, ceiling: float | None
) -> None:
    curves = random_curves(2, 40 if ceiling else 100, binomial)
    batch = gather(curves)
    python = assess(batch, ceiling)
    x = batch.x[:, -1] + 0.3
    following = forecast(batch, python, x, ceiling)
    flags = ("falls", "rises", "is_flat", "free_ceiling")
    kinds = {flag: set(getattr(python, flag).tolist()) for flag in flags}
    if ceiling is None:
        assert all(seen == {True, False} for seen in kinds.values()), "the draw lacks a case"
    deeper = []
    for i, curve in enumerate(curves):
        script = page.evaluate(ASSESS, [plain(curve), ceiling, x[i]])
        for flag, theirs in zip(flags, (script[each] for each in FLAGS), strict=True):
            assert theirs == getattr(python, flag)[i], (curve, flag)
        fits = {name: getattr(python, name).deviance[i] for name in FITS}
        # The script tries more starts; where it finds a better maximum, the rest may differ too.
        worse = [name for name, lost in fits.items() if script[name]["deviance"] > lost]
        assert all(same(fits[name], script[name]["deviance"]) for name in worse), (curve, worse)
        if not all(same(lost, script[name]["deviance"]) for name, lost in fits.items()):
            deeper.append(curve.name)
            continue
        pairs = [(python.dispersion[i], script["dispersion"])]
        pairs += [(python.change[end][i], script["change"][end]) for end in (0, 1)]
        assert all(same(*pair) for pair in pairs), (curve, pairs)
        # Near a deviance of 0 its probability changes with its square root.
        assert same(python.misfit[i], script["misfit"], 1e-3), curve
        loose = [(getattr(python, name)[i], script[name]) for name in ("seen", "leap")]
        fitted = python.predict(batch.x[i, None], np.array([i]))[0][: len(curve.score)]
        loose += zip(fitted, script["fitted"], strict=True)
        if not python.rises[i]:
            continue
        # Where a step between two models fits as well, the likeliest of many curves is arbitrary.
        if python.width.low[i] > batch.gap[i]:
            assert all(same(*pair, POINT) for pair in loose), (curve, loose)
        widths = [python.width.low[i], python.width.high[i]]
        on_the_border = any(abs(each - SHARP) <= AGREED for each in widths)
        assert on_the_border or script["steepness"] == python.steepness()[i], curve
        found = {"threshold": python.threshold, "width": python.width, "next": following}
        if not all(same_ends(each, i, script[name]) for name, each in found.items()):
            deeper.append(curve.name)
    assert len(deeper) <= len(curves) / 20, deeper


def same_ends(ours: Interval, i: int, theirs: dict[str, Any]) -> bool:
    low = None if ours.open_low[i] else float(ours.low[i])
    high = None if ours.open_high[i] else float(ours.high[i])
    return same(low, None if theirs["openLow"] else theirs["low"]) and same(
        high, None if theirs["openHigh"] else theirs["high"]
    )


def agree(python: Report, script: dict[str, Any]) -> None:
    """Compare everything a report holds that does not come from simulated curves."""
    step_like = any(
        each is not None and each.width is not None and (each.width.low or 0) < python.spacing
        for each in (python, python.metric)
    )
    for ours, theirs in (
        ("verdict", "verdict"),
        ("rises", "rises"),
        ("falls", "falls"),
        ("ceiling_fitted", "ceilingFitted"),
        ("more_items", "moreItems"),
        ("more_models", "moreModels"),
    ):
        assert getattr(python, ours) == script[theirs], (python, ours, script)
    for ours, theirs in (
        ("first_above_chance", "firstAboveChance"),
        ("smallest_seen", "smallestSeen"),
        ("spacing", "spacing"),
        ("next_scale", "nextScale"),
    ):
        assert same(getattr(python, ours), script[theirs]), (python, ours, script)
    for bounds, theirs in (
        (python.width, script["width"]),
        (logarithm(python.threshold), logarithm(script["threshold"])),
        (python.next_score, script["nextScore"]),
        (python.metric and python.metric.width, script["metric"] and script["metric"]["width"]),
    ):
        assert (bounds is None) == (theirs is None), (python, script)
        if isinstance(bounds, Range):
            assert step_like or same(bounds.best, theirs["best"], POINT), (python, script)
            assert same(bounds.low, theirs["low"]), (python, script)
            assert same(bounds.high, theirs["high"]), (python, script)
    assert (python.metric is None) == (script["metric"] is None)
    if python.metric is not None:
        assert python.metric.name == script["metric"]["name"]
        assert python.metric.steepness == script["metric"]["steepness"]
        if not step_like:
            assert same(python.metric.share, script["metric"]["share"], 100 * POINT)
    rivals = {each["name"]: each for each in script["candidates"]}
    for each in python.candidates:
        assert each.parameters == rivals[each.name]["parameters"]
        assert same(each.deviance, rivals[each.name]["deviance"]), (python, script)
        assert same(each.behind, rivals[each.name]["behind"]), (python, script)
    behind = [each["behind"] for each in script["candidates"] if each["behind"] is not None]
    assert behind == sorted(behind)


def logarithm(bounds: Any) -> Any:
    """Return an interval of scales in decades."""
    if bounds is None:
        return None
    if isinstance(bounds, Range):
        ends = [None if each is None else float(np.log10(each)) for each in vars(bounds).values()]
        return Range(*ends)  # type: ignore[arg-type]
    return {end: None if each is None else np.log10(each) for end, each in bounds.items()}


def both(page: Page, curves: Sequence[Curve]) -> list[Report]:
    """Compare both audits of some curves, and return Python's reports."""
    reports = list(audit.audit_many(curves))
    for python in reports:
        agree(python, page.evaluate(AUDIT, [plain(python.curve), None]))
    return reports


def test_both_reach_the_same_verdict_by_length_and_by_second_metric(page: Page) -> None:
    rng = np.random.default_rng(4)
    curves = []
    for i in range(16):
        x = scales(rng)
        curve, other = (random_curve(rng, name, x, bool(i % 4)) for name in ("curve", "other"))
        given = {"other": other} if i % 2 else {"length": int(rng.choice([1, 2, 5, 20]))}
        kept = (curve.name, curve.scale, curve.score, curve.items, curve.stderr)
        curves.append(Curve(*kept, chance=curve.chance, **given))
    reports = both(page, curves)
    assert {each.metric.name for each in reports if each.metric} >= {"other", "one of 5 tokens"}


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


@pytest.mark.parametrize("name", EXTREME)
@pytest.mark.parametrize("chance", [0.0, 0.25])
def test_both_agree_on_extreme_curves(page: Page, name: str, chance: float) -> None:
    score, items = EXTREME[name]
    scale = np.power(10.0, np.arange(len(score)))
    curve = Curve(name, scale, np.array(score), items=np.full(len(score), items), chance=chance)
    (python,) = both(page, [curve])
    numbers = [python.misfit, python.dispersion, *python.change, python.seen, python.leap]
    for bounds in (python.width, python.threshold, python.next_score):
        numbers += [] if bounds is None else [x for x in vars(bounds).values() if x is not None]
    assert np.isfinite(numbers).all()


def test_usual_scores_are_those_of_python(page: Page) -> None:
    rng = np.random.default_rng(5)
    curves = [rng.uniform(size=int(rng.integers(2, 12))).round(1) for _ in range(200)]
    curves += [np.zeros(4), np.array([0.0, 0, 1, 1, 1]), np.array([0.1, 0.2, 0.3])]
    for curve in curves:
        found = scores.emergence_score(curve, undefined=np.inf)
        script = page.evaluate("emAudit.emergenceScore", curve.tolist())
        assert same(None if np.isinf(found) else float(found), script), curve
        assert same(
            float(scores.linearity(curve)), page.evaluate("emAudit.linearity", curve.tolist())
        )


def test_distributions_are_those_of_scipy(page: Page) -> None:
    for freedom in (1, 2, 3, 4, 7, 22, 101):
        for x in (-1e-14, 0.01, 0.5, 2.0, 3.84, 9.0, 40.0, 400.0):
            tail = page.evaluate(f"emAudit.chiSquaredTail({x}, {freedom})")
            assert tail == pytest.approx(stats.chi2.sf(x, freedom), rel=1e-9, abs=1e-15)
        for above in (1, 2):
            quantile = page.evaluate(f"emAudit.fQuantile({above}, {freedom})")
            assert quantile == pytest.approx(stats.f.ppf(0.95, above, freedom), rel=1e-9)
    for z in (-8.0, -1.0, 0.0, 0.3, 1.96, 2.99, 3.01, 6.0, 30.0):
        assert page.evaluate(f"emAudit.normalTail({z})") == pytest.approx(
            stats.norm.sf(z), rel=1e-9, abs=1e-300
        )
    for k, n, p in [
        (0, 5, 0.2),
        (1, 5, 0),
        (3, 10, 0.25),
        (30, 100, 0.25),
        (2600, 10_000, 0.25),
        (9, 10**6, 0.25),
    ]:
        assert page.evaluate(f"emAudit.binomialTail({k}, {n}, {p})") == pytest.approx(
            stats.binom.sf(k - 1, n, p), rel=1e-9
        )


def test_both_go_by_the_same_limits(page: Page) -> None:
    known = {
        **{"SHARP": SHARP, "FLAT": FLAT, "FEWEST": FEWEST, "MOST": MOST},
        **{name: getattr(models, name) for name in ("STEEPEST", "WIDEST", "LEAST_REACH")},
        **{"BEYOND": profile.BEYOND, "ITEMS": list(report.ITEMS), "MODELS": list(report.MODELS)},
    }
    assert page.evaluate("emAudit.constants") == known
    assert CONFIDENCE == 0.95
    assert page.evaluate("emAudit.fQuantile(2, 1e9)") == pytest.approx(stats.chi2.ppf(0.95, 2) / 2)
