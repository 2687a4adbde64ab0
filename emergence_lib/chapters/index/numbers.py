"""The wall of sums: what the adding networks of chapter 13 answered, and how much is right."""

from __future__ import annotations

import pandas as pd

from emergence_lib.experiments import addition, store
from emergence_lib.experiments.layers import Integers


def ladder() -> addition.Result:
    """Return the stored ladder whose answers are shown, that of the first seed."""
    result: addition.Result = store.stored("addition")[0]
    return result


def numerals(digits: Integers) -> list[str]:
    """Write each column of digits, units first, as a number with its leading zeros."""
    return ["".join(map(str, column)) for column in digits[::-1].T]


def sums() -> pd.DataFrame:
    """Return the problems of the wall.

    Columns: ``first``, ``second``, ``answer``, numerals of a fixed length.
    """
    config = ladder().config
    questions, answers = addition.kept_problems(config)
    first, second = questions[: config.digits], questions[config.digits :]
    return pd.DataFrame(
        {"first": numerals(first), "second": numerals(second), "answer": numerals(answers)}
    )


def written() -> dict[int, list[str]]:
    """Return the answers of each network, by its parameters, in the order of `sums`."""
    result = ladder()
    return {
        int(size): numerals(digits)
        for size, digits in zip(result.parameters, result.written, strict=True)
    }


def right() -> pd.DataFrame:
    """Count what is right on the wall, one row for each network, by its parameters.

    Columns: ``answers``, right in every digit; ``digits``; and out of how many of each,
    ``all_answers`` and ``all_digits``.
    """
    result = ladder()
    correct = result.written == addition.kept_problems(result.config)[1]
    return pd.DataFrame(
        {
            "answers": correct.all(axis=1).sum(axis=1),
            "digits": correct.sum(axis=(1, 2)),
            "all_answers": correct.shape[2],
            "all_digits": correct[0].size,
        },
        index=pd.Index(result.parameters, name="parameters"),
    )


def blind_digits() -> float:
    """Return how many digits blind guesses get right: of the first, 0 or 1, half; else a tenth."""
    length = ladder().config.digits
    return len(sums()) * (1 / 2 + length / 10)
