"""Everything that some Python sources can reach, as a key: what is computed is kept under it.

A source reaches the library files that it imports, and what those import in turn, with the data
beside them; and what is installed. A change in any of these gives another key.
"""

from __future__ import annotations

import ast
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import metadata
from itertools import accumulate, chain
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager

import emergence_lib
from emergence_lib import chapters
from emergence_lib.compute import NUMBERS, ROOMS
from emergence_lib.sphinxext import cells

PACKAGE = Path(emergence_lib.__file__).parent
# In a cell: what may reach anything.
UNFORESEEN = re.compile(
    rf"-m\b.{{0,9}}{PACKAGE.name}|%run|import_module|__import__|\b(?:exec|eval)\(|subprocess|runpy"
    rf"|run_line_magic|chapters\.module|{PACKAGE.name}/"
)
ASKED = re.compile(r"quizzes\.ask\(\s*[\"']([\w-]+)[\"']\s*\)")
QUIZZED = re.compile(r"quizzes\.\w")
NAMED = re.compile(rf"\b(?:{'|'.join(ROOMS)})(?:\.\w+)?|\b{NUMBERS}\b")
# These import by a name that only the caller knows: an experiment, whatever an expression names.
STORE = "experiments/store.py"
QUIZZES = f"{PACKAGE.name}.quizzes"
EVALUATORS = {f"{PACKAGE.name}.compute", f"{PACKAGE.name}.claims", f"{QUIZZES}.ask"}


@cache
def imported_modules(source: str) -> frozenset[str]:
    """Return the dotted names that a source imports, and the packages that hold them."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a failing cell; it fails when it is executed
        return frozenset()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(part for name in names for part in accumulate(name.split("."), "{}.{}".format))


def module_file(name: str) -> Path | None:
    """Return the file of a library module, or None if the name is not one."""
    first, *rest = name.split(".")
    if first != PACKAGE.name:
        return None
    path = PACKAGE.joinpath(*rest)
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((each for each in candidates if each.is_file()), None)


def files(sources: Iterable[str]) -> set[Path]:
    """Return every library file that some sources reach by import, and the data beside them."""
    found: set[Path] = set()
    pending = list(sources)
    while pending:
        for name in imported_modules(pending.pop()):
            path = module_file(name)
            if path and path not in found:
                found.add(path)
                pending.append(path.read_text("utf-8"))
                if path == PACKAGE / STORE:
                    pending += imports(path.parent.glob("*.py"))
    return found | set(data(found))


def data(modules: set[Path]) -> Iterator[Path]:
    """Yield what lies beside some modules and is no module: tables, stored results, styles."""
    rooms = {PACKAGE / path.relative_to(PACKAGE).parts[0] for path in modules}
    if PACKAGE / "datasets.py" in modules:
        rooms.add(PACKAGE / "data")
    if PACKAGE / "chapters" in rooms:  # no chapter reads another's
        rooms.remove(PACKAGE / "chapters")
        rooms |= {path.parent for path in modules if path.parent.parent == PACKAGE / "chapters"}
    for path in chain.from_iterable(inside(room) for room in rooms if room.is_dir()):
        if path.suffix != ".py" and path.name != "quiz.yml":  # a quiz is reached by asking for it
            yield path


def imports(modules: Iterable[Path]) -> list[str]:
    """Return an import line for each file of the library."""
    parts = (path.relative_to(PACKAGE.parent).with_suffix("").parts for path in modules)
    return ["import " + ".".join(each) for each in parts]


def quiz_file(name: str) -> Path:
    """Return the file of a chapter's quiz, whether or not there is one."""
    return PACKAGE / "chapters" / chapters.name(name) / "quiz.yml"


def quiz_imports(name: str) -> list[str]:
    """Return import lines for what the expressions of a chapter's quiz may name."""
    path = quiz_file(name)
    named = set(NAMED.findall(path.read_text("utf-8"))) if path.is_file() else set()
    own = f"chapters.{chapters.name(name)}.{NUMBERS}"
    return [f"import {PACKAGE.name}.{own if each == NUMBERS else each}" for each in sorted(named)]


def python(text: str) -> list[str]:
    """Return the cells of a page as Python: a magic as a call, a line for the shell as a string."""
    found = []
    for cell in cells.code(text):
        found.append(TransformerManager().transform_cell(cell.source))
        if cell.source.startswith("%%"):  # %%time and the like stand above more Python
            found.append(cell.source.partition("\n")[2])
    return found


def page_files(text: str) -> set[Path]:
    """Return every library file that the cells of a page and its quiz reach.

    All files of the library, if nobody can foresee what a cell reaches: it asks for a quiz by a
    name that is not written out, evaluates expressions, starts a program, or imports by name.
    """
    sources = python(text)
    together = "\n".join(sources)
    asked = ASKED.findall(together)
    imported = frozenset[str]().union(*map(imported_modules, sources))
    written_out = len(asked) == len(QUIZZED.findall(together)) and (
        bool(asked) or QUIZZES not in imported
    )
    if not written_out or EVALUATORS & imported or UNFORESEEN.search(together):
        return set(inside(PACKAGE))
    quizzed = [line for name in asked for line in quiz_imports(name)]
    return files([*sources, *quizzed]) | {path for path in map(quiz_file, asked) if path.is_file()}


def inside(folder: Path) -> Iterator[Path]:
    """Yield every file in a folder, but none that Python makes of another."""
    return (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")


@cache
def file_hash(path: Path, modified: int) -> bytes:
    """Return the hash of a file's bytes; ``modified`` makes the memory of it expire."""
    del modified
    return hashlib.sha256(path.read_bytes()).digest()


@cache
def installed() -> str:
    """Return this Python and the version of each package beside it."""
    versions = sorted(f"{each.name} {each.version}" for each in metadata.distributions())
    return "\n".join([sys.version, *versions])


def key(paths: Iterable[Path], *more: str) -> str:
    """Return the hash of some files, of what is installed, and of some text."""
    found = hashlib.sha256("\0".join([installed(), *more]).encode())
    for path in sorted(paths):
        name = path.relative_to(PACKAGE) if path.is_relative_to(PACKAGE) else path.name
        found.update(str(name).encode() + file_hash(path, path.stat().st_mtime_ns))
    return found.hexdigest()[:16]
