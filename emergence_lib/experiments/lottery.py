"""Experiment: many nets of a size, to see whether size moves what they become or how many do.

Many nets that differ in nothing but their first weights learn one small task. If every net lands
either on the solution or beside it, and size moves only the share that lands on it, then training
is a lottery and size buys tickets (zhao2025random). The parity of three bits is such a task; two
others of the book's tasks, cut at the same score, only look like it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import process_time
from typing import Any

import numpy as np
import pandas as pd

from emergence_lib.experiments import addition, induction, quanta, store
from emergence_lib.experiments.layers import Floats, Integers, allocate, flatten
from emergence_lib.experiments.optim import Adam
from emergence_lib.experiments.settings import Progress, check, watched


@dataclass(frozen=True)
class Config:
    """What is trained and when it is examined; the defaults are the book's parity."""

    task: str = "parity"
    """``parity`` of some bits; ``induction`` and one-digit ``addition`` as in their modules."""
    widths: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 8, 12)
    """Hidden units of a net, or numbers a position carries in induction."""
    nets: int = 70
    """Nets of each width."""
    moments: tuple[int, ...] = (125, 250, 500, 1000, 2000, 4000)
    """Training steps after which all are examined; the last is the end."""
    bits: int = 12
    """Bits that a question of the parity shows."""
    parity: int = 3
    """The first so many of them matter."""
    batch: int = 128
    """Fresh questions of the parity in a training step, the same for all nets."""
    rate: float = 0.01
    """Learning rate of the parity, constant."""

    def __post_init__(self) -> None:
        """Refuse settings that cannot be run."""
        if self.task not in TASKS:
            raise ValueError(f"task: found {self.task!r}, want one of {', '.join(TASKS)}")
        check(self, "nets", "batch", low=1, whole=True)
        check(self, "widths", low=1, whole=True, rising=True)
        check(self, "moments", low=1, whole=True, rising=True)
        check(self, "rate", low=0, high=1, open_low=True)
        # The exam asks every question there is.
        check(self, "bits", low=1, high=16, whole=True)
        check(self, "parity", low=1, high=self.bits, whole=True)
        if self.task == "induction" and any(step % self.moments[0] for step in self.moments):
            raise ValueError(f"moments: found {self.moments}, want multiples of the first")


@dataclass(frozen=True, kw_only=True)
class Result(store.Result):
    """Exam scores of every net; scores have shape (widths, nets, moments).

    Attributes
    ----------
    parameters : array, shape (widths,)
    accuracy, loss : array
        Share right and mean cross-entropy in nats; of one-digit sums, whole sums right and the
        loss of a digit.
    """

    config: Config
    parameters: Integers
    accuracy: Floats
    loss: Floats


class Nets:
    """Nets of one width side by side: a layer of rectified units, one logit for "odd"."""

    def __init__(self, width: int, bits: int, rngs: list[np.random.Generator], dtype: Any = "f4"):
        nets = len(rngs)
        shapes = [(nets * width, bits), (nets * width, 1), (nets, width, 1), (nets, 1)]
        self.weights, (self.w1, self.b1, self.w2, self.b2) = allocate(shapes, dtype)
        # He's rule (he2015delving), as for the nets of `quanta`.
        for net, rng in enumerate(rngs):
            own = slice(net * width, (net + 1) * width)
            self.w1[own] = rng.normal(0, np.sqrt(2 / (1 + bits)), (width, bits))
            self.w2[net] = rng.normal(0, 0.5 * np.sqrt(2 / width), (width, 1))

    def forward(self, inputs: Floats) -> tuple[Floats, Floats]:
        """Return hidden units (nets, width, questions) and logits (nets, questions)."""
        hidden = self.w1 @ inputs
        hidden += self.b1
        np.maximum(hidden, 0, out=hidden)
        hidden = hidden.reshape(*self.w2.shape[:2], -1)
        return hidden, np.matmul(self.w2.swapaxes(1, 2), hidden)[:, 0] + self.b2

    def gradient(self, inputs: Floats, answers: Floats) -> Floats:
        """Return the gradient of every net's own cross-entropy, averaged over questions."""
        hidden, logits = self.forward(inputs)
        back = (0.5 * (1 + np.tanh(0.5 * logits)) - answers) / len(answers)
        back_hidden = self.w2 * back[:, None]
        back_hidden *= hidden > 0
        back_hidden = back_hidden.reshape(len(self.w1), -1)
        return flatten(
            [
                back_hidden @ inputs.T,
                back_hidden.sum(1),
                np.matmul(hidden, back[:, :, None]),
                back.sum(1),
            ]
        )


