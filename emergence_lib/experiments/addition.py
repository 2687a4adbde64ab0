"""Experiment: a ladder of small networks learns to add.

A network with one hidden layer reads two numbers of up to five digits and writes all the digits of
their sum at once. Nets of several widths see the same problems in training and sit the same exam,
which is then scored in several ways: whole answers, single digits, edits, cross-entropy, Brier
score. One of the nets is also examined at many moments of a longer training.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from time import process_time
from typing import Any, Protocol, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from emergence_lib import curves, laws
from emergence_lib.experiments import store
from emergence_lib.experiments.layers import (
    Floats,
    Integers,
    allocate,
    cross_entropy,
    flatten,
    one_hot,
    softmax,
)
from emergence_lib.experiments.optim import Adam, cosine_rate
from emergence_lib.experiments.settings import Progress, check, watched
from emergence_lib.laws import Flags


@dataclass(frozen=True)
class Ladder:
    """Nets that learn to add, and the problems they see; the defaults are the book's."""

    widths: tuple[int, ...] = (8, 16, 24, 32, 48, 64, 128, 256)
    """Hidden units of each net of the ladder."""
    lengths: tuple[int, ...] = (1, 2, 3, 4, 5)
    """Digits of the two numbers; each training problem draws one of these lengths."""
    steps: int = 4000
    batch: int = 256
    """Fresh problems in a training step."""
    rate: float = 0.005
    """Peak learning rate."""
    warm_up: int = 50
    """Steps until the peak is reached."""
    items: int = 10_000
    """Problems of each length in an exam."""

    def __post_init__(self) -> None:
        """Refuse settings that cannot be run."""
        # 64-bit numbers hold sums of 17 digits.
        check(self, "lengths", low=1, high=17, whole=True)
        check(self, "widths", "steps", "batch", "warm_up", "items", low=1, whole=True)
        check(self, "rate", low=0, high=1, open_low=True)

    @property
    def digits(self) -> int:
        """Digits of each number as the net reads it, leading zeros included."""
        return max(self.lengths)


@dataclass(frozen=True)
class Config(Ladder):
    """What is trained and how it is examined; the defaults are the book's."""

    exams: tuple[int, ...] = ()
    """Steps, before the last, after which the nets sit an exam; each exam has fresh problems."""
    kept: int = 60
    """Problems of the longest length, the same for every net and seed, whose answers are kept."""

    def __post_init__(self) -> None:
        """Refuse settings that cannot be run."""
        super().__post_init__()
        check(self, "kept", low=1, whole=True)
        if self.exams:
            check(self, "exams", low=1, high=self.steps - 1, whole=True, rising=True)


@dataclass(frozen=True, kw_only=True)
class Result(store.Result):
    """Exam scores and some answers; scores start (papers, lengths).

    A net hands in one paper at each exam: all nets those of the first exam, then those of the
    next. With the one exam of the default, papers are nets.

    Attributes
    ----------
    parameters : array, shape (papers,)
        Of the net.
    step : array, shape (papers,)
        Training steps before the exam.
    exact_match : array
        Share of answers with every digit right.
    position_accuracy : array, shape (nets, lengths, digits + 1)
        Share right of each digit, units first, leading zeros included: `live` leaves them out.
    edit_distance : array
        Mean of `edit_distance` over the answers, in digits, from 0 to length + 1.
    cross_entropy, brier : array
        Mean over the length + 1 live digits: nats, and squared distance between the ten
        probabilities and the truth, from 0 to 2, uniform guess 0.9 (brier1950verification).
    error_correlation : array
        Mean correlation between the errors at two live digits; 0 where fewer than two ever err.
    written : array of int, shape (papers, digits + 1, kept)
        The answers to the problems of `kept_problems`, units first, as each net wrote them.
    """

    config: Config
    parameters: Integers
    step: Integers
    exact_match: Floats
    position_accuracy: Floats
    edit_distance: Floats
    cross_entropy: Floats
    brier: Floats
    error_correlation: Floats
    written: Integers

    def live(self, length: int) -> Floats:
        """Return the accuracy of each paper on the digits that count, (papers, length + 1)."""
        return self.position_accuracy[:, self.index(length), : length + 1]

    def index(self, length: int) -> int:
        """Return where a length stands among the lengths of the arrays."""
        if length not in self.config.lengths:
            raise ValueError(f"length: found {length}, want one of {self.config.lengths}")
        return self.config.lengths.index(length)

    def exam(self, step: int, widths: Sequence[int] = ()) -> Self:
        """Return the papers of one exam, of all nets or of those of some widths."""
        config = self.config
        chosen = tuple(width for width in config.widths if not widths or width in widths)
        if step not in self.step or not chosen:
            raise ValueError(
                f"step, widths: found {step}, {widths}; want one of "
                f"{np.unique(self.step).tolist()}, some of {config.widths}"
            )
        kept = (self.step == step) & np.isin(np.resize(config.widths, len(self.step)), chosen)
        papers = {name: getattr(self, name)[kept] for name in self.measures()}
        return replace(self, config=replace(config, widths=chosen), **papers)


