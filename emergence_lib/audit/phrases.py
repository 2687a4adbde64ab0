"""What the audit says, once: Python and the workbench in the page fill in the same templates.

A place in a template of ``phrases.json`` names a value and one of `FORMS`: ``{seen:percent}``. A
fault has what is wrong, a remedy and, where the form in the page needs another one, that remedy.
So does a reason that tells what to do. ``{repeats=pool}`` and ``{chance=0.25}`` are arguments of
`reading.read` as the reader writes them, see `argument`.
"""

from __future__ import annotations

import json
import shlex
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import ROUND_HALF_UP, Context
from importlib.resources import files
from string import Formatter
from typing import Any

PHRASES: dict[str, dict[str, Any]] = json.loads(
    (files("emergence_lib.audit") / "phrases.json").read_text(encoding="utf-8")
)
SPELT = {"true": True, "false": False, "0.25": 0.25}
"""Values of arguments in templates that are no texts."""
COUNTS = {1e12: "trillion", 1e9: "billion", 1e6: "million"}
"""How counts are written, largest first; below they are written out, beyond as other numbers."""
COUNTABLE = ("parameters", "tokens", "steps", "iterations", "epochs")
MOST_COUNTED = 1e15
LONGEST_VALUE, LONGEST_PART = 300, 800
"""Characters that a value may take in a sentence, and a part of it that is put in as a whole."""


def escaped(text: object) -> str:
    """Return text that came from outside as one line that steers no terminal and no reader's eye.

    Control characters, line ends, marks that turn the direction of writing, and halves of
    characters are written out: the bell as a backslash and ``x07``.
    """
    found = str(text)
    if found.isprintable():
        return found
    return "".join(
        each
        if each.isprintable() or unicodedata.category(each) == "Zs"
        else each.encode("unicode_escape").decode("ascii")
        for each in found
    )


def shown(text: object, most: int = 400) -> str:
    """Return text from outside for a message or a heading: `escaped`, and its middle left out.

    Parameters
    ----------
    text : object
        A name, a cell, a place.
    most : int
        Characters that are shown, at least 20.
    """
    # Cut first, so that a text of any length costs little; escapes may have made it long again.
    return _cut(escaped(_cut(str(text), most)), most)


def _cut(text: str, most: int) -> str:
    ends = (most - 5) // 2
    return text if len(text) <= most else f"{text[:ends]} ... {text[-ends:]}"


def number(value: float, digits: int = 3) -> str:
    """Return a number with some significant digits, powers of ten as 1.2e10 and 1.2e-7."""
    text = f"{value:.{digits}g}"
    return text.replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")


def decades(width: float) -> str:
    """Return a width with its unit."""
    text = number(width, 2)
    return f"{text} decade" if text == "1" else f"{text} decades"


def span(width: Any) -> str:
    """Return an interval of widths, a `report.Range` or None."""
    if width is None:
        return "no rise that could be seen"
    return _interval(width, "{:.2f}".format, "any number of") + " decades"


def counted(value: float, digits: int = 3) -> str:
    """Return a count with some digits, 3 to 6, as one says it: 20 billion, 12,300."""
    rounded = float(Context(digits, ROUND_HALF_UP).create_decimal_from_float(value))
    if not 1000 <= rounded < MOST_COUNTED:
        return number(value, digits)
    for unit, word in COUNTS.items():
        if rounded >= unit:
            return f"{rounded / unit:.{digits}g} {word}"
    return f"{rounded:,.6g}"


def scale_number(value: float, unit: str) -> str:
    """Return a scale without its unit: a count of `COUNTABLE` things, else powers of ten."""
    return counted(value) if unit.endswith(COUNTABLE) else number(value)


def size(value: float, unit: str) -> str:
    """Return a scale with its unit: 20 billion parameters, 1.2e22 FLOP."""
    return _with_unit(scale_number(value, unit), unit)


def between(low: float, high: float, unit: str) -> str:
    """Return two scales with their unit: 1.3 to 2.7 billion parameters."""
    return _with_unit(_two(scale_number(low, unit), scale_number(high, unit)), unit)


def bounds(value: Any, unit: str) -> str:
    """Return an interval of scales, a `report.Range`, without the unit."""
    return _interval(value, lambda end: scale_number(end, unit), "it could be anywhere")


def _with_unit(text: str, unit: str) -> str:
    return f"{unit} {text}" if unit == "scale" else f"{text} {unit}"


def _two(low: str, high: str) -> str:
    """Return two numbers; what both are counted in is said once."""
    first, _, word = low.partition(" ")
    return f"{first} to {high}" if word and high.endswith(f" {word}") else f"{low} to {high}"


