"""The cells of a page, as MyST-NB reads them when it builds the book."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig

# What decides where a block ends, of the extensions in _config.yml.
SYNTAX = MdParserConfig(enable_extensions={"colon_fence", "dollarmath"})


class Cell(NamedTuple):
    """Its kind ("code", "markdown" or "raw"), its source without options, and its first line."""

    kind: str
    source: str
    line: int


@lru_cache(maxsize=100)
def read(text: str) -> tuple[Cell, ...]:
    """Return the cells of a page in MyST; a page that is no notebook has none."""
    if not is_myst_markdown_notebook(text):
        return ()
    notebook = read_myst_markdown_notebook(text, SYNTAX, add_source_map=True)
    lines = notebook.metadata["source_map"]
    return tuple(
        Cell(cell.cell_type, cell.source, line)
        for cell, line in zip(notebook.cells, lines, strict=True)
    )


def code(text: str) -> list[Cell]:
    """Return the code cells of a page."""
    return [cell for cell in read(text) if cell.kind == "code"]
