"""Scores of which less is better, turned round; and losses, which are no shares, told apart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TypeAlias

from emergence_lib.audit.curve import fail
from emergence_lib.audit.phrases import argument, fault, phrase, place, quoted
from emergence_lib.audit.reading.columns import Entry
from emergence_lib.audit.reading.metrics import (
    is_loss,
    is_loss_on,
    is_unknown,
    less_is_better,
    more_is_better,
    no_share,
    plain,
)
from emergence_lib.audit.reading.points import Point
from emergence_lib.audit.reading.table import BETTER, DIRECTIONS, Problems, column_name

Lower: TypeAlias = bool | Collection[str] | None
"""Whether less is better: by all metrics, by none, by some, or as source and names say."""

SAID = {
    **dict.fromkeys(("true", "1", "1.0", "yes"), True),
    **dict.fromkeys(("false", "0", "0.0", "no"), False),
}


def directed(
    source: str,
    entries: list[Entry],
    asked: Lower,
    named: Collection[str],
    *,
    keep: bool = False,
    other: str | None = None,
) -> tuple[list[Entry], tuple[str, ...]]:
    """Return entries that know whether less is better, and a note on losses that are left out.

    Parameters
    ----------
    source : str
        For messages.
    entries : list of Entry
    asked : bool or collection of str, optional
        See `Lower`.
    named : collection of str
        Metrics and tasks that were asked for: a loss among them is refused, unless it is kept.
    keep : bool
        Whether losses are kept, which `Entry.loss` tells apart.
    other : str, optional
        The second metric of other ones, which no loss can be.

    Raises
    ------
    CurveError
        If nothing but losses is left, or one was asked for; if a direction is misspelt.
    """
    names = dict.fromkeys(entry.metric for entry in entries)
    asked = _checked(source, asked, list(names))
    wanted = {plain(name) for name in named}
    losses = [
        name
        for name in names
        if asked is not False and (is_loss(name) or (is_loss_on(name) and plain(name) in wanted))
    ]
    unwelcome = {plain(other or "")} if keep else wanted
    refused = [name for name in losses if plain(name) in unwelcome]
    if refused and keep:
        remedy = f"Leave out {argument('other')}: losses have reports of their own"
        fail(source, *fault("loss", found=refused[0], remedy=remedy))
    if refused or (losses and not keep and len(losses) == len(names)):
        _refuse(source, (refused or losses)[0], entries, [x for x in names if x not in losses])
    problems = Problems()
    kept = []
    for entry in entries:
        if entry.metric not in losses:
            why = _why(entry, asked, problems)
            either = why is None and is_unknown(entry.cells.get("metric", ""))
            kept.append(replace(entry, lower=why or "", higher=why == "", either_way=either))
        elif keep:
            kept.append(replace(entry, loss=True))
    problems.stop()
    if keep or not losses:
        return kept, ()
    left = ", ".join(map(quoted, losses[:3])) + (" and more" if losses[3:] else "")
    return kept, (phrase("note", "losses", names=left),)


def _refuse(source: str, loss: str, entries: list[Entry], others: Sequence[str]) -> None:
    by = "tasks" if entries[0].wide else "metric"
    other = next((name for name in others), None)
    remedy = "Read it with read_losses, or choose an accuracy or another share of items"
    if other is not None:
        remedy = f"Choose {argument(by, [other] if by == 'tasks' else other)}"
    fail(source, *fault("loss", found=loss, remedy=remedy))


def _checked(source: str, asked: Lower, names: list[str]) -> Lower:
    """Return what was asked for with every metric as `plain` writes it."""
    if asked is None or isinstance(asked, bool):
        return asked
    chosen = [asked] if isinstance(asked, str) else list(map(str, asked))
    known = {plain(name): name for name in names}
    for name in chosen:
        if plain(name) not in known:
            near = get_close_matches(plain(name), list(known), 1)
            remedy = f"Is {quoted(known[near[0]])} meant" if near else "Choose one of them"
            found = ", ".join(map(quoted, names[:12]))
            fail(place("lower_is_better"), f"no metric {quoted(name)}; found {found}", remedy)
    return {plain(name) for name in chosen}


def _why(entry: Entry, asked: Lower, problems: Problems) -> str | None:
    """Return why less is better, as a sentence ends; nothing if more is, None if nobody says."""
    metric = plain(entry.metric)
    if asked is not None and (isinstance(asked, bool) or metric in asked):
        return "as given" if asked else ""
    for column in (*DIRECTIONS, BETTER):
        text = entry.row.cells.get(column, "")
        if not text:
            continue
        if column_name(text) not in SAID:
            here = f"{entry.row.place}, column {quoted(column)}"
            problems.add(here, *fault("direction", found=text))
            return None
        lower = SAID[column_name(text)] == (column == "lower_is_better")
        return f"as the {'files say' if column == BETTER else 'table says'}" if lower else ""
    if less_is_better(metric):
        return "as its name says"
    return "" if more_is_better(metric) else None


def turned(name: str, points: list[Point], problems: Problems) -> tuple[list[Point], str]:
    """Return points with 1 minus the score where less is better, and a note on that.

    Of metrics that are no shares of items, the number of items is dropped: it does not tell how
    exact they are. The chance level is dropped too, for it is that of an accuracy.
    """
    entry = points[0].entry
    other = next((point for point in points if point.entry.lower != entry.lower), None)
    if other is not None:
        problems.add(other.place, *fault("two_ways", curve=name))
    if not entry.lower:
        return points, ""
    dropped = {"chance", "items", "length"} if no_share(entry.metric) else {"chance"}
    around = [
        replace(
            point,
            values={
                role: 1 - value if role == "score" else value
                for role, value in point.values.items()
                if role not in dropped
            },
        )
        for point in points
    ]
    return around, phrase("note", "turned", metric=entry.metric, why=entry.lower)
