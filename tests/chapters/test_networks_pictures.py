"""Chapter 2's figures show the computed numbers, and their explorable keeps its shape."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.typing import NDArray

from emergence_lib.chapters.index import pictures as landing
from emergence_lib.chapters.networks import numbers as found
from emergence_lib.chapters.networks import pictures as networks

Array = NDArray[np.float64]
ITEMS = (20, 50, 100, 300, 1000, 3000, 10_000)
SPACINGS = (2, 3, 5, 10, 30, 100)


def drawn(figure: Figure, label: str) -> tuple[Array, Array]:
    """Return the x and y of the labelled line of a figure's first axes."""
    (wanted,) = [each for each in figure.axes[0].lines if each.get_label() == label]
    return np.asarray(wanted.get_xdata(), dtype=float), np.asarray(wanted.get_ydata(), dtype=float)


@pytest.mark.parametrize(
    ("size", "name"),
    [
        (1.25e8, "120M"),
        (1.285e10, "13B"),
        (1.746e11, "175B"),
        (1e6, "1M"),
        (1e12, "1T"),
        (500, "500"),
    ],
)
def test_sizes_are_written_as_in_model_names(size: float, name: str) -> None:
    assert networks.short(size) == name


def test_the_onset_scene_shows_and_says_the_computed_onset() -> None:
    figure, update = networks.onset()
    said = update(items=1000, spacing=5)
    result = found.onset(1000, 5)
    assert f"first seen at {networks.short(result.first)}" in said
    assert f"nothing up to {networks.short(result.last_absent)}" in said
    np.testing.assert_allclose(
        np.unique(drawn(figure, "_present")[0]), result.sizes[~result.absent]
    )
    assert np.all(drawn(figure, "_absent")[1] == 0)


def test_every_frame_of_the_onset_scene_has_as_many_marks() -> None:
    figure, update = networks.onset()
    limits = [(axes.get_xlim(), axes.get_ylim()) for axes in figure.axes]
    shapes = set()
    for items in ITEMS:
        for spacing in SPACINGS:
            update(items=items, spacing=spacing)
            shapes.add(
                tuple(np.size(each.get_xdata()) for axes in figure.axes for each in axes.lines)
            )
    assert len(shapes) == 1
    assert limits == [(axes.get_xlim(), axes.get_ylim()) for axes in figure.axes]


def test_hidden_skill_shrinks_faster_when_chance_is_zero() -> None:
    figure = networks.room()
    slope = {}
    for label in ("free answer, scored 0%", "four options, scored 25%"):
        x, y = drawn(figure, label)
        slope[label] = np.polyfit(np.log(x[-10:]), np.log(y[-10:]), 1)[0]
    assert slope["free answer, scored 0%"] == pytest.approx(-1, abs=0.01)
    assert slope["four options, scored 25%"] == pytest.approx(-0.5, abs=0.03)


def test_the_gpt3_figure_marks_one_model_a_task_and_test() -> None:
    figure = networks.gpt3_onsets()
    sizes, _ = drawn(figure, "2,000 items (as published)")
    assert len(sizes) == len(found.GPT3_TASKS)
    assert sizes.min() == 1.25e8


def test_the_families_figure_marks_only_what_was_reached() -> None:
    figure = networks.families()
    marks, _ = drawn(figure, "3-digit sums")
    data = found.family_onsets()
    reached = data[data["task"] == "arithmetic_3da"]["onset_flops"].dropna()
    np.testing.assert_array_equal(np.sort(marks), np.sort(reached))
    assert sum(text.get_text() == "none reaches 10%" for text in figure.axes[0].texts) == 3


def test_the_landing_scene_raises_the_digit_rate_to_a_power() -> None:
    figure, update = landing.ruler()
    for digits in (1, 10, 20):
        update(digits=digits)
        _, each = drawn(figure, "each digit right")
        _, whole = drawn(figure, "whole answer right")
        np.testing.assert_allclose(whole / 100, (each / 100) ** digits)


def test_the_landing_scene_speaks_of_the_models_it_marks() -> None:
    _, update = landing.ruler()
    rate = landing.digit_rate(np.array([1.3e9, 175e9])) ** 5
    assert update(digits=5) == (
        f"5-digit answers: a 1.3B model gets {100 * rate[0]:.0f}% right, "
        f"a 175B model {100 * rate[1]:.0f}%."
    )
