"""Entry of ``python -m emergence_lib``."""

import os
import sys

# Before NumPy is loaded: on nets this small, threads cost more time than they save.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from emergence_lib.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
