"""Capacity: its numbers against Pascal's rule, linear programs and hand sums; its pictures."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy import special

from emergence_lib import laws, published
from emergence_lib.chapters.capacity import numbers, pictures
from emergence_lib.experiments import hopfield, quanta, store


def labellings(points: int, inputs: int) -> int:
    """Count separable labellings by Cover's recursion: a new point doubles those it can touch."""
    if points == 1 or inputs == 1:
        return 2
    return labellings(points - 1, inputs) + labellings(points - 1, inputs - 1)


# Cover's count


@pytest.mark.parametrize(("points", "inputs"), list(product((1, 2, 5, 9, 12), (1, 2, 3, 6))))
def test_coins_count_what_the_recursion_counts(points: int, inputs: int) -> None:
    exact = Fraction(labellings(points, inputs), 2**points)
    assert float(numbers.cover(points, inputs)) == pytest.approx(float(exact), abs=1e-12)


def test_coins_agree_with_the_sum_over_whole_numbers() -> None:
    points = np.array([50, 180, 199, 200, 201, 260])
    assert numbers.cover(points, 100) == pytest.approx(laws.cover_separable(points, 100), rel=1e-9)


def test_lines_through_the_origin_separate_what_a_walk_round_the_circle_finds() -> None:
    # In two dimensions P directions have 2 P labellings: one for each gap a half-plane ends in.
    rng = np.random.default_rng(0)
    where = rng.standard_normal((7, 2))
    angles = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
    normals = np.stack([np.cos(angles), np.sin(angles)])
    found = {tuple(column) for column in (where @ normals > 0).T}
    assert len(found) == 14
    assert float(numbers.cover(7, 2)) == pytest.approx(14 / 2**7)


def test_linear_programming_finds_weights_as_often_as_cover_counts() -> None:
    assert numbers.separated(6, 6, 20, seed=0) == 1
    share = numbers.separated(12, 5, 120, seed=1)
    exact = labellings(12, 5) / 2**12
    assert share == pytest.approx(exact, abs=3.5 * np.sqrt(exact * (1 - exact) / 120))


def test_a_fall_is_read_along_straight_lines() -> None:
    one = numbers.fall(np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.5, 0.0]))
    assert one == pytest.approx((1.2, 2.0, 2.8))
    assert one.width == pytest.approx(0.8)


@pytest.mark.parametrize("inputs", [10, 100, 1000])
def test_the_fall_of_a_unit_is_that_of_the_beta_function(inputs: int) -> None:
    # The sum over coins, continued between whole points: I_1/2(P - N, N).
    points = np.linspace(inputs + 0.5, 4 * inputs, 200_000)
    smooth = special.betainc(points - inputs, inputs, 0.5)
    ends = [np.interp(-level, -smooth, points) / inputs for level in (0.9, 0.5, 0.1)]
    assert numbers.cover_fall(inputs) == pytest.approx(ends, abs=0.3 / inputs)


def test_the_unit_sharpens_as_the_root_of_its_inputs() -> None:
    assert numbers.cover_width(200) == pytest.approx(1.2815516 * np.sqrt(2 / 200))
    assert numbers.cover_fall(10_000).width == pytest.approx(numbers.cover_width(10_000), rel=1e-3)
    assert numbers.cover_power() == pytest.approx(-0.5, abs=0.005)
    assert numbers.cover_fall(1000).width * 10 == pytest.approx(
        numbers.cover_fall(10).width, rel=0.02
    )


# Hopfield memories


def test_recall_is_the_mean_over_the_memories_of_all_seeds() -> None:
    runs = store.stored("hopfield")
    row, column = 1, 6
    mean = np.mean([run.recalled[row, column].mean() for run in runs])
    config = runs[0].config
    assert numbers.recall()[config.neurons[row]][config.loads[column]] == pytest.approx(mean)


