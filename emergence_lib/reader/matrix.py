"""A matrix whose rows open: for each row, by column, for, against, both or nothing; then its text.

Each row is a native ``<details>``, so it opens by pointer, key and voice without a script, and on
paper. `matrix.js` turns the columns' names into buttons that open the rows with something to say.
What stands in an opened row is the page's own: it goes between `row` and `ROW_END`. Its pieces
carry the class `piece` gives, by which a column finds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

SAYS = {"for": "for", "against": "against", "both": "for and against"}
"""How a cell's mark is read out."""
ROW_END = "</div></details>"
END = "</section>"


def head(name: str, title: str, corner: str, columns: Mapping[str, str]) -> str:
    """Return the beginning of a matrix: its key, and the names of its columns.

    Parameters
    ----------
    name : str
        Unique on the page; the anchor is ``matrix-NAME``.
    title : str
        What the matrix shows, for those who do not see it.
    corner : str
        What the rows are.
    columns : mapping of str to str
        A short key for each column, and its name.

    Raises
    ------
    ValueError
        If there are no columns.
    """
    if not columns:
        raise ValueError("columns is empty; name at least one kind of thing that rows speak to")
    names = "".join(
        f'<span data-em-column="{escape(key)}"><span>{escape(words)}</span></span>'
        for key, words in columns.items()
    )
    marks = "".join(
        f'<span><i class="em-says" data-em-says="{says}"></i> {words}</span>'
        for says, words in SAYS.items()
    )
    return (
        f'<section class="em-matrix" id="matrix-{name}" aria-label="{escape(title)}" '
        f'style="--columns:{len(columns)}"><p class="em-marks em-kicker">{marks}</p>'
        f'<div class="em-heads em-kicker"><span>{escape(corner)}</span>{names}</div>'
        '<p class="em-spoken em-kicker" role="status"></p>'
    )


def row(
    key: str, name: str, note: str, cells: Mapping[str, str], columns: Mapping[str, str]
) -> str:
    """Return the line of a row, which opens it.

    Parameters
    ----------
    key, name : str
        Its short name, which is its anchor too, and its name.
    note : str
        Said below the name in small print.
    cells : mapping of str to str
        By column ``"for"``, ``"against"``, ``"both"`` or ``""``.
    columns : mapping of str to str
        As for `head`.

    Raises
    ------
    ValueError
        If a column has no cell, or a cell says something else.
    """
    if list(cells) != list(columns) or set(cells.values()) - {"", *SAYS}:
        raise ValueError(
            f"cells of {key}: found {dict(cells)}, want one of {', '.join(SAYS)} or nothing for "
            f"each of {', '.join(columns)}"
        )
    marks = "".join(
        f'<span class="em-cell" data-em-cell="{escape(column)}">'
        f'<i class="em-says" data-em-says="{says}"></i>'
        f'<span class="em-hidden">{escape(columns[column])}: {SAYS[says]}.</span></span>'
        if says
        else f'<span class="em-cell" data-em-cell="{escape(column)}"></span>'
        for column, says in cells.items()
    )
    return (
        f'<details class="em-row" id="{escape(key)}"><summary><span class="em-row-name">'
        f'<span class="em-key">{escape(key)}</span> {escape(name)} '
        f'<small class="em-kicker">{escape(note)}</small></span>{marks}</summary>'
        '<div class="em-opened">'
    )


def piece(column: str) -> str:
    """Return the class of what a row says under a column."""
    return f"em-under-{column}"
