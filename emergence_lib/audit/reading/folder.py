"""Files and folders of evaluation results as one table: what is read, passed over, run again."""

from __future__ import annotations

import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from emergence_lib.audit.curve import CurveError, fail
from emergence_lib.audit.phrases import argument, fault, phrase, place, quoted, shown
from emergence_lib.audit.reading import harness, scales
from emergence_lib.audit.reading.harness import Score
from emergence_lib.audit.reading.sizes import Known
from emergence_lib.audit.reading.table import BETTER, GUESS, LARGEST, Problems, Table, read_text

AGAIN = "Write or copy the file again"
DATA = (".json", ".jsonl", ".csv", ".tsv", ".ipynb", ".parquet", ".xlsx")
"""Ends of the names of files that may hold scores: of these, none is passed over in silence."""
COMPANIONS = re.compile(
    r"samples_.*\.jsonl|.*(?:predictions|requests|recorded-inputs)\.jsonl|metrics-all\.jsonl"
    r"|(?:run_spec|scenario|scenario_state|instances|per_instance_stats|display_.*)\.json"
    r"|details_.*\.parquet"
)
"""Files that a harness writes beside its results: no scores of a task are in them alone."""
STAMP = re.compile(r"(\d{4}-\d{2}-\d{2})[T_ ](\d{2})[-:](\d{2})[-:](\d{2}(?:\.\d+)?)")
SOME = 4
"""Names that a note lists."""
ANSWERS = {"score", "stderr", "items", "params", GUESS, BETTER}
"""Cells in which two runs of one model on one task may differ."""


@dataclass(frozen=True)
class File:
    """A file, and its name within the folder that was given, or whole if there are several."""

    path: Path
    name: str

    def matches(self, pattern: str) -> bool:
        """Tell whether a pattern means this file, or a folder that holds it."""
        *folders, own = Path(self.name).parts
        return any(matches(pattern, each) for each in (str(self.path), self.name, own, *folders))


def matches(pattern: str, name: str) -> bool:
    """Tell whether a name is a pattern, or fits it: ``*`` stands for any letters."""
    return name == pattern or fnmatchcase(name, pattern)


@dataclass
class Choice:
    """Tasks and files to keep, and those to leave out, by name or pattern.

    What a pattern means, task or file, is what there is: ``found`` remembers which fitted anything.
    """

    only: Sequence[str] = ()
    without: Sequence[str] = ()
    found: set[str] = field(default_factory=set)
    left: list[str] = field(default_factory=list)

    def files(self, files: Iterable[File]) -> list[File]:
        """Return the files that are kept."""
        return self._kept(list(files), File.matches, lambda file: file.name)

    def tasks(self, names: Iterable[str]) -> set[str]:
        """Return the tasks that are kept."""
        return set(self._kept(list(dict.fromkeys(names)), lambda name, by: matches(by, name), str))

    def _kept(
        self,
        all_of: list[Any],
        fits: Callable[[Any, str], bool],
        called: Callable[[Any], str],
    ) -> list[Any]:
        here = {by for by in (*self.only, *self.without) if any(fits(each, by) for each in all_of)}
        self.found |= here
        wanted = [by for by in self.only if by in here]
        kept = [
            each
            for each in all_of
            if (not wanted or any(fits(each, by) for by in wanted))
            and not any(fits(each, by) for by in self.without)
        ]
        self.left += [called(each) for each in all_of if each not in kept]
        return kept

    def check(self, known: Iterable[str]) -> None:
        """Refuse a pattern that fits nothing; ``known`` are the names that it could have meant."""
        for name in ("only", "without"):
            for pattern in getattr(self, name):
                if pattern not in self.found:
                    names = list(known)
                    near = get_close_matches(pattern, names, 1)
                    remedy = f"There is {listed(names)}" if any(names) else "Leave it out"
                    remedy = f"Is {quoted(near[0])} meant" if near else remedy
                    fail(place(name), f"no task or file {quoted(pattern)}", remedy)

    def note(self) -> list[str]:
        """Return a sentence on what was left out, if anything."""
        return [phrase("folder", "as_asked", names=listed(self.left))] if self.left else []


def listed(names: Sequence[str], most: int = SOME) -> str:
    """Return some names, and how many more there are."""
    some = ", ".join(shown(name, 80) for name in names[:most])
    more = len(names) - most
    return some + (f" and {more} more" if more > 0 else "")


def files(source: Path, unreadable: Callable[[OSError], None] | None = None) -> list[File]:
    """Return the files of a folder that could hold scores, in order; of a file, itself.

    Parameters
    ----------
    source : Path
    unreadable : callable, optional
        Takes the error where a folder inside cannot be looked into.
    """
    if not os.path.isdir(source):
        return [File(source, source.name)]
    paths = sorted(
        Path(here) / name
        for here, _, names in os.walk(source, onerror=unreadable)
        for name in names
        if name.endswith(DATA) and not COMPANIONS.fullmatch(name)
    )
    return [File(path, path.relative_to(source).as_posix()) for path in paths]


