"""The arrows between the library's rooms only point where the plan says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "emergence_lib"

# Room -> the rooms it may import. CONTRIBUTING.md explains them.
ARROWS: dict[str, set[str]] = {
    "laws": set(),
    "theme": set(),
    "checked": set(),
    "datasets": {"checked"},
    "fitting": {"laws"},
    "scores": {"laws"},
    "experiments": {"laws"},
    "audit": {"laws", "scores", "fitting"},
    "findings": {"audit", "laws", "datasets", "fitting", "scores", "experiments"},
    "figures": {
        "audit",
        "theme",
        "laws",
        "datasets",
        "fitting",
        "scores",
        "experiments",
        "findings",
    },
    "reader": {"theme", "checked"},
    "compute": {"audit", "laws", "datasets", "fitting", "scores", "experiments", "findings"},
    "claims": {"checked", "compute"},
    "quizzes": {"checked", "compute", "reader"},
    "sphinxext": {"theme", "checked", "compute", "claims", "reader"},
    "cli": {"audit", "experiments", "figures", "reader", "theme"},
    "__main__": {"cli"},
    "__init__": set(),
}
# Outside packages that only these rooms may import.
ONLY = {
    "matplotlib": {"theme", "figures", "reader", "cli"},
    "pandas": {"audit", "datasets", "findings", "figures", "reader", "fitting"},
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


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_what_it_may_know(path: Path) -> None:
    here = room(path)
    assert here in ARROWS, f"a new room {here!r}: say in ARROWS what it may import"
    known = {each for each in rooms_entered(imports(path)) if each in ARROWS}
    assert known - ARROWS[here] - {here} == set()
    outside = {name.partition(".")[0] for name in imports(path)}
    assert {name for name in outside & set(ONLY) if here not in ONLY[name]} == set()


@pytest.mark.parametrize("path", sorted((PACKAGE / "figures").glob("*.py")), ids=lambda p: p.stem)
def test_figures_run_no_experiment(path: Path) -> None:
    calls = {
        node.attr
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
    }
    assert "run" not in calls
