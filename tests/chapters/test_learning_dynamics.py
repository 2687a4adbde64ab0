"""The numbers of chapter 10, on made-up runs with known answers and on the stored ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from emergence_lib.chapters.learning_dynamics import numbers as found
from emergence_lib.chapters.learning_dynamics.numbers import Array
from emergence_lib.experiments import grokking

STEPS = (0, 1, 10, 100, 1000)


def made(seed: int = 0, shares: tuple[float, ...] = (0.35,), **measures: Array) -> grokking.Result:
    """Return a made-up run: nothing learned, but for the measures that are given."""
    config = grokking.Config(modulus=7, shares=shares, checkpoints=STEPS)
    shape = len(shares), len(STEPS)
    arrays: dict[str, Any] = {name: np.broadcast_to(0.0, shape).copy() for name in found.MEASURES}
    for name, values in measures.items():
        if name != "spectrum":
            arrays[name] = np.broadcast_to(values, shape).copy()
    arrays["spectrum"] = measures.get("spectrum", np.zeros((*shape, 3)))
    return grokking.Result(config=config, seed=seed, seconds=1.0, **arrays)


@pytest.fixture
def runs() -> list[grokking.Result]:
    return [
        made(
            0,
            train=np.array([0, 0.2, 0.99, 1, 1]),
            test=np.array([0.1, 0, 0.05, 0.1, 0.9]),
            filtered=np.array([0.1, 0.6, 0.9, 0.8, 1]),
            test_loss=np.array([2, 2.5, 3, 1, 0]),
        ),
        made(
            4,
            train=np.array([0, 0.2, 0.5, 1, 0.97]),
            test=np.array([0.1, 0, 0.05, 0.5, 0.7]),
            filtered=np.array([0.1, 0.4, 0.5, 0.7, 1]),
            test_loss=np.array([2, 5, 3, 1, 0]),
        ),
    ]


def test_course_has_a_row_for_each_seed(runs: list[grokking.Result]) -> None:
    assert found.course("test", results=runs).tolist() == [
        [0.1, 0, 0.05, 0.1, 0.9],
        [0.1, 0, 0.05, 0.5, 0.7],
    ]
    spectrum = np.arange(15.0).reshape(1, 5, 3)
    one = [made(spectrum=spectrum)]
    assert found.course("concentration", results=one).tolist() == [[0, 3, 6, 9, 12]]
    with pytest.raises(ValueError, match="measure: found 'skill', want concentration or one of"):
        found.course("skill", results=runs)


def test_step_reached_is_the_first_checkpoint_at_the_level(runs: list[grokking.Result]) -> None:
    assert found.step_reached("test", 0.5, results=runs) == [1000, 100]
    assert found.step_reached("filtered", 0.5, results=runs) == [1, 10]
    with pytest.raises(ValueError, match=r"level: test never reaches 0\.8 in some seed"):
        found.step_reached("test", 0.8, results=runs)


def test_crossing_reads_between_checkpoints_on_a_log_axis(runs: list[grokking.Result]) -> None:
    assert found.crossing("test", 0.5, results=runs) == pytest.approx([100 * 10**0.5, 100])
    assert found.crossing("filtered", 0.45, results=runs[1:]) == pytest.approx([10**0.5])
    with pytest.raises(ValueError, match="starts at 0 or above"):
        found.crossing("test", 0, results=runs)


def test_moments_are_those_of_each_seed(runs: list[grokking.Result]) -> None:
    assert found.memorised("filtered", results=runs).to_dict() == {0: 0.9, 4: 0.7}
    assert found.final("test", results=runs).to_dict() == {0: 0.9, 4: 0.7}
    assert found.at_step("test", 10, results=runs).to_dict() == {0: 0.05, 4: 0.05}
    assert found.highest("test", results=runs) == 0.9
    assert found.loss_peak(runs) == [10, 1]
    assert found.at_loss_peak("test", runs).to_dict() == {0: 0.05, 4: 0}
    with pytest.raises(ValueError, match="steps: found 7, want one of"):
        found.at_step("test", 7, results=runs)


def test_least_after_memorising_forgets_what_came_before(runs: list[grokking.Result]) -> None:
    assert found.least_after_memorising(results=runs) == 0.97
    assert found.least_after_memorising("test", results=runs) == 0.05


def test_threshold_is_read_between_the_shares() -> None:
    scores = np.array([[0.0], [0.2], [0.8], [0.7], [1.0]])
    sweep = [made(shares=(0.1, 0.2, 0.3, 0.4, 0.5), test=scores)]
    assert found.threshold("test", 100, results=sweep).tolist() == pytest.approx([0.25])
    assert found.threshold("test", 100, 0.9, sweep).tolist() == pytest.approx([0.45])
    assert found.at_share("test", 0.4, 100, sweep).tolist() == [0.7]
    with pytest.raises(ValueError, match=r"level: filtered runs from 0 to 0, want 0\.5"):
        found.threshold("filtered", 100, results=sweep)
    with pytest.raises(ValueError, match="steps: found 5"):
        found.threshold("test", 5, results=sweep)
    with pytest.raises(ValueError, match=r"share, steps: found 0\.6, 100"):
        found.at_share("test", 0.6, 100, sweep)


def test_chance_and_pairs_by_hand() -> None:
    assert found.chance([made()]) == pytest.approx(1 / 7)
    assert found.chance() == pytest.approx(1 / 59)
    assert found.seen_pairs(0.35) == 1218


def test_the_rule_is_readable_before_it_is_used() -> None:
    """The chapter's main finding, on every stored seed."""
    filtered, train = found.step_reached("filtered"), found.step_reached("train", 0.99)
    test = found.step_reached("test")
    for one, two, three in zip(filtered, train, test, strict=True):
        assert 3 * one < two < three / 3
    assert found.memorised("test").max() < found.chance()
    assert found.memorised("excluded").min() > 0.8
    assert found.final("excluded").max() < 0.25


