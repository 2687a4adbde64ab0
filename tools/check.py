"""Everything that `make test` does: lint, format, types, unit tests, gate build, page tests.

The gate build runs beside the unit tests (two cores); the page tests then open what it built.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parent.parent
CODE = ["emergence_lib", "tests", "tools", "benchmarks"]
GATE_LOG = ROOT / "_build" / "gate.log"
PYTEST = [sys.executable, "-m", "pytest", "-rs", "-q", "--durations=5"]


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Print a step's name, then its seconds."""
    print(f"\n== {name}", flush=True)
    start = perf_counter()
    yield
    print(f"== {name}: {perf_counter() - start:.0f} s", flush=True)


def passes(name: str, *command: str) -> bool:
    """Run one step; return whether it passed."""
    with timed(name):
        return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def main() -> int:
    """Run every step, even after a failure, and return how many failed."""
    python = sys.executable
    GATE_LOG.parent.mkdir(exist_ok=True)
    passed = {
        "lint": passes("lint", python, "-m", "ruff", "check", *CODE),
        "format": passes("format", python, "-m", "ruff", "format", "--check", *CODE),
    }
    with GATE_LOG.open("w") as log:
        gate = subprocess.Popen(
            [python, "tools/build.py", "--gate"], cwd=ROOT, stdout=log, stderr=log
        )
        passed["types"] = passes("types", python, "-m", "mypy", *CODE)
        passed["unit tests"] = passes("unit tests", *PYTEST, "tests", "--ignore", "tests/site")
        with timed("gate build (began beside the unit tests)"):
            passed["gate build"] = gate.wait() == 0
    print(GATE_LOG.read_text("utf-8"))
    if passed["gate build"]:
        passed["page tests"] = passes("page tests", *PYTEST, "-n", "2", "tests/site")
    else:
        print("The page tests did not run: there is no book to open.")
    print(
        "\n" + "\n".join(f"{'passed' if ok else 'FAILED'}  {name}" for name, ok in passed.items())
    )
    return sum(not ok for ok in passed.values())


if __name__ == "__main__":
    sys.exit(main())
