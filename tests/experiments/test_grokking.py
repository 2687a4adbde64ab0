"""The grokking experiment: its parts, its filter, and that the findings can be had again."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from emergence_lib.experiments import grokking, modular, store
from emergence_lib.experiments.layers import Floats, one_hot
from emergence_lib.experiments.optim import Adam
from tests.experiments.differences import central_differences

REDUCED = grokking.Config(
    modulus=31, width=96, shares=(0.45,), checkpoints=(0, 20, 60, 100, 400, 800)
)


@pytest.fixture(scope="module")
def reduced() -> dict[str, grokking.Result]:
    settings = {
        "decay": REDUCED,
        "no decay": replace(REDUCED, decay=0),
        "random": replace(REDUCED, table="random"),
        "product": replace(REDUCED, table="product"),
    }
    return {name: grokking.run(config, seed=5) for name, config in settings.items()}


@pytest.mark.parametrize("loss", grokking.LOSSES)
def test_backward_pass_agrees_with_central_differences(loss: str) -> None:
    rng = np.random.default_rng(2)
    net = modular.Net(7, 5, rng, np.float64)
    pairs = rng.integers(0, 7, (2, 12))
    inputs = modular.encode(pairs, 7).astype(np.float64)
    targets = one_hot(pairs.sum(axis=0)[None] % 7, 7, np.float64)[0]
    gradient = net.gradient(inputs, targets, loss)
    numeric = central_differences(lambda: net.loss(inputs, targets, loss), net.weights)
    assert np.abs(numeric - gradient).max() < 1e-8
    assert np.abs(gradient).max() > 0.01


def test_losses_by_hand() -> None:
    net = modular.Net(5, 1, np.random.default_rng(0), np.float64)
    net.first[:] = np.arange(10) / 10
    net.last[:] = np.arange(5)[:, None]
    inputs = modular.encode(np.array([[2], [1]]), 5).astype(np.float64)
    # 0.2 for a = 2, 0.6 for b = 1: their sum squared is 0.64
    logits = 0.64 * np.arange(5)
    assert net.forward(inputs)[1][:, 0] == pytest.approx(logits)
    targets = np.eye(5)[:, 3:4]
    assert net.loss(inputs, targets, "squared error") == pytest.approx(
        ((logits - targets[:, 0]) ** 2).sum()
    )
    expected = -np.log(np.exp(logits[3]) / np.exp(logits).sum())
    assert net.loss(inputs, targets, "cross-entropy") == pytest.approx(expected)


def test_decay_shrinks_the_weights_apart_from_the_gradient() -> None:
    weights = np.array([2.0, -4.0])
    Adam(weights, decay=0.5).step(np.zeros(2), rate=0.1)
    assert weights == pytest.approx([1.9, -3.8])
    # AdamW: the decay does not enter the running means, so it adds to the step.
    with_decay, without = np.array([2.0, -4.0]), np.array([2.0, -4.0])
    Adam(with_decay, decay=0.5).step(np.array([0.3, -0.1]), rate=0.1)
    Adam(without).step(np.array([0.3, -0.1]), rate=0.1)
    assert with_decay - without == pytest.approx([-0.1, 0.2])


@pytest.mark.parametrize(
    ("kind", "answer"),
    [("sum", lambda a, b: (a + b) % 7), ("product", lambda a, b: a * b % 7)],
)
def test_tables_hold_every_pair_once(kind: str, answer: Any) -> None:
    config = grokking.Config(modulus=7, table=kind)
    pairs, answers = grokking.table(config, np.random.default_rng(0))
    assert sorted(map(tuple, pairs.T.tolist())) == [(a, b) for a in range(7) for b in range(7)]
    assert answers.tolist() == [answer(a, b) for a, b in pairs.T]


def test_random_labels_are_split_like_the_sums() -> None:
    sums = grokking.table(grokking.Config(), np.random.default_rng(4))
    noise = grokking.table(grokking.Config(table="random"), np.random.default_rng(4))
    assert np.array_equal(sums[0], noise[0])
    # 59 answers, each expected 59 times; five standard deviations
    assert np.all(np.abs(np.bincount(noise[1], minlength=59) - 59) < 5 * np.sqrt(59))
    assert np.mean(sums[1] == noise[1]) < 0.05


def test_untrained_net_scores_chance_everywhere(reduced: dict[str, grokking.Result]) -> None:
    for result in reduced.values():
        for name in ("train", "test", "filtered", "shuffled", "scrambled", "excluded"):
            # 528 test pairs: five standard deviations above 1/31
            assert getattr(result, name)[0, 0] < 0.032 + 5 * 0.0077, name


def test_grokking_and_the_rule_that_is_there_before(reduced: dict[str, grokking.Result]) -> None:
    result = reduced["decay"]
    memorised = REDUCED.checkpoints.index(100)
    assert result.train[0, memorised] > 0.99
    assert result.test[0, memorised] < 0.2
    assert result.filtered[0, memorised] > 0.9
    assert result.test[0, -1] > 0.9
    assert result.excluded[0, -1] < 0.5 < result.excluded[0, memorised]


def test_without_decay_the_rule_stays_unused(reduced: dict[str, grokking.Result]) -> None:
    result = reduced["no decay"]
    assert result.train[0, -1] == 1
    assert result.test[0, -1] < 0.2
    assert result.filtered[0, -1] > 0.9
    assert result.excluded[0, -1] > 0.6


@pytest.mark.parametrize("name", ["random", "product"])
def test_filter_finds_nothing_where_there_is_no_sum(
    name: str, reduced: dict[str, grokking.Result]
) -> None:
    result = reduced[name]
    assert result.train[0, -1] > 0.99
    # "Always 0" gets 0.063 of the products: one factor is 0.
    assert result.filtered.max() < (0.15 if name == "product" else 0.032 + 5 * 0.0077)


def test_scrambled_order_is_chance_all_along(reduced: dict[str, grokking.Result]) -> None:
    assert reduced["decay"].scrambled.max() < 0.1


def test_power_gathers_in_one_frequency_a_neuron(reduced: dict[str, grokking.Result]) -> None:
    spectrum = reduced["decay"].spectrum[0]
    assert spectrum.shape == (6, 15)
    assert spectrum.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert np.all(np.diff(spectrum, axis=1) <= 0)
    assert spectrum[-1, 0] > 2 * spectrum[0, 0]


def test_more_of_the_table_is_learned_sooner() -> None:
    config = replace(REDUCED, loss="squared error", shares=(0.2, 0.45), checkpoints=(0, 100, 600))
    result = grokking.run(config, seed=1)
    assert result.train[:, -1].tolist() == [1, 1]
    assert result.test[0, -1] < 0.3
    assert result.test[1, -1] > 0.9
    alone = grokking.run(replace(config, shares=(0.45,)), seed=1)
    # A net of a sweep is the net it would be alone; only the random control differs.
    assert np.array_equal(alone.test[0], result.test[1])
    assert np.array_equal(alone.filtered[0], result.filtered[1])


def test_same_seed_same_bits_other_seed_other_numbers(reduced: dict[str, grokking.Result]) -> None:
    assert reduced["decay"].difference(grokking.run(REDUCED, seed=5)) == 0
    assert reduced["decay"].test_loss[0, 0] != reduced["random"].test_loss[0, 0]
    other = grokking.run(replace(REDUCED, checkpoints=(0, 20)), seed=6)
    assert other.test_loss[0, 1] != reduced["decay"].test_loss[0, 1]


def test_result_survives_saving(reduced: dict[str, grokking.Result], tmp_path: Any) -> None:
    path = tmp_path / "grokking.npz"
    reduced["decay"].save(path)
    back = grokking.Result.load(path)
    assert back.config == REDUCED
    assert back.difference(reduced["decay"]) == 0


def test_progress_wraps_the_training_steps() -> None:
    seen = []

    def watch(steps: Iterable[int]) -> Iterator[int]:
        for step in steps:
            seen.append(step)
            yield step

    config = grokking.Config(modulus=5, width=3, checkpoints=(0, 7))
    grokking.run(config, 0, watch)
    assert seen == list(range(8))


def test_spread_is_even_on_a_log_scale() -> None:
    steps = grokking.spread(1500)
    assert steps[:4] == (0, 1, 2, 3)
    assert steps[-1] == 1500
    ratios = np.divide(steps[25:], steps[24:-1])
    assert ratios == pytest.approx(ratios.mean(), rel=0.03)


@pytest.mark.slow
def test_a_stored_run_can_be_had_again() -> None:
    stored = grokking.Result.load(store.path("grokking", 1))
    again = grokking.run(stored.config, seed=1)

    def half(result: grokking.Result, scores: Floats) -> int:
        return result.config.checkpoints[int(np.argmax(scores[0] > 0.5))]

    # Rounding differs between machines, and hundreds of steps amplify it: bands, not bits.
    assert half(again, again.test) == pytest.approx(half(stored, stored.test), rel=0.3)
    assert half(again, again.filtered) == pytest.approx(half(stored, stored.filtered), abs=2)
    assert again.test[0, -1] > 0.95


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"modulus": 12}, "modulus: found 12, want an odd number"),
        ({"modulus": 3}, "modulus: found 3, want whole numbers of at least 5"),
        ({"loss": "hinge"}, "loss: found 'hinge', want one of"),
        ({"table": "quotient"}, "table: found 'quotient', want one of"),
        ({"shares": ()}, r"shares: found \(\), want numbers from 0.000287"),
        ({"shares": (0.5, 1.0)}, r"shares: found \(0.5, 1.0\)"),
        ({"decay": -1}, "decay: found -1, want numbers of at least 0"),
        ({"width": 0}, "width: found 0, want whole numbers of at least 1"),
        ({"checkpoints": ()}, r"checkpoints: found \(\), want .* each above the one before"),
        ({"checkpoints": (0, 5, 5)}, "checkpoints: found"),
    ],
)
def test_settings_that_cannot_run_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        grokking.Config(**settings)
