"""The head of a chapter: part and number, promise, reading time, level control, ways to run it.

A chapter says ``chapter`` and ``promise`` in its front matter; its part is the caption it stands
under in ``_toc.yml``. Links that need the repository's address appear only if it is set:
`em_repository`, from the environment variable ``EMERGENCE_REPOSITORY`` ("owner/name"), which the
publishing workflow fills.
"""

from __future__ import annotations

import math
import os
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.osutil import relative_uri
from sphinx.writers.html5 import HTML5Translator

from emergence_lib.sphinxext import sharing
from emergence_lib.sphinxext.prose import measure

WORDS_A_MINUTE = 220
# The place in a page's head that is filled once all its words are there.
MINUTES = '<span class="em-minutes"></span>'
NOTEBOOK_BRANCH = "notebooks"


def reading_minutes(body: str) -> int:
    """Return how many minutes the words of a rendered page take."""
    return max(1, math.ceil(measure(body).words / WORDS_A_MINUTE))


def notebook_path(pagename: str, number: str) -> str:
    """Return where the site keeps a chapter's notebook."""
    return f"notebooks/{int(number):02d}-{pagename.rpartition('/')[2]}.ipynb"


def ways_to_run(path: str, link: str, repository: str) -> str:
    """Return the list of ways to open the notebook; hosted ones need the repository."""
    name = path.rpartition("/")[2]
    ways = [
        f'<a href="{link}" download>Download the notebook</a> and open it with '
        f"<code>jupyter lab {name}</code>"
    ]
    if repository:
        target = f"{repository}/blob/{NOTEBOOK_BRANCH}/{path}"
        ways += [
            f'<a href="https://colab.research.google.com/github/{target}">Open in Colab</a>',
            f'<a href="https://mybinder.org/v2/gh/{repository}/{NOTEBOOK_BRANCH}'
            f'?labpath={path}">Open in Binder</a>',
        ]
    items = "".join(f"<li>{way}</li>" for way in ways) + PRINTS
    return f"<details class='em-run'><summary>Run this chapter</summary><ul>{items}</ul></details>"


# Needs scripts, which show it.
PRINTS = (
    '<li class="em-print" hidden>Print it '
    '<button type="button" data-em-print="key">with the answers</button> or '
    '<button type="button" data-em-print="worksheet">without them, as a worksheet</button></li>'
)
LEVEL_CONTROL = (
    '<label class="em-level">Explain terms for '
    # A browser would put back what it remembers after our script has set the level.
    '<select autocomplete="off">'
    '<option value="beginner">beginners</option>'
    '<option value="intermediate">intermediate readers</option>'
    '<option value="expert">experts</option>'
    "</select></label>"
)


class head(nodes.section):
    """A chapter's title and what stands above and below it.

    A section, so that the title in it is a heading; it adds no level.
    """


def part(env: BuildEnvironment, docname: str) -> str:
    """Return the caption that a page stands under in ``_toc.yml``."""
    site_map = env.external_site_map  # type: ignore[attr-defined]
    trees = [tree for page in site_map.values() for tree in page.subtrees]
    caption = next((tree.caption for tree in trees if docname in tree.items), None)
    if not caption:
        raise ExtensionError(
            f"_toc.yml: the chapter {docname} stands under no caption. Remedy: list it under its "
            "part"
        )
    return str(caption)


def add_head(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put a chapter's title into its head."""
    meta = app.env.metadata[docname]
    if app.builder.format != "html" or "chapter" not in meta:
        return
    title = next(iter(doctree.findall(nodes.title)), None)
    # MyST says "null" for what is left empty.
    if title is None or str(meta.get("promise", "")).strip() in ("", "null"):
        raise ExtensionError(
            f"{docname}.md: a chapter has a title (# ...), and a promise in its front matter. "
            "Remedy: write both"
        )
    page = app.builder.get_target_uri(docname)
    path = notebook_path(docname, str(meta["chapter"]))
    run = ways_to_run(path, relative_uri(page, path), app.config.em_repository)
    cite = sharing.citation(app, docname, title.astext(), str(meta["chapter"]))
    # The permalink of the title is that of its section.
    around = head(
        "",
        ids=title.parent["ids"],
        above=f"{part(app.env, docname)} · Chapter {meta['chapter']}",
        promise=str(meta["promise"]),
        ways=f"{MINUTES}{LEVEL_CONTROL}{run}{cite}",
    )
    title.replace_self(around)
    around += title


def visit_head(translator: HTML5Translator, node: head) -> None:
    """Open the head."""
    translator.body.append(
        f'<header class="em-head"><p class="em-part">{escape(node["above"])}</p>'
    )


def depart_head(translator: HTML5Translator, node: head) -> None:
    """Say below the title what the chapter promises and how to read it, and close the head."""
    translator.body.append(
        f'<p class="em-promise">{escape(node["promise"])}</p>'
        f'<div class="em-ways">{node["ways"]}</div></header>'
    )


def add_minutes(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Say in the head how long the page takes to read."""
    del app, pagename, template, doctree
    body = context.get("body") or ""
    if MINUTES in body:
        said = f"<span>{reading_minutes(body)} min read</span>"
        context["body"] = body.replace(MINUTES, said)


def setup(app: Sphinx) -> None:
    """Register the repository's address and the head."""
    app.add_config_value("em_repository", os.environ.get("EMERGENCE_REPOSITORY", ""), "env")
    app.add_node(head, html=(visit_head, depart_head))
    app.connect("doctree-resolved", add_head, priority=900)
    app.connect("html-page-context", add_minutes)
