"""From the text of a cell to a number in its limits, or a problem with place and remedy."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

import numpy as np

from emergence_lib.audit.curve import FINEST, LONGEST, MOST_ITEMS, SCALES
from emergence_lib.audit.reading.columns import Entry
from emergence_lib.audit.reading.table import NUMBER, Problems, fail

PerTask: TypeAlias = float | Mapping[str, float] | None
Limit: TypeAlias = tuple[Callable[[float], bool], str]

LIMITS: dict[str, Limit] = {
    "scale": (
        lambda x: SCALES[0] <= x <= SCALES[1],
        f"a number above 0 ({SCALES[0]:g} to {SCALES[1]:g})",
    ),
    "score": (lambda x: 0 <= x <= 1, "a fraction from 0 to 1"),
    "items": (
        lambda x: 1 <= x <= MOST_ITEMS,
        f"a number of items, at least 1 (at most {MOST_ITEMS:g})",
    ),
    "stderr": (
        lambda x: x == 0 or FINEST <= x <= 0.5,
        f"a standard error of a fraction, from 0 to 0.5 (not between 0 and {FINEST:g})",
    ),
    "chance": (lambda x: 0 <= x < 1, "a fraction from 0 to below 1"),
    "length": (
        lambda x: 1 <= x <= LONGEST and x == int(x),
        f"a whole number of tokens, from 1 to {LONGEST:,}",
    ),
}
LIKE = {"other": "score", "other_stderr": "stderr", "other_chance": "chance"}
FRACTIONS = ("score", "stderr", "chance")
SUFFIXED = re.compile(r"([0-9.]+) ?([kmbt])", re.IGNORECASE)
THOUSANDS = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")


@dataclass(frozen=True)
class Point:
    """A checked entry."""

    entry: Entry
    values: dict[str, float]

    @property
    def place(self) -> str:
        """Where it stands in the source."""
        return self.entry.row.place

    @property
    def scale(self) -> float:
        """Its place on the axis."""
        return self.values["scale"]


def points(entries: list[Entry], comma: bool) -> list[Point]:
    """Return the numbers of every entry, or raise `CurveError` with all that is wrong."""
    problems, found = Problems(), []
    for entry in entries:
        values = {}
        for role, text in entry.cells.items():
            kind = LIKE.get(role, role)
            if kind in LIMITS:
                column = entry.columns.get(role, role)
                value = number(entry.row.place, column, kind, text, comma, problems)
                values[role] = math.nan if value is None else value
            elif not text:
                remedy = "Fill it in or delete the column"
                problems.add(entry.row.place, f"column {entry.columns[role]!r} is empty", remedy)
        found.append(Point(entry, values))
    problems.stop()
    return found


def number(
    place: str, column: str, kind: str, text: str, comma: bool, problems: Problems
) -> float | None:
    """Return the number in a cell; note a problem and return None if there is no good one."""
    place = f"{place}, column {column!r}"
    good, want = LIMITS[kind]
    if not text:
        part = "row" if kind in ("scale", "score") else "column"
        problems.add(place, f"empty, want {want}", f"Fill it in or delete the {part}")
        return None
    plain = text
    if comma and text.count(",") == 1:
        if kind not in FRACTIONS and THOUSANDS.fullmatch(text):
            remedy = f"Write {text.replace(',', '')} or {text.replace(',', '.')}"
            problems.add(place, f"found {text!r}: decimal comma or thousands", remedy)
            return None
        plain = text.replace(",", ".")
    if not NUMBER.fullmatch(plain):
        problems.add(place, f"found {text!r:.60}, want {want}", _how_to_write(text))
        return None
    value = float(plain)
    if not (math.isfinite(value) and good(value)):
        remedy = "Correct it or delete the row"
        if kind in FRACTIONS and value > 0:
            remedy = "Choose the columns or metrics that are scores with tasks= or metric="
            if value <= 100:
                remedy = f"Divide the column by 100 if these are percentages. {remedy} if not"
        problems.add(place, f"found {text!r:.60}, want {want}", remedy)
        return None
    return value


def _how_to_write(text: str) -> str:
    suffixed = SUFFIXED.fullmatch(text)
    if text.endswith("%") and NUMBER.fullmatch(text[:-1].strip()):
        return f"Write {float(text[:-1]) / 100:g}"
    if suffixed and NUMBER.fullmatch(suffixed[1]):
        power = {"k": 3, "m": 6, "b": 9, "t": 12}[suffixed[2].lower()]
        return f"Write {suffixed[1]}e{power}"
    if "," in text:
        return "Write a point for the decimals and nothing between thousands"
    return "Write a number, delete the row, or choose the columns of scores with tasks="


def is_number(value: object) -> bool:
    """Tell whether a value is a number, which True is not."""
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def check_option(argument: str, option: PerTask, known: Iterable[str]) -> None:
    """Raise `CurveError` unless an option holds good numbers, for tasks that exist."""
    if option is None:
        return
    values = option if isinstance(option, Mapping) else {"": option}
    good, want = LIMITS[argument]
    for value in values.values():
        if not (is_number(value) and math.isfinite(value) and good(value)):
            fail(argument, f"found {value!r}, want {want}", "Correct it")
    if isinstance(option, Mapping):
        names = list(known)
        for name in option:
            if name not in names:
                near = get_close_matches(str(name), names, 1) or names[:1]
                fail(argument, f"there is no task {name!r}", f"Is {near[0]!r} meant")
