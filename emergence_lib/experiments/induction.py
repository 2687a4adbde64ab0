"""Experiment: small attention-only networks learn to continue a repeated block.

A sequence repeats a block of random symbols whose length changes from sequence to sequence, so
only its content tells how it goes on. Networks of one or two attention layers, one head each,
learn to predict the next symbol. `attention` holds the networks; this module trains them, records
what they can do and where their heads look, and has `ablation` take the circuit apart at the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import process_time
from typing import Any

import numpy as np
import pandas as pd

from emergence_lib import curves
from emergence_lib.experiments import ablation, store
from emergence_lib.experiments.attention import Net, back
from emergence_lib.experiments.layers import Floats, Integers, cross_entropy, one_hot
from emergence_lib.experiments.optim import Adam
from emergence_lib.experiments.settings import Progress, check, check_switch, watched
from emergence_lib.laws import Flags


@dataclass(frozen=True)
class Config:
    """What is trained and how it is examined; the defaults are the book's."""

    widths: tuple[int, ...] = (32,)
    """Numbers a position carries, in each net of the ladder."""
    layers: int = 2
    given: bool = False
    """The first head is not learned: it always looks at the previous position."""
    symbols: int = 32
    length: int = 32
    """Positions of a sequence."""
    shortest: int = 8
    longest: int = 16
    """Length of the block, drawn afresh for each sequence."""
    steps: int = 800
    batch: int = 32
    """Fresh sequences in a training step."""
    rate: float = 0.003
    """Learning rate; constant after the warm-up, so that an earlier checkpoint is a smaller
    budget and nothing else."""
    warm_up: int = 50
    """Steps until the rate is reached."""
    every: int = 20
    """Steps between two examinations."""
    items: int = 256
    """Sequences of the exam."""

    def __post_init__(self) -> None:
        """Refuse settings that cannot be run."""
        check(self, "layers", low=1, high=2, whole=True)
        counts = ("widths", "symbols", "length", "shortest", "longest", "steps", "batch")
        check(self, *counts, "warm_up", "every", "items", low=1, whole=True)
        check(self, "rate", low=0, high=1, open_low=True)
        check_switch(self, "given")
        if not self.shortest <= self.longest < self.length - 1:
            raise ValueError(
                f"longest: found {self.longest}, want at least shortest ({self.shortest}) and "
                f"less than length - 1 ({self.length - 1}), or nothing is repeated"
            )
        if self.given and self.layers < 2:
            raise ValueError("given: found True with one layer, want two: the first would be lost")
        if self.steps % self.every:
            raise ValueError(f"every: found {self.every}, want a divisor of steps ({self.steps})")


@dataclass(frozen=True, kw_only=True)
class Result(store.Result):
    """Exam scores of some nets through training; scores have shape (nets, checkpoints).

    Attributes
    ----------
    parameters : array, shape (nets,)
    step : array, shape (checkpoints,)
        Training steps taken before each examination.
    accuracy, loss : array
        Share right, and cross-entropy in nats, of the symbols that the repetition gives away.
    fresh_loss : array
        Cross-entropy of the symbols that nothing gives away; guessing has ln(symbols).
    copied : array
        Share of predictions, where `accuracy` is counted, that occur earlier in the sequence.
    prefix : array
        Attention of the last head to positions right after an earlier occurrence of the symbol
        it stands on, where `accuracy` is counted: the prefix-matching score (olsson2022context).
    previous : array, shape (nets, checkpoints, length - 1)
        Attention of the first head, from each position, to the one before; 0 at the first.
    cut : array, shape (nets, interventions)
        Final accuracy under each of `ablation.INTERVENTIONS` that the number of layers allows.
    example : array, shape (16,)
        A sequence whose block has the shortest length and holds no symbol twice.
    patterns : array, shape (checkpoints, layers, 16, 16)
        Where each head of the last net looks in the example: (..., from, to).
    """

    config: Config
    parameters: Integers
    step: Integers
    accuracy: Floats
    loss: Floats
    fresh_loss: Floats
    copied: Floats
    prefix: Floats
    previous: Floats
    cut: Floats
    example: Integers
    patterns: Floats

    def at(self, step: int) -> int:
        """Return the checkpoint after so many training steps."""
        if step not in self.step:
            raise ValueError(f"step: found {step}, want one of {self.step.tolist()}")
        return int(np.searchsorted(self.step, step))


BOOK = Config()
LADDER = (4, 8, 12, 16, 24, 32, 48)
VARIANTS = {
    "": BOOK,
    "one-layer": Config(layers=1),
    "given": Config(given=True),
    "ladder": Config(widths=LADDER, steps=2000, every=100),
    "narrow": Config(widths=(8,), steps=10_000, every=500),
}
EXAMPLE = 16
"""Positions of the sequence whose attention is kept."""


