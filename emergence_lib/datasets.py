"""The published figures that ship with the book: one loader, one description of each file.

``data/datasets.yml`` says where each file comes from, its licence, and what every column holds.
`load` holds the file against that description, so a damaged or edited file cannot pass unseen.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from emergence_lib.checked import CheckedFileError, load_yaml

FOLDER = Path(__file__).parent / "data"
REMEDY = "Restore the file from the repository, or mend it and its entry in datasets.yml together."


class DataError(ValueError):
    """A data file does not match its description; the message names file, line and remedy."""


@dataclass(frozen=True)
class Limits:
    """The numbers a column may hold: ``min <= value <= max`` and ``value > above``."""

    above: float = -inf
    min: float = -inf
    max: float = inf

    def hold(self, value: float) -> bool:
        """Tell whether ``value`` lies inside."""
        return self.above < value and self.min <= value <= self.max

    def __str__(self) -> str:
        """Say the limits in words, for an error message."""
        if self.above > -inf:
            return f"above {self.above:g}"
        return f"from {self.min:g} to {self.max:g}" if self.max < inf else f"at least {self.min:g}"


@dataclass(frozen=True)
class Column:
    """What one column holds.

    ``type`` is ``text``, ``integer``, ``number`` or ``flag`` (0 or 1). ``unless`` holds triples
    (other column, its value, limits): rows with that value obey those limits instead.
    """

    name: str
    type: str
    meaning: str
    unit: str = ""
    may_be_empty: bool = False
    one_of: tuple[str, ...] = ()
    limits: Limits = Limits()
    unless: tuple[tuple[str, str, Limits], ...] = ()


@dataclass(frozen=True)
class Dataset:
    """One published table: what it is, where it comes from, how far it can be trusted.

    ``citation`` holds keys of the bibliography; ``key`` the columns that together identify a row.
    """

    name: str
    title: str
    about: str
    source: str
    citation: tuple[str, ...]
    licence: str
    rows: int
    key: tuple[str, ...]
    checks: str
    caveats: tuple[str, ...]
    gaps: tuple[str, ...]
    columns: tuple[Column, ...]


def names() -> tuple[str, ...]:
    """Return the names of all data sets, in the order of the description."""
    return tuple(_descriptions())


def about(name: str) -> Dataset:
    """Describe a data set.

    Parameters
    ----------
    name : str
        One of `names`.

    Returns
    -------
    Dataset

    Raises
    ------
    ValueError
        If there is no such data set.
    """
    if name not in _descriptions():
        raise ValueError(f"name: found {name!r}, want one of {', '.join(names())}")
    return _descriptions()[name]


def load(name: str, folder: Path = FOLDER) -> pd.DataFrame:
    """Read a data set and check every cell of it.

    Parameters
    ----------
    name : str
        One of `names`.
    folder : Path
        Where the CSV file lies; the package's own data by default.

    Returns
    -------
    DataFrame
        Columns of the description: text as ``str``, integer as ``int64``, number as ``float64``
        (an allowed empty cell is NaN), flag as ``bool``. A fresh copy each time.

    Raises
    ------
    ValueError
        If there is no such data set.
    DataError
        If the file is missing or does not match its description.
    """
    return _read(about(name), folder).copy()


def readme() -> str:
    """Return the Markdown page that describes every file; ``data/README.md`` is this text."""
    head = (
        "# The data\n\n"
        "Small tables of published figures. Each is checked cell by cell when it is loaded\n"
        "(`emergence_lib.datasets.load`) and cited wherever the book uses it. Fractions are in\n"
        "0 to 1, sizes are plain counts, compute is in FLOP, empty means unknown.\n\n"
        "This page is written from `datasets.yml` by `emergence_lib.datasets.readme()`.\n"
    )
    return head + "".join(_describe(about(name)) for name in names())


def _describe(dataset: Dataset) -> str:
    columns = "".join(
        f"| `{column.name}` | {column.type} | {column.unit} | {column.meaning} |\n"
        for column in dataset.columns
    )
    points = "".join(f"- {caveat}\n" for caveat in dataset.caveats)
    gaps = "".join(f"- Gap: {gap}\n" for gap in dataset.gaps)
    return (
        f"\n## `{dataset.name}.csv`: {dataset.title}\n\n{dataset.about}\n\n"
        f"- Source: {dataset.source}\n"
        f"- Cite: {', '.join(f'`{key}`' for key in dataset.citation)}\n"
        f"- Licence: {dataset.licence}\n"
        f"- Checked: {dataset.checks}\n\n"
        f"{dataset.rows} rows, one for each {' x '.join(f'`{name}`' for name in dataset.key)}.\n\n"
        f"| column | type | unit | meaning |\n| --- | --- | --- | --- |\n{columns}\n{points}{gaps}"
    )


@cache
def _descriptions() -> Mapping[str, Dataset]:
    return read_descriptions(FOLDER / "datasets.yml")


def read_descriptions(path: Path) -> Mapping[str, Dataset]:
    """Read and check a description file.

    Parameters
    ----------
    path : Path
        A YAML file like ``data/datasets.yml``.

    Returns
    -------
    mapping of name to Dataset

    Raises
    ------
    CheckedFileError
        If an entry does not have the form of ``datasets.schema.json`` or its key names no column.
    """
    schema = json.loads((FOLDER / "datasets.schema.json").read_text(encoding="utf-8"))
    entries = load_yaml(path, schema)
    found = {}
    for name, entry in entries.items():
        columns = tuple(_column(title, about) for title, about in entry.pop("columns").items())
        strangers = set(entry["key"]) - {column.name for column in columns}
        if strangers:
            raise CheckedFileError(
                f"{path}: {name}.key: no column is named {sorted(strangers)[0]!r}"
            )
        for part in ("citation", "key", "caveats", "gaps"):
            entry[part] = tuple(entry[part])
        found[name] = Dataset(name=name, columns=columns, **entry)
    return found


def _column(name: str, entry: Mapping[str, Any]) -> Column:
    # Entries that YAML merges share their parts: nothing may be taken out of them.
    rest = {part: value for part, value in entry.items() if part not in ("above", "min", "max")}
    rest["one_of"] = tuple(entry.get("one_of", ()))
    rest["unless"] = tuple(
        (column, value, _limits(exception))
        for exception in entry.get("unless", ())
        for column, value in exception.items()
        if column not in ("min", "max")
    )
    return Column(name=name, limits=_limits(entry), **rest)


def _limits(entry: Mapping[str, Any]) -> Limits:
    return Limits(**{part: entry[part] for part in ("above", "min", "max") if part in entry})


@cache
def _read(dataset: Dataset, folder: Path) -> pd.DataFrame:
    path = folder / f"{dataset.name}.csv"
    header = [column.name for column in dataset.columns]
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            found = next(reader, [])
            if found != header:
                _fail(path, 1, f"found columns {', '.join(found)}; want {', '.join(header)}")
            rows: list[dict[str, Any]] = []
            seen: dict[tuple[Any, ...], int] = {}
            for cells in reader:
                rows.append(_row(dataset, path, reader.line_num, cells))
                key = tuple(rows[-1][name] for name in dataset.key)
                if key in seen:
                    what = ", ".join(map(str, key))
                    _fail(path, reader.line_num, f"repeats {what} of line {seen[key]}")
                seen[key] = reader.line_num
    except FileNotFoundError:
        raise DataError(f"{path}: no such file. {REMEDY}") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path.name}: not UTF-8 text ({error.reason}). {REMEDY}") from None
    if len(rows) != dataset.rows:
        _fail(path, reader.line_num, f"file ends after {len(rows)} rows; want {dataset.rows}")
    kinds = {"text": "str", "integer": "int64", "number": "float64", "flag": "bool"}
    return pd.DataFrame(rows).astype(
        {column.name: kinds[column.type] for column in dataset.columns}
    )


def _row(dataset: Dataset, path: Path, line: int, cells: list[str]) -> dict[str, Any]:
    if len(cells) != len(dataset.columns):
        _fail(path, line, f"found {len(cells)} cells; want {len(dataset.columns)}")
    row = {column.name: cell for column, cell in zip(dataset.columns, cells, strict=True)}
    values = {}
    for column in dataset.columns:
        try:
            values[column.name] = _value(column, row)
        except ValueError as error:
            _fail(path, line, f"column {column.name}: found {row[column.name]!r}; want {error}")
    return values


def _value(column: Column, row: dict[str, str]) -> str | int | float | bool:
    """Convert one cell; a ValueError says what was wanted."""
    cell = row[column.name]
    if cell == "":
        if column.may_be_empty:
            return float("nan")
        raise ValueError("a value, this column has no empty cells")
    if column.type == "text":
        if column.one_of and cell not in column.one_of:
            raise ValueError(f"one of {', '.join(column.one_of)}")
        return cell
    if column.type == "flag":
        if cell not in ("0", "1"):
            raise ValueError("0 or 1")
        return cell == "1"
    exceptions = [limits for other, found, limits in column.unless if row[other] == found]
    limits = exceptions[0] if exceptions else column.limits
    kind, noun = (int, "a whole number") if column.type == "integer" else (float, "a number")
    try:
        number = kind(cell)
    except ValueError:
        raise ValueError(f"{noun} {limits}") from None
    if not (limits.hold(number) and abs(number) < inf):
        raise ValueError(f"{noun} {limits}")
    return number


def _fail(path: Path, line: int, what: str) -> NoReturn:
    raise DataError(f"{path.name}, line {line}: {what}. {REMEDY}")
