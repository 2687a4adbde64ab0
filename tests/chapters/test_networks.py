"""Chapter 2's numbers, held against sums over all outcomes, simulation and typed-in tables."""

from collections.abc import Callable
from math import comb

import numpy as np
import pandas as pd
import pytest

from emergence_lib import laws
from emergence_lib.chapters.networks import numbers as networks


def tail(successes: int, items: int, chance: float) -> float:
    """Sum the binomial probabilities of ``successes`` or more, one outcome at a time."""
    return sum(
        comb(items, k) * chance**k * (1 - chance) ** (items - k)
        for k in range(successes, items + 1)
    )


def test_the_illustrative_law_is_smooth_and_half_at_ten_billion() -> None:
    sizes = np.geomspace(1e6, 1e12, 200)
    rates = networks.true_rate(sizes)
    assert networks.true_rate(1e10) == pytest.approx(0.5)
    assert np.all(np.diff(rates) > 0)
    # Nowhere does a step of 3% in size change the rate by as much as 2 points.
    assert np.diff(rates).max() < 0.02


@pytest.mark.parametrize("spacing", [2, 3, 5, 10, 30, 100])
def test_a_ladder_keeps_its_spacing_and_its_ends(spacing: float) -> None:
    sizes = networks.ladder(spacing)
    assert sizes[0] == 1e6
    assert sizes[-1] <= 1e12 < sizes[-1] * spacing * (1 + 1e-9)
    np.testing.assert_allclose(sizes[1:] / sizes[:-1], spacing)


def test_the_most_likely_count_is_the_peak_of_the_binomial() -> None:
    for items in (1, 7, 100):
        for rate in (0.0, 0.003, 0.05, 0.5, 0.999, 1.0):
            odds = [tail(k, items, rate) - tail(k + 1, items, rate) for k in range(items + 1)]
            count = int(networks.most_likely_count(rate, items))
            assert odds[count] == pytest.approx(max(odds)), (items, rate)


def test_a_published_rate_gives_back_its_count() -> None:
    counts = np.arange(2001)
    np.testing.assert_array_equal(networks.most_likely_count(counts / 2000, 2000), counts)


@pytest.mark.parametrize(
    ("successes", "items", "chance"), [(3, 400, 1e-3), (31, 100, 0.25), (0, 5, 0.2)]
)
def test_p_values_are_sums_over_all_outcomes_as_good(
    successes: int, items: int, chance: float
) -> None:
    assert networks.p_value(successes, items, chance) == pytest.approx(
        tail(successes, items, chance)
    )


def test_without_lucky_guesses_one_success_is_proof() -> None:
    assert networks.p_value([0, 1], 100).tolist() == [1.0, 0.0]
    assert networks.is_absent([0, 1], 100).tolist() == [True, False]


def test_with_four_options_a_little_more_than_chance_is_still_absent() -> None:
    assert networks.is_absent(32, 100, 0.25)
    assert not networks.is_absent(33, 100, 0.25)


def test_the_onset_moves_with_the_test_and_with_the_ladder() -> None:
    onsets = [networks.onset(items, 2).first for items in (20, 100, 1000, 10_000)]
    assert onsets == sorted(onsets, reverse=True)
    assert networks.onset_shift(20, 10_000, 2) == pytest.approx(6 * np.log10(2))
    assert networks.onset(300, 100).first == 1e8
    assert networks.onset(300, 3).first == pytest.approx(9e6)


def test_the_onset_is_the_first_model_whose_rate_reaches_one_in_n_plus_one() -> None:
    for items, spacing in [(20, 2), (100, 10), (10_000, 5)]:
        result = networks.onset(items, spacing)
        assert result.rate >= 1 / (items + 1)
        assert networks.true_rate(result.last_absent) < 1 / (items + 1)
        assert result.first == pytest.approx(result.last_absent * spacing)


