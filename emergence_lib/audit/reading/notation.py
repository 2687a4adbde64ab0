"""Cells as people write them: percentages, thousands, blanks. Made plain numbers, and said so."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from difflib import get_close_matches
from typing import TypeAlias

from emergence_lib.audit.curve import fail
from emergence_lib.audit.phrases import fault, phrase, place, quoted
from emergence_lib.audit.phrases import number as brief
from emergence_lib.audit.reading import scales
from emergence_lib.audit.reading.columns import Entry, Found
from emergence_lib.audit.reading.metrics import plain
from emergence_lib.audit.reading.points import COUNTS, LIKE, Point, in_limits
from emergence_lib.audit.reading.settings import listed
from emergence_lib.audit.reading.table import MISSING, NUMBER, Problems, Table, bare

Percent: TypeAlias = bool | Collection[str] | None
"""What is written as percentages: all scores, none, some by name, or what looks like it."""
Group: TypeAlias = tuple[str, ...]
"""Cells that are written alike: their role, column, metric and task."""

OPTIONAL = ("items", "stderr", "length", "chance", "other_stderr", "other_chance")
ERRORS = {"score": "stderr", "other": "other_stderr"}
GUESSES = ("chance", "other_chance")
SHARES = (*ERRORS, *ERRORS.values(), *GUESSES)
BY_SIZE = "since it runs to "
RATING = 10.0
"""Up to what the largest of some numbers may be a rating, or a share with a slip."""
FINE = 0.05
"""Below what the largest standard error of percentages is hardly one in percent itself: it would
take a million items."""
THOUSANDS = re.compile(r"[1-9][0-9]{0,2}([,' \u00a0\u2009\u202f\u2019])[0-9]{3}(?:\1[0-9]{3})*")
"""A whole number with marks between thousands, of which a point could always be a decimal one."""


def settled(table: Table, entries: list[Entry], percent: Percent = None) -> list[Entry]:
    """Return entries whose cells hold plain numbers, as far as it can be told which.

    Parameters
    ----------
    table : Table
        From which the entries are.
    entries : list of Entry
    percent : bool or collection of str, optional
        See `Percent`; names are those of metrics, tasks or columns.

    Raises
    ------
    CurveError
        If numbers could be shares or percentages, and nothing tells which.
    """
    asked = _checked(table, entries, percent)
    entries = _without_thousands(_without_blanks(entries), table.comma)
    shares = [entry for entry in entries if not entry.loss]
    return [
        *_without_percentages(table, shares, asked),
        *(entry for entry in entries if entry.loss),
    ]


def _without_blanks(entries: list[Entry]) -> list[Entry]:
    """Leave out blank cells of optional columns, and models without a score from a wide table."""
    blank = [
        {role for role, text in entry.cells.items() if MISSING.fullmatch(text)} for entry in entries
    ]
    # A second score that is lacking in some rows only is a fault.
    second = {
        _group(entry, "other")
        for entry, roles in zip(entries, blank, strict=True)
        if "other" in entry.cells and "other" not in roles
    }
    missing: dict[str, list[str]] = {}
    kept = []
    for entry, roles in zip(entries, blank, strict=True):
        if "score" in roles and entry.wide:
            name = entry.cells.get("model") or entry.row.place
            missing.setdefault(entry.columns["score"], []).append(name)
            continue
        left = {role for role in roles if role in OPTIONAL}
        if "other" in roles and _group(entry, "other") not in second:
            left |= {"other"}
        if not entry.cells.get("model", "x"):
            left |= {"model"}
        cells = {role: text for role, text in entry.cells.items() if role not in left}
        kept.append(replace(entry, cells=cells) if left else entry)
    notes = {name: phrase("note", "no_score", names=listed(each)) for name, each in missing.items()}
    return [_noted(entry, notes.get(entry.columns["score"])) for entry in kept]


def _without_thousands(entries: list[Entry], comma: bool) -> list[Entry]:
    """Return entries without marks between the thousands of counts, and of scales if it is sure."""
    marked = {text for entry in entries if "," in (text := entry.cells.get("scale", ""))}
    sure = marked and all(map(THOUSANDS.fullmatch, marked))
    if comma and not any(text.count(",") > 1 for text in marked):
        sure = False
    notes: dict[str, str] = {}
    for role in (*COUNTS, *(["scale"] if sure else [])):
        apart = (each for each in entries if THOUSANDS.fullmatch(each.cells.get(role, "")))
        first = next(apart, None)
        if first is not None:
            text, what = first.cells[role], first.columns.get(role, role)
            value = float(re.sub("[^0-9]", "", text))
            notes[role] = phrase("note", "read_as", found=text, what=what, value=value)
    return [_in_digits(entry, notes) for entry in entries] if notes else entries


def _in_digits(entry: Entry, notes: dict[str, str]) -> Entry:
    cells = dict(entry.cells)
    for role in notes:
        if THOUSANDS.fullmatch(cells.get(role, "")):
            cells[role] = re.sub("[^0-9]", "", cells[role])
    return _noted(replace(entry, cells=cells), *notes.values())


def _noted(entry: Entry, *notes: str | None) -> Entry:
    more = tuple(note for note in notes if note)
    return replace(entry, notes=entry.notes + more) if more else entry


# Percentages.


def _checked(table: Table, entries: list[Entry], percent: Percent) -> bool | set[str] | None:
    """Return what was asked for, with names as they are looked up; refuse those of nothing."""
    if percent is None or isinstance(percent, bool):
        return percent
    known = {name: None for entry in entries for name in sorted(_names(entry))}
    asked = {}
    for name in [percent] if isinstance(percent, str) else percent:
        asked[plain(bare(str(name)))] = name
    for name in asked.keys() - known.keys():
        near = get_close_matches(name, list(known), 1)
        remedy = f"Is {quoted(near[0])} meant" if near else "Choose one of them"
        found = ", ".join(map(quoted, list(known)[:12]))
        fail(place("percent"), f"nothing named {quoted(asked[name])}; found {found}", remedy)
    return set(asked)


def _names(entry: Entry) -> set[str]:
    cells, columns = entry.cells, entry.columns
    found = {cells.get("metric"), cells.get("task"), columns.get("score"), columns.get("other")}
    return {plain(name) for name in found if name}


def _group(entry: Entry, role: str) -> Group:
    if role in GUESSES:
        return role, entry.columns[role]
    cells = entry.cells
    return role, entry.columns[role], cells.get("metric", ""), cells.get("task", "")


def _without_percentages(
    table: Table, entries: list[Entry], asked: bool | set[str] | None
) -> list[Entry]:
    """Return entries with shares in place of percentages."""
    groups: dict[Group, list[Entry]] = {}
    for entry in entries:
        for role in SHARES:
            if role in entry.cells:
                groups.setdefault(_group(entry, role), []).append(entry)
    problems = Problems()
    why = {
        group: _why_scores(table, group, inside, asked, problems)
        for group, inside in groups.items()
        if group[0] in ERRORS
    }
    _refuse_beside(table, groups, why, problems)
    problems.stop()
    notes: dict[Group, str] = {}
    for group, inside in groups.items():
        if group[0] in GUESSES:
            why[group] = _why_guess(table, group, inside, asked)
        elif group[0] not in ERRORS:
            of = next(role for role, error in ERRORS.items() if error == group[0])
            scored = why.get((of, inside[0].columns.get(of, ""), *group[2:]), "")
            why[group], notes[group] = _why_errors(table, group, inside, scored)
    for group, inside in groups.items():
        notes[group] = _note(table, group, inside, why[group]) or notes.get(group, "")
    return [_in_shares(table, entry, why, notes) for entry in entries]


def _why_scores(
    table: Table,
    group: Group,
    inside: list[Entry],
    asked: bool | set[str] | None,
    problems: Problems,
) -> str:
    """Return why the numbers without a sign are percentages, nothing if they are shares."""
    role, column, *_ = group
    if isinstance(asked, bool):
        return "as asked" if asked else ""
    if asked is not None:
        return "as asked" if asked & _names(inside[0]) else ""
    some, signed = _numbers(table, role, inside)
    high, over = _most(some), sum(each > 1 for each in some)
    what, here = _what(table, group, inside), inside[0].row.place
    if column in table.percent:
        if some and high <= 1:
            problems.add(here, *fault("percent_name", what=what, high=high))
        return "by its name"
    if signed:
        slip = next((each for each in some if each <= 1), None)
        if slip is not None:
            problems.add(here, *fault("percent_sign", what=what, found=slip))
        return "by its sign"
    some_over = over >= 2 and 2 * over >= len(some) and RATING < high <= 100 and min(some) > 0
    return BY_SIZE + brief(high, 6) if some_over else ""


def _refuse_beside(
    table: Table, groups: dict[Group, list[Entry]], why: dict[Group, str], problems: Problems
) -> None:
    """Refuse small numbers beside percentages of the same metric that are known by size only."""
    large = {_measure(group): group for group, said in why.items() if said.startswith(BY_SIZE)}
    for group, reason in why.items():
        some, _ = _numbers(table, group[0], groups[group])
        if reason or _measure(group) not in large or not some or _most(some) > 1:
            continue
        other = large[_measure(group)]
        most = _most(_numbers(table, other[0], groups[other])[0])
        names = [_called(table, each, groups[each]) for each in (group, other)]
        values = {"what": names[0], "high": _most(some), "other": names[1], "most": most}
        problems.add(groups[group][0].row.place, *fault("percent_beside", **values))


def _measure(group: Group) -> Group:
    """Return what scores that are written alike have in common: their role and metric."""
    return group[0], group[2]


def _why_guess(
    table: Table, group: Group, inside: list[Entry], asked: bool | set[str] | None
) -> str:
    role, column = group
    some, _ = _numbers(table, role, inside)
    if column in table.percent:
        return "by its name"
    large = asked is not False and 1 < _most(some) <= 100
    return BY_SIZE + brief(_most(some), 6) if large else ""


def _why_errors(table: Table, group: Group, inside: list[Entry], scored: str) -> tuple[str, str]:
    """Return why standard errors are percentages, as their scores are, or a note if not."""
    role, column, *_ = group
    some, _ = _numbers(table, role, inside)
    if column in table.percent:
        return "by its name", ""
    if not (scored and some):
        return "", ""
    if _most(some) >= FINE:
        return "as its scores are", ""
    return "", phrase("note", "shares", what=_what(table, group, inside), most=_most(some))


def _numbers(table: Table, role: str, inside: Iterable[Entry]) -> tuple[list[float], bool]:
    """Return the numbers without a sign that are not 0, and whether there are any with one."""
    found = [entry.cells[role] for entry in inside]
    some = [_number(text, table.comma) for text in found]
    return [each for each in some if each], any(map(_signed, found))


def _most(numbers: list[float]) -> float:
    return max(0.0, *numbers) if numbers else 0.0


def _signed(text: str) -> bool:
    return text.endswith("%")


def _number(text: str, comma: bool) -> float:
    """Return the number in a cell, 0 if there is none."""
    written = text.replace(",", ".") if comma and text.count(",") == 1 else text
    return float(written) if NUMBER.fullmatch(written) and float(written) < math.inf else 0.0


def _share(text: str, role: str, comma: bool) -> str:
    """Return a percentage as a share, with decimals in place; what is none stays as it is."""
    number = text.removesuffix("%").rstrip()
    written = number.replace(",", ".") if comma and number.count(",") == 1 else number
    if not NUMBER.fullmatch(written):
        return text
    mantissa, _, exponent = written.lower().partition("e")
    share = f"{mantissa}e{int(exponent or 0) - 2}"
    return share if in_limits(LIKE.get(role, role), float(share)) else text


def _in_shares(table: Table, entry: Entry, why: dict[Group, str], notes: dict[Group, str]) -> Entry:
    cells, more = dict(entry.cells), []
    for role in SHARES:
        if role not in cells:
            continue
        group = _group(entry, role)
        if why[group] or _signed(cells[role]):
            cells[role] = _share(cells[role], role, table.comma)
        more.append(notes[group])
    return _noted(entry if cells == entry.cells else replace(entry, cells=cells), *more)


def _note(table: Table, group: Group, inside: list[Entry], why: str) -> str:
    """Return a sentence on the percentages of a group, with the first of them."""
    role = group[0]
    for entry in inside:
        text = entry.cells[role]
        share = _share(text, role, table.comma)
        if share != text and (why or _signed(text)) and float(share):
            reason = "by its sign" if _signed(text) else why
            values = {"what": _what(table, group, inside), "why": reason}
            return phrase("note", "percent", found=text, value=float(share), **values)
    return ""


def _what(table: Table, group: Group, inside: list[Entry]) -> str:
    """Return what scores are called: their metric, or the title of their column."""
    metric = inside[0].cells.get("metric") if group[0] == "score" else None
    return metric or table.titles.get(group[1], group[1])


def _called(table: Table, group: Group, inside: list[Entry]) -> str:
    """Return what scores are called among others of the same metric."""
    return _what(table, group, inside) if inside[0].wide else group[3] or group[1]


# The scale.


def of_scale(table: Table, found: Found, said: str | None, points: list[Point]) -> list[str]:
    """Return what there is to say on how a column was taken for the scale.

    Parameters
    ----------
    table : Table
    found : Found
    said : str, optional
        The unit that its name says it is written in.
    points : list of Point
        At least one.
    """
    lettered = (point for point in points if point.entry.cells["scale"][-1:].isalpha())
    with_letters = next(lettered, None)
    first = with_letters or points[0]
    values = {"found": first.entry.cells["scale"], "value": first.scale}
    title = table.titles[found.column]
    if found.column not in scales.UNITS or said:
        unit = found.unit + (f" in {scales.LOGS.get(said, said)}" if said else "")
        return [phrase("note", "scale", title=title, unit=unit, **values)]
    return [phrase("note", "letters", what=title, **values)] if with_letters else []
