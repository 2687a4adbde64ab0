"""Experiment: small attention-only networks learn to continue a repeated block.

A sequence repeats a block of random symbols whose length changes from sequence to sequence, so
only its content tells how it goes on. Networks of one or two attention layers, one head each,
learn to predict the next symbol. While they train, the module records what they can do and where
their heads look; afterwards it takes the circuit apart, piece by piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emergence_lib.experiments import store
from emergence_lib.experiments.layers import Floats, Integers, cross_entropy, one_hot, softmax
from emergence_lib.experiments.optim import Adam


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
        for name, value in vars(self).items():
            if name != "given" and (not np.size(value) or np.min(value) <= 0):
                raise ValueError(f"{name}: found {value}, want numbers above 0")
        if self.layers > 2:
            raise ValueError(f"layers: found {self.layers}, want 1 or 2")
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
        Final accuracy under each of the `INTERVENTIONS` that the number of layers allows.
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


def given_away(periods: Integers, places: int) -> NDArray[np.bool_]:
    """Return where the next symbol follows from the past, shape (sequences, places).

    From one whole block on: the symbol at hand has been seen, and so has what came after it. The
    start of the first repetition does not count, since nothing announces it.
    """
    return np.arange(places) >= periods[:, None]


def follows(tokens: Integers) -> NDArray[np.bool_]:
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


def back(places: int, distance: int = 1) -> Floats:
    """Return the pattern (to, from) of a head that looks `distance` positions back.

    Nearer the start than that, it looks at the first position.
    """
    at = np.arange(places)
    return (at[:, None] == np.maximum(at - distance, 0)).astype(np.float32)


def blurred(places: int) -> Floats:
    """Return the pattern (to, from) of a head that looks at all positions so far alike."""
    return (np.triu(np.ones((places, places))) / np.arange(1, places + 1)).astype(np.float32)


class Net:
    """Symbol plus position, one or two attention layers with one head each, logits.

    Each head adds to what the positions carry, the stream; there is nothing else: no layers
    between, no normalisation. Activations have shape (sequences, width, positions), attention
    (sequences, to, from).
    """

    def __init__(self, width: int, config: Config, rng: np.random.Generator, dtype: Any = "f4"):
        shapes: list[tuple[int, ...]] = [
            (config.symbols, width),
            (config.length - 1, width),
            (config.symbols, width),
            *[(4, width, width)] * config.layers,
        ]
        ends = np.cumsum([np.prod(shape) for shape in shapes])
        self.weights = np.zeros(ends[-1], dtype)
        # The arrays are views: a step that changes the flat vector changes them.
        self.embed, self.place, self.read, *self.heads = (
            part.reshape(shape)
            for part, shape in zip(np.split(self.weights, ends[:-1]), shapes, strict=True)
        )
        for part in (self.embed, self.place, self.read, *self.heads):
            part[:] = rng.normal(0, width**-0.5, part.shape)
        self.read *= 0.1  # predicts evenly at first

    def forward(
        self, tokens: Integers, forced: Mapping[int, Floats] | None = None, through: str = "qkvr"
    ) -> tuple[Floats, list[tuple[Floats, ...]]]:
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
        layers: list[tuple[Floats, ...]] = []
        for layer, head in enumerate(self.heads):
            reads = [stream if letter in through else start for letter in "qkvr"]
            query, key, value = (head[place] @ reads[place] for place in range(3))
            if forced and layer in forced:
                pattern = np.broadcast_to(forced[layer], (len(tokens), *future.shape))
            else:
                scale = len(head[0]) ** -0.5
                pattern = softmax(key.swapaxes(1, 2) @ query * scale + future)
            mixed = value @ pattern
            layers.append((stream, query, key, value, pattern, mixed))
            stream = reads[3] + head[3] @ mixed
        layers.append((stream,))
        return self.read @ stream, layers

    def gradient(
        self, tokens: Integers, targets: Floats, forced: Mapping[int, Floats] | None = None
    ) -> Floats:
        """Return the gradient of the mean cross-entropy of the next symbols."""
        logits, layers = self.forward(tokens, forced)
        error = (softmax(logits) - targets) / tokens.size
        parts = [_outer(error, layers.pop()[0])]
        error = self.read.T @ error
        heads: list[Floats] = []
        for layer in reversed(range(len(self.heads))):
            head = self.heads[layer]
            stream, query, key, value, pattern, mixed = layers[layer]
            through = head[3].T @ error
            slope = pattern * (value.swapaxes(1, 2) @ through)
            slope -= pattern * slope.sum(1, keepdims=True)
            slope *= 0 if forced and layer in forced else len(head[0]) ** -0.5
            behind = key @ slope, query @ slope.swapaxes(1, 2), through @ pattern.swapaxes(1, 2)
            heads = [*(_outer(part, stream) for part in behind), _outer(error, mixed), *heads]
            error = error + sum(head[place].T @ behind[place] for place in range(3))
        symbols = one_hot(tokens, len(self.embed), self.weights.dtype)
        parts = [_outer(symbols, error), error.sum(0).T, *parts, *heads]
        return np.concatenate([part.ravel() for part in parts])


def _outer(left: Floats, right: Floats) -> Floats:
    """Return the sum over sequences and positions of the outer products of two activations."""
    return np.tensordot(left, right, axes=([0, 2], [0, 2]))


def interventions(layers: int, places: int) -> dict[str, dict[str, Any]]:
    """Return what is done to a trained net, as arguments of `Net.forward`, by name."""
    gone, even, one_back = np.zeros((places, places), "f4"), blurred(places), back(places)
    cuts: dict[str, dict[str, Any]] = {
        "nothing changed": {},
        "first head removed": {"forced": {0: gone}},
        "first head blurred": {"forced": {0: even}},
    }
    if layers == 2:
        cuts |= {
            "second head removed": {"forced": {1: gone}},
            "second head blurred": {"forced": {1: even}},
            "seen by keys only": {"through": "k"},
            "seen by queries only": {"through": "q"},
            "seen by values only": {"through": "v"},
            "seen by all but keys": {"through": "qvr"},
            "first head one back": {"forced": {0: one_back}},
            "first head two back": {"forced": {0: back(places, 2)}},
        }
    return cuts


INTERVENTIONS = tuple(interventions(2, 1))
"""Names of the columns of `Result.cut`; one-layer nets have the first three."""


def examine(
    net: Net, tokens: Integers, periods: Integers, forced: Mapping[int, Floats] | None
) -> dict[str, Any]:
    """Return the scores of one net, named as in `Result`."""
    seen, following = tokens[:, :-1], tokens[:, 1:]
    logits, layers = net.forward(seen, forced)
    losses = cross_entropy(logits, one_hot(following, logits.shape[1]))
    chosen, known = logits.argmax(1), given_away(periods, seen.shape[1])
    first, last = layers[0][4], layers[-2][4]
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


def cut(net: Net, tokens: Integers, periods: Integers, given: Mapping[int, Floats]) -> list[float]:
    """Return the accuracy of one net under every intervention."""
    known = given_away(periods, tokens.shape[1] - 1)
    scores = []
    for change in interventions(len(net.heads), tokens.shape[1] - 1).values():
        forced = {**given, **change.get("forced", {})}
        logits, _ = net.forward(tokens[:, :-1], forced, change.get("through", "qkvr"))
        scores.append((logits.argmax(1) == tokens[:, 1:])[known].mean())
    return scores


def run(
    config: Config = BOOK,
    seed: int = 0,
    progress: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> Result:
    """Train the nets and examine them; `progress` wraps the training steps as tqdm.tqdm does."""
    start = process_time()
    rng = np.random.default_rng(seed)
    exam = sequences(config, config.items, rng)
    example = np.resize(rng.permutation(config.symbols)[: config.shortest], (1, EXAMPLE))
    # A net's first weights depend on seed and width only: a shorter ladder repeats its nets.
    nets = [Net(width, config, np.random.default_rng([seed, width])) for width in config.widths]
    optimisers = [Adam(net.weights) for net in nets]
    given = {0: back(config.length - 1)} if config.given else {}
    shown = {layer: pattern[:EXAMPLE, :EXAMPLE] for layer, pattern in given.items()}
    scores, patterns = [], []
    for step in progress(range(config.steps + 1)):
        if step % config.every == 0:
            scores.append([examine(net, *exam, given) for net in nets])
            layers = nets[-1].forward(example, shown)[1][:-1]
            patterns.append([layer[4][0].T for layer in layers])
        if step == config.steps:
            break
        tokens, _ = sequences(config, config.batch, rng)
        targets = one_hot(tokens[:, 1:], config.symbols)
        rate = config.rate * min(1, (step + 1) / config.warm_up)
        for net, optimiser in zip(nets, optimisers, strict=True):
            optimiser.step(net.gradient(tokens[:, :-1], targets, given), rate)

    measures: dict[str, Any] = {
        name: np.array([[exam[name] for exam in exams] for exams in scores]).swapaxes(0, 1)
        for name in scores[0][0]
    }
    return Result(
        config=config,
        seed=seed,
        seconds=process_time() - start,
        parameters=np.array([net.weights.size for net in nets]),
        step=np.arange(0, config.steps + 1, config.every),
        cut=np.array([cut(net, *exam, given) for net in nets]),
        example=example[0],
        # Half precision is plenty for a picture.
        patterns=np.array(patterns, np.float16),
        **measures,
    )
