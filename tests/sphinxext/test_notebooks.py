"""Chapters as notebooks: nothing of the book's own syntax is left, nothing of the code is lost."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from pybtex.database import BibliographyData, parse_string

from emergence_lib import claims
from emergence_lib.sphinxext import cells, notebooks
from emergence_lib.sphinxext.numbering import Chapter

BIBLIOGRAPHY: BibliographyData = parse_string(
    """
    @article{wei, author = {Wei, Jason and Tay, Yi and Bommasani, Rishi}, year = {2022}}
    @article{two, author = {One, Ada and van Dam, Bo}, year = {2023}}
    """,
    "bibtex",
)
LEDGER = claims.parse(
    """
```{claims}
half: {laws.exact_match(0.5, 1):.0%} in [0, 1]
```
""",
    "book/x",
)
NUMBERED = {"mirage": Chapter("book/metric-debate/mirage", "13")}
CHAPTER = """\
---
file_format: mystnb
---
(top)=
# Title

Heads come up {claim}`half` of the time, says {cite:t}`wei`; see {term}`the loss <loss>`.

:::{admonition} Common mistake
:class: mistake
A box with {term}`loss`.

Its second paragraph.
:::

```{code-cell} python
:tags: [hide-input]
x = 1
```

````{after} how-many
It is {claim}`half`.

:::{admonition} Common mistake
:class: mistake
Another.
:::
````

```{math}
a^2
```
"""


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("{claim}`half`", "50%"),
        ("{cite:p}`wei,two`", "(Wei et al., 2022; One and van Dam, 2023)"),
        ("{cite:t}`two`", "One and van Dam (2023)"),
        ("{term}`loss`", "loss"),
        ("{term}`the loss <loss>`", "the loss"),
        ("{try}`try n = 10 <power?n=10>`", "try n = 10"),
        ("{doc}`/book/glossary`", "glossary"),
        ("{chapter}`mirage`", "chapter 13"),
        ("{Chapter}`mirage`", "Chapter 13"),
        ("{math}`a^2`", "$a^2$"),
        ("`{not a role}`", "`{not a role}`"),
    ],
)
def test_a_role_becomes_what_it_prints(text: str, plain: str) -> None:
    assert notebooks.plain_roles(text, LEDGER, BIBLIOGRAPHY, NUMBERED) == plain


def test_a_chapter_becomes_a_valid_notebook() -> None:
    made = notebooks.notebook(CHAPTER, LEDGER, BIBLIOGRAPHY, NUMBERED)
    nbformat.validate(made)
    kinds = [cell.cell_type for cell in made.cells]
    assert kinds == ["code", "markdown", "code", "markdown"]
    assert made.cells[2].source == "x = 1"
    prose = made.cells[1].source
    assert prose.startswith("# Title")
    assert "Heads come up 50% of the time, says Wei et al. (2022); see the loss." in prose
    assert "> **Common mistake**\n>\n> A box with loss.\n>\n> Its second paragraph." in prose
    after = "It is 50%.\n\n> **Common mistake**\n>\n> Another."
    assert made.cells[3].source == f"{after}\n\n$$\na^2\n$$"


def test_the_first_cell_installs_the_library_only_where_its_address_is_known() -> None:
    with_address = notebooks.notebook(CHAPTER, LEDGER, BIBLIOGRAPHY, NUMBERED, "owner/name")
    assert "git+https://github.com/owner/name" in with_address.cells[0].source
    without = notebooks.notebook(CHAPTER, LEDGER, BIBLIOGRAPHY, NUMBERED)
    assert "http" not in without.cells[0].source


def test_the_same_chapter_gives_the_same_bytes() -> None:
    first, second = (
        nbformat.writes(notebooks.notebook(CHAPTER, LEDGER, BIBLIOGRAPHY, NUMBERED))
        for _ in range(2)
    )
    assert first == second


CHAPTERS = sorted(Path(__file__).parents[2].glob("book/*/*.md"))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_keeps_every_cell(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(cells.code(text)) == text.count("```{code-cell}") > 0
