"""The kinds of question a quiz asks; one that cannot be answered is refused when it is made."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from emergence_lib.reader import markup


@dataclass(frozen=True)
class Option:
    """One alternative, and what to say to a reader who picks it."""

    text: str
    feedback: str
    correct: bool = False


@dataclass(frozen=True)
class Near:
    """A wrong number that a known mistake leads to, and what to say about it."""

    value: float
    feedback: str


@dataclass(frozen=True)
class OptionQuestion:
    """Pick one option, or every option that holds."""

    name: str
    ask: str
    options: Sequence[Option]
    several: bool = False

    def __post_init__(self) -> None:
        """Refuse a question that cannot be answered."""
        right = sum(option.correct for option in self.options)
        if self.several and right == 0:
            raise ValueError("no option is right; mark at least one with 'correct: true'")
        if not self.several and right != 1:
            raise ValueError(
                f"{right} options are right; a choice has exactly one (type 'several' has more)"
            )
        if len({option.text for option in self.options}) < len(self.options):
            raise ValueError("two options have the same text")
        for option in self.options:
            check_markup(option.text)
            check_markup(option.feedback)
        check_markup(self.ask)


@dataclass(frozen=True)
class NumberQuestion:
    """Give a number, to within an absolute tolerance."""

    name: str
    ask: str
    answer: float
    tolerance: float
    feedback: str
    unit: str = ""
    near: Sequence[Near] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Refuse an answer that is not a number, or that an expected mistake would also meet."""
        if not (math.isfinite(self.answer) and 0 <= self.tolerance < math.inf):
            raise ValueError(
                f"answer is {self.answer} with tolerance {self.tolerance}; wanted finite numbers"
            )
        for each in self.near:
            if not math.isfinite(each.value):
                raise ValueError(f"a wrong answer is {each.value}; wanted a finite number")
            if abs(each.value - self.answer) <= self.tolerance:
                raise ValueError(
                    f"the wrong answer {each.value:g} is within the tolerance of the right one, "
                    f"{self.answer:g}; narrow the tolerance or drop it"
                )
            check_markup(each.feedback)
        check_markup(self.ask)
        check_markup(self.feedback)

    @property
    def digits(self) -> int:
        """Decimals that the tolerance makes meaningful."""
        if self.tolerance == 0:
            return 0 if self.answer == round(self.answer) else 4
        return max(0, math.ceil(-math.log10(self.tolerance)))


@dataclass(frozen=True)
class OrderQuestion:
    """Put items in order; they are given in the right one."""

    name: str
    ask: str
    items: Sequence[str]
    feedback: str

    def __post_init__(self) -> None:
        """Refuse items that cannot be told apart."""
        if len(set(self.items)) < len(self.items) or len(self.items) < 2:
            raise ValueError("wanted two or more items, all different")
        for text in (self.ask, self.feedback, *self.items):
            check_markup(text)

    def shuffled(self) -> list[int]:
        """Return the positions of the items in the order shown: always the same, never sorted."""
        order = list(range(len(self.items)))
        source = random.Random(f"{self.name} {len(order)}")
        while order == sorted(order):
            source.shuffle(order)
        return order


Question = OptionQuestion | NumberQuestion | OrderQuestion


def check_markup(text: str) -> None:
    """Raise ValueError if a formula in the text is not understood."""
    markup.inline(text)
