"""The hand-written networks against PyTorch: CPU seconds of the same training steps.

    make crosscheck                  # makes .venv-crosscheck, once
    .venv-crosscheck/bin/python -m benchmarks.networks [ROUNDS]

Both sides train the book's networks in single precision from the same weights on the same batches,
drawn beforehand; a step is forward pass, backward pass and Adam. One thread each; PyTorch is
eager, with its fused optimiser. Each round times one after the other, so that a busy machine
slows both alike; the ratio is the median of the rounds' ratios.
"""

from __future__ import annotations

import platform
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Any

import emergence_lib  # noqa: F401 - asks for one BLAS thread, before NumPy is imported

# isort: split
import numpy as np
from tqdm import tqdm

from emergence_lib.experiments import addition, grokking, induction, quanta

if TYPE_CHECKING:
    from tests.crosscheck import pairs

STEPS = 40
ROUNDS = 9
SINGLE: Any = np.float32


def networks() -> dict[str, Callable[[], list[pairs.Pair]]]:
    """Return what makes each of the book's networks and its twin, by name."""
    from tests.crosscheck import pairs  # needs PyTorch

    add, grok, induce, many = addition.BOOK, grokking.BOOK, induction.BOOK, quanta.BOOK
    made: dict[str, Any] = {"dtype": SINGLE, "fused": True}
    return {
        f"addition, all {len(add.widths)} widths": lambda: [
            pairs.addition_pair(add, width, STEPS, **made) for width in add.widths
        ],
        "grokking": lambda: [pairs.grokking_pair(grok, STEPS, **made)],
        "induction": lambda: [
            pairs.induction_pair(induce, width, STEPS, **made) for width in induce.widths
        ],
        "quanta": lambda: [pairs.quanta_pair(many, width, STEPS, **made) for width in many.widths],
    }


def seconds(trainings: Iterable[Iterator[None]]) -> float:
    """Return the CPU time of some trainings, each to its end."""
    start = process_time()
    for training in trainings:
        deque(training, maxlen=0)
    return process_time() - start


def compare(network: list[pairs.Pair], rounds: int) -> tuple[float, float, float]:
    """Return the median seconds of ours, of PyTorch, and the median ratio."""

    def both() -> tuple[float, float]:
        ours = seconds(pair.steps() for pair in network)
        return ours, seconds(pair.twin_steps() for pair in network)

    both()  # to warm up
    times = [both() for _ in range(rounds)]
    return (
        median(ours for ours, _ in times),
        median(theirs for _, theirs in times),
        median(ours / theirs for ours, theirs in times),
    )


def table(comparisons: Iterable[tuple[str, tuple[float, float, float]]]) -> str:
    """Return the times of one step and the ratios as a Markdown table."""
    rows = [
        f"| {name} | {1e3 * ours / STEPS:.2f} | {1e3 * theirs / STEPS:.2f} | {ratio:.2f} |"
        for name, (ours, theirs, ratio) in comparisons
    ]
    head = ["| network | ours, ms a step | PyTorch, ms a step | ratio |", "|---|--:|--:|--:|"]
    return "\n".join(head + rows)


def main(rounds: int = ROUNDS) -> None:
    """Time every network and print the table."""
    import torch

    torch.set_num_threads(1)
    known = tqdm(networks().items(), leave=False, disable=None)
    print(table([(name, compare(network(), rounds)) for name, network in known]))
    print(
        f"\nMedians of {rounds} rounds of {STEPS} steps, one thread. Python "
        f"{platform.python_version()}, NumPy {version('numpy')}, PyTorch {torch.__version__}, "
        f"{platform.system()} {platform.machine()}."
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
