"""The chapter against sums over all outcomes, simulation, typed-in tables and the raw data."""

from collections.abc import Callable
from math import comb

import numpy as np
import pytest
from matplotlib.figure import Figure

from emergence_lib import datasets, laws, published
from emergence_lib.chapters.networks import numbers, pictures
from emergence_lib.laws import Array


def tail(successes: int, items: int, chance: float) -> float:
    """Sum the binomial probabilities of ``successes`` or more, one outcome at a time."""
    return sum(
        comb(items, k) * chance**k * (1 - chance) ** (items - k)
        for k in range(successes, items + 1)
    )


def test_the_illustrative_law_is_smooth_and_half_at_ten_billion() -> None:
    sizes = np.geomspace(1e6, 1e12, 200)
    rates = numbers.true_rate(sizes)
    assert numbers.true_rate(1e10) == pytest.approx(0.5)
    assert np.all(np.diff(rates) > 0)
    # Nowhere does a step of 7% in size change the rate by as much as 2 points.
    assert np.diff(rates).max() < 0.02


@pytest.mark.parametrize("spacing", [2, 3, 5, 10, 30, 100])
def test_a_ladder_keeps_its_spacing_and_its_ends(spacing: float) -> None:
    sizes = numbers.ladder(spacing)
    assert sizes[0] == 1e6
    assert sizes[-1] <= 1e12 < sizes[-1] * spacing * (1 + 1e-9)
    np.testing.assert_allclose(sizes[1:] / sizes[:-1], spacing)


def test_the_most_likely_count_is_the_peak_of_the_binomial() -> None:
    for items in (1, 7, 100):
        for rate in (0.0, 0.003, 0.05, 0.5, 0.999, 1.0):
            odds = [tail(k, items, rate) - tail(k + 1, items, rate) for k in range(items + 1)]
            count = int(numbers.most_likely_count(rate, items))
            assert odds[count] == pytest.approx(max(odds)), (items, rate)


def test_a_published_rate_gives_back_its_count() -> None:
    counts = np.arange(2001)
    np.testing.assert_array_equal(numbers.most_likely_count(counts / 2000, 2000), counts)


def test_the_onset_is_the_first_model_whose_rate_reaches_one_in_n_plus_one() -> None:
    for items, spacing in [(20, 2), (100, 10), (10_000, 5)]:
        result = numbers.onset(items, spacing)
        assert result.rates[result.index] >= 1 / (items + 1)
        assert numbers.true_rate(result.last_absent) < 1 / (items + 1)
        assert result.first == pytest.approx(result.last_absent * spacing)


def test_the_range_of_the_onset_agrees_with_simulated_test_sets() -> None:
    rng = np.random.default_rng(1)
    sizes = numbers.ladder(3)
    scores = rng.binomial(100, numbers.true_rate(sizes), size=(40_000, len(sizes)))
    first = sizes[np.argmax(scores > 0, axis=1)]
    low, high = numbers.onset_range(100, 3)
    assert np.mean(first < low) < 0.05 < np.mean(first <= low)
    assert np.mean(first > high) < 0.05 < np.mean(first >= high)


def test_the_room_under_a_chance_score_leaves_one_chance_in_twenty() -> None:
    for items, chance in [(20, 0.25), (100, 0.25), (400, 0.5)]:
        bound = float(chance + numbers.room(items, chance))
        assert 1 - tail(int(items * chance) + 1, items, bound) == pytest.approx(0.05)
    assert numbers.room([1, 20, 1000]) == pytest.approx(
        [laws.upper_bound_after_zero(items) for items in (1, 20, 1000)]
    )


@pytest.mark.parametrize("chance", [0.0, 0.25, 0.5])
def test_items_for_room_is_the_smallest_sufficient_test(chance: float) -> None:
    items = numbers.items_for_room(0.02, chance)
    step = round(1 / chance) if chance else 1
    rooms = numbers.room(np.arange(step, items + step, step), chance)
    assert rooms[-1] <= 0.02
    assert np.all(rooms[:-1] > 0.02)


@pytest.mark.parametrize("digits", [1, 2])
@pytest.mark.parametrize(("sign", "apply"), [("+", np.add), ("-", np.subtract), ("x", np.multiply)])
def test_the_best_constant_guess_is_the_commonest_of_all_answers(
    digits: int, sign: str, apply: np.ufunc
) -> None:
    operands = np.arange(10**digits)
    answers = apply.outer(operands, operands).ravel()
    commonest = np.unique(answers, return_counts=True)[1].max()
    assert published.best_constant_guess(f"{digits}D{sign}") == commonest / answers.size


