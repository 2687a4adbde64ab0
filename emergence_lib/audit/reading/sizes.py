"""How large models are, for sources that only name them: from a mapping, a file or the names."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from emergence_lib.audit.curve import fail
from emergence_lib.audit.phrases import place
from emergence_lib.audit.reading import columns, scales
from emergence_lib.audit.reading.points import is_number, number, written
from emergence_lib.audit.reading.scales import Sizes
from emergence_lib.audit.reading.table import Problems, Table, column_name, from_csv


def from_mapping(sizes: Mapping[str, float | str], scale_unit: str | None) -> Sizes:
    """Return the sizes of a mapping; 0 is a size, of models that are left out later."""
    problems, known = Problems(), {}
    for model, size in sizes.items():
        if not isinstance(size, str) and not (is_number(size) and 0 <= size < math.inf):
            what = f"found {size!r} for {model!r}, want a number above 0"
            fail(place("sizes"), what, "Correct it")
        here = f"{place('sizes')}, {model!r}"
        written_in = scale_unit or "plain"
        known[model] = number(here, "scale", "scale", str(size), False, problems, written_in) or 0.0
    problems.stop()
    texts = list(map(str, sizes.values()))
    scales.refuse_groups(place("sizes"), "scale", texts)
    if scale_unit is None:
        told_unit(place("sizes"), "scale", "scale", texts, False)
    return Sizes(known)


def from_file(path: Path, scale: str | None, scale_unit: str | None) -> Sizes:
    """Return the sizes of a CSV file.

    Parameters
    ----------
    path : Path
        With a column ``model`` and one or more that can be the scale.
    scale : str, optional
        Which of them is.
    scale_unit : str, optional
        What it is written in, of `scales.SCALE_UNITS`.
    """
    table = from_csv(path)
    column, others = _columns(table, scale)
    unit, texts = columns.unit_of(column), [row.cells[column] for row in table.rows]
    header = f"{table.source}, row 1"
    scales.refuse_groups(header, table.titles[column], texts)
    if scale_unit is None:
        scale_unit = told_unit(header, table.titles[column], unit, texts, table.comma)
    problems, known = Problems(), {}
    for row, text in zip(table.rows, texts, strict=True):
        model, written_in = row.cells["model"], scale_unit or "plain"
        if model in known:
            problems.add(row.place, f"{model!r} comes twice", "Keep one of them")
        size = number(row.place, column, "scale", text, table.comma, problems, written_in)
        known[model] = size or 0.0
    problems.stop()
    more = {name: {row.cells["model"]: row.cells[name] for row in table.rows} for name in others}
    return Sizes(known, unit, more)


def _columns(table: Table, scale: str | None) -> tuple[str, list[str]]:
    """Return the column of the scale in a file of sizes, and those of other scales."""
    plain = [name for name in scales.UNITS if name in table.columns]
    found = plain or [name for name in table.columns if scales.is_other(name)]
    if scale is not None:
        found = [name for name in table.columns if name == column_name(scale)]
    if "model" not in table.columns or not found:
        what = f"found {', '.join(table.columns)}"
        fail(f"{table.source}, row 1", what, "Name the two columns model,scale")
    return found[0], [name for name in plain if name != found[0]]


def told_unit(where: str, title: str, unit: str, texts: list[str], comma: bool) -> str | None:
    """Return the unit that the name of a scale says, if it says one and its numbers may be so.

    Of other numbers that are hardly plain, see `scales.refuse_doubtful`.
    """
    numbers = {text: written(text, comma) for text in texts}
    good = {text: value for text, value in numbers.items() if value is not None}
    values = [value for text, value in good.items() if not text[-1].isalpha()]
    lettered = len(values) < len(good)
    could = scales.doubts(column_name(title), unit, values, lettered)
    if len(could) == 1 and could == scales.units(column_name(title)) and could[0] != "percent":
        return could[0]
    scales.refuse_doubtful(where, title, could, values, lettered)
    return None
