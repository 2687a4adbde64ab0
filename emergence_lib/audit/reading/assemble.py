"""From checked points to curves: grouping, repeats, and how exact each score is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from emergence_lib.audit.curve import Curve, CurveError, above, fail
from emergence_lib.audit.phrases import argument, counted, fault, phrase, place
from emergence_lib.audit.reading import chance, direction
from emergence_lib.audit.reading.metrics import no_share
from emergence_lib.audit.reading.points import Point, constant
from emergence_lib.audit.reading.scales import UNITS
from emergence_lib.audit.reading.table import BETTER, DIRECTIONS, GUESS, Problems
from emergence_lib.laws import Array

Key: TypeAlias = tuple[str, ...]
"""Task, metric, and the further columns that separate curves."""

SAME_ERROR = 0.25
"""Relative difference up to which a standard error is that of the item count beside it."""


def grouped(points: Iterable[Point], by: tuple[str, ...]) -> dict[Key, list[Point]]:
    """Return the points of each curve, in the order of the source."""
    groups: dict[Key, list[Point]] = {}
    for point in points:
        cells = point.entry.cells
        more = (point.entry.row.cells.get(name, "") for name in by)
        groups.setdefault((cells.get("task", ""), cells.get("metric", ""), *more), []).append(point)
    return groups


def named(groups: Mapping[Key, list[Point]], source: str) -> dict[Key, str]:
    """Return a name for each curve; its metric is in it if there are several, or it is turned."""
    keys = list(groups)
    metrics: dict[str, set[str]] = {}
    for key in keys:
        metrics.setdefault(key[0], set()).add(key[1])
    names = {}
    for key in keys:
        task, metric, *more = key
        first = task or metric or ("curve" if source == "table" else Path(source).stem)
        second = f" ({metric})" if task and len(metrics[task]) > 1 else ""
        entry = groups[key][0].entry
        if entry.lower and entry.wide:
            first = f"1 - {first}"
        elif entry.lower:
            second = f" (1 - {entry.metric})"
        names[key] = ", ".join([first + second, *more])
    return names


def curve(
    name: str,
    points: list[Point],
    options: Mapping[str, float | None],
    unit: str,
    pool: bool,
    problems: Problems,
    said: chance.Given,
) -> Curve | None:
    """Return the curve through some points, or note why there is none.

    Parameters
    ----------
    name : str
        Of the curve.
    points : list of Point
        In any order.
    options : mapping
        ``length`` and ``items``, each a number or None.
    unit : str
        Name of the scale.
    pool : bool
        Whether counts at equal scale are added up.
    problems : Problems
        Grows by what is wrong.
    said : chance.Given
        What the caller says of guessing.
    """
    before = len(problems)
    points = sorted(points, key=lambda point: point.scale)
    if options["items"] is not None:
        points = [_with_items(name, point, options["items"], problems) for point in points]
    turned = bool(points[0].entry.lower)
    level = _level(name, points, said, problems)
    points, note = direction.turned(name, points, problems)
    tokens = None if turned and no_share(points[0].entry.metric) else options["length"]
    length = constant(name, points, "length", tokens, problems)
    second_level = chance.second(name, points, said, problems)
    runs: list[str] = []
    if pool:
        points, copies = _without_copies(points)
        pooled = _pooled(name, points, problems)
        if copies:
            runs.append(phrase("note", "copied", count=copies))
        if len(pooled) < len(points):
            runs.append(phrase("note", "pooled", rows=len(points), models=len(pooled)))
        points = pooled
    if not again(name, points, problems):
        _check_models(name, points, problems)
    items, stderr = _errors(name, points, "score", "stderr", problems)
    second = None
    if "other" in points[0].values:
        second = _errors(name, points, "other", "other_stderr", problems)
    if len(problems) > before:
        return None

    scale, other = _column(points, "scale"), None
    if second:
        score = _column(points, "other")
        other = Curve(
            "the second score",
            scale,
            score,
            *second,
            chance=second_level.value,
            unit=unit,
            chance_source=second_level.source,
        )
    labels = [point.entry.cells.get("model", "") for point in points]
    return Curve(
        name,
        scale,
        _column(points, "score"),
        items,
        stderr,
        chance=level.value,
        length=None if length is None else int(length),
        other=other,
        unit=unit,
        labels=tuple(labels) if any(labels) else (),
        chance_source=level.source,
        turned=turned,
        higher_is_better=all(point.entry.higher for point in points) or None,
        either_way=all(point.entry.either_way for point in points),
        notes=tuple(filter(None, (note, *level.notes, *runs))),
    )


def _level(name: str, points: list[Point], said: chance.Given, problems: Problems) -> chance.Level:
    """Return the chance level of a curve; that of an accuracy is not that of 1 minus a metric."""
    if not points[0].entry.lower:
        return chance.level(name, points, said, problems)
    told = any("chance" in point.values for point in points)
    if said == chance.Given() and not told:
        return chance.Level(None)
    return chance.Level(None, "", (phrase("note", "chance_turned", curve=name),))


def _column(points: list[Point], role: str) -> Array:
    return np.array([point.values.get(role, math.nan) for point in points])


def _with_items(name: str, point: Point, items: float, problems: Problems) -> Point:
    found = point.values.get("items", items)
    if found != items:
        what = fault("other_items", curve=name, found=found, option=items)
        problems.add(point.place, *what)
    return replace(point, values={**point.values, "items": float(items)})


def _without_copies(points: list[Point]) -> tuple[list[Point], int]:
    """Return points without the rows that repeat another one cell by cell, and how many do."""
    kept = {tuple(sorted(each.entry.row.cells.items())): each for each in reversed(points)}
    return list(reversed(kept.values())), len(points) - len(kept)


def _pooled(name: str, points: list[Point], problems: Problems) -> list[Point]:
    """Add up the counts of points at equal scale."""
    pooled = []
    for first, *rest in alike(points):
        same = [first, *rest]
        if not rest:
            pooled.append(first)
            continue
        items = _column(same, "items")
        if not np.isfinite(items).all():
            what = f"{name}: scale {counted(first.scale, 6)} again, without items to add up"
            remedy = f"Add a column 'n_items' or pass {argument('items')}; or average the rows and "
            remedy += f"leave {argument('repeats', 'pool')} out"
            problems.add(rest[0].place, what, remedy)
            items = np.ones(len(same))
        sums = {"items": float(items.sum())}
        for role in ("score", "other"):
            if role in first.values:
                sums[role] = min(1.0, float(_column(same, role) @ items) / sums["items"])
        kept = {role: x for role, x in first.values.items() if not role.endswith("stderr")}
        models = dict.fromkeys(point.entry.cells.get("model", "") for point in same)
        cells = {**first.entry.cells, "model": " + ".join(models)}
        pooled.append(Point(replace(first.entry, cells=cells), {**kept, **sums}))
    return pooled


def alike(points: list[Point]) -> list[list[Point]]:
    """Return sorted points in groups of equal scale."""
    groups: list[list[Point]] = []
    for point in points:
        if groups and not above(point.scale, groups[-1][0].scale):
            groups[-1].append(point)
        else:
            groups.append([point])
    return groups


def again(name: str, points: list[Point], problems: Problems) -> bool:
    """Tell whether there is a scale twice among sorted points, and note it as a problem."""
    first, second, *_ = next((group for group in alike(points) if len(group) > 1), (None, None))
    if first is None or second is None:
        return False
    differ = _differing(first, second)
    apart = "name the tasks in a column 'task'"
    if differ:
        apart = f"separate with {argument('by', differ)}"
    elif GUESS in second.entry.cells:
        apart = f"leave files out with {argument('without')}"
    what = fault("again", curve=name, scale=first.scale, place=first.place, apart=apart)
    problems.add(second.place, *what)
    return True


def _check_models(name: str, points: list[Point], problems: Problems) -> None:
    if len(points) < 2:
        remedy = f"Add models, or leave it out with {argument('tasks')}"
        if points[0].entry.columns.get("task") == "name":
            remedy = "Call the column 'model' if it names models"
        problems.add(points[0].place, *fault("one_model", curve=name, remedy=remedy))


def _differing(first: Point, second: Point) -> list[str]:
    """Return up to three unread columns in which two rows of a long table differ."""
    one, two = first.entry.row.cells, second.entry.row.cells
    read = {*first.entry.columns.values(), *UNITS, *DIRECTIONS, GUESS, BETTER}
    wide = first.entry.wide
    return [] if wide else [x for x in one if x not in read and one[x] != two.get(x)][:3]


def _errors(
    name: str, points: list[Point], role: str, error: str, problems: Problems
) -> tuple[Array | None, Array | None]:
    """Return items or standard errors of every point; exactly one of them is not None.

    A standard error of 0, as any formula gives for a score of 0 or 1, is never believed: the
    others of the curve tell how many items there were.
    """
    score, items, stderr = (_column(points, each) for each in (role, "items", error))
    entry = points[0].entry
    if role == "score" and entry.lower and no_share(entry.metric):
        return None, _certain(name, points, stderr, problems)
    with np.errstate(all="ignore"):
        of_items = np.sqrt(score * (1 - score) / items)
        agree = np.abs(stderr - of_items) <= SAME_ERROR * of_items
        implied = score * (1 - score) / stderr**2 + 1
        positive = stderr > 0
    if np.isfinite(items).all() and (agree | ~positive).all():
        return items, None
    if positive.all():
        return None, stderr

    certain = (score == 0) | (score == 1)
    effective = np.where(positive & ~certain & np.isfinite(implied), implied, items)
    known = np.isfinite(effective)
    if known.any():
        effective = np.where(certain & ~known, effective[known].min(), effective)
    what, remedy = fault("no_noise", curve=name, role=role)
    if GUESS in entry.cells:  # told once of all tasks, for no file has columns to add
        what = f"neither items nor a standard error above 0 behind the {role}"
        remedy = f"Say how many test items there are with {argument('items')}"
    for at in np.flatnonzero(~np.isfinite(effective)):
        problems.add(points[at].place, what, remedy)
    return np.maximum(1.0, effective), None


def _certain(name: str, points: list[Point], stderr: Array, problems: Problems) -> Array:
    """Return standard errors; nothing takes their place where scores are no shares of items."""
    what = fault("no_share", curve=name, metric=points[0].entry.metric)
    for at in np.flatnonzero(~(stderr > 0)):
        problems.add(points[at].place, *what)
    return stderr


def paired(source: str, curves: dict[Key, Curve], other: str) -> list[Curve]:
    """Join the curves of the metric ``other`` to those of the same task."""
    seconds = {key: each for key, each in curves.items() if key[1] == other}
    if not seconds:
        found = ", ".join(sorted({key[1] or "none" for key in curves}))
        remedy = f"Choose one of them for {place('other')}"
        if found == "none":
            remedy = "Leave it out, or add a column 'metric'"
        fail(source, f"no metric {other!r}; found {found}", remedy)
    problems, joined = Problems(), dict(curves)
    for key, each in curves.items():
        partner = (key[0], other, *key[2:])
        if key in seconds or partner not in seconds:
            continue
        joined.pop(partner, None)
        try:
            second = seconds[partner]
            title = f"1 - {other}" if second.turned else other
            second = replace(second, name=title, along=None, notes=())
            along = each.along
            if along is not None:
                along = replace(along, other=replace(second, scale=along.scale, unit=along.unit))
            joined[key] = replace(each, other=second, along=along)
        except CurveError as error:
            problems.add_error(error)
    problems.stop()
    return list(joined.values())
