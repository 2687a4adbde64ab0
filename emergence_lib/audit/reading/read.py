"""From a CSV file, a data frame or a folder of lm-evaluation-harness results to curves.

All three become rows of text first, then curves: one reader judges every cell. A source with any
fault gives no curve at all, and one message that lists up to ten faults.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from emergence_lib.audit.curve import Curve, fail
from emergence_lib.audit.phrases import argument, phrase, place, shown
from emergence_lib.audit.phrases import number as brief
from emergence_lib.audit.reading import (
    assemble,
    columns,
    direction,
    harness,
    notation,
    scales,
    settings,
)
from emergence_lib.audit.reading import chance as guessing
from emergence_lib.audit.reading.points import (
    PerTask,
    Point,
    check_option,
    points,
    written,
)
from emergence_lib.audit.reading.scales import Sizes
from emergence_lib.audit.reading.sizes import from_file, from_mapping, told_unit
from emergence_lib.audit.reading.table import (
    Problems,
    Table,
    column_name,
    from_csv,
    from_frame,
)


def read(
    source: str | os.PathLike[str] | pd.DataFrame,
    *,
    scale: str | None = None,
    scale_unit: str | None = None,
    unit: str | None = None,
    chance: PerTask = None,
    length: PerTask = None,
    items: PerTask = None,
    sizes: Mapping[str, float | str] | str | os.PathLike[str] | None = None,
    tasks: Collection[str] | None = None,
    metric: str | None = None,
    other: str | None = None,
    by: Sequence[str] = (),
    pool: Sequence[str] = (),
    repeats: str | None = None,
    chance_for_all: float | None = None,
    lower_is_better: direction.Lower = None,
    percent: notation.Percent = None,
) -> list[Curve]:
    """Read scaling curves.

    Parameters
    ----------
    source : path or DataFrame
        A CSV file or a data frame in one of two forms, or a folder of result files of
        lm-evaluation-harness; each a regular file of up to 50 MB. Long form: a row a score, with
        the columns ``scale`` (or ``params``, ``train_flops``, ``tokens``, ...), ``score`` (or
        ``accuracy``, ...), ``n_items`` or ``stderr``, and as wanted ``task``, ``metric``,
        ``model``, ``chance`` (blank where unknown), ``length``, ``higher_is_better`` or
        ``lower_is_better``, ``other`` (a second metric on the same items), ``other_stderr``,
        ``other_chance``. Wide form: a row a model, the scale, and a column of scores for each
        task, with ``TASK_items``, ``TASK_stderr`` or ``TASK_chance`` beside it, or ``n_items`` for
        all. Columns that are known to hold something else, such as ``learning_rate``, are no tasks
        unless ``tasks`` names them. Scales may be written 7B, 7e9 or 7,000,000,000; rows of scale
        0 are left out.
    scale : str, optional
        Column that holds the scale; of several, parameters go before compute and compute before
        tokens, and the others give `Curve.along`.
    scale_unit : str, optional
        What the scale is written in: ``"plain"``, ``"thousands"``, ``"millions"``,
        ``"billions"``, ``"trillions"``, ``"percent"``, ``"log10"``, ``"log2"`` or ``"ln"``.
        Without it, a scale that does not look like plain numbers is refused.
    unit : str, optional
        Name of the scale for axes; from the column otherwise.
    chance : number or mapping of task to number, optional
        Score of guessing. Of a task that is named it goes before what the source says; one number,
        or the key None of a mapping, fills in what the source does not say. Where nobody says it,
        a table of well-known tasks does, or it is None, unknown.
    length, items : number or mapping of task to number, optional
        What the source does not say: tokens of an answer, test items behind each score.
    sizes : mapping of model to scale, path, or ``"names"``, optional
        Scales for a source that only names models; a CSV file has the columns ``model`` and
        ``scale`` (or ``params``, ...). ``"names"`` takes the parameters in names like pythia-410m.
    tasks : collection of str, optional
        Tasks to read; all otherwise.
    metric : str, optional
        Metric to read; all otherwise (of a results folder, all accuracies).
    other : str, optional
        Metric that becomes the second metric of the curves of the same task.
    by : sequence of str
        Further columns that separate curves, such as ``"prompt"``. Settings known to differ, such
        as the number of shots or the family of the models, separate them without being named.
    pool : sequence of str
        Columns that do not separate curves although they differ.
    repeats : str, optional
        ``"pool"`` adds up the counts of scores at equal scale; they are refused otherwise. It
        hides how far seeds or runs of one scale spread: they count as one model with more items,
        and intervals come out too narrow if the spread is more than the noise of the items.
    chance_for_all : float, optional
        Score of guessing on every task, whatever the source or ``chance`` says.
    lower_is_better : bool or collection of str, optional
        Metrics of which less is better, beyond those that the source or their names tell: True for
        all that are read; False for none, whatever anything says. Such a score is turned, to 1
        minus it; its chance level is unknown, and one that is no share of items, such as a Brier
        score, needs a standard error. Losses are no shares, and refused.
    percent : bool or collection of str, optional
        What is written as percentages: all scores (and their standard errors), none, or those by
        some metrics, tasks or columns. Without it, percent signs tell, in cells or names of
        columns, and numbers that run beyond 10.

    Returns
    -------
    list of Curve
        In the order of the source, models sorted by scale. Where both item counts and standard
        errors are given, the counts are used only if they agree. A standard error of 0 is
        replaced by the number of items that the other scores of the curve imply. ``chance_source``
        says where the chance level of a curve is from, ``notes`` what was
        split, left out or taken for something.

    Raises
    ------
    CurveError
        If anything is wrong with the source; nothing of it is used then.
    """
    if repeats not in (None, "pool"):
        fail(place("repeats"), f"found {repeats!r}, want 'pool' or nothing", "Leave it out")
    _check_unit(scale_unit)
    by = tuple(map(column_name, [by] if isinstance(by, str) else by))
    pool = tuple(map(column_name, [pool] if isinstance(pool, str) else pool))
    by_names = isinstance(sizes, str) and sizes == scales.NAMES
    sized = None if by_names else _sizes(sizes, scale, scale_unit)
    if sized and not isinstance(sizes, Mapping):
        scale = None  # a column of the file of sizes
    wanted = tuple(each for each in (metric, other) if each)
    table = _table(source, scales.NAMES if by_names else sized, wanted)
    in_rows = table.unit is not None  # the scale of result files
    if by_names and not in_rows:
        # Without names there are no sizes, and `columns.entries` says what is wrong.
        models = dict.fromkeys(row.cells["model"] for row in table.rows if "model" in row.cells)
        sized = Sizes(scales.from_names(table.source, models), scales.PARAMETERS)
    elsewhere = in_rows or sized is not None
    if scale_unit not in (None, "plain") and elsewhere and (by_names or sized is None):
        what = f"found {scale_unit!r}, but the sizes are plain numbers of parameters"
        fail(place("scale_unit"), what, "Leave it out")
    if settings.FAMILY in by:
        settings.add_families(table)
    _check_pool(table, pool, by)
    found = columns.entries(table, scale, None if in_rows else sized, tasks, by)
    entries = columns.of_metrics(table.source, found.entries, wanted if metric else ())
    asked = (*wanted, *([tasks] if isinstance(tasks, str) else tasks or ()))
    entries, losses = direction.directed(table.source, entries, lower_is_better, asked)
    entries, told = notation.settled(table, entries, percent), None
    if not elsewhere:
        texts = [entry.cells["scale"] for entry in entries]
        header, title = f"{table.source}, row 1", table.titles[found.column]
        scales.refuse_groups(header, title, texts)
        if scale_unit is None:
            told = told_unit(header, title, found.unit, texts, table.comma)
    written_in = "plain" if elsewhere else scale_unit or told or "plain"
    problems, notes = Problems(), settings.Notes()
    numbers = points(entries, table.comma, written_in)
    taken = [] if elsewhere else notation.of_scale(table, found, told, numbers)
    groups = assemble.grouped(numbers, by)
    groups = settings.settled(table, groups, by, pool, notes, problems)
    problems.stop()
    names = assemble.named(groups, table.source)
    options = {"length": length, "items": items}
    tasks_known = [*names.values(), *(key[0] for key in groups)]
    for each, option in {**options, "chance": chance}.items():
        check_option(each, each, option, tasks_known)
    if chance_for_all is not None:
        check_option("chance_for_all", "chance", {None: chance_for_all}, ())

    axis = (sized and sized.unit) or table.unit or found.unit
    curves: dict[assemble.Key, Curve] = {}
    for key, group in groups.items():
        name, task = names[key], key[0]
        said = {each: _for_task(option, name, task) for each, option in options.items()}
        level = guessing.given(chance, chance_for_all, name, task)
        curve = assemble.curve(name, group, said, unit or axis, repeats == "pool", problems, level)
        if curve:
            how = dict.fromkeys(each for point in group for each in point.entry.notes)
            more = [*taken, *how, *notes.get(key, ()), *losses]
            if by_names:
                more.append(_told(group))
            if scale_unit not in (None, "plain"):
                more.append(phrase("note", "scale_unit", unit=scale_unit))
            if not curves:
                more += [*table.notes, *found.notes]
            along, why_not = scales.along(curve, _others(group, table.comma), axis)
            kept = (*curve.notes, *more, *why_not)
            curves[key] = replace(curve, along=along, notes=kept)
    problems.stop()
    return assemble.paired(table.source, curves, other) if other else list(curves.values())


def _for_task(option: PerTask, name: str, task: str) -> float | None:
    if not isinstance(option, Mapping):
        return option
    return option.get(name, option.get(task, option.get(None)))


def _check_unit(scale_unit: str | None) -> None:
    if scale_unit not in (None, *scales.SCALE_UNITS):
        near = get_close_matches(str(scale_unit), scales.SCALE_UNITS, 1)
        remedy = f"Is {near[0]!r} meant" if near else "Leave it out"
        want = f"want one of {', '.join(scales.SCALE_UNITS)}"
        fail(place("scale_unit"), f"found {scale_unit!r}, {want}", remedy)


def _check_pool(table: Table, pool: Collection[str], by: Collection[str]) -> None:
    """Refuse a column to pool that is not there, or that separates curves too."""
    named = {settings.FAMILY} if "model" in table.columns else set()
    for name in pool:
        if name in by:
            what = f"found {name!r}, which separates curves by {argument('by', name)}"
            fail(place("pool"), what, "Leave out one of them")
        if name not in {*table.columns, *named}:
            near = get_close_matches(name, table.columns, 1)
            remedy = f"Is {near[0]!r} meant" if near else f"Choose from {', '.join(table.columns)}"
            fail(place("pool"), f"no column {name!r}", remedy)


def _sizes(
    sizes: Mapping[str, float | str] | str | os.PathLike[str] | None,
    scale: str | None,
    scale_unit: str | None,
) -> Sizes | None:
    if sizes is None:
        return None
    if isinstance(sizes, Mapping):
        return from_mapping(sizes, scale_unit)
    return from_file(_path("sizes", sizes), scale, scale_unit)


def _told(group: list[Point]) -> str:
    """Return a sentence on the sizes that were taken from names."""
    sizes = {point.entry.row.cells["model"]: point.scale for point in group}
    told = ", ".join(f"{shown(name, 60)} {brief(size)}" for name, size in sizes.items())
    return f"Sizes are those in the names of the models: {told}."


def _others(group: list[Point], comma: bool) -> list[scales.Rows]:
    """Return what the rows of each scale of a curve hold by other scales, 0 for no number."""
    return [
        [
            {name: written(text, comma) or 0.0 for name, text in point.entry.beside.items()}
            for point in same
        ]
        for same in assemble.alike(sorted(group, key=lambda point: point.scale))
    ]


def _path(argument: str, value: object) -> Path:
    try:
        return Path(value)  # type: ignore[arg-type]
    except TypeError:
        found = type(value).__name__
        fail(place(argument), f"found {found}, want a path or a table", "Pass a file name")


def _table(source: object, sizes: Sizes | str | None, wanted: Collection[str]) -> Table:
    """Return the rows of a data frame, a folder of result files or a CSV file."""
    if isinstance(source, pd.DataFrame):
        return from_frame(source)
    path = _path("source", source)
    return harness.from_folder(path, sizes, wanted) if os.path.isdir(path) else _from_file(path)


def _from_file(path: Path) -> Table:
    if path.suffix.lower() == ".json":
        fail(str(path), "one result file is one model", "Give the folder that holds all of them")
    return from_csv(path)
