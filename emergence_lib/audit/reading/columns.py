"""What each column of a table is, and from there to one entry for each score."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import NoReturn

from emergence_lib.audit.curve import fail
from emergence_lib.audit.phrases import argument, fault, phrase, place, shown
from emergence_lib.audit.reading import scales
from emergence_lib.audit.reading.harness import ACCURACY, MODEL_FIELD, TASK_FIELD
from emergence_lib.audit.reading.metrics import (
    UNCERTAINTY,
    is_loss,
    less_is_better,
    more_is_better,
)
from emergence_lib.audit.reading.scales import UNITS, Sizes
from emergence_lib.audit.reading.table import (
    BETTER,
    DIRECTIONS,
    GUESS,
    MISSING,
    NUMBER,
    SHOWN,
    Problems,
    Row,
    Table,
    bare,
    column_name,
    has_words,
    is_text,
)
from emergence_lib.audit.reading.tasks import is_known

ALIASES: dict[str, tuple[str, ...]] = {
    "scale": tuple(UNITS),
    "score": ("score", "accuracy", "acc", "exact_match", "value"),
    "items": ("n_items", "items", "n"),
    "stderr": ("stderr", "se"),
    "task": ("task", "tasks", "benchmark", "name"),
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


SETTING = re.compile(
    r"(?:num_|n_?|k_)?(?:few_?)?shots?|num_few_?shot|few_?shot(?:_as_multiturn)?|multiturn"
    r"|(?:task|benchmark|data|dataset|harness|lm_eval)?_?versions?|revision|filter|limit"
    r"|(?:chat_|prompt_)?template|(?:system_)?(?:prompt|instructions?)(?:_(?:id|name|style|format|version))?"
    r"|dtype|torch_dtype|precision|quanti[sz](?:ation|ed)|bits|gen_kwargs|decoding|sampling"
    r"|(?:model_)?family|variant|subset|split|setting|condition|mode|cot|chain_of_thought"
    r"|instruct(?:ion)?(?:_tun(?:ed|ing))?|chat|(?:fine_?)?tuned|top_[kp]|temperature"
    r"|max_(?:new_|gen_)?(?:tokens|toks|length)"
)
"""Columns that say how a model was asked or of what kind it is; their numbers are settings too."""
LABEL = re.compile(
    r"seeds?|notes?|comments?|remarks?|description|sources?|references?|refs?|urls?|links?|papers?"
    r"|citations?|authors?|dates?|time(?:stamp)?|created(?:_at)?|hash|sha|path|files?|filename"
    r"|checkpoints?|ckpt|run|run_(?:id|name)|id|index|alias"
)
"""Columns that tell rows apart and no more, unless few values stand there again and again."""
TAG = re.compile(r"seeds?|dates?|time(?:stamp)?|created(?:_at)?|hash|sha|id|index")
"""Those of them that are no setting of any number of values."""
NO_SCORES = re.compile(
    r"(?:.*_)?(?:lr|grad(?:ient)?_norm|learning_rate|loss|perplexity|ppl|epochs?|steps?|dropout|date|(?:run)?time|timestamp|seconds|hours)"
    r"|loss_.*|sizes?(?:_.*)?|(?:model|batch|vocab|hidden|dataset)_size(?:_.*)?|seed|year|momentum"
    r"|weight_decay|warmup(?:_.*)?|(?:num_|n_)?(?:layers?|heads?|experts?|gpus?)|d_model|d_ff|width"
    r"|depth|bits_per_byte|bpb|entropy|index|id|unnamed:_[0-9]+"
    r"|.*__(?:min|max)"  # as Weights & Biases exports every curve twice more
)
"""Columns of numbers that are no scores of a task, whatever range they have."""
STEPS = re.compile(r"(?:.*_)?(step|iteration|epoch)s?")
"""How far one run had come: taken as its scale if somebody asks."""
NOISE = re.compile(
    r"(?:.*_)?(?:se|stderr|std|sd|ci|var|variance|low|high|lower|upper|chance|rank|items)"
)
"""Columns that say how exact a score is, or where it stands."""


@dataclass(frozen=True)
class Entry:
    """One score with all that stands beside it.

    ``cells`` holds the text by role and ``columns`` the column of each role; ``beside`` the text
    of other columns that could be the scale. ``lower`` tells why less of its metric is better, as
    a sentence ends; it is empty if more is, and ``higher`` tells whether somebody said so.
    ``either_way`` tells that its metric has a name that leaves it open, ``loss`` that it is a loss,
    and ``notes`` what was taken for something among its cells.
    """

    row: Row
    cells: dict[str, str]
    columns: dict[str, str]
    beside: dict[str, str] = field(default_factory=dict)
    lower: str = ""
    higher: bool = False
    either_way: bool = False
    loss: bool = False
    notes: tuple[str, ...] = ()

    @property
    def wide(self) -> bool:
        """Whether it comes from a table in which each task has a column of its own."""
        return self.columns.get("task") == self.columns["score"]

    @property
    def metric(self) -> str:
        """Name of its metric, or of the column that holds the score."""
        return self.cells.get("metric") or self.columns["score"]


@dataclass(frozen=True)
class Found:
    """What the columns of a table hold.

    ``column`` is where the scale stands and ``unit`` its name on an axis; ``notes`` say which
    columns of a wide table were taken as scores and which were not.
    """

    entries: list[Entry]
    column: str
    unit: str
    notes: list[str]


def entries(
    table: Table,
    scale: str | None,
    sizes: Sizes | None,
    tasks: Collection[str] | None,
    by: tuple[str, ...],
) -> Found:
    """Return every score of a table, and what its scale is.

    Parameters
    ----------
    table : Table
        Long (a row a score) or wide (a row a model).
    scale : str, optional
        Column that holds the scale.
    sizes : Sizes, optional
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
    roles = _roles(table, scale, by, sizes is not None)
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
    notes: list[str] = []
    if wide:
        aside = _no_scores(table, free, chosen)
        found = _melted(table, roles, [name for name in free if name not in aside], chosen, aside)
        if chosen is None:
            scored = dict.fromkeys(entry.columns["score"] for entry in found)
            taken = [table.titles[name] for name in scored if not is_loss(name)]
            if taken:
                notes.append(phrase("note", "tasks", names=", ".join(map(shown, taken))))
        # What is text only, is no number that anybody could miss among the scores.
        left = [table.titles[name] for name in aside if not is_text(table.rows, name)]
        if left:
            notes.append(phrase("note", "no_tasks", names=", ".join(map(shown, left))))
    else:
        found = _of_tasks(table.source, [_entry(row, roles) for row in table.rows], chosen)
    column = roles.get("scale", "scale")
    if sizes is not None:
        found = _sized(found, sizes)
    unit = scales.PARAMETERS if column == "model" else unit_of(column)
    return Found(found, column, unit, notes)


