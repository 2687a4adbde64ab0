"""How long a page is as a reader meets it, and how its words alternate with things to do.

Counted is what there is to read: title, promise, prose, boxes, captions and sources, questions
with their options, solutions. Not counted are code and what it prints, tables, alternative texts,
the definitions behind terms, and the labels of buttons, controls and folds; nor are the answers
of a quiz, which repeat its options and give a reason for each, of which a reader meets the one
for what was picked. A word is what stands between spaces and holds a letter or digit. A formula is
one word, however long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

# Code, drawings and tables go before the page is parsed: they are nine tenths of it. Drawings hold
# drawings, so the innermost go first.
BULK = re.compile(
    r"<(?P<tag>script|style|noscript|svg|table|pre)\b(?:(?!<svg\b).)*?</(?P=tag)>", re.DOTALL
)
SILENT = (
    "button, select, .headerlink, .em-hidden, .em-part, .em-ways, .em-code, .em-numbers, .em-how, "
    ".em-take, .em-fine summary, .em-controls, .em-guess, .em-amount, .em-hint, .em-score, "
    ".em-kicker, .em-truth, .em-answer, "
    ".em-reveal > summary, .em-workbench > *"
)
# A picture, a control or a question: after each, a new stretch of words begins.
RESTS = ".em-figure, .em-matrix, .em-workbench, .em-predict, .em-question, .exercise"
HEADINGS = "h1, h2, h3, h4"
INLINE = frozenset(
    ("a", "abbr", "b", "code", "em", "i", "q", "small", "span", "strong", "sub", "sup")
)
FIRST_WORDS = 8
# Both count as spaces between words.
REST, TITLE = "\x1f", "\x1e"


@dataclass(frozen=True)
class Stretch:
    """Words without a picture, a control or a question; where they begin."""

    words: int
    heading: str
    begins: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph by its first words, with how many graded numbers it holds."""

    numbers: int
    begins: str


@dataclass(frozen=True)
class Measure:
    """A page: all its words, its longest stretch and its fullest paragraph."""

    words: int
    stretch: Stretch
    paragraph: Paragraph


def without_bulk(html: str) -> str:
    """Return a page without code, drawings and tables."""
    while (shorter := BULK.sub("", html)) != html:
        html = shorter
    return html


def measure(html: str) -> Measure:
    """Measure a page, or the body of one.

    Parameters
    ----------
    html : str
        A built page (its article is measured), or the mark-up of the article alone.
    """
    page = BeautifulSoup(without_bulk(html), "html.parser")
    article = page.select_one("article.bd-article") or page
    for tag in article.select(SILENT):
        tag.extract()
    for formula in article.select("math"):
        formula.replace_with("[formula]")
    words = len(split(spoken(article)))
    paragraphs = [
        Paragraph(len(each.select("a.em-claim")), first_words(spoken(each)))
        for each in article.select("p")
    ]
    for rest in article.select(RESTS):
        rest.replace_with(REST)
    for heading in article.select(HEADINGS):
        heading.insert(0, TITLE)
        heading.append(TITLE)
    return Measure(
        words,
        max(stretches(spoken(article)), key=lambda stretch: stretch.words),
        max(paragraphs, key=lambda each: each.numbers, default=Paragraph(0, "")),
    )


def spoken(tag: Tag) -> str:
    """Return the text of an element, with a space wherever a block begins or ends."""
    parts: list[str] = []
    for child in tag.children:
        if isinstance(child, Tag):
            space = "" if child.name in INLINE else " "
            parts += [space, spoken(child), space]
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            parts.append(child)
    return "".join(parts)


def split(text: str) -> list[str]:
    """Return the words of a text: what stands between spaces and holds a letter or digit."""
    return [word for word in text.split() if re.search(r"\w", word)]


def first_words(text: str) -> str:
    """Return how a text begins."""
    return " ".join(text.split()[:FIRST_WORDS])


def stretches(text: str) -> Iterator[Stretch]:
    """Yield the stretches between the rests marked in a text, in order."""
    heading = ""
    for stretch in text.split(REST):
        before, *titled = stretch.split(TITLE)
        begins = stretch
        if titled and not before.split():
            heading, begins = titled[0], " ".join(titled[1:])
        yield Stretch(len(split(stretch)), " ".join(heading.split()), first_words(begins))
        if titled:
            heading = titled[-2]