def every_question(bits: int) -> Floats:
    """Return all rows of `bits` bits as -1 or 1, shape (bits, 2**bits)."""
    return (2.0 * (np.arange(2**bits) >> np.arange(bits)[:, None] & 1) - 1).astype(np.float32)


def odd(inputs: Floats, parity: int) -> Floats:
    """Return 1 where an odd number of the first `parity` bits are set, else 0."""
    return ((inputs[:parity] > 0).sum(0) % 2).astype(np.float32)


def train_parity(
    config: Config, seed: int, progress: Progress | None
) -> tuple[Integers, Floats, Floats]:
    """Train all nets on one stream of questions; examine them on every question there is."""
    rng = np.random.default_rng(seed)
    exam = every_question(config.bits)
    right = odd(exam, config.parity)
    # A net's first weights depend on seed, width and its number only.
    stacks = [
        Nets(
            width,
            config.bits,
            [np.random.default_rng([seed, width, n]) for n in range(config.nets)],
        )
        for width in config.widths
    ]
    optimisers = [Adam(nets.weights) for nets in stacks]
    scores = []
    for step in watched(range(1, config.moments[-1] + 1), progress):
        inputs = exam[:, rng.integers(0, exam.shape[1], config.batch)]
        answers = odd(inputs, config.parity)
        for nets, optimiser in zip(stacks, optimisers, strict=True):
            optimiser.step(nets.gradient(inputs, answers), config.rate)
        if step in config.moments:
            logits = np.array([nets.forward(exam)[1] for nets in stacks])
            scores.append(
                [
                    ((logits > 0) == (right > 0.5)).mean(-1),
                    quanta.cross_entropy(logits, right).mean(-1),
                ]
            )
    accuracy, loss = np.array(scores).transpose(1, 2, 3, 0)
    return np.array([nets.weights.size // config.nets for nets in stacks]), accuracy, loss


def train_induction(
    config: Config, seed: int, progress: Progress | None
) -> tuple[Integers, Floats, Floats]:
    """Train one ladder of `induction` after the other, each with a seed of its own."""
    settings = induction.Config(
        widths=config.widths, steps=config.moments[-1], every=config.moments[0]
    )
    ladders = [
        induction.run(settings, seed * config.nets + net)
        for net in watched(range(config.nets), progress)
    ]
    seen = [ladders[0].at(step) for step in config.moments]
    return (
        ladders[0].parameters,
        np.stack([each.accuracy[:, seen] for each in ladders], axis=1),
        np.stack([each.loss[:, seen] for each in ladders], axis=1),
    )


def train_addition(
    config: Config, seed: int, progress: Progress | None
) -> tuple[Integers, Floats, Floats]:
    """Train one ladder of `addition` on one-digit sums after the other."""
    *exams, steps = config.moments
    settings = addition.Config(
        widths=config.widths, lengths=(1,), steps=steps, exams=tuple(exams), items=2000, kept=1
    )
    ladders = [
        addition.run(settings, seed * config.nets + net)
        for net in watched(range(config.nets), progress)
    ]
    shape = len(ladders), len(config.moments), len(config.widths)
    accuracy, loss = (
        np.reshape([getattr(each, name) for each in ladders], shape).transpose(2, 0, 1)
        for name in ("exact_match", "cross_entropy")
    )
    return ladders[0].parameters[: len(config.widths)], accuracy, loss


TASKS = {"parity": train_parity, "induction": train_induction, "addition": train_addition}
BOOK = Config()
VARIANTS = {
    "": BOOK,
    "induction": Config("induction", (20, 24, 28, 32), nets=8, moments=(125, 250, 500, 1000)),
    "addition": Config("addition", (6, 8, 10, 12, 16, 24), nets=20, moments=(250, 500, 1000)),
}


def run(config: Config = BOOK, seed: int = 0, progress: Progress | None = None) -> Result:
    """Train the nets and examine them.

    `progress` wraps the training steps as tqdm.tqdm does, or where nets are trained one after the
    other, the nets.
    """
    start = process_time()
    parameters, accuracy, loss = TASKS[config.task](config, seed, progress)
    return Result(
        config=config,
        seed=seed,
        seconds=process_time() - start,
        parameters=parameters,
        accuracy=accuracy.astype(np.float32),
        loss=loss.astype(np.float32),
    )


def scores(variant: str = "", results: Sequence[Result] = ()) -> pd.DataFrame:
    """Return one row for each net at each moment, of the stored results or of others.

    Columns: seed, width, parameters, net, step, accuracy, loss.
    """
    parts = []
    for each in results or store.stored("lottery", variant):
        config = each.config
        axes = [list(config.widths), list(range(config.nets)), list(config.moments)]
        index = pd.MultiIndex.from_product(axes, names=["width", "net", "step"])
        part = index.to_frame(index=False)
        part = part.assign(accuracy=each.accuracy.ravel(), loss=each.loss.ravel(), seed=each.seed)
        part["parameters"] = part["width"].map(
            dict(zip(config.widths, each.parameters, strict=True))
        )
        parts.append(part)
    return pd.concat(parts, ignore_index=True).astype({"accuracy": float, "loss": float})


def chances(table: pd.DataFrame, cut: float = 0.99) -> pd.DataFrame:
    """Split the nets of each width, at the last moment, into those above a cut and the others.

    Cut where no net is: through the middle of one hump that moves, a cut counts ever more
    successes as well.

    Parameters
    ----------
    table : DataFrame
        `scores`.
    cut : float
        Accuracy above which a net has succeeded.

    Returns
    -------
    DataFrame
        A row for each width. ``nets``, ``successes`` and their share, ``chance``; ``accuracy`` and
        ``loss``, the means of all; ``accuracy_won``, ``loss_won``, ``accuracy_lost``,
        ``loss_lost``, those of either kind, NaN where there is none; ``accuracy_chance`` and
        ``loss_chance``, what the means would be if width moved the chance and nothing else: both
        kinds then keep their mean over all widths at which both occur.
    """
    last = table[table["step"] == table["step"].max()]
    won = last["accuracy"] > cut
    both = won.groupby(last["width"]).transform("nunique") == 2
    by = last.groupby("width")
    result = pd.DataFrame({"nets": by.size(), "successes": won.groupby(last["width"]).sum()})
    result["chance"] = result["successes"] / result["nets"]
    for score in ("accuracy", "loss"):
        result[score] = by[score].mean()
        result[f"{score}_won"] = last[won].groupby("width")[score].mean()
        result[f"{score}_lost"] = last[~won].groupby("width")[score].mean()
        ends = [last.loc[both & kind, score].mean() for kind in (won, ~won)]
        result[f"{score}_chance"] = ends[1] + result["chance"] * (ends[0] - ends[1])
    return result


def between(table: pd.DataFrame, low: float, high: float) -> pd.Series:
    """Return the share of nets of each width whose last accuracy is from `low` up to `high`."""
    last = table[table["step"] == table["step"].max()]
    inside = (last["accuracy"] >= low) & (last["accuracy"] < high)
    return inside.groupby(last["width"]).mean()


def latecomers(table: pd.DataFrame, step: int, cut: float = 0.99) -> pd.DataFrame:
    """Tell nets that are stuck from nets that are late.

    Parameters
    ----------
    table : DataFrame
        `scores`.
    step : int
        A moment before the last.
    cut : float
        Accuracy above which a net has succeeded.

    Returns
    -------
    DataFrame
        A row for each width: ``failing``, the nets not above the cut at that moment; ``late``, how
        many of these are above it at the last.
    """
    rows = table.pivot(index=["width", "seed", "net"], columns="step", values="accuracy") > cut
    if step not in rows:
        raise ValueError(f"step: found {step}, want one of {rows.columns.tolist()}")
    failing = rows[~rows[step]]
    late = failing[rows.columns.max()].groupby("width").agg(["size", "sum"])
    return late.set_axis(["failing", "late"], axis=1)


def ladders(table: pd.DataFrame, score: str = "accuracy") -> pd.DataFrame:
    """Read the nets of one number as a ladder, one net a width, as a study with one seed would.

    Returns
    -------
    DataFrame
        A row for each seed and net. ``largest``, the largest step between neighbouring widths over
        the whole rise; ``fall``, the largest step downwards, 0 if there is none.
    """
    last = table[table["step"] == table["step"].max()]
    steps = (
        last.pivot(index=["seed", "net"], columns="width", values=score).diff(axis=1).iloc[:, 1:]
    )
    return pd.DataFrame(
        {"largest": steps.max(axis=1) / steps.sum(axis=1), "fall": (-steps).max(axis=1).clip(0)}
    )