def test_a_test_too_fine_for_the_ladder_is_refused() -> None:
    with pytest.raises(ValueError, match="items: found 1000000"):
        networks.onset(1_000_000, 10)


def test_the_chances_of_each_onset_agree_with_simulated_test_sets() -> None:
    rng = np.random.default_rng(1)
    rates = networks.true_rate(networks.ladder(3))
    scores = rng.binomial(100, rates, size=(40_000, len(rates)))
    first = np.argmax(scores > 0, axis=1)
    simulated = np.bincount(first, minlength=len(rates)) / len(first)
    np.testing.assert_allclose(networks.onset_chances(100, 3), simulated, atol=0.01)
    low, high = networks.onset_range(100, 3)
    sizes = networks.ladder(3)
    inside = (sizes[first] >= low) & (sizes[first] <= high)
    assert inside.mean() >= 0.89


def test_the_room_under_a_chance_score_leaves_one_chance_in_twenty() -> None:
    for items, chance in [(20, 0.25), (100, 0.25), (400, 0.5)]:
        bound = chance + networks.room(items, chance)
        at_or_below = 1 - tail(int(items * chance) + 1, items, bound)
        assert at_or_below == pytest.approx(0.05)


def test_the_room_under_zero_is_the_bound_after_zero_successes() -> None:
    for items in (1, 20, 1000):
        assert networks.room(items) == pytest.approx(laws.upper_bound_after_zero(items))
    assert networks.room(1000) == pytest.approx(3 / 1000, rel=0.005)


@pytest.mark.parametrize("chance", [0.0, 0.25, 0.5])
def test_items_for_room_is_the_smallest_sufficient_test(chance: float) -> None:
    items = networks.items_for_room(0.02, chance)
    step = round(1 / chance) if chance else 1
    rooms = [networks.room(size, chance) for size in range(step, items + step, step)]
    assert rooms[-1] <= 0.02
    assert all(hidden > 0.02 for hidden in rooms[:-1])


@pytest.mark.parametrize("digits", [1, 2])
@pytest.mark.parametrize(("sign", "apply"), [("+", np.add), ("-", np.subtract), ("x", np.multiply)])
def test_the_best_constant_guess_is_the_commonest_of_all_answers(
    digits: int, sign: str, apply: np.ufunc
) -> None:
    numbers = np.arange(10**digits)
    answers = apply.outer(numbers, numbers).ravel()
    commonest = np.unique(answers, return_counts=True)[1].max()
    assert networks.best_constant_guess(f"{digits}D{sign}") == commonest / answers.size


def test_the_first_present_model_is_followed_by_present_ones_only() -> None:
    assert networks.first_present([True, True, False]) == 2
    assert networks.first_present([True, False, True, False, False]) == 3
    assert networks.first_present([False, False]) == 0
    assert networks.first_present([False, True]) is None


def test_gpt3_counts_are_those_of_the_printed_table() -> None:
    # Table H.1 of the GPT-3 paper, few-shot 3D+: 0.15, 0.45, 0.30, ... percent of 2,000.
    counts = networks.gpt3_counts("3D+")
    assert counts["successes"].tolist() == [3, 9, 6, 11, 15, 18, 168, 1608]
    assert counts["params"].is_monotonic_increasing


def test_gpt3_appears_earlier_on_the_full_test_than_on_a_hundred_items() -> None:
    assert networks.gpt3_first_present("3D+", 100) == 1.285e10
    assert networks.gpt3_first_present("3D+") == 3.56e8
    table = networks.gpt3_onsets().pivot(index="task", columns="items", values="params")
    assert (table[2000] <= table[100]).all()
    assert (table[100] <= table[20]).all()
    # All tasks but five-digit subtraction, which only the largest model ever solves.
    assert networks.gpt3_later(100) == 8
    assert networks.gpt3_successes("3D+", 3.56e8) == 9