def unit_of(column: str) -> str:
    """Return the name of a scale on an axis."""
    steps = STEPS.fullmatch(column)
    if steps:
        return steps[1] + "s"
    return UNITS.get(column) or (scales.is_other(column) and scales.axis(column)) or column


def is_setting(column: str) -> bool:
    """Tell whether a column, by its name, holds a setting that a curve must not mix."""
    return SETTING.fullmatch(column) is not None


def kind_of(table: Table, column: str, wide: bool) -> str | None:
    """Return what kind of setting an unread column could hold, or nothing for a helper.

    A ``"setting"`` is one by its name; ``"words"`` and ``"numbers"`` could be one, and a
    ``"label"`` too if its values stand there again and again. In a wide table, other numbers than
    whole ones are scores of a task that was not chosen.
    """
    if is_setting(column):
        return "setting"
    if column.startswith((TASK_FIELD, MODEL_FIELD)) or (table.unit and column == "backend"):
        return "words"
    if TAG.fullmatch(column):
        return None
    label = LABEL.fullmatch(column) is not None
    if has_words(table.rows, column):
        return "label" if label else "words"
    if label or _is_helper(column) or (wide and not is_whole(table, column)):
        return None
    return "numbers"


def is_whole(table: Table, column: str) -> bool:
    """Tell whether a column holds whole numbers and no other ones."""
    cells = {row.cells.get(column, "") for row in table.rows}
    plain = [cell.replace(",", ".") if table.comma else cell for cell in cells]
    numbers = [cell for cell in plain if not MISSING.fullmatch(cell)]
    return bool(numbers) and all(
        NUMBER.fullmatch(cell) and float(cell).is_integer() for cell in numbers
    )


