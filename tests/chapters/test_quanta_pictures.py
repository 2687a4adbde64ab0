"""What the figures of chapter 11 draw, without looking at pixels."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from emergence_lib.chapters.quanta import numbers as found
from emergence_lib.chapters.quanta import pictures as quanta
from emergence_lib.experiments import quanta as experiment
from emergence_lib.reader import svg

DRAWINGS = [
    quanta.training,
    quanta.lighting_up,
    quanta.learning_times,
    quanta.exponents,
    quanta.width_axis,
    quanta.sharpness,
]


@pytest.fixture(scope="module")
def live() -> experiment.Result:
    config = replace(experiment.BOOK, widths=(8,), steps=200, exams=9, items=20)
    return experiment.run(config, seed=9)


def heights(curve: Line2D) -> NDArray[np.float64]:
    return np.asarray(curve.get_ydata(), dtype=float)


def line(axes: Axes, label: str) -> Line2D:
    (match,) = [each for each in axes.lines if each.get_label() == label]
    return match


def marks(axes: Axes, label: str) -> NDArray[np.float64]:
    (match,) = [each for each in axes.collections if each.get_label() == label]
    return np.asarray(match.get_offsets(), dtype=float)


@pytest.mark.parametrize("draw", DRAWINGS, ids=lambda draw: draw.__name__)
def test_every_figure_can_follow_the_theme(draw: Callable[[], Any]) -> None:
    drawing = draw()
    for each in drawing if isinstance(drawing, list | tuple) else [drawing]:
        if isinstance(each, Figure):
            # Refuses colours that are not in the palette.
            svg.clean(svg.draw(each), "test")


@pytest.mark.parametrize("step", [quanta.MOMENTS[0], quanta.MOMENTS[17], quanta.MOMENTS[-1]])
def test_training_shows_the_stored_exam_and_reads_it_out(step: int) -> None:
    figure, update = quanta.training()
    said = update(step=step)
    skills, loss = figure.axes
    run = found.stored()[0]
    at = run.moments.tolist().index(step)
    assert heights(line(skills, "one skill")) == pytest.approx(run.accuracy[0, at])
    here = line(loss, "_now")
    assert np.asarray(here.get_xdata(), dtype=float) == pytest.approx([step])
    assert heights(here) == pytest.approx([run.mean_loss[0, at]])
    solved = (run.accuracy[0, at] >= 0.95).sum()
    assert f"{step:,} steps: {solved} of 60 skills" in said
    low, high = skills.get_ylim()
    assert low < run.accuracy.min()
    assert high > 1


def test_training_offers_few_enough_frames() -> None:
    assert len(quanta.MOMENTS) <= 41
    assert sorted(set(quanta.MOMENTS)) == quanta.MOMENTS


def test_the_parts_and_the_whole_of_the_loss_are_drawn() -> None:
    first, second = (figure.axes[0] for figure in quanta.lighting_up())
    runs = found.stored()
    assert heights(line(first, "skill 7")) == pytest.approx(runs[0].accuracy[0, :, 6])
    part = heights(line(second, "skill 2, its share"))
    assert part == pytest.approx(runs[0].loss[0, :, 1] * runs[0].config.frequencies[1])
    whole = heights(line(second, "all sixty skills"))
    assert whole == pytest.approx(np.mean([run.mean_loss[0] for run in runs], axis=0))
    assert (second.get_xscale(), second.get_yscale()) == ("log", "log")
    assert sum(each.get_label() == "_seed" for each in second.lines) == 3


def test_a_live_run_takes_the_place_of_the_first(live: experiment.Result) -> None:
    first, second = (figure.axes[0] for figure in quanta.lighting_up(live=live))
    assert heights(line(first, "skill 1")) == pytest.approx(live.accuracy[0, :, 0])
    drawn = line(second, "all sixty skills, trained on this page")
    assert np.asarray(drawn.get_xdata()) == pytest.approx(live.moments)
    assert heights(drawn) == pytest.approx(live.mean_loss[0])
    assert drawn.get_markevery() == 4


def test_learning_times_are_those_of_the_findings() -> None:
    axes = quanta.learning_times().axes[0]
    for run in found.stored():
        table = found.learning([run])
        used = table[table["complete"]]
        drawn = marks(axes, f"seed {run.seed}")
        assert drawn == pytest.approx(used[["frequency", "step"]].to_numpy())
        fit = line(axes, f"_fit {run.seed}")
        x = np.log(np.asarray(fit.get_xdata(), dtype=float))
        slope = np.diff(np.log(heights(fit)))[0] / np.diff(x)[0]
        assert slope == pytest.approx(-found.learning_law(run)["kappa"])
    kappa = np.mean([found.learning_law(run)["kappa"] for run in found.stored()])
    assert any(text.get_text() == f"slope -{kappa:.2f}" for text in axes.texts)


def test_exponents_are_predicted_and_measured() -> None:
    axes = quanta.exponents().axes[0]
    table = found.exponents()
    mean = table.groupby("alpha").mean()
    for name, label in (
        ("endless", "predicted, endless list"),
        ("finite", "predicted, sixty skills"),
        ("measured", "measured, mean"),
    ):
        assert heights(line(axes, label)) == pytest.approx(mean[name].to_numpy())
    assert len(marks(axes, "measured")) == 9


def test_width_axis_draws_the_whole_and_every_part_that_rises() -> None:
    first, second = (figure.axes[0] for figure in quanta.width_axis())
    runs = found.stored("widths")
    whole = heights(line(first, "all 32 skills"))
    assert whole == pytest.approx(np.mean([run.mean_loss[:, -1] for run in runs], axis=0))
    names = {str(each.get_label()) for each in second.lines if "skill" in str(each.get_label())}
    chosen = found.skill_widths([runs[0]])["skill"]
    assert names == {f"skill {skill}" for skill in chosen}
    some = int(chosen.iloc[3])
    assert heights(line(second, f"skill {some}")) == pytest.approx(
        runs[0].accuracy[:, -1, some - 1]
    )


def test_sharpness_draws_a_pair_for_every_run() -> None:
    axes = quanta.sharpness().axes[0]
    table = found.comparison()
    scores = marks(axes, "continuous score")
    heads = marks(axes, "headline score or single part")
    assert scores[:, 0] == pytest.approx(table["continuous"].to_numpy())
    assert heads[:, 0] == pytest.approx(table["headline"].to_numpy())
    # The pairs stand side by side, and no two at the same height.
    assert scores[:, 1] == pytest.approx(heads[:, 1])
    assert len(set(scores[:, 1].round(6))) == len(table)
    left, right = axes.get_xlim()
    assert left < table["headline"].min()
    assert table["continuous"].max() < right
    words = " ".join(text.get_text() for text in axes.texts)
    assert all(system in words for system in table["system"])
