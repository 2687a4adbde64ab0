"""The audit in the page against the audit in Python: the same curves through both.

The script takes the same steps as the library, so they end in the same place. Of 3000 curves drawn
much as here two differed, in the lower end of a width far below the spacing of the models: there
rounding decides which maximum a search finds. The others agreed to within 1e-7.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page
from scipy import stats

from emergence_lib import audit, laws, scores
from emergence_lib.audit import assess, report
from emergence_lib.audit.curve import Curve
from emergence_lib.audit.report import Report, gather
from emergence_lib.fitting import fisher, models, profile
from emergence_lib.fitting.profile import Interval
from emergence_lib.reader.output import asset
from tests.audit.plain import plain, plain_report
from tests.browsers import chromium

Array = NDArray[np.float64]
TRUTHS = ("flat", "line", "step", "logistic", "Gompertz")
AGREED = 1e-6
"""Largest difference of deviances, of interval ends in decades, and of scores, or share of it."""

ASSESS = """([curve, ceiling, next]) => {
  const data = emAudit.measured(curve);
  const found = emAudit.assess(data, ceiling);
  const { falls, rises, dispersion, change, seen, leap } = found;
  const width = emAudit.widthOf(found);
  const fits = { ...found, step: emAudit.fitStep(data) };
  const threshold = emAudit.thresholdOf(found);
  const ends = { width, threshold, next: emAudit.forecast(found, next) };
  const names = ["flat", "line", "step", "logistic", "gompertz"];
  return {
    falls, rises, dispersion, change, seen, leap,
    is_flat: found.isFlat,
    steepness: emAudit.steepness(found, width, emAudit.constants.SHARP),
    ...Object.fromEntries(names.map((name) => [name, fits[name].deviance])),
    ...Object.fromEntries(Object.entries(ends).map(([name, { low, high, openLow, openHigh }]) =>
      [name, [openLow ? null : low, openHigh ? null : high]])),
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


def differences(ours: Any, theirs: Any, name: str = "") -> list[str]:
    """Name every number and word in which two nested results differ."""
    if isinstance(ours, dict):
        inner = [differences(ours[key], theirs[key], f"{name} {key}") for key in ours]
    elif isinstance(ours, list | tuple):
        pairs = enumerate(zip(ours, theirs, strict=True))
        inner = [differences(*pair, f"{name} {at}") for at, pair in pairs]
    else:
        equal = ours == theirs
        if not equal and isinstance(ours, float) and isinstance(theirs, int | float):
            equal = abs(ours - theirs) <= AGREED * max(1.0, abs(ours))
        return [] if equal else [f"{name}: {ours!r} and {theirs!r}"]
    return [each for found in inner for each in found]


def ends(interval: Interval, i: int) -> tuple[float | None, float | None]:
    """Return the ends of an interval; None where the data leave one open."""
    low, high = float(interval.low[i]), float(interval.high[i])
    return None if interval.open_low[i] else low, None if interval.open_high[i] else high


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
    intervals = {"width": found.width, "threshold": found.threshold, "next": found.forecast(x)}
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
        script = page.evaluate(ASSESS, [plain(curve), ceiling, found.pop("x")])
        assert differences(found, script, curve.name) == []


def comparable(data: dict[str, Any]) -> dict[str, Any]:
    """Return a report with its scales in decades; curves that fit alike may come in any order."""
    half = data["threshold"]
    logs = half and {end: value and float(np.log10(value)) for end, value in half.items()}
    rivals = {each["name"]: each for each in data["candidates"]}
    following = float(np.log10(data["nextScale"]))
    return {**data, "threshold": logs, "nextScale": following, "candidates": rivals}


def compared(page: Page, found: Report) -> list[str]:
    """Return the differences of the page's report on a curve from Python's."""
    script = page.evaluate(AUDIT, plain(found.curve))
    behind = [each["behind"] for each in script["candidates"] if each["behind"] is not None]
    assert behind == sorted(behind)
    python = plain_report(found)
    del python["curve"]
    return differences(comparable(python), comparable(script), found.curve.name)


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


def test_both_report_and_draw_alike_with_length_or_second_metric(page: Page) -> None:
    reports = list(audit.audit_many(mixed_curves(4, 12)))
    assert {each.metric.name for each in reports if each.metric} >= {"other", "one of 5 tokens"}
    assert len({each.verdict for each in reports}) >= 4
    assert any(each.more_models for each in reports)
    for each in reports:
        assert compared(page, each) == []
        drawn = page.evaluate(DRAWN, plain(each.curve))
        assert differences(each.predict(each.curve.scale).tolist(), drawn) == []


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


def test_both_agree_on_extreme_curves(page: Page) -> None:
    curves = [
        Curve(name, 10.0 ** np.arange(len(score)), score, np.full(len(score), items), chance=chance)  # type: ignore[arg-type]
        for name, (score, items) in EXTREME.items()
        for chance in (0.0, 0.25)
    ]
    for each in audit.audit_many(curves):
        assert compared(page, each) == []


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
    known = {name: getattr(assess, name) for name in ("SHARP", "FLAT", "FEWEST", "MOST")}
    for module, names in (
        (models, "STEEPEST WIDEST LEAST_REACH EDGE WIDTHS PLACES"),
        (fisher, "STEPS CAUTIOUS CONVERGED STUCK"),
        (profile, "BEYOND CLIMBS ENDS FOLLOWED FARTHEST FIRST CLOSE"),
        (report, "ITEMS MODELS"),
    ):
        known |= {name: getattr(module, name) for name in names.split()}
    known |= {"FARTHEST_Z": models.FARTHEST, "SEARCHES": profile.MOST}
    assert differences(known, page.evaluate("emAudit.constants")) == []
    assert assess.CONFIDENCE == 0.95
    assert page.evaluate("emAudit.fQuantile(2, 1e9)") == pytest.approx(stats.chi2.ppf(0.95, 2) / 2)