def _is_constant(table: Table, column: str) -> bool:
    """Tell whether a column holds one number throughout, for more models than two."""
    cells = [row.cells.get(column, "") for row in table.rows]
    return len(cells) > 2 and len(set(cells)) == 1 and NUMBER.fullmatch(cells[0]) is not None


def _is_helper(column: str) -> bool:
    """Tell whether a column of numbers, by its name, is known to hold something else."""
    known = {name for names in ALIASES.values() for name in names}
    patterns = (NO_SCORES, NOISE, UNCERTAINTY, ACCURACY)
    return (
        column in known
        or any(pattern.fullmatch(column) for pattern in patterns)
        or is_loss(column)
        or less_is_better(column)
        or scales.is_other(column)
    )


def _no_scores(table: Table, free: list[str], chosen: list[str] | None) -> list[str]:
    """Return the columns of a wide table that hold something else than scores, unless chosen."""
    left = {name for name in free if name not in (chosen or ())}
    aside = {
        name
        for name in left
        # Losses are told apart later: they are scores of a kind.
        if (NO_SCORES.fullmatch(name) and not is_loss(name))
        or scales.is_other(name)
        or is_setting(name)
        or is_text(table.rows, name)
        or all(MISSING.fullmatch(row.cells.get(name, "")) for row in table.rows)
    }
    aside |= {name + suffix for name in aside for suffix in SUFFIXES}
    beside = {name + suffix for name in free for suffix in SUFFIXES}
    tasks = [name for name in free if name not in aside and name not in beside]
    # Where some say that they hold scores, the others do not. Where none does, whole numbers beside
    # shares are counts or settings; where there is nothing else, they are judged.
    ordered = sorted(free)
    says = {name for name in tasks if _says_scores(table, name, ordered)}
    says |= {name for name in tasks for part in _parts(name) if part in says}
    others = {
        name
        for name in left.intersection(tasks) - says
        if not is_loss(name) and (says or is_whole(table, name) or _is_constant(table, name))
    }
    if others != set(tasks):
        aside |= others | {name + suffix for name in others for suffix in SUFFIXES}
    return [name for name in free if name in left & aside]


def _says_scores(table: Table, name: str, ordered: list[str]) -> bool:
    """Tell whether a column of a wide table says by its name that it holds scores of a task.

    So does one whose name goes on in another column, as in quiz_stderr; the columns are sorted.
    """
    longer = ordered[(at := bisect_left(ordered, f"{name}_")) : at + 1]
    return (
        name in table.percent
        or is_known(_task(table, name))
        or more_is_better(name)
        or less_is_better(name)
        or any(each.startswith(f"{name}_") for each in longer)
    )


def _task(table: Table, name: str) -> str:
    """Return the task of a column as it was written, without the sign of percentages."""
    title = table.titles[name]
    return title if column_name(title) == name else bare(title)


def _parts(name: str) -> Iterator[str]:
    """Yield what stands before each underscore of a name."""
    return (name[: mark.start()] for mark in re.finditer("_", name))


def _chosen(tasks: Collection[str], wide: bool) -> list[str]:
    names = [tasks] if isinstance(tasks, str) else list(tasks)
    return [column_name(bare(str(name))) for name in names] if wide else list(map(str, names))


