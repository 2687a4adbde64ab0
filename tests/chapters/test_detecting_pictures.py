"""The chapter's pictures without pixels: what is drawn equals the finding."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from emergence_lib.audit import reliability
from emergence_lib.chapters.detecting import numbers as detecting
from emergence_lib.chapters.detecting import numbers as verdicts
from emergence_lib.chapters.detecting import pictures as figures
from emergence_lib.reader import svg


def _line(ax: Axes, label: str) -> Line2D:
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found


def _y(line: Line2D) -> np.ndarray:
    return np.asarray(line.get_ydata(), dtype=float)


@pytest.mark.parametrize("models", figures.MODELS)
@pytest.mark.parametrize("width", figures.WIDTHS)
def test_the_ladder_and_its_interval_are_drawn(models: int, width: str) -> None:
    fig, update = figures.what_a_ladder_tells()
    said = update(models, 1000, width)
    ax, strip = fig.axes
    ladder = detecting.told()[models, 1000, figures.WIDTHS[width]]
    dots = _line(ax, "score")
    assert set(np.asarray(dots.get_xdata())) == set(10**ladder.x)
    assert set(_y(dots)) == set(ladder.score)
    assert len(_y(dots)) == max(figures.MODELS)
    bar = np.asarray(_line(strip, "95% interval of the width").get_xdata())
    assert bar == pytest.approx(np.clip([ladder.low, ladder.high], figures.NARROW, figures.BROAD))
    assert np.asarray(_line(strip, "true width").get_xdata()) == [figures.WIDTHS[width]]
    assert said.startswith(f"{models} models, 1,000 items")
    assert ("a step included" in said) == (ladder.low == 0)


def test_the_readout_gives_the_verdict() -> None:
    _, update = figures.what_a_ladder_tells()
    assert "certainly sharp" in update(6, 100, "0.3 decades")
    assert "certainly smooth" in update(8, 100, "3 decades")
    assert "too little data" in update(24, 1000, "1 decade")


def test_line_and_logistic_fit_the_same_dots() -> None:
    (ax,) = figures.line_and_logistic().axes
    assert _y(_line(ax, "score")) == pytest.approx(detecting.near_step()[0])
    line = _line(ax, "straight line")
    slope = np.polyfit(np.linspace(6, 10, 8), detecting.near_step()[0], 1)
    assert _y(line) == pytest.approx(np.polyval(slope, np.log10(np.asarray(line.get_xdata()))))
    logistic = _line(ax, "logistic")
    at = np.interp(np.linspace(6, 10, 8), np.log10(np.asarray(logistic.get_xdata())), _y(logistic))
    assert at == pytest.approx(detecting.near_step()[0], abs=0.06)


def test_usual_scores_draw_the_medians() -> None:
    (ax,) = figures.usual_scores().axes
    drawn = _line(ax, "rise over 3 decades, median")
    expected = [
        detecting.emergence_quantiles("gradual", int(models))[1]
        for models in np.asarray(drawn.get_xdata())
    ]
    assert _y(drawn) == pytest.approx(expected)


def test_calibration_draws_every_cell_once() -> None:
    alarms, coverage = (fig.axes[0] for fig in figures.calibration_cells())
    lucky = reliability.gradual(lucky=True)
    gradual = pd.concat([reliability.gradual(), lucky[lucky["width"] == 1]])
    drawn = np.concatenate([_y(line) for line in alarms.lines if str(line.get_label())[0] != "_"])
    assert sorted(drawn) == pytest.approx(sorted(gradual["sharp"] / gradual["curves"]))
    shown = np.concatenate([_y(line) for line in coverage.lines])
    cells = [reliability.coverage_cells("width", lucky=lucky)["share"] for lucky in (False, True)]
    assert sorted(shown) == pytest.approx(sorted(pd.concat(cells)))
    for ax, marks in ((alarms, drawn), (coverage, shown)):
        low, high = ax.get_ylim()
        assert low < marks.min()
        assert marks.max() < high


def test_by_hand_draws_both_formats_and_the_loss() -> None:
    letter, loss = (fig.axes[0] for fig in figures.by_hand())
    for kind in ("letter", "cloze"):
        report = verdicts.report_of(f"OLMo2-7B, mmlu {kind}")
        assert _y(_line(letter, kind)) == pytest.approx(report.curve.score)
        fitted = _line(letter, f"{kind}, fitted")
        assert _y(fitted) == pytest.approx(report.predict(np.asarray(fitted.get_xdata())))
    assert _y(_line(loss, "test loss"))[[0, -1]] == pytest.approx([2.13809, 0.557], abs=1e-3)


def test_bars_are_as_long_as_their_share_and_say_the_number() -> None:
    (ax,) = figures.every_group().axes
    table = verdicts.summary()
    total = table.drop(columns="group").sum(axis=1).to_numpy()
    lengths = sum(np.array([bar.get_width() for bar in bars]) for bars in ax.containers)
    assert lengths == pytest.approx(np.ones(len(table)))
    smooth = next(bars for bars in ax.containers if bars.get_label() == "smooth")
    assert [bar.get_width() for bar in smooth] == pytest.approx(table["smooth"] / total)
    numbers = {text.get_text() for text in ax.texts}
    assert str(int(table["smooth"].max())) in numbers


def test_famous_curves_fill_every_panel_with_their_scores() -> None:
    axes = figures.famous_curves().axes
    assert len(axes) == 20
    report = verdicts.report_of("GPT-3, 2D+ few-shot")
    assert _y(axes[1].lines[0]) == pytest.approx(report.curve.score)
    assert axes[1].get_title(loc="left") == "2-digit +"
    assert all(ax.get_title(loc="left") for ax in axes)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: [figures.what_a_ladder_tells()[0]],
        lambda: [figures.line_and_logistic()],
        lambda: [figures.usual_scores()],
        figures.calibration_cells,
        figures.by_hand,
        lambda: [figures.every_group()],
        lambda: [figures.famous_curves()],
    ],
)
def test_colours_can_follow_the_readers_theme(draw) -> None:
    for fig in draw():
        assert isinstance(fig, Figure)
        assert svg.inline(fig, "name", "what it shows").count("<svg") == 1
