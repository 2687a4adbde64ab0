"""What nobody said is tried in every plausible way; told the truth, the audit never says less."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats

from emergence_lib.audit import Curve, Obstacle, Verdict, audit, audit_many, levels, words
from emergence_lib.audit.assess import expected_deviance
from emergence_lib.audit.phrases import on_command_line
from emergence_lib.audit.report import Report
from tests.audit.curves import logistic

SIZES = np.logspace(7, 10, 8)


def counted(score: list[float], items: float = 1000, **options: object) -> Curve:
    return Curve("made", SIZES, np.array(score), np.full(8, items), **options)  # type: ignore[arg-type]


PLATEAU = counted([0.24, 0.26, 0.25, 0.26, 0.45, 0.80, 0.86, 0.87])
"""Smooth from 0, sharp from a guess among four."""
BELOW = counted([0.12, 0.13, 0.12, 0.14, 0.20, 0.26, 0.28, 0.29], items=500, chance=0.25)


def test_a_verdict_that_hangs_on_an_unsaid_chance_level_is_none() -> None:
    report = audit(PLATEAU)
    assert (report.verdict, report.obstacle) == (Verdict.UNKNOWN, Obstacle.UNSAID)
    found = {each.floor: each.verdict for each in report.readings}
    assert list(found) == [0, 1 / 5, 1 / 4]
    assert (found[0], found[1 / 4]) == (Verdict.SMOOTH, Verdict.SHARP)
    text = words.to_text(report)
    assert "At a chance level of 0: smooth, " in text
    assert "half of the rise" not in text, "that would be said of one reading"


@settings(max_examples=30, deadline=None)
@given(
    some.sampled_from([0.3, 1.0, 3.0]), some.sampled_from([0.0, 0.25, 0.5]), some.integers(0, 99)
)
def test_what_is_said_without_a_chance_level_holds_with_the_true_one(
    width: float, chance: float, seed: int
) -> None:
    told = logistic(width, models=10, items=400, chance=chance, seed=seed)
    unsaid, said = audit_many([replace(told, chance=None), told], thorough=False)
    if unsaid.verdict is not Verdict.UNKNOWN:
        assert unsaid.verdict is said.verdict


def test_below_chance_the_floor_is_free_and_no_scatter_is_invented() -> None:
    low = audit(counted([0.20] * 8, chance=0.25))
    assert low.verdict is Verdict.FLAT
    assert low.dispersion == 1
    assert low.below == SIZES[-1]
    rises = audit(BELOW)
    assert rises.rises, "told the true chance level, the rise is seen"
    assert rises.below == SIZES[4], "a fifth of 500 items"
    assert "lie below chance (0.25)" in words.to_text(rises)


def test_a_change_of_the_one_answer_given_is_no_sharp_rise() -> None:
    # Every item answered alike, with the right word for 62% of them, then with the other.
    score = [0.62] * 4 + [0.38] * 4
    report = audit(counted(score, chance=0.5, higher_is_better=True))
    assert report.obstacle is Obstacle.BELOW
    assert "answer always the same" in words.sentence(report)


def test_below_has_the_level_that_it_claims() -> None:
    rng = np.random.default_rng(1)
    at_chance = [counted(list(rng.binomial(200, 0.25, 8) / 200), 200) for _ in range(1000)]
    share = np.mean([levels.is_below(each, 0.25) for each in at_chance])
    # Two tests at 2.5% each, of counts: at most 5%, and luck of the draw.
    assert share <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 1000)
    assert levels.is_below(BELOW, 0.25)


def test_equal_scores_do_not_scatter() -> None:
    report = audit(Curve("three", SIZES[:3], np.full(3, 0.25), np.full(3, 1200.0), chance=0.0))
    assert (report.verdict, report.obstacle) == (Verdict.UNKNOWN, Obstacle.FEW)
    assert report.misfit > 0.05
    assert "scatter" not in words.to_text(report)


@pytest.mark.parametrize("models", [2, 3])
def test_too_few_models_get_no_verdict_not_even_flat(models: int) -> None:
    few = Curve("few", SIZES[:models], np.full(models, 0.25), np.full(models, 9e4), chance=0.25)
    assert audit(few).obstacle is Obstacle.FEW


def test_a_fall_of_unsaid_direction_is_read_both_ways() -> None:
    fall = replace(PLATEAU, score=1 - PLATEAU.score, chance=0.0)
    report = audit(fall)
    assert report.obstacle is Obstacle.UNSAID
    assert {each.turned for each in report.readings} == {True, False}
    assert "whether more is better" in words.sentence(report)
    assert {each.turned for each in audit(replace(fall, higher_is_better=True)).readings} == {False}


def test_one_hint_tells_how_to_say_what_nobody_said() -> None:
    fall = replace(PLATEAU, score=1 - PLATEAU.score, chance=0.0)
    start = replace(audit(PLATEAU), below=SIZES[0])
    for report, python, typed in (
        (audit(PLATEAU), "chance=0.25.", "--chance 0.25."),
        (
            audit(fall),
            "lower_is_better=True, or lower_is_better=False if more is better.",
            "--lower-is-better all, or --lower-is-better none if more is better.",
        ),
        (start, None, None),
    ):
        assert report.obstacle is Obstacle.UNSAID
        for said, hint in ((words.reasons(report), python), (on_line(report), typed)):
            hints = [each for each in said if each.startswith("Say it")]
            assert [each.rpartition(": ")[2] for each in hints] == [hint] * (hint is not None)


def test_a_second_metric_is_asked_for_in_the_words_of_the_reader() -> None:
    report = audit(logistic(0.4))
    assert report.verdict is Verdict.SHARP
    for said, option in ((words.reasons(report), ""), (on_line(report), "--")):
        (hint,) = (each for each in said if each.startswith("Only one metric is known."))
        for name in ("length", "other"):
            assert f"with {option}{name}{'' if option else '='}" in hint


def on_line(report: Report) -> list[str]:
    with on_command_line():
        return words.reasons(report)


def test_a_metric_that_was_turned_round_starts_from_any_level() -> None:
    report = audit(replace(PLATEAU, turned=True))
    assert report.verdict is Verdict.SHARP
    assert min(each.floor for each in report.readings) > 0.2, "only levels that fit count"


def test_the_other_scale_has_a_verdict_too_and_a_difference_is_said() -> None:
    scale = np.logspace(7, 9, 8)
    score = logistic(0.8, models=8, decades=2, items=2000).score
    by_flops = Curve("made", 120 * scale**2, score, np.full(8, 2000.0), unit="FLOP")
    both = Curve("made", scale, score, np.full(8, 2000.0), chance=0.0, along=by_flops)
    report = audit(both)
    assert report.along is not None
    assert (report.verdict, report.along.verdict) == (Verdict.SHARP, Verdict.SMOOTH)
    assert "By FLOP it would be: smooth" in words.to_text(report)


@pytest.mark.parametrize("mean", [0.01, 0.1, 1.0, 3.0, 19.0, 40.0])
def test_a_rare_answer_has_the_expected_deviance_of_its_count(mean: float) -> None:
    items = 10_000
    right = np.arange(400)
    p, y = mean / items, right / items
    with np.errstate(divide="ignore", invalid="ignore"):
        lost = 2 * items * (np.nan_to_num(y * np.log(y / p)) + (1 - y) * np.log((1 - y) / (1 - p)))
    exact = float(stats.binom.pmf(right, items, p) @ lost)
    assert expected_deviance(np.array([mean]))[0] == pytest.approx(exact, abs=0.01)


def test_the_scatter_of_true_curves_is_called_excess_as_rarely_as_claimed() -> None:
    rng = np.random.default_rng(2)
    strained = []
    for threshold in (8.0, 9.0, 10.0):  # from many models within the rise to hardly any
        p = logistic(1.0, models=12, threshold=10**threshold).score
        made = [
            Curve(
                "made",
                np.logspace(6, 10, 12),
                rng.binomial(100, p) / 100,
                np.full(12, 100.0),
                chance=0.0,
            )
            for _ in range(200)
        ]
        strained += [each.dispersion > 1 for each in audit_many(made, thorough=False)]
    assert np.mean(strained) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / len(strained))


def test_rival_curves_are_compared_under_the_scatter_of_the_intervals() -> None:
    score = [0.02, 0.10, 0.06, 0.16, 0.30, 0.28, 0.55, 0.62]
    report = audit(counted(score, items=14_000, chance=0.0))
    assert report.dispersion > 1
    first, second = report.candidates[:2]
    assert second.behind is not None
    apart = (second.deviance - first.deviance) / report.dispersion
    assert second.behind == pytest.approx(apart, abs=3), "not the raw difference of deviances"
    assert "QAICc" in words.to_text(report)


def test_a_verdict_near_its_limit_is_called_borderline() -> None:
    score = [0.0004, 0.0089, 0.1723, 0.8277, 0.9911]
    gap = audit(Curve("gap", np.logspace(8, 12, 5), np.array(score), np.full(5, 1e5), chance=0.0))
    assert gap.obstacle is Obstacle.GAP
    rule = words.reasons(gap)[0]
    assert rule.startswith(
        f"The rule: {gap.leap:.0%} of the rise lies in one gap, the limit is 50%"
    )
    near = replace(gap, leap=0.501)
    assert words.reasons(near)[0].endswith(": borderline.")
    assert not words.reasons(replace(gap, leap=0.8))[0].endswith(": borderline.")
