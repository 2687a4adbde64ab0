"""What the figures of chapter 13 draw, without looking at pixels."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from emergence_lib import laws
from emergence_lib.chapters.mirage import numbers as found
from emergence_lib.chapters.mirage import pictures as mirage
from emergence_lib.experiments import addition
from emergence_lib.reader import svg

DRAWINGS = [
    mirage.exact_match_ladder,
    mirage.digit_accuracy,
    mirage.continuous_scores,
    mirage.through_training,
    mirage.strictness,
    mirage.two_forecasts,
    mirage.power,
]


@pytest.fixture(scope="module")
def live() -> addition.Result:
    config = addition.Config(widths=(8, 16, 24), steps=20, items=200)
    return addition.run(config, seed=9)


def heights(curve: Line2D) -> NDArray[np.float64]:
    return np.asarray(curve.get_ydata(), dtype=float)


def line(axes: Axes, label: str) -> Line2D:
    (match,) = [each for each in axes.lines if each.get_label() == label]
    return match


@pytest.mark.parametrize("draw", DRAWINGS, ids=lambda draw: draw.__name__)
def test_every_figure_can_follow_the_theme(draw: Callable[[], Any]) -> None:
    drawing = draw()
    for each in drawing if isinstance(drawing, list | tuple) else [drawing]:
        if isinstance(each, Figure):
            # Refuses colours that are not in the palette.
            svg.clean(svg.draw(each), "test")


def test_ladder_draws_mean_seeds_and_product() -> None:
    axes = mirage.exact_match_ladder().axes[0]
    stored = found.stored()
    for length in (1, 5):
        name = "1 digit" if length == 1 else "5 digits"
        mean = np.mean([each.exact_match[:, length - 1] for each in stored], axis=0)
        assert heights(line(axes, name)) == pytest.approx(mean)
        product = np.mean([laws.product(each.live(length)) for each in stored], axis=0)
        assert heights(line(axes, f"{name}, product of its digits")) == pytest.approx(product)
    thin = [each for each in axes.lines if each.get_label() == "_seed"]
    assert len(thin) == 3 * 5
    assert heights(thin[0]) == pytest.approx(stored[0].exact_match[:, 0])


def test_ladder_marks_the_live_run_apart(live: addition.Result) -> None:
    axes = mirage.exact_match_ladder(live=live).axes[0]
    circles = {each.get_label(): each for each in axes.collections}
    assert len(circles) == 5
    drawn = np.asarray(circles["5 digits, trained on this page"].get_offsets())
    assert drawn[:, 0] == pytest.approx(live.parameters)
    assert drawn[:, 1] == pytest.approx(live.exact_match[:, 4])
    legend = axes.get_legend()
    assert legend is not None
    words = [text.get_text() for text in legend.get_texts()]
    assert words == ["product of its digits", "trained on this page"]


def test_places_of_one_seed_are_drawn_thick_and_the_others_thin() -> None:
    _, places = mirage.digit_accuracy()
    axes, stored = places.axes[0], found.stored()
    assert heights(line(axes, "units")) == pytest.approx(stored[0].live(5)[:, 0])
    assert heights(line(axes, "carry digit")) == pytest.approx(stored[0].live(5)[:, 5])
    assert sum(each.get_label() == "_seed" for each in axes.lines) == 2 * 5


def test_continuous_scores_have_two_log_axes_and_the_guess() -> None:
    for figure, guess in zip(mirage.continuous_scores(), (np.log(10), 0.9), strict=True):
        axes = figure.axes[0]
        assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
        assert heights(line(axes, "_guess"))[0] == pytest.approx(guess)
        assert axes.get_ylim()[1] > guess


def test_training_draws_mean_seeds_product_and_digits() -> None:
    axes, runs = mirage.through_training().axes[0], found.through_training()
    assert axes.get_xscale() == "log"
    for length in (1, 5):
        name = "1 digit" if length == 1 else "5 digits"
        curve = line(axes, name)
        assert np.asarray(curve.get_xdata()) == pytest.approx(runs[0].step)
        mean = np.mean([each.exact_match[:, length - 1] for each in runs], axis=0)
        assert heights(curve) == pytest.approx(mean)
        product = np.mean([laws.product(each.live(length)) for each in runs], axis=0)
        crosses = line(axes, f"{name}, product of its digits")
        assert heights(crosses) == pytest.approx(product[::2])
        assert np.asarray(crosses.get_xdata()) == pytest.approx(runs[0].step[::2])
    digits = np.mean([each.live(5).mean(axis=1) for each in runs], axis=0)
    assert heights(line(axes, "digits of 5-digit sums")) == pytest.approx(digits)
    assert sum(each.get_label() == "_seed" for each in axes.lines) == 3 * 5


def test_strictness_curves_run_from_zero_to_one() -> None:
    axes = mirage.strictness().axes[0]
    for name in ("1 of 6 digits", "3 of 6 digits", "6 of 6 digits"):
        score = heights(line(axes, name))
        assert (score[0], score[-1]) == pytest.approx((0, 1))
    width = found.widths().groupby("score")["width"].mean()
    words = " ".join(text.get_text() for text in axes.texts)
    assert f"{width['1 of 6 digits']:.2f} decades" in words
    assert f"{width['6 of 6 digits']:.2f} decades" in words


def test_forecasts_are_those_of_the_findings() -> None:
    axes = mirage.two_forecasts(limit=32).axes[0]
    table = found.forecasts(32).groupby("parameters").mean()
    for name, label in (
        ("exact_match", "measured"),
        ("digits", "fitted to digits, then to the 6th power"),
        ("answers", "fitted to whole answers"),
    ):
        assert heights(line(axes, label)) == pytest.approx(table[name].to_numpy())


@pytest.mark.parametrize("step", mirage.STEEPNESS)
@pytest.mark.parametrize("n", [1, 20])
def test_power_draws_the_law_and_reads_it_out(n: float, step: str) -> None:
    figure, update = mirage.power()
    said = update(n=n, step=step)
    axes = figure.axes[0]
    single, whole = line(axes, "one step right"), line(axes, "all n steps right")
    assert heights(whole) == pytest.approx(heights(single) ** n)
    slope = mirage.STEEPNESS[step]
    assert f"takes {float(found.power_width(n, slope)):.2f} decades" in said
    bars = [each for each in axes.lines if each.get_label() == "_width"]
    low, high = np.asarray(bars[1].get_xdata(), dtype=float)
    assert np.log10(high / low) == pytest.approx(float(found.power_width(n, slope)))
    left, right = axes.get_xlim()
    assert left < low < high < right
    # The names of the bars stay inside the axes.
    assert all(text.get_position()[0] > 6 * left for text in axes.texts)


def test_power_never_narrows_by_more_than_three_tenths() -> None:
    _, update = mirage.power()
    assert "29% less" in update(n=20, step="steep")
    assert "0% less" in update(n=1, step="gentle")
