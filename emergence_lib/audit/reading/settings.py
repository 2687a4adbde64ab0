"""What may be one curve: where a setting differs between models, it splits them, and says so.

A jump between small models that were asked one way and large ones that were asked another is a
jump of the asking. So no setting that is known to differ may stand within a curve unless the reader
pools it by name.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from itertools import pairwise

from emergence_lib.audit.curve import above
from emergence_lib.audit.phrases import argument, escaped, fault, number, phrase, quoted, shown
from emergence_lib.audit.reading import scales
from emergence_lib.audit.reading.assemble import Key, named
from emergence_lib.audit.reading.columns import kind_of
from emergence_lib.audit.reading.points import Point
from emergence_lib.audit.reading.table import (
    BETTER,
    DIRECTIONS,
    GUESS,
    NUMBER,
    Problems,
    Table,
)

FAMILY = "family"
"""Column that is made of the names of the models where a table has none."""
OWN = ("revision", "chat_template")
"""Settings that each model may have as its own; they differ in every row then, as names do."""
NONE = {"", "none", "false", "no", "0"}
"""How a setting is written that is not there."""
FEW = 3
"""Values of an unknown number, and their stretches along the scale, that are surely few."""
SOME = 4
"""Values that a note lists."""

Groups = dict[Key, list[Point]]
Notes = dict[Key, list[str]]
Value = Callable[[Point], str | None]


def add_families(table: Table) -> None:
    """Add a column with the family of each model, where there is none yet."""
    if FAMILY in table.columns or "model" not in table.columns:
        return
    table.titles[FAMILY] = FAMILY
    for row in table.rows:
        row.cells[FAMILY] = scales.family(row.cells.get("model", "")) or ""


def differing(table: Table, read: Collection[str], wide: bool) -> dict[str, str]:
    """Return the columns that may split curves, each with the kind that it is of.

    Parameters
    ----------
    table : Table
    read : collection of str
        Columns that something else is read from.
    wide : bool
        Whether each task has a column of its own.
    """
    other = {*read, *scales.UNITS, *DIRECTIONS, GUESS, BETTER, "model"}
    kinds = {
        name: kind_of(table, name, wide)
        for name in table.columns
        if name not in other and len({row.cells.get(name) for row in table.rows}) > 1
    }
    return {name: kind for name, kind in kinds.items() if kind}


def settled(
    table: Table,
    groups: Groups,
    by: tuple[str, ...],
    pool: tuple[str, ...],
    notes: Notes,
    problems: Problems,
) -> Groups:
    """Return the points of what may be one curve.

    Parameters
    ----------
    table : Table
        From which the points are.
    groups : mapping
        Points by task, metric and the columns that separate curves.
    by, pool : tuple of str
        Columns that separate curves, and those that do not.
    notes : mapping
        Grows by what was split or left out.
    problems : Problems
        Grows by what can be neither split nor joined.
    """
    groups = without_zero(groups, notes, problems)
    groups = keep_curves(groups, by, notes)
    entries = [point.entry for point in _all(groups)]
    read = {*by, *(name for entry in entries for name in entry.columns.values())}
    columns = differing(table, read, any(entry.wide for entry in entries))
    return _split(groups, named(groups, table.source), columns, pool, notes, problems)


def _split(
    groups: Groups,
    names: dict[Key, str],
    columns: dict[str, str],
    pool: tuple[str, ...],
    notes: Notes,
    problems: Problems,
) -> Groups:
    """Return the points of each curve, each of one setting.

    ``names`` are those of the curves, for messages; ``columns`` may split them, as `differing`
    finds them. Scores of one task by several metrics stay alike.
    """
    tasks: dict[Key, list[Key]] = {}
    for key in groups:
        tasks.setdefault((key[0], *key[2:]), []).append(key)
    parts: Groups = {}
    for keys in tasks.values():
        whole = {key: groups[key] for key in keys}
        said = _pooled(_all(whole), pool)
        kinds = {name: kind for name, kind in columns.items() if name not in pool}
        found = _settings(names[keys[0]], _all(whole), kinds, said)
        if isinstance(found, tuple):
            problems.add(_all(whole)[0].place, *found)
            continue
        parts |= _apart(whole, found, notes, said)
    parts = _by_model(parts, notes, pool)
    order = {id(point): at for at, point in enumerate(_all(groups))}
    ordered = sorted(parts, key=lambda key: order[id(parts[key][0])])
    return {key: parts[key] for key in ordered}


def without_zero(groups: Groups, notes: Notes, problems: Problems) -> Groups:
    """Return groups without models of scale 0, which has no place on a logarithmic axis."""
    kept: Groups = {}
    for key, points in groups.items():
        none = [point for point in points if point.scale == 0]
        kept[key] = [point for point in points if point.scale != 0]
        if none:
            names = [point.entry.cells.get("model", "") for point in none]
            if any(_model(point) in names for point in kept[key]) or not all(names):
                names = [point.place for point in none]
            notes.setdefault(key, []).append(phrase("note", "no_size", names=listed(names)))
        if none and _models(kept[key]) < 2:
            others = "one model" if kept.pop(key) else "nothing"
            problems.add(none[0].place, *fault("no_size", others=others))
    return kept


def keep_curves(groups: Groups, columns: tuple[str, ...], notes: Notes) -> Groups:
    """Return groups without those of one model, where a column asked for leaves others more.

    Parameters
    ----------
    groups : mapping
    columns : tuple of str
        That the reader splits by; nothing is left out without them.
    notes : mapping
        Grows by what is left out.
    """
    kept = dict(groups)
    siblings: dict[Key, list[Key]] = {}
    for key in groups if columns else ():
        siblings.setdefault(key[:2], []).append(key)
    for keys in siblings.values():
        alone = [key for key in keys if _models(groups[key]) < 2]
        if len(alone) == len(keys):
            continue
        for key in alone:
            del kept[key]
        said = _left_out([_called(columns, key[2:]) for key in alone])
        for key in keys if alone else ():
            notes.setdefault(key, []).append(said)
    return kept


def _settings(
    name: str, points: list[Point], columns: dict[str, str], said: list[str]
) -> list[tuple[str, Value]] | tuple[str, str]:
    """Return the settings that split some points, or why they can be no curve, and a remedy."""
    splitting: list[tuple[str, Value]] = []
    models = _models(points)
    for column, kind in columns.items():
        value, setting = _value_of(column), kind == "setting"
        parts = _parts(points, [(column, value)])
        if len(parts) < 2:
            continue
        alone = [part for part, inside in parts.items() if _models(inside) < 2]
        own = not setting or (column in OWN and not any(part[0] in NONE for part in parts))
        if own and len(alone) == len(parts):
            continue
        again = any(part[0] and part not in alone for part in parts)
        if kind == "label" and not (again and 2 * len(parts) <= models):
            continue
        if kind == "numbers" and not _like_a_setting(points, value, parts, len(alone)):
            if len(parts) < models - 1:
                said.append(phrase("note", "many", column=column, count=len(parts)))
            continue
        if kind == "words" and len(parts) > 2 and len(parts) >= models - 1:
            said.append(phrase("note", "many", column=column, count=len(parts)))
            continue
        if not setting and alone:
            return _refused(name, parts, (column,))
        splitting.append((column, value))
    parts = _parts(points, splitting)
    if splitting and all(_models(inside) < 2 for inside in parts.values()):
        return _refused(name, parts, tuple(column for column, _ in splitting))
    return splitting


def _like_a_setting(
    points: list[Point], value: Value, parts: Collection[object], alone: int
) -> bool:
    """Tell whether a number of unknown name has few values that stay for stretches of the scale."""
    values = [value(point) for point in sorted(points, key=lambda point: point.scale)]
    stretches = 1 + sum(one != two for one, two in pairwise(values))
    few = len(parts) <= max(FEW, _models(points) // 2) and len(parts) - alone > 1
    return few and stretches <= max(FEW, len(parts))


def _refused(
    name: str, parts: dict[tuple[str | None, ...], list[Point]], columns: tuple[str, ...]
) -> tuple[str, str]:
    counts = [(_called(columns, part), _models(inside)) for part, inside in parts.items()]
    some = ", ".join(f"{text} ({count})" for text, count in counts[:SOME])
    values = {"curve": name, "some": f"{some}{_more(len(counts) - SOME)}"}
    pool = argument("pool", list(columns))
    remedy = f"Take them for one curve all the same with {pool}"
    if max(count for _, count in counts) > 1:
        by = argument("by", list(columns))
        apart = f"Give each a curve of its own with {by}, or t{remedy[1:]}"
        return fault("settings", remedy=apart, **values)
    return fault("settings_alone", remedy=f"Add models; or t{remedy[1:]}", **values)


def _apart(whole: Groups, by: list[tuple[str, Value]], notes: Notes, said: list[str]) -> Groups:
    """Return the parts of groups, and note of each what it is a part of."""
    columns = tuple(column for column, _ in by)
    sizes = {part: _models(inside) for part, inside in _parts(_all(whole), by).items()}
    found: Groups = {}
    for key, points in whole.items():
        for part, inside in _parts(points, by).items():
            if by and sizes[part] < 2:
                continue
            new = (*key, *([_called(columns, part)] if by else []))
            while new in found:  # of long values, the middle is not shown
                new = (*key, f"{new[-1]} again")
            found[new] = inside
            notes[new] = [*notes.get(key, ()), *said]
            if by:
                here, *others = part, *(each for each in sizes if each != part and sizes[each] > 1)
                values = {"columns": " and ".join(columns), "here": _plain(here)}
                more = listed([_plain(each) for each in others])
                kind = "split_also" if others else "split"
                notes[new].append(phrase("note", kind, others=more, **values))
            alone = [_called(columns, each) for each in sizes if sizes[each] < 2]
            if by and alone:
                notes[new].append(_left_out(alone))
    return found


def _by_model(groups: Groups, notes: Notes, pool: tuple[str, ...]) -> Groups:
    """Split by model where some stand at several scales, or by family where some have several."""
    tasks: dict[Key, list[Key]] = {}
    for key in groups:
        tasks.setdefault((key[0], *key[2:]), []).append(key)
    found: Groups = {}
    for keys in tasks.values():
        whole = {key: groups[key] for key in keys}
        points = _all(whole)
        by: list[tuple[str, Value]] = []
        if "model" not in pool and _several(points, _model):
            by = [("model", _model)]
        if not by and not {FAMILY, "model_family"} & {*pool, *points[0].entry.row.cells}:
            # A model of no known family is one of its own.
            own = (FAMILY, lambda point: _family(point) or _model(point))
            by = [own] if _several(points, _family) else []
            some = _counted(points) if not by else []
            if len(some) > 1:
                said = phrase("note", "families", names=listed(some))
                for key in keys:
                    notes[key].append(said)
        found |= _apart(whole, by, notes, []) if by else whole
    return found


def _several(points: list[Point], value: Value) -> bool:
    """Tell whether two or more of the parts that a value makes have several models each."""
    parts = _parts(points, [("", value)])
    several = [part for part, inside in parts.items() if part[0] and _models(inside) > 1]
    return len(several) > 1


def _counted(points: list[Point]) -> list[str]:
    """Return the families that the names of models tell, with how many models each has."""
    parts = _parts(points, [(FAMILY, _family)])
    return [f"{part[0]} ({_models(inside)})" for part, inside in parts.items() if part[0]]


def _pooled(points: list[Point], pool: tuple[str, ...]) -> list[str]:
    """Return a sentence on each setting that differs and splits nothing, as the reader wants."""
    values = {"model": _model, FAMILY: _family}
    said = []
    for column in pool:
        value = _value_of(column)
        if not any(column in point.entry.row.cells for point in points):
            value = values.get(column, value)
        found = [part[0] for part in _parts(points, [(column, value)])]
        if len(found) > 1:
            some = listed(list(map(_text, found)))
            said.append(f"One curve although {quoted(column)} differs, as asked: {some}.")
    return said


def _value_of(column: str) -> Value:
    def value(point: Point) -> str | None:
        text = point.entry.row.cells.get(column)
        if text is None:
            return None
        # 0, 0.0 and -0 are one setting, as True and true.
        finite = NUMBER.fullmatch(text) and math.isfinite(float(text))
        return number(float(text) + 0.0, 15) if finite else text.lower()

    return value


def _model(point: Point) -> str | None:
    return point.entry.cells.get("model")


def _family(point: Point) -> str | None:
    return scales.family(point.entry.cells.get("model", ""))


def _parts(
    points: list[Point], by: list[tuple[str, Value]]
) -> dict[tuple[str | None, ...], list[Point]]:
    parts: dict[tuple[str | None, ...], list[Point]] = {}
    for point in points:
        parts.setdefault(tuple(value(point) for _, value in by), []).append(point)
    return parts


def _models(points: list[Point]) -> int:
    """Return how many different scales points have."""
    scale = sorted(point.scale for point in points)
    return 1 + sum(bool(above(two, one)) for one, two in pairwise(scale))


def _all(groups: Groups) -> list[Point]:
    return [point for points in groups.values() for point in points]


def _called(columns: tuple[str, ...], part: tuple[str | None, ...]) -> str:
    return ", ".join(f"{column} {_text(each)}" for column, each in zip(columns, part, strict=False))


def _plain(part: tuple[str | None, ...]) -> str:
    return " and ".join(map(_text, part))


def _text(value: str | None) -> str:
    return "unsaid" if value is None else shown(value, 60) or "empty"


def _left_out(parts: list[str]) -> str:
    return phrase("note", "one_model", names=listed(parts))


def listed(texts: list[str]) -> str:
    """Return the first of some texts, and how many more there are."""
    # Of a long place, the end tells it from others.
    some = ", ".join(f"...{each[-76:]}" if len(each) > 80 else each for each in texts[:SOME])
    return escaped(some) + _more(len(texts) - SOME)


def _more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""
