"""The directive that prints the positions of the debate as a matrix whose rows open.

``{positions}`` reads them from their chapter's file. In an opened row every piece of evidence has
its kind, its grade and the chapter that earns it in a small line, then its text with its works, as
the page's own prose: terms, works and chapters link as everywhere. On a page with the matrix, a
row's key in the prose (P8) is a link to its row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from emergence_lib import compute
from emergence_lib.chapters.positions import numbers
from emergence_lib.claims import GRADES
from emergence_lib.reader import matrix
from emergence_lib.sphinxext import glossary

CHAPTER = "positions"
TITLE = "Thirteen positions, and the kinds of evidence that speak for and against each"
KEY = re.compile(r"\bP(?:1[0-3]|[1-9])\b")
SILENT = tuple({*glossary.SILENT} - {nodes.table})
"""Where a key is no link; in a table of prose it is."""
GRANTED = "Granted by its authors"
OTHERS = {"for": "Also for it", "against": "Also against it"}


def leads(position: numbers.Position) -> Iterator[tuple[str, str, numbers.Piece | None]]:
    """Yield what an opened row says, in order: what it is, its text, and the piece it is of."""
    yield "The claim", position.claim, None
    for at, piece in enumerate(position.evidence):
        lead = ("Best evidence", "Best objection")[at] if at < 2 else OTHERS[piece.says]
        yield lead, compute.fill(piece.text, CHAPTER), piece
    yield GRANTED, position.grants, None


def cited(text: str, piece: numbers.Piece | None) -> str:
    """Return a text with its works, as MyST."""
    if piece is None or not piece.cite:
        return text
    return f"{text} {{cite:p}}`{','.join(piece.cite)}`"


def as_markdown() -> str:
    """Return the positions as MyST without the matrix, for a notebook."""
    parts = []
    for position in numbers.positions():
        parts.append(f"**{position.key} {position.name}**\n")
        for lead, text, piece in leads(position):
            about = f" ({GRADES['reported']})" if lead == GRANTED else ""
            if piece:
                about = f" ({numbers.KINDS[piece.kind].lower()}, {GRADES[piece.grade]})"
            parts.append(f"- *{lead}*{about}: {cited(text, piece)}")
        parts.append("")
    return "\n".join(parts)


class Positions(SphinxDirective):
    """The matrix of the positions."""

    def run(self) -> list[nodes.Node]:
        """Return the matrix, with each position's text as parsed prose."""
        self.env.note_dependency(str(numbers.FILE))
        made = [markup(matrix.head(CHAPTER, TITLE, "position", numbers.KINDS))]
        for position in numbers.positions():
            cells = {kind: position.says(kind) for kind in numbers.KINDS}
            note = GRADES[position.grade]
            made.append(markup(matrix.row(position.key, position.name, note, cells, numbers.KINDS)))
            made += [self.paragraph(*each) for each in leads(position)]
            made.append(markup(matrix.ROW_END))
        return [*made, markup(matrix.END)]

    def paragraph(self, lead: str, text: str, piece: numbers.Piece | None) -> nodes.paragraph:
        """Return one field of a position."""
        line = nodes.inline("", "", nodes.strong("", lead), classes=["em-kicker"])
        paragraph = nodes.paragraph("", "", line)
        said, problems = self.parse_inline(cited(text, piece))
        if lead == GRANTED:
            line += [nodes.Text(" · "), graded("reported")]
        if piece:
            paragraph["classes"] = [matrix.piece(piece.kind)]
            line += [nodes.Text(f" · {numbers.KINDS[piece.kind].lower()} · "), graded(piece.grade)]
            if piece.chapter:
                link, more = self.parse_inline(f"{{chapter}}`{piece.chapter}`")
                line += [nodes.Text(" · "), *link]
                problems += more
        paragraph += [nodes.Text(" "), *said, *problems]
        return paragraph


def graded(grade: str) -> nodes.inline:
    """Return a grade in words."""
    return nodes.inline("", GRADES[grade], classes=["em-grade", f"em-{grade}"])


def markup(text: str) -> nodes.raw:
    """Return mark-up as it stands."""
    return nodes.raw("", text, format="html")


def link_keys(app: Sphinx, doctree: nodes.document) -> None:
    """Turn the keys of positions in the prose of a page with the matrix into links to the rows."""
    del app
    if not any('class="em-matrix"' in each.astext() for each in doctree.findall(nodes.raw)):
        return
    for text in list(doctree.findall(nodes.Text)):
        if not KEY.search(text) or not glossary.is_prose(text, SILENT):
            continue
        made: list[nodes.Node] = []
        end = 0
        for found in KEY.finditer(text):
            made.append(nodes.Text(text[end : found.start()]))
            made.append(nodes.reference("", found[0], refid=found[0], internal=True))
            end = found.end()
        text.parent.replace(text, [*made, nodes.Text(text[end:])])


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("positions", Positions)
    app.connect("doctree-read", link_keys)
