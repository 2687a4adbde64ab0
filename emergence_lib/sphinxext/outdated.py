"""Which pages are out of date.

Sphinx looks at the text of a page. Here each page has a key besides: all that its cells and its
claims can reach. A build leaves a mark until it is finished; after one that was not, every page
is read and written again, whatever its key says.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from emergence_lib.sphinxext import claims, reach
from emergence_lib.sphinxext.values import kept

# What turns chapters into pages. What these count, or write when all pages are written, is looked
# at in every build.
MAKERS = ("sphinxext/*.py", "claims.py", "compute.py", "checked.py", "reader/markup.py")
# Its key stands among those of the pages.
MADE_BY = "//makers"


def makers_key(app: Sphinx) -> str:
    """Return the key of all that turns chapters into pages."""
    ours = [path for pattern in MAKERS for path in reach.PACKAGE.glob(pattern)]
    templates = Path(app.srcdir, "book", "_templates").rglob("*")
    return reach.key([*ours, *(path for path in templates if path.is_file())])


def page_key(env: BuildEnvironment, text: str) -> str:
    """Return the key of a page: all that its cells reach, and the values that it prints."""
    return reach.key(reach.page_files(text), claims.key(env, text))


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
        if known.get(page) != page_key(env, Path(env.doc2path(page)).read_text("utf-8"))
    ]


def remember(app: Sphinx, docname: str, source: list[str]) -> None:
    """Note the key of a page that is read."""
    keys(app.env)[docname] = page_key(app.env, source[0])


def unfinished(app: Sphinx) -> Path:
    """Return the mark of a build that has begun and not ended."""
    return Path(app.outdir).parent / ".unfinished"


def begin(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Leave the mark."""
    del env, docnames
    unfinished(app).parent.mkdir(parents=True, exist_ok=True)
    unfinished(app).touch()


def end(app: Sphinx, exception: Exception | None) -> None:
    """Take the mark away, if all has been written."""
    if exception is None:
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
    app.connect("source-read", remember)
    app.connect("build-finished", end, priority=1000)
