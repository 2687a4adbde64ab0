"""From the text of a cell to a number in its limits, or a problem with place and remedy."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

import numpy as np

from emergence_lib.audit import phrases
from emergence_lib.audit.curve import FINEST, LONGEST, MOST_ITEMS, SCALES, fail
from emergence_lib.audit.reading.columns import Entry
from emergence_lib.audit.reading.table import NUMBER, Problems

PerTask: TypeAlias = float | Mapping[str, float] | None

LIMITS: dict[str, tuple[float, float]] = {
    "scale": SCALES,
    "score": (0, 1),
    "items": (1, MOST_ITEMS),
    "stderr": (FINEST, 0.5),
    "chance": (0, math.nextafter(1, 0)),
    "length": (1, LONGEST),
}
"""The least and the most that a column may hold."""
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
                what = phrases.fault("empty_text", column=entry.columns[role])
                problems.add(entry.row.place, *what)
        found.append(Point(entry, values))
    problems.stop()
    return found


def number(
    place: str, column: str, kind: str, text: str, comma: bool, problems: Problems
) -> float | None:
    """Return the number in a cell; note a problem and return None if there is no good one."""
    value = _number(kind, text, comma)
    if isinstance(value, float):
        return value
    name, more = value
    what = phrases.fault(name, found=text, want=_want(kind), **more)
    problems.add(f"{place}, column {phrases.quoted(column)}", *what)
    return None


def _number(kind: str, text: str, comma: bool) -> float | tuple[str, dict[str, str]]:
    """Return the number in a cell, or the name of its fault and what else that tells."""
    if not text:
        return "empty", {"part": "row" if kind in ("scale", "score") else "column"}
    plain = text
    if comma and text.count(",") == 1:
        plain = text.replace(",", ".")
        if kind not in FRACTIONS and THOUSANDS.fullmatch(text):
            return "comma", {"whole": text.replace(",", ""), "decimal": plain}
    if not NUMBER.fullmatch(plain):
        instead = _instead(text)
        if instead:
            return "written", {"number": instead}
        return "commas" if "," in text else "no_number", {}
    value = float(plain)
    if _good(kind, value):
        return value
    if kind in FRACTIONS and value > 0:
        return "percentage" if value <= 100 else "no_score", {}
    return "beyond", {}


def _good(kind: str, value: float) -> bool:
    least, most = LIMITS[kind]
    if kind == "stderr" and value == 0:
        return True
    return least <= value <= most and (kind != "length" or value == int(value))


def _want(kind: str) -> str:
    least, most = LIMITS[kind]
    return phrases.phrase("want", kind, least=least, most=most)


def _instead(text: str) -> str | None:
    """Return a percentage or a number with a suffix as a plain number."""
    suffixed = SUFFIXED.fullmatch(text)
    if text.endswith("%") and NUMBER.fullmatch(text[:-1].strip()):
        return phrases.number(float(text[:-1]) / 100, 6)
    if suffixed and NUMBER.fullmatch(suffixed[1]):
        power = {"k": 3, "m": 6, "b": 9, "t": 12}[suffixed[2].lower()]
        return f"{suffixed[1]}e{power}"
    return None


def is_number(value: object) -> bool:
    """Tell whether a value is a number, which True is not."""
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def check_option(argument: str, option: PerTask, known: Iterable[str]) -> None:
    """Raise `CurveError` unless an option holds good numbers, for tasks that exist."""
    if option is None:
        return
    values = option if isinstance(option, Mapping) else {"": option}
    for value in values.values():
        if not (is_number(value) and _good(argument, value)):
            fail(argument, f"found {value!r}, want {_want(argument)}", "Correct it")
    if isinstance(option, Mapping):
        names = list(known)
        for name in option:
            if name not in names:
                near = get_close_matches(str(name), names, 1) or names[:1]
                fail(argument, f"there is no task {name!r}", f"Is {near[0]!r} meant")
