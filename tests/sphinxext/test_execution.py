"""What an executed chapter leaves behind, and what a failure says."""

from __future__ import annotations

from pathlib import Path

import pytest
from jupyter_cache import get_cache
from nbclient.exceptions import CellTimeoutError
from nbformat.v4 import new_code_cell, new_notebook, new_output

from emergence_lib.sphinxext import execution
from emergence_lib.sphinxext.execution import Chapter

TEXT = """\
---
file_format: mystnb
---
# A chapter

```{code-cell} python
```

```{code-cell} python
:tags: [skip-execution]
print(1)
```

```{code-cell} python
print(2)
```
"""
SLOW = CellTimeoutError.error_from_timeout_and_cell("too slow", 4, new_code_cell("print(2)"))


@pytest.fixture
def chapter(tmp_path: Path) -> Chapter:
    said = new_output("stream", text="2")
    notebook = new_notebook(cells=[new_code_cell("print(2)", outputs=[said])])
    page = tmp_path / "book" / "page.md"
    return Chapter("book/page", page, TEXT, notebook, tmp_path / "kept" / "page" / "key")


def test_what_is_kept_is_found_again_also_if_another_build_was_faster(chapter: Chapter) -> None:
    for _ in range(2):
        execution.keep(chapter)
        _, found = get_cache(chapter.folder).merge_match_into_notebook(chapter.notebook)
        assert found.cells[0].outputs[0].text == "2"
    assert [path.name for path in chapter.folder.parent.iterdir()] == ["key"]


@pytest.mark.parametrize(
    ("error", "number", "said"),
    [
        (ValueError("no"), 1, "book/page.md: cell 1, line 14 failed: no"),
        (SLOW, 1, "book/page.md: cell 1, line 14 failed: A cell timed out while it was being exe"),
        (RuntimeError("no ports"), 0, "book/page.md: the kernel failed: no ports"),
        (AssertionError(), 1, "book/page.md: cell 1, line 14 failed: AssertionError"),
        (ValueError("\x1b[31mred\x1b[0m\n"), 1, "book/page.md: cell 1, line 14 failed: red"),
    ],
)
def test_a_failure_names_chapter_and_line(
    chapter: Chapter, error: Exception, number: int, said: str
) -> None:
    assert str(execution.failure(chapter, number, error)).splitlines()[0].startswith(said)
