"""Flocks against a brute-force sum over neighbours and two limits that are known."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emergence_lib.experiments import flocking, store

TINY = flocking.Config(birds=(10, 20), noises=(0.0, 1.0, 6.0), steps=10)


def test_neighbour_sums_are_the_brute_force_ones() -> None:
    rng = np.random.default_rng(0)
    side = 4.0
    positions = rng.random((3, 25, 2)) * side
    headings = np.exp(2j * np.pi * rng.random((3, 25)))
    expected = np.zeros((3, 25), complex)
    shifts = [np.array([x, y]) * side for x in (-1, 0, 1) for y in (-1, 0, 1)]
    for flock in range(3):
        for me in range(25):
            for other in range(25):
                gap = positions[flock, other] - positions[flock, me]
                if min(np.linalg.norm(gap + shift) for shift in shifts) <= 1:
                    expected[flock, me] += headings[flock, other]
    assert np.abs(flocking.neighbour_sums(positions, headings, side) - expected).max() < 1e-12
    assert np.any(np.abs(expected - headings) > 0.1)


def test_headings_at_random_leave_the_floor() -> None:
    config = flocking.Config(birds=(25, 64), noises=(2 * np.pi,), steps=1000, density=1.0)
    result = flocking.run(config, seed=5)
    rng = np.random.default_rng(1)
    for row, birds in enumerate(config.birds):
        angles = 2 * np.pi * rng.random((20_000, birds))
        drawn = np.hypot(np.cos(angles).mean(1), np.sin(angles).mean(1)).mean()
        assert result.order[row, 0] == pytest.approx(drawn, rel=0.1)
        assert flocking.floor(birds) == pytest.approx(drawn, rel=0.02)


def test_without_noise_a_flock_that_sees_itself_agrees_and_stays_so() -> None:
    config = flocking.Config(birds=(30,), noises=(0.0,), density=7.5, steps=200)
    order = flocking.fly(30, config, np.random.default_rng(2))[:, 0]
    assert order[0] < 0.9
    assert order[-1] == pytest.approx(1, abs=1e-3)


def test_one_step_turns_all_to_the_mean_when_all_see_all() -> None:
    rng = np.random.default_rng(3)
    positions = 2 + 0.1 * rng.random((1, 8, 2))
    headings = np.exp(1j * rng.random((1, 8)))
    sums = flocking.neighbour_sums(positions, headings, 4.0)
    assert sums == pytest.approx(np.full((1, 8), headings.sum()))


def test_stored_flocks_order_with_little_noise_and_not_with_much() -> None:
    for result in store.stored("flocking"):
        floors = np.array([flocking.floor(birds) for birds in result.config.birds])
        assert np.all(result.order[:, 1] > 0.9)
        assert result.order[:, -1] == pytest.approx(floors, rel=0.35)
        assert np.all(np.diff(result.order[:, -1]) < 0)
        assert result.halves.mean(axis=0) == pytest.approx(result.order)


def test_same_seed_same_bits_kept_and_read(tmp_path: Path) -> None:
    result = flocking.run(TINY, seed=2)
    result.save(tmp_path / "kept.npz")
    assert flocking.run(TINY, seed=2).difference(result.load(tmp_path / "kept.npz")) == 0
    assert not np.array_equal(flocking.run(TINY, seed=3).order, result.order)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"birds": (1,)}, "birds: found"),
        ({"noises": (7.0,)}, "noises: found"),
        ({"noises": (1.0, 1.0)}, "each above the one before"),
        ({"speed": float("nan")}, "speed: found nan"),
        ({"density": 0}, "density: found 0"),
        ({"density": 10.0}, "want at most 7.5: a bird must not see another on both sides"),
        ({"steps": 1}, "steps: found 1"),
    ],
)
def test_settings_that_cannot_run_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        flocking.Config(**settings)
