"""Drawn scores have the mean and the spread that they should."""

import numpy as np
import pytest

from emergence_lib.fitting.batch import counts, errors, stack
from emergence_lib.fitting.bootstrap import draw
from tests.fitting.curves import drawn

P = np.array([[0.1, 0.5, 0.9]])


def test_counts_have_the_mean_and_spread_of_a_binomial() -> None:
    batch = counts([1, 10, 100], P, [20, 50, 400])
    scores = draw(batch, P, 20_000, np.random.default_rng(0))[:, 0]
    stderr = np.sqrt(P[0] * (1 - P[0]) / [20, 50, 400])
    assert scores.mean(axis=0) == pytest.approx(P[0], abs=4 * stderr.max() / np.sqrt(20_000))
    assert scores.std(axis=0) == pytest.approx(stderr, rel=0.03)
    assert scores * [20, 50, 400] == pytest.approx(np.rint(scores * [20, 50, 400]))


def test_measured_errors_are_normal_and_cut_to_fractions() -> None:
    batch = errors([1, 10, 100], P, [0.01, 0.02, 0.2])
    scores = draw(batch, P, 20_000, np.random.default_rng(0))[:, 0]
    assert scores[:, :2].std(axis=0) == pytest.approx([0.01, 0.02], rel=0.03)
    assert scores.max() == 1
    assert np.mean(scores[:, 2] == 1) == pytest.approx(0.3085, abs=0.02)  # half a sigma off


def test_padding_stays_what_was_predicted_and_the_seed_decides() -> None:
    batch = stack([drawn(2, points=4), drawn(1, points=6)])
    p = np.full_like(batch.score, 0.4)
    one, other = (draw(batch, p, 5, np.random.default_rng(3)) for _ in range(2))
    assert one.shape == (5, 3, 6)
    assert np.all(one[:, :2, 4:] == 0.4)
    assert one.tolist() == other.tolist()


def test_errors_name_the_argument() -> None:
    batch, rng = drawn(1, points=3), np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"p: found 1\.2"):
        draw(batch, np.full((1, 3), 1.2), 1, rng)
    with pytest.raises(ValueError, match=r"p: found shape \(2, 3\)"):
        draw(batch, np.full((2, 3), 0.2), 1, rng)
    with pytest.raises(ValueError, match="draws: found 0"):
        draw(batch, np.full((1, 3), 0.2), 0, rng)
