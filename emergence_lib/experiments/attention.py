"""A small attention-only network, forward and backward by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from emergence_lib.experiments.layers import (
    Floats,
    Integers,
    allocate,
    flatten,
    one_hot,
    softmax,
)


def back(places: int, distance: int = 1) -> Floats:
    """Return the pattern (to, from) of a head that looks `distance` positions back.

    Nearer the start than that, it looks at the first position.
    """
    at = np.arange(places)
    return (at[:, None] == np.maximum(at - distance, 0)).astype(np.float32)


def blurred(places: int) -> Floats:
    """Return the pattern (to, from) of a head that looks at all positions so far alike."""
    return (np.triu(np.ones((places, places))) / np.arange(1, places + 1)).astype(np.float32)


class Layer(NamedTuple):
    """What one layer computed; shapes as in `Net`."""

    before: Floats
    """The stream as the layer found it."""
    query: Floats
    key: Floats
    value: Floats
    pattern: Floats
    """Attention: each column sums to 1."""
    mixed: Floats
    """Values, averaged by attention."""
    after: Floats
    """The stream as the layer left it."""


class Net:
    """Symbol plus position, one or two attention layers with one head each, logits.

    Each head adds to what the positions carry, the stream; there is nothing else: no layers
    between, no normalisation. Activations have shape (sequences, width, positions), attention
    (sequences, to, from).

    Parameters
    ----------
    width : int
        Numbers that a position carries.
    symbols, places, layers : int
        Different symbols, positions at most, and layers.
    rng : Generator
        Draws the first weights.
    dtype : data type, optional
        Of the weights.
    """

    def __init__(
        self,
        width: int,
        symbols: int,
        places: int,
        layers: int,
        rng: np.random.Generator,
        dtype: Any = np.float32,
    ):
        shapes: list[tuple[int, ...]] = [(symbols, width), (places, width), (symbols, width)]
        # Of each head: query, key, value, and what it writes.
        shapes += [(4, width, width)] * layers
        self.weights, parts = allocate(shapes, dtype)
        self.embed, self.place, self.read, *self.heads = parts
        for part in (self.embed, self.place, self.read, *self.heads):
            part[:] = rng.normal(0, width**-0.5, part.shape)
        self.read *= 0.1  # predicts evenly at first

    def forward(
        self, tokens: Integers, forced: Mapping[int, Floats] | None = None, through: str = "qkvr"
    ) -> tuple[Floats, list[Layer]]:
        """Return logits (sequences, symbols, positions) and what each layer computed.

        Parameters
        ----------
        tokens : array of int, shape (sequences, positions)
        forced : mapping, optional
            Patterns (to, from) that replace those of the layers named; zeros remove the head.
        through : str, optional
            Where the second layer sees what the first head wrote: in its queries, keys, values
            (``q``, ``k``, ``v``), and in the rest of the stream, straight to the logits (``r``).
        """
        start = (self.embed[tokens] + self.place[: tokens.shape[1]]).swapaxes(1, 2)
        future = np.tril(np.full((tokens.shape[1],) * 2, -1e9, self.weights.dtype), -1)
        stream = start
        layers: list[Layer] = []
        for layer, head in enumerate(self.heads):
            reads = [stream if letter in through else start for letter in "qkvr"]
            query, key, value = (head[place] @ reads[place] for place in range(3))
            if forced and layer in forced:
                pattern = np.broadcast_to(forced[layer], (len(tokens), *future.shape))
            else:
                scale = len(head[0]) ** -0.5
                pattern = softmax(key.swapaxes(1, 2) @ query * scale + future)
            mixed = value @ pattern
            after = reads[3] + head[3] @ mixed
            layers.append(Layer(stream, query, key, value, pattern, mixed, after))
            stream = after
        return self.read @ stream, layers

    def gradient(
        self, tokens: Integers, targets: Floats, forced: Mapping[int, Floats] | None = None
    ) -> Floats:
        """Return the gradient of the mean cross-entropy of the next symbols."""
        logits, layers = self.forward(tokens, forced)
        error = (softmax(logits) - targets) / tokens.size
        parts = [_outer(error, layers[-1].after)]
        error = self.read.T @ error
        heads: list[Floats] = []
        for layer in reversed(range(len(self.heads))):
            head = self.heads[layer]
            stream, query, key, value, pattern, mixed, _ = layers[layer]
            through = head[3].T @ error
            # Of the loss in the scores: back through the softmax.
            slope = pattern * (value.swapaxes(1, 2) @ through)
            slope -= pattern * slope.sum(1, keepdims=True)
            # A pattern that was forced does not follow its scores.
            slope *= 0 if forced and layer in forced else len(head[0]) ** -0.5
            behind = key @ slope, query @ slope.swapaxes(1, 2), through @ pattern.swapaxes(1, 2)
            heads = [*(_outer(part, stream) for part in behind), _outer(error, mixed), *heads]
            error = error + sum(head[place].T @ behind[place] for place in range(3))
        symbols = one_hot(tokens, len(self.embed), self.weights.dtype)
        parts = [_outer(symbols, error), error.sum(0).T, *parts, *heads]
        return flatten(parts)


def _outer(left: Floats, right: Floats) -> Floats:
    """Return the sum over sequences and positions of the outer products of two activations."""
    return np.tensordot(left, right, axes=([0, 2], [0, 2]))