def _roles(table: Table, scale: str | None, by: tuple[str, ...], sized: bool) -> dict[str, str]:
    roles = {}
    for role, names in ALIASES.items():
        found = [name for name in names if name in table.columns and name not in by]
        if role == "scale" and scale is not None:
            found = [column_name(scale)]
            if found[0] not in table.columns:
                _lacks(table, "scale", found[0])
        if role == "scale" and not (found or sized):
            found = [name for name in table.columns if name not in by and scales.is_other(name)][:1]
        if role == "scale" and not (found or sized or "model" in by) and _are_sizes(table, "model"):
            found = ["model"]
        one = found and [name for name in found if UNITS.get(name) == UNITS.get(found[0])]
        if len(one if role == "scale" else found) > 1 and found[0] != names[0]:
            if role == "scale":
                _unclear(table, one, role, f"Choose with {argument('scale', found[0])}")
            _unclear(table, found, role)
        if found:
            roles[role] = found[0]
    for name in by:
        if name not in table.columns:
            _lacks(table, "by", name)
    if "score" not in roles and any(role in roles for role in LONG_ONLY):
        roles |= _score_by_metric(table, {*roles.values(), *by})
    for suffix, role in SUFFIXES.items() if "score" in roles else ():
        name = roles["score"] + suffix
        if name not in table.columns or name in by:
            continue
        if roles.setdefault(role, name) != name:
            _unclear(table, [roles[role], name], role)
    return roles


def _unclear(
    table: Table, names: list[str], role: str, remedy: str = "Rename one of them"
) -> NoReturn:
    found = " and ".join(map(repr, names))
    fail(f"{table.source}, row 1", *fault("unclear", found=found, role=role, remedy=remedy))


def _are_sizes(table: Table, column: str) -> bool:
    """Tell whether a column holds nothing but sizes with letters, such as 7B."""
    cells = [row.cells.get(column, "") for row in table.rows]
    return all(cell[-1:].isalpha() and scales.spelt(cell, table.comma) for cell in cells)


def _score_by_metric(table: Table, taken: set[str]) -> dict[str, str]:
    """Return the score of a long table whose column is named by a metric, such as error_rate."""
    free = (name for name in table.columns if name not in taken)
    found = [name for name in free if less_is_better(name) or is_loss(name)]
    if len(found) > 1:
        _unclear(table, found, "score", "Rename the right one 'score'")
    return {"score": found[0]} if found else {}


def _refuse_misspelt(source: str, free: list[str], roles: dict[str, str]) -> None:
    """Refuse a column that would go unread by one wrong letter."""
    missing = [name for role, names in ALIASES.items() if role not in roles for name in names]
    for name in free:
        if is_loss(name):  # train_loss is no train_flops
            continue
        close = [each for each in missing if _alike(each, name, ALIKE)]
        near = max(close, key=lambda each: likeness(each, name), default="")
        if near and not name.startswith(f"{near}_"):
            fail(f"{source}, row 1", *fault("misspelt", found=name, near=near))


def _alike(one: str, other: str, least: float) -> bool:
    """Tell whether two words have so much in common."""
    # Of words that differ more in length, too few letters are.
    shorter = min(len(one), len(other))
    return 2 * shorter >= least * (len(one) + len(other)) and likeness(one, other) >= least


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
    near = [each for one in names for each in get_close_matches(one, table.columns, 1, ALIKE)]
    wanted = repr(names[0]) + (f" (or {', '.join(names[1:])})" if len(names) > 1 else "")
    remedy = f"Add or rename a column: {', '.join(names)}"
    if near:
        remedy = f"Is {near[0]!r} meant"
    elif name:
        remedy = f"Choose from {', '.join(table.columns)}"
    if role == "scale" and not name:
        steps = next(filter(STEPS.fullmatch, table.columns), None)
        if steps:
            remedy = f"Take {steps!r} with {argument('scale', steps)}"
        sizes = argument("sizes", {"NAME": ...})
        if "model" in table.columns:
            remedy += f"; or say how large each model is with {sizes}"
            remedy += scales.offered(row.cells["model"] for row in table.rows)
        else:
            remedy += f"; or pass {sizes} and name the models in a column 'model'"
    columns = ", ".join(table.columns)
    what = fault("lacking", wanted=wanted, columns=columns, remedy=remedy)
    fail(f"{table.source}, row 1", *what)


def _entry(row: Row, roles: dict[str, str]) -> Entry:
    cells = {role: row.cells[name] for role, name in roles.items() if name in row.cells}
    if GUESS in row.cells:
        cells[GUESS] = row.cells[GUESS]
    others = (name for name in UNITS if name in row.cells and name != roles.get("scale"))
    return Entry(row, cells, roles, {name: row.cells[name] for name in others})


