"""The capacity experiment: a Hopfield memory against a brute-force one, and what it finds."""

from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emergence_lib.experiments import capacity, store
from emergence_lib.experiments.layers import Floats

REDUCED = capacity.Config(patterns=(5, 40), sizes=7, recalls=80)


@pytest.fixture(scope="module")
def reduced() -> capacity.Result:
    return capacity.run(REDUCED, seed=5)


def couplings(patterns: Floats) -> Floats:
    """Return Hebb's matrix, written out: no coupling of a neuron to itself."""
    count = len(patterns)
    matrix = np.zeros((count, count))
    for one, other in product(range(count), repeat=2):
        if one != other:
            matrix[one, other] = sum(patterns[one] * patterns[other]) / count
    return matrix


def energy(matrix: Floats, state: Floats) -> float:
    return float(-0.5 * state @ matrix @ state)


@pytest.mark.parametrize("neurons", [2, 7, 100])
def test_one_pattern_is_recalled_exactly(neurons: int) -> None:
    rng = np.random.default_rng(neurons)
    pattern = capacity.draw(neurons, 1, rng)
    assert np.array_equal(capacity.settle(pattern, pattern, 20, 8, rng), pattern)


def test_one_pattern_is_completed_from_a_damaged_copy() -> None:
    rng = np.random.default_rng(0)
    pattern = capacity.draw(50, 1, rng)
    damaged = pattern.copy()
    damaged[:15] *= -1
    assert np.array_equal(capacity.settle(pattern, damaged, 20, 50, rng), pattern)
    # Two in three wrong: the memory falls into the mirror image, which Hebb's rule stores too.
    damaged = pattern.copy()
    damaged[:33] *= -1
    assert np.array_equal(capacity.settle(pattern, damaged, 20, 50, rng), -pattern)


def test_fields_are_those_of_the_written_out_matrix() -> None:
    rng = np.random.default_rng(1)
    patterns, states = capacity.draw(9, 4, rng), capacity.draw(9, 3, rng)
    expected = 9 * couplings(patterns) @ states
    assert capacity.fields(patterns, states) == pytest.approx(expected, abs=1e-4)
    some = np.array([2, 7])
    assert capacity.fields(patterns, states, some) == pytest.approx(expected[some], abs=1e-4)


@pytest.mark.parametrize("seed", range(10))
def test_one_at_a_time_agrees_with_brute_force(seed: int) -> None:
    patterns = capacity.draw(12, 3, np.random.default_rng(seed))
    starts = capacity.draw(12, 5, np.random.default_rng(100 + seed))
    final = capacity.settle(patterns, starts, 30, 12, np.random.default_rng(seed))

    matrix, order = couplings(patterns), np.random.default_rng(seed)
    states = starts.astype(float)
    for _ in range(30):
        before = states.copy()
        for neuron in order.permutation(12):
            received = matrix[neuron] @ states
            sure = np.abs(received) > 1e-6
            states[neuron, sure] = np.sign(received[sure])
        if np.array_equal(states, before):
            break
    assert np.array_equal(final, states)

    # Every end is a minimum: no single flip of all 12 lowers the energy.
    for state in final.T.astype(float):
        for neuron in range(12):
            flipped = state.copy()
            flipped[neuron] *= -1
            assert energy(matrix, flipped) >= energy(matrix, state) - 1e-6


def test_fixed_points_are_those_of_a_search_over_all_states() -> None:
    rng = np.random.default_rng(3)
    patterns = capacity.draw(10, 2, rng)
    matrix = couplings(patterns)
    every = np.array(list(product([-1.0, 1.0], repeat=10)), np.float32).T
    stays = np.all(every * (matrix @ every) >= -1e-6, axis=0)
    final = capacity.settle(patterns, every, 1, 10, rng)
    assert np.array_equal(np.all(final == every, axis=0), stays)
    assert 0 < stays.sum() < 100


