"""The few parts that the book's hand-written networks share.

Arrays end in the axis of examples: a batch of 256 questions with ten inputs has shape (10, 256).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.int64]


def allocate(
    shapes: Sequence[tuple[int, ...]], dtype: Any = np.float32
) -> tuple[Floats, list[Floats]]:
    """Return one flat vector of zeros, and arrays of the given shapes that are views of its parts.

    A step that changes the flat vector changes the arrays.
    """
    # In whole numbers of any size: too many parameters are then refused, not counted wrong.
    ends = list(accumulate(map(math.prod, shapes)))
    flat = np.zeros(ends[-1], dtype)
    parts = np.split(flat, ends[:-1])
    return flat, [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]


def flatten(parts: Iterable[Floats]) -> Floats:
    """Return arrays as one flat vector."""
    return np.concatenate([part.ravel() for part in parts])


def one_hot(symbols: Integers, classes: int, dtype: Any = np.float32) -> Floats:
    """Return one row of zeros and ones for each class of each place.

    Parameters
    ----------
    symbols : array of int, shape (places, examples)
        Values in 0..classes-1.
    classes : int
        Number of different symbols.
    dtype : data type, optional
        Floating type of the answer.

    Returns
    -------
    array, shape (places, classes, examples)
    """
    return (symbols[:, None, :] == np.arange(classes)[:, None]).astype(dtype)


def log_softmax(logits: Floats) -> Floats:
    """Return log probabilities, in nats, of logits of shape (places, classes, examples)."""
    # Shifted so that no exponential overflows.
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def softmax(logits: Floats) -> Floats:
    """Return probabilities from logits of shape (places, classes, examples)."""
    probability = np.exp(logits - logits.max(axis=1, keepdims=True))
    probability /= probability.sum(axis=1, keepdims=True)
    return probability


def cross_entropy(logits: Floats, targets: Floats) -> Floats:
    """Return minus the log probability of the target, in nats, for each place of each example.

    Parameters
    ----------
    logits, targets : array, shape (places, classes, examples)
        The targets are one-hot. The derivative of the sum of the answer with respect to the
        logits is ``softmax(logits) - targets``.

    Returns
    -------
    array, shape (places, examples)
    """
    return -(log_softmax(logits) * targets).sum(axis=1)
