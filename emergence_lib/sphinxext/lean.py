"""Pages that carry only what they use, from this site only, and say what they are about.

Jupyter Book puts the scripts and styles of every extension on every page. This module keeps those
whose mark-up occurs in the page, leaves out what would ask another host (Thebe), adds the book's
own component assets where they are needed, and mends the theme's accessibility faults.
"""

from __future__ import annotations

import re
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.fileutil import copy_asset

from emergence_lib import theme

# A third-party asset whose name holds the key stays if the page's body holds the value.
NEEDED_BY = {
    "design-tabs": "sd-tab",
    "sphinx-design": "sd-",
    "copybutton": "highlight",
    "clipboard": "highlight",
    "mystnb": 'class="cell',
    "pygments": "highlight",
}
NEVER = ("thebe", "THEBE", "graphviz", "toggle")
# Our own assets: the mark-up that calls for them, then style and script.
COMPONENTS = {
    'class="em-figure': ("figure.css", None),
    "em-explorable": ("explorable.css", "explorable.js"),
    "em-quiz": ("quiz.css", "quiz.js"),
    "em-predict": ("predict.css", "predict.js"),
    "em-term": (None, "tips.js"),
}
# Extensions that Jupyter Book loads and that are safe to read in parallel, but do not say so.
SILENTLY_PARALLEL = (
    "sphinx_multitoc_numbering",
    "sphinx_jupyterbook_latex",
    "sphinx_comments",
    "sphinx_thebe",
)


def assets_for(body: str) -> tuple[list[str], list[str]]:
    """Return the component styles and scripts that a page body calls for.

    A component whose asset file does not exist has none.
    """
    shipped = {each.name for each in files("emergence_lib").joinpath("assets").iterdir()}
    called = [pair for mark, pair in COMPONENTS.items() if mark in body]
    styles = [style for style, _ in called if style in shipped]
    scripts = [script for _, script in called if script in shipped]
    return styles, scripts


def is_needed(asset: Any, body: str) -> bool:
    """Say whether a page needs a script or style that an extension added."""
    identity = f"{getattr(asset, 'filename', '') or ''}{getattr(asset, 'attributes', {})}"
    if any(word in identity for word in NEVER):
        return False
    wanted = [mark for word, mark in NEEDED_BY.items() if word in identity]
    return all(mark in body for mark in wanted)


def trim_page(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Keep what the page uses, add what it calls for, describe it for search engines."""
    del pagename, template
    if app.builder.format != "html":
        return
    body = context.get("body") or ""
    context["body"] = mend(body)
    seen: set[str] = set()
    scripts = []
    for script in context.get("script_files", []):
        inline = str(getattr(script, "attributes", {}).get("body") or "")
        if is_needed(script, body) and (not inline or inline not in seen):
            scripts.append(script)
            seen.add(inline)
    context["script_files"] = scripts
    context["css_files"] = [each for each in context.get("css_files", []) if is_needed(each, body)]
    styles, own_scripts = assets_for(body)
    # The template writes these after the theme's, so that ours win.
    context["em_styles"] = ["palette.css", "site.css", *styles]
    context["em_scripts"] = ["site.js", *own_scripts]
    if doctree is not None:
        about = f'<meta name="description" content="{escape(description(doctree))}">'
        context["metatags"] = context.get("metatags", "") + "\n" + about


def description(doctree: nodes.document) -> str:
    """Return the page's first paragraph as one line of at most 155 characters."""
    first = next((each.astext() for each in doctree.findall(nodes.paragraph)), "")
    line = re.sub(r"\s+", " ", first).strip()
    return line if len(line) <= 155 else line[:154].rsplit(" ", 1)[0] + "…"


def mend(body: str) -> str:
    """Repair mark-up that fails accessibility checks.

    The bibliography is marked as a list whose children are no list items; wide code and wide
    tables scroll, so the keyboard must be able to reach them.
    """
    body = re.sub(r'(<div class="(?:docutils )?citation-list") role="list"', r"\1", body)
    body = body.replace('role="list" class="citation-list"', 'class="citation-list"')
    return body.replace("<pre>", '<pre tabindex="0">')


def write_assets(app: Sphinx, exception: Exception | None) -> None:
    """Write the palette and the component assets into the site; take out what no page loads."""
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    copy_asset(str(files("emergence_lib").joinpath("assets")), str(static))
    (static / "palette.css").write_text(theme.css_variables(), "utf-8")
    for unused in UNUSED_FILES:
        for path in static.glob(unused):
            path.unlink()


# Files that the theme copies and no page of this book loads.
UNUSED_FILES = (
    "scripts/fontawesome.js*",
    "scripts/*.map",
    "styles/*.map",
    "vendor/fontawesome/webfonts/*",
    "sphinx-thebe*",
    "images/logo_*",
)


def declare_parallel(app: Sphinx) -> None:
    """Let Sphinx read in parallel although four extensions do not declare that they can."""
    for name in SILENTLY_PARALLEL:
        if name in app.extensions:
            app.extensions[name].parallel_read_safe = True


def setup(app: Sphinx) -> None:
    """Connect the page filter after every other extension's."""
    app.connect("builder-inited", declare_parallel)
    app.connect("html-page-context", trim_page, priority=900)
    app.connect("build-finished", write_assets)