def from_sources(
    sources: Sequence[Path],
    sizes: scales.Sizes | str | None,
    wanted: Collection[str],
    choice: Choice,
    pool: bool,
) -> tuple[Table, list[str]]:
    """Read every result file of some folders, and some result files.

    Parameters
    ----------
    sources : sequence of Path
    sizes : Sizes, optional
        Scale of each model by its name (whole, or behind the last slash), ``NAME@REVISION``, file
        name or folder name; or `scales.NAMES` for the sizes in the names. Without it, the number of
        parameters that newer files carry is taken.
    wanted : collection of str
        Metrics to read besides the accuracies, such as ``"f1"``.
    choice : Choice
        Which files and tasks are read.
    pool : bool
        Whether runs of one model count together, and not the newest alone.

    Returns
    -------
    Table
    list of str
        A sentence each on what was passed over, left out or changed.

    Raises
    ------
    CurveError
        Naming every file that was meant to be read and cannot be, or all that was found instead.
    """
    where = ", ".join(map(str, sources))
    problems = Problems()

    def unreadable(error: OSError) -> None:
        problems.add(str(error.filename), "no permission to read it", "Change its permissions")

    known: dict[Path, File] = {}
    for source in sources:
        for file in files(source, unreadable):
            own = replace(file, name=str(file.path)) if sources[1:] else file
            known.setdefault(file.path.resolve(), own)
    if not known and not problems:
        fail(where, "no JSON file in this folder", "Give the --output_path of lm_eval")
    found = choice.files(known.values())
    scores, passed, unread = _scores(found, sizes, wanted, problems)
    if not scores:
        choice.check([file.name for file in known.values()])
        problems.stop()
        _refuse_all(where, wanted, passed, unread, choice)
    tasks = [score.row.cells["task"] for score in scores]
    kept = choice.tasks(tasks)
    choice.check([*dict.fromkeys(tasks), *(file.name for file in known.values())])
    problems.stop()
    notes = harness.completed(scores)
    scores = [score for score in scores if score.row.cells["task"] in kept]
    if not scores:
        fail(where, f"nothing is left of {listed(list(dict.fromkeys(tasks)))}", "Leave out less")
    scores, reruns = newest(scores, pool)
    rows = [score.row for score in scores]
    notes = [*reruns, *notes, *choice.note(), *_unread(unread, scores, wanted)]
    if passed:
        notes.append(phrase("folder", "passed", names=_reasons(passed)))
    columns = {name: name for row in rows for name in row.cells}
    unit = "scale" if isinstance(sizes, scales.Sizes) else scales.PARAMETERS
    return Table(where, columns, rows, unit=unit), notes


def _scores(
    found: list[File],
    sizes: scales.Sizes | str | None,
    wanted: Collection[str],
    problems: Problems,
) -> tuple[list[Score], dict[str, str], dict[str, list[str]]]:
    """Return the scores of all files, the files passed over and why, and metrics not read."""
    scores: list[Score] = []
    passed: dict[str, str] = {}
    unread: defaultdict[str, list[str]] = defaultdict(list)
    sized = Known(sizes, Counter(file.path.stem for file in found))
    for file in found:
        try:
            content = _content(file)
            if isinstance(content, str):
                passed[file.name] = content
                continue
            common = sized.model(file.path, file.name, content)
            stamp = _stamp(file, content)
            told = harness.scores(file.path, content, common, wanted, unread)
            scores += [replace(score, file=file.name, stamp=stamp) for score in told]
        except CurveError as error:
            problems.add_error(error)
    sized.check(problems)
    return scores, passed, unread


def _content(file: File) -> dict[str, Any] | str:
    """Return what a file holds in the form of lm-evaluation-harness, or why it is none."""
    path = file.path
    if path.suffix != ".json":
        return "no result file"
    if any(part.startswith(".") for part in Path(file.name).parts):
        return "hidden"
    size = path.stat().st_size if path.is_file() else 1
    if not 0 < size <= LARGEST:
        return f"larger than {LARGEST // 10**6} MB" if size else "empty"
    leave = f", or leave it out with {argument('without', file.name)}"
    text = read_text(path, AGAIN + leave)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        if not re.search(r'"(results|metrics|primary_score)"', text):
            return "no JSON"
        line, why = str(path), str(error)
        if isinstance(error, json.JSONDecodeError):
            line, why = f"{path}, line {error.lineno}", f"{error.msg}, column {error.colno}"
        fail(line, f"broken JSON ({why})", AGAIN + leave)
    return harness.content_of(path, content)


