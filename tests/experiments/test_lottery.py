"""The lottery experiment: its nets against those of `quanta`, and its tables by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from emergence_lib.experiments import addition, induction, lottery, quanta
from tests.experiments.differences import central_differences

SMALL = lottery.Config(widths=(1, 8), nets=5, moments=(50, 400), bits=6, parity=2)


@pytest.fixture(scope="module")
def small() -> lottery.Result:
    return lottery.run(SMALL, seed=3)


def nets(count: int, width: int = 4, bits: int = 5) -> lottery.Nets:
    """Return nets in double precision, every bias in play."""
    rngs = [np.random.default_rng([1, net]) for net in range(count)]
    made = lottery.Nets(width, bits, rngs, np.float64)
    made.weights += np.random.default_rng(2).normal(0, 0.3, made.weights.size)
    return made


def test_every_question_is_asked_once_and_marked_by_counting() -> None:
    questions = lottery.every_question(4)
    assert len({tuple(each) for each in questions.T.tolist()}) == 16
    assert set(questions.ravel().tolist()) == {-1.0, 1.0}
    right = [sum(bit > 0 for bit in each[:3]) % 2 for each in questions.T.tolist()]
    assert lottery.odd(questions, 3).tolist() == right


def test_backward_pass_agrees_with_central_differences() -> None:
    made, questions = nets(3), lottery.every_question(5)[:, ::3].astype(float)
    answers = lottery.odd(questions, 3)

    def loss() -> float:
        logits = made.forward(questions)[1]
        return float(quanta.cross_entropy(logits, answers).mean(1).sum())

    gradient = made.gradient(questions, answers)
    assert np.abs(central_differences(loss, made.weights) - gradient).max() < 1e-8
    assert np.abs(gradient).max() > 0.01


def test_each_net_of_a_stack_is_a_net_of_quanta() -> None:
    made, questions = nets(3), lottery.every_question(5).astype(float)
    logits = made.forward(questions)[1]
    # One skill, whose input is always on and here counts for nothing.
    with_skill = np.vstack([np.ones(32), questions])
    config = quanta.Config(skills=1, bits=5, parity=3)
    for net in range(3):
        alone = quanta.Net(4, config, np.random.default_rng(0), np.float64)
        own = slice(4 * net, 4 * net + 4)
        alone.w1[:, 1:], alone.w1[:, 0], alone.b1[:] = made.w1[own], 0, made.b1[own]
        alone.w2[:], alone.b2[:] = made.w2[net].T, made.b2[net]
        assert alone.forward(with_skill)[1] == pytest.approx(logits[net])


def test_a_net_does_not_depend_on_how_many_stand_beside_it(small: lottery.Result) -> None:
    fewer = lottery.run(replace(SMALL, widths=(8,), nets=2, moments=(50,)), seed=3)
    assert fewer.loss[0, :, 0] == pytest.approx(small.loss[1, :2, 0], abs=1e-4)
    assert np.ptp(small.loss[1, :, 0]) > 0.01


def test_training_teaches_what_a_net_has_room_for(small: lottery.Result) -> None:
    assert small.accuracy.shape == small.loss.shape == (2, 5, 2)
    assert small.parameters.tolist() == [1 * (6 + 2) + 1, 8 * (6 + 2) + 1]
    # One unit cannot tell the four cases of two bits apart.
    assert np.all(small.accuracy[0] < 0.8)
    assert small.accuracy[1, :, -1].max() == 1


def test_the_other_tasks_are_those_of_their_own_modules() -> None:
    config = lottery.Config("induction", widths=(4, 6), nets=2, moments=(4, 8))
    one = induction.run(induction.Config(widths=(4, 6), steps=8, every=4), seed=3)
    again = lottery.run(config, seed=1)  # its nets have seeds 2 and 3
    assert again.accuracy[:, 1] == pytest.approx(one.accuracy[:, 1:])
    assert again.loss[:, 1] == pytest.approx(one.loss[:, 1:], rel=1e-6)
    config = replace(config, task="addition")
    sums = addition.Config((4, 6), (1,), steps=8, exams=(4,), items=2000, kept=1)
    paper = addition.run(sums, seed=3)
    again = lottery.run(config, seed=1)
    assert again.parameters.tolist() == paper.parameters[:2].tolist()
    assert again.accuracy[:, 1].T.ravel() == pytest.approx(paper.exact_match[:, 0])
    assert again.loss[:, 1].T.ravel() == pytest.approx(paper.cross_entropy[:, 0], rel=1e-6)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"task": "chess"}, "task: found 'chess', want one of parity, induction, addition"),
        ({"parity": 13}, "parity: found 13, want whole numbers from 1 to 12"),
        ({"task": "induction", "moments": (4, 6)}, "moments: found .4, 6., want multiples"),
    ],
)
def test_settings_that_cannot_be_run_are_named(change: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        replace(lottery.BOOK, **change)  # type: ignore[arg-type]


# The tables, on four made-up nets of each of three widths.

MADE = [
    [(0.5, 0.5), (0.5, 0.6), (0.5, 0.6), (0.5, 0.7)],
    [(0.5, 1.0), (0.5, 0.8), (1.0, 1.0), (0.5, 0.6)],
    [(1.0, 1.0), (0.5, 1.0), (1.0, 1.0), (0.5, 0.9)],
]


@pytest.fixture
def table() -> pd.DataFrame:
    accuracy = np.array(MADE)
    made = lottery.Result(
        config=lottery.Config(widths=(2, 4, 6), nets=4, moments=(10, 20)),
        seed=0,
        seconds=1.0,
        parameters=np.array([20, 40, 60]),
        accuracy=accuracy,
        loss=1 - accuracy,
    )
    return lottery.scores(results=[made])


def test_scores_have_a_row_for_each_net_and_moment(table: pd.DataFrame) -> None:
    assert len(table) == 24
    row = table.query("width == 4 and net == 1 and step == 20").iloc[0]
    assert (row["accuracy"], row["parameters"], row["seed"]) == (0.8, 40, 0)
    assert row["loss"] == pytest.approx(0.2)


def test_chances_by_hand(table: pd.DataFrame) -> None:
    found = lottery.chances(table)
    assert found["nets"].tolist() == [4, 4, 4]
    assert found["successes"].tolist() == [0, 2, 3]
    assert found["accuracy"].tolist() == pytest.approx([0.6, 0.85, 0.975])
    assert found["accuracy_lost"].tolist() == pytest.approx([0.6, 0.7, 0.9])
    assert np.isnan(found["loss_won"][2])
    # Where both occur, three fail with losses .2, .4 and .1; who succeeds has none.
    assert found["loss_chance"].tolist() == pytest.approx([0.7 / 3, 0.35 / 3, 0.175 / 3])
    assert found["loss"].tolist() == pytest.approx([0.4, 0.15, 0.025])


def test_a_pure_lottery_is_recognised_and_a_moving_hump_is_not() -> None:
    rng = np.random.default_rng(0)
    shape = (3, 200, 1)
    tickets = np.where(rng.random(shape) < np.array([0.2, 0.5, 0.8])[:, None, None], 1.0, 0.6)
    hump = np.array([0.3, 0.5, 0.7])[:, None, None] + rng.normal(0, 0.1, shape)
    config = lottery.Config(widths=(1, 2, 3), nets=200, moments=(10,))
    found = []
    for accuracy in (tickets, hump):
        result = lottery.Result(
            config=config,
            seed=0,
            seconds=1.0,
            parameters=np.array([1, 2, 3]),
            accuracy=accuracy,
            loss=1 - accuracy,
        )
        rows = lottery.scores(results=[result])
        found.append((lottery.chances(rows, cut=0.5), lottery.between(rows, 0.45, 0.55)))
    (chance, gap), (cut, through) = found
    assert chance["chance"].tolist() == [1, 1, 1]
    assert gap.max() == 0
    # The cut gives the hump a chance that rises with width, all the same.
    assert cut["chance"].is_monotonic_increasing
    assert through.max() > 0.3
    again = lottery.chances(
        lottery.scores(
            results=[
                lottery.Result(
                    config=config,
                    seed=0,
                    seconds=1.0,
                    parameters=np.array([1, 2, 3]),
                    accuracy=tickets,
                    loss=1 - tickets,
                )
            ]
        )
    )
    assert again["accuracy_chance"].to_numpy() == pytest.approx(again["accuracy"].to_numpy())
    assert again["chance"].to_numpy() == pytest.approx([0.2, 0.5, 0.8], abs=0.1)


def test_between_counts_the_last_moment_only(table: pd.DataFrame) -> None:
    assert lottery.between(table, 0.6, 0.9).tolist() == [0.75, 0.5, 0]


def test_latecomers_are_those_that_fail_first_and_succeed_at_the_end(table: pd.DataFrame) -> None:
    found = lottery.latecomers(table, 10)
    assert found["failing"].tolist() == [4, 3, 2]
    assert found["late"].tolist() == [0, 1, 1]
    with pytest.raises(ValueError, match=r"step: found 15, want one of \[10, 20\]"):
        lottery.latecomers(table, 15)


def test_a_ladder_of_one_seed_by_hand(table: pd.DataFrame) -> None:
    found = lottery.ladders(table)
    assert found["largest"].to_numpy() == pytest.approx([1, 2 / 4, 1, 3 / 2])
    assert found["fall"].to_numpy() == pytest.approx([0, 0, 0, 0.1])
