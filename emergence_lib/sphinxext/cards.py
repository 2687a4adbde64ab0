"""``{cards}``: a card for each chapter, made from the chapter's own page once that is written.

A card has the chapter's part, the curves of its first figure, its number and title, the question
that its opening ends in (or else its promise) and its reading time. A new chapter has one
without another line.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

from emergence_lib.reader.markup import first_sentence
from emergence_lib.sphinxext.cells import page_text
from emergence_lib.sphinxext.chapters import part
from emergence_lib.sphinxext.numbering import Chapter, chapters

DIRECTIVE = "{cards}"
LIST = re.compile(r'(<ul class="em-chapters">).*?(</ul>)', re.DOTALL)
# The head of a page and its first two paragraphs.
OPENING = re.compile(r'<header class="em-head">.*?</header>(?:\s*<p>.*?</p>){0,2}', re.DOTALL)
FIGURE = re.compile(r'<figure\b[^>]*"em-figure\b.*?</figure>', re.DOTALL)
# What of a page is not read.
UNSEEN = ".em-hidden, [hidden], .headerlink"
DOT = "3"
"""Radius of a marker, in pixels."""


class Cards(SphinxDirective):
    """The place of the cards."""

    def run(self) -> list[nodes.Node]:
        """Return an empty list, to be filled."""
        return [nodes.raw("", '<ul class="em-chapters"></ul>', format="html")]


def fill(app: Sphinx, exception: Exception | None) -> None:
    """Make the cards anew on every page that wants them: all chapters are written now."""
    if exception or app.builder.format != "html":
        return
    for name in sorted(app.env.found_docs):
        if DIRECTIVE not in page_text(app.env, name):
            continue
        page = Path(app.builder.get_outfilename(name))  # type: ignore[attr-defined]
        in_order = sorted(chapters(app.env).values(), key=lambda chapter: int(chapter.number))
        cards = "".join(card(app, name, chapter) for chapter in in_order)
        old = page.read_text("utf-8")
        new = filled(old, cards)
        if new != old:
            page.write_text(new, "utf-8")


def filled(html: str, cards: str) -> str:
    """Return a page with these cards in the place of those it had."""
    return LIST.sub(lambda found: f"{found[1]}{cards}{found[2]}", html)


def card(app: Sphinx, shown_on: str, chapter: Chapter) -> str:
    """Return the card of one chapter, an item of a list."""
    page = Path(app.builder.get_outfilename(chapter.docname))  # type: ignore[attr-defined]
    html = page.read_text("utf-8")
    opening = OPENING.search(html)
    head = BeautifulSoup(opening[0] if opening else "", "html.parser")
    minutes = head.select_one(".em-ways > span")
    asked = question(head) or str(app.env.metadata[chapter.docname]["promise"])
    here, there = (app.builder.get_target_uri(each) for each in (shown_on, chapter.docname))
    drawn = next(filter(None, (thumbnail(each[0]) for each in FIGURE.finditer(html))), "")
    return (
        f'<li><p class="em-chapter-part">{escape(part(app.env, chapter.docname))}</p>'
        f'<a href="{escape(relative_uri(here, there))}">'
        f'<span class="em-thumb">{drawn}</span>'
        f'<span class="em-chapter-number">{chapter.number}</span> '
        f"<span>{escape(app.env.titles[chapter.docname].astext())}</span></a>"
        f"<p>{escape(asked)}</p>"
        f'<p class="em-chapter-minutes">{minutes.get_text() if minutes else ""}</p></li>'
    )


def question(head: Tag) -> str:
    """Return the last question of the first paragraph that asks one, and the sentence before it."""
    for paragraph in head.find_all("p", recursive=False):
        for unseen in paragraph.select(UNSEEN):
            unseen.decompose()
        rest, sentences = " ".join(paragraph.get_text().split()), []
        while rest:
            sentence, rest = first_sentence(rest)
            sentences.append(sentence)
        while sentences and not sentences[-1].endswith("?"):
            sentences.pop()
        if sentences:
            return " ".join(sentences[-2:])
    return ""


def thumbnail(figure: str) -> str:
    """Return the curves and markers of a figure's first panel as a small picture without words.

    Parameters
    ----------
    figure : str
        The markup of a figure that stretches: curves in a nested SVG, markers at percentages.
    """
    if "em-fluid" not in figure:
        return ""
    drawing = BeautifulSoup(figure, "html.parser").select_one("svg.em-fluid")
    if drawing is None:
        return ""
    shapes = {f"#{shape['id']}": shape for shape in drawing.select(":scope > defs > path")}
    curves = drawing.select_one(":scope > svg:not(.em-frame)")
    inside = ""
    if curves is not None:
        lines = "".join(map(path, curves.find_all("path")))
        inside = f'<svg viewBox="{curves["viewbox"]}" preserveAspectRatio="none">{lines}</svg>'
    dots = "".join(
        f'<circle cx="{use["x"]}" cy="{use["y"]}" r="{DOT}"{look(use, shapes[str(use["href"])])}/>'
        for use in drawing.find_all("use", recursive=False)
        if not (on_an_edge(use) or use.get("visibility") == "hidden")
    )
    return f'<svg aria-hidden="true">{inside}{dots}</svg>' if inside or dots else ""


def path(curve: Tag) -> str:
    """Return a curve without its name; empty for the grid and for what refers to elsewhere."""
    style = look(curve)
    return "" if "--em-grid" in style or "url(" in style else f'<path d="{curve["d"]}"{style}/>'


def look(element: Tag, shape: Tag | None = None) -> str:
    """Return the style of an element, or else that of the shape it uses, as an attribute."""
    style = element.get("style") or (shape.get("style") if shape else None)
    return f' style="{style}"' if style else ""


def on_an_edge(use: Tag) -> bool:
    """Say whether a marker is the stroke of a tick, at the left or the lower edge."""
    return use["x"] == "0%" or use["y"] == "100%"


def setup(app: Sphinx) -> None:
    """Register the directive; pages are filled before their styles are cut to what they use."""
    app.add_directive("cards", Cards)
    app.connect("build-finished", fill)
