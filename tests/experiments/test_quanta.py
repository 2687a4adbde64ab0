"""The quanta experiment: its parts, what it finds on a small case, and that it can be had again."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emergence_lib.experiments import quanta, store
from tests.experiments.differences import central_differences

REDUCED = quanta.Config(
    skills=6, bits=10, parity=2, alpha=1.0, widths=(64,), steps=1200, batch=128, rate=0.01, exams=21
)


@pytest.fixture(scope="module")
def reduced() -> quanta.Result:
    return quanta.run(REDUCED, seed=5)


@pytest.mark.parametrize("config", [quanta.BOOK, quanta.WIDTHS, REDUCED])
def test_frequencies_are_zipfs_and_sum_to_one(config: quanta.Config) -> None:
    share = config.frequencies
    assert share.shape == (config.skills,)
    assert share.sum() == pytest.approx(1)
    assert share[0] / share[2] == pytest.approx(3 ** (1 + config.alpha))


@pytest.mark.parametrize("seed", range(5))
def test_no_two_skills_need_the_same_bits(seed: int) -> None:
    # As many skills as there are pairs: the draw must find every one of them.
    config = quanta.Config(skills=15, bits=6, parity=2)
    subsets = quanta.draw_subsets(config, np.random.default_rng(seed))
    assert {tuple(each) for each in subsets.tolist()} == {
        (low, high) for low in range(6) for high in range(low + 1, 6)
    }


def test_questions_show_the_skill_and_ask_for_its_parity() -> None:
    config = quanta.Config(skills=4, bits=7)
    subsets = quanta.draw_subsets(config, np.random.default_rng(0))
    asked = np.repeat(np.arange(4), 50)
    inputs, answers = quanta.questions(asked, subsets, config, np.random.default_rng(1))
    assert inputs.shape == (11, 200)
    for skill, question, answer in zip(asked, inputs.T, answers, strict=True):
        assert np.flatnonzero(question[:4]).tolist() == [skill]
        assert set(question[4:].tolist()) <= {-1.0, 1.0}
        odd = np.prod(-question[4:][subsets[skill]]) < 0
        assert answer == odd
    # No single bit gives the parity away.
    assert abs(answers.mean() - 0.5) < 0.15


def test_backward_pass_agrees_with_central_differences() -> None:
    rng = np.random.default_rng(2)
    config = quanta.Config(skills=3, bits=5)
    net = quanta.Net(7, config, rng, np.float64)
    subsets = quanta.draw_subsets(config, rng)
    inputs, answers = (
        part.astype(np.float64)
        for part in quanta.questions(rng.integers(0, 3, 23), subsets, config, rng)
    )
    # Away from the kinks of the rectifier, and with every bias in play.
    net.weights += rng.normal(0, 0.3, net.weights.size)

    def loss() -> float:
        return quanta.cross_entropy(net.forward(inputs)[1], answers).mean()

    gradient = net.gradient(inputs, answers)
    numeric = central_differences(loss, net.weights)
    assert np.abs(numeric - gradient).max() < 1e-8
    assert np.abs(gradient).max() > 0.01


def test_cross_entropy_is_that_of_the_coin_and_stays_finite() -> None:
    loss = quanta.cross_entropy(np.array([0.0, 2.0, 1e4, -1e4]), np.array([1.0, 0.0, 1.0, 1.0]))
    assert loss == pytest.approx([np.log(2), np.log(1 + np.exp(2)), 0, 1e4])


def test_moments_are_even_in_log_steps_and_end_at_the_end() -> None:
    moments = quanta.BOOK.moments
    assert (moments[0], moments[-1], len(moments)) == (50, 8000, 61)
    assert np.diff(np.log10(moments)) == pytest.approx(np.log10(160) / 60, abs=0.005)
    assert quanta.WIDTHS.moments.tolist() == [5000]


def test_an_untrained_net_guesses() -> None:
    result = quanta.run(replace(REDUCED, steps=1, first=1, exams=1, rate=1e-9, items=4000), seed=0)
    # A fixed guess; each skill has 4,000 questions.
    assert result.accuracy[0, 0] == pytest.approx(0.5, abs=0.1)
    assert np.all(result.loss[0, 0] > 0.9 * np.log(2))


def test_common_skills_are_learned_and_come_first(reduced: quanta.Result) -> None:
    accuracy = reduced.accuracy[0]
    assert np.all(accuracy[-1, :3] > 0.95)
    reached = (accuracy > 0.75).argmax(0)
    assert reached[0] < reached[2]
    assert np.all(accuracy[0, 2:] < 0.72)


def test_a_skill_never_asked_for_is_not_learned() -> None:
    config = replace(REDUCED, alpha=40.0, steps=600, items=2000)
    result = quanta.run(config, seed=1)
    assert result.accuracy[0, -1, 0] > 0.95
    assert result.accuracy[0, -1, 1:] == pytest.approx(0.5, abs=0.1)


def test_mean_loss_weights_skills_as_training_does(reduced: quanta.Result) -> None:
    by_hand = sum(
        share * reduced.loss[0, -1, skill] for skill, share in enumerate(REDUCED.frequencies)
    )
    assert reduced.mean_loss.shape == (1, len(reduced.moments))
    assert reduced.mean_loss[0, -1] == pytest.approx(float(by_hand))
    assert 0.5 <= reduced.mean_accuracy[0, 0] < reduced.mean_accuracy[0, -1] <= 1


def test_parameters_are_counted() -> None:
    result = quanta.run(replace(REDUCED, widths=(4, 9), steps=2, first=1, exams=1), seed=0)
    assert result.parameters.tolist() == [4 * (16 + 2) + 1, 9 * (16 + 2) + 1]
    assert result.accuracy.shape == (2, 1, 6)


def test_same_seed_same_bits_other_seed_other_numbers(reduced: quanta.Result) -> None:
    again = quanta.run(REDUCED, seed=5)
    assert reduced.difference(again) == 0
    other = quanta.run(REDUCED, seed=6)
    assert not np.array_equal(other.loss, again.loss)


def test_a_net_does_not_depend_on_its_ladder() -> None:
    short = replace(REDUCED, steps=40, first=1, exams=1)
    alone = quanta.run(replace(short, widths=(16,)), seed=2)
    among = quanta.run(replace(short, widths=(8, 16, 32)), seed=2)
    assert np.array_equal(alone.loss[0], among.loss[1])


def test_round_trip_keeps_everything(reduced: quanta.Result, tmp_path: Path) -> None:
    reduced.save(tmp_path / "small.npz")
    back = quanta.Result.load(tmp_path / "small.npz")
    assert back.config == REDUCED
    assert back.difference(reduced) == 0


def test_progress_wraps_the_training_steps() -> None:
    seen = []

    def watch(steps: Iterable[int]) -> Iterator[int]:
        for step in steps:
            seen.append(step)
            yield step

    quanta.run(replace(REDUCED, steps=7, first=1, exams=2, items=10), 0, watch)
    assert len(seen) == 7


@pytest.mark.parametrize("variant", quanta.VARIANTS)
def test_stored_results_hold_what_their_settings_say(variant: str) -> None:
    config = quanta.VARIANTS[variant]
    for result in store.stored("quanta", variant):
        assert result.config == config
        nets, moments = len(config.widths), len(config.moments)
        assert result.accuracy.shape == result.loss.shape == (nets, moments, config.skills)
        assert np.array_equal(result.moments, config.moments)
        assert len({tuple(each) for each in result.subsets.tolist()}) == config.skills
        assert np.all((result.accuracy >= 0) & (result.accuracy <= 1))
        assert np.all(result.loss >= 0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"widths": ()}, r"widths: found \(\), want whole numbers of at least 1"),
        ({"alpha": -0.5}, "alpha: found -0.5"),
        ({"steps": 0}, "steps: found 0"),
        ({"skills": 11, "bits": 5, "parity": 2}, "skills: found 11, want at most 10"),
        ({"bits": 2, "parity": 3}, "skills: found 60, want at most 0"),
        ({"steps": 20, "first": 50}, "first: found 50, want at most steps, 20"),
    ],
)
def test_settings_that_cannot_run_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        quanta.Config(**settings)
