"""The arrows between the library's rooms only point where the plan says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "emergence_lib"

# From the ground up: an import may only go to a row above its own.
FLOORS = (
    {"laws", "checked"},
    {"curves"},
    {"scores", "datasets"},
    {"fitting", "experiments"},
    {"audit", "published"},
    {"ladders"},
    {"forecasts"},
    {"theme"},
    {"chapters"},
    {"reader", "compute"},
    {"claims", "quizzes"},
    {"sphinxext"},
    {"cli"},
    {"__main__"},
)
KNOWS_NO_SCIENCE = {"theme", "checked", "reader"}
SCIENCE = set().union(*FLOORS[:7]) - KNOWS_NO_SCIENCE
# Outside packages that only these rooms may import.
ONLY = {
    "matplotlib": {"theme", "chapters", "reader", "cli"},
    "pandas": SCIENCE | {"chapters", "reader"},
    "sphinx": {"sphinxext"},
    "docutils": {"sphinxext"},
    "ipywidgets": {"reader"},
}


def files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Return every dotted name a file imports, at the top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms_entered(names: set[str]) -> set[str]:
    parts = [name.split(".") for name in names]
    return {each[1] for each in parts if each[0] == "emergence_lib" and len(each) > 1}


def floor(room: str) -> int:
    heights = [height for height, rooms in enumerate(FLOORS) if room in rooms]
    assert heights, f"a new room {room!r}: say in FLOORS where it stands"
    return heights[0]


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_from_below(path: Path) -> None:
    here = room(path)
    known = rooms_entered(imports(path)) - {here}
    if here == "__init__":
        assert not known
        return
    rooms = set().union(*FLOORS)
    higher = {each for each in known & rooms if floor(each) >= floor(here)}
    assert higher == set()
    if here in KNOWS_NO_SCIENCE:
        assert known & (SCIENCE | {"chapters"}) == set()
    outside = {name.partition(".")[0] for name in imports(path)}
    assert {name for name in outside & set(ONLY) if here not in ONLY[name]} == set()


CHAPTERS = sorted((PACKAGE / "chapters").glob("*/*.py"))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_chapter_imports_no_other(path: Path) -> None:
    others = {
        name.split(".")[2] for name in imports(path) if name.startswith("emergence_lib.chapters.")
    }
    assert others <= {path.parent.name}


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_numbers_plot_nothing_and_pictures_run_no_experiment(path: Path) -> None:
    if path.stem == "numbers":
        assert not any(name.startswith("matplotlib") for name in imports(path))
        assert "theme" not in rooms_entered(imports(path))
    else:
        calls = {
            node.attr
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Attribute)
        }
        assert "run" not in calls


def test_a_chapter_is_five_files() -> None:
    for folder in (PACKAGE / "chapters").iterdir():
        if folder.is_dir() and folder.name not in {"__pycache__", "index"}:
            names = {path.name for path in folder.iterdir()} - {"__pycache__"}
            # What takes its numbers long they store in a table; what is words, in a list.
            tables = {name for name in names if name.endswith((".csv", "positions.yml"))}
            assert names - tables == {"numbers.py", "pictures.py", "quiz.yml"}
            page = folder.name.replace("_", "-")
            assert len(list(PACKAGE.parent.glob(f"book/*/{page}.md"))) == 1
            assert (PACKAGE.parent / "tests" / "chapters" / f"test_{folder.name}.py").is_file()
