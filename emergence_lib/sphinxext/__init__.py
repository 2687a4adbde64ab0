"""The few roles, directives and page fixes that the book needs from Sphinx."""

from __future__ import annotations

import os

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from emergence_lib.sphinxext import (
    cards,
    chapters,
    claims,
    counts,
    execution,
    folds,
    glossary,
    lean,
    mathml,
    notebooks,
    numbering,
    outdated,
    policy,
    positions,
    predictions,
    sharing,
    stylesheets,
    words,
)

# In the order in which Sphinx calls them where their priorities are equal.
PARTS = (
    mathml,
    outdated,
    execution,
    folds,
    glossary,
    claims,
    predictions,
    positions,
    words,
    counts,
    sharing,
    chapters,
    cards,
    numbering,
    notebooks,
    lean,
    stylesheets,
    policy,
)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register everything; chapters executed from here on show their static form."""
    os.environ["EMERGENCE_STATIC"] = "1"
    for part in PARTS:
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
