"""What gives a prediction away: marked in the chapter, folded on the page until it is made.

::

    ```{after} NAME
    The paragraphs that tell the answer.
    ```

A cell that tells it has the tag ``after-NAME``. Neighbours of one name fold as one. The page's
script hides them; without it, and on paper, everything can be read. The code that asks holds the
answer too: it has the tag ``hide-input``, and `folds` puts it into what the commitment opens.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from emergence_lib.sphinxext.claims import faults

PREDICTION = re.compile(r'id="predict-([a-z0-9-]+)"')
TAG = "tag_after-"


class after(nodes.General, nodes.Element):
    """What to read after a prediction."""


class After(SphinxDirective):
    """Paragraphs that tell the answer to a prediction of the page."""

    has_content = True
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the paragraphs in their frame."""
        self.assert_has_content()
        node = after("", name=self.arguments[0])
        self.set_source_info(node)
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


def gather(app: Sphinx, doctree: nodes.document) -> None:
    """Put tagged cells into frames, join neighbouring frames, and refuse one that never opens."""
    for cell in list(doctree.findall(nodes.container)):
        for tag in [each for each in cell["classes"] if each.startswith(TAG)]:
            cell.replace_self(frame := after("", name=tag.removeprefix(TAG)))
            frame.line = cell.line
            frame += cell
    asked = set()
    for shown in doctree.findall(nodes.raw):
        asked |= (names := set(PREDICTION.findall(shown.astext())))
        if names and not is_hidden(cell := cell_of(shown)):
            faults.append(
                f"{app.env.docname}.md:{cell.line}: prediction {min(names, key=len)!r}: its code, "
                "which holds the answer, is in sight. Remedy: give the cell ':tags: [hide-input]'"
            )
    for node in list(doctree.findall(after)):
        before = node.parent[node.parent.index(node) - 1] if node.parent.index(node) else None
        if isinstance(before, after) and before["name"] == node["name"]:
            before += node.children
            node.parent.remove(node)
        elif node["name"] not in asked:
            faults.append(
                f"{app.env.docname}.md:{node.line}: after {node['name']!r}: the page has no "
                f"prediction of that name; wanted one of {', '.join(sorted(asked)) or '(none)'}"
            )


def cell_of(shown: nodes.Element) -> nodes.Element:
    """Return the cell that shows something."""
    cell = shown
    while cell.parent and "cell" not in cell["classes"]:
        cell = cell.parent
    return cell


def is_hidden(cell: nodes.Element) -> bool:
    """Say whether a cell hides its code."""
    return bool({"tag_hide-input", "tag_remove-input"} & set(cell["classes"]))


def visit(translator: HTML5Translator, node: after) -> None:
    """Open the frame."""
    translator.body.append(f'<div class="em-after" data-em-after="{node["name"]}">')


def depart(translator: HTML5Translator, node: after) -> None:
    """Close the frame."""
    del node
    translator.body.append("</div>")


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_node(after, html=(visit, depart))
    app.add_directive("after", After)
    app.connect("doctree-read", gather)
