"""Seconds and memory for the audit of many curves: ``python -m benchmarks.audits [CURVES ...]``."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import nullcontext
from time import perf_counter

import numpy as np
from scipy import special
from tqdm import tqdm

from emergence_lib.audit import Curve, audit_many

SCALE = np.logspace(7, 11, 8)
ITEMS = np.full(8, 200.0)


def made(curves: int, chance: float | None, seed: int = 0) -> Iterator[Curve]:
    """Yield noisy logistic curves of 8 models and 200 items, widths from 0.2 to 5 decades."""
    rng = np.random.default_rng(seed)
    for number in range(curves):
        width, threshold = 10 ** rng.uniform(-0.7, 0.7), rng.uniform(8, 10)
        p = special.expit(2 * np.log(9) / width * (np.log10(SCALE) - threshold))
        score = rng.binomial(200, p) / 200
        yield Curve(str(number), SCALE, score, ITEMS, chance=chance)


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of those it has waited for."""
    return sum(os.times()[:4])


def measure(curves: int, chance: float | None, processes: int) -> tuple[float, float, float]:
    """Return seconds on the clock, CPU seconds, and the most memory of one process in megabytes."""
    start, cpu = perf_counter(), cpu_seconds()
    with ProcessPoolExecutor(processes) if processes > 1 else nullcontext() as pool:
        executor: Executor | None = pool
        reports = audit_many(made(curves, chance), thorough=False, executor=executor)
        for _ in tqdm(reports, total=curves, disable=None, leave=False):
            pass
    seconds = perf_counter() - start
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = max(resource.getrusage(each).ru_maxrss for each in whose)
    return seconds, cpu_seconds() - cpu, peak / (1e6 if sys.platform == "darwin" else 1e3)


def main(*numbers: int) -> None:
    """Print a row for each number of curves, for what was said of them, and processes."""
    print("| curves | chance level | processes | seconds | CPU ms a curve | memory of one, MB |")
    print("|--:|---|--:|--:|--:|--:|")
    for curves in numbers or (1_000, 10_000, 100_000):
        for chance, processes in ((0.0, 1), (None, 1), (0.0, 2)):
            seconds, cpu, peak = measure(curves, chance, processes)
            said = "not said" if chance is None else "said"
            row = f"{curves:,} | {said} | {processes} | {seconds:.0f} | {1000 * cpu / curves:.2f}"
            print(f"| {row} | {peak:.0f} |", flush=True)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
