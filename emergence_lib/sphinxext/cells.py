"""The cells of a page, as MyST-NB reads them when it builds the book."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

# What decides where a block ends, of the extensions in _config.yml.
SYNTAX = MdParserConfig(enable_extensions={"colon_fence", "dollarmath"})


class Cell(NamedTuple):
    """Its kind ("code", "markdown" or "raw"), source without options, first line, and tags."""

    kind: str
    source: str
    line: int
    tags: tuple[str, ...] = ()


def page_text(env: BuildEnvironment, docname: str) -> str:
    """Return the source of a page, or raise the error that names it."""
    path = Path(env.doc2path(docname))
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ExtensionError(f"{docname}{path.suffix}: {error}. Remedy: save it as UTF-8") from None


@lru_cache(maxsize=100)
def read(text: str) -> tuple[Cell, ...]:
    """Return the cells of a page in MyST; a page that is no notebook has none."""
    if not is_myst_markdown_notebook(text):
        return ()
    notebook = read_myst_markdown_notebook(text, SYNTAX, add_source_map=True)
    lines = notebook.metadata["source_map"]
    return tuple(
        Cell(cell.cell_type, cell.source, line, tuple(cell.metadata.get("tags", ())))
        for cell, line in zip(notebook.cells, lines, strict=True)
    )


def code(text: str) -> list[Cell]:
    """Return the code cells of a page."""
    return [cell for cell in read(text) if cell.kind == "code"]
