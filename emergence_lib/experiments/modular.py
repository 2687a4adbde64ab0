"""A network that answers questions about two numbers below an odd p, such as a + b mod p."""

from __future__ import annotations

from typing import Any

import numpy as np

from emergence_lib.experiments.layers import (
    Floats,
    Integers,
    allocate,
    cross_entropy,
    flatten,
    one_hot,
    softmax,
)


class Net:
    """Two one-hot numbers, a layer of units that square, one logit for each answer."""

    def __init__(self, modulus: int, width: int, rng: np.random.Generator, dtype: Any = np.float32):
        self.modulus, self.width = modulus, width
        # Weights of a, then those of b; weights of the answers.
        shapes = [(width, 2 * modulus), (modulus, width)]
        self.weights, (self.first, self.last) = allocate(shapes, dtype)
        self.first[:] = rng.normal(0, 0.5 / (2 * modulus) ** 0.25, self.first.shape)
        self.last[:] = rng.normal(0, 1 / np.sqrt(width), self.last.shape)

    def like(self, first: Floats, last: Floats) -> Net:
        """Return a net with other weights, of the same type."""
        modulus, width = last.shape
        net = Net(modulus, width, np.random.default_rng(0), self.weights.dtype)
        net.first[:], net.last[:] = first, last
        return net

    def forward(self, inputs: Floats) -> tuple[Floats, Floats]:
        """Return the sums that the units square (width, pairs) and logits (modulus, pairs)."""
        sums = self.first @ inputs
        return sums, self.last @ sums**2

    def gradient(self, inputs: Floats, targets: Floats, loss: str) -> Floats:
        """Return the gradient of the loss, averaged over pairs."""
        sums, logits = self.forward(inputs)
        answers = softmax(logits[None])[0] if loss == "cross-entropy" else 2 * logits
        back = (answers - (1 if loss == "cross-entropy" else 2) * targets) / inputs.shape[1]
        back_sums = 2 * sums * (self.last.T @ back)
        return flatten([back_sums @ inputs.T, back @ (sums**2).T])

    def loss(self, inputs: Floats, targets: Floats, loss: str) -> float:
        """Return the loss, averaged over pairs."""
        logits = self.forward(inputs)[1]
        if loss == "cross-entropy":
            return float(cross_entropy(logits[None], targets[None]).mean(dtype=float))
        return float(((logits - targets) ** 2).sum(0).mean(dtype=float))

    def accuracy(self, inputs: Floats, answers: Integers) -> float:
        """Return the share of pairs whose largest logit is the answer's."""
        return float((self.forward(inputs)[1].argmax(0) == answers).mean())


def encode(pairs: Integers, modulus: int) -> Floats:
    """Return one-hot inputs, shape (2 * modulus, pairs)."""
    return one_hot(pairs, modulus).reshape(2 * modulus, -1)
