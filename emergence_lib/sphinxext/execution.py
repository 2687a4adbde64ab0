"""Execution that notices a changed library and a failing cell.

Jupyter Book's cache compares the cells of a chapter and nothing else: change the library and the
old figure stays. Here each chapter gets a key, the hash of every library file its cells can reach
by import, and both the cache and Sphinx's list of outdated pages go by it. A failing cell, which
Jupyter Book lets pass with a warning, stops the build with the chapter, the line and the error.
"""

from __future__ import annotations

import ast
import hashlib
import re
import shutil
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging

import emergence_lib
from emergence_lib.compute import ROOMS
from emergence_lib.sphinxext import cells

logger = logging.getLogger(__name__)

PACKAGE = Path(emergence_lib.__file__).parent
# Where the key of the extension and the templates is kept among those of the pages.
MAKERS = "//makers"
# A chapter that prints a claim depends on what claims are computed from.
CLAIM_IMPORTS = "from emergence_lib import compute"


def imported_modules(source: str) -> Iterator[str]:
    """Yield the dotted names that a Python source imports from the library."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a cell with a magic; it is executed, and fails or not, later
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_file(name: str) -> Path | None:
    """Return the file of a library module, or None if the name is not one."""
    first, *rest = name.split(".")
    if first != PACKAGE.name:
        return None
    path = PACKAGE.joinpath(*rest)
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((each for each in candidates if each.is_file()), None)


def reachable_files(sources: Iterable[str]) -> set[Path]:
    """Return every library file that the sources reach by import, and the data beside them."""
    found: set[Path] = set()
    pending = list(sources)
    while pending:
        for name in imported_modules(pending.pop()):
            path = module_file(name)
            if path and path not in found:
                found.add(path)
                pending.append(path.read_text("utf-8"))
                if path == PACKAGE / "compute.py":
                    pending += imports_of_expressions()
    rooms = {path.parent for path in found} - {PACKAGE}
    if PACKAGE / "datasets.py" in found:
        rooms.add(PACKAGE / "data")
    data = {
        path
        for room in rooms
        for path in room.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    return found | data


def imports_of_expressions() -> list[str]:
    """Return import lines for all that an expression of a claim or a quiz may name."""
    modules = [PACKAGE / f"{room}.py" for room in ROOMS]
    modules += [path for room in ROOMS for path in (PACKAGE / room).glob("*.py")]
    modules += (PACKAGE / "chapters").glob("*/numbers.py")
    return [
        "import " + ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        for path in modules
        if path.is_file()
    ]


@cache
def file_hash(path: Path, modified: int) -> bytes:
    """Return the hash of a file's bytes; ``modified`` makes the memory of it expire."""
    del modified
    return hashlib.sha256(path.read_bytes()).digest()


def chapter_key(text: str, lock: Path) -> str:
    """Return the key of a chapter: what its cells can reach, and the versions installed."""
    sources = [cell.source for cell in cells.code(text)]
    if "{claim" in text:
        sources.append(CLAIM_IMPORTS)
    digest = hashlib.sha256()
    files = sorted(reachable_files(sources)) if sources else []
    for path in [*files, *([lock] if sources and lock.is_file() else [])]:
        digest.update(path.name.encode() + file_hash(path, path.stat().st_mtime_ns))
    return digest.hexdigest()[:16]


def digest(folders: list[Path]) -> str:
    """Return the hash of every file in some folders."""
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    found = hashlib.sha256()
    for path in files:
        if path.suffix != ".pyc":
            found.update(path.name.encode() + file_hash(path, path.stat().st_mtime_ns))
    return found.hexdigest()


def keys(env: BuildEnvironment) -> dict[str, str]:
    """Return the remembered key of each page (an attribute that Sphinx pickles with the rest)."""
    if not hasattr(env, "em_keys"):
        env.em_keys = {}  # type: ignore[attr-defined]
    return env.em_keys  # type: ignore[attr-defined]


def find_outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Return the pages whose key differs from the one they were last read with.

    All of them, if what turns chapters into pages has changed: the extension or the templates.
    """
    del added, changed, removed
    lock = Path(app.srcdir, "requirements.txt")
    known = keys(env)
    makers = digest([PACKAGE / "sphinxext", Path(app.srcdir, "book", "_templates")])
    if known.get(MAKERS) != makers:
        known[MAKERS] = makers
        return sorted(env.found_docs & known.keys())
    return [
        name
        for name in sorted(env.found_docs)
        if name in known
        and chapter_key(Path(env.doc2path(name)).read_text("utf-8"), lock) != known[name]
    ]


def set_key(app: Sphinx, docname: str, source: list[str]) -> None:
    """Point the execution cache at the folder of this page's key."""
    key = chapter_key(source[0], Path(app.srcdir, "requirements.txt"))
    keys(app.env)[docname] = key
    if cells.code(source[0]):
        logger.info("executing %s", docname)
    root = Path(app.outdir).parent / ".jupyter_cache"
    page = root / docname.replace("/", "-")
    if page.is_dir():
        for stale in page.iterdir():
            if stale.name != key:
                shutil.rmtree(stale)
    app.env.mystnb_config.execution_cache_path = str(page / key)  # type: ignore[attr-defined]


def failing_cell(traceback: str, text: str) -> str:
    """Return "cell N, line M" for the cell that a notebook traceback quotes."""
    quoted = re.search(r"-{5,}\n(.*?)\n-{5,}", traceback, re.DOTALL)
    source = quoted[1].strip() if quoted else ""
    for number, cell in enumerate(cells.code(text), start=1):
        if source and source in cell.source:
            return f"cell {number}, line {cell.line}"
    return "a cell"


def stop_on_failure(app: Sphinx, env: BuildEnvironment) -> None:
    """Stop the build if a cell of any chapter failed."""
    metadata: dict[str, dict[str, Any]] = getattr(env, "nb_metadata", {})
    for docname, data in metadata.items():
        run = data.get("exec_data") or {}
        if run and not run.get("succeeded"):
            path = Path(env.doc2path(docname))
            traceback = re.sub(r"\x1b\[[0-9;]*m", "", run.get("traceback") or "")
            last = (traceback.strip() or str(run.get("error"))).splitlines()[-1]
            where = failing_cell(traceback, path.read_text("utf-8"))
            raise ExtensionError(
                f"{path.relative_to(app.srcdir)}: {where} failed: {last}\n\n{traceback}"
            )


def choose_mode(app: Sphinx, config: Config) -> None:
    """Execute everything afresh when warnings are errors: the gate trusts no cache."""
    if app.warningiserror or app.keep_going:  # -W, or -W with --keep-going
        config.nb_execution_mode = "force"


def setup(app: Sphinx) -> None:
    """Connect the key, the outdated pages and the check for failures."""
    app.connect("config-inited", choose_mode, priority=100)
    app.connect("env-get-outdated", find_outdated)
    app.connect("source-read", set_key)
    app.connect("env-updated", stop_on_failure)
