"""The figure of an audit shows what the report says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emergence_lib import fitting
from emergence_lib.audit import Curve, audit
from emergence_lib.chapters.workbench.pictures import error_bars, verdict
from tests.audit.curves import logistic


def labelled(figure: object, label: str) -> list[object]:
    (ax,) = figure.axes  # type: ignore[attr-defined]
    return [each for each in ax.get_children() if getattr(each, "get_label", str)() == label]


def test_the_curve_goes_through_scores_without_noise() -> None:
    curve = logistic(1.5, models=9)
    (line,) = labelled(verdict(audit(curve)), "_curve")
    x, y = line.get_data()  # type: ignore[attr-defined]
    np.testing.assert_allclose(np.interp(np.log(curve.scale), np.log(x), y), curve.score, atol=0.01)


def test_the_band_is_the_interval_of_the_threshold() -> None:
    report = audit(logistic(1.0, models=9, items=300))
    (band,) = labelled(verdict(report), "_threshold")
    left, right = band.get_x(), band.get_x() + band.get_width()  # type: ignore[attr-defined]
    assert report.threshold is not None
    assert (left, right) == pytest.approx((report.threshold.low, report.threshold.high))


def test_a_flat_curve_has_no_threshold_and_no_forecast() -> None:
    scale = np.logspace(6, 9, 6)
    figure = verdict(audit(Curve("flat", scale, np.full(6, 0.25), np.full(6, 1e4), chance=0.25)))
    assert labelled(figure, "_threshold") == []
    assert not [each for each in figure.axes[0].containers if "forecast" in str(each.get_label())]


def test_error_bars_are_those_of_counts_or_of_standard_errors() -> None:
    curve = logistic(1.0, models=5, items=100)
    assert curve.items is not None
    np.testing.assert_array_equal(
        error_bars(curve), fitting.wilson(curve.score * curve.items, curve.items)
    )
    measured = replace(curve, items=None, stderr=np.full(5, 0.1))
    low, high = error_bars(measured)
    assert low.min() >= 0
    assert high.max() <= 1
    assert high[2] - low[2] == pytest.approx(2 * 1.96 * 0.1)


def test_the_title_is_the_verdict() -> None:
    report = audit(logistic(0.4))
    assert str(report.verdict) in verdict(report).axes[0].get_title(loc="left")
