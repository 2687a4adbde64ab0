"""What the figures of chapter 9 draw, without looking at pixels."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from emergence_lib.chapters.circuits import numbers as found
from emergence_lib.chapters.circuits import pictures as circuits
from emergence_lib.experiments import induction
from emergence_lib.reader import frames, svg

DRAWINGS = [
    circuits.losses,
    circuits.formation,
    circuits.patterns,
    circuits.evidence,
    circuits.given_head,
    circuits.ladder,
    circuits.training,
]


@pytest.fixture(scope="module")
def live() -> induction.Result:
    return induction.run(induction.Config(steps=40, items=20), seed=9)


def heights(curve: Line2D) -> NDArray[np.float64]:
    return np.asarray(curve.get_ydata(), dtype=float)


def line(axes: Axes, label: str) -> Line2D:
    (match,) = [each for each in axes.lines if each.get_label() == label]
    return match


def flat(drawing: Any) -> list[Figure]:
    """Return the figures of a drawing: one, panels, or the panels of an explorable."""
    if isinstance(drawing, tuple):
        return flat(drawing[0])
    return list(drawing) if isinstance(drawing, list) else [drawing]


@pytest.mark.parametrize("draw", DRAWINGS, ids=lambda draw: draw.__name__)
def test_every_figure_can_follow_the_theme_and_stays_small(draw: Callable[[], Any]) -> None:
    for number, each in enumerate(flat(draw())):
        # Refuses colours that are not in the palette, and bitmaps.
        cleaned = svg.clean(svg.draw(each), f"test{number}")
        assert len(list(cleaned.iter())) < 1100


def test_losses_are_of_the_stored_runs_and_below_the_guess() -> None:
    axes = circuits.losses().axes[0]
    for label, variant in (("two layers", ""), ("one layer", "one-layer")):
        mean = np.mean([each.loss[0] for each in found.stored(variant)], axis=0)
        assert heights(line(axes, label)) == pytest.approx(mean)
    assert heights(line(axes, "_guess"))[0] == pytest.approx(np.log(32))
    assert sum(each.get_label() == "_seed" for each in axes.lines) == 6


def test_formation_draws_skill_and_attention() -> None:
    axes = circuits.formation().axes[0]
    stored = found.stored()
    for label, scores in (
        ("accuracy, two layers", [each.accuracy[0] for each in stored]),
        ("second head: prefix matching", [each.prefix[0] for each in stored]),
        ("first head: one back", [found.looks_back(each) for each in stored]),
    ):
        assert heights(line(axes, label)) == pytest.approx(np.mean(scores, axis=0))
    assert not any("this page" in str(each.get_label()) for each in axes.lines)


def test_formation_marks_the_live_run_apart(live: induction.Result) -> None:
    axes = circuits.formation(live=live).axes[0]
    circles = line(axes, "accuracy, trained on this page")
    assert np.asarray(circles.get_xdata()).tolist() == live.step.tolist()
    assert heights(circles) == pytest.approx(live.accuracy[0])
    assert (circles.get_linestyle(), circles.get_markevery()) == ("None", 2)
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["accuracy, trained on this page"]


def test_patterns_are_squares_whose_area_is_attention() -> None:
    run = found.stored()[0]
    figures = circuits.patterns()
    titles = [each.axes[0].get_title("left") for each in figures]
    assert titles == [
        "first head, step 300",
        "first head, step 800",
        "second head, step 300",
        "second head, step 800",
    ]
    for figure, layer, now in zip(figures, (0, 0, 1, 1), (15, 40, 15, 40), strict=True):
        axes = figure.axes[0]
        (squares,) = axes.collections
        assert isinstance(squares, PathCollection)
        offsets = np.asarray(squares.get_offsets()).astype(int)
        weight = run.patterns[now, layer, offsets[:, 1], offsets[:, 0]].astype(float)
        assert squares.get_sizes() == pytest.approx(85 * weight)
        # What is left out is faint.
        assert len(offsets) == (run.patterns[now, layer] > 0.02).sum()
        letters = "".join(text.get_text() for text in axes.get_xticklabels())
        assert letters[:8] == letters[8:]
        assert len(set(letters)) == 8


def test_the_dashed_line_marks_one_back_and_one_after_the_match() -> None:
    first, _, second, _ = circuits.patterns()
    for figure, distance in ((first, 1), (second, 7)):
        wanted = line(figure.axes[0], "_where it should")
        x = np.asarray(wanted.get_xdata(), dtype=float)
        assert heights(wanted) - x == pytest.approx(distance)
        assert x.min() >= 0
        assert heights(wanted).max() == 15
    symbols = found.stored()[0].example
    assert symbols[15 - 7 - 1] == symbols[15]


def test_evidence_has_a_bar_for_every_intervention() -> None:
    axes = circuits.evidence().axes[0]
    table = found.evidence()
    bars = [each for each in axes.containers if isinstance(each, BarContainer)]
    assert [each.get_label() for each in bars] == list(circuits.LINE_COLOURS)
    drawn = [bar.get_width() for container in bars for bar in container]
    assert drawn == pytest.approx(table["mean"].tolist())
    assert [text.get_text() for text in axes.get_yticklabels()] == table["intervention"].tolist()
    words = [text.get_text() for text in axes.texts]
    assert words.count("15%") >= 3
    one = np.asarray(line(axes, "_one layer").get_xdata(), dtype=float)
    assert one[0] == pytest.approx(found.score("accuracy", "one-layer"))


def test_given_head_rises_first() -> None:
    axes = circuits.given_head().axes[0]
    given, learned = (line(axes, each) for each in ("first head given", "both heads learned"))
    reached = [float(np.argmax(heights(each) > 0.5)) for each in (given, learned)]
    assert reached[0] < reached[1]


def test_ladder_draws_both_budgets_of_accuracy_and_loss() -> None:
    for figure, name in zip(circuits.ladder(), ("accuracy", "loss"), strict=True):
        axes = figure.axes[0]
        assert axes.get_xscale() == "log"
        for budget in found.BUDGETS:
            mean = found.ladder(budget).groupby("parameters")[name].mean()
            curve = line(axes, f"{budget:,} steps")
            assert heights(curve) == pytest.approx(mean.to_numpy())
            assert np.asarray(curve.get_xdata()).tolist() == mean.index.tolist()


@pytest.mark.parametrize("step", [0, 460, 800])
def test_training_draws_the_step_and_reads_it_out(step: int) -> None:
    run = found.stored()[0]
    figure, update = circuits.training()
    said = update(step=step)
    now = step // 20
    skill, *heads = figure.axes
    dot = line(skill, "_now")
    assert np.asarray(dot.get_xdata()).tolist() == [step]
    assert heights(dot) == pytest.approx([run.accuracy[0, now]])
    for axes, layer, query in zip(heads, (1, 0), (12, 5), strict=True):
        (bars,) = axes.containers
        assert isinstance(bars, BarContainer)
        drawn = [bar.get_height() for bar in bars]
        assert drawn == pytest.approx(run.patterns[now, layer, query, :13], abs=1e-3)
        assert sum(drawn) == pytest.approx(1, abs=0.02)
        assert not any(drawn[query + 1 :])
    assert said.startswith(f"Step {step}: {run.accuracy[0, now]:.0%} right.")
    assert f"{run.patterns[now, 1, 12, 5]:.0%}" in said
    assert f"{run.patterns[now, 0, 5, 4]:.0%}" in said


def test_training_offers_the_jump_step_by_step_and_the_rest_coarsely() -> None:
    offered, stored = circuits.moments(), found.stored()[0].step
    assert set(offered) <= set(stored.tolist())
    assert len(offered) <= 21
    jump = found.jump()
    fine = [step for step in stored if jump["start"].min() <= step <= jump["end"].max()]
    assert set(fine) <= set(offered)


def test_training_keeps_its_elements() -> None:
    figure, update = circuits.training()
    pictures = []
    for step in (0, 800):
        update(step=step)
        pictures.append(frames.nodes([svg.clean(svg.draw(figure), "t")]))
    assert frames.mismatch(*pictures) == ""
