"""The committed minority against the naming game, its rate equations and a published number."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from emergence_lib.experiments import minority, naming_game, store
from emergence_lib.experiments.minority import BOTH, NEW, OLD

TINY = minority.Config(agents=(10, 20), shares=(0.0, 0.1, 0.4), repeats=3, rounds=30, followed=2)


def test_without_the_committed_it_is_the_naming_game_of_two_words() -> None:
    rng = np.random.default_rng(3)
    held = rng.integers(1, 4, size=12)
    words = held[None].copy()
    memories = [[word for word in (NEW, OLD) if each & word] for each in held.tolist()]
    for _ in range(400):
        speaker, listener = (int(each) for each in rng.permutation(12)[:2])
        new = bool(rng.random() < 0.5)
        # The game's luck chooses by place among the speaker's words.
        mine = memories[speaker]
        luck = 0.0 if mine[0] == (NEW if new else OLD) else 0.99
        count = Counter(word for memory in memories for word in memory)
        naming_game.talk(mine, memories[listener], count, luck)
        minority.talk(
            words, np.array([speaker]), np.array([listener]), np.array([0]), np.array([new])
        )
        assert words[0].tolist() == [sum(memory) for memory in memories]


@given(st.integers(0, 6), st.integers(0, 2**32 - 1))
def test_the_committed_never_change_and_words_stay_words(stubborn: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    words = np.where(np.arange(6) < stubborn, NEW, rng.integers(1, 4, size=6))[None]
    for _ in range(20):
        speaker, listener = rng.permutation(6)[:2, None]
        minority.talk(words, speaker, listener, np.array([stubborn]), rng.random(1) < 0.5)
        assert np.all(words[0, :stubborn] == NEW)
        assert np.isin(words, (NEW, OLD, BOTH)).all()


def test_nothing_happens_unless_somebody_is_committed_and_all_new_stays_all_new() -> None:
    holding = minority.play(9, np.array([0, 5]), 60, np.random.default_rng(0))
    assert holding.shape == (61, 2)
    assert np.all(holding[:, 0] == 0)
    assert holding[0, 1] == 5
    first = int(np.argmax(holding[:, 1] == 9))
    assert 0 < first < 60
    assert np.all(holding[first:, 1] == 9)


def test_what_an_old_word_needs_to_stand_still_stands_still() -> None:
    for old in np.linspace(0.4, 0.99, 13):
        share = float(minority.needed(old))
        both = np.sqrt(old) - old
        speeds = minority.flow(np.array([1 - share - old - both, old]), share)
        assert speeds == pytest.approx([0, 0], abs=1e-12)
    assert minority.needed(1.0) == 0  # all hold it, and nobody is committed


def test_the_threshold_is_the_published_one_and_that_of_the_equations() -> None:
    found = minority.threshold()
    assert found == pytest.approx(0.0979, abs=5e-5)  # xie2011social
    for share, turns in ((found - 1e-4, False), (found + 1e-4, True)):
        end = solve_ivp(
            lambda _, free, share=share: minority.flow(free, share), (0, 20_000), [0, 1 - share],
            method="LSODA", rtol=1e-10, atol=1e-12,
        ).y[:, -1]  # fmt: skip
        assert (end[1] < 1e-3) == turns


def test_a_large_population_follows_the_endless_one() -> None:
    holding = minority.play(3000, np.full(4, 450), 20, np.random.default_rng(5))
    endless = minority.endless(0.15, np.arange(21.0))
    assert endless[0] == pytest.approx(0.15)
    assert np.ptp(endless) > 0.5
    assert np.abs(holding.mean(axis=1) / 3000 - endless).max() < 0.03


def test_stored_populations_turn_at_the_threshold_the_more_sharply_the_larger() -> None:
    results = store.stored("minority")
    turned = np.mean([result.turned() for result in results], axis=0)
    shares = np.array(results[0].config.shares)
    between = ((turned > 0.05) & (turned < 0.95)).sum(axis=1)
    assert np.all(np.diff(between) < 0)
    assert np.all(turned[:, shares > 0.105] == 1)
    assert np.all(turned[-1, shares < 0.09] == 0)
    # Small ones fall by luck below it.
    assert turned[0, shares == 0.09].item() > 0.3
    # Patience moves the point.
    early = np.mean([result.turned(50) for result in results], axis=0)
    assert np.all(early <= turned)
    assert early.sum() < 0.8 * turned.sum()


def test_what_is_kept_agrees() -> None:
    for result in store.stored("minority"):
        assert np.all(result.held[result.won > 0] == 1)
        assert np.all(result.held[result.won == 0] < 1)
        assert result.course[..., -1] == pytest.approx(result.held[..., :4])
        for i, j, k in np.ndindex(result.course.shape[:3]):
            reached = 4 * np.argmax(result.course[i, j, k] == 1)
            assert 0 <= reached - result.won[i, j, k] < 4


def test_same_seed_same_bits_kept_and_read(tmp_path: Path) -> None:
    result = minority.run(TINY, seed=2)
    result.save(tmp_path / "kept.npz")
    assert minority.run(TINY, seed=2).difference(result.load(tmp_path / "kept.npz")) == 0
    assert not np.array_equal(minority.run(TINY, seed=3).held, result.held)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"agents": (1,)}, "agents: found"),
        ({"shares": (0.1, 1.0)}, "shares: found"),
        ({"shares": (0.1, 0.1)}, "each above the one before"),
        ({"repeats": 0}, "repeats: found 0"),
        ({"rounds": 2.5}, "rounds: found 2.5, want whole numbers"),
    ],
)
def test_settings_that_cannot_run_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        minority.Config(**settings)
