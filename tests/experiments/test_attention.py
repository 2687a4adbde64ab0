"""The attention-only network: loops, central differences, and what each route carries."""

from typing import Any

import numpy as np
import pytest

from emergence_lib.experiments import attention
from emergence_lib.experiments.layers import cross_entropy, one_hot
from tests.experiments.differences import central_differences


def net(layers: int = 2, width: int = 5, dtype: Any = np.float64) -> attention.Net:
    made = attention.Net(width, 6, 7, layers, np.random.default_rng(1), dtype)
    # Larger than at the start, so that attention is far from even.
    made.weights *= 2
    return made


def test_patterns_are_attention() -> None:
    for pattern in (attention.back(6), attention.back(6, 2), attention.blurred(6)):
        assert pattern.sum(0) == pytest.approx(1)
        assert np.all(np.tril(pattern, -1) == 0)
    assert attention.back(6).argmax(0).tolist() == [0, 0, 1, 2, 3, 4]
    assert attention.back(6, 2).argmax(0).tolist() == [0, 0, 0, 1, 2, 3]


@pytest.mark.parametrize("layers", [1, 2])
def test_nothing_sees_the_future(layers: int) -> None:
    made = net(layers)
    tokens = np.random.default_rng(3).integers(0, 6, (4, 7))
    changed = tokens.copy()
    changed[:, 5:] = (changed[:, 5:] + 1) % 6
    before, states = made.forward(tokens)
    after, _ = made.forward(changed)
    assert np.array_equal(before[..., :5], after[..., :5])
    assert not np.allclose(before[..., 5:], after[..., 5:])
    for state in states:
        assert np.all(np.tril(state.pattern, -1) == 0)
        assert state.pattern.sum(1) == pytest.approx(1)


def test_forward_pass_agrees_with_loops() -> None:
    made = net()
    tokens = np.array([3, 0, 5, 3])
    stream = [made.embed[symbol] + made.place[at] for at, symbol in enumerate(tokens)]
    for query, key, value, out in made.heads:
        heard = []
        for now in range(len(tokens)):
            past = stream[: now + 1]
            weights = [np.exp((key @ each) @ (query @ stream[now]) / np.sqrt(5)) for each in past]
            mixed = sum(w * (value @ each) for w, each in zip(weights, past, strict=True))
            heard.append(out @ mixed / sum(weights))
        stream = [each + more for each, more in zip(stream, heard, strict=True)]
    expected = np.array([made.read @ each for each in stream]).T
    assert made.forward(tokens[None])[0][0] == pytest.approx(expected)


@pytest.mark.parametrize(("layers", "given"), [(1, False), (2, False), (2, True)])
def test_backward_pass_agrees_with_central_differences(layers: int, given: bool) -> None:
    made = net(layers)
    tokens = np.random.default_rng(4).integers(0, 6, (3, 8))
    targets = one_hot(tokens[:, 1:], 6, np.float64)
    forced = {0: attention.back(7)} if given else None

    def loss() -> float:
        return float(cross_entropy(made.forward(tokens[:, :-1], forced)[0], targets).mean())

    gradient = made.gradient(tokens[:, :-1], targets, forced)
    numeric = central_differences(loss, made.weights)
    assert np.abs(numeric - gradient).max() < 1e-8
    assert np.abs(gradient).max() > 0.01
    for head in range(layers):
        learned = np.abs(made_part(made, gradient, head)).max(axis=(1, 2))
        # A head that is given gets no gradient into what decides where it looks.
        assert (learned > 1e-4).tolist() == [not (given and head == 0)] * 2 + [True, True]


def made_part(made: attention.Net, gradient: Any, head: int) -> Any:
    """Return the part of a flat gradient that belongs to one head."""
    size = made.heads[head].size
    start = made.weights.size - size * (len(made.heads) - head)
    return gradient[start : start + size].reshape(made.heads[head].shape)


def test_routes_add_up() -> None:
    made = net()
    tokens = np.random.default_rng(5).integers(0, 6, (4, 7))
    gone = {0: np.zeros((7, 7))}
    removed = made.forward(tokens, gone)[0]
    assert made.forward(tokens, through="")[0] == pytest.approx(removed)
    assert made.forward(tokens, through="qkvr")[0] == pytest.approx(made.forward(tokens)[0])
    whole, blind = made.forward(tokens)[0], made.forward(tokens, through="qkv")[0]
    wrote = made.heads[0][3] @ made.forward(tokens)[1][0].mixed
    # What goes straight to the logits is what the first head wrote, read out.
    assert whole - blind == pytest.approx(made.read @ wrote)
    # Keys and queries decide where the second head looks; values and the rest do not.
    look = {
        route: made.forward(tokens, through=route)[1][1].pattern
        for route in ("", "q", "k", "v", "r")
    }
    assert np.array_equal(look["v"], look[""])
    assert np.array_equal(look["r"], look[""])
    assert not np.allclose(look["q"], look[""])
    assert not np.allclose(look["k"], look[""])
