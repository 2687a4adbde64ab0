"""Settings are checked once, in words that name the field."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from emergence_lib.experiments import autoregressive, hopfield, induction
from emergence_lib.experiments.settings import check


@dataclass
class Sample:
    value: Any


@pytest.mark.parametrize("value", [1, 2, 2.5, 3, (1, 2, 3)])
def test_good_settings_pass(value: Any) -> None:
    check(Sample(value), "value", low=1, high=3, rising=True)


@pytest.mark.parametrize(
    "value", [0, 4, float("nan"), float("inf"), (), (1, 0.5), (1, 1), "two", None]
)
def test_bad_settings_are_named(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^value: found .*, want numbers from 1 to 3"):
        check(Sample(value), "value", low=1, high=3, rising=True)


def test_fractions_are_refused_where_whole_numbers_are_wanted() -> None:
    with pytest.raises(ValueError, match=r"value: found 2\.5, want whole numbers of at least 1$"):
        check(Sample(2.5), "value", low=1, whole=True)


def test_the_lower_limit_may_be_shut_out() -> None:
    check(Sample(0.1), "value", low=0, open_low=True)
    for high, words in ((np.inf, "numbers above 0$"), (3, "numbers above 0, at most 3$")):
        with pytest.raises(ValueError, match=f"^value: found 0, want {words}"):
            check(Sample(0), "value", low=0, high=high, open_low=True)


def test_order_is_wanted_in_words() -> None:
    with pytest.raises(ValueError, match="at least 0, each above the one before"):
        check(Sample((2, 1)), "value", low=0, rising=True)


@pytest.mark.parametrize(
    ("config", "field", "value", "words"),
    [
        (hopfield.Config, "neurons", 20, r"found 20, want a tuple of numbers, as in \("),
        (hopfield.Config, "memories", (1, 2), r"found \(1, 2\), want one number, as in"),
        (hopfield.Config, "neurons", ((2, 3), (4,)), "found .*, want a tuple of numbers"),
        (hopfield.Config, "loads", (1e300,), r"found .*, want numbers above 0, at most 10"),
        (autoregressive.Config, "rate", 1e30, "found .*, want numbers above 0, at most 1"),
        (autoregressive.Config, "leading", "no", "found 'no', want True or False"),
        (induction.Config, "given", 2, "found 2, want True or False"),
    ],
)
def test_a_setting_of_another_form_is_named(
    config: type, field: str, value: object, words: str
) -> None:
    with pytest.raises(ValueError, match=f"^{field}: {words}"):
        config(**{field: value})
