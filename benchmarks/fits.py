"""Four-parameter fits: the library's batch against SciPy, one curve after the other.

    python -m benchmarks.fits [CURVES] [ROUNDS]

CPU seconds of logistic curves with free threshold, width, floor and ceiling, each through eight
models asked 500 questions. `curve_fit` does least squares without bounds; `minimize` maximises the
binomial likelihood with numerical gradients, once with BFGS and once within bounds with L-BFGS-B.
Both start from the same good guess. SciPy gets every tenth curve, and its time counts tenfold.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.metadata import version
from statistics import median
from time import process_time

import emergence_lib  # noqa: F401 - asks for one BLAS thread, before NumPy is imported

# isort: split
import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from emergence_lib.fitting.batch import Batch, counts
from emergence_lib.fitting.models import fit_sigmoid
from emergence_lib.fitting.shapes import LOGISTIC

Array = NDArray[np.float64]

CURVES, ROUNDS, SHARE = 1000, 5, 10
ITEMS = 500
GUESS = [10.0, 3.0, 0.1, 0.9]


def ladder(curves: int, seed: int = 0) -> Batch:
    """Return curves of models from 10^8 to 10^12 parameters around a true logistic."""
    rng = np.random.default_rng(seed)
    scale = np.logspace(8, 12, 8)
    ends = rng.uniform([9.3, 2, 0.05, 0.8], [10.7, 6, 0.2, 0.95], (curves, 4))
    truth = np.array([logistic(np.log10(scale), *row) for row in ends])
    return counts(scale, rng.binomial(ITEMS, truth) / ITEMS, ITEMS)


def logistic(x: Array, midpoint: float, slope: float, floor: float, ceiling: float) -> Array:
    """Return the curve that SciPy is given; ours is written anew in the library."""
    return floor + (ceiling - floor) * special.expit(slope * (x - midpoint))


def ours(batch: Batch) -> Array:
    """Fit all curves at once; -> predicted scores, shape (curves, points), as of the rivals."""
    return fit_sigmoid(batch, LOGISTIC, ceiling=None, free_floor=True).predict(batch.x)


def curve_fit(batch: Batch) -> Array:
    """Fit curve by curve with least squares; a curve that is given up becomes NaN."""
    found = np.full_like(batch.x, np.nan)
    for p, x, y in zip(found, batch.x, batch.score, strict=True):
        with suppress(RuntimeError):  # it gave up, which took its time too
            p[:] = logistic(x, *optimize.curve_fit(logistic, x, y, p0=GUESS)[0])
    return found


def minimize(batch: Batch, method: str) -> Array:
    """Fit curve by curve with the binomial likelihood."""
    found = np.empty_like(batch.x)
    bounds = [(-50, 50), (0.1, 100), (0, 1), (0, 1)] if method == "L-BFGS-B" else None
    for fitted, x, y in zip(found, batch.x, batch.score, strict=True):

        def lost(theta: Array, x: Array = x, y: Array = y) -> float:
            p = np.clip(logistic(x, *theta), 1e-12, 1 - 1e-12)
            return -ITEMS * float(y @ np.log(p) + (1 - y) @ np.log1p(-p))

        best = optimize.minimize(lost, GUESS, method=method, bounds=bounds).x
        fitted[:] = logistic(x, *best)
    return found


def seconds(fit: Callable[[], object]) -> float:
    """Return the CPU time of a call."""
    start = process_time()
    fit()
    return process_time() - start


def compare(curves: int, rounds: int) -> list[tuple[str, float, float]]:
    """Return name, median seconds, and median ratio to ours in the same round."""
    batch = ladder(curves)
    some = batch[::SHARE]
    part = len(batch) / len(some)
    rivals: dict[str, Callable[[], object]] = {
        "`curve_fit`": lambda: curve_fit(some),
        "`minimize`, BFGS": lambda: minimize(some, "BFGS"),
        "`minimize`, L-BFGS-B": lambda: minimize(some, "L-BFGS-B"),
    }
    ours(batch)  # to warm up
    mine, theirs = [], []
    for _ in range(rounds):
        mine.append(seconds(lambda: ours(batch)))
        theirs.append([part * seconds(rival) for rival in rivals.values()])
    rows = [("ours", median(mine), 1.0)]
    for name, times in zip(rivals, zip(*theirs, strict=True), strict=True):
        ratio = median(each / own for each, own in zip(times, mine, strict=True))
        rows.append((name, median(times), ratio))
    return rows


def table(rows: Iterable[tuple[str, float, float]]) -> str:
    """Return times and ratios as a Markdown table."""
    body = [f"| {name} | {1e3 * cost:.0f} | {ratio:.0f} |" for name, cost, ratio in rows]
    return "\n".join(["| fits | CPU ms | times ours |", "|---|--:|--:|", *body])


def main(curves: int = CURVES, rounds: int = ROUNDS) -> None:
    """Time all and print the table."""
    print(table(compare(curves, rounds)))
    print(
        f"\n{curves} curves, medians of {rounds} rounds. Python {platform.python_version()}, "
        f"NumPy {version('numpy')}, SciPy {version('scipy')}, "
        f"{platform.system()} {platform.machine()}."
    )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
