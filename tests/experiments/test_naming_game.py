"""The naming game against the exact chain of three agents; consensus absorbs."""

from collections import Counter
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emergence_lib.experiments import naming_game, store

TINY = naming_game.Config(agents=(5, 10), repeats=3, parts=4)
State = tuple[frozenset[int], ...]


def successors(state: State) -> list[tuple[float, State]]:
    """Return the states after one talk and their probabilities, by the rule as published."""
    pairs = list(permutations(range(len(state)), 2))
    following = []
    for speaker, listener in pairs:
        words = state[speaker] or {max([0, *(w for held in state for w in held)]) + 1}
        for word in words:
            after = list(state)
            if word in state[listener]:
                after[speaker] = after[listener] = frozenset([word])
            else:
                after[speaker] = state[speaker] | {word}
                after[listener] = state[listener] | {word}
            following.append((1 / len(pairs) / len(words), tuple(after)))
    return following


def expected_talks(agents: int) -> float:
    """Solve the Markov chain of all states for the mean number of talks to consensus."""
    start: State = (frozenset(),) * agents
    known, open_states = {start: 0}, [start]
    while open_states:
        for _, after in successors(open_states.pop()):
            if after not in known:
                known[after] = len(known)
                open_states.append(after)
    chain = np.eye(len(known))
    for state, row in known.items():
        if len(state[0]) != 1 or len(set(state)) != 1:
            for chance, after in successors(state):
                chain[row, known[after]] -= chance
    waits = np.array([len(s[0]) != 1 or len(set(s)) != 1 for s in known], float)
    return float(np.linalg.solve(chain, waits)[0])


def test_two_agents_agree_at_once() -> None:
    assert expected_talks(2) == 1
    success, words = naming_game.play(2, np.random.default_rng(0))
    assert success.tolist() == [0]
    assert words.tolist() == [1]


def test_three_agents_take_as_long_as_the_exact_chain_says() -> None:
    rng = np.random.default_rng(1)
    talks = [len(naming_game.play(3, rng)[0]) for _ in range(2000)]
    error = np.std(talks) / np.sqrt(len(talks))
    assert expected_talks(3) > 3
    assert abs(np.mean(talks) - expected_talks(3)) < 4.5 * error


def test_a_population_that_takes_too_long_is_an_error() -> None:
    talks = len(naming_game.play(20, np.random.default_rng(0))[0])
    # Just long enough is enough.
    assert len(naming_game.play(20, np.random.default_rng(0), limit=talks)[0]) == talks
    with pytest.raises(ValueError, match=rf"^limit: found {talks - 1} talks, want .*20 have not"):
        naming_game.play(20, np.random.default_rng(0), limit=talks - 1)
    with pytest.raises(ValueError, match="limit: found 30 talks"):
        naming_game.run(naming_game.Config(agents=(50,), repeats=1, limit=30))


def test_talks_follow_the_rule() -> None:
    held = Counter({1: 1, 2: 2, 3: 1})
    speaker, listener = [1, 2], [2, 3]
    assert not naming_game.talk(speaker, listener, held, 0.0)
    assert (speaker, listener) == ([1, 2], [2, 3, 1])
    assert held == {1: 2, 2: 2, 3: 1}
    assert naming_game.talk(speaker, listener, held, 0.99)
    assert (speaker, listener) == ([2], [2])
    assert held == {2: 2}


def test_who_has_no_word_makes_up_a_new_one() -> None:
    held = Counter({4: 1})
    speaker, listener = list[int](), [4]
    assert not naming_game.talk(speaker, listener, held, 0.5)
    assert speaker == [5]
    assert listener == [4, 5]
    assert held == {4: 1, 5: 2}


def test_consensus_is_absorbing() -> None:
    held = Counter({7: 6})
    memories = [[7] for _ in range(6)]
    rng = np.random.default_rng(2)
    for _ in range(200):
        speaker, listener = rng.permutation(6)[:2]
        assert naming_game.talk(memories[speaker], memories[listener], held, rng.random())
    assert memories == [[7]] * 6
    assert held == {7: 6}


def test_equal_parts_keep_the_total() -> None:
    values = np.array([0, 1, 1, 0, 1, 1, 1])
    assert naming_game.in_parts(values, 7) == pytest.approx(values)
    assert naming_game.in_parts(values, 1) == pytest.approx([5 / 7])
    assert naming_game.in_parts(values, 3).mean() == pytest.approx(5 / 7)
    # The first half ends in the middle of the fourth talk.
    assert naming_game.in_parts(values, 2) == pytest.approx([2 / 3.5, 3 / 3.5])


def test_rise_is_read_off_the_curve() -> None:
    result = naming_game.Result(
        config=naming_game.Config(agents=(5,), parts=10),
        seed=0,
        seconds=1,
        talks=np.array([[9]]),
        success=np.linspace(0.05, 0.95, 10)[None],
        words=np.ones((1, 10)),
    )
    assert result.rise() == pytest.approx([0.8])


def test_stored_populations_agree_the_more_suddenly_the_larger() -> None:
    for result in store.stored("naming_game"):
        assert np.all(np.diff(result.rise()) < -0.1)
        assert np.all(result.words[:, -1] == 1)
        assert np.all(result.success[:, -1] > 0.9)
        # About half of the agents speak first, and make up a word.
        assert result.words.max(axis=1) == pytest.approx(
            np.array(result.config.agents) / 2, rel=0.1
        )


def test_same_seed_same_bits_kept_and_read(tmp_path: Path) -> None:
    result = naming_game.run(TINY, seed=2)
    result.save(tmp_path / "kept.npz")
    assert naming_game.run(TINY, seed=2).difference(result.load(tmp_path / "kept.npz")) == 0
    assert not np.array_equal(naming_game.run(TINY, seed=3).talks, result.talks)


@pytest.mark.slow
def test_stored_populations_can_be_had_again() -> None:
    stored = store.stored("naming_game")[1]
    again = naming_game.run(naming_game.Config(agents=(50,)), seed=1)
    assert np.array_equal(again.talks[0], stored.talks[0])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"agents": (1,)}, "agents: found"),
        ({"agents": (50, 50)}, "each above the one before"),
        ({"repeats": 0}, "repeats: found 0"),
        ({"parts": 2.5}, "parts: found 2.5, want whole numbers"),
    ],
)
def test_settings_that_cannot_run_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        naming_game.Config(**settings)
