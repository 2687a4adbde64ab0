"""Which pages are out of date.

Sphinx looks at when files were changed. Here each page has a key besides: its text, what it
includes, and all that its cells and its claims can reach. A build leaves a mark until it is
finished; after one that was not, every page is read and written again, whatever its key says.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from emergence_lib.sphinxext import claims, reach
from emergence_lib.sphinxext.cells import page_text
from emergence_lib.sphinxext.numbering import chapters
from emergence_lib.sphinxext.values import kept

# What turns chapters into pages. What these count, or write when all pages are written, is looked
# at in every build.
MAKERS = (
    *("sphinxext/*.py", "claims.py", "compute.py", "checked.py"),
    *("reader/markup.py", "reader/matrix.py"),
)
# Its key stands among those of the pages.
MADE_BY = "//makers"


def makers_key(app: Sphinx) -> str:
    """Return the key of all that turns chapters into pages."""
    ours = [path for pattern in MAKERS for path in reach.PACKAGE.glob(pattern)]
    templates = Path(app.srcdir, "book", "_templates").rglob("*")
    return reach.key([*ours, *(path for path in templates if path.is_file())])


def page_key(env: BuildEnvironment, docname: str, text: str) -> str:
    """Return the key of a page: its text, what it includes, what its cells reach, its values."""
    inside = [Path(env.srcdir, name) for name in env.dependencies.get(docname, ())]
    pages = {Path(env.doc2path(page)) for page in env.found_docs}
    included = [path for path in inside if path.is_file() and path not in pages]
    whole = "\n".join([text, *(path.read_text("utf-8", "replace") for path in included)])
    paths = reach.page_files(text) | {path for path in inside if path.is_file()}
    if "{term}" in whole:
        paths.add(Path(env.srcdir, "book", "glossary.yml"))
    # Sphinx reads every kind of line end as one.
    lines = "\n".join(text.splitlines())
    return reach.key(filter(Path.is_file, paths), lines, claims.key(env, whole))


def keys(env: BuildEnvironment) -> dict[str, str]:
    """Return the remembered key of each page (an attribute that Sphinx pickles with the rest)."""
    if not hasattr(env, "em_keys"):
        env.em_keys = {}  # type: ignore[attr-defined]
    return env.em_keys  # type: ignore[attr-defined]


def find_outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Return the pages whose key differs from the one they were last read with.

    All of them, if what makes pages has changed, or the last build was not finished.
    """
    del added, changed, removed
    known = keys(env)
    makers = makers_key(app)
    if known.get(MADE_BY) != makers or unfinished(app).exists():
        known[MADE_BY] = makers
        return sorted(env.found_docs)
    return [
        page
        for page in sorted(env.found_docs)
        if known.get(page) != page_key(env, page, page_text(env, page))
    ]


def note_text(app: Sphinx, docname: str, source: list[str]) -> None:
    """Note the text of a page as it is read."""
    del docname
    app.env.temp_data["em_text"] = source[0]


def remember(app: Sphinx, doctree: nodes.document) -> None:
    """Note the key of a page, when all that it depends on is known."""
    del doctree
    page = app.env.docname
    keys(app.env)[page] = page_key(app.env, page, app.env.temp_data["em_text"])


def find_rewritten(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return all pages if the contents, a title or a number has changed: all menus show them."""
    contents = Path(app.srcdir, "_toc.yml").read_bytes()
    titles = {page: title.astext() for page, title in env.titles.items()}
    now = (contents, titles, chapters(env))
    if getattr(env, "em_contents", None) == now:
        return []
    env.em_contents = now  # type: ignore[attr-defined]
    return sorted(env.found_docs)


def clear(app: Sphinx, env: BuildEnvironment) -> None:
    """Remove what was made of pages that are no more."""
    for page in Path(app.outdir).glob("book/**/*.html"):
        if page.relative_to(app.outdir).with_suffix("").as_posix() not in env.found_docs:
            page.unlink()
    for executed in (kept(app) / "executed").glob("*"):
        if executed.is_dir() and executed.name.replace("~", "/") not in env.found_docs:
            shutil.rmtree(executed)


def unfinished(app: Sphinx) -> Path:
    """Return the mark of a build that has begun and not ended."""
    return Path(app.outdir).parent / ".unfinished"


def begin(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Leave the mark."""
    del env, docnames
    unfinished(app).parent.mkdir(parents=True, exist_ok=True)
    unfinished(app).touch()


def end(app: Sphinx, exception: Exception | None) -> None:
    """Take the mark away, and what nobody needs, if all has been written."""
    if exception is None:
        clear(app, app.env)
        unfinished(app).unlink(missing_ok=True)


def forget(app: Sphinx, config: Config) -> None:
    """Keep nothing of earlier builds if warnings are errors: the gate makes everything afresh."""
    del config
    if app.warningiserror or app.keep_going:  # -W, or -W with --keep-going
        shutil.rmtree(kept(app), ignore_errors=True)


def setup(app: Sphinx) -> None:
    """Connect the keys and the mark."""
    app.connect("config-inited", forget)
    app.connect("env-get-outdated", find_outdated)
    app.connect("env-before-read-docs", begin, priority=100)
    app.connect("source-read", note_text, priority=900)
    app.connect("doctree-read", remember, priority=900)
    app.connect("env-updated", find_rewritten)
    app.connect("build-finished", end, priority=1000)
