"""Experiment: networks that add and read the digits they have written so far.

The nets of `addition` write all digits of a sum at once, blind to their own answer. Here each digit
is written after the net has read those before it, as a language model writes tokens: true digits in
training, its own in the exam. The exam asks what the whole answer has to do with its digits, and
what a slip does to the digits after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import process_time
from typing import Any

import numpy as np

from emergence_lib.experiments import addition, store
from emergence_lib.experiments.layers import (
    Floats,
    Integers,
    allocate,
    cross_entropy,
    flatten,
    one_hot,
    softmax,
)
from emergence_lib.experiments.settings import Progress, check_switch


@dataclass(frozen=True)
class Config(addition.Ladder):
    """As for `addition`, whose very batches the nets see; only the longest sums are asked."""

    widths: tuple[int, ...] = (8, 16, 24, 32, 48, 64, 96, 128, 192, 256)
    leading: bool = False
    """Whether the leading digit is written first, as people do, or the units, as carries run."""

    def __post_init__(self) -> None:
        """Refuse settings that cannot be run."""
        super().__post_init__()
        check_switch(self, "leading")


@dataclass(frozen=True, kw_only=True)
class Result(store.Result):
    """Exam scores of the nets on the longest sums; places are in the order of writing.

    Attributes
    ----------
    parameters : array, shape (nets,)
    exact_match : array, shape (nets,)
        Share of answers with every digit right.
    unbroken : array, shape (nets, digits + 1)
        Share of answers with every digit right up to this one.
    own : array, shape (nets, digits + 1)
        Share right of each digit where the net has read its own digits.
    taught : array, shape (nets, digits + 1)
        The same where it has read the true ones.
    own_correlation, taught_correlation : array, shape (nets,)
        Mean correlation between the errors at two digits.
    slips : array of int, shape (nets, digits)
        Answers whose first wrong digit is this one; the last digit has none after it.
    left, mended : array of int, shape (nets, digits)
        Of these, answers whose next digit is right: with the slip left in, and once it is mended.
    sampled : array, shape (nets,)
        Share of answers that would be right with every digit drawn from the net's probabilities:
        the mean over problems of the product of those of the true digits, each after true ones.
    """

    config: Config
    parameters: Integers
    exact_match: Floats
    unbroken: Floats
    own: Floats
    taught: Floats
    own_correlation: Floats
    taught_correlation: Floats
    slips: Integers
    left: Integers
    mended: Integers
    sampled: Floats


BOOK = Config()
VARIANTS = {"": BOOK, "leading": Config(leading=True)}
"""Settings of the stored results: the order in which digits are written."""


class Net:
    """The net of `addition`, whose hidden units also read the digits that are written.

    Before the digit at place k the hidden units are ``relu(w1 x + p_0 y_0 + ... + p_k-1 y_k-1 +
    b1)``; ten logits of that place alone read them.
    """

    def __init__(
        self,
        width: int,
        digits: int,
        rng: np.random.Generator,
        leading: bool = False,
        dtype: Any = np.float32,
    ):
        shapes = [
            (width, 20 * digits),
            (width, 1),
            (digits, width, 10),
            (digits + 1, 10, width),
            (digits + 1, 10, 1),
        ]
        self.weights, parts = allocate(shapes, dtype)
        self.w1, self.b1, self.read, self.w2, self.b2 = parts
        self.order = slice(None, None, -1 if leading else 1)
        # As in `addition`; what is written stays unread at first.
        self.w1[:] = rng.normal(0, np.sqrt(2 / (2 * digits)), self.w1.shape)
        self.w2[:] = rng.normal(0, 0.5 * np.sqrt(2 / width), self.w2.shape)

    def hidden(self, inputs: Floats, written: Floats) -> Floats:
        """Return the hidden units before each digit, (digits + 1, width, problems)."""
        hidden = np.empty((len(self.w2), *self.b1.shape[:1], inputs.shape[1]), inputs.dtype)
        hidden[0] = self.w1 @ inputs + self.b1
        np.matmul(self.read, written[:-1], out=hidden[1:])
        add_up(hidden)
        return np.maximum(hidden, 0, out=hidden)

    def forward(self, inputs: Floats, written: Floats) -> Floats:
        """Return logits (digits + 1, 10, problems), each place after those before were read.

        Parameters
        ----------
        inputs : array, shape (20 * digits, problems)
        written : array, shape (digits + 1, 10, problems)
            The digits to read, one-hot; like the logits in the order of writing.
        """
        return self.w2 @ self.hidden(inputs, written) + self.b2

    def gradient(self, inputs: Floats, targets: Floats) -> Floats:
        """Return the gradient of the cross-entropy of an answer after true digits, as `addition`.

        The targets are the answers as `addition.encode` gives them, units first.
        """
        targets = targets[self.order]
        hidden = self.hidden(inputs, targets)
        back = (softmax(self.w2 @ hidden + self.b2) - targets) / inputs.shape[1]
        after = self.w2.transpose(0, 2, 1) @ back
        after *= hidden > 0
        # What was read before a digit goes on to all digits after it.
        add_up(after[::-1])
        parts = [
            after[0] @ inputs.T,
            after[0].sum(1),
            after[1:] @ targets[:-1].transpose(0, 2, 1),
            back @ hidden.transpose(0, 2, 1),
            back.sum(2),
        ]
        return flatten(parts)

    def write(self, inputs: Floats) -> Integers:
        """Return the likeliest digits, each after the net's own, (digits + 1, problems)."""
        drive = self.w1 @ inputs + self.b1
        written = np.empty((len(self.w2), inputs.shape[1]), np.int64)
        for place, (weights, bias) in enumerate(zip(self.w2, self.b2, strict=True)):
            written[place] = (weights @ np.maximum(drive, 0) + bias).argmax(0)
            if place < len(self.read):
                drive = drive + self.read[place][:, written[place]]
        return written


