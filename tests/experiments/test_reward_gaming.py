"""Reward gaming against every deterministic way to act, tried one by one."""

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emergence_lib.experiments import reward_gaming, store

TINY = reward_gaming.Config(bonuses=(0.0, 2.0), cells=5, bonus_cell=2, exams=(50, 400), learners=8)


def best_way(config: reward_gaming.Config, bonus: float) -> tuple[float, bool]:
    """Return the best discounted payment from the first cell, and whether it comes by finishing.

    Every way to act is followed step by step for so long that the rest is worth nothing.
    """
    best = -np.inf, False
    for ways in product((-1, 1), repeat=config.cells - 1):
        cell, total, worth = 0, 0.0, 1.0
        for _ in range(250):
            cell = max(0, cell + ways[cell])
            total += worth * (bonus * (cell == config.bonus_cell))
            total += worth * (config.prize * (cell == config.cells - 1))
            worth *= config.discount
            if cell == config.cells - 1:
                break
        best = max(best, (total, cell == config.cells - 1))
    return best


@pytest.mark.parametrize("bonus", [0.0, 0.5, 1.2, 1.24, 1.25, 1.6])
def test_optimum_is_the_best_of_all_ways(bonus: float) -> None:
    values, finishes = reward_gaming.optimum(reward_gaming.BOOK, bonus)
    exact, exact_finishes = best_way(reward_gaming.BOOK, bonus)
    assert values[0].max() == pytest.approx(exact, abs=1e-9)
    assert finishes == exact_finishes


def test_the_optimum_switches_at_the_critical_bonus() -> None:
    critical = reward_gaming.critical_bonus()
    assert best_way(reward_gaming.BOOK, critical - 1e-6)[1]
    assert not best_way(reward_gaming.BOOK, critical + 1e-6)[1]
    assert critical == pytest.approx(1.2466, abs=1e-4)


def test_another_track_switches_elsewhere_as_predicted() -> None:
    config = reward_gaming.Config(cells=6, bonus_cell=2, discount=0.8, prize=3.0)
    critical = reward_gaming.critical_bonus(config)
    assert best_way(config, critical - 1e-6)[1]
    assert not best_way(config, critical + 1e-6)[1]


def test_long_training_finds_the_optimum_on_a_short_track() -> None:
    critical = reward_gaming.critical_bonus(TINY)
    config = reward_gaming.Config(
        bonuses=(0.8 * critical, 1.2 * critical),
        cells=5,
        bonus_cell=2,
        exams=(3000,),
        learners=10,
    )
    result = reward_gaming.run(config, seed=5)
    assert result.finish[0, 0].tolist() == [1, 0]
    # Circling visits the bonus at every other step.
    assert result.visits[0, 0] == pytest.approx([1, config.patience / 2], abs=0.5)


def test_learned_values_are_the_optimal_ones() -> None:
    config = reward_gaming.Config(
        bonuses=(0.3,), cells=5, bonus_cell=2, exams=(4000,), learners=5, explore=0.5
    )
    (table,) = reward_gaming.train(config, np.random.default_rng(0), iter)
    expected = reward_gaming.optimum(config, 0.3)[0]
    for learned in table[0, 0]:
        assert learned[:-1] == pytest.approx(expected, abs=1e-3)


def test_exams_see_training_so_far() -> None:
    short = reward_gaming.Config(
        bonuses=TINY.bonuses, cells=5, bonus_cell=2, exams=(50,), learners=8
    )
    assert np.array_equal(
        reward_gaming.run(TINY, 1).visits[0], reward_gaming.run(short, 1).visits[0]
    )


def test_stored_learners_come_to_the_step_and_game_past_it() -> None:
    for result in store.stored("reward_gaming"):
        bonuses = np.array(result.config.bonuses)
        gaming = bonuses > reward_gaming.critical_bonus(result.config)
        assert np.all(result.finish[:, :, gaming] == 0)
        assert np.all(result.finish[-1, 0, ~gaming] > 0.7)
        # Less trained, they give up the prize for bonuses that are not worth it.
        assert result.finish[0, 0, ~gaming][-3:].mean() < 0.4
        # Always from the first cell: any bonus stops most, an exploration failure.
        assert result.finish[-1, 1, 0] == 1
        assert np.all(result.finish[-1, 1, 1:] < 0.5)


def test_same_seed_same_bits_kept_and_read(tmp_path: Path) -> None:
    result = reward_gaming.run(TINY, seed=2)
    result.save(tmp_path / "kept.npz")
    assert reward_gaming.run(TINY, seed=2).difference(result.load(tmp_path / "kept.npz")) == 0
    assert not np.array_equal(reward_gaming.run(TINY, seed=3).visits, result.visits)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"bonuses": ()}, "bonuses: found"),
        ({"cells": 2}, "cells: found 2"),
        ({"bonus_cell": 9}, "bonus_cell: found 9, want whole numbers from 1 to 8"),
        ({"discount": 1.0}, "discount: found 1.0"),
        ({"explore": -0.1}, "explore: found -0.1"),
        ({"exams": (100, 50)}, "exams: found"),
        ({"learners": 0}, "learners: found 0"),
    ],
)
def test_settings_that_cannot_run_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        reward_gaming.Config(**settings)
