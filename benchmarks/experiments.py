"""How long the experiments take: one default run of each, as a Markdown table.

    python benchmarks/experiments.py [NAME ...]

CPU seconds of one run with the book's settings and seed 0, by the library's own clock. The library
asks for one BLAS thread unless the environment says otherwise: a second costs more than it gives.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from importlib.util import find_spec

from tqdm import tqdm

from emergence_lib.experiments import store


def existing() -> list[str]:
    """Return the names of the experiments whose module is there."""
    prefix = store.__package__
    return [name for name in store.EXPERIMENTS if find_spec(f"{prefix}.{name}")]


def seconds(name: str) -> float:
    """Run one experiment with its defaults; return the CPU time."""
    return float(store.experiment(name).run(seed=0).seconds)


def table(timings: Iterable[tuple[str, float]]) -> str:
    """Return names and CPU seconds as a Markdown table."""
    rows = [f"| {name} | {cost:.1f} |" for name, cost in timings]
    return "\n".join(["| experiment | CPU seconds |", "|---|--:|", *rows])


def main(names: Sequence[str]) -> None:
    """Time the experiments named, or all, and print the table."""
    unknown = sorted(set(names) - set(existing()))
    if unknown:
        sys.exit(f"no experiment {unknown[0]!r}; there is: {', '.join(existing())}")
    chosen = tqdm(names or existing(), leave=False, disable=None)
    print(table([(name, seconds(name)) for name in chosen]))
    print(
        f"\nBLAS threads: {os.environ['OPENBLAS_NUM_THREADS']}. Python "
        f"{platform.python_version()}, NumPy {version('numpy')}, "
        f"{platform.system()} {platform.machine()}."
    )


if __name__ == "__main__":
    main(sys.argv[1:])
