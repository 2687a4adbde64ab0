"""Another processor's last digits: elementary functions wrong by one unit in the last place.

NumPy has its own `exp` and `log` for AVX-512, others for AVX2, and leaves the rest to the C
library; none rounds every value correctly. Here each value of a function is moved by -1, 0 or +1
unit, always the same for the same value, as a processor would. ``pytest -p last_digits``, with this
folder on PYTHONPATH, runs all tests like that; `tools/processors.py` does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any
from unittest import mock

import numpy as np
import pytest
from scipy import special

FUNCTIONS: dict[Any, str] = {
    np: "exp exp2 expm1 log log2 log10 log1p sin cos tan tanh arctan",
    special: "expit logit xlogy",
}


@contextmanager
def shaken(seed: int = 1) -> Iterator[None]:
    """Move the last digits of what the functions return; each seed (0 to 20) in its own way."""
    with ExitStack() as patches:
        for module, names in FUNCTIONS.items():
            for name in names.split():
                other = _other(getattr(module, name), seed)
                patches.enter_context(mock.patch.object(module, name, other))
        yield


def pytest_configure(config: pytest.Config) -> None:
    """Shake a whole run of tests."""
    patches = ExitStack()
    patches.enter_context(shaken())
    config.add_cleanup(patches.close)


def _other(function: Callable[..., Any], seed: int) -> Callable[..., Any]:
    @wraps(function)
    def other(*args: Any, **kwargs: Any) -> Any:
        value = function(*args, **kwargs)
        if getattr(value, "dtype", None) not in (np.float32, np.float64):
            return value
        if isinstance(value, np.ndarray):
            value[...] = _moved(value, seed)  # which may be the caller's ``out``
            return value
        return _moved(np.array(value), seed)[()] if isinstance(value, np.generic) else value

    return other


def _moved(value: Any, seed: int) -> Any:
    """Return numbers moved by a unit or not at all; whole numbers are exact everywhere."""
    bits = value.view(f"i{value.itemsize}")
    kept = ~np.isfinite(value) | (value == np.rint(value))
    return np.where(kept, bits, bits + (bits >> seed) % 3 - 1).view(value.dtype)
