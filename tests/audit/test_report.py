"""Audits of curves whose truth is known."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from numpy.typing import ArrayLike

from emergence_lib import datasets
from emergence_lib.audit import Curve, Obstacle, Verdict, audit, audit_many, words
from emergence_lib.audit.assess import assess
from emergence_lib.audit.readings import gather
from emergence_lib.fitting.batch import counts
from tests.audit.curves import logistic


def flat(score: float, items: float, models: int = 8, **options: object) -> Curve:
    scale = np.logspace(6, 10, models)
    return Curve("flat", scale, np.full(models, score), np.full(models, items), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("curve", "verdict"),
    [
        (logistic(0.4), Verdict.SHARP),
        (logistic(3.0), Verdict.SMOOTH),
        (logistic(0.4, falls=True), Verdict.SHARP),
        (logistic(3.0, falls=True), Verdict.SMOOTH),
        (logistic(0.4, chance=0.25), Verdict.SHARP),
        (logistic(3.0, chance=0.25), Verdict.SMOOTH),
        (logistic(0.4, ceiling=0.7), Verdict.SHARP),
        (flat(0.25, 20_000, chance=0.25), Verdict.FLAT),
        (flat(0.0, 10_000), Verdict.FLAT),
        (flat(0.25, 20, chance=0.25), Verdict.UNKNOWN),
        (logistic(1.0, items=50), Verdict.UNKNOWN),
        (logistic(0.4, models=3), Verdict.UNKNOWN),
        (logistic(0.4, models=8, threshold=1e10), Verdict.UNKNOWN),
        (logistic(1.5, models=4, decades=6), Verdict.UNKNOWN),
    ],
)
def test_the_verdict_follows_the_truth(curve: Curve, verdict: Verdict) -> None:
    assert audit(curve).verdict is verdict


def test_the_truth_lies_in_the_intervals_and_is_the_best_value_without_noise() -> None:
    report = audit(logistic(0.8, threshold=3e7, chance=0.25))
    assert report.threshold is not None
    assert report.width is not None
    assert report.threshold.best == pytest.approx(3e7, rel=1e-3)
    assert report.width.best == pytest.approx(0.8, rel=1e-3)
    assert report.shape == "logistic"
    assert report.candidates[0].name == "logistic"
    assert report.predict([3e7])[0] == pytest.approx(0.625, abs=1e-3)


def test_a_fall_is_a_rise_seen_in_a_mirror() -> None:
    # The ladder runs from 1e6 to 1e10: its mirror image puts a threshold of 3e7 at 1e16 / 3e7.
    up = logistic(0.8, threshold=3e7)
    down = logistic(0.8, threshold=1e16 / 3e7, falls=True, higher_is_better=True)
    rise, fall = audit(up), audit(down)
    assert (rise.falls, fall.falls) == (False, True)
    for one, other in ((rise.threshold, fall.threshold), (rise.width, fall.width)):
        assert one is not None
        assert other is not None
        turn = 1e16 if one is rise.threshold else None
        ends = [other.best, other.low, other.high]
        if turn:
            ends = [turn / each if each else None for each in (other.best, other.high, other.low)]
        assert [one.best, one.low, one.high] == pytest.approx(ends, rel=1e-4)
    np.testing.assert_allclose(fall.predict(down.scale), down.score, atol=1e-3)


def test_the_ceiling_is_fitted_only_where_the_scores_level_off() -> None:
    below = audit(logistic(0.6, models=16, ceiling=0.7))
    assert below.ceiling_fitted
    assert below.ceiling == pytest.approx(0.7, abs=0.01)
    assert not audit(logistic(0.6, models=16)).ceiling_fitted


@settings(max_examples=15, deadline=None)
@given(factor=st.floats(1e-6, 1e6), seed=st.integers(0, 50))
def test_the_unit_of_scale_does_not_matter(factor: float, seed: int) -> None:
    curve = logistic(0.9, models=8, items=200, seed=seed)
    one, other = audit(curve), audit(replace(curve, scale=curve.scale * factor))
    assert one.verdict is other.verdict
    if one.threshold is not None and other.threshold is not None:
        assert other.threshold.best == pytest.approx(one.threshold.best * factor, rel=1e-3)
    if one.width is not None and other.width is not None and one.width.high is not None:
        assert other.width.high == pytest.approx(one.width.high, rel=1e-4)


def test_an_answer_of_many_tokens_is_sharp_by_the_metric() -> None:
    report = audit(logistic(1.2, length=20, threshold=2e7, models=24, items=1e5))
    assert report.width is not None
    assert report.verdict is Verdict.SHARP
    told = audit(replace(report.curve, length=20))
    assert told.verdict is Verdict.METRIC
    assert told.metric is not None
    assert told.metric.width is not None
    assert told.metric.width.best == pytest.approx(1.2, rel=1e-2)
    assert told.metric.share == pytest.approx(1 - report.width.best / 1.2, abs=0.02)


def test_a_second_metric_decides_between_sharp_and_sharp_by_the_metric() -> None:
    sharp, smooth = logistic(0.4), logistic(3.0)
    assert audit(replace(sharp, other=smooth)).verdict is Verdict.METRIC
    assert audit(replace(sharp, other=logistic(0.5))).verdict is Verdict.BOTH
    assert audit(replace(sharp, other=logistic(1.0, items=30))).verdict is Verdict.UNKNOWN
    assert audit(replace(smooth, other=sharp)).verdict is Verdict.SMOOTH


def test_a_straight_line_scores_one_less_than_its_models_and_is_no_surprise() -> None:
    scale = np.logspace(6, 10, 9)
    report = audit(Curve("line", scale, np.linspace(0.1, 0.9, 9), np.full(9, 1e6)))
    emergence, linearity = report.usual
    assert emergence.value == pytest.approx(8)
    assert linearity.value == pytest.approx(1)
    assert report.verdict is Verdict.SMOOTH


def test_the_score_of_a_clean_step_is_not_a_number_and_is_said_so() -> None:
    scale, score = np.logspace(6, 10, 8), np.repeat([0.0, 1.0], 4)
    report = audit(Curve("step", scale, score, np.full(8, 500.0)))
    assert report.usual[0].value is None
    assert "not defined" in words.to_text(report)
    assert report.width is not None
    assert report.width.low is None
    assert "cannot be resolved" in words.to_text(report)


def test_above_chance_from_where_and_what_could_not_be_seen() -> None:
    scale = np.logspace(6, 9, 4)
    curve = Curve("few", scale, np.array([0.0, 0.02, 0.0, 0.4]), np.full(4, 50.0), chance=0.0)
    report = audit(curve)
    # One right answer of 50 is above a chance of 0, but a later model has none.
    assert report.first_above_chance == 1e9
    # A model that is right this often misses 50 items in a row one time in twenty.
    assert report.smallest_seen is not None
    assert (1 - report.smallest_seen) ** 50 == pytest.approx(0.05)
    unsaid = audit(replace(curve, chance=None))
    assert unsaid.first_above_chance is unsaid.smallest_seen is None


@pytest.mark.parametrize("curve", [logistic(0.85, items=60), logistic(0.8, models=6, items=40)])
def test_the_remedy_that_is_proposed_works_if_the_fitted_curve_is_true(curve: Curve) -> None:
    report = audit(curve)
    assert report.verdict is Verdict.UNKNOWN
    assert report.more_items is not None
    assert curve.items is not None
    richer = replace(
        curve, score=report.predict(curve.scale), items=curve.items * report.more_items
    )
    assert audit(richer).verdict is not Verdict.UNKNOWN


def test_the_forecast_is_for_one_median_step_beyond_the_largest_model() -> None:
    report = audit(logistic(2.0, models=9, items=2000))
    assert report.next_scale == pytest.approx(10 ** (10 + 4 / 8))
    assert report.next_score is not None
    truth = 1 / (1 + 10 ** (-2 * np.log10(9) / 2.0 * 2.5))
    assert report.next_score.best == pytest.approx(truth, abs=1e-3)


def test_forecasts_hold_the_truth_nineteen_times_in_twenty() -> None:
    made = [logistic(2.0, models=9, items=500, seed=seed) for seed in range(150)]
    x, truth = np.log10(made[0].scale), logistic(2.0, models=9).score[-1]
    score = np.array([each.score for each in made])
    batch = counts(10 ** np.tile(x[:-1], (150, 1)), score[:, :-1], 500)
    found = assess(batch).forecast(np.full(150, x[-1]))
    held = ((found.low <= truth) | found.open_low) & ((found.high >= truth) | found.open_high)
    assert 0.90 <= held.mean() <= 0.99


def test_the_same_seed_gives_the_same_report() -> None:
    curve = logistic(0.9, items=100, seed=1)
    assert words.to_json(audit(curve)) == words.to_json(audit(curve))
    assert audit(curve).usual != audit(curve, seed=1).usual


def test_gpt3_cannot_say_how_sharp_its_addition_is() -> None:
    table = datasets.load("gpt3_arithmetic")
    rows = table[(table["task"] == "3D+") & (table["setting"] == "few_shot")]
    report = audit(Curve("3D+", rows["params"], rows["score"], rows["n_items"]))  # type: ignore[arg-type]
    assert report.verdict is Verdict.UNKNOWN
    assert report.leap > 0.8
    # By hand: the emergence score that the literature would print for this row.
    steps = np.diff(rows["score"].to_numpy())
    assert report.usual[0].value == pytest.approx(
        np.ptp(rows["score"]) / np.sqrt(np.median(steps**2))
    )


def unescaped(text: str) -> str:
    return re.sub(r"\\([^\w\s])", r"\1", text)


@pytest.mark.parametrize(
    "name",
    [
        "x</h2><h2>other: sharp in both metrics</h2>",
        "<img src=x onerror=alert(1)>",
        "[a](http://b) ![c](d) &lt;b&gt; `e` *f* _g_ | h \\ i #",
    ],
)
def test_no_name_is_more_than_text_in_markdown(name: str) -> None:
    curve = replace(logistic(0.4), name=name, notes=(f"Split by {name}.",))
    tokens = MarkdownIt().parse(words.to_markdown(audit(curve)))
    marks = [mark for each in tokens for mark in each.children or ()]
    assert {each.type for each in marks} <= {"text", "strong_open", "strong_close", "softbreak"}
    assert {each.type for each in tokens if each.type.startswith(("html", "code"))} == set()
    assert "\n".join(each.content for each in marks).count(name) == 2


def test_every_form_of_a_report_is_complete_and_finite() -> None:
    for curve in (logistic(0.4), flat(0.0, 100), logistic(1.0, items=50), logistic(3.0, models=2)):
        report = audit(curve)
        data = json.loads(words.to_json(report), parse_constant=pytest.fail)
        assert data["verdict"] == report.verdict
        assert data["sentence"] == words.sentence(report)
        for text in (words.to_text(report), unescaped(words.to_markdown(report))):
            assert words.sentence(report) in text
            assert all(reason in text for reason in words.reasons(report))
            assert "nan" not in text.lower().split()
            assert "None" not in text


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"sharp": 0.0}, "sharp: found 0"),
        ({"sharp": np.nan}, "sharp: found nan"),
        ({"sharp": np.inf}, "sharp: found inf"),
        ({"ceiling": 0.1}, "ceiling: found 0.1, want it above chance"),
        ({"ceiling": 1.5}, "ceiling: found 1.5"),
        ({"ceiling": np.nan}, "ceiling: found nan"),
    ],
)
def test_wrong_options_are_named(options: dict[str, float], found: str) -> None:
    with pytest.raises(ValueError, match=found):
        audit(logistic(1.0, chance=0.25), **options)  # type: ignore[arg-type]


def test_json_holds_the_second_score_and_whether_chance_is_known() -> None:
    second = logistic(3.0)
    curve = replace(logistic(0.4), other=second, chance=None)
    report = words.to_dict(audit(curve))
    data = report["curve"]
    assert (data["chance"], data["other"]["chance"]) == (None, 0)
    assert json.loads(words.to_json(audit(curve)))["readings"] == report["readings"]
    assert data["other"]["score"] == second.score.tolist()
    assert data["other"]["other"] is None


@pytest.mark.parametrize("scores", [[0.001, 0.0012, 0.0014, 0.0016, 0.0018], [0, 0.1, 0.6, 0.9, 1]])
def test_the_drawn_curve_is_the_fitted_one(scores: list[float]) -> None:
    # The first rises so slowly that its threshold lies where no interval looks.
    curve = Curve("made", np.logspace(0, 4, 5), np.array(scores), np.full(5, 1e7), chance=0.0)
    (report,) = audit_many([curve], thorough=False)
    batch = gather([curve])
    assert report.predict(curve.scale) == pytest.approx(assess(batch).predict(batch.x)[0])


SIZE = np.logspace(8, 12, 5)
FLAT_THEN_UP = [0.0, 0.0, 0.0, 0.0, 0.9]
DENSE = np.logspace(6, 10, 12)


def rise(width: float, threshold: float) -> np.ndarray:
    """Return the scores of a logistic over the sizes `DENSE`; width and threshold in decades."""
    return np.asarray(1 / (1 + np.exp(-2 * np.log(9) / width * (np.log10(DENSE) - threshold))))


@pytest.mark.parametrize(
    ("scale", "score", "items", "found"),
    [
        (SIZE[:3], [0.0, 0.2, 0.9], 100, Obstacle.FEW),
        (SIZE, [0.1, 0.5, 0.1, 0.6, 0.2], 20, Obstacle.RISE),
        (SIZE, FLAT_THEN_UP, 20, Obstacle.WIDTH),
        (SIZE, [0.0004, 0.0089, 0.1723, 0.8277, 0.9911], 10**5, Obstacle.GAP),
        (DENSE, rise(1.0, 8.0), 100, Obstacle.WIDTH),
        (DENSE, rise(0.3, 10.05), 10_000, Obstacle.BEGINNING),
    ],
)
def test_the_obstacle_is_named(
    scale: np.ndarray, score: ArrayLike, items: int, found: Obstacle
) -> None:
    curve = Curve("made", scale, np.array(score), items=np.full(len(scale), float(items)))
    (report,) = audit_many([curve], thorough=False)
    assert report.verdict is Verdict.UNKNOWN
    assert report.obstacle is found


def test_an_undecided_second_metric_is_the_obstacle() -> None:
    curve = Curve(
        "made",
        DENSE,
        rise(0.3, 8.0),
        items=np.full(12, 1e4),
        other=Curve("second", DENSE, rise(1.0, 8.0), items=np.full(12, 30.0)),
    )
    (report,) = audit_many([curve], thorough=False)
    assert report.obstacle is Obstacle.METRIC


def test_a_decided_curve_has_no_obstacle() -> None:
    x = np.linspace(6, 10, 12)
    score = 1 / (1 + np.exp(-4.4 / 3 * (x - 8)))
    curve = Curve("made", 10**x, score, items=np.full(12, 1e4))
    (report,) = audit_many([curve], thorough=False)
    assert report.verdict is Verdict.SMOOTH
    assert report.obstacle is None


def test_a_ceiling_that_a_model_has_surpassed_is_refused() -> None:
    curve = Curve("made", DENSE, rise(1.0, 8.0), items=np.full(12, 100))
    with pytest.raises(ValueError, match=r"made: ceiling: found 0.3, but a model scores 0\.9"):
        audit(curve, ceiling=0.3)
    (report,) = audit_many([curve], ceiling=0.99, thorough=False)  # a little luck is none
    assert report.ceiling == 0.99