def test_the_tables_for_reading_hold_billions_of_parameters() -> None:
    sums = networks.gpt3_onset_table().set_index("task").to_numpy()
    assert sums[networks.GPT3_TASKS.index("3D+")].tolist() == [12.85, 12.85, 0.356]
    table = networks.family_onset_table()
    llama = table[table["family"] == "Llama"].to_numpy()
    assert llama.tolist() == [["Llama", 6.7, 6.7, 32.5]]


def test_a_task_no_model_solves_has_no_onset() -> None:
    table = pd.DataFrame(
        {"task": "5D+", "setting": "few_shot", "params": [1e8, 1e9], "score": 0.0, "n_items": 2000}
    )
    with pytest.raises(ValueError, match="no model beats a guess at 5D"):
        networks.gpt3_first_present("5D+", table=table)


def open_models() -> pd.DataFrame:
    """Three sizes of one made-up family with the three scores of each model."""
    scores = dict(zip(networks.TRIPLES, ([0, 0.2, 0.9], [0, 0.05, 0.3], [0, 0, 0.05]), strict=True))
    rows = [
        (f"F-{place}", 10.0 ** (20 + place), 10.0 ** (8 + place), task, metric, score)
        for (task, metric), ladder in scores.items()
        for place, score in enumerate(ladder)
    ]
    names = ["model", "train_flops", "params", "task", "metric", "score"]
    return pd.DataFrame(rows, columns=names).assign(family="F", chance=0.0, suspect=False)


def test_three_metrics_of_one_family_have_three_onsets() -> None:
    onsets = networks.family_onsets(table=open_models())
    assert onsets["onset_flops"].tolist()[:2] == [1e21, 1e22]
    assert np.isnan(onsets["onset_flops"].iloc[2])
    assert onsets["best"].tolist() == [0.9, 0.3, 0.05]
    assert not onsets["at_smallest"].any()


def test_suspect_scores_and_unknown_compute_do_not_count() -> None:
    assert networks.family_onsets(table=open_models().assign(suspect=True)).empty
    assert networks.family_onsets(table=open_models().assign(train_flops=np.nan)).empty


def test_the_real_families_disagree() -> None:
    onsets = networks.family_onsets().set_index(["family", "task", "metric"])
    assert onsets.loc[("Pythia", *networks.TRIPLES[0]), "onset_params"] == 2.8e9
    assert ("OPT", *networks.TRIPLES[0]) not in onsets["onset_params"].dropna().index
    assert networks.family_onset("Llama", *networks.TRIPLES[2]) == 3.25e10


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: networks.ladder(1), "spacing: found 1, want"),
        (lambda: networks.most_likely_count(1.5, 10), "rate: found 1.5"),
        (lambda: networks.most_likely_count(0.5, 0), "items: found 0"),
        (lambda: networks.p_value(11, 10), "successes: found 11"),
        (lambda: networks.p_value(1, 0), "items: found 0"),
        (lambda: networks.p_value(1, 10, 1.0), "chance: found 1, want"),
        (lambda: networks.room(0), "items: found 0"),
        (lambda: networks.room(10, -0.1), "chance: found -0.1"),
        (lambda: networks.room(10, 0, 1), "confidence: found 1"),
        (
            lambda: networks.items_for_room(0.8, 0.25),
            r"points: found 0.8, want a number in \(0, 0.75\)",
        ),
        (
            lambda: networks.onset_range(1, 1e6),
            "items: found 1 with spacing 1000000.0, want a test",
        ),
        (lambda: networks.onset_range(100, 3, 90), "coverage: found 90"),
        (lambda: networks.gpt3_successes("3D+", 7e9), "parameters: found 7e"),
        (lambda: networks.best_constant_guess("3D*"), r"task: found '3D\*'"),
        (lambda: networks.gpt3_counts("9D+"), r"task: found '9D\+'"),
        (lambda: networks.family_onsets(0), "mark: found 0"),
        (lambda: networks.family_onset("OPT", *networks.TRIPLES[0]), "found 'OPT', of which no"),
    ],
)
def test_bad_arguments_are_named(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()
