"""Experiment: many small skills of unequal frequency, learned by one network.

Each skill is the parity of a few of the input bits; the input says which skill is asked for, and
common skills are asked for more often, by Zipf's law [michaud2023quantization]. One network is
examined on every skill at many moments of its training, or networks of many widths at its end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import comb
from time import process_time
from typing import Any

import numpy as np

from emergence_lib.experiments import store
from emergence_lib.experiments.layers import Floats, Integers, allocate, flatten
from emergence_lib.experiments.optim import Adam
from emergence_lib.experiments.settings import Progress, check, watched


@dataclass(frozen=True)
class Config:
    """What is trained and how it is examined; the defaults are the book's time axis."""

    skills: int = 60
    bits: int = 20
    """Bits that every question shows."""
    parity: int = 3
    """Bits that matter to one skill; no two skills have the same ones."""
    alpha: float = 0.7
    """Skill i is asked for in proportion to i**-(1 + alpha)."""
    widths: tuple[int, ...] = (256,)
    """Hidden units of each net."""
    steps: int = 8000
    batch: int = 512
    """Fresh questions in a training step."""
    rate: float = 0.005
    """Learning rate, constant so that time means the same throughout."""
    items: int = 200
    """Exam questions for each skill."""
    exams: int = 61
    """Moments at which the nets are examined, evenly spaced in log steps; the last is the end."""
    first: int = 50
    """Step of the first of several exams."""

    def __post_init__(self) -> None:
        """Refuse settings that cannot be run."""
        counts = ("skills", "bits", "parity", "widths", "steps", "batch", "items", "exams", "first")
        check(self, *counts, low=1, whole=True)
        check(self, "alpha", low=0, open_low=True)
        check(self, "rate", low=0, high=1, open_low=True)
        if self.skills > comb(self.bits, self.parity):
            raise ValueError(
                f"skills: found {self.skills}, want at most {comb(self.bits, self.parity)}, the "
                f"ways to choose {self.parity} of {self.bits} bits"
            )
        if self.first > self.steps:
            raise ValueError(f"first: found {self.first}, want at most steps, {self.steps}")

    @property
    def frequencies(self) -> Floats:
        """Share of the questions that ask for each skill, commonest first; they sum to 1."""
        weight = np.arange(1.0, self.skills + 1) ** -(1 + self.alpha)
        return weight / weight.sum()

    @property
    def moments(self) -> Integers:
        """Steps after which the nets are examined, increasing."""
        steps = np.geomspace(self.steps, self.first, self.exams).round()
        return np.unique(steps.astype(np.int64))


@dataclass(frozen=True, kw_only=True)
class Result(store.Result):
    """Exam scores of every net at every moment on every skill.

    Attributes
    ----------
    parameters : array, shape (nets,)
    moments : array, shape (moments,)
        Training steps done.
    subsets : array of int, shape (skills, parity)
        The bits that matter to each skill.
    accuracy, loss : array, shape (nets, moments, skills)
        Share right (a coin gets one half) and mean cross-entropy (nats, a coin has ln 2).
    """

    config: Config
    parameters: Integers
    moments: Integers
    subsets: Integers
    accuracy: Floats
    loss: Floats

    @property
    def mean_loss(self) -> Floats:
        """Loss of a question as training asks it, shape (nets, moments)."""
        return self.loss.astype(float) @ self.config.frequencies

    @property
    def mean_accuracy(self) -> Floats:
        """Share of questions right, asked as training asks them, shape (nets, moments)."""
        return self.accuracy.astype(float) @ self.config.frequencies


BOOK = Config()
WIDTHS = Config(
    skills=32,
    bits=16,
    alpha=0.4,
    widths=(4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256, 512),
    steps=5000,
    rate=0.01,
    items=1000,
    exams=1,
)
VARIANTS = {
    "": BOOK,
    "even": replace(BOOK, alpha=0.4),
    "steep": replace(BOOK, alpha=1.0),
    "widths": WIDTHS,
}


def draw_subsets(config: Config, rng: np.random.Generator) -> Integers:
    """Draw different sets of bits, one for each skill, shape (skills, parity), each sorted."""
    chosen: dict[tuple[int, ...], None] = {}
    while len(chosen) < config.skills:
        some = rng.choice(config.bits, config.parity, replace=False)
        chosen[tuple(sorted(some.tolist()))] = None
    return np.array(list(chosen), dtype=np.int64)


