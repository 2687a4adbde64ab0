"""Works named in words, where no list of references stands: notebooks, cards of numbers."""

from __future__ import annotations

from pathlib import Path

from pybtex.database import BibliographyData, parse_file
from sphinx.application import Sphinx


def bibliography_file(app: Sphinx) -> Path:
    """Return the path of the bibliography."""
    return Path(app.srcdir, "book", "references.bib")


def bibliography(app: Sphinx) -> BibliographyData:
    """Return the works that the book may cite, read once."""
    if not hasattr(app, "em_bibliography"):
        app.em_bibliography = parse_file(  # type: ignore[attr-defined]
            str(bibliography_file(app))
        )
    return app.em_bibliography  # type: ignore[attr-defined]


def authors(bibliography: BibliographyData, key: str) -> tuple[str, str]:
    """Return the short author list and the year of a reference.

    A key that the bibliography lacks stands for itself; Sphinx warns of it.
    """
    if key not in bibliography.entries:
        return key, "n.d."
    entry = bibliography.entries[key]
    names = [
        " ".join(person.prelast_names + person.last_names)
        for person in entry.persons.get("author", [])
    ]
    short = {0: key, 1: " ".join(names), 2: " and ".join(names)}
    return short.get(len(names), f"{names[0] if names else key} et al."), entry.fields.get(
        "year", "n.d."
    )


def citation(bibliography: BibliographyData, keys: str, *, textual: bool) -> str:
    """Return "Wei et al. (2022)" or "(Wei et al., 2022; ...)"."""
    pairs = [authors(bibliography, key.strip()) for key in keys.split(",")]
    if textual:
        return " and ".join(f"{names} ({year})" for names, year in pairs)
    return "(" + "; ".join(f"{names}, {year}" for names, year in pairs) + ")"
