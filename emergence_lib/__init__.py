"""The helper library of the handbook on emergence in neural networks."""

import os

# The networks here are so small that a second BLAS thread costs more than it gives (ten times the
# CPU on a busy machine). BLAS reads this once, when NumPy is first imported.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
