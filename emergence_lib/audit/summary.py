"""Many curves at a glance: one table by verdict and width, as text, Markdown and plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from math import inf
from typing import Any

from emergence_lib.audit.phrases import scale_number, shown, size, span
from emergence_lib.audit.report import Report
from emergence_lib.audit.verdict import Obstacle, Verdict
from emergence_lib.audit.words import markdown, sentence, to_dict

KINDS = {
    "sharp": (Verdict.BOTH, Verdict.SHARP, Verdict.METRIC),
    "smooth": (Verdict.SMOOTH,),
    "flat": (Verdict.FLAT,),
    "undecided": (Verdict.UNKNOWN,),
}
"""Verdicts by the word that stands for them, in the order of the table."""
ORDER = tuple(verdict for some in KINDS.values() for verdict in some)
IN_BRIEF = ("verdict", "obstacle", "width", "threshold")
"""What the table holds of a report, by the names of `words.to_dict`."""
NAME = 40
"""Characters of a name in a table of text."""


def ordered(reports: Iterable[Report]) -> list[Report]:
    """Return reports by verdict, sharp first and undecided last, then by the upper end of width."""
    return sorted(reports, key=lambda each: (ORDER.index(each.verdict), _width(each)))


def only(reports: Iterable[Report], kinds: Collection[str]) -> list[Report]:
    """Return the reports whose verdict is of some of the `KINDS`."""
    wanted = [verdict for kind in kinds for verdict in KINDS[kind]]
    return [each for each in reports if each.verdict in wanted]


def headline(reports: Iterable[Report]) -> str:
    """Say how many curves have which verdict."""
    found = Counter(each.verdict for each in reports)
    count = found.total()
    some = ", ".join(f"{found[verdict]} {verdict}" for verdict in ORDER if verdict in found)
    return f"{count} curve{'' if count == 1 else 's'}{': ' if some else ''}{some}."


def titles(reports: Sequence[Report]) -> list[str]:
    """Return what the columns of the table are called."""
    unit = _unit(reports)
    half_way = "half-way" if unit is None else f"half-way, {shown(unit, 60)}"
    return ["curve", "verdict", "width, decades", half_way, "why undecided"]


def rows(reports: Sequence[Report]) -> list[list[str]]:
    """Return the cells of the table, a row a report; the name is as it was given."""
    alike = _unit(reports) is not None
    return [
        [
            each.curve.name,
            str(each.verdict),
            span(each.width).removesuffix(" decades") if _told(each) else "",
            _half_way(each, alike),
            str(each.obstacle or ""),
        ]
        for each in reports
    ]


def to_text(reports: Sequence[Report]) -> str:
    """Return the table for a terminal, in the order of the reports."""
    table = [[shown(name, NAME), *cells] for name, *cells in rows(reports)]
    head = titles(reports)
    widths = [max(map(len, column)) for column in zip(head, *table, strict=True)]
    lines = [head, ["-" * width for width in widths], *table]
    return "".join("  ".join(map(str.ljust, line, widths)).rstrip() + "\n" for line in lines)


def to_markdown(reports: Sequence[Report]) -> str:
    """Return the table in Markdown, in the order of the reports."""
    head = titles(reports)
    table = [[shown(name), *cells] for name, *cells in rows(reports)]
    lines = [[markdown(cell) for cell in line] for line in (head, *table)]
    lines.insert(1, ["---"] * len(head))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def to_brief(report: Report) -> dict[str, Any]:
    """Return a row of the table as plain numbers and text, ready for JSON."""
    found, curve = to_dict(report), report.curve
    told = {name: found[name] for name in IN_BRIEF}
    said = {"name": curve.name, "unit": curve.unit, "models": len(curve.scale)}
    return {**said, **told, "sentence": sentence(report)}


def _told(report: Report) -> bool:
    """Tell whether a width can be told: it has one, and is not that of one reading of many."""
    return report.width is not None and report.obstacle is not Obstacle.UNSAID


def _width(report: Report) -> tuple[float, float]:
    """Return the largest width that is possible, as the table shows it, and the best one."""
    if report.width is None or not _told(report):
        return inf, inf
    return inf if report.width.high is None else report.width.high, report.width.best


def _half_way(report: Report, alike: bool) -> str:
    if not _told(report) or report.threshold is None:
        return ""
    return (scale_number if alike else size)(report.threshold.best, report.curve.unit)


def _unit(reports: Sequence[Report]) -> str | None:
    """Return the unit of scale, if all have the same."""
    units = {each.curve.unit for each in reports}
    return units.pop() if len(units) == 1 else None
