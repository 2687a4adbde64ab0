"""Several readings of one curve: what is joined over them, and what they must not depend on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emergence_lib.audit import Curve, Verdict, audit
from emergence_lib.audit.levels import levels
from tests.audit.curves import EXTREME, logistic


def test_the_next_score_of_a_curve_read_both_ways_is_one_of_the_scores_as_given() -> None:
    fall = logistic(3, items=10_000, seed=1, falls=True)
    one, both = (
        audit(replace(fall, chance=None, higher_is_better=known)).next_score
        for known in (True, None)
    )
    assert one is not None
    assert both is not None
    assert both.best == pytest.approx(one.best)
    assert both.low is not None
    assert both.high is not None
    assert both.high - both.low < 0.05


def test_a_second_metric_counts_by_another_scale_too() -> None:
    curve = logistic(0.4, items=10_000, seed=1)
    same = replace(curve, other=replace(curve, name="same"))
    report = audit(replace(same, along=replace(curve, unit="tokens")))
    assert report.verdict is Verdict.BOTH
    assert report.along is not None
    assert report.along.verdict is Verdict.BOTH


def test_a_best_possible_score_says_that_more_is_better() -> None:
    fall = replace(logistic(3, items=10_000, seed=1, falls=True), chance=None)
    assert any(each.turned for each in audit(fall).readings)
    assert not any(each.turned for each in audit(fall, ceiling=1.0).readings)


@pytest.mark.parametrize("name", ["all wrong", "all right", "half right"])
def test_of_readings_that_fit_alike_the_lowest_floor_is_reported(name: str) -> None:
    score, items = EXTREME[name]
    x = 10.0 ** np.arange(len(score))
    curve = Curve(name, x, score, np.full(len(score), items), higher_is_better=True)  # type: ignore[arg-type]
    assert audit(curve).floor == 0


def test_no_level_is_tried_twice() -> None:
    curve = logistic(2, items=200, chance=0.25, seed=3)
    for shift in np.linspace(0, 0.24, 25):
        lower = replace(curve, score=np.maximum(curve.score - shift, 0), chance=None)
        said, free = levels(lower)
        assert len({*said, *free}) == len(said) + len(free)
