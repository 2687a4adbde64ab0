"""A chapter's number and part are said once, and printed wherever a reader meets the chapter."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from sphinx.errors import ExtensionError

from emergence_lib.sphinxext import chapters, numbering
from tests.sphinxext.small_book import SmallBook

INDEX = """\
# A book

Read {chapter}`first`, one of {count}`chapters`.

```{cards}
```

```{levelled-glossary}
```
"""
FIRST = """\
---
chapter: 7
promise: You will be able to tell 1 < 2.
---
# First *things*

It begins after {chapter}`second`. It goes on. {Chapter}`second` is *later*. Is it?

And {chapter}`secnod` does not exist.
"""
SECOND = """\
---
chapter: 12
promise: You will know.
---
# Second

A paragraph.
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[SmallBook, str]:
    book = SmallBook(tmp_path_factory.mktemp("chapters") / "small")
    book.contents({"I. Begin": ["begin/first"], "II. End & more": ["end/second"]})
    book.write("index.md", INDEX)
    book.write("begin/first.md", FIRST)
    book.write("end/second.md", SECOND)
    code, printed = book.build()
    assert code == 0, printed
    return book, printed


@pytest.fixture(scope="module")
def book(built: tuple[SmallBook, str]) -> SmallBook:
    return built[0]


def article(book: SmallBook, name: str) -> Tag:
    found = BeautifulSoup(book.page(name), "html.parser").select_one("article")
    assert isinstance(found, Tag)
    return found


def test_the_head_says_part_number_title_promise_and_minutes_in_this_order(book: SmallBook) -> None:
    head = article(book, "begin/first").select_one("header.em-head")
    assert isinstance(head, Tag)
    said = [each.get_text() for each in head.select(".em-part, h1, .em-promise, .em-ways > span")]
    assert said == [
        "I. Begin · Chapter 7",
        "First things#",
        "You will be able to tell 1 < 2.",
        "1 min read",
    ]
    assert [each.name for each in head.select("select, a[download]")] == ["select", "a"]
    other = article(book, "end/second").select_one(".em-part")
    assert isinstance(other, Tag)
    assert other.get_text() == "II. End & more · Chapter 12"


@pytest.mark.parametrize(("words", "minutes"), [(1, 1), (220, 1), (221, 2), (441, 3)])
def test_the_minutes_are_those_of_every_word_at_220_a_minute(words: int, minutes: int) -> None:
    said = f"<h1>One</h1><ul>{'<li>word</li>' * (words - 1)}</ul>"
    assert chapters.reading_minutes(said) == minutes


def test_a_page_has_one_title_whose_permalink_leads_to_its_section(book: SmallBook) -> None:
    (title,) = article(book, "begin/first").select("h1")
    link = title.select_one("a.headerlink")
    section = title.find_parent("section")
    assert isinstance(link, Tag)
    assert isinstance(section, Tag)
    assert link["href"] == f"#{section['id']}" == "#first-things"
    assert not BeautifulSoup(book.page(), "html.parser").select(".em-head")


def test_a_mention_prints_the_number_and_leads_to_the_page(book: SmallBook) -> None:
    links = article(book, "begin/first").select("p > a.internal")
    assert [(each.get_text(), each["href"]) for each in links] == [
        ("chapter 12", "../end/second.html"),
        ("Chapter 12", "../end/second.html"),
    ]


def test_a_mention_of_no_chapter_is_named_with_its_line_and_the_known_ones(
    built: tuple[SmallBook, str],
) -> None:
    assert "begin/first.md:9: WARNING: no chapter 'secnod'; wanted one of first, second" in built[1]


def test_the_menu_puts_the_number_before_the_title(book: SmallBook) -> None:
    for page in ("index", "end/second"):
        menu = BeautifulSoup(book.page(page), "html.parser").select(".bd-links .toctree-l1 > a")
        assert [each.get_text(strip=False).strip() for each in menu] == [
            "A book",
            "7 First things",
            "12 Second",
        ]


def test_the_first_page_has_a_card_for_each_chapter_and_counts_them(book: SmallBook) -> None:
    index = article(book, "index")
    assert "Read chapter 7, one of 2." in index.get_text()
    cards = index.select(".em-chapters > li")
    assert [[each.get_text() for each in card.select("p, a")] for card in cards] == [
        ["I. Begin", "7 First things", "Chapter 12 is later. Is it?", "1 min read"],
        ["II. End & more", "12 Second", "You will know.", "1 min read"],
    ]
    assert [card.select("a")[0]["href"] for card in cards] == [
        "begin/first.html",
        "end/second.html",
    ]


def test_the_cards_follow_their_chapters_without_a_change_of_the_page_that_shows_them(
    book: SmallBook,
) -> None:
    book.write("end/third.md", SECOND.replace("12", "13").replace("# Second", "# Third"))
    book.write("end/second.md", SECOND.replace("know", "know more"))
    book.contents({"I. Begin": ["begin/first"], "II. End & more": ["end/second", "end/third"]})
    code, printed = book.build()
    assert code == 0, printed
    assert "one of 3." in article(book, "index").get_text()
    cards = article(book, "index").select(".em-chapters > li")
    assert [card.select("a")[0].get_text() for card in cards[1:]] == ["12 Second", "13 Third"]
    assert "You will know more." in cards[1].get_text()


def test_a_new_number_reaches_every_page_that_mentions_it(book: SmallBook) -> None:
    book.write("end/second.md", SECOND.replace("12", "11"))
    code, printed = book.build()
    assert code == 0, printed
    assert "It begins after chapter 11." in article(book, "begin/first").get_text()
    menu = BeautifulSoup(book.page("end/third"), "html.parser").select(".bd-links .toctree-l1 > a")
    assert "11 Second" in [each.get_text().strip() for each in menu]
    assert not list(book.folder.glob("_build/html/notebooks/12-*"))


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("two", "end/second.md: chapter: found 'two', want a whole number"),
        (-1, "end/second.md: chapter: found '-1', want a whole number"),
        (7, "end/second.md: chapter 7, 'second', has the number or the name of begin/first.md"),
    ],
)
def test_a_number_that_is_none_or_taken_is_named_with_its_file(number: object, said: str) -> None:
    pages = {"begin/first": {"chapter": 7}, "end/second": {"chapter": number}}
    env: Any = SimpleNamespace(metadata=pages)
    with pytest.raises(ExtensionError, match=re.escape(said)):
        numbering.chapters(env)


def test_a_malformed_front_matter_stops_the_build_with_its_file(book: SmallBook) -> None:
    book.contents({"I. Begin": ["begin/first"], "II. End & more": ["end/second"]})
    book.write("end/second.md", SECOND.replace("promise: You will know.", "promise:"))
    code, printed = book.build()
    assert code != 0
    assert "end/second.md: a chapter has a title" in printed


def test_a_chapter_under_no_part_stops_the_build(book: SmallBook) -> None:
    book.contents({})
    book.write("index.md", SECOND)
    code, printed = book.build()
    assert code != 0
    assert "_toc.yml: the chapter book/index stands under no caption. Remedy: list it" in printed
