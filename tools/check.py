"""Everything that `make test` does: lint, format, types, unit tests, gate build, page tests.

The gate build begins beside the types and the unit tests; the page tests then open what it built.
In the end it says where the time went; pytest names the slowest files.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from environment import in_one_line

ROOT = Path(__file__).parent.parent
CODE = ["emergence_lib", "tests", "tools", "benchmarks"]
GATE_LOG = ROOT / "_build" / "gate.log"
# A worker a processor. Each begins with its share in order, so that what a file's tests have in
# common is mostly worked out once, and takes from the others when it has done.
PYTEST = [sys.executable, "-m", "pytest", "-rs", "-q", "-n", "auto", "--dist", "worksteal"]


class Step(NamedTuple):
    """A step that has been run."""

    name: str
    passed: bool
    seconds: float


def run(name: str, *command: str) -> Step:
    """Run one step, between its name and its seconds."""
    print(f"\n== {name}", flush=True)
    start = perf_counter()
    passed = subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    step = Step(name, passed, perf_counter() - start)
    print(f"== {name}: {step.seconds:.0f} s", flush=True)
    return step


def table(steps: list[Step], seconds: float) -> str:
    """Return how each step ended and how long it took, and how long all took together."""
    lines = [
        f"{'passed' if step.passed else 'FAILED'}  {step.seconds:5.0f} s  {step.name}"
        for step in steps
    ]
    return "\n".join([*lines, f"        {seconds:5.0f} s  in all"])


def main() -> int:
    """Run every step, even after a failure, and return how many failed."""
    python = sys.executable
    start = perf_counter()
    GATE_LOG.parent.mkdir(exist_ok=True)
    steps = [
        run("lint", python, "-m", "ruff", "check", *CODE),
        run("format", python, "-m", "ruff", "format", "--check", *CODE),
    ]
    with GATE_LOG.open("w") as log:
        began = perf_counter()
        gate = subprocess.Popen(
            [python, "tools/build.py", "--gate"], cwd=ROOT, stdout=log, stderr=log
        )
        steps.append(run("types", python, "-m", "mypy", *CODE))
        steps.append(run("unit tests", *PYTEST, "tests", "--ignore", "tests/site"))
        built = gate.wait() == 0
    printed = GATE_LOG.read_text("utf-8")
    print(f"\n== gate build\n{printed}")
    taken = re.search(r"Built in (\d+) s", printed)
    steps.append(Step("gate build", built, float(taken[1]) if taken else perf_counter() - began))
    if built:
        steps.append(run("page tests", *PYTEST, "tests/site"))
    else:
        print("The page tests did not run: there is no book to open.")
    print("\n" + table(steps, perf_counter() - start))
    return sum(not step.passed for step in steps)


if __name__ == "__main__":
    sys.exit(in_one_line(main))
