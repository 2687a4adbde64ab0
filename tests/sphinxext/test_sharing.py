"""Cards, the site's map and whole addresses: all of it where the site's address is known."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from emergence_lib.sphinxext import sharing
from tests.sphinxext.small_book import PAGE, SmallBook

SITE = "https://someone.example/book"
DRAW = """\
from matplotlib.figure import Figure
from emergence_lib import theme
from emergence_lib.reader import show

@theme.figure
def line():
    figure = Figure(figsize=theme.WIDE)
    figure.subplots().plot([1, 2], [1, 2], label="a line")
    return figure

show(line(), name="line", caption="A line rises.", alt="A line.", source="Made up.")"""


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    book = SmallBook(tmp_path / "small")
    book.contents({"I. Begin": ["begin/first"]})
    book.write("index.md", "# A book\n\nWhat it is about.\n\n```{levelled-glossary}\n```\n")
    front = "chapter: 7\npromise: You will know.\nfile_format"
    page = PAGE.replace("file_format", front, 1).replace("CELL", DRAW)
    book.write("begin/first.md", page.replace("# A page", "# First & foremost"))
    return book


def tags(book: SmallBook, name: str) -> dict[str, str]:
    """Return the tags of a page's card."""
    page = BeautifulSoup(book.page(name), "html.parser")
    found = page.select("meta[property^='og:'], meta[name='description']")
    return {str(each.get("property") or each.get("name")): str(each["content"]) for each in found}


def test_a_page_has_a_card_with_its_own_figure(
    book: SmallBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMERGENCE_SITE", SITE)
    code, printed = book.build()
    assert code == 0, printed
    card = tags(book, "begin/first")
    about = "A first paragraph that says what this page is about."
    assert card["description"] == card["og:description"] == about
    assert card["og:url"] == f"{SITE}/book/begin/first.html"
    assert card["og:title"] == "First & foremost"
    site = book.folder / "_build" / "html"
    picture = site / card["og:image"].removeprefix(f"{SITE}/")
    with Image.open(picture) as image:
        assert image.width / image.height == pytest.approx(sharing.SHAPE, abs=0.01)
        assert len(image.convert("RGB").getcolors(2**20) or []) > 2
    assert "og:image" not in tags(book, "index")
    addresses = ElementTree.parse(site / "sitemap.xml").iter()
    assert [each.text for each in addresses if each.tag.endswith("loc")] == [
        f"{SITE}/book/begin/first.html",
        f"{SITE}/book/index.html",
    ]
    assert f"url = {{{SITE}/book/begin/first.html}}" in book.page("begin/first")


def test_without_an_address_there_is_nothing_that_needs_one(book: SmallBook) -> None:
    code, printed = book.build()
    assert code == 0, printed
    assert set(tags(book, "begin/first")) == {"description"}
    site = book.folder / "_build" / "html"
    assert not (site / "sitemap.xml").exists()
    assert not (site / sharing.CARDS).exists()
    assert "Cite this page" in book.page("begin/first")


def test_an_address_that_is_none_stops_the_build(
    book: SmallBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMERGENCE_SITE", "someone.example")
    code, printed = book.build()
    assert code != 0
    assert "EMERGENCE_SITE: found 'someone.example', want the address of the site" in printed


def test_a_card_is_the_picture_on_white_the_same_bytes_every_time() -> None:
    stream = io.BytesIO()
    Image.new("RGBA", (600, 100), (0, 0, 0, 0)).save(stream, format="PNG")
    made = sharing.card(stream.getvalue())
    assert made == sharing.card(stream.getvalue())
    with Image.open(io.BytesIO(made)) as image:
        assert image.size == (600, 314)
        assert image.getcolors() == [(600 * 314, (255, 255, 255))]