def sequences(config: Config, count: int, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Draw sequences that repeat a block of random symbols until they are full.

    Returns
    -------
    tokens : array of int, shape (count, length)
    periods : array of int, shape (count,)
        Length of the block: ``tokens[i, t] == tokens[i, t - periods[i]]``.
    """
    periods = rng.integers(config.shortest, config.longest + 1, count)
    blocks = rng.integers(0, config.symbols, (count, config.longest))
    return np.take_along_axis(blocks, np.arange(config.length) % periods[:, None], 1), periods


def given_away(periods: Integers, places: int) -> Flags:
    """Return where the next symbol follows from the past, shape (sequences, places).

    From one whole block on: the symbol at hand has been seen, and so has what came after it. The
    start of the first repetition does not count, since nothing announces it.
    """
    return np.arange(places) >= periods[:, None]


def follows(tokens: Integers) -> Flags:
    """Return where the symbol before one position is the symbol at another.

    Returns
    -------
    array of bool, shape (sequences, to, from)
        True where ``tokens[i, to - 1] == tokens[i, from]`` and ``to <= from``: where a head that
        continues repetitions should look.
    """
    match = np.zeros((*tokens.shape, tokens.shape[1]), bool)
    match[:, 1:] = tokens[:, :-1, None] == tokens[:, None, :]
    return match & np.triu(np.ones(match.shape[1:], bool))


def examine(
    net: Net, tokens: Integers, periods: Integers, forced: Mapping[int, Floats] | None
) -> dict[str, Any]:
    """Return the scores of one net, named as in `Result`."""
    seen, following = tokens[:, :-1], tokens[:, 1:]
    logits, layers = net.forward(seen, forced)
    losses = cross_entropy(logits, one_hot(following, logits.shape[1]))
    chosen, known = logits.argmax(1), given_away(periods, seen.shape[1])
    first, last = layers[0].pattern, layers[-1].pattern
    matching = last * follows(seen)
    past = np.triu(np.ones(first.shape[1:], bool))
    copied = ((chosen[:, None, :] == seen[:, :, None]) & past).any(1)
    return {
        "accuracy": (chosen == following)[known].mean(),
        "loss": losses[known].mean(dtype=float),
        "fresh_loss": losses[np.arange(known.shape[1]) + 1 < periods[:, None]].mean(dtype=float),
        "copied": copied[known].mean(),
        "prefix": matching.sum(1)[known].mean(dtype=float),
        "previous": np.pad(np.diagonal(first, 1, axis1=1, axis2=2).mean(0, dtype=float), (1, 0)),
    }


def run(config: Config = BOOK, seed: int = 0, progress: Progress | None = None) -> Result:
    """Train the nets and examine them; `progress` wraps the training steps as tqdm.tqdm does."""
    start = process_time()
    rng = np.random.default_rng(seed)
    exam = sequences(config, config.items, rng)
    example = np.resize(rng.permutation(config.symbols)[: config.shortest], (1, EXAMPLE))
    # A net's first weights depend on seed and width only: a shorter ladder repeats its nets.
    sizes = config.symbols, config.length - 1, config.layers
    nets = [Net(width, *sizes, np.random.default_rng([seed, width])) for width in config.widths]
    optimisers = [Adam(net.weights) for net in nets]
    given = {0: back(config.length - 1)} if config.given else {}
    shown = {layer: pattern[:EXAMPLE, :EXAMPLE] for layer, pattern in given.items()}
    scores, patterns = [], []
    for step in watched(range(config.steps + 1), progress):
        if step % config.every == 0:
            scores.append([examine(net, *exam, given) for net in nets])
            layers = nets[-1].forward(example, shown)[1]
            patterns.append([layer.pattern[0].T for layer in layers])
        if step == config.steps:
            break
        tokens, _ = sequences(config, config.batch, rng)
        targets = one_hot(tokens[:, 1:], config.symbols)
        rate = config.rate * min(1, (step + 1) / config.warm_up)
        for net, optimiser in zip(nets, optimisers, strict=True):
            optimiser.step(net.gradient(tokens[:, :-1], targets, given), rate)

    known = given_away(exam[1], config.length - 1)
    return Result(
        config=config,
        seed=seed,
        seconds=process_time() - start,
        parameters=np.array([net.weights.size for net in nets]),
        step=np.arange(0, config.steps + 1, config.every),
        cut=np.array([ablation.cut(net, exam[0], known, given) for net in nets]),
        example=example[0],
        # Half precision is plenty for a picture.
        patterns=np.array(patterns, np.float16),
        **store.gather(list(zip(*scores, strict=True))),
    )


def widths(budget: int, results: Sequence[Result] = ()) -> pd.DataFrame:
    """Return how many decades of parameters each score's rise takes after so many training steps.

    From 10% to 90% of the way from the first net to the last, in the stored ladders or in others.
    One row for each seed; columns accuracy, loss, prefix and ratio = loss / accuracy.
    """
    rows = {}
    for each in results or store.stored("induction", "ladder"):
        scores = {"accuracy": each.accuracy, "loss": -each.loss, "prefix": each.prefix}
        rows[each.seed] = {
            name: curves.rise_in_decades(each.parameters, score[:, each.at(budget)]).width
            for name, score in scores.items()
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("seed")
    return table.assign(ratio=table["loss"] / table["accuracy"])
