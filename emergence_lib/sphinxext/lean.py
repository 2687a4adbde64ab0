"""Pages that carry only what they use, from this site only, and say what they are about.

Jupyter Book puts the scripts and styles of every extension on every page. This module keeps the
scripts whose mark-up occurs in the page and defers them, leaves out what would ask another host
(Thebe), adds the book's own component scripts where they are needed, and mends the theme's
accessibility faults. The styles of all are one file; see stylesheets.py.
"""

from __future__ import annotations

import re
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.fileutil import copy_asset

# A third-party script whose name holds the key stays if the page's body holds the value.
NEEDED_BY = {"design-tabs": "sd-tab"}
NEVER = (
    *("thebe", "THEBE", "graphviz", "toggle", "DOCUMENTATION_OPTIONS.pagename"),
    *("copybutton", "clipboard", "sphinx-book-theme"),  # frame.js does what we use of them
)
SEARCH_ONLY = ("doctools", "sphinx_highlight")
# Our own scripts, by the mark-up that calls for them.
COMPONENTS = {
    "em-explorable": ("controls.js", "explorable.js"),
    "em-twin": ("twin.js",),
    "em-figure": ("take.js",),
    "em-set": ("dock.js",),
    "em-quiz": ("quiz.js",),
    "em-predict": ("predict.js",),
    "em-term": ("cards.js",),
    "em-claim": ("cards.js",),
    "em-workbench": ("audit.js", "workbench.js"),
    "em-wall": ("wall.js",),
    "em-browse": ("browse.js",),
    "em-matrix": ("matrix.js",),
}
# Fonts that a page fetches with its styles where its opening holds such mark-up: come late, they
# would move the first screen. Two fonts that every page reads at once are in the template.
FONTS = {"em-math": "<math", "em-serif-italic": "<em>"}
OPENING = 6_000
"""Characters of mark-up that the first screen may hold, figures not counted."""
# Files that the theme copies and no page of this book loads.
UNUSED_FILES = (
    "scripts/fontawesome.js*",
    "scripts/bootstrap.js*",
    "scripts/sphinx-book-theme.js*",
    "clipboard*",
    "copybutton*",
    "copy-button*",
    "togglebutton*",
    "scripts/*.map",
    "styles/*.map",
    "vendor/fontawesome/webfonts/*",
    "sphinx-thebe*",
    "images/logo_*",
    "fonts/*.ttf",
)
THEME_SCRIPT = "scripts/pydata-sphinx-theme.js"
# Here the theme asks every box of code and every output whether it fits, when a page opens and
# after each change, and the browser has to lay out all that is out of sight. frame.js is told.
WIDTHS = re.compile(r'document\.querySelectorAll\(\["pre".*?\]\.join\(", "\)\)\.forEach')
NO_WIDTHS = "[].forEach"
# Extensions that Jupyter Book loads and that are safe to read in parallel, but do not say so.
SILENTLY_PARALLEL = (
    "sphinx_multitoc_numbering",
    "sphinx_jupyterbook_latex",
    "sphinx_comments",
    "sphinx_thebe",
)


def components(body: str) -> list[str]:
    """Return the component scripts that a page body calls for."""
    found = [script for mark, scripts in COMPONENTS.items() if mark in body for script in scripts]
    return list(dict.fromkeys(found))


def first_fonts(body: str) -> list[str]:
    """Return the fonts, beside the two of every page, that a page's first screen is set in."""
    opening = re.sub(r"<figure\b.*?</figure>", "", body, flags=re.DOTALL)[:OPENING]
    return [font for font, mark in FONTS.items() if mark in opening]


def is_needed(script: Any, body: str) -> bool:
    """Say whether a page needs a script that an extension added."""
    identity = f"{script.filename or ''}{script.attributes}"
    if any(word in identity for word in NEVER):
        return False
    return all(mark in body for word, mark in NEEDED_BY.items() if word in identity)


def is_search(script: Any) -> bool:
    """Say whether the search page alone needs a script."""
    return any(word in str(script.filename) for word in SEARCH_ONLY)


def deferred(script: Any) -> Any:
    """Return a script that does not hold up the page (a copy: Sphinx shares them between pages)."""
    if not script.filename or "defer" in script.attributes:
        return script
    attributes = {**script.attributes, "defer": "defer"}
    return type(script)(script.filename, priority=script.priority, **attributes)


