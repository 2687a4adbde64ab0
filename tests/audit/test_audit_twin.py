"""The audit in the page against the audit in Python: the same curves through both.

The script takes the same steps as the library, so they end in the same place. Of 3000 curves drawn
much as here two differed, in the lower end of a width far below the spacing of the models: there
rounding decides which maximum a search finds. The others agreed to within 1e-7.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page
from scipy import stats

from emergence_lib import audit, scores
from emergence_lib.audit import assess, levels, report, verdict
from emergence_lib.audit.curve import Curve
from emergence_lib.audit.readings import gather
from emergence_lib.audit.report import Report
from emergence_lib.audit.verdict import Obstacle, Verdict
from emergence_lib.fitting import fisher, models, profile
from emergence_lib.fitting.profile import Interval
from emergence_lib.reader.output import asset
from tests.audit.agreement import differences, disagreements, report_disagreements
from tests.audit.curves import (
    UNSAID,
    extreme_curves,
    logistic,
    mixed_curves,
    random_curves,
    unsaid_curves,
)
from tests.audit.plain import plain
from tests.browsers import chromium

Array = NDArray[np.float64]

ASSESS = """([curve, ceiling, next]) => {
  const data = emAudit.measured(curve, curve.chance);
  const found = emAudit.assess(data, ceiling);
  const { falls, rises, dispersion, change, seen, leap } = found;
  const width = emAudit.widthOf(found);
  const fits = { ...found, step: emAudit.fitStep(data) };
  const threshold = emAudit.thresholdOf(found);
  const ends = { width, threshold, nextScore: emAudit.forecast(found, next) };
  const names = ["flat", "line", "step", "logistic", "gompertz"];
  return {
    falls, rises, dispersion, change, seen, leap,
    is_flat: found.isFlat,
    steepness: emAudit.steepness(emAudit.factsOf(found, width, emAudit.constants.SHARP)),
    ...Object.fromEntries(names.map((name) => [name, fits[name].deviance])),
    ...Object.fromEntries(Object.entries(ends).map(([name, { low, high, openLow, openHigh }]) =>
      [name, { low: openLow ? null : low, high: openHigh ? null : high }])),
  };
}"""
AUDIT = "(curve) => ({ ...emAudit.audit(curve), curve: null, scoreAt: null })"
DRAWN = "(curve) => curve.scale.map(emAudit.audit(curve).scoreAt)"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        page.set_content("<p>The script needs nothing of the page.</p>")
        page.add_script_tag(content=asset("audit.js"))
        yield page


def ends(interval: Interval, i: int) -> dict[str, float | None]:
    """Return the ends of an interval; None where the data leave one open."""
    low, high = float(interval.low[i]), float(interval.high[i])
    return {
        "low": None if interval.open_low[i] else low,
        "high": None if interval.open_high[i] else high,
    }


def assessed(curves: Sequence[Curve], ceiling: float | None) -> list[dict[str, Any]]:
    """Return what Python finds in some curves; the last number each is what the forecast is for."""
    batch = gather(curves)
    found = assess.assess(batch, ceiling)
    x = batch.x[:, -1] + 0.3
    lists = {name: getattr(found, name) for name in ("falls", "rises", "is_flat")}
    lists |= {name: getattr(found, name) for name in ("dispersion", "seen", "leap")}
    lists |= {"steepness": found.steepness(), "change": np.transpose(found.change)}
    for name in ("flat", "line", "step", "logistic", "gompertz"):
        lists[name] = getattr(found, name).deviance
    intervals = {"width": found.width, "threshold": found.threshold, "nextScore": found.forecast(x)}
    return [
        {name: values[i].tolist() for name, values in lists.items()}
        | {name: ends(each, i) for name, each in intervals.items()}
        | {"x": float(x[i])}
        for i in range(len(curves))
    ]


@pytest.mark.parametrize("ceiling", [None, 0.95])
@pytest.mark.parametrize("binomial", [True, False])
def test_both_fit_and_bound_random_curves_alike(
    page: Page, binomial: bool, ceiling: float | None
) -> None:
    curves = random_curves(2, 20, binomial)
    python = assessed(curves, ceiling)
    for flag in ("falls", "rises", "is_flat"):
        assert {each[flag] for each in python} == {True, False}, "the draw lacks a case"
    assert {each["steepness"] for each in python} >= {0, 1}
    for curve, found in zip(curves, python, strict=True):
        ahead = found.pop("x")
        script = page.evaluate(ASSESS, [plain(curve), ceiling, ahead])
        assert disagreements(found, script, curve, ahead, ceiling) == [], curve.name


def compared(page: Page, found: Report) -> list[str]:
    """Return the differences of the page's report on a curve from Python's."""
    script = page.evaluate(AUDIT, plain(found.curve))
    behind = [each["behind"] for each in script["candidates"] if each["behind"] is not None]
    assert behind == sorted(behind)
    return report_disagreements(found, script)


def test_both_report_and_draw_alike_with_length_or_second_metric(page: Page) -> None:
    reports = list(audit.audit_many(mixed_curves(4, 12)))
    assert {each.metric.name for each in reports if each.metric} >= {"other", "one of 5 tokens"}
    assert len({each.verdict for each in reports}) >= 4
    assert any(each.more_models for each in reports)
    for each in reports:
        assert compared(page, each) == [], each.curve.name
        drawn = page.evaluate(DRAWN, plain(each.curve))
        assert differences(each.predict(each.curve.scale).tolist(), drawn) == []


def test_both_report_alike_what_nobody_said_and_scores_below_chance(page: Page) -> None:
    fall = replace(logistic(3, seed=1, falls=True), name="either way", chance=None)
    low = replace(logistic(0.4, ceiling=0.4), name="all below chance", chance=0.5)
    reports = list(audit.audit_many([fall, low, *unsaid_curves(6, 5 * len(UNSAID))]))
    assert {each.obstacle for each in reports} >= {Obstacle.UNSAID, Obstacle.BELOW, None}
    agreed = [each for each in reports if each.obstacle is None]
    assert max(len(each.readings) for each in agreed) > 5
    assert any(reading.turned for each in agreed for reading in each.readings)
    assert {each.below is None for each in reports} == {True, False}
    assert {each.along.verdict == each.verdict for each in reports if each.along} == {True, False}
    for each in reports:
        assert compared(page, each) == [], each.curve.name


@pytest.mark.parametrize("level", [0.0, 0.13, 0.25, 1 / 3, 0.5])
def test_both_find_the_same_levels_and_the_same_scores_below_one(page: Page, level: float) -> None:
    below = []
    for each in unsaid_curves(8, 8 * len(UNSAID)):
        script = page.evaluate("(curve) => emAudit.levels(curve)", plain(each))
        assert differences([list(some) for some in levels.levels(each)], script) == []
        below.append(levels.below_until(replace(each, chance=level)))
        found = "([curve, level]) => emAudit.belowUntil(curve, level)"
        assert page.evaluate(found, [plain(each), level]) == below[-1]
    assert level == 0 or None in below
    assert (set(below) == {None}) == (level == 0)


def test_the_verdict_is_the_same_function_of_all_facts(page: Page) -> None:
    cases = [
        (verdict.Facts(models, flat, rises, narrow, broad, seen, leap, below), second)
        for models, seen, leap in product((3, 4), (0.4, 0.5), (0.4, 0.5))
        for flat, rises, narrow, broad, below in product((True, False), repeat=5)
        for second in (None, -1, 0, 1)
    ]
    script = page.evaluate(
        "(cases) => cases.map(([facts, second]) => emAudit.judge(facts, second))",
        [[vars(facts), second] for facts, second in cases],
    )
    python = [verdict.judge(facts, second) for facts, second in cases]
    assert script == [[str(found), why and why.name.lower()] for found, why in python]
    assert {found for found, _ in python} == set(Verdict)
    assert {why for _, why in python} == {None, *Obstacle} - {Obstacle.UNSAID}


def test_both_agree_on_extreme_curves(page: Page) -> None:
    for each in audit.audit_many(extreme_curves()):
        assert compared(page, each) == [], each.curve.name


def test_usual_scores_are_those_of_python(page: Page) -> None:
    rng = np.random.default_rng(5)
    curves = [rng.uniform(size=int(rng.integers(2, 12))).round(1) for _ in range(200)]
    curves += [np.zeros(4), np.array([0.0, 0, 1, 1, 1]), np.array([0.1, 0.2, 0.3])]
    for curve in curves:
        found = float(scores.emergence_score(curve, undefined=np.inf))
        ours = [found if np.isfinite(found) else None, float(scores.linearity(curve))]
        names = ("emergenceScore", "linearity")
        theirs = [page.evaluate(f"emAudit.{name}", curve.tolist()) for name in names]
        assert differences(ours, theirs) == [], curve


def test_distributions_are_those_of_scipy(page: Page) -> None:
    for freedom in (1, 1.01, 2, 2.5, 3, 7.3, 22, 101.7):
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
    for mean in (0.0, 1e-200, 1e-3, 0.1, 1.0, 7.3, 19.9, 20.0, 1e9):
        found = page.evaluate(f"emAudit.expectedDeviance({mean})")
        assert found == pytest.approx(float(assess.expected_deviance(np.array(mean))), rel=1e-9)
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
    # Summed to the last item, this would take a minute; its factorials have few digits left.
    k, n = 2_500_050_000, 10**10
    assert page.evaluate(f"emAudit.binomialTail({k}, {n}, 0.25)") == pytest.approx(
        stats.binom.sf(k - 1, n, 0.25), rel=1e-3
    )


def test_both_go_by_the_same_constants(page: Page) -> None:
    known = {"SURE": assess.SURE, "TIE": assess.TIE, "ALIKE": assess.ALIKE}
    for module, names in (
        (verdict, "SHARP FLAT FEWEST MOST"),
        (levels, "PLAUSIBLE FREE LEVEL"),
        (models, "STEEPEST WIDEST LEAST_REACH EDGE WIDTHS PLACES"),
        (fisher, "STEPS CAUTIOUS CONVERGED STUCK"),
        (profile, "BEYOND CLIMBS FEW_CLIMBS ENDS FOLLOWED FARTHEST FIRST CLOSE"),
        (report, "ITEMS MODELS"),
    ):
        known |= {name: getattr(module, name) for name in names.split()}
    known |= {"FARTHEST_Z": models.FARTHEST, "SEARCHES": profile.MOST}
    assert differences(known, page.evaluate("emAudit.constants")) == []
    assert assess.CONFIDENCE == 0.95
    assert page.evaluate("emAudit.fQuantile(2, 1e9)") == pytest.approx(stats.chi2.ppf(0.95, 2) / 2)
