"""How large models are, for sources that only name them: from a mapping, a file or the names."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emergence_lib.audit.curve import fail
from emergence_lib.audit.phrases import argument, place
from emergence_lib.audit.reading import columns, harness, scales
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


class Known:
    """Finds the size of the model behind each file, and remembers what the files do not tell.

    Parameters
    ----------
    sizes : Sizes, `scales.NAMES` or None
        As of `folder.from_sources`.
    stems : mapping of str to int
        How many files have each name.
    """

    def __init__(
        self,
        sizes: scales.Sizes | str | None,
        stems: Mapping[str, int],
    ) -> None:
        self.sizes, self.stems = sizes, stems
        self.lacking: dict[str, list[Path]] = {}
        self.unknown: dict[Path, str] = {}
        self.by_file: set[str] = set()
        self.shared: defaultdict[str, dict[str, Path]] = defaultdict(dict)

    def model(self, path: Path, inside: str, content: dict[str, Any]) -> dict[str, str]:
        """Return name and scale of the model behind a file, and its parameters if both are known.

        The scale is empty where `check` will refuse it. ``inside`` is the name of the file within
        the folder that was given.
        """
        arguments, config = harness.model_args(content), harness.config_of(content)
        named = config.get("model_name")
        names = [content.get("model_name"), *map(arguments.get, harness.NAMED_BY), named]
        name = next((each for each in names if isinstance(each, str) and each), path.stem)
        count = config.get("model_num_parameters")
        known = isinstance(count, int) and not isinstance(count, bool) and count > 0
        if isinstance(self.sizes, scales.Sizes):
            key = self._key(self.sizes.of, path, inside, name, str(arguments.get("revision")))
            more = {"params": str(count)} if known else {}
            more |= {column: of[key] for column, of in self.sizes.others.items() if key in of}
            return {"model": name, "scale": str(self.sizes.of.get(key, "")), **more}
        told = scales.size_in(name) if self.sizes == scales.NAMES else None
        scale = repr(told) if told is not None else str(count) if known else ""
        if not scale:
            self.lacking.setdefault(name, []).append(path)
        return {"model": name, "scale": scale}

    def _key(
        self, sizes: Mapping[str, float], path: Path, inside: str, name: str, revision: str
    ) -> str:
        """Return what the sizes call a file; a file name that many share comes last."""
        own = (path.name, path.stem)
        keys = (
            inside,
            *(own if self.stems[path.stem] == 1 else ()),
            f"{name}@{revision}",
            name,
            name.rpartition("/")[2],
            path.parent.name,
            *own,
        )
        key = next((each for each in keys if each in sizes), "")
        if key in (*own, keys[0]):
            self.by_file.add(name)
        if key not in sizes:
            self.unknown[path] = name
        if key in own and self.stems[path.stem] > 1:
            self.shared[key].setdefault(name, path)
        return key

    def check(self, problems: Problems) -> None:
        """Note models without a size, and names in the sizes that stand for several models."""
        for path, name in self.unknown.items():
            # Only what tells this file from the others would give it a size of its own.
            alone = self.stems[path.stem] == 1 and path.stem != name
            add = [] if alone and name in self.by_file else [repr(name)]
            add += [repr(path.stem)] if alone else []
            what = f"{place('sizes')} lacks the model {name!r}"
            leave = f"Or leave the file out with {argument('without', str(path))}"
            problems.add(str(path), what, f"Add {' or '.join(add)} to it. {leave}")
        for key, models in self.shared.items():
            if len(models) > 1:
                one, two, *_ = models
                what = f"{key!r} in {place('sizes')} stands for files of {one!r}, of {two!r}"
                more = (
                    f" and of {len(models) - 2} more models" if models.keys() - {one, two} else ""
                )
                remedy = f"Name the models there: {one!r}, {two!r}"
                problems.add(str(models[two]), what + more, remedy)
        if not self.lacking:
            return
        (name, (path, *_)), *others = self.lacking.items()
        files = [each.stem for paths in self.lacking.values() for each in paths]
        if self.sizes == scales.NAMES:
            what = f"no one size in the name {name!r}"
            remedy = "Give a CSV file with the columns model,scale in its place"
        else:
            what = f"the file does not say how large {name!r} is"
            # Files of one model are its checkpoints: their names tell them apart.
            apart = not others and len(files) == len(set(files))
            sizes_of = argument("sizes", {files[0] if apart and files[1:] else name: ...})
            remedy = f"Give {sizes_of}; a CSV file with the columns model,scale will do"
            remedy += scales.offered(self.lacking)
        more = f", nor do files of {len(others)} more models" if others else ""
        problems.add(str(path), what + more, remedy)