def add_up(parts: Floats) -> None:
    """Add to each part all before it, in place; NumPy's cumulative sum takes ten times as long."""
    for at in range(1, len(parts)):
        parts[at] += parts[at - 1]


def examine(net: Net, inputs: Floats, answers: Integers) -> dict[str, Any]:
    """Return the scores of one net, named as in `Result`; answers in the order of writing."""
    truth, written = one_hot(answers, 10), net.write(inputs)
    wrong = written != answers
    logits = net.forward(inputs, truth)
    taught = logits.argmax(1) != answers
    unbroken = np.logical_and.accumulate(~wrong)
    # The first slip of an answer: all right before it.
    first = wrong & np.vstack([np.ones_like(wrong[:1]), unbroken[:-1]])
    # Greedy and all true before it: what is read after a mended slip is the true prefix.
    return {
        "exact_match": unbroken[-1].mean(),
        "unbroken": unbroken.mean(1),
        "own": 1 - wrong.mean(1),
        "taught": 1 - taught.mean(1),
        "own_correlation": addition.mean_correlation(wrong),
        "taught_correlation": addition.mean_correlation(taught),
        "slips": first[:-1].sum(1),
        "left": (first[:-1] & ~wrong[1:]).sum(1),
        "mended": (first[:-1] & ~taught[1:]).sum(1),
        "sampled": np.exp(-cross_entropy(logits, truth).sum(0)).mean(dtype=float),
    }


def run(config: Config = BOOK, seed: int = 0, progress: Progress | None = None) -> Result:
    """Train the ladder and examine it; `progress` wraps the training steps as tqdm.tqdm does."""
    start = process_time()
    rng = np.random.default_rng(seed)
    nets = [
        Net(width, config.digits, addition.first_weights(width, seed), config.leading)
        for width in config.widths
    ]
    for _ in addition.training(nets, config, rng, progress):
        pass
    questions, answers = addition.problems(np.full(config.items, config.digits), config.digits, rng)
    inputs = one_hot(questions, 10).reshape(-1, config.items)
    table = [[examine(net, inputs, answers[net.order])] for net in nets]
    return Result(
        config=config,
        seed=seed,
        seconds=process_time() - start,
        parameters=np.array([net.weights.size for net in nets]),
        **{name: each[:, 0] for name, each in store.gather(table).items()},
    )