def estimate(value: Any) -> str:
    """Return a number and its interval, a `report.Range`."""
    return f"{number(value.best)} ({_interval(value, number, 'it could be anything')})"


def _interval(value: Any, write: Callable[[float], str], anything: str) -> str:
    """Return the ends that an interval has."""
    if value.low is None:
        return anything if value.high is None else f"at most {write(value.high)}"
    if value.high is None:
        return f"at least {write(value.low)}"
    return _two(write(value.low), write(value.high))


def score_range(value: Any) -> str:
    """Return a score and its interval, with a third digit where two would look alike."""
    low, high = value.low or 0.0, 1.0 if value.high is None else value.high
    digits = 2 if high - low > 0.02 else 3
    return f"{value.best:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def quoted(text: object) -> str:
    """Return what was found in a cell or a header, between quotation marks."""
    return f"'{shown(text, 60)}'"


_typed: ContextVar[bool] = ContextVar("whether the reader types options", default=False)


@contextmanager
def on_command_line() -> Iterator[None]:
    """Let all that is said meanwhile name options where it would name arguments of Python.

    The words are chosen where they are written and nothing is replaced afterwards: a file may be
    called ``by=seed``.
    """
    before = _typed.set(True)
    try:
        yield
    finally:
        _typed.reset(before)


def option(name: str) -> str:
    """Return the option of the command line for an argument of `reading.read`."""
    unlike = {"tasks": "--task", "source": "SOURCE"}
    return unlike.get(name, f"--{name.replace('_', '-')}")


def place(name: str) -> str:
    """Return the name of an argument of `reading.read`, as the reader knows it."""
    return option(name) if _typed.get() else name


def argument(name: str, value: object = None) -> str:
    """Return an argument of `reading.read` as the reader would write it.

    Parameters
    ----------
    name : str
        Of the argument.
    value : object
        What to give: a text, a number, a list, or a mapping in which ``...`` leaves a value open.
        Sizes come from a file on the command line, where ``all`` and ``none`` stand for True and
        False.
    """
    if not _typed.get():
        return f"{name}={'' if value is None else _python(value)}"
    if isinstance(value, bool):
        value = "all" if value else "none"
    if name == "sizes" and isinstance(value, Mapping):
        return "--sizes FILE"
    if isinstance(value, Mapping):
        values = [f"{key}={_python(each)}" for key, each in value.items()]
    elif isinstance(value, str) or not isinstance(value, Sequence):
        values = [] if value is None else [str(value)]
    else:
        values = list(map(str, value))
    return " ".join(f"{option(name)} {shlex.quote(each)}" for each in values) or option(name)


def _python(value: object) -> str:
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key!r}: {_python(each)}' for key, each in value.items())}}}"
    return "..." if value is ... else repr(value)


FORMS: dict[str, Callable[[Any], str]] = {
    "": str,
    "brief": lambda value: number(value, 2),
    "plain": lambda value: number(value, 6),
    "counted": lambda value: counted(value, 6),
    "tenths": lambda value: f"{value:.1f}",
    "decimals": lambda value: f"{value:.2f}",
    "percent": lambda value: f"{value:.0%}",
    "number_percent": lambda value: f"{number(100 * value, 2)}%",
    "signed_percent": lambda value: f"{'-' if value < 0 else '+'}{number(100 * abs(value), 2)}%",
    "percent_points": lambda value: f"{100 * value:g}",
    "points": lambda ends: f"{100 * ends[0]:+.1f} to {100 * ends[1]:+.1f}",
    "decades": decades,
    "span": span,
    "estimate": estimate,
    "score": score_range,
    "quoted": quoted,
    "whole": str,
}
"""How a value is written, by the name that a template gives."""


class _Filled(Formatter):
    def get_field(self, field_name: str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        name, equals, value = field_name.partition("=")
        if not equals:
            return super().get_field(field_name, args, kwargs)
        return argument(name, SPELT.get(value, value) if value else None), name

    def format_field(self, value: object, form: str) -> str:
        return shown(FORMS[form](value), LONGEST_PART if form == "whole" else LONGEST_VALUE)


def phrase(kind: str, name: str, **values: object) -> str:
    """Return a sentence of a report, or what a cell should hold."""
    template = PHRASES[kind][name]
    return _Filled().vformat(template if isinstance(template, str) else template[0], (), values)


def fault(name: str, **values: object) -> tuple[str, str]:
    """Return what is wrong and its remedy, as `reading.table.fail` takes them."""
    what, remedy = (_Filled().vformat(each, (), values) for each in PHRASES["fault"][name][:2])
    return what, remedy
