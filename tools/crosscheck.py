"""Run tests/crosscheck, the hand-written networks against PyTorch, in an environment of its own.

The first call makes it in .venv-crosscheck: requirements.txt, and PyTorch at one version. The
variable CROSSCHECK_PYTHON names another Python that has both already.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import environment

ROOT = Path(__file__).parent.parent
VENV = ROOT / ".venv-crosscheck"
TORCH = "torch==2.13.0"


def ready(venv: Path = VENV) -> bool:
    """Return whether the environment is there and as the lock and `TORCH` want it."""
    mark, lock = venv / "ready", ROOT / "requirements.txt"
    return (
        mark.exists()
        and mark.read_text("utf-8") == TORCH
        and mark.stat().st_mtime >= lock.stat().st_mtime
    )


def make() -> Path:
    """Make the environment unless it is ready; return its Python, or stop with one line."""
    python = VENV / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if ready():
        return python
    print("Making the environment in .venv-crosscheck (some minutes, once) ...", flush=True)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    environment.follow(
        (
            [sys.executable, "-m", "venv", "--clear", str(VENV)],
            [*pip, "--require-hashes", "-r", "requirements.txt"],
            [*pip, TORCH],
        )
    )
    (VENV / "ready").write_text(TORCH, "utf-8")
    return python


def last_line(output: str) -> str:
    """Return the last line that a command printed."""
    return ([line for line in output.splitlines() if line.strip()] or ["no reason given"])[-1]


def main() -> int:
    """Run the tests and return their exit code; a lack of PyTorch is a failure, not a skip."""
    python = os.environ.get("CROSSCHECK_PYTHON") or make()
    try:
        found = subprocess.run(
            [python, "-c", "import torch, pytest"], capture_output=True, check=False
        )
    except OSError as error:
        environment.fail(f"CROSSCHECK_PYTHON: {error}")
    if found.returncode:
        reason = last_line(found.stderr.decode("utf-8", "replace"))
        environment.fail(f"{python} lacks what the tests need: {reason}")
    command = [python, "-m", "pytest", "tests/crosscheck", "-q", "-rs"]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(environment.in_one_line(main))
