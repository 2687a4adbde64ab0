"""CSV files and data frames as rows of text, each knowing its place; no cell is judged here."""

from __future__ import annotations

import csv
import io
import os
import re
import stat
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from emergence_lib.audit.curve import CurveError, fail, said
from emergence_lib.audit.phrases import fault, shown

NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
NUMERIC = re.compile(
    r"[-+]?[0-9.,' \u00a0\u2009\u202f]*[0-9][0-9.,]*(?:e[-+]?[0-9]+)? ?(?:%|k|m|bn?|t)?"
    r"|[-+]?inf",
    re.IGNORECASE,
)
"""A number in any way of writing."""
MISSING = re.compile(r"(?:n/?a|nan|none|null|-+)?", re.IGNORECASE)
"""A cell without a number among numbers; among words, `none` is one of them."""
SHOWN = 10
"""Problems that one message lists."""
SAVE_AS = "Save it as CSV UTF-8 (comma delimited)"
LARGEST = 50_000_000
"""Bytes of a file that is read; as rows they take about twenty times as much memory."""

GUESS, BETTER = "chance level of the file", "whether more is better in the file"
"""Columns of tables made from result files; with their blanks, no header can be named so."""
DIRECTIONS = ("higher_is_better", "lower_is_better")
"""Columns that say which way a metric is better: true or false."""


@dataclass(frozen=True)
class Row:
    """One row: where it stands, for messages, and its cells by column name."""

    place: str
    cells: dict[str, str]


