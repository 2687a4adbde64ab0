"""The rule that a grokking net holds, read from its weights, with the controls that this needs.

A net that adds mod p by rule is made of waves: each neuron has one frequency in its weights of a,
of b and of the answer (gromov2023grokking). The filter keeps the strongest frequency of each
neuron and drops the rest, whatever training has left there. It knows in which form to look for the
rule, so it must be shown to find none where none is: with other frequencies, or other numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emergence_lib.experiments.layers import Floats, Integers
from emergence_lib.experiments.modular import Net


def waves(net: Net) -> NDArray[np.complexfloating[Any]]:
    """Return the Fourier coefficients of each neuron's weights of a, of b, and of the answer.

    Returns
    -------
    array of complex, shape (3, width, (modulus + 1) / 2)
    """
    first = net.first.reshape(net.width, 2, net.modulus).swapaxes(0, 1)
    return np.fft.rfft(np.concatenate([first, net.last.T[None]]))


def power(net: Net) -> Floats:
    """Return the share of each frequency from 1 on in a neuron's input weights, (width, any)."""
    square = (np.abs(waves(net)[:2, :, 1:]) ** 2).sum(axis=0)
    # A neuron that decay has emptied has no power to share.
    return square / np.maximum(square.sum(axis=1, keepdims=True), 1e-30)


def strongest(net: Net) -> Integers:
    """Return the frequency with the most power in each neuron, from 1 on, shape (width,)."""
    return power(net).argmax(axis=1) + 1


def filtered(net: Net, frequencies: Integers) -> Net:
    """Return the net with each neuron reduced to one frequency (nanda2023progress, restricted)."""
    kept = waves(net) * (np.arange(net.modulus // 2 + 1) == frequencies[:, None])
    a, b, answer = np.fft.irfft(kept, net.modulus)
    return net.like(np.hstack([a, b]), answer.T)


def excluded(net: Net, frequencies: Integers) -> Net:
    """Return the net with one frequency taken from each neuron's input weights."""
    kept = waves(net)[:2] * (np.arange(net.modulus // 2 + 1) != frequencies[:, None])
    return net.like(np.hstack(list(np.fft.irfft(kept, net.modulus))), net.last)


def reordered(net: Net, order: Integers) -> Net:
    """Return the net for the numbers ``order[0], order[1], ...``, called 0, 1, ... from here on."""
    return net.like(
        np.hstack([half[:, order] for half in np.hsplit(net.first, 2)]), net.last[order]
    )


def shuffled(net: Net, rng: np.random.Generator) -> Net:
    """Return the net with each neuron reduced to a frequency other than its strongest, at random.

    A control: what the filter leaves of any net.
    """
    count = net.modulus // 2
    other = (strongest(net) - 1 + rng.integers(1, count, net.width)) % count + 1
    return filtered(net, other)


def scrambled(net: Net, rng: np.random.Generator) -> Net:
    """Return the net filtered as if the numbers below p stood in a random order.

    A control: whether the filter finds a rule of addition, or any regular weights.
    """
    order = rng.permutation(net.modulus)
    mixed = reordered(net, order)
    return reordered(filtered(mixed, strongest(mixed)), np.argsort(order))
