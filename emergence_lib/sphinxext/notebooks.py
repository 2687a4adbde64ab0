"""Each chapter as an .ipynb: the same cells, with the book's roles turned into plain Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from pybtex.database import BibliographyData
from sphinx.application import Sphinx

from emergence_lib import claims
from emergence_lib.sphinxext import cells, positions
from emergence_lib.sphinxext.chapters import notebook_path
from emergence_lib.sphinxext.citations import bibliography, citation
from emergence_lib.sphinxext.claims import read_ledger
from emergence_lib.sphinxext.numbering import Chapter, chapters

DIRECTIVE = re.compile(
    r"^(?P<fence>:{3,}|`{3,})\{(?P<name>[\w-]+)\}[ ]*(?P<title>[^\n]*)\n"
    r"(?P<body>.*?)^(?P=fence)[ ]*$",
    re.MULTILINE | re.DOTALL,
)
OPTION = re.compile(r"^:[\w-]+:.*\n", re.MULTILINE)
ROLE = re.compile(r"\{(?P<role>[\w:-]+)\}`(?P<text>[^`]+)`")
EXPLICIT = re.compile(r"(?P<title>.+?)\s*<(?P<target>[^>]+)>$", re.DOTALL)
LABEL = re.compile(r"^\([\w-]+\)=\n", re.MULTILINE)

INSTALL = """\
try:
    import emergence_lib
except ImportError:
    %pip install --quiet "emergence_lib @ git+https://github.com/{repository}"
"""
INSTALL_BY_HAND = """\
import emergence_lib  # if this fails: pip install the folder of the book, then run again
"""


def plain_roles(
    text: str,
    ledger: dict[str, claims.Claim],
    works: BibliographyData,
    numbered: Mapping[str, Chapter],
) -> str:
    """Replace each role by what it prints."""

    def printed(match: re.Match[str]) -> str:
        role, content = match["role"], match["text"]
        if role == "claim":
            return claims.get(ledger, content).text
        if role.startswith("cite"):
            return citation(works, content, textual=role == "cite:t")
        if role.lower() == "chapter" and content in numbered:
            return f"{role} {numbered[content].number}"
        if role == "math":
            return f"${content}$"
        explicit = EXPLICIT.match(content)
        return explicit["title"] if explicit else content.rpartition("/")[2]

    return ROLE.sub(printed, text)


def plain_directives(text: str) -> str:
    """Turn boxes into block quotes with a bold title, displayed formulas into ``$$``."""

    def quoted(match: re.Match[str]) -> str:
        body = OPTION.sub("", match["body"]).strip()
        if match["name"] == "after":
            return plain_directives(body)
        if match["name"] == "positions":
            return positions.as_markdown()
        if match["name"] == "math":
            return f"$$\n{body}\n$$"
        title = [f"**{match['title'].strip()}**", ""] if match["title"].strip() else []
        return "\n".join(f"> {line}".rstrip() for line in [*title, *body.splitlines()])

    return DIRECTIVE.sub(quoted, text)


def notebook(
    text: str,
    ledger: dict[str, claims.Claim],
    works: BibliographyData,
    numbered: Mapping[str, Chapter],
    repository: str = "",
) -> nbformat.NotebookNode:
    """Return a chapter's MyST text as a notebook that stands alone."""
    install = INSTALL.format(repository=repository) if repository else INSTALL_BY_HAND
    made = [new_code_cell(install.strip())]
    for cell in cells.read(claims.strip(text)):
        if cell.kind == "code":
            made.append(new_code_cell(cell.source.strip()))
            continue
        prose = plain_directives(LABEL.sub("", cell.source))
        plain = plain_roles(prose, ledger, works, numbered).strip()
        if plain:
            made.append(new_markdown_cell(plain))
    for number, each in enumerate(made, start=1):
        each["id"] = f"cell-{number}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=made, metadata={"kernelspec": kernel})


def write_notebooks(app: Sphinx, exception: Exception | None) -> None:
    """Write the notebook of every chapter into the site."""
    if exception or app.builder.format != "html":
        return
    ledger = read_ledger(app.env)
    works = bibliography(app)
    known = chapters(app.env)
    for old in Path(app.outdir).glob("notebooks/*.ipynb"):
        old.unlink()
    for docname, number in known.values():
        path = Path(app.outdir, notebook_path(docname, number))
        path.parent.mkdir(exist_ok=True)
        text = cells.page_text(app.env, docname)
        made = notebook(text, ledger, works, known, app.config.em_repository)
        path.write_text(nbformat.writes(made), "utf-8")


def setup(app: Sphinx) -> None:
    """Write the notebooks when the site is complete."""
    app.connect("build-finished", write_notebooks)
