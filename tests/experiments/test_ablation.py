"""The causal tests, on a circuit that is known because it was built by hand."""

import numpy as np
import pytest
from numpy.typing import NDArray

from emergence_lib.experiments import ablation, attention
from emergence_lib.experiments.layers import Integers

SYMBOLS, PLACES, PERIOD = 10, 15, 5


def built() -> attention.Net:
    """Return an induction circuit: one head writes what came before, one looks for it.

    The stream is four lists of ones and zeros: the symbol here, the place, the symbol before
    (written by the first head), and the prediction (written by the second).
    """
    width = 3 * SYMBOLS + PLACES
    net = attention.Net(width, SYMBOLS, PLACES, 2, np.random.default_rng(0), np.float64)
    net.weights[:] = 0
    here, place, before, guess = np.split(np.arange(width), np.cumsum([SYMBOLS, PLACES, SYMBOLS]))
    symbols, places = np.arange(SYMBOLS), np.arange(PLACES)
    net.embed[symbols, here] = 1
    net.place[places, place] = 1
    net.read[symbols, guess] = 1
    (query, key, value, out), (query2, key2, value2, out2) = net.heads
    sharp = 1000.0
    query[place, place] = sharp
    key[place[1:], place[:-1]] = 1  # a place is found by the one after it
    value[here, here] = out[before, here] = 1
    query2[here, here] = sharp
    key2[here, before] = 1
    key2[here, place[0]] = -1  # nothing came before the first place, which sees but itself
    value2[here, here] = out2[guess, here] = 1
    return net


def exam() -> tuple[Integers, NDArray[np.bool_]]:
    """Return sequences that repeat a block of different symbols, and where they are given away."""
    rng = np.random.default_rng(1)
    blocks = np.array([rng.permutation(SYMBOLS)[:PERIOD] for _ in range(40)])
    tokens = np.tile(blocks, 4)[:, : PLACES + 1]
    return tokens, np.tile(np.arange(PLACES) >= PERIOD, (40, 1))


def test_a_built_circuit_is_found_part_by_part() -> None:
    tokens, known = exam()
    scores = ablation.cut(built(), tokens, known, {})
    score = dict(zip(ablation.INTERVENTIONS, scores, strict=True))
    for name in ("nothing changed", "seen by keys only", "first head one back"):
        assert score.pop(name) == 1, name
    # All else breaks it: what is left is at most a lucky symbol of the block.
    assert max(score.values()) < 0.5, score
    # Two back is wrong but at the second place, which has only one place before it.
    assert score["first head two back"] < 0.1


def test_a_head_that_is_given_stays_given() -> None:
    tokens, known = exam()
    net = built()
    net.heads[0][:2] = 0  # it would look everywhere
    broken = ablation.cut(net, tokens, known, {})
    mended = ablation.cut(net, tokens, known, {0: attention.back(PLACES)})
    place = ablation.INTERVENTIONS.index("seen by keys only")
    assert broken[0] < 0.5
    assert mended[0] == mended[place] == 1
    # An intervention on the given head still wins.
    assert mended[1:3] == pytest.approx(broken[1:3])


def test_one_layer_has_only_a_first_head_to_take_away() -> None:
    assert tuple(ablation.interventions(1, 4)) == ablation.INTERVENTIONS[:3]
    net = attention.Net(6, SYMBOLS, PLACES, 1, np.random.default_rng(0))
    assert len(ablation.cut(net, *exam(), {})) == 3
