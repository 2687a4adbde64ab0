"""Composition: its numbers by simulation and by hand, and what its figures draw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from scipy import stats

from emergence_lib import datasets, laws
from emergence_lib.chapters.composition import numbers, pictures
from emergence_lib.experiments import autoregressive, store
from emergence_lib.laws import Array

DISTRIBUTIONS = {
    "logistic": stats.logistic,
    "normal": stats.norm,
    "Gompertz": stats.gumbel_r,
    "hard start": stats.expon,
    "hard end": stats.uniform,
    "long tail": stats.t(3),
}
"""A skill that works from some size on, at a threshold so distributed."""


def line(axes: Axes, label: str) -> Line2D:
    (found,) = [each for each in axes.lines if each.get_label() == label]
    return found


def heights(drawn: Line2D) -> Array:
    return np.asarray(drawn.get_ydata(), dtype=float)


def places(drawn: Line2D) -> Array:
    return np.asarray(drawn.get_xdata(), dtype=float)


@pytest.mark.parametrize("skill", DISTRIBUTIONS)
@pytest.mark.parametrize("n", [1, 6, 10_000])
def test_a_product_is_the_distribution_of_the_largest_threshold(skill: str, n: int) -> None:
    one = DISTRIBUTIONS[skill]
    # 1 - level**(1/n), from the upper end, where the distributions are known best.
    short = [-np.expm1(np.log(level) / n) for level in (0.1, 0.5, 0.9)]
    low, middle, high = one.isf(short)
    unit = one.ppf(0.9) - one.ppf(0.1)
    assert numbers.relative_width(n, skill) == pytest.approx((high - low) / unit, rel=1e-9)
    moved = (middle - one.ppf(0.5)) / unit
    assert numbers.shift(n, skill) == pytest.approx(moved, rel=1e-9, abs=1e-12)


def test_a_slow_start_is_a_power_of_the_logistic() -> None:
    x = np.linspace(-30, 30, 600_001)
    for n in (1, 6):
        drawn = (1 / (1 + np.exp(-x))) ** (0.3 * n)
        ends = np.interp([0.1, 0.9], drawn, x)
        assert np.ptp(ends) == pytest.approx(
            float(laws.product_width(n, numbers.reach("slow start"))), rel=1e-6
        )


def test_the_limit_is_what_ever_more_skills_come_to() -> None:
    # ln(ln 10 / -ln 0.9) against 2 ln 9, on paper: 3.0844 / 4.3944.
    assert numbers.limit() == pytest.approx(3.0844 / 4.3944, abs=2e-5)
    assert numbers.relative_width(10**13) == pytest.approx(numbers.limit(), rel=1e-9)
    with pytest.raises(ValueError, match="skill: found 'cubic', want one of logistic, normal"):
        numbers.shift(2, "cubic")


def test_four_thresholds_by_hand() -> None:
    decades = np.log10(20 / np.array([1, 3, 8, 20]))
    rates = 1 / (1 + np.exp(-4 * decades))
    assert numbers.whole(20e9) == pytest.approx(rates.prod())
    assert numbers.whole(20e9, shared=1) == pytest.approx(0.5)
    assert numbers.whole(20e9, shared=0.25) == pytest.approx(0.75 * rates.prod() + 0.125)
    # As tabulated when the claim was first checked, to the digits given there.
    assert numbers.whole(8e9) == pytest.approx(0.070, abs=5e-4)
    assert numbers.size_at(0.9) == pytest.approx(81e9, rel=5e-3)
    assert numbers.rise_of_four().width == pytest.approx(0.94, abs=5e-3)


def test_a_shared_difficulty_keeps_every_rate_and_lifts_the_whole() -> None:
    # Simulated: on shared problems one uniform number decides for all skills.
    rng = np.random.default_rng(0)
    rates, shared = np.array([0.9, 0.7, 0.8]), 0.4
    luck = rng.random((400_000, 3))
    common = rng.random(400_000) < shared
    luck[common] = luck[common, :1]
    works = luck < rates
    assert works.mean(axis=0) == pytest.approx(rates, abs=3e-3)
    exact = float(numbers.together(rates, shared))
    assert works.all(axis=1).mean() == pytest.approx(exact, abs=3e-3)
    assert float(laws.product(rates)) < exact < 0.7
    with pytest.raises(ValueError, match="shared: found 2"):
        numbers.together(rates, 2)


def test_the_mean_of_spread_skills_is_wide_and_their_product_is_not() -> None:
    one = float(laws.logistic_width(numbers.STEEPNESS))
    assert numbers.rise_of_four().width < one < numbers.mean_of_four().width
    middle = 10 ** numbers.mean_of_four().midpoint
    assert numbers.four(middle).mean() == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize("variant", numbers.ORDERS)
def test_products_of_the_stored_exams_by_hand(variant: str) -> None:
    run, at = store.stored("autoregressive", variant)[1], 6
    row = numbers.written(variant).query("seed == 1").iloc[at]
    assert row["width"] == run.config.widths[at]
    assert row["own"] == pytest.approx(np.prod(run.own[at]))
    assert row["taught_error"] == pytest.approx(np.prod(run.taught[at]) - run.exact_match[at])
    assert row["power"] == pytest.approx(np.mean(run.own[at]) ** 6)
    chain = run.unbroken[at, 0]
    for before, here in zip(run.unbroken[at], run.unbroken[at, 1:], strict=False):
        chain *= here / before
    assert row["chain"] == pytest.approx(chain)


def test_the_stored_exams_support_what_the_chapter_says() -> None:
    for variant in numbers.ORDERS:
        table, slips, rises = (
            each(variant) for each in (numbers.written, numbers.slips, numbers.rises)
        )
        assert table["chain_error"].abs().max() < 1e-9
        assert table["taught_error"].abs().max() < 0.012
        assert table["own_error"].max() < 0.001
        assert table["own_error"].min() < -0.03
        assert (slips["left"] <= slips["mended"]).all()
        # Not steeper than the product, within what ten sizes can tell.
        assert (rises["exact"] > rises["product"] - 0.1).all()
        assert (rises["exact"] < rises["digits"]).all()
        # Neither earlier nor later than the product by much, and far behind the digits.
        assert (rises["exact_at"] - rises["product_at"]).abs().max() < 0.1
        assert (rises["exact_at"] - rises["digits_at"]).min() > 0.15
        # Slips along a net's own output come together; after true digits they hardly do.
        wide = table[table["width"].between(64, 128)]
        assert (wide["own_correlation"] > wide["taught_correlation"]).all()


def test_slips_are_pooled_over_nets_and_seeds() -> None:
    runs = store.stored("autoregressive")
    zero = np.zeros_like(runs[0].slips)
    slipped, right = zero.copy(), zero.copy()
    slipped[-1], right[-1] = 8, 6
    slipped[-2], right[-2] = 2, 0
    made = replace(
        runs[0], slips=slipped, left=right // 3, mended=right, taught=np.full((10, 6), 0.25)
    )
    made.taught[-1] = 0.75
    table = numbers.slips(results=[made, made])
    assert table["slips"].tolist() == [20] * 5
    assert table["mended"].tolist() == [0.6] * 5
    assert table["left"].tolist() == [0.2] * 5
    assert table["any"].to_numpy() == pytest.approx([(8 * 0.75 + 2 * 0.25) / 10] * 5)


def test_letters_and_cloze_are_those_of_the_table() -> None:
    table = datasets.load("olmo2_letter_vs_cloze").query("tokens > 0 and chance < 0.4")
    assert sorted(table["task"].unique()) == sorted(numbers.LISTED)
    own = table.query("model == 'OLMo2-13B' and task == 'mmlu'").sort_values("tokens")
    mine = numbers.letters("OLMo2-13B").query("task == 'mmlu'")
    assert mine["letter"].to_numpy() == pytest.approx(own["acc_letter"].to_numpy())
    assert mine["cloze"].to_numpy() == pytest.approx(own["acc_cloze"].to_numpy())
    last, chance = own["acc_letter"].iloc[-1], own["chance"].iloc[0]
    assert mine["rise"].iloc[5] == pytest.approx(
        (own["acc_letter"].iloc[5] - chance) / (last - chance)
    )


def test_letters_switch_between_two_checkpoints_of_the_table() -> None:
    for model in ("OLMo2-7B", "OLMo2-13B"):
        for task, row in numbers.switch(model).iterrows():
            every = numbers.letters(model)
            table = every[every["task"] == task]
            before = table[table["tokens"] < row["tokens"] * 1e9]
            after = table[table["tokens"] >= row["tokens"] * 1e9 * (1 - 1e-9)]
            assert before["rise"].max() < 0.5 <= after["rise"].iloc[0]
            early = table[table["cloze"] == row["cloze"]].iloc[0]
            assert early["rise"] < 0.1
            assert early["cloze_rise"] == pytest.approx(row["way"])


@pytest.mark.parametrize("skill", numbers.SKILLS)
@pytest.mark.parametrize("n", [1, 4, 100])
def test_products_are_drawn_in_widths_of_one_skill(n: int, skill: str) -> None:
    figure, update = pictures.products()
    said = update(n=n, skill=skill)
    axes = figure.axes[0]
    single, whole = line(axes, "one skill"), line(axes, "all n skills")
    for drawn in (single, whole):
        assert np.all(np.diff(places(drawn)) >= 0)
    ends = np.interp([0.1, 0.9], heights(single), np.log10(places(single)))
    assert np.diff(ends) == pytest.approx([1], abs=0.01)
    half = np.interp(0.5, heights(single), np.log10(places(single)))
    assert half == pytest.approx(0, abs=0.01)
    wide = float(numbers.relative_width(n, skill))
    climb = np.log10(places(line(axes, "_10% to 90%")))
    assert np.ptp(climb) == pytest.approx(wide, rel=0.06)
    assert f"the rise takes {wide:.2f} decades" in said
    left, right = np.log10(axes.get_xlim())
    assert left < climb[0] < climb[-1] < right


def test_products_say_whether_the_rise_got_wider() -> None:
    _, update = pictures.products()
    assert "16% less than for one" in update(n=2, skill="logistic")
    assert "32% more than for one" in update(n=6, skill="hard start")
    assert "the same as for one" in update(n=100, skill="Gompertz")
    assert update(n=1, skill="normal").startswith("1 skill: half right comes at 1.0 times")


@pytest.mark.parametrize("shared", pictures.SHARED)
@pytest.mark.parametrize("slope", pictures.STEEP)
def test_thresholds_draw_four_skills_and_their_task(slope: float, shared: float) -> None:
    figure, update = pictures.thresholds()
    said = update(slope=slope, shared=shared)
    axes = figure.axes[0]
    rates = np.array(
        [heights(line(axes, f"skill of {name}")) for name in ("1B", "3B", "8B", "20B")]
    )
    whole = heights(line(axes, "all four"))
    expected = (1 - shared) * rates.prod(axis=0) + shared * rates.min(axis=0)
    assert whole == pytest.approx(expected)
    sizes = places(line(axes, "all four"))
    assert np.interp(0.5, rates[3], np.log10(sizes)) == pytest.approx(np.log10(20e9), abs=0.01)
    assert f"at 20B: {numbers.whole(20e9, slope, shared):.0%}" in said


def test_reading_draws_every_net_and_the_mean_of_its_seeds() -> None:
    first, second = (figure.axes[0] for figure in pictures.reading())
    for variant, order in numbers.ORDERS.items():
        runs = store.stored("autoregressive", variant)
        mean = np.mean([each.exact_match for each in runs], axis=0)
        assert heights(line(first, order)) == pytest.approx(mean)
        crosses = np.mean([each.own.prod(axis=1) for each in runs], axis=0)
        assert heights(line(first, f"product, {order}")) == pytest.approx(crosses)
        missed = heights(line(second, f"read their own, {order}"))
        assert len(missed) == 30
        low, high = second.get_ylim()
        assert low < missed.min()
        assert missed.max() < high


def test_after_slips_draws_the_table() -> None:
    axes = pictures.after_slips().axes[0]
    table = numbers.slips("leading")
    for column, name in (("any", "any problem"), ("mended", "slip mended"), ("left", "left in")):
        assert heights(line(axes, name)) == pytest.approx(table[column].to_numpy())
    low, high = axes.get_ylim()
    assert low < table["left"].min()
    assert table["mended"].max() < high


def test_letters_draws_seven_tasks_twice() -> None:
    axes = pictures.letters().axes[0]
    assert sum(each.get_label() == "_seed" for each in axes.lines) == 14
    mean = numbers.letters().groupby("tokens")["rise"].mean()
    assert heights(line(axes, "by letter, mean of seven")) == pytest.approx(mean.to_numpy())
    low, high = axes.get_ylim()
    assert low < numbers.letters()[["rise", "cloze_rise"]].min().min()
    assert numbers.letters()[["rise", "cloze_rise"]].max().max() < high


def test_the_exam_of_the_chapter_is_the_experiments() -> None:
    assert autoregressive.BOOK.items == 10_000
    assert min(autoregressive.BOOK.widths) == 8
    assert max(autoregressive.BOOK.widths) == 256
    assert numbers.WIDE in autoregressive.BOOK.widths