BOOK = Config()
VARIANTS = {
    "": BOOK,
    "time": Config(
        widths=(128,), steps=6000, exams=tuple(np.geomspace(30, 6000, 32).astype(int).tolist()[:-1])
    ),
    # From nets that cannot learn the task to nets that have learnt it, at thirteen budgets.
    "long": Config(
        widths=(2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768),
        steps=16_000,
        exams=(250, 354, 500, 707, 1000, 1414, 2000, 2828, 4000, 5657, 8000, 11_314),
        items=4000,
        kept=1,
    ),
}
"""Settings of the stored results: the ladder, one net through its training, and a grid of both."""


def problems(lengths: Integers, digits: int, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Draw one sum for each length: two numbers below 10**length, all equally likely.

    Returns
    -------
    questions : array of int, shape (2 * digits, problems)
        The digits of the first number, then those of the second, units first.
    answers : array of int, shape (digits + 1, problems)
        The digits of the sum, units first.
    """
    powers = 10 ** np.arange(digits + 1)[:, None]
    first, second = rng.integers(0, 10**lengths, size=(2, len(lengths)))
    split = [number // powers % 10 for number in (first, second, first + second)]
    return np.vstack([split[0][:-1], split[1][:-1]]), split[2]


def kept_problems(config: Config) -> tuple[Integers, Integers]:
    """Return the questions and answers, as `problems` does, of the paper that is kept."""
    lengths = np.full(config.kept, config.digits)
    return problems(lengths, config.digits, np.random.default_rng(0))


class Net:
    """One-hot digits, a layer of rectified units, ten logits for each digit of the answer."""

    def __init__(self, width: int, digits: int, rng: np.random.Generator, dtype: Any = np.float32):
        outputs = 10 * (digits + 1)
        shapes = [(width, 20 * digits), (width, 1), (outputs, width), (outputs, 1)]
        self.weights, (self.w1, self.b1, self.w2, self.b2) = allocate(shapes, dtype)
        # He's rule (he2015delving); a question has only 2 * digits inputs switched on.
        self.w1[:] = rng.normal(0, np.sqrt(2 / (2 * digits)), self.w1.shape)
        self.w2[:] = rng.normal(0, 0.5 * np.sqrt(2 / width), self.w2.shape)

    def forward(self, inputs: Floats) -> tuple[Floats, Floats]:
        """Return hidden units (width, problems) and logits (digits + 1, 10, problems)."""
        hidden = np.maximum(self.w1 @ inputs + self.b1, 0)
        return hidden, (self.w2 @ hidden + self.b2).reshape(-1, 10, inputs.shape[1])

    def gradient(self, inputs: Floats, targets: Floats) -> Floats:
        """Return the gradient of the cross-entropy of an answer, averaged over problems."""
        hidden, logits = self.forward(inputs)
        back = (softmax(logits) - targets).reshape(-1, inputs.shape[1]) / inputs.shape[1]
        back_hidden = (self.w2.T @ back) * (hidden > 0)
        return flatten([back_hidden @ inputs.T, back_hidden.sum(1), back @ hidden.T, back.sum(1)])


def encode(questions: Integers, answers: Integers) -> tuple[Floats, Floats]:
    """Return inputs (20 * digits, problems) and targets (digits + 1, 10, problems)."""
    return one_hot(questions, 10).reshape(-1, questions.shape[1]), one_hot(answers, 10)


def edit_distance(written: Integers, answers: Integers) -> Integers:
    """Return how many digits to insert, delete or replace to correct each answer, at the least.

    The Levenshtein distance (levenshtein1966binary), the mirage paper's partial credit
    (schaeffer2023emergent). Answers are as long as they should be, so it is at most the number of
    wrong digits; it is less where a digit left out or doubled has moved the others by a place.

    Parameters
    ----------
    written, answers : array of int, shape (digits, problems)

    Returns
    -------
    array of int, shape (problems,)
    """
    # distances[j]: from what was read of `written` to the first j digits of the answer
    distances = [np.full(written.shape[1], j) for j in range(len(answers) + 1)]
    for digit in written:
        before, distances = distances, [distances[0] + 1]
        for j, right in enumerate(answers):
            other = np.minimum(before[j + 1], distances[j]) + 1
            distances.append(np.minimum(before[j] + (digit != right), other))
    return distances[-1]


def examine(net: Net, length: int, questions: Integers, answers: Integers) -> dict[str, Any]:
    """Return the scores of one net on problems of one length, named as in `Result`."""
    inputs, targets = encode(questions, answers)
    logits = net.forward(inputs)[1]
    written = logits.argmax(1)
    wrong = written != answers
    live = slice(length + 1)
    return {
        "exact_match": 1 - wrong.any(0).mean(),
        "position_accuracy": 1 - wrong.mean(1),
        "edit_distance": edit_distance(written[live], answers[live]).mean(),
        "cross_entropy": cross_entropy(logits, targets)[live].mean(dtype=float),
        "brier": ((softmax(logits) - targets) ** 2).sum(1)[live].mean(dtype=float),
        "error_correlation": mean_correlation(wrong[live]),
    }


def mean_correlation(rows: Flags) -> float:
    """Return the mean correlation over pairs of rows that vary; 0 with fewer than two."""
    varying = rows[rows.std(axis=1) > 0]
    if len(varying) < 2:
        return 0.0
    return float(np.corrcoef(varying)[np.triu_indices(len(varying), 1)].mean())


def first_weights(width: int, seed: int) -> np.random.Generator:
    """Return what draws the first weights of a net: a shorter ladder repeats its nets."""
    return np.random.default_rng([seed, width])


class Trainable(Protocol):
    """A net as `training` needs it: its weights, and their gradient on encoded problems."""

    weights: Floats

    def gradient(self, inputs: Floats, targets: Floats) -> Floats:
        """Return the gradient of the cross-entropy of an answer, averaged over problems."""
        ...


def training(
    nets: Sequence[Trainable],
    config: Ladder,
    rng: np.random.Generator,
    progress: Progress | None = None,
) -> Iterator[int]:
    """Train nets side by side on the same problems; yield the steps done after each."""
    optimisers = [Adam(net.weights) for net in nets]
    for step in watched(range(config.steps), progress):
        lengths = rng.choice(config.lengths, config.batch)
        inputs, targets = encode(*problems(lengths, config.digits, rng))
        rate = cosine_rate(step, config.steps, config.rate, config.warm_up)
        for net, optimiser in zip(nets, optimisers, strict=True):
            optimiser.step(net.gradient(inputs, targets), rate)
        yield step + 1


def run(config: Config = BOOK, seed: int = 0, progress: Progress | None = None) -> Result:
    """Train the ladder and examine it; `progress` wraps the training steps as tqdm.tqdm does."""
    start = process_time()
    rng = np.random.default_rng(seed)
    nets = [Net(width, config.digits, first_weights(width, seed)) for width in config.widths]
    papers, written = [], []
    kept = encode(*kept_problems(config))[0]
    for step in training(nets, config, rng, progress):
        if step in (*config.exams, config.steps):
            exams = {
                length: problems(np.full(config.items, length), config.digits, rng)
                for length in config.lengths
            }
            for net in nets:
                scores = [examine(net, length, *exam) for length, exam in exams.items()]
                papers.append((net.weights.size, step, scores))
                written.append(net.forward(kept)[1].argmax(1))

    parameters, steps, table = zip(*papers, strict=True)
    return Result(
        config=config,
        seed=seed,
        seconds=process_time() - start,
        parameters=np.array(parameters),
        step=np.array(steps),
        written=np.array(written, np.int8),
        **store.gather(table),
    )


def subset_match(digits: ArrayLike, count: int) -> laws.Array:
    """Probability that ``count`` digits, drawn at random from those of an answer, are all right.

    Parameters
    ----------
    digits : array_like, shape (nets, positions)
        Accuracy of each position; errors taken as independent.
    count : int
        From 1 (mean digit accuracy) to the number of positions (exact match).
    """
    table = np.asarray(digits, dtype=float)
    if not 1 <= count <= table.shape[1]:
        raise ValueError(f"count: found {count}, want 1 to {table.shape[1]}")
    chosen = combinations(range(table.shape[1]), count)
    matched = [laws.product(table[:, list(some)]) for some in chosen]
    return np.asarray(np.mean(matched, axis=0))


def widths(results: Iterable[Result], axis: str = "parameters") -> pd.DataFrame:
    """Midpoint and width of every score of the longest sums, one row for each seed and score.

    Columns: seed, score, midpoint (log10 of the axis), width (decades from 10% to 90% of the rise
    from the first paper to the last). The scores are ``cross-entropy``, ``Brier``, ``1 of 6
    digits`` ... ``6 of 6 digits`` if answers have six, ``exact match``.

    Parameters
    ----------
    results : iterable of Result
    axis : str
        ``parameters``, or ``step`` for one net through its training.
    """
    rows = []
    for result in results:
        at, digits = result.index(result.config.digits), result.live(result.config.digits)
        scores = {"cross-entropy": -result.cross_entropy[:, at], "Brier": -result.brier[:, at]}
        for count in range(1, digits.shape[1] + 1):
            scores[f"{count} of {digits.shape[1]} digits"] = subset_match(digits, count)
        scores["exact match"] = result.exact_match[:, at]
        for name, score in scores.items():
            middle, width = curves.rise_in_decades(getattr(result, axis), score)
            rows.append({"seed": result.seed, "score": name, "midpoint": middle, "width": width})
    return pd.DataFrame(rows)
