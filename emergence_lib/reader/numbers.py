"""The numbers behind a figure as tables on the page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from emergence_lib import theme
from emergence_lib.reader.artists import tables

NO_VALUE = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"


def number(value: object) -> str:
    """Write one cell: four significant digits, powers of ten outside 0.0001 to a million."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if not isinstance(value, int | float | np.integer | np.floating):
        return NO_VALUE if value is None or value is pd.NA else str(value)
    return _digits(float(value)).replace("-", MINUS)


def _digits(value: float) -> str:
    size = abs(value)
    if math.isnan(size):
        return NO_VALUE
    if math.isinf(size):
        return "∞" if value > 0 else "-∞"
    if size and (size >= 1e6 or size < 1e-4):
        mantissa, power = f"{value:.3e}".split("e")
        digits = mantissa.rstrip("0").rstrip(".")
        return f"{digits} × 10{str(int(power)).translate(theme.RAISED)}"
    if value.is_integer():
        return f"{int(value):,}"
    if size >= 1000:
        return f"{value:,.0f}"
    return f"{float(f'{value:.4g}')}"


def table_html(table: pd.DataFrame, caption: str, at: str = "") -> str:
    """Write a table with a caption and column heads that screen readers announce.

    Parameters
    ----------
    table : DataFrame
        Its index is left out.
    caption : str
        What it holds.
    at : str
        The settings it belongs to, for the file that a reader takes along.
    """
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
    settings = f' data-em-at="{escape(at)}"' if at else ""
    return (
        f'<div class="em-table" role="group" tabindex="0" aria-label="{escape(caption)}">'
        f"<table{settings}><caption>{escape(caption)}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _side(right: bool) -> str:
    return ' class="em-number"' if right else ""


def numbers_html(
    figures: Sequence[Figure], title: str, data: pd.DataFrame | None = None, at: str = ""
) -> str:
    """Return every table of a drawing as HTML, empty if nothing in it is labelled.

    Parameters
    ----------
    figures : sequence of Figure
        Where labelled artists are looked for.
    title : str
        The figure's message; it becomes the caption of each table.
    data : DataFrame, optional
        Shown instead of what the artists hold; a named index becomes the first columns.
    at : str
        The start settings of a figure with controls, which its table does not follow.
    """
    if at:
        title = f"{title} (at the start settings: {at})"
    if data is not None:
        named_index = any(name is not None for name in data.index.names)
        return table_html(data.reset_index() if named_index else data, title, at)
    found = []
    for table in tables(figures):
        heads = (table.attrs["title"], title, table.attrs["unit"])
        found.append(table_html(table, " - ".join(filter(None, heads)), at))
    return "".join(found)
