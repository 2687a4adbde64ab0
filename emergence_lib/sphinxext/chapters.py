"""The head of a chapter: part and number, promise, reading time, level control, ways to run it.

A chapter says ``part``, ``chapter`` and ``promise`` in its front matter. Links that need the
repository's address appear only if it is set: `em_repository`, from the environment variable
``EMERGENCE_REPOSITORY`` ("owner/name"), which the publishing workflow fills.
"""

from __future__ import annotations

import math
import os
import re
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

WORDS_A_MINUTE = 220
NOTEBOOK_BRANCH = "notebooks"


def reading_minutes(doctree: nodes.document) -> int:
    """Return how many minutes the page's prose takes."""
    words = sum(len(each.astext().split()) for each in doctree.findall(nodes.paragraph))
    return max(1, math.ceil(words / WORDS_A_MINUTE))


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
    items = "".join(f"<li>{way}</li>" for way in ways)
    return f"<details class='em-run'><summary>Run this chapter</summary><ul>{items}</ul></details>"


LEVEL_CONTROL = (
    '<label class="em-level">Explain terms for '
    "<select>"
    '<option value="beginner">beginners</option>'
    '<option value="intermediate">intermediate readers</option>'
    '<option value="expert">experts</option>'
    "</select></label>"
)


def head(meta: dict[str, Any], title: str, minutes: int, run: str) -> str:
    """Return the mark-up of a chapter's head around its title."""
    return (
        '<header class="em-head">'
        f'<p class="em-part">{escape(meta["part"])} · Chapter {escape(str(meta["chapter"]))}</p>'
        f'{title}<p class="em-promise">{escape(meta["promise"])}</p>'
        f'<div class="em-ways"><span>{minutes} min read</span>{LEVEL_CONTROL}{run}</div>'
        "</header>"
    )


def add_head(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Put the head in place of a chapter's bare title."""
    del template
    meta = context.get("meta") or {}
    if app.builder.format != "html" or doctree is None:
        return
    if "chapter" not in meta:
        return
    path = notebook_path(pagename, str(meta["chapter"]))
    run = ways_to_run(path, context["pathto"](path, 1), app.config.em_repository)
    body, count = re.subn(
        r"<h1>.*?</h1>",
        lambda title: head(meta, title[0], reading_minutes(doctree), run),
        context["body"],
        count=1,
        flags=re.DOTALL,
    )
    assert count == 1, f"{pagename} has no title"
    context["body"] = body


def setup(app: Sphinx) -> None:
    """Register the repository's address and the head."""
    app.add_config_value("em_repository", os.environ.get("EMERGENCE_REPOSITORY", ""), "env")
    app.connect("html-page-context", add_head, priority=700)