def test_groups_hold_every_neuron_once_with_a_generator_or_without() -> None:
    for rng in (None, np.random.default_rng(0)):
        for neurons, blocks in ((10, 3), (7, 8), (16, 4)):
            divided = capacity.groups(neurons, blocks, rng)
            held = np.concatenate([np.arange(neurons)[some] for some in divided])
            assert sorted(held) == list(range(neurons))
            assert len(divided) == min(blocks, neurons)


def test_settling_in_order_ends_where_no_flip_lowers_the_energy() -> None:
    patterns = capacity.draw(12, 3, np.random.default_rng(0))
    starts = capacity.draw(12, 5, np.random.default_rng(1))
    matrix = couplings(patterns)
    for state in capacity.settle(patterns, starts, 30, 12).T.astype(float):
        for neuron in range(12):
            flipped = state.copy()
            flipped[neuron] *= -1
            assert energy(matrix, flipped) >= energy(matrix, state) - 1e-6


def test_settling_leaves_its_start_alone() -> None:
    rng = np.random.default_rng(4)
    patterns = capacity.draw(10, 9, rng)
    before = patterns.copy()
    capacity.settle(patterns, patterns, 20, 8, rng)
    assert np.array_equal(patterns, before)


def test_recall_fails_below_the_threshold_and_succeeds_above(reduced: capacity.Result) -> None:
    assert np.all(reduced.recall[:, -1] > 0.98)
    assert reduced.recall[0, 0] < 0.7
    assert reduced.recall[1, 0] < 0.05
    assert np.all(reduced.overlap[:, 0] < 0.9)
    assert np.all((reduced.recall >= 0) & (reduced.recall <= 1))
    assert np.all(np.abs(reduced.overlap) <= 1)


def test_more_patterns_make_the_rise_sharper(reduced: capacity.Result) -> None:
    climbing = (reduced.recall > 0.1) & (reduced.recall < 0.9)
    assert climbing[1].sum() < climbing[0].sum()


def test_sizes_are_multiples_of_the_patterns() -> None:
    neurons = capacity.BOOK.neurons
    assert neurons.shape == (4, 15)
    assert neurons[:, 0].tolist() == [10, 40, 160, 400]
    assert neurons[:, -1].tolist() == [150, 600, 2400, 6000]
    assert np.all(np.diff(neurons, axis=1) > 0)


def test_same_seed_same_bits_other_seed_other_numbers(reduced: capacity.Result) -> None:
    again = capacity.run(REDUCED, seed=5)
    assert reduced.difference(again) == 0
    assert not np.array_equal(capacity.run(REDUCED, seed=6).overlap, again.overlap)


def test_round_trip_keeps_everything(reduced: capacity.Result, tmp_path: Path) -> None:
    reduced.save(tmp_path / "small.npz")
    back = capacity.Result.load(tmp_path / "small.npz")
    assert back.config == REDUCED
    assert back.difference(reduced) == 0


def test_progress_wraps_the_points() -> None:
    seen = []

    def watch(points: Iterable[int]) -> Iterator[int]:
        for point in points:
            seen.append(point)
            yield point

    capacity.run(capacity.Config(patterns=(2, 3), sizes=4, recalls=2), 0, watch)
    assert seen == list(range(8))


def test_stored_transitions_sharpen_towards_the_known_threshold() -> None:
    for result in store.stored("capacity"):
        ratio = result.neurons / np.array(result.config.patterns)[:, None]
        middles = [
            float(np.interp(0.5, np.maximum.accumulate(recall), row))
            for recall, row in zip(result.recall, ratio, strict=True)
        ]
        assert middles == sorted(middles)
        # 1 / 0.138 with endless neurons; finite memories do with a little less.
        assert 5.5 < middles[-1] < 7.25


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"patterns": ()}, r"patterns: found \(\), want whole numbers of at least 1"),
        ({"recalls": -3}, "recalls: found -3"),
        ({"lowest": 5.0, "highest": 4.0}, "highest: found 4.0, want numbers of at least 5"),
        ({"kept": 1.5}, "kept: found 1.5, want numbers above 0, at most 1"),
    ],
)
def test_settings_that_cannot_run_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        capacity.Config(**settings)
