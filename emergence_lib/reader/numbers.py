"""The numbers behind a figure, as tables: read from its labelled artists, written as HTML."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

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

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
NO_VALUE = "\N{EN DASH}"
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Series:
    """One labelled artist: a position and one or more named columns of values."""

    label: str
    x: Values
    columns: dict[str, Values]


def tables(figures: Sequence[Figure]) -> list[pd.DataFrame]:
    """Return a table for each pair of axes that has labelled artists; its title is in ``attrs``.

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
            x, y = _floats(line.get_xdata()), _floats(line.get_ydata())
            if len(x):
                yield Series(label, x, {label: y})
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
        x = _floats(line.get_xdata())
        columns = {label: _floats(line.get_ydata())}
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
    position = across.get_label_text() or "position"
    height = up.get_label_text() or "value"
    same = all(np.array_equal(each.x, series[0].x, equal_nan=True) for each in series)
    columns = [name for each in series for name in each.columns]
    if same and len(set(columns)) == len(columns) and position not in columns:
        wide: dict[str, object] = {position: _named(across, series[0].x)}
        for each in series:
            wide |= {name: _named(up, values) for name, values in each.columns.items()}
        table = pd.DataFrame(wide)
        if len(columns) > 1 and up.get_label_text():
            table.attrs["unit"] = height
        return table
    rows: list[pd.DataFrame] = []
    for each in series:
        rows += [
            pd.DataFrame(
                {"series": name, position: _named(across, each.x), height: _named(up, values)}
            )
            for name, values in each.columns.items()
        ]
    return pd.concat(rows, ignore_index=True)


def _named(axis: Axis, values: Values) -> object:
    """Return category names where the axis names its ticks, else the values."""
    formatter = axis.get_major_formatter()
    if not isinstance(formatter, FixedFormatter | FuncFormatter | StrCategoryFormatter):
        return values
    places = [float(place) for place in axis.get_majorticklocs()]
    names = dict(zip(places, formatter.format_ticks(places), strict=True))
    if not all(names.get(float(value)) for value in values):
        return values
    return [names[float(value)].replace("\n", " ") for value in values]


def number(value: object) -> str:
    """Write one cell: four significant digits, powers of ten outside 0.0001 to a million."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if not isinstance(value, int | float | np.integer | np.floating):
        return NO_VALUE if value is None or value is pd.NA else str(value)
    size = abs(float(value))
    if math.isnan(size):
        return NO_VALUE
    if math.isinf(size):
        return "∞" if float(value) > 0 else "-∞"
    if size and (size >= 1e6 or size < 1e-4):
        mantissa, power = f"{float(value):.3e}".split("e")
        digits = mantissa.rstrip("0").rstrip(".")
        return f"{digits} × 10{str(int(power)).translate(SUPERSCRIPTS)}"
    if float(value).is_integer():
        return f"{int(value):,}"
    if size >= 1000:
        return f"{float(value):,.0f}"
    return f"{float(f'{float(value):.4g}')}"


def table_html(table: pd.DataFrame, caption: str) -> str:
    """Write a table with a caption and column heads that screen readers announce."""
    numeric = [pd.api.types.is_numeric_dtype(table[name]) for name in table.columns]
    heads = "".join(
        f'<th scope="col"{_side(right)}>{escape(str(name))}</th>'
        for name, right in zip(table.columns, numeric, strict=True)
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td{_side(right)}>{escape(number(cell))}</td>"
            for cell, right in zip(row, numeric, strict=True)
        )
        + "</tr>"
        for row in table.itertuples(index=False, name=None)
    )
    return (
        f'<div class="em-table" role="group" tabindex="0" aria-label="{escape(caption)}">'
        f"<table><caption>{escape(caption)}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _side(right: bool) -> str:
    return ' class="em-number"' if right else ""


def numbers_html(figures: Sequence[Figure], title: str, data: pd.DataFrame | None = None) -> str:
    """Return every table of a drawing as HTML, empty if nothing in it is labelled.

    Parameters
    ----------
    figures : sequence of Figure
        Where labelled artists are looked for.
    title : str
        The figure's message; it becomes the caption of each table.
    data : DataFrame, optional
        Shown instead of what the artists hold; a named index becomes the first columns.
    """
    caption_of: Callable[[pd.DataFrame], str] = lambda table: " - ".join(  # noqa: E731
        part
        for part in (str(table.attrs.get("title", "")), title, str(table.attrs.get("unit", "")))
        if part
    )
    if data is not None:
        named_index = any(name is not None for name in data.index.names)
        return table_html(data.reset_index() if named_index else data, title)
    return "".join(table_html(table, caption_of(table)) for table in tables(figures))
