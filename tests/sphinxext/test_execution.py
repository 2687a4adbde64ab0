"""A chapter's key follows what its cells can reach, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from emergence_lib.sphinxext import cells, execution

CHAPTER = """\
---
file_format: mystnb
---
# A chapter

```{code-cell} python
:tags: [hide-input]
from emergence_lib.figures import one
```

```{code-cell} python
print(2)
```
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "emergence_lib"
    for name, text in {
        "__init__.py": "",
        "laws.py": "x = 1",
        "figures/__init__.py": "",
        "figures/one.py": "def draw():\n    from emergence_lib import laws",
        "figures/two.py": "",
        "figures/style.txt": "plain",
        "reader/__init__.py": "",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    monkeypatch.setattr(execution, "PACKAGE", root)
    return root


def test_what_a_chapter_reaches_includes_late_imports_and_data(package: Path) -> None:
    reached = execution.reachable_files(cell.source for cell in cells.code(CHAPTER))
    names = {path.relative_to(package).as_posix() for path in reached}
    assert names == {
        "figures/one.py",
        "figures/__init__.py",
        "laws.py",
        "figures/style.txt",
        "__init__.py",
    }


def test_a_chapter_with_a_claim_reaches_all_that_a_claim_may_compute() -> None:
    reached = execution.reachable_files([execution.CLAIM_IMPORTS])
    names = {path.relative_to(execution.PACKAGE).as_posix() for path in reached}
    assert {
        "laws.py",
        "fitting/__init__.py",
        "fitting/single.py",
        "datasets.py",
        "data/gpt3_arithmetic.csv",
    } <= names
    assert not any(name.startswith(("figures/", "reader/")) for name in names)


@pytest.mark.parametrize("name", ["laws.py", "figures/one.py", "figures/style.txt"])
def test_the_key_changes_with_every_file_reached(package: Path, name: str) -> None:
    before = execution.chapter_key(CHAPTER, package / "no.lock")
    (package / name).write_text("changed = True", "utf-8")
    assert execution.chapter_key(CHAPTER, package / "no.lock") != before


def test_the_key_changes_with_the_lock(package: Path, tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("numpy==1", "utf-8")
    before = execution.chapter_key(CHAPTER, lock)
    lock.write_text("numpy==2.0", "utf-8")
    assert execution.chapter_key(CHAPTER, lock) != before


def test_the_key_ignores_what_is_not_reached(package: Path) -> None:
    before = execution.chapter_key(CHAPTER, package / "no.lock")
    (package / "figures/two.py").write_text("changed = True", "utf-8")
    (package / "reader/__init__.py").write_text("changed = True", "utf-8")
    assert execution.chapter_key(CHAPTER, package / "no.lock") == before


def test_the_failing_cell_is_found_by_its_source() -> None:
    quoted = "An error occurred:\n------------------\nprint(2)\n------------------\n\nNameError: no"
    assert execution.failing_cell(quoted, CHAPTER) == "cell 2, line 11"
