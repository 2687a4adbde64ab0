"""Run the numerical tests as other processors would compute: `make processors`.

NumPy, OpenBLAS and the C library choose their code by what a processor can do, and every choice
rounds differently. Each setting below takes one choice back, as far as this processor allows;
one moves the last digits itself, so that what no setting can reach here is tried too.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parent.parent
CPU = import_module("numpy._core._multiarray_umath")  # where NumPy says what it found
TESTS = [
    *("tests/audit", "tests/fitting", "tests/experiments", "tests/chapters"),
    *("tests/test_scores.py", "tests/test_laws.py", "tests/test_claims.py"),
]
KERNELS = {"Nehalem": "SSE42", "Sandybridge": "AVX", "Haswell": "AVX2", "SkylakeX": "AVX512F"}
"""OpenBLAS's code for some processors, and what a processor must have to run it."""


def settings() -> dict[str, dict[str, str]]:
    """Return the variables of each setting, by its name."""
    found = {"as it is": {}, "last digits moved": {"PYTEST_ADDOPTS": "-p last_digits"}}
    used = [name for name in CPU.__cpu_dispatch__ if CPU.__cpu_features__[name]]
    newest = [name for name in used if name == "X86_V4" or name.startswith("AVX512")]
    for label, names in (("NumPy without AVX-512", newest), ("NumPy without extras", used)):
        if names:
            found[label] = {"NPY_DISABLE_CPU_FEATURES": " ".join(names)}
    if platform.machine() in ("x86_64", "AMD64"):
        for name, needs in KERNELS.items():
            if CPU.__cpu_features__.get(needs):
                found[f"OpenBLAS for {name}"] = {"OPENBLAS_CORETYPE": name}
        if platform.libc_ver()[0] == "glibc":
            found["C library without FMA"] = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4"}
    return found


def run(variables: dict[str, str], tests: list[str]) -> tuple[int, list[str]]:
    """Run tests under some variables; return pytest's exit code and its last lines."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "tools")])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=line", *tests],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path} | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (done.stdout + done.stderr).splitlines()
    kept = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return done.returncode, [*kept, *lines[-1:]]


def main(tests: list[str]) -> int:
    """Print one line for each setting, and what failed under it; return how many failed."""
    failed = 0
    for name, variables in settings().items():
        start = perf_counter()
        code, lines = run(variables, tests)
        failed += code != 0
        verdict = "FAILED" if code else "passed"
        print(f"{verdict}  {name:24}{perf_counter() - start:5.0f} s  {lines[-1]}", flush=True)
        for line in lines[:-1]:
            print(f"        {line}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or TESTS))
