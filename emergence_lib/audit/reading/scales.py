"""What a scale is written in: letters, logarithms, billions, or the names of the models."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeAlias

import numpy as np

from emergence_lib.audit.curve import SCALES, Curve, above, fail
from emergence_lib.audit.phrases import argument, counted, fault, number, phrase, quoted, shown
from emergence_lib.audit.verdict import FEWEST as MODELS

POWERS = {"percent": -2, "plain": 0, "thousands": 3, "millions": 6, "billions": 9, "trillions": 12}
"""Power of ten behind each unit that a scale may be written in."""
BASES = {"log10": 10.0, "log2": 2.0, "ln": math.e}
LOGS = {"log10": "logarithms", "log2": "logarithms to base 2", "ln": "natural logarithms"}
SCALE_UNITS = (*POWERS, *BASES)
NAMES = "names"
"""Stands for the sizes in the names of the models."""

LETTERS = {"k": 3, "m": 6, "b": 9, "bn": 9, "t": 12}
LETTERS |= {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
SUFFIXED = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([a-z]+)", re.IGNORECASE)
GROUPED = re.compile(
    r"[1-9][0-9]{0,2}(?:(?:,[0-9]{3}){2,}|(?:\.[0-9]{3}){2,}"
    r"|([ '\u00a0\u2009\u202f\u2019])[0-9]{3}(?:\1[0-9]{3})*)"
)
"""Digits in groups of three. After one comma or point, three digits could also be decimals."""
DECIMAL = re.compile(r"[0-9]+([.,])(?:[0-9]{3} ?[a-z]*|[0-9]*[1-9][0-9]*)", re.IGNORECASE)
"""A number that seems to have decimals, other than 10.0."""

PARAMETERS, COMPUTE, TOKENS = "parameters", "training compute (FLOP)", "training tokens"
UNITS = {
    "scale": "scale",
    **dict.fromkeys(("params", "parameters", "n_params", "num_params"), PARAMETERS),
    **dict.fromkeys(("train_flops", "flops", "compute"), COMPUTE),
    **dict.fromkeys(("tokens", "train_tokens"), TOKENS),
}
"""Columns that can be the scale, the first before the others, and its name on an axis."""
Rows: TypeAlias = Sequence[Mapping[str, float]]
HEADS = {"param": PARAMETERS, "size": PARAMETERS, "flop": COMPUTE, "compute": COMPUTE}
HEADS |= {"token": TOKENS}
"""How the words of a column begin that is a scale in another unit, and the name of that scale."""
NAMED = re.compile(
    r"#?_?(?:(?:model|network|n|num|no|number_of|total|count_of|count)_)*"
    r"(?:sizes?|param(?:eter)?s?)(?:_(?:count|total))?"
    r"|(?:(?:total|train|training)_)*(?:flops?|compute)|(?:training_)?tokens(?:_seen)?"
)
"""Other names of columns that are taken for the scale, and that is said."""
NO_SCALE = {"batch", "vocab", "vocabulary", "context", "hidden", "window", "step", "image", "file"}
NO_SCALE |= {"kernel", "chunk", "max", "prompt", "output", "generated", "answer", "patch"}
"""Other things that have a size or a number of tokens."""
LOGARITHM = re.compile(r"(?<![a-z])(?:(log10|log2|ln|log)(?![a-z])|(log10|log2|log)(?=[pfcts]))")
WORDS = {"thousands": ("thousand", "thousands"), "millions": ("million", "millions", "mio")}
WORDS |= {"billions": ("billion", "billions", "bn"), "trillions": ("trillion", "trillions")}
WORDS |= {"percent": ("percent", "percentage", "pct")}
LAST = {"k": "thousands", "m": "millions", "b": "billions", "t": "trillions"}
MOST = {"log10": 50.0, "log2": 166.0, "ln": 115.0, "percent": 100.0}
MOST |= {"thousands": 1e10, "millions": 1e7, "billions": 1e5, "trillions": 1e4}
"""Up to which value a scale can be in a unit; larger ones are the plain numbers."""
FEWEST = {
    PARAMETERS: (1e4, ("billions", "millions", "log10")),
    COMPUTE: (60, ("log10",)),
    TOKENS: (20, ("log10", "billions", "trillions")),
}
"""Below what the least is hardly one of parameters, FLOP or tokens, and what else it could be."""
BARE = 1e4
"""Below what a number without letters is in some unit if others of its column have letters."""
CRAMPED = 10**1.5
"""How many times the least the largest can be among logarithms of scales far apart."""

SAME_SCALE = 0.25
"""Relative difference up to which another scale is this one, counted or rounded differently."""

SIZE = re.compile(
    r"(?<![A-Za-z0-9.])(?:([0-9]+)([bm])([0-9])|([0-9]+(?:\.[0-9]+)?)([bm]))(?![A-Za-z0-9])",
    re.IGNORECASE,
)
"""Parameters in the name of a model: ``410m``, ``6.7b``, ``7b1``; not in ``web3base``, ``8x7b``."""


@dataclass(frozen=True)
class Sizes:
    """Scales of models by name, what they are, and other scales of the same models as text."""

    of: Mapping[str, float]
    unit: str | None = None
    others: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def spelt(text: str, comma: bool) -> str | None:
    """Return the plain number that a text like ``1.3B`` or ``1 300 000 000`` stands for.

    Parameters
    ----------
    text : str
        A cell.
    comma : bool
        Whether a comma can only be a decimal comma.
    """
    if GROUPED.fullmatch(text):
        return re.sub(r"[^0-9]", "", text)
    written = text
    if comma and not re.search(r",[0-9]{3} ?[a-z]", text, re.IGNORECASE):
        written = text.replace(",", ".", 1)
    found = SUFFIXED.fullmatch(written)
    if found is None or found[2].lower() not in LETTERS:
        return None
    return str(Decimal(found[1]).scaleb(LETTERS[found[2].lower()]))


def converted(text: str, unit: str) -> float:
    """Return the scale that a plain number in some unit stands for; 0 if it is beyond any."""
    if unit == "plain" or float(text) == math.inf:
        return float(text)
    if unit in POWERS:
        # In decimals, so that 1.3 billions are the 1.3e9 of a file that writes them in full.
        return float(Decimal(text).scaleb(POWERS[unit]))
    exponent = float(text) * math.log10(BASES[unit])
    return float(BASES[unit] ** float(text)) if abs(exponent) < 300 else 0.0


def axis(column: str) -> str | None:
    """Return the name of the scale that a column holds, by the words in its name."""
    words = re.findall(r"[a-z]+", LOGARITHM.sub(" ", column))
    if NO_SCALE & set(words):
        return None
    heads = (unit for word in words for head, unit in HEADS.items() if word.startswith(head))
    return next(heads, None)


def units(column: str) -> tuple[str, ...]:
    """Return the units that the name of a column says its numbers are in."""
    log = LOGARITHM.search(column)
    if log:
        base = log[1] or log[2]
        return ("log10", "ln", "log2") if base == "log" else (base,)
    words = re.findall(r"[a-z]+", column)
    if "%" in column:
        return ("percent",)
    named = [unit for unit, names in WORDS.items() if set(names) & set(words)]
    if not named and len(words) > 1 and words[-1] in LAST:
        named = [LAST[words[-1]]]
    return tuple(named)


def is_other(column: str) -> bool:
    """Tell whether a column is a scale by its name, in another unit or under another name."""
    return axis(column) is not None and bool(units(column) or NAMED.fullmatch(column))


def refuse_groups(place: str, title: str, texts: Iterable[str]) -> None:
    """Refuse a scale with a point or comma that groups digits in one cell, but not in another."""
    grouped: dict[str, str] = {}
    decimal: dict[str, str] = {}
    for text in texts:
        found = DECIMAL.fullmatch(text)
        if found:
            decimal.setdefault(found[1], text)
        elif GROUPED.fullmatch(text):
            grouped.setdefault(re.sub("[0-9]", "", text)[0], text)
    for mark in ".,":
        if mark in grouped and mark in decimal:
            found_both = {"grouped": grouped[mark], "found": decimal[mark]}
            fail(place, *fault("groups", title=title, **found_both))


def refuse_doubtful(
    place: str,
    title: str,
    could: Sequence[str],
    values: Sequence[float],
    lettered: bool = False,
) -> None:
    """Refuse a scale that seems to be a logarithm, a percentage or written in billions.

    Parameters
    ----------
    place, title : str
        Of the column that holds it.
    could : sequence of str
        What its numbers could be in, see `doubts`; nothing is refused without any.
    values : sequence of float
        As they are written.
    lettered : bool
        Whether there are others, with letters that say their unit.
    """
    if not could:
        return
    low, high = number(min(values)), number(max(values))
    called = [LOGS.get(unit, unit) for unit in could]
    as_if = " or ".join(filter(None, [", ".join(called[:-1]), called[-1]]))
    options = ", ".join(argument("scale_unit", unit) for unit in could)
    plain = argument("scale_unit", "plain")
    remedy = f"Say what it is: {options}, or {plain} if these are the numbers themselves"
    ends = {"low": low, "high": high, "where": " where it has no letters" if lettered else ""}
    fail(place, *fault("doubtful", title=title, **ends, units=as_if, remedy=remedy))


def doubts(
    column: str, known: str, values: Sequence[float], lettered: bool = False
) -> tuple[str, ...]:
    """Return the units that a scale could be in if its numbers are not plain; none if they are.

    The numbers are those without letters, and ``lettered`` tells that there are others.
    """
    if not values:
        return ()
    largest = max(map(abs, values))
    some = {each for each in values if each}  # models of no size are left out
    least = min(some, default=math.inf)
    if lettered and least < BARE:
        return units(column) or ("billions", "millions")
    fewest, otherwise = FEWEST.get(known, (0, ()))
    could = units(column) or (otherwise if least < fewest else ())
    # What spans one decade may be logarithms of many; too few models get no verdict anyway.
    if not units(column) and len(some) >= MODELS and max(some) < CRAMPED * least:
        could = tuple(dict.fromkeys((*could, *BASES)))
    return tuple(unit for unit in could if largest <= MOST[unit])


def size_in(name: str) -> float | None:
    """Return the number of parameters that the name of a model tells, if it tells just one."""
    for part in (name.rstrip("/").rpartition("/")[2], name):
        found = {_size(match) for match in SIZE.finditer(part)}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _size(match: re.Match[str]) -> float:
    whole, letter, tenth, digits, other = match.groups()
    power = LETTERS[(letter or other).lower()]
    return float(Decimal(digits or f"{whole}.{tenth}").scaleb(power))


def family(name: str) -> str | None:
    """Return the words around the size in the name of a model; None without a size.

    What has a digit behind the size, as versions and steps have, is no part of it.
    """
    part = name.rstrip("/").rpartition("/")[2]
    match = SIZE.search(part)
    if match is None:
        return None
    before = part[: match.start()].strip("-_. ").lower()
    behind = [
        word.lower()
        for word in re.split(r"[-_. ]+", part[match.end() :])
        if word.isalpha() and word.lower() != "hf"
    ]
    return " ".join(filter(None, [before, *behind]))


def offered(names: Iterable[str]) -> str:
    """Return the sizes that names tell, and how to take them, as the end of a remedy."""
    found = {name: size for name in names if (size := size_in(name)) is not None}
    if len(set(found.values())) < 2:
        return ""  # checkpoints of one model
    some = [f"{shown(name, 60)} {counted(size)}" for name, size in list(found.items())[:8]]
    more = f" and {len(found) - 8} more" if len(found) > 8 else ""
    return f"; or take the sizes in the names, with {argument('sizes', NAMES)}: " + (
        ", ".join(some) + more
    )


def from_names(place: str, names: Iterable[str]) -> dict[str, float]:
    """Return the sizes in the names of models, or refuse what names none."""
    found = {name: size_in(name) for name in names}
    lacking = [name for name, size in found.items() if size is None]
    if lacking:
        what = f"no one size in the name of {quoted(lacking[0])}"
        more = f" and of {len(lacking) - 1} more models" if lacking[1:] else ""
        fail(place, what + more, "Give a file with the columns model,scale in its place")
    return {name: size for name, size in found.items() if size is not None}


def along(curve: Curve, beside: Sequence[Rows], unit: str) -> tuple[Curve | None, list[str]]:
    """Return a curve's scores by another scale, or a sentence that says why there is none.

    Parameters
    ----------
    curve : Curve
    beside : sequence of sequence of mapping
        For each of its scales, what the rows there hold by column: a number above 0, or 0.
    unit : str
        What its own scale is.
    """
    why: list[str] = []
    least, most = SCALES
    for column, named in UNITS.items():
        if named == unit or not any(column in row for rows in beside for row in rows):
            continue
        found = [{row.get(column, 0.0) for row in rows} for rows in beside]
        values = np.array([min(each) for each in found])
        if np.allclose(values, curve.scale, rtol=SAME_SCALE, atol=0):
            continue
        if any(len(each) > 1 for each in found):
            obstacle = "along_differs"
        elif values.min() <= 0:
            obstacle = "along_no_number"
        elif not above(values[1:], values[:-1]).all():
            obstacle = "along_not_rising"
        elif not least <= values[0] <= values[-1] <= most:
            obstacle = "along_beyond"
        elif doubts(column, named, values.tolist()):
            obstacle = "along_doubtful"
        else:
            other = curve.other and replace(curve.other, scale=values, unit=named)
            return replace(curve, scale=values, unit=named, other=other, notes=()), []
        why.append(phrase("note", obstacle, unit=named, column=column, least=least, most=most))
    return None, why[:1]
