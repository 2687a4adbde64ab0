"""A long table that readers search, narrow and sort, with a small curve in some of its rows.

Everything is in the markup: without a script the whole table stands there to read. `browse.js`
adds a search box, a menu, and a button in each column's head.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from html import escape

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emergence_lib.reader import markup
from emergence_lib.reader.controls import OWN_KEYS
from emergence_lib.reader.figure import CODE_HERE, check_words, message, quiet_line
from emergence_lib.reader.output import Output

ASSETS = ("figure.css", "browse.css", "browse.js")
WIDTH, HEIGHT, EDGE = 96, 28, 3
"""Of a small curve, px; its points keep clear of the edge."""
MANY = 12
"""Points beyond which a curve is a cloud and is not joined."""

Values = NDArray[np.float64]
Points = tuple[Values, Values, float]
"""Scales, scores from 0 to 1, and the score of a guess (NaN: not drawn)."""


def browse(
    table: pd.DataFrame,
    *,
    name: str,
    alt: str,
    caption: str,
    source: str,
    choose: str,
    order: Mapping[str, Sequence[float]],
    curves: tuple[str, Sequence[Points | None]],
    largest_first: Collection[str] = (),
) -> Output:
    """Show a table that readers can search, narrow to one value of a column, and sort.

    Parameters
    ----------
    table : DataFrame
        What each cell says; after a line break in small print. The first column names the row.
    name, alt, caption, source : str
        As in `reader.show`.
    choose : str
        Column whose first lines the menu offers, where they are not empty.
    order : mapping of str to sequence of float
        By column, what its rows are sorted by instead of their words; NaN comes last.
    curves : tuple of str and sequence of Points
        A column, and for each row the curve drawn above its words, or None.
    largest_first : collection of str
        Columns that are sorted downwards first; the others begin with the smallest.

    Raises
    ------
    ValueError
        If words are missing, a column is unknown, or a sequence is not as long as the table.
    """
    check_words(name, alt, caption)
    pictured, drawn = curves
    columns = [str(column) for column in table]
    for what, column, length in [
        ("choose", choose, len(table)),
        ("curves", pictured, len(drawn)),
        *(("order", column, len(values)) for column, values in order.items()),
        *(("largest_first", column, len(table)) for column in largest_first),
    ]:
        if column not in columns:
            raise ValueError(f"{what}: found column {column!r}, want one of {', '.join(columns)}")
        if length != len(table):
            raise ValueError(f"{what}: found {length} values for {column!r}, want {len(table)}")
    heads = "".join(
        f'<th scope="col"{" data-em-down" if column in largest_first else ""}>{escape(column)}</th>'
        for column in columns
    )
    rows = "".join(
        "<tr>"
        + "".join(
            cell(
                at == 0,
                str(table[column].iloc[row]),
                order[column][row] if column in order else None,
                drawn[row] if column == pictured else None,
            )
            for at, column in enumerate(columns)
        )
        + "</tr>"
        for row in range(len(table))
    )
    values = dict.fromkeys(first_line(each) for each in table[choose])
    options = "".join(f"<option>{escape(each)}</option>" for each in values if each)
    lead, rest = markup.first_sentence(caption.strip())
    parts = {"how": ("Code", CODE_HERE), "from": ("Source", f"<p>{markup.inline(source)}</p>")}
    return Output(
        f'<figure id="fig-{name}" class="em-figure em-browse em-wide" data-em-name="{name}" '
        f'aria-labelledby="fig-{name}-lead">'
        f'<figcaption class="em-lead" id="fig-{name}-lead">{markup.inline(lead)}</figcaption>'
        '<form class="em-find" hidden>'
        f'<label>search <input type="search" autocomplete="off" {OWN_KEYS}></label>'
        f'<label>{escape(choose)} <select data-em-column="{table.columns.get_loc(choose)}" '
        f'{OWN_KEYS}><option value="">all</option>{options}</select></label>'
        f'<span role="status">{len(table)} of {len(table)} rows</span>'
        '<span class="em-swipe">swipe for more columns</span></form>'
        f'<div class="em-table" role="group" tabindex="0" aria-label="{escape(message(caption))}">'
        f'<table><caption class="em-hidden">{escape(alt)}</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
        f'<div class="em-side"><p class="em-caption">{markup.inline(rest)}</p></div>'
        f"{quiet_line(name, parts)}</figure>",
        markup.plain(caption),
        assets=ASSETS,
    )


def cell(heads_row: bool, said: str, key: float | None, points: Points | None) -> str:
    """Return one cell: a small curve if there is one, words, and their small print."""
    words, _, small = said.partition("\n")
    tag, scope = ("th", ' scope="row"') if heads_row else ("td", "")
    # A cell without a number is left empty here, and sorts last.
    by = "" if key is None else f' data-em-by="{"" if np.isnan(key) else f"{key:.6g}"}"'
    fine = f" <small>{escape(small)}</small>" if small else ""
    return f"<{tag}{scope}{by}>{spark(points) if points else ''}{escape(words)}{fine}</{tag}>"


def first_line(said: str) -> str:
    """Return what a cell says before its small print."""
    return said.partition("\n")[0]


def spark(points: Points) -> str:
    """Draw scores, 0 to 1, against the logarithm of scale, from its first value to its last."""
    scale, score, chance = points
    x = np.log10(scale)
    across = EDGE + (WIDTH - 2 * EDGE) * (x - x[0]) / (x[-1] - x[0])
    down = HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * score
    places = [f"{a:.0f} {d:.1f}".removesuffix(".0") for a, d in zip(across, down, strict=True)]
    line = f'<path d="M{"L".join(places)}"/>' if len(places) <= MANY else ""
    # A dot is a piece of no length with round ends.
    dots = f'<path class="em-dots" d="{"".join(f"M{place}h0" for place in places)}"/>'
    level = HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * chance
    guess = "" if np.isnan(chance) else f'<path class="em-guess-line" d="M0 {level:.1f}h{WIDTH}"/>'
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">{guess}{line}{dots}</svg>'
