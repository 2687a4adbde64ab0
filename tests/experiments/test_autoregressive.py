"""The nets that read their own digits: backward pass, ways to write, and what an exam counts."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from emergence_lib.experiments import addition, autoregressive
from emergence_lib.experiments.layers import Floats, Integers, cross_entropy, one_hot, softmax
from tests.experiments.differences import central_differences

REDUCED = autoregressive.Config(widths=(16, 48), lengths=(1, 2), steps=500, items=3000)


@pytest.fixture(scope="module", params=[False, True], ids=["units first", "leading first"])
def reduced(request: pytest.FixtureRequest) -> autoregressive.Result:
    return autoregressive.run(replace(REDUCED, leading=request.param), seed=5)


def shaken(leading: bool, seed: int = 2) -> tuple[autoregressive.Net, Floats, Integers]:
    """Return a small net far from its first weights, and some problems; answers units first."""
    rng = np.random.default_rng(seed)
    net = autoregressive.Net(7, 3, rng, leading, np.float64)
    net.weights += rng.normal(0, 0.4, net.weights.size)
    questions, answers = addition.problems(np.full(11, 3), 3, rng)
    return net, one_hot(questions, 10, np.float64).reshape(60, -1), answers


@pytest.mark.parametrize("leading", [False, True])
def test_backward_pass_agrees_with_central_differences(leading: bool) -> None:
    net, inputs, answers = shaken(leading)
    targets = one_hot(answers, 10, np.float64)

    def loss() -> float:
        truth = targets[net.order]
        return float(cross_entropy(net.forward(inputs, truth), truth).sum(0).mean())

    gradient = net.gradient(inputs, targets)
    assert np.abs(central_differences(loss, net.weights) - gradient).max() < 1e-8
    # Every part of the net takes part: what it reads of its digits above all.
    ends = np.cumsum([part.size for part in (net.w1, net.b1, net.read, net.w2, net.b2)])
    assert all(np.abs(part).max() > 1e-3 for part in np.split(gradient, ends[:-1]))


def slow_logits(net: autoregressive.Net, inputs: Floats, before: list[int], at: int) -> Floats:
    """Return the ten logits of the next digit of one problem, from the formula, digit by digit."""
    drive = net.w1 @ inputs[:, at] + net.b1[:, 0]
    for place, digit in enumerate(before):
        drive = drive + net.read[place][:, digit]
    logits: Floats = net.w2[len(before)] @ np.maximum(drive, 0) + net.b2[len(before), :, 0]
    return logits


@pytest.mark.parametrize("leading", [False, True])
def test_each_digit_is_the_likeliest_after_those_written(leading: bool) -> None:
    net, inputs, _ = shaken(leading)
    written = net.write(inputs)
    for at in range(inputs.shape[1]):
        mine: list[int] = []
        for _ in range(4):
            mine.append(int(slow_logits(net, inputs, mine, at).argmax()))
        assert written[:, at].tolist() == mine


def test_an_exam_counts_what_a_slow_examiner_counts() -> None:
    net, inputs, answers = shaken(False)
    # Truth that the net writes for some problems, so that some answers are whole or nearly so.
    answers = net.write(inputs)
    answers[1, :4], answers[3, 3:8], answers[0, 10] = 0, 5, 7
    scores = autoregressive.examine(net, inputs, answers)
    count, places = inputs.shape[1], range(4)
    whole, slips, left, mended = 0, [0] * 3, [0] * 3, [0] * 3
    taught, own, sampled = np.zeros(4), np.zeros(4), 0.0
    for at in range(count):
        truth, mine = answers[:, at].tolist(), net.write(inputs)[:, at].tolist()
        whole += mine == truth
        own += [mine[place] == truth[place] for place in places]
        chances = 1.0
        for place in places:
            logits = slow_logits(net, inputs, truth[:place], at)
            taught[place] += logits.argmax() == truth[place]
            chances *= softmax(logits[None, :, None])[0, truth[place], 0]
        sampled += chances
        first = next((place for place in places if mine[place] != truth[place]), 3)
        if first < 3:
            slips[first] += 1
            left[first] += mine[first + 1] == truth[first + 1]
            true_prefix = slow_logits(net, inputs, truth[: first + 1], at)
            mended[first] += true_prefix.argmax() == truth[first + 1]
    assert scores["exact_match"] == pytest.approx(whole / count)
    assert 0 < whole < count
    assert scores["own"] == pytest.approx(own / count)
    assert scores["taught"] == pytest.approx(taught / count)
    assert scores["sampled"] == pytest.approx(sampled / count)
    assert scores["slips"].tolist() == slips
    assert sum(slips) > 3
    assert scores["left"].tolist() == left
    assert scores["mended"].tolist() == mended


def test_sampled_is_how_often_drawn_digits_are_all_right() -> None:
    net, inputs, answers = shaken(False)
    inputs, answers = np.repeat(inputs[:, :1], 40_000, axis=1), answers[:, :1]
    net.weights *= 0.3
    rng = np.random.default_rng(0)
    drive, right = net.w1 @ inputs + net.b1, np.ones(40_000, bool)
    for place in range(4):
        chances = softmax((net.w2[place] @ np.maximum(drive, 0) + net.b2[place])[None])[0]
        drawn = (chances.cumsum(0) < rng.random(40_000)).sum(0)
        right &= drawn == answers[place]
        if place < 3:
            drive = drive + net.read[place][:, drawn]
    exact = autoregressive.examine(net, inputs[:, :1], answers)["sampled"]
    assert right.mean() == pytest.approx(exact, abs=5 * np.sqrt(exact / 40_000))


def test_scores_of_a_trained_ladder_are_consistent(reduced: autoregressive.Result) -> None:
    assert reduced.exact_match == pytest.approx(reduced.unbroken[:, -1])
    assert np.all(np.diff(reduced.unbroken) <= 0)
    assert np.all(reduced.own >= reduced.unbroken - 1e-12)
    assert reduced.exact_match[1] > max(0.05, reduced.exact_match[0])
    # The first digit has nothing to read.
    assert reduced.own[:, 0].tolist() == reduced.taught[:, 0].tolist()
    assert np.all(reduced.mended <= reduced.slips)
    # By hand: 60 inputs, the digits that are read, three places of ten logits.
    hidden = np.array(reduced.config.widths)
    weights = hidden * (40 + 1) + 2 * 10 * hidden + 3 * 10 * (hidden + 1)
    assert reduced.parameters.tolist() == weights.tolist()


def test_the_nets_see_the_batches_of_addition() -> None:
    config = replace(REDUCED, widths=(4,), steps=3)
    seen: list[Floats] = []

    class Watcher:
        """A net that only looks."""

        weights = np.zeros(1, np.float32)

        def gradient(self, inputs: Floats, targets: Floats) -> Floats:
            seen.append(np.vstack([inputs, targets.reshape(-1, inputs.shape[1])]))
            return np.zeros(1, np.float32)

    for kind in (config, addition.Config(widths=(4,), lengths=(1, 2), steps=3)):
        assert list(addition.training([Watcher()], kind, np.random.default_rng(1))) == [1, 2, 3]
    assert all(np.array_equal(mine, other) for mine, other in zip(seen[:3], seen[3:], strict=True))


def test_same_seed_same_bits_other_seed_other_numbers() -> None:
    config = replace(REDUCED, widths=(8,), steps=60, items=300)
    one, again, other = (autoregressive.run(config, seed) for seed in (1, 1, 2))
    assert one.difference(again) == 0
    assert not np.array_equal(one.own, other.own)


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"widths": ()}, r"widths: found \(\)"), ({"items": 0}, "items: found 0")],
)
def test_settings_that_cannot_run_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        autoregressive.Config(**settings)