def test_gpt3_appears_earlier_on_the_full_test_than_on_a_hundred_items() -> None:
    # Table H.1 of the GPT-3 paper, few-shot 3D+: 3, 9, 6, ... right of 2,000; a guess gets 2, and
    # tail(6, 2000, 0.001) is 1.6%, tail(3, 2000, 0.001) 32%.
    assert numbers.gpt3_first_present("3D+") == 3.56e8
    assert numbers.gpt3_first_present("3D+", 100) == 1.285e10
    table = numbers.gpt3_onsets().pivot(index="task", columns="items", values="params")
    assert (table[2000] <= table[100]).all()
    assert (table[100] <= table[20]).all()


def test_the_tables_for_reading_hold_billions_of_parameters() -> None:
    sums = numbers.gpt3_onset_table().set_index("task").T["3D+"]
    assert list(sums) == [12.85, 12.85, 0.356]
    llama = numbers.family_onset_table().set_index("family").T["Llama"]
    assert list(llama) == [6.7, 6.7, 32.5]


@pytest.mark.parametrize("mark", [0.02, 0.1, 0.3])
def test_a_family_begins_at_the_first_model_at_the_mark(mark: float) -> None:
    table = datasets.load("obs_scaling_emergent").query("not suspect and train_flops > 0")
    for found in numbers.family_onsets(mark).itertuples():
        same = (table["task"] == found.task) & (table["metric"] == found.metric)
        models = table[same & (table["family"] == found.family)].sort_values("train_flops")
        at_mark = models[models["score"] >= mark + models["chance"]]
        expected = at_mark["train_flops"].iloc[0] if len(at_mark) else np.nan
        assert found.onset_flops == pytest.approx(expected, nan_ok=True)
        assert len(models) >= 3


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: numbers.ladder(1), "spacing: found 1, want"),
        (lambda: numbers.most_likely_count(1.5, 10), "rate: found 1.5"),
        (lambda: numbers.most_likely_count(0.5, 0), "items: found 0"),
        (lambda: numbers.onset(1_000_000, 10), "items: found 1000000 with spacing 10, want a test"),
        (lambda: numbers.onset_range(1, 1e6), "items: found 1 with spacing 1000000.0, want a test"),
        (lambda: numbers.room(0), "items: found 0"),
        (lambda: numbers.room(10, -0.1), "chance: found -0.1"),
        (lambda: numbers.items_for_room(0.8, 0.25), r"points: found 0.8, want .*, 0.75\)"),
        (lambda: published.best_constant_guess("3D*"), r"task: found '3D\*'"),
        (lambda: numbers.gpt3_first_present("5D-", 1), "found 1, at which no model beats"),
        (lambda: numbers.family_onsets(0), "mark: found 0"),
    ],
)
def test_bad_arguments_are_named(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()


def drawn(figure: Figure, label: str) -> tuple[Array, Array]:
    """Return the x and y of the labelled line of a figure's first axes."""
    (wanted,) = [each for each in figure.axes[0].lines if each.get_label() == label]
    return np.asarray(wanted.get_xdata(), dtype=float), np.asarray(wanted.get_ydata(), dtype=float)


def test_the_onset_scene_shows_and_says_the_computed_onset() -> None:
    figure, update = pictures.onset()
    said = update(items=1000, spacing=10)
    result = numbers.onset(1000, 10)
    assert "nothing up to 1M parameters, first seen at 10M" in said
    np.testing.assert_allclose(
        np.unique(drawn(figure, "_present")[0]), result.sizes[~result.absent]
    )
    assert np.all(drawn(figure, "_absent")[1] == 0)


def test_every_frame_of_the_onset_scene_has_as_many_marks() -> None:
    figure, update = pictures.onset()
    shapes = set()
    for items in (20, 50, 100, 300, 1000, 3000, 10_000):
        for spacing in (2, 3, 5, 10, 30, 100):
            update(items=items, spacing=spacing)
            lines = [line for axes in figure.axes for line in axes.lines]
            shapes.add(tuple(np.size(line.get_xdata()) for line in lines))
    assert len(shapes) == 1


def test_hidden_skill_shrinks_faster_when_chance_is_zero() -> None:
    figure = pictures.room()
    for label, slope in (("free answer, scored 0%", -1), ("four options, scored 25%", -0.5)):
        x, y = drawn(figure, label)
        assert np.polyfit(np.log(x[-10:]), np.log(y[-10:]), 1)[0] == pytest.approx(slope, abs=0.03)


def test_the_families_figure_marks_only_what_was_reached() -> None:
    figure = pictures.families()
    marks, _ = drawn(figure, "3-digit sums")
    reached = numbers.family_onsets().query("task == 'arithmetic_3da'")["onset_flops"].dropna()
    np.testing.assert_array_equal(np.sort(marks), np.sort(reached))
    notes = [text.get_text() for text in figure.axes[0].texts]
    assert notes.count("none reaches 10%") == 3
