"""What each column of a table is, and from there to one entry for each score."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import NoReturn

from emergence_lib.audit.curve import fail
from emergence_lib.audit.phrases import argument, fault, place
from emergence_lib.audit.reading.metrics import is_loss, less_is_better
from emergence_lib.audit.reading.table import (
    BETTER,
    DIRECTIONS,
    GUESS,
    SHOWN,
    Problems,
    Row,
    Table,
    column_name,
)

UNITS = {
    "scale": "scale",
    **dict.fromkeys(("params", "parameters", "n_params", "num_params"), "parameters"),
    **dict.fromkeys(("train_flops", "flops", "compute"), "training compute (FLOP)"),
    **dict.fromkeys(("tokens", "train_tokens"), "training tokens"),
}
"""Columns that can be the scale, and its name on an axis."""
ALIASES: dict[str, tuple[str, ...]] = {
    "scale": tuple(UNITS),
    "score": ("score", "accuracy", "acc", "exact_match", "value"),
    "items": ("n_items", "items", "n"),
    "stderr": ("stderr", "se"),
    "task": ("task", "benchmark", "name"),
    "metric": ("metric",),
    "model": ("model",),
    "chance": ("chance",),
    "length": ("length",),
    "other": ("other",),
    "other_stderr": ("other_stderr", "other_se"),
    "other_chance": ("other_chance",),
}
"""What a column can be, and the names it goes by; the first name goes before the others."""
LONG_ONLY = ("task", "metric", "other", "other_stderr", "other_chance")
ALIKE = 0.8
"""Likeness from which an unread column is taken for another one misspelt."""
SUFFIXES = {
    **{"_stderr": "stderr", "_se": "stderr", "_n_items": "items", "_items": "items"},
    "_chance": "chance",
}


@dataclass(frozen=True)
class Entry:
    """One score with all that stands beside it: the text by role, and the column of each role.

    ``lower`` tells why less of its metric is better, as a sentence ends; it is empty if more is.
    """

    row: Row
    cells: dict[str, str]
    columns: dict[str, str]
    lower: str = ""

    @property
    def wide(self) -> bool:
        """Whether it comes from a table in which each task has a column of its own."""
        return self.columns.get("task") == self.columns["score"]

    @property
    def metric(self) -> str:
        """Name of its metric, or of the column that holds the score."""
        return self.cells.get("metric") or self.columns["score"]


def entries(
    table: Table,
    scale: str | None,
    sizes: Mapping[str, float] | None,
    tasks: Collection[str] | None,
    by: tuple[str, ...],
) -> tuple[list[Entry], str]:
    """Return every score of a table, and the name of its scale.

    Parameters
    ----------
    table : Table
        Long (a row a score) or wide (a row a model).
    scale : str, optional
        Column that holds the scale.
    sizes : mapping of model to scale, optional
        Instead of a column.
    tasks : collection of str, optional
        Those to keep; all otherwise.
    by : tuple of str
        Columns that separate curves, so they are nothing else.

    Raises
    ------
    CurveError
        If a column is missing, could be two things, or looks misspelt.
    """
    roles = _roles(table, scale, by)
    wide = "score" not in roles and not any(role in roles for role in LONG_ONLY)
    named = {*roles.values(), *by, *UNITS, *DIRECTIONS, GUESS, BETTER}
    free = [name for name in table.columns if name not in named]
    chosen = None if tasks is None else _chosen(tasks, wide)
    sure = (*(chosen or ()), *(name for name in free if wide and name.endswith(tuple(SUFFIXES))))
    _refuse_misspelt(table.source, [name for name in free if name not in sure], roles)
    if "scale" not in roles:
        for role in ("scale", "model") if sizes is None else ("model",):
            if role not in roles:
                _lacks(table, role)
    elif sizes is not None:
        what = f"{place('sizes')}, and the column {roles['scale']!r} too"
        fail(f"{table.source}, row 1", what, "Give the scale once")
    if not (wide or "score" in roles):
        _lacks(table, "score")
    found = (
        _melted(table, roles, free, chosen)
        if wide
        else _of_tasks(table.source, [_entry(row, roles) for row in table.rows], chosen)
    )
    column = roles.get("scale", "scale")
    if sizes is not None:
        found = _sized(found, sizes)
    return found, UNITS.get(column, column)


def _chosen(tasks: Collection[str], wide: bool) -> list[str]:
    names = [tasks] if isinstance(tasks, str) else list(tasks)
    return list(map(column_name, names)) if wide else list(map(str, names))


def _roles(table: Table, scale: str | None, by: tuple[str, ...]) -> dict[str, str]:
    roles = {}
    for role, names in ALIASES.items():
        found = [name for name in names if name in table.columns and name not in by]
        if role == "scale" and scale is not None:
            found = [column_name(scale)]
            if found[0] not in table.columns:
                _lacks(table, "scale", found[0])
        if len(found) > 1 and found[0] != names[0]:
            scales = f"Choose with {argument('scale', found[0])}"
            remedy = scales if role == "scale" else "Rename one of them"
            names_found = " and ".join(map(repr, found))
            what = fault("unclear", found=names_found, role=role, remedy=remedy)
            fail(f"{table.source}, row 1", *what)
        if found:
            roles[role] = found[0]
    for name in by:
        if name not in table.columns:
            _lacks(table, "by", name)
    if "score" not in roles and any(role in roles for role in LONG_ONLY):
        roles |= _score_by_metric(table, {*roles.values(), *by})
    return roles


def _score_by_metric(table: Table, taken: set[str]) -> dict[str, str]:
    """Return the score of a long table whose column is named by a metric, such as error_rate."""
    free = (name for name in table.columns if name not in taken)
    found = [name for name in free if less_is_better(name) or is_loss(name)]
    if len(found) > 1:
        names, remedy = " and ".join(map(repr, found)), "Rename the right one 'score'"
        what = fault("unclear", found=names, role="score", remedy=remedy)
        fail(f"{table.source}, row 1", *what)
    return {"score": found[0]} if found else {}


def _refuse_misspelt(source: str, free: list[str], roles: dict[str, str]) -> None:
    """Refuse a column that would go unread by one wrong letter."""
    missing = [name for role, names in ALIASES.items() if role not in roles for name in names]
    for name in free:
        # Of words that differ more in length, too few letters are common.
        close = [each for each in missing if 2 * len(each) >= ALIKE * (len(each) + len(name))]
        near = max(close, key=lambda each: likeness(each, name), default="")
        if likeness(near, name) >= ALIKE and not name.startswith(f"{near}_"):
            fail(f"{source}, row 1", *fault("misspelt", found=name, near=near))


def likeness(one: str, other: str) -> float:
    """Return the share of letters that two words have in common, in the same order."""
    common = [0] * (len(other) + 1)
    for letter in one:
        before = common.copy()
        for at, each in enumerate(other, 1):
            common[at] = before[at - 1] + 1 if each == letter else max(before[at], common[at - 1])
    return 2 * common[-1] / (len(one) + len(other))


def _lacks(table: Table, role: str, name: str | None = None) -> NoReturn:
    names = [name] if name else list(ALIASES[role])
    near = [each for one in names for each in get_close_matches(one, table.columns, 1)]
    wanted = repr(names[0]) + (f" (or {', '.join(names[1:])})" if len(names) > 1 else "")
    remedy = f"Is {near[0]!r} meant" if near else f"Add or rename a column: {', '.join(names)}"
    if role == "scale" and not name:
        sizes = argument("sizes", {"NAME": ...})
        remedy += f"; or pass {sizes} and name the models in a column 'model'"
    columns = ", ".join(table.columns)
    what = fault("lacking", wanted=wanted, columns=columns, remedy=remedy)
    fail(f"{table.source}, row 1", *what)


def _entry(row: Row, roles: dict[str, str]) -> Entry:
    cells = {role: row.cells[name] for role, name in roles.items() if name in row.cells}
    if GUESS in row.cells:
        cells[GUESS] = row.cells[GUESS]
    return Entry(row, cells, roles)


def _melted(
    table: Table, roles: dict[str, str], free: list[str], tasks: list[str] | None
) -> list[Entry]:
    """Return an entry for each task of each row of a wide table."""
    beside = _beside(table.source, free)
    if not beside:
        _lacks(table, "score")
    for name in tasks or ():
        if name not in beside:
            near = get_close_matches(name, list(beside), 1)
            remedy = f"Is {near[0]!r} meant" if near else f"Choose from {', '.join(beside)}"
            fail(f"{table.source}, row 1", f"no column for the task {name!r}", remedy)
    return [
        Entry(entry.row, {**entry.cells, "task": table.titles[task]}, {**columns, "task": task})
        for task in (beside if tasks is None else tasks)
        for columns in [{**roles, "score": task, **beside[task]}]
        for entry in (_entry(row, columns) for row in table.rows)
    ]


def _beside(source: str, free: list[str]) -> dict[str, dict[str, str]]:
    """Return the columns of items and errors that stand beside each task of a wide table."""
    beside: dict[str, dict[str, str]] = {name: {} for name in free}
    for name in free:
        for suffix, role in SUFFIXES.items():
            task = name.removesuffix(suffix)
            if task != name and task in beside:
                beside[task][role] = name
                beside.pop(name, None)
                break
            if task != name and suffix == "_stderr":
                near = get_close_matches(task, free, 1)
                remedy = f"Is {near[0]!r} meant" if near else f"Add the column {task!r}"
                fail(f"{source}, row 1", f"{name!r} stands beside no {task!r}", remedy)
    for name in beside:
        task = name.removesuffix("_error")
        if task != name and task in beside:
            what = f"{name!r} beside {task!r} could be its standard error"
            remedy = f"Rename it to {task}_stderr, or to {task}_error_rate if it is that"
            fail(f"{source}, row 1", what, remedy)
        parts = (name[: mark.start()] for mark in re.finditer("_", name))
        for task in filter(beside.__contains__, parts):
            if not get_close_matches(name, [task + suffix for suffix in SUFFIXES], 1, 0.9):
                continue
            remedy = f"Rename it to {task}_stderr or {task}_items, or to something less alike"
            fail(f"{source}, row 1", f"{name!r} looks misspelt beside {task!r}", remedy)
    return beside


def _of_tasks(source: str, entries: list[Entry], tasks: list[str] | None) -> list[Entry]:
    if tasks is None:
        return entries
    found = sorted({entry.cells.get("task", "") for entry in entries})
    for name in tasks:
        if name not in found:
            near = get_close_matches(name, found, 1)
            remedy = f"Is {near[0]!r} meant" if near else f"Choose from {', '.join(found[:12])}"
            fail(source, f"{place('tasks')}: no task {name!r}", remedy)
    return [entry for entry in entries if entry.cells.get("task") in tasks]


def of_metrics(source: str, entries: list[Entry], wanted: tuple[str, ...]) -> list[Entry]:
    """Return the entries of the wanted metrics; ``m`` also stands for each filter ``m,f``."""
    if not wanted:
        return entries
    found = sorted({entry.cells.get("metric", "none") for entry in entries})
    kept = [name for name in found if name in wanted or name.partition(",")[0] in wanted]
    for name in wanted:
        if not any(name in (each, each.partition(",")[0]) for each in kept):
            fail(source, f"no metric {name!r}; found {', '.join(found[:12])}", "Choose one of them")
    return [entry for entry in entries if entry.cells.get("metric") in kept]


def _sized(entries: list[Entry], sizes: Mapping[str, float]) -> list[Entry]:
    problems, sized = Problems(), []
    for entry in entries:
        model = entry.cells.get("model", "")
        if model not in sizes:
            # To look for each model among all the sizes would take the square of their number.
            names = map(str, sizes) if len(problems) < SHOWN else ()
            near = get_close_matches(model, list(names), 1)
            remedy = f"Is {near[0]!r} meant" if near else f"Add it to {place('sizes')}"
            problems.add(entry.row.place, f"{place('sizes')} lacks the model {model!r}", remedy)
            continue
        cells = {**entry.cells, "scale": repr(float(sizes[model]))}
        sized.append(replace(entry, cells=cells))
    problems.stop()
    return sized
