"""CSV files and data frames as rows of text, each knowing its place; no cell is judged here."""

from __future__ import annotations

import csv
import io
import os
import re
import stat
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from emergence_lib.audit.curve import CurveError, fail, said
from emergence_lib.audit.phrases import fault, phrase, shown
from emergence_lib.audit.reading import scales

NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
NUMERIC = re.compile(
    r"[-+]?[0-9.,' \u00a0\u2009\u202f]*[0-9][0-9.,]*(?:e[-+]?[0-9]+)? ?(?:%|k|m|bn?|t)?"
    r"|[-+]?inf",
    re.IGNORECASE,
)
"""A number in any way of writing."""
MISSING = re.compile(r"(?:n/?a|nan|none|null|-+)?", re.IGNORECASE)
"""A cell without a number among numbers; among words, `none` is one of them."""
PERCENT = re.compile(
    r"[\s_]*[(\[]\s*(?:in[\s_]+)?(?:%|percent|pct)\s*[)\]]"
    r"|^%[\s_]*|[\s_]*(?:(?<![a-z])in[\s_]+)?%$|[\s_]+(?:in[\s_]+)?(?:percent|pct)$",
    re.IGNORECASE,
)
"""How the title of a column says that its numbers are percentages."""
UNNAMED = re.compile(r"(?:unnamed:_[0-9]+)?")
"""Columns without a name, as they are and as pandas calls them."""
JSON = re.compile(r"\s*(?:\{|\[\s*[\[{])[\s\S]*")
"""How a list of scores in JSON begins, and no table."""
COUNT = re.compile(r"[0-9]+")
RULE = re.compile(r":?-+:?")
"""What stands below each title of a Markdown table."""
STRONG = re.compile(r"(\*{1,2}|`)(.*)\1")
"""A cell of a Markdown table that is set apart, as the best score of a column."""
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

    ``titles`` holds the columns as they were written, by the name used here, which lacks the sign
    of those that are in ``percent``. ``comma`` tells that a comma inside a cell can only be a
    decimal comma; ``unit`` names the scale where the source knows it. ``notes`` say what was taken
    for something.
    """

    source: str
    titles: dict[str, str]
    rows: list[Row]
    comma: bool = False
    unit: str | None = None
    percent: frozenset[str] = frozenset()
    notes: list[str] = field(default_factory=list)

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
    """Return a header cell as it is looked up: lower case, ``_`` for blanks, hyphens, slashes."""
    return re.sub(r"[\s\-/]+", "_", str(title).strip().lower())


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
    if raw.startswith(b"\x1f\x8b"):
        fail(str(path), "a compressed file, not text", "Unpack it and give what was in it")
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
    """Read a CSV file, with commas, semicolons or tabs between the cells, or a Markdown table.

    Raises
    ------
    CurveError
        If the file cannot be read, or a row has more or fewer cells than the header.
    """
    text = read_text(path)
    if JSON.match(text):
        fail(str(path), *fault("json"))
    try:
        delimiter = max(",;\t|", key=lambda mark: len(_records(text, mark, 1)[0]))
        records = _records(text, delimiter)
    except csv.Error as error:
        fail(str(path), f"not a table ({error})", "Look for a quotation mark that is never closed")
    records = [[cell.strip() for cell in record] for record in records]
    if delimiter == "|":
        records = [_of_markdown(record) for record in records]
        if not any(cells and cells[0] for cells in records):  # before the first mark
            records = [cells[1:] for cells in records]
    titles = records[0][: max(map(_used, records))]
    _check_header(str(path), titles)
    if not any(titles[1:]):  # a title of the table, a comment, or Excel's sep=;
        fail(f"{path}, row 1", *fault("one_column", found=titles[0]))
    numbered = [(number, cells) for number, cells in enumerate(records[1:], 2) if any(cells)]
    titles, left, notes = _named(titles, [cells for _, cells in numbered])
    columns, percent = _columns(str(path), titles, left)
    problems, rows = Problems(), []
    for number, cells in numbered:
        place = f"{path}, row {number}"
        if any(cells[len(titles) :]) or len(cells) < len(titles):
            problems.add(place, *fault("cells", found=len(cells), columns=len(titles)))
        rows.append(Row(place, dict(zip(columns, _kept(cells, left), strict=False))))
    problems.stop()
    if not rows:
        fail(str(path), *fault("no_rows"))
    known = dict(zip(columns, _kept(titles, left), strict=True))
    return Table(
        str(path), known, rows, comma=delimiter != ",", percent=frozenset(percent), notes=notes
    )


def _records(text: str, delimiter: str, at_most: int | None = None) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [row for row, _ in zip(reader, range(at_most or len(text)), strict=False)]


def _of_markdown(cells: list[str]) -> list[str]:
    """Return the cells of a row without what sets them apart, and none of the rule."""
    if all(not cell or RULE.fullmatch(cell) for cell in cells):
        return []
    return [found[2] if (found := STRONG.fullmatch(cell)) else cell for cell in cells]


def _used(cells: list[str]) -> int:
    """Return how many cells a row has up to the last one that holds anything."""
    return next((at for at in range(len(cells), 0, -1) if cells[at - 1].strip()), 0)


def _check_header(source: str, titles: list[str]) -> None:
    if not any(titles):
        fail(f"{source}, row 1", *fault("no_header"))
    if all(map(NUMBER.fullmatch, titles)):
        fail(f"{source}, row 1", *fault("only_numbers"))


def _named(titles: list[str], rows: list[list[str]]) -> tuple[list[str], set[int], list[str]]:
    """Return titles, which columns without one are left out, and notes on those that are not empty.

    Exports of data frames put the index into such a column: the numbers of the rows, or the names
    of the models.
    """
    names, left, notes = list(map(column_name, titles)), set(), []
    for at, name in enumerate(names):
        if not UNNAMED.fullmatch(name):
            continue
        cells = [row[at] for row in rows if at < len(row)]
        kind = "row numbers" if _counts(cells) else "marks"
        if not any(cells):
            left.add(at)
        elif kind == "row numbers" or not any(map(str.isalnum, "".join(cells))):
            left.add(at)
            notes.append(phrase("note", "unnamed", number=at + 1, what=kind))
        elif at == 0 and "model" not in names and not any(map(NUMBER.fullmatch, cells)):
            titles = ["model", *titles[1:]]
            notes.append(phrase("note", "unnamed_model"))
    return titles, left, notes


def _counts(cells: list[str]) -> bool:
    """Tell whether cells hold the numbers of rows: each once, or counted from 0 again and again."""
    if not all(map(COUNT.fullmatch, cells)):
        return False
    counted = all(int(two) in (0, int(one) + 1) for one, two in pairwise(cells))
    return counted or len(set(cells)) == len(cells)


def _kept(cells: list[str], left: set[int]) -> list[str]:
    return [cell for at, cell in enumerate(cells) if at not in left] if left else cells


def bare(title: str) -> str:
    """Return the title of a column without the sign that its numbers are percentages."""
    found = PERCENT.sub("", title).strip()
    # Of a scale, the unit stays in the name, where it is looked for.
    return title if not found or scales.axis(column_name(title)) is not None else found


def _columns(source: str, titles: list[str], left: set[int]) -> tuple[list[str], set[str]]:
    """Return the names of the columns that are kept, and which of them hold percentages."""
    columns: dict[str, None] = {}
    percent: set[str] = set()
    plain = [column_name(bare(title)) for title in titles]
    for at, title in enumerate(titles):
        if at in left:
            continue
        name = column_name(title)
        says = name != plain[at]
        if says and plain.count(plain[at]) == 1:
            name = plain[at]
        if not name:
            fail(f"{source}, row 1", *fault("no_name", number=at + 1))
        if name in columns:
            fail(f"{source}, row 1", *fault("same_name", found=title))
        columns[name] = None
        percent |= {name} if says else set()
    return list(columns), percent


def from_frame(frame: pd.DataFrame) -> Table:
    """Read a data frame through the text of its cells; a missing value is an empty cell.

    An index with a name is a column, and so is one of words, which name the models.
    """
    levels = [frame.index.get_level_values(at) for at in range(frame.index.nlevels)]
    named = [each for each in levels if each.name is not None and each.name not in frame.columns]
    if not named and all(isinstance(each, str) for each in frame.index):
        named = levels[:1]
    titles = ["" if each.name is None else str(each.name).strip() for each in named]
    titles += [str(title).strip() for title in frame.columns]
    _check_header("table", titles)
    found = [list(map(_text, cells)) for cells in frame.itertuples(index=False)]
    for level in reversed(named):
        found = [[_text(cell), *cells] for cell, cells in zip(level, found, strict=True)]
    if not found:
        fail("table", "no rows", "Check the filter that made it")
    titles, left, notes = _named(titles, found)
    columns, percent = _columns("table", titles, left)
    rows = [
        Row(f"table, index {index!r}", dict(zip(columns, _kept(cells, left), strict=True)))
        for index, cells in zip(frame.index, found, strict=True)
    ]
    known = dict(zip(columns, _kept(titles, left), strict=True))
    return Table("table", known, rows, percent=frozenset(percent), notes=notes)


def _text(cell: Any) -> str:
    missing = pd.api.types.is_scalar(cell) and pd.isna(cell)
    return "" if missing else str(cell).strip()
