"""Experiment: a network learns a table by heart, and later by rule (grokking).

A layer of units that square their input reads two numbers a, b below a prime p and answers
a + b mod p. It trains on part of the p x p table. At checkpoints the net is examined on the rest:
as it is, and with every neuron reduced to one Fourier frequency, which shows what rule it holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import process_time
from typing import Any

import numpy as np

from emergence_lib.experiments import fourier, store
from emergence_lib.experiments.layers import Floats, Integers, one_hot
from emergence_lib.experiments.modular import Net, encode
from emergence_lib.experiments.optim import Adam
from emergence_lib.experiments.settings import Progress, check, watched

LOSSES = ("cross-entropy", "squared error")
TABLES = ("sum", "product", "random")


def spread(steps: int, count: int = 48) -> tuple[int, ...]:
    """Return 0 and whole numbers from 1 to ``steps`` at nearly equal ratios, at most ``count``."""
    return (0, *np.unique(np.geomspace(1, steps, count - 1).round().astype(int)).tolist())


@dataclass(frozen=True)
class Config:
    """What is trained and when it is examined; the defaults are the book's."""

    modulus: int = 59
    """The odd number p."""
    table: str = "sum"
    """What the answers are: the sum or product mod p, or random numbers below p."""
    shares: tuple[float, ...] = (0.35,)
    """Parts of the table to train on, one net for each."""
    loss: str = "cross-entropy"
    decay: float = 1.0
    """Decoupled weight decay of Adam."""
    width: int = 128
    """Hidden units."""
    rate: float = 0.005
    warm_up: int = 10
    """Steps until the rate is reached; every step sees the whole training part."""
    checkpoints: tuple[int, ...] = spread(1500)
    """Steps after which the net is examined; training ends with the last."""

    def __post_init__(self) -> None:
        """Refuse settings that cannot be run."""
        check(self, "modulus", low=5, whole=True)
        if self.modulus % 2 == 0:
            raise ValueError(f"modulus: found {self.modulus}, want an odd number")
        for name, known in (("loss", LOSSES), ("table", TABLES)):
            if getattr(self, name) not in known:
                raise ValueError(f"{name}: found {getattr(self, name)!r}, want one of {known}")
        one_pair = 1 / self.modulus**2
        check(self, "shares", low=one_pair, high=1 - one_pair)
        check(self, "decay", low=0)
        check(self, "rate", low=0, high=1, open_low=True)
        check(self, "width", "warm_up", low=1, whole=True)
        check(self, "checkpoints", low=0, whole=True, rising=True)

    @property
    def steps(self) -> int:
        """Training steps."""
        return self.checkpoints[-1]


@dataclass(frozen=True, kw_only=True)
class Result(store.Result):
    """Examinations through training; every array starts (shares, checkpoints).

    Attributes
    ----------
    train, test : array
        Accuracy on the pairs trained on, and on all the others.
    filtered : array
        Test accuracy with each neuron reduced to its strongest frequency.
    shuffled : array
        The same with a random other frequency for each neuron, a control.
    scrambled : array
        The filtered accuracy when the numbers below p are first put in a random order, a control.
    excluded : array
        Accuracy on the training pairs without the strongest frequency in the input weights.
    train_loss, test_loss : array
        Of the kind that the config names: nats, or squared distance to the one-hot answer.
    norm : array
        Euclidean length of the vector of all weights.
    frequencies : array
        How many different frequencies are the strongest of some neuron.
    spectrum : array, shape (shares, checkpoints, (modulus - 1) / 2)
        Share of the power of a neuron's input weights at its strongest frequency, at its second
        strongest, and so on, averaged over neurons.
    """

    config: Config
    train: Floats
    test: Floats
    filtered: Floats
    shuffled: Floats
    scrambled: Floats
    excluded: Floats
    train_loss: Floats
    test_loss: Floats
    norm: Floats
    frequencies: Floats
    spectrum: Floats


