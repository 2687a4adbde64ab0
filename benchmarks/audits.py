"""Seconds and memory for the audit of many curves: ``python -m benchmarks.audits [CURVES ...]``."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from time import process_time

import numpy as np
from scipy import special

from emergence_lib.audit import Curve, audit_many

SCALE = np.logspace(7, 11, 8)
ITEMS = np.full(8, 200.0)


def made(curves: int, seed: int = 0) -> Iterator[Curve]:
    """Yield noisy logistic curves of 8 models and 200 items, widths from 0.2 to 5 decades."""
    rng = np.random.default_rng(seed)
    for number in range(curves):
        width, threshold = 10 ** rng.uniform(-0.7, 0.7), rng.uniform(8, 10)
        p = special.expit(2 * np.log(9) / width * (np.log10(SCALE) - threshold))
        yield Curve(str(number), SCALE, rng.binomial(200, p) / 200, ITEMS)


def measure(curves: int) -> tuple[float, float]:
    """Return CPU seconds, and the most memory the process has held so far in megabytes."""
    start = process_time()
    for _ in audit_many(made(curves), thorough=False):
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return process_time() - start, peak / (1e6 if sys.platform == "darwin" else 1e3)


def main(*numbers: int) -> None:
    """Print a row for each number of curves."""
    print("| curves | CPU seconds | ms a curve | most memory, MB |\n|--:|--:|--:|--:|")
    for curves in numbers or (1_000, 10_000, 100_000):
        seconds, peak = measure(curves)
        row = f"| {curves:,} | {seconds:.0f} | {1000 * seconds / curves:.2f} | {peak:.0f} |"
        print(row, flush=True)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
