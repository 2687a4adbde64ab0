"""What the reader in the page goes by: names, patterns and sentences of the readers here.

Whatever `assets/workbench.js` looks up or searches for travels with its form, so that no list
stands in two languages.
"""

from __future__ import annotations

import re
from typing import Any

from emergence_lib.audit.phrases import PHRASES
from emergence_lib.audit.reading import (
    chance,
    columns,
    direction,
    harness,
    metrics,
    notation,
    points,
    scales,
    settings,
    table,
    tasks,
)

WHOLE = {
    "number": table.NUMBER,
    "thousands": points.THOUSANDS,
    "pointed": points.POINTED,
    "numeric": table.NUMERIC,
    "missing": table.MISSING,
    "letters": scales.SUFFIXED,
    "suffixed": points.SUFFIXED,
    "grouped": scales.GROUPED,
    "decimal": scales.DECIMAL,
    "setting": columns.SETTING,
    "label": columns.LABEL,
    "tag": columns.TAG,
    "noScore": columns.NO_SCORES,
    "noise": columns.NOISE,
    "loss": metrics.LOSS,
    "wrong": metrics.WRONG,
    "less": metrics.LESS,
    "uncertainty": metrics.UNCERTAINTY,
    "more": metrics.MORE,
    "plain": metrics.PLAIN,
    "chosen": chance.CHOSEN,
    "overlap": chance.OVERLAP,
    "accuracy": harness.ACCURACY,
    "unnamed": table.UNNAMED,
    "count": table.COUNT,
    "json": table.JSON,
    "rule": table.RULE,
    "strong": table.STRONG,
    "named": scales.NAMED,
    "thousandsMarked": notation.THOUSANDS,
    "elsewhere": tasks.ELSEWHERE,
}
"""Patterns of a whole name or cell."""
PARTS = {"logarithm": scales.LOGARITHM, "size": scales.SIZE, "board": tasks.LEADERBOARD}
PARTS |= {"percent": table.PERCENT}
"""Patterns of a part of one."""


def carried() -> dict[str, Any]:
    """Return what the form carries, ready for JSON; patterns as their text and flags."""
    return {
        "columns": columns.ALIASES,
        "longOnly": columns.LONG_ONLY,
        "suffixes": columns.SUFFIXES,
        "units": scales.UNITS,
        "limits": points.LIMITS,
        # The page reads no folders, and refers to Python for losses.
        "phrases": {
            kind: {name: _on_page(kind, said) for name, said in of.items()}
            for kind, of in PHRASES.items()
            if kind not in ("folder", "loss")
        },
        "whole": {name: _pattern(pattern) for name, pattern in WHOLE.items()},
        "parts": {name: _pattern(pattern) for name, pattern in PARTS.items()},
        "tasks": [(number, _pattern(pattern)) for number, pattern in tasks.TASKS.items()],
        "ordinary": sorted(tasks.ORDINARY),
        "counts": chance.WORDS,
        "directions": table.DIRECTIONS,
        "said": direction.SAID,
        "own": settings.OWN,
        "none": sorted(settings.NONE),
        "scale": {
            "units": scales.SCALE_UNITS,
            "powers": scales.POWERS,
            "bases": scales.BASES,
            "logs": scales.LOGS,
            "letters": scales.LETTERS,
            "heads": scales.HEADS,
            "others": sorted(scales.NO_SCALE),
            "words": scales.WORDS,
            "last": scales.LAST,
            "most": scales.MOST,
            "fewest": scales.FEWEST,
            "cramped": scales.CRAMPED,
            "bare": scales.BARE,
        },
    }


def _on_page(kind: str, said: str | list[str]) -> str | list[str]:
    """Return a template without the words for Python, where the page has its own: the last."""
    if isinstance(said, str):
        return said
    return [said[0], said[-1]] if kind == "fault" else said[-1]


def _pattern(pattern: re.Pattern[str]) -> tuple[str, str]:
    # In Python, the letters and digits of any language are characters of words.
    source = pattern.pattern.replace(r"\w", r"[\p{L}\p{N}_]")
    return source, "iu" if pattern.flags & re.IGNORECASE else "u"