BOOK = Config()
SQUARED = Config(loss="squared error", shares=(0.3,), checkpoints=spread(1000))
OWN = Config(
    modulus=43,
    width=64,
    shares=(0.4,),
    rate=0.01,
    checkpoints=(*range(0, 100, 5), *range(100, 1201, 20)),
)
"""A network small enough for a reader's browser to train (assets/twin-grokking.js)."""
VARIANTS = {
    "": BOOK,
    "no-decay": replace(BOOK, decay=0),
    "random-labels": replace(BOOK, table="random"),
    "product": replace(BOOK, table="product"),
    "squared-error": SQUARED,
    "squared-error-no-decay": replace(SQUARED, decay=0),
    "own": OWN,
    "own-no-decay": replace(OWN, decay=0),
    "data": replace(
        SQUARED,
        shares=(0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.225, 0.25, 0.275, 0.3, 0.35),
        checkpoints=(0, 10, 75, 150, 300, 600, 1200, 2400),
    ),
}
"""Settings of the stored results: the book's, decay off, controls, the other loss, the network
that readers train themselves, the sweep."""


def table(config: Config, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Return all pairs (2, modulus**2) and their answers, in random order."""
    size = config.modulus
    pairs = np.indices((size, size)).reshape(2, -1)
    answers = {
        "sum": pairs.sum(axis=0) % size,
        "product": pairs.prod(axis=0) % size,
        "random": rng.integers(0, size, size**2),
    }[config.table]
    order = rng.permutation(size**2)
    return pairs[:, order], answers[order]


def examine(
    net: Net, inputs: Floats, answers: Integers, seen: int, loss: str, rng: np.random.Generator
) -> dict[str, Any]:
    """Return the measures of one checkpoint, named as in `Result`; the first pairs were seen."""
    targets = one_hot(answers[None], net.modulus)[0]
    top = fourier.strongest(net)
    train, test = (
        (inputs[:, part], answers[part], targets[:, part])
        for part in (slice(seen), slice(seen, None))
    )
    return {
        "train": net.accuracy(*train[:2]),
        "test": net.accuracy(*test[:2]),
        "filtered": fourier.filtered(net, top).accuracy(*test[:2]),
        "shuffled": fourier.shuffled(net, rng).accuracy(*test[:2]),
        "scrambled": fourier.scrambled(net, rng).accuracy(*test[:2]),
        "excluded": fourier.excluded(net, top).accuracy(*train[:2]),
        "train_loss": net.loss(train[0], train[2], loss),
        "test_loss": net.loss(test[0], test[2], loss),
        "norm": np.linalg.norm(net.weights),
        "frequencies": np.unique(top).size,
        "spectrum": np.sort(fourier.power(net), axis=1)[:, ::-1].mean(axis=0),
    }


def training(net: Net, inputs: Floats, targets: Floats, config: Config) -> Iterator[int]:
    """Train a net in place; yields the number of steps taken, from 0 to ``config.steps``."""
    optimiser = Adam(net.weights, betas=(0.9, 0.98), decay=config.decay)
    yield 0
    for step in range(1, config.steps + 1):
        rate = config.rate * min(1, step / config.warm_up)
        optimiser.step(net.gradient(inputs, targets, config.loss), rate)
        yield step


def run(config: Config = BOOK, seed: int = 0, progress: Progress | None = None) -> Result:
    """Train and examine one net for each share; `progress` wraps the steps as tqdm.tqdm does."""
    start = process_time()
    rng = np.random.default_rng(seed)
    pairs, answers = table(config, rng)
    inputs = encode(pairs, config.modulus)
    targets = one_hot(answers[None], config.modulus)[0]
    seen = [round(share * answers.size) for share in config.shares]
    # Nets of a sweep start from the same weights; a larger share contains the smaller ones.
    nets = [
        Net(config.modulus, config.width, np.random.default_rng([seed, config.width])) for _ in seen
    ]
    trainings = [
        training(net, np.ascontiguousarray(inputs[:, :count]), targets[:, :count], config)
        for net, count in zip(nets, seen, strict=True)
    ]
    records: list[list[dict[str, Any]]] = [[] for _ in nets]
    for step in watched(range(config.steps + 1), progress):
        for record, each, net, count in zip(records, trainings, nets, seen, strict=True):
            next(each)
            if step in config.checkpoints:
                record.append(examine(net, inputs, answers, count, config.loss, rng))

    measures = store.gather(records, np.float32)
    return Result(config=config, seed=seed, seconds=process_time() - start, **measures)
