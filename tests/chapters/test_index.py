"""The wall of the landing page shows the stored answers, and counts them as one would by hand."""

import re
from collections import Counter

import numpy as np
import pytest

from emergence_lib.chapters.index import numbers
from emergence_lib.chapters.mirage.numbers import LONGEST
from emergence_lib.experiments import addition, store


def test_the_wall_holds_sixty_sums_of_numbers_of_five_digits() -> None:
    table = numbers.sums()
    assert len(table) == 60
    for first, second, answer in table.itertuples(index=False):
        assert re.fullmatch(r"\d{5}", first)
        assert re.fullmatch(r"\d{5}", second)
        assert re.fullmatch(r"\d{6}", answer)
        assert int(first) + int(second) == int(answer)


def test_the_counts_are_those_of_a_recount() -> None:
    """Count in plain Python, from the sums themselves."""
    table, counted = numbers.sums(), numbers.right()
    assert list(counted.index) == list(numbers.written())
    for size, texts in numbers.written().items():
        found: Counter[str] = Counter()
        for first, second, text in zip(table["first"], table["second"], texts, strict=True):
            answer = f"{int(first) + int(second):06d}"
            found["all_answers"] += 1
            found["answers"] += int(text) == int(answer)
            for place in range(6):
                found["all_digits"] += 1
                found["digits"] += text[place] == answer[place]
        assert dict(counted.loc[size]) == dict(found)


def test_the_answers_are_those_of_the_networks_of_chapter_13() -> None:
    """Of the same seed and settings: their whole exam agrees with the sixty sums as it should."""
    result, counted = numbers.ladder(), numbers.right()
    assert (result.config, result.seed) == (addition.BOOK, store.SEEDS[0])
    assert list(counted.index) == list(result.parameters)
    exam = result.exact_match[:, result.index(LONGEST)]
    luck = np.sqrt(exam * (1 - exam) / 60)
    assert np.all(np.abs(counted["answers"] / 60 - exam) < 3 * luck + 0.02)


def test_blind_digits_are_what_guesses_drawn_by_lot_get() -> None:
    answers = np.array([list(map(int, answer)) for answer in numbers.sums()["answer"]])
    rng = np.random.default_rng(0)
    guesses = rng.integers(0, 10, (2000, *answers.shape))
    guesses[:, :, 0] = rng.integers(0, 2, guesses.shape[:2])
    got = (guesses == answers).sum(axis=(1, 2)).mean()
    assert numbers.blind_digits() == pytest.approx(got, abs=1)