def check(path: Path) -> None:
    """Refuse a file that holds no results, with what it holds."""
    why = _content(File(path, path.name))
    if isinstance(why, str):
        what, remedy = fault("json")
        fail(str(path), f"{what}, or results of lm_eval, OLMES or HELM ({why})", remedy)


def _stamp(file: File, content: dict[str, Any]) -> float | None:
    """Return when a run was made, by the name of its file or what it says, in seconds."""
    date = content.get("date")
    for text in (file.path.name, file.path.parent.name, date):
        found = STAMP.search(text) if isinstance(text, str) else None
        if found:
            day, hour, minute, second = found.groups()
            try:
                time = datetime.fromisoformat(f"{day}T{hour}:{minute}:{float(second):09.6f}")
            except ValueError:
                continue
            return time.replace(tzinfo=UTC).timestamp()
    return date if isinstance(date, int | float) and date > 0 else None


def _refuse_all(
    where: str,
    wanted: Collection[str],
    passed: dict[str, str],
    unread: dict[str, list[str]],
    choice: Choice,
) -> None:
    """Refuse sources without any score, and say what was found instead."""
    if unread:
        known = ", ".join(sorted(unread)[:12])
        what = f"no {' or '.join(wanted) or 'accuracy'} in any file; metrics found: {known}"
        fail(where, what, f"Name one of them with {argument('metric')}")
    if choice.left:
        fail(where, f"no result file is left; left out {listed(choice.left)}", "Leave out less")
    tables = [name for name in passed if name.endswith((".csv", ".tsv"))]
    remedy = "Give the --output_path of lm_eval, or the folder of an OLMES or HELM run"
    remedy += f"; tables are read when they are named themselves: {tables[0]}" if tables else ""
    fail(where, f"no result file among those in it; found {_reasons(passed)}", remedy)


def _reasons(passed: dict[str, str]) -> str:
    """Return the files that were passed over by why they were."""
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    for name, why in passed.items():
        by_reason[why].append(name)
    return "; ".join(f"{listed(names, 8)} ({why})" for why, names in by_reason.items())


def _unread(
    unread: dict[str, list[str]], scores: list[Score], wanted: Collection[str]
) -> list[str]:
    """Return a sentence on metrics that were not read; of a metric that was named, on the tasks."""
    read = {score.row.cells["task"] for score in scores}
    by_metric = {
        name: [task for task in dict.fromkeys(tasks) if not (wanted and task in read)]
        for name, tasks in sorted(unread.items())
    }
    names = [f"{name} ({listed(tasks, 2)})" for name, tasks in by_metric.items() if tasks]
    return [phrase("folder", "unread", names=listed(names, 8))] if names else []


def newest(scores: list[Score], pool: bool) -> tuple[list[Score], list[str]]:
    """Return scores without older runs of one model in one setting, and a sentence on them.

    Parameters
    ----------
    scores : list of Score
    pool : bool
        Whether runs that differ stay, to be added up. Equal answers count once all the same.
    """
    runs: defaultdict[tuple[tuple[str, str], ...], list[Score]] = defaultdict(list)
    for score in scores:
        cells = score.row.cells
        runs[tuple(sorted(item for item in cells.items() if item[0] not in ANSWERS))].append(score)
    older: dict[str, None] = {}
    copies: dict[str, None] = {}
    apart, dropped = 0.0, set()
    for same in runs.values():
        last = max(same, key=lambda score: score.stamp or 0.0)
        dated = all(score.stamp is not None for score in same)
        if dated and not pool and sum(score.stamp == last.stamp for score in same) == 1:
            for score in same:
                if score is not last:
                    dropped.add(id(score))
                    older[score.file] = None
                    apart = max(apart, _difference(score, last))
            continue
        first: dict[tuple[str | None, ...], Score] = {}
        for score in sorted(same, key=lambda score: -(score.stamp or 0.0)):
            answers = tuple(score.row.cells.get(cell) for cell in ("score", "stderr", "items"))
            if first.setdefault(answers, score) is not score:
                dropped.add(id(score))
                copies[score.file] = None
    notes = []
    if older:
        differ = f", whose scores differ by up to {apart:.2g}" if apart else ", with equal scores"
        notes.append(phrase("folder", "newest", names=listed(list(older)), differ=differ))
    if copies:
        notes.append(phrase("folder", "copies", names=listed(list(copies))))
    return [score for score in scores if id(score) not in dropped], notes


def _difference(one: Score, other: Score) -> float:
    try:
        return abs(float(one.row.cells["score"]) - float(other.row.cells["score"]))
    except ValueError:
        return 0.0
