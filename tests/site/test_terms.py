"""Every term of the glossary is linked where a reader of a page first meets it."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from playwright.sync_api import expect

from emergence_lib.sphinxext.glossary import Words, load
from tests.site.conftest import ROOT, Open, chapter_names

GLOSSARY = load(ROOT / "book" / "glossary.yml")
# Not running text: code, formulas, tables, titles, the quiet line of a figure, what is asked, and
# what stands for controls where there are no scripts.
SILENT = (
    "pre, code, script, noscript, style, math, svg, table, h1, h2, h3, h4, button, select, "
    "summary, .admonition-title, .em-head, .em-fine, .em-controls, .em-readout, .em-live, "
    ".em-quiz, .em-predict, .em-workbench, .em-take, .headerlink, .em-hidden"
)
# Words inside another link or a control's link cannot be links of their own.
LINKED = ("a",)


def unlinked(page: Tag) -> list[str]:
    """Return the terms of a page that stand unlinked in the paragraph or caption they begin in."""
    for tag in page.select(SILENT):
        tag.decompose()
    words = Words(GLOSSARY)
    anchors = {name.replace(" ", "-"): term for name, term in words.terms.items()}
    met: set[str] = set()
    found: list[str] = []
    for text in page.find_all(string=True):
        assert isinstance(text, NavigableString)
        link = text.find_parent(LINKED)
        if not text.find_parent(["p", "figcaption"]) and not text.find_parent(class_="em-caption"):
            continue
        if link:
            # Its words may be others than the term's.
            anchor = str(link.get("href", "")).partition("#term-")[2].lower()
            met |= {anchors[anchor]} if anchor else set()
            continue
        for term, start, _ in words.found(str(text)):
            if term not in met:
                found.append(f"{term}: …{str(text)[max(0, start - 30) : start + 30]}…")
            met.add(term)
    return found


@pytest.mark.parametrize("name", chapter_names())
def test_a_term_is_linked_where_a_page_first_has_it(site: Path, name: str) -> None:
    text = (site / name).read_text("utf-8")
    page = BeautifulSoup(text, "html.parser").select_one("article")
    assert page is not None
    assert page.select("a.em-term[data-em-gloss]")
    assert unlinked(page) == []


def test_a_missing_link_would_be_found() -> None:
    text = '<code>loss</code>, <a href="glossary.html#term-seed">luck</a>, seed; the metric.'
    page = BeautifulSoup(f"<p>{text}</p><h2>Token</h2>", "html.parser")
    assert unlinked(page) == ["metric: …, seed; the metric.…"]


@pytest.mark.parametrize(
    ("level", "shown"), [("beginner", True), ("intermediate", False), ("expert", False)]
)
def test_a_gloss_stands_in_the_margin_for_those_who_need_it(
    watched: Open, level: str, shown: bool
) -> None:
    tab = watched(viewport={"width": 1280, "height": 800})
    page = tab.open(chapter_names()[0])
    page.locator(".em-level select").select_option(level)
    term = page.locator("p a.em-beginner[data-em-gloss]").first
    said = "each => getComputedStyle(each, '::after').content"
    expect(term).to_be_attached()
    gloss = str(term.get_attribute("data-em-gloss"))
    assert (gloss in str(term.evaluate(said))) is shown
    page.set_viewport_size({"width": 1199, "height": 800})
    assert str(term.evaluate(said)) == "none"
