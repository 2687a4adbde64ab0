"""What folds: boxes of class ``dropdown`` as native ``<details>``, and the code of a figure."""

from __future__ import annotations

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from emergence_lib.reader.figure import CODE_HERE, FOLD_HERE


class fold(nodes.General, nodes.Element):
    """A box that the reader opens."""


class fold_title(nodes.General, nodes.TextElement):
    """The line that opens it."""


def make_folds(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Replace each box of class ``dropdown`` and each hidden source of a cell."""
    del docname
    if app.builder.format != "html":
        return
    fold_code_last(doctree)
    for box in list(doctree.findall(nodes.admonition)):
        if "dropdown" not in box["classes"]:
            continue
        title, *content = box.children
        folded = fold("", classes=[name for name in box["classes"] if name != "dropdown"])
        folded += [fold_title("", "", *title.children), *content]
        box.parent.replace(box, folded)
    gather_solutions(doctree)


def fold_code_last(doctree: nodes.document) -> None:
    """Put a cell's hidden code where what it shows left a place, else behind all of it."""
    for hidden in list(doctree.findall(HideCodeCellNode)):
        cell = hidden.parent
        cell.remove(hidden)
        if not put_in_place(cell, CODE_HERE, hidden.children):
            folded = fold("", classes=["em-code"])
            folded += [fold_title("", hidden["prompt_show"]), *hidden.children]
            if not put_in_place(cell, FOLD_HERE, [folded]):
                cell += folded


def put_in_place(cell: nodes.Element, place: str, code: list[nodes.Node]) -> bool:
    """Put code where something that the cell shows has a place for it; say whether it has."""
    for shown in cell.findall(nodes.raw):
        before, mark, after = shown.astext().partition(place)
        if mark:
            halves = [nodes.raw("", half, format=shown["format"]) for half in (before, after)]
            shown.parent.replace(shown, [halves[0], *code, halves[1]])
            return True
    return False


def gather_solutions(doctree: nodes.document) -> None:
    """Move the cells of a solution, tagged so, into the box that holds its words."""
    for cell in list(doctree.findall(nodes.container)):
        if "tag_solution" not in cell["classes"]:
            continue
        before = cell.parent[cell.parent.index(cell) - 1]
        if not (isinstance(before, fold) and "solution" in before["classes"]):
            before = fold("", fold_title("", "Solution"), classes=["solution"])
            cell.parent.insert(cell.parent.index(cell), before)
        cell.parent.remove(cell)
        before += cell


def visit_fold(translator: HTML5Translator, node: fold) -> None:
    """Open the box."""
    translator.body.append(f'<details class="em-fold {" ".join(node["classes"])}">')


def depart_fold(translator: HTML5Translator, node: fold) -> None:
    """Close the box."""
    del node
    translator.body.append("</details>")


def visit_title(translator: HTML5Translator, node: fold_title) -> None:
    """Open the line."""
    del node
    translator.body.append("<summary>")


def depart_title(translator: HTML5Translator, node: fold_title) -> None:
    """Close the line."""
    del node
    translator.body.append("</summary>")


def setup(app: Sphinx) -> None:
    """Replace boxes and hidden code when references are resolved."""
    app.add_node(fold, html=(visit_fold, depart_fold))
    app.add_node(fold_title, html=(visit_title, depart_title))
    app.connect("doctree-resolved", make_folds)