def questions(
    asked: Integers, subsets: Integers, config: Config, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Draw random bits for each skill asked for.

    Returns
    -------
    inputs : array, shape (skills + bits, questions)
        One-hot skill, then the bits as -1 or 1.
    answers : array, shape (questions,)
        0 or 1, the parity of the bits that matter.
    """
    bits = rng.integers(0, 2, (config.bits, len(asked)))
    columns = np.arange(len(asked))
    inputs = np.zeros((config.skills + config.bits, len(asked)), np.float32)
    inputs[asked, columns] = 1
    inputs[config.skills :] = 2 * bits - 1
    answers = bits[subsets[asked].T, columns].sum(0) % 2
    return inputs, answers.astype(np.float32)


class Net:
    """A layer of rectified units and one logit for "the parity is odd"."""

    def __init__(self, width: int, config: Config, rng: np.random.Generator, dtype: Any = "f4"):
        shapes = [(width, config.skills + config.bits), (width, 1), (1, width), (1, 1)]
        self.weights, (self.w1, self.b1, self.w2, self.b2) = allocate(shapes, dtype)
        # He's rule (he2015delving); one skill and all bits are switched on.
        self.w1[:] = rng.normal(0, np.sqrt(2 / (1 + config.bits)), self.w1.shape)
        self.w2[:] = rng.normal(0, 0.5 * np.sqrt(2 / width), self.w2.shape)

    def forward(self, inputs: Floats) -> tuple[Floats, Floats]:
        """Return hidden units (width, questions) and logits (questions,)."""
        hidden = self.w1 @ inputs
        hidden += self.b1
        np.maximum(hidden, 0, out=hidden)
        return hidden, (self.w2 @ hidden + self.b2)[0]

    def gradient(self, inputs: Floats, answers: Floats) -> Floats:
        """Return the gradient of the cross-entropy, averaged over questions."""
        hidden, logits = self.forward(inputs)
        back = (0.5 * (1 + np.tanh(0.5 * logits)) - answers) / len(answers)
        back_hidden = self.w2.T * back
        back_hidden *= hidden > 0
        return flatten(
            [back_hidden @ inputs.T, back_hidden.sum(1), hidden @ back, back.sum(keepdims=True)]
        )


def cross_entropy(logits: Floats, answers: Floats) -> Floats:
    """Return the loss of each question, in nats, without overflow."""
    return np.logaddexp(0, (1 - 2 * answers) * logits)


def examine(net: Net, inputs: Floats, answers: Floats, items: int) -> tuple[Floats, Floats]:
    """Return accuracy and loss of one net on each skill; questions are grouped by skill."""
    logits = net.forward(inputs)[1]
    right = ((logits > 0) == (answers > 0.5)).reshape(-1, items)
    return right.mean(1), cross_entropy(logits, answers).reshape(-1, items).mean(1)


def run(config: Config = BOOK, seed: int = 0, progress: Progress | None = None) -> Result:
    """Train the nets and examine them; `progress` wraps the training steps as tqdm.tqdm does."""
    start = process_time()
    rng = np.random.default_rng(seed)
    subsets = draw_subsets(config, rng)
    exam = questions(np.repeat(np.arange(config.skills), config.items), subsets, config, rng)
    # A net's first weights depend on seed and width only.
    nets = [Net(width, config, np.random.default_rng([seed, width])) for width in config.widths]
    optimisers = [Adam(net.weights) for net in nets]
    thresholds = np.cumsum(config.frequencies)[:-1]
    moments = config.moments
    scores: list[list[tuple[Floats, Floats]]] = []
    for step in watched(range(1, config.steps + 1), progress):
        asked = np.searchsorted(thresholds, rng.random(config.batch))
        inputs, answers = questions(asked, subsets, config, rng)
        for net, optimiser in zip(nets, optimisers, strict=True):
            optimiser.step(net.gradient(inputs, answers), config.rate)
        if step == moments[len(scores)]:
            scores.append([examine(net, *exam, config.items) for net in nets])
    # From (moments, nets, 2, skills); single precision is finer than the exam.
    table = np.array(scores, np.float32).transpose(2, 1, 0, 3)
    return Result(
        config=config,
        seed=seed,
        seconds=process_time() - start,
        parameters=np.array([net.weights.size for net in nets]),
        moments=moments,
        subsets=subsets,
        accuracy=table[0],
        loss=table[1],
    )
