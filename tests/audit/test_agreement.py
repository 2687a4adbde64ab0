"""The comparison of two audits: blind to last digits, and to nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

import last_digits
import numpy as np
import pytest

from emergence_lib.audit import Curve, audit, audit_many
from emergence_lib.audit.assess import assess
from emergence_lib.audit.readings import gather
from tests.audit.agreement import AGREED, report_disagreements, slack
from tests.audit.curves import extreme_curves, logistic, mixed_curves, unsaid_curves
from tests.audit.plain import plain_report

CURVES = [*extreme_curves(), *mixed_curves(4, 2), *unsaid_curves(4, 6)]
GUESSED = Curve("guessed", np.logspace(0, 4, 5), np.full(5, 0.25), np.full(5, 1e6), chance=0.25)
NUMBERS = [
    *(
        (interval, part)
        for interval in ("threshold", "width", "nextScore")
        for part in ("best", "low", "high")
    ),
    ("leap",),
]
RISES = [logistic(1.5, items=300), logistic(1.5, items=300, chance=0.25, falls=True)]


def nudged(curves: Sequence[Curve], seed: int) -> Iterator[Curve]:
    """Move scales by a last digit; the scores stay, as equal ones are equal everywhere."""
    rng = np.random.default_rng(seed)
    for curve in curves:
        scale = np.nextafter(curve.scale, rng.choice([0, np.inf], curve.scale.size))
        other = curve.other and replace(curve.other, scale=scale)
        yield replace(curve, scale=scale, other=other)


@pytest.mark.slow
def test_the_last_digits_of_scales_and_of_functions_change_no_audit() -> None:
    reports = list(audit_many(CURVES))
    with last_digits.shaken():
        others = list(audit_many(nudged(CURVES, seed=0)))
    for one, other in zip(reports, others, strict=True):
        assert report_disagreements(one, plain_report(other)) == [], one.curve.name


def test_the_leap_of_a_curve_that_does_not_rise_is_rounding() -> None:
    batch = gather([GUESSED])
    leap = assess(batch).leap[0]
    off = []
    for seed in range(12):
        with last_digits.shaken(seed):
            off.append(abs(assess(batch).leap[0] - leap))
    assert AGREED < max(off) < slack(batch, ahead=5.0)["leap"]


def altered(data: dict[str, Any], path: Sequence[str], step: float) -> dict[str, Any]:
    """Return a report with one number moved, a threshold by decades."""
    data = deepcopy(data)
    *outer, last = path
    inner = data[outer[0]] if outer else data
    inner[last] = inner[last] * 10**step if path[0] == "threshold" else inner[last] + step
    return data


@pytest.mark.parametrize("curve", RISES, ids=lambda curve: f"chance {curve.chance}")
def test_a_number_moved_by_a_hundredth_of_its_interval_is_refused(curve: Curve) -> None:
    report = audit(curve)
    data = plain_report(report)
    for path in NUMBERS:
        step = 0.01
        if len(path) > 1:
            low, high = data[path[0]]["low"], data[path[0]]["high"]
            step *= np.log10(high / low) if path[0] == "threshold" else high - low
        (found,) = report_disagreements(report, altered(data, path, step))
        assert found.startswith(" ".join(path) + ":")


@pytest.mark.parametrize("falls", [False, True])
def test_another_curve_is_refused_if_its_midpoint_lies_a_hundredth_of_the_interval_off(
    falls: bool,
) -> None:
    report = audit(logistic(1.5, items=300, falls=falls))
    assert report.threshold is not None
    assert report.threshold.low is not None
    assert report.threshold.high is not None
    off = report.threshold.best * (report.threshold.high / report.threshold.low) ** 0.01
    other = audit(logistic(1.5, items=300, threshold=off, falls=falls))
    found = report_disagreements(report, plain_report(other))
    assert any(each.startswith("threshold best") for each in found)


def test_slack_is_what_the_curvature_of_the_likelihood_says() -> None:
    # Twice the decades between the models make every width, and all that may move it, twice.
    one, two = (slack(gather([logistic(w, decades=d)]), ahead=9.0) for w, d in ((1.5, 4), (3.0, 8)))
    for name in ("width best", "threshold best"):
        assert two[name] == pytest.approx(2 * one[name], rel=1e-3)
    # A hundred times the items: a tenth of every interval, and of what may move in it.
    sure = slack(gather([logistic(1.5, items=1e6)]), ahead=9.0)
    assert sure["width best"] == pytest.approx(one["width best"] / 10, rel=0.02)


def test_a_share_of_no_rise_says_nothing_and_one_of_a_full_rise_all() -> None:
    assert slack(gather([GUESSED]), ahead=5.0)["leap"] > 0.1
    assert slack(gather([logistic(1.5)]), ahead=9.0)["leap"] < 1.1 * AGREED
