"""A key follows all that some cells can reach, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from emergence_lib.sphinxext import reach

PAGE = """\
---
file_format: mystnb
---
# A chapter

```{code-cell} python
:tags: [hide-input]
from emergence_lib.figures import one
```

```{code-cell} python
QUIZ
```
"""
FILES = {
    "__init__.py": "",
    "__main__.py": "from emergence_lib import cli",
    "cli.py": "",
    "claims.py": "",
    "laws.py": "x = 1",
    "figures/__init__.py": "from emergence_lib import setting",
    "figures/one.py": "def draw():\n    from emergence_lib import laws",
    "figures/two.py": "",
    "figures/style.txt": "plain",
    "setting.py": "",
    "fitting/__init__.py": "",
    "fitting/single.py": "",
    "fitting/batch.py": "",
    "quizzes/__init__.py": "",
    "chapters/__init__.py": "",
    "chapters/bees/numbers.py": "from emergence_lib.fitting import batch",
    "chapters/bees/quiz.yml": "ask: How many? {numbers.swarm()} or {fitting.single.fit()}?",
    "chapters/ants/numbers.py": "",
    "chapters/ants/quiz.yml": "ask: Why?",
}
CELLS = {
    "__init__.py",
    "figures/__init__.py",
    "figures/one.py",
    "figures/style.txt",
    "laws.py",
    "setting.py",
}
BEES = {
    "quizzes/__init__.py",
    "chapters/__init__.py",
    "chapters/bees/numbers.py",
    "chapters/bees/quiz.yml",
    "fitting/__init__.py",
    "fitting/batch.py",
    "fitting/single.py",
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "emergence_lib"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    monkeypatch.setattr(reach, "PACKAGE", root)
    return root


def names(package: Path, last_cell: str) -> set[str]:
    """Return what a page reaches whose last cell is given."""
    reached = reach.page_files(PAGE.replace("QUIZ", last_cell))
    return {path.relative_to(package).as_posix() for path in reached}


def test_a_page_reaches_packages_late_imports_and_what_lies_beside(package: Path) -> None:
    assert names(package, "print(2)") == CELLS


def test_a_quiz_reaches_what_its_file_names(package: Path) -> None:
    asked = "from emergence_lib import quizzes\nquizzes.ask('bees')"
    assert names(package, asked) - CELLS == BEES


@pytest.mark.parametrize(
    "cell",
    [
        "from emergence_lib import quizzes\nname = 'bees'\nquizzes.ask(name)",
        "from emergence_lib.quizzes import ask\nask('ants')",
        "from emergence_lib import quizzes as q\nq.ask('ants')",
        "from emergence_lib import quizzes\nquizzes.ask(name='ants')",
        "from emergence_lib import claims",
        "import emergence_lib.compute",
        "import importlib\nimportlib.import_module('emergence_lib.laws')",
        "exec('from emergence_lib import laws')",
        "from emergence_lib import chapters\nchapters.module('ants', 'numbers')",
        "%run -m emergence_lib.laws",
        "%timeit __import__('emergence_lib.laws')",
        '!"{python}" -m emergence_lib audit x.csv',
        "import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'emergence_lib'])",
        "open('/anywhere/emergence_lib/figures/style.txt')",
    ],
)
def test_a_cell_that_evaluates_what_nobody_can_foresee_reaches_everything(
    package: Path, cell: str
) -> None:
    assert names(package, cell) == set(FILES)


def test_what_a_magic_stands_above_is_read(package: Path) -> None:
    assert "cli.py" in names(package, "%%time\nfrom emergence_lib import cli")


def test_the_real_store_of_results_reaches_every_experiment_and_its_results() -> None:
    reached = reach.files(["from emergence_lib.experiments import store"])
    inside = {path.relative_to(reach.PACKAGE).as_posix() for path in reached}
    assert {"experiments/grokking.py", "experiments/settings.py"} <= inside
    assert any(name.startswith("experiments/results/") for name in inside)


@pytest.mark.parametrize("name", ["laws.py", "figures/one.py", "figures/style.txt"])
def test_the_key_changes_with_every_file_reached(package: Path, name: str) -> None:
    before = reach.key(reach.page_files(PAGE))
    (package / name).write_text("changed = True", "utf-8")
    assert reach.key(reach.page_files(PAGE)) != before


@pytest.mark.parametrize("name", ["figures/two.py", "cli.py", "chapters/bees/quiz.yml"])
def test_the_key_ignores_what_is_not_reached(package: Path, name: str) -> None:
    before = reach.key(reach.page_files(PAGE))
    (package / name).write_text("changed = True", "utf-8")
    assert reach.key(reach.page_files(PAGE)) == before


def test_the_key_changes_with_what_is_installed(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = reach.key(reach.page_files(PAGE))
    monkeypatch.setattr(reach, "installed", lambda: "another numpy")
    assert reach.key(reach.page_files(PAGE)) != before
