"""From CSV files, a data frame or folders of evaluation results to curves.

All become rows of text first, then curves: one reader judges every cell. A table with any fault
gives no curve at all, and one message that lists up to ten faults. Of result files, which somebody
else wrote, a task with a fault is left out, and a note says why.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from emergence_lib.audit.curve import Curve, CurveError, fail
from emergence_lib.audit.losses import LossCurve
from emergence_lib.audit.phrases import argument, phrase, place, quoted, shown
from emergence_lib.audit.phrases import number as brief
from emergence_lib.audit.reading import (
    assemble,
    columns,
    direction,
    folder,
    notation,
    scales,
    settings,
)
from emergence_lib.audit.reading import chance as guessing
from emergence_lib.audit.reading.losses import loss_curve
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
    Row,
    Table,
    column_name,
    from_csv,
    from_frame,
)

FILE = "file"
"""Column that says from which of several tables a row is."""
MAKE_ONE = {
    "source": "Make one data frame: pandas.DataFrame of a dict, a list of dicts or an array, "
    "pandas.read_csv of an open file, pandas.concat of several frames",
    "sizes": "Pass a file name, or a dict of the scales by the names of the models",
}
"""What to do about an argument that is neither a path nor a table."""


def read(
    source: str | os.PathLike[str] | pd.DataFrame | Sequence[str | os.PathLike[str]],
    *,
    scale: str | None = None,
    scale_unit: str | None = None,
    unit: str | None = None,
    chance: PerTask = None,
    length: PerTask = None,
    items: PerTask = None,
    sizes: Mapping[str, float | str] | str | os.PathLike[str] | None = None,
    tasks: Collection[str] | None = None,
    only: Sequence[str] = (),
    without: Sequence[str] = (),
    metric: str | None = None,
    other: str | None = None,
    by: Sequence[str] = (),
    pool: Sequence[str] = (),
    repeats: str | None = None,
    chance_for_all: float | None = None,
    lower_is_better: direction.Lower = None,
    losses: list[LossCurve] | None = None,
    percent: notation.Percent = None,
) -> list[Curve]:
    """Read scaling curves.

    Parameters
    ----------
    source : path, sequence of paths, or DataFrame
        CSV files or a data frame in one of two forms, or folders of result files and such files:
        of lm-evaluation-harness, of leaderboards (details), of OLMES or HELM; each a regular file
        of up to 50 MB. Several tables must have the same columns. Of several runs of one model in
        one setting the newest counts, and equal answers count once. Other files in a folder are
        passed over, and so are tasks with a fault, which `Curve.notes` tells. Long form: a row a
        score, with the columns ``scale`` (or ``params``, ``train_flops``, ``tokens``, ...),
        ``score`` (or ``accuracy``, ...), ``n_items`` or ``stderr``, and as wanted ``task``,
        ``metric``, ``model``, ``chance`` (blank where unknown), ``length``, ``higher_is_better``
        or ``lower_is_better``, ``other`` (a second metric on the same items), ``other_stderr``,
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
    only, without : sequence of str
        Tasks and files to read, or not to read, by name or by a pattern such as ``"mmlu_*"``. A
        file goes by its name, its place in the folder, or a folder that holds it.
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
        score, needs a standard error. Losses are no shares, and are never turned.
    losses : list of LossCurve, optional
        Grows by the losses of the source, for `audit_loss`: what its metric or column calls a
        loss, a cross-entropy, a perplexity or the like. Without it losses are left out, with a
        note, and refused where there is nothing else. See `read_losses`.
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
        says where the chance level of a curve is from, ``notes`` what was split, left out or taken
        for something; what concerns the whole source stands with the first curve.

    Raises
    ------
    CurveError
        If anything is wrong with a table, or no task of result files can be read.
    """
    if repeats not in (None, "pool"):
        fail(place("repeats"), f"found {repeats!r}, want 'pool' or nothing", "Leave it out")
    _check_unit(scale_unit)
    by = tuple(map(column_name, _names("by", by)))
    pool = tuple(map(column_name, _names("pool", pool)))
    by_names = isinstance(sizes, str) and sizes == scales.NAMES
    sized = None if by_names else _sizes(sizes, scale, scale_unit)
    if sized and not isinstance(sizes, Mapping):
        scale = None  # a column of the file of sizes
    wanted = tuple(each for each in (metric, other) if each)
    choice = folder.Choice(_names("only", only), _names("without", without))
    pooled = repeats == "pool"
    table, told = _table(source, scales.NAMES if by_names else sized, wanted, choice, pooled)
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
    entries = found.entries if in_rows else _chosen(found, choice, told)
    entries = columns.of_metrics(table.source, entries, wanted if metric else ())
    asked = (*wanted, *([tasks] if isinstance(tasks, str) else tasks or ()))
    entries, left_out = direction.directed(
        table.source, entries, lower_is_better, asked, keep=losses is not None, other=other
    )
    if percent is not None or not in_rows:
        entries = notation.settled(table, entries, percent)
    own_unit = None
    if not elsewhere:
        texts = [entry.cells["scale"] for entry in entries]
        header, title = f"{table.source}, row 1", table.titles[found.column]
        scales.refuse_groups(header, title, texts)
        if scale_unit is None:
            own_unit = told_unit(header, title, found.unit, texts, table.comma)
    written_in = "plain" if elsewhere else scale_unit or own_unit or "plain"
    problems, notes = Problems(), settings.Notes()
    if in_rows:
        checked = _by_task(table, entries, percent is None, problems)
    else:
        checked = points(entries, table.comma, written_in)
    taken = [] if elsewhere else notation.of_scale(table, found, own_unit, checked)
    groups = assemble.grouped(checked, by)
    groups = settings.settled(table, groups, by, pool, notes, problems)
    names = assemble.named(groups, table.source)
    if in_rows and groups:
        groups = _of_models(table.source, groups, names, told)
    else:
        problems.stop()
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
        how = dict.fromkeys(each for point in group for each in point.entry.notes)
        converted = _converted(group, by_names, scale_unit)
        if losses is not None and group[0].entry.loss:
            loss = loss_curve(name, group, unit or axis, repeats == "pool", problems)
            if loss:
                kept = *loss.notes, *taken, *how, *notes.get(key, ()), *converted
                losses.append(replace(loss, notes=tuple(kept)))
            continue
        said = {each: _for_task(option, name, task) for each, option in options.items()}
        level = guessing.given(chance, chance_for_all, name, task)
        curve = assemble.curve(name, group, said, unit or axis, pooled, problems, level)
        if curve:
            more = [*taken, *how, *notes.get(key, ()), *left_out, *converted]
            if not curves:
                more += [*table.notes, *found.notes]
            along, why_not = scales.along(curve, _others(group, table.comma), axis)
            kept = (*curve.notes, *more, *why_not)
            curves[key] = replace(curve, along=along, notes=kept)
    if not (in_rows and (curves or losses)):
        problems.stop()
    told += [phrase("folder", "faulty", fault=line) for line in _lines(problems)]
    shares = assemble.paired(table.source, curves, other) if other else list(curves.values())
    # What is said of the whole source stands with its first curve.
    if shares:
        shares[0] = replace(shares[0], notes=(*shares[0].notes, *told))
    elif losses:
        whole = (*losses[0].notes, *table.notes, *found.notes, *told)
        losses[0] = replace(losses[0], notes=whole)
    return shares


def _chosen(found: columns.Found, choice: folder.Choice, told: list[str]) -> list[columns.Entry]:
    """Return the entries of the tasks of tables that are kept."""
    names = [entry.cells.get("task", "") for entry in found.entries]
    kept = choice.tasks(names)
    choice.check(filter(None, dict.fromkeys(names)))
    told += choice.note()
    entries = [entry for entry, name in zip(found.entries, names, strict=True) if name in kept]
    if not entries:
        fail(place("without"), "no task is left", "Leave out less")
    return entries


def _by_task(
    table: Table, entries: list[columns.Entry], settle: bool, problems: Problems
) -> list[Point]:
    """Return the numbers of result files, without tasks that have a fault in any of them.

    Where nobody said what is written as percentages, each task tells it by itself: ``settle``.
    """
    tasks: dict[tuple[str, str], list[columns.Entry]] = {}
    for entry in entries:
        tasks.setdefault((entry.cells["task"], entry.cells["metric"]), []).append(entry)
    found: list[Point] = []
    for same in tasks.values():
        try:
            found += points(notation.settled(table, same) if settle else same, False)
        except CurveError as error:
            for line in str(error).splitlines():
                problems.add_error(CurveError(line))
    return found


def _of_models(
    source: str, groups: settings.Groups, names: Mapping[assemble.Key, str], told: list[str]
) -> settings.Groups:
    """Return the groups of result files that have two models or more."""
    by_scale = {key: sorted(group, key=lambda point: point.scale) for key, group in groups.items()}
    kept = {key: groups[key] for key, group in by_scale.items() if len(assemble.alike(group)) > 1}
    alone = [names[key] for key in groups if key not in kept]
    if not kept:
        model = next(iter(groups.values()))[0].entry.row.cells["model"]
        which = f"{alone[0]}: one model only" if len(alone) == 1 else f"one model only, {model!r}"
        what = " ".join([f"{which}; want at least two.", *told]).rstrip(".")
        remedy = "Give the folder that holds the results of all models, or several; checkpoints of"
        fail(source, what, f"{remedy} one model are told apart by {argument('sizes')}")
    if alone:
        told.append(phrase("note", "one_model", names=folder.listed(alone)))
    return kept


def _lines(problems: Problems) -> list[str]:
    try:
        problems.stop()
    except CurveError as error:
        return str(error).splitlines()
    return []


def _names(option: str, given: object) -> list[str]:
    names = [given] if isinstance(given, str) else given
    if not (isinstance(names, Collection) and all(isinstance(each, str) for each in names)):
        fail(place(option), f"found {given!r:.60}, want a name or a list of names", "Correct it")
    return list(names)


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


def read_losses(source: str | os.PathLike[str] | pd.DataFrame, **options: Any) -> list[LossCurve]:
    """Read curves of losses, for `audit_loss`; the arguments are those of `read`.

    Raises
    ------
    CurveError
        As `read`, or if there is no loss. Of a folder of results, a loss has to be named:
        ``metric="word_perplexity"``.
    """
    losses: list[LossCurve] = []
    read(source, losses=losses, **options)
    if not losses:
        found = "the table" if isinstance(source, pd.DataFrame) else os.fspath(source)
        remedy = f"Call the metric or its column 'loss', or name it with {argument('metric')}"
        fail(found, "no loss, going by the names of metrics and columns", remedy)
    return losses


def _converted(group: list[Point], by_names: bool, scale_unit: str | None) -> list[str]:
    """Return what was done about the scale of some points."""
    told = [_told(group)] if by_names else []
    if scale_unit not in (None, "plain"):
        told.append(phrase("note", "scale_unit", unit=scale_unit))
    return told


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
        path = Path(value)  # type: ignore[arg-type]
    except TypeError:
        found = type(value).__name__
        fail(place(argument), f"found {found}, want a path or a table", MAKE_ONE[argument])
    if not os.fspath(value):  # type: ignore[call-overload]
        fail(place(argument), "found an empty name, want that of a file or folder", "Give one")
    return path


def _table(
    source: object,
    sizes: Sizes | str | None,
    wanted: Collection[str],
    choice: folder.Choice,
    pool: bool,
) -> tuple[Table, list[str]]:
    """Return the rows of a data frame, of result files or of CSV files, and sentences on them."""
    if isinstance(source, pd.DataFrame):
        return from_frame(source), []
    alone = isinstance(source, str | bytes) or not isinstance(source, Sequence)
    sources: Sequence[object] = [source] if alone else source  # type: ignore[assignment]
    paths = [_path("source", each) for each in sources]
    _refuse_twice(paths)
    results = [path for path in paths if path.suffix.lower() == ".json" or os.path.isdir(path)]
    if not results:
        return _from_tables(paths, choice), []
    if len(results) < len(paths):
        table = next(path for path in paths if path not in results)
        if not table.exists():
            from_csv(table)
        what = f"a table, and {results[0]} holds result files"
        fail(str(table), what, "Audit tables and result files one after the other")
    if len(paths) == 1 and not os.path.isdir(paths[0]):
        folder.check(paths[0])
        what = "one result file is one model"
        fail(str(paths[0]), what, "Give the folder that holds all of them, or several files")
    return folder.from_sources(paths, sizes, wanted, choice, pool)


def _refuse_twice(paths: Sequence[Path]) -> None:
    known: dict[str, Path] = {}
    for path in paths:
        first = known.setdefault(os.path.abspath(path), path)
        if first is not path:
            what = f"found {quoted(first)} and {quoted(path)}, which are the same"
            fail(place("source"), what, "Give it once")


def _from_tables(paths: Sequence[Path], choice: folder.Choice) -> Table:
    """Return the rows of CSV files, which know their file if there are several."""
    paths = [file.path for file in choice.files(folder.File(path, path.name) for path in paths)]
    if not paths:
        what = f"left out {folder.listed(choice.left)}, and no file is left"
        fail(place("without" if choice.without else "only"), what, "Leave out less")
    first, *others = tables = [from_csv(path) for path in paths]
    if not others:
        return first
    for table in others:
        differ = {*first.columns} ^ {*table.columns}
        if differ or first.comma != table.comma:
            what = f"other columns than in {first.source}: {', '.join(sorted(differ))}"
            if not differ:
                what = f"another mark between cells than in {first.source}"
            fail(f"{table.source}, row 1", what, "Audit the files one by one, or make them alike")
    rows = [
        Row(row.place, {**row.cells, FILE: path.stem})
        for path, table in zip(paths, tables, strict=True)
        for row in table.rows
    ]
    return Table("table", {**first.titles, FILE: FILE}, rows, comma=first.comma)