def test_memories_hold_more_load_and_fall_more_gently_when_small() -> None:
    table = numbers.recall_falls()
    assert table["half"].is_monotonic_decreasing
    assert table["half"].min() > numbers.HEBB
    assert table["width"].is_monotonic_decreasing
    assert (table["low"] < table["width"]).all()
    assert (table["width"] < table["high"]).all()


def test_the_interval_of_the_power_covers_what_three_seeds_alone_give() -> None:
    law = numbers.recall_power()
    assert law.low < law.power < law.high < -0.2
    loads = np.array(hopfield.BOOK.loads)
    logs = np.log(np.array(hopfield.BOOK.neurons, dtype=float))
    widths = [
        [numbers.fall(loads, curve.mean(axis=1)).width for curve in run.recalled]
        for run in store.stored("hopfield")
    ]
    alone = [np.polyfit(logs, np.log(each), 1)[0] for each in widths]
    # One seed has a third of the memories, so its scatter is wider by the root of three.
    assert np.abs(np.array(alone) - law.power).max() < 2.5 * (law.high - law.low)


def test_two_heaps_do_not_close_as_memories_grow() -> None:
    table = numbers.two_heaps()
    assert table["gap"].iloc[-1] > table["gap"].iloc[0]
    assert table["valley"].iloc[-1] < table["valley"].iloc[0]
    assert ((table["recalled"] > 0.25) & (table["recalled"] < 0.75)).all()
    assert (table["lower"] < hopfield.BOOK.kept).all()


def test_ladders_with_more_patterns_are_steeper() -> None:
    table = numbers.ladder_widths()
    assert list(table.index) == [20, 80, 200]
    assert table["width"].is_monotonic_decreasing
    run = store.stored("capacity")[0]
    assert run.recall[0, 0] > numbers.LOW  # why five patterns are left out


# Models


def test_bits_of_tables_are_those_of_a_count_by_hand() -> None:
    # One digit: a hundred pairs, sums 0 to 18, products 0 to 81.
    assert numbers.table_bits("1D+") == pytest.approx(100 * np.log2(19))
    assert numbers.table_bits("1D-") == numbers.table_bits("1D+")
    assert numbers.table_bits("1Dx") == pytest.approx(100 * np.log2(82))
    sums = {a + b for a in range(1000) for b in (0, 999)}
    assert numbers.table_bits("3D+") == pytest.approx(1e6 * np.log2(len(sums)))
    with pytest.raises(ValueError, match="task: found '1DC'"):
        numbers.table_bits("1DC")


def test_gpt3_has_room_for_the_table_many_times() -> None:
    assert numbers.gpt3_copies() == pytest.approx(125e6 * 3.6 / (1e6 * np.log2(1999)))
    table = numbers.gpt3_budget()
    assert list(table["score"]) == list(published.gpt3("3D+")["score"])
    assert (table["copies"] > 40).all()
    assert table["right"][0] == 3


def test_adders_need_no_room_for_a_table() -> None:
    table = numbers.adders()
    runs = store.stored("addition")
    assert table["three"].iloc[-1] == pytest.approx(
        np.mean([run.exact_match[-1, 2] for run in runs])
    )
    assert (table["copies3"] < 0.05).all()
    # The comparison holds for any room a parameter could have: 32 bits are all there are.
    assert numbers.copies(table["parameters"].max(), "5D+", bits=32) < 1e-4


def test_size_of_table_orders_sums_and_fails_for_products() -> None:
    table = numbers.harder_later().set_index("task")
    sums = table.loc[["2D+", "3D+", "4D+", "5D+"]]
    assert sums["bits"].is_monotonic_increasing
    assert sums["score"].is_monotonic_decreasing
    assert table["bits"]["2Dx"] < table["bits"]["3D+"]
    assert table["score"]["2Dx"] < table["score"]["3D+"]


