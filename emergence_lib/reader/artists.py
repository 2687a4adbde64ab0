"""The numbers that a figure's labelled artists hold, as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryFormatter
from matplotlib.collections import FillBetweenPolyCollection, PathCollection
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FuncFormatter
from numpy.typing import NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Series:
    """One labelled artist: a position and one or more named columns of values."""

    label: str
    x: Values
    columns: dict[str, Values]


def tables(figures: Sequence[Figure]) -> list[pd.DataFrame]:
    """Return a table for each pair of axes that has labelled artists; title and unit in ``attrs``.

    Artists that share their positions become columns side by side; otherwise the rows of all
    are put under each other, with the label in the first column.
    """
    found: list[pd.DataFrame] = []
    for figure in figures:
        for axes in figure.axes:
            series = list(_series(axes))
            if series:
                table = _table(axes, series)
                table.attrs["title"] = axes.get_title("left") or axes.get_title()
                found.append(table)
    return found


def _series(axes: Axes) -> Iterator[Series]:
    parts: set[int] = set()
    for container in axes.containers:
        label = str(container.get_label())
        if isinstance(container, ErrorbarContainer):
            parts.update(id(artist) for artist in _flat(container))
            if _public(label):
                yield _errorbar(container, label)
        elif isinstance(container, BarContainer) and _public(label):
            yield _bars(container, label)
    for line in axes.lines:
        label = str(line.get_label())
        if id(line) not in parts and _public(label):
            # Without units: names and dates are numbers here.
            x, y = _floats(line.get_xdata(orig=False)), _floats(line.get_ydata(orig=False))
            if len(x):
                # A point drawn again and again (a curve that waits) is told once.
                new = np.r_[True, (np.diff(x) != 0) | (np.diff(y) != 0)]
                yield Series(label, x[new], {label: y[new]})
    for collection in axes.collections:
        label = str(collection.get_label())
        if not _public(label):
            continue
        if isinstance(collection, PathCollection):
            points: Values = np.ma.filled(
                np.ma.asarray(collection.get_offsets(), dtype=float), np.nan
            )
            yield Series(label, points[:, 0], {label: points[:, 1]})
        elif isinstance(collection, FillBetweenPolyCollection):
            yield _band(collection, label)


def _public(label: str) -> bool:
    return bool(label) and not label.startswith("_")


def _flat(items: Iterable[object]) -> Iterator[object]:
    for item in items:
        if isinstance(item, tuple):
            yield from _flat(item)
        else:
            yield item


def _floats(values: object) -> Values:
    return np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)


def _errorbar(container: ErrorbarContainer, label: str) -> Series:
    line, _, bars = container.lines
    segments = [segment for bar in bars for segment in bar.get_segments()]
    ends = np.array([segment[:, 1] for segment in segments if np.ptp(segment[:, 1]) > 0])
    if line is None:
        x = np.array([segment[0, 0] for segment in segments])
        columns = {}
    else:
        x = _floats(line.get_xdata(orig=False))
        columns = {label: _floats(line.get_ydata(orig=False))}
    if len(ends) == len(x):
        columns[f"{label}, low"] = ends.min(axis=1)
        columns[f"{label}, high"] = ends.max(axis=1)
    return Series(label, x, columns)


def _bars(container: BarContainer, label: str) -> Series:
    if container.orientation == "horizontal":
        middle = [bar.get_y() + bar.get_height() / 2 for bar in container.patches]
        length = [bar.get_width() for bar in container.patches]
    else:
        middle = [bar.get_x() + bar.get_width() / 2 for bar in container.patches]
        length = [bar.get_height() for bar in container.patches]
    return Series(label, _floats(middle), {label: _floats(length)})


def _band(collection: FillBetweenPolyCollection, label: str) -> Series:
    corners = np.concatenate([path.vertices for path in collection.get_paths()])
    x = np.unique(corners[:, 0])
    at = [corners[corners[:, 0] == position, 1] for position in x]
    low = np.array([values.min() for values in at])
    high = np.array([values.max() for values in at])
    return Series(label, x, {f"{label}, low": low, f"{label}, high": high})


def _table(axes: Axes, series: Sequence[Series]) -> pd.DataFrame:
    sideways = any(
        isinstance(container, BarContainer) and container.orientation == "horizontal"
        for container in axes.containers
    )
    across, up = (axes.yaxis, axes.xaxis) if sideways else (axes.xaxis, axes.yaxis)
    position = across.get_label_text() or _shared_label(axes, sideways) or "position"
    height = up.get_label_text() or "value"
    same = all(np.array_equal(each.x, series[0].x, equal_nan=True) for each in series)
    columns = [name for each in series for name in each.columns]
    if same and len(set(columns)) == len(columns) and position not in columns:
        wide: dict[str, object] = {position: _named(across, series[0].x)}
        for each in series:
            wide |= {name: _named(up, values) for name, values in each.columns.items()}
        table = pd.DataFrame(wide)
        # One column bears the name of its artist; of several only the unit is common.
        table.attrs["unit"] = up.get_label_text() if len(columns) > 1 else ""
        return table
    rows: list[pd.DataFrame] = []
    for each in series:
        rows += [
            pd.DataFrame(
                {"series": name, position: _named(across, each.x), height: _named(up, values)}
            )
            for name, values in each.columns.items()
        ]
    table = pd.concat(rows, ignore_index=True)
    table.attrs["unit"] = ""
    return table


def _shared_label(axes: Axes, sideways: bool) -> str:
    """Return what a panel below with the same axis calls it: there it is written once for all."""
    which = "y" if sideways else "x"
    ends = getattr(axes, f"get_{which}lim")()
    alike = [each for each in axes.figure.axes if getattr(each, f"get_{which}lim")() == ends]
    return str(getattr(alike[-1], f"get_{which}label")())


def _named(axis: Axis, values: Values) -> object:
    """Return category names where the axis names its ticks, else the values."""
    formatter = axis.get_major_formatter()
    if not isinstance(formatter, FixedFormatter | FuncFormatter | StrCategoryFormatter):
        return values
    places = [float(place) for place in axis.get_majorticklocs()]
    words = formatter.format_ticks(places)
    # The middle of a bar is its tick but for rounding.
    names = {round(place, 9): word for place, word in zip(places, words, strict=True)}
    found = [names.get(round(float(value), 9), "") for value in values]
    return [name.replace("\n", " ") for name in found] if all(found) else values
