"""What the experiments' runs share: checks of their settings, and how progress is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

Progress = Callable[[Iterable[int]], Iterable[int]]
"""What wraps the steps of a run to show how far it is, such as tqdm.tqdm."""


def watched(steps: Iterable[int], progress: Progress | None) -> Iterable[int]:
    """Return the steps of a run, wrapped if the caller wants to see them pass."""
    return progress(steps) if progress else steps


def check(
    config: Any,
    *names: str,
    low: float,
    high: float = np.inf,
    open_low: bool = False,
    whole: bool = False,
    rising: bool = False,
) -> None:
    """Refuse settings that cannot be run; a tuple must satisfy the limits in every place.

    Parameters
    ----------
    config : dataclass
        The settings.
    *names : str
        Those of its fields that must hold numbers within the limits.
    low, high : float
        The limits, allowed themselves.
    open_low : bool
        Whether the lower limit is not allowed itself.
    whole : bool
        Whether the numbers must be whole.
    rising : bool
        Whether each number of a tuple must exceed the one before.

    Raises
    ------
    ValueError
        If a field does not hold what is wanted.
    """
    kind = "whole numbers" if whole else "numbers"
    order = ", each above the one before" if rising else ""
    if open_low:
        limit = f"above {low:g}" + (f", at most {high:g}" if high < np.inf else "")
    else:
        limit = f"of at least {low:g}" if high == np.inf else f"from {low:g} to {high:g}"
    for name in names:
        value = getattr(config, name)
        usual = getattr(type(config), name, value)
        if np.ndim(usual) != _dimensions(value):
            form = "one number" if np.ndim(usual) == 0 else "a tuple of numbers"
            raise ValueError(f"{name}: found {value!r}, want {form}, as in {usual!r}")
        numbers = np.atleast_1d(value)
        good = numbers.size > 0 and np.issubdtype(numbers.dtype, np.number)
        good = good and bool(np.all(np.isfinite(numbers) & (numbers >= low) & (numbers <= high)))
        good = good and not (open_low and bool(np.any(numbers == low)))
        good = good and (not whole or np.issubdtype(numbers.dtype, np.integer))
        good = good and (not rising or bool(np.all(np.diff(numbers) > 0)))
        if not good:
            raise ValueError(f"{name}: found {value}, want {kind} {limit}{order}")


def check_switch(config: Any, *names: str) -> None:
    """Refuse fields that are neither True nor False; a word would count as True."""
    for name in names:
        value = getattr(config, name)
        if not isinstance(value, bool | np.bool_):
            raise ValueError(f"{name}: found {value!r}, want True or False")


def _dimensions(value: object) -> int:
    """Return how deep a value is nested, -1 if its rows differ in length."""
    try:
        return np.ndim(value)  # type: ignore[arg-type]
    except ValueError:
        return -1