@dataclass
class Table:
    """Rows of text below one header.

    ``titles`` holds the columns as they were written, by the name used here. ``comma`` tells that
    a comma inside a cell can only be a decimal comma; ``unit`` names the scale where the source
    knows it.
    """

    source: str
    titles: dict[str, str]
    rows: list[Row]
    comma: bool = False
    unit: str | None = None

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in order."""
        return list(self.titles)


def has_words(rows: list[Row], column: str) -> bool:
    """Tell whether a column holds a word in any row, so that its numbers are words too."""
    cells = {row.cells.get(column, "") for row in rows}
    return not all(NUMERIC.fullmatch(cell) or MISSING.fullmatch(cell) for cell in cells)


def is_text(rows: list[Row], column: str) -> bool:
    """Tell whether a column holds words and no number, so that it is no score with a slip."""
    cells = {row.cells.get(column, "") for row in rows}
    return has_words(rows, column) and not any(map(NUMERIC.fullmatch, cells))


class Problems:
    """Everything wrong with one source, so that one message can say all of it."""

    def __init__(self) -> None:
        self.places: dict[str, list[str]] = {}
        self.count = 0

    def __len__(self) -> int:
        """Return how many places are wrong."""
        return self.count

    def add(self, place: str, what: str, remedy: str) -> None:
        """Note one problem; what is alike in several places is told once."""
        self._note(place, said(what, remedy))

    def add_error(self, error: CurveError) -> None:
        """Note an error that tells its place itself."""
        place, _, rest = str(error).partition(": ")
        self._note(place, rest)

    def _note(self, place: str, text: str) -> None:
        self.places.setdefault(text, []).append(place)
        self.count += 1

    def stop(self) -> None:
        """Raise `CurveError` if there was any."""
        lines = []
        for text, (first, *rest) in self.places.items():
            also = f" (and {len(rest)} more like it, next {shown(rest[0])})" if rest else ""
            lines.append(f"{shown(first)}{also}: {text}")
        if len(lines) > SHOWN:
            lines[SHOWN:] = [f"... and {len(lines) - SHOWN} more problems"]
        if lines:
            raise CurveError("\n".join(lines))


def column_name(title: object) -> str:
    """Return a header cell as the library looks it up: lower case, ``_`` for spaces and hyphens."""
    return re.sub(r"[\s\-]+", "_", str(title).strip().lower())


def read_text(path: Path, remedy: str = SAVE_AS) -> str:
    """Return the text of a UTF-8 file, with or without byte order mark, or say why not.

    Parameters
    ----------
    path : Path
        Of a regular file of at most `LARGEST` bytes.
    remedy : str
        What to do about a file that is not text.
    """
    raw = _bytes(path)
    if raw.startswith(b"PK\x03\x04"):
        fail(str(path), "a workbook or archive, not text", remedy)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        fail(str(path), "text in UTF-16, want UTF-8", remedy)
    if b"\0" in raw:
        fail(_row(path, raw, raw.index(b"\0")), "a NUL byte, so this is not text", remedy)
    if len(raw) > LARGEST:
        what = f"more than {LARGEST // 10**6} MB, which is the most that is read"
        fail(str(path), what, "Leave out what the audit does not need, or split it")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"not UTF-8 (byte 0x{raw[error.start]:02x})"
        fail(_row(path, raw, error.start), what, remedy)
    if not text.strip():
        fail(str(path), "the file is empty", "Check that the export ran to its end")
    return text


def _bytes(path: Path) -> bytes:
    """Return a regular file, up to what is too much; a pipe or a device may never end or begin."""
    try:
        regular = stat.S_ISREG(path.stat().st_mode)
        raw = b""
        if regular:
            with path.open("rb") as file:
                raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        near = get_close_matches(path.name, _neighbours(path), 1)
        remedy = f"Is {near[0]} meant" if near else "Check the name and the folder"
        fail(str(path), "no such file", remedy)
    except PermissionError:
        fail(str(path), "no permission to read it", "Change its permissions or copy it")
    except (OSError, ValueError) as error:
        fail(f"{str(path)!r:.200}", f"cannot be read ({error})", "Check the name and the disk")
    if not regular:
        fail(str(path), "not a regular file", "Write what it holds to a file and give that")
    return raw


def _row(path: Path, raw: bytes, at: int) -> str:
    row = raw[:at].count(b"\n") + 1
    return f"{path}, row {row}"


def _neighbours(path: Path) -> list[str]:
    try:
        return os.listdir(path.parent)
    except OSError:
        return []


def from_csv(path: Path) -> Table:
    """Read a CSV file: commas, semicolons or tabs between the cells.

    Raises
    ------
    CurveError
        If the file cannot be read, or a row has more or fewer cells than the header.
    """
    text = read_text(path)
    try:
        delimiter = max(",;\t", key=lambda mark: len(_records(text, mark, 1)[0]))
        records = _records(text, delimiter)
    except csv.Error as error:
        fail(str(path), f"not a table ({error})", "Look for a quotation mark that is never closed")
    titles = [cell.strip() for cell in records[0]][: max(map(_used, records))]
    _check_header(str(path), titles)
    columns = list(map(column_name, titles))
    problems, rows = Problems(), []
    for number, record in enumerate(records[1:], 2):
        cells = [cell.strip() for cell in record]
        if not any(cells):
            continue
        place = f"{path}, row {number}"
        if any(cells[len(columns) :]) or len(cells) < len(columns):
            problems.add(place, *fault("cells", found=len(cells), columns=len(columns)))
        rows.append(Row(place, dict(zip(columns, cells, strict=False))))
    problems.stop()
    if not rows:
        fail(str(path), *fault("no_rows"))
    return Table(str(path), dict(zip(columns, titles, strict=True)), rows, comma=delimiter != ",")


def _records(text: str, delimiter: str, at_most: int | None = None) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [row for row, _ in zip(reader, range(at_most or len(text)), strict=False)]


def _used(cells: list[str]) -> int:
    """Return how many cells a row has up to the last one that holds anything."""
    return next((at for at in range(len(cells), 0, -1) if cells[at - 1].strip()), 0)


def _check_header(source: str, titles: list[str]) -> None:
    place = f"{source}, row 1"
    columns = list(map(column_name, titles))
    if not titles:
        fail(place, *fault("no_header"))
    if all(map(NUMBER.fullmatch, titles)):
        fail(place, *fault("only_numbers"))
    seen: set[str] = set()
    for at, name in enumerate(columns):
        if not name:
            fail(place, *fault("no_name", number=at + 1))
        if name in seen:
            fail(place, *fault("same_name", found=titles[at]))
        seen.add(name)


def from_frame(frame: pd.DataFrame) -> Table:
    """Read a data frame through the text of its cells; a missing value is an empty cell."""
    titles = [str(title).strip() for title in frame.columns]
    _check_header("table", titles)
    columns = list(map(column_name, titles))
    rows = [
        Row(f"table, index {index!r}", dict(zip(columns, map(_text, cells), strict=True)))
        for index, cells in zip(frame.index, frame.itertuples(index=False), strict=True)
    ]
    if not rows:
        fail("table", "no rows", "Check the filter that made it")
    return Table("table", dict(zip(columns, titles, strict=True)), rows)


def _text(cell: Any) -> str:
    missing = pd.api.types.is_scalar(cell) and pd.isna(cell)
    return "" if missing else str(cell).strip()
