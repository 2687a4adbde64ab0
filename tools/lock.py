"""Write requirements.txt: every package at one version, with hashes, for Python 3.11 to 3.13."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

COMMAND = [
    sys.executable,
    *("-m", "uv", "pip", "compile", "pyproject.toml"),
    *("--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--extra", "book", "--extra", "test", "--upgrade", "--quiet"),
    *("--no-emit-index-url", "--custom-compile-command", "make lock"),
    *("--output-file", "requirements.txt"),
]

if __name__ == "__main__":
    sys.exit(subprocess.run(COMMAND, cwd=ROOT, check=False).returncode)
