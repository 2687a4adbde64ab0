"""Adam, with a rate that warms up and then falls along a cosine."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from emergence_lib.experiments.layers import Floats


def cosine_rate(step: int, steps: int, peak: float, warm_up: int, last: float = 0.01) -> float:
    """Return the learning rate: up in a line to `peak`, then down a cosine to `last * peak`."""
    if step < warm_up:
        return peak * (step + 1) / warm_up
    progress = (step - warm_up) / max(1, steps - warm_up)
    return peak * (last + (1 - last) * (1 + math.cos(math.pi * progress)) / 2)


@dataclass
class Adam:
    """Adam (kingma2015adam) on one flat vector of weights, updated in place.

    Parameters
    ----------
    weights : array, shape (parameters,)
        The weights; each step changes this very array.
    betas : tuple of float, optional
        Decay of the running mean of the gradient and of its square.
    epsilon : float, optional
        Keeps the division safe where the gradient has been zero.
    decay : float, optional
        Weight decay, decoupled from the gradient (AdamW, loshchilov2019decoupled): each step first
        shrinks every weight by the share ``rate * decay``.
    """

    weights: Floats
    betas: tuple[float, float] = (0.9, 0.99)
    epsilon: float = 1e-8
    decay: float = 0.0
    steps: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Start both running means at zero."""
        self.mean = np.zeros_like(self.weights)
        self.square = np.zeros_like(self.weights)
        self._scratch = np.empty_like(self.weights)

    def step(self, gradient: Floats, rate: float) -> None:
        """Move the weights against the gradient."""
        self.steps += 1
        first, second = self.betas
        self.mean *= first
        self.mean += np.multiply(gradient, 1 - first, out=self._scratch)
        self.square *= second
        np.multiply(gradient, gradient, out=self._scratch)
        self.square += np.multiply(self._scratch, 1 - second, out=self._scratch)
        # The corrections for the zero start, folded into one factor.
        bias = np.sqrt(1 - second**self.steps)
        np.sqrt(self.square, out=self._scratch)
        self._scratch += self.epsilon * bias
        np.divide(self.mean, self._scratch, out=self._scratch)
        self._scratch *= rate * bias / (1 - first**self.steps)
        if self.decay:
            self.weights *= 1 - rate * self.decay
        self.weights -= self._scratch