def test_without_decay_it_stays_unused_on_one_loss_and_not_on_the_other() -> None:
    assert found.highest("test", "no-decay") < 0.05
    assert found.final("filtered", "no-decay").min() > 0.95
    assert found.final("excluded", "no-decay").min() > 0.8
    assert found.final("test", "squared-error-no-decay").min() > 0.95


def test_controls_come_out_as_the_chapter_says() -> None:
    table = found.controls()
    assert len(table) == 3 * len(found.CONDITIONS)
    most = table.groupby("condition")[["untrained", "memorised", "final"]].max()
    least = table.groupby("condition")[["untrained", "memorised", "final"]].min()
    for name in ("numbers reshuffled", "random labels", "multiplication"):
        assert (most.loc[name] < 0.05).all(), name
    assert (most["untrained"] < 0.03).all()
    assert least["memorised"].to_dict()["strongest frequency"] > 0.95
    assert least["memorised"].to_dict()["a random other one"] > 0.2
    assert most["final"].to_dict()["a random other one"] < 0.06
    # Blind to a rule in another basis: multiplication is learned all the same.
    assert found.final("test", "product").min() > 0.95


def test_threshold_moves_with_the_budget() -> None:
    early, late = found.threshold("test", 300), found.threshold("test", 2400)
    assert (early - late > 0.02).all()
    assert found.at_share("test", 0.02, 2400).max() < 0.02
    assert found.at_share("filtered", 0.02, 2400).min() > 0.9


def test_agreement_tells_the_stored_range() -> None:
    said = found.agreement(found.stored()[0])
    test, filtered = found.crossing("test"), found.crossing("filtered")
    for own, all_seeds, form in (
        (test[0], test, "right at about step {:.0f} (stored seeds: {:.0f} to {:.0f})"),
        (filtered[0], filtered, "half at about step {:.0f} (stored: {:.0f} to {:.0f})"),
    ):
        assert form.format(own, min(all_seeds), max(all_seeds)) in said


def test_no_wall_between_memorising_and_the_rule() -> None:
    for run in found.stored():
        start = int(np.argmax(run.train[0] >= found.MEMORISED))
        assert (np.diff(run.train_loss[0, start:]) < 0).all()
