"""From a CSV file, a data frame or a folder of lm-evaluation-harness results to curves.

All three become rows of text first, then curves: one reader judges every cell. A source with any
fault gives no curve at all, and one message that lists up to ten faults.
"""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from emergence_lib.audit.curve import Curve, fail
from emergence_lib.audit.phrases import place
from emergence_lib.audit.reading import assemble, columns, direction, harness
from emergence_lib.audit.reading import chance as guessing
from emergence_lib.audit.reading.points import PerTask, check_option, is_number, number, points
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
    unit: str | None = None,
    chance: PerTask = None,
    length: PerTask = None,
    items: PerTask = None,
    sizes: Mapping[str, float] | str | os.PathLike[str] | None = None,
    tasks: Collection[str] | None = None,
    metric: str | None = None,
    other: str | None = None,
    by: Sequence[str] = (),
    repeats: str | None = None,
    chance_for_all: float | None = None,
    lower_is_better: direction.Lower = None,
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
        all.
    scale : str, optional
        Column that holds the scale, if several could.
    unit : str, optional
        Name of the scale for axes; from the column otherwise.
    chance : number or mapping of task to number, optional
        Score of guessing. Of a task that is named it goes before what the source says; one number,
        or the key None of a mapping, fills in what the source does not say. Where nobody says it,
        a table of well-known tasks does, or it is None, unknown.
    length, items : number or mapping of task to number, optional
        What the source does not say: tokens of an answer, test items behind each score.
    sizes : mapping of model to scale, or path, optional
        Scales for a source that only names models; a CSV file has the columns ``model`` and
        ``scale`` (or ``params``, ...).
    tasks : collection of str, optional
        Tasks to read; all otherwise.
    metric : str, optional
        Metric to read; all otherwise (of a results folder, all accuracies).
    other : str, optional
        Metric that becomes the second metric of the curves of the same task.
    by : sequence of str
        Further columns that separate curves, such as ``"n_shot"``.
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

    Returns
    -------
    list of Curve
        In the order of the source, models sorted by scale. Where both item counts and standard
        errors are given, the counts are used only if they agree. A standard error of 0 is
        replaced by the number of items that the other scores of the curve imply. ``chance_source``
        says where the chance level of a curve is from, ``notes`` what there is to know besides.

    Raises
    ------
    CurveError
        If anything is wrong with the source; nothing of it is used then.
    """
    if repeats not in (None, "pool"):
        fail(place("repeats"), f"found {repeats!r}, want 'pool' or nothing", "Leave it out")
    by = tuple(map(column_name, [by] if isinstance(by, str) else by))
    known, sizes_unit = _sizes(sizes)
    wanted = tuple(each for each in (metric, other) if each)
    if isinstance(source, pd.DataFrame):
        table = from_frame(source)
    elif os.path.isdir(_path("source", source)):
        table, known = harness.from_folder(Path(source), known, wanted), None
    else:
        table = _from_file(Path(source))
    entries, scale_unit = columns.entries(table, scale, known, tasks, by)
    entries = columns.of_metrics(table.source, entries, wanted if metric else ())
    asked = (*wanted, *([tasks] if isinstance(tasks, str) else tasks or ()))
    entries, losses = direction.directed(table.source, entries, lower_is_better, asked)
    groups = assemble.grouped(points(entries, table.comma), by)
    names = assemble.named(groups, table.source)
    options = {"length": length, "items": items}
    tasks_known = [*names.values(), *(key[0] for key in groups)]
    for argument, option in {**options, "chance": chance}.items():
        check_option(argument, argument, option, tasks_known)
    if chance_for_all is not None:
        check_option("chance_for_all", "chance", {None: chance_for_all}, ())

    problems = Problems()
    axis = unit or sizes_unit or table.unit or scale_unit
    curves = {}
    for key, group in groups.items():
        name, task = names[key], key[0]
        said = {each: _for_task(option, name, task) for each, option in options.items()}
        level = guessing.given(chance, chance_for_all, name, task)
        curve = assemble.curve(name, group, said, axis, repeats == "pool", problems, level)
        if curve:
            curves[key] = replace(curve, notes=(*curve.notes, *losses))
    problems.stop()
    return assemble.paired(table.source, curves, other) if other else list(curves.values())


def _for_task(option: PerTask, name: str, task: str) -> float | None:
    if not isinstance(option, Mapping):
        return option
    return option.get(name, option.get(task, option.get(None)))


def _sizes(
    sizes: Mapping[str, float] | str | os.PathLike[str] | None,
) -> tuple[Mapping[str, float] | None, str | None]:
    if sizes is None:
        return None, None
    if isinstance(sizes, Mapping):
        for model, size in sizes.items():
            if not is_number(size) or not 0 < size < math.inf:
                what = f"found {size!r} for {model!r}, want a number above 0"
                fail(place("sizes"), what, "Correct it")
        return sizes, None
    table = from_csv(_path("sizes", sizes))
    scales = [name for name in table.columns if name in columns.UNITS]
    if "model" not in table.columns or len(scales) != 1:
        found = ", ".join(table.columns)
        fail(f"{table.source}, row 1", f"found {found}", "Name the two columns model,scale")
    problems = Problems()
    known: dict[str, float] = {}
    for row in table.rows:
        text = row.cells[scales[0]]
        size_found = number(row.place, scales[0], "scale", text, table.comma, problems)
        if row.cells["model"] in known:
            problems.add(row.place, f"{row.cells['model']!r} comes twice", "Keep one of them")
        known[row.cells["model"]] = size_found or 0.0
    problems.stop()
    return known, columns.UNITS[scales[0]]


def _path(argument: str, value: object) -> Path:
    try:
        return Path(value)  # type: ignore[arg-type]
    except TypeError:
        found = type(value).__name__
        fail(place(argument), f"found {found}, want a path or a table", "Pass a file name")


def _from_file(path: Path) -> Table:
    if path.suffix.lower() == ".json":
        fail(str(path), "one result file is one model", "Give the folder that holds all of them")
    return from_csv(path)
