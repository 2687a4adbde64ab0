"""The mirage: its numbers by hand and on made-up ladders, and what its figures draw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from scipy import stats

from emergence_lib import laws
from emergence_lib.chapters.mirage import numbers, pictures
from emergence_lib.experiments import addition, store
from emergence_lib.laws import Array


def ladder(widths: tuple[int, ...] = addition.BOOK.widths) -> addition.Result:
    """Return a made-up ladder whose every live digit follows one logistic, errors independent."""
    config = addition.Config(widths=widths, items=10**9)
    size = np.array([161 * width + 60 for width in widths])
    p = laws.logistic(np.log10(size), 4.0, 3.0, 0.1)
    loss = np.repeat(-np.log(p)[:, None], 5, axis=1)
    return addition.Result(
        config=config,
        seed=0,
        seconds=1.0,
        parameters=size,
        step=np.full(len(widths), config.steps),
        exact_match=p[:, None] ** np.arange(2, 7),
        position_accuracy=np.repeat(np.repeat(p[:, None, None], 5, axis=1), 6, axis=2),
        edit_distance=(1 - p)[:, None] * np.arange(2, 7),
        cross_entropy=loss,
        brier=loss / 2,
        error_correlation=np.zeros_like(loss),
        written=np.zeros((len(widths), 6, 0), int),
    )


def drawn(step: str) -> tuple[Array, Array]:
    """Return x and p of a step as SciPy knows it, in units in which log size is natural."""
    x = np.linspace(-40, 40, 800_001)
    curves = {"logistic": stats.logistic, "normal": stats.norm, "hard start": stats.expon}
    return x, curves[step].cdf(x)


def read(x: Array, p: Array, level: float) -> float:
    return float(x[np.searchsorted(p, level)])


@pytest.mark.parametrize("step", numbers.STEPS)
@pytest.mark.parametrize("n", [1, 3, 20])
def test_power_levels_are_read_off_a_drawn_power(n: int, step: str) -> None:
    x, p = drawn(step)
    one = read(x, p, 0.9) - read(x, p, 0.1)
    for level in (0.1, 0.5, 0.9):
        by_hand = (read(x, p**n, level) - read(x, p, 0.5)) / one
        assert numbers.power_level(level, n, step) == pytest.approx(by_hand, abs=2e-4)
    assert numbers.one_step(0.4, step) == pytest.approx(
        p[np.searchsorted(x, read(x, p, 0.5) + 0.4 * one)], abs=2e-3
    )


def test_narrowing_belongs_to_the_tail() -> None:
    many = [1, 2, 6, 100, 10**4, 10**9]
    logistic, normal, hard = (numbers.power_width(many, step) for step in numbers.STEPS)
    # literature/claims: 1.10, 0.92, 0.84, 0.81 decades for 1, 2, 4, 8 logistic skills of slope 4
    wide = laws.logistic_width(4) * numbers.power_width([1, 2, 4, 8])
    assert wide == pytest.approx([1.10, 0.92, 0.84, 0.81], abs=5e-3)
    limit = np.log(np.log(10) / -np.log(0.9)) / (2 * np.log(9))
    assert logistic[-1] == pytest.approx(limit, rel=1e-6)
    assert np.all(np.diff(logistic) < 0)
    # No limit: still a third narrower from a hundred parts to ten thousand and beyond.
    assert normal[-1] < 0.7 * normal[3] < 0.35
    assert np.all(np.diff(hard) > 0)
    # All are later, whatever becomes of the width.
    for step in numbers.STEPS:
        assert np.all(np.diff(numbers.power_level(0.5, many, step)) > 0)


@pytest.mark.parametrize(
    ("level", "n", "step", "name"),
    [
        (0, 1, "normal", "level"),
        (1, 1, "normal", "level"),
        (0.5, 0, "normal", "n"),
        (0.5, 1, "soft start", "step"),
    ],
)
def test_power_level_names_what_is_out_of_range(
    level: float, n: float, step: str, name: str
) -> None:
    with pytest.raises(ValueError, match=f"^{name}: found"):
        numbers.power_level(level, n, step)


def test_product_and_power_of_a_paper_by_hand() -> None:
    made = ladder()
    made.position_accuracy[3, 1, :3] = 0.5, 0.8, 1.0
    made.exact_match[3, 1] = 0.45
    table = numbers.papers([made])
    assert len(table) == 40
    row = table[(table["width"] == 32) & (table["length"] == 2)].iloc[0]
    assert row["digits"] == pytest.approx(2.3 / 3)
    assert row["product"] == pytest.approx(0.4)
    assert row["power"] == pytest.approx((2.3 / 3) ** 3)
    assert row["error"] == pytest.approx(-0.05)
    assert row["power_error"] == pytest.approx((2.3 / 3) ** 3 - 0.45)
    assert table["error"].abs().sum() == pytest.approx(0.05)


def test_papers_name_net_and_step_of_each_exam() -> None:
    config = addition.Config(widths=(4, 8), lengths=(1, 2), steps=9, exams=(3,), items=50)
    result = addition.run(config, seed=0)
    one = numbers.papers([result]).query("length == 2")
    assert one["width"].tolist() == [4, 8, 4, 8]
    assert one["step"].tolist() == [3, 3, 9, 9]
    assert one["parameters"].tolist() == result.parameters.tolist()
    assert one["brier"].tolist() == result.brier[:, 1].tolist()
    assert one["product"].to_numpy() == pytest.approx(laws.product(result.live(2)))


def test_mean_is_over_seeds() -> None:
    digits = np.mean([each.position_accuracy[6, 4, :6] for each in store.stored("addition")])
    assert numbers.mean()["digits"][128] == pytest.approx(digits)
    exact = np.mean([each.exact_match[-1, 0] for each in store.stored("addition", "time")])
    assert numbers.mean(1, along="step")["exact_match"][6000] == pytest.approx(exact)
    with pytest.raises(ValueError, match="along: found 'depth', want one of width, step"):
        numbers.mean(along="depth")
    with pytest.raises(ValueError, match=r"length: found 6, want one of \(1, 2, 3, 4, 5\)"):
        numbers.mean(6)


def test_half_right_lies_between_the_exams_on_either_side() -> None:
    score = numbers.mean(5, along="step")["exact_match"]
    step = numbers.half(5)
    assert score[score.index < step].max() < 0.5 < score[score.index > step].min()
    assert score.index[0] < step < score.index[-1]


def test_places_are_named_from_the_units_to_the_carry() -> None:
    made = numbers.places().loc[1]
    stored = store.stored("addition")[1]
    assert made.index.tolist() == stored.parameters.tolist()
    assert made["tens"].tolist() == stored.position_accuracy[:, 4, 1].tolist()
    assert made["carry digit"].tolist() == stored.position_accuracy[:, 4, 5].tolist()


def test_metric_effect_on_a_made_up_ladder() -> None:
    # Many sizes, so that interpolation adds nothing: digits of slope 3, answers of six digits.
    made = ladder(tuple(np.unique(np.geomspace(1, 10**7, 400).astype(int)).tolist()))
    effect = numbers.metric_effect(results=[made]).iloc[0]
    assert effect["digit"] == pytest.approx(float(laws.logistic_width(3)), abs=0.02)
    assert effect["share"] == pytest.approx(1 - effect["exact"] / effect["digit"])
    assert 0.2 < effect["share"] < 0.3
    # All its digits are alike, so that one of them can go.
    assert effect["apart"] == pytest.approx(effect["share"])
    assert effect["shift"] > 0.3
    in_time = replace(made, step=made.parameters, parameters=np.ones_like(made.parameters))
    assert numbers.metric_effect("step", [in_time]).iloc[0].equals(effect)


def test_a_free_digit_stretches_the_rise_of_the_digits() -> None:
    made = ladder(tuple(np.unique(np.geomspace(1, 10**7, 400).astype(int)).tolist()))
    made.position_accuracy[3:, 4, 5] = 1.0
    effect = numbers.metric_effect(results=[made]).iloc[0]
    assert effect["share"] > effect["apart"] + 0.05
    assert 0.2 < effect["apart"] < 0.3


def test_interval_over_seeds_by_hand() -> None:
    effect = pd.DataFrame({"share": [0.4, 0.5, 0.6], "shift": [1.0, 1.0, 1.0]})
    found = numbers.over_seeds(effect)
    # Student's t with two degrees of freedom: 4.303.
    assert found.T["share"].to_list() == pytest.approx(
        [0.5, 0.5 - 4.303 * 0.1 / 3**0.5, 0.5 + 4.303 * 0.1 / 3**0.5], abs=1e-4
    )
    assert found.T["shift"].to_list() == [1, 1, 1]


def test_the_long_ladder_is_the_last_exam_of_some_widths() -> None:
    part, whole = numbers.long_ladder(8, 256)[1], store.stored("addition", "long")[1]
    assert part.config.widths == (8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
    assert set(part.step) == {16_000}
    kept = np.isin(whole.parameters, part.parameters) & (whole.step == 16_000)
    assert part.exact_match.tolist() == whole.exact_match[kept].tolist()
    means = np.mean([each.exact_match[-1, 4] for each in store.stored("addition", "long")])
    assert numbers.long_mean()["exact_match"][768] == pytest.approx(means)


def test_both_curves_saturate_on_the_long_ladder() -> None:
    for each in numbers.long_ladder():
        digits, whole = each.live(5).mean(axis=1), each.exact_match[:, 4]
        assert digits[0] < 0.25
        assert digits[-1] > 0.98
        # The three largest gain no more, and the four smallest have nothing.
        assert np.ptp(whole[-3:]) < 0.03
        assert whole[:4].max() < 0.01


def test_forecast_from_digits_is_right_where_its_assumptions_hold() -> None:
    table = numbers.forecasts(results=[ladder()])
    assert table["width"][table["seen"]].tolist() == [8, 16, 24, 32, 48]
    assert table["digits_error"].abs().max() < 1e-3
    # Whole answers are not logistic: their own extrapolation overshoots.
    assert table.loc[~table["seen"], "answers_error"].max() > 0.1


def test_agreement_speaks_of_the_points_outside_the_stored_range() -> None:
    first, *others = store.stored("addition")
    assert "by at most 0 points" in numbers.agreement(first)
    better = first.exact_match.copy()
    better[6, 4] = 0.2 + max(each.exact_match[6, 4] for each in (first, *others))
    said = numbers.agreement(replace(first, exact_match=better, seed=7))
    assert said.startswith("Seed 7, ")
    assert "by at most 20 points" in said


# What the chapter says in words about the stored ladders, and no claim of it tests.


def test_power_of_the_mean_is_never_below_the_product() -> None:
    table = numbers.ladder()
    assert np.all(table["power"] >= table["product"] - 1e-12)


def test_through_training_the_rule_misses_early_one_digit_sums_and_places_come_in_turn() -> None:
    table = numbers.through_training()
    worst = table[table["error"].abs() == table["error"].abs().max()]
    assert worst["length"].tolist() == [1]
    assert worst["step"].max() < 300
    for each in store.stored("addition", "time"):
        # Carry and units pass three quarters well before the other places of the answer.
        reached = each.step[(each.live(5) > 0.75).argmax(axis=0)]
        assert 2 * max(reached[0], reached[5]) < min(reached[1:5])


# What the figures draw, without looking at pixels.


def heights(curve: Line2D) -> Array:
    return np.asarray(curve.get_ydata(), dtype=float)


def line(axes: Axes, label: str) -> Line2D:
    (match,) = [each for each in axes.lines if each.get_label() == label]
    return match


def test_ladder_marks_the_live_run_apart() -> None:
    live = addition.run(addition.Config(widths=(8, 16, 24), steps=20, items=200), seed=9)
    axes = pictures.exact_match_ladder(live=live).axes[0]
    circles = {each.get_label(): each for each in axes.collections}
    assert len(circles) == 5
    drawn = np.asarray(circles["5 digits, trained on this page"].get_offsets())
    assert drawn[:, 0] == pytest.approx(live.parameters)
    assert drawn[:, 1] == pytest.approx(live.exact_match[:, 4])
    legend = axes.get_legend()
    assert legend is not None
    words = [text.get_text() for text in legend.get_texts()]
    assert words == ["product of its digits", "trained here"]


def test_crosses_stand_at_every_second_moment_of_training() -> None:
    axes, runs = pictures.through_training().axes[0], store.stored("addition", "time")
    product = np.mean([each.live(5).prod(axis=1) for each in runs], axis=0)
    crosses = line(axes, "5 digits, product of its digits")
    assert heights(crosses) == pytest.approx(product[::2])
    assert np.asarray(crosses.get_xdata()) == pytest.approx(runs[0].step[::2])
    assert sum(each.get_label() == "_seed" for each in axes.lines) == 3 * 5


def test_places_of_one_seed_are_drawn_thick_and_the_others_thin() -> None:
    axes, first = pictures.digit_accuracy()[1].axes[0], store.stored("addition")[0]
    assert heights(line(axes, "units")) == pytest.approx(first.position_accuracy[:, 4, 0])
    assert heights(line(axes, "carry digit")) == pytest.approx(first.position_accuracy[:, 4, 5])
    assert sum(each.get_label() == "_seed" for each in axes.lines) == 2 * 5


def test_the_guess_stays_inside_the_axes_of_the_continuous_scores() -> None:
    for figure, guess in zip(pictures.continuous_scores(), (np.log(10), 0.9), strict=True):
        assert heights(line(figure.axes[0], "_guess"))[0] == pytest.approx(guess)
        assert figure.axes[0].get_ylim()[1] > guess


def test_strictness_curves_run_from_zero_to_one() -> None:
    axes = pictures.strictness().axes[0]
    for name in ("1 of 6 digits", "3 of 6 digits", "6 of 6 digits"):
        score = heights(line(axes, name))
        assert (score[0], score[-1]) == pytest.approx((0, 1))


@pytest.mark.parametrize(
    ("step", "words"),
    [("logistic", "29% less"), ("normal", "48% less"), ("hard start", "38% more")],
)
@pytest.mark.parametrize("n", [1, 20])
def test_power_draws_the_law_and_reads_it_out(n: int, step: str, words: str) -> None:
    figure, update = pictures.power()
    said = update(n=n, step=step)
    axes = figure.axes[0]
    single, whole = line(axes, "one step right"), line(axes, "all n steps right")
    assert heights(whole) == pytest.approx(heights(single) ** n)
    assert heights(single)[np.argmin(np.abs(pictures.GROWTH))] == pytest.approx(0.5, abs=0.03)
    width = pictures.ONE_STEP * float(numbers.power_width(n, step))
    assert f"takes {width:.2f} decades" in said
    assert (words if n == 20 else "0% less") in said
    bars = [each for each in axes.lines if each.get_label() == "_width"]
    low, high = np.asarray(bars[1].get_xdata(), dtype=float)
    assert np.log10(high / low) == pytest.approx(width)
    left, right = axes.get_xlim()
    assert left < low < high < right
    # The names of the bars stay inside the axes.
    assert all(text.get_position()[0] > 6 * left for text in axes.texts)