def _melted(
    table: Table,
    roles: dict[str, str],
    free: list[str],
    tasks: list[str] | None,
    aside: list[str],
) -> list[Entry]:
    """Return an entry for each task of each row of a wide table."""
    beside = _beside(table.source, free)
    numbers = [name for name in aside if not is_text(table.rows, name)]
    if not beside and numbers:
        remedy = f"Add one, or choose with {argument('tasks', numbers[:1])} if that is one"
        what = fault("no_scores", names=", ".join(numbers), remedy=remedy)
        fail(f"{table.source}, row 1", *what)
    if not beside:
        _lacks(table, "score")
    for name in tasks or ():
        if name not in beside:
            near = get_close_matches(name, list(beside), 1)
            remedy = f"Is {near[0]!r} meant" if near else f"Choose from {', '.join(beside)}"
            fail(f"{table.source}, row 1", f"no column for the task {name!r}", remedy)
    return [
        replace(
            entry,
            cells={**entry.cells, "task": _task(table, task)},
            columns={**columns, "task": task},
        )
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
                what = fault("beside_none", found=name, task=task, remedy=remedy)
                fail(f"{source}, row 1", *what)
    for name in beside:
        task = name.removesuffix("_error")
        if task != name and task in beside:
            fail(f"{source}, row 1", *fault("beside_error", found=name, task=task))
        for task in filter(beside.__contains__, _parts(name)):
            if any(_alike(name, task + suffix, 0.9) for suffix in SUFFIXES):
                fail(f"{source}, row 1", *fault("beside_misspelt", found=name, task=task))
    return beside


def _of_tasks(source: str, entries: list[Entry], tasks: list[str] | None) -> list[Entry]:
    if tasks is None:
        return entries
    found = sorted({entry.cells.get("task", "") for entry in entries})
    for name in tasks:
        if name not in found:
            near = get_close_matches(name, found, 1)
            remedy = f"Choose from {', '.join(found[:12])}"
            if found == [""]:
                remedy = "The table has no column 'task': leave it out"
            fail(
                source,
                f"{place('tasks')}: no task {name!r}",
                f"Is {near[0]!r} meant" if near else remedy,
            )
    return [entry for entry in entries if entry.cells.get("task") in tasks]


def of_metrics(source: str, entries: list[Entry], wanted: tuple[str, ...]) -> list[Entry]:
    """Return the entries of the wanted metrics; ``m`` also stands for each filter ``m,f``."""
    if not wanted:
        return entries
    if not any("metric" in entry.cells for entry in entries):
        remedy = "Leave it out, or add a column 'metric'"
        fail(source, f"no metric {wanted[0]!r}, for the table names none", remedy)
    found = sorted({entry.cells.get("metric", "none") for entry in entries})
    kept = [name for name in found if name in wanted or name.partition(",")[0] in wanted]
    for name in wanted:
        if not any(name in (each, each.partition(",")[0]) for each in kept):
            fail(source, f"no metric {name!r}; found {', '.join(found[:12])}", "Choose one of them")
    return [entry for entry in entries if entry.cells.get("metric") in kept]


def _sized(entries: list[Entry], sizes: Sizes) -> list[Entry]:
    problems, sized = Problems(), []
    for entry in entries:
        model = entry.cells.get("model", "")
        if model not in sizes.of:
            # To look for each model among all the sizes would take the square of their number.
            names = map(str, sizes.of) if len(problems) < SHOWN else ()
            near = get_close_matches(model, list(names), 1)
            remedy = f"Is {near[0]!r} meant" if near else f"Add it to {place('sizes')}"
            problems.add(entry.row.place, f"{place('sizes')} lacks the model {model!r}", remedy)
            continue
        cells = {**entry.cells, "scale": repr(float(sizes.of[model]))}
        beside = entry.beside | {name: of[model] for name, of in sizes.others.items()}
        sized.append(replace(entry, cells=cells, beside=beside))
    problems.stop()
    return sized
