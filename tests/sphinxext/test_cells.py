"""A page's cells are those that the book executes, with the lines they begin on."""

from __future__ import annotations

from emergence_lib.sphinxext import cells

PAGE = """\
---
file_format: mystnb
---
# Title

```{code-cell} python
:tags: [hide-input]

one = 1
```

````{admonition} In a box
```{code-cell} python
shown = "not executed"
```
````

:::{admonition} In another
```{code-cell} python
shown = "not executed"
```
:::

```{code-cell} python
---
tags: [hide-input]
---
two = '''
---
'''
```
"""


def test_cells_are_found_without_their_options() -> None:
    found = [(cell.source, cell.line) for cell in cells.code(PAGE)]
    assert found == [("one = 1", 6), ("two = '''\n---\n'''", 24)]


def test_the_prose_between_them_is_kept() -> None:
    kinds = [cell.kind for cell in cells.read(PAGE)]
    assert kinds == ["markdown", "code", "markdown", "code"]
    assert cells.read(PAGE)[0] == ("markdown", "# Title", 3, ())


def test_a_page_that_is_no_notebook_has_no_cells() -> None:
    assert cells.read(PAGE.replace("file_format: mystnb", "a: b")) == ()
    assert cells.read("") == ()