def trim_page(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Keep what the page uses, add what it calls for, describe it for search engines."""
    del template
    if app.builder.format != "html":
        return
    body = context.get("body") or ""
    context["body"] = mend(body)
    scripts = [each for each in context.get("script_files", []) if is_needed(each, body)]
    # The search page has lines of script that count on those before them.
    context["script_files"] = (
        scripts
        if pagename == "search"
        else [deferred(each) for each in scripts if not is_search(each)]
    )
    context["css_files"] = []
    context["em_fonts"] = first_fonts(body)
    context["em_scripts"] = ["site.js", "frame.js", *components(body)]
    if doctree is not None:
        about = f'<meta name="description" content="{escape(description(doctree))}">'
        context["metatags"] = context.get("metatags", "") + "\n" + about


def description(doctree: nodes.document) -> str:
    """Return the page's first paragraph as one line of at most 155 characters."""
    first = next((each.astext() for each in doctree.findall(nodes.paragraph)), "")
    line = re.sub(r"\s+", " ", first).strip()
    return line if len(line) <= 155 else line[:154].rsplit(" ", 1)[0] + "…"


def mend(body: str) -> str:
    """Repair mark-up that fails accessibility checks, and leave out styles that others bring.

    The bibliography is marked as a list whose children are no list items, in a role that is
    withdrawn; wide code and wide tables scroll, so the keyboard must be able to reach them. A data
    frame brings a style for itself, which the book's replaces and the policy of a page that quotes
    it would stop.
    """
    body = re.sub(r"<style scoped>.*?</style>\s*", "", body, flags=re.DOTALL)
    body = re.sub(r'(<div class="(?:docutils )?citation-list") role="list"', r"\1", body)
    body = body.replace('role="list" class="citation-list"', 'class="citation-list"')
    body = body.replace(' role="doc-biblioentry"', "")
    body = body.replace(
        '<div class="pst-scrollable-table-container">',
        '<div class="pst-scrollable-table-container" tabindex="0">',
    )
    return body.replace("<pre>", '<pre tabindex="0">')


def slim(script: str) -> str:
    """Return a script without lines of comment and without indentation, a third of its weight."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


def without_widths(script: str) -> str:
    """Return the theme's script without its questions for the width of what may scroll.

    Raises
    ------
    ExtensionError
        If it does not ask as it did in the version that this book is pinned to.
    """
    changed = WIDTHS.sub(NO_WIDTHS, script, count=1)
    if NO_WIDTHS not in changed:
        raise ExtensionError(
            f"{THEME_SCRIPT} no longer holds {WIDTHS.pattern}; see what the theme does about boxes "
            "that scroll now, and whether lean.py and frame.js still have to"
        )
    return changed


def write_assets(app: Sphinx, exception: Exception | None) -> None:
    """Write the component assets into the site; take out what no page loads."""
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    ours = Path(str(files("emergence_lib").joinpath("assets")))
    copy_asset(str(ours), str(static))
    for script in [*ours.glob("*.js"), *Path(app.srcdir, "book", "assets").glob("*.js")]:
        (static / script.name).write_text(slim(script.read_text("utf-8")), "utf-8")
    theme = static / THEME_SCRIPT
    if theme.is_file():
        theme.write_text(without_widths(theme.read_text("utf-8")), "utf-8")
    for unused in UNUSED_FILES:
        for path in static.glob(unused):
            path.unlink()


def drop_thebe(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Take out the settings of Thebe, which no page loads."""
    del app, docname
    for raw in list(doctree.findall(nodes.raw)):
        if "x-thebe-config" in raw.astext() or raw.astext().startswith("<script>kernelName"):
            raw.parent.remove(raw)


def declare_parallel(app: Sphinx) -> None:
    """Let Sphinx read in parallel although four extensions do not declare that they can."""
    for name in SILENTLY_PARALLEL:
        if name in app.extensions:
            app.extensions[name].parallel_read_safe = True


def setup(app: Sphinx) -> None:
    """Connect the page filter after every other extension's."""
    app.connect("builder-inited", declare_parallel)
    app.connect("doctree-resolved", drop_thebe, priority=900)
    app.connect("html-page-context", trim_page, priority=900)
    app.connect("build-finished", write_assets)
