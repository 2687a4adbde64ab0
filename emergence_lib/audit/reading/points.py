"""From the text of a cell to a number in its limits, or a problem with place and remedy."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeAlias

import numpy as np

from emergence_lib.audit import phrases
from emergence_lib.audit.curve import FINEST, LONGEST, MOST_ITEMS, SCALES, fail
from emergence_lib.audit.reading import scales
from emergence_lib.audit.reading.columns import Entry
from emergence_lib.audit.reading.table import GUESS, MISSING, NUMBER, Problems

PerTask: TypeAlias = float | Mapping[Any, float] | None
"""One number for all tasks, or a number by task; the key None stands for the rest."""

LIMITS: dict[str, tuple[float, float]] = {
    "scale": SCALES,
    "score": (0, 1),
    "items": (1, MOST_ITEMS),
    "stderr": (FINEST, 0.5),
    "chance": (0, math.nextafter(1, 0)),
    "length": (1, LONGEST),
    "loss": (1e-9, 1e50),
    "loss_stderr": (0, 1e50),
}
"""The least and the most that a column may hold."""
LIKE = {"other": "score", "other_stderr": "stderr", "other_chance": "chance"}
LIKE_LOSS = {"scale": "scale", "score": "loss", "stderr": "loss_stderr"}
"""Numbers of a loss; it has no chance level, and items do not tell how exact it is."""
FRACTIONS = ("score", "stderr", "chance")
SUFFIXED = re.compile(r"([0-9.]+) ?([kmbt])", re.IGNORECASE)
COUNTS = ("items", "length")
POINTED = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
"""A count that may have been written with a point between thousands, where commas are decimal."""
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


def points(entries: list[Entry], comma: bool, unit: str = "plain") -> list[Point]:
    """Return the numbers of every entry, or raise `CurveError` with all that is wrong.

    Parameters
    ----------
    entries : list of Entry
    comma : bool
        Whether a comma in a cell can only be a decimal comma.
    unit : str
        What the scale is written in, of `scales.SCALE_UNITS`.
    """
    problems, found = Problems(), []
    for entry in entries:
        values = {}
        for role, text in entry.cells.items():
            kind = LIKE.get(role, role)
            if entry.loss and kind in LIMITS:
                kind = LIKE_LOSS.get(role, "")
                if not kind or (role != "scale" and MISSING.fullmatch(text)):
                    continue
            if kind == "chance" and not text:
                continue  # nobody says that guessing scores 0
            if kind in LIMITS:
                column = entry.columns.get(role, role)
                if role == "score" and entry.lower and _beyond(text, comma):
                    place = f"{entry.row.place}, column {phrases.quoted(column)}"
                    problems.add(place, *phrases.fault("not_turned", found=text))
                    continue
                task = entry.cells["task"] if GUESS in entry.cells else None
                value = number(entry.row.place, column, kind, text, comma, problems, unit, task)
                values[role] = math.nan if value is None else value
            elif not text:
                empty = phrases.fault("empty_text", column=entry.columns[role])
                problems.add(entry.row.place, *empty)
        found.append(Point(entry, values))
    problems.stop()
    return found


def number(
    place: str,
    column: str,
    kind: str,
    text: str,
    comma: bool,
    problems: Problems,
    unit: str = "plain",
    task: str | None = None,
) -> float | None:
    """Return the number in a cell; note a problem and return None if there is no good one.

    Of result files, which have no columns, ``task`` names the task that could be left out.
    """
    value = _number(kind, text, comma, unit)
    if isinstance(value, float):
        return value
    name, more = value
    want = _want(kind) if kind != "scale" or unit == "plain" else f"{_want(kind)} as {unit}"
    what, remedy = phrases.fault(name, found=text, want=want, **more)
    if task is None:
        problems.add(f"{place}, column {phrases.quoted(column)}", what, remedy)
        return None
    divide = "Divide by 100 if it is a percentage" if name == "percentage" else "Correct the file"
    remedy = f"{divide}, or leave the task out with {phrases.argument('without', task)}"
    problems.add(place if column == "score" else f"{place}, {column}", what, remedy)
    return None


def _beyond(text: str, comma: bool) -> bool:
    """Tell whether a cell holds a number above 1."""
    value = _number("scale", text, comma)
    return isinstance(value, float) and value > 1


def written(text: str, comma: bool) -> float | None:
    """Return the scale in a cell as it is written, in whatever unit, or None if it is none."""
    plain = scales.spelt(text, comma) or (text.replace(",", ".") if comma else text)
    return float(plain) if NUMBER.fullmatch(plain) else None


def _number(
    kind: str, text: str, comma: bool, unit: str = "plain"
) -> float | tuple[str, dict[str, str]]:
    """Return the number in a cell, or the name of its fault and what else that tells."""
    if not text:
        return "empty", {}
    plain = text
    spelt = scales.spelt(text, comma) if kind == "scale" else None
    if spelt is not None and unit not in scales.BASES:
        # Letters say their own unit, 7B in a column of billions too.
        plain, unit = spelt, "plain" if text[-1].isalpha() else unit
    elif comma and text.count(",") == 1:
        plain = text.replace(",", ".")
        if kind not in FRACTIONS and THOUSANDS.fullmatch(text):
            return "comma", {"whole": text.replace(",", ""), "decimal": plain}
    if comma and kind in COUNTS and POINTED.fullmatch(text):
        return "point", {"whole": text.replace(".", ""), "decimal": f"{text}0"}
    if not NUMBER.fullmatch(plain):
        instead = _instead(text)
        if instead:
            return "written", {"number": instead}
        no_number = "no_number" if kind == "score" else "no_count"
        return "commas" if "," in text else no_number, {}
    if kind == "scale" and unit in scales.POWERS and float(plain) > scales.MOST.get(unit, math.inf):
        return "above_unit", {"most": phrases.number(scales.MOST[unit]), "unit": unit}
    value = scales.converted(plain, unit) if kind == "scale" else float(plain)
    beyond = kind == "scale" and value == 0 and unit in scales.BASES
    if in_limits(kind, value) and not beyond:
        return value
    if kind in FRACTIONS and value > 0:
        return "percentage" if value <= 100 else "no_score", {}
    return "beyond", {}


def in_limits(kind: str, value: float) -> bool:
    """Tell whether a number may stand in a column of some kind."""
    least, most = LIMITS[kind]
    if kind in ("stderr", "scale") and value == 0:
        # No such standard error is believed, and a model of no size is left out: both later.
        return True
    return least <= value <= most and (kind != "length" or value == int(value))


def _want(kind: str) -> str:
    least, most = LIMITS[kind]
    return phrases.phrase("want", kind, least=least, most=most)


def _instead(text: str) -> str | None:
    """Return a number with a suffix as a plain number."""
    suffixed = SUFFIXED.fullmatch(text)
    if suffixed and NUMBER.fullmatch(suffixed[1]):
        power = {"k": 3, "m": 6, "b": 9, "t": 12}[suffixed[2].lower()]
        return f"{suffixed[1]}e{power}"
    return None


def is_number(value: object) -> bool:
    """Tell whether a value is a number, which True is not."""
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def constant(
    name: str, points: list[Point], role: str, option: float | None, problems: Problems
) -> float | None:
    """Return the value that a column holds throughout a curve, or the option instead of it."""
    found = {point.values[role]: point for point in points if role in point.values}
    if option is not None:
        found.setdefault(option, points[0])
    if len(found) > 1:
        one, two = list(found)[:2]
        what = phrases.fault("varies", curve=name, role=role, one=one, two=two)
        problems.add(list(found.values())[1].place, *what)
    return next(iter(found), None)


def check_option(argument: str, kind: str, option: PerTask, known: Iterable[str]) -> None:
    """Raise `CurveError` unless an option holds good numbers, for tasks that exist."""
    if option is None:
        return
    values = option if isinstance(option, Mapping) else {None: option}
    for value in values.values():
        if not (is_number(value) and in_limits(kind, value)):
            what = f"found {value!r:.60}, want {_want(kind)}"
            fail(phrases.place(argument), what, "Correct it")
    names = list(known)
    for name in values:
        if name is not None and name not in names:
            near = get_close_matches(str(name), names, 1) or names[:1]
            what = f"there is no task {phrases.quoted(name)}"
            fail(phrases.place(argument), what, f"Is {phrases.quoted(near[0])} meant")
