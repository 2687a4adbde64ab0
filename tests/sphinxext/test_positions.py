"""The directive of the positions, in a book of two pages."""

from __future__ import annotations

import shutil

import pytest
from bs4 import BeautifulSoup, Tag

from emergence_lib.chapters.positions import numbers
from tests.sphinxext.small_book import ROOT, SmallBook

FRONT = "---\nchapter: {}\npromise: You will see.\n---\n# A chapter\n\nIts first paragraph.\n"

PROSE = "A first paragraph on the term. P8 and P13 say so, not P14, `P2` or GP8.\n\n## Why P3"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> BeautifulSoup:
    book = SmallBook(tmp_path_factory.mktemp("positions"))
    names = sorted({e.chapter for p in numbers.positions() for e in p.evidence if e.chapter})
    book.contents({"Part": [f"part/{name}" for name in [*names, "works"]]})
    for at, name in enumerate(names, 1):
        book.write(f"part/{name}.md", FRONT.format(at))
    shutil.copy(ROOT / "book" / "references.bib", book.folder / "book" / "references.bib")
    book.write("part/works.md", "# Works\n\n```{bibliography}\n```\n")
    book.write("index.md", "# Map\n\n" + PROSE + "\n\n```{positions}\n```\n")
    code, printed = book.build(gate=True)
    assert code == 0, printed
    return BeautifulSoup(book.page(), "html.parser")


def row(page: BeautifulSoup, key: str) -> Tag:
    found = page.find("details", id=key)
    assert isinstance(found, Tag)
    return found


def test_each_position_is_a_row_that_holds_its_text(page: BeautifulSoup) -> None:
    assert len(page.select(".em-matrix > details.em-row")) == 13
    straight = str.maketrans("“”’", '""\'')
    for each in numbers.positions():
        text = row(page, each.key).get_text().translate(straight)
        assert each.claim in text
        assert each.grants in text
        marks = row(page, each.key).select("summary .em-says")
        assert len(marks) == sum(bool(each.says(kind)) for kind in numbers.KINDS)


def test_a_piece_has_kind_grade_chapter_and_works(page: BeautifulSoup) -> None:
    (best, *_) = row(page, "P1").select("p.em-under-sizes")
    line = best.select_one(".em-kicker")
    assert line is not None
    assert line.get_text().startswith("Best evidence · scores by size · recomputed from published")
    link = line.select_one("a")
    assert link is not None
    assert str(link["href"]).endswith("evidence.html")
    assert "80% at 175B" in best.get_text()
    assert "Wei" in best.get_text()


def test_a_key_in_the_prose_is_a_link_to_its_row(page: BeautifulSoup) -> None:
    links = [a for a in page.select("article a[href^='#P']") if a.get_text().startswith("P")]
    assert [(a.get_text(), a["href"]) for a in links] == [("P8", "#P8"), ("P13", "#P13")]
    assert "P8 and P13 say so, not P14" in page.get_text()


def test_a_concession_is_graded_too(page: BeautifulSoup) -> None:
    lines = [each.get_text() for each in page.select(".em-opened .em-kicker")]
    assert lines.count("Granted by its authors · reported") == 13


def test_computed_numbers_stand_in_the_text(page: BeautifulSoup) -> None:
    assert "{" not in page.select_one(".em-matrix").get_text()  # type: ignore[union-attr]
