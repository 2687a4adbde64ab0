"""What guessing scores on a task, and who says so: the caller, the source, or a table of tasks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from emergence_lib.audit.phrases import argument, fault, phrase, place, shown
from emergence_lib.audit.reading import tasks
from emergence_lib.audit.reading.columns import Entry
from emergence_lib.audit.reading.harness import ACCURACY, FREE, UNKNOWN, UNSAID
from emergence_lib.audit.reading.metrics import plain
from emergence_lib.audit.reading.points import PerTask, Point, constant
from emergence_lib.audit.reading.table import GUESS, Problems

CHOSEN = re.compile(r"score|value|accuracy|acc(_\w+)?")
"""Metrics by which a guess among n options is right once in n times."""
OVERLAP = re.compile("f1|rouge.*|bleu|exact")
"""Metrics, besides the accuracies, by which an answer that is written freely gets 0 by guessing."""
WORDS = {2: "two", 3: "three", 4: "four", 5: "five", 10: "ten"}
LONGEST_NAME = 60
"""Characters of a name within an option: one that is cut short, no option would take."""
NEAR = 0.005
"""Difference up to which a chance level is another one rounded: 0.33 is one of three options."""


@dataclass(frozen=True)
class Given:
    """What the caller says of a curve: in spite of everything, of its task, of all the rest."""

    everywhere: float | None = None
    task: float | None = None
    rest: float | None = None


@dataclass(frozen=True)
class Level:
    """A chance level, None if unknown, with where it comes from and what there is to say."""

    value: float | None
    source: str = ""
    notes: tuple[str, ...] = ()


def given(chance: PerTask, everywhere: float | None, name: str, task: str) -> Given:
    """Return what the options ``chance`` and ``chance_for_all`` say of a curve.

    Parameters
    ----------
    chance : number or mapping
        A mapping goes by the name of a curve or a task; its key None stands for the rest.
    everywhere : float, optional
    name, task : str
        Of the curve, and of its task.
    """
    if not isinstance(chance, Mapping):
        return Given(everywhere, None, chance)
    return Given(everywhere, chance.get(name, chance.get(task)), chance.get(None))


def level(name: str, points: list[Point], said: Given, problems: Problems) -> Level:
    """Return the chance level of a curve.

    What is said in spite of everything goes before what is said of the task by name; then come the
    source, what is said of the rest, and the built-in table of tasks.
    """
    for option in (said.everywhere, said.task):
        if option is not None:
            return Level(option, "given")
    found = _of_source(name, points, problems)
    if said.rest is None:
        return _built_in(points, found) if found.value is None else found
    if found.value is None:
        return Level(said.rest, "given")
    return found if abs(said.rest - found.value) < NEAR else _kept(name, points, found, said.rest)


def second(name: str, points: list[Point], said: Given, problems: Problems) -> Level:
    """Return the chance level of a second score, which stands in a column of its own."""
    if said.everywhere is not None:
        return Level(said.everywhere, "given")
    found = constant(name, points, "other_chance", None, problems)
    return Level(found, "" if found is None else "as the table says")


def _kept(name: str, points: list[Point], found: Level, rest: float) -> Level:
    """Return what the source says, with a note that what was said of the rest is not used."""
    task = points[0].entry.cells.get("task") or name
    remedy = _setting(task, rest)
    if remedy is None:
        alone = f"{argument('chance_for_all', rest)}, of this task alone with {place('tasks')},"
        remedy = alone
    values = {"found": found.value, "source": found.source, "rest": rest, "remedy": remedy}
    return Level(found.value, found.source, (phrase("note", "chance_kept", **values),))


def _of_source(name: str, points: list[Point], problems: Problems) -> Level:
    """Return what a column says, or result files."""
    told = constant(name, points, "chance", None, problems)
    if told is not None:
        return Level(told, "as the table says")
    entry = points[0].entry
    found = {point.entry.cells[GUESS]: point for point in points if GUESS in point.entry.cells}
    found.pop(UNSAID, None)
    if UNKNOWN in found:
        found.pop(UNKNOWN)
        if not found:
            return Level(None, "", (_choices_unsaid(entry),))
    if len(found) > 1:
        one, two = list(found)[:2]
        if FREE in found:
            what = f"{name}: answers written out in one file, chosen among options in another"
            clash = what, "Read the files of each kind from a folder of their own"
        else:
            clash = fault("varies", curve=name, role="chance", one=float(one), two=float(two))
        problems.add(found[two].place, *clash)
        return Level(None)
    value = next(iter(found), None)
    if value is None or not _applies(value, entry):
        return Level(None)
    if value == FREE:
        # How an answer is given is no chance level: yes or no may be asked for in words.
        return Level(None, "", (_written_out(entry),))
    return Level(float(value), "as the files say")


def _applies(value: str, entry: Entry) -> bool:
    """Tell whether the chance level of a task is that of a metric."""
    metric = plain(entry.metric)
    return bool(ACCURACY.fullmatch(metric) or (value == FREE and OVERLAP.fullmatch(metric)))


def _written_out(entry: Entry) -> str:
    offered = tasks.options(entry.cells["task"], files=True)
    though = f", though each question has {WORDS[offered]} options" if offered else ""
    return f"The answers are written out{though}; what guessing scores then, nobody says."


def _choices_unsaid(entry: Entry) -> str:
    what = "It is multiple choice, and the files do not say how many choices there are"
    remedy = _setting(entry.cells["task"], 0.25)
    if remedy is None:
        remedy = f"{argument('chance', 0.25)}, of this task alone with {place('tasks')}"
    return f"{what}; for four, give {remedy}."


def _setting(task: str, level: float) -> str | None:
    """Return the option that sets the level of one task; None if its name cannot be shown whole."""
    return argument("chance", {task: level}) if shown(task, LONGEST_NAME) == task else None


def _built_in(points: list[Point], found: Level) -> Level:
    """Return the chance level of a well-known task, or else what was found before."""
    entry = points[0].entry
    task, metric = entry.cells.get("task", ""), "score" if entry.wide else plain(entry.metric)
    number_of = tasks.options(task, files=GUESS in entry.cells)
    if number_of == 0 and (CHOSEN.fullmatch(metric) or _applies(FREE, entry)):
        return Level(0.0, phrase("note", "no_options", task=shown(task, 60)))
    written = any(point.entry.cells.get(GUESS) == FREE for point in points)
    if number_of and CHOSEN.fullmatch(metric) and not written:
        count = WORDS[number_of]
        return Level(1 / number_of, phrase("note", "options", task=shown(task, 60), count=count))
    return found
