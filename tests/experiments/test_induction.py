"""The induction experiment: its parts, its findings on a reduced case, and its stored results."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emergence_lib.experiments import ablation, attention, induction, store

# Fewer symbols and a higher rate: the circuit forms in some 200 steps.
EASY: dict[str, Any] = {
    "widths": (24,),
    "symbols": 24,
    "length": 24,
    "shortest": 5,
    "longest": 10,
    "steps": 280,
    "rate": 0.01,
    "every": 40,
    "items": 128,
}


@pytest.fixture(scope="module")
def two() -> induction.Result:
    return induction.run(induction.Config(**EASY), seed=5)


@pytest.fixture(scope="module")
def one() -> induction.Result:
    return induction.run(induction.Config(**EASY, layers=1), seed=5)


def test_sequences_repeat_with_their_period() -> None:
    config = induction.BOOK
    tokens, periods = induction.sequences(config, 500, np.random.default_rng(0))
    assert tokens.shape == (500, config.length)
    assert set(periods) == set(range(config.shortest, config.longest + 1))
    for sequence, period in zip(tokens, periods, strict=True):
        assert np.array_equal(sequence[period:], sequence[:-period])
    assert set(tokens.ravel()) == set(range(config.symbols))


def test_symbols_of_a_block_are_all_equally_likely() -> None:
    tokens, _ = induction.sequences(induction.BOOK, 8000, np.random.default_rng(1))
    counts = np.bincount(tokens[:, :8].ravel(), minlength=32)
    # 2000 expected of each; five standard deviations
    assert np.all(np.abs(counts - 2000) < 5 * np.sqrt(2000))


def test_next_symbol_is_given_away_from_one_whole_block_on() -> None:
    tokens, periods = induction.sequences(induction.BOOK, 50, np.random.default_rng(2))
    known = induction.given_away(periods, 31)
    for i, t in zip(*np.nonzero(known), strict=True):
        assert tokens[i, t + 1] == tokens[i, t + 1 - periods[i]]
        assert tokens[i, t] == tokens[i, t - periods[i]]
    assert known.sum(1).tolist() == (31 - periods).tolist()


def test_follows_by_hand() -> None:
    # a b a c a: from the last a, one should look at b and c.
    match = induction.follows(np.array([[0, 1, 0, 2, 0]]))[0]
    assert np.flatnonzero(match[:, 4]).tolist() == [1, 3]
    assert np.flatnonzero(match[:, 2]).tolist() == [1]
    assert not match[:, [0, 1, 3]].any()


def test_an_untrained_net_guesses() -> None:
    config = induction.Config(steps=20, warm_up=10**9)
    result = induction.run(config, seed=0)
    assert result.loss[0, 0] == pytest.approx(np.log(32), abs=0.05)
    assert result.fresh_loss[0, 0] == pytest.approx(np.log(32), abs=0.05)
    assert result.accuracy[0, 0] == pytest.approx(1 / 32, abs=0.03)
    assert result.prefix[0, 0] < 0.15


def test_two_layers_learn_and_one_does_not(two: induction.Result, one: induction.Result) -> None:
    assert two.accuracy[0, -1] > 0.7
    assert one.accuracy[0, -1] < 0.5
    assert two.loss[0, -1] < one.loss[0, -1] - 0.7
    assert two.prefix[0, -1] > 0.6
    assert one.prefix[0, -1] < 0.4


def test_the_circuit_is_previous_token_through_keys(two: induction.Result) -> None:
    score = dict(zip(ablation.INTERVENTIONS, two.cut[0], strict=True))
    whole = score["nothing changed"]
    assert whole == two.accuracy[0, -1]
    for name in ("first head removed", "second head removed", "second head blurred"):
        assert score[name] < 0.5 * whole
    assert score["seen by keys only"] > 0.8 * whole
    for name in ("seen by queries only", "seen by values only", "seen by all but keys"):
        assert score[name] < 0.5 * whole
    assert score["first head one back"] > 0.8 * whole
    assert score["first head two back"] < 0.4 * whole


def test_one_layer_has_only_a_first_head_to_take_away(one: induction.Result) -> None:
    assert one.cut.shape == (1, 3)
    assert tuple(ablation.interventions(1, 4)) == ablation.INTERVENTIONS[:3]


def test_a_given_head_looks_one_back_from_the_start() -> None:
    result = induction.run(induction.Config(**{**EASY, "steps": 40}, given=True), seed=0)
    assert result.previous[..., 1:] == pytest.approx(1)
    assert np.array_equal(result.patterns[0, 0].T, attention.back(16))


def test_patterns_are_of_a_repeating_example(two: induction.Result) -> None:
    assert two.patterns.shape == (8, 2, 16, 16)
    assert np.array_equal(two.example[5:], two.example[:-5])
    assert len(set(two.example)) == 5
    assert two.patterns.sum(axis=-1) == pytest.approx(1, abs=5e-3)
    assert np.all(np.triu(two.patterns, 1) == 0)
    assert two.previous.shape == (1, 8, 23)
    assert np.all(two.previous[..., 0] == 0)


def test_a_shorter_ladder_repeats_its_nets() -> None:
    small = {**EASY, "steps": 40, "items": 20}
    alone = induction.run(induction.Config(**{**small, "widths": (6,)}), seed=3)
    among = induction.run(induction.Config(**{**small, "widths": (4, 6)}), seed=3)
    assert np.array_equal(alone.loss[0], among.loss[1])
    assert among.parameters.tolist() == [(24 + 23 + 24) * w + 8 * w**2 for w in (4, 6)]


def test_same_seed_same_bits_other_seed_other_numbers() -> None:
    config = induction.Config(**{**EASY, "steps": 40, "items": 20})
    first, again, other = (induction.run(config, seed) for seed in (7, 7, 8))
    assert first.difference(again) == 0
    assert not np.array_equal(first.loss, other.loss)


def test_a_result_survives_the_disc(one: induction.Result, tmp_path: Path) -> None:
    one.save(tmp_path / "one.npz")
    loaded = induction.Result.load(tmp_path / "one.npz")
    assert loaded.config == one.config
    assert loaded.difference(one) == 0
    assert loaded.patterns.dtype == np.float16


def test_progress_wraps_the_training_steps() -> None:
    seen = []

    def watch(steps: Iterable[int]) -> Iterator[int]:
        for step in steps:
            seen.append(step)
            yield step

    config = induction.Config(**{**EASY, "steps": 6, "every": 3, "items": 4})
    result = induction.run(config, 0, watch)
    assert result.step.tolist() == [0, 3, 6]
    assert seen == list(range(7))


@pytest.mark.slow
def test_a_stored_run_can_be_had_again() -> None:
    stored = induction.Result.load(store.path("induction", 1))
    again = induction.run(seed=1)
    # Other machines differ by rounding, which hundreds of steps amplify: a band, not the bits.
    assert again.accuracy[0, -1] == pytest.approx(stored.accuracy[0, -1], abs=0.06)
    assert again.loss[0, :8] == pytest.approx(stored.loss[0, :8], abs=0.05)
    assert again.cut[0] == pytest.approx(stored.cut[0], abs=0.15)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"widths": ()}, r"widths: found \(\), want whole numbers of at least 1"),
        ({"steps": -1}, "steps: found -1"),
        ({"layers": 3}, "layers: found 3, want whole numbers from 1 to 2"),
        ({"shortest": 20}, r"longest: found 16, want at least shortest \(20\)"),
        ({"longest": 31}, r"longest: found 31, .* less than length - 1 \(31\)"),
        ({"layers": 1, "given": True}, "given: found True with one layer"),
        ({"every": 30}, r"every: found 30, want a divisor of steps \(800\)"),
    ],
)
def test_settings_that_cannot_run_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        induction.Config(**settings)


def test_widths_of_powers_of_a_straight_line_are_those_of_their_roots(
    two: induction.Result,
) -> None:
    size = np.logspace(4, 7, 301).round().astype(np.int64)
    done = np.clip(np.log10(size) - 5, 0, 1)[:, None] * (two.step == 280)
    made = replace(two, parameters=size, accuracy=done, loss=3 - done**3, prefix=done**2)
    table = induction.widths(280, [made])
    assert table.index.tolist() == [two.seed]
    row = table[["accuracy", "loss", "ratio", "prefix"]].to_numpy()[0]
    square, cube = (0.9 ** (1 / power) - 0.1 ** (1 / power) for power in (2, 3))
    assert row == pytest.approx([0.8, cube, cube / 0.8, square], abs=2e-3)
    with pytest.raises(ValueError, match=r"step: found 281, want one of \[0, 40"):
        induction.widths(281, [made])
