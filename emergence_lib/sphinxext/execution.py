"""Chapters executed side by side, before Sphinx reads pages one after the other.

MyST-NB takes what a chapter's cells print from a cache, and executes what it does not find, one
page at a time. Here the cache is filled beforehand, each chapter in a kernel of its own, with as
many at once as there are processors; the values of claims are one more job. An executed chapter
lies in a folder named by its key (see `reach`), which is put in its place whole.

A failing cell, which Jupyter Book lets pass with a warning, stops the build with the chapter, the
line and the error.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from myst_nb.core.read import create_nb_reader
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging

from emergence_lib.sphinxext import cells, claims, reach
from emergence_lib.sphinxext.values import kept

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chapter:
    """A page with cells, as MyST-NB reads it, and the folder for its execution."""

    docname: str
    path: Path
    text: str
    notebook: NotebookNode
    folder: Path


def folder(app: Sphinx, docname: str, text: str) -> Path:
    """Return the folder of a page's execution under its present key."""
    sources = (repr(cell) for cell in cells.code(text))
    key = reach.key(reach.page_files(text), *sources)
    return kept(app) / "executed" / docname.replace("/", "~") / key


def stale(app: Sphinx, docnames: list[str]) -> Iterator[Chapter]:
    """Yield each chapter whose execution is not kept, and clear away its earlier ones."""
    env: Any = app.env  # MyST-NB keeps its settings there
    for docname in docnames:
        path = Path(env.doc2path(docname))
        text = cells.page_text(env, docname)
        if not cells.code(text):
            continue
        place = folder(app, docname, text)
        for old in place.parent.glob("*"):
            if old != place and old.is_dir():
                shutil.rmtree(old)
        if not place.is_dir():
            reader = create_nb_reader(str(path), env.myst_config, env.mystnb_config, text)
            assert reader  # it has cells
            yield Chapter(docname, path, text, reader.read(text), place)


async def execute(app: Sphinx, chapter: Chapter, timeout: int) -> None:
    """Execute a chapter and keep what it prints.

    Raises
    ------
    ExtensionError
        If a cell fails, with the chapter, the cell and its line; or if the library has changed
        meanwhile, since nobody knows what of it was executed.
    """
    logger.info("executing %s", chapter.docname)
    start = perf_counter()
    # The cache compares cells with all that is noted of them.
    client = NotebookClient(chapter.notebook, timeout=timeout, record_timing=False)
    try:
        await client.async_execute(cwd=str(chapter.path.parent))
    except Exception as error:  # a cell's, or one of the many of a kernel
        raise failure(chapter, client.code_cells_executed, error) from None
    if folder(app, chapter.docname, chapter.text) != chapter.folder:
        raise ExtensionError(
            f"the library has changed while {chapter.docname} was executed. Remedy: build again"
        )
    keep(chapter)
    logger.info("executed %s in %.0f s", chapter.docname, perf_counter() - start)


def keep(chapter: Chapter) -> None:
    """Put an executed chapter in its place, whole; another build may have been faster."""
    unfinished = chapter.folder.with_name(f"{chapter.folder.name}.{os.getpid()}")
    get_cache(unfinished).cache_notebook_bundle(
        CacheBundleIn(chapter.notebook, str(chapter.path)), check_validity=False, overwrite=True
    )
    try:
        os.replace(unfinished, chapter.folder)
    except OSError:
        if not chapter.folder.is_dir():
            raise
        shutil.rmtree(unfinished)


def failure(chapter: Chapter, number: int, error: Exception) -> ExtensionError:
    """Return the error that names the chapter, the cell (from 1 on) and what went wrong."""
    traceback = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip() or type(error).__name__
    # Jupyter passes over the others.
    filled = [
        cell
        for cell in cells.code(chapter.text)
        if cell.source.strip() and "skip-execution" not in cell.tags
    ]
    where = f"cell {number}, line {filled[number - 1].line}" if number else "the kernel"
    first, *_, last = traceback.splitlines() * 2
    what = first if isinstance(error, CellTimeoutError) else last
    name = f"{chapter.docname}{chapter.path.suffix}"
    return ExtensionError(f"{name}: {where} failed: {what}\n\n{traceback}")


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


async def side_by_side(app: Sphinx, docnames: list[str], timeout: int) -> None:
    """Execute the stale ones of some pages, and work out the values of claims."""
    free = asyncio.Semaphore(processors())
    stopped = threading.Event()

    async def in_turn(chapter: Chapter) -> None:
        async with free:
            await execute(app, chapter, timeout)

    async def values() -> None:
        async with free:
            await asyncio.to_thread(claims.work_out, app, until=stopped.is_set)

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(values())
            for chapter in stale(app, docnames):
                group.create_task(in_turn(chapter))
    except* Exception as failed:
        raise failed.exceptions[0] from None
    finally:
        stopped.set()


def execute_stale(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Execute before pages are read."""
    asyncio.run(
        side_by_side(app, docnames, env.mystnb_config.execution_timeout)  # type: ignore[attr-defined]
    )


def point(app: Sphinx, docname: str, source: list[str]) -> None:
    """Point MyST-NB at the folder of this page's execution."""
    place = folder(app, docname, source[0])
    app.env.mystnb_config.execution_cache_path = str(place)  # type: ignore[attr-defined]


def never_quietly(app: Sphinx, config: Config) -> None:
    """Let no failing cell pass, if MyST-NB ever executes one itself."""
    del app
    config.nb_execution_raise_on_error = True


def setup(app: Sphinx) -> None:
    """Execute before reading, and let MyST-NB find what was executed."""
    app.connect("config-inited", never_quietly, priority=100)
    app.connect("env-before-read-docs", execute_stale)
    app.connect("source-read", point)
