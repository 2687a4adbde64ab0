"""The Hopfield experiment against a memory written out neuron by neuron, and what it finds."""

from typing import Any

import numpy as np
import pytest

from emergence_lib.experiments import hopfield, store

REDUCED = hopfield.Config(neurons=(50, 100), loads=(0.04, 0.5), memories=3, recalls=4)


def settled(patterns: np.ndarray, state: np.ndarray) -> np.ndarray:
    """Return where a state ends, one neuron at a time, by Hebb's matrix of couplings."""
    couplings = patterns @ patterns.T / len(patterns)
    np.fill_diagonal(couplings, 0)
    state = state.astype(float)
    for _ in range(200):
        before = state.copy()
        for neuron in range(len(state)):
            received = couplings[neuron] @ state
            if abs(received) > 1e-9:
                state[neuron] = np.sign(received)
        if np.array_equal(before, state):
            return state
    raise AssertionError("no rest")


def test_recall_agrees_with_a_memory_of_single_neurons_far_from_the_threshold() -> None:
    for load, want in ((0.04, 1.0), (0.6, 0.0)):
        config = hopfield.Config(neurons=(200,), loads=(load,), memories=2, recalls=10)
        found = hopfield.run(config, seed=7).recalled.mean()
        rng = np.random.default_rng(1)
        patterns = rng.choice([-1.0, 1.0], (200, round(load * 200)))
        ends = [np.mean(one * settled(patterns, one)) > 0.7 for one in patterns.T[:8]]
        assert found == pytest.approx(want, abs=0.11)
        assert np.mean(ends) == pytest.approx(want, abs=0.13)


def test_groups_that_move_together_end_where_single_neurons_end() -> None:
    rng = np.random.default_rng(5)
    kept = []
    for _ in range(12):
        patterns = rng.choice([-1.0, 1.0], (200, 44))
        kept += [np.mean(one * settled(patterns, one)) > 0.7 for one in patterns.T[:40]]
    stored = np.mean([run.recalled[0, 9].mean() for run in store.stored("hopfield")])
    assert hopfield.BOOK.loads[9] == 0.22
    # Memories of one size differ; a dozen of them leave about four points of luck.
    assert np.mean(kept) == pytest.approx(stored, abs=0.12)


def test_heaps_count_every_recall_and_agree_with_the_share_recalled() -> None:
    result = hopfield.run(REDUCED, seed=1)
    assert result.heaps.sum(axis=2) == pytest.approx(np.ones((2, 2)))
    above = result.heaps[:, :, hopfield.EDGES[:-1] > 0.7].sum(axis=2)
    assert np.all(above <= result.recalled.mean(axis=2) + 1e-9)
    assert np.all(result.recalled[:, 0] == 1)


def test_patterns_follow_the_load_and_are_never_none() -> None:
    config = hopfield.Config(neurons=(10, 100), loads=(0.01, 0.14))
    assert config.patterns.tolist() == [[1, 1], [1, 14]]


def test_few_patterns_are_each_recalled_once() -> None:
    config = hopfield.Config(neurons=(50,), loads=(0.06,), recalls=40)
    ended = hopfield.overlaps(50, 3, config, np.random.default_rng(0))
    assert ended.shape == (3,)


def test_one_seed_gives_one_result() -> None:
    first, again = (hopfield.run(REDUCED, seed=3) for _ in range(2))
    assert first.difference(again) == 0
    assert hopfield.run(REDUCED, seed=4).difference(hopfield.run(REDUCED, seed=4)) == 0
    assert not np.array_equal(first.heaps, hopfield.run(REDUCED, seed=4).heaps)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"neurons": (1,)}, "neurons: found"),
        ({"loads": (0.2, 0.1)}, "loads: found"),
        ({"memories": 0}, "memories: found 0"),
        ({"kept": 1.5}, "kept: found 1.5"),
    ],
)
def test_settings_that_cannot_run_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        hopfield.Config(**settings)
