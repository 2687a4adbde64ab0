"""Speakers in the browser against those of Python, talk for talk; what is shown and said."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from emergence_lib.experiments import naming_game
from tests.twins.stage import Pieces

Floats = NDArray[np.float64]
MEET = """({agents, numbers, every}) => {
  const luck = chance(numbers, 1);
  const { crowd, meet, agreed } = emTwins.naming;
  const people = crowd(agents);
  const [understood, words, states] = [[], [], []];
  while (!agreed(people)) {
    understood.push(Number(meet(people, luck.random)));
    words.push(people.held.size);
    if (understood.length % every) continue;
    const held = [...people.held].sort(([one], [other]) => one - other);
    states.push([structuredClone(people.memories), held]);
  }
  return { understood, words, states, used: luck.used };
}"""


def luck_of_play(agents: int, seed: int, talks: int) -> Floats:
    """Return numbers with which the piece makes the choices that `naming_game.play` makes."""
    rng = np.random.default_rng(seed)
    numbers = []
    for _ in range(-(-talks // 1000)):
        speakers, further = rng.integers(agents, size=1000), rng.integers(1, agents, size=1000)
        # The middle of what is rounded down to the choice.
        numbers.append(
            [(speakers + 0.5) / agents, (further - 0.5) / (agents - 1), rng.random(1000)]
        )
    return np.concatenate([np.transpose(each) for each in numbers])[:talks].ravel()


def winner(agents: int, numbers: Floats) -> int:
    """Return the word that all agents of Python share in the end."""
    memories: list[list[int]] = [[] for _ in range(agents)]
    held: Counter[int] = Counter()
    for first, second, luck in numbers.reshape(-1, 3):
        speaker = int(agents * first)
        listener = (speaker + 1 + int((agents - 1) * second)) % agents
        naming_game.talk(memories[speaker], memories[listener], held, luck)
    (word,) = held
    return word


@pytest.mark.parametrize(("agents", "seed"), [(2, 1), (3, 1), (50, 1), (50, 2), (50, 3), (100, 1)])
def test_every_memory_is_as_in_python(pieces: Pieces, agents: int, seed: int) -> None:
    talks = len(naming_game.play(agents, np.random.default_rng(seed))[0])
    numbers = luck_of_play(agents, seed, talks)
    found = pieces.evaluate(MEET, {"agents": agents, "numbers": numbers.tolist(), "every": 1})
    memories: list[list[int]] = [[] for _ in range(agents)]
    held: Counter[int] = Counter()
    for (first, second, luck), state in zip(numbers.reshape(-1, 3), found["states"], strict=True):
        speaker = int(agents * first)
        listener = (speaker + 1 + int((agents - 1) * second)) % agents
        naming_game.talk(memories[speaker], memories[listener], held, luck)
        assert state == [memories, [list(each) for each in sorted(held.items())]]


@pytest.mark.parametrize(("agents", "seed"), [(50, 4), (100, 2), (100, 3), (200, 1), (400, 1)])
def test_every_talk_is_as_in_python(pieces: Pieces, agents: int, seed: int) -> None:
    understood, words = naming_game.play(agents, np.random.default_rng(seed))
    numbers = luck_of_play(agents, seed, len(words))
    found = pieces.evaluate(MEET, {"agents": agents, "numbers": numbers.tolist(), "every": 10**9})
    assert found["understood"] == understood.tolist()
    assert found["words"] == words.tolist()
    assert found["used"] == len(numbers)


def test_any_two_meet_and_nobody_meets_himself(pieces: Pieces) -> None:
    pairs = pieces.evaluate(
        """() => {
          const luck = chance(null, 3);
          return Array.from({ length: 12000 }, () => {
            const { meet, crowd } = emTwins.naming;
            const people = crowd(4);
            // The speaker holds a word of its own; whoever has learnt it then has listened.
            people.memories.forEach((memory, at) => memory.push(at));
            people.held = new Map([0, 1, 2, 3].map((word) => [word, 1]));
            meet(people, luck.random);
            const listener = people.memories.findIndex((memory) => memory.length === 2);
            return [people.memories[listener]?.[1], listener];
          });
        }"""
    )
    counts = Counter(map(tuple, pairs))
    assert set(counts) == {(i, j) for i in range(4) for j in range(4) if i != j}
    assert stats.chisquare(list(counts.values())).pvalue > 1e-4


@pytest.mark.parametrize(("agents", "seed", "run"), [(50, 5, 1), (130, 6, 2)])
def test_curves_and_words_tell_what_python_counts(
    pieces: Pieces, agents: int, seed: int, run: int
) -> None:
    understood, words = naming_game.play(agents, np.random.default_rng(seed))
    talks = len(words)
    stride = max(1, int(np.floor(agents / 20 + 0.5)))
    calls = -(-talks // stride)
    shown = pieces.drive(
        "naming",
        *[1] * calls,
        settings={"agents": agents},
        data={"limit": 100},
        numbers=luck_of_play(agents, seed, talks),
        run=run,
    )
    so_far = [0]
    for call, each in enumerate(shown[1:], start=1):
        so_far.append(min(call * stride, talks))
        assert each.used == 3 * so_far[-1]
        assert each.answer is (call < calls)
        assert each.marks["words"][0] == pytest.approx(np.array([0, *so_far]) / agents)
        assert np.array_equal(each.marks["understood"][0], each.marks["words"][0])
        done = so_far[-1]
        recent = understood[max(0, done - agents) : done]
        said = f"Run {run}, after {done:,} talks ({done / agents:.1f} a speaker): "
        if call < calls:
            percent = np.floor(100 * recent.sum() / len(recent) + 0.5)
            left = f"{words[done - 1]} {'word' if words[done - 1] == 1 else 'words'}"
            said += f"{percent:.0f}% of the last {len(recent)} understood; "
            said += f"{left} for {agents} speakers."
        else:
            word = winner(agents, luck_of_play(agents, seed, talks))
            said += f"all {agents} speakers use one word, number {word}."
        assert each.said == said
    curve = [0, *(words[done - 1] / agents if done else 0 for done in so_far)]
    assert shown[-1].marks["words"][1] == pytest.approx(curve)
    share = [0, *(understood[max(0, n - agents) : n].mean() if n else 0 for n in so_far)]
    assert shown[-1].marks["understood"][1] == pytest.approx(share)


def test_before_anybody_speaks_there_is_a_dot_and_a_word(pieces: Pieces) -> None:
    start = pieces.drive("naming", settings={"agents": 1200}, data={"limit": 9}, run=5)[0]
    assert start.said == "Run 5: 1,200 speakers, and no talk yet."
    assert start.marks["words"].tolist() == start.marks["understood"].tolist() == [[0, 0], [0, 0]]
    assert start.used == 0


def test_the_words_for_one_talk_and_for_a_thousand(pieces: Pieces) -> None:
    shown = pieces.drive("naming", 1, settings={"agents": 12}, data={"limit": 9})
    assert shown[1].said == (
        "Run 1, after 1 talk (0.1 a speaker): 0% of the last 1 understood; 1 word for 12 speakers."
    )
    shown = pieces.drive("naming", 40, settings={"agents": 1200}, data={"limit": 9})
    assert shown[1].said.startswith("Run 1, after 2,400 talks (2.0 a speaker): ")
    assert " of the last 1,200 understood; " in shown[1].said
    assert shown[1].said.endswith(" words for 1,200 speakers.")


def test_a_game_without_agreement_ends_at_the_limit(pieces: Pieces) -> None:
    shown = pieces.drive("naming", "end", 5, settings={"agents": 70}, data={"limit": 2})
    assert shown[1].used == shown[2].used == 3 * 140
    assert shown[2].answer is False
    for mark in ("understood", "words"):
        assert shown[1].marks[mark][0, -1] == 2
        assert np.array_equal(shown[1].marks[mark], shown[2].marks[mark])
    assert shown[1].said.startswith("Run 1, after 140 talks (2.0 a speaker): ")
    assert shown[1].said.endswith(" words for 70 speakers.")
    assert shown[1].said == shown[2].said


def test_after_agreement_nothing_happens(pieces: Pieces) -> None:
    shown = pieces.drive("naming", "end", 5, settings={"agents": 30}, data={"limit": 100})
    assert "): all 30 speakers use one word, number " in shown[1].said
    assert shown[2].said == shown[1].said
    assert shown[2].answer is False
    assert shown[2].used == shown[1].used
    assert np.array_equal(shown[1].marks["words"], shown[2].marks["words"])
    assert shown[1].marks["words"][1, -1] == pytest.approx(1 / 30)


def test_other_agents_are_another_game(pieces: Pieces) -> None:
    shown = pieces.drive("naming", 5, {"agents": 60}, settings={"agents": 30}, data={"limit": 100})
    assert shown[2].answer is False


def test_it_reads_and_draws_what_it_declares(pieces: Pieces) -> None:
    declared = pieces.declared("naming")
    assert declared == {
        "controls": ["agents"],
        "marks": ["understood", "words"],
        "data": ["limit"],
    }
    shown = pieces.drive("naming", 5, settings={"agents": 30}, data={"limit": 100})[1]
    assert shown.read == {"settings.agents", "data.limit"}
    fixed = pieces.drive("naming", 5, settings={}, data={"limit": 100, "agents": 30})[1]
    offered = pieces.drive("naming", 5, settings={"agents": 30}, data={"limit": 100})[1]
    assert fixed.said == offered.said
    assert sorted(fixed.drawn) == ["understood", "words"]


def test_games_are_neither_too_quick_to_follow_nor_too_slow_to_await(pieces: Pieces) -> None:
    assert pieces.evaluate("() => emTwins.naming.pace") == 1
    for agents, low, high in ((200, 6, 14), (800, 10, 25)):
        frames = [
            len(
                pieces.drive(
                    "naming", "end", settings={"agents": agents}, data={"limit": 200}, seed=seed
                )[1].marks["words"][0]
            )
            for seed in range(8)
        ]
        assert low < np.median(frames) / 60 < high


def test_agreement_takes_as_long_as_in_python(pieces: Pieces) -> None:
    agents, games = 40, 150
    data = {"limit": 1000}
    ends = [
        pieces.drive("naming", "end", settings={"agents": agents}, data=data, seed=seed)[1]
        for seed in range(games)
    ]
    ours = np.array([end.used / 3 for end in ends])
    rng = np.random.default_rng(8)
    played = [naming_game.play(agents, rng) for _ in range(games)]
    theirs = np.array([len(words) for _, words in played])
    for measure in (np.array, np.log):
        one, other = measure(ours), measure(theirs)
        assert abs(one.mean() - other.mean()) < 4 * np.hypot(stats.sem(one), stats.sem(other))
    most = np.array([agents * end.marks["words"][1].max() for end in ends])
    known = np.array([words.max() for _, words in played])
    # A picture every other talk can miss the height by a word.
    assert abs(most.mean() - known.mean()) < 0.5 + 4 * np.hypot(stats.sem(most), stats.sem(known))
    assert all(0 <= end.marks["words"][1].min() <= end.marks["words"][1].max() <= 1 for end in ends)
