"""What the figures of chapter 10 draw, without looking at pixels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from emergence_lib.chapters.learning_dynamics import numbers as found
from emergence_lib.chapters.learning_dynamics import pictures as figures
from emergence_lib.experiments import grokking, store
from emergence_lib.reader import svg

DRAWINGS = [
    figures.training,
    figures.decay,
    figures.other_loss,
    figures.controls,
    figures.in_use,
    figures.data_threshold,
]


def heights(curve: Line2D) -> NDArray[np.float64]:
    return np.asarray(curve.get_ydata(), dtype=float)


def line(axes: Axes, label: str) -> Line2D:
    (match,) = [each for each in axes.lines if each.get_label() == label]
    return match


def seeds(axes: Axes) -> list[Line2D]:
    return [each for each in axes.lines if each.get_label() == "_seed"]


@pytest.mark.parametrize("draw", DRAWINGS, ids=lambda draw: draw.__name__)
def test_every_figure_can_follow_the_theme(draw: Callable[[], Any]) -> None:
    drawing = draw()
    for each in drawing if isinstance(drawing, list | tuple) else [drawing]:
        if isinstance(each, Figure):
            # Refuses colours that are not in the palette.
            svg.clean(svg.draw(each), "test")


@pytest.mark.parametrize(
    ("draw", "variants", "control"),
    [
        (figures.decay, ("", "no-decay"), True),
        (figures.other_loss, ("squared-error", "squared-error-no-decay"), False),
    ],
)
def test_courses_draw_means_and_seeds(
    draw: Callable[[], list[Figure]], variants: tuple[str, str], control: bool
) -> None:
    for figure, variant in zip(draw(), variants, strict=True):
        axes = figure.axes[0]
        assert axes.get_xscale() == "log"
        for measure, (_, _, name) in figures.LINES.items():
            mean = found.course(measure, variant).mean(axis=0)[1:]
            assert heights(line(axes, name)) == pytest.approx(mean)
        assert len(seeds(axes)) == 3 * (3 + control)
        if control:
            dotted = line(axes, "random labels, filtered")
            assert dotted.get_linestyle() == ":"
            assert heights(dotted).max() < 0.03


def test_live_run_is_drawn_apart() -> None:
    live = grokking.Result.load(store.path("grokking", 1))
    with_live, without = figures.decay(live=live)
    circles = line(with_live.axes[0], "new pairs, trained on this page")
    assert np.asarray(circles.get_xdata()).tolist() == list(live.config.checkpoints[1:])
    assert heights(circles) == pytest.approx(live.test[0, 1:])
    assert not any("this page" in str(each.get_label()) for each in without.axes[0].lines)


def test_control_bars_are_means_and_every_seed_is_ticked() -> None:
    axes = figures.controls().axes[0]
    table = found.controls().groupby("condition", sort=False).mean()
    bars = {str(each.get_label()): each for each in axes.containers}
    for column, label in (
        ("untrained", "before training"),
        ("memorised", "training pairs just memorised"),
        ("final", "at the end"),
    ):
        widths = [bar.get_width() for bar in bars[label]]
        assert widths == pytest.approx(table[column].tolist())
    assert len(seeds(axes)) == 3 * len(found.CONDITIONS)
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names == list(found.CONDITIONS)
    assert np.ravel(line(axes, "_chance").get_xdata())[0] == pytest.approx(1 / 59)


def test_use_shows_ablation_and_loss() -> None:
    ablation, loss = figures.in_use()
    for figure, measure in ((ablation, "excluded"), (loss, "test_loss")):
        for variant, name in (("", "decay on"), ("no-decay", "decay off")):
            mean = found.course(measure, variant).mean(axis=0)[1:]
            assert heights(line(figure.axes[0], name)) == pytest.approx(mean)
    assert heights(line(loss.axes[0], "_guess"))[0] == pytest.approx(np.log(59))
    assert loss.axes[0].get_ylim()[1] > found.highest("test_loss", "no-decay")


def test_threshold_has_a_curve_for_each_budget() -> None:
    axes = figures.data_threshold().axes[0]
    runs = found.stored("data")
    for steps in (300, 600, 1200, 2400):
        place = runs[0].config.checkpoints.index(steps)
        mean = np.mean([each.test[:, place] for each in runs], axis=0)
        assert heights(line(axes, f"{steps:,} steps")) == pytest.approx(mean)
    assert heights(line(axes, "filtered, 2,400 steps")).min() > 0.8
    styles = {line(axes, f"{steps:,} steps").get_linestyle() for steps in (300, 600, 1200, 2400)}
    assert len(styles) == 4


@pytest.mark.parametrize("look", figures.LOOKS)
def test_training_draws_the_past_and_hides_the_future(look: str) -> None:
    figure, update = figures.training()
    run, axes = found.stored()[0], figure.axes[0]
    step = figures.window()[11]
    said = update(step=step, look=look)
    now = run.config.checkpoints.index(step)
    test = line(axes, "new pairs")
    assert np.max(np.asarray(test.get_xdata(), dtype=float)) == step
    assert heights(test)[: now - 1] == pytest.approx(run.test[0, 1:now])
    assert heights(line(axes, "_test")).tolist() == pytest.approx([run.test[0, now]])
    assert f"{run.train[0, now]:.1%} of the training pairs" in said
    # Hidden below the axis, and out of the table of numbers.
    hidden = look != "filtered"
    filtered = heights(line(axes, "_filtered hidden" if hidden else "new pairs, filtered"))
    if not hidden:
        assert filtered[-1] == pytest.approx(run.filtered[0, now])
        assert f"filtered, {run.filtered[0, now]:.1%}" in said
    else:
        assert filtered.max() < axes.get_ylim()[0]
        assert "filtered" not in said


def test_training_has_few_frames() -> None:
    assert len(figures.window()) * len(figures.LOOKS) <= 41
    assert figures.window()[-1] == found.stored()[0].config.steps
    assert 138 in figures.window()  # where the chapter starts