def test_the_short_program_prints_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    exec(numbers.PROGRAM.replace("1000", "12"))  # the same program on a smaller table
    printed = [int(line) for line in capsys.readouterr().out.split()]
    assert printed == [first + second for first in range(12) for second in range(12)]
    bits = numbers.descriptions()
    assert bits["table"] > 100 * bits["packed"] > 1000 * bits["program"]


def test_solved_skills_are_counted_from_the_last_exam() -> None:
    table, config = numbers.skills(), quanta.WIDTHS
    runs = store.stored("quanta", "widths")
    by_hand = [sum(score >= 0.95 for score in run.accuracy[-1, -1]) for run in runs]
    assert table["skills"].iloc[-1] == pytest.approx(np.mean(by_hand))
    # Three of sixteen bits: 16 * 15 * 14 / 6 choices.
    assert (config.bits, config.parity) == (16, 3)
    assert numbers.skill_bits() == pytest.approx(np.log2(560))
    assert (table["room"] > config.skills).all()
    assert (table["skills"] < table["room"]).all()


def test_the_power_of_skills_is_read_where_there_are_skills() -> None:
    powers = numbers.skill_power()
    assert powers.shape == (3,)
    table = numbers.skills()
    ends = np.log(table["skills"].iloc[-1] / table["skills"].iloc[1])
    steps = np.log(table["parameters"].iloc[-1] / table["parameters"].iloc[1])
    assert powers == pytest.approx(ends / steps, abs=0.1)


# Pictures


@pytest.mark.parametrize("inputs", pictures.INPUTS)
def test_the_cut_shows_the_count_and_its_fall(inputs: int) -> None:
    fig, update = pictures.cut()
    said = update(inputs)
    curve, span, *_ = fig.axes[0].lines
    x, y = np.asarray(curve.get_xdata()), np.asarray(curve.get_ydata())
    assert y == pytest.approx([float(numbers.cover(round(at * inputs), inputs)) for at in x])
    assert np.asarray(span.get_xdata()) == pytest.approx(
        [numbers.cover_fall(inputs).start, numbers.cover_fall(inputs).end]
    )
    assert f"{2 * inputs:,} points" in said


def test_the_memory_marks_the_chosen_point() -> None:
    fig, update = pictures.memory()
    said = update(800, 0.17)
    above, below = fig.axes
    (here,) = [line for line in above.lines if line.get_label() == "_here"]
    share = numbers.recall()[800][0.17]
    assert np.asarray(here.get_xydata()).tolist() == [[0.17, share]]
    column = hopfield.BOOK.loads.index(0.17)
    assert np.asarray(below.lines[0].get_ydata()) == pytest.approx(numbers.heaps()[2, column])
    assert f"136 patterns: {share:.0%} recalled" in said
    assert set(pictures.LOADS) <= set(hopfield.BOOK.loads)
    assert hopfield.BOOK.neurons == pictures.NEURONS


def test_narrowing_draws_both_systems() -> None:
    ax = pictures.narrowing().axes[0]
    (exact,) = [line for line in ax.lines if line.get_label() == "unit, exact"]
    assert np.asarray(exact.get_ydata()) == pytest.approx(
        [numbers.cover_fall(inputs).width for inputs in numbers.SIZES]
    )
    assert len(ax.containers) == 1


def test_scores_and_skills_stand_against_room() -> None:
    sums, skills = pictures.sums().axes[0], pictures.skills().axes[0]
    (gpt,) = [line for line in sums.lines if line.get_label() == "GPT-3"]
    assert np.asarray(gpt.get_xdata()) == pytest.approx(numbers.gpt3_budget()["copies"])
    (solved,) = [line for line in skills.lines if line.get_label() == "solved"]
    assert np.asarray(solved.get_ydata()) == pytest.approx(numbers.skills()["skills"])
    (price,) = [line for line in skills.lines if line.get_label() == "one price for all"]
    x, y = np.asarray(price.get_xdata()), np.asarray(price.get_ydata())
    assert np.ptp(y / x) < 1e-12
