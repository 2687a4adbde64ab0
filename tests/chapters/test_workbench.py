"""The chapter's tables, numbers and pictures: against the audit, the reader and hand counts."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from emergence_lib import audit, datasets, fitting
from emergence_lib.audit import Verdict
from emergence_lib.audit.reading.columns import ALIASES
from emergence_lib.chapters.workbench import numbers as workbench
from emergence_lib.chapters.workbench import pictures
from emergence_lib.reader.output import asset
from tests.audit.curves import logistic

CHAPTER = (Path(__file__).parents[2] / "book" / "measuring" / "workbench.md").read_text("utf-8")


def test_the_examples_are_one_of_each_kind() -> None:
    assert {name: workbench.report(name).verdict for name in workbench.examples()} == {
        workbench.SUMS: Verdict.UNKNOWN,
        workbench.LETTERS: Verdict.METRIC,
        workbench.WORDS: Verdict.SMOOTH,
    }


def test_the_first_example_holds_the_printed_scores() -> None:
    # Brown et al. (2020), Table H.1: three-digit addition, few-shot, per cent [brown2020language].
    printed = [0.15, 0.45, 0.3, 0.55, 0.75, 0.9, 8.4, 80.4]
    found = workbench.curve(workbench.SUMS)
    assert (100 * found.score).round(6).tolist() == printed
    assert found.scale[-2:].tolist() == [1.285e10, 1.746e11]


def test_an_unknown_example_is_named() -> None:
    with pytest.raises(ValueError, match="name: found 'sums', want one of GPT-3: three-digit"):
        workbench.curve("sums")


def test_the_table_in_the_chapters_cell_is_the_first_example() -> None:
    cell = CHAPTER.split('table = """\\\n')[1].split('"""')[0]
    assert cell == workbench.examples()[workbench.SUMS]


def test_the_chapter_says_of_every_verdict_what_to_write() -> None:
    section = CHAPTER.split("## What a verdict lets you write")[1].split("\n## ")[0]
    for verdict in Verdict:
        (paragraph,) = [
            each for each in section.split("\n\n") if each.lower().startswith(f"**{verdict}.**")
        ]
        assert "*Write:*" in paragraph
        assert "*Not:*" in paragraph


def test_every_column_that_is_read_is_described_once() -> None:
    assert set(workbench.HOLDS) == set(ALIASES)
    rows = [row.split(" | ") for row in workbench.columns().splitlines()[2:]]
    for (names, holds), (role, known) in zip(rows, ALIASES.items(), strict=True):
        assert tuple(re.findall("`(.+?)`", names)) == known
        assert workbench.HOLDS[role] in holds


def test_the_chapter_states_the_limits_of_the_page() -> None:
    found = re.search(r"\[MOST_MODELS, MOST_ROWS, MOST_BYTES\] = \[(.+?)\]", asset("workbench.js"))
    assert found is not None
    models, rows, _ = map(float, found[1].split(","))
    assert f"of up to {rows:,.0f} rows and {models:.0f} models in a curve" in CHAPTER


def test_moving_the_limit_gives_the_verdict_of_an_audit_with_that_limit() -> None:
    verdicts = set()
    for sharp in (0.5, 2.0, 5.0):
        curves = [workbench.curve(name) for name in workbench.examples()]
        found = [each.verdict for each in audit.audit_many(curves, sharp=sharp, thorough=False)]
        assert list(workbench.judged(sharp).values()) == found
        verdicts |= set(found)
    assert verdicts == set(Verdict) - {Verdict.FLAT}
    assert workbench.judged(1.0) == {
        name: workbench.report(name).verdict for name in workbench.examples()
    }


def test_forgetting_chance_and_knowing_the_length_change_nothing_else() -> None:
    letters, sums = workbench.curve(workbench.LETTERS), workbench.curve(workbench.SUMS)
    forgot = workbench.report(workbench.LETTERS, chance=0.0).curve
    assert (forgot.chance, letters.chance) == (0, 0.25)
    np.testing.assert_array_equal(forgot.score, letters.score)
    three = workbench.report(workbench.SUMS, length=3)
    assert three.curve.length == 3
    assert three.width == workbench.report(workbench.SUMS).width
    np.testing.assert_array_equal(three.curve.score, sums.score)


def test_models_and_not_items_would_settle_the_first_example() -> None:
    report = workbench.report(workbench.SUMS)
    assert report.more_models is not None
    assert report.more_items is None


def test_the_share_of_the_metric_is_one_minus_the_ratio_of_widths() -> None:
    report = workbench.report()
    assert report.metric is not None
    assert report.metric.width is not None
    assert report.width is not None
    ratio = report.width.best / report.metric.width.best
    assert report.metric.share == pytest.approx(1 - ratio)


def test_a_leak_lifts_the_larger_models_and_the_audit_misses_the_true_width() -> None:
    clean, leaked = workbench.leaked()
    small = clean.curve.scale < 2e10
    np.testing.assert_array_equal(clean.curve.score[small], leaked.curve.score[small])
    by_hand = 0.6 + 0.4 * clean.curve.score[~small]
    np.testing.assert_allclose(leaked.curve.score[~small], by_hand, atol=0.001)
    assert clean.width is not None
    assert leaked.width is not None
    assert clean.width.low is not None
    assert clean.width.high is not None
    assert clean.width.low < 2.5 < clean.width.high
    assert leaked.width.high is not None
    assert leaked.width.high < 2.5
    assert leaked.verdict is clean.verdict is Verdict.SMOOTH


def test_the_result_files_are_read_back_as_the_scores_they_were_made_from(tmp_path: Path) -> None:
    workbench.write_results(tmp_path / "results")
    (known,) = audit.read(tmp_path / "results", tasks=["arc_easy"])
    assert (known.chance, known.chance_source) == (0.25, "as built in for arc_easy: four options")
    rows = workbench.pythia()
    chance = dict(zip(rows["task"], rows["chance"], strict=True))
    by_task = {each.name: each for each in audit.read(tmp_path / "results", chance=chance)}
    assert set(by_task) == set(rows["task"])
    table = datasets.load("pythia_checkpoints")
    last = table[(table["step"] == 143000) & (table["n_shot"] == 0) & (table["metric"] == "acc")]
    for name, found in by_task.items():
        wanted = last[last["task"] == name].sort_values("params_total")
        assert found.scale.tolist() == wanted["params_total"].tolist()
        assert found.score.tolist() == wanted["value"].tolist()
        assert found.labels == tuple("EleutherAI/" + wanted["model"])


def test_every_example_is_a_table_that_python_and_the_page_can_share() -> None:
    for text in workbench.examples().values():
        frame = pd.read_csv(io.StringIO(text))
        assert frame.notna().all(axis=None)
        assert set(frame.columns) <= {name for names in ALIASES.values() for name in names}


def artists(figure: Figure, label: str) -> list[Any]:
    (ax,) = figure.axes
    return [each for each in ax.get_children() if getattr(each, "get_label", str)() == label]


def test_the_bars_are_the_intervals_and_only_limit_and_verdicts_move() -> None:
    fig, update = pictures.limit()
    width = workbench.report(workbench.SUMS).width
    assert width is not None
    for sharp in workbench.LIMITS:
        said = update(sharp=sharp)
        assert f"below {sharp:g} decade" in said
        (bar,) = artists(fig, f"{workbench.SUMS}, score")
        assert list(bar.get_xdata()) == [width.low, width.high]
        (limit,) = artists(fig, "_limit")
        assert list(limit.get_xdata()) == [sharp, sharp]
        shown = [text.get_text() for text in fig.axes[0].texts]
        for verdict in workbench.judged(sharp).values():
            assert str(verdict) in said
            assert str(verdict) in shown


def test_the_curve_goes_through_scores_without_noise() -> None:
    curve = logistic(1.5, models=9)
    (line,) = artists(pictures.verdict(audit.audit(curve)), "_curve")
    x, y = line.get_data()
    np.testing.assert_allclose(np.interp(np.log(curve.scale), np.log(x), y), curve.score, atol=0.01)


def test_the_band_is_the_interval_of_the_threshold_and_the_title_the_verdict() -> None:
    report = audit.audit(logistic(1.0, models=9, items=300))
    figure = pictures.verdict(report)
    (band,) = artists(figure, "_threshold")
    assert report.threshold is not None
    ends = (band.get_x(), band.get_x() + band.get_width())
    assert ends == pytest.approx((report.threshold.low, report.threshold.high))
    assert str(report.verdict) in figure.axes[0].get_title(loc="left")


def test_a_small_picture_shades_the_gap_that_holds_half_and_draws_the_limit() -> None:
    report = workbench.report(workbench.SUMS)
    figure = pictures.glance(report)
    (gap,) = artists(figure, "_gap")
    scale = report.curve.scale
    assert (gap.get_x(), gap.get_x() + gap.get_width()) == pytest.approx(tuple(scale[-2:]))
    (limit,) = artists(figure, "_limit")
    low, high = np.log10(limit.get_xdata())
    assert high - low == pytest.approx(report.sharp)
    assert (low + high) / 2 == pytest.approx(report.half_way)
    assert artists(pictures.glance(audit.audit(logistic(3.0, models=12))), "_gap") == []


@pytest.mark.parametrize(("sharp", "reach"), [(1.0, 1.0), (0.2, 0.2), (99.0, None)])
def test_the_limit_stays_in_a_small_picture(sharp: float, reach: float | None) -> None:
    curve = logistic(2.0, models=6, threshold=1e12)
    figure = pictures.glance(audit.audit(curve, sharp=sharp))
    (limit,) = artists(figure, "_limit")
    edges = np.log10(figure.axes[0].get_xlim())
    ends = np.log10(limit.get_xdata())
    assert edges[0] <= ends[0] + 1e-9
    assert ends[1] <= edges[1] + 1e-9
    assert np.ptp(ends) == pytest.approx(reach or np.ptp(edges))


def test_a_small_picture_has_a_curve_only_where_one_is_allowed() -> None:
    def has_curve(report: audit.Report) -> bool:
        return bool(artists(pictures.glance(report), "_curve"))

    scale, equal = np.logspace(6, 9, 6), np.full(6, 0.25)
    assert has_curve(audit.audit(logistic(1.0)))
    assert has_curve(audit.audit(audit.Curve("flat", scale, equal, np.full(6, 1e5), chance=0.25)))
    assert not has_curve(workbench.report(workbench.LETTERS, chance=None))
    assert not has_curve(audit.audit(logistic(1.0, models=3)))
    assert not has_curve(
        audit.audit(audit.Curve("open", scale, equal, np.full(6, 9.0), chance=0.0))
    )


def test_a_flat_curve_has_no_threshold_and_no_forecast() -> None:
    scale, score = np.logspace(6, 9, 6), np.full(6, 0.25)
    flat = audit.Curve("flat", scale, score, np.full(6, 1e4), chance=0.25)
    figure = pictures.verdict(audit.audit(flat))
    assert artists(figure, "_threshold") == []
    assert not [each for each in figure.axes[0].containers if "forecast" in str(each.get_label())]


def test_error_bars_are_those_of_counts_or_of_standard_errors() -> None:
    curve = logistic(1.0, models=5, items=100)
    assert curve.items is not None
    right = curve.score * curve.items
    np.testing.assert_array_equal(pictures.error_bars(curve), fitting.wilson(right, curve.items))
    low, high = pictures.error_bars(replace(curve, items=None, stderr=np.full(5, 0.1)))
    assert low.min() >= 0
    assert high.max() <= 1
    assert high[2] - low[2] == pytest.approx(2 * 1.96 * 0.1)


def test_no_curve_is_drawn_where_an_unsaid_setting_decides() -> None:
    unsaid = workbench.report(workbench.LETTERS, chance=None)
    assert unsaid.obstacle is audit.Obstacle.UNSAID
    figure = pictures.verdict(unsaid)
    assert not artists(figure, "_curve")
    assert not artists(figure, "_threshold")
    assert artists(figure, "measured, 95% interval") or figure.axes[0].containers
